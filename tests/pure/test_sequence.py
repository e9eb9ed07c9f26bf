"""The order of messages: each rule in stories of plain ids, then anything that can happen against a model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.order.sequence import REMOVED_KEPT, Deliver, Gap, Reset, Sequence, Verdict
from binance.venues.catalogue import CATALOGUE, kind_of
from binance.venues.venue import USDM
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

from ..calls import CALLS
from ..orders import (
    AGG_TRADE,
    ALL_BOOKS,
    BOOK,
    CHAIN,
    CONTIGUOUS,
    DEPTH,
    IDS,
    SNAPSHOTS,
    SOURCES,
    SPANS,
    TRADE,
    Exchange,
    Sent,
    cuts,
    data,
    delivered,
    exchanges,
    faithful_step,
    fed,
    gap_of,
    messages_of,
    missed,
    missing,
    streams,
    words,
)


def held_in(sequence: Sequence) -> list[int]:
    """How many messages each stream holds."""
    return [len(track.held) for track in sequence.tracks()]


# -- stories ----------------------------------------------------------------------------------------------

# What comes: ids (`7`; of a depth event `4-6`; of one in a chain the last id before it and its own, `3-6`;
# of a market of !bookTicker `B7`), `|` where the connection is cut and another one opens, `+5s` where time
# passes. What is told: ids, `gap(3-4 skipped)`, and `reset(9>1)` with the last id before and the first one
# after.
STORIES = [
    # the next one
    (TRADE, "1 2 3", "1 2 3"),
    (TRADE, "57 58", "57 58"),  # the first may be any
    (TRADE, "0 1", "0 1"),
    (DEPTH, "1-5 6-6 7-9", "1-5 6-6 7-9"),
    # ids that never came
    (TRADE, "1 2 5 6", "1 2 gap(3-4 skipped) 5 6"),
    (AGG_TRADE, "1 3 5", "1 gap(2-2 skipped) 3 gap(4-4 skipped) 5"),
    (TRADE, "1 2 | 5 6", "1 2 gap(3-4 reconnect) 5 6"),
    (TRADE, "1 2 | | 5 7", "1 2 gap(3-4 reconnect) 5 gap(6-6 skipped) 7"),
    (TRADE, "1 2 | 3 5", "1 2 3 gap(4-4 skipped) 5"),
    (TRADE, "1 2 | 2 5", "1 2 gap(3-4 skipped) 5"),  # 2 shows that this connection was there in time
    (TRADE, "1 2 3 | 2 5", "1 2 3 gap(4-4 reconnect) 5"),
    (DEPTH, "1-5 8-9", "1-5 gap(6-7 skipped) 8-9"),
    (DEPTH, "1-5 | 8-9", "1-5 gap(6-7 reconnect) 8-9"),
    # ids that come again
    (TRADE, "1 2 2 3", "1 2 3"),
    (TRADE, "1 2 | 2 3", "1 2 3"),
    (TRADE, "1 2 3 | 1 2 3 4", "1 2 3 4"),
    (TRADE, "1 2 3 | 1 2 3 | 2 3 4", "1 2 3 4"),
    (TRADE, "1 3 2 4", "1 gap(2-2 skipped) 3 4"),  # too late: it has been told of
    (DEPTH, "1-5 1-5 6-7", "1-5 6-7"),
    (DEPTH, "1-5 4-5 6-7", "1-5 6-7"),
    (DEPTH, "1-5 | 1-3 4-5 6-7", "1-5 6-7"),
    # depth events that overlap bring something new, and lack nothing
    (DEPTH, "1-5 4-8 9-9", "1-5 4-8 9-9"),
    (DEPTH, "1-5 | 3-4 5-8 9-9", "1-5 5-8 9-9"),
    (DEPTH, "3-5 1-9", "3-5 1-9"),
    # book tickers rise in steps of any size
    (BOOK, "1 5 9", "1 5 9"),
    (BOOK, "1 5 5 9", "1 5 9"),
    (BOOK, "1 5 3 9", "1 5 9"),
    (BOOK, "1 5 9 | 5 9 12", "1 5 9 12"),
    (BOOK, "1 5 9 | 12", "1 5 9 12"),
    # ids that went back on a new connection and do not reach the last one within 5 s have begun anew
    (TRADE, "8 9 | 1 2 +4.9s", "8 9"),
    (TRADE, "8 9 | 1 2 +5s", "8 9 reset(9>1) 1 2"),
    (TRADE, "8 9 | 1 +2.5s 2 +2.5s 3", "8 9 reset(9>1) 1 2 3"),
    (TRADE, "8 9 | 1 2 4 +5s 5", "8 9 reset(9>1) 1 2 gap(3-3 skipped) 4 5"),
    (TRADE, "8 9 | 7 8 +4.9s 9 10", "8 9 10"),
    (TRADE, "8 9 | 7 8 +4.9s 11", "8 9 gap(10-10 reconnect) 11"),
    (TRADE, "8 9 | 1 +5s 2 | 1 +5s", "8 9 reset(9>1) 1 2 reset(2>1) 1"),
    (DEPTH, "8-9 | 1-3 4-5 +5s 6-6", "8-9 reset(9>1) 1-3 4-5 6-6"),
    (BOOK, "8 9 | 1 4 +5s 6", "8 9 reset(9>1) 1 4 6"),
    # a cut meanwhile starts the 5 s again, and loses nothing
    (TRADE, "8 9 | 1 2 +4s | +9s", "8 9"),
    (TRADE, "8 9 | 1 2 | 3 +4.9s", "8 9"),
    (TRADE, "8 9 | 1 2 | 3 +5s 4", "8 9 reset(9>1) 1 2 3 4"),
    (TRADE, "8 9 | 1 2 | 5 +5s", "8 9 reset(9>1) 1 2 gap(3-4 reconnect) 5"),
    (TRADE, "8 9 | 1 2 | 1 2 3 +5s 4", "8 9 reset(9>1) 1 2 3 4"),
    (TRADE, "8 9 | 5 6 | 8 9 10", "8 9 10"),
    (TRADE, "8 9 | 3 4 | 1 +5s +5s", "8 9 reset(9>3) 3 4 reset(4>1) 1"),
    # on the same connection, too, where one goes on from another; else it is disorder
    (TRADE, "8 9 1 2 +4.9s", "8 9"),
    (TRADE, "8 9 1 2 +4.9s 10", "8 9 10"),
    (TRADE, "8 9 1 2 +5s 3", "8 9 reset(9>1) 1 2 3"),
    (TRADE, "8 9 1 +4.9s 2 +5s 3", "8 9 reset(9>1) 1 2 3"),
    (TRADE, "8 9 | 9 1 2 +5s 3", "8 9 reset(9>1) 1 2 3"),
    (TRADE, "1 99 2 3 +5s 4", "1 gap(2-98 skipped) 99 reset(99>2) 2 3 4"),
    (BOOK, "1 99 2 5 +5s 7", "1 99 reset(99>2) 2 5 7"),
    (DEPTH, "8-9 1-2 3-5 +5s 6-6", "8-9 reset(9>1) 1-2 3-5 6-6"),
    (TRADE, "8 9 1 +3600s 10", "8 9 10"),
    (TRADE, "8 9 2 1 +3600s 10", "8 9 10"),
    (TRADE, "8 9 2 2 +3600s 10", "8 9 10"),
    (TRADE, "8 9 7 | 1 +5s +5s", "8 9 reset(9>7) 7 reset(7>1) 1"),
    # a chain: each message names the last id of the one before it, and a gap is between those two
    (CHAIN, "0-5 5-9 9-40 40-41", "0-5 5-9 9-40 40-41"),  # however far ids jump
    (CHAIN, "0-5 7-9 9-12", "0-5 gap(5-7 skipped) 7-9 9-12"),
    (CHAIN, "0-5 6-9", "0-5 gap(5-6 skipped) 6-9"),
    (CHAIN, "0-5 7-9 12-13", "0-5 gap(5-7 skipped) 7-9 gap(9-12 skipped) 12-13"),
    (CHAIN, "0-5 | 5-9 9-12", "0-5 5-9 9-12"),
    (CHAIN, "0-5 | 8-9 9-12", "0-5 gap(5-8 reconnect) 8-9 9-12"),
    (CHAIN, "0-5 5-9 5-9 0-5 9-12", "0-5 5-9 9-12"),
    (CHAIN, "0-5 5-9 | 0-5 5-9 9-12", "0-5 5-9 9-12"),
    (CHAIN, "0-5 5-9 | 2-7 7-9 9-12", "0-5 5-9 9-12"),
    (CHAIN, "0-5 5-9 | 4-11 11-12", "0-5 5-9 4-11 11-12"),  # what one covers that reaches back is all there
    (CHAIN, "7-9 9-12 | 0-1 1-2 +4.9s", "7-9 9-12"),
    (CHAIN, "7-9 9-12 | 0-1 1-2 +5s 2-3", "7-9 9-12 reset(12>0) 0-1 1-2 2-3"),
    (CHAIN, "7-9 | 0-1 2-3 +5s", "7-9 reset(9>0) 0-1 gap(1-2 skipped) 2-3"),
    (CHAIN, "7-9 0-1 1-2 +5s 2-3", "7-9 reset(9>0) 0-1 1-2 2-3"),
    # each market of !bookTicker has ids of its own
    (ALL_BOOKS, "B1 N7 B2 N8", "B1 N7 B2 N8"),
    (ALL_BOOKS, "B1 N7 B1 N7 N6 B3", "B1 N7 B3"),
    (ALL_BOOKS, "B5 N7 | B1 N8 +5s B2 N9", "B5 N7 N8 reset(B 5>1) B1 B2 N9"),
]


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("stream", "comes", "told"), STORIES)
def test_story(stream, comes, told, together, combined):
    """What comes is told so, on a raw and a combined connection, one by one and in batches."""
    order = Sequence(streams(stream, "bnbbtc@ticker") if combined else streams(stream), combined)
    now, verdicts, batch = 100.0, [], []
    for token in [*comes.split(), "end"]:
        if token[0] in "|+e" or not together:
            verdicts += fed(order, batch, now)
            batch = []
        if token == "|":
            order.interrupted()
        elif token[0] == "+":
            now += float(token[1:-1])
            verdicts += order.expire(now)
        elif token != "end":
            message = messages_of(stream, token)
            batch.append({"stream": stream, "data": message} if combined else message)
    assert " ".join(words(stream, verdict) for verdict in verdicts) == told
    gaps, resets = ([v for v in verdicts if isinstance(v, kind)] for kind in (Gap, Reset))
    assert (order.gaps, order.resets) == (len(gaps), len(resets))
    assert order.missed == missed(verdicts)
    received = sum(token[0] not in "|+" for token in comes.split())
    assert len(delivered(verdicts)) + order.duplicates + sum(held_in(order)) == received


@pytest.mark.parametrize("line", ["the same", "a new"])
@pytest.mark.parametrize("stream", [TRADE, BOOK, DEPTH, CHAIN])
def test_a_thousand_messages_that_went_back_are_a_new_beginning(stream, line):
    """999 are held; with the next one all are delivered in order behind one reset, and none is held."""
    order = Sequence(streams(stream))
    list(fed(order, [data(stream, 5_000)]))
    if line == "a new":
        order.interrupted()
    low = [data(stream, number) for number in range(1, 1_001)]
    assert list(fed(order, low[:-1])) == []
    assert held_in(order) == [999]
    assert order.deadline() == 5.0
    assert list(fed(order, low[-1:])) == [
        Reset(stream, None, 5_000, 1 - (stream == CHAIN)),
        *map(Deliver, low),
    ]
    assert held_in(order) == [0]
    assert order.deadline() is None
    assert list(fed(order, [data(stream, 1_001)])) == [Deliver(data(stream, 1_001))]
    assert (order.duplicates, order.resets) == (0, 1)


def test_a_replay_of_999_messages_is_a_replay():
    """So many lower ids that then reach the last one were old messages, and none of them is delivered."""
    order = Sequence(streams(TRADE))
    list(fed(order, [data(TRADE, number) for number in range(1, 1_001)]))
    order.interrupted()
    assert list(fed(order, [data(TRADE, number) for number in range(1, 1_001)])) == []
    assert order.duplicates == 1_000
    assert delivered(fed(order, [data(TRADE, 1_001)])) == [data(TRADE, 1_001)]


def test_the_deadline_is_five_seconds_after_the_first_message_that_went_back():
    """It is that of the stream that waits longest; there is none if nothing went back on a new connection."""
    order = Sequence(streams(TRADE, DEPTH), combined=True)

    def comes(stream: str, number: int, now: float) -> None:
        list(fed(order, [{"stream": stream, "data": data(stream, number)}], now))

    comes(TRADE, 50, 0.0)
    comes(DEPTH, 50, 0.0)
    comes(TRADE, 49, 0.0)
    assert order.deadline() is None
    order.interrupted()
    assert order.deadline() is None
    comes(DEPTH, 1, 10.0)
    comes(TRADE, 1, 12.0)
    comes(DEPTH, 2, 13.0)
    assert order.deadline() == 15.0
    assert list(order.expire(14.9)) == []
    assert [type(verdict) for verdict in order.expire(15.0)] == [Reset, Deliver, Deliver]
    assert order.deadline() == 17.0
    order.interrupted()
    assert order.deadline() is None


def test_a_stream_whose_ids_went_back_does_not_hold_up_the_others():
    """Messages of other streams of the connection are delivered while one waits."""
    order = Sequence(streams(TRADE, BOOK, "bnbbtc@ticker"), combined=True)
    both = [{"stream": stream, "data": data(stream, 50)} for stream in (TRADE, BOOK)]
    list(fed(order, both))
    order.interrupted()
    others = [
        {"stream": BOOK, "data": data(BOOK, 51)},
        {"stream": "bnbbtc@ticker", "data": {"e": "24hrTicker"}},
    ]
    assert delivered(fed(order, [{"stream": TRADE, "data": data(TRADE, 1)}, *others])) == others


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_stream_without_ids_delivers_everything(name):
    """A snapshot that comes twice is delivered twice, raw and combined, whatever numbers it has."""
    for combined in (False, True):
        order = Sequence(streams(name), combined)
        message = {"stream": name, "data": SNAPSHOTS[name]} if combined else SNAPSHOTS[name]
        got = list(fed(order, [message] * 3))
        order.interrupted()
        got += fed(order, [message] * 3)
        assert got == [Deliver(message)] * 6
        assert (order.duplicates, order.gaps, order.resets, order.deadline()) == (0, 0, 0, None)


def test_a_sequence_of_no_streams_delivers_everything():
    """What user events are given."""
    order = Sequence()
    events = [{"e": "executionReport", "t": 5}, {"e": "executionReport", "t": 4}, {}]
    assert delivered(fed(order, events * 2)) == events * 2


# -- messages whose ids are none --------------------------------------------------------------------------

#: In place of the ids of a message, or of its first one; `...` for none at all.
NO_IDS = [..., None, "5", "6", "", [6], {}, True, False, 0.5, -0.5, float("nan")]


def without_ids(stream: str) -> Iterator[dict[str, Any]]:
    """Messages of a stream without its ids, or without one of them."""
    for names in [set(IDS[stream]), *({name} for name in IDS[stream])]:
        for value in NO_IDS:
            if isinstance(value, (bool, float)) and stream in SPANS and names == {"u"}:
                continue  # below
            message = {**data(stream, 6), **dict.fromkeys(names, value)}
            yield {name: value for name, value in message.items() if value is not ...}


ODD_ONES = [
    *((stream, message) for stream in IDS for message in without_ids(stream)),
    # the first id is above the last
    *((stream, data(stream, *ids)) for stream in SPANS for ids in [(100, 99), (5, 1)]),
    (CHAIN, data(CHAIN, 6, 6)),  # it covers nothing
]

#: Messages that begin as the next one would, or count as Python counts, and are not the next one.
NEARLY_NEXT = [
    (TRADE, {"t": 6.0}),
    (AGG_TRADE, {"a": 6.0}),
    (BOOK, {"u": 6.0}),
    (BOOK, {"u": 7.5}),
    (BOOK, {"u": float("inf")}),
    (ALL_BOOKS, {"u": 6.0}),
    (DEPTH, {"U": 6.0, "u": 6}),
    (DEPTH, {"U": 6, "u": 6.0}),
    (DEPTH, {"U": 6, "u": 6.5}),
    (DEPTH, {"U": 6, "u": True}),
    (DEPTH, {"U": 6, "u": 2}),
    (CHAIN, {"pu": 5.0, "u": 6}),
    (CHAIN, {"pu": 5, "u": 6.0}),
    (CHAIN, {"pu": 5, "u": 6.5}),
    (CHAIN, {"pu": 5, "u": True}),
    (CHAIN, {"pu": 5, "u": "6"}),
    (CHAIN, {"pu": 5, "u": 5}),
    (CHAIN, {"pu": 5, "u": 2}),
    (CHAIN, {"U": 6, "u": 6}),
]


def odd_id(value: Any) -> str | None:
    """What pytest calls a message: its ids."""
    if isinstance(value, dict):
        return (
            " ".join(f"{name}={value[name]!r}" for name in ("t", "a", "U", "pu", "u") if name in value)
            or "no id"
        )
    return None


@pytest.mark.parametrize(("stream", "odd"), ODD_ONES, ids=odd_id)
@pytest.mark.parametrize("combined", [False, True])
def test_a_dict_without_the_expected_id_is_delivered_and_counts_for_nothing(stream, odd, combined):
    """Missing, no number, or a first id above the last: it is passed on, and what comes next is judged as if
    it had not been there: before any id, between two, between duplicates, and while messages are held.
    """
    assert_counts_for_nothing(stream, odd, combined)


@pytest.mark.parametrize(("stream", "odd"), NEARLY_NEXT, ids=odd_id)
@pytest.mark.parametrize("combined", [False, True])
def test_what_is_only_nearly_the_next_one_counts_for_nothing_either(stream, odd, combined):
    """A float or a boolean is no id, though Python counts with it, and an event that ends before it begins is
    none; where the next one is expected they are not taken for it.
    """
    assert_counts_for_nothing(stream, {"s": "BNBBTC", **odd}, combined)


def assert_counts_for_nothing(stream: str, odd: dict[str, Any], combined: bool) -> None:
    """Between messages of every sort: the verdicts are the same with it and without it, except for it."""
    odd = {"odd": True, **odd}
    odd = {"stream": stream, "data": odd} if combined else odd

    def told(odd_ones: int) -> list[Verdict]:
        order = Sequence(streams(stream), combined)
        verdicts: list[Verdict] = []
        for number in (5, 6, 6, 9, None, 8, 9, 10, None, 2, 3):
            if number is None:
                order.interrupted()
                continue
            message = data(stream, number)
            batch = [{"stream": stream, "data": message} if combined else message]
            verdicts += fed(order, [odd] * odd_ones + batch)
        return [*verdicts, *order.expire(5.0)]

    with_odd_ones = told(2)
    others = [v for v in with_odd_ones if not (isinstance(v, Deliver) and v.message is odd)]
    assert list(map(repr, others)) == list(map(repr, told(0)))  # 6.0 is equal to 6, but does not look so
    assert len(with_odd_ones) == len(others) + 18


@pytest.mark.parametrize("combined", [False, True])
def test_true_is_not_the_id_one(combined):
    """Not even where 1 is the next id, though Python says that they are equal."""
    order = Sequence(streams(TRADE), combined)
    comes = [data(TRADE, 0), {"s": "BNBBTC", "t": True}, data(TRADE, 1), data(TRADE, 2)]
    if combined:
        comes = [{"stream": TRADE, "data": message} for message in comes]
    assert delivered(fed(order, comes)) == comes
    assert order.duplicates == 0


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"stream": TRADE},
        {"data": {"t": 6}},
        {"stream": TRADE, "data": None},
        {"stream": TRADE, "data": [{"t": 6}]},
        {"stream": None, "data": {"t": 6}},
        {"stream": [TRADE], "data": {"t": 6}},
        {"stream": "neobtc@trade", "data": {"t": 6}},
        {"stream": ALL_BOOKS, "data": {"u": 6}},
        {"stream": ALL_BOOKS, "data": {"u": 6, "s": None}},
        {"stream": ALL_BOOKS, "data": {"u": 6, "s": ["BNBBTC"]}},
        {"t": 6},
    ],
)
def test_a_combined_message_of_no_known_stream_is_delivered_and_counts_for_nothing(message):
    """No name, a name that was not asked for, no data, no market: it is passed on as often as it comes."""
    order = Sequence(streams(TRADE, ALL_BOOKS), combined=True)
    five, six = ({"stream": TRADE, "data": data(TRADE, number)} for number in (5, 6))
    comes = [message, five, message, message, six, message]
    assert list(fed(order, comes)) == [*map(Deliver, comes)]
    order.interrupted()
    assert list(fed(order, [message])) == [Deliver(message)]


# -- the model --------------------------------------------------------------------------------------------


@dataclass
class State:
    """What the model knows of one stream, or of one market of a stream."""

    last: int | None = None
    line: int | None = None
    held: list[Sent] = field(default_factory=list)
    held_since: float | None = None


class Model:
    """What is to happen, one message at a time, a dict with a state for each stream.

    :param limit: so many messages that went back are a new beginning.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.states: dict[tuple[str, str | None], State] = {}
        self.duplicates = 0

    def take(self, sent: Sent, now: float) -> list[Verdict]:
        if sent.first is None:
            return [Deliver(sent.message)]
        state = self.states.setdefault((sent.stream, sent.symbol), State())
        if state.last is None:
            state.last, state.line = sent.last, sent.line
            return [Deliver(sent.message)]
        if sent.last < state.last:
            goes_on = bool(state.held) and sent.last > state.held[-1].last
            state.held.append(sent)
            if (goes_on or sent.line != state.line) and state.held_since is None:
                state.held_since = now
            if len(state.held) == self.limit:
                return self.begin_anew(sent.stream, sent.symbol, now)
            return []
        self.duplicates += len(state.held)
        state.held, state.held_since = [], None
        before, line_before = state.last, state.line
        state.last, state.line = sent.last, sent.line
        if sent.last == before:
            self.duplicates += 1
            return []
        if sent.stream in CONTIGUOUS and sent.first > before + 1:
            cause = "skipped" if sent.line == line_before else "reconnect"
            gap = gap_of(sent.stream, before + 1, sent.first - 1, cause)
            return [gap, Deliver(sent.message)]
        return [Deliver(sent.message)]

    def begin_anew(self, stream: str, symbol: str | None, now: float) -> list[Verdict]:
        state = self.states.pop((stream, symbol))
        first = state.held[0].first - (stream == CHAIN)
        verdicts: list[Verdict] = [Reset(stream, symbol, state.last, first)]
        for sent in state.held:
            verdicts += self.take(sent, now)
        return verdicts

    def cut(self) -> None:
        for state in self.states.values():
            state.held_since = None

    def expire(self, now: float) -> list[Verdict]:
        verdicts = []
        for (stream, symbol), state in list(self.states.items()):
            if state.held_since is not None and now >= state.held_since + 5:
                verdicts += self.begin_anew(stream, symbol, now)
        return verdicts

    def held(self) -> int:
        return sum(len(state.held) for state in self.states.values())


# -- what can happen --------------------------------------------------------------------------------------


def stably(verdicts: Iterable[Verdict], streams: dict[int, Any]) -> list[Verdict]:
    """In the order of their streams: which of several that begin anew at one moment is first, is open."""
    return sorted(verdicts, key=lambda verdict: str(stream_of(verdict, streams)))


def stream_of(verdict: Verdict, streams: dict[int, Any]) -> tuple[str, str | None]:
    """The stream and market that a verdict is about."""
    if isinstance(verdict, Deliver):
        return streams[id(verdict.message)]
    return verdict.stream, verdict.symbol if isinstance(verdict, Reset) else None


def run(exchange: Exchange, sizes: list[int], order: Sequence) -> list[Verdict]:
    """Feed all that an exchange does, in batches of those sizes by turns; time stops at each deadline."""
    streams = {id(sent.message): (sent.stream, sent.symbol) for sent in exchange.received()}
    verdicts: list[Verdict] = []
    batch: list[Any] = []
    now, turn = 1_000.0, 0
    for told in [*exchange.told, "end"]:
        if isinstance(told, Sent):
            batch.append(told.message)
            if len(batch) < sizes[turn % len(sizes)]:
                continue
        verdicts += fed(order, batch, now)
        batch = []
        turn += 1
        if told == "cut":
            order.interrupted()
        elif isinstance(told, float):
            end = now + told
            while (deadline := order.deadline()) is not None and deadline <= end:
                now = max(now, deadline)
                expired = list(order.expire(now))
                assert expired
                verdicts += stably(expired, streams)
            now = end
    return verdicts


def model_of(exchange: Exchange, limit: int) -> tuple[Model, list[Verdict]]:
    """The same, one message after another, by the model."""
    streams = {id(sent.message): (sent.stream, sent.symbol) for sent in exchange.received()}
    model, verdicts, now = Model(limit), [], 1_000.0
    for told in exchange.told:
        if isinstance(told, Sent):
            verdicts += model.take(told, now)
        elif told == "cut":
            model.cut()
        else:
            for _ in range(int(told * 2)):  # all that happens falls on a half second
                now += 0.5
                verdicts += stably(model.expire(now), streams)
    return model, verdicts


LIMITS = st.sampled_from([3, 6, 1_000])
EXAMPLES = int(os.environ.get("SEQUENCE_EXAMPLES", "1500"))


@given(exchanges(), cuts, LIMITS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_what_is_done_is_what_the_model_says(exchange, sizes, limit):
    """Loss, repetition, disorder, replays, cuts, new beginnings and odd messages, on any streams at once, in
    batches of any sizes: verdicts, counters and what is still held are those of the model. What was received
    is delivered, a duplicate, or held.
    """
    order = exchange.order(Timings(reset_messages=limit))
    verdicts = run(exchange, sizes, order)
    model, expected = model_of(exchange, limit)
    assert verdicts == expected
    gaps = [verdict for verdict in verdicts if isinstance(verdict, Gap)]
    assert order.duplicates == model.duplicates
    assert order.gaps == len(gaps)
    assert order.missed == missed(gaps)
    assert order.resets == sum(isinstance(verdict, Reset) for verdict in verdicts)
    assert sum(held_in(order)) == model.held()
    assert all(held < limit for held in held_in(order))
    assert len(delivered(verdicts)) + order.duplicates + model.held() == len(exchange.received())


@given(exchanges(), cuts, cuts)
@settings(deadline=None, max_examples=200)
def test_it_does_not_matter_how_messages_are_cut_into_batches(exchange, sizes, other_sizes):
    """The same messages lead to the same, one by one, in any batches, or all at once."""
    few = Timings(reset_messages=5)
    one_by_one = run(exchange, [1], exchange.order(few))
    for cut in (sizes, other_sizes, [10_000]):
        assert run(exchange, cut, exchange.order(few)) == one_by_one


@given(exchanges(faithful_step), cuts)
@settings(deadline=None, max_examples=400)
def test_every_id_is_delivered_once_and_in_order_or_lies_in_one_gap(exchange, sizes):
    """While ids do not begin anew: last ids of one stream rise; on contiguous streams each id from the first
    one delivered on was delivered, or lies in exactly one gap, which was told in its place.
    """
    verdicts = run(exchange, sizes, exchange.order())
    for stream, symbol in SOURCES:
        known = {id(sent.message): sent for sent in exchange.received() if sent.symbol == symbol}
        reached: int | None = None
        for verdict in verdicts:
            if isinstance(verdict, Gap) and verdict.stream == stream:
                assert stream in CONTIGUOUS
                first, last = missing(verdict)
                assert first == reached + 1
                assert last >= first
                reached = last
            elif isinstance(verdict, Deliver):
                sent = known.get(id(verdict.message))
                if sent is None or sent.stream != stream or sent.first is None:
                    continue
                if reached is not None:
                    assert sent.last > reached
                    assert stream not in CONTIGUOUS or sent.first <= reached + 1
                reached = sent.last
        ids = [s.last for s in known.values() if s.stream == stream and s.last is not None]
        assert reached == (max(ids) if ids else None)  # the newest one is never held or dropped


@given(exchanges(faithful_step), cuts)
@settings(deadline=None, max_examples=200)
def test_gaps_are_exactly_the_ids_that_were_never_seen_in_time(exchange, sizes):
    """On a stream of single ids, an id is in a gap if and only if nothing brought it before a higher one; and
    the cause is a reconnection if no message from the last one on has come on the new connection.
    """
    verdicts = run(exchange, sizes, exchange.order())
    for stream in (TRADE, AGG_TRADE):
        expected, newest, line = [], None, None
        for sent in exchange.received():
            if sent.stream != stream or sent.last is None or (newest is not None and sent.last < newest):
                continue
            if newest is not None and sent.last > newest + 1:
                cause = "skipped" if line == sent.line else "reconnect"
                expected.append(Gap(stream, newest + 1, sent.last - 1, cause))
            newest, line = sent.last, sent.line
        assert [v for v in verdicts if isinstance(v, Gap) and v.stream == stream] == expected


@given(exchanges(), cuts, LIMITS)
@settings(deadline=None, max_examples=200)
def test_nothing_is_dropped_or_moved_where_there_are_no_ids(exchange, sizes, limit):
    """Tickers, klines, partial depth, arrays, unknown names and dicts without their id: all, in order."""
    verdicts = run(exchange, sizes, exchange.order(Timings(reset_messages=limit)))
    without = [sent.message for sent in exchange.received() if sent.first is None]
    assert [message for message in delivered(verdicts) if message in without] == without


@given(st.lists(st.tuples(st.integers(0, 1_300), st.booleans()), max_size=12), st.integers(1, 2_000))
@settings(deadline=None, max_examples=25)
def test_no_stream_ever_holds_a_thousand_messages(backs, size):
    """Whatever goes back, on the same connection or on new ones, memory has an end."""
    order = Sequence(streams(TRADE, DEPTH), combined=True)
    last = 10_000
    for count, cut in backs:
        if cut:
            order.interrupted()
        batch = [
            {"stream": stream, "data": data(stream, number)}
            for number in range(last - count, last)
            for stream in (TRADE, DEPTH)
        ]
        for begin in range(0, len(batch), size):
            list(fed(order, batch[begin : begin + size]))
            assert max(held_in(order)) < 1_000
        last -= 2 * count
        last = last if last > 3_000 else 10_000


# -- the catalogue ----------------------------------------------------------------------------------------

# stream: event type, first id, last id, whether ids have no holes, whether it carries many markets
KINDS = {
    "bnbbtc@trade": ("trade", "t", "t", True, False),
    "bnbbtc@aggTrade": ("aggTrade", "a", "a", True, False),
    "bnbbtc@depth": ("depthUpdate", "U", "u", True, False),
    "bnbbtc@depth@100ms": ("depthUpdate", "U", "u", True, False),
    "bnbbtc@depth@1000ms": ("depthUpdate", "U", "u", True, False),
    "bnbbtc@bookTicker": (None, "u", "u", False, False),
    "!bookTicker": (None, "u", "u", False, True),
    "bnbbtc@depth5": (None, None, None, False, False),
    "bnbbtc@depth10": (None, None, None, False, False),
    "bnbbtc@depth20": (None, None, None, False, False),
    "bnbbtc@depth10@1000ms": (None, None, None, False, False),
    "!miniTicker@arr@1000ms": ("24hrMiniTicker", None, None, False, False),
    "bnbbtc@depth10@100ms": (None, None, None, False, False),
    "bnbbtc@kline_1m": ("kline", None, None, False, False),
    "bnbbtc@kline_30m": ("kline", None, None, False, False),
    "bnbbtc@kline_1M": ("kline", None, None, False, False),
    "bnbbtc@kline_1d@+08:00": ("kline", None, None, False, False),
    "bnbbtc@kline_1s": ("kline", None, None, False, False),
    "bnbbtc@kline_1s@+08:00": ("kline", None, None, False, False),
    "bnbbtc@blockTrade": ("blockTrade", "t", "t", False, False),
    "bnbbtc@avgPrice": ("avgPrice", None, None, False, False),
    "bnbbtc@referencePrice": ("referencePrice", None, None, False, False),
    "bnbbtc@ticker_1h": ("1hTicker", None, None, False, False),
    "bnbbtc@ticker_4h": ("4hTicker", None, None, False, False),
    "bnbbtc@ticker_1d": ("1dTicker", None, None, False, False),
    "!ticker_1h@arr": ("1hTicker", None, None, False, False),
    "!ticker_4h@arr": ("4hTicker", None, None, False, False),
    "!ticker_1d@arr": ("1dTicker", None, None, False, False),
    "bnbbtc@ticker": ("24hrTicker", None, None, False, False),
    "bnbbtc@miniTicker": ("24hrMiniTicker", None, None, False, False),
    "!miniTicker@arr": ("24hrMiniTicker", None, None, False, False),
    "!miniTicker@arr@3000ms": ("24hrMiniTicker", None, None, False, False),
    "!ticker@arr": ("24hrTicker", None, None, False, False),
    "!ticker@arr@1000ms": ("24hrTicker", None, None, False, False),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_catalogue_knows_what_the_messages_of_a_stream_say_of_their_order(name):
    """One row, and only one, is about each name, and has the ids that the exchange documents."""
    assert [bool(re.fullmatch(kind.pattern, name)) for kind in CATALOGUE].count(True) == 1
    kind = kind_of(name)
    assert (kind.event, kind.first_id, kind.last_id, kind.contiguous, kind.by_symbol) == KINDS[name]


@pytest.mark.parametrize(("method", "arguments", "name"), CALLS)
def test_every_stream_that_a_call_can_start_is_in_the_catalogue(method, arguments, name):
    """Whatever a start_* method builds has one row, and is listed above."""
    bm = BinanceSocketManager(None)
    assert getattr(bm, method)(*arguments) == name
    assert name in KINDS


@pytest.mark.parametrize(
    "symbol", ["bnbbtc", "1000satsusdt", "btcusd_perp", "btc-261225-100000-c", "測試usdt"]
)
def test_the_catalogue_knows_a_kind_for_any_symbol(symbol):
    """Rows tell streams by their kind; symbols may hold digits, lines and letters of any script."""
    for name, known in KINDS.items():
        if name.startswith("bnbbtc"):
            kind = kind_of(name.replace("bnbbtc", symbol))
            assert (kind.event, kind.first_id) == known[:2]


def test_every_row_of_the_catalogue_is_needed():
    """Each is the row of a name above."""
    assert {kind_of(name) for name in KINDS} == set(CATALOGUE)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "bnbbtc",
        "@trade",
        "bnbbtc@",
        "bnbbtc@Trade",
        "bnbbtc@aggtrade",
        "bnbbtc@trades",
        "bnbbtc@trade ",
        "bnbbtc@trade\n",
        "bnbbtc@depth7",
        "bnbbtc@depth@0ms",
        "bnbbtc@depth@250ms",
        "bnbbtc@depth100ms",
        "bnbbtc@bookticker",
        "bnbbtc@kline",
        "bnbbtc@kline_",
        "bnbbtc@kline_1m@8",
        "bnbbtc@kline_7m",
        "bnbbtc@kline_1m@+09:00",
        "bnbbtc@kline_1m@08:00",
        "bnbbtc@ticker_2h",
        "!ticker_2h@arr",
        "!avgPrice@arr",
        "bnbbtc@blocktrade",
        "!trade",
        "!bookTicker@arr",
        "!miniTicker",
        "!ticker",
        "!serverShutdown",
    ],
)
def test_a_name_of_no_known_kind_has_no_row(name):
    """Misspelt names and kinds without a row get none, so that nothing of theirs is ever dropped."""
    assert kind_of(name) is None


# -- streams that are added and removed ----------------------------------------------------------------------

KLINE, TICKER = "bnbbtc@kline_1m", "bnbbtc@ticker"


def wrapped(stream: str, *ids: int, symbol: str = "BNBBTC") -> list[Any]:
    """Combined messages of one stream, with these ids."""
    return [{"stream": stream, "data": data(stream, one, symbol=symbol)} for one in ids]


def numbers(verdicts: Iterable[Verdict]) -> list[Any]:
    """Ids of what is delivered; other verdicts as they are."""
    found: list[Any] = []
    for verdict in verdicts:
        if isinstance(verdict, Deliver):
            stream = verdict.message["stream"]
            found.append(verdict.message["data"][IDS[stream][1] if stream in IDS else "E"])
        else:
            found.append(verdict)
    return found


@pytest.mark.parametrize("stream", [TRADE, DEPTH, BOOK, ALL_BOOKS])
def test_messages_of_a_removed_stream_are_dropped_and_count_for_nothing(stream):
    """Whether they go on, leave some out or come again; the other streams go on."""
    order = Sequence(streams(stream, AGG_TRADE), combined=True)
    assert numbers(fed(order, wrapped(stream, 5, 6) + wrapped(AGG_TRADE, 1))) == [5, 6, 1]
    order.remove(stream)
    assert not order.knows(stream)
    assert order.is_removed(stream)
    mixed = (
        wrapped(stream, 7, 8, 8, 20, 2) + wrapped(AGG_TRADE, 2) + wrapped(stream, 21) + wrapped(AGG_TRADE, 3)
    )
    assert numbers(fed(order, mixed)) == [2, 3]
    assert (order.gaps, order.duplicates, order.missed, order.resets) == (0, 0, 0, 0)
    assert [track.stream for track in order.tracks()] == [AGG_TRADE]


@pytest.mark.parametrize("stream", [TRADE, DEPTH, BOOK, ALL_BOOKS])
@pytest.mark.parametrize("first", [1, 6, 7, 900])
def test_a_stream_that_is_added_again_begins_a_new_sequence(stream, first):
    """Its first id may be any; what is missing behind it is missing."""
    order = Sequence(streams(stream), combined=True)
    assert numbers(fed(order, wrapped(stream, 5, 6))) == [5, 6]
    order.remove(stream)
    order.add(streams(stream)[0])
    assert order.knows(stream)
    assert not order.is_removed(stream)
    assert numbers(fed(order, wrapped(stream, first, first + 1))) == [first, first + 1]
    gaps = stream in CONTIGUOUS
    assert len(numbers(fed(order, wrapped(stream, first + 4)))) == 1 + gaps
    assert (order.gaps, order.resets, order.duplicates) == (gaps, 0, 0)


def test_all_markets_of_a_removed_stream_are_forgotten():
    """The next time each of them begins anew."""
    order = Sequence(streams(ALL_BOOKS, BOOK), combined=True)
    both = wrapped(ALL_BOOKS, 5) + wrapped(ALL_BOOKS, 70, symbol="NEOBTC") + wrapped(BOOK, 5)
    assert numbers(fed(order, both)) == [5, 70, 5]
    assert len(order.tracks_of(ALL_BOOKS)) == 2
    order.remove(ALL_BOOKS)
    assert not order.carries_markets
    assert order.tracks_of(ALL_BOOKS) == []
    assert numbers(fed(order, both)) == []
    order.add(streams(ALL_BOOKS)[0])
    assert numbers(fed(order, wrapped(ALL_BOOKS, 3) + wrapped(ALL_BOOKS, 9, symbol="NEOBTC"))) == [3, 9]


def test_messages_without_ids_of_a_removed_stream_are_dropped():
    """Until it is added again."""
    order = Sequence(streams(TICKER, KLINE), combined=True)
    ticker, kline = ({"stream": name, "data": SNAPSHOTS[name]} for name in (TICKER, KLINE))
    assert delivered(fed(order, [ticker, kline])) == [ticker, kline]
    order.remove(TICKER)
    assert delivered(fed(order, [ticker, kline])) == [kline]
    order.remove(KLINE)
    order.heard()
    assert delivered(fed(order, [ticker, kline])) == []
    assert order.heard() == set()
    order.add(streams(KLINE)[0])
    assert delivered(fed(order, [ticker, kline])) == [kline]
    assert order.without_ids() == [KLINE]
    assert order.heard() == {KLINE}


def test_klines_that_are_added_again_lack_no_candle():
    """A cut and an hour lie between, and it was removed: nothing is missing before the first one."""
    order = Sequence(streams(KLINE), combined=True)
    minute = 60_000

    def kline(number: int, closed: bool) -> dict[str, Any]:
        opens = number * minute
        k = {
            "t": opens,
            "T": opens + minute - 1,
            "f": number * 10,
            "L": number * 10 + 9,
            "n": 10,
            "x": closed,
        }
        return {"stream": KLINE, "data": {"e": "kline", "k": k}}

    for number in range(4):
        assert len(list(fed(order, [kline(number, False), kline(number, True)]))) == 2
    order.remove(KLINE)
    order.interrupted()
    order.add(streams(KLINE)[0])
    assert len(list(fed(order, [kline(64, False)]))) == 1
    order.interrupted()
    assert len(list(fed(order, [kline(70, False)]))) == 2, "without a removal it would be a gap"
    assert order.gaps == 1


def test_messages_that_are_held_go_with_their_stream():
    """Nothing of it is held any more, and no new beginning is told of, however long one waits."""
    order = Sequence(streams(TRADE, AGG_TRADE), combined=True)
    assert numbers(fed(order, wrapped(TRADE, 50) + wrapped(AGG_TRADE, 50))) == [50, 50]
    order.interrupted()
    assert numbers(fed(order, wrapped(TRADE, 1, 2) + wrapped(AGG_TRADE, 1, 2), now=10.0)) == []
    order.remove(TRADE)
    assert held_in(order) == [2]
    assert [
        words(AGG_TRADE, verdict) if isinstance(verdict, Reset) else 0 for verdict in order.expire(99.0)
    ] == [*("reset(50>1)", 0, 0)]
    order.remove(AGG_TRADE)
    assert order.deadline() is None


@pytest.mark.parametrize("removed_after", [0, 1, 2])
def test_a_stream_that_is_removed_while_what_was_held_of_it_is_delivered(removed_after):
    """By a callback that gets the first ones: the rest is dropped."""
    order = Sequence(streams(TRADE), combined=True)
    list(fed(order, wrapped(TRADE, 50)))
    order.interrupted()
    assert numbers(fed(order, wrapped(TRADE, 1, 2, 3), now=10.0)) == []
    told = []
    for number, verdict in enumerate(order.expire(99.0)):
        told.append(verdict)
        if number == removed_after:
            order.remove(TRADE)
    assert isinstance(told[0], Reset)
    assert numbers(told[1:]) == [1, 2, 3][:removed_after]
    order.add(streams(TRADE)[0])
    assert numbers(fed(order, wrapped(TRADE, 9, 10))) == [9, 10]


def test_a_connection_that_is_gone_for_one_stream_only():
    """What that one lacks was lost between two connections; the others are not in doubt."""
    order = Sequence(streams(TRADE, AGG_TRADE), combined=True)
    assert numbers(fed(order, wrapped(TRADE, 5) + wrapped(AGG_TRADE, 5))) == [5, 5]
    order.interrupted([TRADE])
    found = list(fed(order, wrapped(TRADE, 8) + wrapped(AGG_TRADE, 8)))
    assert [gap.cause for gap in found if isinstance(gap, Gap)] == ["reconnect", "skipped"]


def test_of_streams_that_were_removed_some_are_remembered():
    """So many that memory has a bound."""
    order = Sequence((), combined=True)
    names = [f"s{number}@trade" for number in range(REMOVED_KEPT + 2)]
    for stream in streams(*names):
        order.add(stream)
        order.remove(stream.name)
    assert [order.is_removed(name) for name in names[:3]] == [False, False, True]
    assert order.is_removed(names[-1])


def test_messages_of_a_stream_with_several_event_types_pass_at_once():
    """Each type of the kind is plainly the next; another one is judged."""
    stream = USDM.stream("tradingSession")
    assert stream.kind is not None and len(stream.kind.events) > 1
    known = [{"e": event} for event in stream.kind.events]
    assert Sequence((stream,)).in_order([*known, {"e": "trade"}], 0) == len(known)
