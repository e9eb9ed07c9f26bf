"""A consumer that calls a coroutine function in an event loop of asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from twisted.internet.defer import Deferred

from binance.consuming.inbox import IN_A_ROW
from binance.consuming.worker import Worker, fire
from binance.exceptions import ManagerError
from binance.process.logs import INFO, WARNING, Log
from binance.sockets.consumer import Feed
from binance.text.counted import counted

log = Log(__name__)


class InLoop(Worker):
    """What :func:`in_loop` makes."""

    _task: asyncio.Task[None] | None = None
    _is_asked_for = False  # a task

    def __init__(
        self,
        callback: Any,
        loop: asyncio.AbstractEventLoop,
        limit: int,
        when_full: str,
        batch: bool,
        drain_s: float,
    ) -> None:
        self._loop = loop
        super().__init__(callback, limit, when_full, batch, drain_s)

    def started(self, feed: Feed) -> None:
        if self._loop.is_closed():
            raise ManagerError(f"the event loop of {self!r} is closed; make a new one with in_loop()")
        super().started(feed)

    def take(self, feed: Feed, messages: list[Any]) -> None:
        self._look()
        if self._is_halted:  # nobody will call the callback any more
            feed.dropped(messages, self._backlog.limit, self._backlog.when_full)
        else:
            super().take(feed, messages)

    def drain(self, reactor: Any) -> Deferred[None] | None:
        self._look()
        return super().drain(reactor)

    def _look(self) -> None:
        """Notice that the loop was closed: its task has not heard of it, if nobody has cancelled that."""
        if not self._is_halted and self._loop.is_closed():
            self._abandon()

    def _run(self) -> None:
        with self._lock:
            if self._is_asked_for or self._is_halted:
                return
            self._is_asked_for = True
        try:
            self._loop.call_soon_threadsafe(self._make_task)
        except RuntimeError:  # the loop was closed since
            self._abandon()

    def _make_task(self) -> None:
        self._task = self._loop.create_task(self._work())

    def _is_own_callback(self) -> bool:
        try:
            return self._task is not None and asyncio.current_task() is self._task
        except RuntimeError:  # no loop runs in this thread
            return False

    async def _work(self) -> None:
        in_a_row = 0
        try:
            while await self._refilled():
                for messages in self._calls():
                    in_a_row += 1
                    await self._call(messages)
                    if in_a_row >= IN_A_ROW:
                        in_a_row = 0
                        await asyncio.sleep(0)
        except (asyncio.CancelledError, GeneratorExit):
            self._abandon()
            raise

    async def _call(self, messages: Any) -> None:
        try:
            result = self._callback(messages)
            if inspect.isawaitable(result):
                await result
        except GeneratorExit:
            raise
        except asyncio.CancelledError as exc:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # it is this task that was cancelled
            self._failed_call(exc)
        except BaseException as exc:
            self._failed_call(exc)

    def _abandon(self) -> None:
        """The loop is closed, or ends: nobody will call the callback any more."""
        with self._lock:
            self._is_halted = True
            left, feeding = [*self._left()], {*self._feeds}
            drained, self._drained = self._drained, None
        if drained is not None:
            self._the_reactor.callFromThread(fire, drained)
        for feed, messages in left:
            if feed in feeding:  # of a socket that was closed nobody asks any more
                feed.dropped(messages, self._backlog.limit, self._backlog.when_full)
        if left or feeding:
            log.log(
                WARNING if feeding else INFO,  # who has closed the sockets, and ended the loop, means it
                "%s: its event loop has ended, and %s fed it; %s dropped, and all that follow",
                repr(self),
                counted(len(feeding), "socket"),
                counted(sum(len(messages) for _, messages in left), "message"),
            )

    def _left(self) -> Iterator[tuple[Feed, list[Any]]]:
        """Take out all pending messages, under the lock."""
        if self._batch is not None:
            yield self._batch.source, list(self._rest)
        while (batch := self._backlog.take()) is not None:
            yield batch.source, batch.messages

    def _is_through(self) -> bool:
        is_through = super()._is_through()
        if is_through:
            self._is_asked_for = False
        return is_through

    def _forget_threads(self) -> None:
        super()._forget_threads()
        self._task = None
        self._is_asked_for = False


def in_loop(
    coroutine_function: Callable[[Any], Any],
    loop: asyncio.AbstractEventLoop,
    *,
    limit: int = 100_000,
    when_full: str = "drop_oldest",
    batch: bool = False,
    drain_s: float = 1.0,
) -> InLoop:
    """Have a coroutine function called, and awaited, in a loop of asyncio, one message after another.

    Pass what this returns to ``start_*``, as that of :func:`in_thread`.

    :param coroutine_function: an ``async def`` of one argument. A plain function will do, too, and is called
        in the loop's thread. What it raises is logged, and is a ``callback_error`` event.
    :param loop: e.g. ``asyncio.get_running_loop()``. It may run in any thread, and begin to run later. When
        it ends nothing is called any more, and the log says what was dropped.
    :raises InvalidArgument: (a ValueError) if an argument is out of range.
    :raises TypeError: if *coroutine_function* is not callable, or *loop* is not an event loop of asyncio.

    The other arguments are those of :func:`in_thread`.
    """
    if not callable(coroutine_function):
        raise TypeError(
            f"coroutine_function is {coroutine_function!r}, which cannot be called; pass an async def"
        )
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise TypeError(f"loop is {loop!r}; use an event loop of asyncio, e.g. asyncio.get_running_loop()")
    return InLoop(coroutine_function, loop, limit, when_full, batch, drain_s)
