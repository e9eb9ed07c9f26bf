"""Rate limits of one connection, and of connecting to a host. Pure: time is an argument.

The exchange counts over a sliding window, and closes, then bans, who asks for too much. So nothing here is
refused: it waits for its turn. A turn is counted when it is taken, not when it is asked for, so whoever stops
waiting has used nothing.

Source: Spot *Web Socket Streams*, "WebSocket Limits".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import IntEnum

#: A shorter wait counts as 0: floats of seconds cannot always express the end of one.
RESOLUTION_S = 1e-6


def per_second(messages: int) -> str:
    """A limit of messages, the ``budget`` of a ``limited`` event."""
    return f"{messages} messages per second"


class Budget:
    """At most *most* in any span of time.

    :param most: how many.
    :param span_s: seconds.
    """

    __slots__ = ("_most", "_span_s", "_taken")

    def __init__(self, most: int, span_s: float) -> None:
        self._most = most
        self._span_s = span_s
        self._taken: deque[float] = deque(maxlen=most)  # moments

    def wait_s(self, now: float, ahead: int = 0, spare: int = 0) -> float:
        """Seconds until one may be taken; 0 if at once.

        :param now: seconds of any clock, always the same one.
        :param ahead: others are taken before it, each as soon as possible.
        :param spare: how many are left for others in each span.
        """
        most = max(self._most - spare, 1)
        rounds, place = divmod(ahead, most)
        place += len(self._taken) - most
        wait_s = max(self._taken[place] + self._span_s - now, 0.0) if place >= 0 else 0.0
        wait_s += rounds * self._span_s
        return wait_s if wait_s > RESOLUTION_S else 0.0

    def take(self, now: float) -> None:
        """Take one, which may be taken now."""
        self._taken.append(now)


class Urgency(IntEnum):
    """Who waits for a connection; the lower value goes first."""

    RECONNECT = 0  # messages are being lost
    FIRST = 1
    MOVE = 2  # the old connection goes on


class Waiting:
    """A place among those who wait, made by :class:`Turns`.

    :ivar urgency: asked each time that somebody's turn has come; it may change meanwhile.
    """

    __slots__ = ("number", "urgency")

    def __init__(self, urgency: Callable[[], Urgency], number: int) -> None:
        self.urgency = urgency
        self.number = number


class Turns:
    """Those who wait for one budget: the most urgent first, and of equals who came first.

    Planned moves leave a tenth of the budget to the others: many short-lived connections cannot use up what
    a lost one needs.

    :param most: turns, in *span_s* seconds.
    """

    def __init__(self, most: int, span_s: float) -> None:
        self._budget = Budget(most, span_s)
        self._spare = {Urgency.MOVE: most // 10}
        self._waiting: dict[int, Waiting] = {}
        self._count = 0

    def ask(self, now: float, urgency: Callable[[], Urgency], *, closed: bool = False) -> Waiting | None:
        """Take a turn, or wait for one.

        :param closed: it is nobody's turn now.
        :returns: the place among those who wait; None if the turn was taken.
        """
        mine = urgency()
        is_next = all(waiting.urgency() > mine for waiting in self._waiting.values())
        if not closed and is_next and not self._budget.wait_s(now, 0, self._spare.get(mine, 0)):
            self._budget.take(now)
            return None
        self._count += 1
        waiting = self._waiting[self._count] = Waiting(urgency, self._count)
        return waiting

    def leave(self, waiting: Waiting) -> None:
        """Wait no more; it is not an error if the turn has come already."""
        self._waiting.pop(waiting.number, None)

    def next(self, now: float) -> Waiting | None:
        """Take the turn of the one that is next, who no longer waits; None if it is nobody's turn yet."""
        if self.next_in_s(now) != 0:
            return None
        waiting = self._first()
        del self._waiting[waiting.number]
        self._budget.take(now)
        return waiting

    def next_in_s(self, now: float) -> float | None:
        """Seconds until it is somebody's turn; None if nobody waits."""
        if not self._waiting:
            return None
        return self._budget.wait_s(now, 0, self._spare.get(self._first().urgency(), 0))

    def next_urgency(self) -> Urgency | None:
        """Of the one that is next; None if nobody waits."""
        return self._first().urgency() if self._waiting else None

    def wait_s(self, now: float, waiting: Waiting) -> float:
        """About how long this one will wait, if nobody else comes or leaves."""
        mine = _order(waiting)
        ahead = sum(_order(other) < mine for other in self._waiting.values())
        return self._budget.wait_s(now, ahead, self._spare.get(mine[0], 0))

    def _first(self) -> Waiting:
        return min(self._waiting.values(), key=_order)


def _order(waiting: Waiting) -> tuple[Urgency, int]:
    return waiting.urgency(), waiting.number
