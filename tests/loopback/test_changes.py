"""Streams that are added and removed while connections are cut, moved and refused: anything, in any order.

A small exchange stands in for the network, and a clock for the reactor: everything of ours lies in between.
"""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, NotConnectingError, UserError
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from binance.events import Event
from binance.net.interfaces import Options
from binance.net.stream_line import StreamLine
from binance.order.sequence import Sequence
from binance.sockets.counts import Counts
from binance.sockets.delivery import Delivery
from binance.sockets.report import Report
from binance.sockets.shard import Shard
from binance.sockets.subscription import Hooks, Plan, Subscription
from binance.venues.venue import SPOT
from binance.wire.codec import Codec
from binance.wire.timings import Timings

from ..frames import CLOSE, TEXT, frame, parsed
from .test_sameness import answer

EXAMPLES = int(os.environ.get("CHANGES_EXAMPLES", "100"))
HOST = "ws://127.0.0.1:9"
TRADES = [f"{symbol}@trade" for symbol in ("bnbbtc", "ethbtc", "ltcbtc")]
NAMES = [*TRADES, "bnbbtc@ticker"]
#: Of one connection, and of its URL.
MOST, IN_URL = 3, 1
#: No message takes so long on its way.
HANDOVER_S = 5.0


class Peer(StringTransport):
    """The exchange's end of one connection, and the way there.

    :ivar names: what it carries.
    :ivar lag_s: what it sends comes so much later.
    :ivar open_request: when the last request was made that is not answered, and what it was.
    """

    def __init__(self, exchange: Exchange, link: Link) -> None:
        super().__init__()
        self.exchange = exchange
        self.link = link
        self.lag_s = exchange.lag_s
        self.names: dict[str, None] = {}
        self.is_open = True
        self.has_handshake = False
        self.open_request: tuple[float, Any] | None = None
        self.asked = 0  # times

    def send(self, data: bytes, then: Any = None) -> None:
        """Send something, which comes later; what is sent first comes first."""
        self.exchange.clock.callLater(self.lag_s, self._come, data, then)

    def _come(self, data: bytes, then: Any) -> None:
        if self.is_open:
            if then is not None:
                then()
            self.link.protocol.dataReceived(data)

    def write(self, data: bytes) -> None:
        if not self.has_handshake:
            self.has_handshake = True
            query = urlsplit(data.split(b" ")[1].decode()).query
            self.names = dict.fromkeys(query.removeprefix("streams=").split("/"))
            self.send(answer(data))
            return
        sent = parsed(data, 0)
        assert sent is not None
        mask = data[sent.end - len(sent.payload) - 4 :][:4] * (len(sent.payload) // 4 + 1)
        payload = bytes(a ^ b for a, b in zip(sent.payload, mask, strict=False))
        if sent.opcode == CLOSE:
            self.names = {}
            self.send(frame(CLOSE, b"\x03\xe8"))
            self.exchange.clock.callLater(self.lag_s, self.end, ConnectionDone)
        elif sent.opcode == TEXT:
            try:
                self._request(json.loads(payload))
            except AssertionError as exc:  # it would be taken for a fault of the network's
                self.exchange.wrong.append(exc)

    def _request(self, request: dict[str, Any]) -> None:
        now, what = self.exchange.clock.seconds(), (request["method"], request["params"])
        if self.open_request is not None:
            since, before = self.open_request
            assert now >= since + 9.99, "two requests are open"
            assert (before, self.asked) == (what, 1), "not asked again"
        self.asked = 1 if self.open_request is None else 2
        self.open_request = (now, what)
        number, method, names = request["id"], *what
        assert names and len(set(names)) == len(names)
        exchange = self.exchange
        how = exchange.answers.popleft() if exchange.answers else "answered"
        if how == "ignored":
            return
        if method == "SUBSCRIBE" and exchange.refused & (set(names) - self.names.keys()):
            reply = {"error": {"code": 2, "msg": "Invalid request"}, "id": number}
        else:
            reply = {"result": None, "id": number}
            for name in names:
                if method == "SUBSCRIBE":
                    assert name not in self.names or self.asked == 2 or exchange.odd, "asked for twice"
                    self.names[name] = None
                else:
                    self.names.pop(name, None)
            assert len(self.names) <= MOST, "more than it may carry"
        exchange.odd = exchange.odd or how == "unsaid"
        if how == "answered":
            self.send(frame(TEXT, json.dumps(reply).encode()), self._settled)
        elif how == "late":
            exchange.odd = True
            late = frame(TEXT, json.dumps(reply).encode())
            exchange.clock.callLater(12, self.send, late, lambda: None)

    def _settled(self) -> None:
        self.open_request = None

    def abortConnection(self) -> None:
        self.exchange.clock.callLater(0, self.end, ConnectionLost)

    def loseConnection(self) -> None:
        self.exchange.clock.callLater(0, self.end, ConnectionDone)

    def unregisterProducer(self) -> None:
        """There is none, as on a connection that is read only."""

    def end(self, why: type[Exception]) -> None:
        """TCP ends."""
        if self.is_open:
            self.is_open = False
            self.names = {}
            self.exchange.peers.remove(self)
            self.link.ended(why)


class Link:
    """In place of the connector of one factory."""

    address = "127.0.0.1"

    def __init__(self, exchange: Exchange, factory: Any) -> None:
        self.exchange = exchange
        self.factory = factory
        self.state = "disconnected"
        self.protocol: Any = None

    def connect(self) -> None:
        self.state = "connecting"
        self.exchange.clock.callLater(0.01, self._connected)

    def _connected(self) -> None:
        if self.state != "connecting":
            return
        if self.exchange.unreachable:
            self.exchange.unreachable -= 1
            self.state = "disconnected"
            self.factory.clientConnectionFailed(self, Failure(ConnectError()))
            return
        self.state = "connected"
        self.protocol = self.factory.buildProtocol(None)
        peer = Peer(self.exchange, self)
        self.exchange.peers.append(peer)
        self.protocol.makeConnection(peer)

    def stopConnecting(self) -> None:
        if self.state != "connecting":
            raise NotConnectingError
        self.state = "disconnected"
        self.factory.clientConnectionFailed(self, Failure(UserError()))

    def ended(self, why: type[Exception]) -> None:
        self.state = "disconnected"
        self.protocol.connectionLost(Failure(why()))
        self.factory.clientConnectionLost(self, Failure(why()))


@dataclass
class Exchange:
    """What connections are made to.

    :ivar lag_s: of connections made from now on.
    :ivar answers: what becomes of the next requests: ``"answered"``, ``"ignored"``, ``"late"``, or
        ``"unsaid"``: done and not answered.
    :ivar odd: an answer has come too late: it is not known on both ends what is carried.
    :ivar last: the last id of each stream.
    """

    clock: Clock
    lag_s: float = 0.0
    unreachable: int = 0
    odd: bool = False
    peers: list[Peer] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    answers: deque[str] = field(default_factory=deque)
    last: Counter[str] = field(default_factory=Counter)
    wrong: list[AssertionError] = field(default_factory=list)

    def trades(self, name: str, count: int) -> None:
        """Something happens on one market."""
        for _ in range(count):
            self.last[name] += 1
            number = self.last[name]
            data = {"e": "trade", "t": number} if name in TRADES else {"e": "24hrTicker", "E": number}
            payload = json.dumps({"stream": name, "data": data}).encode()
            for peer in self.peers:
                if name in peer.names:
                    peer.send(frame(TEXT, payload))


class World:
    """A subscription, its exchange, and what the user sees."""

    def __init__(self, names: list[str], lifetime_s: float | None) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        timings = Timings(dials=1_000_000, move_spread=0.0, move_again_s=0.5)
        self.options = Options(
            *(self.clock, self.clock, timings),
            max_retries=None,
            silence_s=1e9,
            ca_file=None,
            codec=Codec(None),
            lifetime_s=lifetime_s,
            handover_s=HANDOVER_S,
        )
        delivery = Delivery(
            lambda event: self.checked(self.event, event),
            interrupt=lambda: None,
            later=lambda function: self.clock.callLater(0, function),
        )
        self.wanted = set(names)
        self.told: list[Any] = []
        self.wrong = self.exchange.wrong
        self.expected: dict[str, int] = {}  # by stream; there is none before its first message
        self.not_after: dict[str, int] = {}  # the first id may not be above this
        self.due: Counter[tuple[str, str]] = Counter()
        self.untold: set[str] = set()  # removed, and the last time not told
        self.refused: set[str] = set()
        self.cuts = 0
        self.at_next: dict[str, list[str]] = {}  # when a message of one comes, unsubscribe others
        self.counts = Counts()
        self.subscription = Subscription(
            Report("key", delivery, self.clock, 60.0),
            lambda message: self.checked(self.message, message),
            self.options,
            Hooks(lambda subscription, number, factory: None, lambda subscription: None),
            self.counts,
            Plan(self.shard, replace(SPOT, max_streams=MOST), may_change=True),
            SPOT.streams(names),
        )
        self.subscription.open()

    def shard(self, owner: Any, report: Any, some: Any) -> Shard:
        wanted = {stream.name: stream for stream in some}

        def urls(several: Any) -> tuple[str, int]:
            taken = list(several)[:IN_URL]
            return f"{HOST}/stream?streams={'/'.join(taken)}", len(taken)

        def opener(listener: Any) -> StreamLine:
            line = StreamLine(listener, self.options, self.counts, wanted, urls)
            line.factory.connector = Link(self.exchange, line.factory)
            return line

        sequence = Sequence(some, True, self.options.timings)
        return Shard(owner, report, opener, self.options, sequence, wanted)

    def checked(self, see: Any, what: Any) -> None:
        """Let the user see something; what is wrong about it would be taken for a fault of the user's."""
        try:
            see(what)
        except AssertionError as exc:
            self.wrong.append(exc)

    # -- what the user sees ----------------------------------------------------------------------------------

    def message(self, message: dict[str, Any]) -> None:
        if message.get("e") == "error":
            return
        name, data = message["stream"], message["data"]
        number = data["t"] if name in TRADES else data["E"]
        self.told.append((name, number))
        assert name in self.wanted, f"{name} {number} after its unsubscribe"
        expected = self.expected.get(name)
        if expected is None:
            most = self.not_after.get(name)
            assert most is None or number <= most, f"{name} begins at {number}, not at {most}"
        elif name in TRADES or not self.cuts:
            assert number == expected, f"{name}: {number}, not {expected}"
        else:
            assert number >= expected, f"{name}: {number} again"
        self.expected[name] = number + 1
        if (others := self.at_next.pop(name, None)) is not None:
            self.change((), others)

    def event(self, event: Event) -> None:
        info = event.info
        self.told.append((event.kind, info))
        if event.kind == "gap":
            name = info["stream"]
            assert self.cuts, "a gap, and nothing was cut"
            assert name in self.wanted
            assert info["first"] == self.expected[name]
            self.expected[name] = info["last"] + 1
        elif event.kind in ("subscribed", "unsubscribed"):
            for name in info["streams"]:
                self.due[event.kind, name] -= 1
                assert self.due[event.kind, name] >= 0, f"{name} {event.kind} twice"
                if event.kind == "unsubscribed":
                    self.untold.discard(name)
                if event.kind == "subscribed" and name in self.wanted and name not in self.expected:
                    self.not_after[name] = self.exchange.last[name] + 1
        elif event.kind == "refused":
            for name in info.get("streams", ()):
                self.refused.add(name)
                self.drop(name)
                self.due["subscribed", name] = 0
        elif event.kind == "disconnected" and info["retry"]:
            self.cuts += 1
            self.not_after.clear()
        assert event.kind not in ("reset", "malformed", "callback_error", "gave_up"), self.told[-1]

    # -- what happens ----------------------------------------------------------------------------------------

    def drop(self, name: str) -> None:
        self.wanted.discard(name)
        self.expected.pop(name, None)
        self.not_after.pop(name, None)
        self.at_next.pop(name, None)

    def change(self, added: Any, removed: Any) -> None:
        """Subscribe some and unsubscribe others."""
        for name in removed:
            if name in self.wanted:
                self.drop(name)
                self.due["subscribed", name] = 0
                self.due["unsubscribed", name] += 1
                self.untold.add(name)
        for name in added:
            if name not in self.wanted:
                self.refused.discard(name)
                self.wanted.add(name)
                self.due["subscribed", name] += 1
        self.subscription.ask((), removed)
        self.subscription.ask(SPOT.streams(added), ())
        self.subscription.reconcile()

    def act(self, step: tuple[Any, ...]) -> None:
        what, *rest = step
        getattr(self, f"do_{what}")(*rest)
        self.clock.advance(0)
        self.right()

    def do_subscribe(self, name: str) -> None:
        self.change([name], ())

    def do_unsubscribe(self, name: str) -> None:
        self.change((), [name])

    def do_again(self, name: str) -> None:
        self.change((), [name])
        self.change([name], ())

    def do_inside(self, name: str, others: list[str]) -> None:
        self.at_next[name] = others

    def do_trade(self, name: str, count: int) -> None:
        self.exchange.trades(name, count)

    def do_pass(self, seconds: float) -> None:
        self.run(seconds)

    def do_cut(self, which: int, clean: bool) -> None:
        peers = self.exchange.peers
        if peers:
            self.cuts += 1
            self.not_after.clear()
            peer = peers[which % len(peers)]
            if clean:
                peer.names = {}
                peer.send(frame(CLOSE, b"\x03\xe9"))
                self.clock.callLater(peer.lag_s, peer.end, ConnectionDone)
                # it may be the new one of a move, whose loss is no event
                self.clock.callLater(peer.lag_s, self.not_after.clear)
            else:
                peer.end(ConnectionLost)

    def do_shutdown(self, which: int) -> None:
        peers = self.exchange.peers
        if peers:
            peers[which % len(peers)].send(frame(TEXT, b'{"e":"serverShutdown","E":1}'))

    def do_move(self, lag_s: float, seconds: float) -> None:
        self.exchange.lag_s = lag_s
        self.do_shutdown(0)
        self.run(seconds)

    def do_go_on(self, rounds: int) -> None:
        for _ in range(rounds):
            for name in NAMES:
                self.exchange.trades(name, 1)
            self.run(0.1)

    def do_lag(self, seconds: float) -> None:
        self.exchange.lag_s = seconds

    def do_refuse(self, name: str) -> None:
        self.exchange.refused ^= {name}

    def do_answers(self, how: str) -> None:
        self.exchange.answers.append(how)

    def do_unreachable(self, count: int) -> None:
        self.exchange.unreachable += count

    def run(self, seconds: float) -> None:
        """Let time pass, call by call."""
        end = self.clock.seconds() + seconds
        while True:
            calls = self.clock.getDelayedCalls()
            at = min((call.getTime() for call in calls), default=end + 1)
            if at > end:
                break
            self.at(at)
        self.at(end)

    def at(self, seconds: float) -> None:
        self.clock.rightNow = max(self.clock.rightNow, seconds)  # advance() would round it
        self.clock.advance(0)
        self.right()

    def right(self) -> None:
        if self.wrong:
            raise self.wrong[0]

    def finish(self) -> None:
        """Nothing bad happens any more: see that everything is as it should be."""
        self.exchange.answers.clear()
        self.exchange.unreachable = 0
        self.exchange.lag_s = 0.0
        for _ in range(6):
            self.run(30)
            for name in NAMES:
                self.exchange.trades(name, 1)
        self.run(30)
        assert set(self.subscription.streams()) == self.wanted
        carried = Counter(name for peer in self.exchange.peers for name in peer.names)
        if self.options.lifetime_s is None:  # else a move may be under way
            assert carried == Counter(self.wanted), f"carried: {carried}, wanted: {self.wanted}"
            assert len(self.exchange.peers) == len(self.subscription.factories()), "a move does not end"
        assert set(carried) == self.wanted
        last = {name: self.exchange.last[name] + 1 for name in self.wanted}
        assert self.expected == last
        assert not self.untold, f"not told that unsubscribed: {self.untold}"
        assert not any(self.due["subscribed", name] for name in NAMES), f"not told: {+self.due}"
        self.subscription.stop()
        self.run(10)
        assert not self.exchange.peers
        assert not self.clock.getDelayedCalls()


ANY_NAME = st.sampled_from(NAMES)
SECONDS = st.sampled_from([0.005, 0.02, 0.3, 1.0, 4.0, 11.0, 25.0])
WHICH = st.integers(0, 3)
LAGS = st.sampled_from([0.0, 0.1, 0.5, 2.0])
CALM = (
    st.tuples(st.just("subscribe"), ANY_NAME)
    | st.tuples(st.just("unsubscribe"), ANY_NAME)
    | st.tuples(st.just("again"), ANY_NAME)
    | st.tuples(st.just("inside"), ANY_NAME, st.lists(ANY_NAME, max_size=3, unique=True))
    | st.tuples(st.just("trade"), ANY_NAME, st.integers(1, 3))
    | st.tuples(st.just("pass"), SECONDS)
    | st.tuples(st.just("shutdown"), WHICH)
    | st.tuples(st.just("move"), LAGS, SECONDS)
    | st.tuples(st.just("go_on"), st.integers(1, 12))
    | st.tuples(st.just("lag"), LAGS)
)
ROUGH = (
    CALM
    | CALM
    | st.tuples(st.just("cut"), WHICH, st.booleans())
    | st.tuples(st.just("refuse"), ANY_NAME)
    | st.tuples(st.just("answers"), st.sampled_from(["ignored", "late", "unsaid", "answered"]))
    | st.tuples(st.just("unreachable"), st.integers(1, 2))
)
BEGINNINGS = st.lists(ANY_NAME, unique=True, max_size=6)
LIFETIMES = st.sampled_from([None, None, 20.0])


def some_of(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """A few steps, or many; mostly of a socket that is open and in use."""
    before = st.sampled_from([[], [("pass", 1.0), ("go_on", 2)], [("pass", 1.0), ("go_on", 2)]])
    few_or_many = st.lists(steps, max_size=8) | st.lists(steps, min_size=12, max_size=40)
    return st.builds(list.__add__, before, few_or_many)


def played(names: list[str], lifetime_s: float | None, steps: list[tuple[Any, ...]]) -> World:
    world = World(names, lifetime_s)
    for step in steps:
        world.act(step)
    world.finish()
    return world


@settings(max_examples=EXAMPLES, deadline=None)
@given(BEGINNINGS, LIFETIMES, some_of(ROUGH))
def test_whatever_happens_exactly_what_is_asked_for_is_carried_in_the_end(names, lifetime_s, steps):
    """Each message of a wanted stream comes once, in order, or lies in a gap; none after its unsubscribe."""
    played(names, lifetime_s, steps)


#: Two streams, and a move whose new line is open and has to wait.
IN_A_MOVE = [("pass", 1.0), ("go_on", 3), ("move", 2.0, 5.0), ("go_on", 3)]


#: A stream that the old line of a move, which was asked first, begins to carry after the new one.
BEGUN_LATER = [
    *(("move", 0.5, 25.0), ("unsubscribe", TRADES[0]), ("subscribe", NAMES[3]), ("unsubscribe", TRADES[1])),
    *(("shutdown", 0), ("lag", 2.0), ("go_on", 11)),
]


@example(TRADES[:2], None, BEGUN_LATER)
@example(TRADES[:2], None, [*IN_A_MOVE, ("subscribe", NAMES[3]), ("go_on", 12), ("pass", 4.0), ("go_on", 30)])
@example(TRADES[:2], None, [*IN_A_MOVE, ("again", TRADES[0]), ("go_on", 12), ("pass", 4.0), ("go_on", 30)])
@example(TRADES[:2], None, [*IN_A_MOVE, ("unsubscribe", TRADES[0]), ("go_on", 12), ("subscribe", TRADES[0])])
@settings(max_examples=EXAMPLES, deadline=None)
@given(BEGINNINGS, LIFETIMES, some_of(CALM))
def test_without_cuts_changes_and_moves_lose_nothing(names, lifetime_s, steps):
    """There is no gap, not even of streams without ids, and no connection is lost."""
    assert not played(names, lifetime_s, steps).cuts
