"""The exchange: one market, one port, and everybody connected to it, wired together."""

import logging
import random
import time
from collections.abc import Callable
from typing import Any, Final

from twisted.internet.defer import Deferred, DeferredList

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.dealings import Dealings
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.order_counts import OrderCounts
from binance.sandbox.accounts.venues import OPTIONS
from binance.sandbox.answers.codec import read_json
from binance.sandbox.answers.rest import RestCall
from binance.sandbox.answers.routes import Place
from binance.sandbox.calls import Calls, Cut
from binance.sandbox.faults.faults import Faults
from binance.sandbox.limits import Limits
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.feeds import Feeds
from binance.sandbox.market.market import Market
from binance.sandbox.market.symbols import listed
from binance.sandbox.net.addresses import Addresses
from binance.sandbox.net.backend import Backend, Desk
from binance.sandbox.net.clock import ExchangeClock
from binance.sandbox.net.connection import Connection, SocketFactory
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.delivery import Delivery
from binance.sandbox.net.journal import Journal
from binance.sandbox.net.outbox import Traffic
from binance.sandbox.net.pulse import Pulse
from binance.sandbox.net.rest_calls import RestCalls
from binance.sandbox.net.site import SandboxSite
from binance.sandbox.net.timers import Timers
from binance.sandbox.net.tls import Tls
from binance.sandbox.net.upgrades import Upgrades
from binance.sandbox.net.users import Users
from binance.sandbox.options import Certificate, ExchangeOptions

log = logging.getLogger(__name__)

# Connections that may wait to be accepted: those of many clients that connect at once.
_BACKLOG: Final = 1024

# Venues that have hosts of their own at the real exchange, and what plain paths are there.
_OWN_PORTS: Final[dict[str, Place]] = {"usdm": "unrouted", "coinm": "coinm"}


class Exchange(Calls):
    """A Binance exchange in miniature, spot and derivatives, on one port of this machine.

    The clock of the exchange starts at the time of day and goes *speed* times as fast as the reactor's:
    event times, push speeds, the validity of listen keys and tokens and the life of a connection follow it,
    since they are the exchange's own. Pings, the wait for a pong, the windows of the limits, and what faults
    name in seconds follow the reactor's, since they are felt by a client, whose clock goes no faster.

    :param reactor: runs it; no other is touched.
    :param options: those of :class:`~binance.sandbox.options.ExchangeOptions`.
    :raises InvalidArgument: if an option has a value that it cannot have.

    :ivar market: the market of spot; ``derivatives``: the others.
    :ivar accounts: the accounts; ``dealings``: those of accounts of derivatives;
        ``backend``: what requests are answered from.
    :ivar delivery: who listens to which stream; ``timers``: the calls that are still to come.

    Source: Spot *Web Socket Streams*; *REST API*; binance.us *User Data Streams*.
    """

    def __init__(self, reactor: Any, **options: Any) -> None:
        given = ExchangeOptions(**options)
        given.check()
        self._reactor = reactor
        self._speed = given.speed
        start_ms = int(time.time() * 1000)
        rate = given.rate / given.speed
        limits = given.limits or Limits()
        symbols = listed(given.symbols)
        self.market = Market(symbols, given.seed, rate, start_ms, given.quiet_symbols, given.quiet_weight)
        self.accounts = Accounts(
            given.seed, given.api_keys, given.listen_key_s * 1000, given.listen_token_s * 1000
        )
        self.timers = Timers(reactor)
        clock = ExchangeClock(self.market, given.speed)
        self._journal = Journal(clock.time_ms)
        self._traffic = Traffic()
        self.derivatives = Derivatives(
            given.seed, rate, clock.time_ms, given.usdm_symbols, given.coinm_symbols, given.options_symbols
        )
        feed = Feeds(Feed(self.market), self.derivatives)
        self.delivery = Delivery(feed, self._traffic, given.record)
        self._connections = Connections(
            SocketFactory(reactor), self.market, limits, self.timers, self._journal, self._traffic,
            self.delivery, given.ping_interval_s,
        )  # fmt: skip
        self.accounts.orders.counts = OrderCounts(limits, self._connections.usage, self.timers.seconds)
        self.dealings = Dealings(
            random.Random(f"{given.seed}/dealings"),
            self.accounts.orders,
            Markets(self.market, self.derivatives),
        )
        users = Users(self.accounts, self.dealings, feed, self.delivery, self._connections, given.user_rate)
        addresses = Addresses(limits, self._connections.usage, self.timers)
        self.backend = Backend(
            self.market,
            self.derivatives,
            self.accounts,
            self.dealings,
            clock,
            limits,
            addresses,
            given.listen_keys,
            given.flat_errors,
        )
        self._tls = Tls(self.timers)
        self._faults = Faults(
            self._connections,
            self.accounts,
            self.market,
            self.derivatives,
            clock,
            users,
            self._tls,
            self.delivery,
        )
        self._tls.gate = self._connections.watcher = self._faults
        self._connections.replier = Desk(self.backend, self._connections, users, self._faults).reply

        def wrapped(listen_key: str) -> bool:
            return given.wrapped_options and self.accounts.kind_of(listen_key) == OPTIONS

        self._own_ports = given.own_ports
        self._places: dict[int, Place] = {}
        self._upgrades = Upgrades(
            self._connections, addresses, self._faults, given.lenient_paths, self._places, wrapped
        )
        self._rest_calls = RestCalls(self.backend, self.timers, self._faults, self._connections.hanging)
        self._site = SandboxSite(reactor, self._connections, self._upgrades, self._rest_calls, self)
        self._pulse = Pulse(
            reactor, feed, self.delivery, users, self._connections, speed=given.speed,
            ping_interval_s=given.ping_interval_s, pong_timeout_s=given.pong_timeout_s,
            lifetime_s=given.lifetime_s, lifetime_end=given.lifetime_end,
        )  # fmt: skip
        self._ports: list[Any] = []

    # -- living ------------------------------------------------------------------------------------

    def listen(
        self,
        port: int = 0,
        interface: str = "127.0.0.1",
        tls: bool = False,
        certificate: Certificate = "good",
    ) -> int:
        """Open the port and let the market begin; the reactor may run already or later.

        :param port: 0 for any that is free.
        :param tls: True for TLS on it; then :attr:`certificate_file` is what clients have to trust.
        :param certificate: what kind to show, see :func:`binance.sandbox.net.certificates.make_identity`.
        :returns: the port's number.
        :raises InvalidArgument: if there is no such certificate.
        """
        factory: Any = self._tls.wrap(self._site, certificate) if tls else self._site
        number = self._open(port, factory, interface)
        if self._own_ports:
            for place in _OWN_PORTS.values():
                self._places[self._open(0, factory, interface)] = place
        self._pulse.start()
        log.info("listening on %s port %d%s", interface, number, " with TLS" if tls else "")
        return number

    def _open(self, port: int, factory: Any, interface: str) -> int:
        listening = self._reactor.listenTCP(port, factory, backlog=_BACKLOG, interface=interface)
        self._ports.append(listening)
        number: int = listening.getHost().port
        return number

    def close(self) -> Deferred[None]:
        """Close the port, reset all connections and stop all timers.

        :returns: fires when nothing is left.
        """
        self._pulse.stop()
        self.timers.cancel()
        self._tls.remove_file()
        waiting: list[Deferred[Any]] = [Deferred.fromCoroutine(_stopped(port)) for port in self._ports]
        self._ports.clear()
        waiting.append(self._connections.abort())
        return DeferredList(waiting, fireOnOneErrback=True).addCallback(lambda _: None)

    # -- calls -------------------------------------------------------------------------------------

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Carry out a call; raises what :func:`binance.sandbox.calls.read_arguments` and the call raise."""
        return self._faults.carry_out(name, arguments)

    def remote(self, name: str, content: bytes) -> Any:
        """Carry out the call of a POST to ``/sandbox/<name>``.

        :param content: keyword arguments as a JSON object; empty for none.
        :raises LookupError: if there is no such call.
        :raises ValueError: if *content* is not a JSON object, or an argument has a wrong value; TypeError
            likewise.
        """
        arguments = read_json(content or b"{}")
        if not isinstance(arguments, dict):
            raise InvalidArgument("send the keyword arguments as a JSON object")
        return self.call(name, arguments)

    def end(self, connection: Connection, how: Cut, code: int = 1001, reason: str = "") -> None:
        """End one connection, see :meth:`cut`."""
        connection.end(how, code, reason)

    def deliver(self, stream: str, payload: dict[str, Any]) -> None:
        """Queue one message for all who listen to a stream; :meth:`flush` sends it."""
        self.delivery.deliver(stream, payload)

    def flush(self) -> None:
        """Write to every connection what is queued for it."""
        self._traffic.flush()

    # -- what can be looked at ----------------------------------------------------------------------

    @property
    def time_ms(self) -> int:
        """The exchange's time, milliseconds since the epoch."""
        return self._connections.time_ms()

    @property
    def connections(self) -> list[Connection]:
        """The connections made, oldest first, closed ones included, until they are too many to be kept."""
        return self._connections.made

    @property
    def open_connections(self) -> list[Connection]:
        """The connections that are open, oldest first."""
        return self._connections.open()

    @property
    def transports(self) -> set[Any]:
        """The connections and HTTP channels whose TCP connection has not ended."""
        return self._connections.transports

    @property
    def hanging(self) -> set[Any]:
        """The HTTP channels whose requests are left without an answer."""
        return self._connections.hanging

    @property
    def dials(self) -> list[tuple[float, str]]:
        """(seconds of the reactor's clock, path) of the last upgrade requests, refused ones included."""
        return list(self._upgrades.seen.entries)

    @property
    def rest_calls(self) -> list[RestCall]:
        """The last REST calls with their parameters, signatures masked and long values cut off."""
        return list(self._rest_calls.seen.entries)

    @property
    def sent(self) -> dict[str, list[int]]:
        """With *record*, the ids sent; see :class:`~binance.sandbox.net.delivery.Delivery`."""
        return self.delivery.sent

    @property
    def sni(self) -> list[str | None]:
        """The host names that the last TLS clients asked for, None where one named none."""
        return list(self._tls.sni.entries)

    @property
    def certificate_file(self) -> str | None:
        """With TLS, the PEM file that a client has to trust; removed by :meth:`close`."""
        return self._tls.certificate_file

    @property
    def fault_log(self) -> list[dict[str, Any]]:
        """What was done to connections, oldest first, the last of it."""
        return list(self._journal.log.entries)

    def faults(self) -> dict[str, Any]:
        """Return which faults are in force, in a form that JSON can carry."""
        return self._faults.state()

    def chaos_state(self) -> dict[str, Any] | None:
        """Return the seed of the last :meth:`chaos` and what has happened; None if there was none."""
        return self._faults.chaos_state()

    def streams(self) -> dict[int, list[str]]:
        """Return what each open connection of streams is subscribed to, by its id."""
        return {c.id: list(c.subscribed.streams) for c in self.open_connections if c.session is None}

    def limits(self) -> dict[str, Any]:
        """Return what clients have made of the limits.

        :returns: ``"violated"``, how often each limit was, by its name; ``"most"``, the most that was seen of
            each; ``"control_messages"``, how many have come; see :class:`~binance.sandbox.limits.Usage`.
        """
        return self._connections.usage.state()

    def ports(self) -> dict[str, int]:
        """Return the ports that venues have to themselves, by venue; none without *own_ports*."""
        numbers = {place: number for number, place in self._places.items()}
        return {venue: numbers[place] for venue, place in _OWN_PORTS.items() if place in numbers}

    def view(self, name: str) -> Any:
        """Return the answer to ``GET /sandbox/<name>``.

        :raises LookupError: if there is no such view.
        """
        views: dict[str, Callable[[], Any]] = {
            "state": self.state,
            "limits": self.limits,
            "streams": lambda: {str(number): names for number, names in self.streams().items()},
            "ports": self.ports,
            "rest_calls": lambda: [call._asdict() for call in self.rest_calls],
        }
        if name not in views:
            raise LookupError(f"there is no {name[:80]!r}; use one of {', '.join(views)}")
        return views[name]()

    def state(self) -> dict[str, Any]:
        """Return who is connected, what was requested and sent, and which faults are in force.

        Of connections, requests and the log of faults the last 10,000 are kept; ``counts`` has them all.

        :returns: the answer to ``GET /sandbox/state``.
        """
        return {
            "time_ms": self.time_ms,
            "speed": self._speed,
            "symbols": list(self.market.books),
            "counts": {
                "connections": len(self.open_connections),
                "connections_made": self._connections.number_made,
                "dials": self._upgrades.seen.number,
                "fault_log": self._journal.log.number,
                "messages": self._traffic.messages,
                "rest_calls": self._rest_calls.seen.number,
            },
            "limits": self.limits(),
            "last_trade_ids": {symbol: book.trade_id for symbol, book in self.market.books.items()},
            "connections": [connection.describe() for connection in self.connections],
            "dials": [list(dial) for dial in self.dials],
            "rest_calls": [call._asdict() for call in self.rest_calls],
            "sent": self.sent,
            "faults": self.faults(),
            "fault_log": self.fault_log,
            "chaos": self.chaos_state(),
        }


async def _stopped(port: Any) -> None:
    stopping = port.stopListening()
    if stopping is not None:
        await stopping
