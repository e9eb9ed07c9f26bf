"""Timers by the monotonic clock, over a reactor whose wall clock is set back and forward."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorFromThreads, IReactorTime
from twisted.trial import unittest
from zope.interface import implementer
from zope.interface.verify import verifyObject

from binance.net.clock import SLACK, TOLERANCE_S, Alarm, MonotonicClock, clock_of
from binance.process.beat import BEAT_S, Beat

#: Powers of two, so that the sums of the tests are exact.
TICK_S = 1 / 16
TICKS_PER_BEAT = 4
EPOCH_S = float(2**30)


@implementer(IReactorFromThreads)
class FakeReactor(task.Clock):
    """A reactor whose time is the wall clock; calls from threads run at its next advance."""

    def __init__(self) -> None:
        super().__init__()
        self.rightNow = EPOCH_S
        self.from_threads: list[Callable[[], None]] = []

    def callFromThread(self, callable: Callable[[], None]) -> None:
        self.from_threads.append(callable)

    def advance(self, amount: float) -> None:
        while self.from_threads:
            self.from_threads.pop(0)()
        super().advance(amount)


class World:
    """Both clocks, one reactor, and the beat."""

    def __init__(self, process_beat: Beat | None = None) -> None:
        self.now = 100.0
        self.reactor = FakeReactor()
        self.process_beat = process_beat or Beat(spawn=lambda run: None)
        self.ticks = 0
        #: what was called, and when
        self.called: list[tuple[Any, float]] = []

        class Clock(MonotonicClock):
            def seconds(clock) -> float:
                return self.now

        self.clock = Clock(self.reactor, self.process_beat)

    def call_later(self, delay_s: float, name: Any = None) -> Any:
        return self.clock.callLater(delay_s, lambda: self.called.append((name, self.now)))

    def set_wall_clock(self, by_s: float) -> None:
        self.reactor.rightNow += by_s

    def advance(self, seconds: float, beats: bool = True) -> None:
        """Let time go on by both clocks, tick by tick."""
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            if beats and self.ticks % TICKS_PER_BEAT == 0:
                self.process_beat.call()
            self.now += TICK_S
            self.reactor.advance(TICK_S)


@pytest.fixture
def world() -> World:
    return World()


def test_the_clock_and_its_calls_provide_the_interfaces_of_twisted(world: World) -> None:
    """What takes an IReactorTime can take the clock."""
    assert verifyObject(IReactorTime, world.clock)
    assert verifyObject(IDelayedCall, world.call_later(1))
    assert MonotonicClock.seconds is time.monotonic


@pytest.mark.parametrize("step_s", [0, 0.25, 45, 3600, -0.25, -45, -3600])
@pytest.mark.parametrize("before_s", [0, 1, 2])
def test_a_step_of_the_wall_clock_moves_no_call(world: World, step_s: float, before_s: float) -> None:
    """A call is never early, and late by at most a beat, whenever the clock is set and however far."""
    world.call_later(1, "first")
    world.call_later(2, "second")
    world.advance(before_s)
    world.set_wall_clock(step_s)
    world.advance(4)
    assert [name for name, _ in world.called] == ["first", "second"]
    for (_, called), due in zip(world.called, (101, 102), strict=True):
        assert due <= called <= due + BEAT_S + 2 * TICK_S


def test_without_the_beat_a_clock_that_was_set_back_delays_calls(world: World) -> None:
    """The reactor alone does not notice, which is what the beat is for."""
    world.call_later(1, "late")
    world.set_wall_clock(-3)
    world.advance(3.5, beats=False)
    assert world.called == []
    world.advance(1, beats=False)
    assert world.called == [("late", 104.0)]


@pytest.mark.parametrize(
    ("monotonic", "wall", "late_s"),
    [(100, 1000, 0), (105, 1005, 0), (115, 1015, 0), (105, 960, 45), (100, 1045, -45), (115, 970, 45)],
)
def test_the_lateness_of_an_alarm_is_the_difference_of_the_two_clocks(
    monotonic: float, wall: float, late_s: float
) -> None:
    """It is the same before and after the alarm is due, and 0 when only the reactor is busy."""
    assert Alarm(110, 1010).late_s(monotonic, wall) == late_s


ACTIONS = st.one_of(
    st.tuples(st.just("call"), st.integers(0, 40)),
    st.tuples(st.just("step"), st.integers(-1000, 1000)),
    st.tuples(st.just("advance"), st.integers(1, 30)),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
    st.tuples(st.just("reset"), st.integers(0, 40)),
    st.tuples(st.just("delay"), st.integers(-20, 40)),
)


@given(st.lists(ACTIONS, max_size=40))
def test_every_call_is_made_once_in_order_and_in_time(actions: list[tuple[str, int]]) -> None:
    """Whatever the wall clock does: each call once, not before it is due, and not a beat after that."""
    world = World()
    calls: list[Any] = []
    due: dict[int, float] = {}
    for action, number in actions:
        pending = [call for call in calls if call.active()]
        chosen = pending[number % len(pending)] if pending else None
        if action == "call":
            calls.append(world.call_later(number * TICK_S, len(calls)))
            due[len(calls) - 1] = calls[-1].getTime()
        elif action == "step":
            world.set_wall_clock(number * TICK_S)
        elif action == "advance":
            world.advance(number * TICK_S)
        elif chosen is not None:
            if action == "cancel":
                chosen.cancel()
                del due[calls.index(chosen)]
            elif action == "reset":
                chosen.reset(number * TICK_S)
                due[calls.index(chosen)] = chosen.getTime()
            else:
                # not before now: what is due in the past cannot be called in order
                later_s = max(number * TICK_S, world.now - chosen.getTime())
                chosen.delay(later_s)
                due[calls.index(chosen)] = chosen.getTime()
        assert {id(call) for call in world.clock.getDelayedCalls()} == {
            id(call) for call in calls if call.active()
        }
    world.advance(max(due.values(), default=world.now) - world.now + 80 * TICK_S)
    assert sorted(name for name, _ in world.called) == sorted(due)
    assert [due[name] for name, _ in world.called] == sorted(due.values())
    for name, called in world.called:
        assert due[name] <= called <= due[name] + BEAT_S + TOLERANCE_S + 2 * TICK_S
    assert world.reactor.getDelayedCalls() == []


def test_arguments_are_handed_on(world: World) -> None:
    """The function gets the positional and the keyword arguments."""
    got: list[Any] = []
    world.clock.callLater(0, lambda *args, **kwargs: got.append((args, kwargs)), 1, two=2)
    world.advance(TICK_S)
    assert got == [((1,), {"two": 2})]


@pytest.mark.parametrize("delay_s", [-1, -0.001, float("nan")])
def test_a_delay_below_0_is_refused(world: World, delay_s: float) -> None:
    """It is an error of the caller, and nothing is pending."""
    with pytest.raises(ValueError, match="delay"):
        world.call_later(delay_s)
    assert world.clock.getDelayedCalls() == []
    assert world.reactor.getDelayedCalls() == []


@pytest.mark.parametrize("act", ["cancel", "reset", "delay"])
def test_a_call_that_is_over_refuses_what_is_asked_of_it(world: World, act: str) -> None:
    """AlreadyCalled and AlreadyCancelled, as from the reactor's own delayed calls."""
    arguments = () if act == "cancel" else (1,)
    called, cancelled = world.call_later(0), world.call_later(0)
    cancelled.cancel()
    with pytest.raises(AlreadyCancelled):
        getattr(cancelled, act)(*arguments)
    world.advance(TICK_S)
    with pytest.raises(AlreadyCalled):
        getattr(called, act)(*arguments)
    assert not called.active()
    assert not cancelled.active()


def test_a_call_is_over_when_its_function_runs(world: World) -> None:
    """A function that cancels its own call gets AlreadyCalled."""
    raised: list[bool] = []

    def cancel_me() -> None:
        with pytest.raises(AlreadyCalled):
            call.cancel()
        raised.append(True)

    call = world.clock.callLater(0, cancel_me)
    world.advance(TICK_S)
    assert raised == [True]


def test_a_function_can_cancel_a_call_that_is_due_at_the_same_moment(world: World) -> None:
    """What is cancelled in time is not called."""
    world.clock.callLater(1, lambda: second.cancel())
    second = world.call_later(1, "second")
    world.advance(2)
    assert world.called == []
    assert world.reactor.getDelayedCalls() == []


def test_calls_made_by_a_call_wait_for_the_next_round_of_the_reactor(world: World) -> None:
    """A function that calls itself again with a delay of 0 leaves the reactor time for its sockets."""
    rounds: list[float] = []

    def again() -> None:
        rounds.append(world.now)
        if len(rounds) < 100:
            world.clock.callLater(0, again)

    world.clock.callLater(0, again)
    timer = world.reactor.getDelayedCalls()[0]
    world.reactor.calls.remove(timer)
    timer.func()  # one round
    assert len(rounds) == 1
    assert len(world.reactor.getDelayedCalls()) == 1


def test_an_exception_reaches_the_reactor_and_holds_up_no_other_call(world: World) -> None:
    """The reactor logs it, as one of its own delayed calls; what is due at the same moment is called."""

    def fail() -> None:
        raise LookupError("a bug")

    world.call_later(1, "before")
    world.clock.callLater(1, fail)
    world.call_later(1, "behind")
    with pytest.raises(LookupError):
        world.advance(1)
    assert world.called == [("before", 101.0)]
    world.advance(TICK_S)
    assert [name for name, _ in world.called] == ["before", "behind"]


def test_the_reactor_has_one_timer_at_most_and_none_when_nothing_is_pending(world: World) -> None:
    """However many calls are pending; the last to be cancelled leaves nothing behind."""
    calls = [world.call_later(delay_s) for delay_s in (3, 1, 2)]
    assert len(world.reactor.getDelayedCalls()) == 1
    for call in calls:
        call.cancel()
    assert world.reactor.getDelayedCalls() == []


def test_timers_that_are_moved_without_end_take_no_memory(world: World) -> None:
    """A watchdog that is put off with each message, and timers that are made and cancelled."""
    watchdog = world.call_later(1000)
    for _ in range(10_000):
        watchdog.reset(1000)
        world.call_later(1000).cancel()
    gc.collect()
    entries = [entry for entry in gc.get_referrers(watchdog) if isinstance(entry, tuple)]
    assert len(entries) <= SLACK + 2
    assert world.clock.getDelayedCalls() == [watchdog]


def test_a_late_alarm_is_asked_for_once(world: World) -> None:
    """However long the reactor is busy, the beat adds one call to its queue."""
    world.call_later(10)
    world.set_wall_clock(-45)
    for _ in range(100):
        world.process_beat.call()
    assert len(world.reactor.from_threads) == 1


def test_a_reactor_that_is_only_busy_is_left_alone(world: World) -> None:
    """Both clocks have gone on by the same time: the alarm comes as soon as it can."""
    world.call_later(1)
    world.now += 600
    world.set_wall_clock(600)
    world.process_beat.call()
    assert world.reactor.from_threads == []


def test_a_reactor_that_takes_no_calls_from_threads_can_have_a_clock() -> None:
    """A test's reactor, whose time stands still: the beat has nothing to do with it."""
    spawned: list[Any] = []
    reactor = task.Clock()
    clock = MonotonicClock(reactor, Beat(spawn=spawned.append))
    clock.callLater(1, lambda: None)
    assert spawned == []


def test_a_process_without_a_thread_to_spare_has_timers(caplog: pytest.LogCaptureFixture) -> None:
    """It says in the log what it cannot check, and calls are made."""

    def spawn(run: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    world = World(Beat(spawn))
    world.call_later(1, "called")
    world.advance(1)
    assert world.called == [("called", 101.0)]
    assert "no thread" in caplog.text


def test_a_reactor_has_one_clock() -> None:
    """clock_of() answers the same clock each time, another one for another reactor, and keeps none alive."""
    first, second = task.Clock(), task.Clock()
    clock = clock_of(first)
    assert clock_of(first) is clock
    assert clock_of(second) is not clock
    reactor = weakref.ref(first)
    del first, clock
    gc.collect()
    assert reactor() is None


def test_a_call_shows_its_state(world: World) -> None:
    """For the reader of a log or a debugger."""
    pending, called, cancelled = world.call_later(1), world.call_later(0), world.call_later(1)
    cancelled.cancel()
    world.advance(TICK_S)
    assert "due in 0.938 s" in repr(pending)
    assert "called" in repr(called)
    assert "cancelled" in repr(cancelled)


class OverTheReactor(unittest.TestCase):
    """What only a reactor that runs can show."""

    def test_an_exception_is_logged_by_the_reactor_and_later_calls_are_made(self) -> Deferred[None]:
        """It reaches Twisted's log, once."""
        from twisted.internet import reactor

        def fail() -> None:
            raise LookupError("a bug")

        clock = MonotonicClock(reactor, Beat(spawn=lambda run: None))
        done: Deferred[None] = Deferred()
        clock.callLater(0, fail)
        clock.callLater(0, done.callback, None)
        return done.addCallback(lambda _: self.assertEqual(len(self.flushLoggedErrors(LookupError)), 1))
