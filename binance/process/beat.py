"""The beat: one thread of the process that calls its listeners four times a second.

A sleeping reactor notices neither ``reactor.stop()`` from another thread, nor the end of the main thread,
nor a step of the wall clock. Timers of the reactor do not help: they go by the wall clock, and after a step
of -45 s they fire 45 s late. The beat's thread sleeps by the monotonic clock.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Protocol
from weakref import WeakSet

from binance.process.logs import Log

log = Log(__name__)

BEAT_S = 0.25


class Listener(Protocol):
    """An object that the beat calls; it must be hashable and support weak references."""

    def beat(self) -> None:
        """Called in its thread. It must not block, and acts on a reactor only by ``callFromThread``."""


def _in_daemon_thread(run: Callable[[], None]) -> None:
    threading.Thread(target=run, name="binance beat", daemon=True).start()


class Beat:
    """Calls its listeners every :data:`BEAT_S` seconds, in a daemon thread that lives as long as the process.

    The thread is started for the first listener. Listeners are held by weak references.

    :param spawn: runs a function in a daemon thread.
    """

    def __init__(self, spawn: Callable[[Callable[[], None]], None] = _in_daemon_thread) -> None:
        self._spawn = spawn
        self._lock = threading.Lock()
        self._listeners: WeakSet[Listener] = WeakSet()
        self._beating = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def add(self, listener: Listener) -> None:
        """Call *listener* at each beat from now on; adding it again does nothing. From any thread.

        :raises RuntimeError: if no thread can be started.
        """
        with self._lock:
            if not self._beating:
                self._spawn(self._run)
                self._beating = True
            self._listeners.add(listener)

    def remove(self, listener: Listener) -> None:
        """Stop calling *listener*, if it was added; one call may be under way. From any thread."""
        with self._lock:
            self._listeners.discard(listener)

    def call(self) -> None:
        """Call each listener once. An exception is logged, and the other listeners are still called."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener.beat()
            except Exception as exc:  # a bug; the thread must go on for the others
                log.error("unexpected error in the beat of %r", listener, exc_info=exc)

    def _run(self) -> None:
        while True:
            time.sleep(BEAT_S)
            self.call()

    def _forked(self) -> None:
        # The child process has no beat thread, and the lock may have been held by it. The listeners belong to
        # reactors of the parent, whose wake-up pipes the child shares; it adds those that it needs itself.
        self._lock = threading.Lock()
        self._listeners = WeakSet()
        self._beating = False


#: The beat of this process.
beat = Beat()
