"""The sandbox's market and what its streams say of it; no sockets, no clock."""

import math
import random
import subprocess
import sys
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.constants import KLINE_INTERVALS
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.events import deposit
from binance.sandbox.accounts.listening import LISTEN_KEY_MS
from binance.sandbox.market import payloads
from binance.sandbox.market.amounts import decimal, units
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.market import Market
from binance.sandbox.market.times import DAY_MS, kline_end, kline_open
from binance.sandbox.net.frames import fragments, frame

from ..rest import asked

START_MS = 1_789_999_991_234
EIGHTH = Decimal("0.00000001")

# Field letters of every payload, from the exchange's documents.
FIELDS = {
    "trade": "e E s t p q T m M",
    "aggTrade": "e E s a p q f l T m M",
    "kline": "e E s k",
    "24hrMiniTicker": "e E s c o h l v q",
    "24hrTicker": "e E s p P w x c Q b B a A o h l v q O C F L n",
    "1hTicker": "e E s p P o h l c w v q O C F L n",
    "4hTicker": "e E s p P o h l c w v q O C F L n",
    "1dTicker": "e E s p P o h l c w v q O C F L n",
    "avgPrice": "e E s i w T",
    "depthUpdate": "e E s U u b a",
    "bookTicker": "u s b B a A",
    "partial depth": "lastUpdateId bids asks",
    "blockTrade": "e E s t p q T m",
    "referencePrice": "e s r t",
}
KLINE_FIELDS = "t T s i f L o c h l v n x q V Q B"
NUMBERS = {
    "trade": "E t T", "aggTrade": "E a f l T", "depthUpdate": "E U u", "bookTicker": "u", "avgPrice": "E T",
    "24hrTicker": "E O C F L n", "1hTicker": "E O C F L n", "4hTicker": "E O C F L n",
    "1dTicker": "E O C F L n", "partial depth": ["lastUpdateId"], "blockTrade": "E t T",
    "referencePrice": "t",
}  # fmt: skip
WHOLE, NO_INT = int, (str, bool, list, dict, type(None))

# The fields that are times, in payloads and within their candles.
TIMES = {
    "trade": "ET", "aggTrade": "ET", "blockTrade": "ET", "kline": "EtT", "24hrMiniTicker": "E",
    "24hrTicker": "EOC", "1hTicker": "EOC", "4hTicker": "EOC", "1dTicker": "EOC", "avgPrice": "ET",
    "depthUpdate": "E", "bookTicker": "", "partial depth": "", "referencePrice": "t",
}  # fmt: skip


def kind_of(payload):
    if "lastUpdateId" in payload:
        return "partial depth"
    return payload.get("e", "bookTicker")


class Follower:
    """Follows all streams of some symbols and holds every message against the trades and books before it."""

    def __init__(self, market):
        self.market = market
        self.blocks = {symbol: [] for symbol in market.books}
        self.trades = {symbol: [] for symbol in market.books}
        self.aggs = {symbol: [] for symbol in market.books}
        self.tops = {}
        self.start_price = {symbol: decimal(book.last_price) for symbol, book in market.books.items()}
        self.books = {}
        for symbol, book in market.books.items():
            snapshot = payloads.partial_depth(book, 5000)
            for speed in ("@depth", "@depth@1000ms", "@depth@100ms"):
                self.books[symbol, speed] = [
                    snapshot["lastUpdateId"],
                    {side: {Decimal(p): Decimal(q) for p, q in snapshot[side]} for side in ("bids", "asks")},
                ]
        self.seen = {}

    def follow(self, messages):
        for stream, payload in messages:
            self.seen.setdefault(stream, []).append(payload)
            if isinstance(payload, list):
                assert payload
                assert len({item["s"] for item in payload}) == len(payload)
                for item in payload:
                    self.check(item["s"].lower() + "@", item)
            else:
                self.check(stream, payload)

    def check(self, stream, payload):
        kind = kind_of(payload)
        assert list(payload) == list(dict.fromkeys(payload))
        assert set(payload) == set(FIELDS[kind].split())
        for field, value in payload.items():
            assert isinstance(value, WHOLE if field in NUMBERS.get(kind, "E") else NO_INT), (kind, field)
        symbol = stream.partition("@")[0].upper()
        assert payload.get("s", symbol) == symbol
        check = {"partial depth": self.partial, "bookTicker": self.top}.get(kind)
        if check is None:
            check = getattr(self, kind, None) or self.statistics
        check(symbol, stream, payload)

    def trade(self, symbol, stream, payload):
        trades = self.trades[symbol]
        if trades:
            assert payload["t"] == trades[-1]["t"] + 1
            assert payload["T"] >= trades[-1]["T"]
        assert payload["E"] == payload["T"]
        assert Decimal(payload["q"]) > 0 < Decimal(payload["p"])
        trades.append(payload)

    def blockTrade(self, symbol, stream, payload):
        blocks = self.blocks[symbol]
        if blocks:
            assert payload["t"] == blocks[-1]["t"] + 1
        assert payload["E"] == payload["T"]
        blocks.append(payload)

    def aggTrade(self, symbol, stream, payload):
        aggs, trades = self.aggs[symbol], self.trades[symbol]
        if aggs:
            assert payload["a"] == aggs[-1]["a"] + 1
            assert payload["f"] == aggs[-1]["l"] + 1
        aggs.append(payload)
        first = trades[0]["t"]
        part = trades[payload["f"] - first : payload["l"] - first + 1]
        assert [trade["t"] for trade in part] == list(range(payload["f"], payload["l"] + 1))
        assert sum(Decimal(trade["q"]) for trade in part) == Decimal(payload["q"])
        assert {(trade["p"], trade["m"], trade["T"]) for trade in part} == {
            (payload["p"], payload["m"], payload["T"])
        }

    def depthUpdate(self, symbol, stream, payload):
        state = self.books[symbol, "@" + stream.partition("@")[2]]
        assert payload["U"] == state[0] + 1
        assert payload["u"] >= payload["U"]
        state[0] = payload["u"]
        for side, levels in (("bids", payload["b"]), ("asks", payload["a"])):
            for price, quantity in levels:
                if Decimal(quantity):
                    state[1][side][Decimal(price)] = Decimal(quantity)
                else:
                    state[1][side].pop(Decimal(price), None)
        assert max(state[1]["bids"]) < min(state[1]["asks"])

    def partial(self, symbol, stream, payload):
        levels = int(stream.split("@")[1].removeprefix("depth"))
        assert len(payload["bids"]) == len(payload["asks"]) == levels
        last_id, book = self.books[symbol, "@depth@100ms"]
        assert payload["lastUpdateId"] == last_id
        for side, sign in (("bids", -1), ("asks", 1)):
            best = sorted(book[side].items(), key=lambda level: sign * level[0])[:levels]
            assert [(Decimal(price), Decimal(quantity)) for price, quantity in payload[side]] == best
        if symbol in self.tops:
            top = self.tops[symbol]
            assert [top["b"], top["B"]] == payload["bids"][0]
            assert [top["a"], top["A"]] == payload["asks"][0]

    def top(self, symbol, stream, payload):
        if symbol in self.tops:
            assert payload["u"] > self.tops[symbol]["u"]
        assert Decimal(payload["b"]) < Decimal(payload["a"])
        self.tops[symbol] = payload

    def between(self, symbol, first_ms, end_ms):
        return [trade for trade in self.trades[symbol] if first_ms <= trade["T"] < end_ms]

    def prices(self, symbol, trades, end_ms):
        """Return open, high, low and close as they must be."""
        if trades:
            values = [Decimal(trade["p"]) for trade in trades]
            return values[0], max(values), min(values), values[-1]
        earlier = self.between(symbol, 0, end_ms)
        price = Decimal(earlier[-1]["p"] if earlier else self.start_price[symbol])
        return price, price, price, price

    def check_sums(self, symbol, trades, end_ms, item, volume="v", quote="q"):
        assert self.prices(symbol, trades, end_ms) == tuple(Decimal(item[field]) for field in "ohlc")
        assert Decimal(item[volume]) == sum(Decimal(trade["q"]) for trade in trades)
        exact = sum(Decimal(trade["q"]) * Decimal(trade["p"]) for trade in trades)
        assert Decimal(item[quote]) == Decimal(exact).quantize(EIGHTH, ROUND_DOWN)

    def kline(self, symbol, stream, payload):
        k = payload["k"]
        assert set(k) == set(KLINE_FIELDS.split())
        assert k["s"] == symbol
        assert f"kline_{k['i']}" in stream
        assert k["x"] == (payload["E"] > k["T"])
        trades = self.between(symbol, k["t"], payload["E"])
        self.check_sums(symbol, trades, payload["E"], k)
        assert k["n"] == len(trades)
        ids = (trades[0]["t"], trades[-1]["t"]) if trades else (-1, -1)
        assert (k["f"], k["L"]) == ids
        taken = [trade for trade in trades if not trade["m"]]
        assert Decimal(k["V"]) == sum(Decimal(trade["q"]) for trade in taken)

    def statistics(self, symbol, stream, payload):
        minutes = {"1hTicker": 60, "4hTicker": 240}.get(payload["e"], 1440)
        end_ms = payload["E"]
        open_ms = end_ms - minutes * 60_000
        if not payload["e"].startswith("24hr"):
            open_ms -= open_ms % 60_000
        trades = self.between(symbol, open_ms, end_ms)
        self.check_sums(symbol, trades, end_ms, payload)
        if payload["e"] == "24hrMiniTicker":
            return
        assert (payload["O"], payload["C"], payload["n"]) == (open_ms, end_ms, len(trades))
        assert Decimal(payload["p"]) == Decimal(payload["c"]) - Decimal(payload["o"])
        if trades:
            assert (payload["F"], payload["L"]) == (trades[0]["t"], trades[-1]["t"])
            percent = Decimal(payload["p"]) / Decimal(payload["o"]) * 100
            assert abs(percent - Decimal(payload["P"])) <= Decimal("0.0005")
        if payload["e"] == "24hrTicker" and symbol in self.tops:
            top = self.tops[symbol]
            assert [payload[field] for field in "bBaA"] == [top[field] for field in "bBaA"]
            if trades:
                assert payload["Q"] == trades[-1]["q"]

    def average(self, symbol, end_ms):
        """Return what five minutes' trades cost on average, None without any."""
        trades = self.between(symbol, end_ms - end_ms % 60_000 - 5 * 60_000, end_ms)
        if not trades:
            return None
        volume = sum(Decimal(trade["q"]) for trade in trades)
        spent = sum(Decimal(trade["q"]) * Decimal(trade["p"]) for trade in trades)
        return str((spent / volume).quantize(EIGHTH, ROUND_DOWN))

    def avgPrice(self, symbol, stream, payload):
        assert payload["w"] == self.average(symbol, payload["E"]) or not self.trades[symbol]
        if self.trades[symbol]:
            assert payload["T"] == self.trades[symbol][-1]["T"]

    def referencePrice(self, symbol, stream, payload):
        assert payload["r"] == self.average(symbol, payload["t"])

    # -- what REST says at the same moment ---------------------------------------------------------

    def ask(self, path, **params):
        return asked(self.market, path, **params)

    def check_rest(self, symbol, at_push):
        """Hold REST against what the streams have told; *at_push* if a depth push came this very moment."""
        now_ms = int(self.market.now_ms)
        trades, aggs = self.trades[symbol], self.aggs[symbol]
        listed = self.ask("trades", symbol=symbol, limit="1000")
        assert [
            (t["id"], t["price"], t["qty"], t["time"], t["isBuyerMaker"]) for t in listed
        ] == [tuple(t[field] for field in "tpqTm") for t in trades[-1000:]]  # fmt: skip
        first = {"fromId": str(aggs[len(aggs) // 2]["a"])} if aggs else {}
        assert self.ask("aggTrades", symbol=symbol, limit="1000", **first) == [
            {field: agg[field] for field in "apqflTmM"} for agg in aggs[len(aggs) // 2 :]
        ]
        for interval in ("1s", "1m", "1h"):
            candles = self.ask("klines", symbol=symbol, interval=interval, limit="12")
            assert candles[-1][0] <= now_ms <= candles[-1][6]
            for before, after in pairwise(candles):
                assert after[0] == before[6] + 1
            for candle in candles:
                within = self.between(symbol, candle[0], candle[6] + 1)
                self.check_sums(symbol, within, candle[6] + 1, dict(zip("tohlcvTqn", candle, strict=False)))
                assert candle[8] == len(within)
            told = {
                payload["k"]["t"]: [payload["k"][field] for field in "tohlcvTqnVQB"]
                for payload in self.seen.get(f"{symbol.lower()}@kline_{interval}", ())
                if payload["k"]["x"]
            }
            assert all(told.get(candle[0], candle) == candle for candle in candles)
        day = self.ask("ticker/24hr", symbol=symbol)
        self.check_sums(symbol, trades, now_ms, {
            "o": day["openPrice"], "h": day["highPrice"], "l": day["lowPrice"], "c": day["lastPrice"],
            "v": day["volume"], "q": day["quoteVolume"],
        })  # fmt: skip
        assert day["count"] == len(trades)
        average = self.ask("avgPrice", symbol=symbol)
        assert average["price"] == self.average(symbol, now_ms) or not trades
        depth = self.ask("depth", symbol=symbol, limit="5000")
        top = self.ask("ticker/bookTicker", symbol=symbol)
        best = [*depth["bids"][0], *depth["asks"][0]]
        assert [top[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")] == best
        assert [day[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")] == best
        if symbol in self.tops:
            assert [self.tops[symbol][field] for field in "bBaA"] == best
        last_id, book = self.books[symbol, "@depth@100ms"]
        assert depth["lastUpdateId"] >= last_id
        if at_push:
            assert depth["lastUpdateId"] == last_id
            for side in ("bids", "asks"):
                assert {Decimal(price): Decimal(quantity) for price, quantity in depth[side]} == book[side]


ALL_KINDS = [
    "trade", "aggTrade", "bookTicker", "depth", "depth@100ms", "depth5", "depth10@100ms", "depth20",
    "miniTicker", "ticker", "ticker_1h", "ticker_4h", "ticker_1d", "avgPrice", "kline_1d@+08:00",
    "blockTrade", "referencePrice", "depth@1000ms", "depth20@1000ms",
    *(f"kline_{interval}" for interval in KLINE_INTERVALS),
]  # fmt: skip
ALL_ARRAYS = [
    "!miniTicker@arr",
    "!miniTicker@arr@1000ms",
    "!ticker_1h@arr",
    "!ticker_4h@arr",
    "!ticker_1d@arr",
]


@pytest.mark.parametrize("seed", [*range(1, 10), 20_260])
def test_all_streams_of_a_market_agree(seed):
    """Streams and REST say the same of each symbol at every moment, ids without holes, quiet ones too."""
    market = Market(
        ("BNBBTC", "BTCUSDT"), seed, rate=30, start_ms=START_MS, quiet_symbols=("NEOBTC",), quiet_weight=0.05
    )
    feed, follower = Feed(market), Follower(market)
    streams = {f"{symbol.lower()}@{kind}" for kind in ALL_KINDS for symbol in market.books} | set(ALL_ARRAYS)
    for stream in sorted(streams):
        feed.want(stream)
    rng = random.Random(seed)
    now_ms = START_MS
    while now_ms < START_MS + 20_000:
        now_ms += rng.randint(1, 1500)
        now_ms += rng.choice((0, -now_ms % 100))  # half of the time at a push
        follower.follow(feed.advance(now_ms))
        for symbol in market.books:
            follower.check_rest(symbol, now_ms % 100 == 0)
    silent = streams - set(follower.seen)
    assert silent <= {f"{symbol.lower()}@blockTrade" for symbol in market.books}
    assert any(follower.blocks.values())
    assert len(follower.trades["BNBBTC"]) > 150
    assert 0 < len(follower.trades["NEOBTC"]) < 40


def in_millis(payload):
    """Return a payload in microseconds as it is in milliseconds."""
    if isinstance(payload, list):
        return [in_millis(item) for item in payload]
    times = TIMES[kind_of(payload)]
    told = {
        field: value // 1000 if field in times and isinstance(value, int) else value
        for field, value in payload.items()
    }
    if "k" in told:
        told["k"] = told["k"] | {field: told["k"][field] // 1000 for field in "tT"}
    return told


def test_microseconds_say_the_same_more_exactly():
    """With ``timeUnit=MICROSECOND`` every time has three digits more, and nothing else differs."""
    market = Market(("BNBBTC",), seed=4, rate=300, start_ms=START_MS)
    feed = Feed(market)
    streams = [*(f"bnbbtc@{kind}" for kind in ALL_KINDS), *ALL_ARRAYS]
    for stream in streams:
        feed.want(stream)
        feed.want(stream + payloads.IN_MICROS)
    told = {}
    for stream, payload in feed.advance(START_MS + 5000):
        told.setdefault(stream, []).append(payload)
    for stream in streams:
        assert told[stream] == [in_millis(exact) for exact in told[stream + payloads.IN_MICROS]], stream
    trades = told["bnbbtc@trade" + payloads.IN_MICROS]
    assert any(trade["T"] % 1000 for trade in trades)
    assert all(before["T"] <= after["T"] for before, after in pairwise(trades))
    closed = told["bnbbtc@kline_1s" + payloads.IN_MICROS][-1]["k"]
    assert closed["T"] + 1 - closed["t"] == 1_000_000


def test_what_is_quiet_is_hardly_traded():
    """A quiet symbol is listed and has a book; its weight says how often it is traded."""
    market = Market(
        ("BNBBTC",), rate=100, start_ms=START_MS, quiet_symbols=("LTCBTC", "bnbbtc"), quiet_weight=1
    )
    assert list(market.books) == ["BNBBTC", "LTCBTC"]
    market = Market(("BNBBTC",), rate=100, start_ms=START_MS, quiet_symbols=("LTCBTC",), quiet_weight=0)
    market.advance(START_MS + 20_000)
    assert len(market.books["BNBBTC"].trades) > 1000
    assert not market.books["LTCBTC"].trades
    assert market.books["LTCBTC"].top()
    with pytest.raises(InvalidArgument, match="weight"):
        Market(("BNBBTC",), quiet_symbols=("BNBBTC",), quiet_weight=0)


def test_klines_of_rest_go_back_as_far_as_is_kept():
    """Candles are found by time, in the past too, those without trades and those of another zone included."""
    market = Market(("BNBBTC",), rate=0.02, start_ms=START_MS)
    before_id = market.books["BNBBTC"].trade_id
    market.advance(START_MS + 3 * DAY_MS)
    candles = asked(market, "klines", symbol="BNBBTC", interval="1m", limit="1000")
    assert len(candles) == 1000
    assert {candle[8] for candle in candles} >= {0, 1}
    first = asked(
        market, "klines", symbol="BNBBTC", interval="1m", limit="7", startTime=str(candles[100][0] - 1)
    )
    assert first == candles[100:107]
    part = {"startTime": str(candles[10][0]), "endTime": str(candles[19][0])}
    assert asked(market, "klines", symbol="BNBBTC", interval="1m", **part) == candles[10:20]
    assert (
        asked(market, "klines", symbol="BNBBTC", interval="1m", startTime=part["endTime"], endTime="5") == []
    )
    assert asked(market, "klines", symbol="BNBBTC", interval="1m", limit="1", endTime="5") == []
    days = asked(market, "klines", symbol="BNBBTC", interval="1d")
    east = asked(market, "klines", symbol="BNBBTC", interval="1d", timeZone="+08:00")
    assert {day[0] % DAY_MS for day in days} == {0}
    assert {day[0] % DAY_MS for day in east} == {DAY_MS * 2 // 3}
    assert (
        sum(day[8] for day in days)
        == sum(day[8] for day in east)
        == market.books["BNBBTC"].trade_id - before_id
    )
    (month,) = asked(market, "klines", symbol="BNBBTC", interval="1M", limit="1")
    assert month[0] == kline_open(START_MS + 3 * DAY_MS, "1M")
    exact = asked(market, "klines", time_unit="microsecond", symbol="BNBBTC", interval="1d")
    assert [(day[0] * 1000, day[6] * 1000 + 999) for day in days] == [(day[0], day[6]) for day in exact]


@pytest.mark.parametrize("interval", KLINE_INTERVALS)
@pytest.mark.parametrize("time", ["999999999999999", "9223372036854775807"])
def test_klines_of_the_far_future_are_none(interval, time):
    """A time that no calendar reaches is after now, like any other that is."""
    market = Market(("BNBBTC",), start_ms=START_MS)
    for zone in ("0", "+08:00"):
        call = {"symbol": "BNBBTC", "interval": interval, "timeZone": zone}
        assert asked(market, "klines", startTime=time, **call) == []
        assert asked(market, "klines", endTime=time, **call) == asked(market, "klines", **call)


def test_trades_of_rest_are_paged_by_id():
    """``fromId`` begins a page, ``limit`` ends it; without it the last ones come; times bound aggregates."""
    market = Market(("BNBBTC",), rate=100, start_ms=START_MS)
    before_id = market.books["BNBBTC"].trade_id
    market.advance(START_MS + 30_000)
    trades = asked(market, "trades", symbol="BNBBTC", limit="1000")
    assert len(asked(market, "trades", symbol="BNBBTC")) == 500
    page = asked(market, "historicalTrades", symbol="BNBBTC", fromId=str(trades[3]["id"]), limit="5")
    assert page == trades[3:8]
    assert asked(market, "historicalTrades", symbol="BNBBTC", fromId=str(10**9)) == []
    assert asked(market, "historicalTrades", symbol="BNBBTC", fromId="1", limit="1")[0]["id"] == (
        before_id + 1
    )
    aggs = asked(market, "aggTrades", symbol="BNBBTC", limit="1000")
    some = asked(
        market, "aggTrades", symbol="BNBBTC", startTime=str(aggs[50]["T"]), endTime=str(aggs[90]["T"])
    )
    assert some == [agg for agg in aggs if aggs[50]["T"] <= agg["T"] <= aggs[90]["T"]]
    micros = asked(market, "aggTrades", symbol="BNBBTC", startTime=str(aggs[50]["T"] * 1000), limit="3")
    assert micros == some[:3]


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("klines", {"symbol": "BNBBTC"}, -1102),
        ("klines", {"symbol": "BNBBTC", "interval": "7m"}, -1120),
        ("klines", {"symbol": "BNBBTC", "interval": "1m", "startTime": "x"}, -1100),
        ("klines", {"symbol": "BNBBTC", "interval": "1m", "endTime": ""}, -1105),
        ("klines", {"symbol": "BNBBTC", "interval": "1m", "timeZone": "3"}, -1130),
        ("klines", {"symbol": "NOPE", "interval": "1m"}, -1121),
        ("klines", {"symbol": "B B", "interval": "1m"}, -1100),
        ("trades", {}, -1102),
        ("trades", {"symbol": "bnbbtc"}, -1100),
        ("trades", {"symbol": "BNBBTC", "limit": "0"}, -1130),
        ("trades", {"symbol": "BNBBTC", "limit": "-1"}, -1100),
        ("historicalTrades", {"symbol": "BNBBTC", "fromId": str(2**63)}, -1130),
        ("aggTrades", {"symbol": "BNBBTC", "fromId": "1", "startTime": "1"}, -1128),
        ("ticker/24hr", {"symbol": "BNBBTC", "symbols": '["BNBBTC"]'}, -1128),
        ("ticker/24hr", {"symbols": "BNBBTC"}, -1100),
        ("ticker/24hr", {"symbols": "[]"}, -1130),
        ("ticker/price", {"symbols": "[" * 100_000}, -1100),
        ("ticker/price", {"symbols": "[" + "9" * 5000 + "]"}, -1100),
        ("ticker/price", {"symbols": '["bnbbtc"]'}, -1100),
        ("ticker/price", {"symbols": '["BNBBTC","BNBBTC"]'}, -1151),
        ("avgPrice", {"symbol": ""}, -1105),
    ],
)
def test_mistakes_in_calls_have_the_codes_of_the_exchange(path, params, code):
    """Each mistake is status 400 with its code and a message."""
    body = asked(Market(("BNBBTC",), start_ms=START_MS), path, status=400, **params)
    assert body["code"] == code
    assert body["msg"]


def test_tickers_of_rest_come_for_one_for_some_and_for_all():
    """One symbol is answered with an object, several and all with a list."""
    market = Market(("BNBBTC", "ETHBTC", "LTCBTC"), start_ms=START_MS)
    for path in ("ticker/24hr", "ticker/bookTicker", "ticker/price"):
        assert asked(market, path, symbol="ETHBTC")["symbol"] == "ETHBTC"
        some = asked(market, path, symbols='["LTCBTC","BNBBTC"]')
        assert [item["symbol"] for item in some] == ["LTCBTC", "BNBBTC"]
        assert [item["symbol"] for item in asked(market, path)] == ["BNBBTC", "ETHBTC", "LTCBTC"]
    assert asked(market, "time", time_unit="MICROSECOND") == {"serverTime": START_MS * 1000}
    assert asked(market, "time", status=400, time_unit="FORTNIGHT")["code"] == -1194


def test_every_candle_is_closed_once_and_the_next_begins_where_it_ended():
    """Each interval gives one closing push per candle, in order, with trade ids that join."""
    market = Market(("BNBBTC",), seed=5, rate=2, start_ms=START_MS)
    feed = Feed(market)
    feed.want("bnbbtc@kline_1m")
    feed.want("bnbbtc@kline_1s")
    closed = {"1m": [], "1s": []}
    for _, payload in feed.advance(START_MS + 400_000):
        if payload["k"]["x"]:
            closed[payload["k"]["i"]].append(payload["k"])
    assert len(closed["1m"]) == 6
    assert len(closed["1s"]) == 400
    for interval in ("1m", "1s"):
        for before, after in pairwise(closed[interval]):
            assert after["t"] == before["T"] + 1
        with_trades = [candle for candle in closed[interval] if candle["n"]]
        for before, after in pairwise(with_trades):
            assert after["f"] == before["L"] + 1


def test_pushes_come_at_the_speeds_of_the_exchange():
    """Depth comes every 1000 or 100 ms, klines every 2000 ms but 1s ones every second, tickers every 1000."""
    market = Market(("BNBBTC",), seed=1, rate=500, start_ms=START_MS)
    feed = Feed(market)
    expected = {
        "bnbbtc@depth": 1000, "bnbbtc@depth@100ms": 100, "bnbbtc@kline_1m": 2000, "bnbbtc@kline_1s": 1000,
        "bnbbtc@ticker": 1000, "bnbbtc@miniTicker": 1000, "!miniTicker@arr": 1000,
    }  # fmt: skip
    for stream in expected:
        feed.want(stream)
    times = {}
    for stream, payload in feed.advance(START_MS + 20_000):
        item = payload[0] if isinstance(payload, list) else payload
        times.setdefault(stream, []).append(item["E"])
    for stream, speed_ms in expected.items():
        steps = {after - before for before, after in pairwise(times[stream])}
        assert steps == {speed_ms}, stream


STEADY = {
    "depth5@1000ms": 1000,
    "ticker": 1000, "miniTicker": 1000, "ticker_1h": 1000, "ticker_4h": 1000, "ticker_1d": 1000,
    "avgPrice": 1000, "referencePrice": 1000, "depth5": 1000, "depth20@100ms": 100,
}  # fmt: skip


@pytest.mark.parametrize("kind", STEADY)
def test_tickers_and_partial_depth_come_every_period_in_a_still_market(kind):
    """Without trades they are pushed all the same, so that who subscribes second has the first at once."""
    market = Market(("BNBBTC",), rate=0, start_ms=START_MS)
    feed = Feed(market)
    stream = f"bnbbtc@{kind}"
    feed.want(stream)
    assert len(list(feed.advance(START_MS + 3000))) == 3000 // STEADY[kind]
    feed.want(stream)  # asked for by another
    assert [name for name, _ in feed.advance(START_MS + 3000 + STEADY[kind])] == [stream]


def test_rest_and_the_last_push_agree_on_an_average_whose_trades_are_past():
    """The window of avgPrice slides on when trades have ended, in pushes as in REST."""
    market = Market(("BNBBTC",), rate=20, start_ms=START_MS)
    feed = Feed(market)
    feed.want("bnbbtc@avgPrice")
    averages = [payload["w"] for _, payload in feed.advance(START_MS + 100_000)]
    market.idle(DAY_MS)
    told = [payload["w"] for _, payload in feed.advance(START_MS + 700_000)]
    assert told[-1] == asked(market, "avgPrice", symbol="BNBBTC")["price"]
    assert told[-1] == decimal(market.books["BNBBTC"].last_price) != averages[-1]


@pytest.mark.parametrize(
    "stream",
    ["!ticker@arr", "!bookTicker", "nobody@trade", "BNBBTC@trade", "bnbbtc@tarde", "bnbbtc@depth7",
     "bnbbtc@kline_7m", "!miniTicker@arr@3000ms", "!avgPrice@arr", "@", "", "bnbbtc", "BnbBtc@depth@1000ms",
     "bnbbtc@Depth", "bnbbtc@aggtrade", "bnbbtc@kline_1D", "!miniticker@arr", "bnbbtc@depth@1000MS",
     "bnbbtc@depth@500ms", "bnbbtc@depth7@1000ms", "bnbbtc@trade@1000ms", "bnbbtc@miniTicker@1000ms",
     "bnbbtc@depth@100ms@1000ms", "!ticker@arr@1000ms", "!ticker_1h@arr@1000ms"],
)  # fmt: skip
def test_retired_and_unknown_names_bring_nothing(stream):
    """A name that the exchange does not offer, or no longer, is accepted and stays silent."""
    feed = Feed(Market(rate=100, start_ms=START_MS))
    feed.want(stream)
    assert list(feed.advance(START_MS + 3000)) == []
    feed.unwant(stream)


@pytest.mark.parametrize(
    "stream", ["bnbbtc@depth", "bnbbtc@depth5", "bnbbtc@depth10", "bnbbtc@depth20", "!miniTicker@arr"]
)
def test_the_default_speed_may_be_spelt_out(stream):
    """With @1000ms behind it a stream has the same messages, under the name that was asked for."""
    feed = Feed(Market(rate=100, start_ms=START_MS))
    names = [stream, f"{stream}@1000ms", f"{stream}@1000ms?timeUnit=MICROSECOND"]
    for name in names:
        feed.want(name)
    pushed = {}
    for name, payload in feed.advance(START_MS + 5000):
        pushed.setdefault(name, []).append(payload)
    bare, spelt_out, exact = (pushed[name] for name in names)
    assert len(bare) == 5
    assert spelt_out == bare == [in_millis(payload) for payload in exact]
    for name in names:
        feed.unwant(name)
    assert list(feed.advance(START_MS + 8000)) == []


def test_an_unwanted_stream_stops():
    """After the last listener has gone nothing more is made."""
    feed = Feed(Market(rate=100, start_ms=START_MS))
    for stream in ("bnbbtc@trade", "bnbbtc@depth@100ms", "bnbbtc@kline_1s"):
        feed.want(stream)
    assert len({stream for stream, _ in feed.advance(START_MS + 3000)}) == 3
    for stream in ("bnbbtc@trade", "bnbbtc@depth@100ms", "bnbbtc@kline_1s"):
        feed.unwant(stream)
    assert list(feed.advance(START_MS + 6000)) == []


@pytest.mark.parametrize("later_ms", [1, 99, 100, 777, 1000, 3456])
def test_a_late_listener_joins_the_pushes_of_all(later_ms):
    """Who comes later gets the same depth events as who was there before, from the next push on."""
    made = []
    for early in (True, False):
        feed = Feed(Market(("BNBBTC",), rate=300, start_ms=START_MS))
        if early:
            feed.want("bnbbtc@depth")
            feed.want("bnbbtc@depth@100ms")
        list(feed.advance(START_MS + 1234))
        list(feed.advance(START_MS + 1234 + later_ms))
        feed.want("bnbbtc@depth")
        feed.want("bnbbtc@depth@100ms")
        made.append(list(feed.advance(START_MS + 8000)))
    assert made[0] == made[1]


def test_depth_joins_across_a_time_in_which_nobody_listened():
    """A chain of update ids begun again fits a snapshot taken then, as after a reconnect."""
    market = Market(("BNBBTC",), rate=100, start_ms=START_MS)
    feed = Feed(market)
    feed.want("bnbbtc@depth")
    list(feed.advance(START_MS + 3000))
    feed.unwant("bnbbtc@depth")
    list(feed.advance(START_MS + 4500))
    feed.want("bnbbtc@depth")
    snapshot = payloads.partial_depth(market.books["BNBBTC"], 5000)
    first = next(payload for _, payload in feed.advance(START_MS + 7000))
    assert first["U"] <= snapshot["lastUpdateId"] + 1 <= first["u"]


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    cuts=st.lists(st.integers(1, 2500), max_size=20),
)
def test_the_same_seed_and_times_make_the_same_market(seed, cuts):
    """However the time is cut into steps, the same seed makes the same messages."""
    streams = (
        "bnbbtc@trade",
        "ethbtc@depth@100ms",
        "bnbbtc@kline_1s",
        "!miniTicker@arr",
        "ethbtc@bookTicker",
    )

    def messages(steps):
        feed = Feed(Market(("BNBBTC", "ETHBTC"), seed=seed, rate=60, start_ms=START_MS))
        for stream in streams:
            feed.want(stream)
        now_ms, out = START_MS, []
        for step_ms in steps:
            now_ms = min(now_ms + step_ms, START_MS + 2500)
            out += feed.advance(now_ms)
        return out + list(feed.advance(START_MS + 2500))

    assert messages(cuts) == messages([])


def test_another_seed_makes_another_market():
    """Two seeds differ in their trades."""
    made = []
    for seed in (1, 2):
        feed = Feed(Market(seed=seed, start_ms=START_MS))
        feed.want("bnbbtc@trade")
        made.append([(p["p"], p["q"]) for _, p in feed.advance(START_MS + 10_000)])
    assert made[0] != made[1]


@pytest.mark.parametrize("rate", [0.5, 50, 5000])
def test_the_rate_is_trades_per_second(rate):
    """The number of trades follows the rate, over all symbols."""
    market = Market(rate=rate, start_ms=START_MS)
    before = {symbol: book.trade_id for symbol, book in market.books.items()}
    seconds = 3000 / rate
    market.advance(START_MS + seconds * 1000)
    made = sum(book.trade_id - before[symbol] for symbol, book in market.books.items())
    assert 2700 < made < 3300


def test_a_market_at_rate_0_stands_still():
    """Without trades nothing changes, and tickers and candles can still be told."""
    market = Market(rate=0, start_ms=START_MS)
    feed = Feed(market)
    for stream in ("bnbbtc@trade", "bnbbtc@depth", "bnbbtc@bookTicker", "!miniTicker@arr"):
        feed.want(stream)
    assert list(feed.advance(START_MS + 5000)) == []
    assert payloads.ticker(market.books["BNBBTC"], START_MS + 5000)["n"] == 0
    assert payloads.average_price(market.books["BNBBTC"], START_MS + 5000)["w"] == "0.00900000"


def test_the_24_hour_window_lets_go_of_what_is_older():
    """After more than a day, a ticker counts the trades of its window alone, and knows the price before."""
    market = Market(("BNBBTC",), rate=0.05, start_ms=START_MS)
    book = market.books["BNBBTC"]
    trades = []
    for _ in market.run(START_MS + 1.3 * DAY_MS):
        trades += book.fresh_trades
        book.forget_fresh()
    now_ms = int(market.now_ms)
    told = payloads.ticker(book, now_ms)
    within = [trade for trade in trades if trade.time_ms >= told["O"]]
    before = [trade for trade in trades if trade.time_ms < told["O"]]
    assert before
    assert (told["n"], told["F"], told["L"]) == (len(within), within[0].id, within[-1].id)
    assert told["v"] == decimal(sum(trade.quantity for trade in within))
    assert told["x"] == decimal(before[-1].price)
    month = payloads.kline(book, book.history.candle(now_ms, "1M"), "1M", now_ms)["k"]
    assert month["n"] <= len(trades)


def test_an_order_of_ours_trades_on_the_book():
    """A taker gets the best prices first, and no worse than its limit."""
    market = Market(("BNBBTC",), rate=50, start_ms=START_MS)
    market.advance(START_MS + 5000)
    asks = market.books["BNBBTC"].ask.levels(3)
    wanted = asks[0][1] + asks[1][1] + 5
    trades = market.take("bnbbtc", True, wanted, asks[1][0])
    assert sum(trade.quantity for trade in trades) == asks[0][1] + asks[1][1]
    assert {trade.price for trade in trades} == {asks[0][0], asks[1][0]}
    assert all(not trade.buyer_is_maker for trade in trades)
    with pytest.raises(InvalidArgument, match="NOBODY"):
        market.take("NOBODY", True, 1)
    with pytest.raises(InvalidArgument, match="above 0"):
        market.take("BNBBTC", True, 0)


def test_trades_of_ours_are_never_before_those_ahead_of_them():
    """In microseconds too, the times of a book's trades only go forward, whoever makes them."""
    market = Market(("BNBBTC",), rate=2000, start_ms=START_MS)
    book = market.books["BNBBTC"]
    for number in range(200):
        until_ms = START_MS + 5 + number * 7.3
        market.advance(until_ms)
        (*_, made) = market.take("BNBBTC", number % 2 == 0, 100_000)
        assert made.time_us == int(until_ms * 1000)
    times = [trade.time_us for trade in book.trades]
    assert len(times) > 2000
    assert times == sorted(times)
    assert [agg.time_us for agg in book.aggs] == sorted(agg.time_us for agg in book.aggs)


@pytest.mark.parametrize(
    "arguments",
    [{"symbols": []}, {"symbols": ["BNBBTC", "bnbbtc"]}, {"symbols": [""]}, {"rate": -1},
     {"symbols": ["a/b@c"]}, {"symbols": ["A" * 21]}, {"symbols": ["BNB BTC"]}, {"quiet_symbols": ["A@B"]},
     {"rate": math.nan}, {"rate": math.inf}, {"quiet_weight": math.nan}, {"quiet_weight": math.inf}],
)  # fmt: skip
def test_a_market_that_cannot_be_is_refused(arguments):
    """Wrong arguments raise at once."""
    with pytest.raises(InvalidArgument):
        Market(**arguments)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.lists(st.integers(-70_000, 100_000), min_size=1, max_size=8))
def test_a_window_that_reaches_back_to_the_beginning_has_all_trades(offset_ms, openings):
    """Whether a window begins before the market or behind its first trades, it has those from then on."""
    start_ms = START_MS // 1000 * 1000 + offset_ms
    market = Market(("BNBBTC",), seed=offset_ms, rate=2, start_ms=start_ms)
    book, trades = market.books["BNBBTC"], []
    for _ in market.run(start_ms + 100_000):
        trades += book.fresh_trades
        book.forget_fresh()
    for opening in openings:
        # a trade is known by its second, and counts if that began within the window
        within = [t for t in trades if t.time_ms // 1000 * 1000 >= start_ms + opening]
        window = book.history.window(start_ms + opening, start_ms + 100_000)
        assert window.count == len(within)
        assert window.volume == sum(t.quantity for t in within)
        if within:
            prices = [t.price for t in within]
            assert (window.open, window.close) == (prices[0], prices[-1])
            assert (window.high, window.low) == (max(prices), min(prices))
            assert (window.first_id, window.last_id) == (within[0].id, within[-1].id)


@pytest.mark.parametrize("symbol", ["XRPUSDT", "BTC", "FOOBAR", "币安人生USDT", "X"])
def test_any_symbol_can_be_traded(symbol):
    """The set of symbols is open: those not known get ordinary numbers."""
    market = Market((symbol,), rate=200, start_ms=START_MS)
    feed = Feed(market)
    feed.want(f"{symbol.lower()}@trade")
    assert len(list(feed.advance(START_MS + 2000))) > 100


@given(st.integers(-(10**20), 10**20))
def test_decimals_read_and_write_exactly(number):
    """What is written as a decimal is read as the same number, always with eight decimals."""
    text = decimal(number)
    assert units(text) == number
    assert len(text.partition(".")[2]) == 8
    assert Decimal(text) == Decimal(number) / 10**8


@pytest.mark.parametrize("text", ["", "x", "1.123456789", "1.2.3", "--1", "1e5", ".", "1.x"])
def test_what_is_no_decimal_is_refused(text):
    """Text that is no decimal number with eight decimals raises."""
    with pytest.raises(InvalidArgument):
        units(text)


@given(
    st.integers(0, 4_000_000_000_000), st.sampled_from(KLINE_INTERVALS), st.sampled_from([0, 8 * 3_600_000])
)
def test_candles_cover_time_without_hole_or_overlap(time_ms, interval, offset_ms):
    """Every moment lies in one candle, and the candle's end opens the next."""
    open_ms = kline_open(time_ms, interval, offset_ms)
    end_ms = kline_end(open_ms, interval, offset_ms)
    assert open_ms <= time_ms < end_ms
    assert kline_open(open_ms, interval, offset_ms) == open_ms
    assert kline_open(end_ms - 1, interval, offset_ms) == open_ms
    assert kline_open(end_ms, interval, offset_ms) == end_ms


def test_candles_open_where_the_exchange_opens_them():
    """Weeks open on Monday, months on the first, and an offset of eight hours moves days."""
    moment = 1_790_000_000_123  # 2026-09-21, a Monday, 13:33:20 UTC
    assert kline_open(moment, "1w") == 1_789_948_800_000
    assert kline_open(moment, "1M") == 1_788_220_800_000
    assert kline_open(moment, "1d") == 1_789_948_800_000
    assert kline_open(moment, "1d", 8 * 3_600_000) == 1_789_920_000_000
    assert kline_open(moment, "1h", 8 * 3_600_000) == kline_open(moment, "1h")


def test_listen_keys_live_60_minutes_after_each_extension():
    """A key is the account's only one, is extended by POST and PUT, and is unknown once dropped."""
    accounts = Accounts(seed=1)
    account = accounts.authenticate("someone")
    key = accounts.listen_keys.open(account, 0)
    assert len(key) == 64
    assert accounts.listen_keys.open(account, 1000) == key
    assert accounts.listen_keys.expired(LISTEN_KEY_MS + 999) == []
    assert accounts.listen_keys.expired(LISTEN_KEY_MS + 1000) == [account]
    accounts.listen_keys.extend(account, key, 2000)
    assert accounts.listen_keys.expired(LISTEN_KEY_MS + 1000) == []
    with pytest.raises(BinanceAPIException) as caught:
        accounts.listen_keys.extend(accounts.authenticate("another"), key, 0)
    assert (caught.value.status_code, caught.value.code) == (400, -1125)
    accounts.listen_keys.close(account, key)
    with pytest.raises(BinanceAPIException):
        accounts.listen_keys.extend(account, key, 0)
    assert accounts.listen_keys.open(account, 0) != key


EXECUTION_FIELDS = "e E s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q W V"


def test_an_order_is_told_trade_by_trade():
    """Reports say NEW, then each trade with its id and running sums, then the balances."""
    market = Market(("BNBBTC",), rate=50, start_ms=START_MS)
    market.advance(START_MS + 3000)
    book = market.books["BNBBTC"]
    book.forget_fresh()
    accounts = Accounts(seed=1)
    account = accounts.authenticate("someone")
    events = accounts.orders.send(account, market, "bnbbtc", "BUY", "5", client_order_id="mine")
    assert [event["e"] for event in events] == ["executionReport"] * (len(events) - 1) + [
        "outboundAccountPosition"
    ]
    reports = events[:-1]
    assert all(set(report) == set(EXECUTION_FIELDS.split()) and report["c"] == "mine" for report in reports)
    assert (reports[0]["x"], reports[0]["X"], reports[0]["t"]) == ("NEW", "NEW", -1)
    assert [report["t"] for report in reports[1:]] == [trade.id for trade in book.fresh_trades]
    assert [report["X"] for report in reports[1:]] == ["PARTIALLY_FILLED"] * (len(reports) - 2) + ["FILLED"]
    assert reports[-1]["z"] == "5.00000000"
    assert len({report["I"] for report in reports}) == len(reports)
    assert Decimal(reports[-1]["Z"]) == sum(Decimal(report["Y"]) for report in reports)
    balances = {item["a"]: Decimal(item["f"]) for item in events[-1]["B"]}
    assert balances["BNB"] == 1_000_000 + 5 - sum(Decimal(report["n"]) for report in reports)
    assert balances["BTC"] == 1_000_000 - Decimal(reports[-1]["Z"])


def test_what_a_limit_leaves_of_an_order_expires():
    """A limit order takes what there is at its price; the rest expires at once."""
    market = Market(("BNBBTC",), start_ms=START_MS)
    accounts = Accounts(seed=1)
    account = accounts.authenticate("someone")
    events = accounts.orders.send(account, market, "BNBBTC", "SELL", "2", price="5")
    assert [event.get("X") for event in events] == ["NEW", "EXPIRED", None]
    assert (events[1]["o"], events[1]["f"], events[1]["z"]) == ("LIMIT", "IOC", "0.00000000")


def test_an_account_cannot_spend_what_it_does_not_have():
    """An order beyond the balance is rejected, and changes nothing."""
    market = Market(("BTCUSDT",), start_ms=START_MS)
    accounts = Accounts(seed=1)
    account = accounts.authenticate("someone")
    events = accounts.orders.send(account, market, "BTCUSDT", "BUY", "1000")
    assert [(event["X"], event["r"]) for event in events] == [("REJECTED", "INSUFFICIENT_BALANCES")]
    deposit(account, "BTC", "-1000000", START_MS)
    assert accounts.orders.send(account, market, "BTCUSDT", "SELL", "1")[0]["X"] == "REJECTED"


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_carry_their_length(length):
    """A frame's header tells its length in the shortest of the three forms."""
    header = 2 if length < 126 else 4 if length < 65_536 else 10
    whole = frame(b"x" * length)
    assert len(whole) == header + length
    assert whole[0] == 0x81


@given(st.binary(max_size=300), st.integers(2, 9))
def test_fragments_join_to_the_message(payload, pieces):
    """The pieces of a fragmented message, without the pings, are the message."""
    data = fragments(payload, pieces, b"12")
    joined, opcodes = b"", []
    while data:
        opcode, length = data[0], data[1]
        at = 2
        if length == 126:
            length, at = int.from_bytes(data[2:4], "big"), 4
        if opcode != 0x89:
            joined += data[at : at + length]
        opcodes.append(opcode)
        data = data[at + length :]
    assert joined == payload
    assert opcodes == [0x01, *[0x89, 0x00] * (pieces - 2), 0x89, 0x80]


def test_no_room_installs_a_reactor():
    """Importing the server leaves the choice of the reactor to the program."""
    code = "import sys, binance.sandbox.exchange; sys.exit('twisted.internet.reactor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
