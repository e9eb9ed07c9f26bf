"""Candles and trades by the page, against an exchange that is a list; waits by a clock that is not real."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import deque
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import (
    BinanceAPIException,
    BinanceRequestException,
    InvalidArgument,
    RateLimited,
    Retired,
)
from binance.process import blocking
from binance.rest.again import WAITS_S, wait_s
from binance.rest.history import History
from binance.rest.pages import candles, first_trades, trades_after

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOW_MS = 1_790_000_000_000


def candle(open_ms, until_ms):
    """A candle with its times, and ten other members."""
    return [open_ms, *["1"] * 5, until_ms - 1, "1", 1, "1", "1", "0"]


def months(first, count):
    """The first moments of calendar months from January of a year on."""
    return [
        int(datetime(first + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
        for month in range(count)
    ]


class ListExchange(History):
    """Answers from lists, as the exchange does; fails with what *failing* holds first.

    The last candle still runs, unless the present is named.
    """

    def __init__(self, listed=(), trades=(), failing=(), now_ms=None):
        self.listed = list(listed)
        if now_ms is None:
            now_ms = self.listed[-1][0] if self.listed else NOW_MS
        self.trades = list(trades)
        self.failing = deque(failing)
        self.now_ms = now_ms
        self.asked = []
        self.waits = []
        self._clock = lambda: self.now_ms / 1000
        self._sleep = self.waits.append

    def _call(self, name, params):
        self.asked.append((name, params))
        if self.failing:
            error = self.failing.popleft()
            if error is not None:
                raise error
        return self.klines(params) if "klines" in name else self.agg_trades(params)

    def klines(self, params):
        most = 1_500 if params["symbol"] == "BTCUSDT" else 1_000
        begin = bisect_left(self.listed, params["startTime"], key=lambda one: one[0])
        end_ms = self.now_ms if params["endTime"] is None else params["endTime"]
        return [one for one in self.listed[begin : begin + min(params["limit"], most)] if one[0] <= end_ms]

    def agg_trades(self, params):
        from_id = params.get("fromId", 0)
        found = (
            one
            for one in self.trades
            if one["a"] >= from_id and params.get("startTime", 0) <= one["T"] <= params.get("endTime", NOW_MS)
        )
        return list(islice(found, params["limit"]))

    @property
    def starts(self):
        """Where each page began."""
        return [params["startTime"] for _, params in self.asked]


def hours(count, first_ms=0):
    return [candle(first_ms + at * HOUR_MS, first_ms + (at + 1) * HOUR_MS) for at in range(count)]


# -- candles -----------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 50), max_size=60),
    st.integers(1, 20),
    st.integers(0, 1_500),
    st.none() | st.integers(0, 1_500),
)
def test_pages_are_every_candle_of_the_span_once(lengths, limit, start_ms, end_ms):
    """Whatever the candles' lengths, as those of months, and the size of a page."""
    opens = [sum(lengths[:at]) for at in range(len(lengths) + 1)]
    listed = [candle(first, until) for first, until in pairwise(opens)]
    asked = []

    def ask(begin_ms):
        asked.append(begin_ms)
        assert end_ms is None or begin_ms <= end_ms  # futures refuse the other way round
        found = [one for one in listed if one[0] >= begin_ms and (end_ms is None or one[0] <= end_ms)]
        return found[:limit]

    wanted = [one for one in listed if start_ms <= one[0] and (end_ms is None or one[0] <= end_ms)]
    assert list(candles(ask, start_ms, end_ms, limit, opens[-1] - 1)) == wanted
    assert len(asked) <= len(wanted) // limit + 1
    asked.clear()
    assert list(candles(ask, start_ms, end_ms, limit * 3, opens[-1] - 1)) == wanted  # it allows fewer


@given(st.lists(st.integers(2, 50), min_size=2, max_size=60, unique=True), st.integers(1, 5))
def test_candles_that_close_too_early_or_too_late_are_neither_lost_nor_doubled(opens, limit):
    """A candle that ends at its opening by the exchange's word does not stop the pages."""
    listed = [candle(open_ms, open_ms - 3) for open_ms in sorted(opens)]
    assert (
        list(candles(lambda at: [one for one in listed if one[0] >= at][:limit], 0, None, limit, 99))
        == listed
    )


def test_a_page_that_comes_again_ends_the_candles():
    """A venue that ignores the start is not asked endlessly."""
    same = hours(2)
    assert list(islice(candles(lambda begin_ms: same, 0, None, 2, 0), 10)) == same


def test_candles_of_months_are_paged_by_the_calendar():
    """The page after one that ends with January begins with February."""
    opens = months(2018, 41)
    client = ListExchange([candle(first, until) for first, until in pairwise(opens)])
    assert client.get_historical_klines("BNBBTC", "1M", "1 Jan, 2018", limit=13) == client.listed
    assert client.starts == [opens[0], opens[13], opens[26], opens[39]]


def test_a_start_before_the_first_candle_begins_with_that_one():
    """So does one before 1970."""
    client = ListExchange(hours(3, DAY_MS))
    assert client.get_historical_klines("BNBBTC", "1h", 0) == client.listed
    assert client.get_historical_klines("BNBBTC", "1h", "1 Jan, 1960") == client.listed
    assert client.starts == [0, 0]


def test_a_symbol_without_candles_has_none():
    """That is an empty list, not an error."""
    assert ListExchange().get_historical_klines("BNBBTC", "1h", 0) == []


def test_both_ends_are_included_and_are_read_as_text_or_numbers():
    """From the candle that opens at the first moment to the one that opens at the last."""
    first_ms = 1_577_836_800_000  # 2020-01-01
    client = ListExchange(hours(72, first_ms - DAY_MS))
    wanted = client.listed[24:35]
    assert client.get_historical_klines("BNBBTC", "1h", "1 Jan, 2020", "1 Jan, 2020 10:00") == wanted
    assert client.get_historical_klines("BNBBTC", "1h", first_ms, first_ms + 10 * HOUR_MS) == wanted
    assert client.get_historical_klines("BNBBTC", "1h", "1 Jan, 2020", first_ms + 10 * HOUR_MS) == wanted


def test_spans_ago_are_taken_off_the_present():
    """The last day of hours."""
    first_ms = NOW_MS - NOW_MS % HOUR_MS - 48 * HOUR_MS
    client = ListExchange(hours(49, first_ms), now_ms=NOW_MS)
    read = client.get_historical_klines
    assert read("BNBBTC", "1h", "1 day ago UTC") == client.listed[-24:]
    assert read("BNBBTC", "1h", "2 days ago UTC", "1 day ago UTC") == client.listed[1:25]


def test_an_end_before_the_start_is_no_candle_and_no_call():
    """Futures answer such a call with an error."""
    client = ListExchange(hours(3))
    assert client.get_historical_klines("BNBBTC", "1h", 2 * HOUR_MS, HOUR_MS) == []
    assert client.asked == []


def test_a_call_says_symbol_interval_size_and_span():
    """No other parameter is sent, and an end that is not given is None."""
    client = ListExchange(hours(3))
    client.get_historical_klines("BNBBTC", "1h", 5, 77)
    client.futures_historical_klines("BTCUSDT", "4h", 5)
    assert client.asked == [
        ("get_klines", {"symbol": "BNBBTC", "interval": "1h", "limit": 500, "startTime": 5, "endTime": 77}),
        (
            "futures_klines",
            {"symbol": "BTCUSDT", "interval": "4h", "limit": 500, "startTime": 5, "endTime": None},
        ),
    ]


@pytest.mark.parametrize(
    ("method", "symbol", "most"),
    [("get_historical_klines", "BNBBTC", 1_000), ("futures_historical_klines", "BTCUSDT", 1_500)],
)
def test_the_limit_is_the_size_of_a_page_and_cut_to_the_exchanges(method, symbol, most):
    """More than the exchange answers would look like the last page."""
    client = ListExchange(hours(3_100))
    assert getattr(client, method)(symbol, "1h", 0, limit=5_000) == client.listed
    assert {params["limit"] for _, params in client.asked} == {most}
    assert len(client.asked) == 3_100 // most + 1
    with pytest.raises(InvalidArgument, match=f"limit is 0; use 1 to {most}"):
        getattr(client, method)(symbol, "1h", 0, limit=0)


@pytest.mark.parametrize(
    ("method", "symbol", "most"),
    [
        ("get_historical_klines_generator", "BNBBTC", 1_000),
        ("futures_historical_klines_generator", "BTCUSDT", 1_500),
    ],
)
def test_a_generator_asks_for_a_page_when_its_first_candle_is_wanted(method, symbol, most):
    """In the largest pages."""
    client = ListExchange(hours(2 * most + 1))
    found = getattr(client, method)(symbol, "1h", 0)
    assert client.asked == []
    assert list(islice(found, most)) == client.listed[:most]
    assert len(client.asked) == 1
    assert next(found) == client.listed[most]
    assert client.starts == [0, most * HOUR_MS]
    assert list(found) == client.listed[most + 1 :]
    assert {params["limit"] for _, params in client.asked} == {most}


def test_a_moment_that_cannot_be_read_is_an_error_at_the_call():
    """Not at the first candle of a generator."""
    client = ListExchange()
    for method in (client.get_historical_klines_generator, client.get_historical_klines):
        with pytest.raises(InvalidArgument, match="31 Feb"):
            method("BNBBTC", "1h", "31 Feb 2020")
        with pytest.raises(InvalidArgument, match="31 Feb"):
            method("BNBBTC", "1h", 0, "31 Feb 2020")


# -- trades ------------------------------------------------------------------------------------------------


def trades(*times_ms):
    return [{"a": at, "T": time_ms, "p": "1"} for at, time_ms in enumerate(times_ms)]


def test_trades_without_a_beginning_are_all_there_are():
    """From the first id on, a thousand a page, until there are no newer ones."""
    client = ListExchange(trades=trades(*range(2_500)))
    assert list(client.aggregate_trade_iter("BNBBTC")) == client.trades
    assert [params["fromId"] for _, params in client.asked] == [0, 999, 1_998, 2_499]
    assert {params["limit"] for _, params in client.asked} == {1_000}


def test_trades_after_an_id_begin_with_the_next_one():
    """The one that is known is left out."""
    client = ListExchange(trades=trades(*range(1_200)))
    assert list(client.aggregate_trade_iter("BNBBTC", last_id=0)) == client.trades[1:]
    assert list(client.aggregate_trade_iter("BNBBTC", last_id=1_199)) == []


def test_trades_from_a_moment_are_looked_for_by_the_hour():
    """Hour after hour until there are some, then by their ids."""
    begin_ms = NOW_MS - 10 * HOUR_MS
    client = ListExchange(trades=trades(5, begin_ms - 1, begin_ms + 3 * HOUR_MS, begin_ms + 7 * HOUR_MS))
    assert list(client.aggregate_trade_iter("BNBBTC", begin_ms)) == client.trades[2:]
    spans = [(params["startTime"], params["endTime"]) for _, params in client.asked if "startTime" in params]
    assert spans == [
        (begin_ms + at * HOUR_MS, begin_ms + (at + 1) * HOUR_MS - 1) for at in range(4)
    ]  # at most an hour
    assert [params["fromId"] for _, params in client.asked[4:]] == [2, 3]


@given(st.lists(st.integers(0, 8 * HOUR_MS), max_size=40), st.integers(-HOUR_MS, 9 * HOUR_MS))
def test_trades_from_a_moment_are_all_from_that_moment_on(times, ago_ms):
    """No trade is lost or doubled at the edge of an hour."""
    client = ListExchange(trades=trades(*sorted(NOW_MS - one for one in times)))
    begin_ms = NOW_MS - ago_ms
    found = list(client.aggregate_trade_iter("BNBBTC", start_str=begin_ms))
    assert found == [one for one in client.trades if one["T"] >= begin_ms]


def test_without_trades_since_a_moment_the_search_ends_with_the_present():
    """Also if the moment is still to come."""
    client = ListExchange()
    assert list(client.aggregate_trade_iter("BNBBTC", "2 hours ago UTC")) == []
    assert len(client.asked) == 3
    assert list(client.aggregate_trade_iter("BNBBTC", NOW_MS + 1)) == []
    assert list(client.aggregate_trade_iter("BNBBTC")) == []
    assert len(client.asked) == 4


def test_a_moment_and_an_id_at_once_are_a_value_error():
    """At the call."""
    with pytest.raises(ValueError, match="use one of them"):
        ListExchange().aggregate_trade_iter("BNBBTC", start_str=0, last_id=0)


def test_trades_are_asked_for_when_they_are_wanted():
    """The iterator itself asks nothing."""
    client = ListExchange(trades=trades(1, 2))
    found = client.aggregate_trade_iter("BNBBTC", last_id=0)
    assert client.asked == []
    assert next(found)["a"] == 1
    assert len(client.asked) == 1


def test_the_pages_of_trades_need_no_client():
    """They are functions of what asks."""
    listed = trades(10, 20, 30)

    def from_id(trade_id):
        return [one for one in listed if one["a"] >= trade_id][:2]

    def between(first_ms, last_ms):
        return [one for one in listed if first_ms <= one["T"] <= last_ms]

    assert list(trades_after(from_id, 0)) == listed[1:]
    assert first_trades(between, 11, 50) == listed[1:]


# -- waits -------------------------------------------------------------------------------------------------

LIMITED = BinanceAPIException(429, -1003, "Too many requests.", 7.0)
UNNAMED = BinanceAPIException(429, -1003, "Too many requests.")
BANNED = BinanceAPIException(418, -1003, "Way too much.", 300.0)
HELD = RateLimited(418, -1003, "nothing is sent for 299.5 s more", 299.5)
LOST = BinanceRequestException("no answer in time")
BUSY = BinanceAPIException(503, None, "HTML")
BUSY_FOR = BinanceAPIException(503, None, "HTML", 9.0)
REFUSED = BinanceAPIException(400, -1121, "Invalid symbol.")
UNREADABLE = BinanceRequestException("the answer is not JSON", 200)
ENDED = Retired("ended", "2020", "nothing")


@pytest.mark.parametrize(
    ("error", "failures", "waited_s"),
    [
        *[(LIMITED, failures, 7.0) for failures in (0, 3, 99)],
        *[(BANNED, failures, 300.0) for failures in (0, 3, 99)],
        *[(HELD, failures, 299.5) for failures in (0, 3, 99)],
        (BinanceAPIException(429, -1003, "", 999_999.0), 0, 3_600.0),
        (BinanceAPIException(418, -1003, "", 999_999.0), 0, 259_200.0),
        *[(error, at, WAITS_S[at]) for error in (LOST, BUSY, UNNAMED) for at in range(3)],
        *[(error, 3, None) for error in (LOST, BUSY, UNNAMED, BUSY_FOR)],
        (BUSY_FOR, 0, 9.0),
        (BUSY_FOR, 2, WAITS_S[2]),
        (BinanceAPIException(503, None, "", 9_999.0), 0, 60.0),
        *[(error, 0, None) for error in (REFUSED, UNREADABLE, ENDED)],
        (BinanceAPIException(403, None, "", 5.0), 0, None),
    ],
)
def test_how_long_a_page_waits_before_it_is_asked_for_again(error, failures, waited_s):
    """What the exchange names is obeyed however often; what may pass is tried three times more."""
    assert wait_s(error, failures) == waited_s


def test_the_waits_grow():
    """An exchange that is down is not asked at once again."""
    assert list(WAITS_S) == sorted(set(WAITS_S))
    assert len(WAITS_S) == 3


def test_a_ban_in_the_middle_is_waited_for_and_no_candle_is_lost_or_doubled(caplog):
    """The page that failed is asked for again; each wait is one line of the log, a long one a warning."""
    caplog.set_level(logging.INFO)
    client = ListExchange(hours(25), failing=[None, BANNED, HELD, None, LOST, BUSY, None, LOST])
    assert client.get_historical_klines("BNBBTC", "1h", 0, limit=10) == client.listed
    assert client.waits == [300.0, 299.5, WAITS_S[0], WAITS_S[1]]
    assert client.starts == [0, *[10 * HOUR_MS] * 3, *[20 * HOUR_MS] * 3]
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 4
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "INFO", "INFO"]
    assert lines[0] == (
        "get_klines of BNBBTC failed, retry in 300.0 s: APIError(code=-1003): Way too much. (HTTP 418)"
    )


def test_a_wait_is_known_to_have_blocked_its_thread():
    """The report of a slow callback names it."""
    blocking.take(60)
    client = ListExchange(hours(3), failing=[LIMITED, LOST])
    client.get_historical_klines("BNBBTC", "1h", 0)
    assert blocking.take(60) == ("a wait of get_klines", 8.0, 2)


def test_failures_are_counted_for_each_page():
    """Three on one page and three on the next are not six."""
    client = ListExchange(hours(3), failing=[LOST, LOST, LOST, None, LOST, LOST, LOST])
    assert client.get_historical_klines("BNBBTC", "1h", 0, limit=2) == client.listed
    assert client.waits == [*WAITS_S, *WAITS_S]


@pytest.mark.parametrize("error", [LOST, BUSY, UNNAMED, REFUSED, ENDED])
def test_an_error_that_stays_is_raised_as_it_is(error):
    """After three more attempts, or at once if it is final."""
    client = ListExchange(hours(3), failing=[error] * 9)
    with pytest.raises(type(error)) as raised:
        client.get_historical_klines("BNBBTC", "1h", 0)
    assert raised.value is error
    assert len(client.asked) == (1 if error in (REFUSED, ENDED) else 4)


def test_trades_wait_too():
    """Theirs are pages as well."""
    client = ListExchange(trades=trades(NOW_MS - 5), failing=[LIMITED, None, LOST])
    assert list(client.aggregate_trade_iter("BNBBTC", "1 hour ago UTC")) == client.trades
    assert client.waits == [7.0, WAITS_S[0]]


def test_an_interrupt_ends_the_wait_at_once():
    """Ctrl-C is not taken for a failure of the call, and nothing is asked after it."""

    def interrupted(pause_s):
        raise KeyboardInterrupt

    client = ListExchange(hours(3), failing=[BANNED])
    client._sleep = interrupted
    with pytest.raises(KeyboardInterrupt) as raised:
        client.get_historical_klines("BNBBTC", "1h", 0)
    assert raised.value.__context__ is None
    assert len(client.asked) == 1
