"""The distribution of streams over connections. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heapreplace
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def spread(items: Sequence[Item], filled: Sequence[int], most: int) -> list[list[Item]]:
    """Share out items over connections that are filled already: the emptiest first, so that all become even.

    What stands together stays together: each connection gets one piece of *items*. As many connections are
    added as it takes.

    :param filled: how many each connection has.
    :param most: how many one takes.
    :returns: the items of each connection, first of those that there are, then of those that are to be made.
    """
    lacking = -(-(sum(filled) + len(items)) // most) - len(filled)
    emptiest = [(count, number) for number, count in enumerate([*filled, *[0] * lacking])]
    heapify(emptiest)
    shares = [0] * len(emptiest)
    for _ in items:
        count, number = emptiest[0]
        shares[number] += 1
        heapreplace(emptiest, (count + 1, number))
    rest = iter(items)
    return [list(islice(rest, share)) for share in shares]
