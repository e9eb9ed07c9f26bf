"""Sockets whose manager was never started: a program with such has forgotten ``bm.start()``."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable

from binance.process.logs import Log
from binance.text.counted import counted
from binance.text.keys import short_key

log = Log(__name__)

#: Names in a warning.
SHOWN = 5
#: Seconds after the first ``start_*``, from which a manager that is used and not started is a warning.
REMIND_S = 5.0


class Forgotten:
    """Remembers them, for a warning when the manager is used again, and for one when the process ends.

    It has no timer: a program that forgot ``bm.start()`` and only sleeps gets the warning when it ends.

    Managers are not held: one that was collected as garbage was never started either.

    :param at_exit: has a function called at the end of the process.
    :param now: seconds of a clock that is never set.
    """

    def __init__(
        self,
        at_exit: Callable[[Callable[[], None]], object] = atexit.register,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_exit = at_exit
        self._now = now
        self._remind_at: dict[object, float] = {}  # of managers that were not reminded of
        self._keys: dict[object, set[str]] = {}
        self._is_registered = False
        if hasattr(os, "register_at_fork"):
            # either process may be the one that goes on and starts the manager
            os.register_at_fork(after_in_child=self._clear, after_in_parent=self._clear)

    def claimed(self, manager: object, conn_key: str) -> None:
        """A socket was started, and its manager was not yet. From any thread.

        :param manager: stands for the manager.
        """
        if manager not in self._keys:
            self._remind_at[manager] = self._now() + REMIND_S
        self._keys.setdefault(manager, set()).add(conn_key)
        if not self._is_registered:
            self._is_registered = True
            self._at_exit(self.warn)

    def stopped(self, manager: object, conn_key: str) -> None:
        """That socket was stopped."""
        self._keys.get(manager, set()).discard(conn_key)

    def started(self, manager: object) -> None:
        """The manager was started or closed, so it was not forgotten."""
        self._keys.pop(manager, None)
        self._remind_at.pop(manager, None)

    def used(self, manager: object) -> None:
        """A manager is used that was not started: a warning, once, some seconds after its first socket."""
        keys = sorted(self._keys.get(manager, ()))
        if not keys or self._now() < self._remind_at.get(manager, float("inf")):
            return
        if self._remind_at.pop(manager, None) is None:
            return  # another thread was faster
        log.warning(
            "%s not connected (%s), because the manager was not started: call bm.start()",
            counted(len(keys), "socket"),
            _listed(keys),
        )

    def warn(self) -> None:
        """Log what is forgotten now."""
        keys = sorted(key for keys in self._keys.values() for key in keys)
        if not keys:
            return
        log.warning(
            "the program ends, and %s never connected (%s): their manager was not started; call "
            "bm.start() after start_*_socket(), or use it in a with block",
            counted(len(keys), "socket"),
            _listed(keys),
        )

    def _clear(self) -> None:
        self._keys.clear()
        self._remind_at.clear()


def _listed(keys: list[str]) -> str:
    return ", ".join(map(short_key, keys[:SHOWN])) + (" ..." if len(keys) > SHOWN else "")


forgotten = Forgotten()
