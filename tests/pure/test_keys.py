"""Keys of many streams in words: shortened there, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.events import Event
from binance.text.keys import LONGEST_KEY, SHORT_ENOUGH, short_key, short_value, shortened

MANY = [f"s{number}@aggTrade" for number in range(1000)]
KEY = "streams=" + "/".join(MANY)
SHORT = "streams=s0@aggTrade/...+999"

#: Names as the exchange spells them, of symbols in any script.
NAMES = st.from_regex(r"[\w.-]{1,39}\w@[A-Za-z][\w@+:-]{0,38}[A-Za-z0-9]", fullmatch=True)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("bnbbtc@trade", "bnbbtc@trade"),
        ("user", "user"),
        ("isolated_margin:BNBBTC", "isolated_margin:BNBBTC"),
        ("streams=bnbbtc@aggTrade/neobtc@ticker", "streams=bnbbtc@aggTrade/neobtc@ticker"),
        ("streams=bnbbtc@trade/ethbtc@trade/ltcbtc@trade", "streams=bnbbtc@trade/ethbtc@trade/ltcbtc@trade"),
        (KEY, SHORT),
        (f"usdm:{KEY}", f"usdm:{SHORT}"),
        ("streams=!miniTicker@arr/" + "/".join(MANY), "streams=!miniTicker@arr/...+1000"),
        (
            "streams=" + "/".join(["币安人生usdt@kline_1d@+08:00"] * 9),
            "streams=币安人生usdt@kline_1d@+08:00/...+8",
        ),
        ("a" * 40 + "@" + "b" * 41, "a" * 40 + "@" + "b" * 41),
        ("n" * 500, "n" * 100 + "... (500 characters)"),
    ],
)
def test_a_key_is_shown_whole_or_by_its_first_name(key, shown):
    """Two or three names are shown; of more the first, and how many there are besides."""
    assert short_key(key) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"no open socket has the key '{KEY}'", f"no open socket has the key '{SHORT}'"),
        (f"{KEY}: lost", f"{SHORT}: lost"),
        (f"{KEY}, {KEY}.", f"{SHORT}, {SHORT}."),
        (f"GET wss://a.example:9443/stream?{KEY}&b=1", f"GET wss://a.example:9443/stream?{SHORT}&b=1"),
        (
            "it is short/enough, streams=a@trade/b@trade " * 9,
            "it is short/enough, streams=a@trade/b@trade " * 9,
        ),
        ("a/b/c " * 99, "a/b/c " * 99),
    ],
)
def test_the_lists_in_a_sentence_are_shortened_and_nothing_else(text, shown):
    """Whatever stands before or behind a list stays as it is."""
    assert shortened(text) == shown


@given(st.lists(NAMES, min_size=1, max_size=40))
def test_what_is_shown_is_bounded_and_says_how_many_there_are(names):
    """Any names: a short key stays; of a long one the first name and the number are shown."""
    key = "streams=" + "/".join(names)
    shown = short_key(key)
    assert len(shown) <= LONGEST_KEY
    if len(key) <= SHORT_ENOUGH or len(names) == 1:
        assert shown == key
    else:
        assert shown == f"streams={names[0]}/...+{len(names) - 1}"


@given(st.text())
def test_no_text_is_made_longer(text):
    """Any text, with a long list in it or without."""
    assert len(shortened(text)) <= len(text)
    assert shortened(f"{text} {KEY} {text}").count(SHORT) == 1


def test_the_repr_of_an_event_is_short_and_the_event_is_whole():
    """Its key, the URL and lists of names: whole for a program, shortened for whoever prints it."""
    url = f"wss://stream.example:9443/stream?{KEY}"
    event = Event("subscribed", KEY, 1.5, {"url": url, "streams": MANY, "seconds": 0.25})
    assert repr(event) == (
        f"Event(kind='subscribed', conn_key='{SHORT}', time=1.5, info={{"
        f"'url': 'wss://stream.example:9443/stream?{SHORT}', "
        "'streams': ['s0@aggTrade', '...+999'], 'seconds': 0.25})"
    )
    assert str(event) == repr(event)
    assert (event.conn_key, event.info["url"], event.info["streams"]) == (KEY, url, MANY)


def test_the_repr_of_an_ordinary_event_can_be_read_back():
    """Nothing is shortened in it."""
    event = Event("gap", "bnbbtc@trade", 2.0, {"stream": "bnbbtc@trade", "first": 1, "last": 2, "count": 2})
    assert eval(repr(event)) == event


@pytest.mark.parametrize(
    "value", [None, 7, 0.5, True, ["a@trade", "b@trade", "c@trade"], ("a@trade",), {"a": 1}]
)
def test_other_values_stay_as_they_are(value):
    """Numbers, and lists of a few names."""
    assert short_value(value) is value
