"""The thread that runs the reactor, and the end of the process.

A process has one reactor, which can run once. If nobody runs it, a thread of ours does, for all managers. It
is not a daemon, so a script that ends after ``bm.start()`` goes on streaming. It ends by
``reactor.stop()``, by Ctrl-C, and when every manager was closed and the main thread has ended. None of these
wakes a sleeping reactor, so the beat of the process does.

``manager.run()`` runs the reactor in the calling thread, which is then in the place of ours; the reactor ends
when all managers are closed, whether the main thread has ended or not. In the main thread Ctrl-C cannot be a
KeyboardInterrupt at once: it would be raised in the reactor, which logs it and goes on. So it stops the
reactor, and is raised when that has ended.

Ctrl-C after the main program has ended. The main thread then waits, inside the interpreter, for our thread,
and Python runs signal handlers in the main thread only. Usually the signal interrupts that wait and the
handler runs. It does not if the signal arrives after the main thread's last check for signals and before the
wait begins, if the operating system delivers it to another thread, or on Windows, where a signal interrupts
no lock. The handler would then run when our thread has ended, which nothing would end. The interpreter also
writes the number of each signal to a socket at once (``signal.set_wakeup_fd``), and the reactor's thread
reads it.

Forks. A child process has one thread, a copy of the one that forked: nobody runs the reactor there, though it
looks as if somebody did, and its sockets are the parent's. So a reactor that has run is *lost* in a child,
and nothing is asked of it.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol
from weakref import WeakSet, ref

from twisted.internet.error import ReactorAlreadyRunning, ReactorNotRestartable, ReactorNotRunning
from twisted.python import threadable

from binance.exceptions import ManagerError
from binance.process.beat import beat
from binance.process.logs import Log
from binance.process.threads import DaemonResolver, calls

log = Log(__name__)

FORKED = (
    "this process was forked after the reactor had run in its parent, and a reactor does not survive a fork: "
    "fork before the first bm.start(), or make processes with the method 'spawn' of multiprocessing"
)

#: Of the thread that runs the reactor, unless a manager has another name for it.
THREAD_NAME = "binance reactor"

#: Seconds between two interrupts by a callback that raises SystemExit with each message.
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


def stop_was_called(reactor: Any, unknown: bool = False) -> bool:
    """Whether ``stop()`` was called, once and for all; the reactor may still be running.

    :param unknown: the answer of a reactor that is not Twisted's.
    """
    # Twisted keeps it private; `running` is true until the reactor notices
    return bool(getattr(reactor, "_startedBefore", unknown))


def _stop_is_queued(reactor: Any) -> bool:
    """Whether another thread has asked the reactor to call ``stop()``, which it will when it comes to it."""
    calls = [call[0] for call in list(getattr(reactor, "threadCallQueue", ()))]
    return stop in calls or reactor.stop in calls


class Manager(Protocol):
    """What the runner asks of a manager."""

    @property
    def daemon(self) -> bool: ...

    @property
    def name(self) -> str: ...

    def start(self) -> None: ...

    def is_alive(self) -> bool: ...


class SignalNumbers:
    """The numbers of the signals that arrived, known before Python's handlers have run.

    A process has one file descriptor for them. If the application has set it (as asyncio's loop does for its
    signal handlers), it stays the application's, and nothing is read here.
    """

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        atexit.register(self._close)  # not left to the garbage collector: the interpreter writes to it
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._unset)  # it would write to the parent's socket

    def watch(self) -> None:
        """Have the interpreter write here, unless it writes elsewhere already. In the main thread only."""
        found = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        if found not in (-1, self._writer.fileno()):
            signal.set_wakeup_fd(found)  # it cannot be read without setting it

    def read(self) -> bytes:
        """Return the numbers of the signals since the last call, one byte each. From any thread."""
        try:
            return self._reader.recv(4096)
        except OSError:  # no signal has arrived, or the interpreter is exiting and has closed the socket
            return b""

    def _unset(self) -> None:
        found = signal.set_wakeup_fd(-1)
        if found not in (-1, self._writer.fileno()):
            signal.set_wakeup_fd(found)

    def _close(self) -> None:
        self._unset()
        self._reader.close()
        self._writer.close()


class Runner:
    """The thread that runs the reactor when nobody else does; one a process (:data:`runner`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._managers: WeakSet[Manager] = WeakSet()
        self._thread: threading.Thread | None = None
        self._maker: ref[Manager] | None = None  # the manager whose start made that thread
        self._is_callers = False  # the thread is that of a manager.run()
        self._reactor: Any = None
        self._resolver: Any = None
        self._ready = threading.Event()
        self._over = False
        self._interrupted = False
        self._answered = False  # the reactor was stopped for an interrupt whose handler has yet to run
        self._signals: SignalNumbers | None = None
        self._numbers = b""  # of signals that arrived after the end of the main thread
        self._asked = False  # the beat has asked for a _look()
        self._raised_at = float("-inf")
        self._reactors: WeakSet[Any] = WeakSet()  # used by managers
        self._lost: WeakSet[Any] = WeakSet()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def is_lost(self, reactor: Any) -> bool:
        """Whether *reactor* had run before this process was forked: it is the parent's."""
        return reactor in self._lost

    def enter(self, manager: Manager, reactor: Any, theirs: bool) -> None:
        """See that the reactor runs, and does while *manager* is alive.

        Returns when the reactor runs, at once if it is the application that runs it or will.

        :param theirs: the application gave the reactor, so it runs it.
        :raises ManagerError: if the reactor has been stopped; a process can run it only once. If it had run
            before the process was forked.
        """
        if self.is_lost(reactor):
            raise ManagerError(FORKED)
        with self._lock:
            self._reactors.add(reactor)
            if stop_was_called(reactor):
                raise ManagerError(
                    "the reactor was stopped, and a process can run it only once: start a new process, "
                    "or end sockets with close() instead of reactor.stop()"
                )
            self._managers.add(manager)
            if theirs or (self._thread is None and reactor.running):
                return
            if self._is_callers and self._thread is threading.current_thread():
                return  # run() is about to run it
            if self._thread is None:
                self._prepare(reactor)
                thread = threading.Thread(target=self._run, name=manager.name, daemon=manager.daemon)
                thread.start()
                self._thread, self._maker = thread, ref(manager)
        self._listen_to_ctrl_c()
        if not in_reactor_thread(reactor):
            self._ready.wait()
        if self._over:
            raise ManagerError(
                "the reactor cannot run: it was stopped before, or another thread runs it; use a new process"
            )

    def run(self, manager: Manager, reactor: Any) -> None:
        """Start *manager* and run *reactor* in the calling thread, until it is stopped or no manager is open.

        If it runs already, or may not run here, *manager* is started, and that is all.

        :raises ManagerError: as in :meth:`enter`.
        :raises KeyboardInterrupt: in the main thread, after the reactor has ended by Ctrl-C.
        """
        with self._lock:
            is_free = self._thread is None and not reactor.running
            runs_here = is_free and not (self.is_lost(reactor) or stop_was_called(reactor))
            if runs_here:
                self._prepare(reactor)
                self._thread, self._is_callers = threading.current_thread(), True
        if not runs_here:
            manager.start()
            return

        def begin() -> None:
            self._listen_to_ctrl_c()
            manager.start()

        self._run(begin)
        if self._interrupted and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt

    def rename(self, manager: Manager) -> None:
        """Give the thread the name of *manager*, if it was made for it."""
        with self._lock:
            if self._thread is not None and self._maker is not None and self._maker() is manager:
                self._thread.name = manager.name

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

    def is_ending(self, reactor: Any) -> bool:
        """Whether *reactor* is going to stop, though it may be busy, or asleep, and not have noticed.

        From any thread.
        """
        if stop_was_called(reactor) or _stop_is_queued(reactor):
            return True
        if reactor is not self._reactor or not self._runs():
            return False
        was_interrupted = self._is_unhandled() or self._was_interrupted()
        return was_interrupted and not threading.main_thread().is_alive()

    def _runs(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _forked(self) -> None:
        """This is a child process, whose only thread this is."""
        known = {*self._reactors, sys.modules.get("twisted.internet.reactor")} - {None}
        ours = self._reactor if self._thread is not None else None
        for reactor in known:
            if reactor is ours or getattr(reactor, "running", False) or stop_was_called(reactor):
                self._lost.add(reactor)
        self._lock = threading.Lock()  # another thread may have held it
        self._ready = threading.Event()
        self._thread = self._reactor = self._maker = None
        self._is_callers = False
        self._interrupted = self._answered = self._asked = False
        self._numbers = b""

    # -- the thread that runs it --------------------------------------------------------------------------

    def _prepare(self, reactor: Any) -> None:
        """What the reactor needs of this process, before it runs; under the lock."""
        self._reactor = reactor
        beat.add(self)
        calls.prepare()
        self._resolver = DaemonResolver(reactor)

    def _run(self, begin: Callable[[], None] = lambda: None) -> None:
        reactor, over = self._reactor, True
        try:
            begin()
            reactor.installNameResolver(self._resolver)
            reactor.callWhenRunning(self._ready.set)
            reactor.run(installSignalHandlers=False)
        except ReactorNotRestartable:
            log.debug("the reactor was run before")  # enter() says so to its caller
        except ReactorAlreadyRunning:
            over = False  # the application came first, at the same moment
        finally:
            self._over = over
            beat.remove(self)
            self._ready.set()

    def beat(self) -> None:
        """Wake the reactor if there is something for it to notice. Called in the beat's thread."""
        # first read, then look: the handlers of what arrived while the main thread lived have run or will
        numbers = b"" if self._signals is None else self._signals.read()
        main_ended = not threading.main_thread().is_alive()
        if main_ended:
            self._numbers += numbers
        # where that is not known the reactor is woken each time
        stop_called = stop_was_called(self._reactor, unknown=True)
        if not self._asked and (stop_called or self._is_over()):
            self._asked = True  # not one call per beat while a callback blocks the reactor
            self._reactor.callFromThread(self._look)

    def _look(self) -> None:
        """Stop the reactor if nobody wants it any more."""
        self._asked = False
        if threading.current_thread() is not self._thread:
            return  # the application runs the reactor after all, and stops it itself
        if not self._is_over():
            return
        if self._is_unhandled():
            self._interrupted = self._answered = True
        stop(self._reactor)

    def _is_over(self) -> bool:
        """Whether nobody wants the reactor: no manager is open, or Ctrl-C was pressed."""
        if threading.main_thread().is_alive():
            return self._is_callers and not self._wanted()  # the handler of Ctrl-C acts
        return self._is_unhandled() or self._was_interrupted() or not self._wanted()

    def _is_unhandled(self) -> bool:
        """Whether Ctrl-C was pressed after the end of the main thread, and our handler has not run."""
        ours = signal.getsignal(signal.SIGINT) == self._on_sigint
        return signal.SIGINT in self._numbers and ours and not self._interrupted

    def _wanted(self) -> bool:
        with self._lock:
            managers = list(self._managers)
        return any(manager.is_alive() for manager in managers)

    def _was_interrupted(self) -> bool:
        # where our handler was not installed (asyncio's was, or start() was called in another thread), the
        # main thread's last exception shows it
        return self._interrupted or getattr(sys, "last_type", None) is KeyboardInterrupt

    # -- Ctrl-C -------------------------------------------------------------------------------------------

    def _listen_to_ctrl_c(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._on_sigint)
        if signal.getsignal(signal.SIGINT) == self._on_sigint:
            if self._signals is None:
                self._signals = SignalNumbers()
            self._signals.watch()  # at each start: a loop of asyncio may have replaced it and been closed

    def _on_sigint(self, number: int, frame: FrameType | None) -> None:
        """Remember the interrupt, so that the reactor ends with the main thread, and do what Python does."""
        answered, self._answered = self._answered, False
        if answered:  # late, after the main thread's wait for ours
            return
        first, self._interrupted = not self._interrupted, True
        over = self._over or self._reactor is None
        main = threading.main_thread()
        # else the interpreter waits for our thread only, or the reactor would swallow what is raised here
        if first and not over and (self._thread is main or not main.is_alive()):
            self._reactor.callFromThread(stop, self._reactor)
            return
        signal.default_int_handler(number, frame)


runner = Runner()
