"""State that the connections of a process share: turns to connect, ports, addresses, bans."""

from __future__ import annotations

from collections.abc import Callable

from binance.net.interfaces import Clock
from binance.net.timer import Timer
from binance.wire.addresses import Addresses
from binance.wire.bans import ASKED_FOR, Bans
from binance.wire.budgets import RESOLUTION_S, Turns, Urgency, Waiting
from binance.wire.hosts import place
from binance.wire.timings import SharedBy, Timings
from binance.wire.waits import SHORTEST_BAN_S


class Dials:
    """Of all who go by the same timings; in the reactor's thread only.

    :ivar reached: the port on which each host was last reached.
    """

    def __init__(self, timings: Timings) -> None:
        self.reached: dict[str, int] = {}
        self._most, self._span_s = timings.dials, timings.dials_span_s
        self._bans = Bans(SHORTEST_BAN_S)
        self._queues: dict[str, Queue] = {}
        self._addresses: dict[str, Addresses] = {}

    def queue(self, host: str, port: int) -> Queue:
        """Where to wait for one's turn to connect to a host."""
        name = place(host, port)
        if name not in self._queues:
            self._queues[name] = Queue(name, self._most, self._span_s, self._bans)
        return self._queues[name]

    def addresses(self, host: str) -> Addresses:
        """What is known of a host's addresses."""
        return self._addresses.setdefault(host, Addresses())


class Place:
    """One who waits. ``cancel`` makes it what a ReconnectingClientFactory takes for its timer.

    :ivar clock: what it goes by.
    :ivar go: called when its turn has come.
    """

    __slots__ = ("_queue", "_waiting", "clock", "go")

    def __init__(self, queue: Queue, waiting: Waiting, clock: Clock, go: Callable[[], None]) -> None:
        self.clock = clock
        self.go = go
        self._queue = queue
        self._waiting = waiting

    def cancel(self) -> None:
        """Leave the queue; others come sooner."""
        self._queue.leave(self._waiting)

    def hurry(self) -> None:
        """Its urgency has changed."""
        self._queue.look_again()

    def why(self) -> tuple[str, float]:
        """What it waits for, and about how many seconds."""
        return self._queue.why(self._waiting, self.clock)


class Queue:
    """Those who wait to connect to one host, and the timer for the next of them.

    :param most: attempts to connect, in *span_s* seconds.
    """

    def __init__(self, name: str, most: int, span_s: float, bans: Bans) -> None:
        self._name = name
        self._bans = bans
        self._words = f"{most} connection attempts per {span_s / 60:g} minutes"
        self._turns = Turns(most, span_s)
        self._places: dict[Waiting, Place] = {}
        self._timer: Timer | None = None
        self._timed_for: Urgency | None = None  # for whom the timer is set

    def ask(self, clock: Clock, urgency: Callable[[], Urgency], go: Callable[[], None]) -> Place | None:
        """Take a turn, or wait for one.

        :param urgency: of this one; asked again whenever a turn has come.
        :param go: called when its turn has come, if it has to wait.
        :returns: the place in the queue; None if its turn is now.
        """
        now = clock.seconds()
        waiting = self._turns.ask(now, urgency, closed=self._banned_s(now) > 0)
        if waiting is None:
            return None
        found = self._places[waiting] = Place(self, waiting, clock, go)
        if self._timed_for is None or urgency() < self._timed_for:
            self.look_again()
        return found

    def refused(self, status: int | None, asked_s: float, clock: Clock) -> float:
        """The host refused a connection.

        :param asked_s: the wait that it asked for, 0 if it did not.
        :returns: seconds for which nobody connects to it because of that.
        """
        wait_s = self._bans.refused(self._name, status, asked_s or None, clock.seconds())
        self.look_again()
        return wait_s

    def leave(self, waiting: Waiting) -> None:
        self._turns.leave(waiting)
        self._places.pop(waiting, None)
        if not self._places:
            self.look_again()  # else the timer comes too early at worst

    def why(self, waiting: Waiting, clock: Clock) -> tuple[str, float]:
        now = clock.seconds()
        for_turn_s, banned_s = self._turns.wait_s(now, waiting), self._banned_s(now)
        return (ASKED_FOR, banned_s) if banned_s > for_turn_s else (self._words, for_turn_s)

    def look_again(self) -> None:
        """Have the timer set for the one who is next."""
        if self._timer is not None:
            self._timer.stop()
        self._timed_for = self._turns.next_urgency()
        if self._timed_for is not None:
            clock = next(iter(self._places.values())).clock
            now = clock.seconds()
            self._timer = Timer(clock)
            self._timer.set(max(self._turns.next_in_s(now) or 0.0, self._banned_s(now)), self._due)

    def _due(self) -> None:
        try:
            while (found := self._next()) is not None:
                found.go()
        finally:
            self.look_again()

    def _next(self) -> Place | None:
        if not self._places:
            return None
        now = next(iter(self._places.values())).clock.seconds()
        waiting = None if self._banned_s(now) else self._turns.next(now)
        return None if waiting is None else self._places.pop(waiting)

    def _banned_s(self, now: float) -> float:
        left_s = self._bans.left_s(self._name, now)
        return left_s if left_s > RESOLUTION_S else 0.0


#: What is known by all who go by the same timings.
dials = SharedBy(Dials)
