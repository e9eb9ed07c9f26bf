"""Lines about what happened, of which there may be thousands at once: the first of a kind, then sums."""

from __future__ import annotations

import queue

from binance.text.counted import counted

#: Text, and the name of its style.
NewsLine = tuple[str, str]

#: Lines of a kind that are shown in a window, and its seconds: after an outage each of a thousand streams may
#: have a gap, and says so when it sends its first message.
SHOWN = 10
WINDOW_S = 5.0
#: Lines that wait for a terminal which takes no text.
WAITING = 10_000

#: What many lines of a kind say together: of one and of several.
_TOGETHER = {
    "gap": ("more gap", "more gaps"),
    "reset": ("more stream had its ids restarted", "more streams had their ids restarted"),
    "silent": ("more stream is silent", "more streams are silent"),
}


def timed(now_s: float, words: str) -> str:
    """A line with the seconds after which it happened."""
    return f"{now_s:6.1f} s  {words}"


class News:
    """Lines that wait to be shown.

    The first line of a kind opens a window of 5 s. In it ten lines are shown as they come; when it is over,
    one line says how many more there were, and the next line opens another.

    :param is_whole: every line is shown.

    If nothing is shown for a while, because the terminal takes no text, 10,000 lines wait; later ones are
    counted.
    """

    def __init__(self, is_whole: bool) -> None:
        self._is_whole = is_whole
        self._dropped = 0  # by the threads that put lines
        self._reported = 0  # of them
        self._waiting: queue.SimpleQueue[tuple[str, NewsLine]] = queue.SimpleQueue()  # kinds and lines
        self._windows: dict[str, _Window] = {}

    def put(self, kind: str, line: str, style: str = "") -> None:
        """Add a line; from any thread."""
        if self._waiting.qsize() >= WAITING:
            self._dropped += 1
            return
        self._waiting.put((kind, (line, style)))

    def due(self, now_s: float) -> list[NewsLine]:
        """Take the lines that are to be shown now.

        :param now_s: of a clock that does not go back; sums are shown with it.
        """
        lines = []
        while not self._waiting.empty():
            kind, line = self._waiting.get()
            lines += self._over(now_s)
            if self._is_whole or self._windows.setdefault(kind, _Window(now_s + WINDOW_S)).has_room():
                lines.append(line)
        dropped, self._reported = self._dropped - self._reported, self._dropped
        if dropped:
            words = f"{counted(dropped, 'line')} not shown: the terminal was too slow"
            lines.append((timed(now_s, words), "bad"))
        return lines + self._over(now_s)

    def rest(self, now_s: float) -> list[NewsLine]:
        """Take the last ones, and the sums: there will be no more."""
        return self.due(now_s) + self._over(now_s, at_end=True)

    def _over(self, now_s: float, at_end: bool = False) -> list[NewsLine]:
        """Close the windows that are over, and say what was left out."""
        over = [kind for kind, window in self._windows.items() if at_end or now_s >= window.until_s]
        left_out = {kind: self._windows.pop(kind).came - SHOWN for kind in over}
        return [(timed(now_s, _sum(kind, count)), "faint") for kind, count in left_out.items() if count > 0]


def _sum(kind: str, count: int) -> str:
    words = _TOGETHER.get(kind)
    return f"{kind}: {count:,} more" if words is None else counted(count, *words)


class _Window:
    __slots__ = ("came", "until_s")

    def __init__(self, until_s: float) -> None:
        self.until_s = until_s
        self.came = 0

    def has_room(self) -> bool:
        """Count a line, and return whether it is shown."""
        self.came += 1
        return self.came <= SHOWN
