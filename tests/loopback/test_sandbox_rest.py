"""What the sandbox's REST says of symbols, windows and accounts, held against the exchange's documents."""

import hashlib
import hmac
import json
import time
from bisect import bisect_left
from decimal import Decimal
from itertools import cycle
from urllib.parse import quote, urlencode

import pytest

from binance.sandbox.answers import rest
from binance.sandbox.limits import NO_LIMITS, Limits
from binance.sandbox.market import payloads
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.market import Market
from binance.sandbox.market.rules import rate_limits
from binance.sandbox.market.times import DAY_MS, HOUR_MS, MINUTE_MS

from ..keys import API_KEY, SECRET
from ..rest import asked
from ..sandbox_case import SandboxTestCase

START_MS = 1_789_999_991_234

# The fields of a symbol, from the exchange's documents.
SYMBOL_FIELDS = """
    symbol status baseAsset baseAssetPrecision quoteAsset quotePrecision quoteAssetPrecision
    baseCommissionPrecision quoteCommissionPrecision orderTypes icebergAllowed ocoAllowed otoAllowed
    opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop cancelReplaceAllowed amendAllowed
    pegInstructionsAllowed isSpotTradingAllowed isMarginTradingAllowed filters permissions permissionSets
    defaultSelfTradePreventionMode allowedSelfTradePreventionModes
"""

# The filters that a spot symbol has, and the fields of each.
FILTER_FIELDS = {
    "PRICE_FILTER": "minPrice maxPrice tickSize",
    "LOT_SIZE": "minQty maxQty stepSize",
    "ICEBERG_PARTS": "limit",
    "MARKET_LOT_SIZE": "minQty maxQty stepSize",
    "TRAILING_DELTA": (
        "minTrailingAboveDelta maxTrailingAboveDelta minTrailingBelowDelta maxTrailingBelowDelta"
    ),
    "PERCENT_PRICE_BY_SIDE": (
        "bidMultiplierUp bidMultiplierDown askMultiplierUp askMultiplierDown avgPriceMins"
    ),
    "NOTIONAL": "minNotional applyMinToMarket maxNotional applyMaxToMarket avgPriceMins",
    "MAX_NUM_ORDERS": "maxNumOrders",
    "MAX_NUM_ORDER_LISTS": "maxNumOrderLists",
    "MAX_NUM_ALGO_ORDERS": "maxNumAlgoOrders",
    "MAX_NUM_ORDER_AMENDS": "maxNumOrderAmends",
}

MINI = (
    "symbol openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime firstId lastId count"
)
WINDOW = f"{MINI} priceChange priceChangePercent weightedAvgPrice"
FULL = f"{WINDOW} prevClosePrice lastQty bidPrice bidQty askPrice askQty"

ACCOUNT_FIELDS = """
    makerCommission takerCommission buyerCommission sellerCommission commissionRates canTrade canWithdraw
    canDeposit brokered requireSelfTradePrevention preventSor updateTime accountType balances permissions uid
"""


def market_of(*symbols, rate=20.0, run_ms=90_000):
    market = Market(symbols or ("BNBBTC", "ETHUSDT", "LTCBTC"), rate=rate, start_ms=START_MS)
    market.advance(START_MS + run_ms)
    return market


# -- exchangeInfo ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", ["BNBBTC", "ETHUSDT", "ABCXYZ"])
def test_a_symbol_has_every_field_and_filter_of_the_exchange(symbol):
    """All fields, and all filters with minima and maxima, fit to the symbol's steps and prices."""
    (told,) = asked(market_of(symbol), "exchangeInfo", symbol=symbol)["symbols"]
    assert set(told) == set(SYMBOL_FIELDS.split())
    assert told["permissions"] == []
    assert told["permissionSets"] == [["SPOT", "MARGIN"]]
    assert told["defaultSelfTradePreventionMode"] in told["allowedSelfTradePreventionModes"]
    filters = {item["filterType"]: item for item in told["filters"]}
    assert {kind: set(item) - {"filterType"} for kind, item in filters.items()} == {
        kind: set(fields.split()) for kind, fields in FILTER_FIELDS.items()
    }
    for kind, step, names in (
        ("PRICE_FILTER", "tickSize", ("minPrice", "maxPrice")),
        ("LOT_SIZE", "stepSize", ("minQty", "maxQty")),
    ):
        least, most = (Decimal(filters[kind][name]) for name in names)
        assert 0 < least < most
        assert least % Decimal(filters[kind][step]) == most % Decimal(filters[kind][step]) == 0
    assert 0 < Decimal(filters["MARKET_LOT_SIZE"]["maxQty"]) <= Decimal(filters["LOT_SIZE"]["maxQty"])
    assert 0 < Decimal(filters["NOTIONAL"]["minNotional"]) < Decimal(filters["NOTIONAL"]["maxNotional"])


def test_exchange_info_names_the_limits_of_the_exchange():
    """The limits are weight, orders and raw requests; a limit that is lifted is not among them."""
    told = asked(market_of(), "exchangeInfo")
    assert set(told) == {"timezone", "serverTime", "rateLimits", "exchangeFilters", "symbols"}
    assert [
        (item["rateLimitType"], item["interval"], item["intervalNum"]) for item in told["rateLimits"]
    ] == [
        ("REQUEST_WEIGHT", "MINUTE", 1),
        ("ORDERS", "SECOND", 10),
        ("ORDERS", "DAY", 1),
        ("RAW_REQUESTS", "MINUTE", 5),
    ]
    assert told["rateLimits"][0]["limit"] == Limits().weight_per_min
    assert [item["rateLimitType"] for item in rate_limits(None, 300)] == ["ORDERS", "ORDERS", "CONNECTIONS"]


def test_exchange_info_lists_what_was_asked_for():
    """``symbols``, ``permissions``, ``symbolStatus`` and ``showPermissionSets`` narrow the answer."""
    market = market_of()

    def listed(**params):
        return [item["symbol"] for item in asked(market, "exchangeInfo", **params)["symbols"]]

    assert listed() == ["BNBBTC", "ETHUSDT", "LTCBTC"]
    assert listed(symbols='["LTCBTC","BNBBTC"]') == ["LTCBTC", "BNBBTC"]
    assert listed(symbolStatus="TRADING") == listed(permissions="SPOT") == listed()
    assert listed(permissions='["MARGIN","LEVERAGED"]') == listed()
    assert listed(symbolStatus="HALT") == listed(permissions="TRD_GRP_004") == []
    for shown, sets in (("false", []), ("true", [["SPOT", "MARGIN"]])):
        told = asked(market, "exchangeInfo", symbol="BNBBTC", showPermissionSets=shown)
        assert told["symbols"][0]["permissionSets"] == sets


# -- mistakes --------------------------------------------------------------------------------------------

MANY = json.dumps([f"A{number}B" for number in range(101)])


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("exchangeInfo", {"symbol": "bnbbtc"}, -1100),
        ("exchangeInfo", {"symbols": '["bnbbtc"]'}, -1100),
        ("exchangeInfo", {"symbol": "NOPE"}, -1121),
        ("exchangeInfo", {"symbol": ""}, -1105),
        ("exchangeInfo", {"symbol": "BNBBTC", "symbols": '["BNBBTC"]'}, -1128),
        ("exchangeInfo", {"symbol": "BNBBTC", "permissions": "SPOT"}, -1128),
        ("exchangeInfo", {"symbols": '["BNBBTC"]', "symbolStatus": "TRADING"}, -1128),
        ("exchangeInfo", {"symbolStatus": "ASLEEP"}, -1122),
        ("exchangeInfo", {"permissions": "EVERYTHING"}, -1130),
        ("exchangeInfo", {"permissions": "[[]]"}, -1130),
        ("exchangeInfo", {"permissions": "[" * 100_000}, -1130),
        ("exchangeInfo", {"showPermissionSets": "maybe"}, -1130),
        ("depth", {"symbol": "bnbbtc"}, -1100),
        ("depth", {"symbol": "BNBBTC", "symbolStatus": "HALT"}, -1220),
        ("ticker/price", {"symbol": "BNBBTC", "symbolStatus": "BREAK"}, -1220),
        ("ticker/price", {"symbol": "BNBBTC", "symbolStatus": "trading"}, -1122),
        ("ticker/24hr", {"symbol": "BNBBTC", "type": "TINY"}, -1139),
        ("ticker", {}, -1102),
        ("ticker", {"symbol": "BNBBTC", "windowSize": "60m"}, -1130),
        ("ticker", {"symbol": "BNBBTC", "windowSize": "1d2h"}, -1130),
        ("ticker", {"symbol": "BNBBTC", "windowSize": "8d"}, -1130),
        ("ticker", {"symbols": MANY}, -1101),
        ("ticker/tradingDay", {}, -1102),
        ("ticker/tradingDay", {"symbol": "BNBBTC", "timeZone": "15"}, -1130),
        ("ticker/tradingDay", {"symbol": "BNBBTC", "timeZone": "-13"}, -1130),
        ("ticker/tradingDay", {"symbol": "BNBBTC", "timeZone": "noon"}, -1130),
        ("referencePrice", {}, -1102),
        ("executionRules", {"symbol": "BNBBTC", "symbolStatus": "TRADING"}, -1128),
        ("historicalBlockTrades", {"symbol": "BNBBTC"}, -1102),
    ],
)
def test_mistakes_have_the_codes_of_the_exchange(path, params, code):
    """Each mistake is status 400 with its code and a message."""
    symbols = ["BNBBTC", *(json.loads(MANY) if params.get("symbols") == MANY else [])]
    body = asked(Market(symbols, start_ms=START_MS), path, status=400, **params)
    assert body["code"] == code
    assert body["msg"]


# -- windows ---------------------------------------------------------------------------------------------


def test_a_mini_ticker_has_the_statistics_alone():
    """``type=MINI`` leaves prices of the book and changes away, and says the same otherwise."""
    market = market_of()
    for path, fields in (("ticker/24hr", FULL), ("ticker", WINDOW), ("ticker/tradingDay", WINDOW)):
        full = asked(market, path, symbol="BNBBTC")
        assert set(full) == set(fields.split())
        assert asked(market, path, symbol="BNBBTC", type="FULL") == full
        mini = asked(market, path, symbol="BNBBTC", type="MINI")
        assert set(mini) == set(MINI.split())
        assert mini == {name: full[name] for name in mini}
        several = asked(market, path, symbols='["BNBBTC","LTCBTC"]', type="MINI", symbolStatus="TRADING")
        assert [set(item) for item in several] == [set(MINI.split())] * 2
        assert asked(market, path, symbols='["BNBBTC"]', symbolStatus="HALT") == []


SIZES = ["1m", "2m", "59m", "1h", "23h", "1d", "2d", "7d"]
ZONES = ["0", "8", "+08:00", "-1:00", "05:45", "14", "-12"]


def test_windows_count_the_trades_within_them():
    """A day is 24 hours to the second, a rolling window begins on a minute, a trading day at its midnight."""
    market = Market(("BNBBTC",), rate=0.05, start_ms=START_MS)
    book, trades = market.books["BNBBTC"], []

    def run(until_ms):
        for _ in market.run(until_ms):
            trades.extend(book.fresh_trades)
            book.forget_fresh()

    def check(told, open_ms, least_ms):
        within = trades[bisect_left(trades, least_ms, key=lambda trade: trade.time_ms) :]
        assert (told["openTime"], told["count"]) == (open_ms, len(within))
        assert told["volume"] == decimal(sum(trade.quantity for trade in within))
        assert told["lastPrice"] == decimal(trades[-1].price)
        if within:
            assert (told["firstId"], told["lastId"]) == (within[0].id, within[-1].id)
            assert told["openPrice"] == decimal(within[0].price)

    run(START_MS + 3 * DAY_MS)
    # 7.321 s: at other milliseconds of other minutes each time
    for number, size, zone in zip(range(200), cycle(SIZES), cycle(ZONES), strict=False):
        run(START_MS + 3 * DAY_MS + number * 7321)
        now_ms = int(market.now_ms)
        day = asked(market, "ticker/24hr", symbol="BNBBTC")
        assert (day["openTime"], day["closeTime"]) == (now_ms - DAY_MS, now_ms)
        least_ms = -(-day["openTime"] // 1000) * 1000
        check(day, now_ms - DAY_MS, least_ms)
        before = bisect_left(trades, least_ms, key=lambda trade: trade.time_ms)
        assert day["prevClosePrice"] == decimal(trades[before - 1].price)
        assert payloads.mini_ticker(book, now_ms)["v"] == day["volume"]

        window = asked(market, "ticker", symbol="BNBBTC", windowSize=size)
        length_ms = int(size[:-1]) * {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}[size[-1]]
        open_ms = now_ms - now_ms % MINUTE_MS - length_ms
        check(window, open_ms, open_ms)
        assert window["closeTime"] == now_ms

        today = asked(market, "ticker/tradingDay", symbol="BNBBTC", timeZone=zone)
        hours, _, minutes = zone.lstrip("+-").partition(":")
        offset_ms = (int(hours) * 60 + int(minutes or 0)) * MINUTE_MS * (-1 if zone[0] == "-" else 1)
        check(today, today["openTime"], today["openTime"])
        assert (today["openTime"] + offset_ms) % DAY_MS == 0
        assert today["openTime"] <= now_ms <= today["closeTime"] == today["openTime"] + DAY_MS - 1


# -- reference prices, rules, blocks -------------------------------------------------------------------------


def test_rest_says_of_reference_prices_and_blocks_what_their_streams_say():
    """``referencePrice`` has the stream's price and time, ``historicalBlockTrades`` the blocks by id."""
    market = Market(("BNBBTC", "ETHUSDT"), rate=20, start_ms=START_MS)
    blocks = []
    for book in market.run(START_MS + 120_000):
        blocks += book.fresh_blocks if book.symbol == "BNBBTC" else []
        book.forget_fresh()
    now_ms = int(market.now_ms)
    pushed = payloads.reference_price(market.books["BNBBTC"], now_ms)
    assert asked(market, "referencePrice", symbol="BNBBTC") == {
        "symbol": "BNBBTC", "referencePrice": pushed["r"], "timestamp": pushed["t"],
    }  # fmt: skip
    assert asked(market, "referencePrice/calculation", symbol="BNBBTC")["calculationType"] == "EXTERNAL"
    still = Market(("BNBBTC",), rate=0, start_ms=START_MS)
    assert asked(still, "referencePrice", symbol="BNBBTC")["referencePrice"] is None
    told = asked(market, "historicalBlockTrades", symbol="BNBBTC", fromId=str(blocks[1].id), limit="2")
    assert [block["id"] for block in told] == [block.id for block in blocks[1:3]]
    assert set(told[0]) == {"id", "price", "qty", "quoteQty", "time", "isBuyerMaker"}


def test_every_symbol_has_its_execution_rule():
    """``executionRules`` lists them for one symbol, for some, or for all of a status."""
    market = market_of()
    told = asked(market, "executionRules")["symbolRules"]
    assert [item["symbol"] for item in told] == ["BNBBTC", "ETHUSDT", "LTCBTC"]
    assert [rule["ruleType"] for item in told for rule in item["rules"]] == ["PRICE_RANGE"] * 3
    assert asked(market, "executionRules", symbol="ETHUSDT")["symbolRules"] == told[1:2]
    assert asked(market, "executionRules", symbolStatus="TRADING")["symbolRules"] == told
    assert asked(market, "executionRules", symbolStatus="BREAK")["symbolRules"] == []


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("/api/v3/exchangeInfo", {}, 20),
        ("/api/v3/account", {}, 20),
        ("/api/v3/openOrders", {}, 80),
        ("/api/v3/openOrders", {"symbol": "A"}, 6),
        ("/api/v3/ticker", {"symbol": "A"}, 4),
        ("/api/v3/ticker", {"symbols": '["A","B","C"]'}, 12),
        ("/api/v3/ticker/tradingDay", {"symbols": MANY}, 200),
        ("/api/v3/executionRules", {}, 40),
        ("/api/v3/executionRules", {"symbols": '["A","B"]'}, 4),
        ("/api/v3/executionRules", {"symbols": MANY}, 40),
        ("/api/v3/referencePrice", {"symbol": "A"}, 2),
        ("/api/v3/ticker/24hr", {"symbols": MANY}, 80),
        ("/sapi/v1/capital/config/getall", {}, 10),
        ("/sapi/v1/system/status", {}, 1),
    ],
)
def test_calls_weigh_what_the_exchange_says(path, params, weight):
    """Weights by call and by how many symbols it names."""
    assert rest.weight(rest.RestCall("GET", path, params)) == weight


# -- accounts --------------------------------------------------------------------------------------------


class AccountTests(SandboxTestCase):
    async def signed(self, path, secret=SECRET, **params):
        """Make a signed call; return the answer."""
        query = urlencode({**params, "timestamp": int(time.time() * 1000)})
        signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        return await self.http("GET", f"{path}?{query}&signature={quote(signature)}", API_KEY)

    async def test_an_account_shows_its_balances(self):
        """A signed call shows every asset of the market; what an order changed shows at once."""
        exchange = self.exchange(rate=0, limits=NO_LIMITS, symbols=["BNBBTC"], api_keys={API_KEY: SECRET})
        told = (await self.signed("/api/v3/account")).json()
        assert set(told) == set(ACCOUNT_FIELDS.split())
        assert told["balances"] == [
            {"asset": asset, "free": "1000000.00000000", "locked": "0.00000000"} for asset in ("BNB", "BTC")
        ]
        assert told["updateTime"] == 0
        exchange.call("deposit", {"asset": "BTC", "amount": "-1000000", "api_key": API_KEY})
        events = exchange.call("deposit", {"asset": "XYZ", "amount": "0.5", "api_key": API_KEY})
        told = (await self.signed("/api/v3/account")).json()
        free = {item["asset"]: item["free"] for item in told["balances"]}
        assert free == {"BNB": "1000000.00000000", "BTC": "0.00000000", "XYZ": events[-1]["B"][0]["f"]}
        assert told["updateTime"] == events[-1]["u"]
        some = (await self.signed("/api/v3/account", omitZeroBalances="true")).json()
        assert [item["asset"] for item in some["balances"]] == ["BNB", "XYZ"]
        coins = (await self.signed("/sapi/v1/capital/config/getall")).json()
        assert {coin["coin"]: coin["free"] for coin in coins} == free
        assert all(coin["networkList"][0]["isDefault"] for coin in coins)
        rate = told["commissionRates"]["taker"]
        fees = [{"symbol": "BNBBTC", "makerCommission": rate, "takerCommission": rate}]
        assert (await self.signed("/sapi/v1/asset/tradeFee")).json() == fees
        assert (await self.signed("/sapi/v1/asset/tradeFee", symbol="BNBBTC")).json() == fees

    async def test_no_order_stays_open(self):
        """What an order leaves expires at once, so that none is open, of one symbol or of all."""
        exchange = self.exchange(rate=0, limits=NO_LIMITS, api_keys={API_KEY: SECRET})
        order = {"symbol": "BNBBTC", "side": "BUY", "quantity": "1", "price": "0.00000100"}
        events = exchange.call("fill", order | {"api_key": API_KEY})
        assert events[-2]["X"] == "EXPIRED"
        assert (await self.signed("/api/v3/openOrders")).json() == []
        assert (await self.signed("/api/v3/openOrders", symbol="BNBBTC")).json() == []
        assert (await self.signed("/api/v3/openOrders", symbol="bnbbtc")).json()["code"] == -1100

    async def test_private_calls_need_a_key_and_a_signature(self):
        """Without a key it is -2014, without a signature -1102, with a wrong one -1022."""
        self.exchange(rate=0, limits=NO_LIMITS, api_keys={API_KEY: SECRET})
        for path in (
            "/api/v3/account", "/api/v3/openOrders", "/sapi/v1/capital/config/getall",
            "/sapi/v1/asset/tradeFee",
        ):  # fmt: skip
            answer = await self.http("GET", path)
            assert (answer.status, answer.json()["code"]) == (401, -2014)
            assert (await self.http("GET", path, API_KEY)).json()["code"] == -1102
            assert (await self.signed(path, secret="another")).json()["code"] == -1022
            assert (await self.http("POST", path, API_KEY)).status == 405
        assert (await self.signed("/api/v3/account", omitZeroBalances="maybe")).json()["code"] == -1130

    async def test_margin_pairs_need_a_key_alone(self):
        """Both lists of margin pairs name every symbol; the system's status needs nothing."""
        exchange = self.exchange(rate=0, limits=NO_LIMITS, api_keys={API_KEY: SECRET})
        for path in ("/sapi/v1/margin/allPairs", "/sapi/v1/margin/isolated/allPairs"):
            assert (await self.http("GET", path)).json()["code"] == -2014
            pairs = (await self.http("GET", path, API_KEY)).json()
            assert [pair["symbol"] for pair in pairs] == list(exchange.market.books)
            assert all(pair["base"] + pair["quote"] == pair["symbol"] for pair in pairs)
        assert (await self.http("GET", "/sapi/v1/system/status")).json() == {"status": 0, "msg": "normal"}

    async def test_exchange_info_shows_the_limits_in_force(self):
        """The limit of weight is that of this exchange."""
        self.exchange(rate=0, limits=Limits(weight_per_min=500))
        told = (await self.http("GET", "/api/v3/exchangeInfo")).json()
        assert told["rateLimits"][0]["limit"] == 500
