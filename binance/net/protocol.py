"""One connection: Autobahn's protocol, with a shortcut for plain frames and one watchdog.

What the connection is for, and what its messages mean, is the business of who listens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost

from binance.net.autobahn import WebSocketClientProtocol
from binance.net.interfaces import Arrival, Ending, Line, Meter, Options
from binance.net.outbox import Outbox
from binance.net.timer import Timer
from binance.net.tls import CHECK_TLS, why_tls_failed
from binance.process.logs import Log
from binance.wire.frames import frame_size, may_become_plain, plain_frames
from binance.wire.waits import ban_wait_s, retry_after_s

log = Log(__name__)

#: Bytes read at a time: twice what Twisted does, for each read has its price.
READ_BYTES = 131_072
#: Messages decoded and delivered together. With fewer, more time goes into calls; with more, the
#: garbage collector has more to walk.
BATCH = 64


class Factory(Line, Protocol):
    """The factory of a connection, which it reports to.

    :ivar host: as in the URL; *isSecure*: over TLS.
    :ivar address: of the host, on which the connection is made; None if that is not known.
    """

    host: str
    isSecure: bool
    meter: Meter
    options: Options

    @property
    def address(self) -> str | None: ...

    def connection_opened(self, connection: StreamProtocol) -> None: ...


#: How what a server sends begins, if it speaks TLS: an alert, a handshake (RFC 8446, section 5.1).
_TLS_BEGINS = (b"\x15\x03", b"\x16\x03")
_NO_PLAIN = "the other end speaks TLS: check the port, or use wss://"


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

    factory: Factory
    log = _Quiet()

    def connectionMade(self) -> None:
        self._watch = Timer(self.factory.options.clock)
        self._opened = False
        self._tls_failure: str | None = None
        self._refusal: Ending | None = None
        self._closed_by_us = False
        self._dropped_for: str | None = None
        self._tcp_end: str | None = None
        self._owed = 0  # bytes of a frame whose beginning Autobahn has
        timings = self.factory.options.timings
        self._outbox = Outbox(self.factory.options, self._send_text, self.sendPong)
        self.heard_at = self.factory.options.clock.seconds()
        self._watch.set(timings.open_s, self._not_opened)
        tcp: Any = getattr(self.transport, "transport", self.transport)  # of TLS, what is below
        tcp.bufferSize = READ_BYTES
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        self.heard_at = self.factory.options.clock.seconds()
        try:
            if self.state == self.STATE_OPEN:
                self.factory.meter.bytes += len(data)
                self.data = self.data + data if self.data else data
                self.consumeData()
            else:
                super().dataReceived(data)
        except Exception as exc:  # Autobahn raises on some answers that are not HTTP
            log.debug("%r: %r", self.factory, exc, exc_info=exc)
            self.drop(f"bytes that are not WebSocket: {exc}")
        most = self.factory.options.timings.handshake_bytes
        if self.state == self.STATE_CONNECTING and len(self.data) > most:
            self.drop(f"the answer to the handshake is longer than {most:,} bytes")

    def consumeData(self) -> None:
        """Look at ``self.data``. Autobahn calls this, too, for what came behind the handshake's end."""
        data, self.data = self.data, b""
        begin = 0
        while self.state == self.STATE_OPEN and begin < len(data):
            if self.current_frame is None and not self.inside_message:
                payloads, begin = plain_frames(data, begin)
                if payloads:
                    self._received(payloads)
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

    def _received(self, payloads: list[bytes], is_binary: bool = False) -> None:
        """Decode whole messages and hand them on, batch by batch, to who listens by then."""
        factory, at = self.factory, Arrival(time.time(), self.heard_at)
        decoded = factory.options.codec.decoded
        try:
            for begin in range(0, len(payloads), BATCH):
                batch = payloads[begin : begin + BATCH]
                factory.listener.received(factory, batch, decoded(batch, is_binary), at)
                if self.state != self.STATE_OPEN:
                    return
        except Exception as exc:  # a bug of ours, and no reason to take the exchange's bytes for wrong
            log.error("%r: unexpected error", factory, exc_info=exc)
            self.drop(f"an unexpected error in this client: {type(exc).__name__}")

    def onOpen(self) -> None:
        self._opened = True
        self.factory.meter.bytes += len(self.data)  # what came behind the handshake's end
        self._watch.set(self.factory.options.silence_s, self._maybe_silent)
        self.factory.connection_opened(self)

    def _send_text(self, payload: bytes) -> None:
        if self.state == self.STATE_OPEN:
            self.sendMessage(payload)

    def ask(self, payload: bytes) -> float:
        """Send a text message as soon as the exchange's limit allows.

        :returns: about how many seconds until then, 0 if in the reactor's next turn.
        """
        return self._outbox.message(payload)

    def onPing(self, payload: bytes) -> None:
        self._outbox.pong(payload)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.state == self.STATE_OPEN:  # not what comes behind a close frame
            self._received([payload], isBinary)

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        was_open = self.state == self.STATE_OPEN
        done = super().onCloseFrame(code, reasonRaw)
        if was_open and self.state == self.STATE_CLOSING:  # not again for every further one
            self._watch.set(self.factory.options.timings.close_s, self._not_closed)
        return done

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self._watch.stop()
        self._outbox.end()

    def failHandshake(self, reason: str) -> None:
        self._refusal = self._why_refused(reason)
        super().failHandshake(reason)

    def connectionLost(self, reason: Any = None) -> None:
        error = getattr(reason, "value", None)
        if not self._opened and (why := self._why_no_tls(error)):
            self._tls_failure = why
        elif isinstance(error, (ConnectionDone, ConnectionLost)) and not isinstance(error, ConnectionAborted):
            how = "closed" if isinstance(error, ConnectionDone) else "lost"
            when = "without a close frame" if self._opened else "during the handshake"
            self._tcp_end = f"TCP connection {how} {when}{self._without_tls()}"
        super().connectionLost(reason)

    def end(self) -> None:
        """Close with code 1000, or drop a connection that is not open yet."""
        if self.state == self.STATE_OPEN:
            self._closed_by_us = True
            self.sendClose(1000)
            self._watch.set(self.factory.options.timings.close_s, self._not_closed)
        elif self.state != self.STATE_CLOSING:
            self.drop("stopped before it was open")

    def ending(self) -> Ending:
        """How this connection ended, once it has."""
        ending, host, address = self._ending(), self.factory.host, self.factory.address
        if self._opened or address in (None, host):
            return ending
        return replace(ending, reason=f"{ending.reason} (from {address})")  # one of several, perhaps

    def _ending(self) -> Ending:
        if self._tls_failure is not None:
            return Ending(None, f"{self.factory.host}: {self._tls_failure}")
        if self._refusal is not None:
            return self._refusal
        if self.wasClean:
            code = 1005 if self.remoteCloseCode is None else self.remoteCloseCode
            words = " ".join((self.remoteCloseReason or "").split())
            return Ending(code, words or f"closed with code {code}", clean=True)
        if self._closed_by_us:  # then the end of TCP, or its delay, is not a fault
            return Ending(1000, "closed by us, and the exchange did not answer")
        why = self._dropped_for or self._tcp_end or self.wasNotCleanReason or "the connection was lost"
        return Ending(1006 if self._opened else None, why)

    # -- the watchdog ---------------------------------------------------------------------------------

    def _not_opened(self) -> None:
        open_s = self.factory.options.timings.open_s
        self.drop(f"the handshake took more than {open_s:g} s{self._without_tls()}")

    def _maybe_silent(self) -> None:
        silence_s = self.factory.options.silence_s
        rest = self.heard_at + silence_s - self.factory.options.clock.seconds()
        if rest > 0:
            self._watch.set(rest, self._maybe_silent)
        else:
            # a callback may have kept the reactor from reading: what arrived meanwhile is read first
            self._watch.set(0, self._silent, self.heard_at)

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
        code = status[1][:3]
        asked_s = retry_after_s(self.http_headers.get("retry-after"))
        if asked_s is None and code == "418":
            asked_s = ban_wait_s(text, time.time())
        number = int(code) if code.isdecimal() else None
        return Ending(None, words, retry_after_s=asked_s or 0.0, status=number)

    def _why_no_tls(self, error: object) -> str | None:
        """Why TLS failed, or that only the other end speaks it, in words; None if neither is known."""
        if self.factory.isSecure:
            return why_tls_failed(error, self._first_bytes())
        return _NO_PLAIN if self.data[:2] in _TLS_BEGINS else None

    def _first_bytes(self) -> bytes:
        """What the other end sent first, in place of TLS or as its beginning."""
        return getattr(self.transport, "first_bytes", b"")

    def _without_tls(self) -> str:
        """What to add to a reason if TLS got no answer at all."""
        if self._opened or not self.factory.isSecure or self._first_bytes():
            return ""
        return f", and nothing answered TLS; {CHECK_TLS}"
