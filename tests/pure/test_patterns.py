"""Patterns of the command line: which streams they mean, and what is said of those that mean none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import BinanceRequestException, InvalidStream
from binance.terminal.patterns import Pattern, expanded, is_pattern, listed, read, unlisted
from binance.venues.catalogue import CATALOGUE
from binance.venues.spelling import SYMBOL, examples

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
        ("[a-]]zz@trade", "* stands for any characters"),
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
        ("*usdt@", "write '*usdt@trade'?"),
        ("*usdt@bookTiker", "not a known kind of stream; did you mean '*usdt@bookTicker'?"),
        ("*usdt@agg trade", "not a known kind of stream; did you mean '*usdt@aggTrade'?"),
        ("???eth@miniticker@arr", "did you mean '!miniTicker@arr'?"),
        ("???eth@tradee", "did you mean '???eth@trade'"),
        ("*@kline_7m", "not a known kind of stream; a kline has one of the intervals 1s 1m 3m"),
        ("*@foo", "'*@foo': not a known kind of stream"),
        ("*@" + "x" * 5000, "not a known kind of stream"),
        ("*usdt@markPrice", "a stream of USD-M futures (--market usdm) and COIN-M futures (--market coinm)"),
        ("[ab*@trade", "a ']' is missing behind a '['"),
        ("btc[usdt@trade", "a ']' is missing behind a '['"),
        ("[ab@trade]", "a ']' is missing behind a '['"),
        ("[a][b*@trade", "a ']' is missing behind a '['"),
        ("[]*@trade", "a ']' is missing behind a '['"),
        ("[!]*@trade", "a ']' is missing behind a '['"),
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
    assert "bnbbtc" not in str(raised.value)  # nobody has written it


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_every_kind_of_a_symbol_can_be_asked_for_by_a_pattern(kind):
    """Retired ones and those of one venue, too."""
    for example in examples(kind):
        if example.startswith("<symbol>"):
            name = example.replace("<symbol>", "eth*")
            assert Pattern(name).streams({"ethbtc": True}) == [name.replace("eth*", "ethbtc")]


@pytest.mark.parametrize("text", ["", " ", "x" * 64, "a/b" * 30])
def test_what_names_nothing_is_refused_in_the_words_of_a_command_line(text):
    """No Python call is named, and nothing is quoted: it may be a listen key."""
    with pytest.raises(InvalidStream) as raised:
        read(text)
    assert str(raised.value) == (
        "a name without '@' is not a market stream; names look like 'bnbbtc@trade'. "
        "watch shows no events of accounts"
    )


def test_a_name_without_a_symbol_is_quoted_itself():
    """And not the symbol, which is empty."""
    with pytest.raises(InvalidStream, match=r"^'@trade' has no symbol; names look like 'bnbbtc@aggTrade'$"):
        read("@trade")


def test_names_whose_symbol_is_not_trading_are_in_doubt():
    """Each symbol once; not what no spot market can have, and not where nobody was asked."""
    wanted = [
        *("bnbbtd@trade", "bnbbtd@ticker", "bnbbtc@trade", "lunabtc@trade", "btc-usdt@trade"),
        *("!miniTicker@arr", Pattern("eth*@trade")),
    ]
    assert unlisted(wanted, {SYMBOL: SYMBOLS}) == ["no symbol that is trading: bnbbtd, lunabtc"]
    assert unlisted(wanted, {}) == []
    assert unlisted(["bnbbtc@trade", "!miniTicker@arr"], {SYMBOL: SYMBOLS}) == []


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


@pytest.mark.parametrize(
    ("market", "text", "words"),
    [
        ("usdm", "*@bookTiker", "'*@bookTiker': not a known kind of stream; did you mean '*@bookTicker'?"),
        ("options", "btc-*@optionTrad", "did you mean 'btc-*@optionTrade'?"),
        ("usdm", "*@optionMarkPrice", "'*@optionMarkPrice': a stream of options (--market options)"),
        (
            "options",
            "*@aggTrade",
            "a stream of the spot market (--market spot), USD-M futures (--market usdm) and ",
        ),
        ("coinm", "*@avgPrice", "'*@avgPrice': a stream of the spot market (--market spot)"),
    ],
)
def test_a_pattern_of_a_kind_that_a_market_does_not_have_is_refused(market, text, words):
    """With what may be meant, or whose it is."""
    with pytest.raises(InvalidStream) as raised:
        Pattern(text, market)
    assert words in str(raised.value)


def test_names_of_derivatives_whose_symbol_is_not_trading_are_in_doubt():
    """Pairs and contracts are looked up as such; nothing is said of what the exchange does not list."""
    names = ["lunausdt@aggTrade", "btcusdt@aggTrade", "lunausdt_perpetual@continuousKline_1m"]
    names += ["btcusd_perp@markPrice", "adausd@assetIndex", "tradingSession", "!bookTicker"]
    assert unlisted(names, listed(ANSWERS["usdm"], "usdm"), "usdm") == [
        "no symbol that is trading: lunausdt, lunausdt_perpetual"
    ]


def test_a_name_without_at_that_is_a_stream_is_read():
    """``tradingSession`` is no listen key."""
    assert read("tradingSession", "usdm") == "tradingSession"


@pytest.mark.parametrize("market", ANSWERS)
def test_an_answer_of_another_market_is_no_list(market):
    """Options list theirs under a name of their own, and nothing else is taken for it."""
    with pytest.raises(BinanceRequestException, match="no list of symbols"):
        listed({"symbols" if market == "options" else "optionSymbols": []}, market)
