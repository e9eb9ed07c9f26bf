"""Matches: which streams a fault is meant for. Pure."""

from typing import Final

from binance.sandbox.market.payloads import IN_MICROS

# Before the whole name of a stream; without it a part of the name is meant.
WHOLE: Final = "="


def names(match: str | None, stream: str) -> bool:
    """Return whether *match* is None, a part of a stream's name, or ``=`` and the whole of it.

    :param stream: its name in the feed, :data:`~binance.sandbox.market.payloads.IN_MICROS` behind it or not.
    """
    if match is None:
        return True
    if match.startswith(WHOLE):
        return match[len(WHOLE) :] == stream.removesuffix(IN_MICROS)
    return match in stream
