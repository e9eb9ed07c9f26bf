"""The order in which the addresses of a host are tried. Pure.

Source: RFC 8305, "Happy Eyeballs", sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest


def is_v6(address: str) -> bool:
    """Whether it is an IPv6 address."""
    return ":" in address


def alternating(addresses: Iterable[str]) -> list[str]:
    """The addresses, each once, with the families in turn, beginning with that of the first.

    Within a family the order stays: the system's, which prefers what it can reach.
    """
    distinct = list(dict.fromkeys(addresses))
    first = [one for one in distinct if is_v6(one) == is_v6(distinct[0])]
    second = [one for one in distinct if is_v6(one) != is_v6(distinct[0])]
    return [one for pair in zip_longest(first, second) for one in pair if one is not None]


class Addresses:
    """What is known of the addresses of one host: those on which connections failed though TCP was there."""

    __slots__ = ("_failed",)

    def __init__(self) -> None:
        self._failed: dict[str, None] = {}

    def failed(self, address: str) -> None:
        """TLS or the upgrade failed on it: others are tried before it, from the next time on."""
        self._failed.pop(address, None)
        self._failed[address] = None

    def served(self, address: str) -> None:
        """A connection has opened on it."""
        self._failed.pop(address, None)

    def ordered(self, found: Iterable[str]) -> list[str]:
        """Those that were found, in the order in which to try them; what failed last is the last."""
        found = list(found)
        kept = {one: None for one in self._failed if one in found}  # a host's addresses change
        self._failed = kept
        return alternating(one for one in found if one not in kept) + list(kept)
