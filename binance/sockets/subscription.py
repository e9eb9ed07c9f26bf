"""A subscription: its key, streams and callback. It outlives its connections, and ends when stopped."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.reflect import safe_repr

from binance.net.interfaces import NOT_OPEN, Ending, Options
from binance.process import blocking
from binance.sockets.changes import Changes
from binance.sockets.consumer import Consumer
from binance.sockets.counts import Counts
from binance.sockets.delivery import Callback
from binance.sockets.feed import SocketFeed
from binance.sockets.report import ERROR, INFO, WARNING, Report, ShardReport
from binance.sockets.shard import Owner, Shard
from binance.sockets.spread import spread
from binance.text.counted import counted
from binance.venues.catalogue import Stream, kind_of
from binance.venues.venue import Venue

#: The text of the error message after the last retry.
MAX_RETRIES = "Max reconnect retries reached"

#: How a connection ends whose key is given up while it is open.
GIVEN_UP = Ending(1000, "given up", clean=True)
#: The same because of another one.
GIVEN_UP_TOO = Ending(1000, "closed, because another connection of this key was given up", clean=True)

#: Why a connection is closed while others of its key, or the key alone, go on.
NO_STREAMS = "closed: all of its streams were removed"

#: What the connections of a key are doing, the worst first; what each word means: :attr:`Shard.state`.
STATES = ("waiting", "connecting", "moving", "open")

#: What is counted of each shard's sequence.
SUMS = ("gaps", "missed", "duplicates", "resets")


@dataclass(frozen=True)
class Hooks:
    """What a manager wants to know of its subscriptions.

    :ivar serving: the factory that one of its shards, by number, goes by from now on; None: there is no such
        shard any more.
    :ivar given_up: it will deliver nothing more; its key is to be freed.
    """

    serving: Callable[[Subscription, int, Any], None]
    given_up: Callable[[Subscription], None]


class Follower:
    """Follows what happens to a socket beside its messages, in the reactor's thread; here it does nothing."""

    def connected(self) -> None:
        """A connection is open, and what came before an outage is over."""

    def interrupted(self) -> None:
        """A connection was lost: what comes next comes on another one."""

    def restarted(self, stream: str) -> None:
        """The exchange restarted the ids of a stream; what comes next has the new ones."""

    def ended(self) -> None:
        """It was stopped or given up."""


#: Of those that nobody follows.
UNFOLLOWED = Follower()


class Reader(Follower):
    """Reads the messages of a socket in place of the callback, and hands on what it makes of them."""

    def __call__(self, message: Any) -> object:
        """A message has come, or the error message."""
        raise NotImplementedError


@dataclass(frozen=True)
class Plan:
    """How the streams of a subscription are carried.

    :ivar shard: makes a shard of some streams, of one category.
    :ivar venue: whose streams they are; None: they are the events of an account.
    :ivar may_change: whether streams may be added and removed.
    :ivar reader: makes the reader, if there is one, of the subscription and of what takes what it hands on,
        error messages included.
    """

    shard: Callable[[Owner, ShardReport, tuple[Stream, ...]], Shard]
    venue: Venue | None = None
    may_change: bool = False
    reader: Callable[[Subscription, Callback], Reader] | None = None


class Subscription:
    """One connection key: its callback, its counters, and the shards that serve it.

    :param report: what happens to it; it knows the key, what ``start_*`` returns.
    :param callback: called with each message, in order, in the reactor's thread; or a consumer, which takes
        them in batches.
    :param streams: that it begins with.

    :ivar may_change: streams may be added and removed.
    :ivar venue: whose streams it has; None: it has the events of an account.
    :ivar stopped: set from any thread; looked at before each call of the callback.
    :ivar removed: streams that were removed since the callback was last called with some messages.
    """

    def __init__(
        self,
        report: Report,
        callback: Callback,
        options: Options,
        hooks: Hooks,
        counts: Counts,
        plan: Plan,
        streams: tuple[Stream, ...] = (),
    ) -> None:
        self.report = report
        self.conn_key = report.conn_key
        self.callback = callback
        self.counts = counts
        self._feed: SocketFeed | None = None  # of the consumer, if there is one
        if isinstance(callback, Consumer):
            self._feed = self._fed_by(callback, plan, streams, options)
            self.callback = self._feed.take_one
        # what takes messages in batches, a consumer's; None: the callback has one after the other
        self._take = None if self._feed is None or plan.reader is not None else self._feed.take
        self._follower = UNFOLLOWED
        if plan.reader is not None:
            self.callback = self._follower = plan.reader(self, self.callback)
        self.may_change = plan.may_change
        self.venue = plan.venue
        self.stopped = False
        self.removed: set[str] = set()
        self._options = options
        self._hooks = hooks
        self._plan = plan
        self._shards: dict[int, Shard] = {}  # by number
        self._ending: dict[int, Shard] = {}  # those that are left, until their last connection is closed
        self._sums: Counter[str] = Counter()  # of those that have ended
        self._is_opened = False
        self._in_outage = False  # and the callback has got its message
        self._is_given_up = False
        self._ended: Deferred[None] | None = None
        self._how_ended = NOT_OPEN  # a connection that was open when it was stopped
        self._lock = threading.Lock()  # guards what is asked for
        self._asked = {stream.name: stream for stream in streams}
        self._changes = Changes(report, options.clock)
        self._changed: dict[str, None] = {}  # names that were added or removed since the last reconcile()
        if plan.venue is None:
            self._add_shard(())
        else:
            self._spread(streams)

    # -- from the manager -----------------------------------------------------------------------------------

    def ask(self, added: Iterable[Stream], removed: Iterable[str]) -> list[Stream]:
        """Ask for other streams than before; any thread. :meth:`reconcile` has to follow.

        :returns: those that are new.
        """
        with self._lock:
            new = [stream for stream in added if stream.name not in self._asked]
            self._asked.update((stream.name, stream) for stream in new)
            gone = [name for name in removed if self._asked.pop(name, None) is not None]
            self._changed.update(dict.fromkeys([*(stream.name for stream in new), *gone]))
        return new

    def streams(self, shard: int | None = None) -> list[str]:
        """The names of the streams that are asked for, or of those that one shard carries; any thread."""
        if shard is not None:
            carrying = self._shards.get(shard)
            return [] if carrying is None else list(carrying.wanted)
        with self._lock:
            return list(self._asked)

    def reconcile(self) -> None:
        """Carry what is asked for, in the reactor's thread; only what has changed is looked at."""
        if not self._is_opened or self.stopped or self._is_given_up:
            return
        with self._lock:
            changed, self._changed = self._changed, {}
            asked = {name: self._asked[name] for name in changed if name in self._asked}
        shards = list(self._shards.values())
        carried = {name for shard in shards for name in changed if name in shard.wanted}
        removed = [name for name in changed if name in carried and name not in asked]
        if removed:
            self.removed.update(removed)
            self.report.delivery.soon(_break_off)  # messages of these may be just about to be handed on
        added = [stream for name, stream in asked.items() if name not in carried]
        for name in removed:
            self._changes.removed(name)
        for stream in added:
            self._changes.added(stream.name)
        for shard in shards:
            self._remove(shard, [name for name in removed if name in shard.wanted])
        self._report_retired(added)
        self._spread(added)
        self.changed()

    def open(self) -> None:
        """Connect, in the reactor's thread."""
        self._is_opened = True
        shards = list(self._shards.values())
        self._report_retired(stream for shard in shards for stream in shard.wanted.values())
        self.reconcile()
        for shard in shards:
            if shard in self._shards.values():
                shard.connect()

    def hush(self) -> None:
        """Say and deliver nothing from now on but its end; any thread."""
        self.stopped = True
        self.report.close()

    def claimed(self) -> None:
        """``start_*`` has claimed its key; what a consumer raises is raised."""
        if self._feed is not None:
            self._feed.start()

    def begin(self) -> None:
        """It is about to be opened, in another thread perhaps; what a consumer raises is raised."""
        if self._feed is not None:
            self._feed.begin()

    def release(self) -> None:
        """No message follows: end the consumer's feed, if any, in the thread that stops the socket."""
        if self._feed is not None:
            self._feed.end()

    def stop(self) -> Deferred[None]:
        """Close for good; fires when no connection is left and ``disconnected`` has been reported."""
        if self._ended is None:
            self.release()
            self.hush()  # again: what was reported since another thread did is of no interest either
            self._ended = Deferred()
            if not self._shards and not self._ending:  # it has no streams, or is being given up
                self._finish(NOT_OPEN)
            self._leave_all()
        return self._ended

    def forked(self) -> None:
        """This is a child process, whose only thread this is: another one may have held the lock."""
        self._lock = threading.Lock()

    def factories(self) -> list[tuple[int, Any]]:
        """Of each shard its number, and the factory that serves, if it has one already. Any thread."""
        both = [(number, shard.line.factory) for number, shard in self._shards.copy().items()]
        return [(number, factory) for number, factory in both if factory is not None]

    def stats(self) -> dict[str, Any]:
        """What has been counted; any thread."""
        shards = list(self._shards.copy().values())
        since = [shard.connected_since for shard in shards]
        return {
            **self.counts.report(self._options.clock.seconds()),
            "connected_since": None if not since or None in since else max(filter(None, since)),
            **{name: self._sum(name) for name in SUMS},
            "pending": 0 if self._feed is None else self._feed.pending,
            "state": self._state(shards),
        }

    # -- from the shards: binance.sockets.shard.Owner -------------------------------------------------------

    @property
    def gaps(self) -> int:
        return self._sum("gaps")

    def deliver(self, messages: list[Any]) -> None:
        if self.removed:
            self.removed = set()
        counts, delivery = self.counts, self.report.delivery
        if self._take is not None:
            called, seconds = delivery.hand_over(self, self._take, messages)
        else:
            waited_s = self._options.clock.seconds() - counts.came_at_s
            called, seconds, last_s = delivery.call(self, messages)
            if self._feed is None:
                counts.worked(seconds)
                if called:
                    counts.waited(called, waited_s + seconds - last_s)
        counts.messages += called
        if seconds >= self._options.timings.slow_s:
            self._slow(called, seconds)

    def serving(self, shard: Shard) -> None:
        if shard.line.factory is not None:
            self._hooks.serving(self, shard.number, shard.line.factory)

    def connected(self) -> None:
        self._recovered()
        self._follower.connected()

    def interrupted(self) -> None:
        self._follower.interrupted()

    def restarted(self, stream: str) -> None:
        self._follower.restarted(stream)

    def changed(self) -> None:
        self._changes.report(
            is_subscribed=self._is_subscribed,
            is_gone=lambda name: all(one.is_rid_of(name) for one in self._shards.values()),
        )

    def rejected(self, shard: Shard, name: str) -> None:
        self.ask((), [name])
        self._changes.refused(name)
        self._remove(shard, [name] if name in shard.wanted else [])
        self.changed()

    def outage(self, shard: Shard, attempts: int, reason: str, final: bool) -> None:
        if self.stopped:
            return  # from another thread, a moment ago
        if final:
            self._give_up(attempts, reason, GIVEN_UP_TOO, shard.line_report.as_of_now())
            self._say(MAX_RETRIES, last=True)
        elif self._in_outage:
            return  # of another shard
        else:
            retries = counted(attempts, "retry", "retries")
            shard.line_report.log(ERROR, "%s failed, still retrying: %s", retries, reason)
            self._say(MAX_RETRIES)
        self._in_outage = True

    def refused(self, reason: str, said: str) -> None:
        if self.stopped:
            return
        self._give_up(0, reason)
        self._say(said, last=True)

    def shard_ended(self, shard: Shard, ending: Ending) -> None:
        if self._ended is None and not self._is_given_up and ending is not NOT_OPEN:
            shard.line_report.log(INFO, NO_STREAMS)
            about = {**ending.info, "reason": NO_STREAMS}
            shard.line_report.event("disconnected", **about, retry=False)
        self._shards.pop(shard.number, None)
        self._ending.pop(shard.number, None)
        self._sums.update({name: getattr(shard.sequence, name) for name in SUMS})
        if self._ended is None:
            return
        if ending is not NOT_OPEN:
            self._how_ended = ending
        if not self._shards and not self._ending:
            self._finish(self._how_ended)

    # -- from the user's code: binance.sockets.delivery.Receiver, binance.sockets.feed.Socket ---------------

    def overflowed(self, reason: str) -> None:
        if self.stopped:
            return
        self.stopped = True  # what comes with the same chunk is not handed on
        self._give_up(0, reason)
        self._say(reason, last=True)

    def callback_raised(self, error: BaseException, times: int = 1) -> None:
        self.counts.callback_errors += times
        count = self.counts.callback_errors
        self.report.seldom.log(count, ERROR, "the callback raised", error=error)
        self.report.event_of_user("callback_error", count=count, error=safe_repr(error))

    # -- within ---------------------------------------------------------------------------------------------

    def _fed_by(
        self, consumer: Consumer, plan: Plan, streams: tuple[Stream, ...], options: Options
    ) -> SocketFeed:
        is_raw = plan.venue is not None and not plan.may_change and plan.reader is None
        only = streams[0].name if is_raw else None
        catalogue = () if plan.venue is None else plan.venue.catalogue
        row_of = partial(kind_of, catalogue=catalogue)
        return SocketFeed(consumer, self, self.report, self.counts, options, only, row_of)

    def _state(self, shards: list[Shard]) -> str:
        """Its state; of several connections, that of the one that is worst off."""
        if self._is_given_up:
            return "given up"
        states = [shard.state for shard in shards] if self._is_opened else []
        return min(states, key=STATES.index, default="waiting")

    def _sum(self, name: str) -> int:
        """One of :data:`SUMS`, of the shards that there are and of those that have ended; any thread."""
        shards = (*self._shards.copy().values(), *self._ending.copy().values())
        return self._sums[name] + sum(int(getattr(shard.sequence, name)) for shard in shards)

    def _is_subscribed(self, name: str) -> bool:
        """Whether the shard that is to carry a stream has it confirmed."""
        return any(name in shard.wanted and shard.has_confirmed(name) for shard in self._shards.values())

    def _spread(self, streams: Iterable[Stream]) -> None:
        """Let the shards carry some streams more, and make as many as it takes."""
        if self.venue is None:
            return  # events of an account are of no stream
        made = []
        for category, some in self.venue.by_category(streams).items():
            shards = [shard for shard in self._shards.values() if shard.category == category]
            shares = spread(some, [len(shard.wanted) for shard in shards], self.venue.max_streams)
            for shard, share in zip(shards, shares, strict=False):
                if share:
                    shard.change(share, ())
            made += [self._add_shard(tuple(share)) for share in shares[len(shards) :]]
        if self._is_opened:
            for shard in made:
                shard.connect()

    def _add_shard(self, streams: tuple[Stream, ...]) -> Shard:
        number = 0
        while number in self._shards or number in self._ending:
            number += 1
        report = self.report.of_shard(number, lambda: len(self._shards) + len(self._ending) > 1)
        shard = self._shards[number] = self._plan.shard(self, report, streams)
        return shard

    def _remove(self, shard: Shard, names: list[str]) -> None:
        if not names:
            return
        shard.change((), names)
        if not shard.wanted:
            self._leave(shard)

    def _leave(self, shard: Shard) -> None:
        del self._shards[shard.number]
        self._ending[shard.number] = shard
        self._hooks.serving(self, shard.number, None)
        self._recovered()  # if it was the one that was down
        shard.stop()

    def _recovered(self) -> None:
        """The outage of the key is over, if all of its connections are there."""
        if all(one.connected_since is not None for one in self._shards.values()):
            self._in_outage = False

    def _leave_all(self) -> None:
        self._follower.ended()
        for shard in list(self._shards.values()):
            self._leave(shard)

    def _report_retired(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            retirement = stream.retirement
            if retirement is not None:
                info = {"stream": stream.name, "since": retirement.since, "use": retirement.use}
                self.report.event("retired", **info)

    def _give_up(
        self, attempts: int, reason: str, ending: Ending = GIVEN_UP, about: ShardReport | None = None
    ) -> None:
        """Close what is still connected, free the key, and report why.

        :param about: names the connection that failed; None: the key as a whole was refused.
        """
        self._is_given_up = True
        for shard in self._shards.values():
            if shard.connected_since is not None:
                shard.line_report.event("disconnected", **ending.info, retry=False)
        self._leave_all()
        if self._feed is not None:
            self._feed.finish()
        self.report.soon(self._part)
        self.report.seldom.end()
        report = self.report if about is None else about
        report.log(ERROR, "given up: %s", reason)
        report.event("gave_up", attempts=attempts, reason=reason)

    def _say(self, words: str, last: bool = False) -> None:
        """Hand the callback the one message that does not come from the exchange.

        :param last: nothing comes after it.
        """
        message = {"e": "error", "m": self.report.shown(words)}
        self.report.soon(lambda: self.report.delivery.message(self, message))
        if last:
            self.report.soon(self.release)

    def _part(self) -> None:
        """It was given up, and not stopped since: the key is free."""
        self.stopped = True
        self._hooks.given_up(self)

    def _finish(self, ending: Ending) -> None:
        assert self._ended is not None
        self.report.end()
        if self._feed is not None:
            self._feed.finish()
        self.report.log(INFO, "stopped")
        self.report.event("disconnected", **ending.info, retry=False)
        self._ended.callback(None)

    def _slow(self, messages: int, seconds: float) -> None:
        self.counts.callback_slow += 1
        count = self.counts.callback_slow
        blocked = blocking.take(seconds)
        words = "the callback took %.2f s for %s, and all sockets waited"
        arguments: list[Any] = [seconds, counted(messages, "message")]
        named: dict[str, Any] = {}
        if blocked is not None:
            words += "; %.2f s of it for %s, the longest %s: call the client in another thread"
            arguments += [blocked.seconds, counted(blocked.calls, "REST call"), blocked.what]
            named = {"blocked_s": blocked.seconds, "blocked_by": blocked.what}
        self.report.seldom.log(count, WARNING, words, *arguments)
        self.report.event("callback_slow", count=count, seconds=seconds, messages=messages, **named)


def _break_off() -> None:
    """An entry in the queue that does nothing: it ends the run of a callback over a batch."""
