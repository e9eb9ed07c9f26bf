"""Names of streams, keys and paths out of a call's arguments."""

from __future__ import annotations

import string
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from binance import constants as bc
from binance.exceptions import BinanceError, InvalidArgument, InvalidStream
from binance.venues import names

LISTEN_KEY = (string.ascii_letters + string.digits + "Zq")[:64]

# with everything Python's strings can hold, lone surrogates included
ANY_TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF))


# -- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["trade", "aggTrade", "ticker", "miniTicker", "bookTicker"])
@pytest.mark.parametrize("symbol", ["BNBBTC", "bnbbtc", "BnbBtc"])
def test_symbols_may_have_any_case_and_kinds_keep_theirs(symbol, kind):
    """The symbol is lowered, the kind of stream is spelt as the exchange spells it."""
    assert names.symbol_stream(symbol, kind) == f"bnbbtc@{kind}"


@pytest.mark.parametrize(
    ("symbol", "spelt"),
    [
        ("BTCUSD_PERP", "btcusd_perp"),
        ("BTC-261225-100000-C", "btc-261225-100000-c"),
        ("1000SATSUSDT", "1000satsusdt"),
        ("測試USDT", "測試usdt"),
        ("ÄÖÜUSDT", "äöüusdt"),
    ],
)
def test_symbols_are_not_only_letters(symbol, spelt):
    """Digits, underscores, hyphens and letters of other scripts are part of symbols."""
    assert names.lowered(symbol) == spelt


@pytest.mark.parametrize(
    ("levels", "speed_ms", "name"),
    [
        (None, None, "bnbbtc@depth"),
        (None, 0, "bnbbtc@depth"),
        (None, 100, "bnbbtc@depth@100ms"),
        ("5", None, "bnbbtc@depth5"),
        ("10", 0, "bnbbtc@depth10"),
        ("20", 100, "bnbbtc@depth20@100ms"),
        (5, None, "bnbbtc@depth5"),
        (10, 100, "bnbbtc@depth10@100ms"),
        (20, None, "bnbbtc@depth20"),
        (bc.WEBSOCKET_DEPTH_5, None, "bnbbtc@depth5"),
        (bc.WEBSOCKET_DEPTH_10, None, "bnbbtc@depth10"),
        (bc.WEBSOCKET_DEPTH_20, None, "bnbbtc@depth20"),
    ],
)
def test_depth_is_the_changes_or_the_top_of_the_book(levels, speed_ms, name):
    """Levels are numbers or strings, and the speed is left out unless it is 100 ms."""
    assert names.depth("BNBBTC", levels, speed_ms) == name


@pytest.mark.parametrize(
    "levels",
    ["7", 7, "", 0, "0", "05", " 5", "5 ", "5.0", 5.5, -5, 50, "100", True, False, b"5", [5], "five"],
)
def test_depth_has_only_levels_that_the_exchange_offers(levels):
    """Any other number of levels is refused with those that exist, in words."""
    with pytest.raises(InvalidStream, match="5, 10 or 20"):
        names.depth("BNBBTC", levels)


@pytest.mark.parametrize("speed_ms", [55, 1, 250, 500, 1000.5, -100, "100", "100ms", "", True, False, [100]])
def test_depth_has_only_speeds_that_the_exchange_offers(speed_ms):
    """Any other interval is refused with those that exist, in words."""
    with pytest.raises(InvalidStream, match="100"):
        names.depth("BNBBTC", None, speed_ms)


@pytest.mark.parametrize("interval", bc.KLINE_INTERVALS)
def test_klines_have_every_interval_of_the_exchange(interval):
    """Each constant makes a stream, a month and a minute different ones."""
    assert names.kline("BNBBTC", interval) == f"bnbbtc@kline_{interval}"


@pytest.mark.parametrize(
    "interval", ["7m", "", "1", "m", "1H", "1D", "60m", "1m ", None, 1, 60, True, ["1m"], b"1m"]
)
def test_klines_have_no_other_interval(interval):
    """Any other interval is refused with those that exist, in words."""
    with pytest.raises(InvalidStream, match="30m"):
        names.kline("BNBBTC", interval)


def test_klines_can_begin_by_the_clock_of_utc_plus_8():
    """The time zone stands behind the interval; None is UTC, which has no suffix."""
    assert names.kline("BNBBTC", "1d", "+08:00") == "bnbbtc@kline_1d@+08:00"
    assert names.kline("BNBBTC", "1d", None) == "bnbbtc@kline_1d"


@pytest.mark.parametrize("time_zone", ["", "0", "+8", "08:00", "+09:00", "-08:00", "UTC", 8, ["+08:00"]])
def test_klines_have_no_other_time_zone(time_zone):
    """Any other time zone is refused with the one that exists."""
    with pytest.raises(InvalidStream, match=r"\+08:00"):
        names.kline("BNBBTC", "1d", time_zone)


def test_many_names_fit_a_line():
    """The first five are named, the others counted."""
    many = [f"s{number}" for number in range(8)]
    assert names.listed(many[:1]) == "s0"
    assert names.listed(many[:5]) == "s0, s1, s2, s3, s4"
    assert names.listed(many) == "s0, s1, s2, s3, s4 and 3 more"


BAD_SYMBOLS = [
    "",
    " ",
    "BNB BTC",
    "BNBBTC ",
    " BNBBTC",
    "BNBBTC\n",
    "BNB\tBTC",
    "BNB/BTC",
    "BNB\\BTC",
    "/",
    "?",
    "BNBBTC?x=1",
    "BNBBTC#",
    "BNBBTC&x=1",
    "BNB%2FBTC",
    "..",
    "a..b",
    "bnbbtc@trade",
    "BNB:BTC",
    "BNB+BTC",
    "\x00",
    "\ud800",
    "!ticker",
    None,
    5,
    True,
    b"BNBBTC",
    ["BNBBTC"],
]

BY_SYMBOL = {
    "symbol_stream": lambda symbol: names.symbol_stream(symbol, "trade"),
    "depth": names.depth,
    "kline": lambda symbol: names.kline(symbol, "1m"),
}


@pytest.mark.parametrize("call", BY_SYMBOL)
@pytest.mark.parametrize("symbol", BAD_SYMBOLS)
def test_what_cannot_be_a_symbol_is_refused(call, symbol):
    """A wrong symbol raises InvalidStream, a ValueError, and shows what one looks like."""
    with pytest.raises(InvalidStream, match="BNBBTC") as caught:
        BY_SYMBOL[call](symbol)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, InvalidArgument)
    assert isinstance(caught.value, BinanceError)


# -- several streams on one connection --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_names", "spelt"),
    [
        (["bnbbtc@aggTrade", "neobtc@ticker"], ("bnbbtc@aggTrade", "neobtc@ticker")),
        (["BNBBTC@aggTrade", "NeoBtc@ticker"], ("bnbbtc@aggTrade", "neobtc@ticker")),
        (["BNBBTC@kline_1M", "BNBBTC@kline_1m"], ("bnbbtc@kline_1M", "bnbbtc@kline_1m")),
        (["BNBBTC@depth5@100ms"], ("bnbbtc@depth5@100ms",)),
        (["!miniTicker@arr"], ("!miniTicker@arr",)),
        (["BTCUSDT@kline_1d@+08:00"], ("btcusdt@kline_1d@+08:00",)),
        (["測試USDT@trade"], ("測試usdt@trade",)),
        (["b@trade", "a@trade", "B@trade"], ("b@trade", "a@trade")),
        (("a@trade",), ("a@trade",)),
        ({"a@trade": 1}, ("a@trade",)),
        (iter(["a@trade"]), ("a@trade",)),
    ],
)
def test_several_lower_symbols_and_keeps_the_rest(given_names, spelt):
    """Order is kept, a name given twice counts once, and any iterable will do."""
    assert names.several(given_names) == spelt


@pytest.mark.parametrize("given_names", ["bnbbtc@trade", b"bnbbtc@trade", "", None, 5, True])
def test_several_names_are_a_list(given_names):
    """A single string, the usual slip, is refused with a list to go by."""
    with pytest.raises(InvalidStream, match=r"list of names, e\.g\. \['bnbbtc@aggTrade'"):
        names.several(given_names)


@pytest.mark.parametrize("given_names", [[], (), {}, iter([])])
def test_no_names_are_none(given_names):
    """Whether that will do is the caller's business."""
    assert names.several(given_names) == ()


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "@",
        "@trade",
        "bnbbtc",
        "bnbbtc@",
        "bnbbtc trade",
        "bnb btc@trade",
        "bnbbtc@tra de",
        "bnbbtc@trade\n",
        "bnbbtc@trade/neobtc@trade",
        "../bnbbtc@trade",
        "..@trade",
        "bnbbtc@trade?x=1",
        "bnbbtc@trade&x=1",
        "bnbbtc@trade#x",
        "bnbbtc@trade%2F",
        "bnbbtc@trade\\",
        "!miniTicker@arr/x",
        "!mini Ticker@arr",
        "!miniTicker@arr?x=1",
        "bnbbtc@\ud800",
        "!\ud800@arr",
        None,
        5,
        True,
        b"bnbbtc@trade",
        ["bnbbtc@trade"],
    ],
)
def test_several_names_refuse_what_is_no_stream_name(name):
    """One wrong name among right ones is refused, before anything is opened."""
    with pytest.raises(InvalidStream, match=r"names look like|a symbol looks like"):
        names.several(["bnbbtc@aggTrade", name, "neobtc@ticker"])


@pytest.mark.parametrize(
    "given_names",
    [
        LISTEN_KEY,
        LISTEN_KEY.encode(),
        [LISTEN_KEY],
        ["bnbbtc@trade", LISTEN_KEY],
        [LISTEN_KEY.encode()],
        [{"listenKey": LISTEN_KEY}],
        [f"{LISTEN_KEY} "],
        [f"/ws/{LISTEN_KEY}"],
    ],
    ids=["bare", "bytes", "listed", "among", "bytes listed", "answer", "blank", "path"],
)
def test_several_names_refuse_a_listen_key_and_does_not_repeat_it(given_names):
    """A listen key is a secret: the error says where account events come from, not the key."""
    with pytest.raises(InvalidStream) as caught:
        names.several(given_names)
    assert LISTEN_KEY.lower() not in f"{caught.value!r} {caught.value}".lower()


@pytest.mark.parametrize("call", [names.lowered, lambda key: names.several([f"{key}@trade"])])
def test_a_listen_key_in_a_symbols_place_is_not_repeated(call):
    """What is too long for a symbol may be a secret, and is described instead of quoted."""
    with pytest.raises(InvalidStream, match="characters") as caught:
        call(LISTEN_KEY)
    assert LISTEN_KEY.lower() not in str(caught.value).lower()


def test_the_error_about_a_listen_key_names_the_call_to_use():
    """Who passes a listen key is sent to start_user_socket."""
    with pytest.raises(InvalidStream, match="start_user_socket"):
        names.several([LISTEN_KEY])


# -- keys and paths ---------------------------------------------------------------------------------------


def test_a_combined_connections_key_lists_its_streams():
    """The key is the classic one, ``streams=`` and the names with slashes between."""
    assert (
        names.multiplex_key(("bnbbtc@aggTrade", "neobtc@ticker")) == "streams=bnbbtc@aggTrade/neobtc@ticker"
    )


PATHS = [
    ("bnbbtc@aggTrade", "bnbbtc@aggTrade"),
    ("bnbbtc@depth5@100ms", "bnbbtc@depth5@100ms"),
    ("!miniTicker@arr", "!miniTicker@arr"),
    ("btc-261225-100000-c@trade", "btc-261225-100000-c@trade"),
    ("btcusdt@kline_1d@+08:00", "btcusdt@kline_1d@%2B08:00"),
    ("測試usdt@trade", "%E6%B8%AC%E8%A9%A6usdt@trade"),
]


@pytest.mark.parametrize(("name", "encoded"), PATHS)
def test_a_raw_stream_has_its_name_in_the_path(name, encoded):
    """The path is ``/ws/<name>``, and what a URL cannot hold, ``+`` among it, is percent-encoded."""
    assert names.raw_path(name) == f"/ws/{encoded}"


@pytest.mark.parametrize(("name", "encoded"), PATHS)
@pytest.mark.parametrize("unit", [None, "MILLISECOND", "MICROSECOND"])
def test_microseconds_are_asked_for_in_the_query(name, encoded, unit):
    """timeUnit is the query of a raw stream and the end of a combined one; the default is not sent."""
    query = "timeUnit=MICROSECOND" if unit == "MICROSECOND" else ""
    assert names.raw_path(name, unit) == f"/ws/{encoded}" + (query and f"?{query}")
    combined = f"/stream?streams=a@trade/{encoded}" + (query and f"&{query}")
    assert names.combined_path(("a@trade", name), 8000, unit) == (combined, 2)


def test_combined_streams_stand_in_the_query():
    """The path is ``/stream?streams=`` and the encoded names with bare slashes between."""
    several, encoded = zip(*PATHS, strict=True)
    assert names.combined_path(several, 8000) == ("/stream?streams=" + "/".join(encoded), len(PATHS))
    assert names.combined_path((), 8000) == ("/stream", 0)
    assert names.combined_path((), 8000, "MICROSECOND") == ("/stream?timeUnit=MICROSECOND", 0)


@pytest.mark.parametrize("name", ["all trades", "a", "x" * 60, "Märkte", "streams", "user2", "1"])
def test_a_key_of_the_users_own_is_taken_as_it_is(name):
    """It is a short text."""
    assert names.own_key(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "x" * 61, "a\n", "\x1b[2J", None, 7, b"all"),
        *("bnbbtc@trade", "streams=a", "book:bnbbtc", "a#1", "a/b"),
        *("user", "margin", "usdm_user", "coinm_user", "options_user", "portfolio_margin"),
    ],
)
def test_a_key_of_the_users_own_is_no_other_sockets(name):
    """What may be the key of another socket, or would not fit a line, is refused with a reason."""
    with pytest.raises(InvalidArgument, match=r"^name is "):
        names.own_key(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "my/name",
            "name is 'my/name', with '/' as in keys of other sockets; use a name without ",
        ),
        ("a/b@c", "with '/' '@' as in"),
        ("user", "name is 'user', the key of an account's socket; use any name but user, margin, "),
        ("x" * 61, "name is a str of 61 characters; use a text of 1 to 60 characters"),
    ],
)
def test_a_refused_key_is_told_its_own_reason(name, words):
    """A mark of other keys, an account's key or the length: only what is wrong with this one is named."""
    with pytest.raises(InvalidArgument) as raised:
        names.own_key(name)
    assert words in str(raised.value)
    assert ("margin" in str(raised.value)) == (name == "user")


# -- any text ---------------------------------------------------------------------------------------------


def assert_fits_a_url(name: str) -> None:
    """What every accepted name keeps to."""
    assert name
    assert not set(name) & set("/?#&%\\")
    assert not any(letter.isspace() for letter in name)
    raw = names.raw_path(name)
    assert raw.isascii()
    assert raw.isprintable()
    assert unquote(raw) == f"/ws/{name}"
    parts = urlsplit(f"wss://host.example{raw}")
    assert (unquote(parts.path), parts.query, parts.fragment) == (f"/ws/{name}", "", "")
    combined = urlsplit("wss://host.example" + names.combined_path((name, "a@trade"), 8000)[0])
    assert combined.fragment == ""
    assert [unquote(part) for part in combined.query.removeprefix("streams=").split("/")] == [name, "a@trade"]


@settings(deadline=None)
@example("\ud800")
@given(ANY_TEXT)
def test_any_symbol_is_refused_or_makes_a_name_that_fits_a_url(symbol):
    """Whatever text is passed as a symbol, no name comes out that would change a URL's meaning."""
    for call in BY_SYMBOL.values():
        with suppress(InvalidStream):
            assert_fits_a_url(call(symbol))


@settings(deadline=None)
@example("a@\ud800")
@given(st.one_of(ANY_TEXT, st.builds("{}@{}".format, ANY_TEXT, ANY_TEXT), ANY_TEXT.map("!{}".format)))
def test_any_stream_name_is_refused_or_fits_a_url(name):
    """Whatever text is passed as a stream name, what is let through is what a URL carries unharmed."""
    try:
        spelt = names.several([name])
    except InvalidStream:
        return
    assert_fits_a_url(spelt[0])


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=20))
def test_any_plain_symbol_is_taken_in_any_case(symbol):
    """Letters, digits, hyphens and underscores make a symbol, and its case does not matter."""
    assert names.lowered(symbol) == names.lowered(symbol.upper()) == names.lowered(symbol.lower())


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.binary()))
def test_any_levels_and_speed_and_interval_are_refused_or_offered(value):
    """Whatever value is passed, only names that the exchange offers come out."""
    offered = {"a@depth", "a@depth@100ms", "a@depth5", "a@depth10", "a@depth20"}
    with suppress(InvalidStream):
        assert names.depth("a", value) in offered
    with suppress(InvalidStream):
        assert names.depth("a", None, value) in offered
    with suppress(InvalidStream):
        assert names.kline("a", value).removeprefix("a@kline_") in bc.KLINE_INTERVALS
