"""The time that workers have when the reactor stops, to deliver pending messages."""

from __future__ import annotations

from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

from twisted.internet.defer import Deferred, DeferredList


class Drains(Protocol):
    """Has messages to hand on; it must be hashable and support weak references."""

    def drain(self, reactor: Any) -> Deferred[None] | None:
        """Called when the reactor stops, in its thread: fire when nothing waits any more, or when it is time
        to go on without; None: nothing waits.
        """


_workers: WeakKeyDictionary[Any, WeakSet[Drains]] = WeakKeyDictionary()  # by reactor


def watch(reactor: Any, worker: Drains) -> None:
    """Let *worker* drain before *reactor* stops; from any thread. Calling it again does nothing."""
    workers = _workers.get(reactor)
    if workers is None:
        workers = _workers.setdefault(reactor, WeakSet())
        reactor.addSystemEventTrigger("before", "shutdown", _drain, reactor)
    workers.add(worker)


def _drain(reactor: Any) -> Deferred[Any]:
    draining = [worker.drain(reactor) for worker in list(_workers[reactor])]
    return DeferredList([one for one in draining if one is not None], consumeErrors=True)
