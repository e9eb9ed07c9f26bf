"""The derivatives venues of the sandbox over sockets: paths, silence, REST, limits, pings and faults."""

import itertools
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor

from binance.sandbox import Sandbox
from binance.sandbox.answers.routes import Place, Route, SocketPath, read_path
from binance.sandbox.limits import Limits
from binance.sandbox.market.feeds import bare

from ..sandbox_case import SandboxTestCase

NO_KEYS = {}


@pytest.mark.parametrize(
    ("uri", "host", "expected"),
    [
        ("/ws/bnbbtc@trade", "", SocketPath("plain", ["bnbbtc@trade"], False, NO_KEYS)),
        ("/public/ws/btcusdt@depth", "", SocketPath("public", ["btcusdt@depth"], False, NO_KEYS)),
        ("/market/stream?streams=a@b/c@d", "", SocketPath("market", ["a@b", "c@d"], True, NO_KEYS)),
        ("/market/stream", "", SocketPath("market", [], True, NO_KEYS)),
        ("/private/ws/K", "", SocketPath("private", ["K"], False, NO_KEYS)),
        ("/private/ws?listenKey=K", "", SocketPath("private", ["K"], False, {"K": ()})),
        (
            "/private/stream?listenKey=K&events=A/B&listenKey=L&events=C", "",
            SocketPath("private", ["K", "L"], True, {"K": ("A", "B"), "L": ("C",)}),
        ),
        ("/private/stream", "", SocketPath("private", [], True, NO_KEYS)),
        ("/pm/ws/K", "", SocketPath("pm", ["K"], False, NO_KEYS)),
        ("/pm/stream", "", SocketPath("pm", [], True, NO_KEYS)),
        ("/pm-classic/ws/K", "", SocketPath("pm-classic", ["K"], False, NO_KEYS)),
        ("/ws/btcusd_perp@depth", "", SocketPath("coinm", ["btcusd_perp@depth"], False, NO_KEYS)),
        (
            "/stream?streams=btcusd_perp@depth/!bookTicker", "",
            SocketPath("coinm", ["btcusd_perp@depth", "!bookTicker"], True, NO_KEYS),
        ),
        ("/ws/!bookTicker", "", SocketPath("plain", ["!bookTicker"], False, NO_KEYS)),
        ("/ws/!bookTicker", "dstream.test:9", SocketPath("coinm", ["!bookTicker"], False, NO_KEYS)),
        ("/ws/btcusdt@depth", "fstream.test", SocketPath("unrouted", ["btcusdt@depth"], False, NO_KEYS)),
        ("/ws/btcusdt@depth", "localhost", SocketPath("plain", ["btcusdt@depth"], False, NO_KEYS)),
        ("/public", "", None),
        ("/publicity/ws/a", "", None),
        ("/public/market/ws/a", "", None),
    ],
)  # fmt: skip
def test_paths_say_the_venue(uri, host, expected):
    """A path, and where it must the host, says the venue, the names, their form, and the kinds of events."""
    assert read_path(uri, host) == expected


@pytest.mark.parametrize(
    ("route", "name", "expected"),
    [
        (Route("public"), "btcusdt@depth", ("usdm:btcusdt@depth",)),
        (Route("public"), "btcusdt@aggTrade", ()),
        (Route("market"), "btcusdt@aggTrade", ("usdm:btcusdt@aggTrade",)),
        (Route("market"), "btcusdt@bookTicker", ()),
        (Route("market"), "nosuch@stream", ()),
        (Route("private"), "btcusdt@aggTrade", ()),
        (Route("private"), "K", ("private:K",)),
        (Route("private", events={"K": ("A", "B")}), "K", ("private:K@A", "private:K@B")),
        (Route("private"), "K@ORDER_TRADE_UPDATE", ("private:K@ORDER_TRADE_UPDATE",)),
        (Route("public"), "K", ()),
        (Route("public", lenient=True), "btcusdt@aggTrade", ("usdm:btcusdt@aggTrade",)),
        (Route("public", lenient=True), "K", ("private:K",)),
        (Route("unrouted"), "btcusdt@depth", ("usdm:btcusdt@depth",)),
        (Route("unrouted"), "btcusdt@aggTrade", ()),
        (Route("unrouted"), "K", ()),
        (Route("unrouted", lenient=True), "btcusdt@markPrice", ("usdm:btcusdt@markPrice",)),
        (Route("plain"), "btcusdt@aggTrade", ("btcusdt@aggTrade",)),
        (Route("plain"), "btcusd_perp@aggTrade", ("coinm:btcusd_perp@aggTrade",)),
        (Route("plain"), "btcusd_perp@trade", ("coinm:btcusd_perp@trade",)),
        (Route("plain"), "btcusd@indexPrice@1s", ("coinm:btcusd@indexPrice@1s",)),
        (Route("plain"), "!markPrice@arr", ("coinm:!markPrice@arr",)),
        (Route("plain"), "!miniTicker@arr", ("!miniTicker@arr",)),
        (Route("plain"), "K", ("K",)),
        (Route("plain"), "bnbbtc@kline_1d@+08:00", ("bnbbtc@kline_1d@+08:00",)),
        (Route("plain"), "usdm:btcusdt@depth", ()),
        (Route("plain"), "private:K", ()),
        (Route("coinm"), "!bookTicker", ("coinm:!bookTicker",)),
        (Route("coinm"), "K", ("K",)),
        (Route("pm"), "K", ("pm:K",)),
        (Route("public"), "btc-261225-70000-c@bookTicker", ("options:btc-261225-70000-c@bookTicker",)),
        (Route("public"), "btcusdt@optionTrade", ("options:btcusdt@optionTrade",)),
        (Route("market"), "btcusdt@optionTrade", ()),
        (Route("market"), "!index@arr", ("options:!index@arr",)),
        (Route("plain"), "options:!index@arr", ()),
    ],
)
def test_names_lead_to_the_feed_of_their_venue(route, name, expected):
    """A name at its own place leads to its venue's feed, at another place to none."""
    assert route.feeds(name) == expected


@given(
    uri=st.one_of(st.text(), st.from_regex(r"/(public|private|market|pm)/(ws|stream)[/?].*")),
    host=st.text(),
    name=st.one_of(st.text(), st.from_regex(r"[a-z]+usd_perp@[a-zA-Z]+|[a-z]+-\d+-\d-c@.*")),
    lenient=st.booleans(),
)
def test_any_path_and_any_name_can_be_read(uri, host, name, lenient):
    """Whatever a client asks for is a path or none, and each name leads to feeds that know it so."""
    path = read_path(uri, host)
    for place in get_args(Place) if path is None else (path.place,):
        events = {} if path is None else path.events
        route = Route(place, "", events, lenient)
        for each in (name, *(() if path is None else path.names)):
            for feed in route.feeds(each):
                assert bare(feed) == each or feed.startswith(("private:", "pm"))


class Sockets(SandboxTestCase):
    async def test_streams_of_the_wrong_category_are_acknowledged_and_silent(self):
        """On /public a market stream is acked without data, in the URL too, and the other way round."""
        self.exchange(rate=2000)
        for category, alive, silent in (
            ("public", "btcusdt@bookTicker", "btcusdt@aggTrade"),
            ("market", "btcusdt@aggTrade", "btcusdt@bookTicker"),
        ):
            client = await self.connect(f"/{category}/stream?streams={silent}")
            reply = await client.ask(method="SUBSCRIBE", params=[alive, silent], id=1)
            assert reply == {"result": None, "id": 1}
            listed = await client.ask(method="LIST_SUBSCRIPTIONS", id=2)
            assert listed["result"] == [silent, alive]
            got = await client.more(50)
            assert {message["stream"] for message in got} == {alive}

    async def test_lenient_paths_bring_every_stream_everywhere(self):
        """With lenient_paths a market stream flows on /public, as on the testnets."""
        self.exchange(rate=2000, lenient_paths=True)
        client = await self.connect("/public/ws/btcusdt@aggTrade")
        assert (await client.count(3))[0]["e"] == "aggTrade"

    async def test_spot_and_futures_of_one_symbol_at_once(self):
        """Trades of BTCUSDT on spot and on USD-M come from two markets, on one port."""
        self.exchange(rate=2000)
        spot = await self.connect("/ws/btcusdt@aggTrade")
        futures = await self.connect("/market/ws/btcusdt@aggTrade")
        assert "M" in (await spot.count(1))[0]
        assert (await futures.count(1))[0]["st"] == 1

    async def test_coin_margined_streams_share_the_plain_paths_with_spot(self):
        """One plain connection carries streams of spot and COIN-M."""
        self.exchange(rate=2000)
        names = ["btcusdt@trade", "btcusd_perp@aggTrade"]
        client = await self.connect("/stream?streams=" + "/".join(names))
        await client.until(lambda: {message["stream"] for message in client.messages} == set(names))

    async def test_the_snapshot_fits_the_stream(self):
        """A book made of GET /fapi/v1/depth and the stream follows the exchange's procedure."""
        self.exchange(rate=1000)
        client = await self.connect("/public/ws/btcusdt@depth@100ms")
        await client.count(2)
        answer = (await self.http("GET", "/fapi/v1/depth?symbol=BTCUSDT&limit=1000")).json()
        await client.more(5)
        events = [event for event in client.messages if event["u"] >= answer["lastUpdateId"]]
        assert events[0]["U"] <= answer["lastUpdateId"] <= events[0]["u"]
        assert all(later["pu"] == earlier["u"] for earlier, later in itertools.pairwise(client.messages))

    async def test_a_skipped_event_is_a_hole_in_the_chain(self):
        """skip drops one event, logs its id, and the next one's pu names it."""
        exchange = self.exchange(rate=1000)
        client = await self.connect("/public/ws/btcusdt@depth@100ms")
        await client.count(2)
        assert exchange.skip("=btcusdt@depth@100ms") == 1

        def holes():
            return [e["pu"] for p, e in itertools.pairwise(client.messages) if e["pu"] != p["u"]]

        await client.until(holes)
        skipped = next(e for e in exchange.fault_log if e["fault"] == "skip" and "ids" in e)
        assert holes() == skipped["ids"]
        assert (skipped["stream"], skipped["field"]) == ("usdm:btcusdt@depth@100ms", "u")

    async def test_faults_find_derivatives_by_their_venue(self):
        """cut("usdm:") ends connections of USD-M alone; quiet and stall act on them as on spot's."""
        exchange = self.exchange(rate=2000)
        spot = await self.connect("/ws/btcusdt@aggTrade")
        futures = await self.connect("/market/ws/btcusdt@aggTrade")
        assert exchange.stall("usdm:") == 1 and exchange.resume("usdm:") == 1
        assert exchange.quiet("usdm:btcusdt") == 1
        sent = exchange.connections[1].sent
        await spot.more(20)
        assert exchange.connections[1].sent == sent
        exchange.clear()
        await futures.more(1)
        assert exchange.cut("=usdm:btcusdt@aggTrade") == 1
        await futures.until(lambda: futures.lost is not None)
        assert spot.lost is None

    async def test_late_frames_and_duplicates_of_futures(self):
        """Messages are repeated, and come after UNSUBSCRIBE, if that is asked for."""
        exchange = self.exchange(rate=2000)
        client = await self.connect("/market/stream?streams=btcusdt@aggTrade")
        exchange.duplicate("btcusdt@aggTrade")
        await client.count(10)
        ids = [message["data"]["a"] for message in client.messages]
        assert len(ids) - len(set(ids)) == 1
        exchange.late_frames(2)
        await client.ask(method="UNSUBSCRIBE", params=["btcusdt@aggTrade"], id=4)
        await client.until(lambda: len([e for e in exchange.fault_log if e["fault"] == "late_frame"]) == 2)

    async def test_ids_are_recorded_under_the_name_with_its_venue(self):
        """With record the ids sent on USD-M stand apart from spot's."""
        exchange = self.exchange(rate=2000, record=True)
        client = await self.connect("/market/ws/btcusdt@aggTrade")
        got = await client.count(5)
        assert exchange.sent["usdm:btcusdt@aggTrade"][:5] == [message["a"] for message in got[:5]]

    async def test_chosen_contracts(self):
        """usdm_symbols and coinm_symbols say what is listed."""
        self.exchange(usdm_symbols=["XRPUSDT"], coinm_symbols=["XRPUSD_PERP", "XRPUSD_261225"])
        for path, expected in (("fapi", ["XRPUSDT"]), ("dapi", ["XRPUSD_PERP", "XRPUSD_261225"])):
            answer = (await self.http("GET", f"/{path}/v1/exchangeInfo")).json()
            assert [symbol["symbol"] for symbol in answer["symbols"]] == expected

    async def test_an_exchange_whose_derivatives_nobody_uses_has_none(self):
        """Spot streams and calls make no market of futures."""
        exchange = self.exchange(rate=2000)
        client = await self.connect("/ws/btcusdt@trade")
        await client.count(5)
        await self.http("GET", "/api/v3/exchangeInfo")
        assert exchange.derivatives.begun == []

    async def test_messages_per_second_are_ten_on_futures(self):
        """Ten messages at once are answered on futures, where spot closes at the sixth."""
        exchange = self.exchange(rate=0)
        requests = [json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": n}).encode() for n in range(10)]
        futures, spot = await self.connect("/market/ws"), await self.connect("/ws")
        for client in (futures, spot):
            for request in requests:
                client.sendMessage(request)
        await spot.until(lambda: spot.lost is not None)
        await futures.count(10)
        assert spot.ended[1:] == (1008, "Too many requests")
        assert exchange.limits()["violated"]["messages_per_s"] == 1

    async def test_futures_share_a_budget_of_weight_that_is_not_spots(self):
        """USD-M and COIN-M draw on one budget, spot on another."""
        self.exchange(rate=0, limits=Limits(derivatives_weight_per_min=25))
        depth = "depth?limit=1000&symbol="
        assert (await self.http("GET", f"/fapi/v1/{depth}BTCUSDT")).headers["x-mbx-used-weight-1m"] == "20"
        answer = await self.http("GET", f"/dapi/v1/{depth}BTCUSD_PERP")
        assert (answer.status, answer.json()["code"]) == (429, -1003)
        assert (await self.http("GET", "/api/v3/ping")).headers["x-mbx-used-weight-1m"] == "1"

    async def test_pings_of_derivatives_are_rarer(self):
        """Futures get a ping where spot has had nine, options where it has had fifteen."""
        exchange = self.exchange(rate=0, ping_interval_s=10_000)
        for path in ("/ws", "/market/ws", "/public/ws/btcusdt@optionTrade"):
            await self.connect(path)
        waits = [connection.pinger.next_s - reactor.seconds() for connection in exchange.connections]
        assert waits == pytest.approx([10_000, 90_000, 150_000], abs=100)
        venues = [connection["venue"] for connection in exchange.state()["connections"]]
        assert venues == ["spot", "futures", "options"]

    async def test_a_pong_of_futures_may_take_ten_times_as_long(self):
        """A client of futures that answers no ping is closed, after ten times what spot waits."""
        exchange = self.exchange(rate=0, ping_interval_s=0.01, pong_timeout_s=0.05)
        client = await self.connect("/market/ws")
        client.answer_pings = False
        await client.until(lambda: client.lost is not None)
        assert client.ended[1:] == (1008, "Pong timeout")
        (entry,) = exchange.fault_log
        assert entry["time_ms"] - exchange.connections[0].opened_ms >= 500

    async def test_options_share_the_paths_of_futures(self):
        """Streams of options and of USD-M flow on one connection, each at its category."""
        self.exchange(rate=2000)
        option = "btcusdt@optionTrade"
        client = await self.connect(f"/public/stream?streams={option}/btcusdt@bookTicker/!index@arr")
        await client.count(100)
        assert {message["stream"] for message in client.messages} == {option, "btcusdt@bookTicker"}
        market = await self.connect("/market/ws/btcusdt@optionMarkPrice")
        assert {item["e"] for item in (await market.count(1))[0]} == {"markPrice"}

    async def test_a_connection_of_options_has_two_hundred_streams(self):
        """One more is refused in the URL and by message; a connection of futures may have it."""
        exchange = self.exchange(rate=0)
        names = [f"btc-261225-{strike}-c@bookTicker" for strike in range(201)]
        client = await self.connect("/public/ws/" + "/".join(names[:200]))
        reply = await client.ask(method="SUBSCRIBE", params=names[200:], id=1)
        assert reply["error"]["code"] == 4
        await self.refused("/public/ws/" + "/".join(names))
        bare = await self.connect("/public/stream")
        assert (await bare.ask(method="SUBSCRIBE", params=names[:110], id=1))["result"] is None
        assert (await bare.ask(method="SUBSCRIBE", params=names[110:], id=2))["error"]["code"] == 4
        await self.connect("/public/ws/" + "/".join(f"s{n}usdt@bookTicker" for n in range(201)))
        assert exchange.limits()["violated"]["streams"] == 3
        venues = [connection["venue"] for connection in exchange.state()["connections"]]
        assert venues == ["options", "options", "futures"]

    async def test_venues_with_ports_of_their_own(self):
        """On COIN-M's port plain names are its own, on USD-M's /public streams flow at unrouted paths."""
        exchange = self.exchange(rate=2000, own_ports=True)
        ports = (await self.http("GET", "/sandbox/ports")).json()
        assert ports == exchange.ports() and ports.keys() == {"usdm", "coinm"}
        coinm = await self.connect("/ws/!bookTicker", port=ports["coinm"])
        assert {top["st"] for top in await coinm.count(100)} == {1, 2}
        usdm = await self.connect("/stream?streams=btcusdt@bookTicker/btcusdt@aggTrade", port=ports["usdm"])
        assert {message["stream"] for message in await usdm.count(50)} == {"btcusdt@bookTicker"}
        spot = await self.connect("/ws/btcusdt@aggTrade")
        assert "M" in (await spot.count(1))[0]

    async def test_derivatives_announce_a_shutdown_only_if_they_are_meant(self):
        """server_shutdown() reaches spot alone; with a match of their own futures send it, too."""
        exchange = self.exchange(rate=0)
        spot, futures = await self.connect("/ws"), await self.connect("/market/ws/btcusdt@aggTrade")
        assert exchange.server_shutdown() == 1
        assert exchange.server_shutdown("usdm:") == 1
        assert [(await client.count(1))[0]["e"] for client in (spot, futures)] == ["serverShutdown"] * 2


class Rest(SandboxTestCase):
    async def get(self, path, status=200):
        answer = await self.http("GET", path)
        assert answer.status == status, answer.body
        return answer.json()

    async def test_limits_of_depth_are_only_the_documented_ones(self):
        """A limit between the valid ones is refused with -4021, and not rounded."""
        self.exchange(rate=0)
        for limit in (5, 10, 20, 50, 100, 500, 1000):
            await self.get(f"/fapi/v1/depth?symbol=BTCUSDT&limit={limit}")
        for limit in (0, 1, 15, 5000):
            answer = await self.get(f"/dapi/v1/depth?symbol=BTCUSD_PERP&limit={limit}", 400)
            assert answer == {"code": -4021, "msg": f"'{limit}' is not valid depth limit."}

    async def test_snapshots_have_the_fields_of_their_venue(self):
        """COIN-M's depth has symbol and pair beside those of USD-M."""
        self.exchange(rate=0)
        usdm = await self.get("/fapi/v1/depth?symbol=BTCUSDT&limit=5")
        assert usdm.keys() == {"lastUpdateId", "E", "T", "bids", "asks"}
        assert len(usdm["bids"]) == len(usdm["asks"]) == 5
        coinm = await self.get("/dapi/v1/depth?symbol=BTCUSD_PERP&limit=5")
        assert coinm.keys() == usdm.keys() | {"symbol", "pair"}
        assert (await self.get("/fapi/v1/rpiDepth?symbol=BTCUSDT&limit=1000"))["lastUpdateId"]

    async def test_what_rest_says_agrees_with_the_streams(self):
        """Trades, candles, tickers and mark prices of REST are those that the streams have sent."""
        self.exchange(rate=2000)
        names = "btcusdt@aggTrade/btcusdt@markPrice@1s/btcusdt@kline_1m"
        client = await self.connect(f"/market/stream?streams={names}")
        await client.until(lambda: len({message["stream"] for message in client.messages}) == 3)
        await client.count(30)
        said = {}
        for message in client.messages:
            said.setdefault(message["data"]["e"], []).append(message["data"])
        shown = {agg["a"]: agg for agg in await self.get("/fapi/v1/aggTrades?symbol=BTCUSDT&limit=1000")}
        for trade in said["aggTrade"]:
            assert shown[trade["a"]].items() <= trade.items()
        trades = await self.get("/fapi/v1/trades?symbol=BTCUSDT&limit=1000")
        ids = {trade["id"] for trade in trades}
        assert {trade["l"] for trade in said["aggTrade"]} <= ids
        candle = said["kline"][-1]["k"]
        rows = await self.get("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=5")
        row = next(row for row in rows if row[0] == candle["t"])
        assert row[1] == candle["o"] and float(row[5]) >= float(candle["v"])
        premium = await self.get("/fapi/v1/premiumIndex?symbol=BTCUSDT")
        mark = said["markPriceUpdate"][-1]
        assert premium["lastFundingRate"] == mark["r"] and premium["nextFundingTime"] == mark["T"]

    async def test_answers_of_one_moment_agree(self):
        """Candles, tickers, prices and the top of the book of a market that stands still are the same."""
        self.exchange(rate=0)
        rows = await self.get("/fapi/v1/klines?symbol=BTCUSDT&interval=1d&limit=5")
        same = "pair=BTCUSDT&contractType=PERPETUAL&interval=1d&limit=5"
        assert await self.get(f"/fapi/v1/continuousKlines?{same}") == rows
        day = await self.get("/fapi/v1/ticker/24hr?symbol=BTCUSDT")
        price = await self.get("/fapi/v1/ticker/price?symbol=BTCUSDT")
        assert day["lastPrice"] == price["price"] == rows[-1][4]
        assert (await self.get("/fapi/v2/ticker/price?symbol=BTCUSDT"))["price"] == price["price"]
        top = await self.get("/fapi/v1/ticker/bookTicker?symbol=BTCUSDT")
        depth = await self.get("/fapi/v1/depth?symbol=BTCUSDT&limit=5")
        assert [top["bidPrice"], top["bidQty"]] == depth["bids"][0]
        assert top["lastUpdateId"] == depth["lastUpdateId"]

    async def test_coin_margined_answers_are_lists(self):
        """COIN-M's tickers and premium are lists for one symbol too, and count in the asset."""
        self.exchange(rate=0)
        for name in ("premiumIndex", "ticker/24hr", "ticker/price", "ticker/bookTicker"):
            (item,) = await self.get(f"/dapi/v1/{name}?symbol=BTCUSD_PERP")
            assert item["symbol"] == "BTCUSD_PERP"
            assert len(await self.get(f"/dapi/v1/{name}?pair=BTCUSD")) == 3
        (day,) = await self.get("/dapi/v1/ticker/24hr?symbol=BTCUSD_PERP")
        assert "baseVolume" in day and "quoteVolume" not in day
        for path in ("indexPriceKlines?pair=BTCUSD", "markPriceKlines?symbol=BTCUSD_PERP"):
            (row,) = await self.get(f"/dapi/v1/{path}&interval=1m&limit=1")
            assert len(row) == 12

    async def test_errors_of_futures(self):
        """Wrong symbols, intervals and methods, and unknown paths, are answered as the exchange does."""
        self.exchange(rate=0)
        cases = {
            "/fapi/v1/depth?symbol=BTCUSD_PERP&limit=5": -1121,
            "/dapi/v1/depth?symbol=BTCUSDT&limit=5": -1121,
            "/fapi/v1/depth?limit=5": -1102,
            "/fapi/v1/klines?symbol=BTCUSDT&interval=1s": -1120,
            "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=0": -1130,
            "/fapi/v1/continuousKlines?pair=NO&contractType=PERPETUAL&interval=1m": -1121,
        }
        for path, code in cases.items():
            assert (await self.get(path, 400))["code"] == code, path
        assert (await self.http("POST", "/fapi/v1/depth?symbol=BTCUSDT&limit=5")).status == 405
        assert (await self.http("GET", "/dapi/v1/rpiDepth?symbol=BTCUSD_PERP")).status == 404

    async def test_the_clock_of_the_venues(self):
        """time answers the exchange's time, wrong where a fault has made it so."""
        exchange = self.exchange(rate=0)
        assert (await self.get("/fapi/v1/ping")) == {}
        exchange.clock(-60_000)
        told = (await self.get("/fapi/v1/time"))["serverTime"]
        assert 59_000 < exchange.time_ms - told < 62_000

    async def test_public_calls_of_options(self):
        """Depth, trades, candles, mark prices, tickers and open interest of options come from its market."""
        self.exchange(rate=500)
        info = await self.get("/eapi/v1/exchangeInfo")
        symbols = [symbol["symbol"] for symbol in info["optionSymbols"]]
        assert len(symbols) == 16
        symbol = symbols[0]
        client = await self.connect(f"/public/ws/{symbol.lower()}@optionTrade")
        await client.count(5)
        for limit in (10, 20, 50, 100, 500, 1000):
            await self.get(f"/eapi/v1/depth?symbol={symbol}&limit={limit}")
        assert (await self.get(f"/eapi/v1/depth?symbol={symbol}&limit=5", 400))["code"] == -4021
        trades = {trade["id"]: trade for trade in await self.get(f"/eapi/v1/trades?symbol={symbol}")}
        for trade in client.messages:
            if trade["X"] == "MARKET":
                assert trades[trade["t"]]["price"] == trade["p"]
        (mark,) = await self.get(f"/eapi/v1/mark?symbol={symbol}")
        assert 0 < float(mark["delta"]) < 1 and float(mark["markPrice"]) > 0
        assert len(await self.get("/eapi/v1/ticker")) == len(await self.get("/eapi/v1/mark")) == 16
        index = await self.get("/eapi/v1/index?underlying=BTCUSDT")
        premium = await self.get("/fapi/v1/premiumIndex?symbol=BTCUSDT")
        assert float(index["indexPrice"]) == pytest.approx(float(premium["indexPrice"]), rel=1e-3)
        day = symbol.split("-")[1]
        found = await self.get(f"/eapi/v1/openInterest?underlyingAsset=BTC&expiration={day}")
        assert {item["symbol"] for item in found} == {s for s in symbols if s.startswith(f"BTC-{day}")}
        assert await self.get(f"/eapi/v1/klines?symbol={symbol}&interval=1m")
        assert (await self.get(f"/eapi/v1/klines?symbol={symbol}&interval=8h", 400))["code"] == -1120
        assert (await self.get("/eapi/v1/depth?symbol=BTCUSDT", 400))["code"] == -1121
        assert (await self.get("/eapi/v1/time"))["serverTime"] and await self.get("/eapi/v1/ping") == {}

    async def test_a_handle_knows_the_ports(self):
        """Sandbox.ports() asks the child; without own_ports there are none."""
        for own_ports, expected in ((True, {"usdm", "coinm"}), (False, set())):
            with Sandbox(rate=0, own_ports=own_ports, options_symbols=["BTC-261225-70000-C"]) as sandbox:
                assert sandbox.ports().keys() == expected
