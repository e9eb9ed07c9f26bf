"""Waits that the exchange asks for: whom they hold back, and for how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.wire.bans import Bans
from binance.wire.waits import host_wait_s, own_wait_s

DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("status", "asked_s", "host_s", "own_s"),
    [
        (429, 7, 7, 7),
        (429, DAY_S, 3600, 3600),
        (418, 7, 7, 7),
        (418, DAY_S, DAY_S, DAY_S),
        (418, 9 * DAY_S, 3 * DAY_S, 3 * DAY_S),
        (503, 7, 0, 7),
        (503, DAY_S, 0, 60),
        (403, DAY_S, 0, 60),
        (None, DAY_S, 0, 60),
        (429, None, 0, 0),
        (418, 0, 0, 0),
        (418, -5, 0, 0),
    ],
)
def test_a_limit_and_a_ban_hold_for_the_host_and_any_other_refusal_for_a_minute(
    status, asked_s, host_s, own_s
):
    """429 for at most an hour, 418 for at most three days; a 503 holds back its own socket, for a minute."""
    assert host_wait_s(status, asked_s) == host_s
    assert own_wait_s(status, asked_s) == own_s


@given(st.lists(st.tuples(st.sampled_from([418, 429, 503]), st.floats(0, 5e5), st.floats(0, 1000))))
def test_the_longest_of_the_waits_of_a_host_counts(refusals):
    """Whatever comes in whatever order: no wait is shortened by another, and another host waits for none."""
    bans, now, until = Bans(), 0.0, 0.0
    for status, asked_s, passes_s in refusals:
        now += passes_s
        wait_s = bans.refused("api.binance.com", status, asked_s, now)
        assert wait_s == host_wait_s(status, asked_s)
        until = max(until, now + wait_s)
        assert bans.left_s("api.binance.com", now) == pytest.approx(max(until - now, 0.0))
        assert bans.left_s("api.binance.us", now) == 0
