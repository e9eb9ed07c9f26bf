"""Numbers and what they count, in words. Pure."""

from __future__ import annotations


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """A number and what it counts: ``"1 message"``, ``"2,000 messages"``.

    :param nouns: more than one of them, if an ``s`` is not enough.
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
