"""The catalogues of futures and options, against the exchange's documentation, written out here once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance import constants as bc
from binance import streams
from binance.endpoints import BINANCE_COM, BINANCE_US, SPOT_DEMO, SPOT_TESTNET, Endpoints
from binance.exceptions import InvalidArgument, InvalidStream
from binance.order.sequence import CandleGap, Deliver, Sequence
from binance.venues import names
from binance.venues import names_derivatives as build
from binance.venues.catalogue import CATALOGUES, MARKETS
from binance.venues.spelling import examples
from binance.venues.venue import COINM, OPTIONS, SPOT, USDM, Venue, spot_venue, venue_of

from ..orders import fed

VENUES = {"usdm": USDM, "coinm": COINM, "options": OPTIONS}


@dataclass(frozen=True)
class Row:
    """What the documentation says of a stream: event type, and milliseconds between two messages.

    :ivar category: in its path.
    :ivar ids: member with the id; of a chain those with the first, the last and the one before.
    :ivar has_holes: ids between two messages may be none of this stream.
    """

    event: str | tuple[str, ...]
    speeds_ms: tuple[int, ...] = ()
    category: str | None = None
    ids: tuple[str, ...] = ()
    has_holes: bool = False
    by_symbol: bool = False
    array: bool = False
    kline: bool = False


PUBLIC, MARKET = "public", "market"
CHAINED = ("U", "u", "pu")
SPEEDS = (250, 100, 500)
SESSIONS = tuple(f"{one}Update" for one in ("Equity", "Commodity", "KR_Equity", "HK_Equity", "CN_Equity"))
INTERVALS = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]
OPTION = "btc-261225-100000-c"

# USD-M *Websocket Market Streams*, and the notice about its categories.
OF_USDM = {
    "btcusdt@aggTrade": Row("aggTrade", (), MARKET, ("a",)),
    "btcusdt@bookTicker": Row("bookTicker", (), PUBLIC, ("u",), has_holes=True),
    "!bookTicker": Row("bookTicker", (5000,), PUBLIC, ("u",), has_holes=True, by_symbol=True),
    **{
        f"btcusdt@depth{speed}": Row("depthUpdate", SPEEDS, PUBLIC, CHAINED)
        for speed in ("", "@100ms", "@500ms")
    },
    **{
        f"btcusdt@depth{levels}{speed}": Row("depthUpdate", SPEEDS, PUBLIC)
        for levels in (5, 10, 20)
        for speed in ("", "@100ms", "@500ms")
    },
    "btcusdt@rpiDepth@500ms": Row("depthUpdate", (500,), PUBLIC, CHAINED),
    **{f"btcusdt@kline_{one}": Row("kline", (250,), MARKET, kline=True) for one in INTERVALS},
    **{
        f"btcusdt_{contract}@continuousKline_{one}": Row("continuous_kline", (250,), MARKET, kline=True)
        for contract in ("perpetual", "current_quarter", "next_quarter", "tradifi_perpetual")
        for one in ["1s", *INTERVALS]
    },
    "btcusdt@markPrice": Row("markPriceUpdate", (3000, 1000), MARKET),
    "btcusdt@markPrice@1s": Row("markPriceUpdate", (3000, 1000), MARKET),
    "!markPrice@arr": Row("markPriceUpdate", (3000, 1000), MARKET, array=True),
    "!markPrice@arr@1s": Row("markPriceUpdate", (3000, 1000), MARKET, array=True),
    "btcusdt@miniTicker": Row("24hrMiniTicker", (2000,), MARKET),
    "!miniTicker@arr": Row("24hrMiniTicker", (1000,), MARKET, array=True),
    "btcusdt@ticker": Row("24hrTicker", (2000,), MARKET),
    "!ticker@arr": Row("24hrTicker", (1000,), MARKET, array=True),
    "btcusdt@forceOrder": Row("forceOrder", (), MARKET),
    "!forceOrder@arr": Row("forceOrder", (), MARKET),  # objects, despite the name
    "btcusdt@compositeIndex": Row("compositeIndex", (1000,), MARKET),
    "!contractInfo": Row("contractInfo", (), MARKET),
    "!assetIndex@arr": Row("assetIndexUpdate", (1000,), MARKET, array=True),
    "btcusd@assetIndex": Row("assetIndexUpdate", (1000,), MARKET),
    "tradingSession": Row(SESSIONS, (1000,), MARKET),
}
# COIN-M *Websocket Market Streams*.
OF_COINM = {
    "btcusd_perp@aggTrade": Row("aggTrade", (), None, ("a",)),
    "btcusd_261225@aggTrade": Row("aggTrade", (), None, ("a",)),
    "btcusd_perp@bookTicker": Row("bookTicker", (), None, ("u",), has_holes=True),
    "!bookTicker": Row("bookTicker", (), None, ("u",), has_holes=True, by_symbol=True),
    **{
        f"btcusd_perp@depth{speed}": Row("depthUpdate", SPEEDS, None, CHAINED)
        for speed in ("", "@100ms", "@250ms", "@500ms")
    },
    **{
        f"btcusd_perp@depth{levels}{speed}": Row("depthUpdate", SPEEDS)
        for levels in (5, 10, 20)
        for speed in ("", "@100ms", "@250ms", "@500ms")
    },
    **{f"btcusd_perp@kline_{one}": Row("kline", (250,), kline=True) for one in INTERVALS},
    **{
        f"btcusd_{contract}@continuousKline_{one}": Row("continuous_kline", (250,), kline=True)
        for contract in ("perpetual", "current_quarter", "next_quarter")
        for one in ["1s", *INTERVALS]
    },
    **{f"btcusd@indexPriceKline_{one}": Row("indexPrice_kline", (250,), kline=True) for one in INTERVALS},
    **{f"btcusd_perp@markPriceKline_{one}": Row("markPrice_kline", (250,), kline=True) for one in INTERVALS},
    "btcusd_perp@markPrice": Row("markPriceUpdate", (3000, 1000)),
    "btcusd_perp@markPrice@1s": Row("markPriceUpdate", (3000, 1000)),
    "btcusd@markPrice": Row("markPriceUpdate", (3000, 1000), array=True),
    "btcusd@markPrice@1s": Row("markPriceUpdate", (3000, 1000), array=True),
    "!markPrice@arr": Row("markPriceUpdate", (3000, 1000), array=True),
    "!markPrice@arr@1s": Row("markPriceUpdate", (3000, 1000), array=True),
    "btcusd@indexPrice": Row("indexPriceUpdate", (3000, 1000)),
    "btcusd@indexPrice@1s": Row("indexPriceUpdate", (3000, 1000)),
    "btcusd_perp@miniTicker": Row("24hrMiniTicker", (500,)),
    "!miniTicker@arr": Row("24hrMiniTicker", (1000,), array=True),
    "btcusd_perp@ticker": Row("24hrTicker", (500,)),
    "!ticker@arr": Row("24hrTicker", (1000,), array=True),
    "btcusd_perp@forceOrder": Row("forceOrder"),
    "!forceOrder@arr": Row("forceOrder"),
    "!contractInfo": Row("contractInfo"),
}
# Options *Websocket Market Streams*.
OF_OPTIONS = {
    f"{OPTION}@optionTrade": Row("trade", (), PUBLIC, ("t",), has_holes=True),
    "btcusdt@optionTrade": Row("trade", (), PUBLIC, ("t",), has_holes=True, by_symbol=True),
    f"{OPTION}@bookTicker": Row("bookTicker", (), PUBLIC, ("u",), has_holes=True),
    **{f"{OPTION}@depth@{ms}ms": Row("depthUpdate", (500, 100), PUBLIC, CHAINED) for ms in (100, 500)},
    **{
        f"{OPTION}@depth{levels}@{ms}ms": Row("depthUpdate", (500, 100), PUBLIC)
        for levels in (5, 10, 20)
        for ms in (100, 500)
    },
    f"{OPTION}@optionTicker261225": Row("24hrTicker", (1000,), PUBLIC),
    f"{OPTION}@optionTicker@261225": Row("24hrTicker", (1000,), PUBLIC),  # as other clients write it
    **{
        f"{OPTION}@kline_{one}": Row("kline", (1000,), MARKET, kline=True)
        for one in INTERVALS
        if one not in ("8h", "1M")
    },
    "btcusdt@optionMarkPrice": Row("markPrice", (1000,), MARKET, array=True),
    "btcusdt@openInterest@261225": Row("openInterest", (60_000,), MARKET, array=True),
    "!index@arr": Row("indexPrice", (1000,), MARKET, array=True),
    "!optionSymbol": Row("optionSymbol", (), MARKET),
}
DOCUMENTED = [
    (market, name, row)
    for market, rows in (("usdm", OF_USDM), ("coinm", OF_COINM), ("options", OF_OPTIONS))
    for name, row in rows.items()
]
UNDOCUMENTED = [("usdm", "btcusdt@trade"), ("coinm", "btcusd_perp@trade")]
HOSTS = {
    "usdm": "wss://fstream.binance.com",
    "coinm": "wss://dstream.binance.com",
    "options": "wss://fstream.binance.com",
}


@pytest.mark.parametrize(("market", "name", "row"), DOCUMENTED, ids=lambda value: str(value)[:60])
def test_every_documented_stream_is_in_the_catalogue_as_it_is_documented(market, name, row):
    """One row, and only one, is about each name; event type, ids, speeds and lists are the documented ones,
    and nothing is doubtful about it.
    """
    venue = VENUES[market]
    assert [bool(re.fullmatch(kind.pattern, name)) for kind in venue.catalogue].count(True) == 1
    stream = venue.stream(name)
    kind = stream.kind
    assert kind is not None
    ids = row.ids if row.ids == CHAINED else (*(row.ids * 2 or (None, None)), None)
    assert (kind.first_id, kind.last_id, kind.previous_id) == ids
    assert (kind.contiguous, kind.by_symbol) == (bool(row.ids) and not row.has_holes, row.by_symbol)
    assert kind.candles == ("times" if row.kline else None)
    assert (kind.event, kind.speeds_ms, kind.category) == (row.event, row.speeds_ms, row.category)
    assert kind.events == ((row.event,) if isinstance(row.event, str) else row.event)
    assert stream.name == name
    assert stream.is_array is row.array
    assert kind.retirement is None
    assert venue.doubts([stream]) == []


@pytest.mark.parametrize(("market", "name", "row"), DOCUMENTED, ids=lambda value: str(value)[:60])
def test_every_documented_stream_is_asked_for_at_its_documented_path(market, name, row):
    """Raw and combined; of USD-M and options below the category, and never without one."""
    venue, base = VENUES[market], HOSTS[market] + (f"/{row.category}" if row.category else "")
    stream = venue.stream(name)
    assert venue.category_of(stream) == row.category
    assert venue.raw_url(stream, None) == f"{base}/ws/{name}"
    assert venue.combined_url([name, "x@y"], None, row.category) == (f"{base}/stream?streams={name}/x@y", 2)


@pytest.mark.parametrize("market", VENUES)
def test_the_catalogue_has_nothing_else(market):
    """Each row is that of a documented stream, or of ``@trade``; each has a name and a title of its own."""
    catalogue = VENUES[market].catalogue
    known = {VENUES[of].stream(name).kind for of, name, _ in DOCUMENTED if of == market}
    undocumented = {VENUES[of].stream(name).kind for of, name in UNDOCUMENTED if of == market}
    assert known | undocumented == set(catalogue)
    assert len({kind.name for kind in catalogue}) == len(catalogue)
    assert all(kind.title for kind in catalogue)


def test_the_catalogues_are_found_where_users_look_for_them():
    """``binance.streams`` has them by the word that ``venue=`` takes."""
    assert streams.CATALOGUES is CATALOGUES
    assert {market: venue.catalogue for market, venue in VENUES.items()} | {
        "spot": SPOT.catalogue
    } == CATALOGUES
    assert list(CATALOGUES) == list(MARKETS) == ["spot", "usdm", "coinm", "options"]


@pytest.mark.parametrize(("market", "name"), UNDOCUMENTED)
def test_trades_of_futures_are_known_and_doubtful(market, name):
    """Their ids have holes, and the warning names the stream to use."""
    venue = VENUES[market]
    kind = venue.stream(name).kind
    assert kind is not None
    assert (kind.first_id, kind.last_id, kind.contiguous) == ("t", "t", False)
    (sentence,) = venue.doubts([venue.stream(name)])
    assert sentence.startswith(f"{name}: ")
    assert "<symbol>@aggTrade" in sentence


NOT_DOCUMENTED = [
    ("usdm", "btcusdt@kline_1s"),
    ("usdm", "btcusdt@kline_1m@+08:00"),
    ("usdm", "btcusdt@depth@1000ms"),
    ("usdm", "btcusdt@depth@250ms"),
    ("usdm", "btcusdt@depth7"),
    ("usdm", "btcusdt@rpiDepth"),
    ("usdm", "btcusdt@rpiDepth@100ms"),
    ("usdm", "btcusdt@markPrice@3s"),
    ("usdm", "!markPrice"),
    ("usdm", "!forceOrder"),
    ("usdm", "!miniTicker@arr@1000ms"),
    ("usdm", "btcusdt@continuousKline_1m"),
    ("usdm", "btcusdt_perp@continuousKline_1m"),
    ("usdm", "btcusd@indexPrice"),
    ("usdm", "btcusdt@avgPrice"),
    ("coinm", "btcusd_perp@compositeIndex"),
    ("coinm", "btcusd_perp@rpiDepth@500ms"),
    ("coinm", "btcusd_tradifi_perpetual@continuousKline_1m"),
    ("coinm", "tradingSession"),
    ("options", f"{OPTION}@depth"),
    ("options", f"{OPTION}@depth10"),
    ("options", f"{OPTION}@kline_8h"),
    ("options", f"{OPTION}@ticker"),
    ("options", f"{OPTION}@trade"),
    ("options", f"{OPTION}@optionTicker"),
    ("options", "btcusdt@openInterest"),
]


@pytest.mark.parametrize(("market", "name"), NOT_DOCUMENTED)
def test_a_name_that_is_not_documented_has_no_row_and_is_doubtful(market, name):
    """It starts, below a category where there are any, with a warning."""
    venue = VENUES[market]
    stream = venue.stream(name)
    assert stream.kind is None
    assert len(venue.doubts([stream])) == 1
    assert venue.category_of(stream) == venue.category
    assert venue.silent_after_s(stream) == 60


@pytest.mark.parametrize(
    ("market", "name", "words"),
    [
        ("usdm", "btcusdt@avgPrice", "a stream of the spot market (venue='spot'); USD-M futures accept"),
        ("usdm", "btcusdt@kline_1s", "a stream of the spot market (venue='spot')"),
        ("usdm", "btcusd@indexPrice", "a stream of COIN-M futures (venue='coinm')"),
        ("usdm", f"{OPTION}@optionTrade", "a stream of options (venue='options')"),
        (
            "coinm",
            "btcusdt@compositeIndex",
            "a stream of USD-M futures (venue='usdm'); COIN-M futures accept",
        ),
        ("coinm", "tradingSession", "a stream of USD-M futures (venue='usdm')"),
        ("options", "btcusdt@markPrice", "a stream of USD-M futures (venue='usdm') and COIN-M futures ("),
        (
            "options",
            "!miniTicker@arr",
            "a stream of the spot market (venue='spot'), USD-M futures (venue='usdm') and",
        ),
        ("usdm", "btcusd_perp@aggTrade", "like 'btcusdt' or 'btcusdt_261225' (see venue='coinm')"),
        ("usdm", f"{OPTION}@bookTicker", "(see venue='options')"),
        (
            "coinm",
            "btcusdt@aggTrade",
            "like 'btcusd_perp' or 'btcusd_261225' (see venue='spot' or venue='usdm')",
        ),
        ("options", "btcusdt@bookTicker", f"like '{OPTION}' (see venue='spot' or venue='usdm')"),
        ("usdm", "btcusdt@markprice", "did you mean btcusdt@markPrice?"),
        ("usdm", "btc-usdt@aggTrade", "did you mean btcusdt@aggTrade?"),
        ("usdm", "!markPrice", "did you mean !markPrice@arr"),
        ("usdm", "btcusdt@kline_60m", "did you mean btcusdt@kline_1h?"),
        ("usdm", "btcusdt@kline_7m", "a kline has one of the intervals 1m 3m "),
        ("usdm", "btcusdt_perpetual@continuouskline_1m", "btcusdt_perpetual@continuousKline_1m?"),
        ("options", f"{OPTION}@depth10", f"{OPTION}@depth10@500ms"),
        ("options", f"{OPTION}@depth", f"did you mean {OPTION}@depth@500ms"),
    ],
)
def test_a_near_hit_is_named_within_a_venue_and_across_them(market, name, words):
    """The warning says whose the stream or the symbol is, as ``venue=`` has it, or what was meant."""
    (sentence,) = VENUES[market].doubts([VENUES[market].stream(name)])
    assert sentence.startswith(name)
    assert words in sentence


@pytest.mark.parametrize(
    ("market", "name"),
    [
        ("usdm", "btcusd_perp@markPrice"),
        ("usdm", "btcusd_perp@kline_1m"),
        ("coinm", "btcusdt@markPrice"),
        ("coinm", "btcusdt@kline_1m"),
        ("usdm", "測試usdt@aggTrade"),
        ("usdm", "btcusdt_261225@depth"),
    ],
)
def test_either_futures_venue_may_be_asked_for_marks_and_klines_of_both(market, name):
    """Since their markets were integrated; so that is in no doubt, and neither are letters of any script."""
    assert VENUES[market].doubts([VENUES[market].stream(name)]) == []


@pytest.mark.parametrize("market", VENUES)
def test_every_kind_has_examples_which_are_of_that_kind(market):
    """Advice names streams that there are, and of each kind at least one."""
    heads = ("btcusdt", "btcusd", "btcusd_perp", OPTION, "btcusdt_perpetual", "btcusd_perpetual")
    for kind in VENUES[market].catalogue:
        several = list(examples(kind))
        assert several
        for example in several:
            made = [VENUES[market].stream(example.replace("<symbol>", head)) for head in heads]
            assert kind in [stream.kind for stream in made]


# -- the order of their messages --------------------------------------------------------------------------


def told(venue: Venue, name: str, comes: list[Any], combined: bool) -> list[Any]:
    """What is done about messages of one stream; None among them is another connection."""
    order, verdicts = Sequence((venue.stream(name),), combined), list[Any]()
    for message in comes:
        if message is None:
            order.interrupted()
        else:
            verdicts += fed(order, [{"stream": name, "data": message} if combined else message])
    return [
        verdict
        if not isinstance(verdict, Deliver)
        else verdict.message["data"]
        if combined
        else verdict.message
        for verdict in verdicts
    ]


def top(number: int) -> dict[str, Any]:
    """A partial depth message of futures: it looks like one of diff depth."""
    return {
        "e": "depthUpdate",
        "s": "BTCUSDT",
        "U": number,
        "u": number + 2,
        "pu": number - 9,
        "b": [],
        "a": [],
    }


SNAPSHOTS = [
    (USDM, "btcusdt@depth5@100ms", [top(9), top(40), top(40), None, top(3), top(900)]),
    (COINM, "btcusd_perp@depth20", [top(9), top(40), top(40), None, top(3), top(900)]),
    (OPTIONS, f"{OPTION}@depth10@500ms", [top(9), top(40), top(40), None, top(3), top(900)]),
    (USDM, "!forceOrder@arr", [{"e": "forceOrder", "o": {"s": symbol, "T": 1}} for symbol in "ABBA"]),
    (USDM, "!markPrice@arr@1s", [[{"e": "markPriceUpdate", "s": "A", "T": 7}]] * 3),
    (USDM, "tradingSession", [{"e": "EquityUpdate", "t": 5}, {"e": "CommodityUpdate", "t": 5}]),
    (COINM, "btcusd@markPrice", [[{"e": "markPriceUpdate", "s": "BTCUSD_PERP"}]] * 2),
]


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize(("venue", "name", "comes"), SNAPSHOTS, ids=lambda value: str(value)[:30])
def test_snapshots_are_delivered_as_they_come(venue, name, comes, combined):
    """Partial depth of futures has the members of diff depth, and is none: whatever ids do, nothing is
    missing, dropped, or held, as on spot. So it is with liquidations, lists and sessions.
    """
    assert told(venue, name, comes, combined) == [message for message in comes if message is not None]


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize(
    ("venue", "name", "ident"),
    [(USDM, "!bookTicker", "u"), (COINM, "!bookTicker", "u"), (OPTIONS, "btcusdt@optionTrade", "t")],
)
def test_each_market_of_a_stream_has_ids_of_its_own(venue, name, ident, combined):
    """They may jump; only what is not above the last one of the same symbol is dropped."""
    a, b, again, more = ({"s": s, ident: n} for s, n in [("A", 50), ("B", 7), ("A", 50), ("B", 99)])
    assert told(venue, name, [a, b, again, more], combined) == [a, b, more]


def candle(number: int, closed: bool = True, first: int = 1) -> dict[str, Any]:
    """A message of klines of one minute, of the minute of that number."""
    begin = number * 60_000
    kline = {"t": begin, "T": begin + 59_999, "f": first, "L": first + 3, "n": 4, "x": closed}
    return {"e": "kline", "k": kline}


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize(("pushed", "is_told"), [(1, False), (2, False), (3, True), (9, True)])
def test_candles_of_futures_are_missing_if_the_last_three_intervals_were_pushed(pushed, is_told, combined):
    """The ids of their trades have holes, and say nothing."""
    before = [candle(number, first=1000 * number) for number in range(pushed)]
    behind = candle(pushed + 2, first=10**6)
    gap = CandleGap("btcusdt@kline_1m", 60_000 * pushed, 60_000 * (pushed + 1), "reconnect", None)
    told_of = told(USDM, "btcusdt@kline_1m", [*before, None, behind], combined)
    assert told_of == [*before, *([gap] if is_told else []), behind]


# -- names ------------------------------------------------------------------------------------------------

CONTINUOUS, NEXT_QUARTER = "btcusdt_perpetual@continuousKline_1m", "btcusd_next_quarter@continuousKline_1s"
BUILT: list[tuple[str, Callable[[], str], str]] = [
    ("usdm", lambda: build.futures_depth("BTCUSDT"), "btcusdt@depth"),
    ("usdm", lambda: build.futures_depth("BTCUSDT", None, 0), "btcusdt@depth"),
    ("usdm", lambda: build.futures_depth("BTCUSDT", None, 250), "btcusdt@depth"),
    ("usdm", lambda: build.futures_depth("BTCUSDT", None, 100), "btcusdt@depth@100ms"),
    ("usdm", lambda: build.futures_depth("btcusdt", "5", 500), "btcusdt@depth5@500ms"),
    ("coinm", lambda: build.futures_depth("BTCUSD_PERP", 20), "btcusd_perp@depth20"),
    ("usdm", lambda: build.rpi_depth("BTCUSDT"), "btcusdt@rpiDepth@500ms"),
    ("usdm", lambda: build.futures_kline("BTCUSDT", bc.KLINE_INTERVAL_1MONTH), "btcusdt@kline_1M"),
    ("usdm", lambda: build.continuous_kline("BTCUSDT", "PERPETUAL", "1m"), CONTINUOUS),
    ("coinm", lambda: build.continuous_kline("BTCUSD", "next_quarter", "1s"), NEXT_QUARTER),
    ("usdm", lambda: build.mark_price("BTCUSDT"), "btcusdt@markPrice@1s"),
    ("usdm", lambda: build.mark_price("BTCUSDT", fast=False), "btcusdt@markPrice"),
    ("usdm", lambda: build.mark_price(), "!markPrice@arr@1s"),
    ("usdm", lambda: build.mark_price(fast=False), "!markPrice@arr"),
    ("coinm", lambda: build.mark_price("BTCUSD"), "btcusd@markPrice@1s"),
    ("coinm", lambda: build.index_price("BTCUSD"), "btcusd@indexPrice@1s"),
    ("coinm", lambda: build.index_price("BTCUSD", fast=False), "btcusd@indexPrice"),
    ("coinm", lambda: build.index_price_kline("BTCUSD", "8h"), "btcusd@indexPriceKline_8h"),
    ("coinm", lambda: build.mark_price_kline("BTCUSD_PERP", "1m"), "btcusd_perp@markPriceKline_1m"),
    ("options", lambda: build.option_depth("BTC-261225-100000-C"), f"{OPTION}@depth@500ms"),
    ("options", lambda: build.option_depth("BTC-261225-100000-C", "10"), f"{OPTION}@depth10@500ms"),
    ("options", lambda: build.option_depth("BTC-261225-100000-C", 20, 100), f"{OPTION}@depth20@100ms"),
    ("options", lambda: build.option_kline("BTC-261225-100000-C", "1w"), f"{OPTION}@kline_1w"),
    ("options", lambda: build.option_ticker("BTC-261225-100000-C"), f"{OPTION}@optionTicker261225"),
    ("options", lambda: build.option_mark_price("BTCUSDT"), "btcusdt@optionMarkPrice"),
    ("options", lambda: build.open_interest("BTCUSDT", "261225"), "btcusdt@openInterest@261225"),
    ("usdm", lambda: names.symbol_stream("BTCUSDT", "forceOrder"), "btcusdt@forceOrder"),
]  # fmt: skip


@pytest.mark.parametrize(("market", "made", "name"), BUILT, ids=[name for *_, name in BUILT])
def test_every_name_that_is_built_is_a_documented_one(market, made, name):
    """And its symbol may be written in any case."""
    assert made() == name
    assert (market, name) in {(of, documented) for of, documented, _ in DOCUMENTED}
    head, at, kind = name.partition("@")
    assert VENUES[market].stream((head if head.startswith("!") else head.upper()) + at + kind).name == name


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: build.futures_depth("BTCUSDT", 7), "5, 10 or 20"),
        (lambda: build.futures_depth("BTCUSDT", None, 1000), "100, 250, 500"),
        (lambda: build.futures_depth("BTCUSDT", None, True), "100, 250, 500"),
        (lambda: build.futures_depth("BTCUSDT", None, "100"), "100, 250, 500"),
        (lambda: build.option_depth(OPTION, None, 250), "100, 500"),
        (lambda: build.futures_kline("BTCUSDT", "1s"), "use one of 1m 3m"),
        (lambda: build.option_kline(OPTION, "8h"), "use one of 1m 3m"),
        (lambda: build.continuous_kline("BTCUSDT", "perp", "1m"), "perpetual current_quarter"),
        (lambda: build.continuous_kline("BTCUSDT", None, "1m"), "perpetual current_quarter"),
        (lambda: build.continuous_kline("BTC/USDT", "perpetual", "1m"), "BTCUSDT"),
        (lambda: build.option_ticker("BTCUSDT"), "BTC-261225-100000-C"),
        (lambda: build.option_ticker("BTC-261399-1-C"), "BTC-261225-100000-C"),
        (lambda: build.open_interest("BTCUSDT", "25-12-26"), "261225"),
        (lambda: build.open_interest("BTCUSDT", 261225), "261225"),
        (lambda: build.mark_price("BTC USDT"), "BTCUSDT"),
    ],
)
def test_what_the_exchange_does_not_offer_is_refused_with_what_it_does(made, words):
    """Levels, speeds, intervals, types and days."""
    with pytest.raises(InvalidStream, match=re.escape(words)):
        made()


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.binary()))
def test_any_value_is_refused_or_makes_a_known_name(value):
    """Whatever is passed for levels, speed, interval, type or day, only names of a known kind come out."""
    makers: list[tuple[Venue, Callable[[], str]]] = [
        (USDM, lambda: build.futures_depth("a", value)),
        (USDM, lambda: build.futures_depth("a", None, value)),
        (OPTIONS, lambda: build.option_depth(OPTION, value, value)),
        (USDM, lambda: build.futures_kline("a", value)),
        (USDM, lambda: build.continuous_kline("a", value, "1m")),
        (OPTIONS, lambda: build.open_interest("a", value)),
        (OPTIONS, lambda: build.option_ticker(f"a-{value}")),
    ]
    for venue, made in makers:
        try:
            name = made()
        except InvalidStream:
            continue
        assert venue.stream(name).kind is not None


# -- venues -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "prefix", "silence_s", "max_streams", "category"),
    [
        ("spot", "", 75, 1024, None),
        ("usdm", "usdm:", 400, 1024, "market"),
        ("coinm", "coinm:", 400, 1024, None),
        ("options", "options:", 640, 200, "market"),
    ],
)
def test_a_venue_is_what_its_word_stands_for(market, prefix, silence_s, max_streams, category):
    """The prefix of its keys, the seconds of silence (its pings come every 20 s, 3 or 5 minutes), the streams
    of one connection, and its hosts at any endpoints.
    """
    here = Endpoints.sandbox("127.0.0.1", 8765)
    venue = venue_of(market, here)
    assert (venue.market, venue.prefix, venue.silence_s) == (market, prefix, silence_s)
    assert (venue.max_streams, venue.max_url, venue.category) == (max_streams, 8000, category)
    assert (venue.stream_host, venue.rest_host) == ("ws://127.0.0.1:8765", "http://127.0.0.1:8765")
    assert venue_of(market, here) == venue
    assert venue_of("spot", here) == spot_venue(here)


@pytest.mark.parametrize(
    ("endpoints", "market", "stream", "rest"),
    [
        (BINANCE_COM, "usdm", "wss://fstream.binance.com", "https://fapi.binance.com"),
        (BINANCE_COM, "coinm", "wss://dstream.binance.com", "https://dapi.binance.com"),
        (BINANCE_COM, "options", "wss://fstream.binance.com", "https://eapi.binance.com"),
        (SPOT_TESTNET, "usdm", "wss://fstream.binancefuture.com", "https://testnet.binancefuture.com"),
        (SPOT_TESTNET, "coinm", "wss://dstream.binancefuture.com", "https://testnet.binancefuture.com"),
        (SPOT_TESTNET, "options", "wss://fstream.binancefuture.com", "https://testnet.binancefuture.com"),
        (SPOT_DEMO, "usdm", "wss://demo-fstream.binance.com", "https://demo-fapi.binance.com"),
        (SPOT_DEMO, "coinm", "wss://demo-dstream.binance.com", "https://demo-dapi.binance.com"),
    ],
)
def test_a_preset_has_the_hosts_of_all_its_markets(endpoints, market, stream, rest):
    """The testnet and the demo mode are one preset each, with their futures."""
    venue = venue_of(market, endpoints)
    assert (venue.stream_host, venue.rest_host) == (stream, rest)


@pytest.mark.parametrize("market", ["", "futures", "USDM", None, 5, ["usdm"], "portfolio"])
def test_a_market_that_there_is_not_is_refused_with_those_that_there_are(market):
    """It is a ValueError that lists the words."""
    with pytest.raises(InvalidArgument, match=r"^venue is .*'spot', 'usdm', 'coinm', 'options'"):
        venue_of(market, BINANCE_COM)


def test_streams_are_sorted_by_the_connections_that_carry_them():
    """By category, each in its order; COIN-M and spot have one sort of connection."""
    several = ["btcusdt@depth", "btcusdt@aggTrade", "btcusdt@bookTicker", "!markPrice@arr", "btcusdt@what"]
    sorted_out = USDM.by_category(USDM.streams(several))
    assert {category: [stream.name for stream in some] for category, some in sorted_out.items()} == {
        "public": ["btcusdt@depth", "btcusdt@bookTicker"],
        "market": ["btcusdt@aggTrade", "!markPrice@arr", "btcusdt@what"],
    }
    for venue in (SPOT, COINM):
        assert list(venue.by_category(venue.streams(several))) == [None]
    assert USDM.by_category(()) == {}


@pytest.mark.parametrize(
    ("venue", "category"), [(USDM, None), (OPTIONS, None), (COINM, "public"), (SPOT, "market")]
)
def test_nothing_is_asked_at_an_unrouted_path(venue, category):
    """A combined connection needs a category where there are some, and may have none where there are none."""
    with pytest.raises(InvalidArgument, match="no path"):
        venue.combined_url(["a@depth"], None, category)


@pytest.mark.parametrize("market", VENUES)
def test_derivatives_have_no_microseconds(market):
    """They are refused; milliseconds are all right, and are not asked for."""
    venue = VENUES[market]
    stream = venue.stream("!x")
    with pytest.raises(InvalidArgument, match="no time_unit"):
        venue.raw_url(stream, "MICROSECOND")
    assert venue.raw_url(stream, "MILLISECOND") == venue.raw_url(stream, None)


def test_a_session_is_a_stream_though_its_name_has_no_at_sign():
    """And is the only name like that."""
    assert USDM.stream("tradingSession").kind is not None
    with pytest.raises(InvalidStream):
        USDM.stream("tradingsession")


# seconds until a stream is reported as silent; None: it may be quiet for any time
SILENCES = {
    ("usdm", "btcusdt@aggTrade"): 600,
    ("usdm", "btcusdt@depth"): 120,
    ("usdm", "btcusdt@depth5"): 60,
    ("usdm", "btcusdt@bookTicker"): 120,
    ("usdm", "!bookTicker"): 60,
    ("usdm", "btcusdt@kline_1m"): 300,
    ("usdm", "btcusdt@markPrice"): 60,
    ("usdm", "btcusdt@forceOrder"): None,
    ("usdm", "!forceOrder@arr"): None,
    ("usdm", "!contractInfo"): None,
    ("coinm", "btcusd_perp@aggTrade"): 600,
    ("coinm", "btcusd@indexPrice"): 60,
    ("options", f"{OPTION}@optionTrade"): None,
    ("options", f"{OPTION}@depth@100ms"): 300,
    ("options", f"{OPTION}@kline_1m"): None,
    ("options", "btcusdt@openInterest@261225"): 300,
}


@pytest.mark.parametrize(("market", "name"), SILENCES)
def test_each_kind_of_stream_has_a_time_that_fits_it(market, name):
    """What happens rarely may be quiet for any time."""
    venue = VENUES[market]
    assert venue.silent_after_s(venue.stream(name)) == SILENCES[market, name]


def test_a_sandbox_may_have_ports_of_its_own_for_futures():
    """Streams of those markets go there; everything else, and what is not named, to the one port for all."""
    here = Endpoints.sandbox("::1", 8765, tls=True, ports={"coinm": 8766})
    hosts = {market: venue_of(market, here).stream_host for market in MARKETS}
    assert hosts == {
        "spot": "wss://[::1]:8765",
        "usdm": "wss://[::1]:8765",
        "coinm": "wss://[::1]:8766",
        "options": "wss://[::1]:8765",
    }
    assert {venue_of(market, here).rest_host for market in MARKETS} == {"https://[::1]:8765"}


@pytest.mark.parametrize("market", ["usdm", "coinm", "options"])
def test_binance_us_has_spot_alone(market):
    """Its endpoints leave the other hosts to binance.com, which its customers have no part in."""
    with pytest.raises(InvalidArgument, match=r"^https://api\.binance\.us has no "):
        venue_of(market, BINANCE_US)
    elsewhere = replace(BINANCE_US, **{f"{market}_stream": "wss://elsewhere.example"})
    assert venue_of(market, elsewhere).stream_host == "wss://elsewhere.example"


@pytest.mark.parametrize("name", ["usdm:btcusdt@depth", "coinm:btcusd_perp@aggTrade", "spot:bnbbtc@trade"])
def test_a_connection_key_is_no_name_and_says_what_is(name):
    """Who copies a key from the log is given the name and the venue."""
    market, _, bare = name.partition(":")
    with pytest.raises(InvalidStream, match=f"is a connection key; pass '{bare}', and venue='{market}'"):
        venue_of("usdm", BINANCE_COM).stream(name)
