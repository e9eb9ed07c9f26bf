"""What happens to a socket reaches the user in order, masked, and not after it was stopped."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from twisted.internet.task import Clock

from binance.events import Event
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
    made.report.hide("A-SECRET")
    made.report.hide_for_now("SIGNATURE")
    made.report.event("refused", code=7, message="A-SECRET and SIGNATURE")
    made.report.log(INFO, "%s %d", "a SIGNATURE, the A-SECRET", 7)
    made.turn()
    assert made.events[0].info == {"code": 7, "message": "*** and ***"}
    assert caplog.records[0].getMessage() == "key: a ***, the *** 7"


def test_what_is_too_short_for_a_secret_does_not_garble_words(made, caplog):
    """A key of fewer than eight characters, as tests and examples have it, is a part of ordinary words."""
    caplog.set_level(logging.INFO)
    for short in ("", "any", "request"):
        made.report.hide(short)
        made.report.hide_for_now(short)
    made.report.hide("requests")
    made.report.event("refused", message="Too many requests")
    made.report.log(INFO, "%s", "Too many request")
    made.turn()
    assert made.events[0].info == {"message": "Too many ***"}
    assert caplog.messages == ["key: Too many request"]


def test_only_the_latest_short_lived_secrets_are_kept(made):
    """A signature of each reconnect does not make every line slower; what lasts is hidden for ever."""
    made.report.hide("A LASTING")
    for number in range(SHORT_LIVED_KEPT + 1):
        made.report.hide_for_now(f"<number {number}>")
    made.report.event("refused", message=f"A LASTING <number 0> <number 1> <number {SHORT_LIVED_KEPT}>")
    made.turn()
    assert made.events[0].info == {"message": "*** <number 0> *** ***"}


def test_what_the_exchange_says_is_one_printable_line_of_bounded_length(made, caplog):
    """In events and in the log; what a terminal would obey is escaped, a secret is hidden before that."""
    caplog.set_level(logging.INFO)
    made.report.hide("A-SECRET")
    hostile = "\x1b[2Jbye\r\nERROR:root:A-SECRET\u202e\x9b" + "x" * 70_000
    made.report.event("disconnected", reason=hostile, code=1000)
    made.report.log(INFO, "lost: %s", hostile)
    made.turn()
    reason = made.events[0].info["reason"]
    assert reason.startswith("\\x1b[2Jbye  ERROR:root:***\\u202e\\x9bxxx")
    assert len(reason) == 1_000
    assert caplog.messages == [f"key: lost: {reason}"]


def test_a_url_of_many_streams_is_not_cut(made):
    """It is ours, and has up to 8,000 characters."""
    url = "wss://host.example/stream?streams=" + "/".join(["bnbbtc@trade"] * 600)
    made.report.event("connecting", url=url)
    made.turn()
    assert made.events[0].info == {"url": url}


def test_a_traceback_in_the_log_is_printable(made, caplog):
    """An exception of the user's code may quote the exchange; the lines of its traceback stay lines."""
    try:
        raise RuntimeError("\x1b[2J\rnothing happened")
    except RuntimeError as exc:
        made.report.log(WARNING, "the callback raised", error=exc)
    made.turn()
    shown = logging.Formatter().format(caplog.records[0])
    assert shown.startswith("key: the callback raised\nTraceback (most recent call last):\n")
    assert shown.endswith("\nRuntimeError: \\x1b[2J nothing happened")
    assert caplog.records[0].exc_info is not None


# -- what may happen with every message -------------------------------------------------------------------


def gap(made: Fixture, number: int, ids: int) -> None:
    """Report the gap of a number, in which so many ids were missing."""
    made.report.seldom.log(number, WARNING, "%s lacks %d ids", "bnbbtc@trade", ids, amounts={"ids": ids})


def test_what_may_happen_with_every_message_is_one_line_in_a_while_which_sums_up(made, caplog):
    """At the end of the minute a line says how many more there were, with all that was missing."""
    for number in range(1, 24):
        gap(made, number, ids=3)
        made.clock.advance(1)
    made.turn()
    assert caplog.messages == ["key: bnbbtc@trade lacks 3 ids (1 so far; one line a minute)"]
    made.clock.advance(37)
    made.turn()
    assert caplog.messages[1:] == [
        "key: 22 more since the last such line, 66 ids in all; the last: bnbbtc@trade lacks 3 ids (23 so far)"
    ]


def test_a_line_that_sums_up_counts_as_the_line_of_its_minute(made, caplog):
    """What happens all the time is one line a minute; one alone has its own words; none is left out."""
    for number in range(1, 121):
        gap(made, number, ids=1)
        made.clock.advance(1)
    gap(made, 121, ids=5)
    made.clock.advance(60)
    made.turn()
    assert [line.partition("(")[2] for line in caplog.messages] == [
        "1 so far; one line a minute)",
        "60 so far)",
        "120 so far)",
        "121 so far; one line a minute)",
    ]


def test_no_timer_is_left_when_nothing_happens(made, caplog):
    """A minute after the last line the next one is logged at once again."""
    gap(made, 1, ids=1)
    assert len(made.clock.getDelayedCalls()) == 1
    made.clock.advance(60)
    assert made.clock.getDelayedCalls() == []
    gap(made, 2, ids=1)
    made.turn()
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "given up"])
def test_at_the_end_of_a_socket_what_was_left_out_is_logged(made, caplog, stopped):
    """Also what came after it was stopped in another thread; and no timer stays."""
    for number in (1, 2, 3):
        gap(made, number, ids=2)
    if stopped:
        made.report.close()
        made.clock.advance(60)
        made.turn()
        assert caplog.messages == []
        gap(made, 4, ids=2)
        made.report.end()
    else:
        gap(made, 4, ids=2)
        made.report.seldom.end()
    made.report.log(WARNING, "ended")
    assert made.clock.getDelayedCalls() == []
    made.turn()
    assert caplog.messages[-2:] == [
        "key: 3 more since the last such line, 6 ids in all; the last: bnbbtc@trade lacks 2 ids (4 so far)",
        "key: ended",
    ]
    gap(made, 5, ids=2)
    assert made.clock.getDelayedCalls() == []


def test_a_sum_names_the_kind_of_the_last_error_and_keeps_none(made, caplog):
    """The first line has a traceback. An exception that was kept for a minute would keep its frames."""
    errors = [ValueError("1"), KeyError("2"), OSError("3")]
    for number, error in enumerate(errors, 1):
        made.report.seldom.log(number, WARNING, "the callback raised", error=error)
    made.clock.advance(60)
    made.turn()
    assert caplog.messages == [
        "key: the callback raised (1 so far; one line a minute)",
        "key: 2 more since the last such line; the last: the callback raised OSError (3 so far)",
    ]
    assert [bool(record.exc_info) for record in caplog.records] == [True, False]


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
