"""The screen of the terminal commands: a picture that is redrawn, and lines about what happens.

On a terminal both are in the *alternate screen*, which has no scrollback: the picture above, as much of it
as fits, and the latest lines below it. Each picture writes all lines of the window, so that nothing older
stays; after a change of the window's size it is cleared first. At the end the lines and the last picture are
printed to the normal screen. Anywhere else, in a pipe for example, pictures and lines are printed below each
other as plain text. Where the encoding does not have the characters of sparklines and rules they are ASCII.

A line is a list of spans, text with the name of a style. Texts are shown as they are: nothing in them is
markup, and what acts on a terminal is escaped (:mod:`binance.text.printable`).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.style import Style
from rich.text import Text

from binance.terminal.rows import BARS
from binance.terminal.signals import ENDS, handled
from binance.text.printable import printable

#: Text, and the name of its style, one of :data:`STYLES`.
Span = tuple[str, str]
Line = Sequence[Span]

STYLES = {
    "": Style(),
    "title": Style(bold=True),
    "head": Style(bold=True, underline=True),
    "faint": Style(dim=True),
    "good": Style(color="green"),
    "waiting": Style(color="yellow"),
    "bad": Style(color="red", bold=True),
    "spark": Style(color="cyan"),
    "ask": Style(color="red"),
    "bid": Style(color="green"),
}

#: Characters of a line; what the exchange says has up to 1,000.
LONGEST_LINE = 2_000
#: Lines about what happens that are kept, and printed at the end.
LINES_KEPT = 40
#: Lines of the window that are theirs, at most, where the picture could fill it.
_NEWS_LINES = 6
#: In a window lower than this there is only the picture.
_LEAST_FOR_NEWS = 10

_RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}" * 2
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
#: What stands for the characters above, and for those of sparklines, in an encoding that does not have them.
_IN_ASCII = str.maketrans(BARS + _RULE[0] + _ELLIPSIS, " .:-=+*#" + "-" + ".")
#: Written as they are, at once: a signal may come while another text is being written.
_LEAVE, _RETURN = b"\x1b[?25h\x1b[?1049l", b"\x1b[?1049h\x1b[?25l"
_ERASE_LINE = Control((ControlType.ERASE_IN_LINE, 2)).segment


class View(Protocol):
    """What is shown."""

    def height(self, columns: int) -> int:
        """The lines of a picture that has room enough."""

    def picture(self, columns: int | None, lines: int | None) -> list[Line]:
        """Draw a picture; not wider and not higher than that, None: as wide and as high as it likes."""


def plain(line: Line) -> str:
    """A line as text."""
    return "".join(text for text, _ in line).rstrip()


def cell(text: str, width: int, to_right: bool = False) -> str:
    """Text in a column: filled up with blanks, or cut off with an ellipsis; characters may be two wide."""
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, max(width - 1, 0)) + _ELLIPSIS[:width]
    return " " * missing + text if to_right else text + " " * missing


def cropped(line: Line, columns: int) -> list[Span]:
    """As much of a line as fits."""
    spans, room = [], columns
    for text, style in line:
        text = text if cell_len(text) <= room else cell(text, room)
        spans.append((text, style))
        room -= cell_len(text)
        if room <= 0:
            break
    return spans


class Screen:
    """Shows pictures, and lines that stay.

    :param out: a terminal, or anything else that takes text.
    :param size: measures the window; None: the one that *out* is shown in.
    """

    def __init__(self, out: TextIO, size: Callable[[], os.terminal_size] | None = None) -> None:
        self._out = out
        self._encoding = getattr(out, "encoding", None) or "utf-8"
        self._is_ascii = not _has_all(self._encoding, BARS + _RULE + _ELLIPSIS)
        self.console = Console(file=out, highlight=False, markup=False, emoji=False)
        #: Whether pictures are redrawn in place.
        self.live = out.isatty() and self.console.is_terminal and not self.console.is_dumb_terminal
        self.live = self.live and not self.console.legacy_windows
        self.live = self.live and (os.name == "nt" or bool(os.environ.get("TERM")))
        self._measure = size or self._size_of_window
        self._in_alternate = False
        self._size: os.terminal_size | None = None  # of the last picture
        self._news: deque[Line] = deque(maxlen=LINES_KEPT)
        self._earlier = 0  # lines that are not kept
        self._view: View | None = None

    def say(self, text: str, style: str = "") -> None:
        """Show a line that stays."""
        line = ((printable(text, LONGEST_LINE), style),)
        if not self._in_alternate:
            self._print([line])
            return
        self._earlier += len(self._news) == LINES_KEPT
        self._news.append(line)

    def draw(self, view: View) -> None:
        """Show a picture in place of the last one, or below it where this is not a terminal."""
        self._view = view
        if not self.live:
            self._print([[], *view.picture(None, None)])
            return
        if not self._in_alternate:
            self._in_alternate, self._size = True, None
            self.console.set_alt_screen(True)
            self.console.show_cursor(False)
        size = self._measure()
        is_changed, self._size = size != self._size, size
        lines = [self._encodable(cropped(line, size.columns)) for line in self.composed(view, size)]
        self.console.print(_Frame(lines, size.lines, is_changed), end="", crop=False)
        self._out.flush()

    def end(self) -> None:
        """Leave the last picture, and the lines above it, in the normal screen."""
        if not self.leave() or self._view is None or self._size is None:
            return
        if self._earlier:
            self._print([((f"({self._earlier:,} earlier lines are not shown)", "faint"),)])
        columns, lines = self._size
        picture = self._view.picture(columns, max(lines - 1, 1))
        self._print([*self._news, *([[]] if self._news else [])])
        self._print([cropped(line, columns) for line in picture])

    def leave(self) -> bool:
        """Show the normal screen again, and return whether another was shown."""
        was = self._in_alternate
        if was:
            self.console.show_cursor(True)
            self.console.set_alt_screen(False)
            self._in_alternate = False  # not earlier: Ctrl-C may have come before it was written
        return was

    def pause(self, stop: Callable[[], object]) -> None:
        """Show the normal screen until *stop* returns; for handlers of signals.

        What was being written then is repaired by the next picture.
        """
        was, self._size = self._in_alternate, None
        os.write(self._out.fileno(), _LEAVE if was else _LEAVE[:6])
        stop()
        if was:
            os.write(self._out.fileno(), _RETURN)

    def busy(self, words: str) -> AbstractContextManager[object]:
        """Show that something takes a while: by a spinner, or by a line where this is not a terminal."""
        if self.live:
            spinner = "line" if self._is_ascii else "dots"
            (text, _), *_ = self._encodable([(printable(words), "")])
            return self.console.status(Text(text), spinner=spinner)
        self.say(words)
        return nullcontext()

    def composed(self, view: View, size: os.terminal_size) -> list[Line]:
        """All lines of a window: a picture, a rule and the latest lines below it."""
        columns, lines = size
        if lines < _LEAST_FOR_NEWS:
            return view.picture(columns, lines)
        room = max(min(_NEWS_LINES, lines // 6), lines - 1 - view.height(columns))
        news = list(self._news)[-room:]
        hidden = self._earlier + len(self._news) - len(news)
        title = f"{_RULE} events, {hidden:,} earlier " if hidden else f"{_RULE} events "
        rule = (((title + _RULE * columns)[:columns], "faint"),)
        return [*view.picture(columns, lines - 1 - room), rule, *news]

    def _print(self, lines: Sequence[Line]) -> None:
        self.console.print(Printed([self._encodable(line) for line in lines]), end="", crop=False)
        self._out.flush()

    def _encodable(self, line: Line) -> Line:
        """The same with characters that can be written; none takes more cells than the one it replaces."""
        if not self._is_ascii:
            return line
        shown = [(text.translate(_IN_ASCII), style) for text, style in line]
        return [
            (text.encode(self._encoding, "replace").decode(self._encoding), style) for text, style in shown
        ]

    def _size_of_window(self) -> os.terminal_size:
        try:
            return os.get_terminal_size(self._out.fileno())
        except (OSError, ValueError):
            return shutil.get_terminal_size()


def _has_all(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _segments(line: Line) -> Iterator[Segment]:
    for text, style in line:
        yield Segment(text, STYLES[style])


class Printed:
    """Lines below each other, without blanks at their ends."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            if line:
                *spans, (text, style) = line
                yield from _segments([*spans, (text.rstrip(), style)])
            yield Segment.line()


class _Frame:
    """Lines that fill a window."""

    def __init__(self, lines: Sequence[Line], height: int, is_cleared: bool) -> None:
        self._lines = [*lines[:height], *[()] * (height - len(lines))]
        self._is_cleared = is_cleared

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Control.home().segment
        if self._is_cleared:
            yield Control.clear().segment
        for number, line in enumerate(self._lines):
            if number:
                yield Segment.line()
            yield _ERASE_LINE
            yield from _segments(line)


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Say on standard error what takes a while, with a spinner; nothing where that is not a terminal."""
    screen = Screen(sys.stderr)
    with (
        handled(ENDS) if screen.live else nullcontext(),
        screen.busy(words) if screen.live else nullcontext(),
    ):
        yield
