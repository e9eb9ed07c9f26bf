"""Streams as far as their order goes: messages of plain ids, and anything that an exchange does with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from binance.order.sequence import ChainGap, Deliver, Gap, Reset, Sequence, Verdict
from binance.venues.catalogue import Stream
from binance.venues.venue import SPOT, USDM
from binance.wire.timings import TIMINGS, Timings

TRADE, AGG_TRADE, BOOK = "bnbbtc@trade", "bnbbtc@aggTrade", "bnbbtc@bookTicker"
DEPTH, FAST_DEPTH, ALL_BOOKS = "bnbbtc@depth", "neobtc@depth@100ms", "!bookTicker"
#: Of USD-M: its messages are a chain.
CHAIN = "bnbusdt@depth@500ms"

#: Members with the first and the last id of a message, of a chain with the last one before it: what the
#: exchange's documentation says, written here a second time.
IDS = {
    TRADE: ("t", "t"),
    AGG_TRADE: ("a", "a"),
    DEPTH: ("U", "u"),
    FAST_DEPTH: ("U", "u"),
    BOOK: ("u", "u"),
    ALL_BOOKS: ("u", "u"),
    CHAIN: ("pu", "u"),
}
CONTIGUOUS = (TRADE, AGG_TRADE, DEPTH, FAST_DEPTH, CHAIN)
#: A message may cover several ids.
SPANS = (DEPTH, FAST_DEPTH, CHAIN)

#: A message without ids of each of some streams.
SNAPSHOTS = {
    "bnbbtc@ticker": {"e": "24hrTicker", "E": 1},
    "bnbbtc@miniTicker": {"e": "24hrMiniTicker", "E": 1},
    "bnbbtc@kline_1m": {"e": "kline", "k": {"t": 1, "f": 5, "L": 9}},
    "bnbbtc@depth5": {"lastUpdateId": 7, "bids": [], "asks": []},
    "!miniTicker@arr": [{"e": "24hrMiniTicker", "s": "BNBBTC"}],
    "bnbbtc@somethingNew": {"e": "trade", "t": 7, "u": 7},
}


def streams(*names: str) -> tuple[Stream, ...]:
    """The streams of binance.com that have these names: of its spot market, but for the chain."""
    return tuple((USDM if name == CHAIN else SPOT).stream(name) for name in names)


def data(stream: str, first: int, last: int | None = None, symbol: str = "BNBBTC") -> dict[str, Any]:
    """One message of a stream, as far as its order goes.

    :param first: of a chain the last id before, if *last* is given, too.
    """
    first_id, last_id = IDS[stream]
    if stream == CHAIN and last is None:
        return covering(stream, first, first, symbol)
    message = {"s": symbol, first_id: first, last_id: first if last is None else last}
    return {"U": last, **message} if stream == CHAIN else message


def covering(stream: str, first: int, last: int, symbol: str = "BNBBTC") -> dict[str, Any]:
    """The message that covers these ids; of a chain the first of them may not be named in it."""
    return data(stream, first - (stream == CHAIN), last, symbol)


def missing(gap: Gap) -> tuple[int, int]:
    """The ids that a gap says are missing, the first one and the last."""
    return gap.first + isinstance(gap, ChainGap), gap.last


def gap_of(stream: str, first: int, last: int, cause: str) -> Gap:
    """The gap that is told where these ids are missing."""
    return ChainGap(stream, first - 1, last, cause) if stream == CHAIN else Gap(stream, first, last, cause)


def missed(verdicts: Iterable[Verdict]) -> int:
    """How many ids are missing; one where that is not known."""
    return sum(verdict.count or 1 for verdict in verdicts if isinstance(verdict, Gap))


def fed(sequence: Sequence, messages: list[Any], now: float = 0.0) -> Iterator[Verdict]:
    """Feed one batch as a subscription does."""
    begin = 0
    while begin < len(messages):
        end = sequence.in_order(messages, begin)
        assert begin <= end <= len(messages)
        yield from map(Deliver, messages[begin:end])
        if end < len(messages):
            yield from sequence.judge(messages[end], now)
        begin = end + 1


def delivered(verdicts: Iterable[Verdict]) -> list[Any]:
    """The messages that are for the user."""
    return [verdict.message for verdict in verdicts if isinstance(verdict, Deliver)]


def messages_of(stream: str, token: str) -> dict[str, Any]:
    """``7``, ``4-6`` or ``B7`` as a message."""
    symbol, first, last = re.fullmatch(r"([A-Z]?)(\d+)(?:-(\d+))?", token).groups()
    return data(stream, int(first), None if last is None else int(last), symbol)


def words(stream: str, verdict: Verdict) -> str:
    """A verdict as the stories spell it."""
    market = "" if stream != ALL_BOOKS else f"{getattr(verdict, 'symbol', '')} "
    if isinstance(verdict, Gap):
        assert verdict.stream == stream
        return f"gap({market}{verdict.first}-{verdict.last} {verdict.cause})"
    if isinstance(verdict, Reset):
        assert verdict.stream == stream
        return f"reset({market}{verdict.last}>{verdict.first})"
    message = verdict.message.get("data", verdict.message)
    first, last = (message[name] for name in IDS[stream])
    return message["s"] + (f"{first}-{last}" if stream in SPANS else f"{first}")


# -- what can happen --------------------------------------------------------------------------------------


@dataclass
class Sent:
    """A message as the exchange sent it, with what the model goes by; no ids: first is None."""

    message: Any
    stream: str
    symbol: str | None = None
    first: int | None = None
    last: int | None = None
    line: int = 0


SYMBOLS = ("BNBBTC", "NEOBTC")
SOURCES = [(stream, None) for stream in IDS if stream != ALL_BOOKS] + [(ALL_BOOKS, s) for s in SYMBOLS]
STREAMS = (*IDS, *SNAPSHOTS)
#: Some like an id that may be the next one, some like none.
ODD_IDS = (..., None, "5", 0.25, -3.5, 6.0, 7.0, True, float("inf"))

few = st.integers(1, 4)
source = st.integers(0, len(SOURCES) - 1)
faithful_step = st.one_of(
    st.tuples(st.just("goes_on"), source, few),
    st.tuples(st.just("goes_on"), source, few),
    st.tuples(st.just("skips"), source, few),
    st.tuples(st.just("repeats"), source, st.integers(0, 7)),
    st.tuples(st.just("sends_snapshot"), st.sampled_from(list(SNAPSHOTS))),
    st.tuples(st.just("sends_odd_one"), source, st.sampled_from(ODD_IDS)),
    st.tuples(st.just("is_cut")),
    st.tuples(st.just("is_cut_and_replays"), few),
)
step = st.one_of(
    faithful_step,
    faithful_step,
    st.tuples(st.just("begins_anew"), source, st.booleans(), few),
    st.tuples(st.just("waits"), st.sampled_from([0.5, 2.0, 4.5, 5.0, 9.0])),
)


@dataclass
class Exchange:
    """What the exchange does, step by step.

    :ivar busy: which of the SOURCES send anything, on a combined connection; on a *raw* one the first.
    :ivar told: what came of it: each a :class:`Sent`, ``"cut"``, or seconds that pass.
    """

    busy: list[int]
    raw: bool
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.busy = self.busy[:1] if self.raw else self.busy
        self.next_id = [50] * len(SOURCES)
        self.line = 0

    def order(self, timings: Timings = TIMINGS) -> Sequence:
        """A sequence of its streams, to which nothing has come yet."""
        names = (SOURCES[self.busy[0]][0],) if self.raw else STREAMS
        return Sequence(streams(*names), not self.raw, timings)

    def received(self) -> list[Sent]:
        return [sent for sent in self.told if isinstance(sent, Sent)]

    # steps

    def goes_on(self, number: int, count: int) -> None:
        """The next messages; those of depth with some ids each."""
        number = self._one_of_the_busy(number)
        for _ in range(count):
            first = self.next_id[number]
            last = first + first % 3 * self._is_depth(number)
            self.next_id[number] = last + 1
            self._send(number, first, last)

    def skips(self, number: int, count: int) -> None:
        """The next message but some."""
        self.next_id[self._one_of_the_busy(number)] += count
        self.goes_on(number, 1)

    def repeats(self, number: int, back: int) -> None:
        """An earlier message once more; of depth, perhaps one that overlaps those that were sent."""
        number = self._one_of_the_busy(number)
        last = self.next_id[number] - 1 - back
        self._send(number, last - (last + back) % 3 * self._is_depth(number), last)

    def begins_anew(self, number: int, on_a_new_connection: bool, count: int) -> None:
        """Ids far lower, or not so far."""
        if on_a_new_connection:
            self.is_cut()
        self.next_id[self._one_of_the_busy(number)] //= 4
        self.goes_on(number, count)

    def sends_odd_one(self, number: int, value: Any) -> None:
        """Something that is not what a message of the stream is; of depth, two sorts of that."""
        number = self._one_of_the_busy(number)
        self._send(number, value, value, valid=False)
        if self._is_depth(number):
            self._send(number, 40, 39, valid=False)

    def sends_snapshot(self, stream: str) -> None:
        """A message of a stream without ids, if there are other streams."""
        if not self.raw:
            message = SNAPSHOTS[stream]
            self._put(Sent(message.copy(), stream))

    def is_cut(self) -> None:
        """The connection is lost, and there is another one."""
        self.told.append("cut")
        self.line += 1

    def is_cut_and_replays(self, count: int) -> None:
        """As some servers do: the last messages of each stream come again."""
        self.is_cut()
        for number, _ in enumerate(self.busy):
            for back in reversed(range(count)):
                self.repeats(number, back)

    def waits(self, seconds: float) -> None:
        self.told.append(seconds)

    # within

    def _one_of_the_busy(self, number: int) -> int:
        return self.busy[number % len(self.busy)]

    def _is_depth(self, number: int) -> bool:
        return SOURCES[number][0] in SPANS

    def _send(self, number: int, first: Any, last: Any, valid: bool = True) -> None:
        stream, symbol = SOURCES[number]
        first_id, last_id = IDS[stream]
        before = valid and stream == CHAIN
        message = {"s": symbol or "BNBBTC", first_id: first - 1 if before else first, last_id: last}
        message = {name: value for name, value in message.items() if value is not ...}
        self._put(Sent(message, stream, symbol, first, last) if valid else Sent(message, stream))

    def _put(self, sent: Sent) -> None:
        sent.line = self.line
        if not self.raw:
            sent.message = {"stream": sent.stream, "data": sent.message}
        sent.message = Numbered(sent.message, len(self.told))
        self.told.append(sent)


class Numbered(dict[str, Any]):
    """A message that is equal to itself only: what comes twice is two."""

    def __init__(self, message: dict[str, Any], number: int) -> None:
        super().__init__(message)
        self.number = number

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None

    def __repr__(self) -> str:
        return f"{super().__repr__()} #{self.number}"


def exchanges(steps: st.SearchStrategy[Any] = step) -> st.SearchStrategy[Exchange]:
    """Anything that an exchange can do on a combined connection, or a raw one."""

    def does(busy: list[int], raw: bool, steps: list[tuple[Any, ...]]) -> Exchange:
        exchange = Exchange(busy, raw)
        for what, *how in steps:
            getattr(exchange, what)(*how)
        return exchange

    busy = st.lists(source, min_size=1, max_size=3, unique=True)
    few_or_many = st.lists(steps, max_size=12) | st.lists(steps, min_size=12, max_size=60)
    return st.builds(does, busy, st.booleans(), few_or_many)


cuts = st.lists(st.integers(1, 9), min_size=1, max_size=6)
