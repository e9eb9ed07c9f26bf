"""A watch that notices the end of the program even while callbacks keep the reactor busy.

``reactor.stop()`` takes effect when the reactor has come to the end of its round, and a call that another
thread asks for (``reactor.callFromThread(reactor.stop)``, Twisted's own handler of Ctrl-C) does not even
begin before. With a backlog of messages a round may take minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance.process.beat import beat
from binance.process.logs import Log
from binance.process.runner import runner, stop_was_called

log = Log(__name__)


class EndingWatch:
    """Calls a function when the reactor is going to stop; it may be called several times.

    :param ending: called in the beat's thread, at most a beat late.
    """

    def __init__(self, ending: Callable[[], None]) -> None:
        self._ending = ending
        self._reactor: Any = None

    def begin(self, reactor: Any) -> None:
        """Watch from now on."""
        self._reactor = reactor
        try:
            beat.add(self)
        except RuntimeError as exc:  # no thread can be started
            log.error("no thread can be started that notices reactor.stop() during callbacks", exc_info=exc)

    def end(self) -> None:
        """Watch no more."""
        beat.remove(self)

    def stop_was_called(self) -> bool:
        """Whether ``reactor.stop()`` was called, in whatever thread. Costs little."""
        return stop_was_called(self._reactor)

    def beat(self) -> None:
        """Look at all ways to end. Called in the beat's thread."""
        if runner.is_ending(self._reactor):
            self._ending()
