"""Checks of names, TCP and TLS: of each host of the venue, as sockets connect to it."""

from __future__ import annotations

import datetime
import time
from typing import Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, gatherResults
from twisted.internet.interfaces import IHandshakeListener, IResolutionReceiver
from twisted.internet.protocol import ClientFactory, Protocol
from zope.interface import implementer

from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, failed, ok, warning
from binance.net.dial import CannotConnect, connector_to, resolver_of
from binance.net.dials import dials
from binance.net.tls import CertificateRefused, why_tls_failed
from binance.text.counted import counted
from binance.wire.addresses import Addresses, is_v6
from binance.wire.hosts import is_address, is_loopback

#: Addresses of one host that are named.
SHOWN = 3
#: Days before its end from which on a certificate is a warning.
FEW_DAYS = 7

_OFFLINE = "Check the internet connection and the DNS server; a firewall or an ad blocker may block the name"
_FIREWALL = "Check that the firewall allows outgoing connections to this port"
_NOT_RUNNING = "Start the server that is meant, or check the port in --url"
_NOT_THE_EXCHANGE = "Something else than the exchange answers: check the port, proxies and firewalls"
_OF_ANOTHER_HOST = (
    "Something else than the exchange answers: a log-in page of the network, a proxy, a wrong entry of the "
    "DNS server or of the hosts file; or --url names the host by another name than its certificate"
)
_EXPIRED = "If this machine's date is right, the server has to get a new certificate"
_INTERCEPTED = (
    "If the issuer is your company, an antivirus program or your own sandbox, set SSL_CERT_FILE to a PEM "
    "file with its certificate. If you do not know the issuer, somebody may be reading along: use another "
    "network"
)


# -- names --------------------------------------------------------------------------------------------------


@implementer(IResolutionReceiver)
class _Found:
    """Collects the addresses of one lookup."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.done: Deferred[None] = Deferred()

    def resolutionBegan(self, resolution: Any) -> None: ...

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        if not self.done.called:
            self.done.callback(None)


async def look_up(case: Case, service: Service) -> list[Finding]:
    """Look up the addresses of a host."""
    host, began = service.place.host, case.seconds()
    if is_address(host):
        case.addresses[host] = [host]
        return []
    found = _Found()
    resolver_of(case.reactor).resolveHostName(found, host, service.place.ports[0])
    try:
        await found.done
    except CancelledError:
        return [failed(f"{host}: no answer from the DNS server", _OFFLINE)]
    took = _ms(case.seconds() - began)
    case.addresses[host] = addresses = list(dict.fromkeys(found.addresses))
    if not addresses:
        return [failed(f"{host}: not found ({took})", _OFFLINE)]
    v6 = sum(map(is_v6, addresses))
    shown = ", ".join(addresses[:SHOWN]) + (", ..." if addresses[SHOWN:] else "")
    return [ok(f"{_named(service)}: {len(addresses) - v6} IPv4, {v6} IPv6 ({took}): {shown}")]


# -- TCP ----------------------------------------------------------------------------------------------------


class _Once(ClientFactory):
    """One attempt to connect; its connection is closed as soon as *protocol* has seen what it wants."""

    noisy = False

    def __init__(self, protocol: type[_Closing]) -> None:
        self._protocol = protocol
        self.done: Deferred[Any] = Deferred()

    def buildProtocol(self, addr: Any) -> Protocol:
        made = self._protocol()
        made.factory = self
        return made

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:
        self.ended(reason.getErrorMessage())

    def ended(self, result: Any) -> None:
        """Take the result; of no connection a text that says why. The first one counts."""
        if not self.done.called:
            self.done.callback(result)


class _Closing(Protocol):
    factory: _Once
    result: Any = None

    def connectionMade(self) -> None:
        self.finished(time.monotonic())

    def finished(self, result: Any) -> None:
        self.result = result
        abort: Any = self.transport
        abort.abortConnection()

    def connectionLost(self, reason: Any = None) -> None:
        self.factory.ended(self.result)


async def reach(case: Case, service: Service) -> list[Finding]:
    """Connect by TCP: to each address of a host, on each of its ports."""
    place = service.place
    addresses = case.addresses[place.host]
    attempts = [_attempt(case, address, port) for port in place.ports for address in addresses]
    results = await gatherResults([Deferred.fromCoroutine(one) for one in attempts], consumeErrors=True)
    by_port = {
        port: dict(zip(addresses, results[number * len(addresses) :], strict=False))
        for number, port in enumerate(place.ports)
    }
    reached = [port for port, tried in by_port.items() if _times(tried)]
    if reached:
        dials(case.options.timings).reached[place.host] = reached[0]
    return [_of_port(service, port, tried, reached) for port, tried in by_port.items()]


async def _attempt(case: Case, address: str, port: int) -> float | str:
    """Seconds until it was connected, or why it was not."""
    factory, began = _Once(_Closing), time.monotonic()
    connector = connector_to(address, port, factory, False, Addresses(), case.options)
    connector.connect()
    try:
        result = await factory.done
    finally:
        connector.disconnect()
    return result if isinstance(result, str) else float(result) - began


def _times(tried: dict[str, float | str]) -> list[float]:
    return [one for one in tried.values() if isinstance(one, float)]


def _of_port(service: Service, port: int, tried: dict[str, float | str], reached: list[int]) -> Finding:
    host = service.place.host
    where = f"{_named(service)} port {port}"
    times = _times(tried)
    bad = {address: one for address, one in tried.items() if isinstance(one, str)}
    whys = "; ".join(list(bad.values())[:SHOWN]) + ("; ..." if len(bad) > SHOWN else "")
    if not times and reached:
        advice = f"Nothing: sockets use port {reached[0]} by themselves. {_FIREWALL} if you want both"
        return warning(f"{where}: not reachable: {whys}", advice)
    if not times:
        advice = "Check HTTPS_PROXY" if service.is_proxy else _NOT_RUNNING if is_loopback(host) else _FIREWALL
        return failed(f"{where}: not reachable: {whys}", advice)
    good = f"{where}: connected in {_ms(min(times))}"
    if not bad:
        return ok(good if len(times) == 1 else f"{good} ({counted(len(times), 'address', 'addresses')})")
    if all(map(is_v6, bad)):
        return ok(f"{good} ({len(times)} of {len(tried)} addresses; IPv6 is not reachable, nor needed)")
    seen = f"{good} on {len(times)} of {len(tried)} addresses: {whys}"
    return warning(seen, "Nothing: sockets try the other addresses. If it stays so, check the firewall")


# -- TLS ----------------------------------------------------------------------------------------------------


@implementer(IHandshakeListener)
class _Greeting(_Closing):
    """Makes the TLS handshake."""

    def connectionMade(self) -> None: ...

    def handshakeCompleted(self) -> None:
        tls: Any = self.transport
        self.finished((tls.getHandle().get_protocol_version_name(), tls.getPeerCertificate()))

    def connectionLost(self, reason: Any = None) -> None:
        if self.result is None:
            first_bytes = getattr(self.transport, "first_bytes", b"")
            self.result = _Refused(why_tls_failed(reason.value, first_bytes), reason.value)
        super().connectionLost(reason)


class _Refused(NamedTuple):
    why: str | None
    error: BaseException


async def certificate(case: Case, service: Service) -> list[Finding]:
    """Make the TLS handshake, with the verification that sockets have."""
    place = service.place
    if not place.tls:
        return _without_tls(service)
    port = dials(case.options.timings).reached.get(place.host, place.ports[0])
    factory = _Once(_Greeting)
    where = f"{place.host}:{port}"
    try:
        connector = connector_to(place.host, port, factory, True, Addresses(), case.options)
    except CannotConnect as exc:
        return [failed(f"{where}: {exc}", "See the line of the trust store")]
    connector.connect()
    factory.done.addTimeout(case.attempt_s, case.options.clock)
    try:
        result = await factory.done
    except TimeoutError:
        return [failed(f"{where}: no answer to the TLS handshake in {case.attempt_s:g} s", _FIREWALL)]
    finally:
        connector.disconnect()
    if isinstance(result, str):
        return [failed(f"{where}: {result}", _FIREWALL)]
    if isinstance(result, _Refused):
        return [_refused(where, result)]
    version, shown = result
    end, days = _end_of(shown)
    seen = f"{where}: {version}, issued by {_issuer(shown)}, valid until {end} ({counted(days, 'day')})"
    if days < FEW_DAYS:
        return [warning(seen, "Whoever runs the server has to renew its certificate before then")]
    return [ok(seen)]


def _without_tls(service: Service) -> list[Finding]:
    if service.is_proxy or is_loopback(service.place.host):
        return []
    seen = f"{service.place}: no TLS: anybody on the way can read what is sent, signatures and API keys too"
    return [warning(seen, "Use https:// and wss:// for hosts that are not this machine")]


def _refused(where: str, refused: _Refused) -> Finding:
    why = refused.why or f"TLS failed: {refused.error}"
    if not isinstance(refused.error, CertificateRefused):
        return failed(f"{where}: {why}", _NOT_THE_EXCHANGE)
    shown = refused.error.certificate
    if shown is None:
        return failed(f"{where}: {why}", _INTERCEPTED)
    end, days = _end_of(shown)
    until = f"expired on {end}" if days < 0 else f"is valid until {end}"
    seen = f"{where}: {why}. It was issued by {_issuer(shown)}, and {until}"
    if refused.error.__cause__ is not None:  # what compares it with the host's name said no
        return failed(seen, _OF_ANOTHER_HOST)
    return failed(seen, _EXPIRED if days < 0 else _INTERCEPTED)


def _issuer(shown: Any) -> str:
    issuer = shown.to_cryptography().issuer
    names = {part.oid.dotted_string: str(part.value) for part in issuer}
    known = [names[oid] for oid in ("2.5.4.10", "2.5.4.3") if oid in names]  # organisation, common name
    return ", ".join(dict.fromkeys(known)) or issuer.rfc4514_string() or "nobody"


def _end_of(shown: Any) -> tuple[str, int]:
    """The last day of a certificate, and how many days are left."""
    made = shown.to_cryptography()
    end = getattr(made, "not_valid_after_utc", None)
    if end is None:  # cryptography before 42
        end = made.not_valid_after.replace(tzinfo=datetime.UTC)
    return f"{end:%Y-%m-%d}", (end - datetime.datetime.now(datetime.UTC)).days


def _named(service: Service) -> str:
    return f"proxy {service.place.host}" if service.is_proxy else service.place.host


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
