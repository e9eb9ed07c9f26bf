"""Waits that the exchange asks for. Pure."""

from __future__ import annotations

import re
from typing import Any

_BANNED_UNTIL = re.compile(r"\bbanned until (\d{13})\b", re.ASCII)

#: The longest ban; a longer wait is a mistake or malice.
LONGEST_WAIT_S = 3 * 86_400.0
#: The shortest one.
SHORTEST_BAN_S = 120.0

#: Statuses that are about the whole address, 429 a rate limit and 418 a ban, with the longest wait that is
#: kept. A longer one after a mere limit is a mistake, for its counts are over in a minute, or in five.
_OF_THE_HOST_S = {429: 3_600.0, 418: LONGEST_WAIT_S}

#: The longest wait that is kept after any other refusal, such as a 503 of a gateway: by whoever was refused.
OWN_LONGEST_S = 60.0


def host_wait_s(status: int | None, asked_s: float | None) -> float:
    """Seconds for which nobody is to ask anything of a host that refused something; 0: others may.

    :param status: HTTP status of the refusal; *asked_s*: what it asked for, None if nothing.
    """
    longest_s = _OF_THE_HOST_S.get(status, 0.0) if status is not None else 0.0
    return min(max(asked_s or 0.0, 0.0), longest_s)


def own_wait_s(status: int | None, asked_s: float | None) -> float:
    """Seconds for which the one that was refused waits at least: with the host, or by itself.

    :param status: HTTP status of the refusal; *asked_s*: what it asked for, None if nothing.
    """
    return host_wait_s(status, asked_s) or min(max(asked_s or 0.0, 0.0), OWN_LONGEST_S)


def retry_after_s(header: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header, three days at most; None if it names no number of seconds.

    Source: Spot *REST API*, "IP Limits"; a ban lasts from two minutes to three days.
    """
    header = (header or "").strip(" \t")
    if not header.isascii() or not header.isdecimal():
        return None
    return min(float(header[:20]), LONGEST_WAIT_S) if len(header) <= 20 else LONGEST_WAIT_S


def error_retry_after_s(error: dict[str, Any]) -> float | None:
    """Seconds that an error of the WebSocket API asks to wait, three days at most; None if it does not ask.

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


def ban_wait_s(message: str, now_s: float) -> float | None:
    """Seconds until the end of a ban, as an error's words say it, three days at most; None if they do not.

    :param message: e.g. ``"Way too much request weight used; IP banned until 1790000000000."``.
    :param now_s: epoch seconds.

    Source: Spot *Error codes*, -1003.
    """
    found = _BANNED_UNTIL.search(message)
    return None if found is None else min(max(int(found[1]) / 1000 - now_s, 0.0), LONGEST_WAIT_S)
