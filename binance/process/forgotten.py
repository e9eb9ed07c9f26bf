"""Sockets whose manager was never started: a program that ends with such has forgotten ``bm.start()``."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable

from binance.process.logs import Log
from binance.text.counted import counted
from binance.text.keys import short_key

log = Log(__name__)

#: So many names are shown.
SHOWN = 5


class Forgotten:
    """Remembers them, for a warning when the process ends.

    Managers are not held: one that was collected as garbage was never started either.

    :param at_exit: has a function called at the end of the process.
    """

    def __init__(self, at_exit: Callable[[Callable[[], None]], object] = atexit.register) -> None:
        self._at_exit = at_exit
        self._keys: dict[object, set[str]] = {}
        self._is_registered = False
        if hasattr(os, "register_at_fork"):
            # either process may be the one that goes on and starts the manager
            os.register_at_fork(after_in_child=self._keys.clear, after_in_parent=self._keys.clear)

    def claimed(self, manager: object, conn_key: str) -> None:
        """A socket was started, and its manager was not yet. From any thread.

        :param manager: stands for the manager.
        """
        self._keys.setdefault(manager, set()).add(conn_key)
        if not self._is_registered:
            self._is_registered = True
            self._at_exit(self.warn)

    def stopped(self, manager: object, conn_key: str) -> None:
        """That socket was stopped."""
        self._keys.get(manager, set()).discard(conn_key)

    def started(self, manager: object) -> None:
        """The manager was started, or closed: somebody sees to it."""
        self._keys.pop(manager, None)

    def warn(self) -> None:
        """Log what is forgotten now."""
        keys = sorted(key for keys in self._keys.values() for key in keys)
        if not keys:
            return
        shown = ", ".join(map(short_key, keys[:SHOWN]))
        shown += " ..." if len(keys) > SHOWN else ""
        log.warning(
            "the program ends, and %s never connected (%s): their manager was not started; call "
            "bm.start() after start_*_socket(), or use it in a with block",
            counted(len(keys), "socket"),
            shown,
        )


forgotten = Forgotten()
