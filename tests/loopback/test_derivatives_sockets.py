"""Sockets of futures and options against the sandbox: calls, paths, several connections, hosts, and order."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from unittest.mock import patch

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.limits import NO_LIMITS
from binance.venues.catalogue import CATALOGUES, kind_of
from binance.websockets import BinanceSocketManager

from ..calls import DERIVATIVES, OPTION, nothing
from ..sandbox_case import StreamsCase
from ..support import Recorder, turns, until

DEPTH, AGG = "btcusdt@depth@100ms", "btcusdt@aggTrade"
TOP, MARK = "btcusdt@bookTicker", "btcusdt@markPrice@1s"
#: Of either category two.
BOTH = [DEPTH, AGG, TOP, MARK]
PUBLIC, MARKET = [DEPTH, TOP], [AGG, MARK]
KEY = "usdm:streams=" + "/".join(BOTH)
#: Members with the ids of those that have some.
IDS = {DEPTH: "u", AGG: "a", TOP: "u"}
MINUTE_MS = 60_000


def key_of(market, path):
    """The key of a call that asks for a path."""
    _, _, names = path.partition("?")
    return f"{market}:{names or path.rpartition('/')[2]}"


@pytest.mark.parametrize(("market", "method", "arguments", "path"), DERIVATIVES)
def test_the_row_of_a_stream_names_the_call_that_starts_it(market, method, arguments, path):
    """And the category of its path."""
    kind = kind_of(re.split("[/=]", path)[-1], CATALOGUES[market])
    assert kind is not None
    assert f"/{kind.category}/" in path
    assert kind.call == method


class Derivatives(StreamsCase):
    """A sandbox with few contracts, whose clock is fast."""

    def exchange_here(self, **options):
        given = {
            "symbols": ["BTCUSDT"], "usdm_symbols": ["BTCUSDT", "ETHUSDT"], "coinm_symbols": ["BTCUSD_PERP"],
            "rate": 200, "speed": 10, "limits": NO_LIMITS,
        }  # fmt: skip
        return super().exchange_here(**(given | options))

    def paths(self):
        """What was asked for, in order."""
        return [path for _, path in self.exchange.dials]

    async def heard(self, *streams, got=None, times=1):
        """Wait for so many more messages of each stream of a multiplex socket."""
        got = self.got if got is None else got
        before = len(got)

        def has_come():
            came = [message["stream"] for message in got[before:]]
            return all(came.count(stream) >= times for stream in streams)

        await until(has_come)

    async def connected(self, count):
        await until(lambda: self.events.kinds().count("connected") >= count)

    async def moved(self, count):
        await until(lambda: self.events.kinds().count("rotated") >= count)

    def data(self, stream):
        return [message["data"] for message in self.got if message.get("stream") == stream]

    def nothing_lost(self, stream, ids):
        """Each id that the exchange sent between the first and the last came once, in order."""
        sent = self.exchange.sent[f"usdm:{stream}"]
        assert ids == [number for number in sent if ids[0] <= number <= ids[-1]]

    def planned(self):
        """No event says that anything was interrupted or missing."""
        assert set(self.events.kinds()) - {"callback_slow"} == {
            "connecting", "connected", "rotating", "rotated",
        }  # fmt: skip


class Calls(Derivatives):
    """What each call asks for, and what comes of it."""

    async def test_every_call_asks_at_its_path_and_delivers_in_its_form_also_after_a_cut(self):
        """The classic calls of futures deliver {"stream", "data"}, all others bare messages; the key is made
        of venue and stream; the path has the category, then and after a cut, and no path has none.
        """
        exchange = self.exchange_here(options_symbols=[OPTION], speed=50)
        bm, got = self.manager(), {}
        for market, method, arguments, path in DERIVATIVES:
            key = key_of(market, path)
            got[key] = Recorder()
            at = isinstance(next(iter(arguments), None), str)  # behind the symbol, where there is one
            given = (*arguments[:at], got[key], *arguments[at:])
            assert getattr(bm, method)(*given) == key
            assert getattr(bm, method)(*given) is False
        await until(lambda: all(got.values()))
        asked = sorted(path for *_, path in DERIVATIVES)
        assert sorted(self.paths()) == asked
        exchange.cut()
        before = {key: len(came) for key, came in got.items()}
        await until(lambda: all(len(came) > before[key] for key, came in got.items()))
        assert sorted(self.paths()) == sorted(asked * 2)
        for market, _, _, path in DERIVATIVES:
            for message in got[key_of(market, path)]:
                if "streams=" in path:
                    assert message.keys() == {"stream", "data"}
                    assert message["stream"] == path.partition("=")[2]
                    message = message["data"]
                assert "stream" not in message
                assert all(item["e"] for item in (message if isinstance(message, list) else [message]))
        assert [bm.stats(key)["reconnects"] for key in got] == [1] * len(got)

    def test_the_calls_of_the_classic_manager_take_what_they_took(self):
        """By position and by name; multiplex calls of a venue are those with its name as venue=."""
        bm = BinanceSocketManager(None)
        assert bm.start_symbol_mark_price_socket(symbol="BTCUSDT", callback=nothing, fast=False)
        assert bm.start_all_mark_price_socket(callback=nothing, fast=True)
        assert bm.start_options_kline_socket(symbol=OPTION, callback=nothing, interval="1h")
        assert bm.start_options_depth_socket(symbol=OPTION, callback=nothing, depth="20")
        streams = [f"{OPTION.lower()}@bookTicker"]
        key = bm.start_options_multiplex_socket(streams=streams, callback=nothing)
        assert key == f"options:streams={streams[0]}"
        assert bm.start_multiplex_socket(streams, nothing, venue="options") is False
        assert bm.start_futures_multiplex_socket([AGG], nothing) == f"usdm:streams={AGG}"
        assert bm.start_aggtrade_futures_socket("BTCUSDT", nothing) is False  # it is the same socket
        bm.close()

    def test_a_venue_that_there_is_not_claims_no_key(self):
        """It raises at the call, and names those that there are."""
        bm = BinanceSocketManager(None)
        for start in (
            lambda venue: bm.start_stream_socket(AGG, nothing, venue=venue),
            lambda venue: bm.start_multiplex_socket([AGG], nothing, venue=venue),
        ):
            for venue in ("futures", "", None, "USDM", ["usdm"]):
                with pytest.raises(InvalidArgument, match="'spot', 'usdm', 'coinm', 'options'"):
                    start(venue)
        assert bm.stats() == {}

    async def test_a_symbol_of_two_venues_at_once(self):
        """Spot and USD-M both have BTCUSDT, and USD-M and COIN-M klines of each other's: keys differ."""
        self.exchange_here()
        bm, got = self.manager(), defaultdict(Recorder)
        for venue in ("spot", "usdm"):
            bm.start_stream_socket(AGG, got[venue], venue=venue)
            bm.start_multiplex_socket([AGG], got[f"{venue} combined"], venue=venue)
        bm.start_stream_socket("btcusd_perp@aggTrade", got["coinm"], venue="coinm")
        assert sorted(bm.stats()) == [
            AGG, "coinm:btcusd_perp@aggTrade", f"streams={AGG}", f"usdm:{AGG}", f"usdm:streams={AGG}",
        ]  # fmt: skip
        await until(lambda: len(got) == 5 and all(got.values()))
        assert "st" not in got["spot"][0] and got["usdm"][0]["st"] == 1 and got["coinm"][0]["st"] == 2
        assert "st" not in got["spot combined"][0]["data"] and got["usdm combined"][0]["data"]["st"] == 1
        bm.stop_socket(f"usdm:{AGG}")
        await until(lambda: self.is_over(f"usdm:{AGG}"))
        before = len(got["usdm"])
        for name in ("spot", "usdm combined", "coinm"):
            count = len(got[name])
            await until(lambda name=name, count=count: len(got[name]) > count)
        assert len(got["usdm"]) == before

    async def test_the_log_says_whose_a_stream_is(self):
        """On spot a mark price connects and is silent; the warning has the argument to use."""
        self.exchange_here()
        bm = self.manager()
        with self.assertLogs("binance", "WARNING") as logs:
            bm.start_stream_socket("btcusdt@markPrice", self.got)
        assert any("(venue='usdm')" in line and "btcusdt@markPrice" in line for line in logs.output)
        with self.assertLogs("binance", "WARNING") as logs:
            bm.start_multiplex_socket(["btcusdt@avgPrice", AGG], self.got, venue="usdm")
        assert any("(venue='spot')" in line for line in logs.output)
        assert not any(AGG in line for line in logs.output)


class Categories(Derivatives):
    """One socket over both categories, which has a connection for each."""

    async def start(self, **options):
        self.exchange_here()
        bm = self.manager(**options)
        assert bm.start_multiplex_socket(BOTH, self.got, venue="usdm") == KEY
        await self.connected(2)
        await self.heard(*BOTH)
        return bm

    def by_category(self):
        """What the open connections carry, as the exchange has it."""
        carried = defaultdict(list)
        for connection in self.exchange.open_connections:
            carried[connection.path.split("/")[1]].append(sorted(connection.subscribed.streams))
        return dict(carried)

    def numbers(self):
        return {connection.path.split("/")[1]: connection.id for connection in self.exchange.open_connections}

    async def test_a_socket_over_both_has_a_connection_for_each(self):
        """One key; events say which connection, and the factories are kept as the key and key#1."""
        bm = await self.start()
        assert self.by_category() == {"public": [sorted(PUBLIC)], "market": [sorted(MARKET)]}
        assert sorted(info["shard"] for info in self.events.of("connected")) == [0, 1]
        assert sorted(bm._conns) == [KEY, f"{KEY}#1"]
        assert list(bm.stats()) == [KEY] and bm.streams(KEY) == BOTH
        bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY) and not self.exchange.open_connections)
        assert bm._conns == {}
        [ended] = self.events.of("disconnected")
        assert "shard" not in ended

    async def test_changes_move_nothing_between_categories(self):
        """What is added goes to its category's connection, and what is removed leaves the others alone; a
        connection without streams is closed, and made again when it is needed.
        """
        bm = await self.start()
        numbers = self.numbers()
        more = ["ethusdt@depth@100ms", "ethusdt@aggTrade", "!markPrice@arr", "ethusdt@bookTicker"]
        bm.subscribe(KEY, more)
        await self.in_force(bm, KEY)
        carried = self.by_category()
        assert carried["public"] == [sorted([*PUBLIC, more[0], more[3]])]
        assert carried["market"] == [sorted([*MARKET, more[1], more[2]])]
        await self.heard(*BOTH, *more)
        bm.unsubscribe(KEY, [more[0], more[1], AGG])
        await self.in_force(bm, KEY)
        assert self.by_category() == {"public": [sorted([*PUBLIC, more[3]])], "market": [[more[2], MARK]]}
        assert self.numbers() == numbers
        bm.unsubscribe(KEY, [*PUBLIC, more[3]])
        await until(lambda: self.by_category() == {"market": [[more[2], MARK]]})
        assert self.numbers() == {"market": numbers["market"]}
        bm.subscribe(KEY, [DEPTH])
        await self.in_force(bm, KEY)
        assert self.by_category()["public"] == [[DEPTH]]
        assert self.numbers()["market"] == numbers["market"]
        await self.heard(DEPTH, MARK)
        assert not {"gap", "reset", "retrying", "refused"} & set(self.events.kinds())
        assert {path.split("/")[1] for path in self.paths()} == {"public", "market"}

    async def test_a_cut_of_one_category_leaves_the_other_alone(self):
        """Its connection is made again at its path; one gap for each stream whose ids were missed."""
        bm = await self.start()
        self.exchange.refuse(times=1)
        self.exchange.cut(f"#{self.numbers()['public']}")
        await self.connected(3)
        await self.heard(*BOTH)
        assert self.by_category() == {"public": [sorted(PUBLIC)], "market": [sorted(MARKET)]}
        assert {path.split("/")[1] for path in self.paths()[2:]} == {"public"}
        assert {info["stream"] for info in self.events.of("gap")} <= {DEPTH}
        assert bm.stats(KEY)["reconnects"] == 1
        [shard] = {info["shard"] for info in self.events.of("disconnected")}
        assert shard == 0

    async def test_a_stream_of_the_wrong_category_is_reported_as_silent(self):
        """A name that no catalogue has is asked for at /market: the exchange acknowledges it and says
        nothing, which the log, and then an event, do say.
        """
        self.exchange_here()
        bm = self.manager(stream_silence_s=0.3)
        name = "btcusdt@depth@50ms"
        with self.assertLogs("binance", "WARNING") as logs:
            key = bm.start_multiplex_socket([name, AGG], self.got, venue="usdm")
        assert any(name in line for line in logs.output)
        await until(lambda: name in {info["stream"] for info in self.events.of("silent")})
        assert self.paths()[0] == f"/market/stream?streams={name}/{AGG}"
        assert bm.stats(key)["messages"] > 0 and self.data(name) == []

    async def test_a_connection_of_options_has_two_hundred_streams_at_most(self):
        """450 of one category are three connections, and those that are added fill them evenly."""
        self.exchange_here(limits=None, rate=0)
        names = [f"btc-261225-{1000 * number}-c@bookTicker" for number in range(1, 451)]
        mark = "btcusdt@optionMarkPrice"
        bm = self.manager(lifetime_s=None)
        key = bm.start_options_multiplex_socket([*names, mark], self.got, name="all options")
        await self.in_force(bm, key)
        carried = self.by_category()
        assert [len(streams) for streams in carried["public"]] == [150, 150, 150]
        assert carried["market"] == [[mark]]
        bm.subscribe(key, [name.replace("-c@", "-p@") for name in names[:140]])
        await self.in_force(bm, key)
        assert sorted(len(streams) for streams in self.by_category()["public"]) == [196, 197, 197]
        bm.subscribe(key, [name.replace("-c@", "-p@") for name in names[140:160]])
        await self.in_force(bm, key)
        assert len(self.by_category()["public"]) == 4
        self.kept_to_the_limits()


class Hosts(Derivatives):
    """FSTREAM_URL and VSTREAM_URL."""

    async def test_a_changed_url_replaces_the_host_of_its_venue(self):
        """On the class, a subclass or the instance, with or without a slash at the end; the others' hosts,
        and those of a manager that has endpoints=, stay what they are.
        """
        self.exchange_here(own_ports=True, options_symbols=[OPTION])
        place = f"ws://127.0.0.1:{self.port}"

        class Mine(BinanceSocketManager):
            FSTREAM_URL = place + "/"
            VSTREAM_URL = place

        on_instance = self.manager(endpoints=None)
        on_instance.FSTREAM_URL, on_instance.VSTREAM_URL = place, place + "/"
        by_class = self.manager(endpoints=None)
        with patch.multiple(BinanceSocketManager, FSTREAM_URL=place, VSTREAM_URL=place):
            self.start(by_class)
        by_subclass = Mine(None, on_event=self.events)
        self.start(on_instance)
        await until(lambda: len(self.got) >= 4 and self.events.kinds().count("connected") >= 4)
        expected = [f"/market/ws/{AGG}", f"/public/ws/{OPTION.lower()}@depth10@500ms"]
        assert sorted(self.paths()) == sorted(expected * 2)
        assert by_subclass._venue("usdm").stream_host == by_subclass._venue("options").stream_host == place
        assert by_subclass._venue("coinm").stream_host == "wss://dstream.binance.com"
        assert by_subclass._venue().stream_host == "wss://stream.binance.com:9443"
        given = Mine(None, endpoints=self.endpoints)
        given.FSTREAM_URL = "ws://127.0.0.1:1"
        assert given._venue("usdm").stream_host == place
        by_subclass.close()

    def start(self, bm):
        bm.start_stream_socket(AGG, self.got, venue="usdm")
        bm.start_options_depth_socket(OPTION, self.got)


class Order(Derivatives):
    """What is missing, and what is not."""

    async def test_a_message_of_a_chain_that_is_skipped_is_one_gap(self):
        """Its first is the last id that came, its last the one that the next message names; no count."""
        exchange = self.exchange_here()
        bm, bare = self.manager(), Recorder()
        bm.start_futures_depth_socket("BTCUSDT", bare, interval=100)
        bm.start_futures_multiplex_socket([DEPTH, AGG], self.got)
        await until(lambda: len(bare) >= 3 and len(self.data(DEPTH)) >= 3)
        assert exchange.skip(f"=usdm:{DEPTH}") == 2
        await until(lambda: len(self.events.of("gap")) == 2)
        await until(lambda: len(bare) >= 9 and len(self.data(DEPTH)) >= 9)
        skipped = {one["ids"][0] for one in exchange.fault_log if one["fault"] == "skip" and "ids" in one}
        for key, came in ((f"usdm:{DEPTH}", bare), (f"usdm:streams={DEPTH}/{AGG}", self.data(DEPTH))):
            [gap] = [event.info for event in self.events if (event.kind, event.conn_key) == ("gap", key)]
            seams = [(before["u"], after["pu"]) for before, after in pairwise(came)]
            [(first, last)] = [seam for seam in seams if seam[0] != seam[1]]
            assert gap == {"stream": DEPTH, "first": first, "last": last, "cause": "skipped"}
            assert last in skipped
            stats = bm.stats(key)
            assert (stats["gaps"], stats["missed"], stats["duplicates"]) == (1, 1, 0)
        assert any(after["U"] > before["u"] + 1 for before, after in pairwise(bare))  # ids that jump

    async def test_what_an_outage_took_is_named_exactly(self):
        """Both connections are cut and refused for a while: of depth and aggregate trades one gap each that
        has what never came, of book tickers and mark prices none.
        """
        self.exchange_here()
        bm = self.manager(max_retries=None)
        bm.start_multiplex_socket(BOTH, self.got, venue="usdm")
        await self.connected(2)
        mine = self.exchange.open_connections
        # somebody else listens all the time, so that the exchange's record has no holes
        self.manager(on_event=None).start_multiplex_socket(BOTH, nothing, venue="usdm")
        await until(lambda: len(self.exchange.open_connections) == 4)
        await self.heard(*BOTH)
        self.exchange.refuse()
        for connection in mine:
            self.exchange.end(connection, "reset")
        await until(lambda: self.events.kinds().count("retrying") >= 8)
        self.exchange.accept()
        await self.connected(4)
        await self.heard(*BOTH)
        gaps = {info["stream"]: info for info in self.events.of("gap")}
        assert len(self.events.of("gap")) == 2 and gaps.keys() == {DEPTH, AGG}
        assert "count" not in gaps[DEPTH] and {info["cause"] for info in gaps.values()} == {"reconnect"}
        aggs, gap = [data["a"] for data in self.data(AGG)], gaps[AGG]
        lost = range(gap["first"], gap["last"] + 1)
        assert sorted([*aggs, *lost]) == list(range(aggs[0], aggs[-1] + 1)) and gap["count"] == len(lost)
        ids = [data["u"] for data in self.data(DEPTH)]
        sent = [number for number in self.exchange.sent[f"usdm:{DEPTH}"] if ids[0] <= number <= ids[-1]]
        first, last = gaps[DEPTH]["first"], gaps[DEPTH]["last"]
        assert [number for number in sent if number not in ids] == [n for n in sent if first < n <= last]
        assert first in ids and last in sent

    async def test_planned_moves_of_both_connections_lose_nothing(self):
        """Connections that are each late by a time of their own, so that the new one is slower or faster:
        each id came once, in order, and so did each mark price.
        """
        exchange = self.exchange_here()
        exchange.delay(0.2, each=True)
        late = {"public": {}, "market": {}}

        def on_event(event):
            self.events(event)
            for connection in exchange.open_connections:
                late[connection.path.split("/")[1]][connection.id] = connection.outbox.delay_s

        bm = self.manager(on_event=on_event, lifetime_s=0.5, handover_s=0.4)
        bm.start_multiplex_socket(BOTH, self.got, venue="usdm")

        def was_ahead_and_behind(delays):
            steps = [new - old for old, new in pairwise(delays.values())]
            return any(step < -0.03 for step in steps) and any(step > 0.03 for step in steps)

        await until(lambda: all(map(was_ahead_and_behind, late.values())))
        await self.moved(8)
        await self.heard(*BOTH)
        self.planned()
        assert {info["shard"] for info in self.events.of("rotated")} == {0, 1}
        for stream, field in IDS.items():
            self.nothing_lost(stream, [data[field] for data in self.data(stream)])
        assert all(after["pu"] == before["u"] for before, after in pairwise(self.data(DEPTH)))
        times = [data["E"] for data in self.data(MARK)]
        assert times == list(range(times[0], times[-1] + 1, 1000))
        stats = bm.stats(KEY)
        assert (stats["gaps"], stats["duplicates"], stats["resets"]) == (0, 0, 0)

    async def test_all_book_tickers_are_in_order_by_symbol(self):
        """Through moves and a cut: ids of one symbol say nothing of another's, and no message is dropped."""
        exchange = self.exchange_here(speed=50)
        bm = self.manager(lifetime_s=0.5, handover_s=0.2)
        key = bm.start_all_ticker_futures_socket(self.got)
        await self.moved(2)
        self.planned()
        tops = [data["u"] for data in self.data("!bookTicker")]
        begin = exchange.sent["usdm:!bookTicker"].index(tops[0])
        assert tops == exchange.sent["usdm:!bookTicker"][begin : begin + len(tops)]
        exchange.cut()
        await self.connected(2)
        await self.heard("!bookTicker", times=6)
        by_symbol = defaultdict(list)
        for top in self.data("!bookTicker"):
            by_symbol[top["s"]].append(top["u"])
        assert by_symbol.keys() == {"BTCUSDT", "ETHUSDT", "BTCUSD_PERP"}
        assert all(ids == sorted(set(ids)) for ids in by_symbol.values())
        stats = bm.stats(key)
        assert (stats["gaps"], stats["duplicates"], stats["resets"]) == (0, 0, 0)

    async def test_partial_depth_has_no_gaps(self):
        """It names messages before it that are none of this stream; a cut and moves go by without a gap, and
        no top of the book comes behind a later one.
        """
        exchange = self.exchange_here()
        bm = self.manager(lifetime_s=0.6, handover_s=0.2)
        bm.start_futures_depth_socket("BTCUSDT", self.got, 5, 100)
        await self.moved(2)
        exchange.cut()
        await self.connected(2)
        before = len(self.got)
        await until(lambda: len(self.got) > before + 5)
        times = [message["E"] for message in self.got]
        assert times == sorted(set(times))
        assert not {"gap", "reset", "silent"} & set(self.events.kinds())
        assert bm.stats("usdm:btcusdt@depth5@100ms")["duplicates"] == 0

    async def test_candles_that_fell_into_an_outage_are_named(self):
        """Trades have holes between their ids, so it goes by time: each candle came closed, or is named."""
        exchange = self.exchange_here(speed=240, rate=400)
        self.quick(retries_s=(0.15,) * 5)
        bm, closed = self.manager(max_retries=None), []

        def callback(message):
            if message.get("e") == "kline" and message["k"]["x"]:
                closed.append(message["k"]["t"])

        bm.start_kline_futures_socket("BTCUSDT", callback)
        await until(lambda: len(closed) >= 4)
        exchange.refuse(503)
        exchange.cut()
        await until(lambda: len(self.events.of("retrying")) >= 5)
        exchange.clear()
        count = len(closed)
        await until(lambda: len(closed) >= count + 2)
        [gap] = self.events.of("gap")
        assert gap["stream"] == "btcusdt@kline_1m" and gap["cause"] == "reconnect"
        named = range(gap["first"], gap["last"] + 1, MINUTE_MS)
        assert sorted([*closed, *named]) == list(range(closed[0], closed[-1] + 1, MINUTE_MS))
        await turns()
