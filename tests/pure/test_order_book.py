"""The order book of one symbol: exact, sorted, and in the exchange's own words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.order import book as book_module
from binance.order.book import OrderBook, Side, price_key
from binance.order.book_audit import Audit

PRICES = st.decimals("0.000001", "1000000", places=6).map(lambda price: f"{price:f}")
QUANTITIES = st.sampled_from(["0", "0.000", "0.00000000", "1.50000000", "2", "0.00000001", "10"])
ROWS = st.lists(st.tuples(PRICES, QUANTITIES).map(list), max_size=20)


def made(bids=(("99", "1"), ("98", "2")), asks=(("101", "3"), ("102", "4")), limit=None):
    book = OrderBook("BNBBTC")
    book.replace(1, [list(row) for row in bids], [list(row) for row in asks], limit)
    return book


@given(st.lists(ROWS, max_size=10))
def test_a_side_is_what_a_dict_of_decimals_would_be(diffs):
    """Whatever comes, the levels are those of a plain dict, best first, exactly."""
    for sign in (1, -1):
        side, plain = Side(sign), {}
        for rows in diffs:
            side.change(rows)
            for price, quantity in rows:
                if Decimal(quantity):
                    plain[Decimal(price)] = quantity
                else:
                    plain.pop(Decimal(price), None)
        expected = sorted(plain.items(), reverse=sign == 1)
        assert [(Decimal(price), quantity) for price, quantity in side.best()] == expected
        assert side.best(3) == side.best()[:3]


@given(PRICES, PRICES)
def test_keys_order_prices_as_decimals_do(one, other):
    """The key of a price is its number in units of 1e-18."""
    assert price_key(one) == int(Decimal(one).scaleb(18))
    assert (price_key(one) < price_key(other)) == (Decimal(one) < Decimal(other))


def test_rows_are_the_exchanges_own():
    """Rows come out as they were sent, digits and all, and a level has one price however it is written."""
    book = made(bids=[("0.00120000", "3.10000000")], asks=[("0.00130", "5")])
    assert book.bids() == [["0.00120000", "3.10000000"]]
    book.change(2, [["0.0012", "4"]], [])
    assert book.bids() == [["0.0012", "4"]]
    book.change(3, [["0.001200", "0.000"]], [])
    assert book.bids() == [] and book.best_bid is None and book.best_ask == ["0.00130", "5"]


def test_best_levels_come_first():
    """Bids fall, asks rise; ``n`` may be 0, more than there are, or None."""
    book = made()
    assert book.bids() == [["99", "1"], ["98", "2"]]
    assert book.asks(1) == [["101", "3"]]
    assert book.asks(0) == [] and len(book.bids(50)) == 2
    assert (book.best_bid, book.best_ask) == (["99", "1"], ["101", "3"])
    assert repr(book) == "<OrderBook BNBBTC ['99', '1'] ['101', '3'] 1 not synced>"


@pytest.mark.parametrize(("bid", "is_crossed"), [("100.99", False), ("101.0", True), ("101.01", True)])
def test_a_bid_at_or_above_an_ask_crosses_the_book(bid, is_crossed):
    """A book is crossed when its best prices meet."""
    book = made()
    book.change(2, [[bid, "1"]], [])
    assert book.is_crossed == is_crossed
    assert not made(bids=()).is_crossed


@pytest.mark.parametrize(
    "price", ["", ".", "1e5", "-1", "+1", "1,5", "\u0661", "nan", " 1", "0.1234567890123456789"]
)
def test_what_is_not_a_price_is_refused(price):
    """Text that is not digits, a point and digits is an error, and so are more than 18 places."""
    with pytest.raises(ValueError, match="is not a price"):
        price_key(price)


def test_remembered_prices_are_bounded(monkeypatch):
    """However many prices there are, only so many are remembered."""
    monkeypatch.setattr(book_module, "REMEMBERED", 10)
    for number in range(100):
        assert price_key(f"7.{number:05}") == 7 * 10**18 + number * 10**13
        assert len(book_module._KEYS[1]) <= 100_000
    assert len(book_module._KEYS[1]) <= 10


def test_a_snapshot_that_was_cut_off_runs_out():
    """Below a snapshot that has as many levels as were asked for there are unknown ones."""
    rows = [(str(100 - number), "1") for number in range(8)]
    assert not made(bids=rows, limit=9).runs_out
    book = made(bids=rows, limit=8)
    book.change(2, [["50", "1"]], [])  # below all that the snapshot had
    for number in range(7):
        assert not book.has_run_out
        assert book.runs_out == (number > 6)
        book.change(3 + number, [[str(100 - number), "0"]], [])
    assert book.runs_out and not book.has_run_out
    book.change(10, [["93", "0"]], [])
    assert book.has_run_out and book.best_bid == ["50", "1"]


def test_an_audit_compares_best_prices_at_equal_ids():
    """Only where both say something of one id are they compared, whichever comes first."""
    book, audit = made(), Audit()
    right = {"b": "99.00", "a": "101"}
    assert not audit.is_wrong_by({"u": 1, **right})
    assert not audit.is_wrong_after(book)
    assert audit.compared == 1
    book.change(2, [["99", "0"]], [])
    assert not audit.is_wrong_by({"u": 3, **right}) and not audit.is_wrong_after(book)
    assert audit.is_wrong_by({"u": 2, **right})
    assert audit.compared == 2
    audit.forget()
    assert not audit.is_wrong_by({"u": 2, **right})
    assert audit.is_wrong_after(made(bids=())) is True
    audit.restart()  # ids that come again are others
    assert not audit.is_wrong_after(made(bids=()))


def test_an_audit_knows_empty_sides_and_remembers_few():
    """A price of 0 stands for a side without orders; only the latest ids are remembered."""
    audit = Audit()
    assert not audit.is_wrong_by({"u": 1, "b": "0.00", "a": "101"})
    assert not audit.is_wrong_after(made(bids=()))
    assert audit.compared == 1
    for number in range(1000):
        audit.is_wrong_by({"u": number, "b": "1", "a": "2"})
    assert len(audit._tickers) <= 200
