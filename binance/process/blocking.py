"""Calls that have blocked a thread, so that a slow callback can name what it waited for."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import NamedTuple


class Blocked(NamedTuple):
    """What a thread waited for.

    :ivar what: the longest of the calls, e.g. ``"GET /api/v3/klines"``.
    :ivar seconds: of all of them together; *calls*: how many.
    """

    what: str
    seconds: float
    calls: int


class _Calls(threading.local):
    def __init__(self) -> None:
        self.ended: deque[tuple[float, float, str]] = deque(maxlen=64)


_calls = _Calls()


def note(what: str, seconds: float) -> None:
    """A call that blocked this thread has ended just now."""
    _calls.ended.append((time.monotonic(), seconds, what))


def take(seconds: float) -> Blocked | None:
    """What this thread has waited for in the last seconds, and was not taken before; None for nothing."""
    since = time.monotonic() - seconds
    recent = [(took, what) for ended, took, what in _calls.ended if ended >= since]
    _calls.ended.clear()
    if not recent:
        return None
    return Blocked(max(recent)[1], sum(took for took, _ in recent), len(recent))
