"""From one connection to another: each rule in stories, then two connections of one exchange, in any way."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.order.handover import Handover
from binance.order.repeats import Repeats
from binance.order.sequence import Deliver, Gap, Reset, Sequence, Verdict
from binance.wire.timings import TIMINGS, Timings

from ..orders import (
    AGG_TRADE,
    ALL_BOOKS,
    BOOK,
    CHAIN,
    CONTIGUOUS,
    DEPTH,
    IDS,
    SPANS,
    TRADE,
    covering,
    cuts,
    data,
    exchanges,
    fed,
    messages_of,
    missed,
    missing,
    streams,
    words,
)

TICKER, TOP, ALL_MINI = "bnbbtc@ticker", "neobtc@depth5", "!miniTicker@arr"
WAIT_S = 5.0
#: The longest that a new connection may be open before it takes over.
LONGEST_S = 60.0
EXAMPLES = int(os.environ.get("HANDOVER_EXAMPLES", "100"))


class Lines:
    """A subscription with two connections, as plain as one can be.

    :ivar told: the verdicts of all there was.
    :ivar opened_at: when the new connection opened, the last time.
    :ivar switched_at: when the old connection was left, or ended.
    """

    def __init__(self, sequence: Sequence, now: float = 0.0, timings: Timings = TIMINGS) -> None:
        self.sequence = sequence
        self.handover = Handover(sequence, WAIT_S, timings)
        self.opened_at = now
        self.now = now
        self.told: list[Verdict] = []
        self.switched_at: float | None = None
        self.why = ""
        self.new_is_open = self.old_has_ended = False
        self.asked = 0
        self.repeats: Repeats | None = None

    def opens(self) -> None:
        """A new connection is open."""
        self.new_is_open = True
        self.opened_at = self.now
        self.handover.opened(self.now)
        self.ask()

    def ends(self) -> None:
        """The new connection ends."""
        self.new_is_open = False
        if self.switched_at is not None or self.old_has_ended:
            self.sequence.interrupted()
        else:
            self.handover.lost()
            assert (self.handover.size(), self.handover.deadline()) == (0, None)
            assert not self.handover.ready(self.now + 999) and not self.handover.full(self.now + 999)

    def old_ends(self) -> None:
        """The old connection ends by itself."""
        self.old_has_ended = True
        if self.switched_at is None:
            if self.new_is_open:
                self.switch("ended")
            else:
                self.repeats = self.handover.repeats()
                self.sequence.interrupted()

    def old(self, messages: list[Any]) -> None:
        """The old connection brings some."""
        if self.switched_at is None and not self.old_has_ended:
            notes = [self.handover.note(text(m), m) for m in messages]
            self.told += fed(self.sequence, messages, self.now)
            self.handover.delivered(notes, self.now)
            if self.new_is_open:
                self.ask()

    def new(self, messages: list[Any]) -> None:
        """The new connection brings some."""
        if self.switched_at is not None or self.old_has_ended:
            if self.repeats is not None and not self.repeats.over(self.now):
                _, messages = self.repeats.without([text(m) for m in messages], messages, self.now)
            self.told += fed(self.sequence, messages, self.now)
        else:
            self.handover.hold([text(m) for m in messages], messages, self.now)
            self.ask()

    def until(self, now: float) -> None:
        """Time passes."""
        while (deadline := self.handover.deadline()) is not None and deadline <= now:
            assert deadline > self.now or not self.asked
            self.now = deadline
            self.ask()
        while (deadline := self.sequence.deadline()) is not None and deadline <= now:
            self.now = deadline
            self.told += self.sequence.expire(deadline)
        self.now = now

    def ask(self) -> None:
        """Whether to switch."""
        if self.handover.ready(self.now):
            self.switch("ready")
        elif self.handover.full(self.now):
            self.switch("full")
        else:
            self.asked += 1
            assert self.handover.deadline() > self.now

    def switch(self, why: str) -> None:
        """Leave the old connection."""
        self.switched_at, self.why = self.now, why
        assert not (why == "ready" and self.now >= self.opened_at + LONGEST_S + 1)
        self.repeats = self.handover.repeats()
        released = list(self.handover.release(self.now))
        self.told += released
        self.released = len(released)
        assert (self.handover.size(), self.handover.deadline()) == (0, None)


def text(message: Any) -> bytes:
    """The payload of a message."""
    return json.dumps(message).encode()


def wrapped(stream: str, message: Any, combined: bool = True) -> Any:
    """A message as a combined connection brings it."""
    return {"stream": stream, "data": message} if combined else message


# -- stories ----------------------------------------------------------------------------------------------

# What comes: `o7` on the old connection, `n7` on the new one, `N` where a new one opens, `n|` and `o|` where
# one ends, `+5s` where time passes. What is told: ids, gaps and resets as in test_sequence; `*` where the old
# one is left since all is ready, `!` since the bound is reached, `|` where it ended.
STORIES = [
    # single ids: the one before the first is enough
    (TRADE, "o1 o2 N o3 n3 n4 o4", "1 2 3 * 4"),
    (TRADE, "o1 o2 N n3 n4 n5", "1 2 * 3 4 5"),
    (TRADE, "o1 o2 N n4 n5 o3 o4", "1 2 3 * 4 5"),
    (TRADE, "o1 N n5 n6 o2 +4.9s o3 +4.9s o4 n7", "1 2 3 4 * 5 6 7"),  # for as long as it goes on
    # the old one has gone quiet, and the new one brings what it has not
    (TRADE, "o1 N n4 n5 o2 +4.9s o3 n6", "1 2 3 * 4 5 6"),
    (TRADE, "o1 N n4 n5 o2 +5s n6", "1 2 * gap(3-3 reconnect) 4 5 6"),
    (TRADE, "o1 o2 N n3 n4 +5s n5", "1 2 * 3 4 5"),
    (TRADE, "o1 o2 N o3 o4 n3 n4 n5", "1 2 3 4 * 5"),  # the new one is behind
    (TRADE, "o1 o2 o3 N n1 n2 o4 n3 n4 n5", "1 2 3 4 * 5"),  # from before it was open
    (TRADE, "o1 N n2 n4 o2", "1 * 2 gap(3-3 skipped) 4"),
    (TRADE, "o1 o2 N o3 o4 n3 n5 o5 n6", "1 2 3 4 * 5 6"),
    (TRADE, "o1 N n3 n5 o3 +4.9s o4 n6", "1 gap(2-2 skipped) 3 4 * 5 6"),
    (TRADE, "o1 N n3 n5 o3 +5s n6", "1 gap(2-2 skipped) 3 * gap(4-4 reconnect) 5 6"),
    # neither brings anything
    (TRADE, "N +4.9s", ""),
    (TRADE, "N +5s n7", "* 7"),
    (TRADE, "o1 N +5s n2", "1 * 2"),
    (TRADE, "o1 N +1s o2 +4.9s", "1 2"),  # 2 may be on its way on the new one
    (TRADE, "o1 N +1s o2 +5s n3", "1 2 * 3"),
    (TRADE, "o1 N +5s n4", "1 * gap(2-3 reconnect) 4"),
    # one of them does not bring anything
    (TRADE, "o1 N o2 +4s o3 +4s o4 +4s o5 +4s", "1 2 3 4 5"),
    (TRADE, "o1 N n3 +4.9s", "1"),
    (TRADE, "N n3 +4.9s", ""),
    (TRADE, "N n3 +5s", "* 3"),
    (TRADE, "o1 N +3s n3 +4.9s", "1"),  # for so long it has been bringing it
    # the old one ends first
    (TRADE, "o1 N n4 n5 o2 o|", "1 2 | gap(3-3 reconnect) 4 5"),
    (TRADE, "o1 N n5 o| n6", "1 | gap(2-4 reconnect) 5 6"),
    (TRADE, "o1 N o| n2", "1 | 2"),
    (TRADE, "o1 N o| n4", "1 | gap(2-3 reconnect) 4"),
    (TRADE, "o1 N n4 o2 o| n6", "1 2 | gap(3-3 reconnect) 4 gap(5-5 skipped) 6"),
    # the new one ends, and another opens: what was held is forgotten
    (TRADE, "o1 N n4 n5 n| o2 o3 o4 N n5 n6", "1 2 3 4 * 5 6"),
    (TRADE, "o1 N n4 n5 n| o2 o|", "1 2"),
    (TRADE, "o1 N n3 n| +60s N n3 +4.9s o2", "1 2 * 3"),
    (TRADE, "o1 N n3 +1s n| +1s N +4s", "1"),
    # ids that went back on the new one
    (TRADE, "o8 o9 N n1 n2 +4.9s", "8 9"),
    (TRADE, "o8 o9 N n1 n2 +5s +4.9s n3", "8 9 *"),
    (TRADE, "o8 o9 N n1 +4s n2 +1s n3", "8 9 *"),  # since the first of them
    (TRADE, "o9 N o10 o11 +5s n10 +5s n11 n12", "9 10 11 * 12"),  # it goes on from where the old one was
    (TRADE, "o9 N o10 o11 o| n10 +5s n11 n12", "9 10 11 | 12"),
    (TRADE, "o8 o9 N n1 n2 +5s +4.9s n3 +0.1s n4", "8 9 * reset(9>1) 1 2 3 4"),
    (TRADE, "o8 o9 N n1 +1s n2 +1s n9 n10", "8 9 * 10"),
    (TRADE, "o8 o9 N n12 n13 n11 o10 +4.9s", "8 9 10"),
    (TRADE, "o8 o9 N n12 n13 n11 o10 o11 n14", "8 9 10 11 * 12 13 14"),
    (TRADE, "o8 o9 N n1 o10 o1 o2 o3 n2 +5s +5s", "8 9 10 * reset(10>1) 1 2 3"),
    (DEPTH, "o8-9 N n1-2 n3-4 +5s +5s", "8-9 * reset(9>1) 1-2 3-4"),
    (BOOK, "o8 o9 N n1 n4 +5s +5s", "8 9 * reset(9>1) 1 4"),
    (BOOK, "N o8 n1 n4 +5s +5s", "8 * reset(8>1) 1 4"),
    (TRADE, "N o8 n1 n2 +5s +5s n3", "8 * reset(8>1) 1 2 3"),
    # diff depth: an event begins right behind the last one delivered
    (DEPTH, "o1-5 N n6-7 n8-9", "1-5 * 6-7 8-9"),
    (DEPTH, "o1-5 N n8-9 o6-7", "1-5 6-7 * 8-9"),
    (DEPTH, "o1-5 N o6-9 n8-9 n10-12", "1-5 6-9 * 10-12"),  # or the newest one ends with it
    (DEPTH, "o1-5 N o6-9 n6-7", "1-5 6-9"),
    (DEPTH, "o1-5 N o6-9 n6-7 n8-9", "1-5 6-9 *"),
    (DEPTH, "o1-5 N n4-7 n8-9 o6-7", "1-5 6-7 * 8-9"),
    (DEPTH, "o1-5 N n4-7 n8-9 o6-8 o9-9 n10-11", "1-5 6-8 9-9 * 10-11"),
    (DEPTH, "o1-5 N n8-9 n12-13 o6-9 o10-11", "1-5 6-9 10-11 * 12-13"),  # what one lacks the other has
    # no event does, for so long
    (DEPTH, "o1-5 N n4-7 n8-9 +4.9s", "1-5"),
    (DEPTH, "o1-5 N n4-7 n8-9 +5s n10-10", "1-5 * gap(6-7 reconnect) 8-9 10-10"),
    (DEPTH, "o1-5 N n5-7 n8-9 +5s n10-10", "1-5 * gap(6-7 reconnect) 8-9 10-10"),
    (DEPTH, "o1-5 N n4-7 +5s n8-9 n11-11", "1-5 * gap(6-7 reconnect) 8-9 gap(10-10 skipped) 11-11"),
    (DEPTH, "o1-5 N n7-8 n9-12 o6-9 +4s o10-10 +1s", "1-5 6-9 10-10 *"),
    (DEPTH, "o1-5 N n7-8 n9-12 n13-13 o6-7 +4s o8-10 +1s", "1-5 6-7 8-10 * gap(11-12 reconnect) 13-13"),
    (DEPTH, "o1-5 N n4-7 n8-9 o|", "1-5 | gap(6-7 reconnect) 8-9"),
    (DEPTH, "o1-5 N n8-9 o|", "1-5 | gap(6-7 reconnect) 8-9"),
    (DEPTH, "o1-5 N o6-9 n6-7 +5s n8-9 n10-12", "1-5 6-9 * 10-12"),
    # a chain: an event names the last one delivered as the one before it
    (CHAIN, "o1-5 N n5-7 n7-9", "1-5 * 5-7 7-9"),
    (CHAIN, "o1-5 N n7-9 o5-7", "1-5 5-7 * 7-9"),
    (CHAIN, "o1-5 N n7-20 n20-21 o5-7", "1-5 5-7 * 7-20 20-21"),  # however far ids jump
    (CHAIN, "o1-5 N n6-7 o5-9 n7-9 n9-12", "1-5 5-9 * 9-12"),
    (CHAIN, "o1-5 N o5-9 n5-7 n7-9", "1-5 5-9 *"),
    (CHAIN, "o1-5 N n4-7 n7-9 o5-7", "1-5 5-7 * 7-9"),
    (CHAIN, "o1-5 N n4-7 n7-9 o5-8 o8-9 n9-11", "1-5 5-8 8-9 * 9-11"),
    # no event does, for so long: the seam is a gap, though ids in it may be none of this stream
    (CHAIN, "o1-5 N n4-7 n7-9 +4.9s", "1-5"),
    (CHAIN, "o1-5 N n4-7 n7-9 +5s n9-10", "1-5 * gap(5-7 reconnect) 7-9 9-10"),
    (CHAIN, "o1-5 N n4-7 +5s n7-9 n10-11", "1-5 * gap(5-7 reconnect) 7-9 gap(9-10 skipped) 10-11"),
    (CHAIN, "o1-5 N n7-9 n9-10 o|", "1-5 | gap(5-7 reconnect) 7-9 9-10"),
    (CHAIN, "o1-5 N n7-9 +5s n9-10", "1-5 * gap(5-7 reconnect) 7-9 9-10"),
    (CHAIN, "o8-9 N n1-2 n2-4 +5s +5s", "8-9 * reset(9>1) 1-2 2-4"),
    # book tickers rise in steps of any size
    (BOOK, "o1 o5 N n9 n12", "1 5"),
    (BOOK, "o1 o5 N n9 n12 o9", "1 5 9 * 12"),
    (BOOK, "o1 o5 N n9 n12 o7 o12", "1 5 7 12 *"),
    (BOOK, "o1 o5 N n9 n12 +5s n15", "1 5 * 9 12 15"),
    (BOOK, "o1 o5 N n9 o| n12", "1 5 | 9 12"),
    (BOOK, "o1 o5 o9 N n5 n9 n12", "1 5 9 * 12"),
    # each market by itself, and one that was never seen may be on its way
    (ALL_BOOKS, "oB1 oN7 N oB2 oN8 nB2 nN8 +4.9s", "B1 N7 B2 N8"),
    (ALL_BOOKS, "oB1 oN7 N oB2 oN8 nB2 nN8 +5s nB3", "B1 N7 B2 N8 * B3"),
    (ALL_BOOKS, "oB1 oN7 N oB2 nB2 +4s oN8 +4.9s", "B1 N7 B2 N8"),
    (ALL_BOOKS, "oB1 oN7 N oB2 nB2 +4s oN8 +5s nN9", "B1 N7 B2 N8 * N9"),
    (ALL_BOOKS, "oB1 oN7 N nB2 nN9 oN9 +4.9s oB2 +0.1s", "B1 N7 N9 B2 *"),
    (ALL_BOOKS, "oB1 oN7 N nB2 nN9 oN9 +5s", "B1 N7 N9 * B2"),
    (ALL_BOOKS, "oB1 N oB2 nB2 +3s nN9 +4s oN9 nN10", "B1 B2 N9 * N10"),  # seen first on the new one
    (ALL_BOOKS, "oB1 N oB2 nB2 oN9 +4s oN10 +4s oN11 +4.9s", "B1 B2 N9 N10 N11"),
    (ALL_BOOKS, "N +5s nB1", "* B1"),
]


def played(lines: Lines, comes: str, message_of: Callable[[str], Any], word: Callable[[Verdict], str]) -> str:
    """What is told where a story comes."""
    got: list[str] = []
    for token in comes.split():
        told_before, switched_before = len(lines.told), lines.switched_at
        if token in ("N", "n|", "o|"):
            {"N": lines.opens, "n|": lines.ends, "o|": lines.old_ends}[token]()
        elif token[0] == "+":
            lines.until(lines.now + float(token[1:-1]))
        else:
            {"o": lines.old, "n": lines.new}[token[0]]([message_of(token[1:])])
        news = [word(verdict) for verdict in lines.told[told_before:]]
        if lines.switched_at != switched_before:
            mark = {"ready": "*", "full": "!", "ended": "|"}[lines.why]
            by_the_old_one = len(news) - lines.released
            news.insert(by_the_old_one, mark)
        got += news
    return " ".join(got)


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize(("stream", "comes", "told"), STORIES)
def test_story(stream, comes, told, combined):
    """What comes on two connections is told so, on raw and on combined ones."""
    lines = Lines(Sequence(streams(stream), combined), 100.0)

    def message_of(token: str) -> Any:
        return wrapped(stream, messages_of(stream, token), combined)

    assert played(lines, comes, message_of, lambda verdict: words(stream, verdict)) == told


# Streams without ids: `oA` is a text, `n` and `o` as above.
TEXT_STORIES = [
    # the new one's first has been delivered
    ("oA N nB nC oB", "A B * C"),
    ("oA N nB oB", "A B *"),
    ("oA N oB nB", "A B *"),
    ("oA N nB nC oA oB", "A A B * C"),
    ("oA N nB nC +4.9s oB", "A B * C"),
    # it is behind: what it will bring again is dropped, for as long as it goes on
    ("N oA oB oC nA", "A B C *"),
    ("N oA oB oC nA nB nC nD", "A B C * D"),
    ("N oA oB oC nB nC nD", "A B C * D"),
    ("N oA oB oC nA +4.9s nB +4.9s nC +9s nD", "A B C * D"),
    ("N oA oB oC nA nB +99s nC nD", "A B C * D"),  # a line that stalls
    ("N oA oB oC nA nD +4.9s nB nE +4.9s nC nF", "A B C * D E F"),  # for as long as some of it comes
    ("N oA oB oC nA nD +5s nB nC nE", "A B C * D B C E"),
    ("oA oB oC N nB nD nC", "A B C * D"),  # delivered before the new one was open
    ("N oA oB nB nC nA", "A B * C A"),  # what came before B on the one does not come behind it on the other
    # equal ones cancel one by one, in either order
    ("N nA nA nA oA", "A * A A"),
    ("N oA oA nB oB nA", "A A B * A"),
    ("N oA oA oB nA nA nB nA", "A A B * A"),
    ("N oA oA oB nA nB nA", "A A B * A"),  # the second one of the new one came after B
    # neither brings anything
    ("N +4.9s", ""),
    ("N +5s nA", "* A"),
    ("N +1s oA +4.9s", "A"),
    ("N +1s oA +5s nA", "A *"),
    ("N +1s oA +5s nB +5s nA", "A * B A"),
    ("N +1s oA +5s +99s nA nB", "A * B"),
    # snapshots of each connection's own: nothing is equal, and nothing is lost
    ("N oA nB +4.9s", "A"),
    ("N oA nB +5s nC", "A * B C"),
    ("N oA +3s nB +4.9s oC nD", "A C"),
    ("N oA +3s nB +4.9s oC nD +0.1s", "A C * B D"),
    ("N nB +3s oA +4.9s", "A"),
    ("N nB +3s oA +5s", "A * B"),
    # one of them does not bring anything
    ("N nA nB +4.9s", ""),
    ("N nA nB +5s nC", "* A B C"),
    ("oA N oB nA nB nC +1s", "A B * C"),
    ("N oA +4s oB +4s oC", "A B C"),
    # the old one ends first
    ("N nA nB oA oB nC", "A * B C"),
    ("N nB nC oA o| nD", "A | B C D"),
    ("N oA oB o| nA nB nC", "A B | C"),
    ("oA oB o| N nA nB nC", "A B C"),  # while the new one was being opened
    # one lacks some: they come late, but they come
    ("N nA nB nC nD oC", "C * A B D"),
    ("N oA oB oC nC nD", "A B C * D"),
    # the new one ends: what it had, and what the old one brought meanwhile, counts no more
    ("N nA n| oA N nA +4.9s", "A *"),
    ("N oA n| N nA +4.9s", "A"),
    ("N nA n| oA N oB nB", "A B *"),
]


UNNUMBERED = [(name, raw) for name in (TICKER, TOP, ALL_MINI, "bnbbtc@avgPrice") for raw in (False, True)]


@pytest.mark.parametrize(("stream", "combined"), [*UNNUMBERED, ("of the account", False)])
@pytest.mark.parametrize(("comes", "told"), TEXT_STORIES)
def test_story_without_ids(stream, comes, told, combined):
    """A held message is dropped only for one of the same text, on all streams whose messages have no ids."""
    lines = Lines(Sequence(() if stream == "of the account" else streams(stream), combined), 100.0)

    def message_of(token: str) -> Any:
        return wrapped(stream, [{"s": token}] if stream == ALL_MINI else {"s": token}, combined)

    def word(verdict: Verdict) -> str:
        message = verdict.message["data"] if combined else verdict.message
        return (message[0] if stream == ALL_MINI else message)["s"]

    assert played(lines, comes, message_of, word) == told


# -- cases ------------------------------------------------------------------------------------------------


def batch(*items: tuple[str, Any]) -> list[Any]:
    """Messages of a combined connection: streams, and an id or data of each."""
    return [wrapped(s, data(s, what) if isinstance(what, int) else what) for s, what in items]


def opened(*names: str, now: float = 0.0, timings: Timings = TIMINGS) -> Lines:
    """A combined connection, and a new one that has just opened."""
    lines = Lines(Sequence(streams(*names), combined=True), now, timings)
    lines.opens()
    return lines


def test_all_streams_have_to_be_ready_at_once():
    """One that was ready is not any more when the old connection went on; then the switch waits for it."""
    lines = opened(DEPTH, TRADE)
    lines.old(batch((DEPTH, {"U": 1, "u": 5}), (TRADE, 1)))
    lines.new(batch((DEPTH, {"U": 6, "u": 8}), (DEPTH, {"U": 9, "u": 9}), (TRADE, 3)))
    lines.old(batch((DEPTH, {"U": 6, "u": 7})))
    lines.old(batch((TRADE, 2)))
    assert lines.switched_at is None
    lines.old(batch((DEPTH, {"U": 8, "u": 8})))
    assert lines.why == "ready"
    assert lines.told[-2:] == list(map(Deliver, batch((DEPTH, {"U": 9, "u": 9}), (TRADE, 3))))
    assert not any(isinstance(verdict, Gap) for verdict in lines.told)


def test_held_messages_go_out_in_the_order_in_which_they_came():
    """Across the streams, with and without ids."""
    lines = opened(TRADE, TICKER, BOOK)
    lines.old(batch((TRADE, 1), (BOOK, 4)))
    held = batch((TICKER, {"E": 1}), (TRADE, 2), (BOOK, 9), (TICKER, {"E": 2}), (TRADE, 3), (BOOK, 12))
    lines.new(held)
    lines.old_ends()
    assert lines.told[2:] == list(map(Deliver, held))


def test_one_gap_a_stream_if_the_old_connection_ends_first():
    """Each with its exact bounds, in front of what the new connection brought there."""
    lines = opened(TRADE, AGG_TRADE, BOOK)
    lines.old(batch((TRADE, 1), (AGG_TRADE, 50), (BOOK, 3)))
    lines.new(batch((AGG_TRADE, 60), (TRADE, 5), (AGG_TRADE, 61), (BOOK, 7)))
    lines.old_ends()
    a, t, b, k = map(Deliver, batch((AGG_TRADE, 60), (TRADE, 5), (AGG_TRADE, 61), (BOOK, 7)))
    gaps = Gap(AGG_TRADE, 51, 59, "reconnect"), Gap(TRADE, 2, 4, "reconnect")
    assert lines.told[3:] == [gaps[0], a, gaps[1], t, b, k]
    assert (lines.sequence.gaps, lines.sequence.missed) == (2, 12)


def test_messages_without_their_ids_are_told_by_their_texts():
    """And do not say whether a stream of ids is ready."""
    lines = opened(TRADE)
    lines.old(batch((TRADE, 1), (TRADE, {"odd": 1}), (TRADE, {"t": "2"})))
    assert lines.switched_at is None
    lines.new(batch((TRADE, {"odd": 1}), (TRADE, {"odd": 2}), (TRADE, {"t": "2"})))
    assert lines.switched_at is None
    lines.new(batch((TRADE, 2)))
    assert lines.why == "ready"
    assert lines.told[3:] == list(map(Deliver, batch((TRADE, {"odd": 2}), (TRADE, 2))))


def test_anything_that_the_old_connection_brings_is_taken():
    """Control replies, malformed payloads, names that nobody asked for."""
    lines = opened(TRADE)
    odd = [{"result": None, "id": 1}, ValueError("malformed"), [], None, 5, "x", {"stream": 7, "data": {}}]
    odd += [{"stream": TRADE}, {"stream": "x@y", "data": {}}, {"stream": "", "data": {"t": 1}}]
    bare = Handover(Sequence(streams(TRADE)), WAIT_S)
    bare.opened(0.0)
    for handover in (lines.handover, bare):
        handover.delivered([handover.note(b"%d" % n, one) for n, one in enumerate(odd)], 0.0)
    assert not lines.handover.ready(0.0) and lines.handover.ready(5.0) and bare.ready(5.0)


@pytest.mark.parametrize("behind", [2, 50, 3_000])
@pytest.mark.parametrize("stream", [TRADE, BOOK, DEPTH, CHAIN])
def test_what_both_connections_bring_is_no_duplicate_and_no_new_beginning(stream, behind):
    """However far the new connection is behind, and however long it takes: it is the same again."""
    lines = opened(stream)
    sent = [batch((stream, number))[0] for number in range(1, behind + 4)]
    lines.old(sent[:1])
    lines.old(sent[1:behind])
    lines.new(sent[:1])
    lines.until(10.0)
    assert lines.why == "ready"
    for now, message in enumerate(sent[1:-1], 20):
        lines.until(float(now))
        lines.new([message])
    lines.new(sent[-2:])
    assert lines.told == list(map(Deliver, sent))
    assert lines.sequence.duplicates == 1  # that came twice on one connection


def test_ids_that_go_back_behind_the_switch_are_watched_as_ever():
    """Those that do not go on from what the new connection brought are no overlap."""
    lines = opened(TRADE)
    for number in range(1, 10):
        lines.old(batch((TRADE, number)))
    lines.new(batch((TRADE, 5)))
    assert lines.why == "ready"
    lines.new(batch((TRADE, 6), (TRADE, 1), (TRADE, 7)))
    lines.until(5.0)
    one, seven = map(Deliver, batch((TRADE, 1), (TRADE, 7)))
    assert lines.told[9:] == [Reset(TRADE, None, 9, 1), one, Gap(TRADE, 2, 6, "skipped"), seven]


def test_a_true_duplicate_counts():
    """One that comes twice on the new connection."""
    lines = opened(TRADE)
    lines.old(batch((TRADE, 1)))
    lines.new(batch((TRADE, 3), (TRADE, 4), (TRADE, 4)))
    lines.old(batch((TRADE, 2)))
    lines.new(batch((TRADE, 4), (TRADE, 5)))
    assert lines.told == list(map(Deliver, batch(*((TRADE, number) for number in range(1, 6)))))
    assert lines.sequence.duplicates == 2
    lines = opened(TRADE)
    lines.old(batch((TRADE, 1)))
    lines.new(batch((TRADE, 1)))
    assert (lines.why, lines.sequence.duplicates) == ("ready", 0)
    lines.new(batch((TRADE, 1)))
    assert lines.sequence.duplicates == 1


@pytest.mark.parametrize("cut", [False, True])
def test_what_comes_again_goes_on_from_where_it_was_and_on_that_connection_only(cut):
    """An id that came already, or that another connection begins with, may be a new beginning."""
    lines = opened(TRADE)
    for number in range(1, 10):
        lines.old(batch((TRADE, number)))
    lines.new(batch((TRADE, 5)))
    lines.new(batch((TRADE, 6), (TRADE, 7)))
    assert lines.sequence.deadline() is None
    if cut:
        lines.ends()
    lines.new(batch((TRADE, 8 if cut else 6)))
    assert lines.sequence.deadline() == 5.0


def test_what_a_connection_brought_is_forgotten_when_another_one_opens():
    """Also if nobody said that it was lost; and texts from before it, when they are too old to come again."""
    lines = opened(TRADE, TICKER)
    lines.new(batch((TRADE, 5), (TICKER, {"E": 1})))
    lines.opens()
    assert lines.handover.size() == 0
    lines.ends()
    for now in (0.0, 1.0, 6.0):
        lines.handover.delivered([lines.handover.note(b"%f" % now, *batch((TICKER, {"E": now})))], now)
    lines.handover.opened(6.0)
    assert lines.handover.size() == 2  # what came at 1.0 and at 6.0


def test_behind_the_switch_messages_pass_at_full_speed():
    """The sequence takes them many at once, as on any connection."""
    lines = opened(TRADE, BOOK)
    lines.old(batch((TRADE, 1), (BOOK, 1)))
    lines.new(batch((TRADE, 2), (BOOK, 5)))
    lines.old(batch((BOOK, 5)))
    assert lines.why == "ready"
    lines.new(batch((BOOK, 8)))
    more = batch((TRADE, 3), (BOOK, 9), (TRADE, 4), (BOOK, 12))
    assert lines.sequence.in_order(more, 0) == 4


def test_memory_has_a_bound_and_so_has_time():
    """Messages held and digests kept count; when there are too many, or after a minute, it is to switch."""
    lines = opened(TRADE, TICKER, timings=Timings(held=6))
    lines.old(batch((TRADE, 1)))
    lines.new(batch((TRADE, 5), (TRADE, 6), (TRADE, 7)))
    lines.old(batch((TICKER, {"E": 1}), (TICKER, {"E": 2})))
    assert lines.handover.size() == 5 and lines.why == ""
    lines.new(batch((TICKER, {"E": 3})))
    assert lines.why == "full"
    lines = opened(TRADE, timings=Timings(held_bytes=3 * len(text(batch((TRADE, 5))[0]))))
    lines.new(batch((TRADE, 5), (TRADE, 6)))
    lines.old(batch((TRADE, 2), (TRADE, 3), (TRADE, 5)))
    lines.new(batch((TRADE, 8), (TRADE, 9)))
    assert lines.why == "ready"
    lines = opened(BOOK, timings=Timings(held_bytes=3 * len(text(batch((BOOK, 5))[0]))))
    lines.new(batch((BOOK, 5), (BOOK, 6)))
    assert lines.why == ""
    lines.new(batch((BOOK, 7)))
    assert lines.why == "full"
    lines = opened(TRADE, TICKER, now=7.0)
    for now in range(8, 67):
        lines.until(float(now))
        lines.old(batch((TRADE, now)))
    assert lines.why == "" and lines.handover.deadline() == 67.0
    lines.until(67.0)
    assert lines.why == "full"


def test_what_is_delivered_is_forgotten():
    """Memory is that of the distance between the two."""
    lines = opened(TRADE, TICKER, AGG_TRADE)
    for number in range(1, 200):
        lines.old(batch((TRADE, number), (TICKER, {"E": number}), (AGG_TRADE, number)))
        lines.new(batch((TRADE, number + 2), (TICKER, {"E": number + 2})))
        assert lines.handover.size() <= 6
    assert lines.handover.size() == 4  # the last two of each that the new one is ahead with


def test_old_messages_are_forgotten_when_the_new_connection_has_caught_up():
    """Ids below what had been delivered are held until then, for they might be a new beginning."""
    lines = opened(TRADE, AGG_TRADE)
    lines.ends()
    lines.old(batch((TRADE, 9)))
    lines.opens()
    lines.new(batch((TRADE, 6), (TRADE, 7), (TRADE, 8)))
    assert lines.handover.size() == 3
    lines.new(batch((TRADE, 9)))
    assert lines.handover.size() == 0


@pytest.mark.parametrize("opens", ["before", "behind"])
def test_what_the_old_connection_is_about_to_bring_again_the_new_one_may_bring_first(opens):
    """A second switch behind the first: whether the third connection brings it before that switch or behind
    it, it is dropped there.
    """
    order = Sequence(streams(TICKER), combined=True)
    first = Handover(order, WAIT_S)
    a, b, c, d = batch(*((TICKER, {"E": number}) for number in range(4)))
    first.opened(0.0)
    first.delivered([first.note(text(one), one) for one in (a, b, c)], 0.0)
    on_second = first.repeats()
    second = Handover(order, WAIT_S, repeats=on_second)
    second.delivered([second.note(text(a), a)], 1.0)
    assert on_second.without([text(a)], [a], 1.0) == ([], [])
    brings = [a, b, d, c] if opens == "behind" else [d, c]
    if opens == "before":
        second.opened(1.5)
        second.hold([text(a), text(b)], [a, b], 1.5)
        assert second.size() == 1  # c, which is still to come
    on_third = second.repeats()
    assert list(second.release(2.0)) == []
    assert on_third.without(list(map(text, brings)), brings, 2.0) == ([text(d)], [d])
    assert on_third.over(2.0)


@pytest.mark.parametrize("first", ["old", "new"])
@pytest.mark.parametrize("begun", [True, False])
def test_what_only_the_new_connection_brought_before_the_old_one_began_is_not_delivered(begun, first):
    """Of a stream that the old one began to carry later: it would come behind what is newer. On any other
    stream the old one has left it out, and an update is never lost.
    """
    order = Sequence(streams(TICKER), combined=True)
    handover = Handover(order, WAIT_S)
    a, b, c, d = batch(*((TICKER, {"E": number}) for number in range(4)))
    handover.opened(0.0, [TICKER, "of no interest"] if begun else [])
    if first == "new":
        handover.hold([text(one) for one in (a, b, c, d)], [a, b, c, d], 1.0)
    handover.delivered([handover.note(text(c), c)], 1.0)
    if first == "old":
        handover.hold([text(one) for one in (a, b, c, d)], [a, b, c, d], 1.0)
    assert handover.ready(1.0)
    assert list(handover.release(1.0)) == [Deliver(one) for one in ([d] if begun else [a, b, d])]


def test_a_new_connection_that_stalls_behind_the_switch_is_given_its_time():
    """Only while it brings others may what does not come again be taken for what will not."""
    order = Sequence(streams(TICKER), combined=True)
    handover = Handover(order, WAIT_S)
    a, b, c = batch(*((TICKER, {"E": number}) for number in range(3)))
    handover.opened(0.0)
    handover.delivered([handover.note(text(one), one) for one in (a, b)], 0.0)
    repeats = handover.repeats()
    assert not repeats.over(1_000.0)
    assert repeats.without([text(a)], [a], 1_000.0) == ([], [])
    assert repeats.without([text(c)], [c], 2_000.0) == ([text(c)], [c])
    assert not repeats.over(2_000.0 + WAIT_S - 0.1) and repeats.over(2_000.0 + WAIT_S)


def test_what_the_callback_did_to_a_message_does_not_matter():
    """Stream, ids and text are noted before it is delivered: emptied then, it has left the held ones."""
    lines = opened(TRADE, TICKER)
    both = batch((TRADE, 1), (TICKER, {"E": 1}))
    notes = [lines.handover.note(text(one), one) for one in both]
    lines.new(batch((TRADE, 1), (TICKER, {"E": 1}), (TRADE, 2)))
    list(fed(lines.sequence, both))
    for message in both:
        message.clear()
    lines.handover.delivered(notes, 0.0)
    assert lines.handover.ready(0.0) and lines.handover.size() == 1


def test_an_absurd_id_on_the_old_connection_mutes_nothing_behind_the_switch():
    """What comes again are at most as many messages as were delivered; the others have begun anew."""
    lines = opened(TRADE)
    lines.ends()
    lines.old(batch((TRADE, 1)))
    lines.opens()
    lines.old(batch((TRADE, 2), (TRADE, 10**15)))
    lines.new(batch((TRADE, 2)))
    assert lines.why == "ready"
    for number in range(3, 9):
        lines.until(lines.now + 1)
        lines.new(batch((TRADE, number)))
    lines.until(lines.now + 2)
    beyond, _, anew, *rest = lines.told[2:]
    assert beyond == Gap(TRADE, 3, 10**15 - 1, "skipped")
    assert anew == Reset(TRADE, None, 10**15, 5)  # what came before lies in that gap
    assert rest == list(map(Deliver, batch(*((TRADE, number) for number in range(5, 9)))))


def test_a_handover_that_nobody_opened_says_nothing():
    """Nothing is ready, full, or due; and what is released is nothing."""
    order = Sequence(streams(TRADE))
    idle = Handover(order, WAIT_S)
    assert (idle.ready(1e9), idle.full(1e9), idle.deadline(), idle.size()) == (False, False, None, 0)
    assert list(idle.release(1e9)) == []


# -- two connections of one exchange ----------------------------------------------------------------------

#: What there is on the exchange. Without ids: texts that are never the same, and some that stay for a while.
SOURCES = [
    (TRADE, "BNBBTC"),
    (DEPTH, "BNBBTC"),
    (BOOK, "BNBBTC"),
    (ALL_BOOKS, "BNBBTC"),
    (ALL_BOOKS, "NEOBTC"),
    (TICKER, "BNBBTC"),
    (ALL_MINI, "BNBBTC"),
    (TOP, "NEOBTC"),
    (TRADE, "odd"),
    (CHAIN, "BNBBTC"),
]
ODD = 8
TICK_S = 0.25


@dataclass(frozen=True)
class Emitted:
    """A message as a connection brings it: of which source, and when it was emitted."""

    number: int
    source: int
    at: float
    message: Any
    first: int
    last: int


@dataclass
class Line:
    """What befalls a connection.

    :ivar delays: how long messages are on their way, by turns, in ticks.
    :ivar lost: which do not arrive, by their numbers.
    :ivar doubled: which arrive twice.
    :ivar pairs: of depth, two events are one: no two, or such as begin with an even one, or an odd one.
    :ivar early: it begins that many ticks before it is open.
    """

    delays: list[int]
    lost: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    pairs: int | None = None
    early: int = 0

    def arrivals(self, emitted: list[Emitted], since: float) -> list[tuple[float, Emitted]]:
        """What comes on it and when; not before *since*."""
        arrivals, at = [], since
        seen = [one for one in emitted if one.at >= since - self.early * TICK_S]
        for number, one in enumerate(self._paired(seen)):
            at = max(at, one.at + self.delays[number % len(self.delays)] * TICK_S)
            arrivals += [(at, one)] * ((number not in self.lost) + (number in self.doubled))
        return arrivals

    def _paired(self, emitted: list[Emitted]) -> list[Emitted]:
        if self.pairs is None:
            return emitted
        pairs: list[Emitted] = []
        begun: dict[int, Emitted] = {}
        for one in emitted:
            if "odd" not in one.message:
                pairs.append(one)
            elif one.message["odd"] == self.pairs:
                begun[one.source] = one
            else:
                first = begun.pop(one.source, one).first
                message = {**covering(SOURCES[one.source][0], first, one.last), "odd": 2}
                pairs.append(Emitted(one.number, one.source, one.at, message, first, one.last))
        return pairs


@dataclass
class World:
    """Everything that happens.

    :ivar busy: which of the sources there are.
    :ivar steps: which of them emits, how many ids, how many ticks after the one before.
    :ivar opens: when the new connection opens, in ticks; if it ends, when, and when another one opens.
    :ivar old_ends: when the old one ends by itself.
    """

    busy: list[int]
    steps: list[tuple[int, int, int]]
    old: Line
    new: Line
    opens: list[tuple[int, int | None]]
    old_ends: int | None = None
    anew: int | None = None

    def __post_init__(self) -> None:
        self.emitted = list(self._emitted())
        self.streams = streams(*dict.fromkeys(SOURCES[source][0] for source in self.busy))

    def _emitted(self) -> list[Emitted]:
        next_id, at, events = Counter(dict.fromkeys(range(len(SOURCES)), 1_000)), 0.0, Counter[int]()
        emitted = []
        for number, (which, size, ticks) in enumerate(self.steps):
            source = self.busy[which % len(self.busy)]
            stream, symbol = SOURCES[source]
            at += ticks * TICK_S
            if number == self.anew:
                next_id = Counter()
            first = last = next_id[source]
            if source == ODD or stream not in IDS:
                message: Any = {"text": source, "E": first}
                if stream == ALL_MINI:
                    message = [message]
                next_id[source] += (size > 1) if stream == TOP else 1
            else:
                last = first + (size - 1) * (stream in SPANS)
                next_id[source] = last + (1 if stream in CONTIGUOUS else size)
                message = covering(stream, first, last, symbol)
                if stream in SPANS:
                    message["odd"] = events[source] % 2
                    events[source] += 1
            emitted.append(Emitted(number, source, at, message, first, last))
        return emitted

    def runs(self, order: Sequence, timings: Timings = TIMINGS, lines_of: type[Lines] = Lines) -> Lines:
        """Let it happen; then time passes until all bounds are over."""
        lines = lines_of(order, timings=timings)
        self.opened_at: float | None = None
        old = self.old.arrivals(self.emitted, 0.0)
        happens: list[tuple[float, int, int, Any]] = [(at, 4, 0, one) for at, one in old]
        if self.old_ends is not None:
            happens.append((self.old_ends * TICK_S, 5, 0, None))
        for turn, (opens, ends) in enumerate(self.opens):
            begin, end = opens * TICK_S, float("inf") if ends is None else ends * TICK_S
            happens.append((begin, 1, turn, None))
            happens += [(at, 3, turn, one) for at, one in self.new.arrivals(self.emitted, begin) if at < end]
            if ends is not None:
                happens.append((end, 0, turn, None))
        self.came_on_old: list[tuple[float, Emitted]] = []
        self.came_on_new: list[tuple[float, Emitted]] = []
        happens.sort(key=lambda what: what[:3])
        for (at, kind, _), together in groupby(happens, key=lambda what: what[:3]):
            lines.until(at)
            ones = [one for *_, one in together]
            messages = [wrapped(SOURCES[one.source][0], one.message) for one in ones if one is not None]
            if kind == 0:
                lines.ends()
                if lines.switched_at is None and not lines.old_has_ended:
                    self.came_on_new = []
            elif kind == 1 and lines.switched_at is None and not lines.old_has_ended:
                self.opened_at = at
                lines.opens()
            elif kind == 1:
                lines.new_is_open = True
                self.opened_at = at if self.opened_at is None else self.opened_at
            elif kind == 3:
                self.came_on_new += [(at, one) for one in ones]
                lines.new(messages)
            elif kind == 4 and lines.switched_at is None and not lines.old_has_ended:
                self.came_on_old += [(at, one) for one in ones]
                lines.old(messages)
            elif kind == 5:
                lines.old_ends()
            assert lines.handover.size() < timings.held  # or it would have switched
        lines.until(lines.now + LONGEST_S + 2 * WAIT_S)
        return lines


ticks = st.integers(0, 8)
delay = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13, 19])  # all below the wait
delays = st.lists(delay, min_size=1, max_size=4)
few_numbers = st.sets(st.integers(0, 25), max_size=4)
perfect = st.builds(Line, delays)
early = st.builds(Line, delays, early=ticks)
faulty = st.builds(Line, delays, few_numbers, few_numbers, st.sampled_from([None, None, 0, 1]), ticks)
busy = st.lists(st.integers(0, len(SOURCES) - 1), min_size=1, max_size=4, unique=True)
steps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.sampled_from([0, 0, 1, 1, 2, 4, 9, 30])),
    min_size=1,
    max_size=40,
)
moment = st.integers(0, 60)


def reopened(moments: list[int]) -> list[tuple[int, int | None]]:
    """Opens, ends, opens again ..., and stays."""
    moments = sorted(moments)
    ends = [*moments[1::2], None]
    return list(zip(moments[::2], ends, strict=False))


openings = st.lists(moment, min_size=1, max_size=5, unique=True).map(reopened)
smooth = st.builds(World, busy, steps, perfect, early, openings.map(lambda all: [(all[-1][0], None)]))
rough = st.builds(World, busy, steps, faulty, faulty, openings, st.none() | moment)


def told_of(lines: Lines, source: int) -> list[Any]:
    """The verdicts about one source: gaps, and (first id, last id) of messages; or texts, with none."""
    stream, symbol = SOURCES[source]
    told: list[Any] = []
    for verdict in lines.told:
        if not isinstance(verdict, Deliver):
            if verdict.stream == stream and source != ODD:
                told.append(verdict)
            continue
        if verdict.message["stream"] != stream:
            continue
        message = verdict.message["data"]
        inner = message[0] if isinstance(message, list) else message
        if "text" in inner:
            if inner["text"] == source:
                told.append(inner["E"])
        elif inner["s"] == symbol:
            told.append((inner[IDS[stream][0]] + (stream == CHAIN), inner[IDS[stream][1]]))
    return told


def has_ids(source: int) -> bool:
    return SOURCES[source][0] in IDS and source != ODD


def check_ids(lines: Lines, source: int) -> int | None:
    """Ids rise; where they have no holes each was delivered, or lies in one gap, told in its place."""
    reached = None
    for told in told_of(lines, source):
        assert not isinstance(told, Reset)
        if isinstance(told, Gap):
            first, last = missing(told)
            assert first == reached + 1 and last >= first
            reached = last
            continue
        first, last = told
        if reached is not None:
            assert last > reached
            if SOURCES[source][0] in CONTIGUOUS:
                assert first <= reached + 1
        reached = last
    return reached


def came(arrivals: list[tuple[float, Emitted]], source: int, since: float | None = None) -> list[Emitted]:
    """What of one source came on a connection."""
    return [one for at, one in arrivals if one.source == source and (since is None or at >= since)]


@given(smooth)
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_switch_loses_nothing_and_doubles_nothing(world):
    """If neither connection loses anything, and the old one stays until all is ready: what was emitted is
    delivered, as if there had been one connection. The switch is made soon. Where there are no ids, what came
    on the old one too long before the new one was open may come twice.
    """
    order = Sequence(world.streams, combined=True)
    lines = world.runs(order)
    assert lines.why == "ready"
    last = max([world.opened_at, *(at for at, _ in world.came_on_old + world.came_on_new)])
    assert lines.switched_at <= last + 2 * WAIT_S
    assert (order.gaps, order.resets) == (0, 0)
    if not world.new.early:
        assert order.duplicates == 0
    for source in world.busy:
        emitted = [one for one in world.emitted if one.source == source]
        told = told_of(lines, source)
        if has_ids(source):
            check_ids(lines, source)
            assert told == [(one.first, one.last) for one in emitted]
            continue
        by_old = came(world.came_on_old, source)
        noted = came(world.came_on_old, source, world.opened_at - WAIT_S)
        on_new = came(world.came_on_new, source)
        again = [one for one in on_new if one in by_old and one not in noted]
        if source == ODD:  # that one more is on its way, ids do not tell
            assert set(told) == {one.first for one in by_old + on_new}
            continue
        if SOURCES[source][0] == TOP:
            assert set(told) == {one.first for one in emitted}
            if all(one in on_new for one in noted) and all(one in noted for one in on_new[:1]):
                assert Counter(told) <= Counter(one.first for one in emitted + again)
        else:
            assert Counter(told) >= Counter(one.first for one in emitted)
            assert Counter(told) <= Counter(one.first for one in emitted + again)
            if not again:
                assert told == [one.first for one in emitted]


def check_all(world: World, lines: Lines) -> None:
    """What holds in any case."""
    order = lines.sequence
    counts = [sum(isinstance(verdict, kind) for verdict in lines.told) for kind in (Gap, Reset)]
    assert [order.gaps, order.resets] == counts
    assert order.missed == missed(lines.told)
    if lines.new_is_open and world.opened_at is not None and not lines.old_has_ended:
        assert lines.switched_at is not None and lines.switched_at <= world.opened_at + LONGEST_S
    for source in world.busy:
        told = told_of(lines, source)
        by_old, on_new = came(world.came_on_old, source), came(world.came_on_new, source)
        if not (lines.switched_at is not None or lines.old_has_ended):
            on_new = []  # which has ended
        if not has_ids(source):
            each, other = Counter(one.first for one in by_old), Counter(one.first for one in on_new)
            assert each | other <= Counter(told) <= each + other
        elif not order.resets:
            reached = check_ids(lines, source)
            ids = [one.last for one in by_old + on_new]
            across = [one for one in on_new[-1:] if reached is not None and one.first <= reached < one.last]
            if not across:  # else what lies across the seam is dropped; the next one will tell the gap
                assert reached == (max(ids) if ids else None)


@given(rough)
@settings(deadline=None, max_examples=2 * EXAMPLES)
def test_whatever_befalls_them_each_id_is_delivered_once_or_lies_in_one_gap(world):
    """Either connection loses messages, repeats some, ends at any moment; boundaries of depth events differ.
    Ids up to the highest that came are delivered once and in order, or lie in exactly one gap. A text is
    delivered at least as often as either of the two brought it. The switch is made in time.
    """
    check_all(world, world.runs(Sequence(world.streams, combined=True)))


@given(rough, st.integers(1, 8))
@settings(deadline=None, max_examples=EXAMPLES)
def test_the_same_holds_if_there_is_room_for_a_few_messages_only(world, room):
    """When it is full, the old connection is left as if it had ended."""
    check_all(world, world.runs(Sequence(world.streams, combined=True), Timings(held=room)))


@given(smooth, st.integers(0, 40))
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_new_beginning_meanwhile_loses_nothing(world, anew):
    """The exchange begins its ids anew at any moment. All that was emitted is delivered; or still held by the
    sequence, until there is enough of it. The switch is made in time. (If the old connection had brought
    nothing before the new one opened, nobody can tell that it is a new beginning.)
    """
    world.anew = anew
    world.__post_init__()
    order = Sequence(world.streams, combined=True)
    lines = world.runs(order)
    assert lines.switched_at <= world.opened_at + LONGEST_S
    held = [one.message for track in order.tracks() for one in track.held]
    for source in world.busy:
        stream = SOURCES[source][0]
        known = any(at < world.opened_at and one.source == source for at, one in world.came_on_old)
        if has_ids(source) and known:
            told = told_of(lines, source)
            for one in world.emitted:
                if one.source == source and (one.first, one.last) not in told:
                    assert wrapped(stream, one.message) in held


@given(exchanges(), cuts, st.booleans())
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_run_with_one_connection_is_not_changed_by_a_handover(exchange, sizes, brings):
    """Watched all the time, with new connections that come and go, whatever they bring: the same verdicts."""

    def runs(order: Sequence, beside: Handover | None) -> list[Any]:
        got, turn, received = [], 0, exchange.received()
        while received:
            size = sizes[turn % len(sizes)]
            taken, received = [one.message for one in received[:size]], received[size:]
            texts = [repr(message).encode() for message in taken]
            notes = [] if beside is None else list(map(beside.note, texts, taken))
            got += fed(order, taken, float(turn))
            if beside is not None:
                beside.delivered(notes, float(turn))
                if brings:
                    beside.hold(texts, taken, float(turn))
                beside.ready(float(turn))
                if turn % 5 == 4:
                    beside.lost()
                    beside.opened(float(turn))
            turn += 1
            if turn % 7 == 0:
                order.interrupted()
            got += order.expire(float(turn))
        return [*got, order.duplicates, order.gaps, order.missed, order.resets]

    watched = exchange.order()
    beside = Handover(watched, WAIT_S)
    beside.opened(0.0)
    assert runs(watched, beside) == runs(exchange.order(), None)


# -- streams that are removed meanwhile ----------------------------------------------------------------------


def removed(lines: Lines, name: str) -> None:
    """A stream is removed, as a shard does it."""
    lines.handover.removed(name)
    lines.sequence.remove(name)
    if lines.repeats is not None:
        lines.repeats.removed(name)
    if lines.new_is_open and lines.switched_at is None and not lines.old_has_ended:
        lines.ask()


@pytest.mark.parametrize("stream", [TRADE, DEPTH, BOOK, ALL_BOOKS, TICKER, TOP])
def test_of_a_stream_that_leaves_nothing_is_held(stream):
    """Neither its messages nor their bytes; nor what it sends after that, on either connection."""
    lines = opened(AGG_TRADE, stream)
    handover = lines.handover

    def messages(*numbers: int) -> list[Any]:
        return batch(*((stream, n if stream in IDS else {"E": n}) for n in numbers))

    lines.old(batch((AGG_TRADE, 1)) + messages(10))
    lines.new(messages(12, 13, 14))
    lines.new(messages(1))  # below: in doubt
    assert handover.size() and handover._held.bytes
    removed(lines, stream)
    assert (handover.size(), handover._held.bytes) == (0, 0)
    lines.old(messages(11, 12))
    lines.new(messages(15, 16))
    assert (handover.size(), handover._held.bytes) == (0, 0)
    before = len(lines.told)
    lines.old(batch((AGG_TRADE, 2)))
    lines.new(batch((AGG_TRADE, 2)))
    assert lines.why == "ready"
    assert lines.told[before:] == list(map(Deliver, batch((AGG_TRADE, 2))))


@pytest.mark.parametrize("stream", [TRADE, DEPTH, BOOK, TICKER, TOP])
def test_a_stream_that_leaves_holds_up_nothing(stream):
    """It was the only one that was not ready; the switch is made without waiting."""
    lines = opened(AGG_TRADE, stream)
    lines.old(batch((AGG_TRADE, 1)))
    lines.new(batch((AGG_TRADE, 1)))
    assert lines.switched_at is None
    removed(lines, stream)
    assert (lines.why, lines.switched_at) == ("ready", 0.0)


def test_if_all_streams_leave_there_is_nothing_to_continue():
    """The switch is made at once."""
    lines = opened(TRADE, TICKER)
    removed(lines, TRADE)
    assert lines.switched_at is None
    removed(lines, TICKER)
    assert lines.why == "ready"


@pytest.mark.parametrize("stream", [TRADE, TICKER])
def test_what_a_stream_sent_before_it_was_removed_does_not_come_when_it_is_added_again(stream):
    """It came on the new connection between its removal and the exchange's answer."""
    lines = opened(AGG_TRADE, stream)
    one = {n: batch((stream, n if stream in IDS else {"E": n}))[0] for n in (5, 6, 7, 10)}
    lines.old([*batch((AGG_TRADE, 1)), one[5]])
    removed(lines, stream)
    lines.new([one[6], one[7]])
    lines.sequence.add(streams(stream)[0])
    before = len(lines.told)
    lines.old_ends()
    lines.new([one[10]])
    assert lines.told[before:] == [Deliver(one[10])]


def test_what_comes_again_of_a_stream_that_leaves_is_forgotten():
    """Equal texts are new ones if it is added again."""
    lines = Lines(Sequence(streams(TICKER, TRADE), combined=True))
    ticker = batch((TICKER, {"E": 1}))
    lines.old(ticker)
    lines.old_ends()
    assert lines.repeats is not None and not lines.repeats.over(lines.now)
    removed(lines, TICKER)
    assert lines.repeats.over(lines.now)
    lines.sequence.add(streams(TICKER)[0])
    lines.new(ticker)
    assert lines.told == list(map(Deliver, ticker + ticker))


class Removing(Lines):
    """Two connections, and streams that are removed at some moments.

    :ivar removals: when, and which.
    :ivar told_at_removal: how many verdicts there were.
    """

    removals: list[tuple[float, str]]
    told_at_removal: dict[str, int]

    def until(self, now: float) -> None:
        while self.removals and self.removals[0][0] <= now:
            at, name = self.removals.pop(0)
            super().until(at)
            if name not in self.told_at_removal:
                removed(self, name)
                self.told_at_removal[name] = len(self.told)
        super().until(now)


removals = st.lists(st.tuples(moment, st.integers(0, 3)), max_size=3)


@given(smooth, removals)
@settings(deadline=None, max_examples=EXAMPLES)
def test_removals_at_any_moment_change_nothing_for_the_other_streams(world, removals):
    """Nothing of a stream comes behind its removal. Of the others each message comes once and in order."""
    names = [stream.name for stream in world.streams]
    gone: dict[str, int] = {}

    class Run(Removing):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.removals = sorted((at * TICK_S, names[which % len(names)]) for at, which in removals)
            self.told_at_removal = gone

    order = Sequence(world.streams, combined=True)
    lines = world.runs(order, lines_of=Run)
    assert lines.why == "ready"
    assert (order.gaps, order.resets) == (0, 0)
    for name, count in gone.items():
        behind = [verdict for verdict in lines.told[count:] if isinstance(verdict, Deliver)]
        assert all(verdict.message["stream"] != name for verdict in behind)
    for source in world.busy:
        name = SOURCES[source][0]
        emitted = [(one.first, one.last) for one in world.emitted if one.source == source]
        if has_ids(source):
            check_ids(lines, source)
            told = told_of(lines, source)
            assert told == emitted[: len(told)] if name in gone else told == emitted
