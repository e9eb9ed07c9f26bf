"""What a user asked for: a key, streams, a callback. It outlives its connections; it ends when stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.reflect import safe_repr

from binance.net.interfaces import NOT_OPEN, Ending, Line, Opener, Options
from binance.order.quiet_streams import Watched
from binance.order.sequence import Sequence
from binance.sockets.counts import Counts
from binance.sockets.delivery import Callback
from binance.sockets.report import ERROR, INFO, WARNING, Report
from binance.sockets.shard import Shard
from binance.text.counted import counted

#: What the error message says when a connection could not be had again.
MAX_RETRIES = "Max reconnect retries reached"


@dataclass(frozen=True)
class Hooks:
    """What a manager wants to know of its subscriptions.

    :ivar serving: the factory that a subscription goes by from now on.
    :ivar given_up: it will deliver nothing more; its key is to be freed.
    """

    serving: Callable[[Subscription, Any], None]
    given_up: Callable[[Subscription], None]


class Subscription:
    """One connection key: its callback, its counters, and the shards that serve it.

    :param report: what happens to it; it knows the key, what ``start_*`` returns.
    :param callback: called with each message, in order, in the reactor's thread.
    :param retired: the info of a ``retired`` event for each stream that the venue has ended.
    """

    def __init__(
        self,
        report: Report,
        callback: Callback,
        options: Options,
        hooks: Hooks,
        counts: Counts,
        retired: tuple[dict[str, str], ...] = (),
    ) -> None:
        self.report = report
        self.conn_key = report.conn_key
        self.callback = callback
        self.counts = counts
        self.retired = retired
        self.stopped = False  # set from any thread; looked at before each call of the callback
        self.shards: list[Shard] = []
        self._options = options
        self._hooks = hooks
        self._live: set[Shard] = set()
        self._ended: Deferred[None] | None = None

    def add(self, opener: Opener, sequence: Sequence, watched: Mapping[str, Watched]) -> None:
        """Add a shard: streams that one connection carries; see :class:`~binance.sockets.shard.Shard`."""
        shard = Shard(self, opener, self._options, sequence, watched)
        self.shards.append(shard)
        self._live.add(shard)

    # -- from the manager -----------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, in the reactor's thread."""
        for info in self.retired:
            self.report.event("retired", **info)
        for shard in self.shards:
            shard.connect()

    def hush(self) -> None:
        """Say and deliver nothing from now on but its end; any thread."""
        self.stopped = True
        self.report.close()

    def stop(self) -> Deferred[None]:
        """Close for good; fires when no connection is left and ``disconnected`` has been reported."""
        if self._ended is None:
            self.hush()  # again: what was reported since another thread did is of no interest either
            self._ended = Deferred()
            if not self._live:  # it is being given up
                self._finish(NOT_OPEN)
            for shard in list(self._live):
                shard.stop()
        return self._ended

    def factories(self) -> list[Any]:
        """Of each shard, the factory that serves; not of one that has none yet. Any thread."""
        return [shard.line.factory for shard in self.shards if shard.line.factory is not None]

    def stats(self) -> dict[str, Any]:
        """What has been counted; any thread."""
        sums = ("gaps", "missed", "duplicates", "resets")
        return {
            **self.counts.report(self._options.clock.seconds()),
            **{name: sum(getattr(shard.sequence, name) for shard in self.shards) for name in sums},
        }

    # -- from the shards: binance.sockets.shard.Owner -------------------------------------------------------

    def deliver(self, messages: list[Any]) -> None:
        called, seconds = self.report.delivery.call(self, messages)
        self.counts.called(called, seconds)
        if seconds >= self._options.timings.slow_s:
            self._slow(called, seconds)

    def serving(self, line: Line) -> None:
        if line.factory is not None:
            self._hooks.serving(self, line.factory)

    def outage(self, attempts: int, reason: str, final: bool) -> None:
        if self.stopped:
            return  # from another thread, a moment ago
        if final:
            self._give_up(attempts, reason)
        else:
            self.report.log(ERROR, "%s failed, going on: %s", counted(attempts, "retry", "retries"), reason)
        self._say(MAX_RETRIES)

    def refused(self, reason: str, said: str) -> None:
        if self.stopped:
            return
        self._give_up(0, reason)
        self._say(said)

    def shard_ended(self, shard: Shard, ending: Ending) -> None:
        self._live.discard(shard)
        if self._ended is not None and not self._live:
            self._finish(ending)

    # -- from the user's code: binance.sockets.delivery.Receiver --------------------------------------------

    def callback_raised(self, error: BaseException) -> None:
        self.counts.callback_errors += 1
        count = self.counts.callback_errors
        self.report.seldom.log(count, ERROR, "the callback raised", error=error)
        self.report.event_of_user("callback_error", count=count, error=safe_repr(error))

    def _give_up(self, attempts: int, reason: str) -> None:
        """Leave what is still connected, free the key, and say why."""
        for shard in list(self._live):
            shard.stop()
        self.report.soon(self._part)
        self.report.seldom.end()
        self.report.log(ERROR, "given up: %s", reason)
        self.report.event("gave_up", attempts=attempts, reason=reason)

    def _say(self, words: str) -> None:
        """Hand the callback the one message that does not come from the exchange."""
        message = {"e": "error", "m": self.report.shown(words)}
        self.report.soon(lambda: self.report.delivery.message(self, message))

    def _part(self) -> None:
        """It was given up, and not stopped since: the key is free."""
        self.stopped = True
        self._hooks.given_up(self)

    def _finish(self, ending: Ending) -> None:
        assert self._ended is not None
        self.report.end()
        self.report.log(INFO, "stopped")
        code, clean = ending.code, ending.clean
        self.report.event("disconnected", code=code, reason=ending.reason, clean=clean, retry=False)
        self._ended.callback(None)

    def _slow(self, messages: int, seconds: float) -> None:
        self.counts.callback_slow += 1
        count = self.counts.callback_slow
        words = "the callback took %.2f s for %s, and all sockets waited"
        self.report.seldom.log(count, WARNING, words, seconds, counted(messages, "message"))
        self.report.event("callback_slow", count=count, seconds=seconds, messages=messages)
