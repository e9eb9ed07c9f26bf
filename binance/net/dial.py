"""Attempts to connect: to all addresses of a host, of both families, and over which TLS.

Theory of operation. A :class:`HostConnector` is *disconnected*, *connecting* or *connected*, as any of
Twisted's connectors. While it is connecting it has a :class:`_Race`, which looks the name up and then has
one attempt for each address on its way: the next one begins 0.25 s after the one before, or at once when
that failed. The first whose TCP connection is made is the connection; the race is over and the other
attempts are dropped. One timer covers lookup and TCP. What a race still hears when it is over (an answer to
its lookup, a connection made at the same moment as another's) is ignored, since it is no longer the
connector's race.

TLS and the upgrade come afterwards, on the one connection: the name that is sent and compared is the host's,
whatever the address.

Twisted's HostnameEndpoint has no timeout for the lookup, waits 0.3 s after a refusal, and does not report to
a factory that connects again.

Source: RFC 8305, "Happy Eyeballs".
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.error import ConnectError, NotConnectingError, UserError
from twisted.internet.interfaces import IConnector, IResolutionReceiver
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from binance.exceptions import InvalidArgument
from binance.net.interfaces import Options
from binance.net.proxies import warn_of_unused_proxy
from binance.net.timer import Timer
from binance.net.tls import verifying_creator
from binance.net.trust import chosen_trust
from binance.process.threads import DaemonResolver
from binance.wire.addresses import Addresses, is_v6
from binance.wire.hosts import is_address

#: A name may have many addresses; a reason names this many.
SHOWN = 4
#: Bytes kept of what the other end sent first, for the reason if it was not TLS.
FIRST_BYTES = 80

_AnyTLS: Any = TLSMemoryBIOFactory.protocol


class CannotConnect(Exception):
    """Why no attempt was made, in words."""


class NotReached(ConnectError):
    """Why no TCP connection was made, in words."""

    def __init__(self, words: str) -> None:
        super().__init__(string=words)  # type: ignore[no-untyped-call]

    def __str__(self) -> str:
        return str(self.args[0])


def connector_to(
    host: str, port: int, factory: Any, secure: bool, addresses: Addresses, options: Options
) -> HostConnector:
    """A connector, which has not begun to connect.

    :param addresses: what is known of those of the host.
    :raises CannotConnect: if the trusted certificates cannot be read, or the host can have no certificate.
    """
    warn_of_unused_proxy(host, secure)
    if not secure:
        return HostConnector(host, port, factory, factory, addresses, options)
    try:
        tls: Any = verifying_creator(host, chosen_trust(options.ca_file))
    except Exception as exc:
        words = str(exc) if isinstance(exc, InvalidArgument) else f"{type(exc).__name__}: {exc}"
        raise CannotConnect(words) from exc
    return HostConnector(host, port, factory, _TLSFactory(tls, True, factory), addresses, options)


@implementer(IConnector)
class HostConnector:
    """Connects to a host, on the first of its addresses that answers. Reports to a factory, as connectors do.

    :param factory: gets ``startedConnecting``, ``clientConnectionFailed``, ``clientConnectionLost``.
    :param builder: makes the protocol: the factory, or what puts TLS below it.

    :ivar state: ``"disconnected"``, ``"connecting"`` or ``"connected"``.
    :ivar port: may be changed while it is disconnected.
    :ivar address: of the connection, or of the last one; None before the first.
    """

    __slots__ = (
        "_addresses",
        "_builder",
        "_factory",
        "_has_started",
        "_options",
        "_race",
        "_winner",
        "address",
        "host",
        "port",
        "state",
    )

    def __init__(
        self, host: str, port: int, factory: Any, builder: Any, addresses: Addresses, options: Options
    ) -> None:
        self.host = host
        self.port = port
        self.state = "disconnected"
        self.address: str | None = None
        self._factory = factory
        self._builder = builder
        self._addresses = addresses
        self._options = options
        self._has_started = False  # the factory
        self._race: _Race | None = None
        self._winner: Any = None  # Twisted's connector of the connection

    def __repr__(self) -> str:
        return f"<HostConnector {self.host}:{self.port} {self.state}>"

    def connect(self) -> None:
        """Begin an attempt to connect; ``clientConnectionFailed`` does not come before this has returned.

        :raises RuntimeError: if it is connecting or connected.
        """
        if self.state != "disconnected":
            raise RuntimeError(f"the connector is {self.state} already")
        self.state = "connecting"
        if not self._has_started:
            self._has_started = True
            self._builder.doStart()
        self._factory.startedConnecting(self)
        if self.state == "connecting":  # it was not stopped there
            self._race = _Race(self, self._addresses, self._options)
            self._race.begin()

    def stopConnecting(self) -> None:
        """End the attempt; ``clientConnectionFailed`` has been called when this returns.

        :raises NotConnectingError: if it is not connecting.
        """
        if self.state != "connecting":
            raise NotConnectingError("we're not trying to connect")
        self.failed(Failure(UserError()))

    def disconnect(self) -> None:
        """End the connection, or the attempt at one."""
        if self.state == "connecting":
            self.stopConnecting()
        elif self.state == "connected":
            self._winner.disconnect()

    def getDestination(self) -> Any:
        if not is_address(self.host):
            return HostnameAddress(self.host.encode(), self.port)
        made: Any = IPv6Address if is_v6(self.host) else IPv4Address
        return made("TCP", self.host, self.port)

    # -- from the race ------------------------------------------------------------------------------------

    def races(self, race: _Race) -> bool:
        """Whether this race is still of interest."""
        return self._race is race

    def connected(self, address: str, winner: Any, peer: Any) -> Any:
        """TCP is connected; the protocol that is to be connected to it."""
        self._end_race()
        self.state, self.address, self._winner = "connected", address, winner
        return self._builder.buildProtocol(peer)

    def failed(self, reason: Failure) -> None:
        """There will be no connection."""
        self.state = "disconnected"
        self._end_race()
        self._factory.clientConnectionFailed(self, reason)
        self._rest()

    def lost(self, tcp: Any, reason: Failure) -> None:
        """A TCP connection has ended: ours, or one that came too late to be it."""
        if tcp is not self._winner:
            return
        self.state, self._winner = "disconnected", None
        self._factory.clientConnectionLost(self, reason)
        self._rest()

    def _end_race(self) -> None:
        race, self._race = self._race, None
        if race is not None:
            race.end()

    def _rest(self) -> None:
        if self.state == "disconnected" and self._has_started:  # the factory has not called connect()
            self._has_started = False
            self._builder.doStop()


@implementer(IResolutionReceiver)
class _Race:
    """The addresses of a host, tried one after the other until one is connected."""

    def __init__(self, connector: HostConnector, addresses: Addresses, options: Options) -> None:
        self._connector = connector
        self._addresses = addresses
        self._options = options
        self._found: list[str] | None = []  # by the lookup, while it goes on
        self._left: list[str] = []  # to be tried
        self._trying: list[_Attempt] = []
        self._failed: dict[str, Failure] = {}
        self._stagger = Timer(options.clock)
        self._deadline = Timer(options.clock)
        self._has_begun = False

    def begin(self) -> None:
        host, port = self._connector.host, self._connector.port
        self._deadline.set(self._options.timings.open_s, self._too_late)
        if is_address(host):
            self._found = None
            self._left = [host]
            self._next()
        else:
            try:
                resolver_of(self._options.reactor).resolveHostName(self, host, port)
            except Exception as exc:
                self._not_found(f"{type(exc).__name__}: {exc}")
        self._has_begun = True

    def end(self) -> None:
        """Leave the attempts that are under way."""
        self._stagger.stop()
        self._deadline.stop()
        trying, self._trying = self._trying, []
        for attempt in trying:
            attempt.end()

    # -- from the resolver ----------------------------------------------------------------------------------

    def resolutionBegan(self, resolution: Any) -> None:
        """Nobody's lookup can be cancelled; see :meth:`HostConnector.races`."""

    def addressResolved(self, address: Any) -> None:
        if self._found is not None:
            self._found.append(address.host)

    def resolutionComplete(self) -> None:
        found, self._found = self._found, None
        if not self._connector.races(self) or found is None:
            return
        self._left = self._addresses.ordered(found)
        if self._left:
            self._next()
        else:
            self._not_found("DNSLookupError")

    def _not_found(self, what: str) -> None:
        self._found = None
        reason = NotReached(f"{what}: no address found for {self._connector.host}")
        if self._has_begun:
            self._fail(reason)
        else:  # not while somebody calls connect()
            self._options.reactor.callFromThread(self._fail, reason)

    def _fail(self, reason: NotReached) -> None:
        if self._connector.races(self):
            self._connector.failed(Failure(reason))

    # -- the attempts ---------------------------------------------------------------------------------------

    def _next(self) -> None:
        attempt = _Attempt(self._connector, self, self._left.pop(0))
        self._trying.append(attempt)
        if self._left:
            self._stagger.set(self._options.timings.next_address_s, self._next)
        else:
            self._stagger.stop()
        # None: Twisted's timeout goes by the wall clock
        self._options.reactor.connectTCP(attempt.address, self._connector.port, attempt, None)

    def won(self, attempt: _Attempt, peer: Any) -> Any:
        """An attempt is connected; the protocol for it, None if another one was first."""
        if attempt not in self._trying:
            return None
        self._trying.remove(attempt)
        attempt.race = None  # it lives as long as the connection
        return self._connector.connected(attempt.address, attempt.tcp, peer)

    def attempt_failed(self, attempt: _Attempt, reason: Failure) -> None:
        if attempt not in self._trying:
            return
        self._trying.remove(attempt)
        self._failed[attempt.address] = reason
        if self._left:
            self._next()
        elif not self._trying:
            self._fail(NotReached(self._why()))

    def _too_late(self) -> None:
        host, open_s = self._connector.host, self._options.timings.open_s
        if self._found is not None:
            words = f"TimeoutError: the lookup of {host} took more than {open_s:g} s"
        else:
            words = self._why()
        self._fail(NotReached(words))

    def _why(self) -> str:
        port = self._connector.port
        silent = f"no answer in {self._options.timings.open_s:g} s"
        whys = dict.fromkeys([one.address for one in self._trying], ("TimeoutError", silent))
        whys = {address: _failure(reason) for address, reason in self._failed.items()} | whys
        if len(whys) == 1:
            [(address, (kind, words))] = whys.items()
            return f"{kind}: {address} port {port}: {words}"
        shown = "; ".join(f"{address}: {words}" for address, (_, words) in list(whys.items())[:SHOWN])
        more = f"; and {len(whys) - SHOWN} more" if len(whys) > SHOWN else ""
        kinds = {kind for kind, _ in whys.values()}
        kind = f"{kinds.pop()}: " if len(kinds) == 1 else ""
        host = self._connector.host
        return f"{kind}no address of {host} accepted a connection on port {port}: {shown}{more}"


class _Attempt:
    """One address: what Twisted takes for the factory of a TCP connection.

    :ivar race: None once it was won.
    """

    __slots__ = ("_connector", "address", "race", "tcp")

    noisy = False

    def __init__(self, connector: HostConnector, race: _Race, address: str) -> None:
        self.address = address
        self.race: _Race | None = race
        self.tcp: Any = None  # Twisted's connector
        self._connector = connector

    def end(self) -> None:
        """Connect no more."""
        with contextlib.suppress(NotConnectingError):  # it failed or was connected a moment ago
            self.tcp.stopConnecting()

    def doStart(self) -> None: ...

    def doStop(self) -> None: ...

    def startedConnecting(self, tcp: Any) -> None:
        self.tcp = tcp

    def buildProtocol(self, peer: Any) -> Any:
        return None if self.race is None else self.race.won(self, peer)

    def clientConnectionFailed(self, tcp: Any, reason: Failure) -> None:
        if self.race is not None:
            self.race.attempt_failed(self, reason)

    def clientConnectionLost(self, tcp: Any, reason: Failure) -> None:
        self._connector.lost(tcp, reason)


def _failure(reason: Failure) -> tuple[str, str]:
    """The kind of an error, and in words."""
    number = getattr(reason.value, "osError", None)
    words = os.strerror(number) if isinstance(number, int) else reason.getErrorMessage()
    return reason.type.__name__ if reason.type is not None else "", words


# -- names ------------------------------------------------------------------------------------------------

_resolvers: dict[Any, DaemonResolver] = {}


def resolver_of(reactor: Any) -> Any:
    """Who looks names up: the application's resolver if it installed one, else ours.

    Twisted's own uses the reactor's thread pool, which is joined when the reactor stops.
    """
    installed = reactor.nameResolver
    kind = type(installed)
    if (kind.__module__, kind.__name__) != ("twisted.internet._resolver", "GAIResolver"):
        return installed
    if reactor not in _resolvers:
        _resolvers[reactor] = DaemonResolver(reactor)
    return _resolvers[reactor]


# -- TLS --------------------------------------------------------------------------------------------------


class _FirstBytes(_AnyTLS):
    """Twisted's TLS, which keeps what the other end sent first; then it is nothing but Twisted's."""

    first_bytes = b""

    def dataReceived(self, data: bytes) -> None:
        self.first_bytes = data[:FIRST_BYTES]
        self.__class__ = _AnyTLS  # per chunk nothing is added
        self.dataReceived(data)


class _TLSFactory(TLSMemoryBIOFactory):
    protocol = _FirstBytes
