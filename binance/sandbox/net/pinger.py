"""Pings of one connection, and the pongs that answer them. Pure: time is an argument."""

import math

from binance.sandbox.limits import MESSAGES_SPAN_S


class Pinger:
    """The pings of one connection.

    :ivar pings: the number of pings sent; ``pongs``: the number of pongs that answered one.
    :ivar next_s: when the next ping is due, of the reactor's clock; ``late_s``: how much later it is sent.
    """

    def __init__(self) -> None:
        self.pings = self.pongs = 0
        self.next_s = self.late_s = 0.0
        self._waiting: dict[bytes, float] = {}
        self._last_s = -math.inf
        self._free = 0

    def ping(self, now_s: float, time_ms: int, times: int = 1) -> bytes:
        """Note pings that are sent now with the same payload.

        :param time_ms: the exchange's time, which is the payload.
        :param times: how many.
        :returns: the payload.
        """
        payload = b"%d" % time_ms
        self._waiting.setdefault(payload, now_s)
        self.pings += times
        # The real exchange never pings twice within a second, so answers to such pings are not counted.
        self._free += times if now_s - self._last_s < MESSAGES_SPAN_S else times - 1
        self._last_s = now_s
        return payload

    def pong(self, payload: bytes) -> None:
        """Note a pong."""
        if payload in self._waiting:
            self.pongs += 1
            # An answer to a later ping answers those before it.
            for earlier in list(self._waiting):
                del self._waiting[earlier]
                if earlier == payload:
                    break

    def take_free_pong(self) -> bool:
        """Return whether a pong is not counted against the client, counting it."""
        if not self._free:
            return False
        self._free -= 1
        return True

    def is_due(self, now_s: float) -> bool:
        """Return whether it is time for a ping."""
        return now_s >= self.next_s + self.late_s

    def is_overdue(self, now_s: float, timeout_s: float) -> bool:
        """Return whether a ping has not been answered in time."""
        return bool(self._waiting) and now_s - next(iter(self._waiting.values())) > timeout_s

    def forgive(self) -> None:
        """Wait for no pong to an earlier ping."""
        self._waiting.clear()
