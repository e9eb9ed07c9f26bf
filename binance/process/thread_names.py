"""The names of ``threading.Thread`` that a manager has: in python-binance 0.7 it was a thread.

Here it is not one. All managers share the thread that runs the reactor, which the first of them to be started
makes, so *daemon* and *name* have an effect on that thread only where it is this manager that makes it.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any

from twisted.python import threadable

from binance.exceptions import ManagerError
from binance.process.runner import THREAD_NAME, runner


class ThreadNames(ABC):
    """What scripts ask of a manager as of a thread, besides :meth:`start` and ``join``."""

    def __init__(self) -> None:
        self._name = THREAD_NAME
        self._is_daemon = False

    @property
    @abstractmethod
    def _reactor(self) -> Any:
        """The reactor it goes by."""

    @abstractmethod
    def start(self) -> None:
        """Start it."""

    @abstractmethod
    def is_alive(self) -> bool:
        """Whether it is started and not closed."""

    def isAlive(self) -> bool:
        """:meth:`is_alive`, as threads called it before Python 3.9."""
        return self.is_alive()

    def run(self) -> None:
        """Start this manager and run the reactor in the calling thread, which callbacks are then called in.

        Returns when the reactor was stopped or all managers are closed; the reactor has stopped then, and a
        process can run it only once. Ctrl-C in the main thread stops it, and raises KeyboardInterrupt here.
        If the reactor runs already, in whichever thread, this does what :meth:`start` does, and returns.
        :meth:`start` does not call it.

        :raises ManagerError: as in :meth:`start`.
        """
        runner.run(self, self._reactor)

    @property
    def daemon(self) -> bool:
        """Whether the process ends with its main thread, and does not wait for the sockets; at first False.

        It has an effect on the manager that is started first.

        :raises ManagerError: (a RuntimeError) if it is set while the manager is started.
        """
        return self._is_daemon

    @daemon.setter
    def daemon(self, daemonic: bool) -> None:
        if self.is_alive():
            raise ManagerError(
                "daemon is set before bm.start(), and this manager is started; call bm.close() to end its "
                "sockets, so that the process can end"
            )
        self._is_daemon = bool(daemonic)

    def isDaemon(self) -> bool:
        """:attr:`daemon`."""
        return self.daemon

    def setDaemon(self, daemonic: bool) -> None:
        """Set :attr:`daemon`."""
        self.daemon = daemonic

    @property
    def name(self) -> str:
        """Name of the thread that this manager makes when it is the first to be started, as logs show it.

        It can be set before the start and after it.
        """
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = str(name)
        runner.rename(self)

    def getName(self) -> str:
        """:attr:`name`."""
        return self.name

    def setName(self, name: str) -> None:
        """Set :attr:`name`."""
        self.name = name

    @property
    def ident(self) -> int | None:
        """Number of the thread that calls back, as ``threading.get_ident()`` has it there; None while this
        manager is not started.
        """
        if not self.is_alive() or not self._reactor.running:
            return None
        ident: int | None = threadable.ioThread
        return ident

    @property
    def native_id(self) -> int | None:
        """The operating system's number of that thread; None while this manager is not started."""
        ident = self.ident
        if ident is None:
            return None
        return next((thread.native_id for thread in threading.enumerate() if thread.ident == ident), None)
