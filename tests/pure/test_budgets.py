"""Budgets and turns: whatever is asked for, no window ever holds too much, and nobody is overtaken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.wire.budgets import RESOLUTION_S, Budget, Turns, Urgency, Waiting

steps = st.lists(st.floats(0, 3, allow_nan=False), max_size=60)
urgencies = st.sampled_from(Urgency)


@settings(deadline=None)
@given(most=st.integers(1, 8), span_s=st.floats(0.1, 10), gaps=steps)
def test_what_is_taken_as_soon_as_it_may_be_never_fills_a_window_too_much(most, span_s, gaps):
    """In each span at most so many are taken, and each at the first moment that the window allows."""
    budget, now, taken = Budget(most, span_s), 0.0, []
    for gap in gaps:
        now += gap
        earliest = taken[-most] + span_s if len(taken) >= most else 0.0
        wait_s = budget.wait_s(now)
        assert now + wait_s == pytest.approx(max(now, earliest), abs=RESOLUTION_S)
        now += wait_s
        budget.take(now)
        taken.append(now)
    for first, beyond in zip(taken, taken[most:], strict=False):
        assert beyond >= first + span_s - 2 * RESOLUTION_S


@settings(deadline=None)
@given(most=st.integers(1, 8), span_s=st.floats(0.1, 10), gaps=steps, ahead=st.integers(0, 30))
def test_the_wait_behind_others_is_what_it_takes_if_they_go_as_soon_as_they_can(most, span_s, gaps, ahead):
    """What is said in advance comes true."""
    budget, now = Budget(most, span_s), 0.0
    for gap in gaps:
        now += gap
        if not budget.wait_s(now):
            budget.take(now)
    said_s, then = budget.wait_s(now, ahead), now
    for _ in range(ahead):
        then += budget.wait_s(then)
        budget.take(then)
    then += budget.wait_s(then)
    assert then - now == pytest.approx(said_s, abs=1e-4)


class Queue:
    """Turns as they are used: whoever is next goes as soon as possible."""

    def __init__(self, most: int, span_s: float) -> None:
        self.turns = Turns(most, span_s)
        self.now = 0.0
        self.waiting: dict[Waiting, list[Any]] = {}  # [urgency, number]
        self.count = 0
        self.gone: list[tuple[float, Urgency]] = []

    def ask(self, urgency: Urgency) -> None:
        self.count += 1
        who = [urgency, self.count]
        waiting = self.turns.ask(self.now, lambda: who[0])
        if waiting is None:
            assert all(other > urgency for other, _ in self.waiting.values())
            self.gone.append((self.now, urgency))
        else:
            self.waiting[waiting] = who

    def go(self) -> None:
        while (waiting := self.turns.next(self.now)) is not None:
            who = self.waiting.pop(waiting)
            assert all(who < other for other in self.waiting.values())
            self.gone.append((self.now, who[0]))

    def passes(self, seconds: float) -> None:
        until = self.now + seconds
        while (in_s := self.turns.next_in_s(self.now)) is not None and self.now + in_s <= until:
            self.now += in_s
            self.go()
        self.now = until


@settings(deadline=None)
@given(
    most=st.integers(1, 25),
    happened=st.lists(
        st.one_of(
            urgencies,
            st.floats(0, 3, allow_nan=False),
            st.tuples(st.just("leaves"), st.integers(0, 99)),
            st.tuples(st.just("hurries"), st.integers(0, 99)),
        ),
        max_size=80,
    ),
)
def test_turns_go_by_urgency_and_never_too_many(most, happened):
    """Whoever comes, leaves, or becomes urgent: no window holds too many, nobody is overtaken by one who is
    not more urgent, planned moves leave a tenth to the others, and nobody waits whose turn it could be."""
    span_s = 5.0
    queue = Queue(most, span_s)
    for what in happened:
        if isinstance(what, Urgency):
            queue.ask(what)
        elif isinstance(what, float):
            queue.passes(what)
        elif queue.waiting:
            waiting = list(queue.waiting)[what[1] % len(queue.waiting)]
            if what[0] == "leaves":
                queue.turns.leave(waiting)
                del queue.waiting[waiting]
            else:
                queue.waiting[waiting][0] = Urgency.RECONNECT
        queue.go()
        assert (queue.turns.next_in_s(queue.now) is None) == (not queue.waiting)
    moments = [moment for moment, _ in queue.gone]
    for place, (moment, urgency) in enumerate(queue.gone):
        within = sum(moment - span_s + 2 * RESOLUTION_S < other for other in moments[:place])
        assert within < max(most - (most // 10 if urgency is Urgency.MOVE else 0), 1)


def test_who_stops_waiting_has_used_nothing():
    """Three wait and two of them leave: the third goes first, and the next one right behind it."""
    turns = Turns(1, 10.0)
    assert turns.ask(0.0, lambda: Urgency.FIRST) is None
    first, second, third = (turns.ask(1.0, lambda: Urgency.FIRST) for _ in range(3))
    assert [turns.wait_s(1.0, waiting) for waiting in (first, second, third)] == [9.0, 19.0, 29.0]
    turns.leave(first)
    turns.leave(second)
    turns.leave(second)
    assert turns.wait_s(1.0, third) == 9.0
    assert turns.next(9.9) is None
    assert turns.next(10.0) is third
    assert turns.next_in_s(10.0) is None


def test_a_closed_host_gives_no_turn_away():
    """While it is closed everybody waits, and nothing is used up."""
    turns = Turns(2, 10.0)
    waiting = turns.ask(0.0, lambda: Urgency.FIRST, closed=True)
    assert waiting is not None
    assert turns.next_in_s(0.0) == 0
    assert turns.next(5.0) is waiting
    assert turns.ask(5.0, lambda: Urgency.FIRST) is None
    assert turns.ask(5.0, lambda: Urgency.FIRST) is not None
