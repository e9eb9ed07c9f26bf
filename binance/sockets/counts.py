"""What is counted of one subscription, and how it is reported. Pure.

Counting costs a little for each chunk that the network brings, and next to nothing for each message in it.
"""

from __future__ import annotations

from collections import deque

#: The lag is that of so many chunks, the latest.
LAGS_KEPT = 1_000


class Counts:
    """Counters of one subscription; written in the reactor's thread, read in any.

    :ivar messages: handed to the callback.
    :ivar connections: how many have been open.
    :ivar connected_since: epoch seconds, or None while there is no connection.
    :ivar malformed: payloads that were no message.
    :ivar callback_errors: how often the callback raised.
    :ivar callback_slow: how often it took too long.
    :ivar callback_s: seconds spent in it.
    :ivar callback_longest_s: the longest time without a break.
    """

    def __init__(self) -> None:
        self.messages = 0
        self.connections = 0
        self.connected_since: float | None = None
        self.malformed = 0
        self.callback_errors = 0
        self.callback_slow = 0
        self.callback_s = 0.0
        self.callback_longest_s = 0.0
        self._received_at: float | None = None
        self._lags_s: deque[float] = deque(maxlen=LAGS_KEPT)

    def opened(self, now: float) -> None:
        """A connection is open."""
        self.connections += 1
        self.connected_since = now

    def moved(self, now: float) -> None:
        """The connection was replaced by another, and nothing was interrupted."""
        self.connected_since = now

    def received(self, now: float) -> None:
        """A chunk came, at *now* in epoch seconds."""
        self._received_at = now

    def lagged(self, seconds: float) -> None:
        """The last message of a chunk came so long after its event."""
        self._lags_s.append(seconds)

    def called(self, messages: int, seconds: float) -> None:
        """The callback was called with so many messages, which took so long."""
        self.messages += messages
        self.callback_s += seconds
        if seconds > self.callback_longest_s:
            self.callback_longest_s = seconds

    def report(self, now: float) -> dict[str, int | float | None]:
        """The numbers, with times relative to *now*, in epoch seconds."""
        lags_s = sorted(self._lags_s.copy())
        return {
            "messages": self.messages,
            "connected_since": self.connected_since,
            "reconnects": max(self.connections - 1, 0),
            "malformed": self.malformed,
            "last_message_age_s": None if self._received_at is None else now - self._received_at,
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
