"""Counters of one subscription, and their report. Pure.

Counting costs a little for each chunk that the network sends, and next to nothing for each message in it.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable

#: Number of batches whose lag and whose waiting is kept, the latest.
LAGS_KEPT = 1_000


class Counts:
    """Counters of one subscription; read in any thread.

    Written in the reactor's thread; what :meth:`waited` and :meth:`worked` count, in the thread of a
    consumer, if the subscription has one that says it.

    :ivar messages: handed to the callback or the consumer.
    :ivar bytes: received while open, heads of frames included.
    :ivar reconnects: how often a connection was open again.
    :ivar malformed: payloads that were not a message.
    :ivar dropped: messages that a consumer had no room for.
    :ivar came_at_s: when the latest messages came, by the clock of :meth:`report`.
    :ivar callback_errors: how often the callback raised.
    :ivar callback_slow: how often it took too long.
    :ivar callback_s: seconds spent in it.
    :ivar callback_longest_s: the longest time without a break.
    """

    def __init__(self) -> None:
        self.messages = 0
        self.bytes = 0
        self.reconnects = 0
        self.malformed = 0
        self.dropped = 0
        self.came_at_s = 0.0
        self.callback_errors = 0
        self.callback_slow = 0
        self.callback_s = 0.0
        self.callback_longest_s = 0.0
        self._has_come = False
        self._lags_s: deque[float] = deque(maxlen=LAGS_KEPT)
        # a ring of waits in seconds, and one of how many messages waited that long. Not an object for each
        # batch: it would stay in memory among those of messages, which costs more than all that is counted
        self._waits_s = array("d")
        self._waiting = array("q")
        self._next_wait = 0

    def came(self, epoch_s: float, clock_s: float, happened_at_s: float | None) -> None:
        """Some messages came.

        :param epoch_s: when, by the wall clock; *clock_s*: by the clock of :meth:`report`.
        :param happened_at_s: when the last of them happened, by the exchange's clock; None: it does not say.
        """
        self.came_at_s = clock_s
        self._has_come = True
        if happened_at_s is not None:
            self._lags_s.append(epoch_s - happened_at_s)

    def waited(self, messages: int, seconds: float) -> None:
        """Messages reached the user's code, the last of them *seconds* after its receipt."""
        place = self._next_wait
        if place == len(self._waiting) < LAGS_KEPT:
            self._waits_s.append(0.0)
            self._waiting.append(0)
        self._waits_s[place] = seconds
        self._waiting[place] = messages
        self._next_wait = (place + 1) % LAGS_KEPT

    def worked(self, seconds: float) -> None:
        """The user's code has worked on them for *seconds*."""
        self.callback_s += seconds
        if seconds > self.callback_longest_s:
            self.callback_longest_s = seconds

    def report(self, now: float) -> dict[str, int | float | None]:
        """The numbers, at *now* by the clock of :meth:`came`."""
        lags_s = sorted((lag_s, 1) for lag_s in self._lags_s.copy())
        waits_s = sorted(zip(self._waits_s, self._waiting, strict=False))
        return {
            "messages": self.messages,
            "bytes": self.bytes,
            "reconnects": self.reconnects,
            "malformed": self.malformed,
            "dropped": self.dropped,
            "last_message_age_s": _shown(now - self.came_at_s if self._has_come else None),
            "lag_p50_s": _shown(_percentile(lags_s, 50)),
            "lag_p99_s": _shown(_percentile(lags_s, 99)),
            "behind_p50_s": _shown(_percentile(waits_s, 50)),
            "behind_p99_s": _shown(_percentile(waits_s, 99)),
            "callback_s": _shown(self.callback_s),
            "callback_longest_s": _shown(self.callback_longest_s),
            "callback_slow": self.callback_slow,
            "callback_errors": self.callback_errors,
        }


def _shown(seconds: float | None) -> float | None:
    """Seconds to the microsecond: what is beyond is not measured."""
    return None if seconds is None else round(seconds, 6)


def _percentile(ascending: Iterable[tuple[float, int]], percent: int) -> float | None:
    """The smallest value that *percent* of all do not exceed; None if there are no values.

    :param ascending: values, and how often each occurs.
    """
    ascending = [(value, times) for value, times in ascending if times]
    rest = -(-sum(times for _, times in ascending) * percent // 100)
    for value, times in ascending:
        rest -= times
        if rest <= 0:
            return value
    return None
