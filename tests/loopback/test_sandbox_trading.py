"""The trading side of the sandbox's spot, over real HTTP and WebSockets: calls, errors, limits, events."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.answers import rest
from binance.sandbox.answers.orders import TRADING
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import UNIT, decimal, units

from ..sandbox_case import Response, SandboxTestCase

API_KEY, SECRET = "a-key", "a-secret-of-this-test"

PLACED = "symbol orderId orderListId clientOrderId transactTime"
AMOUNTS = "price origQty executedQty origQuoteOrderQty cummulativeQuoteQty status timeInForce type side"
RESULT = f"{PLACED} {AMOUNTS} workingTime selfTradePreventionMode"
CANCELED = f"{PLACED} {AMOUNTS} origClientOrderId selfTradePreventionMode"
QUERIED = f"""symbol orderId orderListId clientOrderId {AMOUNTS} stopPrice icebergQty time updateTime
    isWorking workingTime selfTradePreventionMode"""
TRADE = """symbol id orderId orderListId price qty quoteQty commission commissionAsset time isBuyer isMaker
    isBestMatch"""
LISTED = """orderListId contingencyType listStatusType listOrderStatus listClientOrderId transactionTime
    symbol orders"""


class TradingCase(SandboxTestCase):
    """A market of one symbol that moves only where a test moves it."""

    def start(self, **options):
        given = {"rate": 0, "symbols": ["BNBBTC", "ETHBTC"], "api_keys": {API_KEY: SECRET}, **options}
        self.sandbox = self.exchange(**given)
        return self.sandbox

    async def signed(self, method, path, api_key=API_KEY, **params):
        """Make a signed call; return the answer."""
        query = urlencode({**params, "timestamp": int(time.time() * 1000)})
        signature = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
        return await self.http(method, f"{path}?{query}&signature={signature}", api_key)

    async def ok(self, method, path, **params):
        """Make a signed call that has to succeed; return what it answers."""
        answer = await self.signed(method, path, **params)
        assert answer.status == 200, answer.body
        return answer.json()

    async def error(self, method, path, **params):
        """Make a signed call that has to fail; return status, code and message."""
        answer = await self.signed(method, path, **params)
        return (answer.status, answer.json()["code"], answer.json()["msg"])

    async def order(self, **params):
        return await self.ok("POST", "/api/v3/order", **{**LIMIT, **params})

    async def refused(self, **params):
        """Send an order that is refused; return code and message."""
        given = {name: value for name, value in {**LIMIT, **params}.items() if value is not None}
        status, *rest = await self.error("POST", "/api/v3/order", **given)
        assert status == 400
        return tuple(rest)

    async def balances(self):
        account = await self.ok("GET", "/api/v3/account")
        return {item["asset"]: (item["free"], item["locked"]) for item in account["balances"]}


LIMIT = {
    "symbol": "BNBBTC", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1",
    "price": "0.00880000",
}  # fmt: skip
MARKET = {"type": "MARKET", "timeInForce": None, "price": None}
STOP = {"type": "STOP_LOSS_LIMIT", "side": "SELL", "price": "0.00860000", "stopPrice": "0.00870000"}


# Source: Spot *REST API*, the weight of each call.
WEIGHTS = {
    "POST /api/v3/order": 1, "GET /api/v3/order": 4, "DELETE /api/v3/order": 1, "POST /api/v3/order/test": 1,
    "POST /api/v3/order/test computeCommissionRates": 20, "POST /api/v3/order/cancelReplace": 1,
    "GET /api/v3/openOrders symbol": 6, "GET /api/v3/openOrders": 80, "DELETE /api/v3/openOrders symbol": 1,
    "GET /api/v3/allOrders symbol": 20, "GET /api/v3/myTrades symbol": 20, "GET /api/v3/myTrades orderId": 5,
    "POST /api/v3/orderList/oco": 1, "POST /api/v3/order/oco": 1, "GET /api/v3/orderList": 4,
    "DELETE /api/v3/orderList": 1, "GET /api/v3/allOrderList": 20, "GET /api/v3/openOrderList": 6,
    "GET /api/v3/rateLimit/order": 40, "GET /api/v3/account/commission symbol": 20,
}  # fmt: skip


@pytest.mark.parametrize("call", WEIGHTS)
def test_calls_weigh_what_the_exchange_says(call):
    """A weight goes by method, path, and for some by a parameter; every call that trades has its own."""
    method, path, *names = call.split()
    assert (method, path) in TRADING
    assert rest.weight(rest.RestCall(method, path, dict.fromkeys(names, "true"))) == WEIGHTS[call]


def test_every_call_that_trades_is_weighed():
    """No call of the table is missing in these weights."""
    assert {tuple(call.split()[:2]) for call in WEIGHTS} == set(TRADING)


class OrderTests(TradingCase):
    async def test_a_limit_order_from_placing_to_its_trades(self):
        """It stands in the book and among the open orders until the market comes by and fills it."""
        sandbox = self.start()
        placed = await self.order(newClientOrderId="mine")
        assert set(placed) == set(f"{RESULT} fills".split())
        assert (placed["status"], placed["clientOrderId"], placed["fills"]) == ("NEW", "mine", [])
        assert placed["selfTradePreventionMode"] == "EXPIRE_MAKER"
        depth = (await self.http("GET", "/api/v3/depth?symbol=BNBBTC&limit=5000")).json()
        levels = dict(map(tuple, depth["bids"]))
        assert units(levels["0.00880000"]) >= UNIT
        one = await self.ok("GET", "/api/v3/order", symbol="BNBBTC", orderId=placed["orderId"])
        assert set(one) == set(QUERIED.split())
        assert one == await self.ok("GET", "/api/v3/order", symbol="BNBBTC", origClientOrderId="mine")
        for params in ({}, {"symbol": "BNBBTC"}):
            assert await self.ok("GET", "/api/v3/openOrders", **params) == [one]
        assert await self.ok("GET", "/api/v3/openOrders", symbol="ETHBTC") == []
        assert (await self.balances())["BTC"] == ("999999.99120000", "0.00880000")
        assert await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC") == []
        assert sandbox.move("BNBBTC", "0.0088") >= 1
        done = await self.ok("GET", "/api/v3/order", symbol="BNBBTC", orderId=placed["orderId"])
        assert (done["status"], done["executedQty"]) == ("FILLED", "1.00000000")
        assert await self.ok("GET", "/api/v3/openOrders") == []
        assert await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC") == [done]
        [trade] = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC")
        assert set(trade) == set(TRADE.split())
        shown = {name: trade[name] for name in ("orderId", "price", "qty", "quoteQty", "isMaker", "isBuyer")}
        assert shown == {
            "orderId": placed["orderId"], "price": "0.00880000", "qty": "1.00000000",
            "quoteQty": "0.00880000", "isMaker": True, "isBuyer": True,
        }  # fmt: skip
        assert (trade["commission"], trade["commissionAsset"]) == ("0.00100000", "BNB")
        public = (await self.http("GET", "/api/v3/trades?symbol=BNBBTC")).json()
        assert trade["id"] in [item["id"] for item in public if item["price"] == "0.00880000"]
        assert await self.balances() == {
            "BNB": ("1000000.99900000", "0.00000000"), "BTC": ("999999.99120000", "0.00000000"),
            "ETH": ("1000000.00000000", "0.00000000"),
        }  # fmt: skip

    async def test_a_market_order_shows_its_trades(self):
        """The answer's fills are the account's trades, and both are trades of the market."""
        self.start()
        placed = await self.ok(
            "POST", "/api/v3/order", symbol="BNBBTC", side="SELL", type="MARKET", quantity=3
        )
        assert (placed["status"], placed["timeInForce"], placed["price"]) == ("FILLED", "GTC", "0.00000000")
        trades = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC", orderId=placed["orderId"])
        assert [(f["tradeId"], f["price"], f["qty"], f["commission"]) for f in placed["fills"]] == [
            (trade["id"], trade["price"], trade["qty"], trade["commission"]) for trade in trades
        ]
        assert sum(units(trade["quoteQty"]) for trade in trades) == units(placed["cummulativeQuoteQty"])
        assert {trade["isMaker"] for trade in trades} == {False}
        got = units(placed["cummulativeQuoteQty"]) - sum(units(trade["commission"]) for trade in trades)
        assert (await self.balances())["BTC"][0] == decimal(1_000_000 * UNIT + got)

    async def test_an_amount_to_spend(self):
        """``quoteOrderQty`` is met as nearly as the symbol's steps allow."""
        self.start()
        given = {"symbol": "BNBBTC", "side": "BUY", "type": "MARKET", "quoteOrderQty": "0.1"}
        placed = await self.ok("POST", "/api/v3/order", **given)
        assert placed["status"] == "FILLED"
        assert placed["origQuoteOrderQty"] == "0.10000000"
        assert placed["origQty"] == placed["executedQty"]
        assert 0.0999 < float(placed["cummulativeQuoteQty"]) <= 0.1

    async def test_the_form_of_the_answer(self):
        """ACK, RESULT and FULL as asked for; by default FULL for LIMIT and MARKET, ACK for all others."""
        self.start()
        forms = {"ACK": PLACED, "RESULT": RESULT, "FULL": f"{RESULT} fills"}
        for form, fields in forms.items():
            assert set(await self.order(newOrderRespType=form)) == set(fields.split())
        stop = {**LIMIT, **STOP}
        assert set(await self.ok("POST", "/api/v3/order", **stop)) == set(PLACED.split())
        full = await self.ok("POST", "/api/v3/order", **stop, newOrderRespType="FULL", strategyId=7)
        assert set(full) == set(f"{RESULT} fills stopPrice strategyId".split())
        assert (full["workingTime"], full["stopPrice"], full["strategyId"]) == (-1, "0.00870000", 7)
        assert (await self.refused(newOrderRespType="LONG"))[0] == -1130

    async def test_a_cancel(self):
        """It has an id of its own, frees what was locked, and a second one finds nothing."""
        self.start()
        placed = await self.order(newClientOrderId="mine")
        params = {"symbol": "BNBBTC", "origClientOrderId": "mine", "newClientOrderId": "enough"}
        canceled = await self.ok("DELETE", "/api/v3/order", **params)
        assert set(canceled) == set(CANCELED.split())
        assert (canceled["status"], canceled["orderId"]) == ("CANCELED", placed["orderId"])
        assert (canceled["origClientOrderId"], canceled["clientOrderId"]) == ("mine", "enough")
        unknown = (400, -2011, "Unknown order sent.")
        assert await self.error("DELETE", "/api/v3/order", **params) == unknown
        assert (await self.balances())["BTC"] == ("1000000.00000000", "0.00000000")
        one = await self.ok("GET", "/api/v3/order", symbol="BNBBTC", origClientOrderId="mine")
        assert one["status"] == "CANCELED"
        assert await self.error("DELETE", "/api/v3/order", symbol="BNBBTC", orderId=1) == unknown
        assert await self.error("DELETE", "/api/v3/order", symbol="BNBBTC") == (
            400, -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        )  # fmt: skip
        new = await self.order(newClientOrderId="mine")
        wrong = {"symbol": "BNBBTC", "orderId": new["orderId"], "origClientOrderId": "other"}
        assert await self.error("DELETE", "/api/v3/order", **wrong) == unknown
        assert await self.error("GET", "/api/v3/order", **wrong) == (400, -2013, "Order does not exist.")
        only = {"symbol": "BNBBTC", "orderId": new["orderId"], "cancelRestrictions": "ONLY_PARTIALLY_FILLED"}
        assert (await self.error("DELETE", "/api/v3/order", **only))[1:] == (
            -2011, "Order was not canceled due to cancel restrictions.",
        )  # fmt: skip
        assert (await self.error("DELETE", "/api/v3/order", **(only | {"cancelRestrictions": "NO"})))[
            1
        ] == -1145

    async def test_all_orders_of_a_symbol_can_be_canceled(self):
        """Each of them is in the answer, a pair as one list; those of other symbols stay."""
        self.start()
        await self.order()
        other = await self.order(symbol="ETHBTC", price="0.039")
        pair = await self.ok("POST", "/api/v3/orderList/oco", **OCO)
        answers = await self.ok("DELETE", "/api/v3/openOrders", symbol="BNBBTC")
        assert [set(item) for item in answers] == [
            set(CANCELED.split()), set(f"{LISTED} orderReports".split()),
        ]  # fmt: skip
        assert answers[1]["orderListId"] == pair["orderListId"]
        assert [item["status"] for item in answers[1]["orderReports"]] == ["CANCELED"] * 2
        [left] = await self.ok("GET", "/api/v3/openOrders")
        assert left["orderId"] == other["orderId"]
        assert (await self.error("DELETE", "/api/v3/openOrders", symbol="BNBBTC"))[1] == -2011

    async def test_a_tested_order_changes_nothing(self):
        """``order/test`` checks an order without sending it, and shows rates of commission if asked."""
        self.start()
        assert await self.ok("POST", "/api/v3/order/test", **LIMIT) == {}
        rates = await self.ok("POST", "/api/v3/order/test", **LIMIT, computeCommissionRates="true")
        assert rates["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00100000"}
        wrong = LIMIT | {"price": "0.0088001"}
        assert (await self.error("POST", "/api/v3/order/test", **wrong))[1:] == (
            -1013, "Filter failure: PRICE_FILTER",
        )  # fmt: skip
        assert await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC") == []

    async def test_an_order_can_be_replaced(self):
        """Both succeed with 200, one fails with 409, both with 400; what was not tried says so."""
        self.start()
        first = await self.order()
        given = {**LIMIT, "price": "0.0087", "cancelReplaceMode": "STOP_ON_FAILURE"}
        path = "/api/v3/order/cancelReplace"
        done = await self.ok("POST", path, **given, cancelOrderId=first["orderId"])
        assert (done["cancelResult"], done["newOrderResult"]) == ("SUCCESS", "SUCCESS")
        assert done["cancelResponse"]["orderId"] == first["orderId"]
        [left] = await self.ok("GET", "/api/v3/openOrders")
        assert left["orderId"] == done["newOrderResponse"]["orderId"]

        async def failed(**more):
            answer = await self.signed("POST", path, **{**given, "cancelOrderId": first["orderId"], **more})
            body = answer.json()
            return (answer.status, body["code"], body["data"]["cancelResult"], body["data"]["newOrderResult"])

        assert await failed() == (400, -2022, "FAILURE", "NOT_ATTEMPTED")
        assert await failed(cancelReplaceMode="ALLOW_FAILURE") == (409, -2021, "FAILURE", "SUCCESS")
        poor = {"side": "BUY", "quantity": "900", "price": "0.0088"}
        self.sandbox.deposit("BTC", "-999999", api_key=API_KEY)
        assert await failed(cancelReplaceMode="ALLOW_FAILURE", **poor) == (400, -2022, "FAILURE", "FAILURE")
        assert await failed(cancelOrderId=left["orderId"], **poor) == (409, -2021, "SUCCESS", "FAILURE")


OCO = {
    "symbol": "BNBBTC", "side": "SELL", "quantity": "2", "aboveType": "LIMIT_MAKER", "abovePrice": "0.0093",
    "belowType": "STOP_LOSS_LIMIT", "belowPrice": "0.0086", "belowStopPrice": "0.0087",
    "belowTimeInForce": "GTC",
}  # fmt: skip


class ListTests(TradingCase):
    async def test_a_pair_of_orders(self):
        """Two orders, one lock; the list can be asked for until it is done, and after."""
        sandbox = self.start()
        pair = await self.ok("POST", "/api/v3/orderList/oco", **OCO, listClientOrderId="both")
        assert set(pair) == set(f"{LISTED} orderReports".split())
        above, below = pair["orderReports"]
        assert set(above) == set(RESULT.split())
        assert set(below) == set(f"{RESULT} stopPrice".split())
        assert (above["type"], below["type"]) == ("LIMIT_MAKER", "STOP_LOSS_LIMIT")
        assert {item["orderListId"] for item in pair["orderReports"]} == {pair["orderListId"]}
        assert (await self.balances())["BNB"] == ("999998.00000000", "2.00000000")
        shown = {name: value for name, value in pair.items() if name != "orderReports"}
        for params in ({"orderListId": pair["orderListId"]}, {"origClientOrderId": "both"}):
            assert await self.ok("GET", "/api/v3/orderList", **params) == shown
        assert await self.ok("GET", "/api/v3/openOrderList") == [shown]
        assert await self.ok("GET", "/api/v3/allOrderList") == [shown]
        sandbox.move("BNBBTC", "0.0093")
        done = await self.ok("GET", "/api/v3/orderList", origClientOrderId="both")
        assert (done["listStatusType"], done["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")
        assert await self.ok("GET", "/api/v3/openOrderList") == []
        orders = await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC")
        assert [order["status"] for order in orders] == ["FILLED", "EXPIRED"]
        assert orders[1]["expiryReason"] == "OCO_TRIGGER"
        assert (await self.error("GET", "/api/v3/orderList", orderListId=99))[1] == -2013
        assert (await self.error("GET", "/api/v3/orderList"))[1] == -1102

    async def test_the_older_call_for_a_pair(self):
        """``order/oco`` names the legs otherwise and makes the same list; a cancel ends both."""
        self.start()
        given = {
            "symbol": "BNBBTC", "side": "BUY", "quantity": "1", "price": "0.0088", "stopPrice": "0.0092",
            "limitClientOrderId": "low", "stopClientOrderId": "high",
        }  # fmt: skip
        pair = await self.ok("POST", "/api/v3/order/oco", **given)
        assert [(item["type"], item["clientOrderId"]) for item in pair["orderReports"]] == [
            ("STOP_LOSS", "high"), ("LIMIT_MAKER", "low"),
        ]  # fmt: skip
        assert (await self.balances())["BTC"][1] == "0.00920000"
        ended = await self.ok("DELETE", "/api/v3/orderList", symbol="BNBBTC", orderListId=pair["orderListId"])
        assert ended["listOrderStatus"] == "ALL_DONE"
        assert [item["status"] for item in ended["orderReports"]] == ["CANCELED", "CANCELED"]
        assert await self.ok("GET", "/api/v3/openOrders") == []
        again = {"symbol": "BNBBTC", "orderListId": pair["orderListId"]}
        assert (await self.error("DELETE", "/api/v3/orderList", **again))[1] == -2011
        with_limit = await self.ok(
            "POST", "/api/v3/order/oco", **given, stopLimitPrice="0.0093", stopLimitTimeInForce="GTC"
        )
        assert with_limit["orderReports"][0]["type"] == "STOP_LOSS_LIMIT"

    async def test_a_pair_that_cannot_be_is_refused(self):
        """Types, sides and prices have to fit to each other; each mistake has its own code."""
        self.start()
        for code, wrong in (
            (-1158, {"aboveType": "LIMIT"}), (-1197, {"aboveType": "STOP_LOSS", "aboveStopPrice": "0.0093"}),
            (-1166, {"aboveType": "TAKE_PROFIT", "belowType": "LIMIT_MAKER"}),
            (-1199, {"belowType": "TAKE_PROFIT"}), (-1165, {"side": "BUY"}),
            (-2010, {"abovePrice": "0.0089"}), (-2010, {"belowStopPrice": "0.0095"}),
            (-1102, {"belowPrice": None}), (-1106, {"aboveTimeInForce": "GTC"}), (-1102, {"quantity": None}),
            (-1013, {"aboveIcebergQty": "1"}), (-1104, {"price": "1"}),
        ):  # fmt: skip
            given = {name: value for name, value in {**OCO, **wrong}.items() if value is not None}
            assert (await self.error("POST", "/api/v3/orderList/oco", **given))[1] == code, wrong
        both = OCO | {"aboveType": "LIMIT_MAKER", "belowType": "LIMIT_MAKER"}
        assert (await self.error("POST", "/api/v3/orderList/oco", **both))[1] == -1168
        assert await self.ok("GET", "/api/v3/allOrderList") == []


class RefusalTests(TradingCase):
    async def test_parameters_are_checked_as_the_exchange_does(self):
        """What is missing, too much, illegal or of no type has its own code."""
        self.start()
        for code, wrong in (
            (-1102, {"symbol": None}), (-1121, {"symbol": "NOPE"}), (-1100, {"symbol": "bnbbtc"}),
            (-1102, {"side": None}), (-1117, {"side": "HOLD"}), (-1102, {"type": None}),
            (-1116, {"type": "STOP"}), (-1102, {"timeInForce": None}), (-1115, {"timeInForce": "GTX"}),
            (-1102, {"quantity": None}), (-1105, {"quantity": ""}), (-1100, {"quantity": "1e2"}),
            (-1100, {"quantity": "-1"}), (-1111, {"quantity": "1.000000001"}), (-1013, {"quantity": "0"}),
            (-1108, {"quantity": "99999999999999"}), (-1102, {"price": None}), (-1013, {"price": "0.0"}),
            (-1106, {"stopPrice": "1"}), (-1106, {"quoteOrderQty": "1"}), (-1104, {"colour": "red"}),
            (-1100, {"newClientOrderId": "a b"}), (-1100, {"newClientOrderId": "x" * 37}),
            (-1134, {"strategyType": "5"}), (-1100, {"strategyId": "x"}), (-1013, {"icebergQty": "0.5"}),
            (-1013, {"pegPriceType": "PRIMARY_PEG"}), (-1130, {"selfTradePreventionMode": "SOME"}),
            (-1013, {"selfTradePreventionMode": "DECREMENT"}), (-1102, {**MARKET, "quantity": None}),
            (-1128, {**MARKET, "quoteOrderQty": "1"}), (-1106, {**MARKET, "price": "1"}),
            (-1106, {"type": "LIMIT_MAKER"}), (-1102, {"type": "STOP_LOSS_LIMIT"}),
            (-1013, {**STOP, "stopPrice": None, "trailingDelta": "100"}),
        ):  # fmt: skip
            assert (await self.refused(**wrong))[0] == code, wrong
        assert await self.refused(colour="red") == (
            -1104, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'.",
        )  # fmt: skip
        assert await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC") == []

    async def test_filters_are_those_of_exchange_info(self):
        """A value just beyond what ``exchangeInfo`` shows is refused by the filter's name."""
        self.start()
        info = (await self.http("GET", "/api/v3/exchangeInfo?symbol=BNBBTC")).json()["symbols"][0]
        shown = {item["filterType"]: item for item in info["filters"]}
        tick, step = units(shown["PRICE_FILTER"]["tickSize"]), units(shown["LOT_SIZE"]["stepSize"])
        least = units(shown["NOTIONAL"]["minNotional"])
        lots = -(-least * UNIT // units(LIMIT["price"]) // step)
        most = units(shown["MARKET_LOT_SIZE"]["maxQty"])
        for name, wrong in (
            ("PRICE_FILTER", {"price": decimal(units(LIMIT["price"]) + tick // 2)}),
            ("LOT_SIZE", {"quantity": decimal(UNIT + step // 2)}),
            ("NOTIONAL", {"quantity": decimal((lots - 1) * step)}),
            ("MARKET_LOT_SIZE", {**MARKET, "quantity": decimal(most + step)}),
            ("PERCENT_PRICE_BY_SIDE", {"price": "0.0001"}),
        ):
            assert await self.refused(**wrong) == (-1013, f"Filter failure: {name}")
        await self.order(quantity=decimal(lots * step))
        assert {
            "icebergAllowed": False,
            "ocoAllowed": True,
            "allowTrailingStop": False,
        }.items() <= info.items()
        assert info["defaultSelfTradePreventionMode"] in info["allowedSelfTradePreventionModes"]

    async def test_what_the_market_refuses(self):
        """Too little money, a name that is in use, a maker that would take, a stop price that was passed."""
        self.start()
        self.sandbox.deposit("BTC", "-999999.9", api_key=API_KEY)
        assert await self.refused(quantity="100") == (
            -2010, "Account has insufficient balance for requested action.",
        )  # fmt: skip
        await self.order(newClientOrderId="mine")
        assert await self.refused(newClientOrderId="mine") == (-2010, "Duplicate order sent.")
        maker = {"type": "LIMIT_MAKER", "timeInForce": None, "price": "0.0095"}
        assert await self.refused(**maker) == (-2010, "Order would immediately match and take.")
        passed = {**STOP, "stopPrice": "0.0095", "price": "0.0094"}
        assert await self.refused(**passed) == (-2010, "Order would trigger immediately.")

    async def test_every_call_needs_a_signature(self):
        """Without a key it is -2014, without a signature -1102; another method of HTTP is 405."""
        self.start()
        for method, path in TRADING:
            assert (await self.http(method, path)).json()["code"] == -2014, path
            answer = await self.http(method, f"{path}?symbol=BNBBTC", API_KEY)
            assert answer.json()["code"] == -1102
            assert (await self.http("PUT", path, API_KEY)).status == 405

    async def test_histories_are_narrowed(self):
        """Ids and times bound allOrders and myTrades; bad combinations and more than a day are refused."""
        self.start()
        placed = [await self.ok("POST", "/api/v3/order", **(BUY_ONE | {"quantity": n})) for n in (1, 2, 3)]
        ids = [item["orderId"] for item in placed]

        async def orders(**params):
            found = await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC", **params)
            return [item["orderId"] for item in found]

        assert await orders() == ids
        assert await orders(orderId=ids[1]) == ids[1:]
        assert await orders(limit=1) == ids[2:]
        assert await orders(orderId=ids[0], limit=2) == ids[:2]
        assert await orders(endTime=1) == []
        now_ms = int(time.time() * 1000)
        assert await orders(startTime=now_ms - 3_600_000, endTime=now_ms + 3_600_000) == ids
        day = {"startTime": 1, "endTime": 86_400_002}
        assert (await self.error("GET", "/api/v3/allOrders", symbol="BNBBTC", **day))[1] == -1127
        trades = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC")
        assert {trade["orderId"] for trade in trades} == set(ids)
        later = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC", fromId=trades[1]["id"])
        assert later == trades[1:]
        assert (await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC", limit=1)) == trades[-1:]
        bad = {"symbol": "BNBBTC", "fromId": 1, "startTime": 1}
        assert (await self.error("GET", "/api/v3/myTrades", **bad))[1] == -1128


BUY_ONE = {"symbol": "BNBBTC", "side": "BUY", "type": "MARKET", "quantity": "1"}


class LimitTests(TradingCase):
    async def test_orders_are_counted_and_too_many_refused(self):
        """Answers to orders carry the counts; one too many is 429 with -1015 until the span is over."""
        self.start(limits=Limits(orders_per_10_s=100_000, orders_per_day=3))
        for number in (1, 2, 3):
            answer = await self.signed("POST", "/api/v3/order", **LIMIT)
            assert answer.headers["x-mbx-order-count-1d"] == str(number)
            assert answer.headers["x-mbx-order-count-10s"]
        answer = await self.signed("POST", "/api/v3/order", **LIMIT)
        assert (answer.status, answer.json()["code"]) == (429, -1015)
        assert answer.json()["msg"] == "Too many new orders; current limit is 3 orders per 1 DAY."
        assert "retry-after" not in answer.headers
        counts = await self.ok("GET", "/api/v3/rateLimit/order")
        assert [(item["interval"], item["limit"]) for item in counts] == [("SECOND", 100_000), ("DAY", 3)]
        assert counts[1]["count"] == 3
        assert self.sandbox.limits()["violated"]["orders_per_day"] == 1
        info = (await self.http("GET", "/api/v3/exchangeInfo")).json()["rateLimits"]
        assert [item["limit"] for item in info if item["rateLimitType"] == "ORDERS"] == [100_000, 3]
        assert (await self.signed("GET", "/api/v3/openOrders")).headers.get("x-mbx-order-count-1d") is None
        self.sandbox.move("BNBBTC", LIMIT["price"])
        assert (await self.ok("GET", "/api/v3/rateLimit/order"))[1]["count"] == 0
        replaced = {**LIMIT, "cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": 1}
        assert (await self.error("POST", "/api/v3/order/cancelReplace", **replaced))[0] == 409

    async def test_rates_of_commission(self):
        """``account/commission`` says what trades are charged."""
        self.start()
        rates = await self.ok("GET", "/api/v3/account/commission", symbol="BNBBTC")
        assert rates["standardCommission"]["taker"] == rates["standardCommission"]["maker"] == "0.00100000"
        assert set(rates) == {
            "symbol",
            "standardCommission",
            "specialCommission",
            "taxCommission",
            "discount",
        }

    async def test_times_come_in_microseconds_too(self):
        """With the header of the time unit all times of an answer are a thousand times as large."""
        self.start()
        placed = await self.order()
        query = urlencode({"symbol": "BNBBTC", "timestamp": int(time.time() * 1000)})
        signature = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
        headers = [f"X-MBX-APIKEY: {API_KEY}", "X-MBX-TIME-UNIT: MICROSECOND"]
        raw = self.send_http("GET", f"/api/v3/openOrders?{query}&signature={signature}", headers)
        await raw.ended
        [one] = Response(raw.data).json()
        assert one["time"] == one["workingTime"] == placed["transactTime"] * 1000


class EventTests(TradingCase):
    async def test_events_say_what_rest_says(self):
        """An order's life by events, on a listen key, in the order in which it happened; REST agrees."""
        sandbox = self.start(record=True)
        key = await self.listen_key(API_KEY)
        client = await self.connect(f"/ws/{key}")
        placed = await self.order(newClientOrderId="mine", quantity="3")
        new, position = await client.count(2)
        assert (new["x"], new["X"], new["i"], new["c"], new["w"]) == (
            "NEW",
            "NEW",
            placed["orderId"],
            "mine",
            True,
        )
        assert position["B"] == [
            {"a": "BNB", "f": "1000000.00000000", "l": "0.00000000"},
            {"a": "BTC", "f": "999999.97360000", "l": "0.02640000"},
        ]
        await self.ok(
            "DELETE", "/api/v3/order", symbol="BNBBTC", orderId=placed["orderId"], newClientOrderId="no"
        )
        canceled, freed = await client.more(2)
        assert (canceled["x"], canceled["X"], canceled["c"], canceled["C"]) == (
            "CANCELED",
            "CANCELED",
            "no",
            "mine",
        )
        assert [item["l"] for item in freed["B"]] == ["0.00000000"] * 2
        sell = await self.order(side="SELL", price="0.0093", quantity="2")
        await client.more(2)
        sandbox.move("BNBBTC", "0.0093")
        traded, after = await client.more(2)
        [trade] = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC")
        sent = [traded[name] for name in ("x", "X", "i", "m")]
        assert sent == ["TRADE", "FILLED", sell["orderId"], True]
        names = {
            "t": "id", "L": "price", "l": "qty", "Y": "quoteQty", "n": "commission", "N": "commissionAsset",
            "T": "time",
        }  # fmt: skip
        assert {name: traded[name] for name in names} == {name: trade[names[name]] for name in names}
        shown = {item["a"]: (item["f"], item["l"]) for item in after["B"]}
        assert shown.items() <= (await self.balances()).items()
        assert sandbox.sent[key] == [new["I"], canceled["I"], canceled["I"] + 1, traded["I"]]

    async def test_a_list_reports_itself(self):
        """listStatus comes when a list begins and when it is done, in the unit of the connection."""
        sandbox = self.start()
        key = await self.listen_key(API_KEY)
        plain = await self.connect(f"/ws/{key}")
        exact = await self.connect(f"/ws/{key}?timeUnit=MICROSECOND")
        pair = await self.ok("POST", "/api/v3/orderList/oco", **OCO)
        begun = (await plain.count(4))[0]
        assert (begun["e"], begun["l"], begun["L"], begun["g"]) == (
            "listStatus", "EXEC_STARTED", "EXECUTING", pair["orderListId"],
        )  # fmt: skip
        assert [item["i"] for item in begun["O"]] == [order["orderId"] for order in pair["orders"]]
        assert (await exact.count(1))[0]["T"] == begun["T"] * 1000
        sandbox.move("BNBBTC", "0.0093")
        expired, traded, done, _ = await plain.more(4)
        assert (expired["X"], expired["eR"]) == ("EXPIRED", "OCO_TRIGGER")
        assert (traded["X"], done["L"]) == ("FILLED", "ALL_DONE")

    async def test_the_market_shows_the_orders_of_accounts(self):
        """Trades, depth and the best price on the market's streams follow from orders as from any others."""
        self.start()
        stream = await self.connect("/stream?streams=bnbbtc@trade/bnbbtc@bookTicker/bnbbtc@depth@100ms")

        def of(name):
            return [m["data"] for m in stream.messages if m["stream"] == f"bnbbtc@{name}"]

        top = self.sandbox.market.books["BNBBTC"].top()
        inside = decimal(top.bid + self.sandbox.market.books["BNBBTC"].spec.tick)
        await self.order(price=inside)
        await stream.until(lambda: of("bookTicker") and of("depth@100ms"))
        assert (of("bookTicker")[-1]["b"], of("bookTicker")[-1]["B"]) == (inside, "1.00000000")
        assert [inside, "1.00000000"] in of("depth@100ms")[-1]["b"]
        sold = await self.ok("POST", "/api/v3/order", **(BUY_ONE | {"quantity": "2"}))
        await stream.until(lambda: len(of("trade")) >= len(sold["fills"]))
        assert [trade["t"] for trade in of("trade")] == [fill["tradeId"] for fill in sold["fills"]]

    async def test_the_random_market_fills_orders(self):
        """Nobody has to move the price: takers of a market that trades meet the order in its turn."""
        self.start(rate=5_000, speed=5)
        key = await self.listen_key(API_KEY)
        client = await self.connect(f"/ws/{key}")
        book = self.sandbox.market.books["BNBBTC"]
        placed = await self.order(price=decimal(book.top().bid), quantity="40")
        await client.until(lambda: any(m.get("X") == "FILLED" for m in client.messages))
        fills = [m for m in client.messages if m.get("x") == "TRADE"]
        assert {m["i"] for m in fills} == {placed["orderId"]}
        assert sum(units(m["l"]) for m in fills) == 40 * UNIT
        trades = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC")
        assert [trade["id"] for trade in trades] == [m["t"] for m in fills]

    async def test_orders_of_the_control_call_are_among_the_account_s(self):
        """What ``fill`` has done is in allOrders and myTrades too, whatever filters say."""
        sandbox = self.start()
        events = sandbox.fill("BNBBTC", "BUY", "0.0001", api_key=API_KEY)
        [order] = await self.ok("GET", "/api/v3/allOrders", symbol="BNBBTC")
        assert (order["orderId"], order["status"]) == (events[0]["i"], "FILLED")
        [trade] = await self.ok("GET", "/api/v3/myTrades", symbol="BNBBTC")
        assert trade["id"] == events[1]["t"]

    async def test_a_price_cannot_be_reached_that_is_none(self):
        """``move`` wants a symbol of the market, and a price in its steps."""
        sandbox = self.start()
        for symbol, price in (("NOPE", "1"), ("BNBBTC", "0.0088001"), ("BNBBTC", "0"), ("BNBBTC", "cheap")):
            with pytest.raises(InvalidArgument):
                sandbox.move(symbol, price)


class SocketTests(TradingCase):
    """The same calls by the WebSocket API."""

    async def ask(self, client, method, **params):
        params |= {"apiKey": API_KEY, "timestamp": int(time.time() * 1000)}
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
        params["signature"] = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()
        self.asked = getattr(self, "asked", 0) + 1
        return await client.ask(id=self.asked, method=method, params=params)

    async def test_an_order_by_the_websocket_api(self):
        """Placed, seen, canceled and found in history; results are REST's, and orders are counted."""
        self.start()
        client = await self.connect("/ws-api/v3")
        reply = await self.ask(client, "order.place", **LIMIT)
        assert (reply["status"], reply["result"]["status"]) == (200, "NEW")
        assert [(item["rateLimitType"], item["count"]) for item in reply["rateLimits"]][:2] == [
            ("ORDERS", 1), ("ORDERS", 1),
        ]  # fmt: skip
        one = {"symbol": "BNBBTC", "orderId": reply["result"]["orderId"]}
        seen = (await self.ask(client, "order.status", **one))["result"]
        assert seen == await self.ok("GET", "/api/v3/order", **one)
        assert (await self.ask(client, "openOrders.status", symbol="BNBBTC"))["result"] == [seen]
        assert (await self.ask(client, "order.test", **LIMIT))["result"] == {}
        assert (await self.ask(client, "account.rateLimits.orders"))["result"][1]["count"] == 1
        canceled = (await self.ask(client, "order.cancel", **one))["result"]
        assert canceled["status"] == "CANCELED"
        wrong = await self.ask(client, "order.cancel", **one)
        assert (wrong["status"], wrong["error"]["code"]) == (400, -2011)
        bought = (await self.ask(client, "order.place", **BUY_ONE))["result"]
        trades = (await self.ask(client, "myTrades", symbol="BNBBTC"))["result"]
        assert [trade["id"] for trade in trades] == [fill["tradeId"] for fill in bought["fills"]]
        orders = (await self.ask(client, "allOrders", symbol="BNBBTC"))["result"]
        assert [order["status"] for order in orders] == ["CANCELED", "FILLED"]
        assert (await self.ask(client, "account.commission", symbol="BNBBTC"))["result"]["symbol"] == "BNBBTC"

    async def test_lists_and_replacements_by_the_websocket_api(self):
        """A pair is placed, asked for and canceled; a failed replacement says what became of both."""
        self.start()
        client = await self.connect("/ws-api/v3")
        pair = (await self.ask(client, "orderList.place.oco", **OCO))["result"]
        named = {"orderListId": pair["orderListId"]}
        assert (await self.ask(client, "orderList.status", **named))["result"][
            "listOrderStatus"
        ] == "EXECUTING"
        assert len((await self.ask(client, "openOrderLists.status"))["result"]) == 1
        ended = (await self.ask(client, "orderList.cancel", symbol="BNBBTC", **named))["result"]
        assert ended["listOrderStatus"] == "ALL_DONE"
        assert len((await self.ask(client, "allOrderLists"))["result"]) == 1
        failed = await self.ask(
            client, "order.cancelReplace", **LIMIT, cancelReplaceMode="ALLOW_FAILURE", cancelOrderId=5
        )
        assert (failed["status"], failed["error"]["code"]) == (409, -2021)
        assert failed["error"]["data"]["newOrderResult"] == "SUCCESS"
        left = (await self.ask(client, "openOrders.cancelAll", symbol="BNBBTC"))["result"]
        assert [item["status"] for item in left] == ["CANCELED"]

    async def test_too_many_orders_by_the_websocket_api(self):
        """Status 429, code -1015, and when to try again; the counts are those of REST."""
        self.start(limits=Limits(orders_per_10_s=100_000, orders_per_day=1))
        await self.order()
        client = await self.connect("/ws-api/v3")
        reply = await self.ask(client, "order.place", **LIMIT)
        assert (reply["status"], reply["error"]["code"]) == (429, -1015)
        assert reply["error"]["data"]["retryAfter"] > reply["error"]["data"]["serverTime"]
        assert json.dumps(reply["rateLimits"][1]["count"]) == "1"
