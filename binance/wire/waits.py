"""How long the exchange asks to wait. Pure."""

from __future__ import annotations

from typing import Any

#: The longest ban; a longer wait is a mistake or malice.
LONGEST_WAIT_S = 3 * 86_400.0


def retry_after_s(header: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header, three days at most; None if it names no number of seconds.

    Source: Spot *REST API*, "IP Limits"; a ban lasts from two minutes to three days.
    """
    if header is None or not header.isascii() or not header.isdecimal():
        return None
    return min(float(header[:20]), LONGEST_WAIT_S) if len(header) <= 20 else LONGEST_WAIT_S


def error_retry_after_s(error: dict[str, Any]) -> float | None:
    """Seconds that an error of the WebSocket API asks to wait, three days at most; None if it asks for none.

    :param error: its ``data`` may hold ``serverTime`` and ``retryAfter``, both in epoch milliseconds.

    Source: Spot *WebSocket API*, "Rate limits".
    """
    data = error.get("data")
    now_ms, then_ms = (
        (data.get("serverTime"), data.get("retryAfter")) if isinstance(data, dict) else (None, None)
    )
    if not isinstance(now_ms, int) or not isinstance(then_ms, int):
        return None
    return min(max(then_ms - now_ms, 0) / 1000, LONGEST_WAIT_S)
