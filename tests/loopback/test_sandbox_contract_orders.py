"""Orders in futures over REST: placed, met, asked for, cancelled; events and REST say the same."""

import hashlib
import hmac
import json
import time
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.limits import NO_LIMITS

from ..keys import API_KEY, SECRET
from ..sandbox_case import SandboxTestCase

VENUES = ("fapi", "dapi")
SYMBOLS = {"fapi": "BTCUSDT", "dapi": "BTCUSD_PERP"}
KINDS = {"fapi": "usdm", "dapi": "coinm"}
QUANTITIES = {"fapi": "0.010", "dapi": "2"}
EVENTS = "ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/ACCOUNT_CONFIG_UPDATE/TRADE_LITE"

# The fields of an order, from the exchange's documents.
FIELDS = """
    orderId symbol status clientOrderId price avgPrice origQty executedQty timeInForce type reduceOnly
    closePosition side positionSide stopPrice workingType priceProtect origType priceMatch
    selfTradePreventionMode updateTime
"""
ORDER_FIELDS = set(FIELDS.split())
OF_VENUE = {"fapi": {"goodTillDate", "cumQuote"}, "dapi": {"pair", "cumBase"}}


class ContractCase(SandboxTestCase):
    """One exchange with one account, whose market stands still unless a test says otherwise."""

    def exchange_of(self, **options):
        return self.exchange(**{"rate": 0, "api_keys": {API_KEY: SECRET}, **options})

    def poor(self, exchange):
        """Leave the account a thousand dollars."""
        exchange.deposit("USDT", "-999000", api_key=API_KEY, account="usdm")

    async def answer_to(self, method, path, **params):
        """Make a signed call."""
        text = urlencode(params | {"timestamp": int(time.time() * 1000)})
        query = f"{text}&signature={hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()}"
        return await self.http(method, f"{path}?{query}", API_KEY)

    async def call(self, method, path, **params):
        """Make a signed call; returns its status and its answer."""
        answer = await self.answer_to(method, path, **params)
        return answer.status, answer.json()

    async def good(self, method, path, **params):
        status, body = await self.call(method, path, **params)
        assert status == 200, body
        return body

    async def code(self, method, path, **params):
        status, body = await self.call(method, path, **params)
        assert status == 400, body
        return body["code"]

    async def top(self, venue="fapi", symbol=None):
        """The best bid and ask of a contract, as texts."""
        answer = await self.http("GET", f"/{venue}/v1/depth?symbol={symbol or SYMBOLS[venue]}&limit=5")
        return answer.json()["bids"][0], answer.json()["asks"][0]

    async def passive(self, venue="fapi", **params):
        """Place an order that stands at the best bid, behind what stands there."""
        bid, _ = await self.top(venue)
        order = {
            "symbol": SYMBOLS[venue], "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
            "quantity": QUANTITIES[venue], "price": bid[0],
        }  # fmt: skip
        return await self.good("POST", f"/{venue}/v1/order", **order | params)

    async def listen(self, venue="fapi"):
        key = (await self.http("POST", f"/{venue}/v1/listenKey", API_KEY)).json()["listenKey"]
        path = f"/private/ws?listenKey={key}&events={EVENTS}" if venue == "fapi" else f"/ws/{key}"
        return await self.connect(path)


class OrderTests(ContractCase):
    async def test_a_market_order_is_dealt_at_once(self):
        """On both venues RESULT shows what was traded; position, trades, income and events agree with it."""
        self.exchange_of()
        for venue in VENUES:
            symbol, path = SYMBOLS[venue], f"/{venue}/v1"
            client = await self.listen(venue)
            _, ask = await self.top(venue)
            wanted = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": QUANTITIES[venue]}
            made = await self.good("POST", f"{path}/order", newOrderRespType="RESULT", **wanted)
            assert set(made) == ORDER_FIELDS | OF_VENUE[venue] | {"cumQty"}
            assert (made["status"], made["executedQty"]) == ("FILLED", QUANTITIES[venue])
            assert Decimal(made["avgPrice"]) == Decimal(ask[0])
            asked = await self.good("GET", f"{path}/order", symbol=symbol, orderId=made["orderId"])
            assert set(asked) == ORDER_FIELDS | OF_VENUE[venue] | {"time"}
            assert {name: asked[name] for name in asked.keys() & made.keys()} == {
                name: made[name] for name in asked.keys() & made.keys()
            }
            assert await self.good("GET", f"{path}/allOrders", symbol=symbol) == [asked]
            (trade,) = await self.good("GET", f"{path}/userTrades", symbol=symbol)
            assert (trade["orderId"], trade["qty"], trade["price"]) == (
                made["orderId"], QUANTITIES[venue], ask[0],
            )  # fmt: skip
            assert (trade["buyer"], trade["maker"], trade["realizedPnl"]) == (True, False, "0.00000000")
            (income,) = await self.good("GET", f"{path}/income", symbol=symbol)
            assert (income["incomeType"], income["tradeId"]) == ("COMMISSION", str(trade["id"]))
            assert Decimal(income["income"]) == -Decimal(trade["commission"]) < 0
            (risk,) = await self.good("GET", f"/{venue}/v{'2' if venue == 'fapi' else '1'}/positionRisk",
                                      symbol=symbol)  # fmt: skip
            assert Decimal(risk["positionAmt"]) == Decimal(QUANTITIES[venue])
            events = {e["o"]["x"]: e["o"] for e in await client.count(3) if e["e"] == "ORDER_TRADE_UPDATE"}
            while "TRADE" not in events:
                events |= {
                    e["o"]["x"]: e["o"] for e in await client.more(1) if e["e"] == "ORDER_TRADE_UPDATE"
                }
            assert events["NEW"]["X"] == "NEW"
            traded = events["TRADE"]
            assert (traded["X"], traded["t"], traded["i"], traded["c"]) == (
                "FILLED", trade["id"], made["orderId"], made["clientOrderId"],
            )  # fmt: skip
            assert Decimal(traded["n"]) == Decimal(trade["commission"])

    async def test_without_a_form_the_answer_is_an_acknowledgement(self):
        """By default the answer says NEW and nothing filled, though the order is filled when asked for."""
        self.exchange_of()
        wanted = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.5"}
        made = await self.good("POST", "/fapi/v1/order", newClientOrderId="mine", **wanted)
        assert (made["status"], made["executedQty"], made["cumQuote"]) == ("NEW", "0.000", "0.0000")
        asked = await self.good("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="mine")
        assert (asked["status"], asked["executedQty"]) == ("FILLED", "0.500")

    async def test_an_order_stands_until_it_is_cancelled(self):
        """A GTC order below the ask stands in the book, holds margin, is listed, and is ended by DELETE."""
        self.exchange_of()
        for venue in VENUES:
            path, symbol = f"/{venue}/v1", SYMBOLS[venue]
            client = await self.listen(venue)
            bid, _ = await self.top(venue)
            made = await self.passive(venue, newClientOrderId="standing")
            quantity = Decimal(QUANTITIES[venue])
            assert Decimal((await self.top(venue))[0][1]) == Decimal(bid[1]) + quantity
            (listed,) = await self.good("GET", f"{path}/openOrders")
            assert (listed["orderId"], listed["status"], listed["clientOrderId"]) == (
                made["orderId"], "NEW", "standing",
            )  # fmt: skip
            assert await self.good("GET", f"{path}/openOrders", symbol=symbol) == [listed]
            assert (
                await self.good("GET", f"{path}/openOrder", symbol=symbol, orderId=made["orderId"]) == listed
            )
            assert await self.held(venue) > 0
            ended = await self.good("DELETE", f"{path}/order", symbol=symbol, origClientOrderId="standing")
            assert (ended["status"], ended["orderId"]) == ("CANCELED", made["orderId"])
            assert (await self.top(venue))[0] == bid
            assert await self.held(venue) == 0
            assert await self.good("GET", f"{path}/openOrders") == []
            assert await self.code("DELETE", f"{path}/order", symbol=symbol, orderId=made["orderId"]) == -2011
            assert (
                await self.code("GET", f"{path}/openOrder", symbol=symbol, orderId=made["orderId"]) == -2013
            )
            events = [event["o"] for event in await client.count(2)]
            assert [(e["x"], e["X"], e["i"]) for e in events] == [
                ("NEW", "NEW", made["orderId"]), ("CANCELED", "CANCELED", made["orderId"]),
            ]  # fmt: skip

    async def held(self, venue):
        """The margin that open orders hold."""
        account = await self.good("GET", f"/{venue}/v{'2' if venue == 'fapi' else '1'}/account")
        assets = {row["asset"]: row for row in account["assets"]}
        held = Decimal(assets["USDT" if venue == "fapi" else "BTC"]["openOrderInitialMargin"])
        row = next(row for row in account["positions"] if row["symbol"] == SYMBOLS[venue])
        assert Decimal(row["openOrderInitialMargin"]) == held
        return held

    async def test_the_market_meets_an_order_that_stands(self):
        """An order within the spread is filled by the market's takers as a maker, in events and in REST."""
        exchange = self.exchange_of(rate=200, usdm_symbols=["BTCUSDT"], coinm_symbols=[])
        client = await self.listen()
        made = await self.passive()
        await client.until(
            lambda: any(m["e"] == "ORDER_TRADE_UPDATE" and m["o"]["X"] == "FILLED" for m in client.messages)
        )
        asked = await self.good("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=made["orderId"])
        assert (asked["status"], asked["executedQty"]) == ("FILLED", "0.010")
        assert Decimal(asked["avgPrice"]) == Decimal(made["price"])
        trades = await self.good("GET", "/fapi/v1/userTrades", symbol="BTCUSDT", orderId=made["orderId"])
        events = [
            m["o"] for m in client.messages if m["e"] == "ORDER_TRADE_UPDATE" and m["o"]["x"] == "TRADE"
        ]
        assert [(t["id"], t["qty"], t["maker"]) for t in trades] == [
            (e["t"], f"{Decimal(e['l']):.3f}", True) for e in events
        ]
        assert sum(Decimal(trade["qty"]) for trade in trades) == Decimal("0.010")
        # a maker pays half of what a taker does
        value = sum(Decimal(trade["quoteQty"]) for trade in trades)
        paid = sum(Decimal(trade["commission"]) for trade in trades)
        assert abs(paid - value * Decimal("0.0002")) < Decimal("0.0000001")
        (row,) = await self.good("GET", "/fapi/v3/positionRisk", symbol="BTCUSDT")
        assert (Decimal(row["positionAmt"]), row["openOrderInitialMargin"]) == (
            Decimal("0.010"),
            "0.00000000",
        )
        assert exchange.faults() == {}

    async def test_a_market_is_moved_through_an_order(self):
        """``move`` trades to a price and fills an order there; symbols of other markets are refused."""
        exchange = self.exchange_of()
        for venue in VENUES:
            made = await self.passive(venue)
            assert exchange.move(SYMBOLS[venue], made["price"], KINDS[venue]) >= 1
            asked = await self.good(
                "GET", f"/{venue}/v1/order", symbol=SYMBOLS[venue], orderId=made["orderId"]
            )
            assert asked["status"] == "FILLED"
            price = (await self.http("GET", f"/{venue}/v1/ticker/price?symbol={SYMBOLS[venue]}")).json()
            last = price if venue == "fapi" else price[0]
            assert Decimal(last["price"]) == Decimal(made["price"])
        for symbol, market in (("BTCUSDT", "coinm"), ("BTCUSD_PERP", "usdm"), ("BTCUSD_PERP", "spot")):
            with pytest.raises(InvalidArgument):
                exchange.move(symbol, "60000", market)
        with pytest.raises(InvalidArgument, match="steps of"):
            exchange.move("BTCUSDT", "60000.01", "usdm")

    async def test_one_account_meets_another(self):
        """An order of one key is filled by another key's, and both sides have the same trade."""
        exchange = self.exchange_of()
        made = await self.passive(quantity="60")
        exchange.add_api_key("other-key")
        bid, _ = await self.top()
        events = exchange.fill("BTCUSDT", "SELL", "50", price=bid[0], api_key="other-key", account="usdm")
        filled = [e["o"] for e in events if e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["x"] == "TRADE"]
        trades = await self.good("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
        assert {trade["orderId"] for trade in trades} == {made["orderId"]}
        assert {trade["id"] for trade in trades} <= {trade["t"] for trade in filled}
        assert all(trade["maker"] for trade in trades)
        (listed,) = await self.good("GET", "/fapi/v1/openOrders")
        assert listed["status"] == "PARTIALLY_FILLED"

    async def test_an_order_does_not_meet_its_own_account(self):
        """By default the standing order of the same account expires; with EXPIRE_TAKER the new one does."""
        self.exchange_of(usdm_symbols=["BTCUSDT"])
        for mode, ends in (("EXPIRE_MAKER", "standing"), ("EXPIRE_TAKER", "coming")):
            tick = Decimal("0.1")
            _, ask = await self.top()
            price = str(Decimal(ask[0]) - tick)  # alone at the best price
            standing = await self.passive(price=price, newClientOrderId=f"standing-{mode}")
            coming = await self.passive(
                side="SELL", price=price, selfTradePreventionMode=mode, newOrderRespType="RESULT",
                newClientOrderId=f"coming-{mode}",
            )  # fmt: skip
            found = {
                name: await self.good("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=order["orderId"])
                for name, order in (("standing", standing), ("coming", coming))
            }
            assert found[ends]["status"] == "EXPIRED_IN_MATCH"
            (other,) = set(found) - {ends}
            assert found[other]["status"] == "NEW"
            assert await self.good("GET", "/fapi/v1/userTrades", symbol="BTCUSDT") == []
            await self.good("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")

    async def test_times_in_force(self):
        """IOC expires its rest, FOK is -5021 unless all is there, GTX is -5022 if it crosses, GTD ends."""
        exchange = self.exchange_of()
        _, ask = await self.top()
        order = {"price": ask[0], "quantity": "50", "newOrderRespType": "RESULT"}
        made = await self.passive(timeInForce="IOC", **order)
        assert (made["status"], Decimal(made["executedQty"])) == ("EXPIRED", Decimal(ask[1]))
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "50"}
        _, ask = await self.top()
        order["price"] = ask[0]
        before = await self.good("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")
        assert await self.code("POST", "/fapi/v1/order", timeInForce="FOK", **order) == -5021
        assert await self.code("POST", "/fapi/v1/order", timeInForce="GTX", **order) == -5022
        assert await self.good("GET", "/fapi/v1/allOrders", symbol="BTCUSDT") == before
        assert (await self.passive(timeInForce="GTX"))["status"] == "NEW"
        filled = await self.passive(
            timeInForce="FOK", quantity=ask[1], price=ask[0], newOrderRespType="RESULT"
        )
        assert filled["status"] == "FILLED"
        now_ms = exchange.time_ms
        assert await self.code(
            "POST", "/fapi/v1/order", timeInForce="GTD", goodTillDate=now_ms + 500_000, **order
        ) == -5040  # fmt: skip
        made = await self.passive(timeInForce="GTD", goodTillDate=now_ms + 900_000)
        assert made["goodTillDate"] == (now_ms + 900_000) // 1000 * 1000
        exchange.market.advance(now_ms + 901_000)
        asked = {"status": "NEW"}
        while asked["status"] == "NEW":
            asked = await self.good("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=made["orderId"])
        assert asked["status"] == "EXPIRED"

    async def test_several_orders_in_one_call(self):
        """Each of a batch has its order or its error; several are cancelled likewise, and all of a symbol."""
        self.exchange_of()
        bid, _ = await self.top()
        one = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": bid[0]}
        batch = json.dumps([one | {"quantity": "0.01"}, one | {"quantity": "0"}, one | {"quantity": 0.02}])
        first, wrong, third = await self.good("POST", "/fapi/v1/batchOrders", batchOrders=batch)
        assert wrong == {"code": -4003, "msg": "Quantity less than zero."}
        assert (first["status"], third["origQty"]) == ("NEW", "0.020")
        numbers = json.dumps([first["orderId"], 1])
        ended, unknown = await self.good(
            "DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", orderIdList=numbers
        )
        assert (ended["status"], unknown["code"]) == ("CANCELED", -2011)
        assert await self.code("POST", "/fapi/v1/batchOrders", batchOrders="[]") == -4082
        assert await self.code("POST", "/fapi/v1/batchOrders", batchOrders="{") == -1130
        assert (await self.good("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT"))["code"] == 200
        assert await self.good("GET", "/fapi/v1/openOrders") == []

    async def test_a_test_order_changes_nothing(self):
        """It is checked like an order, and none is made."""
        self.poor(self.exchange_of())
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        made = await self.good("POST", "/fapi/v1/order/test", **order)
        assert set(made) == ORDER_FIELDS | OF_VENUE["fapi"] | {"cumQty"}
        assert await self.code("POST", "/fapi/v1/order/test", **order | {"quantity": "0.0001"}) == -1111
        assert await self.code("POST", "/fapi/v1/order/test", **order | {"quantity": "10"}) == -2019
        assert await self.good("GET", "/fapi/v1/allOrders", symbol="BTCUSDT") == []


GOOD = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
    "price": "66000",
}  # fmt: skip
WRONG = [
    ({"symbol": "NOPE"}, -1121), ({"symbol": "BTCUSD_PERP"}, -1121), ({"symbol": None}, -1102),
    ({"side": "HOLD"}, -1117), ({"type": "ICEBERG"}, -1116), ({"type": "STOP_MARKET"}, -4120),
    ({"type": "TRAILING_STOP_MARKET"}, -4120), ({"type": None}, -1102), ({"timeInForce": None}, -1102),
    ({"timeInForce": "DAY"}, -1115), ({"quantity": None}, -1102), ({"quantity": ""}, -1105),
    ({"quantity": "1e-2"}, -1102), ({"quantity": "0"}, -4003), ({"quantity": "-1"}, -4003),
    ({"quantity": "0.0105"}, -1111), ({"quantity": "61"}, -4005), ({"price": None}, -1102),
    ({"price": "-1"}, -4001), ({"price": "0"}, -4013), ({"price": "66000.15"}, -1111),
    ({"price": "2000000"}, -4002), ({"price": "99000"}, -4016),
    ({"side": "SELL", "price": "30000"}, -4024), ({"quantity": "0.001", "price": "4000"}, -4164),
    ({"type": "MARKET"}, -1106), ({"newClientOrderId": "a b"}, -4015),
    ({"newClientOrderId": "x" * 37}, -4015),
    ({"selfTradePreventionMode": "SOME"}, -5039), ({"positionSide": "LONG"}, -4061),
    ({"positionSide": "UP"}, -4060), ({"reduceOnly": "true"}, -2022), ({"reduceOnly": "maybe"}, -1130),
    ({"newOrderRespType": "FULL"}, -1130), ({"quantity": "10"}, -2019),
]  # fmt: skip


class ErrorTests(ContractCase):
    async def test_what_is_wrong_is_said_with_the_exchanges_code(self):
        """Every wrong parameter has its code, and no order is made; a client order id may stand once."""
        self.poor(self.exchange_of())
        for wrong, code in WRONG:
            params = {name: value for name, value in (GOOD | wrong).items() if value is not None}
            assert await self.code("POST", "/fapi/v1/order", **params) == code, wrong
        assert await self.good("GET", "/fapi/v1/allOrders", symbol="BTCUSDT") == []
        await self.good("POST", "/fapi/v1/order", newClientOrderId="once", **GOOD)
        assert await self.code("POST", "/fapi/v1/order", newClientOrderId="once", **GOOD) == -4116
        for path in ("order", "openOrder"):
            assert await self.code("GET", f"/fapi/v1/{path}", symbol="BTCUSDT") == -1102
            assert await self.code("GET", f"/fapi/v1/{path}", symbol="BTCUSDT", orderId=1) == -2013
        assert await self.code("DELETE", "/fapi/v1/order", symbol="BTCUSDT", orderId=1) == -2011
        status, _ = await self.call("PUT", "/fapi/v1/leverage", symbol="BTCUSDT")
        assert status == 405
        assert (await self.http("POST", "/fapi/v1/order", API_KEY)).json()["code"] == -1102
        assert (await self.http("POST", "/fapi/v1/order")).json()["code"] == -2014

    async def test_lists_have_bounds(self):
        """Ids and times narrow lists down, a window is of seven days, and what excludes itself is refused."""
        exchange = self.exchange_of()
        made = [await self.passive() for _ in range(3)]
        path = "/fapi/v1/allOrders"
        shown = await self.good("GET", path, symbol="BTCUSDT", orderId=made[1]["orderId"])
        assert [order["orderId"] for order in shown] == [made[1]["orderId"], made[2]["orderId"]]
        shown = await self.good("GET", path, symbol="BTCUSDT", limit=1)
        assert [order["orderId"] for order in shown] == [made[2]["orderId"]]
        assert await self.good("GET", path, symbol="BTCUSDT", endTime=exchange.time_ms - 60_000) == []
        assert await self.code("GET", path) == -1102
        assert await self.code("GET", path, symbol="BTCUSDT", limit=0) == -1130
        assert await self.code("GET", path, symbol="BTCUSDT", startTime=9, endTime=1) == -1023
        assert await self.code("GET", path, symbol="BTCUSDT", startTime=1, endTime=10**9) == -4165
        assert await self.code("GET", "/fapi/v1/userTrades", symbol="BTCUSDT", fromId=1, startTime=1) == -1128
        assert await self.good("GET", "/dapi/v1/userTrades", pair="BTCUSD") == []
        assert await self.code("GET", "/dapi/v1/userTrades", pair="BTCUSD", symbol="BTCUSD_PERP") == -1128
        assert await self.code("GET", "/dapi/v1/allOrders", pair="NOPE") == -1121


class SettingTests(ContractCase):
    async def test_leverage(self):
        """It is set with an event, changes the margin of positions and orders, and has bounds."""
        self.exchange_of()
        client = await self.listen()
        await self.passive()
        before = await self.margin()
        made = await self.good("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=10)
        assert made == {"leverage": 10, "maxNotionalValue": "1000000", "symbol": "BTCUSDT"}
        assert abs(await self.margin() - 2 * before) < Decimal("0.000001")
        events = await client.count(2)
        assert events[-1]["ac"] == {"s": "BTCUSDT", "l": 10}
        made = await self.good("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=125)
        assert made["maxNotionalValue"] == "50000"
        for leverage in (0, 126):
            assert await self.code("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=leverage) == -4028
        assert "maxQty" in await self.good("POST", "/dapi/v1/leverage", symbol="BTCUSD_PERP", leverage=5)

    async def margin(self):
        account = await self.good("GET", "/fapi/v3/account")
        return Decimal(account["assets"][0]["initialMargin"])

    async def test_margin_type(self):
        """An isolated position has a wallet of its own; the type is fixed by an order or a position."""
        self.exchange_of()
        path, symbol = "/fapi/v1/marginType", {"symbol": "BTCUSDT"}
        assert await self.code("POST", path, **symbol, marginType="CROSSED") == -4046
        assert (await self.good("POST", path, **symbol, marginType="ISOLATED"))["code"] == 200
        order = await self.passive()
        assert await self.code("POST", path, **symbol, marginType="CROSSED") == -4047
        await self.good("DELETE", "/fapi/v1/order", **symbol, orderId=order["orderId"])
        client = await self.listen()
        await self.good("POST", "/fapi/v1/order", **symbol, side="BUY", type="MARKET", quantity="1")
        assert await self.code("POST", path, **symbol, marginType="CROSSED") == -4048
        assert await self.code("POST", path, **symbol, marginType="SPLIT") == -1130
        (row,) = await self.good("GET", "/fapi/v2/positionRisk", **symbol)
        assert row["marginType"] == "isolated"
        wallet = Decimal(row["isolatedWallet"])
        assert wallet == (Decimal(row["entryPrice"]) / 20).quantize(wallet) > 0
        await client.until(
            lambda: any(m["e"] == "ORDER_TRADE_UPDATE" and m["o"]["X"] == "FILLED" for m in client.messages)
        )
        update = [m["a"] for m in client.messages if m["e"] == "ACCOUNT_UPDATE"][-1]
        assert (update["P"][0]["mt"], Decimal(update["P"][0]["iw"])) == ("isolated", wallet)
        assert Decimal(update["B"][0]["wb"]) - Decimal(update["B"][0]["cw"]) == wallet
        assert await self.code("POST", "/fapi/v1/leverage", **symbol, leverage=10) == -4161
        await self.good("POST", "/fapi/v1/leverage", **symbol, leverage=40)
        (row,) = await self.good("GET", "/fapi/v2/positionRisk", **symbol)
        assert abs(Decimal(row["isolatedWallet"]) - wallet / 2) < Decimal("0.0001")

    async def test_hedge_mode(self):
        """A long and a short of one contract are two positions, and an order closes no more than there is."""
        exchange = self.exchange_of()
        path = "/fapi/v1/positionSide/dual"
        assert await self.good("GET", path) == {"dualSidePosition": False}
        assert await self.code("POST", path, dualSidePosition="false") == -4059
        await self.good("POST", path, dualSidePosition="true")
        order = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.5"}
        place = "/fapi/v1/order"
        assert await self.code("POST", place, **order, side="BUY") == -4061
        assert (
            await self.code("POST", place, **order, side="BUY", positionSide="LONG", reduceOnly="true")
            == -1106
        )
        await self.good("POST", place, **order, side="BUY", positionSide="LONG")
        await self.good("POST", place, **order, side="SELL", positionSide="SHORT")
        rows = await self.good("GET", "/fapi/v2/positionRisk", symbol="BTCUSDT")
        assert {row["positionSide"]: Decimal(row["positionAmt"]) for row in rows} == {
            "LONG": Decimal("0.5"), "SHORT": Decimal("-0.5"),
        }  # fmt: skip
        (event,) = exchange.account_event("ACCOUNT_UPDATE", "usdm", "BTCUSDT", API_KEY)
        assert Decimal(event["a"]["B"][0]["bc"]) == 0  # what the long pays the short gets
        more = order | {"quantity": "0.6"}
        assert await self.code("POST", place, **more, side="SELL", positionSide="LONG") == -2022
        await self.good("POST", place, **order, side="SELL", positionSide="LONG")
        rows = await self.good("GET", "/fapi/v3/positionRisk")
        assert [row["positionSide"] for row in rows] == ["SHORT"]
        assert await self.code("POST", path, dualSidePosition="false") == -4068

    async def test_an_order_that_only_reduces_ends_with_its_position(self):
        """A reduce-only order stands while the position is as large as it, and expires once it is not."""
        self.exchange_of()
        order = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.5"}
        await self.good("POST", "/fapi/v1/order", **order, side="BUY")
        _, ask = await self.top()
        closing = await self.passive(side="SELL", price=ask[0], quantity="0.5", reduceOnly="true")
        assert closing["reduceOnly"] is True
        await self.good("POST", "/fapi/v1/order", **order | {"quantity": "0.1"}, side="SELL")
        asked = await self.good("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=closing["orderId"])
        assert asked["status"] == "EXPIRED"

    async def test_income_is_all_that_changes_the_wallet(self):
        """Deposits, funding, fees and profits add up to the change of the balance, and each has its kind."""
        exchange = self.exchange_of()
        before = Decimal((await self.good("GET", "/fapi/v3/balance"))[0]["balance"])
        order = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "1"}
        await self.good("POST", "/fapi/v1/order", **order, side="BUY")
        exchange.deposit("USDT", "-12.5", api_key=API_KEY, account="usdm")
        exchange.account_event("ACCOUNT_UPDATE", "usdm", "BTCUSDT", API_KEY)
        await self.good("POST", "/fapi/v1/order", **order, side="SELL")
        rows = await self.good("GET", "/fapi/v1/income")
        after = Decimal((await self.good("GET", "/fapi/v3/balance"))[0]["balance"])
        assert sum(Decimal(row["income"]) for row in rows) == after - before
        assert {row["incomeType"] for row in rows} == {
            "COMMISSION", "TRANSFER", "FUNDING_FEE", "REALIZED_PNL",
        }  # fmt: skip
        assert len({row["tranId"] for row in rows}) == len(rows)
        (moved,) = await self.good("GET", "/fapi/v1/income", incomeType="TRANSFER")
        assert moved["income"] == "-12.50000000"

    async def test_fees_and_liquidations(self):
        """The rates are those that are charged, and the sandbox liquidates nobody."""
        self.exchange_of()
        assert await self.good("GET", "/fapi/v1/commissionRate", symbol="BTCUSDT") == {
            "symbol": "BTCUSDT", "makerCommissionRate": "0.000200", "takerCommissionRate": "0.000400",
        }  # fmt: skip
        assert await self.good("GET", "/dapi/v1/forceOrders") == []


class WeightTests(ContractCase):
    async def test_an_account_may_send_so_many_orders(self):
        """Answers to orders say how many there were; the 301st of ten seconds is 429 with -1015."""
        exchange = self.exchange_of()
        account = exchange.accounts.authenticate(API_KEY, "usdm")
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        for _ in range(299):
            exchange.dealings.orders.count(account)
        made = await self.answer_to("POST", "/fapi/v1/order", **order)
        assert made.status == 200
        assert (made.headers["x-mbx-order-count-10s"], made.headers["x-mbx-order-count-1m"]) == ("300", "300")
        refused = await self.answer_to("POST", "/fapi/v1/order", **order)
        assert (refused.status, refused.json()["code"]) == (429, -1015)
        assert len(await self.good("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")) == 1

    async def test_without_limits_an_account_may_send_any_number_of_orders(self):
        """What lifts the limit of spot's orders lifts that of contracts, too."""
        exchange = self.exchange_of(limits=NO_LIMITS)
        account = exchange.accounts.authenticate(API_KEY, "usdm")
        for _ in range(300):
            exchange.dealings.orders.count(account)
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        assert (await self.answer_to("POST", "/fapi/v1/order", **order)).status == 200

    async def test_orders_weigh_nothing_and_lists_more_without_a_symbol(self):
        """An order has no weight on the address; all open orders have 40, those of one symbol 1."""
        self.exchange_of()

        async def used(method, path, **params):
            text = urlencode(params | {"timestamp": int(time.time() * 1000)})
            answer = await self.http(method, f"{path}?{text}", API_KEY)
            return int(answer.headers["x-mbx-used-weight-1m"])

        before = await used("GET", "/fapi/v1/ping")
        assert await used("POST", "/fapi/v1/order") == before
        assert await used("GET", "/fapi/v1/openOrders", symbol="BTCUSDT") == before + 1
        assert await used("GET", "/fapi/v1/openOrders") == before + 41
        assert await used("GET", "/dapi/v1/allOrders", symbol="BTCUSD_PERP") == before + 61
