"""The base of inboxes and workers: keeps messages until one reader takes them.

Theory of operation. The reactor's thread puts batches into a :class:`~binance.consuming.backlog.Backlog`, and
one other thread, or coroutine, takes them out: the reader. Each does so under one lock, once for a batch, and
holds it for some lines of code that wait for nothing.

The reader has one batch *in hand*, as an iterator over its messages that everybody may advance: a message
leaves it once, whoever takes it. So a reader that breaks off a loop finds the rest when it begins another
one; what is in hand counts as pending; and who discards it only has to exhaust the iterator, under the
reader's feet.

When a batch in hand is used up the reader *settles* it (says how long its messages have waited) and takes the
next. If it is empty, the reader sleeps, or ends: no socket feeds the consumer. A reader that sleeps
does so on the condition, if it is a thread, or awaits a :class:`~binance.consuming.woken.Woken`, if it is a
coroutine. Whoever changes something wakes all that sleep; they look again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from operator import length_hint
from typing import Any
from weakref import WeakSet

from binance.consuming import collector
from binance.consuming.backlog import Backlog, Batch
from binance.consuming.waiting import deadline_s, sleep_s
from binance.consuming.woken import Woken
from binance.sockets.consumer import BY_HAND, Consumer, Feed


class Queued(Consumer):
    """Keeps at most *limit* messages, for one reader."""

    _in_batches = False  # the reader takes all of a batch at once
    _most_at_once = 0  # messages that are joined to one batch, of those that came in several
    _is_worker = False  # the reader does nothing but work on it: its time is the user code's

    def __init__(self, limit: int, when_full: str) -> None:
        self._backlog = Backlog[Feed](limit, when_full)
        self._feeds: set[Feed] = set()  # that may still deliver messages
        self._was_fed = False
        self._reactor: Any = None  # of the latest socket
        self._rest: Iterator[Any] = iter(())  # in hand
        self._batch: Batch[Feed] | None = None  # that this is the rest of
        self._began_s = 0.0  # when it was taken
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._sleepers = 0  # threads that wait for a change
        self._waiters: list[Woken] = []  # coroutines that do
        _all.add(self)

    # -- binance.sockets.consumer.Consumer ------------------------------------------------------------------

    def started(self, feed: Feed) -> None:
        collector.relieve()
        with self._lock:
            self._feeds.add(feed)
            self._was_fed = True
            self._reactor = feed.reactor

    def take(self, feed: Feed, messages: list[Any]) -> None:
        backlog = self._backlog
        with self._lock:
            if feed not in self._feeds and feed is not BY_HAND:
                return  # stopped a moment ago, in another thread
            dropped = backlog.put(feed, messages, feed.came_at_s)
            self._wake()
        for batch in dropped:
            # of a socket that has ended, the one that takes its room says so
            if not batch.source.dropped(batch.messages, backlog.limit, backlog.when_full):
                feed.dropped(batch.messages, backlog.limit, backlog.when_full, batch.source)
        if dropped and backlog.when_full == "stop":
            feed.give_up(f"the consumer is full: {backlog.limit:,} messages wait for it")

    def failed(self, feed: Feed, message: dict[str, Any]) -> None:
        with self._lock:
            self._backlog.put_kept(feed, message, feed.seconds())
            self._wake()

    def stopped(self, feed: Feed) -> None:
        with self._lock:
            self._feeds.discard(feed)
            self._wake()

    def pending(self, feed: Feed) -> int:
        batch = self._batch
        in_hand = length_hint(self._rest) if batch is not None and batch.source is feed else 0
        return self._backlog.pending_of(feed) + in_hand

    # -- for everybody --------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many messages wait; error messages count, too."""
        return self._backlog.pending + length_hint(self._rest)

    def __bool__(self) -> bool:
        return True  # an empty one is one, too

    @property
    def dropped(self) -> int:
        """How many messages were dropped so far because it was full."""
        return self._backlog.dropped

    @property
    def ended(self) -> bool:
        """Whether nothing will come: no socket feeds it any more, and it is empty."""
        return self._was_fed and not self._feeds and not len(self)

    def discard(self) -> int:
        """Drop all pending messages, in any thread; returns how many messages."""
        with self._lock:
            count = self._backlog.discard() + self._drop_in_hand()
            self._wake()
        return count

    # -- for the reader -------------------------------------------------------------------------------------

    def _refill(self, timeout_s: float | None = None) -> bool | None:
        """Take the next batch in hand, once the one before is used up; wait for it, in a thread that may.

        :returns: True: there is one. False: nothing will come. None: nothing came in time.
        """
        until_s = deadline_s(timeout_s)
        with self._lock:
            while (found := self._next()) is None:
                wait_s = sleep_s(until_s)
                if wait_s <= 0:
                    return None
                self._sleepers += 1
                try:
                    self._changed.wait(wait_s)
                finally:
                    self._sleepers -= 1
            return found

    async def _refilled(self) -> bool:
        """The same for a coroutine, of asyncio or Twisted."""
        while True:
            with self._lock:
                found = self._next()
                if found is not None:
                    return found
                woken = Woken(self._the_reactor)
                self._waiters.append(woken)
            try:
                await woken
            finally:
                with self._lock:
                    if woken in self._waiters:  # it was cancelled
                        self._waiters.remove(woken)

    async def _turn(self) -> None:
        """Let others run, on the loop or reactor that runs this coroutine."""
        woken = Woken(self._the_reactor)
        woken.wake()
        await woken

    def _next(self) -> bool | None:
        """The part of :meth:`_refill` that does not wait; under the lock. None: nothing yet."""
        if length_hint(self._rest):
            return True
        self._settle()
        batch = self._backlog.take(self._most_at_once)
        if batch is None:
            return False if self._is_through() else None
        self._batch, self._rest = batch, iter(batch.messages)
        self._began_s = batch.source.seconds()
        return True

    def _is_through(self) -> bool:
        """Whether the reader need not wait for more, though there is nothing now."""
        return self._was_fed and not self._feeds

    def _settle(self) -> None:
        """The batch in hand is used up: say how long it waited. The last of it began before it was over."""
        batch, self._batch = self._batch, None
        if batch is not None:
            feed, size = batch.source, len(batch.messages)
            seconds = feed.seconds() - self._began_s
            until_last_s = 0.0 if self._in_batches else seconds * (size - 1) / size
            feed.handed_on(
                size, self._began_s - batch.at_s + until_last_s, seconds if self._is_worker else 0.0
            )

    def _drop_in_hand(self) -> int:
        """Throw away the rest of the batch in hand; returns how many messages."""
        return sum(1 for _ in self._rest)

    # -- within ---------------------------------------------------------------------------------------------

    @property
    def _the_reactor(self) -> Any:
        return BY_HAND.reactor if self._reactor is None else self._reactor

    def _wake(self) -> None:
        """Wake all that wait for a change, under the lock: none of them runs before it is released."""
        if self._sleepers:
            self._changed.notify_all()
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for one in waiters:
                one.wake()

    def _forget_threads(self) -> None:
        """This is a child process: threads are the parent's, and one of them may have held the lock."""
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._sleepers = 0
        self._waiters.clear()


#: All there are.
_all: WeakSet[Queued] = WeakSet()


def _forked() -> None:
    for one in list(_all):
        one._forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
