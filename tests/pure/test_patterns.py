"""Patterns of the command line: which streams they mean, and what is said of those that mean none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import BinanceRequestException, InvalidStream
from binance.terminal.patterns import SYMBOL, Pattern, expanded, is_pattern, listed

SYMBOLS = {
    "bnbbtc": True,
    "btcusdt": True,
    "ethbtc": True,
    "ethusdt": True,
    "btctusd": True,
    "lunausdt": False,
    "lunabtc": False,
    "1000satsusdt": True,
    "币安人生usdt": True,
}


@pytest.mark.parametrize(
    ("text", "streams"),
    [
        (
            "*usdt@bookTicker",
            [
                "btcusdt@bookTicker",
                "ethusdt@bookTicker",
                "1000satsusdt@bookTicker",
                "币安人生usdt@bookTicker",
            ],
        ),
        ("btc*@kline_1M", ["btcusdt@kline_1M", "btctusd@kline_1M"]),
        ("BTC*@aggTrade", ["btcusdt@aggTrade", "btctusd@aggTrade"]),
        ("???usdt@trade", ["btcusdt@trade", "ethusdt@trade"]),
        ("[be]*btc@trade", ["bnbbtc@trade", "ethbtc@trade"]),
        ("[!b]thbtc@depth@100ms", ["ethbtc@depth@100ms"]),
        ("[A-F]??btc@kline_1d@+08:00", ["bnbbtc@kline_1d@+08:00", "ethbtc@kline_1d@+08:00"]),
        ("*@trade", [f"{symbol}@trade" for symbol, is_trading in SYMBOLS.items() if is_trading]),
    ],
)
def test_a_pattern_means_the_symbols_that_trade_and_match(text, streams):
    """In any case and any script, in the exchange's order; the kind stays as it is written."""
    assert is_pattern(text)
    assert Pattern(text).streams(SYMBOLS) == streams


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("*usdx@trade", "* stands for any characters"),
        ("luna*@trade", "2 symbols that match: not trading, e.g. LUNAUSDT"),
        ("*-usdt@trade", "without a separator, e.g. btcusdt"),
        ("btc/*@trade", "without a separator, e.g. btcusdt"),
        ("[a-c]zz*@trade", "* stands for any characters"),
        ("btc[usdt@trade", "* stands for any characters"),
    ],
)
def test_a_pattern_that_means_nothing_is_an_error_with_a_hint(text, hint):
    """It says what does not match, and what may be wrong."""
    with pytest.raises(InvalidStream) as raised:
        Pattern(text).streams(SYMBOLS)
    assert repr(text) in str(raised.value)
    assert str(raised.value).startswith("no symbol that is trading matches ")
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*usdt", "write '*usdt@trade'?"),
        ("btcusdt@kline_*", "'btcusdt@kline_1m'"),
        ("*usdt@[tk]*", "'*usdt@kline_1m'"),
        ("!*@arr", "'!miniTicker@arr'"),
        ("*usdt@", "no stream name"),
        ("*usdt@agg trade", "no stream name"),
        ("*usdt@trade/*btc@trade", "only the symbol may be a pattern"),
    ],
)
def test_what_cannot_be_a_pattern_is_refused_before_anybody_is_asked(text, words):
    """No kind of stream, or a pattern where no symbol stands."""
    assert is_pattern(text)
    with pytest.raises(InvalidStream) as raised:
        Pattern(text)
    assert words in str(raised.value)
    assert repr(text) in str(raised.value)


def test_patterns_and_names_mix_and_each_stream_counts_once():
    """In the order they were asked for; of each pattern it is said how many streams it means, and of all."""
    wanted = ["ethbtc@trade", Pattern("eth*@trade"), "!miniTicker@arr", Pattern("*tusd@trade")]
    names, sentences = expanded(wanted, {SYMBOL: SYMBOLS})
    assert names == ["ethbtc@trade", "ethusdt@trade", "!miniTicker@arr", "btctusd@trade"]
    assert sentences == [
        "'eth*@trade' means 2 streams",
        "'*tusd@trade' means 1 stream",
        "4 streams in all",
    ]
    assert expanded([Pattern("eth*@trade")], {SYMBOL: SYMBOLS})[1] == ["'eth*@trade' means 2 streams"]


def test_names_alone_need_no_symbols():
    """Nothing is said of them."""
    assert expanded(["a@trade", "b@trade", "a@trade"], {}) == (["a@trade", "b@trade"], [])


@pytest.mark.parametrize(
    "name", ["bnbbtc@trade", "!miniTicker@arr", "btcusdt@kline_1d@+08:00", "!ticker_1h@arr"]
)
def test_ordinary_names_are_no_patterns(name):
    """An exclamation mark alone makes none."""
    assert not is_pattern(name)


def test_the_symbols_of_the_exchange_are_read_with_their_status():
    """Lowered, in order; what cannot stand in a stream's name is left out."""
    info = {
        "symbols": [
            {"symbol": "ETHBTC", "status": "TRADING"},
            {"symbol": "LUNAUSDT", "status": "BREAK"},
            {"symbol": "NEWUSDT", "status": "PRE_TRADING"},
            {"symbol": "A/B@trade", "status": "TRADING"},
            {"symbol": "\x1b[2J", "status": "TRADING"},
            {"status": "TRADING"},
            {"symbol": "币安人生USDT", "status": "TRADING"},
        ]
    }
    symbols = {"ethbtc": True, "lunausdt": False, "newusdt": False, "币安人生usdt": True}
    assert listed(info)[SYMBOL] == symbols
    assert list(listed(info)[SYMBOL]) == list(symbols)


@pytest.mark.parametrize("info", [{}, {"symbols": None}, {"symbols": {}}, {"symbols": ["ETHBTC"]}])
def test_an_answer_without_symbols_is_an_error(info):
    """It is no exchange's."""
    with pytest.raises(BinanceRequestException, match="no list of symbols"):
        listed(info)[SYMBOL]


@given(
    st.text(st.sampled_from("*?[]!-^abc\\"), min_size=1, max_size=12), st.lists(st.text("abc", min_size=1))
)
def test_whatever_the_pattern_it_means_some_of_the_symbols_or_is_refused(symbol, others):
    """Any characters of patterns: each stream is one of a symbol that trades, and of the kind asked for."""
    symbols = dict.fromkeys(others, True) | {"ccc": False}
    try:
        streams = Pattern(f"{symbol}@trade").streams(symbols)
    except InvalidStream:
        return
    assert streams
    assert set(streams) <= {f"{other}@trade" for other in symbols if symbols[other]}


USDM = [
    {"symbol": "BTCUSDT", "pair": "BTCUSDT", "contractType": "PERPETUAL", "status": "TRADING"},
    {"symbol": "BTCUSDT_261225", "pair": "BTCUSDT", "contractType": "CURRENT_QUARTER", "status": "TRADING"},
    {"symbol": "LUNAUSDT", "pair": "LUNAUSDT", "contractType": "PERPETUAL", "status": "SETTLING"},
]
COINM = [
    {"symbol": f"BTCUSD_{end}", "pair": "BTCUSD", "contractType": kind, "contractStatus": status}
    for end, kind, status in (
        ("PERP", "PERPETUAL", "TRADING"),
        ("260925", "CURRENT_QUARTER DELIVERING", "DELIVERING"),
        ("261225", "CURRENT_QUARTER", "TRADING"),
    )
]
OPTIONS = [
    {"symbol": "BTC-261225-100000-C", "underlying": "BTCUSDT", "status": "TRADING"},
    {"symbol": "BTC-261225-100000-P", "underlying": "BTCUSDT"},
    {"symbol": "ETH-261225-3000-C", "underlying": "ETHUSDT", "status": "CLOSED"},
]
ANSWERS = {"usdm": {"symbols": USDM}, "coinm": {"symbols": COINM}, "options": {"optionSymbols": OPTIONS}}


@pytest.mark.parametrize(
    ("market", "text", "streams"),
    [
        ("usdm", "*@aggTrade", ["btcusdt@aggTrade", "btcusdt_261225@aggTrade"]),
        ("usdm", "BTC*_*@depth@100ms", ["btcusdt_261225@depth@100ms"]),
        (
            "usdm",
            "*@continuousKline_1m",
            ["btcusdt_perpetual@continuousKline_1m", "btcusdt_current_quarter@continuousKline_1m"],
        ),
        ("usdm", "*@brandNew", ["btcusdt@brandNew", "btcusdt_261225@brandNew"]),
        ("coinm", "*@markPrice@1s", ["btcusd_perp@markPrice@1s", "btcusd_261225@markPrice@1s"]),
        ("coinm", "*@indexPrice", ["btcusd@indexPrice"]),
        ("coinm", "*quarter@continuousKline_1h", ["btcusd_current_quarter@continuousKline_1h"]),
        ("options", "*-p@optionTrade", ["btc-261225-100000-p@optionTrade"]),
        ("options", "b*@optionMarkPrice", ["btcusdt@optionMarkPrice"]),
        ("options", "*@openInterest@261225", ["btcusdt@openInterest@261225"]),
    ],
)
def test_a_pattern_means_what_its_streams_are_of(market, text, streams):
    """Contracts, or their pairs, types or underlyings, where anything of them is trading; each once."""
    pattern = Pattern(text, market)
    assert pattern.streams(listed(ANSWERS[market], market)[pattern.head]) == streams


def test_a_pattern_of_streams_that_are_of_no_listed_symbol_is_refused():
    """Nothing that the exchange lists stands before the ``@`` of asset indices."""
    with pytest.raises(InvalidStream, match=r"'\*@assetIndex': the exchange lists no symbols"):
        Pattern("*@assetIndex", "usdm")


@pytest.mark.parametrize(
    ("market", "text", "hint"),
    [
        ("usdm", "*_270326@trade", "written as in btcusdt"),
        ("coinm", "btc/*@trade", "written as in btcusd_perp"),
        ("options", "btcusdt*@bookTicker", "written as in btc-261225-100000-c"),
    ],
)
def test_a_pattern_that_means_no_derivative_is_an_error_with_a_hint(market, text, hint):
    """It shows how that market writes its symbols."""
    with pytest.raises(InvalidStream) as raised:
        Pattern(text, market).streams(listed(ANSWERS[market], market)[SYMBOL])
    assert hint in str(raised.value)


@pytest.mark.parametrize("market", ANSWERS)
def test_an_answer_of_another_market_is_no_list(market):
    """Options list theirs under a name of their own, and nothing else is taken for it."""
    with pytest.raises(BinanceRequestException, match="no list of symbols"):
        listed({"symbols" if market == "options" else "optionSymbols": []}, market)
