"""One connection: Autobahn's protocol with a watchdog of ours, and the factory that dials it again.

A factory is one connection's life. What the connection is for, and what its messages mean, is the
listener's business (:class:`Listener`).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from OpenSSL import SSL, crypto
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.protocol import ReconnectingClientFactory
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

from binance.exceptions import InvalidArgument
from binance.trust import Trust, chosen_trust, pem_texts

log = logging.getLogger(__name__)

#: Seconds before each retry of an outage; each is lengthened by up to a fifth, so that sockets cut together
#: do not dial together. After the last one every wait is LONGEST_DELAY_S.
RETRY_DELAYS_S = (0.4, 2.0, 5.0, 10.0, 15.0)
LONGEST_DELAY_S = 30.0
#: Retries after which the outage is told to the callback when there is no limit of retries.
RETRIES_BEFORE_MESSAGE = 5
#: A connection open for so long, or one that brought a message, makes the next wait a short one again.
STEADY_AFTER_S = 10.0
#: Name lookup and TCP together, then TLS and the upgrade together, may take this long each.
OPEN_TIMEOUT_S = 10.0
#: After a close frame the TCP connection has this long to end.
CLOSE_TIMEOUT_S = 1.0
#: No message of the exchange is near this; the largest are the all-market arrays, hundreds of kB.
MAX_MESSAGE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Ending:
    """How one connection, or the attempt at one, ended.

    :ivar code: WebSocket close code, 1006 if there was no close frame, None if it never opened.
    :ivar reason: in words.
    :ivar clean: both close frames were exchanged.
    :ivar retry_after_s: seconds the exchange asked to wait before the next dial, 0 if it did not.
    """

    code: int | None
    reason: str
    clean: bool = False
    retry_after_s: float = 0.0


class Listener(Protocol):
    """What a factory tells, always in the reactor's thread; after each dialling comes one lost or ended."""

    def dialling(self, factory: StreamFactory, attempt: int) -> None: ...

    def opened(self, factory: StreamFactory, attempt: int) -> None: ...

    def received(self, factory: StreamFactory, payload: bytes, is_binary: bool) -> None: ...

    def lost(self, factory: StreamFactory, ending: Ending, retry: bool) -> None:
        """The connection, or the attempt, is over; *retry*: it will be dialled again."""

    def retrying(self, factory: StreamFactory, attempt: int, delay_s: float) -> None: ...

    def outage(self, factory: StreamFactory, attempts: int, reason: str, final: bool) -> None:
        """The last of the retries has failed; *final*: there will be no more."""

    def ended(self, factory: StreamFactory, ending: Ending) -> None:
        """The factory was stopped and its last connection is gone."""


@dataclass(frozen=True)
class ConnectionOptions:
    """What all connections of one manager have in common.

    :ivar max_retries: retries of one outage; None for no limit.
    :ivar silence_s: seconds without any frame after which a connection is dead.
    :ivar ca_file: PEM bundle to believe instead of the usual ones, or None.
    """

    reactor: Any
    max_retries: int | None
    silence_s: float
    ca_file: str | None


class StreamProtocol(WebSocketClientProtocol):
    """Autobahn does the handshake, frames and closing; this adds one watchdog and the reason of every ending.

    Autobahn's own timers run on the global reactor, so they are off. The watchdog covers the opening, the
    silence of an open connection, and a close frame that no end of TCP follows.
    """

    factory: StreamFactory

    def connectionMade(self) -> None:
        self._watch: Any = None
        self._opened = False
        self._tls_failure: str | None = None
        self._refusal: Ending | None = None
        self._dropped_for: str | None = None
        self._tcp_end: str | None = None
        self.heard_at = self.factory.clock.seconds()
        self._watch_for(OPEN_TIMEOUT_S, self._not_opened)
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        self.heard_at = self.factory.clock.seconds()
        try:
            super().dataReceived(data)
        except Exception as exc:  # Autobahn raises on some answers that are not HTTP
            log.warning("%r: bytes that are no WebSocket: %r", self.factory, exc)
            self._drop(f"bytes that are no WebSocket: {exc}")

    def onOpen(self) -> None:
        self._opened = True
        self._watch_for(self.factory.options.silence_s, self._maybe_silent)
        self.factory.connection_opened(self)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.factory.listener.received(self.factory, payload, isBinary)

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        done = super().onCloseFrame(code, reasonRaw)
        if self.state == self.STATE_CLOSING:
            self._watch_for(CLOSE_TIMEOUT_S, self._tcp_stays)
        return done

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self._watch_for(None)

    def failHandshake(self, reason: str) -> None:
        self._refusal = self._why_refused(reason)
        super().failHandshake(reason)

    def connectionLost(self, reason: Any = None) -> None:
        error = getattr(reason, "value", None)
        trust = self.factory.trust
        if trust is not None and isinstance(error, (VerificationError, SSL.Error)) and not self._opened:
            tls: Any = self.transport
            self._tls_failure = refused_certificate(error, tls.getHandle(), trust)
        if isinstance(error, (ConnectionDone, ConnectionLost)):
            how = "ended" if isinstance(error, ConnectionDone) else "broke"
            self._tcp_end = f"TCP {how} {'without a close frame' if self._opened else 'during the handshake'}"
        super().connectionLost(reason)

    def end(self) -> None:
        """Close with code 1000, or drop a connection that is not open yet."""
        if self.state == self.STATE_OPEN:
            self.sendClose(1000)
            self._watch_for(CLOSE_TIMEOUT_S, self._not_answered)
        elif self.state != self.STATE_CLOSING:
            self._drop("stopped before it was open")

    def ending(self) -> Ending:
        """How this connection ended, once it has."""
        if self._tls_failure is not None:
            return Ending(None, f"{self.factory.host} was refused: {self._tls_failure}")
        if self._refusal is not None:
            return self._refusal
        if self.wasClean:
            code = 1005 if self.remoteCloseCode is None else self.remoteCloseCode
            return Ending(code, self.remoteCloseReason or f"closed with code {code}", clean=True)
        why = self._dropped_for or self._tcp_end or self.wasNotCleanReason or "the connection was lost"
        return Ending(1006 if self._opened else None, why)

    # -- the watchdog ---------------------------------------------------------------------------------

    def _watch_for(self, delay_s: float | None, verdict: Callable[[], None] | None = None) -> None:
        if self._watch is not None and self._watch.active():
            self._watch.cancel()
        self._watch = None if delay_s is None else self.factory.clock.callLater(delay_s, verdict)

    def _not_opened(self) -> None:
        self._drop(f"the handshake took more than {OPEN_TIMEOUT_S:g} s")

    def _maybe_silent(self) -> None:
        silence_s = self.factory.options.silence_s
        rest = self.heard_at + silence_s - self.factory.clock.seconds()
        if rest > 0:
            self._watch_for(rest, self._maybe_silent)
        else:
            self._drop(f"no frame for {silence_s:g} s")

    def _not_answered(self) -> None:
        self._drop("closed by us, and the exchange did not answer")

    def _tcp_stays(self) -> None:
        self.dropConnection(abort=True)  # both close frames are exchanged: that stays a clean ending

    def _drop(self, why: str) -> None:
        self._dropped_for = why
        self.wasClean = False
        self.dropConnection(abort=True)

    def _why_refused(self, reason: str) -> Ending:
        status = getattr(self, "http_status_line", "").split(None, 1)
        if len(status) < 2 or status[1].startswith("101"):
            return Ending(None, f"the upgrade failed: {reason}")
        _, _, body = self.data.partition(b"\r\n\r\n")
        text = " ".join(body.decode(errors="replace").split())[:200]
        words = f"the exchange refused the upgrade: HTTP {status[1]}"
        if text and not text.startswith("<"):  # a gateway's HTML says no more than the status
            words += f": {text}"
        wait = self.http_headers.get("retry-after", "")
        return Ending(None, words, retry_after_s=float(wait) if wait.isdecimal() else 0.0)


class StreamFactory(ReconnectingClientFactory, WebSocketClientFactory):
    """One connection's life: dialled, open, lost, dialled again, until stopped or given up.

    :param url: the whole URL, ``ws://`` or ``wss://``.
    :param listener: told of everything, and handed the payloads.
    """

    protocol: Any = StreamProtocol
    noisy = False
    clock: Any = None  # the reactor; a test may put a fake clock here
    connector: Any = None
    maxRetries: Any

    def __init__(self, url: str, listener: Listener, options: ConnectionOptions) -> None:
        state = random.getstate()  # Autobahn seeds the generator that the user's script may have seeded
        WebSocketClientFactory.__init__(self, url, useragent="binance-twisted", reactor=options.reactor)
        random.setstate(state)
        self.setProtocolOptions(
            utf8validateIncoming=False,  # the decoder checks it, once
            maxFramePayloadSize=MAX_MESSAGE_BYTES,
            maxMessagePayloadSize=MAX_MESSAGE_BYTES,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            serverConnectionDropTimeout=0,
            autoPingInterval=0,
        )
        self.listener = listener
        self.options = options
        self.maxRetries = options.max_retries
        if self.clock is None:
            self.clock = options.reactor
        self.trust: Trust | None = None  # of a TLS connection
        self._connection: StreamProtocol | None = None
        self._waits = 0  # place in RETRY_DELAYS_S; goes back later than `retries` does
        self._opened_at: float | None = None
        self.messages = 0  # counted by the listener; one is enough to call the connection steady
        self._messages_before = 0

    def __repr__(self) -> str:
        return f"<StreamFactory {self.host}:{self.port}>"  # not the path: it may hold a listen key

    def dial(self) -> None:
        """Connect for the first time, in the reactor's thread."""
        self.listener.dialling(self, self.retries)
        if not self.continueTrying:
            return
        if self.connector is not None:
            self.connector.connect()
        elif not self.isSecure:
            self.connector = self.reactor.connectTCP(self.host, self.port, self, OPEN_TIMEOUT_S)
        else:
            try:
                self.trust = chosen_trust(self.options.ca_file)
                tls = tls_options(self.host, self.trust)
            except (InvalidArgument, OSError) as exc:
                self._callID = self.clock.callLater(0, self._not_dialled, str(exc))
                return
            self.connector = self.reactor.connectSSL(self.host, self.port, self, tls, OPEN_TIMEOUT_S)

    def is_open(self) -> bool:
        """Whether messages can arrive."""
        return self._opened_at is not None

    def stop(self) -> None:
        """Close the connection, or end the attempts at one, for good; ``ended`` follows, perhaps at once."""
        if not self.continueTrying:
            return
        connection = self._connection
        connecting = getattr(self.connector, "state", None) == "connecting"
        self.stopTrying()  # an attempt in progress ends in clientConnectionFailed
        if connection is not None:
            connection.end()
        elif not connecting:
            self.listener.ended(self, Ending(None, "stopped while no connection was open"))

    def buildProtocol(self, addr: Any) -> Any:
        connection: Any = super().buildProtocol(addr)
        self._connection = connection
        return connection

    def connection_opened(self, connection: StreamProtocol) -> None:
        attempt, self.retries = self.retries, 0
        self._opened_at, self._messages_before = self.clock.seconds(), self.messages
        self.listener.opened(self, attempt)

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:
        words = f"{reason.type.__name__}: {reason.getErrorMessage()}"
        self._over(Ending(None, words if self.continueTrying else "stopped while dialling"))

    def clientConnectionLost(self, connector: Any, unused_reason: Any) -> None:
        connection, self._connection = self._connection, None
        assert connection is not None
        if self._opened_at is not None:
            steady = self.clock.seconds() - self._opened_at >= STEADY_AFTER_S
            if steady or self.messages > self._messages_before:
                self._waits = 0
            self._opened_at = None
        self._over(connection.ending())

    def _over(self, ending: Ending) -> None:
        if not self.continueTrying:
            self.listener.ended(self, ending)
            return
        attempts, last = self.retries, self.maxRetries
        final = last is not None and attempts >= last
        if final:
            self.continueTrying = 0
        self.listener.lost(self, ending, retry=not final)
        if attempts == (RETRIES_BEFORE_MESSAGE if last is None else last):
            self.listener.outage(self, attempts, ending.reason, final)
        if self.continueTrying:  # the listener may have stopped us
            self._retry_after(ending.retry_after_s)

    def _retry_after(self, at_least_s: float) -> None:
        delay_s = RETRY_DELAYS_S[self._waits] if self._waits < len(RETRY_DELAYS_S) else LONGEST_DELAY_S
        delay_s = max(delay_s * random.uniform(1.0, 1.2), at_least_s)
        self._waits += 1
        self.retries += 1
        self._callID = self.clock.callLater(delay_s, self._redial)
        self.listener.retrying(self, self.retries, delay_s)

    def _redial(self) -> None:
        self._callID = None
        self.dial()

    def _not_dialled(self, why: str) -> None:
        self._callID = None
        self._over(Ending(None, why))


# -- TLS --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _roots(trust: Trust) -> tuple[Certificate, ...]:
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    parts = [part.partition(end) for text in pem_texts(trust) for part in text.split(begin)[1:]]
    roots = tuple(Certificate.loadPEM(begin + body + found + b"\n") for body, found, _ in parts if found)
    if not roots:
        raise InvalidArgument(f"{trust.source} holds no certificate: {trust.file or trust.directory}")
    return roots


@lru_cache(maxsize=64)
def tls_options(host: str, trust: Trust) -> Any:
    """TLS options for *host*: the chain, the host name and the dates are checked, SNI is sent.

    One for all connections to a host: each costs some milliseconds and a megabyte.

    :raises InvalidArgument: if *trust* holds no certificate.
    """
    return optionsForClientTLS(host, trustRoot=trustRootFromCertificates(_roots(trust)))


def refused_certificate(error: Any, connection: Any, trust: Trust) -> str:
    """Why TLS failed, in words; OpenSSL's own say no more than "certificate verify failed".

    So the chain that the server sent is verified once more, outside the connection, for the reason alone.

    :param error: what the connection was lost with: a VerificationError or an OpenSSL error.
    """
    if isinstance(error, VerificationError):
        return "its certificate is for another host"
    words = "; ".join(str(part[-1]) for part in error.args[0]) if error.args else str(error)
    chain = connection.get_peer_cert_chain() if "verify failed" in words else None
    if not chain:
        return f"TLS failed: {words}"
    store = crypto.X509Store()
    for root in _roots(trust):
        store.add_cert(root.original)
    try:
        crypto.X509StoreContext(store, chain[0], chain[1:]).verify_certificate()
    except crypto.X509StoreContextError as exc:
        return f"its certificate is not trusted: {exc}"
    return f"TLS failed: {words}"
