"""How long the exchange asks to wait. Pure."""

from __future__ import annotations

#: The longest ban; a longer wait is a mistake or malice.
LONGEST_WAIT_S = 3 * 86_400.0


def retry_after_s(header: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header, three days at most; None if it names no number of seconds.

    Source: Spot *REST API*, "IP Limits"; a ban lasts from two minutes to three days.
    """
    if header is None or not header.isascii() or not header.isdecimal():
        return None
    return min(float(header[:20]), LONGEST_WAIT_S) if len(header) <= 20 else LONGEST_WAIT_S
