"""Matches: which streams a fault is meant for. Pure."""

from typing import Final

from binance.sandbox.market.feeds import bare, key_of

# Before the whole name of a stream; without it a part of the name is meant.
WHOLE: Final = "="


def names(match: str | None, stream: str) -> bool:
    """Return whether *match* is None, a part of a stream's name, or ``=`` and the whole of it.

    :param stream: its name in the feeds; the whole name may be given with its venue in front or without.
    """
    if match is None:
        return True
    if match.startswith(WHOLE):
        return match[len(WHOLE) :] in (stream, bare(stream), key_of(stream))
    return match in stream
