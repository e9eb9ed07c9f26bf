"""Timers by the monotonic clock, over any reactor.

Twisted's timers go by the wall clock (``reactor.seconds`` is ``time.time``), which can be set. When it is
set back by 45 s, each pending ``reactor.callLater`` fires 45 s late; when it is set forward, early.

Theory of operation. Pending calls are a heap, ordered by their due times on the monotonic clock. A single
call of the reactor, the *alarm*, is armed for the earliest of them:

* The alarm fires early (the wall clock was set forward, or the earliest call was cancelled or moved): no
  call is due, and the alarm is armed again.
* The alarm would fire late (the wall clock was set back). The reactor sleeps and cannot notice. The beat of
  the process compares the time left until the alarm on both clocks, and has it armed again in the reactor's
  thread. A call that became due before the beat noticed is late by at most
  :data:`~binance.process.beat.BEAT_S`.

The comparison needs no history, so it also finds steps between two beats and a wall clock that is slowly
adjusted. ``reactor.seconds`` is never replaced: timers that the application made before would never fire.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorFromThreads, IReactorTime
from zope.interface import implementer

from binance.process.beat import Beat
from binance.process.beat import beat as process_beat
from binance.process.logs import Log

log = Log(__name__)

#: A smaller lateness of the alarm is ignored, because the two clocks are not read at the same instant.
TOLERANCE_S = 0.05

#: The shortest wait for a call that is not due: a float of epoch seconds cannot express much less.
RESOLUTION_S = 1e-6

#: This many entries of cancelled or moved calls may stay in the heap, beyond one per pending call.
SLACK = 64


class Alarm(NamedTuple):
    """When the alarm is to fire: one instant on both clocks, in seconds."""

    monotonic: float
    wall: float

    def late_s(self, monotonic: float, wall: float) -> float:
        """Return by how many seconds the alarm will fire late; a negative number means early.

        :param monotonic: the reading of the monotonic clock now.
        :param wall: the reading of the wall clock now.
        """
        return (self.wall - wall) - (self.monotonic - monotonic)


@implementer(IDelayedCall)
class MonotonicCall:
    """One call of :meth:`MonotonicClock.callLater`."""

    __slots__ = ("_args", "_called", "_clock", "_due", "_function", "_kwargs", "_number")

    def __init__(
        self,
        clock: MonotonicClock,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._clock = clock
        self._function: Callable[..., Any] | None = function
        self._args = args
        self._kwargs = kwargs
        self._due = 0.0
        self._number: int | None = None  # of its entry in the heap; None: called or cancelled
        self._called = False

    def __repr__(self) -> str:
        state = "called" if self._called else "cancelled"
        if self.active():
            state = f"due in {self._due - self._clock.seconds():.3f} s: {self._function!r}"
        return f"<{type(self).__name__} {state}>"

    def getTime(self) -> float:
        """Return when it is due, in seconds by :meth:`MonotonicClock.seconds`."""
        return self._due

    def active(self) -> bool:
        """Return True until it is called or cancelled."""
        return self._number is not None

    def cancel(self) -> None:
        """Never call it.

        :raises AlreadyCalled, AlreadyCancelled: if it is not pending.
        """
        self._check_pending()
        self._end()
        self._clock._cancelled()

    def reset(self, secondsFromNow: float) -> None:
        """Call it that many seconds from now instead.

        :raises AlreadyCalled, AlreadyCancelled: if it is not pending.
        """
        self._check_pending()
        self._clock._set(self, self._clock.seconds() + secondsFromNow)

    def delay(self, secondsLater: float) -> None:
        """Call it that many seconds later than it was due; below 0, earlier.

        :raises AlreadyCalled, AlreadyCancelled: if it is not pending.
        """
        self._check_pending()
        self._clock._set(self, self._due + secondsLater)

    def _check_pending(self) -> None:
        if self._number is None:
            raise AlreadyCalled if self._called else AlreadyCancelled

    def _end(self) -> None:
        self._number = None
        self._function, self._args, self._kwargs = None, (), {}

    def _call(self) -> None:
        function, args, kwargs = self._function, self._args, self._kwargs
        assert function is not None
        self._called = True
        self._end()
        function(*args, **kwargs)


@implementer(IReactorTime)
class MonotonicClock:
    """The timers of *reactor* by ``time.monotonic``; in the reactor's thread only. See :func:`clock_of`.

    :param beat: the beat that checks for a wall clock that was set back.
    """

    #: The time in seconds; only differences have a meaning.
    seconds = staticmethod(time.monotonic)

    def __init__(self, reactor: Any, beat: Beat = process_beat) -> None:
        self._reactor = reactor
        # a reactor without callFromThread is a test's, whose time goes as the test wants
        self._beat = beat if IReactorFromThreads.providedBy(reactor) else None
        self._heap: list[tuple[float, int, MonotonicCall]] = []  # due, number of the entry
        self._numbers = itertools.count()
        self._pending = 0
        self._timer: Any = None  # the reactor's IDelayedCall
        self._alarm: Alarm | None = None  # of the timer; the beat's thread reads it
        self._firing = False
        self._beats_in: int | None = None  # the process whose beat calls this clock
        self._asked = False  # the beat has asked for the alarm to be armed again

    def callLater(
        self, delay: float, callable: Callable[..., Any], *args: object, **kwargs: object
    ) -> MonotonicCall:
        """Call ``callable(*args, **kwargs)`` in *delay* seconds, in the reactor's thread.

        An exception that it raises is logged by the reactor, as one of ``reactor.callLater`` is.

        :raises ValueError: if *delay* is not a number from 0.
        """
        if not delay >= 0:
            raise ValueError(f"delay is {delay!r}; use seconds from 0")
        call = MonotonicCall(self, callable, args, kwargs)
        self._pending += 1
        self._set(call, self.seconds() + delay)
        return call

    def getDelayedCalls(self) -> list[MonotonicCall]:
        """Return the calls that are pending, in no order."""
        return [call for _, number, call in self._heap if call._number == number]

    def beat(self) -> None:
        """Have the alarm armed again if it would be late. Called in the beat's thread."""
        alarm = self._alarm
        if alarm is None or self._asked:
            return
        # the wall clock first: a pause between the two readings then arms needlessly, and hides no step
        wall = self._reactor.seconds()
        if alarm.late_s(self.seconds(), wall) > TOLERANCE_S:
            self._asked = True
            self._reactor.callFromThread(self._late)

    def _late(self) -> None:
        self._asked = False
        self._arm()

    def _set(self, call: MonotonicCall, due: float) -> None:
        """Make *call* pending until *due*; an older entry of it in the heap becomes void."""
        number = next(self._numbers)
        call._due, call._number = due, number
        heappush(self._heap, (due, number, call))
        self._tidy()
        if not self._firing and (self._alarm is None or due < self._alarm.monotonic):
            self._arm()

    def _cancelled(self) -> None:
        self._pending -= 1
        self._tidy()
        if not self._pending and not self._firing:
            self._arm()  # cancels the reactor's timer

    def _tidy(self) -> None:
        """Remove the void entries if they are the greater part of the heap."""
        if len(self._heap) > 2 * self._pending + SLACK:
            self._heap = [entry for entry in self._heap if entry[2]._number == entry[1]]
            heapify(self._heap)

    def _arm(self) -> None:
        """Arm the alarm for the earliest call; without pending calls no timer is left in the reactor."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._alarm = None
        while self._heap and self._heap[0][2]._number != self._heap[0][1]:
            heappop(self._heap)
        if not self._heap:
            return
        now = self.seconds()
        wait_s = self._heap[0][0] - now
        wait_s = max(wait_s, RESOLUTION_S) if wait_s > 0 else 0
        self._timer = self._reactor.callLater(wait_s, self._fire)
        self._alarm = Alarm(now + wait_s, self._timer.getTime())
        # by process: a forked child starts with an empty beat
        if self._beat is not None and self._beats_in != os.getpid():
            self._join(self._beat)

    def _join(self, beat: Beat) -> None:
        try:
            beat.add(self)
        except RuntimeError as exc:  # no thread can be started: timers work, but not through a step back
            log.error(
                "no thread can be started that notices when the wall clock is set back: timers may be late",
                exc_info=exc,
            )
        else:
            self._beats_in = os.getpid()

    def _fire(self) -> None:
        self._timer = self._alarm = None
        now = self.seconds()
        first_new = next(self._numbers)  # what the called functions add waits for the reactor's next round
        self._firing = True
        try:
            while self._heap and self._heap[0][0] <= now and self._heap[0][1] < first_new:
                _, number, call = heappop(self._heap)
                if call._number == number:
                    self._pending -= 1
                    call._call()
        finally:  # if one raised, the reactor logs it, and the others are called in its next round
            self._firing = False
            self._arm()


_clocks: WeakValueDictionary[int, MonotonicClock] = WeakValueDictionary()
_clocks_lock = threading.Lock()


def clock_of(reactor: Any) -> MonotonicClock:
    """Return the clock of *reactor*; every caller in the process gets the same one. From any thread."""
    with _clocks_lock:
        # by id: a clock keeps its reactor alive, so an id found here cannot be another reactor's
        clock = _clocks.get(id(reactor))
        if clock is None:
            clock = _clocks[id(reactor)] = MonotonicClock(reactor)
        return clock
