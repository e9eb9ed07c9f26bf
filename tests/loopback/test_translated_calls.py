"""Calls of 0.7 that the exchange has in another form: what the translated ones send and return."""

from __future__ import annotations

from typing import Any

import pytest

from binance.client import Client
from binance.exceptions import BinanceRequestException, InvalidArgument, Retired

from ..http_server import Answer, running

KEY, SECRET = "api-key-Qm8Zr4Tn", "api-secret-Wp6Xs2Vd"
ADDED = ("timestamp", "signature")


@pytest.fixture
def server():
    """A running server, closed when the test ends."""
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    """A client whose clock is known, so that nothing is asked but what a test asks."""
    client = Client(KEY, SECRET, endpoints=server.endpoints)
    client.correct_clock(0.0, 0.0, 0.0)
    return client


def sent(server) -> tuple[str, dict[str, str]]:
    """The path of the one call, and its parameters."""
    [seen] = server.seen
    both = {**seen.query, **seen.form}
    return seen.path, {name: values[0] for name, values in both.items() if name not in ADDED}


@pytest.mark.parametrize(
    ("name", "params", "path", "expected"),
    [
        ("transfer_spot_to_isolated_margin", {"asset": "BNB", "symbol": "BNBBTC", "amount": "1"},
         "/sapi/v1/asset/transfer",
         {"type": "MAIN_ISOLATED_MARGIN", "asset": "BNB", "toSymbol": "BNBBTC", "amount": "1"}),
        ("transfer_isolated_margin_to_spot", {"asset": "BNB", "symbol": "BNBBTC", "amount": "1"},
         "/sapi/v1/asset/transfer",
         {"type": "ISOLATED_MARGIN_MAIN", "asset": "BNB", "fromSymbol": "BNBBTC", "amount": "1"}),
        ("futures_account_transfer", {"asset": "USDT", "amount": 5, "type": 1},
         "/sapi/v1/asset/transfer", {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": "5"}),
        ("futures_account_transfer", {"asset": "USDT", "amount": 5, "type": "4"},
         "/sapi/v1/asset/transfer", {"type": "CMFUTURE_MAIN", "asset": "USDT", "amount": "5"}),
        ("create_margin_loan", {"asset": "BTC", "amount": "1.1"}, "/sapi/v1/margin/borrow-repay",
         {"type": "BORROW", "asset": "BTC", "amount": "1.1", "isIsolated": "FALSE"}),
        ("repay_margin_loan", {"asset": "BTC", "amount": "1", "isIsolated": "TRUE", "symbol": "BNBBTC"},
         "/sapi/v1/margin/borrow-repay",
         {"type": "REPAY", "asset": "BTC", "amount": "1", "isIsolated": "TRUE", "symbol": "BNBBTC"}),
        ("withdraw", {"asset": "BTC", "address": "x", "amount": 0.001, "withdrawOrderId": "w"},
         "/sapi/v1/capital/withdraw/apply",
         {"coin": "BTC", "address": "x", "amount": "0.001", "withdrawOrderId": "w"}),
        ("transfer_dust", {"asset": ["BTC", "USDT"]}, "/sapi/v1/asset/dust", {"asset": "BTC,USDT"}),
        ("futures_create_order", {"symbol": "BTCUSDT", "type": "MARKET", "newClientOrderId": "a"},
         "/fapi/v1/order", {"symbol": "BTCUSDT", "type": "MARKET", "newClientOrderId": "a"}),
    ],
)  # fmt: skip
def test_a_call_is_sent_in_the_form_of_today(client, server, name, params, path, expected):
    """The parameters that 0.7 took become those that the exchange takes."""
    server.answer = lambda seen: Answer({"tranId": 7})
    assert getattr(client, name)(**params) == {"tranId": 7}
    assert sent(server) == (path, expected)


@pytest.mark.parametrize(
    ("name", "params", "path"),
    [
        ("get_margin_asset", {"asset": "BNB"}, "/sapi/v1/margin/allAssets"),
        ("get_margin_symbol", {"symbol": "BNBBTC"}, "/sapi/v1/margin/allPairs"),
        ("get_isolated_margin_symbol", {"symbol": "BNBBTC"}, "/sapi/v1/margin/isolated/allPairs"),
    ],
)
def test_one_of_a_list_is_returned_as_an_object(client, server, name, params, path):
    """The exchange has a list now; there is none, or no name: an error says so."""
    rows: list[Any] = [{"id": 1}]
    server.answer = lambda seen: Answer(rows)
    assert getattr(client, name)(**params) == {"id": 1}
    assert sent(server) == (path, params)
    rows.clear()
    with pytest.raises(BinanceRequestException, match="no "):
        getattr(client, name)(**params)
    with pytest.raises(InvalidArgument, match="missing"):
        getattr(client, name)()


@pytest.mark.parametrize("direction", [0, 5, "IN", None, 1.5])
def test_a_direction_that_there_is_not_moves_nothing(client, server, direction):
    """The error lists those that there are."""
    with pytest.raises(InvalidArgument, match="spot to USD-M"):
        client.futures_account_transfer(asset="USDT", amount=1, type=direction)
    assert server.seen == []


def test_a_parameter_is_given_by_one_name(client, server):
    """The old and the new one of the same parameter contradict each other."""
    with pytest.raises(InvalidArgument, match="use coin"):
        client.withdraw(asset="BTC", coin="USDT", address="x", amount=1)
    with pytest.raises(InvalidArgument, match="'BORROW' alone"):
        client.create_margin_loan(asset="BTC", amount=1, type="REPAY")
    assert server.seen == []


@pytest.mark.parametrize("kind", ["STOP_MARKET", "TAKE_PROFIT", "TRAILING_STOP_MARKET"])
def test_a_stop_order_of_futures_says_where_it_belongs(client, server, kind):
    """Nothing is sent; the call that takes it takes the same parameters."""
    order = {"symbol": "BTCUSDT", "side": "SELL", "type": kind, "stopPrice": "9", "quantity": "1"}
    with pytest.raises(Retired, match="futures_create_algo_order"):
        client.futures_create_order(**order)
    assert server.seen == []
    client.futures_create_algo_order(**order, newClientOrderId="mine")
    path, params = sent(server)
    assert path == "/fapi/v1/algoOrder"
    assert (params["triggerPrice"], params["clientAlgoId"], params["type"]) == ("9", "mine", kind)
