"""Waits and limits: when an outage is one, and when it is the end."""

from __future__ import annotations

import dataclasses
import gc
import weakref

import pytest

from binance.account.refusals import refusals
from binance.net.dials import dials
from binance.wire.bans import rest_bans
from binance.wire.timings import TIMINGS, Timings


@pytest.mark.parametrize(
    ("most", "last", "outage"),
    [
        (0, [0], [0]),
        (1, [1], [1]),
        (5, [5], [5]),
        (7, [7], [7]),
        (None, [], [5]),
    ],
)
def test_the_callback_hears_of_an_outage_once(most, last, outage):
    """At the last retry if they have a limit, which is the end; else at the fifth, and they go on."""
    attempts = range(8 if most is None else most + 1)
    assert [attempt for attempt in attempts if TIMINGS.after(attempt, most)[0]] == last
    assert [attempt for attempt in attempts if TIMINGS.after(attempt, most)[1]] == outage


def test_timings_are_known_by_who_they_are():
    """What is counted for one object is not counted for an equal one; and none changes."""
    assert len({Timings(), Timings()}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        TIMINGS.open_s = 1.0


def test_the_waits_before_retries_grow_up_to_the_longest():
    """The first is short; no later one is shorter than the one before."""
    waits = [*TIMINGS.retries_s, TIMINGS.retry_longest_s]
    assert waits == sorted(waits)
    assert waits[0] < 1


@pytest.mark.parametrize("shared", [dials, refusals, rest_bans])
def test_what_is_shared_by_timings_goes_with_them(shared):
    """Who goes by the same timings gets the same object; for timings that nobody has nothing is kept."""
    mine = Timings()
    assert shared(mine) is shared(mine) is not shared(TIMINGS)
    left, gone = weakref.ref(shared(mine)), weakref.ref(mine)
    del mine
    gc.collect()
    assert (left(), gone()) == (None, None)
