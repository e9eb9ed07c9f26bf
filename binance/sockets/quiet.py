"""Looks from time to time which streams of an open connection send no messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from binance.net.interfaces import Clock
from binance.net.timer import Timer
from binance.order.quiet_streams import QuietStreams
from binance.sockets.report import WARNING, Report
from binance.venues.names import listed


class QuietWatch:
    """Reports streams that are silent, while a connection is open.

    :param watched: seconds after which a stream counts as silent, by name; the others are not watched.
    :param heard: which streams have sent something since it was last asked.
    """

    __slots__ = ("_clock", "_heard", "_report", "_streams", "_timer")

    def __init__(
        self, watched: Mapping[str, float], heard: Callable[[], Set[str]], clock: Clock, report: Report
    ) -> None:
        self._streams = QuietStreams(watched) if watched else None
        self._heard = heard
        self._clock = clock
        self._report = report
        self._timer = Timer(clock)

    def begin(self) -> None:
        """A connection is open."""
        if self._streams is not None:
            self._heard()  # before now does not count
            self._streams.begin(self._clock.seconds())
            self._timer.set(self._streams.every_s, self._due)

    def end(self) -> None:
        """It is not, any more."""
        self._timer.stop()

    def _due(self) -> None:
        # a callback may have kept the reactor from reading: what waits to be read comes first
        self._timer.set(0, self._look)

    def _look(self) -> None:
        assert self._streams is not None
        self._timer.set(self._streams.every_s, self._due)
        silent = self._streams.check(self._heard(), self._clock.seconds())
        if silent:
            self._report.log(
                WARNING,
                "no message for %.0f s from %s; "
                "the exchange accepts misspelt and retired names without a word",
                min(silent.values()),
                listed(list(silent)),
            )
        for stream, seconds in silent.items():
            self._report.event("silent", stream=stream, seconds=seconds)
