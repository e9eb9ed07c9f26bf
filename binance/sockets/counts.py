"""What is counted of one subscription, and how it is reported. Pure.

Counting costs a little for each chunk that the network brings, and next to nothing for each message in it.
"""

from __future__ import annotations

from collections import deque

#: Number of batches whose lag is kept, the latest.
LAGS_KEPT = 1_000


class Counts:
    """Counters of one subscription; written in the reactor's thread, read in any.

    :ivar messages: handed to the callback.
    :ivar bytes: received while open, heads of frames included.
    :ivar reconnects: how often a connection was open again.
    :ivar malformed: payloads that were no message.
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
        self.callback_errors = 0
        self.callback_slow = 0
        self.callback_s = 0.0
        self.callback_longest_s = 0.0
        self._came_at_s: float | None = None
        self._lags_s: deque[float] = deque(maxlen=LAGS_KEPT)

    def came(self, epoch_s: float, clock_s: float, happened_at_s: float | None) -> None:
        """Some messages came.

        :param epoch_s: when, by the wall clock; *clock_s*: by the clock of :meth:`report`.
        :param happened_at_s: when the last of them happened, by the exchange's clock; None: it does not say.
        """
        self._came_at_s = clock_s
        if happened_at_s is not None:
            self._lags_s.append(epoch_s - happened_at_s)

    def called(self, messages: int, seconds: float) -> None:
        """The callback was called with so many messages, which took so long."""
        self.messages += messages
        self.callback_s += seconds
        if seconds > self.callback_longest_s:
            self.callback_longest_s = seconds

    def report(self, now: float) -> dict[str, int | float | None]:
        """The numbers, at *now* by the clock of :meth:`came`."""
        lags_s = sorted(self._lags_s.copy())
        return {
            "messages": self.messages,
            "bytes": self.bytes,
            "reconnects": self.reconnects,
            "malformed": self.malformed,
            "last_message_age_s": None if self._came_at_s is None else now - self._came_at_s,
            "lag_p50_s": _percentile(lags_s, 50),
            "lag_p99_s": _percentile(lags_s, 99),
            "callback_s": self.callback_s,
            "callback_longest_s": self.callback_longest_s,
            "callback_slow": self.callback_slow,
            "callback_errors": self.callback_errors,
        }


def _percentile(ascending: list[float], percent: int) -> float | None:
    """The smallest value that so many percent of all do not exceed; None of nothing."""
    return ascending[-(-len(ascending) * percent // 100) - 1] if ascending else None
