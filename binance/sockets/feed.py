"""One socket that feeds a consumer: hands over messages, counts and reports what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from binance.net.interfaces import Options
from binance.net.timer import Timer
from binance.order.dropped import Ranges
from binance.process.logs import Log
from binance.process.runner import in_reactor_thread
from binance.sockets.consumer import Consumer, Feed
from binance.sockets.counts import Counts
from binance.sockets.report import WARNING, Report
from binance.text.counted import counted
from binance.venues.kinds import Kind

log = Log(__name__)


class Socket(Protocol):
    """Whose messages these are: a subscription."""

    def callback_raised(self, error: BaseException, times: int = 1) -> None: ...

    def overflowed(self, reason: str) -> None:
        """Give it up: its consumer takes no more."""


class SocketFeed(Feed):
    """What a consumer sees of a subscription.

    :param stream: the name of the only one, whose messages are bare; else None.
    :param kind_of: the row of the catalogue for the name of a stream, which has the ids of its messages.
    """

    def __init__(
        self,
        consumer: Consumer,
        socket: Socket,
        report: Report,
        counts: Counts,
        options: Options,
        stream: str | None,
        kind_of: Callable[[str], Kind | None],
    ) -> None:
        self.conn_key = report.conn_key
        self.stream = stream
        self.reactor = options.reactor
        self.consumer = consumer
        self._socket = socket
        self._report = report
        self._counts = counts
        self._seconds = options.clock.seconds
        self._every_s = options.timings.overflow_s
        self._is_open = False  # the consumer knows of it
        self._is_over = False  # its last events were reported
        self._ranges = Ranges(stream, kind_of)
        self._dropped_of: dict[SocketFeed, None] = {}  # since the last event, this one perhaps
        self._timer = Timer(options.clock)  # of what was dropped
        self._dropped = 0  # since the last event
        self._overflows = 0  # events so far
        self._limit: tuple[int, str] = (0, "")
        self._raising = threading.Lock()  # guards what is below
        self._raised = 0  # exceptions that are to be reported; while there are any, the reactor was asked to
        self._error: BaseException | None = None  # the last of them

    # -- from the subscription ------------------------------------------------------------------------------

    def start(self) -> None:
        """``start_*`` was called; what the consumer raises is raised."""
        self._is_open = True
        self.consumer.started(self)

    def begin(self) -> None:
        """It is about to connect; what the consumer raises is raised."""
        self.consumer.begin(self)

    def take(self, messages: list[Any]) -> None:
        """Hand over messages, in the reactor's thread."""
        self.consumer.take(self, messages)

    def take_one(self, message: Any) -> None:
        """Hand over one message by itself, perhaps the error message, in the reactor's thread."""
        if isinstance(message, dict) and message.get("e") == "error":
            self.consumer.failed(self, message)
        else:
            self.consumer.take(self, [message])

    def end(self) -> None:
        """Nothing comes any more: say so once, in the thread that has stopped it."""
        if self._is_open:
            self._is_open = False
            try:
                self.consumer.stopped(self)
            except Exception as exc:  # a consumer of the user's
                log.error("%s: its consumer raised when it was stopped", self.conn_key, exc_info=exc)

    def settle(self) -> None:
        """Report what was dropped since the last event, in the reactor's thread."""
        self._timer.stop()
        dropped, self._dropped = self._dropped, 0
        if not dropped:
            return
        self._overflows += 1
        limit, policy = self._limit
        words = "the consumer is full (limit %d, %s): %s dropped"
        about = (limit, policy, counted(dropped, "message"))
        self._report.seldom.log(self._overflows, WARNING, words, *about, amounts={"messages": dropped})
        self._report.event("overflow", dropped=dropped, limit=limit, policy=policy)
        gaps = [gap for feed in self._dropped_of for gap in feed._ranges.take()]
        self._dropped_of.clear()
        for gap in gaps:
            info = {"stream": gap.stream, "first": gap.first, "last": gap.last, "cause": gap.cause}
            more = {"count": gap.count, "symbol": gap.symbol}
            self._report.event("gap", **info, **{name: one for name, one in more.items() if one is not None})

    def finish(self) -> None:
        """The same for the last time: it has ended."""
        self.settle()
        self._is_over = True

    @property
    def pending(self) -> int:
        """Messages that wait in the consumer; any thread."""
        return self.consumer.pending(self)

    # -- from the consumer: binance.sockets.consumer.Feed ---------------------------------------------------

    @property
    def came_at_s(self) -> float:  # type: ignore[override]
        return self._counts.came_at_s

    def seconds(self) -> float:
        now: float = self._seconds()
        return now

    def handed_on(self, messages: int, waited_s: float, seconds: float = 0.0) -> None:
        self._counts.waited(messages, waited_s)
        self._counts.worked(seconds)

    def dropped(self, messages: Sequence[Any], limit: int, policy: str, of: Feed | None = None) -> bool:
        if self._is_over:
            return False
        source = self if of is None else of
        if in_reactor_thread(self.reactor):
            self._drop(messages, limit, policy, source)
        else:
            self.reactor.callFromThread(self._drop, messages, limit, policy, source)
        return True

    def raised(self, error: BaseException) -> None:
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            self.reactor.callFromThread(self._report.delivery.exits, error)
            return
        with self._raising:
            self._raised += 1
            self._error = error
            is_first = self._raised == 1
        if is_first:
            self.reactor.callFromThread(self._report_raised)

    def give_up(self, reason: str) -> None:
        self._socket.overflowed(reason)

    # -- within, in the reactor's thread --------------------------------------------------------------------

    def _drop(self, messages: Sequence[Any], limit: int, policy: str, source: Feed) -> None:
        self._limit = limit, policy
        self._dropped += len(messages)
        self._counts.dropped += len(messages)
        if isinstance(source, SocketFeed):
            source._ranges.add(messages)
            self._dropped_of[source] = None
        if self._timer.at is None and not self._is_over:
            self._timer.set(self._every_s, self._due)

    def _due(self) -> None:
        if not self._report.is_closed:  # else its last events are reported later
            self.settle()

    def _report_raised(self) -> None:
        with self._raising:
            times, self._raised = self._raised, 0
            last, self._error = self._error, None
        assert last is not None
        self._socket.callback_raised(last, times)
