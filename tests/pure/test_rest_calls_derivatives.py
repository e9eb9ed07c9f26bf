"""The rows of the REST table for futures, options and portfolio margin."""

from __future__ import annotations

import re

import pytest

from binance.rest.calls import HOSTS, Call
from binance.rest.calls_futures import CALLS as FUTURES
from binance.rest.calls_options import CALLS as OPTIONS
from binance.rest.rows import COINM, PORTFOLIO_MARGIN, USDM, pairs, rows
from binance.rest.rows import OPTIONS as OPTIONS_PART

CALLS = (*FUTURES, *OPTIONS)
BY_NAME = {call.name: call for call in CALLS}
PARTS = {part.venue: part for part in (USDM, COINM, OPTIONS_PART, PORTFOLIO_MARGIN)}
#: What is the same of both venues of futures, with the paths where they differ in more than the first letter.
PAIRS = [
    (call, BY_NAME[twin])
    for call in FUTURES
    if call.venue == USDM.venue and (twin := call.name.replace("futures", "futures_coin", 1)) in BY_NAME
]
VERSIONS = {
    "futures_account": ("/fapi/v2/account", "/dapi/v1/account"),
    "futures_account_balance": ("/fapi/v3/balance", "/dapi/v1/balance"),
    "futures_position_information": ("/fapi/v2/positionRisk", "/dapi/v1/positionRisk"),
    "futures_symbol_ticker": ("/fapi/v2/ticker/price", "/dapi/v1/ticker/price"),
    "futures_leverage_bracket": ("/fapi/v1/leverageBracket", "/dapi/v2/leverageBracket"),
}

every_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
every_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)


@every_call
def test_a_row_says_where_its_call_goes(call: Call):
    """Name and path of a row are those of its venue, and a known host serves it."""
    part = PARTS[call.venue]
    assert call.venue in HOSTS
    assert re.fullmatch(part.prefix + "(_[a-z]+)+", call.name)
    assert call.name.startswith("futures_coin_") == (call.venue == COINM.venue)
    assert call.verb in {"GET", "POST", "PUT", "DELETE"}
    assert re.fullmatch(rf"({part.base[:-1]}[123]|/futures/data)(/[A-Za-z0-9]+)+", call.path)


@every_call
def test_a_row_says_what_its_call_does_and_takes(call: Call):
    """A row has a sentence, the answer's shape and a source; mandatory parameters come first."""
    assert re.fullmatch(r"[A-Z].+\w\.", call.does)
    assert call.returns.count("{") == call.returns.count("}")
    assert call.returns.count("[") == call.returns.count("]")
    assert call.returns
    assert re.fullmatch(re.escape(PARTS[call.venue].pages) + ', "[^"]+"', call.source)
    assert re.fullmatch(r"(\w+( \w+)*)?( ?\[\w+( \w+)*\])?", call.params)
    names = [*call.needed, *call.optional]
    assert len(names) == len(set(names))


@every_call
def test_what_the_client_adds_to_a_call_is_none_of_its_parameters(call: Call):
    """Time, signature and fixed parameters are not the caller's; a made id and an argument are."""
    names = [*call.needed, *call.optional]
    added = {"timestamp", "signature", "recvWindow", "listenKey", *dict(call.fixed)}
    assert added.isdisjoint(names)
    assert set(call.args.split()) <= set(names)
    assert call.made.partition(".")[0] in ["", *names]
    assert {new for _, new in call.renamed} <= set(names)
    assert {old for old, _ in call.renamed}.isdisjoint(names)


@every_call
def test_what_changes_something_needs_a_key(call: Call):
    """Only reading goes without a key; of all else only the listen key goes without a signature."""
    if call.path.endswith("/listenKey"):
        assert call.security == "key"
    elif call.verb != "GET":
        assert call.security == "signed"


@every_call
def test_weights_are_bounds(call: Call):
    """A row's greatest weight, if it gives one, is above its least."""
    assert call.weight >= 0
    assert call.most == 0 or call.most > call.weight


@every_call
def test_every_order_gets_a_client_order_id(call: Call):
    """Exactly the calls that place orders make their ids, those of a list in each of its orders."""
    ids = {
        "futures_create_order": "newClientOrderId",
        "futures_create_test_order": "newClientOrderId",
        "futures_place_batch_order": "batchOrders.newClientOrderId",
        "futures_create_algo_order": "clientAlgoId",
        "futures_coin_create_order": "newClientOrderId",
        "futures_coin_place_batch_order": "batchOrders.newClientOrderId",
        "futures_coin_create_algo_order": "clientAlgoId",
        "options_place_order": "clientOrderId",
        "options_place_batch_order": "orders.clientOrderId",
    }
    assert call.made == ids.get(call.name, "")


@every_pair
def test_both_venues_of_futures_are_asked_the_same(pair: tuple[Call, Call]):
    """A call of COIN-M differs from that of USD-M in its path's first letter, and where a version says so."""
    usdm, coinm = pair
    same = (usdm.path, usdm.path.replace("/fapi/", "/dapi/"))
    assert (usdm.path, coinm.path) == VERSIONS.get(usdm.name, same)
    for field in ("verb", "security", "fixed", "renamed", "made", "args", "unsent", "picks", "by_account"):
        assert getattr(usdm, field) == getattr(coinm, field), field
    assert "futures_create" not in coinm.does
    assert "futures_coin" not in usdm.does


def test_coin_m_has_no_call_of_its_own():
    """Every call of COIN-M has its twin, so that a test over pairs reads all of them."""
    assert {coinm.name for _, coinm in PAIRS} == {call.name for call in FUTURES if call.venue == COINM.venue}
    assert set(VERSIONS) <= {usdm.name for usdm, _ in PAIRS}


@pytest.mark.parametrize("part", PARTS.values(), ids=lambda part: part.venue)
def test_a_listen_key_is_got_extended_and_deleted_without_sending_it(part):
    """The calls of the listen key go by the API key; one returns it, two take it and do not send it."""
    get, keepalive, close = (
        BY_NAME[f"{part.prefix}_stream_{what}"] for what in ("get_listen_key", "keepalive", "close")
    )
    assert {call.path for call in (get, keepalive, close)} == {f"{part.base}/listenKey"}
    assert [call.verb for call in (get, keepalive, close)] == ["POST", "PUT", "DELETE"]
    assert [call.unsent for call in (get, keepalive, close)] == ["", "listenKey", "listenKey"]
    assert [call.picks for call in (get, keepalive, close)] == ["listenKey", "", ""]


def test_a_pair_gives_coin_m_what_differs_there():
    """What is said of COIN-M wins; all else is the same call at its own venue."""
    usdm, coinm = pairs("GET", "none")(
        "futures_x", "/fapi/v2/x", "Do x.", "", "{}", "X", weight=5, coinm={"path": "/dapi/v1/x", "weight": 1}
    )
    assert (usdm.name, usdm.venue, usdm.path, usdm.weight) == ("futures_x", "usdm", "/fapi/v2/x", 5)
    assert (coinm.name, coinm.venue, coinm.path, coinm.weight) == ("futures_coin_x", "coinm", "/dapi/v1/x", 1)
    assert (usdm.source, coinm.source) == ('*USD-M Futures*, "X"', '*COIN-M Futures*, "X"')


def test_a_misspelt_field_of_a_row_raises():
    """A row with a field that no row has fails when the table is read."""
    said = ("futures_x", "/fapi/v1/x", "Do x.", "", "{}", "X")
    with pytest.raises(TypeError, match="wieght"):
        rows(USDM, "GET", "none")(*said, wieght=5)
    with pytest.raises(TypeError, match="wieght"):
        pairs("GET", "none")(*said, coinm={"wieght": 5})
