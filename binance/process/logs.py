"""Loggers that never raise, and whose lines stay lines.

Handlers and filters are code of others. What they raise must not end a socket, so it goes where the logging
module itself puts the errors of its handlers: to standard error, unless ``logging.raiseExceptions`` is off.

Arguments and tracebacks may quote the exchange, so they are made printable: see
:mod:`binance.text.printable`. Keys and URLs of many streams are shortened: see :mod:`binance.text.keys`.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from typing import Any

from binance.text.keys import shortened
from binance.text.printable import printable, printable_lines

DEBUG, INFO, WARNING, ERROR = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR


class Log:
    """The part of a :class:`logging.Logger` that this package uses."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)
        self._logger.addFilter(_with_printable_traceback)

    def log(
        self, level: int, words: str, *arguments: Any, exc_info: BaseException | None = None, deep: int = 1
    ) -> None:
        """Log one line.

        :param deep: how many calls above this one the line belongs to.
        """
        try:
            shown = [printable(shortened(one)) if isinstance(one, str) else one for one in arguments]
            self._logger.log(level, words, *shown, exc_info=exc_info, stacklevel=deep + 1)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:  # asyncio's CancelledError, for one, is not an Exception
            if logging.raiseExceptions:
                with contextlib.suppress(Exception):  # there may be no standard error, or a closed one
                    traceback.print_exc(file=sys.stderr)

    def debug(self, words: str, *arguments: Any, exc_info: BaseException | None = None) -> None:
        self.log(DEBUG, words, *arguments, exc_info=exc_info, deep=2)

    def info(self, words: str, *arguments: Any) -> None:
        self.log(INFO, words, *arguments, deep=2)

    def warning(self, words: str, *arguments: Any) -> None:
        self.log(WARNING, words, *arguments, deep=2)

    def error(self, words: str, *arguments: Any, exc_info: BaseException | None = None) -> None:
        self.log(ERROR, words, *arguments, exc_info=exc_info, deep=2)


def _with_printable_traceback(record: logging.LogRecord) -> bool:
    """A filter that lets everything pass. Formatters take the text of a traceback from here."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and not record.exc_text:
        record.exc_text = _traceback(error)
    return True


def _traceback(error: BaseException) -> str:
    """As Python prints it, but the words of an exception are on one line, and look like no other line."""
    whole = traceback.TracebackException.from_exception(error)
    words: set[str] = set()
    chained = [whole]
    while chained:
        one = chained.pop()
        words.update(one.format_exception_only())
        chained += [other for other in (one.__cause__, one.__context__) if other is not None]
    parts = [
        f"{printable(part[:-1])}\n" if part in words else printable_lines(part) for part in whole.format()
    ]
    return "".join(parts).removesuffix("\n")
