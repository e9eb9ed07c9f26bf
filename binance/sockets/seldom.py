"""Rate limit of log lines about what may happen with every message: the first at once, then sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from binance.net.interfaces import Clock
from binance.net.timer import Timer


class Write(Protocol):
    """Logs one line."""

    def __call__(
        self, level: int, words: str, *arguments: Any, error: BaseException | None = None
    ) -> object: ...


class _Kind:
    """Lines of one kind that were left out since one was logged."""

    __slots__ = ("amounts", "last", "left_out", "timer")

    def __init__(self, clock: Clock) -> None:
        self.timer = Timer(clock)
        self.last: tuple[int, int, str, tuple[Any, ...]] = (0, 0, "", ())  # what the last one would have said
        self.clear()

    def clear(self) -> None:
        self.left_out = 0
        self.amounts: dict[str, int] = {}


class Seldom:
    """Logs at most one line of a kind in a while. None is left out without a word.

    The first line of a kind is logged at once and starts its timer. What comes before that is due is added
    up. When it is due, one line says how much that was, and the timer starts again; if it was nothing, the
    timer does not, and the next line is the first again. So nothing is set while nothing happens.

    :param write: logs a line; says no more than its arguments do.
    :param may_write: whether a line would be shown now; if not, the sum waits for :meth:`end`.
    :param every_s: seconds between two lines of one kind; 0: every line is logged.
    """

    def __init__(self, write: Write, may_write: Callable[[], bool], clock: Clock, every_s: float) -> None:
        self._write = write
        self._may_write = may_write
        self._clock = clock
        self._every_s = every_s
        self._every = "one line a minute" if every_s == 60 else f"one line in {every_s:g} s"
        self._kinds: dict[str, _Kind] = {}  # those whose timer runs, or did when the socket was stopped
        self._has_ended = False

    def log(
        self,
        count: int,
        level: int,
        words: str,
        *arguments: Any,
        error: BaseException | None = None,
        amounts: Mapping[str, int] | None = None,
    ) -> None:
        """Log a line, now or in a sum.

        :param count: how often it has happened so far.
        :param words: with places for *arguments*; they name the kind.
        :param error: its traceback stands below a line that is logged at once; in a sum its type is named.
        :param amounts: what else is added up, by its name in words, e.g. ``{"ids": 3}``.
        """
        kind = self._kinds.get(words)
        if kind is None:
            self._line(count, level, words, arguments, error)
            if self._every_s and not self._has_ended:
                kind = self._kinds[words] = _Kind(self._clock)
                kind.timer.set(self._every_s, self._due, words)
            return
        kind.left_out += 1
        for name, amount in (amounts or {}).items():
            kind.amounts[name] = kind.amounts.get(name, 0) + amount
        if error is not None:  # not the exception itself, which would keep the frames of the callback
            words, arguments = f"{words} %s", (*arguments, type(error).__name__)
        kind.last = (count, level, words, arguments)

    def end(self) -> None:
        """Log the sums now; nothing is added up any more."""
        self._has_ended = True
        kinds, self._kinds = self._kinds, {}
        for kind in kinds.values():
            kind.timer.stop()
            self._sum(kind)

    def _due(self, words: str) -> None:
        kind = self._kinds[words]
        if not self._may_write():
            return
        if not kind.left_out:
            del self._kinds[words]
            return
        self._sum(kind)
        kind.timer.set(self._every_s, self._due, words)

    def _sum(self, kind: _Kind) -> None:
        left_out, (count, level, words, arguments) = kind.left_out, kind.last
        more = "".join(f", {amount} {name} in all" for name, amount in kind.amounts.items())
        kind.clear()
        if left_out == 1:
            self._line(count, level, words, arguments, None)
        elif left_out:
            rest = f"{left_out} more since the last such line{more}; the last:"
            self._write(level, f"{rest} {words} (%d so far)", *arguments, count)

    def _line(
        self, count: int, level: int, words: str, arguments: tuple[Any, ...], error: BaseException | None
    ) -> None:
        self._write(level, f"{words} (%d so far; {self._every})", *arguments, count, error=error)
