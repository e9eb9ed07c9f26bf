"""What a name that is no stream's may have been meant to be, and why a stream may send nothing."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.exceptions import InvalidStream
from binance.venues.catalogue import CATALOGUE, CATALOGUES, kind_of
from binance.venues.spelling import advice, examples, not_of, symbol_meant
from binance.venues.venue import SPOT, US

USDM, COINM = "USD-M futures (venue='usdm')", "COIN-M futures (venue='coinm')"
OPTIONS, SPOT_MARKET = "options (venue='options')", "the spot market (venue='spot')"


def doubt(name: str) -> str:
    """What is said of one name on binance.com; nothing if there is no doubt."""
    sentences = SPOT.doubts([SPOT.stream(name)])
    assert len(sentences) <= 1
    return "".join(sentences)


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_every_kind_has_examples_which_are_of_that_kind(kind):
    """Advice names streams that there are."""
    names = [example.replace("<symbol>", "bnbbtc") for example in examples(kind)]
    assert names
    assert all(kind_of(name) is kind for name in names)
    assert all(doubt(name) == "" for name in names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bnbbtc@aggtrade", "bnbbtc@aggTrade"),
        ("BNBBTC@agg_trade", "bnbbtc@aggTrade"),
        ("bnbbtc@AGGTRADE", "bnbbtc@aggTrade"),
        ("bnbbtc@trades", "bnbbtc@trade"),
        ("bnbbtc@trde", "bnbbtc@trade"),
        ("bnbbtc@bookticker", "bnbbtc@bookTicker"),
        ("bnbbtc@kline", "bnbbtc@kline_1m"),
        ("bnbbtc@kline1m", "bnbbtc@kline_1m"),
        ("bnbbtc@kline_1mm", "bnbbtc@kline_1m"),
        ("bnbbtc@kline_1min", "bnbbtc@kline_1m"),
        ("bnbbtc@Kline_1M", "bnbbtc@kline_1M"),
        ("bnbbtc@kline_1mo", "bnbbtc@kline_1M"),
        ("bnbbtc@kline_60m", "bnbbtc@kline_1h"),
        ("bnbbtc@kline_1H", "bnbbtc@kline_1h"),
        ("bnbbtc@kline_24h", "bnbbtc@kline_1d"),
        ("bnbbtc@kline_7d", "bnbbtc@kline_1w"),
        ("bnbbtc@kline_1M@+09:00", "bnbbtc@kline_1M@+08:00"),  # a month, and the zone that there is
        ("bnbbtc@kline_1m@8", "bnbbtc@kline_1m@+08:00"),
        ("bnbbtc@kline_60m@+09:00", "bnbbtc@kline_1h@+08:00"),
        ("bnbbtc@kline_1M@arr", "bnbbtc@kline_1M"),
        ("bnbbtc@depthUpdate", "bnbbtc@depth"),  # by the event type
        ("bnbbtc@miniTicker@arr", "!miniTicker@arr"),
        ("!miniTicker", "!miniTicker@arr"),
        ("!minitickers@arr", "!miniTicker@arr or !ticker@arr"),
        ("trade@BNBBTC", "bnbbtc@trade"),
        ("btc-usdt@trade", "btcusdt@trade"),
        ("BTC_USDT@aggtrade", "btcusdt@aggTrade"),
    ],
)
def test_a_near_hit_is_named(name, meant):
    """The case, a separator, a unit, an event type, the wrong way round: the answer is what was meant."""
    assert f"({'did you mean ' + meant}?)" in doubt(name)


def test_the_best_hits_come_first_and_not_more_than_three():
    """Where several kinds are near, three are named."""
    assert doubt("bnbbtc@depth7").startswith(
        "bnbbtc@depth7 (did you mean bnbbtc@depth, bnbbtc@depth5 or bnbbtc@depth20?): "
    )


def test_an_interval_that_there_is_not_is_answered_with_those_that_there_are():
    """No other kline is put in its place."""
    assert "(a kline has one of the intervals 1s 1m 3m " in doubt("bnbbtc@kline_7m")


@pytest.mark.parametrize("name", ["bnbbtc@foo", "!foo", "bnbbtc@x"])
def test_what_is_near_nothing_gets_no_advice(name):
    """It is not a known kind, and nothing more can be said."""
    assert (
        doubt(name)
        == f"{name}: not a known kind of stream; the exchange accepts misspelt names and sends no messages"
    )


@pytest.mark.parametrize(
    ("symbol", "why"),
    [
        ("btcusdt_perp", "a futures contract"),
        ("btcusd_perp", "a futures contract"),
        ("btcusdt_230929", "a futures contract"),
        ("btcusdt.p", "a futures contract"),
        ("btcusdt_perpetual", "a continuous futures contract"),
        ("btc-261225-100000-c", "an option"),
        ("btc-usdt", "in its symbol"),
        ("btc_usdt", "in its symbol"),
    ],
)
def test_a_symbol_that_no_spot_market_has_is_named_as_such(symbol, why):
    """Of a known kind, too: the exchange accepts it and is silent."""
    assert why in doubt(f"{symbol}@trade")
    assert why in doubt(f"{symbol}@foo")
    assert ("did you mean" in doubt(f"{symbol}@trade")) == (why == "in its symbol")


@pytest.mark.parametrize("symbol", ["bnbbtc", "1000satsusdt", "測試usdt", "äöüusdt", "a"])
def test_a_symbol_of_letters_and_digits_is_in_no_doubt(symbol):
    """Of whichever script."""
    assert not_of("spot", symbol) is None
    assert doubt(f"{symbol}@trade") == ""


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("btcusdt@markPrice", f"{USDM} and {COINM}"),
        ("btcusdt@markPrice@1s", f"{USDM} and {COINM}"),
        ("!markPrice@arr@1s", f"{USDM} and {COINM}"),
        ("btcusdt@forceOrder", USDM),
        ("btcusdt@forceorder", USDM),
        ("btcusd_perp@forceOrder", COINM),
        ("btc-usdt@forceOrder", f"{USDM} and {COINM}"),
        ("!forceOrder@arr", f"{USDM} and {COINM}"),
        ("btcusdt_perpetual@continuousKline_1m", f"{USDM} and {COINM}"),
        ("btcusdt_tradifi_perpetual@continuousKline_1m", USDM),
        ("btcusdt@depth5@500ms", USDM),
        ("btcusdt_261225@depth5@500ms", f"{USDM} and {COINM}"),
        ("btcusdt@compositeIndex", USDM),
        ("tradingSession", USDM),
        ("btcusd@indexPriceKline_1m", COINM),
        ("btc-261225-100000-c@optionTrade", OPTIONS),
        ("btc@openInterest@261225", OPTIONS),
    ],
)
@pytest.mark.parametrize("venue", [SPOT, US], ids=lambda venue: venue.name)
def test_a_stream_of_other_markets_is_named_as_such(venue, name, whose):
    """It is not taken for misspelt, on either spot venue."""
    assert venue.doubts([venue.stream(name)]) == [
        f"{name}: a stream of {whose}; the spot market accepts the name and sends no messages"
    ]


def test_many_doubtful_names_are_a_sentence_a_reason():
    """Of a thousand misspelt names only those that are shown get advice, which takes a while."""
    streams = [SPOT.stream(f"s{number}@agg_trade") for number in range(1000)]
    streams += [SPOT.stream(f"s{number}_perp@trade") for number in range(20)]
    unknown, contracts = SPOT.doubts(streams)
    assert unknown.startswith("s0@agg_trade (did you mean s0@aggTrade?), s1@agg_trade (")
    assert " and 995 more: not a known kind" in unknown
    assert " and 15 more: a symbol of a futures contract" in contracts


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("BTC/USDT", "btcusdt"),
        ("BTC/USDT:USDT", "btcusdt"),
        ("btc-usdt", "btcusdt"),
        ("BTC_USDT", "btcusdt"),
        ("BTC USDT ", "btcusdt"),
        ("BTC:USDT", "btcusdt"),
        ("BTC.USDT", "btcusdt"),
        ("BTCUSDT", "btcusdt"),
        ("btcusdt_perp", None),
        ("BTCUSDT_230929", None),
        ("BTCUSDT?x=1", None),
        ("", None),
        ("/", None),
        ("x" * 21, None),
    ],
)
def test_a_symbol_is_known_in_the_spellings_of_others(text, symbol):
    """Separators go, and what ccxt puts behind a colon; a contract is not a spot market."""
    assert symbol_meant(text) == symbol


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("BNBBTC", "'bnbbtc@trade'"),
        ("bnb btc", "'bnbbtc@trade'"),
        ("BTC/USDT@trade", "'BTCUSDT'"),
        ("bnbbtc@24hrTicker", "bnbbtc@ticker?"),
        ("bnbbtc@agg.trade", "bnbbtc@aggTrade?"),
    ],
)
def test_a_name_that_is_refused_is_refused_with_advice(name, meant):
    """What cannot be a name raises, and the error says what may have been meant."""
    with pytest.raises(InvalidStream, match=r"did you mean " + re.escape(meant)):
        SPOT.stream(name)


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "_@+:-", min_size=1, max_size=40), st.booleans())
def test_advice_is_of_streams_that_there_are(kind, for_all):
    """Whatever is asked about, each stream that is named in the answer is one of the catalogue."""
    answer = advice(f"!{kind}" if for_all else f"bnbbtc@{kind}", CATALOGUE)
    found = re.fullmatch(r"did you mean (.+)\?", answer)
    if found is None:
        assert answer == "" or answer.startswith("a kline has")
    else:
        meant = re.split(r", | or ", found[1])
        assert 1 <= len(meant) <= 3
        assert all(kind_of(name) is not None for name in meant)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("btc-271231-100000-c@optionTicker", "did you mean btc-271231-100000-c@optionTicker271231?"),
        ("btc-271231-1-c@optiontrade", "did you mean btc-271231-1-c@optionTrade?"),
        ("btc-271231-100000-x@optionTicker271231", ""),
        ("btc-271231@optionTrade", ""),
        ("btc-usdt@optionTrade", "did you mean btcusdt@optionTrade?"),
    ],
)
def test_the_symbol_of_an_option_is_advised_as_it_is_with_its_own_day(name, meant):
    """Its hyphens are not taken for those of a pair of spot, and the day is not that of an example."""
    assert advice(name, CATALOGUES["options"]) == meant
