"""The shortcut that plain frames take changes nothing: neither against Autobahn, nor for the callback."""

from __future__ import annotations

import json
import re
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from itertools import accumulate, chain, pairwise
from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from binance.events import Event
from binance.net.factory import StreamFactory
from binance.net.interfaces import Arrival, Line, Listener, Options
from binance.net.protocol import BATCH, StreamProtocol
from binance.order import sequence
from binance.sockets.counts import Counts
from binance.sockets.delivery import Delivery
from binance.sockets.report import Report
from binance.sockets.shard import Shard
from binance.sockets.subscription import Hooks, Plan, Subscription
from binance.venues.venue import SPOT
from binance.wire.codec import Codec, Decoder
from binance.wire.timings import Timings

from ..frames import BINARY, CLOSE, CONTINUATION, HEADLIKE, PING, PONG, TEXT, filled, frame, parsed
from ..support import ManagerCase, turns, until

URL = "ws://127.0.0.1:9/ws/bnbbtc@trade"
#: In these tests; just above the largest plain frame, so that what is too large is cheap to make.
LIMIT = 66_000
OPEN = StreamProtocol.STATE_OPEN
CLOSING = StreamProtocol.STATE_CLOSING
CLOSED = StreamProtocol.STATE_CLOSED


def shown(payload: bytes) -> Any:
    """A payload, or enough to know it by: a difference in 65,536 bytes is not for reading."""
    return payload if len(payload) < 300 else (payload[:16], len(payload), zlib.crc32(payload))


def answer(request: bytes) -> bytes:
    """The 101 answer to a handshake; always of the same length."""
    found = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
    assert found is not None
    accept = b64encode(sha1(found[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"


ANSWER_BYTES = len(answer(b"Sec-WebSocket-Key: x"))


class Wire(StringTransport):
    """A transport without a network. The first thing written is the handshake, then each thing is a frame.

    :ivar told: what happens, in order.
    """

    def __init__(self, told: list[Any]) -> None:
        super().__init__()
        self.told = told
        self.request = b""

    def write(self, data: bytes) -> None:
        if not self.request:
            self.request = data
            return
        sent = parsed(data, 0)
        assert sent is not None
        assert sent.masked
        assert sent.end == len(data)
        mask = data[sent.end - len(sent.payload) - 4 :][:4] * 32
        payload = bytes(a ^ b for a, b in zip(sent.payload, mask, strict=False))
        self.told.append(("wrote", sent.opcode, payload))

    def abortConnection(self) -> None:
        self.told.append("aborted")

    def loseConnection(self) -> None:
        self.told.append("dropped")

    def unregisterProducer(self) -> None:
        """There is none, as on a connection that is read only."""


# -- ours and the stock one, side by side --------------------------------------------------------------------


class Told(list[Any]):
    """What happened on one connection, in order.

    :param stop_at: the message at which the connection is closed by who receives it; 0: when it opens.
    """

    protocol: Any

    def __init__(self, stop_at: int | None) -> None:
        self.stop_at = stop_at
        self.messages = 0

    def opened(self) -> None:
        self.append("opened")
        if self.stop_at == 0:
            self.protocol.end()

    def message(self, payload: bytes, is_binary: bool) -> None:
        assert type(payload) is bytes
        self.append(("message", shown(payload), is_binary))
        self.messages += 1
        if self.messages == self.stop_at:
            self.protocol.end()


class Listening(Listener):
    """A listener that keeps to the contract: once the connection has ended, it forgets the rest of a list."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def opened(self, line: Line, attempt: int) -> None:
        self.told.opened()

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        assert 0 < len(payloads) == len(messages) <= BATCH
        assert self.told.protocol.state == OPEN
        for payload, is_binary in zip(payloads, messages, strict=True):
            if self.told.protocol.state == OPEN:
                self.told.message(payload, is_binary)


class Kinds(Codec):
    """In place of each message whether it came in a binary frame."""

    def decoded(self, payloads: Sequence[bytes], is_binary: bool = False) -> list[Any]:
        return [is_binary for _ in payloads]


class Stock(WebSocketClientProtocol):
    """Autobahn's protocol as it comes; what it delivers after a close frame does not count."""

    log = StreamProtocol.log
    told: Told

    def onOpen(self) -> None:
        self.told.opened()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.state == OPEN:
            self.told.message(payload, isBinary)

    def end(self) -> None:
        self.sendClose(1000)


def options_on(clock: Clock, codec: Codec, timings: Timings) -> Options:
    """What a manager hands on, with a clock for a reactor: there is no network."""
    return Options(clock, clock, timings, max_retries=0, silence_s=75.0, ca_file=None, codec=codec)


def ours(told: Told, clock: Clock) -> Any:
    """A protocol of ours, not connected yet; without a budget of messages, for Autobahn has none."""
    timings = Timings(messages=1_000_000, message_bytes=LIMIT)
    factory = StreamFactory(URL, Listening(told), options_on(clock, Kinds(), timings), Counts())
    return factory.buildProtocol(None)


def stock(told: Told, clock: Clock) -> Any:
    """Autobahn's protocol with the same options, not connected yet."""
    factory = WebSocketClientFactory(URL, reactor=clock)
    factory.protocol = Stock
    factory.setProtocolOptions(
        utf8validateIncoming=False,
        maxFramePayloadSize=LIMIT,
        maxMessagePayloadSize=LIMIT,
        openHandshakeTimeout=0,
        closeHandshakeTimeout=0,
        serverConnectionDropTimeout=0,
        autoPingInterval=0,
    )
    protocol = factory.buildProtocol(None)
    protocol.told = told
    return protocol


@dataclass(frozen=True)
class Case:
    """What comes on a connection.

    :ivar frames: the bytes behind the 101 answer.
    :ivar cuts: where the chunks end, counted from the beginning of the answer.
    :ivar stop_at: as for :class:`Told`.
    :ivar stop_after: the chunk after which the connection is closed by who had opened it, or None.
    :ivar loss: why TCP ends at last.
    """

    frames: bytes
    cuts: tuple[int, ...] = ()
    stop_at: int | None = None
    stop_after: int | None = None
    loss: type[Exception] = ConnectionDone

    def __repr__(self) -> str:
        frames = repr(self.frames) if len(self.frames) < 1000 else f"<{len(self.frames)} bytes>"
        rest = f"cuts={self.cuts}, stop_at={self.stop_at}, stop_after={self.stop_after}, {self.loss.__name__}"
        return f"Case({frames}, {rest})"


#: What Autobahn knows of an ending.
ENDING = [
    *("state", "wasClean", "wasNotCleanReason", "closedByMe", "failedByMe", "droppedByMe"),
    *("remoteCloseCode", "remoteCloseReason", "localCloseCode", "localCloseReason"),
    *("wasMaxFramePayloadSizeExceeded", "wasMaxMessagePayloadSizeExceeded"),
]


def told_by(make: Callable[[Told, Clock], Any], case: Case) -> Told:
    """Everything that happens, chunk by chunk, and how it ends."""
    told, clock = Told(case.stop_at), Clock()
    wire = Wire(told)
    told.protocol = protocol = make(told, clock)
    protocol.makeConnection(wire)
    data = answer(wire.request) + case.frames
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in case.cuts)})
    for number, (begin, end) in enumerate(pairwise(places)):
        protocol.dataReceived(data[begin:end])
        if number == case.stop_after and protocol.state == OPEN:
            protocol.end()
        told.append(("chunk", number, {name: getattr(protocol, name) for name in ENDING}))
    protocol.connectionLost(Failure(case.loss()))
    told.append({name: getattr(protocol, name) for name in ENDING})
    assert not clock.getDelayedCalls()
    return told


def happened(told: Told) -> list[Any]:
    """What was told, but for the marks between the chunks and the ending."""
    return [one for one in told[:-1] if one[0] != "chunk"]


# -- arbitrary connections -----------------------------------------------------------------------------------

FILLINGS = st.sampled_from([b"a", b"\x81\x01", "é".encode(), b"\xff", b"\x89\x00"])  # cut, "é" is no UTF-8
SHORT = st.binary(max_size=6) | st.sampled_from([b"", b"a", b"\xff", b'{"e":"trade"}'])
LENGTHS = st.sampled_from([0, 1, 2, 124, 125, 126, 127, 200, 65_534, 65_535, 65_536, LIMIT])
TOO_LONG = st.sampled_from([LIMIT + 1, LIMIT + 2, 70_000])
PAYLOADS = SHORT | SHORT | st.builds(filled, LENGTHS, FILLINGS)
CONTROL_PAYLOADS = SHORT | st.builds(filled, st.sampled_from([124, 125]), FILLINGS)

TEXTS = st.builds(frame, st.just(TEXT), PAYLOADS)
BINARIES = st.builds(frame, st.just(BINARY), PAYLOADS)
PINGS = st.builds(frame, st.sampled_from([PING, PONG]), CONTROL_PAYLOADS)
PIECES = SHORT | st.builds(filled, st.sampled_from([125, 126, LIMIT // 2, LIMIT // 2 + 1, 65_535]), FILLINGS)

CODES = [1000, 1001, 1003, 1007, 1011, 1012, 1014, 3000, 4999]
BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]
REASONS = st.sampled_from([b"", b"bye", "größer".encode(), b"r" * 123])
BAD_REASONS = st.sampled_from([b"\xff", b"\xc3", b"\xed\xa0\x80", b"r" * 122 + b"\xc3", b"r" * 124])


def closing(code: int, reason: bytes) -> bytes:
    """A close frame."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


CLOSES = st.just(frame(CLOSE)) | st.builds(closing, st.sampled_from(CODES), REASONS)
BAD_CLOSES = (
    st.just(frame(CLOSE, b"\x03"))
    | st.builds(closing, st.sampled_from(BAD_CODES), REASONS)
    | st.builds(closing, st.sampled_from(CODES), BAD_REASONS)
)
ANY_FRAME = st.builds(
    frame,
    st.integers(0, 15),
    PAYLOADS,
    fin=st.booleans(),
    rsv=st.sampled_from([0, 0, 1, 2, 3, 4, 7]),
    mask=st.none() | st.binary(min_size=4, max_size=4),
)
LONG_FORM = st.builds(
    frame,
    st.sampled_from([TEXT, TEXT, BINARY, CONTINUATION, PING]),
    SHORT | st.builds(filled, st.sampled_from([125, 126, 65_535]), FILLINGS),
    form=st.sampled_from([2, 8]),
)
OVERSIZE = st.builds(
    frame, st.sampled_from([TEXT, BINARY, CONTINUATION]), st.builds(filled, TOO_LONG, FILLINGS)
)
HEADS = st.sampled_from(
    [
        b"\x81\x7f" + (2**63).to_bytes(8, "big"),
        b"\x81\x7f" + (2**63 - 1).to_bytes(8, "big"),
        b"\x81\x7f" + b"\xff" * 8,
        b"\x81\xff" + b"\xff" * 12,
        b"\x81\x7e\x00\x7d",
        b"\x81\x7e",
        b"\x81",
    ]
)
LONE_FRAGMENTS = st.builds(
    frame, st.sampled_from([TEXT, BINARY, CONTINUATION]), PIECES, fin=st.sampled_from([False, False, True])
)


@st.composite
def fragmented(draw):
    """The frames of one message in pieces, and those that may stand between."""
    pieces = draw(st.lists(PIECES, min_size=1, max_size=4))
    frames = []
    for number, piece in enumerate(pieces):
        opcode = draw(st.sampled_from([TEXT, BINARY])) if number == 0 else CONTINUATION
        frames.append(frame(opcode, piece, fin=number == len(pieces) - 1))
        if number < len(pieces) - 1:
            frames += draw(st.lists(PINGS, max_size=2))
    return frames


def alone(frames: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Each as a list of one."""
    return frames.map(lambda one: [one])


CALM = alone(TEXTS) | alone(TEXTS) | alone(TEXTS) | alone(BINARIES) | alone(PINGS) | fragmented()
ODD = (
    alone(CLOSES)
    | alone(CLOSES)
    | alone(CLOSES)
    | alone(BAD_CLOSES)
    | alone(ANY_FRAME)
    | alone(LONG_FORM)
    | alone(OVERSIZE)
    | alone(HEADS)
    | alone(LONE_FRAGMENTS)
    | alone(st.binary(max_size=20))
    | alone(HEADLIKE)
)


@st.composite
def cases(draw, stopped=False):
    """A connection on which anything may come, cut anywhere, the answer to the handshake included."""
    parts = list(chain(*draw(st.lists(CALM, max_size=8))))
    if draw(st.booleans()):
        parts += chain(*draw(st.lists(ODD, min_size=1, max_size=3)))
        parts += chain(*draw(st.lists(CALM, max_size=4)))
    data = b"".join(parts)
    if draw(st.sampled_from([False, False, True])):
        data = data[: max(len(data) - draw(st.integers(1, 12)), 0)]
    total = ANSWER_BYTES + len(data)
    if total < 600 and draw(st.sampled_from([False, False, False, True])):
        cuts = range(total)
    else:
        ends = [0, *accumulate(map(len, parts), initial=ANSWER_BYTES)]
        near = st.sampled_from(ends).flatmap(lambda end: st.integers(end - 3, end + 14))
        places = st.lists(near | near | st.integers(0, total), max_size=12)
        cuts = [cut for cut in draw(places) if 0 < cut < total]
        if draw(st.booleans()):
            cuts = [cut for cut in cuts if cut > ANSWER_BYTES] + [ANSWER_BYTES]  # the answer by itself
    loss = draw(st.sampled_from([ConnectionDone, ConnectionLost, ConnectionAborted]))
    stop_at = stop_after = None
    if stopped:
        if draw(st.sampled_from([True, True, False])):
            stop_at = draw(st.integers(0, 6))
        else:
            stop_after = draw(st.integers(0, 6))
    return Case(data, tuple(cuts), stop_at, stop_after, loss)


@settings(deadline=None, max_examples=1000)
@given(cases())
@example(Case(frame(TEXT) + frame(TEXT, b"x") + frame(PING)))
def test_any_frames_cut_anywhere_do_what_they_do_with_autobahn(case):
    """Messages, answers, the state after each chunk and the ending are those of Autobahn's own protocol."""
    assert told_by(ours, case) == told_by(stock, case)


@settings(deadline=None, max_examples=700)
@given(cases(stopped=True))
@example(Case(frame(TEXT, b"1") + frame(TEXT, b"2") + frame(PING) + frame(TEXT, b"3"), stop_at=1))
@example(Case(frame(TEXT, b"1") + frame(TEXT, b"2") + frame(CLOSE, b"\x03\xe8"), stop_at=1))
def test_a_connection_that_is_closed_in_the_middle_ends_as_with_autobahn(case):
    """Closed when it opens, at a message, or between chunks: what was delivered and written is the same."""
    assert told_by(ours, case) == told_by(stock, case)


PONG_ABC = ("wrote", PONG, b"abc")
CLOSE_1000 = ("wrote", CLOSE, b"\x03\xe8")


def text(payload: bytes) -> tuple[str, Any, bool]:
    """What is told of a text message."""
    return "message", shown(payload), False


# name -> frames, what has to happen, the state after it
KNOWN: dict[str, tuple[list[bytes], list[Any], int]] = {
    "nothing": ([], [], OPEN),
    "texts": ([frame(TEXT, b"1"), frame(TEXT), frame(TEXT, b"2")], [text(b"1"), text(b""), text(b"2")], OPEN),
    "not UTF-8": ([frame(TEXT, b"\xff"), frame(TEXT, b"2")], [text(b"\xff"), text(b"2")], OPEN),
    "all lengths": (
        [frame(TEXT, b"x" * length) for length in (125, 126, 127, 65_535, 65_536, LIMIT)],
        [text(b"x" * length) for length in (125, 126, 127, 65_535, 65_536, LIMIT)],
        OPEN,
    ),
    "a binary frame": (
        [frame(TEXT, b"1"), frame(BINARY, b"2"), frame(TEXT, b"3")],
        [text(b"1"), ("message", b"2", True), text(b"3")],
        OPEN,
    ),
    "a ping between": (
        [frame(TEXT, b"1"), frame(PING, b"abc"), frame(TEXT, b"2"), frame(PONG), frame(TEXT, b"3")],
        [text(b"1"), PONG_ABC, text(b"2"), text(b"3")],
        OPEN,
    ),
    "fragments": (
        [
            frame(TEXT, b"1"),
            frame(TEXT, b"2", fin=False),
            frame(PING, b"abc"),
            frame(CONTINUATION, b"3", fin=False),
            frame(CONTINUATION, b"4"),
            frame(TEXT, b"5"),
        ],
        [text(b"1"), PONG_ABC, text(b"234"), text(b"5")],
        OPEN,
    ),
    "a text between fragments": (
        [frame(TEXT, b"1", fin=False), frame(TEXT, b"2"), frame(CONTINUATION, b"3")],
        ["aborted"],
        CLOSED,
    ),
    "closed by the exchange": (
        [frame(TEXT, b"1"), frame(CLOSE, b"\x03\xe9bye"), frame(TEXT, b"2"), frame(PING, b"abc")],
        [text(b"1"), CLOSE_1000],
        CLOSING,
    ),
    "closed without a code": ([frame(CLOSE), frame(TEXT, b"2")], [CLOSE_1000], CLOSING),
    "closed with half a code": ([frame(TEXT, b"1"), frame(CLOSE, b"\x03")], [text(b"1"), "aborted"], CLOSED),
    "closed with no code that is one": ([frame(CLOSE, b"\x00\x01")], ["aborted"], CLOSED),
    "closed with a reason that is none": ([frame(CLOSE, b"\x03\xe8\xff")], ["aborted"], CLOSED),
    "masked": ([frame(TEXT, b"1"), frame(TEXT, b"2", mask=b"mask")], [text(b"1"), "aborted"], CLOSED),
    "a reserved bit": ([frame(TEXT, b"1"), frame(TEXT, b"2", rsv=4)], [text(b"1"), "aborted"], CLOSED),
    "a reserved opcode": ([frame(TEXT, b"1"), frame(3, b"2")], [text(b"1"), "aborted"], CLOSED),
    "a reserved control": ([frame(TEXT, b"1"), frame(11, b"2")], [text(b"1"), "aborted"], CLOSED),
    "a length in a longer form": ([frame(TEXT, b"1", form=2), frame(TEXT, b"2")], ["aborted"], CLOSED),
    "a length in the longest form": ([frame(TEXT, b"1", form=8), frame(TEXT, b"2")], ["aborted"], CLOSED),
    "a frame too large": (
        [frame(TEXT, b"1"), frame(TEXT, b"x" * (LIMIT + 1)), frame(TEXT, b"2")],
        [text(b"1"), "aborted"],
        CLOSED,
    ),
    "fragments too large": (
        [frame(TEXT, b"x" * 65_535, fin=False), frame(CONTINUATION, b"x" * 466), frame(TEXT, b"2")],
        ["aborted"],
        CLOSED,
    ),
    "half a frame": ([frame(TEXT, b"1"), frame(TEXT, b"abc")[:-1]], [text(b"1")], OPEN),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("cut", ["nowhere", "behind the answer", "between frames", "everywhere"])
def test_the_known_cases_do_what_they_have_to(name, cut):
    """With Autobahn and with ours, what happens is what the protocol says, in whatever chunks it comes."""
    frames, expected, state = KNOWN[name]
    data = b"".join(frames)
    ends = list(accumulate(map(len, frames), initial=ANSWER_BYTES))
    cuts = {"nowhere": [], "behind the answer": ends[:1], "between frames": ends}.get(cut)
    if cuts is None:
        step = 1 if len(data) < 1000 else 509
        cuts = range(1, ANSWER_BYTES + len(data), step)
    case = Case(data, tuple(cuts))
    mine, autobahns = told_by(ours, case), told_by(stock, case)
    assert happened(mine) == ["opened", *expected]
    assert mine[-2][2]["state"] == state
    assert mine == autobahns


def test_each_batch_goes_to_whoever_listens_by_then():
    """Who hands the line over in the middle of a chunk gets the rest of the batch, and no more."""

    class Leaving(Listener):
        def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
            first.extend(payloads)
            line.listener = Staying()

    class Staying(Listener):
        def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
            rest.extend(payloads)

    first: list[bytes] = []
    rest: list[bytes] = []
    factory = StreamFactory(URL, Leaving(), options_on(Clock(), Codec(), Timings()), Counts())
    protocol = factory.buildProtocol(None)
    wire = Wire([])
    protocol.makeConnection(wire)
    payloads = [b"%d" % number for number in range(3 * BATCH)]
    protocol.dataReceived(answer(wire.request) + b"".join(frame(TEXT, payload) for payload in payloads))
    assert first == payloads[:BATCH]
    assert rest == payloads[BATCH:]
    protocol.connectionLost(Failure(ConnectionDone()))


# -- several messages in one chunk, as the callback sees them ------------------------------------------------

STREAM = "bnbbtc@trade"


def in_thread(call: Callable[..., object], *arguments: object) -> None:
    """Make a call in another thread and wait for it."""
    thread = threading.Thread(target=call, args=arguments)
    thread.start()
    thread.join()


class Fed:
    """A subscription whose connection gets its bytes by hand, with everything of ours in between.

    :ivar told: what the callback, ``on_event`` and the wire saw, in order: a trade's id, an event's kind, a
        tuple for a frame that was written.
    :ivar on_message: called with each trade's id by the callback, after it was noted.
    :ivar on_event: called with each event, after it was noted.
    """

    def __init__(self, combined: bool, decoder: Decoder | None = None, behind: bytes = b"") -> None:
        self.combined = combined
        self.told: list[Any] = []
        self.events: list[Event] = []
        self.on_message: Callable[[int], object] = lambda number: None
        self.on_event: Callable[[Event], object] = lambda event: None
        self.clock = Clock()
        # no budget of messages: it has tests of its own
        options = options_on(self.clock, Codec(decoder), Timings(messages=1_000_000))
        self.delivery = Delivery(
            self._event,
            interrupt=lambda: None,
            later=lambda function: self.clock.callLater(0, function),
        )
        counts = Counts()
        order = sequence.Sequence(SPOT.streams([STREAM]), combined)

        def line(listener):
            return StreamFactory(URL, listener, options, counts)

        self.subscription = Subscription(
            self.report(STREAM),
            self._message,
            options,
            Hooks(lambda subscription, number, factory: None, lambda subscription: None),
            counts,
            Plan(lambda owner, report, _: Shard(owner, report, line, options, order)),
        )
        [(_, factory)] = self.subscription.factories()
        self.connection = factory.buildProtocol(None)
        self.wire = Wire(self.told)
        self.connection.makeConnection(self.wire)
        self.receive(answer(self.wire.request) + behind)
        assert self.told.pop(0) == "connected"

    def report(self, conn_key: str) -> Report:
        """What tells of the socket of this key."""
        return Report(conn_key, self.delivery, self.clock, 60.0)

    def receive(self, data: bytes) -> None:
        """One chunk comes; then the reactor goes round."""
        self.connection.dataReceived(data)
        self.clock.advance(0)

    @staticmethod
    def payload(number: int, combined: bool) -> bytes:
        """The payload of one trade."""
        message: dict[str, Any] = {"e": "trade", "s": "BNBBTC", "t": number}
        return json.dumps({"stream": STREAM, "data": message} if combined else message).encode()

    def trade(self, number: int) -> bytes:
        """The payload of one trade, in this subscription's form."""
        return self.payload(number, self.combined)

    def feed(self, *payloads: bytes | int) -> None:
        """Receive text messages, trades by their ids, in one chunk."""
        payloads_only = [self.trade(one) if isinstance(one, int) else one for one in payloads]
        self.receive(b"".join(frame(TEXT, payload) for payload in payloads_only))

    def stats(self, name: str) -> Any:
        """One of the numbers that are counted."""
        return self.subscription.stats()[name]

    def _message(self, message: dict[str, Any]) -> None:
        number = (message["data"] if self.combined else message)["t"]
        self.told.append(number)
        self.on_message(number)

    def _event(self, event: Event) -> None:
        self.told.append(event.kind)
        self.events.append(event)
        self.on_event(event)


@pytest.fixture(params=["raw", "combined"])
def fed(request):
    """A subscription of each of the two forms, open."""
    return Fed(request.param == "combined")


SIZES = [1, 2, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 1]


@pytest.mark.parametrize("count", SIZES)
def test_all_messages_of_a_chunk_arrive_in_order(either_decoder, fed, count):
    """However many there are, each arrives once."""
    fed.feed(*range(count))
    assert fed.told == list(range(count))
    fed.feed(*range(count, 2 * count))
    assert fed.told == list(range(2 * count))
    assert fed.stats("messages") == 2 * count
    assert fed.stats("duplicates") == fed.stats("gaps") == 0


PLACES = [1, 2, 30, BATCH - 1, BATCH, BATCH + 1, 100, 2 * BATCH, 2 * BATCH + 1]
ALL = 2 * BATCH + 1


@pytest.mark.parametrize("last", PLACES)
def test_a_callback_that_stops_its_socket_gets_nothing_after_it(fed, last):
    """The message that made it stop is the last one, of the chunk and of those behind it."""
    fed.on_message = lambda number: number == last and fed.subscription.stop()
    fed.feed(*range(1, ALL + 1))
    fed.feed(ALL + 1)
    fed.receive(frame(PING, b"abc"))
    assert fed.told == [*range(1, last + 1), CLOSE_1000]
    assert fed.stats("messages") == last
    fed.receive(frame(CLOSE, b"\x03\xe8"))
    fed.connection.connectionLost(Failure(ConnectionDone()))
    assert fed.told == [*range(1, last + 1), CLOSE_1000]
    assert fed.connection.wasClean


@pytest.mark.parametrize("last", PLACES)
def test_a_socket_that_another_thread_stops_gets_nothing_after_it(fed, last):
    """What the other thread marks is looked at before each message, though no reactor has gone round."""
    fed.on_message = lambda number: number == last and in_thread(setattr, fed.subscription, "stopped", True)
    fed.feed(*range(1, ALL + 1))
    fed.feed(ALL + 1)
    assert fed.told == [*range(1, last + 1)]
    assert fed.connection.state == OPEN
    fed.subscription.stop()  # what crosses to the reactor's thread comes there at last
    assert fed.told == [*range(1, last + 1), CLOSE_1000]


@pytest.mark.parametrize("odd", [b"}", 7, 2], ids=["malformed", "gap", "duplicate"])
def test_nothing_is_told_of_what_is_behind_the_message_that_stopped_the_socket(fed, odd):
    """What is odd there is no more looked at than what is not."""
    fed.on_message = lambda number: number == 2 and fed.subscription.stop()
    fed.feed(1, 2, odd, 8)
    assert fed.told == [1, 2, CLOSE_1000]
    assert fed.stats("malformed") == fed.stats("gaps") == fed.stats("duplicates") == 0


def test_no_batch_is_decoded_behind_the_one_that_stopped_the_socket():
    """A decoder of the user's is user code, too: it sees at most the rest of the batch."""
    decoded = []

    def decoder(payload: bytes) -> Any:
        decoded.append(payload)
        return json.loads(payload)

    fed = Fed(False, decoder)
    fed.on_message = lambda number: number == 2 and fed.subscription.stop()
    fed.feed(*range(1, ALL + 1))
    assert fed.told == [1, 2, CLOSE_1000]
    assert len(decoded) == BATCH


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.parametrize("at", PLACES)
def test_what_a_callback_sets_off_is_told_before_the_next_message(fed, at, raises):
    """An event that arises inside the callback follows the message, and comes before its callback_error."""

    def on_message(number: int) -> None:
        if number == at:
            fed.report("another").event("connecting")
            assert fed.told[-1] == at  # never one inside another
            if raises:
                raise RuntimeError("of the test")

    fed.on_message = on_message
    fed.feed(*range(1, ALL + 1))
    told = ["connecting", "callback_error"] if raises else ["connecting"]
    assert fed.told == [*range(1, at + 1), *told, *range(at + 1, ALL + 1)]


@pytest.mark.parametrize("bad", PLACES)
def test_a_callback_that_raises_gets_all_the_others(fed, bad):
    """One callback_error comes between the message that made it raise and the next one."""

    def on_message(number: int) -> None:
        if number == bad:
            raise RuntimeError("of the test")

    fed.on_message = on_message
    fed.feed(*range(1, ALL + 1))
    assert fed.told == [*range(1, bad + 1), "callback_error", *range(bad + 1, ALL + 1)]
    assert fed.events[-1].info == {"count": 1, "error": "RuntimeError('of the test')"}
    assert fed.stats("messages") == ALL


def test_a_callback_that_always_raises_gets_all_messages(fed):
    """Each message is followed by its own callback_error."""

    def on_message(number: int) -> None:
        raise RuntimeError("of the test")

    fed.on_message = on_message
    fed.feed(*range(BATCH + 1))
    assert fed.told == [one for number in range(BATCH + 1) for one in (number, "callback_error")]


def test_a_callback_that_stops_its_socket_and_raises_is_told_of_and_not_called_again(fed):
    """Both count: the error is told, and nothing else is delivered."""

    def on_message(number: int) -> None:
        if number == 3:
            fed.subscription.stop()
            raise RuntimeError("of the test")

    fed.on_message = on_message
    fed.feed(*range(1, 10))
    assert fed.told == [1, 2, 3, CLOSE_1000, "callback_error"]


@pytest.mark.parametrize("before", PLACES)
def test_a_gap_is_told_between_the_two_messages(fed, before):
    """on_event hears of missing ids after the last message before them, before the first one behind them."""
    rest = range(before + 3, before + 3 + ALL - before)
    fed.feed(*range(1, before + 1), *rest)
    gap = ["gap"] if rest else []
    assert fed.told == [*range(1, before + 1), *gap, *rest]
    if rest:
        assert (fed.events[-1].info["first"], fed.events[-1].info["last"]) == (before + 1, before + 2)
        assert fed.stats("missed") == 2


def test_an_on_event_that_stops_the_socket_at_a_gap_has_nothing_delivered_behind_it(fed):
    """Not even the message at which the gap was found."""
    fed.on_event = lambda event: event.kind == "gap" and fed.subscription.stop()
    fed.feed(1, 2, 5, 6, 7)
    assert fed.told == [1, 2, "gap", CLOSE_1000]


def test_a_message_that_comes_twice_in_a_chunk_is_delivered_once(fed):
    """The others around it are delivered in order."""
    fed.feed(1, 2, 2, 3, 3, 4)
    assert fed.told == [1, 2, 3, 4]
    assert fed.stats("duplicates") == 2


MALFORMED = [b"", b"}", b"[1", b"7", b"null", b"NaN", b'"text"', b"\xff", b'{"a":1', b"1,2", b"{},{}", b"[]"]


@pytest.mark.parametrize("payload", MALFORMED)
@pytest.mark.parametrize("place", [0, 1, 31, BATCH - 2, BATCH - 1])
def test_a_malformed_payload_costs_only_itself(either_decoder, payload, place):
    """Of a batch with one payload that is no message all others arrive, and it is told where it stood."""
    for combined in (False, True):
        fed = Fed(combined)
        fed.feed(*range(place), payload, *range(place, BATCH - 1))
        assert fed.told == [*range(place), "malformed", *range(place, BATCH - 1)]
        assert fed.events[-1].info["length"] == len(payload)
        assert (fed.stats("malformed"), fed.stats("messages")) == (1, BATCH - 1)


@pytest.mark.parametrize(
    "halves",
    [
        (b'{"a":1', b'"b":2}'),
        (b'{"e":"trade","t":3', b'"s":"BNBBTC"}'),
        (b'{"a":"x', b'y"}'),
        (b'{"a":[1', b"2]}"),
        (b"[1", b"2]"),
        (b"", b""),
    ],
    ids=repr,
)
def test_two_malformed_payloads_that_a_comma_would_join_are_two_malformed_ones(either_decoder, fed, halves):
    """Payloads that are decoded together are still payloads by themselves."""
    fed.feed(1, 2, *halves, 3, 4)
    assert fed.told == [1, 2, "malformed", "malformed", 3, 4]
    assert fed.stats("malformed") == 2


def test_a_ping_between_messages_of_one_chunk_is_answered_between_them(fed):
    """The messages before it are delivered before the pong is written, those behind it after that."""
    trades = [frame(TEXT, fed.trade(number)) for number in range(1, 7)]
    between = [frame(PING, b"abc"), frame(PONG, b"x"), frame(PING)]
    fed.receive(b"".join([*trades[:3], *between, *trades[3:]]))
    assert fed.told == [1, 2, 3, PONG_ABC, ("wrote", PONG, b""), 4, 5, 6]


def test_a_message_in_fragments_and_a_large_one_keep_their_place(fed):
    """Whether a message takes the shortcut or not, it comes after those before it and before those behind."""
    three, four = fed.trade(3), fed.trade(4) + b" " * 70_000
    pieces = [frame(TEXT, three[:9], fin=False), frame(PING, b"abc"), frame(CONTINUATION, three[9:])]
    before, behind = ([frame(TEXT, fed.trade(number)) for number in numbers] for numbers in ((1, 2), (5, 6)))
    fed.receive(b"".join([*before, *pieces, frame(TEXT, four), *behind]))
    assert fed.told == [1, 2, PONG_ABC, 3, 4, 5, 6]


def test_a_binary_frame_between_messages_is_malformed_where_it_stands(fed):
    """The exchange sends text; what is not costs only itself."""
    one, two = (frame(TEXT, fed.trade(number)) for number in (1, 2))
    fed.receive(one + frame(BINARY, fed.trade(7)) + two)
    assert fed.told == [1, "malformed", 2]


def test_nothing_of_a_chunk_is_delivered_behind_a_close_frame(fed):
    """The messages before it are."""
    one, two, three = (frame(TEXT, fed.trade(number)) for number in (1, 2, 3))
    fed.receive(one + two + frame(CLOSE, b"\x03\xe8") + three)
    assert fed.told == [1, 2, CLOSE_1000]


@pytest.mark.parametrize("combined", [False, True], ids=["raw", "combined"])
def test_messages_that_come_with_the_end_of_the_handshake_are_delivered(combined):
    """In the chunk of the 101 answer, behind it, after connected was told."""
    trades = [Fed.payload(number, combined) for number in range(BATCH + 1)]
    frames = b"".join(frame(TEXT, trade) for trade in trades)
    fed = Fed(combined, behind=frames)
    assert fed.told == [*range(BATCH + 1)]
    assert fed.stats("bytes") == len(frames)


class OneChunk(ManagerCase):
    """A manager's sockets over loopback, many messages in one write."""

    def send_trades(self, connection: Any, combined: bool) -> None:
        """Ids 1 to ALL, at once."""
        bare = [{"e": "trade", "s": "BNBBTC", "t": number} for number in range(1, ALL + 1)]
        messages = [{"stream": STREAM, "data": one} for one in bare] if combined else bare
        frames = [frame(TEXT, json.dumps(message).encode()) for message in messages]
        connection.transport.write(b"".join(frames))

    async def stopped_at(self, last: int, combined: bool, stop: Callable[..., object]) -> None:
        """A callback has its socket stopped at one message; see that the others never come."""
        bm = self.manager()

        def callback(message: Any) -> None:
            self.got.append((message["data"] if combined else message)["t"])
            if self.got[-1] == last:
                stop(bm.stop_socket, key)

        if combined:
            key = bm.start_multiplex_socket([STREAM], callback)
        else:
            key = bm.start_trade_socket("BNBBTC", callback)
        connection = await self.opened()
        self.send_trades(connection, combined)
        await until(lambda: connection.close_code is not None)
        await until(lambda: "disconnected" in self.events.kinds(key))
        await turns()
        assert connection.close_code == 1000
        assert self.got == list(range(1, last + 1))

    async def test_a_raw_socket_that_its_callback_stops(self) -> None:
        """stop_socket() in the callback: the message that made it stop is the last one."""
        await self.stopped_at(70, False, lambda call, *arguments: call(*arguments))

    async def test_a_combined_socket_that_its_callback_stops(self) -> None:
        """stop_socket() in the callback: the message that made it stop is the last one."""
        await self.stopped_at(20, True, lambda call, *arguments: call(*arguments))

    async def test_a_raw_socket_that_another_thread_stops(self) -> None:
        """stop_socket() in another thread has returned, so nothing more is delivered."""
        await self.stopped_at(20, False, in_thread)

    async def test_a_combined_socket_that_another_thread_stops(self) -> None:
        """stop_socket() in another thread has returned, so nothing more is delivered."""
        await self.stopped_at(70, True, in_thread)

    async def test_a_callback_that_raises_over_loopback(self) -> None:
        """It gets all other messages, and one callback_error is told."""
        bm = self.manager()

        def callback(message: Any) -> None:
            self.got.append(message["t"])
            if message["t"] == 70:
                raise RuntimeError("of the test")

        key = bm.start_trade_socket("BNBBTC", callback)
        self.send_trades(await self.opened(), combined=False)
        await until(lambda: len(self.got) >= ALL)
        assert self.got == list(range(1, ALL + 1))
        assert self.events.kinds(key).count("callback_error") == 1
