"""Sockets whose manager was never started are named when the process ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from binance.process.forgotten import REMIND_S, Forgotten


class Fixture:
    """What is remembered, and what would be called at the end of the process."""

    def __init__(self) -> None:
        self.at_exit: list[Callable[[], None]] = []
        self.now = 100.0
        self.forgotten = Forgotten(self.at_exit.append, lambda: self.now)


@pytest.fixture
def made() -> Fixture:
    return Fixture()


def warned(made: Fixture, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that are logged at the end of the process."""
    caplog.clear()
    for function in made.at_exit:
        function()
    return [record.getMessage() for record in caplog.records]


def test_sockets_that_were_never_connected_are_named(made, caplog):
    """In one line, which says what to call; of many, the first ones."""
    first, second = object(), object()
    made.forgotten.claimed(first, "bnbbtc@trade")
    made.forgotten.claimed(second, "neobtc@trade")
    [line] = warned(made, caplog)
    assert "2 sockets never connected (bnbbtc@trade, neobtc@trade)" in line
    assert "call bm.start()" in line
    for number in range(10):
        made.forgotten.claimed(first, f"s{number}@trade")
    [line] = warned(made, caplog)
    made.forgotten.claimed(object(), "streams=" + "/".join(["bnbbtc@trade"] * 500))
    assert len(warned(made, caplog)[0]) < 500
    assert "12 sockets never connected (bnbbtc@trade, neobtc@trade, s0@trade, s1@trade, s2@trade ...)" in line


def test_a_manager_that_is_used_and_was_not_started_is_named_once(made, caplog):
    """Some seconds after its first socket, at the next call; the end of the process names it again."""
    manager, idle = object(), object()
    made.forgotten.used(manager)
    made.forgotten.claimed(manager, "bnbbtc@trade")
    made.now += REMIND_S - 0.1
    made.forgotten.claimed(manager, "neobtc@trade")
    made.forgotten.used(manager)
    assert caplog.records == []
    made.now += 0.1
    made.forgotten.used(idle)
    made.forgotten.used(manager)
    made.forgotten.used(manager)
    [line] = [record.getMessage() for record in caplog.records]
    assert line == (
        "2 sockets not connected (bnbbtc@trade, neobtc@trade), because the manager was not started: "
        "call bm.start()"
    )
    assert "never connected" in warned(made, caplog)[0]


def test_a_manager_that_was_started_or_stopped_all_sockets_is_not_named_when_it_is_used(made, caplog):
    """However long after."""
    started, stopped = object(), object()
    for manager in (started, stopped):
        made.forgotten.claimed(manager, "bnbbtc@trade")
    made.forgotten.started(started)
    made.forgotten.stopped(stopped, "bnbbtc@trade")
    made.now += 3_600
    made.forgotten.used(started)
    made.forgotten.used(stopped)
    assert caplog.records == []


def test_a_manager_that_was_started_or_closed_is_not_named(made, caplog):
    """Nor one whose sockets were all stopped; another one is."""
    started, stopped, other = object(), object(), object()
    for manager in (started, stopped, other):
        made.forgotten.claimed(manager, "bnbbtc@trade")
    made.forgotten.started(started)
    made.forgotten.stopped(stopped, "bnbbtc@trade")
    [line] = warned(made, caplog)
    assert "1 socket never" in line
    made.forgotten.started(other)
    made.forgotten.started(other)
    made.forgotten.stopped(other, "bnbbtc@trade")
    assert warned(made, caplog) == []


def test_a_process_without_sockets_has_nothing_to_do_at_its_end(made):
    """Nothing is registered before it is needed, and then once."""
    assert made.at_exit == []
    for number in range(3):
        made.forgotten.claimed(object(), f"s{number}@trade")
    assert len(made.at_exit) == 1
