"""Blocking calls in daemon threads, so that one that hangs holds up neither the reactor nor the exit.

The reactor's own pool is joined when it stops: a call that hangs there holds ``reactor.stop()``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from binance.process.logs import Log
from binance.text.printable import printable, printable_lines

log = Log(__name__)


def in_daemon_thread(reactor: Any, call: Callable[..., Any], *args: Any) -> Deferred[Any]:
    """Run ``call(*args)`` in a thread of its own.

    :returns: fires in the reactor's thread with what the call returned or raised.
    """
    answer: Deferred[Any] = Deferred()

    def run() -> None:
        try:
            result = call(*args)
        except BaseException:
            result = Failure()
        reactor.callFromThread(answer.callback, result)  # a Failure makes it an errback

    try:
        Thread(target=run, name=f"binance {getattr(call, '__name__', 'call')}", daemon=True).start()
    except RuntimeError:  # no more threads are to be had
        return fail()
    return answer


class _DaemonThreadPool(ThreadPool):
    threadFactory = staticmethod(partial(Thread, daemon=True))  # type: ignore[assignment]


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError("a name lookup cannot be cancelled")


@implementer(IHostnameResolver)
class DaemonResolver:
    """Looks names up with the system's ``getaddrinfo``, in up to ten threads that nobody joins."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._pool = _DaemonThreadPool(0, 10, "binance names")
        self._pool.start()

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
            # no such name or no network; a name that no DNS can hold; no thread to be had
            failure.trap(OSError, UnicodeError, RuntimeError)
            resolutionReceiver.resolutionComplete()  # without an address: the dial fails and says so

        lookup: Deferred[Any] = maybeDeferred(
            deferToThreadPool,
            self._reactor,
            self._pool,
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
    log.error(f"unexpected failure: {printable(what)}\n{printable_lines(failure.getTraceback())}")
