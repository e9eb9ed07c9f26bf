"""Connecting to hosts with several addresses, of either family, some of which are dead."""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.error import NotConnectingError, UserError
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.trial.unittest import SkipTest

from binance.endpoints import Endpoints
from binance.net.dial import HostConnector
from binance.net.interfaces import Options
from binance.wire.addresses import Addresses
from binance.wire.codec import Codec

from .. import resolving
from ..network import Network
from ..support import ClockCase, ScriptedServer, turns, until

NAME = "stream.example"
KEY = "bnbbtc@trade"
#: Addresses for documentation: nothing is at them but what a test puts there.
A, B, C = "203.0.113.1", "203.0.113.2", "203.0.113.3"
A6, B6 = "2001:db8::1", "2001:db8::2"


class AddressesCase(ClockCase):
    """A manager that connects to a name."""

    def setUp(self) -> None:
        super().setUp()
        self.network = Network()

    def names(self, *addresses: str) -> resolving.FakeResolver:
        """Let the name have these addresses."""
        return resolving.install(self, {NAME: list(addresses)})

    def start(self, host: str = NAME, port: int | None = None, **options: Any) -> Any:
        """A manager with a socket to the host, over the test's network."""
        options.setdefault("reactor", self.network)
        bm = self.manager(endpoints=Endpoints.sandbox(host, port or self.port), **options)
        bm.start_trade_socket("BNBBTC", self.got)
        return bm

    async def delivers(self, connections: int = 1) -> None:
        """The socket opens, and a message comes."""
        connection = await self.opened(connections)
        connection.send({"e": "trade"})
        await until(lambda: self.got)

    async def reason(self, times: int = 1) -> str:
        """Why the connection was not made, the last time."""
        await until(lambda: len(self.events.of("disconnected")) >= times)
        return str(self.events.of("disconnected")[times - 1]["reason"])

    async def retry(self) -> None:
        """Let the wait of one retry pass."""
        await until(lambda: self.events.kinds()[-1] == "retrying")
        self.clock.advance(self.events.of("retrying")[-1]["delay_s"])


class Order(AddressesCase):
    """Which addresses are tried, and when."""

    async def test_an_address_that_refuses_costs_no_time(self):
        """127.0.0.2 refuses: the next address is tried at once, and nothing is reported."""
        self.names("127.0.0.2", "127.0.0.1")
        self.start(reactor=reactor)
        await self.delivers()
        assert self.events.kinds() == ["connecting", "connected"]

    async def test_a_host_with_an_ipv6_address_only_is_reached(self):
        """AAAA and no A: REST reaches such a host, and so do sockets."""
        server = ScriptedServer()
        try:
            listening = reactor.listenTCP(0, server, interface="::1")
        except Exception as exc:
            raise SkipTest("this machine has no IPv6") from exc
        self.server = server
        self.addCleanup(self._gone, server, listening)
        self.names("::1")
        self.start(port=listening.getHost().port, reactor=reactor)
        await self.delivers()

    async def test_an_address_that_does_not_answer_is_not_waited_for(self):
        """After 0.25 s the next one is tried beside it; the first to answer is the connection."""
        self.network.routes = {A: None, B: self.port}
        self.names(A, B)
        self.start()
        await until(lambda: self.network.tried == [A])
        self.clock.advance(0.24)
        await turns()
        assert self.network.tried == [A]
        self.clock.advance(0.01)
        await self.delivers()
        assert self.network.tried == [A, B]
        assert self.network.left == [A]

    async def test_families_take_turns(self):
        """Two IPv6 addresses that lead nowhere do not hold up the IPv4 ones for long."""
        self.network.routes = dict.fromkeys((A6, B6, A, B))
        self.names(A6, B6, A, B)
        self.start(max_retries=0)
        await until(lambda: self.network.tried)
        for _ in range(8):
            self.clock.advance(0.25)
        assert self.network.tried == [A6, A, B6, B]
        self.clock.advance(8)
        reason = await self.reason()
        assert reason.startswith("TimeoutError: no address of stream.example accepted a connection")
        for address in (A6, A, B6, B):
            assert f"{address}: no answer in 10 s" in reason
        assert self.network.left == [A6, A, B6, B]

    async def test_every_address_refuses(self):
        """The attempt has failed when the last one has; the reason names each."""
        self.names(A, B6)
        self.start(max_retries=0)
        reason = await self.reason()
        assert "ConnectionRefusedError" in reason
        assert f"{A}: Connection refused; {B6}: Connection refused" in reason
        await until(lambda: "gave_up" in self.events.kinds())

    async def test_a_reason_names_the_address(self):
        """Of one address, too: the name alone does not say which server it was."""
        self.names(A)
        self.start(max_retries=0)
        assert (await self.reason()) == f"ConnectionRefusedError: {A} port {self.port}: Connection refused"

    async def test_a_refused_upgrade_names_the_address(self):
        """Behind a name there are several servers, and only one of them may be ill."""
        self.server.refuse_with = (503, "Service Unavailable")
        self.network.routes = {A: self.port}
        self.names(A)
        self.start(max_retries=0)
        assert (await self.reason()).endswith(f"HTTP 503 Service Unavailable (from {A})")

    async def test_an_address_on_which_the_upgrade_failed_comes_last_from_then_on(self):
        """The retry goes to the other one, and so does every later socket."""
        ill = ScriptedServer()
        ill.refuse_with = (503, "Service Unavailable")
        self.network.routes = {A: self.listen(ill), B: self.port}
        self.names(A, B)
        bm = self.start()
        await self.reason()
        await self.retry()
        await self.delivers()
        bm.start_trade_socket("ETHBTC", self.got)
        await self.opened(2)
        assert self.network.tried == [A, B, B]
        assert len(ill.dials) == 1

    async def test_an_address_that_serves_again_has_its_place_again(self):
        """Both failed, and the first one works again: it is what the system prefers."""
        self.server.refuse_with = (503, "Service Unavailable")
        self.network.routes = {A: self.port, B: None}
        self.names(A, B)
        bm = self.start()
        await self.reason()
        self.server.refuse_with = None
        await self.retry()
        await until(lambda: self.network.tried == [A, B])
        self.clock.advance(0.25)
        await self.delivers()
        bm.start_trade_socket("ETHBTC", self.got)
        await self.opened(2)
        assert self.network.tried == [A, B, A, A]

    async def test_two_connections_at_once_make_one_socket(self):
        """Both answer in the same moment: one is the connection, the other one is closed."""
        self.network.routes = {A: self.port, B: self.port}
        resolver = self.names(A, B)
        resolver.hold()
        self.start()
        await until(lambda: resolver.asked)
        resolver.release()
        self.clock.advance(0.25)  # in this turn of the reactor: no connection can be made yet
        assert self.network.tried == [A, B]
        await self.delivers()
        await turns()
        assert len(self.server.open_connections()) == 1


class Lookups(AddressesCase):
    """Names, and what may happen while they are looked up."""

    async def test_an_address_is_not_looked_up(self):
        """Neither an IPv4 nor an IPv6 address goes to the resolver."""
        resolver = self.names()
        self.network.routes = {"::1": self.port}
        self.start("::1")
        await self.delivers()
        bm = self.manager()
        bm.start_trade_socket("ETHBTC", self.got)
        await self.opened(2)
        assert resolver.asked == []

    async def test_a_lookup_that_hangs_is_given_up_after_ten_seconds(self):
        """The reason says so; and what it finds too late is of no interest."""
        resolver = self.names(A)
        self.network.routes = {A: self.port}
        resolver.hold()
        self.start()
        await until(lambda: resolver.asked)
        self.clock.advance(9.9)
        await turns()
        assert self.events.kinds() == ["connecting"]
        self.clock.advance(0.1)
        assert (await self.reason()) == f"TimeoutError: the lookup of {NAME} took more than 10 s"
        resolver.release()
        await turns()
        assert self.network.tried == []
        await self.retry()
        await self.delivers()

    async def test_lookup_and_tcp_have_ten_seconds_together(self):
        """A lookup that took nine leaves one for the connection."""
        resolver = self.names(A)
        self.network.routes = {A: None}
        resolver.hold()
        self.start()
        await until(lambda: resolver.asked)
        self.clock.advance(9)
        resolver.release()
        await until(lambda: self.network.tried)
        self.clock.advance(1)
        assert (await self.reason()) == f"TimeoutError: {A} port {self.port}: no answer in 10 s"
        assert self.network.left == [A]

    async def test_a_name_without_addresses_is_the_reason(self):
        """At once, whether the resolver answers in the call or later."""
        for held in (False, True):
            resolver = resolving.install(self, {})
            if held:
                resolver.hold()
            self.start(max_retries=0)
            await until(lambda resolver=resolver: resolver.asked)
            resolver.release()
            await until(lambda: "gave_up" in self.events.kinds())
            assert (await self.reason()) == f"DNSLookupError: no address found for {NAME}"
            self.events.clear()

    async def test_a_resolver_that_raises_is_the_reason(self):
        """An application's resolver may."""
        resolver = self.names()
        resolver.known = None  # type: ignore[assignment]
        self.start(max_retries=0)
        assert "AttributeError" in (await self.reason())
        await until(lambda: "gave_up" in self.events.kinds())

    async def test_each_attempt_looks_the_name_up_again(self):
        """A host that moved to another address is found there."""
        resolver = self.names(A)
        self.network.routes = {B: self.port}
        self.start()
        await self.reason()
        resolver.known[NAME] = [B]
        await self.retry()
        await self.delivers()
        assert self.network.tried == [A, B]


class Stopping(AddressesCase):
    """A socket is stopped before it has a connection: nothing of it goes on."""

    async def ends(self, bm: Any) -> None:
        before = list(self.network.tried)
        bm.stop_socket(KEY)
        await until(lambda: self.events.kinds()[-1] == "disconnected")
        assert self.events.of("disconnected")[-1]["retry"] is False
        assert self.clock.getDelayedCalls() == []
        self.clock.advance(60)
        await turns()
        assert self.network.tried == before

    async def test_while_the_name_is_looked_up(self):
        """The answer comes and is ignored."""
        resolver = self.names(A)
        resolver.hold()
        bm = self.start()
        await until(lambda: resolver.asked)
        await self.ends(bm)
        resolver.release()
        await turns()
        assert self.network.tried == []

    async def test_while_an_address_does_not_answer(self):
        """The attempts are left, and no further address is tried."""
        self.network.routes = dict.fromkeys((A, B, C))
        self.names(A, B, C)
        bm = self.start()
        await until(lambda: self.network.tried)
        self.clock.advance(0.25)
        assert self.network.tried == [A, B]
        await self.ends(bm)
        assert self.network.left == [A, B]

    async def test_between_two_retries(self):
        """Every address refused, and the next attempt is not due yet."""
        self.names(A, B)
        bm = self.start()
        await self.reason()
        await until(lambda: self.events.kinds()[-1] == "retrying")
        await self.ends(bm)

    async def test_stop_trying_of_the_factory_keeps_its_meaning(self):
        """Scripts reach for ReconnectingClientFactory.stopTrying: the attempt ends, and there is no other."""
        self.network.routes = {A: None}
        self.names(A)
        bm = self.start()
        await until(lambda: self.network.tried)
        bm._conns[KEY].stopTrying()
        assert self.network.left == [A]
        assert self.clock.getDelayedCalls() == []
        self.clock.advance(60)
        await turns()
        assert self.network.tried == [A]


class Reports(ClientFactory):
    """Notes what a connector reports."""

    noisy = False

    def __init__(self) -> None:
        self.noted: list[Any] = []
        self.again = False

    def doStart(self) -> None:
        self.noted.append("doStart")

    def doStop(self) -> None:
        self.noted.append("doStop")

    def startedConnecting(self, connector: Any) -> None:
        self.noted.append("startedConnecting")

    def buildProtocol(self, addr: Any) -> Protocol:
        self.noted.append("buildProtocol")
        return Protocol()

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:
        self.noted.append(reason.type)
        self._maybe_again(connector)

    def clientConnectionLost(self, connector: Any, reason: Any) -> None:
        self.noted.append("clientConnectionLost")
        self._maybe_again(connector)

    def _maybe_again(self, connector: Any) -> None:
        if self.again:
            self.again = False
            connector.connect()


class AsAConnector(AddressesCase):
    """It is an IConnector like Twisted's own, which a ReconnectingClientFactory relies on."""

    def setUp(self) -> None:
        super().setUp()
        self.factory = Reports()
        self.names(A)
        self.network.routes = {A: None}

    def connector(self, host: str = NAME) -> HostConnector:
        options = Options(self.network, self.clock, self.timings, 5, 75, None, Codec(None, False))
        return HostConnector(host, self.port, self.factory, self.factory, Addresses(), options)

    async def test_its_states_and_its_reports(self):
        """Connecting, connected, disconnected; disconnect() ends either."""
        self.network.routes = {A: self.port}
        connector = self.connector()
        assert connector.state == "disconnected"
        connector.connect()
        assert connector.state == "connecting"
        with self.assertRaises(RuntimeError):
            connector.connect()
        await until(lambda: connector.state == "connected")
        with self.assertRaises(NotConnectingError):
            connector.stopConnecting()
        with self.assertRaises(RuntimeError):
            connector.connect()
        connector.disconnect()
        await until(lambda: connector.state == "disconnected")
        assert self.factory.noted == [
            "doStart",
            "startedConnecting",
            "buildProtocol",
            "clientConnectionLost",
            "doStop",
        ]
        connector.disconnect()  # which does nothing

    async def test_stop_connecting_reports_before_it_returns(self):
        """So does disconnect() while it is connecting; the reason is Twisted's UserError."""
        for stop in (HostConnector.stopConnecting, HostConnector.disconnect):
            self.factory.noted.clear()
            connector = self.connector()
            connector.connect()
            stop(connector)
            assert self.factory.noted == ["doStart", "startedConnecting", UserError, "doStop"]
            assert connector.state == "disconnected"

    async def test_a_factory_may_connect_again_at_once(self):
        """From clientConnectionFailed and clientConnectionLost: then it is not stopped in between."""
        connector = self.connector()
        connector.connect()
        self.factory.again = True
        self.network.routes = {A: self.port}
        connector.stopConnecting()
        await until(lambda: connector.state == "connected")
        assert "doStop" not in self.factory.noted
        self.factory.again = True
        connector.disconnect()
        await until(lambda: self.factory.noted.count("buildProtocol") == 2)
        assert "doStop" not in self.factory.noted
        connector.disconnect()
        await until(lambda: self.factory.noted[-1] == "doStop")
        assert self.factory.noted.count("doStart") == 1

    async def test_a_factory_may_stop_it_when_it_starts(self):
        """From startedConnecting: nothing is looked up."""
        self.factory.startedConnecting = lambda connector: connector.stopConnecting()
        connector = self.connector()
        connector.connect()
        assert connector.state == "disconnected"
        assert self.factory.noted == ["doStart", UserError, "doStop"]

    def test_where_it_connects_to(self):
        """A name as a name, an address as an address."""
        assert self.connector().getDestination() == HostnameAddress(NAME.encode(), self.port)
        assert self.connector(A).getDestination() == IPv4Address("TCP", A, self.port)
        assert self.connector(A6).getDestination() == IPv6Address("TCP", A6, self.port)
