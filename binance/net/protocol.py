"""One connection: Autobahn's protocol with a watchdog of ours, and the factory that dials it again.

A factory is one connection's life. What the connection is for, and what its messages mean, is the
listener's business (:class:`Listener`).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from OpenSSL import SSL
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.protocol import ReconnectingClientFactory

from binance import endpoints
from binance.exceptions import InvalidArgument
from binance.net.tls import CertificateRefused, verifying_creator
from binance.net.trust import chosen_trust
from binance.wire.budgets import DIALS_SPAN_S, MESSAGES_SPAN_S, MOST_DIALS, MOST_MESSAGES, Budget, DialBudgets
from binance.wire.frames import frame_size, may_become_plain, plain_frames
from binance.wire.waits import retry_after_s

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
#: So much is read at a time: twice what Twisted does, for each read has its price.
READ_BYTES = 131_072
#: Its budgets, in words.
DIALS_WORDS = f"{MOST_DIALS} dials in {DIALS_SPAN_S / 60:g} minutes"
MESSAGES_WORDS = f"{MOST_MESSAGES} messages a second"
#: The head of the exchange's answer to an upgrade is a tenth of this.
MAX_HANDSHAKE_BYTES = 65_536
#: No message of the exchange is near this; the largest are the all-market arrays, hundreds of kB.
MAX_MESSAGE_BYTES = 64 * 1024 * 1024


#: Of this process, in the reactor's thread only: the port on which each host was last reached, and what may
#: be dialled how often.
_reached_ports: dict[str, int] = {}
_dials = DialBudgets()


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
    """What a factory tells, always in the reactor's thread.

    :ivar bytes_received: while open; the factory adds to it.
    """

    bytes_received: int

    def dialling(self, factory: StreamFactory, attempt: int) -> None: ...

    def opened(self, factory: StreamFactory, attempt: int) -> None: ...

    def received(self, factory: StreamFactory, payloads: list[bytes], is_binary: bool = False) -> None:
        """Whole messages, in order. If what the first of them sets off ends the connection, the others are
        to be forgotten."""

    def lost(self, factory: StreamFactory, ending: Ending, retry: bool) -> None:
        """The connection, or the attempt, is over; *retry*: it will be dialled again."""

    def retrying(self, factory: StreamFactory, attempt: int, delay_s: float) -> None: ...

    def outage(self, factory: StreamFactory, attempts: int, reason: str, final: bool) -> None:
        """The last of the retries has failed; *final*: there will be no more, and ``ended`` follows."""

    def limited(self, factory: StreamFactory, what: str, budget: str, seconds: float) -> None:
        """*what* waits so long, or the exchange would count too much; *budget* says of what, in words."""

    def ended(self, factory: StreamFactory, ending: Ending) -> None:
        """The factory was stopped or has given up, and its last connection is gone: the last thing told."""


class Line(Protocol):
    """What serves a subscription: a factory, or something that does for one what a factory does.

    :ivar messages: how many it has brought.
    """

    messages: int

    @property
    def url(self) -> Any: ...

    @property
    def factory(self) -> StreamFactory:
        """The factory itself, or the one it goes by."""

    @property
    def opened_at(self) -> float | None:
        """When its connection was opened, in seconds of the reactor's clock; None if it is not open."""

    def patient(self, yes: bool) -> None:
        """Dial for as long as it takes, if *yes*; else, from now on, as often as an outage allows."""

    def dial(self) -> None: ...

    def stop(self) -> None: ...

    def is_open(self) -> bool: ...


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


class _Quiet:
    """Autobahn's log: its lines quote URLs with listen keys, and say nothing that our events do not."""

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda *arguments, **fields: None


class StreamProtocol(WebSocketClientProtocol):
    """Autobahn does the handshake, closing and unusual frames. This takes the plain frames straight out of
    what was received, and adds one watchdog and the reason of every ending.

    While the connection is open, Autobahn is handed what is not a plain frame, one frame at a time: it never
    sees a byte of the frame behind. Its own timers run on the global reactor, so they are off. The watchdog
    covers the opening, the silence of an open connection, and a close frame that no end of TCP follows.
    """

    factory: StreamFactory
    log = _Quiet()

    def connectionMade(self) -> None:
        self._watch: Any = None
        self._opened = False
        self._tls_failure: str | None = None
        self._refusal: Ending | None = None
        self._dropped_for: str | None = None
        self._tcp_end: str | None = None
        self._owed = 0  # bytes of a frame whose beginning Autobahn has
        self._budget = Budget(MOST_MESSAGES, MESSAGES_SPAN_S)
        self._waiting: set[Any] = set()  # timers of what is to be sent
        self._pong: bytes | None = None  # to be sent when the budget allows
        self.heard_at = self.factory.clock.seconds()
        self._watch_for(OPEN_TIMEOUT_S, self._not_opened)
        tcp: Any = getattr(self.transport, "transport", self.transport)  # of TLS, what is below
        tcp.bufferSize = READ_BYTES
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        self.heard_at = self.factory.clock.seconds()
        try:
            if self.state == self.STATE_OPEN:
                self.factory.listener.bytes_received += len(data)
                self.data = self.data + data if self.data else data
                self.consumeData()
            else:
                super().dataReceived(data)
        except Exception as exc:  # Autobahn raises on some answers that are not HTTP
            log.debug("%r: %r", self.factory, exc, exc_info=exc)
            self.drop(f"bytes that are no WebSocket: {exc}")
        if self.state == self.STATE_CONNECTING and len(self.data) > MAX_HANDSHAKE_BYTES:
            self.drop(f"the answer to the handshake has no end in {MAX_HANDSHAKE_BYTES} bytes")

    def consumeData(self) -> None:
        """Look at ``self.data``. Autobahn calls this, too, for what came behind the handshake's end."""
        data, self.data = self.data, b""
        begin = 0
        while self.state == self.STATE_OPEN and begin < len(data):
            if self.current_frame is None and not self.inside_message:
                payloads, begin = plain_frames(data, begin)
                if payloads:
                    self.factory.listener.received(self.factory, payloads)
                    if self.state != self.STATE_OPEN:
                        break
                if may_become_plain(data, begin):
                    self.data = data[begin:]
                    return
            size = self._owed or frame_size(data, begin)
            self.data = data[begin : begin + size]
            begin += size
            super().consumeData()
            self._owed = 0 if self.current_frame is None else begin - len(data)
        if self.state != self.STATE_OPEN:
            self.data = data[begin:]
            super().consumeData()

    def onOpen(self) -> None:
        self._opened = True
        self.factory.listener.bytes_received += len(self.data)  # what came behind the handshake's end
        self._watch_for(self.factory.options.silence_s, self._maybe_silent)
        self.factory.connection_opened(self)

    def ask(self, payload: bytes) -> float:
        """Send a text message as soon as the exchange's limit allows.

        :returns: seconds until then, 0 if it was sent.
        """
        wait_s = self._budget.take(self.factory.clock.seconds())
        if wait_s:
            self._later(wait_s, lambda: self.sendMessage(payload))
        else:
            self.sendMessage(payload)
        return wait_s

    def onPing(self, payload: bytes) -> None:
        if self._pong is not None:
            self._pong = payload  # a pong to the latest ping is one to those before it, too
            return
        wait_s = self._budget.take(self.factory.clock.seconds())
        if wait_s:
            self._pong = payload
            self._later(wait_s, self._send_pong)
        else:
            self.sendPong(payload)

    def _send_pong(self) -> None:
        payload, self._pong = self._pong, None
        self.sendPong(payload)

    def _later(self, delay_s: float, send: Callable[[], None]) -> None:
        def due() -> None:
            self._waiting.discard(timer)
            if self.state == self.STATE_OPEN:
                send()

        timer = self.factory.clock.callLater(delay_s, due)
        self._waiting.add(timer)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.state == self.STATE_OPEN:  # not what comes behind a close frame
            self.factory.listener.received(self.factory, [payload], isBinary)

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        was_open = self.state == self.STATE_OPEN
        done = super().onCloseFrame(code, reasonRaw)
        if was_open and self.state == self.STATE_CLOSING:  # not anew for every further one
            self._watch_for(CLOSE_TIMEOUT_S, self._not_closed)
        return done

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self._watch_for(None)
        for timer in self._waiting:
            timer.cancel()
        self._waiting.clear()

    def failHandshake(self, reason: str) -> None:
        self._refusal = self._why_refused(reason)
        super().failHandshake(reason)

    def connectionLost(self, reason: Any = None) -> None:
        error = getattr(reason, "value", None)
        if isinstance(error, CertificateRefused):
            self._tls_failure = f"its certificate was refused: {error}"
        elif isinstance(error, SSL.Error) and not self._opened:
            self._tls_failure = f"TLS failed: {error}"
        elif isinstance(error, (ConnectionDone, ConnectionLost)) and not isinstance(error, ConnectionAborted):
            how = "ended" if isinstance(error, ConnectionDone) else "broke"
            self._tcp_end = f"TCP {how} {'without a close frame' if self._opened else 'during the handshake'}"
        super().connectionLost(reason)

    def end(self) -> None:
        """Close with code 1000, or drop a connection that is not open yet."""
        if self.state == self.STATE_OPEN:
            self.sendClose(1000)
            self._watch_for(CLOSE_TIMEOUT_S, self._not_closed)
        elif self.state != self.STATE_CLOSING:
            self.drop("stopped before it was open")

    def ending(self) -> Ending:
        """How this connection ended, once it has."""
        if self._tls_failure is not None:
            return Ending(None, f"{self.factory.host}: {self._tls_failure}")
        if self._refusal is not None:
            return self._refusal
        if self.wasClean:
            code = 1005 if self.remoteCloseCode is None else self.remoteCloseCode
            words = " ".join((self.remoteCloseReason or "").split())  # no line breaks into the log
            return Ending(code, words or f"closed with code {code}", clean=True)
        why = self._dropped_for or self._tcp_end or self.wasNotCleanReason or "the connection was lost"
        return Ending(1006 if self._opened else None, why)

    # -- the watchdog ---------------------------------------------------------------------------------

    def _watch_for(
        self, delay_s: float | None, verdict: Callable[..., None] | None = None, *arguments: Any
    ) -> None:
        if self._watch is not None and self._watch.active():
            self._watch.cancel()
        self._watch = None if delay_s is None else self.factory.clock.callLater(delay_s, verdict, *arguments)

    def _not_opened(self) -> None:
        self.drop(f"the handshake took more than {OPEN_TIMEOUT_S:g} s")

    def _maybe_silent(self) -> None:
        silence_s = self.factory.options.silence_s
        rest = self.heard_at + silence_s - self.factory.clock.seconds()
        if rest > 0:
            self._watch_for(rest, self._maybe_silent)
        else:
            # a callback may have kept the reactor from reading: what waits to be read comes first
            self._watch_for(0, self._silent, self.heard_at)

    def _silent(self, heard_at: float) -> None:
        if self.heard_at > heard_at:
            self._maybe_silent()
        else:
            self.drop(f"no frame for {self.factory.options.silence_s:g} s")

    def _not_closed(self) -> None:
        if self.wasClean:  # both close frames are exchanged, TCP stays: that is a clean ending
            self.dropConnection(abort=True)
        else:
            self.drop("closed by us, and the exchange did not answer")

    def drop(self, why: str) -> None:
        """End TCP at once.

        :param why: the reason of the ending.
        """
        if self.state != self.STATE_CLOSED:
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
        return Ending(None, words, retry_after_s=retry_after_s(self.http_headers.get("retry-after")) or 0.0)


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
        self._ports = endpoints.ports(self.host, self.port)
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
        self.connection: StreamProtocol | None = None
        self._waits = 0  # place in RETRY_DELAYS_S; goes back later than `retries` does
        self.opened_at: float | None = None
        self.messages = 0  # counted by the listener; one is enough to call the connection steady
        self._messages_before = 0

    def __repr__(self) -> str:
        return f"<StreamFactory {self.host}:{self.port}>"  # not the path: it may hold a listen key

    def dial(self) -> None:
        """Connect, for the first time or again, in the reactor's thread."""
        if self.connector is None and len(self._ports) > 1:
            self._use_port(_reached_ports.get(self.host, self.port))
        budget, now = _dials.of(self.host, self.port), self.clock.seconds()
        is_closed = budget.is_closed(now)
        wait_s = budget.take(now)
        if not wait_s:
            self._connect()
            return
        words = "the wait that the exchange asked for" if is_closed else DIALS_WORDS
        self._callID = self.clock.callLater(wait_s, self._connect)
        self.listener.limited(self, "dial", words, wait_s)

    def _connect(self) -> None:
        self._callID = None
        self.listener.dialling(self, self.retries)
        if not self.continueTrying:
            return
        if self.connector is not None:
            self.connector.connect()
        elif not self.isSecure:
            self.connector = self.reactor.connectTCP(self.host, self.port, self, OPEN_TIMEOUT_S)
        else:
            try:
                tls = verifying_creator(self.host, chosen_trust(self.options.ca_file))
            except Exception as exc:  # a file that cannot be read, a host that can have no certificate
                words = str(exc) if isinstance(exc, InvalidArgument) else f"{type(exc).__name__}: {exc}"
                self._callID = self.clock.callLater(0, self._not_dialled, words)
                return
            self.connector = self.reactor.connectSSL(self.host, self.port, self, tls, OPEN_TIMEOUT_S)

    @property
    def factory(self) -> StreamFactory:
        """Itself: it is a :class:`Line`."""
        return self

    def patient(self, yes: bool) -> None:
        """See :class:`Line`."""
        self.maxRetries = None if yes else self.options.max_retries
        if not yes and self.opened_at is None:
            self.retries = 0

    def is_open(self) -> bool:
        """Whether there is a connection that came to be open, and has not ended."""
        return self.opened_at is not None

    def stop(self) -> None:
        """Close the connection, or end the attempts at one, for good; ``ended`` follows, perhaps at once."""
        if not self.continueTrying:
            return
        connection = self.connection
        connecting = getattr(self.connector, "state", None) == "connecting"
        self.stopTrying()  # an attempt in progress ends in clientConnectionFailed
        if connection is not None:
            connection.end()
        elif not connecting:
            self.listener.ended(self, Ending(None, "stopped while no connection was open"))

    def buildProtocol(self, addr: Any) -> Any:
        connection: Any = super().buildProtocol(addr)
        self.connection = connection
        return connection

    def connection_opened(self, connection: StreamProtocol) -> None:
        attempt, self.retries = self.retries, 0
        if len(self._ports) > 1:
            _reached_ports[self.host] = self.port
        self.opened_at, self._messages_before = self.clock.seconds(), self.messages
        self.listener.opened(self, attempt)

    def _use_port(self, port: int) -> None:
        self.url = urlunsplit(urlsplit(self.url)._replace(netloc=f"{self.host}:{port}"))
        self.port = port
        if self.connector is not None:
            self.connector.port = port

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:
        if len(self._ports) > 1:
            place = self._ports.index(self.port) + 1
            self._use_port(self._ports[place % len(self._ports)])
        words = f"{reason.type.__name__}: {reason.getErrorMessage()}"
        self._over(Ending(None, words if self.continueTrying else "stopped while dialling"))

    def clientConnectionLost(self, connector: Any, unused_reason: Any) -> None:
        connection, self.connection = self.connection, None
        assert connection is not None
        if self.opened_at is not None:
            steady = self.clock.seconds() - self.opened_at >= STEADY_AFTER_S
            if steady or self.messages > self._messages_before:
                self._waits = 0
            self.opened_at = None
        self._over(connection.ending())

    def _over(self, ending: Ending) -> None:
        if not self.continueTrying:
            self.listener.ended(self, ending)
            return
        if ending.retry_after_s:
            now = self.clock.seconds()
            _dials.of(self.host, self.port).close_until(now + ending.retry_after_s)
        attempts, last = self.retries, self.maxRetries
        final = last is not None and attempts >= last
        self.listener.lost(self, ending, retry=not final)
        if not self.continueTrying:
            return  # stopped by who was told, and ended by that
        if final:
            self.continueTrying = 0
        if attempts == (RETRIES_BEFORE_MESSAGE if last is None else last):
            self.listener.outage(self, attempts, ending.reason, final)
        if final:
            self.listener.ended(self, ending)
        if self.continueTrying:
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
