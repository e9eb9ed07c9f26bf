"""Orders in fewer words, and the classic OCO as an order list."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance.exceptions import InvalidArgument
from binance.rest.oco import order_list
from binance.rest.orders import Orders

CLASSIC = {"symbol": "LTCBTC", "quantity": "0.624363", "price": "0.036435", "stopPrice": "0.960664"}

LIMIT = {"stopLimitPrice": "0.97", "stopLimitTimeInForce": "GTC"}

# Classic parameters beside the four of every OCO, by side, and what they are in an order list.
TRANSLATED = [
    ("SELL", {}, {
        "aboveType": "LIMIT_MAKER", "abovePrice": "0.036435",
        "belowType": "STOP_LOSS", "belowStopPrice": "0.960664",
    }),
    ("BUY", {}, {
        "belowType": "LIMIT_MAKER", "belowPrice": "0.036435",
        "aboveType": "STOP_LOSS", "aboveStopPrice": "0.960664",
    }),
    ("SELL", LIMIT, {
        "aboveType": "LIMIT_MAKER", "abovePrice": "0.036435",
        "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": "0.960664", "belowPrice": "0.97",
        "belowTimeInForce": "GTC",
    }),
    ("BUY", LIMIT, {
        "belowType": "LIMIT_MAKER", "belowPrice": "0.036435",
        "aboveType": "STOP_LOSS_LIMIT", "aboveStopPrice": "0.960664", "abovePrice": "0.97",
        "aboveTimeInForce": "GTC",
    }),
    ("SELL", {
        **LIMIT, "limitClientOrderId": "one", "stopClientOrderId": "two", "limitIcebergQty": "0.1",
        "stopIcebergQty": "0.2", "limitStrategyId": 1, "stopStrategyId": 2, "limitStrategyType": 1000001,
        "stopStrategyType": 1000002, "trailingDelta": 100,
    }, {
        "aboveType": "LIMIT_MAKER", "abovePrice": "0.036435", "aboveClientOrderId": "one",
        "aboveIcebergQty": "0.1", "aboveStrategyId": 1, "aboveStrategyType": 1000001,
        "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": "0.960664", "belowPrice": "0.97",
        "belowTimeInForce": "GTC", "belowClientOrderId": "two", "belowIcebergQty": "0.2",
        "belowStrategyId": 2, "belowStrategyType": 1000002, "belowTrailingDelta": 100,
    }),
    ("BUY", {
        "limitClientOrderId": "one", "stopClientOrderId": "two", "limitIcebergQty": "0.1",
        "trailingDelta": 100,
    }, {
        "belowType": "LIMIT_MAKER", "belowPrice": "0.036435", "belowClientOrderId": "one",
        "belowIcebergQty": "0.1",
        "aboveType": "STOP_LOSS", "aboveStopPrice": "0.960664", "aboveClientOrderId": "two",
        "aboveTrailingDelta": 100,
    }),
]  # fmt: skip

OF_THE_LIST = {
    "listClientOrderId": "mine",
    "newOrderRespType": "FULL",
    "selfTradePreventionMode": "NONE",
    "recvWindow": 5000,
}


@pytest.mark.parametrize(("side", "more", "legs"), TRANSLATED)
def test_a_classic_oco_is_an_order_list_with_its_legs_above_and_below(side, more, legs):
    """Selling, the limit leg is above the price; buying, it is below. Nothing is added or lost."""
    made = order_list({**CLASSIC, "side": side, **more, **OF_THE_LIST})
    assert made == {"symbol": "LTCBTC", "side": side, "quantity": "0.624363", **OF_THE_LIST, **legs}


def test_amounts_of_an_oco_stay_the_objects_they_are():
    """What sends them decides how they are written."""
    price = Decimal("0.0364350")
    made = order_list({**CLASSIC, "side": "SELL", "price": price})
    assert made["abovePrice"] is price


def test_a_trailing_stop_needs_no_stop_price():
    """Either of the two says when the stop leg is active."""
    made = order_list({**CLASSIC, "side": "SELL", "stopPrice": None, "trailingDelta": 50})
    assert (made["belowTrailingDelta"], "belowStopPrice" in made) == (50, False)


def test_parameters_of_an_order_list_are_passed_on_as_they_are():
    """A script of today uses the exchange's names, also of kinds that the classic call did not have."""
    today = {
        "symbol": "LTCBTC", "side": "SELL", "quantity": "1", "aboveType": "TAKE_PROFIT",
        "aboveStopPrice": "3", "belowType": "STOP_LOSS", "belowStopPrice": "1",
        "belowPegPriceType": "PRIMARY_PEG", "new": "thing",
    }  # fmt: skip
    assert order_list({**today, "listClientOrderId": None}) == today


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"side": None}, "needs side"),
        ({"price": None, "stopPrice": None}, "needs price, stopPrice"),
        ({"quantity": None}, "needs quantity"),
        ({"side": "buy"}, "side is 'buy'; use 'BUY' or 'SELL'"),
        ({"stopLimitPrice": "1"}, "needs stopLimitTimeInForce; use 'GTC', 'IOC' or 'FOK'"),
        ({"stopLimitTimeInForce": "GTC"}, "use stopLimitPrice with it"),
        ({"stopIcebergQty": "0.1"}, "use stopLimitPrice with it"),
        ({"limitPrice": "1"}, "no limitPrice; use price"),
        ({"timeInForce": "GTC"}, "no timeInForce; use"),
        ({"aboveType": "LIMIT_MAKER"}, "has no price, stopPrice; use the parameters that begin with above"),
    ],
)
def test_what_does_not_fit_says_what_to_use(changed, words):
    """Nothing is sent that would mean something else."""
    with pytest.raises(InvalidArgument, match=words):
        order_list({**CLASSIC, "side": "SELL", **changed})


class Sent(Orders):
    """Records what is called."""

    def __init__(self):
        self.calls = []

    def _call(self, name, params):
        self.calls.append((name, dict(params)))
        return {"orderId": 7}


AMOUNTS = {"symbol": "BNBBTC", "quantity": "1.10", "price": Decimal("0.0010")}

ORDERS = [
    (
        lambda c: c.order_limit(side="SELL", **AMOUNTS),
        {"side": "SELL", "type": "LIMIT", "timeInForce": "GTC"},
    ),
    (lambda c: c.order_limit_buy(**AMOUNTS), {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}),
    (lambda c: c.order_limit_buy("IOC", **AMOUNTS), {"side": "BUY", "type": "LIMIT", "timeInForce": "IOC"}),
    (
        lambda c: c.order_limit_sell(timeInForce="FOK", **AMOUNTS),
        {"side": "SELL", "type": "LIMIT", "timeInForce": "FOK"},
    ),
    (lambda c: c.order_market(side="BUY", **AMOUNTS), {"side": "BUY", "type": "MARKET"}),
    (lambda c: c.order_market_buy(**AMOUNTS), {"side": "BUY", "type": "MARKET"}),
    (lambda c: c.order_market_sell(**AMOUNTS), {"side": "SELL", "type": "MARKET"}),
    # what the name says wins
    (lambda c: c.order_market_sell(side="BUY", type="LIMIT", **AMOUNTS), {"side": "SELL", "type": "MARKET"}),
]


@pytest.mark.parametrize(("order", "filled_in"), ORDERS)
def test_an_order_in_fewer_words_has_its_type_and_side_filled_in(order, filled_in):
    """Everything else is sent as it is given, and the answer is returned."""
    client = Sent()
    assert order(client) == {"orderId": 7}
    assert client.calls == [("create_order", {**AMOUNTS, **filled_in})]


@pytest.mark.parametrize(("order", "side"), [(Orders.order_oco_buy, "BUY"), (Orders.order_oco_sell, "SELL")])
def test_an_oco_in_fewer_words_has_its_side_filled_in(order, side):
    """It goes to the call of order lists."""
    client = Sent()
    assert order(client, **CLASSIC) == {"orderId": 7}
    assert client.calls == [("create_order_list_oco", order_list({**CLASSIC, "side": side}))]


def test_a_subclass_that_overrides_create_order_sees_every_order():
    """A script that only simulates places nothing by the shorter names."""

    class Paper(Sent):
        def create_order(self, **params):
            return {"paper": params["side"]}

        def create_oco_order(self, **params):
            return {"paper": params["side"]}

    client = Paper()
    assert client.order_limit_buy(**AMOUNTS) == {"paper": "BUY"}
    assert client.order_market_sell(**AMOUNTS) == {"paper": "SELL"}
    assert client.order_oco_sell(**CLASSIC) == {"paper": "SELL"}
    assert client.calls == []
