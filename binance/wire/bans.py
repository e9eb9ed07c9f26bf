"""Hosts that asked to be left alone: rate limits and bans, for a whole process. Pure: time is an argument."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from binance.wire.timings import Timings
from binance.wire.waits import host_wait_s


class Bans:
    """Until when each host is not to be asked anything; from any thread.

    A host is named by :func:`binance.wire.hosts.place`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def refused(self, place: str, status: int | None, asked_s: float | None, now: float) -> float:
        """A host refused something.

        :param status: HTTP status; *asked_s*: the seconds that it asked to wait, None if it did not.
        :param now: seconds of any clock, always the same one.
        :returns: seconds for which the whole host is to be left alone because of that; 0 if only the one
            that was refused has to wait.
        """
        wait_s = host_wait_s(status, asked_s)
        if wait_s > 0:
            with self._lock:
                self._until[place] = max(now + wait_s, self._until.get(place, now))
        return wait_s

    def left_s(self, place: str, now: float) -> float:
        """Seconds for which a host is still to be left alone; 0 if it may be asked."""
        return max(self._until.get(place, now) - now, 0.0)


_bans: WeakKeyDictionary[Timings, Bans] = WeakKeyDictionary()
_lock = threading.Lock()


def rest_bans(timings: Timings) -> Bans:
    """What is known together, of REST hosts, by all who go by the same timings."""
    with _lock:
        known = _bans.get(timings)
        if known is None:
            known = _bans[timings] = Bans()
        return known
