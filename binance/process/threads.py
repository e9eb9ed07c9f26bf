"""Blocking calls in daemon threads, so that one that hangs holds up neither the reactor nor the exit.

The reactor's own pool is joined when it stops: a call that hangs there holds ``reactor.stop()``.

Python 3.12 makes no threads once the main thread has ended, where a script goes on streaming. So some threads
are made before ``bm.start()`` returns. Others are made when they are needed, as long as Python lets us; if it
does not, calls wait for a thread that is free.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.python.failure import Failure
from zope.interface import implementer

from binance.process.logs import Log
from binance.text.keys import short_key
from binance.text.printable import printable_lines

log = Log(__name__)


#: As many threads wait for calls of accounts, and for name lookups, however few of them there are.
READY = 3
#: Name lookups at a time: all sockets may be lost at once.
LOOKUPS = 10


class DaemonThreads:
    """Daemon threads that nobody joins.

    :param name: of the threads.
    :param ready: threads that are kept, made by :meth:`prepare`.
    :param most: threads made at most; None: as many as there are calls at a time, for each may hang.
    """

    def __init__(self, name: str, ready: int = READY, most: int | None = None) -> None:
        self._name = name
        self._ready = ready
        self._most = most
        self._forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)  # threads do not survive a fork

    def prepare(self) -> None:
        """Make the threads that are kept, unless they are there. From any thread.

        :raises RuntimeError: if no more threads can be started.
        """
        with self._changed:
            while self._threads < self._ready:
                self._make()

    def run(self, reactor: Any, call: Callable[..., Any], *args: Any) -> Deferred[Any]:
        """Run ``call(*args)`` in one of the threads, when one is free.

        :returns: fires in the reactor's thread with what the call returned or raised; fails with RuntimeError
            if there is no thread.
        """
        answer: Deferred[Any] = Deferred()

        def run() -> None:
            try:
                result = call(*args)
            except BaseException:
                result = Failure()
            reactor.callFromThread(answer.callback, result)  # a Failure makes it an errback

        with self._changed:
            self._calls.append(run)
            if len(self._calls) > self._idle and (self._most is None or self._threads < self._most):
                try:
                    self._make()
                except RuntimeError:
                    if not self._threads:
                        self._calls.clear()
                        return fail()
                    # it waits for a thread that is busy
            self._changed.notify()
        return answer

    def _make(self) -> None:
        threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._threads += 1
        self._idle += 1

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._calls:
                    if self._threads > self._ready:
                        self._threads -= 1
                        self._idle -= 1
                        return
                    self._changed.wait()
                call = self._calls.popleft()
                self._idle -= 1
            call()
            with self._changed:
                self._idle += 1

    def _forget(self) -> None:
        self._changed = threading.Condition()
        self._calls: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._idle = 0  # threads that wait for a call, or will


#: For calls of a client's, each of which may hang.
calls = DaemonThreads("binance call")


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError("a name lookup cannot be cancelled")


@implementer(IHostnameResolver)
class DaemonResolver:
    """Looks names up with the system's ``getaddrinfo``, in up to ten threads that nobody joins.

    :raises RuntimeError: if no thread can be started.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._threads = DaemonThreads("binance names", most=LOOKUPS)
        self._threads.prepare()

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> _Resolution:
        wanted = tuple(addressTypes or (IPv4Address, IPv6Address))
        kind = socket.SOCK_STREAM if transportSemantics == "TCP" else socket.SOCK_DGRAM
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def found(infos: list[Any]) -> None:
            for family, _, _, _, address in infos:
                made: Any = IPv6Address if family == socket.AF_INET6 else IPv4Address
                if made in wanted:
                    resolutionReceiver.addressResolved(made(transportSemantics, *address))
            resolutionReceiver.resolutionComplete()

        def not_found(failure: Failure) -> None:
            # no such name or no network; a name that no DNS can hold
            failure.trap(OSError, UnicodeError)
            resolutionReceiver.resolutionComplete()  # without an address: the attempt fails and says so

        lookup: Deferred[Any] = maybeDeferred(
            self._threads.run,
            self._reactor,
            socket.getaddrinfo,
            hostName,
            portNumber,
            socket.AF_UNSPEC,
            kind,
        )
        lookup.addCallbacks(found, not_found)
        lookup.addErrback(lambda failure: log_failure(failure, hostName))
        return resolution


def log_failure(failure: Failure, what: str) -> None:
    """The last errback of a chain whose failure nobody expects: it reaches the log with its traceback."""
    # not as an argument, which would be made one line
    log.error(f"unexpected failure: {short_key(what)}\n{printable_lines(failure.getTraceback())}")
