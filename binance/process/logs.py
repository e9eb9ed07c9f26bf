"""Loggers whose lines never raise.

Handlers and filters are code of others. What they raise must not end a socket, so it goes where the logging
module itself puts the errors of its handlers: to standard error, unless ``logging.raiseExceptions`` is off.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from typing import Any

DEBUG, INFO, WARNING, ERROR = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR


class Log:
    """The part of a :class:`logging.Logger` that this package uses."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def log(
        self, level: int, words: str, *arguments: Any, exc_info: BaseException | None = None, deep: int = 1
    ) -> None:
        """Log one line.

        :param deep: how many calls above this one the line belongs to.
        """
        try:
            self._logger.log(level, words, *arguments, exc_info=exc_info, stacklevel=deep + 1)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:  # asyncio's CancelledError, for one, is no Exception
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
