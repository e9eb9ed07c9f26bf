"""The base of consumers that call a function of the user's, with one message or batch after another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from twisted.internet.defer import Deferred

from binance.consuming import draining
from binance.consuming.queued import Queued
from binance.exceptions import InvalidArgument
from binance.net.clock import clock_of
from binance.process.logs import Log
from binance.sockets.consumer import BY_HAND, Feed
from binance.text.counted import counted

log = Log(__name__)

#: Messages in a list that a callback is called with: a slow one catches up by longer lists.
MOST_AT_ONCE = 1_000


class Worker(Queued):
    """A queue that is emptied by calls of a callback.

    Its worker, a thread or a task of asyncio, runs while there is a socket that feeds it, or something waits.
    If the callback itself stops a socket, its pending messages are dropped: it wants no more. Whoever
    else stops one ends the receipt only.

    :param batch: call it with lists of messages.
    :param drain_s: seconds for which pending messages are still delivered when the reactor stops.
    """

    _is_worker = True

    def __init__(self, callback: Any, limit: int, when_full: str, batch: bool, drain_s: float) -> None:
        if isinstance(drain_s, bool) or not isinstance(drain_s, (int, float)) or not drain_s >= 0:
            raise InvalidArgument(f"drain_s is {drain_s!r}; use a number of seconds from 0")
        super().__init__(limit, when_full)
        self._callback = callback
        self._in_batches = bool(batch)
        self._most_at_once = MOST_AT_ONCE if batch else 0
        self._drain_s = drain_s
        self._drained: Deferred[None] | None = None  # the reactor is stopping; fires when nothing waits
        self._is_halted = False  # the time for that is over

    def __repr__(self) -> str:
        name = getattr(self._callback, "__name__", repr(self._callback))
        return f"<{type(self).__name__} of {name}: {len(self)} of {self._backlog.limit} messages>"

    def __len__(self) -> int:
        """How many messages wait, those of a list included that the callback works on."""
        batch = self._batch
        if batch is None or not self._in_batches:
            return super().__len__()
        return self._backlog.pending + len(batch.messages)

    @property
    def ended(self) -> bool:
        """Whether nothing will come, and the callback has returned from what came last."""
        return super().ended and self._batch is None

    # -- binance.sockets.consumer.Consumer ------------------------------------------------------------------

    def begin(self, feed: Feed) -> None:
        draining.watch(feed.reactor, self)
        self._run()

    def take(self, feed: Feed, messages: list[Any]) -> None:
        super().take(feed, messages)
        if feed is BY_HAND:
            self._run()

    def stopped(self, feed: Feed) -> None:
        if self._is_own_callback():
            with self._lock:
                self._backlog.discard(feed)
                if self._batch is not None and self._batch.source is feed:
                    self._drop_in_hand()
        super().stopped(feed)

    def drain(self, reactor: Any) -> Deferred[None] | None:
        """See :class:`binance.consuming.draining.Drains`."""
        with self._lock:
            if self._is_halted or (self._batch is None and not len(self)):
                return None
            drained = self._drained = Deferred[None]()
            self._wake()
        clock: Any = clock_of(reactor)
        drained.addTimeout(self._drain_s, clock, self._halt)
        return drained

    # -- of one or the other --------------------------------------------------------------------------------

    @abstractmethod
    def _run(self) -> None:
        """Start the worker, unless it runs; from any thread."""

    @abstractmethod
    def _is_own_callback(self) -> bool:
        """Whether the caller is the callback."""

    # -- for the worker -------------------------------------------------------------------------------------

    def _calls(self) -> Iterator[Any]:
        """What to call the callback with: the batch in hand, or one after another of its messages."""
        if not self._in_batches:
            return self._rest
        messages = list(self._rest)
        return iter([messages] if messages else [])

    def _failed_call(self, error: BaseException) -> None:
        """The callback raised."""
        assert self._batch is not None
        self._batch.source.raised(error)

    def _is_through(self) -> bool:
        if self._is_halted:
            return True
        drained, self._drained = self._drained, None
        if drained is not None:
            self._the_reactor.callFromThread(fire, drained)
        return super()._is_through()

    def _halt(self, _: object, __: float) -> None:
        """Time is up: hand on nothing more, in the reactor's thread."""
        with self._lock:
            self._is_halted = True
            left = self._backlog.discard() + self._drop_in_hand()
        words = "%s: the program is ending, %s not delivered within drain_s=%g"
        log.warning(words, repr(self), counted(left, "message"), self._drain_s)


def fire(drained: Deferred[None]) -> None:
    if not drained.called:
        drained.callback(None)
