"""Rate limits and bans of hosts, for a whole process. Pure: time is an argument."""

from __future__ import annotations

import threading

from binance.wire.timings import SharedBy
from binance.wire.waits import SHORTEST_BAN_S, host_wait_s

#: Why calls are delayed meanwhile, the ``budget`` of a ``limited`` event.
ASKED_FOR = "requested by the exchange"


class Bans:
    """Until when each host is not to be asked anything; from any thread.

    A host is named by :func:`binance.wire.hosts.place`.

    :param unnamed_ban_s: what a ban (418) that names no time is taken for.
    """

    def __init__(self, unnamed_ban_s: float = 0.0) -> None:
        self._unnamed_ban_s = unnamed_ban_s
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._status: dict[str, int | None] = {}

    def refused(self, place: str, status: int | None, asked_s: float | None, now: float) -> float:
        """A host refused something.

        :param status: HTTP status; *asked_s*: the seconds that it asked to wait, None if it did not.
        :param now: seconds of any clock, always the same one.
        :returns: seconds for which the whole host is to be left alone because of that; 0 if only the one
            that was refused has to wait.
        """
        if status == 418 and asked_s is None:
            asked_s = self._unnamed_ban_s
        wait_s = host_wait_s(status, asked_s)
        if wait_s > 0:
            with self._lock:
                if now + wait_s > self._until.get(place, now):
                    self._until[place], self._status[place] = now + wait_s, status
        return wait_s

    def left_s(self, place: str, now: float) -> float:
        """Seconds for which a host is still to be left alone; 0 if it may be asked."""
        return max(self._until.get(place, now) - now, 0.0)

    def status_of(self, place: str) -> int | None:
        """The HTTP status with which a host last asked to be left alone; None if it never did."""
        return self._status.get(place)


#: What is known of REST hosts by all who go by the same timings.
rest_bans = SharedBy(lambda timings: Bans(SHORTEST_BAN_S))
