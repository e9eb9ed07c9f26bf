"""The beat: who is called, and that nothing stops it."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable

import pytest

from binance.process.beat import Beat


class Counter:
    """A listener that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def beat(self) -> None:
        self.calls += 1


class Broken:
    """A listener that raises."""

    def beat(self) -> None:
        raise LookupError("a bug")


@pytest.fixture
def threads() -> list[Callable[[], None]]:
    """What would run in threads."""
    return []


@pytest.fixture
def beat(threads: list[Callable[[], None]]) -> Beat:
    return Beat(spawn=threads.append)


def test_each_listener_is_called_once_per_beat(beat: Beat) -> None:
    """A listener that was added twice is called once, too."""
    first, second = Counter(), Counter()
    beat.add(first)
    beat.add(second)
    beat.add(first)
    beat.call()
    beat.call()
    assert (first.calls, second.calls) == (2, 2)


def test_one_thread_serves_all_listeners_and_starts_with_the_first(
    beat: Beat, threads: list[Callable[[], None]]
) -> None:
    """A process whose managers are never started has no thread of ours."""
    assert threads == []
    listeners = [Counter() for _ in range(3)]
    for listener in listeners:
        beat.add(listener)
        beat.remove(listener)
    assert len(threads) == 1


def test_a_removed_listener_is_not_called(beat: Beat) -> None:
    """Removing one that was never added is not an error."""
    listener = Counter()
    beat.remove(listener)
    beat.add(listener)
    beat.remove(listener)
    beat.call()
    assert listener.calls == 0


def test_the_beat_keeps_no_listener_alive(beat: Beat) -> None:
    """A listener that nobody else holds is collected."""
    collected = threading.Event()

    class Watched(Counter):
        def __del__(self) -> None:
            collected.set()

    beat.add(Watched())
    gc.collect()
    beat.call()
    assert collected.is_set()


def test_an_exception_in_a_listener_is_logged_and_the_others_are_called(
    beat: Beat, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug in one listener takes the beat from nobody."""
    broken, listeners = Broken(), [Counter(), Counter()]
    for listener in (listeners[0], broken, listeners[1]):
        beat.add(listener)
    with caplog.at_level(logging.ERROR):
        beat.call()
        beat.call()
    assert [listener.calls for listener in listeners] == [2, 2]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [LookupError] * 2


def test_a_thread_that_cannot_be_started_is_tried_again() -> None:
    """add() raises what the operating system says, and the next one succeeds."""
    answers: list[Exception | None] = [RuntimeError("can't start new thread"), None]

    def spawn(run: Callable[[], None]) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    beat, listener = Beat(spawn), Counter()
    with pytest.raises(RuntimeError):
        beat.add(listener)
    beat.add(listener)
    assert answers == []
