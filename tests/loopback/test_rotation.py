"""Planned cuts cost nothing: rotation and serverShutdown, against the sandbox and a scripted server."""

from __future__ import annotations

import random
import time
from collections import Counter
from itertools import pairwise
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import Clock

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS

from ..support import ManagerCase, Recorder, turns, until

TRADE = "bnbbtc@trade"
MIXED = [
    "bnbbtc@trade",
    "bnbbtc@aggTrade",
    "bnbbtc@bookTicker",
    "bnbbtc@depth@100ms",
    "bnbbtc@depth5@100ms",
    "!miniTicker@arr",
]


class Told(Recorder):
    """A callback that keeps ids by stream, and messages."""

    def ids(self, field: str, stream: str | None = None) -> list[int]:
        """The ids of one stream, in order."""
        return [
            message["data"][field] if stream else message[field]
            for message in self
            if stream is None or message["stream"] == stream
        ]


class Moves(ManagerCase):
    """Against the sandbox in this process."""

    timeout = 60

    def exchange_here(self, **options: Any) -> Exchange:
        """A sandbox that trades 200 times a second on one symbol and keeps what it sent."""
        given = {"rate": 200, "symbols": ["BNBBTC"], "record": True, "limits": NO_LIMITS, **options}
        exchange = Exchange(reactor, **given)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        self.exchange = exchange
        self.most_open = 0
        return exchange

    def on_event(self, event: Event) -> None:
        self.events(event)
        self.most_open = max(self.most_open, len(self.exchange.open_connections))

    async def moved(self, times: int) -> None:
        await until(lambda: self.events.kinds().count("rotated") >= times)

    def nothing_lost(self, ids: list[int], stream: str) -> None:
        """Each id that the exchange sent between the first and the last came once, in order."""
        sent = [number for number in self.exchange.sent[stream] if ids[0] <= number <= ids[-1]]
        assert ids == list(dict.fromkeys(sent))

    def planned(self, sockets: int = 1) -> None:
        """No event says that anything was interrupted or missing; no socket had more than two connections."""
        # the machine may pause for as long as it likes, also in a callback
        kinds = set(self.events.kinds()) - {"callback_slow"}
        assert kinds <= {"connecting", "connected", "rotating", "rotated"}
        assert self.most_open <= 2 * sockets

    async def rotate(self, times: int, delay_s: float) -> None:
        """Rotate, with connections that are each late by a time of their own, up to *delay_s*."""
        exchange = self.exchange_here()
        exchange.delay(delay_s, each=True)
        got = Told()
        bm = self.manager(on_event=self.on_event, lifetime_s=0.5, handover_s=1.0)
        bm.start_trade_socket("BNBBTC", got)
        await self.moved(times)
        self.nothing_lost(got.ids("t"), TRADE)
        self.planned()
        assert bm.stats(TRADE)["duplicates"] == 0
        assert len(exchange.dials) >= times + 1

    async def test_each_id_comes_once_where_both_connections_are_level(self):
        """Twenty rotations of a busy stream: no id is missing, none comes twice, all are in order."""
        await self.rotate(20, 0.0)

    async def test_each_id_comes_once_where_the_new_connection_is_ahead_or_behind(self):
        """No two connections are in step: twelve rotations, the new one sometimes ahead, sometimes behind."""
        delays = [random.Random(number).random() for number in range(1, 14)]
        steps = [new - old for old, new in pairwise(delays)]
        assert min(steps) < -0.2 and max(steps) > 0.2  # what the sandbox draws for its connections
        await self.rotate(12, 0.3)

    async def test_a_shutdown_that_is_announced_loses_nothing_raw_and_combined(self):
        """serverShutdown in either form: a new connection first, then the old one is left."""
        exchange = self.exchange_here()
        self.quick(move_again_s=0.05)
        raw, combined = Told(), Told()
        bm = self.manager(on_event=self.on_event, handover_s=1.0)
        bm.start_trade_socket("BNBBTC", raw)
        bm.start_multiplex_socket([TRADE, "bnbbtc@aggTrade"], combined)
        await until(lambda: raw and combined)
        for times in range(1, 6):
            assert exchange.server_shutdown() == 2
            await self.moved(2 * times)
            done = len(raw), len(combined)
            await until(lambda done=done: len(raw) > done[0] and len(combined) > done[1])
        self.nothing_lost(raw.ids("t"), TRADE)
        self.nothing_lost(combined.ids("t", TRADE), TRADE)
        self.nothing_lost(combined.ids("a", "bnbbtc@aggTrade"), "bnbbtc@aggTrade")
        assert all(message.get("e") != "serverShutdown" for message in raw + combined)
        assert {info["why"] for info in self.events.of("rotated")} == {"serverShutdown"}
        self.planned(sockets=2)

    async def test_a_multiplex_socket_of_all_kinds_loses_nothing(self):
        """Trades, aggregate trades, book tickers, diff and partial depth, an array: each as it was sent."""
        exchange = self.exchange_here(speed=5)
        got = Told()
        self.manager(on_event=self.on_event, lifetime_s=1.0, handover_s=1.0).start_multiplex_socket(
            MIXED, got
        )
        await self.moved(6)
        self.planned()
        for field, stream in (("t", MIXED[0]), ("a", MIXED[1]), ("u", MIXED[2])):
            self.nothing_lost(got.ids(field, stream), stream)
        depth = [message["data"] for message in got if message["stream"] == MIXED[3]]
        assert all(b["U"] == a["u"] + 1 for a, b in pairwise(depth))
        for stream in MIXED[4:]:
            texts = [repr(message["data"]) for message in got if message["stream"] == stream]
            assert len(texts) > 10
            twice = [text for text, count in Counter(texts).items() if count > 1]
            assert twice == [] or stream == MIXED[4]  # a still book is the same book
        assert exchange.dials

    async def test_a_stream_without_messages_is_moved_too(self):
        """Nothing comes on either connection for handover_s: that is a quiet stream."""
        exchange = self.exchange_here(rate=0)
        bm = self.manager(on_event=self.on_event, lifetime_s=0.3, handover_s=0.2)
        bm.start_trade_socket("BNBBTC", self.got)
        await self.moved(3)
        self.planned()
        assert len(exchange.dials) >= 4
        assert self.got == []

    async def test_account_sockets_move_and_lose_nothing(self):
        """A spot and a margin account on one shared connection, through rotation and a shutdown."""
        exchange = self.exchange_here(rate=0, api_keys={"K" * 60: "secret"})
        client = Client("K" * 60, "secret", endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        spot, margin = Told(), Told()
        bm = self.manager(client, on_event=self.on_event, lifetime_s=0.6, handover_s=0.3)
        bm.start_user_socket(spot)
        bm.start_margin_socket(margin)
        await until(lambda: self.events.kinds().count("connected") == 2)
        made: dict[str, list[Any]] = {"spot": [], "margin": []}
        while self.events.kinds().count("rotated") < 8:
            if len(self.events.of("rotated")) == 4 and "serverShutdown" not in str(self.events):
                exchange.server_shutdown()
            for account, events in made.items():
                events += exchange.fill("BNBBTC", quantity="0.01", api_key="K" * 60, account=account)
            await turns(10)
        await until(lambda: len(spot) >= len(made["spot"]) and len(margin) >= len(made["margin"]))
        assert spot == made["spot"]
        assert margin == made["margin"]
        self.planned()
        assert "serverShutdown" in {info["why"] for info in self.events.of("rotated")}

    async def test_nothing_comes_twice_from_a_new_connection_that_is_slower(self):
        """Account events, a book's top and an array: what the old connection delivered and the new one brings
        again behind the switch is dropped there, through rotations and a shutdown.
        """
        exchange = self.exchange_here(speed=5, api_keys={"K" * 60: "secret"})
        exchange.delay(0.6, each=True)
        client = Client("K" * 60, "secret", endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        bm = self.manager(client, on_event=self.on_event, lifetime_s=1.5, handover_s=1.0)
        account, others = Told(), Told()
        bm.start_user_socket(account)
        bm.start_multiplex_socket([TRADE, "bnbbtc@depth5@100ms", "!miniTicker@arr"], others)
        await until(lambda: self.events.kinds().count("connected") == 2)
        made: list[Any] = []
        while self.events.kinds().count("rotated") < 10:
            made += exchange.fill("BNBBTC", quantity="0.01", api_key="K" * 60)
            if len(self.events.of("rotated")) == 6 and "serverShutdown" not in str(self.events):
                exchange.server_shutdown()
            await turns(30)
        await until(lambda: len(account) >= len(made))
        assert account == made
        self.nothing_lost(others.ids("t", TRADE), TRADE)
        books = others.ids("lastUpdateId", "bnbbtc@depth5@100ms")
        assert books == sorted(books)
        arrays = [repr(one["data"]) for one in others if one["stream"] == "!miniTicker@arr"]
        assert len(set(arrays)) == len(arrays)
        self.planned(sockets=2)

    async def test_a_listen_key_socket_moves_on_the_same_key(self):
        """binance.us cuts after 24 hours too: the same key, a new connection, no event lost."""
        exchange = self.exchange_here(rate=0)
        venue = Endpoints.sandbox("127.0.0.1", self.port)
        client = Client("K" * 60, endpoints=venue)
        options = {"on_event": self.on_event, "lifetime_s": 0.4, "handover_s": 0.2}
        bm = self.manager(client, endpoints=None, **options)
        bm.STREAM_URL = venue.stream
        bm.start_user_socket(self.got)
        await until(lambda: "connected" in self.events.kinds())
        made: list[Any] = []
        while self.events.kinds().count("rotated") < 4:
            made += exchange.fill("BNBBTC", quantity="0.01", api_key="K" * 60)
            await turns(10)
        await until(lambda: len(self.got) >= len(made))
        assert self.got == made
        assert {path for _, path in exchange.dials} == {exchange.dials[0][1]}
        self.planned()

    async def test_the_old_connection_goes_on_while_no_new_one_can_be_had(self):
        """Dials are refused: nothing is lost and nothing is given up; when they are accepted, it moves."""
        exchange = self.exchange_here()
        self.quick(retries_s=(0.02,) * 5)
        self.quick(retry_longest_s=0.02)
        got = Told()
        bm = self.manager(on_event=self.on_event, lifetime_s=0.3, handover_s=1.0)
        bm.start_trade_socket("BNBBTC", got)
        await until(lambda: got)
        exchange.refuse(503)
        await until(lambda: len(exchange.dials) > 10)
        assert self.events.kinds() == ["connecting", "connected", "rotating"]
        exchange.accept()
        await self.moved(1)
        self.nothing_lost(got.ids("t"), TRADE)
        self.planned()

    async def test_an_outage_that_a_waiting_new_connection_takes_over_says_how_long_it_waits(self):
        """The wait began before the outage did, and is told of when it matters."""
        exchange = self.exchange_here()
        self.quick(retries_s=(30.0,) * 5)
        bm = self.manager(on_event=self.on_event, lifetime_s=0.3, handover_s=1.0)
        bm.start_trade_socket("BNBBTC", Told())
        await until(lambda: "connected" in self.events.kinds())
        exchange.refuse(503)
        await until(lambda: len(exchange.dials) == 2)
        await turns()
        exchange.cut()
        await until(lambda: "retrying" in self.events.kinds())
        assert self.events.kinds() == ["connecting", "connected", "rotating", "disconnected", "retrying"]
        [told] = self.events.of("retrying")
        assert told["attempt"] == 0
        assert 0 < told["delay_s"] <= 36

    async def test_the_new_connection_takes_the_outage_over_if_the_old_one_ends_first(self):
        """Refused and then cut: an ordinary outage, told as one, with one gap, and no third connection."""
        exchange = self.exchange_here()
        self.quick(retries_s=(0.05,) * 5)
        self.quick(retry_longest_s=0.05)
        got = Told()
        bm = self.manager(on_event=self.on_event, lifetime_s=0.3, handover_s=1.0, max_retries=None)
        bm.start_trade_socket("BNBBTC", got)
        await until(lambda: got)
        exchange.refuse(503)
        await until(lambda: len(exchange.dials) > 3)
        exchange.cut()
        await until(lambda: "disconnected" in self.events.kinds())
        exchange.accept()
        await until(lambda: self.events.kinds().count("connected") == 2)
        await self.moved(1)
        kinds = self.events.kinds()
        assert kinds[:4] == ["connecting", "connected", "rotating", "disconnected"]
        assert self.most_open <= 2
        missing = {n for gap in self.events.of("gap") for n in range(gap["first"], gap["last"] + 1)}
        ids = got.ids("t")
        assert sorted([*ids, *missing]) == list(range(ids[0], ids[-1] + 1))
        assert ids == sorted(ids)

    async def test_the_end_of_the_old_connection_in_mid_move_is_one_exact_gap(self):
        """The old one is behind and is cut: the ids between are named once, the rest is delivered once."""
        exchange = self.exchange_here()
        got = Told()
        bm = self.manager(on_event=self.on_event, lifetime_s=1.0, handover_s=1.0)
        bm.start_trade_socket("BNBBTC", got)
        await until(lambda: got)
        exchange.open_connections[0].set_delay(60.0)  # from now on it has brought nothing new when it is cut
        await until(lambda: len(exchange.open_connections) == 2)
        await turns(100)
        exchange.end(exchange.open_connections[0], "reset")
        await self.moved(1)
        done = len(got)
        await until(lambda: len(got) > done + 10)
        [gap] = self.events.of("gap")
        ids = got.ids("t")
        assert sorted([*ids, *range(gap["first"], gap["last"] + 1)]) == list(range(ids[0], ids[-1] + 1))
        assert "disconnected" not in self.events.kinds()

    async def test_stopping_in_the_middle_leaves_nothing_behind(self):
        """Two connections are open: both are closed, disconnected comes once and last, no timer is left."""
        exchange = self.exchange_here()
        bm = self.manager(on_event=self.on_event, lifetime_s=0.2, handover_s=5)
        bm.start_depth_socket("BNBBTC", self.got)
        await until(lambda: self.got)
        exchange.quiet("bnbbtc@depth")  # so that the move takes its time
        await until(lambda: len(exchange.open_connections) == 2)
        bm.stop_socket("bnbbtc@depth")
        await until(lambda: not exchange.open_connections and self.all_over())
        assert self.events.kinds().count("disconnected") == 1
        assert self.events.kinds()[-1] == "disconnected"
        codes = {connection.close_code for connection in exchange.connections}
        assert 1000 in codes and codes <= {1000, None}  # None: it was dropped before it was open

    async def test_closing_the_manager_in_an_event_of_the_move(self):
        """From inside rotating, and from inside rotated: nothing is left, and nothing comes after it."""
        for kind in ("rotating", "rotated"):
            await self._close_at(kind)

    async def _close_at(self, kind: str) -> None:
        exchange = self.exchange_here()
        self.events.clear()

        def on_event(event: Event) -> None:
            self.on_event(event)
            if event.kind == kind:
                bm.close()

        bm = self.manager(on_event=on_event, lifetime_s=0.2, handover_s=0.2)
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: kind in self.events.kinds() and self.all_over())
        await until(lambda: not exchange.open_connections)
        assert self.events.kinds()[-1] == "disconnected"


class Scripted(ManagerCase):
    """Against a script: the moments that matter."""

    async def moved(self, times: int) -> None:
        await until(lambda: self.events.kinds().count("rotated") >= times)

    async def test_lives_differ_so_that_sockets_do_not_move_together(self):
        """A few per cent less than lifetime_s, at random; never more."""
        clock = Clock()
        self.quick(clock=clock)
        bm = self.manager(lifetime_s=1000)
        for number in range(20):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(20)
        moves = {call.getTime() for call in clock.getDelayedCalls() if call.getTime() > 900}
        assert len(moves) == 20
        assert min(moves) >= 1000 * (1 - self.timings.move_spread) and max(moves) <= 1000

    async def test_without_a_lifetime_no_connection_is_left_for_its_age(self):
        """lifetime_s=None: two days later it is the same connection."""
        clock = Clock()
        self.quick(clock=clock)
        self.manager(lifetime_s=None, silence_s=1e9).start_trade_socket("BNBBTC", self.got)
        await self.opened()
        clock.advance(2 * 86_400)
        await turns()
        assert "rotating" not in self.events.kinds()
        assert len(self.server.dials) == 1

    async def test_the_announcement_on_the_new_connection_sends_it_away_too(self):
        """It ends as well: another one is dialled a little later, and the old one goes on."""
        self.quick(move_again_s=0.05)
        bm = self.manager(handover_s=0.1)
        bm.start_trade_socket("BNBBTC", self.got)
        old = await self.opened()
        announced = {"e": "serverShutdown", "E": 1}
        self.server.on_open = lambda connection: connection.send(announced)
        old.send(announced)
        await until(lambda: len(self.server.connections) >= 3)
        self.server.on_open = lambda connection: None
        await until(lambda: "rotated" in self.events.kinds())
        await until(lambda: len(self.server.open_connections()) == 1)
        assert self.got == []

    async def test_what_only_the_new_connection_brought_is_delivered_at_the_switch(self):
        """Held while the old one is behind, dropped where the old one delivered it, the rest in order."""
        bm = self.manager(handover_s=5)
        bm.start_trade_socket("BNBBTC", self.got)
        old = await self.opened()
        old.send({"e": "trade", "t": 1})
        old.send({"e": "serverShutdown", "E": 1})
        await until(lambda: len(self.server.connections) == 2)
        new = self.server.connections[1]
        for number in (3, 4, 5):
            new.send({"e": "trade", "t": number})
        await turns(30)
        assert [message["t"] for message in self.got] == [1]
        old.send({"e": "trade", "t": 2})
        await until(lambda: len(self.got) == 5)
        assert [message["t"] for message in self.got] == [1, 2, 3, 4, 5]
        await until(lambda: old.closed)
        assert old.close_code == 1000
        new.send({"e": "trade", "t": 6})
        await until(lambda: len(self.got) == 6)
        assert self.events.kinds() == ["connecting", "connected", "rotating", "rotated"]
        assert bm.stats(TRADE)["connected_since"] is not None

    async def test_an_old_connection_that_has_gone_quiet_is_left(self):
        """It announces its end and says nothing more, while the new one brings it all: nothing is lost."""
        bm = self.manager(handover_s=0.2)
        bm.start_multiplex_socket([TRADE, "bnbbtc@ticker"], self.got)
        old = await self.opened()
        sent = [{"stream": TRADE, "data": {"e": "trade", "t": number}} for number in range(1, 6)]
        sent += [{"stream": "bnbbtc@ticker", "data": {"e": "24hrTicker", "E": number}} for number in (1, 2)]
        old.send(sent[0])
        old.send({"stream": "!serverShutdown", "data": {"E": 1}})
        await until(lambda: len(self.server.connections) == 2)
        for message in sent[1:]:
            self.server.connections[1].send(message)
        await until(lambda: "rotated" in self.events.kinds())
        await until(lambda: len(self.got) == len(sent))
        assert self.got == sent
        assert not {"gap", "disconnected"} & set(self.events.kinds())

    async def test_what_a_new_connection_that_ends_as_well_has_brought_is_delivered(self):
        """The old one is quiet, and the new one announces its end, too: what it brought is delivered."""
        self.quick(move_again_s=0.05)
        self.manager(handover_s=0.2).start_multiplex_socket([TRADE, "bnbbtc@ticker"], self.got)
        old = await self.opened()
        sent = [{"stream": TRADE, "data": {"e": "trade", "t": number}} for number in range(1, 6)]
        sent += [{"stream": "bnbbtc@ticker", "data": {"e": "24hrTicker", "E": number}} for number in (1, 2)]
        announced = {"stream": "!serverShutdown", "data": {"E": 1}}
        old.send(sent[0])
        old.send(announced)
        await until(lambda: len(self.server.connections) == 2)
        for message in [*sent[1:], announced]:
            self.server.connections[1].send(message)
        await self.moved(2)
        assert self.got == sent
        assert not {"gap", "disconnected"} & set(self.events.kinds())

    async def test_announcements_on_one_connection_after_another_are_not_all_obeyed_at_once(self):
        """The first is; a new connection that is to end as soon as it serves is left some seconds later."""
        self.quick(move_again_s=0.5)
        self.manager(handover_s=5).start_trade_socket("BNBBTC", self.got)
        old = await self.opened()
        began = time.monotonic()
        for number in range(1, 4):
            old.send({"e": "trade", "t": number})
            old.send({"e": "serverShutdown", "E": number})
            await until(lambda many=number: len(self.server.connections) > many)
            new = self.server.connections[-1]
            old.send({"e": "trade", "t": number + 1})
            new.send({"e": "trade", "t": number + 1})
            await self.moved(number)
            old = new
        assert time.monotonic() - began >= 1.0
        assert [message["t"] for message in self.got] == [1, 2, 3, 4]

    async def test_a_callback_that_changes_its_message_holds_up_no_move(self):
        """It takes the stream out, or empties the message: the move ends as ever, and nothing comes twice."""
        seen: list[int] = []

        def callback(message: dict[str, Any]) -> None:
            seen.append(message.pop("data").popitem()[1])
            message.clear()

        self.manager(handover_s=30).start_multiplex_socket([TRADE, "bnbbtc@ticker"], callback)
        old = await self.opened()
        old.send({"stream": "!serverShutdown", "data": {"E": 1}})
        await until(lambda: len(self.server.connections) == 2)
        new = self.server.connections[1]
        for number in range(1, 5):
            trade = {"stream": TRADE, "data": {"e": "trade", "t": number}}
            ticker = {"stream": "bnbbtc@ticker", "data": {"e": "24hrTicker", "E": -number}}
            for connection in [old, new] if number < 4 else [new]:
                if not connection.closed:
                    connection.send(trade)
                    connection.send(ticker)
            await turns(10)
        await until(lambda: "rotated" in self.events.kinds())
        await until(lambda: len(seen) == 8)
        assert seen == [1, -1, 2, -2, 3, -3, 4, -4]

    async def test_malformed_payloads_and_errors_on_the_new_connection_are_told(self):
        """What is no message is not held; what is an error is an event."""
        self.manager(handover_s=0.2).start_trade_socket("BNBBTC", self.got)
        old = await self.opened()
        old.send({"e": "serverShutdown", "E": 1})
        await until(lambda: len(self.server.connections) == 2)
        new = self.server.connections[1]
        new.send(b"{")
        new.send({"error": {"code": 2, "msg": "no"}, "id": None})
        new.send({"result": None, "id": 1})
        await until(lambda: "rotated" in self.events.kinds())
        assert self.events.of("malformed")[0]["length"] == 1
        assert self.events.of("refused") == [{"code": 2, "message": "no"}]
        assert self.got == []
