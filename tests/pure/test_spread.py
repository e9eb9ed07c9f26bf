"""How streams are spread over connections."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.sockets.spread import spread


@given(st.integers(0, 60), st.integers(1, 12), st.lists(st.integers(0, 12), max_size=6))
def test_nothing_is_lost_and_no_connection_is_too_full(count, most, filled):
    """Each gets one piece, in order; the emptiest first; no connection is made that is not needed."""
    filled = [min(one, most) for one in filled]
    items = list(range(count))
    shares = spread(items, filled, most)
    assert [item for share in shares for item in share] == items
    assert len(shares) == max(len(filled), -(-(sum(filled) + count) // most))
    before = [*filled, *[0] * (len(shares) - len(filled))]
    after = [had + len(share) for had, share in zip(before, shares, strict=True)]
    assert max(after, default=0) <= most
    lowest = min(after, default=0)
    assert all(one <= lowest + 1 for one, share in zip(after, shares, strict=True) if share)
    assert all(shares[len(filled) :]), "a connection for nothing"


@given(st.integers(0, 5_000), st.integers(1, 1_024))
def test_from_nothing_all_are_even(count, most):
    """As few connections as it takes, of which none has two streams more than another."""
    shares = spread(range(count), [], most)
    sizes = [len(share) for share in shares]
    assert len(sizes) == -(-count // most)
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


@pytest.mark.parametrize(
    ("count", "filled", "most", "sizes"),
    [
        (3_000, [], 1_024, [1_000, 1_000, 1_000]),
        (1, [5, 3, 4], 1_024, [0, 1, 0]),
        (4, [5, 3, 4], 1_024, [1, 2, 1]),
        (3, [5, 3, 4], 1_024, [0, 2, 1]),
        (3, [2, 2], 2, [0, 0, 2, 1]),
        (0, [1, 0], 2, [0, 0]),
        (0, [], 2, []),
    ],
)
def test_known_cases(count, filled, most, sizes):
    """Filling is even, and stable."""
    assert [len(share) for share in spread(range(count), filled, most)] == sizes
