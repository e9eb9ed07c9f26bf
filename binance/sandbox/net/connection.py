"""One client's socket: Autobahn's server protocol, with an outbox of our own."""

import logging
from typing import Any, Final, NamedTuple, Protocol

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from binance.sandbox.accounts.sessions import Session
from binance.sandbox.answers.control import Subscribed
from binance.sandbox.answers.routes import Route
from binance.sandbox.calls import Cut
from binance.sandbox.limits import MESSAGES_SPAN_S, NO_LIMITS, Limits, Usage, Window
from binance.sandbox.net.frames import PING, frame
from binance.sandbox.net.journal import Journal
from binance.sandbox.net.match import WHOLE, names
from binance.sandbox.net.outbox import Outbox, Traffic
from binance.sandbox.net.pinger import Pinger
from binance.sandbox.net.timers import Timers

log = logging.getLogger(__name__)

# A client that leaves more than this unread is cut off, as the real exchange does in the end.
MOST_UNREAD_BYTES: Final = 64 * 1024 * 1024

# How long a client may take to answer a close frame.
CLOSE_TIMEOUT_S: Final = 5.0

# A message of a client that is larger than this is not read to its end, whatever the limits: 1009.
MOST_REQUEST_BYTES: Final = 1024 * 1024


class Opening(NamedTuple):
    """What an upgrade request asks for.

    :ivar path: path and query, percent-decoded.
    :ivar subscribed: the streams it names, and the form of their messages.
    :ivar route: where its streams are found in the feeds.
    :ivar session: of the WebSocket API; None for a connection of streams.
    :ivar address: where the client comes from.
    :ivar url_characters: the length of the URL.
    """

    path: str
    subscribed: Subscribed
    route: Route = Route()
    session: Session | None = None
    address: str = ""
    url_characters: int = 0


class Owner(Protocol):
    """What a connection needs of the exchange."""

    limits: Limits
    usage: Usage
    timers: Timers
    journal: Journal
    traffic: Traffic

    def time_ms(self) -> int:
        """Return the exchange's time, milliseconds since the epoch."""

    def opened(self, connection: "Connection") -> None:
        """Begin to serve a connection whose handshake is done."""

    def reply(self, connection: "Connection", payload: bytes, is_binary: bool) -> bytes | None:
        """Return the reply to a message of the client, None if there is none now."""

    def leave(self, connection: "Connection") -> None:
        """Send a connection no more messages."""

    def gone(self, connection: "Connection") -> None:
        """Note that TCP has ended."""


@implementer(IPushProducer)
class _Gauge:
    """Notified by the transport when a client reads too slowly."""

    def __init__(self) -> None:
        self.unread_bytes = 0
        self.choked = False

    def pauseProducing(self) -> None:
        self.choked = True

    def resumeProducing(self) -> None:
        self.choked = False
        self.unread_bytes = 0

    def stopProducing(self) -> None:
        self.choked = False


class Connection(WebSocketServerProtocol):
    """One client's socket.

    :ivar id: counts from 1, in the order in which connections were made.
    :ivar path: path and query as the client asked for them, percent-decoded.
    :ivar subscribed: its streams, and whether messages go out as ``{"stream", "data"}``; on the WebSocket API
        the kinds of the accounts whose events it gets.
    :ivar route: where its streams are found in the feeds, and which venue's limits and pings it has.
    :ivar session: the client's session of the WebSocket API; None on a connection of streams.
    :ivar address: where the client comes from.
    :ivar outbox: what goes out on it; ``pinger``: its pings.
    :ivar url_characters: the length of the URL that the client asked for.
    :ivar received: the number of control messages from the client; ``largest_request``: the bytes of the
        largest of them.
    :ivar open: True from the handshake until either side begins to end it; ``closed`` once TCP has ended.
    :ivar opened_ms: when the handshake was done, on the exchange's clock.
    :ivar close_code: what the client's close frame said, or None; ``close_reason`` likewise.
    """

    transport: Any

    def __init__(self, owner: Owner, number: int, opening: Opening) -> None:
        super().__init__()
        self.id = number
        self.path, self.subscribed, self.route, self.session, self.address, self.url_characters = opening
        self.received = 0
        self.largest_request = 0
        self.open = False
        self.closed = False
        self.opened_ms = 0.0
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.pinger = Pinger()
        self.outbox = Outbox(owner.traffic, owner.timers, self._write, self._new_pings, self._report)
        self._owner = owner
        self._gauge = _Gauge()
        # The WebSocket API counts weights, and neither messages nor their bytes.
        limits = owner.limits if self.session is None else NO_LIMITS
        self._heard = Window(limits.messages(self.route.pace), MESSAGES_SPAN_S)
        self._unheard: list[bytes] = []

    @property
    def streams(self) -> dict[str, None]:
        """Names of its streams, in the order of subscription."""
        return dict(self.subscribed.streams)

    @property
    def micros(self) -> bool:
        """Whether its times are microseconds: those of its session, or of its streams."""
        return self.session.per_ms != 1 if self.session is not None else bool(self.route.suffix)

    @property
    def combined(self) -> bool:
        """Whether messages go out as ``{"stream", "data"}``."""
        return self.subscribed.combined

    @property
    def stalled(self) -> bool:
        """Whether a stall holds it, so that nothing is sent on it or read from it."""
        return self.outbox.stalled

    @property
    def sent(self) -> int:
        """The number of messages sent on it, control replies and pings not counted."""
        return self.outbox.sent

    def matches(self, match: str | None) -> bool:
        """Return whether *match* is meant for it.

        :param match: None, ``#`` and its id, ``=`` and the name of a stream it has, a part of its path, or of
            the name of one.
        """
        if match is None or match == f"#{self.id}":
            return True
        if not match.startswith(WHOLE) and match in self.path:
            return True
        streams = self.subscribed.streams
        return any(names(match, stream) for each in streams for stream in (each, *self.route.feeds(each)))

    def describe(self) -> dict[str, Any]:
        """Return its state, in a form that JSON can carry."""
        state = {
            "id": self.id, "path": self.path, "streams": list(self.subscribed.streams),
            "combined": self.combined, "sent": self.sent, "received": self.received,
            "largest_request": self.largest_request, "url_characters": self.url_characters,
            "pinged": self.pinger.pings, "pongs": self.pinger.pongs, "open": self.open, "closed": self.closed,
            "close_code": self.close_code, "close_reason": self.close_reason,
            "stalled": self.stalled and self.open, "micros": self.micros,
            "venue": self.route.pace.name,
        }  # fmt: skip
        return state if self.session is None else state | self.session.state()

    # -- sending -----------------------------------------------------------------------------------

    def _report(self, fault: str, **details: Any) -> None:
        self._owner.journal.note(fault, [self], **details)

    def _new_pings(self, times: int) -> bytes:
        return self.pinger.ping(self._owner.timers.seconds(), self._owner.time_ms(), times)

    def _write(self, data: bytes) -> None:
        if not self.open:
            return
        self.transport.write(data)
        gauge = self._gauge
        if gauge.choked:
            gauge.unread_bytes += len(data)
            if gauge.unread_bytes > MOST_UNREAD_BYTES:
                self._report("slow_reader", unread_bytes=gauge.unread_bytes)
                log.warning("connection %d does not read; cut off", self.id)
                self.end("reset")

    def send_text(self, body: bytes) -> None:
        """Write one message at once, behind what is queued."""
        self.outbox.send(frame(body))

    def ping(self) -> None:
        """Write a ping with the time in ms, as the exchange does."""
        self.outbox.send(frame(self._new_pings(1), PING))

    def set_delay(self, delay_s: float) -> None:
        """Send everything later from now on, whatever the faults say."""
        self.outbox.delay(delay_s)

    # -- ending ------------------------------------------------------------------------------------

    def end(self, how: Cut, code: int = 1001, reason: str = "") -> None:
        """End it: ``"close"`` by a close frame, ``"reset"`` by a TCP reset, ``"drop"`` by the end of TCP."""
        if how == "close":
            self.close(code, reason)
            return
        self._owner.leave(self)
        if how == "reset":
            self.transport.abortConnection()
            return
        self.unregisterProducer()
        self.transport.loseConnection()
        self._owner.timers.later(CLOSE_TIMEOUT_S, self._give_up)

    def close(self, code: int, reason: str) -> None:
        """Write a close frame and wait for the client's, for a few seconds."""
        self.outbox.stall(False)
        self.sendCloseFrame(code, reason.encode()[:123].decode(errors="ignore").encode())
        self.catch_up()

    def _give_up(self) -> None:
        if not self.closed:
            self.transport.abortConnection()

    def catch_up(self) -> None:
        """Read what the client sent while nothing was read, after a stall."""
        self.pinger.forgive()
        unheard, self._unheard = b"".join(self._unheard), []
        if unheard and not self.closed:
            # It is read all at once, which does not count against the client.
            heard, self._heard = self._heard, Window(None, MESSAGES_SPAN_S)
            super().dataReceived(unheard)
            self._heard = heard

    # -- called by Autobahn ------------------------------------------------------------------------

    def dataReceived(self, data: bytes) -> None:
        if self.stalled:
            self._unheard.append(data)
        else:
            super().dataReceived(data)

    def onOpen(self) -> None:
        self.open = True
        self.transport.registerProducer(self._gauge, True)
        self._owner.opened(self)

    def _too_many(self) -> bool:
        """Count a frame of the client; close the connection if that was one too many."""
        if not self.open:
            return True
        now_s = self._owner.timers.seconds()
        self._heard.count(now_s)
        most = self._owner.limits.messages(self.route.pace)
        if self._owner.usage.fits("messages_per_s", self._heard.counted(now_s), most):
            return False
        self._report("too_many_requests")
        self.close(1008, "Too many requests")
        return True

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.received += 1
        self.largest_request = max(self.largest_request, len(payload))
        if self.session is None:
            self._owner.usage.control_messages += 1
        if self._too_many():
            return
        limits = self._owner.limits
        if self.session is None and not self._owner.usage.fits(
            "request_bytes", len(payload), limits.request_bytes
        ):
            self._report("oversized_request", size_bytes=len(payload))
            if limits.oversized == "close":
                self.close(3001, "illegal request")
            return
        body = self._owner.reply(self, payload, isBinary)
        if body is not None:
            self.send_text(body)

    def onPing(self, payload: bytes) -> None:
        if not self._too_many():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        if self.pinger.take_free_pong() or not self._too_many():
            self.pinger.pong(payload)

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        self.close_code = code
        self.close_reason = None if reasonRaw is None else reasonRaw.decode("utf-8", "replace")
        self._owner.leave(self)
        return super().onCloseFrame(code, reasonRaw)

    def sendCloseFrame(self, code: Any = None, reasonUtf8: Any = None, isReply: bool = False) -> None:
        self.outbox.flush()
        self.outbox.delay(0.0)
        self._owner.leave(self)  # nothing may follow a close frame
        super().sendCloseFrame(code, reasonUtf8, isReply)
        self._owner.timers.later(CLOSE_TIMEOUT_S, self._give_up)

    def _max_message_size_exceeded(self, msg_size: int, max_msg_size: int, reason: str) -> None:
        # it is not read to its end, and so never a message
        if self.session is None:
            self._owner.usage.fits("request_bytes", msg_size, self._owner.limits.request_bytes)
        self._report("oversized_request", size_bytes=msg_size)
        super()._max_message_size_exceeded(msg_size, max_msg_size, reason)

    def _closeConnection(self, abort: bool = False) -> None:
        # Autobahn resets TCP after a close handshake that it began; the exchange ends it in order.
        self.transport.loseConnection()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self.closed = True
        self._owner.gone(self)


class SocketFactory(WebSocketServerFactory):
    """Autobahn's options: its timers are off, since they run on the global reactor."""

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor=reactor, server="sandbox")
        self.setProtocolOptions(
            autoPingInterval=0,
            autoPingTimeout=0,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            failByDrop=False,
            maxFramePayloadSize=MOST_REQUEST_BYTES,
            maxMessagePayloadSize=MOST_REQUEST_BYTES,
            echoCloseCodeReason=True,
        )
