"""Log lines at most once in a while, with sums."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from binance.process.logs import WARNING
from binance.sockets.seldom import Seldom

EVERY_S = 10.0


class Lines:
    """What was written, and when."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self.clock = Clock()
        self.written: list[tuple[float, str]] = []
        self.is_open = True
        self.seldom = Seldom(self.write, lambda: self.is_open, self.clock, every_s)

    def write(self, level: int, words: str, *arguments: Any, error: BaseException | None = None) -> None:
        self.written.append((self.clock.seconds(), words % arguments))

    def totals(self) -> tuple[int, int]:
        """How often it happened, and how many ids were missing, by what was written."""
        happened = ids = 0
        for _, line in self.written:
            several = re.match(
                r"(\d+) more since the last such line, (\d+) ids in all; the last: lacks ", line
            )
            alone = re.match(r"lacks (\d+) ids \(\d+ so far; one line in 10 s\)$", line)
            assert several or alone, line
            happened += int(several[1]) if several else 1
            ids += int(several[2]) if several else int(alone[1]) if alone else 0
        return happened, ids


@given(
    st.lists(st.integers(1, 9).map(lambda ids: ("gap", ids)) | st.tuples(st.just("wait"), st.floats(0, 30)))
)
def test_whatever_happens_is_in_a_line_or_in_a_sum_and_lines_keep_their_distance(steps):
    """At the end all is told; no two lines of the kind are nearer than promised; no timer stays."""
    lines, happened, missing = Lines(), 0, 0
    for what, amount in steps:
        if what == "wait":
            lines.clock.advance(amount)
        else:
            happened, missing = happened + 1, missing + amount
            lines.seldom.log(happened, WARNING, "lacks %d ids", amount, amounts={"ids": amount})
    times = [at for at, _ in lines.written]
    assert all(later - earlier >= EVERY_S - 1e-6 for earlier, later in pairwise(times))
    lines.seldom.end()
    assert lines.totals() == (happened, missing)
    assert lines.clock.getDelayedCalls() == []


def test_kinds_do_not_wait_for_each_other():
    """Each has its own first line, its own sum and its own timer."""
    lines = Lines()
    for count in (1, 2, 3):
        lines.seldom.log(count, WARNING, "lacks %d ids", 1, amounts={"ids": 1})
        lines.seldom.log(count, WARNING, "a payload of %d bytes", count)
    assert [line.partition(" (")[0] for _, line in lines.written] == ["lacks 1 ids", "a payload of 1 bytes"]
    lines.clock.advance(EVERY_S)
    assert [line for _, line in lines.written[2:]] == [
        "2 more since the last such line, 2 ids in all; the last: lacks 1 ids (3 so far)",
        "2 more since the last such line; the last: a payload of 3 bytes (3 so far)",
    ]


def test_without_a_limit_every_line_is_written():
    """And no timer is set."""
    lines = Lines(every_s=0)
    for count in (1, 2, 3):
        lines.seldom.log(count, WARNING, "lacks %d ids", 1)
    assert len(lines.written) == 3
    assert lines.clock.getDelayedCalls() == []


def test_what_cannot_be_written_now_waits_for_the_end():
    """A socket that was stopped in another thread says nothing until it has ended."""
    lines = Lines()
    for count in (1, 2, 3):
        lines.seldom.log(count, WARNING, "lacks %d ids", 2, amounts={"ids": 2})
    lines.is_open = False
    lines.clock.advance(3 * EVERY_S)
    assert len(lines.written) == 1
    lines.seldom.end()
    assert lines.totals() == (3, 6)
