"""Shows something until it is over: pictures of it now and then, and lines about what happens."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from typing import TextIO

from binance.events import Event
from binance.terminal.news import News, timed
from binance.terminal.screen import Screen, View
from binance.terminal.signals import ENDS, handled
from binance.terminal.words import words_of

#: Seconds between two pictures: redrawn on a terminal, printed below each other into a pipe.
REDRAW_S = 0.2
PRINT_S = 2.0
#: Seconds between two looks at what has happened.
_LOOK_S = 0.05


class Show:
    """One run of a terminal command, from :meth:`begin` on.

    :param is_whole: every line is shown, however many there are of a kind.

    As a context manager, entered in the main thread, it gives the terminal back, whatever ends the block.
    SIGTERM and SIGHUP end it, too, with status 143 and 129; while it is stopped by Ctrl-Z, the shell has the
    terminal. Signals that the process was started to ignore, by ``nohup`` say, stay ignored.
    """

    def __init__(self, out: TextIO, is_whole: bool = False, screen: Screen | None = None) -> None:
        self.screen = screen or Screen(out)
        self._news = News(is_whole)
        self._began = time.monotonic()
        self._signals = handled({**ENDS, "SIGTSTP": self._stopped} if self.screen.live else {})
        logging.getLogger("binance").addHandler(logging.NullHandler())  # what it logs is shown

    def __enter__(self) -> Show:
        self._signals.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.screen.leave()
        except KeyboardInterrupt:  # Ctrl-C twice in quick succession
            self.screen.leave()
            raise
        finally:
            self._signals.__exit__(None, None, None)

    def _stopped(self, number: int, frame: object) -> None:
        """Stop, as Ctrl-Z asks for, and go on when the shell says so."""

        def stop() -> None:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            signal.signal(number, self._stopped)

        self.screen.pause(stop)

    def begin(self) -> None:
        """Count seconds from now on."""
        self._began = time.monotonic()

    @property
    def now_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def say(self, kind: str, words: str, style: str = "") -> None:
        """Show a line, with the time; from any thread. Of many of a *kind* at once the first are shown."""
        self._news.put(kind, timed(self.now_s, words), style)

    def event(self, event: Event, prefix: str = "") -> None:
        """Show a line about an event, if there is anything to say; from any thread."""
        words, style = words_of(event)
        if words:
            self.say(event.kind, prefix + words, style)

    def run(
        self,
        view: View | None,
        seconds: float | None,
        turn: Callable[[], bool],
        look: Callable[[], object] = lambda: time.sleep(_LOOK_S),
    ) -> None:
        """Show *view* for some seconds, None: until *turn* returns False.

        :param view: None: there are lines only.
        :param turn: called at each look.
        :param look: waits for the next one.
        :raises KeyboardInterrupt: after Ctrl-C; the last picture stays.
        """
        every_s = REDRAW_S if self.screen.live else PRINT_S
        next_s = 0.0 if self.screen.live else every_s
        try:
            while turn() and (seconds is None or self.now_s < seconds):
                self._tell(self._news.due(self.now_s))
                if view is not None and self.now_s >= next_s:
                    next_s = self.now_s + every_s
                    self.screen.draw(view)
                look()
            self._tell(self._news.rest(self.now_s))
            if view is not None:
                self.screen.draw(view)
        finally:
            self.screen.end()

    def _tell(self, lines: list[tuple[str, str]]) -> None:
        for text, style in lines:
            self.screen.say(text, style)
