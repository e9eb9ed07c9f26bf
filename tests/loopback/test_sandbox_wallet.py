"""Small calls of the wallet, of margin, of the website and of futures' statistics, held to the market."""

import hashlib
import hmac
import time
from decimal import Decimal

import pytest

from binance.sandbox.answers import derivatives
from binance.sandbox.answers.rest import RestCall
from binance.sandbox.limits import Limits
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market
from binance.sandbox.market.times import HOUR_MS

from ..keys import API_KEY, SECRET
from ..rest import asked
from ..sandbox_case import SandboxTestCase

START_MS = 1_789_999_991_234


class WalletTests(SandboxTestCase):
    async def signed(self, path, query=""):
        text = f"{query}timestamp={int(time.time() * 1000)}"
        signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        answer = await self.http("GET", f"{path}?{text}&signature={signature}", API_KEY)
        assert answer.status == 200, answer.body
        return answer.json()

    async def test_what_is_said_of_an_account(self):
        """It is normal and not locked, pays no fees in BNB, and has converted no dust; all is signed."""
        self.exchange(rate=0, api_keys={API_KEY: SECRET})
        assert await self.signed("/sapi/v1/account/status") == {"data": "Normal"}
        assert (await self.signed("/sapi/v1/account/apiTradingStatus"))["data"]["isLocked"] is False
        assert await self.signed("/sapi/v1/bnbBurn") == {"spotBNBBurn": False, "interestBNBBurn": False}
        assert await self.signed("/sapi/v1/asset/dribblet") == {"total": 0, "userAssetDribblets": []}
        for path in ("account/status", "asset/assetDetail", "bnbBurn"):
            assert (await self.http("GET", f"/sapi/v1/{path}")).json()["code"] == -2014
            assert (await self.http("GET", f"/sapi/v1/{path}", API_KEY)).json()["code"] == -1102
            assert (await self.http("POST", f"/sapi/v1/{path}", API_KEY)).status == 405

    async def test_assets_agree_with_all_coins(self):
        """What may be withdrawn of an asset is what ``capital/config/getall`` says of its network."""
        self.exchange(rate=0, api_keys={API_KEY: SECRET})
        details = await self.signed("/sapi/v1/asset/assetDetail")
        coins = {
            row["coin"]: row["networkList"][0] for row in await self.signed("/sapi/v1/capital/config/getall")
        }
        assert set(details) == set(coins)
        for asset, row in details.items():
            assert (row["withdrawFee"], row["minWithdrawAmount"]) == (
                coins[asset]["withdrawFee"], coins[asset]["withdrawMin"],
            )  # fmt: skip
        assert await self.signed("/sapi/v1/asset/assetDetail", "asset=BNB&") == {"BNB": details["BNB"]}

    async def test_margin(self):
        """Assets and price index need a key alone, and follow the spot market."""
        self.exchange(rate=0, api_keys={API_KEY: SECRET})
        path = "/sapi/v1/margin/priceIndex"
        shown = (await self.http("GET", f"{path}?symbol=BNBBTC", API_KEY)).json()
        last = (await self.http("GET", "/api/v3/ticker/price?symbol=BNBBTC")).json()["price"]
        assert (shown["symbol"], shown["price"]) == ("BNBBTC", last)
        assert (await self.http("GET", path, API_KEY)).json()["code"] == -1102
        assert (await self.http("GET", f"{path}?symbol=BNBBTC")).json()["code"] == -2014
        rows = (await self.http("GET", "/sapi/v1/margin/allAssets", API_KEY)).json()
        assert {"BNB", "BTC", "USDT"} <= {row["assetName"] for row in rows}
        (row,) = (await self.http("GET", "/sapi/v1/margin/allAssets?asset=BNB", API_KEY)).json()
        assert row["assetName"] == "BNB"


def test_products_are_the_symbols_of_the_market():
    """Each product of the website has the prices and volumes of its ticker."""
    market = Market(("BNBBTC", "ETHUSDT"), rate=20, start_ms=START_MS)
    market.advance(START_MS + 60_000)
    shown = asked(market, "/bapi/asset/v2/public/asset-service/product/get-products", includeEtf="true")
    assert (shown["code"], shown["success"]) == ("000000", True)
    rows = {row["s"]: row for row in shown["data"]}
    assert set(rows) == {"BNBBTC", "ETHUSDT"}
    for symbol, row in rows.items():
        day = asked(market, "ticker/24hr", symbol=symbol)
        assert (row["c"], row["h"], row["v"], row["qv"]) == (
            day["lastPrice"], day["highPrice"], day["volume"], day["quoteVolume"],
        )  # fmt: skip
    assert (rows["BNBBTC"]["b"], rows["BNBBTC"]["q"]) == ("BNB", "BTC")
    asked(market, "/bapi/asset/v2/public/asset-service/product/get-product", 404)


class Statistics:
    """The markets of futures after 26 hours, a trade a minute."""

    def __init__(self):
        now_ms = START_MS
        self.derivatives = Derivatives(
            1, 1 / 60, lambda: now_ms, ["BTCUSDT", "ETHUSDT"], ["BTCUSD_PERP", "BTCUSD_261225"]
        )
        self.market = self.derivatives.futures.market
        self.now_ms = START_MS + 26 * HOUR_MS
        self.market.advance(self.now_ms)

    def ask(self, path, status=200, **params):
        answer = derivatives.answer(RestCall("GET", path, params), self.derivatives, 0, Limits())
        assert answer.status == status, answer
        return answer.body


@pytest.fixture(scope="module")
def statistics():
    return Statistics()


def test_funding_rates(statistics):
    """A perpetual has a rate for each eight hours since the market began, a delivery contract none."""
    rows = statistics.ask("/fapi/v1/fundingRate", symbol="BTCUSDT")
    times = [row["fundingTime"] for row in rows]
    assert times == list(range(-(-START_MS // (8 * HOUR_MS)) * 8 * HOUR_MS, statistics.now_ms, 8 * HOUR_MS))
    assert len(times) == 4
    assert all(abs(Decimal(row["fundingRate"])) < Decimal("0.01") for row in rows)
    assert all(Decimal(row["markPrice"]) > 0 for row in rows)
    assert len(statistics.ask("/fapi/v1/fundingRate")) == 8
    assert statistics.ask("/fapi/v1/fundingRate", symbol="BTCUSDT", limit="1") == rows[-1:]
    assert statistics.ask("/fapi/v1/fundingRate", symbol="BTCUSDT", startTime="1", limit="1") == rows[:1]
    assert statistics.ask("/fapi/v1/fundingRate", symbol="BTCUSDT", endTime=str(times[0])) == rows[:1]
    assert [
        row["fundingTime"] for row in statistics.ask("/dapi/v1/fundingRate", symbol="BTCUSD_PERP")
    ] == times
    assert statistics.ask("/dapi/v1/fundingRate", symbol="BTCUSD_261225") == []
    assert statistics.ask("/dapi/v1/fundingRate", 400)["code"] == -1102


def test_open_interest(statistics):
    """It grows by a part of what is traded, period by period, and today's is no less than the last one's."""
    now = statistics.ask("/fapi/v1/openInterest", symbol="BTCUSDT")
    rows = statistics.ask("/futures/data/openInterestHist", symbol="BTCUSDT", period="1h", limit="500")
    assert len(rows) == 26
    assert all(row["timestamp"] % HOUR_MS == 0 for row in rows)
    interests = [Decimal(row["sumOpenInterest"]) for row in rows]
    assert interests == sorted(interests)
    assert interests[-1] <= Decimal(now["openInterest"])
    klines = {
        row[0]: Decimal(row[5])
        for row in statistics.ask("/fapi/v1/klines", symbol="BTCUSDT", interval="1h", limit="500")
    }
    for before, after, row in zip(interests, interests[1:], rows[1:], strict=False):
        assert abs((after - before) - klines[row["timestamp"] - HOUR_MS] / 4) <= Decimal("0.001")
    coins = statistics.ask(
        "/futures/data/openInterestHist", pair="BTCUSD", contractType="NEXT_QUARTER", period="4h"
    )
    assert {(row["pair"], row["contractType"]) for row in coins} == {("BTCUSD", "NEXT_QUARTER")}
    shown = statistics.ask("/dapi/v1/openInterest", symbol="BTCUSD_PERP")
    assert (shown["pair"], shown["contractType"]) == ("BTCUSD", "PERPETUAL")
    assert (
        statistics.ask("/futures/data/openInterestHist", 400, symbol="BTCUSDT", period="7m")["code"] == -1130
    )
    assert statistics.ask("/futures/data/openInterestHist", 400, symbol="BTCUSDT")["code"] == -1102
    few = statistics.ask("/futures/data/openInterestHist", symbol="BTCUSDT", period="1h", limit="2")
    assert few == rows[-2:]
