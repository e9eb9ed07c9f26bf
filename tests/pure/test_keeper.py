"""The machine that keeps an account authorised: one call at a time, again later and later, or never again."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from binance.account.keeper import Keeper, Step
from binance.events import Event
from binance.exceptions import BinanceAPIException
from binance.net.interfaces import Options
from binance.net.requests import NotConnected
from binance.sockets.delivery import Delivery
from binance.sockets.report import Report
from binance.venues.codes import Remedy
from binance.wire.codec import Codec
from binance.wire.timings import Timings

DOWN = ConnectionError("no line")


class Fake:
    """Wants one thing, and gets what a test puts into *answers*: a value, an error, or a Deferred."""

    method = "listen_key"
    noun = "key"
    has_timestamps = True

    def __init__(self, keeper: Keeper[Any]) -> None:
        self.keeper = keeper
        self.answers: list[Any] = []
        self.asked = 0
        self.got: list[Any] = []
        self.recovers: set[Remedy] = set()
        self.still_carries: set[Line] = set()
        self.wants = True

    def joined(self, line: Any) -> None:
        pass

    def step(self) -> Step | None:
        return Step(self._ask, self._done) if self.wants else None

    def _ask(self) -> Deferred[Any]:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else DOWN
        if isinstance(answer, Deferred):
            return answer
        return fail(answer) if isinstance(answer, BaseException) else succeed(answer)

    def _done(self, answer: Any) -> None:
        self.got.append(answer)
        self.wants = False
        self.keeper.succeeded()

    def renew(self) -> None:
        self.wants = True

    def carries(self, line: Any) -> bool:
        return line in self.still_carries

    def recover(self, what: Remedy, about: dict[str, Any]) -> bool:
        return what in self.recovers

    def terminated(self) -> None:
        self.wants = True

    def doubted(self, line: Any, error: Exception) -> None:
        self.keeper.failed(error)


class Line:
    """A line that keeps the words with which it was refused."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def refuse(self, reason: str) -> None:
        self.words.append(reason)


class Fixture:
    """A keeper on a fake clock, with one line, and the events that it reported."""

    def __init__(self, longest_retry_s: float | None = None) -> None:
        self.clock = Clock()
        self.events: list[Event] = []
        delivery = Delivery(self.events.append, interrupt=lambda: None, later=lambda act: act())
        report = Report("user", delivery, self.clock, 60.0)
        options = Options(self.clock, self.clock, Timings(), 5, 75.0, None, Codec())
        self.keeper = Keeper(report, options, Fake, longest_retry_s)
        self.fake = self.keeper.authoriser
        self.line: Any = Line()

    def join(self, line: Any) -> None:
        """Let a line join and connect."""
        self.keeper.joined(line)
        self.keeper.wake()

    def waits(self, count: int) -> list[float]:
        """Let so many calls fail, and return the seconds before each of the next ones."""
        waits = []
        for _ in range(count):
            [call] = self.clock.getDelayedCalls()
            waits.append(call.getTime() - self.clock.seconds())
            self.clock.advance(waits[-1])
        return waits

    def failures(self) -> list[dict[str, Any]]:
        """What was reported of failed calls."""
        return [event.info for event in self.events if event.kind == "key_failed"]


@pytest.fixture
def kept() -> Fixture:
    return Fixture()


def test_the_waits_after_failures_double_up_to_a_minute(kept):
    """0.5, 1, 2 ... seconds, at most a minute; after a success they begin again."""
    kept.join(kept.line)
    assert kept.waits(9) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    kept.fake.answers = ["key"]
    kept.waits(1)
    assert kept.fake.got == ["key"]
    kept.fake.wants = True
    kept.keeper.proceed()
    assert kept.waits(1) == [0.5]


def test_a_shorter_limit_of_the_waits_is_kept():
    """At most the keepalive interval."""
    kept = Fixture(longest_retry_s=3)
    kept.join(kept.line)
    assert kept.waits(5) == [0.5, 1, 2, 3, 3]


def test_there_is_one_call_at_a_time(kept):
    """Whatever happens while a call is under way asks nothing; when it is answered, the next step is made."""
    under_way: Deferred[Any] = Deferred()
    kept.fake.answers = [under_way]
    kept.join(kept.line)
    kept.join(Line())
    kept.keeper.wake()
    kept.keeper.proceed()
    assert kept.fake.asked == 1
    under_way.callback("key")
    assert kept.fake.got == ["key"]
    assert kept.fake.asked == 1


def test_a_line_that_connects_ends_the_wait(kept):
    """What failed for want of a line is asked again at once."""
    kept.join(kept.line)
    kept.keeper.proceed()
    assert kept.fake.asked == 1
    kept.keeper.wake()
    assert kept.fake.asked == 2


def test_the_wait_that_the_exchange_asks_for_holds_for_all(kept):
    """A line that connects does not end it."""
    kept.fake.answers = [BinanceAPIException(418, -1003, "banned", retry_after_s=120)]
    kept.join(kept.line)
    kept.keeper.wake()
    assert kept.fake.asked == 1
    kept.fake.answers = ["key"]
    kept.clock.advance(119)
    assert kept.fake.asked == 1
    kept.clock.advance(1)
    assert kept.fake.got == ["key"]


def test_a_wait_asked_for_with_another_status_holds_for_a_minute_at_most(kept):
    """A line that connects does not end that one either; it is reported once."""
    kept.fake.answers = [BinanceAPIException(503, None, "busy", retry_after_s=86_400), "key"]
    kept.join(kept.line)
    kept.keeper.wake()
    kept.clock.advance(59)
    kept.keeper.wake()
    assert kept.fake.asked == 1
    kept.clock.advance(1)
    assert kept.fake.got == ["key"]
    limited = [event.info["seconds"] for event in kept.events if event.kind == "limited"]
    assert limited == [60.0]


@pytest.mark.parametrize("wait_s", [float("nan"), float("inf"), -1, 10**400, "5", None, True])
def test_a_wait_of_any_shape_is_no_harm(kept, wait_s):
    """A client of somebody else's may have anything there."""
    kept.fake.answers = [BinanceAPIException(503, None, "busy", wait_s), "key"]
    kept.join(kept.line)
    kept.waits(1)
    assert kept.fake.got == ["key"]


def test_a_lost_connection_is_no_failure(kept):
    """It is reported as an outage by the line; the keeper looks for another line to ask on."""
    kept.fake.answers = [NotConnected("gone"), "key"]
    kept.join(kept.line)
    assert kept.fake.got == ["key"]
    assert kept.events == []


def test_what_the_authoriser_can_recover_from_is_no_failure_either(kept):
    """The next step is made at once, and nothing is reported by the keeper."""
    kept.fake.recovers = {Remedy.NEW_KEY}
    kept.fake.answers = [BinanceAPIException(400, -1125, "no such key"), "key"]
    kept.join(kept.line)
    assert kept.fake.got == ["key"]
    assert kept.events == []


def test_a_refusal_for_good_ends_the_calls_and_the_lines_that_carry_nothing(kept):
    """One event, no timer; a line that still carries events stays."""
    carrying: Any = Line()
    kept.join(kept.line)
    kept.keeper.joined(carrying)
    kept.fake.still_carries = {carrying}
    kept.fake.answers = [BinanceAPIException(401, -2015, "revoked")]
    kept.waits(1)
    assert kept.failures()[-1] == {"status": 401, "code": -2015, "message": "revoked", "final": True}
    assert kept.line.words == ["the key was refused: HTTP 401: revoked"]
    assert carrying.words == []
    assert kept.keeper.refused == "HTTP 401: revoked"
    kept.keeper.wake()
    assert kept.fake.asked == 2
    assert kept.clock.getDelayedCalls() == []


def test_a_clock_that_cannot_be_corrected_is_given_up(kept):
    """Corrected twice, refused a third time: it is not the clock."""
    wrong = BinanceAPIException(400, -1021, "recvWindow")
    kept.fake.recovers = {Remedy.CORRECT_CLOCK}
    kept.fake.answers = [wrong, wrong, wrong]
    kept.join(kept.line)
    assert kept.fake.asked == 3
    assert [info["final"] for info in kept.failures()] == [True]


def test_without_lines_nothing_is_asked_any_more(kept):
    """The last line leaves: the timer ends, and the answer of a call under way is of no interest."""
    kept.join(kept.line)
    kept.keeper.left(kept.line)
    assert kept.clock.getDelayedCalls() == []
    other: Any = Line()
    under_way: Deferred[Any] = Deferred(canceller=lambda call: None)
    kept.fake.answers = [under_way]
    kept.join(other)
    kept.keeper.wake()
    kept.keeper.left(other)
    assert kept.fake.got == []
    assert kept.clock.getDelayedCalls() == []
