"""The queue of snapshots: half of the weight of a minute, one call at a time, waits that are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from binance.books.queue import SnapshotQueue, snapshot_queues
from binance.endpoints import BINANCE_COM, Endpoints
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument, RateLimited
from binance.venues import snapshots
from binance.venues.venue import venue_of
from binance.wire.timings import Timings
from binance.wire.weights import WeightBudget

#: Half of what spot has.
HALF = 3000


class Book:
    """Wants a snapshot once, and is answered after a tenth of a second, or with an error."""

    def __init__(self, queue: SnapshotQueue, clock: Clock, calls: list[float], weight: int = 50) -> None:
        self.queue, self.clock, self.calls, self.weight = queue, clock, calls, weight
        self.errors: list[Exception | None] = []
        self.synced_at: float | None = None
        self.waits: list[float] = []

    def fetch(self) -> Deferred[Any]:
        self.calls.append(self.clock.seconds())
        answer: Deferred[Any] = Deferred()
        error = self.errors.pop(0) if self.errors else None
        if error is None:
            self.clock.callLater(0.1, lambda: answer.called or answer.callback({}))
        else:
            self.clock.callLater(0.1, answer.errback, error)
        return answer

    def fetched(self, answer: Any) -> None:
        self.synced_at = self.clock.seconds()

    def failed(self, failure: Any, again_s: float) -> None:
        self.waits.append(again_s)
        self.queue.want(self, again_s)


class Row:
    """A queue on a fake clock, and the moments of its calls."""

    def __init__(self, most: int = HALF) -> None:
        self.clock = Clock()
        self.queue = SnapshotQueue(WeightBudget(most, 60.0), 0.5, 60.0)
        self.calls: list[float] = []

    def book(self, *errors: Exception | None, weight: int = 50) -> Book:
        book = Book(self.queue, self.clock, self.calls, weight)
        book.errors = list(errors)
        self.queue.want(book)
        return book

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds * 20)):
            self.clock.advance(0.05)


def test_300_books_come_back_within_half_of_the_weight():
    """After everything was cut, 300 books of 1,000 levels are fetched in no minute for more than half of the
    weight, which is 60 a minute, and the last one after four minutes and a few seconds.
    """
    row = Row()
    books = [row.book() for _ in range(300)]
    row.pass_time(300)
    assert all(book.synced_at is not None for book in books)
    assert len(row.calls) == 300
    for moment in row.calls:
        assert sum(moment <= other < moment + 59.99 for other in row.calls) * 50 <= HALF
    assert 240 < max(book.synced_at for book in books) < 250
    assert [book.synced_at for book in books] == sorted(book.synced_at for book in books)
    assert row.clock.getDelayedCalls() == []


def test_there_is_one_call_at_a_time():
    """The next call is made when the one before has ended, however it ended."""
    row = Row()
    books = [row.book(), row.book(BinanceRequestException("no line")), row.book()]
    assert row.calls == [0.0]
    row.pass_time(2)
    assert all(book.synced_at is not None for book in books)
    assert all(after - before >= 0.1 for before, after in zip(row.calls, row.calls[1:], strict=False))


@pytest.mark.parametrize(
    "error", [BinanceAPIException(429, -1003, "too much", 7.0), RateLimited(418, -1003, "banned", 7.0)]
)
def test_nobody_asks_before_a_wait_is_over(error):
    """After a 429 or 418 the whole queue waits, and says what for."""
    row = Row()
    first, second = row.book(error), row.book()
    row.pass_time(0.2)
    what, seconds = row.queue.why(second)
    assert "requested by the exchange" in what and 6.5 < seconds <= 7
    row.pass_time(6.8)
    assert len(row.calls) == 1
    row.pass_time(0.5)
    assert first.synced_at and second.synced_at and first.waits == [7.0]


def test_failures_make_the_next_call_later_and_later():
    """Whoever makes it: it is the host that fails. After a success the next wait is a short one."""
    row = Row()
    error = BinanceAPIException(503, None, "unavailable")
    book, other = row.book(error, error, error), row.book(error, None)
    row.pass_time(20)
    assert book.synced_at is not None and other.synced_at is not None
    waits = [round(after - before - 0.1, 1) for before, after in zip(row.calls, row.calls[1:], strict=False)]
    assert waits[:3] == [0.5, 1.0, 2.0]


def test_a_symbol_that_there_is_not_holds_up_nobody():
    """An error that is about one book does not make others wait."""
    row = Row()
    wrong, right = row.book(BinanceAPIException(400, -1121, "Invalid symbol.")), row.book()
    wrong.failed = lambda failure, again_s: wrong.waits.append(again_s)
    row.pass_time(0.3)
    assert right.synced_at is not None and wrong.waits == [0.0]


def test_who_leaves_has_used_nothing():
    """A book that was stopped leaves no timer behind, and the next one takes its turn."""
    row = Row(most=50)
    first, second, third = row.book(), row.book(), row.book()
    assert row.queue.why(second)[1] == 60.0 and row.queue.why(third)[1] == 120.0
    row.queue.leave(first)
    row.queue.leave(second)
    row.pass_time(61)
    assert first.synced_at is None and second.synced_at is None and third.synced_at is not None
    row.queue.leave(third)
    assert row.clock.getDelayedCalls() == []


def test_a_book_that_waits_by_itself_lets_others_go_first():
    """Who asks for a snapshot later does not hold up who wants one now."""
    row = Row()
    late, now = Book(row.queue, row.clock, row.calls), Book(row.queue, row.clock, row.calls)
    row.queue.want(late, 5.0)
    row.queue.want(now)
    row.pass_time(1)
    assert now.synced_at is not None and late.synced_at is None
    row.pass_time(5)
    assert late.synced_at is not None


@given(
    st.lists(st.tuples(st.sampled_from([1, 5, 25, 50, 250]), st.floats(0, 30)), max_size=60),
    st.sampled_from([50, 300]),
)
def test_a_budget_is_never_exceeded_in_any_minute(spendings, most):
    """In no span is more spent than there is, unless one thing costs more."""
    budget, now = WeightBudget(most, 60.0), 0.0
    spent: list[tuple[float, int]] = []
    for weight, pause_s in spendings:
        now += pause_s + budget.wait_s(now + pause_s, weight)
        assert budget.wait_s(now, weight) == 0.0
        budget.spend(now, weight)
        spent.append((now, weight))
    for at, _ in spent:
        within = [weight for moment, weight in spent if at - 60.0 + 1e-5 < moment <= at]
        assert sum(within) <= most or len(within) == 1


def test_venues_whose_calls_are_counted_together_share_a_queue():
    """USD-M and COIN-M are one budget; spot and options have their own, and so has another exchange."""
    queues = snapshot_queues(Timings())
    of = {market: queues.of(venue_of(market, BINANCE_COM).snapshots, BINANCE_COM) for market in
          ("spot", "usdm", "coinm", "options")}  # fmt: skip
    assert of["usdm"] is of["coinm"]
    assert len({id(queue) for queue in of.values()}) == 3
    sandbox = Endpoints.sandbox("127.0.0.1", 1)
    assert queues.of(snapshots.SPOT, sandbox) is not of["spot"]
    assert queues.of(snapshots.SPOT, BINANCE_COM) is of["spot"]


@pytest.mark.parametrize(
    ("of", "limit", "weight"),
    [(snapshots.SPOT, 1, 5), (snapshots.SPOT, 100, 5), (snapshots.SPOT, 101, 25), (snapshots.SPOT, 1000, 50),
     (snapshots.SPOT, 5000, 250), (snapshots.USDM, 5, 2), (snapshots.USDM, 1000, 20),
     (snapshots.COINM, 500, 10), (snapshots.OPTIONS, 10, 1), (snapshots.US, 1000, 10)],
)  # fmt: skip
def test_what_a_snapshot_costs(of, limit, weight):
    """By the number of levels, as the venue's page has it."""
    assert of.weight(limit) == weight


@pytest.mark.parametrize(("of", "limit"), [(snapshots.SPOT, 0), (snapshots.SPOT, 5001), (snapshots.USDM, 200),
                                           (snapshots.OPTIONS, 5), (snapshots.SPOT, 10.0)])  # fmt: skip
def test_levels_that_a_venue_has_not(of, limit):
    """It is refused, with what there is."""
    with pytest.raises(InvalidArgument, match="limit is"):
        of.weight(limit)
