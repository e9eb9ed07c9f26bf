"""An awaitable for asyncio and for Twisted coroutines.

Theory of operation. A coroutine that awaits a :class:`Woken` yields it to whatever drives the coroutine, and
that one shows which of the two it is by its next step:

* Twisted finds a Deferred, and adds callbacks to it.
* A task of asyncio finds the protocol of its futures (``_asyncio_future_blocking``, ``add_done_callback``,
  ``result`` ...), and adds its own callback.

So nobody has to find out which of the two runs the coroutine. That would be guessing where both do: on
Twisted's reactor over asyncio a loop is running while Twisted drives a coroutine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any

from twisted.internet.defer import Deferred


class Woken(Deferred[None]):
    """Ends the wait of one coroutine, once :meth:`wake` is called; made by the coroutine, in its thread.

    :param reactor: runs the coroutine, if Twisted does.
    """

    _asyncio_future_blocking = False

    def __init__(self, reactor: Any) -> None:
        super().__init__()
        self._reactor = reactor
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._tasks: list[tuple[Callable[[Any], object], Context | None]] = []
        self._is_done = False
        self._is_cancelled = False

    def __repr__(self) -> str:
        # not Deferred's, which shows its result: to asyncio that is a method, which would show itself
        return f"<{type(self).__name__}, {'done' if self._is_done else 'pending'}>"

    __str__ = __repr__

    def wake(self) -> None:
        """End the wait; from any thread. Calling it again, or after the wait was cancelled, does nothing."""
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(self._wake)
            except RuntimeError:  # the loop is closed: nobody waits any more
                self._is_done = True
        else:
            self._reactor.callFromThread(self._wake)

    def _wake(self) -> None:
        if self._is_done:
            return
        self._is_done = True
        if self._tasks:
            self._call_tasks()
        else:
            self.callback(None)

    def _call_tasks(self) -> None:
        tasks, self._tasks = self._tasks, []
        for callback, context in tasks:
            assert self._loop is not None
            self._loop.call_soon(callback, self, context=context)

    def __await__(self) -> Generator[Any, None, None]:
        self._asyncio_future_blocking = True
        yield self

    __iter__ = __await__

    def cancel(self, msg: Any = None) -> bool:  # type: ignore[override]
        """End the wait by its being cancelled, as asyncio and Twisted do."""
        if self._is_done:
            return False
        self._is_done = True
        if self._tasks:
            self._is_cancelled = True
            self._call_tasks()
        else:
            super().cancel()
        return True

    # -- what a task of asyncio asks of a future ------------------------------------------------------------

    def get_loop(self) -> asyncio.AbstractEventLoop | None:
        return self._loop

    def add_done_callback(self, callback: Callable[[Any], object], *, context: Context | None = None) -> None:
        self._tasks.append((callback, context))
        if self._is_done:
            self._call_tasks()

    def remove_done_callback(self, callback: Callable[[Any], object]) -> int:
        before = len(self._tasks)
        self._tasks = [one for one in self._tasks if one[0] != callback]
        return before - len(self._tasks)

    def done(self) -> bool:
        return self._is_done

    def cancelled(self) -> bool:
        return self._is_cancelled

    def result(self) -> None:  # type: ignore[override]
        if self._is_cancelled:
            raise asyncio.CancelledError

    def exception(self) -> None:
        return None
