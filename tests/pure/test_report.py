"""What happens to a socket reaches the user in order, masked, and not after it was stopped."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from twisted.internet.task import Clock

from binance.events import Event
from binance.process.logs import counted
from binance.sockets.delivery import Delivery
from binance.sockets.report import INFO, SHORT_LIVED_KEPT, WARNING, Report


class Fixture:
    """A report whose queue turns when the test says so."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.events: list[Event] = []
        self.turns: list[Any] = []
        self.delivery = Delivery(self.events.append, interrupt=lambda: None, later=self.turns.append)
        self.report = Report("key", self.delivery, self.clock, 60.0)

    def turn(self) -> list[str]:
        """Let the reactor turn, and return the kinds of the events that were handed on."""
        before = len(self.events)
        turns, self.turns[:] = list(self.turns), []
        for turn in turns:
            turn()
        return [event.kind for event in self.events[before:]]


@pytest.fixture
def made() -> Fixture:
    return Fixture()


def test_nothing_is_handed_on_at_once(made):
    """An event waits for the next turn: whoever reports may be in the middle of something."""
    made.report.event("connecting")
    made.report.event("connected")
    assert made.events == []
    assert made.turn() == ["connecting", "connected"]


def test_what_waits_when_the_socket_is_stopped_is_not_handed_on(made):
    """Nor what is reported after that, up to its last words."""
    made.report.event("disconnected", retry=True)
    made.report.close()
    made.report.event("retrying")
    made.report.end()
    made.report.event("disconnected", retry=False)
    assert made.turn() == ["disconnected"]
    assert made.events[0].info == {"retry": False}


def test_what_the_users_code_raised_is_reported_although_it_stopped_the_socket(made, caplog):
    """The traceback is logged, and the event comes."""
    error = RuntimeError("of the test")
    made.report.close()
    made.report.log(WARNING, "the callback raised", error=error)
    made.report.log(WARNING, "anything else")
    made.report.event_of_user("callback_error")
    assert made.turn() == ["callback_error"]
    assert [record.getMessage() for record in caplog.records] == ["key: the callback raised"]


def test_secrets_are_masked_in_events_and_lines(made, caplog):
    """Wherever they stand in a text; numbers are left alone."""
    caplog.set_level(logging.INFO)
    made.report.hide("SECRET")
    made.report.hide_for_now("SIGNATURE")
    made.report.event("refused", code=7, message="SECRET and SIGNATURE")
    made.report.log(INFO, "%s %d", "a SIGNATURE, a SECRET", 7)
    made.turn()
    assert made.events[0].info == {"code": 7, "message": "*** and ***"}
    assert caplog.records[0].getMessage() == "key: a ***, a *** 7"


def test_only_the_latest_short_lived_secrets_are_kept(made):
    """A signature of each reconnect does not make every line slower; what lasts is hidden for ever."""
    made.report.hide("LASTING")
    for number in range(SHORT_LIVED_KEPT + 1):
        made.report.hide_for_now(f"<{number}>")
    made.report.event("refused", message=f"LASTING <0> <1> <{SHORT_LIVED_KEPT}>")
    made.turn()
    assert made.events[0].info == {"message": "*** <0> *** ***"}


def test_what_may_happen_with_every_message_is_one_line_in_a_while(made, caplog):
    """The line says how often it has happened by then."""
    for number in range(1, 100):
        made.report.log_seldom(number, WARNING, "a payload %s", "x")
        made.clock.advance(1)
    made.turn()
    assert [record.getMessage() for record in caplog.records] == [
        "key: a payload x (1 so far; one line a minute)",
        "key: a payload x (61 so far; one line a minute)",
    ]


def test_the_last_events_before_the_end_of_the_reactor_are_handed_on_with_what_comes_of_them():
    """There is no other turn; a handler that causes an event with each does not go on for ever."""
    seen: list[str] = []

    def on_event(event: Event) -> None:
        seen.append(event.kind)
        report.event("again")

    delivery = Delivery(on_event, interrupt=lambda: None, later=lambda turn: None)
    report = Report("key", delivery, Clock(), 60.0)
    report.event("first")
    delivery.finish()
    assert seen[:3] == ["first", "again", "again"]
    assert len(seen) < 100


def test_seconds_are_shown_to_the_millisecond(made):
    """A wait of 0.4231079... s is 0.423 in the event; whole numbers stay what they are."""
    made.report.event("retrying", attempt=1, delay_s=0.42310794)
    made.turn()
    assert made.events[0].info == {"attempt": 1, "delay_s": 0.423}


def test_what_is_counted_is_one_or_several():
    """One message is not "1 messages"."""
    assert [counted(number, "message") for number in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]
    assert [counted(number, "retry", "retries") for number in (1, 5)] == ["1 retry", "5 retries"]
