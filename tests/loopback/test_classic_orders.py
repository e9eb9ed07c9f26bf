"""Orders and lookups of the classic client, as they are sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox

from ..http_server import Answer, Seen, Server, running

ANSWERS: dict[str, Any] = {
    "/api/v3/account": {"balances": [{"asset": "BNB", "free": "1.5", "locked": "0"}]},
    "/api/v3/exchangeInfo": {"symbols": [{"symbol": "BNBBTC"}]},
    "/sapi/v1/capital/withdraw/history": [{"id": "a1", "amount": "8.9"}],
}


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        server.answer = lambda seen: Answer(
            {"serverTime": int(time.time() * 1000)}
            if seen.path == "/api/v3/time"
            else ANSWERS.get(seen.path, {"orderId": 7})
        )
        yield server


@pytest.fixture
def client(server: Server) -> Client:
    return Client("key", "secret", endpoints=server.endpoints)


def sent(seen: Seen) -> dict[str, str]:
    """The parameters of a call, without those of its signature."""
    found = seen.form or seen.query
    return {
        name: one for name, (one,) in found.items() if name not in ("timestamp", "signature", "recvWindow")
    }


def test_an_order_in_fewer_words_is_sent_digit_by_digit(server, client):
    """To the call of all orders, with a client order id."""
    amounts = {"quantity": Decimal("1.10"), "price": "0.00000100"}
    assert client.order_limit_buy(symbol="BNBBTC", **amounts) == {"orderId": 7}
    seen = server.seen[-1]
    assert (seen.method, seen.path) == ("POST", "/api/v3/order")
    params = sent(seen)
    assert len(params.pop("newClientOrderId")) >= 16
    assert params == {
        "symbol": "BNBBTC",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "1.10",
        "price": "0.00000100",
    }


def test_a_classic_oco_is_sent_as_an_order_list(server, client):
    """Its legs are above and below the price, and the list has a client order id."""
    amounts = {"quantity": "1", "price": "3.0", "stopPrice": "1.0", "stopLimitPrice": "0.9"}
    client.order_oco_sell(symbol="LTCBTC", stopLimitTimeInForce="GTC", **amounts)
    seen = server.seen[-1]
    assert (seen.method, seen.path) == ("POST", "/api/v3/orderList/oco")
    params = sent(seen)
    assert len(params.pop("listClientOrderId")) >= 16
    assert params == {
        "symbol": "LTCBTC",
        "side": "SELL",
        "quantity": "1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": "3.0",
        "belowType": "STOP_LOSS_LIMIT",
        "belowStopPrice": "1.0",
        "belowPrice": "0.9",
        "belowTimeInForce": "GTC",
    }


def test_an_oco_that_does_not_fit_is_not_sent(server, client):
    """The error comes before any call."""
    with pytest.raises(InvalidArgument, match="needs stopLimitTimeInForce"):
        client.order_oco_buy(symbol="A", quantity="1", price="1", stopPrice="3", stopLimitPrice="4")
    assert server.seen == []


def test_lookups_return_one_entry(server, client):
    """Of a symbol, a balance and a withdrawal."""
    assert client.get_symbol_info("bnbbtc") == {"symbol": "BNBBTC"}
    assert client.get_asset_balance("bnb") == {"asset": "BNB", "free": "1.5", "locked": "0"}
    assert client.get_asset_balance("ETH") is None
    assert client.get_withdraw_history_id("a1") == {"id": "a1", "amount": "8.9"}
    assert sent(server.seen[0]) == {"symbol": "BNBBTC"}
    assert sent(server.seen[-1]) == {"idList": "a1"}


def legs(answer: dict[str, Any]) -> set[tuple[str, ...]]:
    """Of an OCO's orders what says which is which; prices as numbers without their zeros."""
    members = ("type", "side", "price", "stopPrice", "clientOrderId")
    return {
        tuple(str(report.get(member, "")).rstrip("0").rstrip(".") for member in members)
        for report in answer["orderReports"]
    }


def test_classic_orders_stand_at_the_exchange():
    """The limit order of an OCO that sells is above the price, of one that buys below; the stop opposite."""
    with Sandbox(rate=0, symbols=["BNBBTC"], api_keys={"key": "secret"}) as sandbox:
        client = Client("key", "secret", endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
        price = Decimal(client.get_symbol_ticker(symbol="BNBBTC")["price"])
        high, low, lower = (format(price * Decimal(share), ".6f") for share in ("1.1", "0.9", "0.8"))
        what = {"symbol": "BNBBTC", "quantity": "1", "limitClientOrderId": "one", "stopClientOrderId": "two"}
        sells = client.order_oco_sell(
            **what, price=high, stopPrice=low, stopLimitPrice=lower, stopLimitTimeInForce="GTC"
        )
        high_, low_, lower_ = (text.rstrip("0") for text in (high, low, lower))
        assert legs(sells) == {
            ("LIMIT_MAKER", "SELL", high_, "", "one"),
            ("STOP_LOSS_LIMIT", "SELL", lower_, low_, "two"),
        }
        what |= {"limitClientOrderId": "three", "stopClientOrderId": "four"}
        buys = client.order_oco_buy(**what, price=low, stopPrice=high)
        assert legs(buys) == {
            ("LIMIT_MAKER", "BUY", low_, "", "three"),
            ("STOP_LOSS", "BUY", "0", high_, "four"),
        }
        assert client.order_market_buy(symbol="BNBBTC", quantity="0.1")["status"] == "FILLED"
        limit = client.order_limit_sell(symbol="BNBBTC", quantity="0.1", price=high, newClientOrderId="five")
        assert limit["status"] == "NEW"
        standing = {order["clientOrderId"] for order in client.get_open_orders(symbol="BNBBTC")}
        assert standing == {"one", "two", "three", "four", "five"}
