"""Accounts by listen key: their calls, hosts and URLs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.account.listen_key import bare
from binance.endpoints import BINANCE_COM, BINANCE_US, SPOT_TESTNET
from binance.venues.listen_keys import (
    COINM_ACCOUNT,
    OPTIONS_ACCOUNT,
    PORTFOLIO_MARGIN_ACCOUNT,
    SPOT_ACCOUNT,
    USDM_ACCOUNT,
)
from binance.venues.names import ACCOUNT_KEYS

from ..event_fields import USDM

ACCOUNTS = (SPOT_ACCOUNT, USDM_ACCOUNT, COINM_ACCOUNT, OPTIONS_ACCOUNT, PORTFOLIO_MARGIN_ACCOUNT)
NAMES = st.text(max_size=70)
EVENTS = st.dictionaries(NAMES.filter(lambda name: name != "stream"), st.text() | st.integers(), max_size=4)


@pytest.mark.parametrize(
    ("account", "url"),
    [
        (SPOT_ACCOUNT, "wss://stream.binance.com:9443/ws/KEY"),
        (COINM_ACCOUNT, "wss://dstream.binance.com/ws/KEY"),
        (OPTIONS_ACCOUNT, "wss://fstream.binance.com/private/ws/KEY"),
        (PORTFOLIO_MARGIN_ACCOUNT, "wss://fstream.binance.com/pm/ws/KEY"),
    ],
    ids=lambda given: getattr(given, "conn_key", None),
)
def test_a_key_is_in_the_path(account, url):
    """Where the exchange serves the events of each account; what is shown has no key."""
    assert account.url(BINANCE_COM, "KEY") == url
    assert account.shown_url(BINANCE_COM) == url.replace("KEY", "***")


def test_a_key_of_usdm_is_in_the_query_with_all_events():
    """A key in the path, or one without events, is silent; every documented event is named once."""
    url = urlsplit(USDM_ACCOUNT.url(BINANCE_COM, "KEY"))
    assert (url.scheme, url.netloc, url.path) == ("wss", "fstream.binance.com", "/private/ws")
    query = parse_qs(url.query)
    assert query["listenKey"] == ["KEY"]
    assert sorted(query["events"][0].split("/")) == sorted(USDM)
    assert USDM_ACCOUNT.shown_url(BINANCE_COM) == "wss://fstream.binance.com/private/ws?listenKey=***"


@pytest.mark.parametrize(
    ("account", "calls", "host"),
    [
        (SPOT_ACCOUNT, "stream_", "https://api.binance.com"),
        (USDM_ACCOUNT, "futures_stream_", "https://fapi.binance.com"),
        (COINM_ACCOUNT, "futures_coin_stream_", "https://dapi.binance.com"),
        (OPTIONS_ACCOUNT, "options_stream_", "https://eapi.binance.com"),
        (PORTFOLIO_MARGIN_ACCOUNT, "papi_stream_", "https://papi.binance.com"),
    ],
    ids=lambda given: getattr(given, "conn_key", None),
)
def test_keys_are_had_by_calls_of_their_own_from_hosts_of_their_own(account, calls, host):
    """The names of the client's calls, and the REST host of each venue."""
    assert (account.get, account.keep_alive) == (f"{calls}get_listen_key", f"{calls}keepalive")
    assert account.rest_url(BINANCE_COM) == host


def test_hosts_are_those_of_the_endpoints():
    """binance.us has a host of its own for spot, and a testnet for derivatives."""
    assert SPOT_ACCOUNT.url(BINANCE_US, "KEY") == "wss://stream.binance.us:9443/ws/KEY"
    assert COINM_ACCOUNT.url(SPOT_TESTNET, "KEY") == "wss://dstream.binancefuture.com/ws/KEY"
    assert OPTIONS_ACCOUNT.rest_url(SPOT_TESTNET) == "https://testnet.binancefuture.com"


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.conn_key)
def test_the_connection_keys_are_reserved(account):
    """No multiplex socket can be given the key of an account."""
    assert account.conn_key in ACCOUNT_KEYS


@given(st.text(min_size=1))
def test_whatever_a_key_holds_it_stays_one_value(listen_key):
    """It adds no path, no query and no fragment."""
    for account in ACCOUNTS:
        one, other = (urlsplit(account.url(BINANCE_COM, key)) for key in (listen_key, "K"))
        assert one.fragment == ""
        assert one.path.count("/") == other.path.count("/")
        assert parse_qs(one.query).keys() == parse_qs(other.query).keys()


@given(EVENTS, NAMES)
def test_an_event_is_the_same_wrapped_and_bare(event, name):
    """Under whichever name it comes."""
    assert bare(event) is event
    assert bare({"stream": name, "data": event}) is event


@pytest.mark.parametrize(
    "message", [[], None, 5, "text", ValueError("x"), {}, {"stream": "K"}, {"stream": "K", "data": []}]
)
def test_what_is_no_wrapped_event_is_left_as_it_is(message):
    """Lists, errors of the decoder, and objects of another form."""
    assert bare(message) is message
