"""The watch for streams that send no messages on an open connection, which is then replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from binance.net.interfaces import Clock
from binance.net.timer import Timer
from binance.order.quiet_streams import QuietStreams, Silence, Watched
from binance.sockets.report import INFO, WARNING, Report
from binance.venues.names import listed
from binance.wire.timings import TIMINGS, Timings

_NEVER = (
    WARNING,
    "no message yet, after %.0f s, from %s: misspelt or retired? The exchange accepts any name",
)
_DOUBTED = "no message yet, after %.0f s, from %s"  # a stream, and why it may send nothing
_FELL = (WARNING, "no message for %.0f s from %s; it has sent some before")
_MOVING = (WARNING, "no message for %.0f s from %s; it has sent some before: moving to a new connection")
_USUAL = (INFO, "no message for %.0f s from %s; its market has had such pauses before")


#: Of names of streams: sentences on those that may send nothing, each with its names, and the other names.
Doubts = Callable[[list[str]], tuple[list[str], list[str]]]


class QuietWatch:
    """Reports streams that are silent, while a connection is open.

    :param watched: how each stream is watched, by name; more may be added.
    :param heard: which streams have sent something since the last call.
    :param move: called to have the connection replaced, at most once a check.
    :param doubts: why streams, by name, may send nothing: a sentence a reason, of those where one is known.
    """

    __slots__ = ("_clock", "_doubts", "_heard", "_is_open", "_move", "_report", "_streams", "_timer")

    def __init__(
        self,
        watched: Mapping[str, Watched],
        heard: Callable[[], Set[str]],
        move: Callable[[], object],
        clock: Clock,
        report: Report,
        timings: Timings = TIMINGS,
        doubts: Doubts = lambda names: ([], names),
    ) -> None:
        self._streams = QuietStreams(watched, timings)
        self._doubts = doubts
        self._heard = heard
        self._move = move
        self._clock = clock
        self._report = report
        self._timer = Timer(clock)
        self._is_open = False

    def begin(self) -> None:
        """A connection is open, the first one or the first since an outage."""
        self._is_open = True
        self._streams.begin(self._listen())
        self._plan()

    def moved(self) -> None:
        """Another connection has taken over, while the one before it was open."""
        self._streams.moved(self._listen())

    def end(self) -> None:
        """No connection is open any more."""
        self._is_open = False
        self._timer.stop()

    def add(self, watched: Mapping[str, Watched]) -> None:
        """Watch more streams: their silence counts from now, or from when a connection opens.

        Those that are watched already are left as they are.
        """
        self._streams.add(watched, self._listen())
        self._plan()

    def remove(self, names: Iterable[str]) -> None:
        """Forget streams; those that are not watched are ignored."""
        self._streams.remove(names)
        if self._streams.every_s is None:
            self._timer.stop()

    def _listen(self) -> float:
        """Take note of what was heard until now, which is returned."""
        now = self._clock.seconds()
        self._streams.hear(self._heard(), now)
        return now

    def _plan(self) -> None:
        """Check soon enough for the streams that there are."""
        every_s, at = self._streams.every_s, self._timer.at
        if self._is_open and every_s is not None and (at is None or at > self._clock.seconds() + every_s):
            self._timer.set(every_s, self._due, self._clock.seconds() + 2 * every_s)

    def _due(self, too_late_at: float) -> None:
        # a callback may have kept the reactor from reading: what arrived meanwhile is read first
        self._timer.set(0, self._look, self._clock.seconds() >= too_late_at)

    def _look(self, was_held_up: bool) -> None:
        self._plan()
        if was_held_up:  # there may be more to read than can be in one turn
            self._streams.held_up(self._listen())
            return
        found = self._streams.check(self._heard(), self._clock.seconds())
        moving = set(found.moving)
        by_line: dict[tuple[int, str], list[str]] = {}
        for stream, silence in found.silent.items():
            by_line.setdefault(_words(silence, stream in moving), []).append(stream)
        for (level, words), streams in by_line.items():
            seconds = min(found.silent[stream].seconds for stream in streams)
            if (level, words) == _NEVER:
                sentences, streams = self._doubts(streams)
                for sentence in sentences:
                    self._report.log(level, _DOUBTED, seconds, sentence)
            if streams:
                self._report.log(level, words, seconds, listed(streams))
        for stream, silence in found.silent.items():
            self._report.event("silent", stream=stream, seconds=silence.seconds)
        if found.moving:
            self._move()


def _words(silence: Silence, is_moving: bool) -> tuple[int, str]:
    """The level and the words of the log line."""
    if not silence.was_heard:
        return _NEVER
    if is_moving:
        return _MOVING
    return _USUAL if silence.is_usual else _FELL
