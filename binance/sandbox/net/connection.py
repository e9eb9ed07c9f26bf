"""One port: Autobahn's server protocol behind a twisted.web site of our own."""

import logging
import math
import re
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site
from zope.interface import implementer

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.sessions import Session
from binance.sandbox.answers import rest, ws_api
from binance.sandbox.faults.edits import Edit
from binance.sandbox.limits import MESSAGES_SPAN_S, Window
from binance.sandbox.market.payloads import IN_MICROS, MICROS, Payload, message_id
from binance.sandbox.net.frames import PING, fragments, frame

if TYPE_CHECKING:
    from binance.sandbox.exchange import Exchange

log = logging.getLogger(__name__)

# A client that lets so much pile up is cut off, as the real exchange does in the end.
MOST_UNREAD_BYTES: Final = 64 * 1024 * 1024

# How long a client may take to answer a close frame.
CLOSE_TIMEOUT_S: Final = 5.0


@implementer(IPushProducer)
class _Gauge:
    """Told by the transport when a client reads too slowly."""

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
    :ivar streams: names of its streams, in the order of subscription; on the WebSocket API the kinds of the
        accounts whose events it gets.
    :ivar combined: whether messages go out as ``{"stream", "data"}``.
    :ivar session: on the WebSocket API what its client has there; None on a connection of streams.
    :ivar address: where the client comes from.
    :ivar sent: how many messages were sent on it, control replies and pings not counted.
    :ivar received: how many control messages came from the client.
    :ivar pinged: how many pings were sent to it; ``pongs``: how many of its pongs answered one.
    :ivar open: True from the handshake until either side begins to end it; ``closed`` once TCP is over.
    :ivar close_code: what the client's close frame said, or None; ``close_reason`` likewise.
    """

    transport: Any

    def __init__(
        self,
        exchange: "Exchange",
        number: int,
        path: str,
        streams: list[str],
        combined: bool,
        suffix: str,
        session: Session | None = None,
        address: str = "",
    ) -> None:
        super().__init__()
        self.exchange = exchange
        self.id = number
        self.path = path
        self.streams: dict[str, None] = dict.fromkeys(streams)
        self.combined = combined
        self.suffix = suffix
        self.session = session
        self.address = address
        self.sent = self.received = self.pinged = self.pongs = 0
        self.open = False
        self.closed = False
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.opened_ms = self.next_ping_s = 0.0
        self.pings: dict[bytes, float] = {}
        self.out: list[bytes] = []
        self.faulty = False
        self.stalls: list[object] = []
        self.pieces = 0
        self.malformed: deque[list[Any]] = deque()
        self.late_s = self.delay_s = 0.0
        self.edits: list[Edit] = []
        self.missed: dict[str, dict[str, Any]] = {}
        self._delayed: deque[tuple[float, bytes]] = deque()
        self._due_s = 0.0
        self._held: list[bytes] = []
        self._gauge = _Gauge()
        self._heard = Window(exchange.limits.messages_per_s, MESSAGES_SPAN_S)
        self._pinged_s = -math.inf
        self._free_pongs = 0
        self._late_to_hear = False

    @property
    def stalled(self) -> bool:
        """Whether a stall holds it, and so nothing is sent on it or read from it."""
        return bool(self.stalls)

    def matches(self, match: str | None) -> bool:
        """Say whether *match* is None, ``#`` and the id, a part of the path, or a part of a stream's name."""
        return (
            match in (None, f"#{self.id}")
            or match in self.path
            or any(match in stream for stream in self.streams)
        )

    def describe(self) -> dict[str, Any]:
        """Return what there is to know, in a form that JSON can carry."""
        told = {
            "id": self.id, "path": self.path, "streams": list(self.streams), "combined": self.combined,
            "sent": self.sent, "received": self.received, "pinged": self.pinged, "pongs": self.pongs,
            "open": self.open, "closed": self.closed, "close_code": self.close_code,
            "close_reason": self.close_reason, "stalled": self.stalled,
            "micros": bool(self.suffix),
        }  # fmt: skip
        return told if self.session is None else told | self.session.state()

    # -- sending -----------------------------------------------------------------------------------

    def put_faulty(self, stream: str, payload: Payload, body: bytes) -> None:
        """Queue one message the way the faults in force want it, or lose it."""
        known = message_id(payload)
        number = known[1] if known else None
        if self.stalled or self.exchange.is_quiet(self, stream):
            missed = self.missed.setdefault(stream, {"count": 0, "first": number})
            missed["count"] += 1
            missed["last"] = number
            return
        for edit in self.edits:
            if edit.wants(stream):
                bodies, ids = edit.apply(stream, number, body)
                if ids:
                    name = known[0] if known else None
                    self.exchange.note(edit.kind, [self], stream=stream, field=name, ids=ids)
                for each in bodies:
                    self._put(each)
                break
        else:
            self._put(body)
        if any(edit.over for edit in self.edits):
            self.edits = [edit for edit in self.edits if not edit.over]
            self.exchange.refit(self)
        if self.malformed:
            self.put_malformed()
            self.exchange.refit(self)

    def put_last(self, stream: str, body: bytes) -> None:
        """Queue the last message of a stream as it is: nothing behind it could tell of its loss."""
        self.drop_edits(stream)
        self._put(body)

    def _put(self, body: bytes) -> None:
        if self.pieces:
            ping = None
            if self.exchange.fragments_ping():
                ping = self._new_ping()
                self.pinged += self.pieces - 2  # one between any two pieces
                self._free_pongs += self.pieces - 2
            self._queue(fragments(body, self.pieces, ping))
            self.exchange.count_fragmented()
        else:
            self._queue(frame(body))
        self.sent += 1
        self.exchange.messages += 1

    def release_edits(self) -> None:
        """Send what was held back to come in another order, and edit no more."""
        for edit in self.edits:
            for body in edit.release():
                self._put(body)
        self.edits = []

    def _queue(self, data: bytes) -> None:
        if not self.out:
            self.exchange.dirty.append(self)
        self.out.append(data)

    def drop_edits(self, stream: str | None = None) -> None:
        """Lose what is held back of a stream, or of all, and tell of it."""
        for edit in self.edits:
            for name, number in edit.drop(stream).items():
                self.exchange.note("dropped", [self], stream=name, ids=[number])
        self.edits = [edit for edit in self.edits if stream is not None and not edit.over]

    @property
    def malformed_left(self) -> int:
        """How many malformed messages are still to come."""
        return sum(times for _, times in self.malformed)

    def add_malformed(self, data: bytes, times: int) -> None:
        """Queue one malformed message, and so many less one behind those still to come."""
        self._queue(data)
        if times > 1:
            self.malformed.append([data, times - 1])

    def put_malformed(self) -> None:
        """Queue the next malformed message."""
        first = self.malformed[0]
        self._queue(first[0])
        first[1] -= 1
        if not first[1]:
            self.malformed.popleft()

    def flush(self) -> None:
        """Write what is queued."""
        data = b"".join(self.out)
        self.out.clear()
        if not self.open or not data:
            return
        if not self.delay_s and not self._delayed:
            self._write(data)
            return
        now_s = self.exchange.reactor.seconds()
        self._due_s = max(self._due_s, now_s + self.delay_s)
        self._delayed.append((self._due_s, data))
        self.exchange.later(self._due_s - now_s, self._write_due)

    def set_delay(self, delay_s: float) -> None:
        """Let what is sent from now on come later; without delay, what still waits goes at once."""
        self.delay_s = delay_s
        self._write_due()

    def _write_due(self) -> None:
        """Write what has waited long enough, unless a stall holds it."""
        now_s = self.exchange.reactor.seconds() + 1e-6  # a timer may come early by a rounding
        while self._delayed and not self.stalled and (not self.delay_s or self._delayed[0][0] <= now_s):
            self._write(self._delayed.popleft()[1])

    def _write(self, data: bytes) -> None:
        if not self.open:
            return
        self.transport.write(data)
        gauge = self._gauge
        if gauge.choked:
            gauge.unread_bytes += len(data)
            if gauge.unread_bytes > MOST_UNREAD_BYTES:
                self.exchange.note("slow_reader", [self], unread_bytes=gauge.unread_bytes)
                log.warning("connection %d does not read; cut off", self.id)
                self.exchange.leave(self)
                self.reset()

    def send_text(self, body: bytes) -> None:
        """Write one message at once, behind what is queued."""
        self.out.append(frame(body))
        self.flush()

    def _new_ping(self) -> bytes:
        payload = b"%d" % self.exchange.time_ms
        now_s = self.exchange.reactor.seconds()
        self.pings.setdefault(payload, now_s)
        self.pinged += 1
        if now_s - self._pinged_s < MESSAGES_SPAN_S:
            self._free_pongs += 1
        self._pinged_s = now_s
        return payload

    def ping(self) -> None:
        """Write a ping with the time in ms, as the exchange does."""
        self.out.append(frame(self._new_ping(), PING))
        self.flush()

    def close(self, code: int, reason: str) -> None:
        """Write a close frame and wait for the client's, for a few seconds."""
        self.stalls.clear()
        self.sendCloseFrame(code, reason.encode()[:123].decode(errors="ignore").encode())
        self.catch_up()

    def drop(self) -> None:
        """End TCP without a close frame."""
        self.unregisterProducer()
        self.transport.loseConnection()
        self.exchange.later(CLOSE_TIMEOUT_S, self._give_up)

    def reset(self) -> None:
        """Reset TCP."""
        self.transport.abortConnection()

    def _give_up(self) -> None:
        if not self.closed:
            self.reset()

    def catch_up(self) -> None:
        """Take up what the client sent while nothing was read, after a stall."""
        self.pings.clear()
        held, self._held = b"".join(self._held), []
        if held and not self.closed:
            self._late_to_hear = True
            super().dataReceived(held)
            self._late_to_hear = False

    # -- called by Autobahn ------------------------------------------------------------------------

    def dataReceived(self, data: bytes) -> None:
        if self.stalled:
            self._held.append(data)
        else:
            super().dataReceived(data)

    def onOpen(self) -> None:
        self.open = True
        self.transport.registerProducer(self._gauge, True)
        self.exchange.opened(self)

    def _too_many(self) -> bool:
        """Count a frame of the client; close the connection if that was one too many."""
        if not self.open:
            return True
        # What came during a stall is heard all at once, which is not the client's doing.
        if self._late_to_hear or self._heard.count(self.exchange.reactor.seconds()):
            return False
        self.exchange.note("too_many_requests", [self])
        self.close(1008, "Too many requests")
        return True

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.received += 1
        if self._too_many():
            return
        limits = self.exchange.limits
        if limits.request_bytes is not None and len(payload) > limits.request_bytes:
            self.exchange.note("oversized_request", [self], size_bytes=len(payload))
            if limits.oversized == "close":
                self.close(3001, "illegal request")
            return
        if self.session is None:
            self.send_text(self.exchange.control(self, payload, isBinary))
        else:
            self.send_text(self.exchange.ask(self, self.session, payload, isBinary))

    def onPing(self, payload: bytes) -> None:
        if not self._too_many():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        if self._free_pongs:
            self._free_pongs -= 1
        elif self._too_many():
            return
        if payload in self.pings:
            self.pongs += 1
            # An answer to a later ping is one to those before it.
            for earlier in list(self.pings):
                del self.pings[earlier]
                if earlier == payload:
                    break

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        self.close_code = code
        self.close_reason = None if reasonRaw is None else reasonRaw.decode("utf-8", "replace")
        self.exchange.leave(self)
        return super().onCloseFrame(code, reasonRaw)

    def sendCloseFrame(self, code: Any = None, reasonUtf8: Any = None, isReply: bool = False) -> None:
        self.flush()
        self.set_delay(0.0)
        self.exchange.leave(self)  # nothing may follow a close frame
        super().sendCloseFrame(code, reasonUtf8, isReply)
        self.exchange.later(CLOSE_TIMEOUT_S, self._give_up)

    def _closeConnection(self, abort: bool = False) -> None:
        # Autobahn resets TCP after a close handshake that it began; the exchange ends it in order.
        self.transport.loseConnection()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self.closed = True
        self.exchange.gone(self)


class Channel(HTTPChannel):
    """One HTTP connection, known to the exchange so that it can be ended with it."""

    exchange: "Exchange"

    def connectionMade(self) -> None:
        super().connectionMade()
        self.exchange.transports.add(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.exchange.lost(self)
        super().connectionLost(reason)


class SandboxSite(Site):
    """The site of one exchange. It keeps no access log: paths hold listen keys."""

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__(_Root(exchange), reactor=exchange.reactor)
        self.exchange = exchange
        # Any: Twisted's own factory makes a wrapper that also speaks HTTP/2.
        self.protocol: Any = self._channel

    def _channel(self) -> Channel:
        channel = Channel()
        channel.exchange = self.exchange
        return channel

    def log(self, request: Any) -> None:
        """Log nothing."""

    def acceptableProtocols(self) -> list[bytes]:
        return [b"http/1.1"]


class SandboxSocketFactory(WebSocketServerFactory):
    """Autobahn's options: its timers are off, since they run on the global reactor."""

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__(reactor=exchange.reactor, server="sandbox")
        self.setProtocolOptions(
            autoPingInterval=0,
            autoPingTimeout=0,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            failByDrop=False,
            echoCloseCodeReason=True,
        )


def parse_socket_path(uri: str) -> tuple[list[str], bool] | None:
    """Read the path of an upgrade request.

    :param uri: path and query as sent.
    :returns: stream names and whether the connection is combined; None if there is no such path.

    Source: Spot *Web Socket Streams*, "General WSS information".
    """
    path, _, query = uri.partition("?")
    if path == "/stream" or path == "/stream/":
        fields = (field.partition("=") for field in query.split("&"))
        names = [unquote(value) for name, _, value in fields if name == "streams"]
        return [name for part in names for name in part.split("/") if name], True
    if re.match(r"/ws(/|$)", path):
        return [name for part in path.split("/")[2:] for name in unquote(part).split("/") if name], False
    return None


class _Root(Resource):
    """All paths of the site."""

    isLeaf = True

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__()
        self._exchange = exchange

    def render(self, request: Any) -> Any:
        if (request.getHeader("upgrade") or "").lower() == "websocket":
            return self._upgrade(request)
        path = request.uri.decode("ascii", "replace").partition("?")[0]
        if path.startswith("/sandbox/"):
            return self._remote(request, path.removeprefix("/sandbox/"))
        return self._rest(request, unquote(path))

    # -- sockets -----------------------------------------------------------------------------------

    def _upgrade(self, request: Any) -> Any:
        exchange = self._exchange
        uri = request.uri.decode("ascii", "replace")
        path = unquote(uri)
        exchange.dials.append((exchange.reactor.seconds(), path))
        wait_s = exchange.too_many_dials(_address(request))
        if wait_s is not None:
            exchange.note("too_many_dials", path=path, wait_s=wait_s)
            return self._page(request, 429, "", math.ceil(wait_s))
        refusal = exchange.next_refusal(path)
        if refusal is not None:
            if refusal["how"] == "http":
                return self._page(request, refusal["status"], refusal["body"], refusal["retry_after_s"])
            return self._no_answer(request, refusal["how"])
        is_api = uri.partition("?")[0].rstrip("/") == ws_api.PATH
        wanted = ([], False) if is_api else parse_socket_path(uri)
        if wanted is None:
            return self._page(request, 404)
        most = exchange.limits.streams
        if "+" in uri or (most is not None and len(set(wanted[0])) > most):
            return self._page(request, 400)  # the real exchange wants a + percent-encoded
        try:
            query = _query(uri)
            per_ms = rest.units_in_a_millisecond(query.get("timeUnit"))
            show_limits = ws_api.read_return_limits(query.get("returnRateLimits")) if is_api else True
        except BinanceAPIException as error:
            return self._reply(request, rest.refused(error))
        suffix = IN_MICROS if per_ms == MICROS else ""
        session, address = None, _address(request)
        if is_api:
            session = Session(per_ms, show_limits)
            _, wait_s = exchange.weigh(address, ws_api.DIAL_WEIGHT)
            if wait_s is not None:
                exchange.note("too_much_weight", path=path, wait_s=wait_s)
                return self._page(request, 429, "", math.ceil(wait_s))
        self._take_over(request, exchange.new_connection(path, *wanted, suffix, session, address))
        return NOT_DONE_YET

    @staticmethod
    def _take_over(request: Any, connection: Connection) -> None:
        """Give a request's transport to Autobahn, with the request, which it reads again."""
        channel: Any = request.channel
        transport, channel.transport = channel.transport, None
        channel.setTimeout(None)
        connection.exchange.transports.discard(channel)
        transport.unregisterProducer()
        if isinstance(transport, ProtocolWrapper):  # TLS
            transport.wrappedProtocol = connection  # type: ignore[assignment]
        else:
            transport.protocol = connection
        connection.makeConnection(transport)
        transport.resumeProducing()
        lines = [b"%s %s HTTP/1.1" % (request.method, request.uri)]
        for name, values in request.requestHeaders.getAllRawHeaders():
            lines.append(name + b": " + b",".join(values))
        connection.dataReceived(b"\r\n".join(lines) + b"\r\n\r\n")

    # -- REST --------------------------------------------------------------------------------------

    def _rest(self, request: Any, path: str) -> Any:
        exchange = self._exchange
        content = request.content.read()
        sent = rest.Sent(request.uri.partition(b"?")[2], content)
        call = rest.RestCall(request.method.decode("ascii", "replace"), path, _params(request, content))
        exchange.rest_calls.append(call.masked())
        used, wait_s = exchange.weigh(_address(request), rest.weight(call))
        for name in ("x-mbx-used-weight", "x-mbx-used-weight-1m"):
            request.setHeader(name, str(used))
        fault = exchange.rest_fault_for(path)
        if wait_s is not None:
            request.setHeader("retry-after", str(math.ceil(wait_s)))
            text = (
                f"Too much request weight used; current limit is {exchange.limits.weight_per_min} per minute."
            )
            return self._reply(request, rest.refused(BinanceAPIException(429, -1003, text)))
        if fault is None:
            return self._answer(request, call, sent)
        if fault["how"] != "http":
            return self._no_answer(request, fault["how"])

        def respond() -> None:
            if fault["down"] is None:
                body = self._answer(request, call, sent)
            else:
                body = self._page(request, fault["down"])
            request.setHeader("content-length", str(len(body)))
            request.write(body)
            request.finish()

        timer = exchange.later(fault["delay_s"], respond)
        request.notifyFinish().addErrback(lambda _: timer.active() and timer.cancel())
        return NOT_DONE_YET

    def _answer(self, request: Any, call: rest.RestCall, sent: rest.Sent) -> bytes:
        exchange = self._exchange
        api_key = request.getHeader("x-mbx-apikey")
        unit = request.getHeader("x-mbx-time-unit")
        given = exchange.market, exchange.accounts, exchange.listen_keys
        return self._reply(request, rest.answer(call, api_key, *given, unit, sent, exchange.clock_now()))

    def _reply(self, request: Any, answer: rest.Answer) -> bytes:
        status, body = answer
        if isinstance(body, str):
            return self._page(request, status, body)
        request.setResponseCode(status)
        request.setHeader("content-type", "application/json;charset=UTF-8")
        return self._exchange.encode(body)

    # -- the remote control ------------------------------------------------------------------------

    def _remote(self, request: Any, name: str) -> bytes:
        exchange = self._exchange
        call: Callable[[], Any]
        if request.method == b"POST":
            content = request.content.read()
            call = lambda: exchange.remote(name, content)  # noqa: E731
        elif name == "state":
            call = exchange.state
        else:
            return self._page(request, 404)
        try:
            body = {"result": call()} if request.method == b"POST" else call()
        except LookupError as error:
            request.setResponseCode(404)
            body = {"error": str(error.args[0])}
        except (TypeError, ValueError) as error:
            request.setResponseCode(400)
            body = {"error": str(error).encode(errors="replace").decode()}
        request.setHeader("content-type", "application/json")
        return exchange.encode(body)

    # -- answers that are none ---------------------------------------------------------------------

    @staticmethod
    def _page(request: Any, status: int, body: str = "", retry_after_s: float | None = None) -> bytes:
        reason = HTTPStatus(status).phrase
        request.setResponseCode(status, reason.encode())
        request.setHeader("content-type", "text/html")
        request.setHeader("connection", "close")
        request.channel.persistent = False
        if retry_after_s is not None:
            request.setHeader("retry-after", f"{retry_after_s:g}")
        return (body or rest.gateway_page(status, reason)).encode()

    def _no_answer(self, request: Any, how: str) -> Any:
        if how == "reset":
            request.channel.transport.abortConnection()
        else:
            hanging, channel = self._exchange.hanging, request.channel  # which the request forgets
            hanging.add(channel)
            request.notifyFinish().addBoth(lambda _: hanging.discard(channel))
        return NOT_DONE_YET


def _address(request: Any) -> str:
    """Return the client's address, to which limits are held."""
    return str(getattr(request.getClientAddress(), "host", ""))


def _query(uri: str) -> dict[str, str]:
    return dict(parse_qsl(uri.partition("?")[2], keep_blank_values=True))


def _params(request: Any, content: bytes) -> dict[str, str]:
    """Read the parameters of a REST call from its query and its form, the form of a PUT included."""
    form = content.decode("utf-8", "replace")
    return _query(request.uri.decode("ascii", "replace")) | dict(parse_qsl(form, keep_blank_values=True))
