"""Threads for blocking calls: some are there before they are needed, and nobody waits for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from binance.process.threads import DaemonThreads

BOUND_S = 20.0


class Reactor:
    """Keeps what threads ask it to call."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]]] = queue.SimpleQueue()

    def callFromThread(self, function: Callable[..., None], *args: Any) -> None:
        self._asked.put((function, args))

    def turn(self) -> None:
        """Wait for one call, and make it."""
        function, args = self._asked.get(timeout=BOUND_S)
        function(*args)


@pytest.fixture
def reactor() -> Reactor:
    return Reactor()


def of_name(name: str) -> list[threading.Thread]:
    """The threads of that name."""
    return [thread for thread in threading.enumerate() if thread.name == name]


def fired(answer: Deferred[Any]) -> list[Any]:
    """What it fires with, when it does."""
    results: list[Any] = []
    answer.addBoth(results.append)
    return results


def no_more_threads() -> Any:
    """Python as it is once the main thread has ended, in 3.12."""
    words = "can't create new thread at interpreter shutdown"
    return patch("threading.Thread.start", side_effect=RuntimeError(words))


def test_a_call_runs_in_a_daemon_thread_and_answers_in_the_reactors(reactor):
    """With what it returned, or raised."""
    threads = DaemonThreads("of the test, a")
    results = fired(threads.run(reactor, lambda number: (number, threading.current_thread()), 7))
    reactor.turn()
    [(number, thread)] = results
    assert number == 7
    assert thread.daemon and thread is not threading.current_thread()
    results = fired(threads.run(reactor, int, "x"))
    reactor.turn()
    [failure] = results
    assert isinstance(failure, Failure) and isinstance(failure.value, ValueError)


def test_calls_that_hang_hold_up_no_other(reactor):
    """There are as many threads as calls at a time; the surplus ends."""
    threads = DaemonThreads("of the test, b", ready=1)
    go_on = threading.Event()
    hanging = [threads.run(reactor, go_on.wait) for _ in range(10)]
    results = fired(threads.run(reactor, lambda: "here"))
    reactor.turn()
    assert results == ["here"]
    assert len(of_name("of the test, b")) >= 10
    go_on.set()
    for _ in hanging:
        reactor.turn()
    for thread in of_name("of the test, b"):
        thread.join(0.01)
    until = threading.Event()
    for _ in range(2000):
        if len(of_name("of the test, b")) == 1:
            break
        until.wait(0.01)
    assert len(of_name("of the test, b")) == 1


def test_calls_wait_where_there_may_be_no_more_threads(reactor):
    """A limit of threads, as for name lookups, is kept; every call is made."""
    threads = DaemonThreads("of the test, c", ready=1, most=2)
    go_on = threading.Event()
    for _ in range(2):
        threads.run(reactor, go_on.wait)
    results = [fired(threads.run(reactor, lambda number=number: number)) for number in range(20)]
    assert len(of_name("of the test, c")) == 2
    go_on.set()
    for _ in range(22):
        reactor.turn()
    assert results == [[number] for number in range(20)]


def test_threads_that_were_made_before_serve_where_python_makes_none(reactor):
    """In Python 3.12, once the main thread has ended: calls wait for a free thread, and none fails."""
    threads = DaemonThreads("of the test, d", ready=2)
    threads.prepare()
    threads.prepare()
    assert len(of_name("of the test, d")) == 2
    with no_more_threads():
        go_on = threading.Event()
        threads.run(reactor, go_on.wait)
        results = [fired(threads.run(reactor, lambda number=number: number)) for number in range(10)]
        for _ in range(10):
            reactor.turn()
        go_on.set()
        reactor.turn()
    assert results == [[number] for number in range(10)]


def test_without_a_single_thread_a_call_fails_and_is_not_made_later(reactor):
    """The failure is Python's own, and preparing raises it."""
    threads = DaemonThreads("of the test, e")
    made: list[str] = []
    with no_more_threads():
        results = fired(threads.run(reactor, made.append, "x"))
        with pytest.raises(RuntimeError):
            threads.prepare()
    [failure] = results
    assert isinstance(failure.value, RuntimeError)
    answer = fired(threads.run(reactor, lambda: "here"))
    reactor.turn()
    assert answer == ["here"]
    assert made == []
