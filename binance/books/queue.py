"""The queue of snapshots: one for all order books of a process, one call at a time.

At most half of what the exchange lets an address spend in a minute is spent here, in any span of a minute.
The rest is for the calls of the program. After a 429 or 418 nobody asks before the wait is over; after other
failures the next call is made later and later, whoever makes it, for it is the host that has failed.

Everything here is in the reactor's thread.
"""

from __future__ import annotations

from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.python.failure import Failure

from binance.endpoints import Endpoints
from binance.net.interfaces import Clock
from binance.net.timer import Timer
from binance.process.threads import log_failure
from binance.rest.errors import asked_wait_s, number, retry_after_s
from binance.venues.codes import Remedy, remedy
from binance.venues.snapshots import Snapshots
from binance.wire.bans import ASKED_FOR
from binance.wire.hosts import place_of
from binance.wire.timings import SharedBy, Timings
from binance.wire.waits import host_wait_s
from binance.wire.weights import WeightBudget

#: The part of a venue's weight that snapshots may spend.
PART = 0.5
#: Seconds of a minute, and one more: the exchange counts what arrives, and one call may be longer on its way.
SPAN_S = 61.0
#: Why a snapshot is delayed, the ``budget`` of a ``limited`` event.
WEIGHT = "half of the request weight per minute"
FAILED = "back-off after a failed snapshot call"


class Wants(Protocol):
    """A book that wants a snapshot.

    :ivar weight: what it costs.
    :ivar clock: what it goes by.
    """

    weight: int
    clock: Clock

    def fetch(self) -> Deferred[Any]:
        """Its turn has come: make the call."""

    def fetched(self, answer: Any) -> None:
        """The call returned."""

    def failed(self, failure: Failure, again_s: float) -> None:
        """It did not; nobody asks before *again_s* seconds have passed."""


class SnapshotQueue:
    """Those who want snapshots of one venue, first come, first served.

    :param budget: what may be spent.
    :param first_s: the wait after a first failure; *longest_s*: after many.
    """

    def __init__(self, budget: WeightBudget, first_s: float, longest_s: float) -> None:
        self._budget = budget
        self._first_s, self._longest_s = first_s, longest_s
        self._waiting: dict[Wants, float] = {}  # who, and from when on
        self._busy: tuple[Wants, Deferred[Any]] | None = None
        self._not_before = 0.0
        self._why = ASKED_FOR  # nobody asks before then
        self._failures = 0  # in a row
        self._timer: Timer | None = None

    def want(self, one: Wants, after_s: float = 0.0) -> None:
        """Fetch a snapshot when its turn has come.

        :param after_s: seconds to wait before; others go first.
        """
        self._waiting.setdefault(one, one.clock.seconds() + after_s)
        self._look()

    def leave(self, one: Wants) -> None:
        """It wants no snapshot any more; what is on its way is not reported to it."""
        self._waiting.pop(one, None)
        if self._busy is not None and self._busy[0] is one:
            self._busy[1].cancel()  # the thread goes on; nobody hears it
        self._look()

    def why(self, one: Wants) -> tuple[str, float]:
        """What one that waits is waiting for, and about how many seconds."""
        now = one.clock.seconds()
        ahead = 0
        for other in self._waiting:
            if other is one:
                break
            ahead += other.weight
        for_weight_s = self._budget.wait_s(now, one.weight, ahead)
        for_host_s = self._not_before - now
        return (self._why, for_host_s) if for_host_s > for_weight_s else (WEIGHT, for_weight_s)

    # -- within -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Make the next call, or have the timer set for it."""
        if self._timer is not None:
            self._timer.stop()
        if self._busy is not None or not self._waiting:
            return
        now = next(iter(self._waiting)).clock.seconds()
        one = next((one for one, ready_at in self._waiting.items() if ready_at <= now), None)
        if one is None:
            one = min(self._waiting, key=lambda one: self._waiting[one])
        wait_s = max(
            self._waiting[one] - now, self._not_before - now, self._budget.wait_s(now, one.weight), 0.0
        )
        if wait_s > 0:
            self._timer = Timer(one.clock)
            self._timer.set(wait_s, self._look)
            return
        del self._waiting[one]
        self._budget.spend(now, one.weight)
        answer = maybeDeferred(one.fetch)
        self._busy = one, answer
        answer.addCallbacks(self._fetched, self._failed, callbackArgs=(one,), errbackArgs=(one,))
        answer.addErrback(log_failure, "an order book's snapshot")
        answer.addBoth(lambda _: self._look())

    def _fetched(self, answer: Any, one: Wants) -> None:
        self._busy = None
        self._failures = 0
        one.fetched(answer)

    def _failed(self, failure: Failure, one: Wants) -> None:
        self._busy = None
        if failure.check(CancelledError):
            return
        error = failure.value
        assert error is not None
        status = number(error, "status_code")
        again_s = asked_wait_s(error)
        if host_wait_s(status, retry_after_s(error)) > 0:
            self._why = ASKED_FOR
        elif remedy(status, number(error, "code")) is not Remedy.FINAL:
            self._why = FAILED
            again_s = max(again_s, min(self._first_s * 2.0 ** min(self._failures, 10), self._longest_s))
            self._failures += 1
        self._not_before = max(self._not_before, one.clock.seconds() + again_s)
        one.failed(failure, again_s)


class SnapshotQueues:
    """The queues of a process; in the reactor's thread only."""

    def __init__(self, timings: Timings) -> None:
        self._waits_s = timings.call_again_s, timings.call_again_longest_s
        self._queues: dict[tuple[str, str], SnapshotQueue] = {}

    def of(self, snapshots: Snapshots, endpoints: Endpoints) -> SnapshotQueue:
        """That of a venue: venues share one if the exchange counts their calls together."""
        place = place_of(str(getattr(endpoints, snapshots.host)))
        name = snapshots.host, place
        if name not in self._queues:
            budget = WeightBudget(int(snapshots.weight_per_min * PART), SPAN_S)
            self._queues[name] = SnapshotQueue(budget, *self._waits_s)
        return self._queues[name]


#: Of all who go by the same timings.
snapshot_queues = SharedBy(SnapshotQueues)
