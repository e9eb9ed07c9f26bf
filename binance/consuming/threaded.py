"""A consumer that calls a callback in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from twisted.internet.error import ReactorNotRunning

from binance.consuming.waiting import check_thread, check_timeout
from binance.consuming.worker import Worker
from binance.exceptions import ManagerError
from binance.process.logs import Log
from binance.sockets.functions import check_callback, check_result

log = Log(__name__)


class InThread(Worker):
    """What :func:`in_thread` makes."""

    _thread: threading.Thread | None = None

    def begin(self, feed: Any) -> None:
        try:
            super().begin(feed)
        except RuntimeError as exc:
            raise ManagerError(
                f"no thread can be started for a consumer ({exc}): Python starts no threads after the main "
                "thread has ended; start the socket before that, or end the script with bm.join()"
            ) from exc

    def join(self, timeout: float | None = None) -> bool:
        """Wait until no socket feeds it and the callback has returned from the last message.

        :param timeout: seconds to wait at most; None: for ever.
        :returns: whether that is so.
        :raises ManagerError: in the reactor's thread, and in the callback, where it would deadlock.
        """
        check_timeout(timeout)
        check_thread(self._reactor, "a consumer", "look at its attribute ended")
        if self._is_own_callback():
            raise ManagerError("join() in its own callback would deadlock; call it in another thread")
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            name = getattr(self._callback, "__name__", type(self._callback).__name__)
            thread = threading.Thread(target=self._work, name=f"binance {name}", daemon=True)
            thread.start()  # with the lock: it waits for that before it does anything
            self._thread = thread

    def _is_own_callback(self) -> bool:
        return threading.current_thread() is self._thread

    def _work(self) -> None:
        while self._refill():
            calls = self._calls()
            while not self._call_each(calls):
                pass  # it raised; the next one comes all the same

    def _call_each(self, calls: Any) -> bool:
        """Call the callback until it raises; returns whether it was called with everything."""
        callback = self._callback
        try:
            for messages in calls:
                if (result := callback(messages)) is not None:
                    check_result(result)
        except ReactorNotRunning:
            log.debug("a callback called reactor.stop(), but the reactor is stopping already")
        except BaseException as exc:
            self._failed_call(exc)
        else:
            return True
        return False

    def _is_through(self) -> bool:
        is_through = super()._is_through()
        if is_through:
            self._thread = None  # under the lock: whoever starts a socket from now on makes another one
        return is_through

    def _forget_threads(self) -> None:
        super()._forget_threads()
        self._thread = None


def in_thread(
    callback: Callable[[Any], object],
    *,
    limit: int = 100_000,
    when_full: str = "drop_oldest",
    batch: bool = False,
    drain_s: float = 1.0,
) -> InThread:
    """Have *callback* called in a thread of its own, where it may take its time.

    Pass what this returns to ``start_*``, to several if you like: calls never overlap, and come in order. The
    thread is a daemon. It runs from ``bm.start()`` on, or from the first ``start_*`` after that, until no
    socket feeds it and nothing waits.

    :param callback: called with one message; what it raises is logged, and is a ``callback_error`` event. If
        it stops its socket, the pending messages of that socket are dropped.
    :param limit: how many messages wait at most.
    :param when_full: ``"drop_oldest"``, ``"drop_newest"`` or ``"stop"``, as :class:`Inbox` has them.
    :param batch: call it with a list of messages, 1,000 at most, all that wait of one socket: a callback that
        falls behind gets longer lists. An error message comes in a list of its own.
    :param drain_s: seconds for which messages that wait are still handed on when the reactor stops.
    :raises InvalidArgument: (a ValueError) if an argument is out of range.
    :raises TypeError: if *callback* is not callable, or is an ``async def``.
    """
    check_callback(callback)
    return InThread(callback, limit, when_full, batch, drain_s)
