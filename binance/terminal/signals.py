"""Signals that end or stop a program which has changed the terminal: it is given back first."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

Handler = Callable[[int, Any], object]


def ended(number: int, frame: object) -> NoReturn:
    """End the program, through its ``finally`` blocks, with the status that a shell gives it."""
    raise SystemExit(128 + number)


#: Signals that end a program, by their names: Windows has not all of them.
ENDS: Mapping[str, Handler] = {"SIGTERM": ended, "SIGHUP": ended}


@contextlib.contextmanager
def handled(handlers: Mapping[str, Handler]) -> Iterator[None]:
    """Handle signals until the block ends; in the main thread.

    Those that the process was started to ignore, by ``nohup`` say, stay ignored.
    """
    before: dict[int, Any] = {}
    try:
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
