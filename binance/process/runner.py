"""Who runs the reactor, and how the process ends.

A process has one reactor, which can run once. If nobody runs it, a thread of ours does, for all managers; it
is no daemon, so a script that ends after ``bm.start()`` goes on streaming. It ends by ``reactor.stop()``, by
Ctrl-C, and when every manager was closed and the main thread has ended.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any, Protocol
from weakref import WeakSet

from twisted.internet.error import ReactorAlreadyRunning, ReactorNotRestartable, ReactorNotRunning
from twisted.python import threadable

from binance.exceptions import ManagerError
from binance.process.threads import DaemonResolver

log = logging.getLogger(__name__)

#: A sleeping reactor does not notice reactor.stop() from another thread; this often we wake it.
BEAT_S = 0.25

#: A callback that raises SystemExit with each message interrupts the program once in so long.
INTERRUPT_AGAIN_S = 10.0


def in_reactor_thread(reactor: Any) -> bool:
    """Whether the caller is in the thread that runs *reactor*."""
    return bool(reactor.running) and threadable.isInIOThread()


def stop(reactor: Any) -> None:
    """Stop *reactor*, in its own thread; nothing if it is stopping already."""
    try:
        reactor.stop()
    except ReactorNotRunning:
        log.debug("the reactor is stopping already")


class Manager(Protocol):
    """What the runner asks of a manager."""

    def is_alive(self) -> bool: ...


class Runner:
    """The thread that runs the reactor when nobody else does; one a process (:data:`runner`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._managers: WeakSet[Manager] = WeakSet()
        self._thread: threading.Thread | None = None
        self._reactor: Any = None
        self._ready = threading.Event()
        self._over = False
        self._interrupted = False
        self._raised_at = float("-inf")

    def enter(self, manager: Manager, reactor: Any, daemon: bool, theirs: bool) -> None:
        """See that the reactor runs, and does while *manager* is alive.

        Returns when the reactor runs, at once if it is the application that runs it or will.

        :param daemon: whether a thread that is made for it is a daemon.
        :param theirs: the application gave the reactor, so it runs it.
        :raises ManagerError: if the reactor has been stopped; a process can run it only once.
        """
        with self._lock:
            # Twisted keeps it private that stop() was called; `running` is true until it is noticed
            if getattr(reactor, "_startedBefore", False):
                raise ManagerError(
                    "the reactor was stopped, and a process can run it only once: start a new process, "
                    "or end sockets with close() instead of reactor.stop()"
                )
            self._managers.add(manager)
            if theirs or (self._thread is None and reactor.running):
                return
            if self._thread is None:
                self._reactor = reactor
                thread = threading.Thread(target=self._run, name="binance reactor", daemon=daemon)
                thread.start()
                self._thread = thread
        self._listen_to_ctrl_c()
        if not in_reactor_thread(reactor):
            self._ready.wait()
        if self._over:
            raise ManagerError("the reactor cannot run: it was run and stopped before, or runs elsewhere")

    def interrupt(self, reactor: Any) -> None:
        """End the program as Ctrl-C does: a callback raised SystemExit or KeyboardInterrupt.

        In the reactor's thread.
        """
        now = time.monotonic()
        if now - self._raised_at < INTERRUPT_AGAIN_S:
            return  # the same callback, called again before the program has come to its end
        self._raised_at = now
        main = threading.main_thread()
        if threading.current_thread() is main or not main.is_alive() or main.ident is None:
            stop(reactor)
        elif hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main.ident, signal.SIGINT)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    # -- our thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        reactor, over = self._reactor, True
        try:
            reactor.installNameResolver(DaemonResolver(reactor))
            reactor.callWhenRunning(self._running)
            reactor.run(installSignalHandlers=False)
        except ReactorNotRestartable:
            log.debug("the reactor was run before")  # enter() says so to its caller
        except ReactorAlreadyRunning:
            over = False  # the application came first, at the same moment
        finally:
            self._over = over
            self._ready.set()

    def _running(self) -> None:
        self._ready.set()
        self._beat()

    def _beat(self) -> None:
        """Notice what cannot wake the reactor: a stop from another thread, the end of the main thread."""
        if not threading.main_thread().is_alive() and (not self._wanted() or self._was_interrupted()):
            stop(self._reactor)
        else:
            self._reactor.callLater(BEAT_S, self._beat)

    def _wanted(self) -> bool:
        with self._lock:
            managers = list(self._managers)
        return any(manager.is_alive() for manager in managers)

    def _was_interrupted(self) -> bool:
        # where our handler was not installed (asyncio's was, or start() was called in another thread), the
        # main thread's last words tell
        return self._interrupted or getattr(sys, "last_type", None) is KeyboardInterrupt

    # -- Ctrl-C -------------------------------------------------------------------------------------------

    def _listen_to_ctrl_c(self) -> None:
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._on_sigint)

    def _on_sigint(self, number: int, frame: FrameType | None) -> None:
        """Remember the interrupt, so that the reactor ends with the main thread, and do what Python does."""
        first, self._interrupted = not self._interrupted, True
        if first and not self._over and not threading.main_thread().is_alive():
            self._reactor.callFromThread(stop, self._reactor)  # the interpreter waits for our thread only
            return
        signal.default_int_handler(number, frame)


runner = Runner()
