"""The exchange's time for the timestamps of signed calls, as far as it is known; from any thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from binance.exceptions import BinanceRequestException
from binance.process.logs import Log
from binance.wire.control import clock_words

log = Log(__name__)


class ExchangeTime:
    """By how much the exchange's clock is ahead of this machine's.

    :param ask_ms: asks a venue of the exchange; returns epoch milliseconds, or None if it does not say.
    :param now: seconds of a clock that is never set.
    :param known_s: how long the clock counts as known.

    :ivar offset_ms: that much.
    """

    def __init__(self, ask_ms: Callable[[str], int | None], now: Callable[[], float], known_s: float) -> None:
        self.offset_ms = 0.0
        self._ask_ms = ask_ms
        self._now = now
        self._known_s = known_s
        self._known_until: float | None = None
        self._process, self._lock = os.getpid(), threading.Lock()

    def timestamp_ms(self) -> int:
        """The time of the exchange's clock, epoch milliseconds."""
        return int(time.time() * 1000 + self.offset_ms)

    def correct(self, server_ms: float, sent_s: float, received_s: float) -> float:
        """Take what the exchange said.

        :param server_ms: its time; *sent_s*: when it was asked, epoch seconds of this machine; *received_s*:
            when it answered.
        :returns: the offset.
        """
        self.offset_ms = server_ms - (sent_s + received_s) / 2 * 1000
        self._known_until = self._now() + self._known_s
        return self.offset_ms

    def learn(self, venue: str) -> None:
        """Ask, if it is not known: before a call that must not be made twice for a wrong timestamp.

        A venue that does not answer is not a reason not to make that call.
        """
        if self._process != os.getpid():  # after a fork: a thread that the child has not may have held it
            self._process, self._lock = os.getpid(), threading.Lock()
        with self._lock:  # one asks, the others wait for it
            if self._known_until is not None and self._now() < self._known_until:
                return
            self._known_until = self._now() + self._known_s
            found = self._asked(venue)
            if found is not None:
                server_ms, sent_s, received_s = found
                if abs(self.correct(server_ms, sent_s, received_s)) <= (received_s - sent_s) * 500:
                    self.offset_ms = 0.0  # the way there and back explains it

    def measure(self, venue: str) -> bool:
        """Ask, because a venue refused a timestamp; returns whether it said its time."""
        found = self._asked(venue)
        if found is None:
            return False
        log.info("%s; timestamps are corrected", clock_words(self.correct(*found)))
        return True

    def _asked(self, venue: str) -> tuple[int, float, float] | None:
        sent_s = time.time()
        try:
            server_ms = self._ask_ms(venue)
        except BinanceRequestException as exc:
            log.info("the exchange did not answer with its time: %s", exc)
            return None
        return None if server_ms is None else (server_ms, sent_s, time.time())
