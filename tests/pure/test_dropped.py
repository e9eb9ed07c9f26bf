"""The ids of dropped messages: one range for each stream."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.order.dropped import Dropped, Ranges
from binance.venues.catalogue import kind_of
from binance.venues.venue import SPOT, USDM


def ranges(stream: str | None = None, venue: Any = SPOT) -> Ranges:
    return Ranges(stream, partial(kind_of, catalogue=venue.catalogue))


def named(stream: str, first: int, last: int, count: int | None, symbol: str | None = None) -> Dropped:
    return Dropped(stream, first, last, "overflow", count, symbol)


def test_trades_that_were_dropped_are_counted_by_their_ids():
    """First, last and how many; what lies between them and was handed on is not counted."""
    dropped = ranges("bnbbtc@trade")
    dropped.add([{"t": 5}, {"t": 6}])
    dropped.add([{"t": 9}])
    assert dropped.take() == [named("bnbbtc@trade", 5, 9, 3)]
    assert dropped.take() == []


def test_a_depth_message_has_all_of_its_ids():
    """From U to u."""
    dropped = ranges("bnbbtc@depth")
    dropped.add([{"U": 5, "u": 9}, {"U": 10, "u": 10}])
    assert dropped.take() == [named("bnbbtc@depth", 5, 10, 6)]


def test_a_chain_begins_with_the_last_id_before_and_has_no_count():
    """As the gaps of futures depth do."""
    dropped = ranges("btcusdt@depth", USDM)
    dropped.add([{"U": 7, "u": 9, "pu": 5}, {"U": 12, "u": 20, "pu": 9}])
    assert dropped.take() == [named("btcusdt@depth", 5, 20, None)]


def test_where_ids_are_left_out_messages_are_counted():
    """Book tickers name a few of the ids only."""
    dropped = ranges("bnbbtc@bookTicker")
    dropped.add([{"u": 100}, {"u": 250}])
    assert dropped.take() == [named("bnbbtc@bookTicker", 100, 250, 2)]


def test_a_stream_of_many_markets_has_a_range_for_each():
    """Each has ids of its own."""
    dropped = ranges("!bookTicker")
    dropped.add([{"u": 3, "s": "BNBBTC"}, {"u": 900, "s": "ETHBTC"}, {"u": 4, "s": "BNBBTC"}])
    assert dropped.take() == [
        named("!bookTicker", 3, 4, 2, "BNBBTC"),
        named("!bookTicker", 900, 900, 1, "ETHBTC"),
    ]


def test_ids_that_were_restarted_in_between_make_two_ranges():
    """No range goes back."""
    dropped = ranges("bnbbtc@trade")
    dropped.add([{"t": 900}, {"t": 901}, {"t": 1}, {"t": 2}])
    assert dropped.take() == [named("bnbbtc@trade", 900, 901, 2), named("bnbbtc@trade", 1, 2, 2)]


@pytest.mark.parametrize(
    "message",
    [None, 7, "text", [], {}, {"t": "5"}, {"t": None}, {"t": True}, {"stream": 7}, {"stream": "x@trade"}],
)
def test_what_has_no_ids_is_left_out(message):
    """Whatever it is: it was delivered untracked before."""
    for dropped in (ranges("bnbbtc@trade"), ranges(), ranges("bnbbtc@ticker"), ranges("nobody@knows")):
        dropped.add([message])
        assert dropped.take() == []


@given(st.lists(st.tuples(st.sampled_from(["a@trade", "b@aggTrade"]), st.booleans()), max_size=60))
def test_counts_add_up_to_the_messages_that_were_dropped(sent):
    """Whatever was handed on between them, of however many streams."""
    dropped, kept, lost, ids = ranges(), 0, 0, {"a@trade": 0, "b@aggTrade": 0}
    for stream, is_lost in sent:
        ids[stream] += 1
        if is_lost:
            id_member = stream[2]  # t of trades, a of aggregate ones
            dropped.add([{"stream": stream, "data": {id_member: ids[stream]}}])
            lost += 1
        else:
            kept += 1
    gaps = dropped.take()
    assert sum(gap.count for gap in gaps) == lost == len(sent) - kept
    assert len(gaps) <= 2
    assert all(1 <= gap.first <= gap.last <= ids[gap.stream] for gap in gaps)
