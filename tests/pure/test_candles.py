"""Closed candles that never came: the rules in stories, then a market with quiet symbols as the model."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.order.candles import Candles, Missing
from binance.order.handover import Handover
from binance.order.repeats import Repeats
from binance.order.sequence import CandleGap, Deliver, Sequence, Verdict
from binance.venues.catalogue import Stream
from binance.venues.venue import SPOT

from ..orders import cuts, fed

KLINE = "bnbbtc@kline_1m"
MINUTE = 60_000
NOON = 1_790_000_040_000  # a full minute


def kline(
    opens: int, closes: int, first: int, last: int, closed: bool = False, count: int | None = None
) -> dict[str, Any]:
    """What the rules look at of a kline; *count* of its trades: by default that of the ids."""
    return {
        "t": opens, "T": closes, "f": first, "L": last, "x": closed,
        "n": (last - first + 1 if first >= 0 else 0) if count is None else count,
    }  # fmt: skip


def minute(token: str) -> dict[str, Any]:
    """``3:10-12`` is the third minute with trades 10 to 12, ``3:`` without trades; closed with ``!``."""
    number, _, ids = token.removesuffix("!").partition(":")
    first, last = map(int, ids.split("-")) if ids else (-1, -1)
    opens = NOON + int(number) * MINUTE
    return kline(opens, opens + MINUTE - 1, first, last, token.endswith("!"))


def told_of(candles: Candles, *klines: dict[str, Any] | None) -> list[Missing]:
    """What is missing where None is a reconnect; taken one by one, as the sequence does."""
    found = []
    for one in klines:
        if one is None:
            candles.interrupted()
        elif not candles.goes_on(one):
            missing = candles.judge(one)
            found += [] if missing is None else [missing]
    return found


def words(one: Missing) -> str:
    """The numbers of the minutes, and how many there are if that is known."""
    first, last = ((time - NOON) // MINUTE for time in (one.first, one.last))
    return f"{first}-{last}" + (f" of {one.count}" if one.count is not None else "")


# What comes, `|` where there is another connection; what is missing: minutes, and how many if that is known.
BY_IDS = [
    # nothing to compare, nothing missing
    ("| 5:10-12", ""),
    ("1:1-2 2:3-4 | 2:3-5 3:6-7", ""),
    ("1:1-2 1:1-3! | 2:4-4", ""),
    ("1:1-2 | 1:1-3! 2:4-4", ""),
    ("1:1-2 | 1:1-2! 7:3-4", ""),  # on one connection: a quiet symbol
    # seen open, and not closed
    ("1:1-2 | 2:3-4", "1-1 of 1"),
    ("1:1-2 | 9:3-4", "1-1 of 1"),  # no trade between: the next one was the last one's next
    ("1:1-2 | 9:4-4", "1-8"),  # trade 3 may have been in any of them
    ("1:1-2 | 2:4-4", "1-1 of 1"),  # it was in this one
    # closed, and trades between
    ("1:1-2! | 3:3-4", ""),
    ("1:1-2! | 3:5-5", "2-2 of 1"),
    ("1:1-2! | 9:7-7", "2-8"),
    ("1:1-2! | 2:4-4", ""),  # a hole in the ids: there is no candle between in which they could be
    # more than one cut, and cuts without a message between
    ("1:1-2 | | 3:9-9", "1-2"),
    ("1:1-2 | 2:3-3 | 5:9-9! | 6:10-11", "1-1 of 1, 2-4"),
    ("1:1-2! | 2:3-3! 3:4-4! | 4:5-5 | 4:5-5! | 6:7-7", "5-5 of 1"),
    # what comes again shows that there is nothing missing yet
    ("1:1-2! 2:3-3! | 1:1-2! 2:3-3! 3:4-4", ""),
    # a stream that pushes candles without trades pushes all of them
    ("1: 1:! 2:3-3! | 9:4-4", "3-8 of 6"),
    ("1:1-2! 2: 2:! 3:3-3! | 9:4-4", "4-8 of 5"),
    ("1:! 2: | 9:", "2-8 of 7"),
    ("1:1-2! | 4:", "2-3 of 2"),  # this one says so
    ("1:1-2! | 2:", ""),
    ("1: | 1:! 2:", ""),
]


@pytest.mark.parametrize(("comes", "missing"), BY_IDS)
def test_what_is_missing_by_the_ids_of_the_trades(comes, missing):
    """A candle that was seen open; and those between, if the ids show that there were trades, or if candles
    without trades are pushed. Quiet minutes are not taken for missing ones.
    """
    found = told_of(Candles(by_ids=True), *(None if one == "|" else minute(one) for one in comes.split()))

    assert ", ".join(map(words, found)) == missing


BY_TIMES = [
    ("1! 2! 3! | 7", "4-6"),
    ("1! 2! 3! | 5", "4-4 of 1"),
    ("1! 2! 3! | 4", ""),
    ("1! 2! 3 | 7", "3-6"),
    ("1 | 7", "1-1 of 1"),  # seen open; of the others nothing is known
    ("1! 2! | 7", ""),
    ("1! 3! 4! | 7", ""),  # 2 was not pushed
    ("1! 3! 4! 5! | 7", "6-6 of 1"),
    ("1! 2! 3! | 7! 8! | 12", "4-6"),
    ("1! 2! 3! | 7! 8! 9! | 12", "4-6, 10-11"),
]


@pytest.mark.parametrize(("comes", "missing"), BY_TIMES)
def test_kinds_without_ids_go_by_time_if_each_of_three_intervals_was_pushed(comes, missing):
    """Candles of mark prices: ids mean nothing, and the number of trades is that of something else."""
    klines: list[Any] = []
    for token in comes.split():
        opens = NOON + int(token.rstrip("!|") or 0) * MINUTE
        klines.append(
            None if token == "|" else kline(opens, opens + MINUTE - 1, 7, 7, token.endswith("!"), 20)
        )

    assert ", ".join(map(words, told_of(Candles(by_ids=False), *klines))) == missing


def test_a_number_of_trades_of_zero_says_the_same_for_kinds_without_ids():
    """Who pushes an empty candle pushes each."""
    klines = [minute("1:!"), None, minute("4:5-6")]
    assert told_of(Candles(by_ids=False), *klines) == [Missing(NOON + 2 * MINUTE, NOON + 3 * MINUTE, 2)]


# -- the calendar -----------------------------------------------------------------------------------------


def ms(year: int, month: int, day: int = 1, hour: int = 0) -> int:
    """A moment of UTC, milliseconds since the epoch."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1000


#: For each interval: when some candles in a row open, and the one behind them.
CALENDARS = {
    "kline_1s": [NOON + 1000 * n for n in range(8)],
    "kline_1m": [NOON + MINUTE * n for n in range(8)],
    "kline_3d": [ms(2026, 9, 20) + 3 * 86_400_000 * n for n in range(8)],
    "kline_1w": [ms(2026, 9, 21) + 7 * 86_400_000 * n for n in range(8)],
    "kline_1d@+08:00": [ms(2026, 9, 20, 16) + 86_400_000 * n for n in range(8)],
    "kline_1M": [ms(2027, 11), ms(2027, 12), *(ms(2028, month) for month in range(1, 7))],
    "kline_1M@+08:00": [
        *(ms(2027, 10, 31, 16), ms(2027, 11, 30, 16), ms(2027, 12, 31, 16), ms(2028, 1, 31, 16)),
        *(ms(2028, 2, 29, 16), ms(2028, 3, 31, 16), ms(2028, 4, 30, 16), ms(2028, 5, 31, 16)),
    ],
}


@pytest.mark.parametrize("per_ms", [1, 1000])
@pytest.mark.parametrize("name", CALENDARS)
def test_first_and_last_are_open_times_whatever_the_interval(name, per_ms):
    """Of months of all lengths, by UTC and by UTC+8, and in microseconds: the first one and the last one that
    never came, and how many they are, wherever the cut begins and ends.
    """
    opens = [time * per_ms for time in CALENDARS[name]]
    stream = f"bnbbtc@{name}"
    for before, after, closed in product(range(6), range(1, 7), (False, True)):
        order = Sequence((SPOT.stream(stream),))
        missing = opens[before + closed : after]
        told: list[Verdict] = []
        for number in (before, after):
            one = kline(opens[number], opens[number + 1] - 1, -1, -1, closed and number == before)
            told += fed(order, [{"e": "kline", "k": one}])
            order.interrupted()
        gaps = [verdict for verdict in told if not isinstance(verdict, Deliver)]
        if missing:
            assert gaps == [CandleGap(stream, missing[0], missing[-1], "reconnect", len(missing))]
        else:
            assert gaps == []


@given(st.integers(0, 600), st.integers(1, 14), st.sampled_from([-12, -5, 0, 8, 12]), st.booleans())
def test_months_are_those_of_the_calendar(month, months, hours, in_micros):
    """Of any year, in any time zone."""
    per_ms = 1000 if in_micros else 1
    if in_micros:
        month += 60  # microseconds before 1973 are taken for milliseconds

    def opens(number: int) -> int:
        begin = datetime(1970 + number // 12, number % 12 + 1, 1, tzinfo=UTC) - timedelta(hours=hours)
        return int(begin.timestamp()) * 1000 * per_ms

    first = month + 1
    before = kline(opens(first), opens(first + 1) - 1, -1, -1)
    after = kline(opens(first + months), opens(first + months + 1) - 1, -1, -1)
    if opens(first) >= 0:
        missing = Missing(opens(first), opens(first + months - 1), months)
        assert told_of(Candles(by_ids=True), before, None, after) == [missing]


# -- what is not a kline ----------------------------------------------------------------------------------

odd = st.sampled_from([None, True, -1, 0, 1, 10**30, 0.5, float("nan"), float("inf"), "5", [], {}])
members = st.dictionaries(st.sampled_from("tTfLxn"), odd | st.integers(NOON, NOON + 9))
whole = st.builds(minute, st.sampled_from(["1:1-2", "2:3-4!", "4:"]))


@given(st.lists(members | whole | st.none(), max_size=8), st.booleans(), st.booleans())
def test_whatever_a_kline_holds_it_is_delivered(klines, raw, by_ids):
    """Members that are missing, or are of another type, or out of all bounds: every message is delivered."""
    stream = SPOT.stream(KLINE)
    assert stream.kind is not None
    stream = replace(stream, kind=replace(stream.kind, candles="ids" if by_ids else "times"))
    order = Sequence((stream,), combined=not raw)
    sent, told = [], []
    for one in klines:
        message: Any = {"e": "kline", "k": one}
        sent.append(message if raw else {"stream": KLINE, "data": message})
        if one is None:
            order.interrupted()
        told += fed(order, sent[-1:])
    assert [verdict.message for verdict in told if isinstance(verdict, Deliver)] == sent


@pytest.mark.parametrize("odd_one", [{}, {"k": None}, {"k": []}, {"k": {}}, {"k": {"t": NOON}}, {"odd": 1}])
@pytest.mark.parametrize("combined", [False, True])
def test_a_message_without_a_kline_counts_for_nothing(odd_one, combined):
    """Before the first one, between two, and first on a new connection."""
    order = Sequence((SPOT.stream(KLINE),), combined)
    told: list[Verdict] = []
    for one in ("1:1-2", "|", "3:9-9"):
        messages = [odd_one, *([] if one == "|" else [{"e": "kline", "k": minute(one)}]), odd_one]
        if combined:
            messages = [{"stream": KLINE, "data": message} for message in messages]
        if one == "|":
            order.interrupted()
        told += fed(order, messages)
    gaps = [verdict for verdict in told if not isinstance(verdict, Deliver)]
    assert gaps == [CandleGap(KLINE, NOON + MINUTE, NOON + 2 * MINUTE, "reconnect", None)]
    assert len(told) == 9


@pytest.mark.parametrize("absurd", [10**15, 1_990_000_000_000])
def test_one_absurd_time_does_not_stop_the_watch(absurd):
    """A candle of the far future, and then normal ones: the next outage is noticed as ever."""
    candles = Candles(by_ids=True)
    future = kline(absurd, absurd + MINUTE - 1, 1, 2)
    klines = [minute("1:1-2"), future, minute("1:1-2!"), minute("2:3-3"), None, minute("4:5-5")]
    assert told_of(candles, *klines) == [Missing(NOON + 2 * MINUTE, NOON + 3 * MINUTE, None)]
    klines = [None, future, minute("4:5-5!"), minute("5:6-6!"), None, minute("7:8-8")]
    assert told_of(candles, *klines)[-1] == Missing(NOON + 6 * MINUTE, NOON + 6 * MINUTE, 1)


# -- a market as the model --------------------------------------------------------------------------------

PUSHES = 5  # of each candle, if there is something to push
NAMES = ("bnbbtc@kline_1m", "neobtc@kline_1m", "ethbtc@kline_1m")


@dataclass(frozen=True)
class Push:
    """One kline as the exchange pushes it; *tick* is when."""

    tick: int
    stream: str
    kline: dict[str, Any]


@dataclass
class Market:
    """What an exchange pushes of some symbols.

    :ivar trades: of each symbol, how many trades there are in each tick.
    :ivar pushes_all: candles without trades are pushed, too.
    """

    trades: list[list[int]]
    pushes_all: bool

    def pushes(self) -> list[Push]:
        """All of them, in order."""
        made = [
            push
            for name, trades in zip(NAMES, self.trades, strict=False)
            for push in self._of_one(name, trades)
        ]
        return sorted(made, key=lambda push: push.tick)

    def _of_one(self, name: str, trades: list[int]) -> Iterator[Push]:
        next_id, begin, pushed = 100, 100, 100
        for tick, count in enumerate(trades):
            number, step = divmod(tick, PUSHES)
            if step == 0:
                begin = pushed = next_id
            next_id += count
            closed = step == PUSHES - 1
            if self.pushes_all or next_id > pushed or (closed and next_id > begin):
                pushed = next_id
                opens = NOON + number * MINUTE
                ids = (begin, next_id - 1) if next_id > begin else (-1, -1)
                yield Push(tick, name, kline(opens, opens + MINUTE - 1, *ids, closed))


def candle_number(opens: int) -> int:
    """The number of a candle; it has to be one."""
    assert (opens - NOON) % MINUTE == 0
    return (opens - NOON) // MINUTE


def trades_of(seed: int, rate: float, ticks: int) -> list[int]:
    """How many there are in each tick, *rate* of them on average."""
    chance = random.Random(seed)
    return [sum(chance.random() < rate / 3 for _ in range(3)) for _ in range(ticks)]


seeds, rates = st.integers(0, 10**6), st.sampled_from([0.03, 0.1, 0.3, 1.5])
trades = st.builds(trades_of, seeds, rates, st.sampled_from([60, 150]))
markets = st.builds(Market, st.lists(trades, min_size=1, max_size=3), st.booleans())
outages = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 25)), min_size=1, max_size=5)  # up, then down


@dataclass
class Run:
    """A market seen through a connection with outages.

    :ivar told: of each stream, klines that were delivered, and gaps, in order.
    """

    market: Market
    down: list[range]
    raw: bool
    sizes: list[int]

    def __post_init__(self) -> None:
        names = NAMES[: len(self.market.trades)]
        self.order = Sequence(tuple(map(SPOT.stream, names)), combined=not self.raw)
        self.lost: list[Push] = []
        self.told: dict[str, list[Push | CandleGap]] = {name: [] for name in names}
        batch: list[Push] = []
        down = list(self.down)
        for push in self.market.pushes():
            while down and push.tick >= down[0].stop:
                batch = self._deliver(batch)
                self.order.interrupted()
                del down[0]
            if down and push.tick in down[0]:
                self.lost.append(push)
                continue
            batch.append(push)
            if len(batch) >= self.sizes[len(self.told[push.stream]) % len(self.sizes)]:
                batch = self._deliver(batch)
        self._deliver(batch)

    def _deliver(self, batch: list[Push]) -> list[Push]:
        """As a subscription does, to a callback that empties what it gets."""
        copies = [{"e": "kline", "k": dict(push.kline)} for push in batch]
        messages = [
            copy if self.raw else {"stream": push.stream, "data": copy}
            for push, copy in zip(batch, copies, strict=True)
        ]
        by_id = {id(message): push for message, push in zip(messages, batch, strict=True)}
        for verdict in fed(self.order, messages):
            if isinstance(verdict, Deliver):
                push = by_id[id(verdict.message)]
                self.told[push.stream].append(push)
            else:
                assert isinstance(verdict, CandleGap)
                self.told[verdict.stream].append(verdict)
        for copy, message in zip(copies, messages, strict=True):
            copy["k"].clear()
            copy.clear()
            message.clear()
        return []


def ranges(outages: list[tuple[int, int]]) -> list[range]:
    """Outages one after another, in ticks."""
    at, down = 0, []
    for up_ticks, down_ticks in outages:
        down.append(range(at + up_ticks, at + up_ticks + down_ticks))
        at = down[-1].stop
    return down


def check_no_false_one(told: list[Push | CandleGap], lost: list[Push]) -> set[int]:
    """Every gap names candles that were pushed and did not come, and none that came.

    :param lost: the pushes of the stream that did not come.
    :returns: when the candles opened that are named.
    """
    came = {one.kline["t"] for one in told if isinstance(one, Push) and one.kline["x"]}
    never_came = {one.kline["t"] for one in lost if one.kline["x"]} - came
    named: set[int] = set()
    for place, one in enumerate(told):
        if isinstance(one, CandleGap):
            assert one.cause == "reconnect"
            candles = {
                n * MINUTE + NOON for n in range(candle_number(one.first), candle_number(one.last) + 1)
            }
            assert candles & never_came
            assert not candles & came
            assert not candles & named
            if one.count is not None:
                assert len(candles & never_came) == len(candles) == one.count
            named |= candles
            behind = told[place + 1]
            assert isinstance(behind, Push) and behind.kline["t"] > one.last
    return named


@given(markets, outages, st.booleans(), cuts)
@settings(deadline=None, max_examples=400)
def test_no_gap_is_false_and_what_can_be_known_is_not_missed(market, outages, raw, sizes):
    """Busy and quiet symbols, outages of any length, empty candles pushed and not, chunks of any size, and a
    callback that empties its messages. Every gap names candles whose close never came, and the exact number
    if it gives one. A close that never came is named, if its candle was seen, or had trades, or if the
    stream has pushed an empty candle; and if a later candle came.
    """
    if raw:
        market.trades = market.trades[:1]
    run = Run(market, ranges(outages), raw, sizes)
    gaps = 0
    for name, told in run.told.items():
        lost = [push for push in run.lost if push.stream == name]
        named = check_no_false_one(told, lost)
        gaps += sum(isinstance(one, CandleGap) for one in told)
        pushes = [one for one in told if isinstance(one, Push)]
        for close in (push for push in lost if push.kline["x"]):
            before = [push for push in pushes if push.tick < close.tick]
            after = [push for push in pushes if push.kline["t"] > close.kline["t"]]
            if before and after:
                was_seen = close.kline["t"] in {push.kline["t"] for push in before}
                has_pushed_all = any(push.kline["n"] == 0 for push in [*before, after[0]])
                knowable = was_seen or has_pushed_all or close.kline["n"] > 0
                assert (close.kline["t"] in named) or not knowable
    assert run.order.gaps == gaps
    assert run.order.missed >= gaps


@given(markets, outages, cuts)
@settings(deadline=None, max_examples=200)
def test_how_messages_come_together_changes_nothing(market, outages, sizes):
    """One by one, or in chunks: the same gaps."""
    one_by_one = Run(market, ranges(outages), False, [1])
    assert Run(market, ranges(outages), False, sizes).told == one_by_one.told


# -- a move from one connection to another ----------------------------------------------------------------

WAIT_S = 3.0


@dataclass
class TwoLines:
    """A planned move: both connections bring what the market pushes, each after its own time.

    :ivar slow: of the old connection, and of the new one, how many ticks messages are on their way, by turns.
    :ivar opens: when the new connection opens.
    :ivar apart: the exchange's two ends stamp their messages with times of their own.
    :ivar ends: when the old one ends by itself.
    """

    market: Market
    slow: tuple[list[int], list[int]]
    opens: int
    apart: bool
    ends: int | None

    def run(self) -> dict[str, list[Push | CandleGap]]:
        """All verdicts, by stream."""
        names = NAMES[: len(self.market.trades)]
        self.order = order = Sequence(tuple(map(SPOT.stream, names)), combined=True)
        handover = Handover(order, WAIT_S)
        happens: list[tuple[float, int, Push | None]] = [(self.opens, 1, None)]
        pushes = self.market.pushes()
        for line, delays in enumerate(self.slow):
            at = 0
            for number, push in enumerate(pushes):
                at = max(at, push.tick + delays[number % len(delays)])
                if line == 0 or push.tick >= self.opens:
                    happens.append((at, 2 + line, push))
        if self.ends is not None:
            happens.append((self.ends, 4, None))
        self.has_switched = self.is_open = False
        self.repeats: Repeats | None = None
        self.told: dict[str, list[Push | CandleGap]] = {name: [] for name in names}
        self.by_id: dict[int, tuple[Any, Push]] = {}
        for at, what, push in sorted(happens, key=lambda one: one[:2]):
            self._pass(order, handover, at)
            messages, texts = [], []
            if push is not None:
                message = {
                    "stream": push.stream,
                    "data": {"e": "kline", "E": push.tick, "k": dict(push.kline)},
                }
                if self.apart:
                    message["data"]["E"] += 0.5 * (what == 3)
                self.by_id[id(message)] = message, push
                messages, texts = [message], [json.dumps(message).encode()]
            if what == 1 and not self.has_switched:
                self.is_open = True
                handover.opened(at)
            elif what == 2 and not self.has_switched:
                notes = [handover.note(*one) for one in zip(texts, messages, strict=True)]
                self._take(fed(order, messages, at))
                handover.delivered(notes, at)
            elif what == 3 and self.has_switched:
                if self.repeats is not None and not self.repeats.over(at):
                    _, messages = self.repeats.without(texts, messages, at)
                self._take(fed(order, messages, at))
            elif what == 3:
                handover.hold(texts, messages, at)
            elif what == 4 and not self.has_switched:
                self._switch(handover, at)
            self._look(handover, at)
        return self.told

    def _pass(self, order: Sequence, handover: Handover, now: float) -> None:
        while not self.has_switched and (deadline := handover.deadline()) is not None and deadline < now:
            self._look(handover, deadline)

    def _look(self, handover: Handover, now: float) -> None:
        if not self.has_switched and (handover.ready(now) or handover.full(now)):
            self._switch(handover, now)

    def _switch(self, handover: Handover, now: float) -> None:
        self.has_switched = True
        self.repeats = handover.repeats()
        self._take(handover.release(now)) if self.is_open else self.order.interrupted()

    def _take(self, verdicts: Iterator[Verdict]) -> None:
        for verdict in verdicts:
            if isinstance(verdict, CandleGap):
                self.told[verdict.stream].append(verdict)
            else:
                assert isinstance(verdict, Deliver)
                _, push = self.by_id[id(verdict.message)]
                self.told[push.stream].append(push)


delays = st.lists(st.integers(0, int(WAIT_S) - 1), min_size=1, max_size=4)
moves = st.builds(TwoLines, markets, st.tuples(delays, delays), st.integers(1, 60), st.booleans(), st.none())


@given(moves)
@settings(deadline=None, max_examples=200)
def test_a_planned_move_reports_no_gap(move):
    """Either connection may be the slower one; both have brought the close of every candle."""
    for told in move.run().values():
        assert not any(isinstance(one, CandleGap) for one in told)
    assert move.order.gaps == 0


@given(moves, st.integers(0, 70))
@settings(deadline=None, max_examples=200)
def test_a_move_whose_old_connection_ends_too_soon_reports_no_false_one(move, ends):
    """What neither has brought is named; what was held and is delivered at the switch is not."""
    move.ends = ends
    told = move.run()
    for name, of_one in told.items():
        came = [one for one in of_one if isinstance(one, Push)]
        check_no_false_one(
            of_one, [push for push in move.market.pushes() if push.stream == name and push not in came]
        )


def test_a_close_that_was_held_is_seen_at_the_switch():
    """The old connection ends; the new one has brought the close, and the next candle: nothing is missing."""
    order = Sequence((SPOT.stream(KLINE), Stream("bnbbtc@other")), combined=True)
    handover = Handover(order, WAIT_S)

    def message(token: str) -> Any:
        return {"stream": KLINE, "data": {"e": "kline", "k": minute(token)}}

    list(fed(order, [message("1:1-2")]))
    handover.opened(0.0)
    held = [message("1:1-3!"), message("2:4-4")]
    handover.hold([b"1", b"2"], held, 0.0)
    assert list(handover.release(1.0)) == list(map(Deliver, held))
    assert list(fed(order, [message("2:4-5!"), message("3:6-6")])) != []
    assert order.gaps == 0
