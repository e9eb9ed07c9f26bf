"""Timeouts of threads that wait for messages: with breaks, and never in the reactor's thread."""

from __future__ import annotations

import math
import time
from typing import Any

from binance.exceptions import InvalidArgument, ManagerError
from binance.process.runner import in_reactor_thread

#: A thread sleeps no longer without a break: on Windows that would hold back Ctrl-C.
LONGEST_SLEEP_S = 1.0


def check_timeout(timeout: object) -> None:
    """Check what was passed as a timeout.

    :raises InvalidArgument: if it is not a number from 0, or None.
    """
    if timeout is not None and (
        isinstance(timeout, bool)
        or not isinstance(timeout, (int, float))
        or math.isnan(timeout)
        or timeout < 0
    ):
        raise InvalidArgument(f"timeout is {timeout!r}; use a number of seconds from 0, or None")


def check_thread(reactor: Any, what: str, instead: str) -> None:
    """Check that the caller may wait.

    :param reactor: in whose thread messages come; None: not known yet.
    :param what: what is waited for, and *instead*: what to do in that thread; both for the message.
    :raises ManagerError: in that thread.
    """
    if reactor is not None and in_reactor_thread(reactor):
        raise ManagerError(
            f"waiting for {what} in the reactor's thread would deadlock; use another thread, or {instead}"
        )


def deadline_s(timeout: float | None) -> float:
    """When a wait that begins now is over, for :func:`sleep_s`."""
    return math.inf if timeout is None else time.monotonic() + timeout


def sleep_s(until_s: float) -> float:
    """Seconds for which to sleep before the next look; 0 or less: the wait is over."""
    return min(until_s - time.monotonic(), LONGEST_SLEEP_S)
