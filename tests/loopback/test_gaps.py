"""Ids that are missing, repeated or restarted; the numbers; the user's decoder: all of it over loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from twisted.internet.task import Clock

from binance.client import Client
from binance.events import Event
from binance.exceptions import BinanceError
from binance.net import protocol
from binance.process.runner import runner
from binance.sockets import delivery, shard
from binance.websockets import BinanceSocketManager

from ..http_server import running
from ..support import ManagerCase, ServedConnection, has_ended, turns, until

TRADE, AGG_TRADE, DEPTH, BOOK = "bnbbtc@trade", "bnbbtc@aggTrade", "bnbbtc@depth", "bnbbtc@bookTicker"
TICKER, KLINE = "bnbbtc@ticker", "bnbbtc@kline_1m"
BLOCK_TRADE = "bnbbtc@blockTrade"  # may be quiet for any time

START = {
    TRADE: "start_trade_socket",
    AGG_TRADE: "start_aggtrade_socket",
    DEPTH: "start_depth_socket",
    BOOK: "start_symbol_book_ticker_socket",
    TICKER: "start_symbol_ticker_socket",
    KLINE: "start_kline_socket",
}


def trade(number: int, **members: Any) -> dict[str, Any]:
    """A trade, as far as it matters here."""
    return {"e": "trade", "s": "BNBBTC", "t": number, **members}


def frames(*payloads: bytes) -> bytes:
    """Text frames of a server, short ones, as one chunk."""
    return b"".join(bytes([0x81, len(payload)]) + payload for payload in payloads)


class FakeTime:
    """In place of the module ``time`` where times are measured: it passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def time(self) -> float:
        return self.now

    def perf_counter(self) -> float:
        return self.now - 1_700_000_000.0


class StreamsCase(ManagerCase):
    """One manager on a fake clock, each stream on a socket of its own.

    ``self.told`` has ``gap`` and ``reset`` events between the messages, as they came.
    """

    combined = False

    def setUp(self) -> None:
        super().setUp()
        self.told: list[Any] = []
        self.after_message: Callable[[], None] = lambda: None
        self.clock = Clock()
        self.addCleanup(lambda: self.assertEqual(self.clock.getDelayedCalls(), []))
        self.quick(clock=self.clock)
        self.bm = self.manager()

    def manager(self, client: Any = None, **options: Any) -> BinanceSocketManager:
        """A started manager on the fake clock."""
        options.setdefault("on_event", self.on_event)
        return super().manager(client, silence_s=100_000, lifetime_s=None, **options)

    def on_event(self, event: Event) -> None:
        self.events(event)
        if event.kind in ("gap", "reset"):
            self.told.append((event.kind, event.info))

    def callback(self, message: Any) -> None:
        if self.combined:
            assert set(message) == {"stream", "data"}
            message = message["data"]
        self.got(message)
        self.told.append(message)
        self.after_message()

    def start(self, stream: str) -> str:
        """Start a socket of that stream; returns its key."""
        if self.combined:
            return str(self.bm.start_multiplex_socket([BLOCK_TRADE, stream], self.callback))
        return str(getattr(self.bm, START[stream])("BNBBTC", self.callback))

    def send(self, connection: ServedConnection, stream: str, *messages: Any) -> None:
        """Send messages of a stream, as they are told or in the envelope of combined connections."""
        for message in messages:
            connection.send({"stream": stream, "data": message} if self.combined else message)

    async def arrived(self, connection: ServedConnection, stream: str) -> None:
        """Wait until all that was sent has been looked at: something without an id follows it."""
        before = len(self.got)
        self.send(connection, stream, {"arrived": True})
        await until(lambda: {"arrived": True} in self.got[before:])
        self.got.remove({"arrived": True})
        self.told.remove({"arrived": True})

    def timers(self) -> list[float]:
        """In how many seconds timers are due, but for those of silence, which have time."""
        due = [call.getTime() - self.clock.seconds() for call in self.clock.getDelayedCalls()]
        return [seconds for seconds in due if seconds < 50]

    async def cut(self, connection: ServedConnection) -> ServedConnection:
        """Lose the line without a close frame; returns the connection that takes its place."""
        open_before, retries_before = len(self.server.connections), len(self.events.of("retrying"))
        connection.reset()
        await until(lambda: len(self.events.of("retrying")) > retries_before)
        self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
        return await self.opened(open_before + 1)


class Gaps(StreamsCase):
    """What is told of ids that did not come, came twice, or went back."""

    async def test_what_a_cut_has_cost_is_told_before_the_next_message(self):
        """Trades 1 to 100, a cut, and on from 161: one gap, 101 to 160, between 100 and 161."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, *map(trade, range(1, 101)))
        await self.arrived(connection, TRADE)
        connection = await self.cut(connection)
        self.send(connection, TRADE, *map(trade, range(161, 171)))
        await self.arrived(connection, TRADE)
        gap = {"stream": TRADE, "first": 101, "last": 160, "count": 60, "cause": "reconnect"}
        before, after = [*map(trade, range(1, 101))], [*map(trade, range(161, 171))]
        assert self.told == [*before, ("gap", gap), *after]
        assert [event.conn_key for event in self.events if event.kind == "gap"] == [key]
        stats = self.bm.stats(key)
        assert (stats["gaps"], stats["missed"], stats["duplicates"], stats["resets"]) == (1, 60, 0, 0)

    async def test_ids_that_are_skipped_on_the_line_are_told_so(self):
        """Five ids are missing in the middle of one chunk: a gap with cause "skipped", in its place."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, *map(trade, [1, 2, 8, 9]))
        await self.arrived(connection, TRADE)
        gap = {"stream": TRADE, "first": 3, "last": 7, "count": 5, "cause": "skipped"}
        assert self.told == [trade(1), trade(2), ("gap", gap), trade(8), trade(9)]
        assert (self.bm.stats(key)["gaps"], self.bm.stats(key)["missed"]) == (1, 5)

    async def test_a_cut_that_has_cost_nothing_is_no_gap(self):
        """The new connection goes on where the old one ended: nothing is told but that it was cut."""
        key = self.start(DEPTH)
        connection = await self.opened()
        self.send(connection, DEPTH, {"U": 1, "u": 5})
        await self.arrived(connection, DEPTH)
        connection = await self.cut(connection)
        self.send(connection, DEPTH, {"U": 6, "u": 9})
        await self.arrived(connection, DEPTH)
        assert self.told == [{"U": 1, "u": 5}, {"U": 6, "u": 9}]
        assert self.bm.stats(key)["reconnects"] == 1

    async def test_what_a_server_replays_after_a_reconnection_is_delivered_once(self):
        """Three cuts, each followed by the last 20 messages once more: every trade, aggregate trade, depth
        event and book ticker comes once and in order, and the rest is counted.
        """
        made: dict[str, Callable[[int], dict[str, int]]] = {
            TRADE: lambda n: {"t": n},
            AGG_TRADE: lambda n: {"a": n},
            DEPTH: lambda n: {"U": 3 * n, "u": 3 * n + 2},
            BOOK: lambda n: {"u": 7 * n},
        }
        for stream, message in made.items():
            self.got.clear()
            key = self.start(stream)
            connection = await self.opened(len(self.server.connections) + 1)
            sent: list[dict[str, int]] = []
            for begin in (100, 130, 160, 190):
                if sent:
                    connection = await self.cut(connection)
                    self.send(connection, stream, *sent[-20:])
                new = [message(number) for number in range(begin, begin + 30)]
                self.send(connection, stream, *new)
                sent += new
                await self.arrived(connection, stream)
            assert self.got == sent
            stats = self.bm.stats(key)
            assert (stats["duplicates"], stats["gaps"], stats["missed"]) == (60, 0, 0)
            assert (stats["reconnects"], stats["messages"]) == (3, 120 + 4)  # four were ours: arrived()
        assert self.events.of("gap") == self.events.of("reset") == []

    async def test_ids_that_begin_anew_are_a_reset_after_five_seconds(self):
        """A new connection whose trades begin at 1: they wait for 5 s, then the reset is told and all of them
        are delivered, and the stream goes on.
        """
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, *map(trade, range(900, 903)))
        await self.arrived(connection, TRADE)
        connection = await self.cut(connection)
        self.send(connection, TRADE, *map(trade, range(1, 6)))
        await self.arrived(connection, TRADE)
        before = [*map(trade, range(900, 903))]
        self.clock.advance(4.9)
        assert self.told == before
        with self.assertLogs("binance", "WARNING") as logs:
            self.clock.advance(0.1)
        reset = ("reset", {"stream": TRADE, "last": 902, "first": 1})
        assert self.told == [*before, reset, *map(trade, range(1, 6))]
        assert "the exchange restarted its ids" in logs.output[0]
        self.send(connection, TRADE, trade(6))
        await self.arrived(connection, TRADE)
        assert self.told[-1] == trade(6)
        stats = self.bm.stats(key)
        assert (stats["resets"], stats["gaps"], stats["duplicates"]) == (1, 0, 0)
        assert self.timers() == []

    async def test_ids_that_begin_anew_on_the_same_connection_are_a_reset_after_five_seconds(self):
        """Where one goes on from another; a single one that is late waits for what comes next."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(5_009), trade(1))
        await self.arrived(connection, TRADE)
        self.clock.advance(3_600)
        assert self.told == [trade(5_009)]
        self.send(connection, TRADE, trade(2), trade(3))
        await self.arrived(connection, TRADE)
        self.clock.advance(4.9)
        assert self.told == [trade(5_009)]
        self.clock.advance(0.1)
        reset = ("reset", {"stream": TRADE, "last": 5_009, "first": 1})
        assert self.told == [trade(5_009), reset, *map(trade, (1, 2, 3))]
        self.send(connection, TRADE, trade(4))
        await self.arrived(connection, TRADE)
        assert self.told[-1] == trade(4)
        assert self.bm.stats(key)["resets"] == 1
        assert self.timers() == []

    async def test_one_absurd_id_mutes_a_stream_for_five_seconds_and_no_more(self):
        """It is a gap, and what goes on behind it is a reset; nothing that came is lost."""
        self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(1), trade(10**15), trade(2), trade(3))
        await self.arrived(connection, TRADE)
        self.clock.advance(5)
        self.send(connection, TRADE, trade(4))
        await self.arrived(connection, TRADE)
        kinds = [told[0] if isinstance(told, tuple) else told["t"] for told in self.told]
        assert kinds == [1, "gap", 10**15, "reset", 2, 3, 4]

    async def test_a_thousand_ids_that_went_back_are_a_reset_at_once(self):
        """Whatever the time; the thousandth message has all delivered."""
        self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(5_000), *map(trade, range(1, 1_000)))
        await self.arrived(connection, TRADE)
        assert self.told == [trade(5_000)]
        self.send(connection, TRADE, trade(1_000), trade(1_001))
        await self.arrived(connection, TRADE)
        reset = ("reset", {"stream": TRADE, "last": 5_000, "first": 1})
        assert self.told == [trade(5_000), reset, *map(trade, range(1, 1_002))]

    async def test_a_cut_while_messages_wait_does_not_lose_them(self):
        """The 5 s begin again on the next connection, and the reset delivers what both have brought."""
        self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(900))
        await self.arrived(connection, TRADE)
        connection = await self.cut(connection)
        self.send(connection, TRADE, trade(1), trade(2))
        await self.arrived(connection, TRADE)
        self.clock.advance(4)
        connection = await self.cut(connection)
        self.send(connection, TRADE, trade(3))
        await self.arrived(connection, TRADE)
        self.clock.advance(4.9)
        assert self.told == [trade(900)]
        self.clock.advance(0.2)
        reset = ("reset", {"stream": TRADE, "last": 900, "first": 1})
        assert self.told == [trade(900), reset, trade(1), trade(2), trade(3)]

    async def test_a_reset_goes_no_further_than_the_callback_that_stops_the_socket(self):
        """Of the messages that waited, none is delivered after stop_socket."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(900))
        await self.arrived(connection, TRADE)
        connection = await self.cut(connection)
        self.send(connection, TRADE, *map(trade, range(1, 6)))
        await self.arrived(connection, TRADE)
        self.after_message = lambda: self.bm.stop_socket(key)
        self.clock.advance(5)
        assert self.got == [trade(900), trade(1)]
        await until(lambda: has_ended(self.events[-1]))
        assert self.got == [trade(900), trade(1)]

    async def test_a_malformed_payload_is_a_malformed_event_and_a_gap(self):
        """Trade 5 comes as half a message: one event for the payload, and one for the id that it held."""
        self.start(TRADE)
        connection = await self.opened()
        whole = json.dumps({"stream": TRADE, "data": trade(5)} if self.combined else trade(5)).encode()
        self.send(connection, TRADE, *map(trade, range(1, 5)))
        connection.sendMessage(whole[:-4])
        self.send(connection, TRADE, trade(6), trade(7))
        await self.arrived(connection, TRADE)
        gap = {"stream": TRADE, "first": 5, "last": 5, "count": 1, "cause": "skipped"}
        assert self.told == [*map(trade, range(1, 5)), ("gap", gap), trade(6), trade(7)]
        assert [(m["count"], m["length"]) for m in self.events.of("malformed")] == [(1, len(whole) - 4)]
        kinds = [kind for kind in self.events.kinds() if kind in ("gap", "malformed")]
        assert kinds == ["malformed", "gap"]

    async def test_gaps_are_logged_once_a_minute_with_a_sum(self):
        """Every gap is an event; the log has one line a minute: the first, then how many more, and ids."""
        key = self.start(TRADE)
        connection = await self.opened()
        with self.assertLogs("binance", "WARNING") as logs:
            self.send(connection, TRADE, *map(trade, range(1, 40, 3)))
            await self.arrived(connection, TRADE)
            self.clock.advance(59)
            self.send(connection, TRADE, trade(100))
            await self.arrived(connection, TRADE)
            assert len(logs.output) == 1
            self.clock.advance(1)
            await until(lambda: len(logs.output) == 2)
            self.send(connection, TRADE, trade(200), trade(300))
            await self.arrived(connection, TRADE)
            assert len(logs.output) == 2
            self.bm.stop_socket(key)
            await until(self.all_over)
        assert len(self.events.of("gap")) == 15
        assert f"{key}: gap in {TRADE}: 2 ids missing, 2 to 3 (skipped) (1 so far" in logs.output[0]
        assert (
            f"{key}: 12 more since the last such line, 84 ids in all; the last: gap in {TRADE}: 62 ids"
            in (logs.output[1])
        )
        assert (
            f"{key}: 2 more since the last such line, 198 ids in all; the last: gap in {TRADE}: 99 ids"
            in (logs.output[2])
        )

    async def test_trades_that_differ_in_nothing_but_their_id_are_all_kept(self):
        """Same price, quantity and time: two trades."""
        self.start(TRADE)
        connection = await self.opened()
        same = {"p": "0.001", "q": "100", "T": 123456785, "m": True}
        self.send(connection, TRADE, *(trade(number, **same) for number in range(1, 20)))
        await self.arrived(connection, TRADE)
        assert self.got == [trade(number, **same) for number in range(1, 20)]

    async def test_snapshots_that_come_twice_are_delivered_twice(self):
        """Klines and tickers have no id to go by, so none of them is ever dropped, across a cut neither."""
        for stream, message in (
            (KLINE, {"e": "kline", "E": 5, "k": {"t": 1, "f": 7, "L": 9, "x": True}}),
            (TICKER, {"e": "24hrTicker", "E": 5, "F": 1, "L": 9}),
        ):
            self.got.clear()
            self.start(stream)
            connection = await self.opened(len(self.server.connections) + 1)
            self.send(connection, stream, message, message)
            await self.arrived(connection, stream)
            connection = await self.cut(connection)
            self.send(connection, stream, message, message)
            await self.arrived(connection, stream)
            assert self.got == [message] * 4
        assert self.events.of("gap") == []

    async def test_messages_without_their_id_pass_between_those_that_wait(self):
        """Trades that went back are held; a dict without an id is for the user at once."""
        self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(10), trade(9), {"e": "trade"}, {"t": "9"}, {"t": None}, trade(11))
        await self.arrived(connection, TRADE)
        assert self.told == [trade(10), {"e": "trade"}, {"t": "9"}, {"t": None}, trade(11)]

    # -- stopped while messages wait: the fake clock is looked at when the test has ended

    async def waiting(self) -> tuple[str, ServedConnection]:
        """A socket that holds two messages on a second connection."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(900))
        await self.arrived(connection, TRADE)
        connection = await self.cut(connection)
        self.send(connection, TRADE, trade(1), trade(2))
        await self.arrived(connection, TRADE)
        assert self.timers() == [5]
        return key, connection

    async def gone(self) -> None:
        """Nothing is left, and nothing more is delivered."""
        await until(lambda: has_ended(self.events[-1]))
        assert self.clock.getDelayedCalls() == []
        self.clock.advance(10)
        assert self.got == [trade(900)]

    async def test_a_socket_stopped_while_messages_wait_leaves_no_timer(self):
        """stop_socket: what waited is forgotten, with its timer."""
        key, _ = await self.waiting()
        self.bm.stop_socket(key)
        await self.gone()

    async def test_a_manager_closed_in_another_thread_while_messages_wait_leaves_no_timer(self):
        """close() in a thread: what waited is forgotten, with its timer."""
        await self.waiting()
        closing = threading.Thread(target=self.bm.close)
        closing.start()
        closing.join()
        self.clock.advance(5)  # due between the call and its arrival in the reactor
        await self.gone()

    async def test_a_socket_given_up_while_messages_wait_leaves_no_timer(self):
        """The retries are used up before the 5 s are: the page's message comes, and nothing else."""
        self.bm = self.manager(max_retries=1)
        _, connection = await self.waiting()
        self.server.refuse_with = (503, "Service Unavailable")
        self.combined = False  # the error message is bare on every socket
        connection.reset()
        await until(lambda: len(self.events.of("retrying")) == 2)
        self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
        await until(lambda: self.events.of("gave_up"))
        assert self.got.pop() == {"e": "error", "m": "Max reconnect retries reached"}
        await self.gone()


class CombinedGaps(Gaps):
    """The same on combined connections, where a message is told with its stream."""

    combined = True

    async def test_each_stream_has_ids_of_its_own(self):
        """A gap, a replay and a reset of one stream touch no other; an event names its stream."""
        key = str(self.bm.start_multiplex_socket([TRADE, AGG_TRADE, BOOK, TICKER], self.callback))
        connection = await self.opened()
        for stream, message in (
            (TRADE, {"t": 1}),
            (AGG_TRADE, {"a": 7}),
            (BOOK, {"u": 5}),
            (TRADE, {"t": 3}),
            (AGG_TRADE, {"a": 8}),
            (BOOK, {"u": 4}),
            (TICKER, {"E": 3}),
            (TICKER, {"E": 3}),
        ):
            self.send(connection, stream, message)
        await self.arrived(connection, TICKER)
        gap = ("gap", {"stream": TRADE, "first": 2, "last": 2, "count": 1, "cause": "skipped"})
        told = [{"t": 1}, {"a": 7}, {"u": 5}, gap, {"t": 3}, {"a": 8}, {"E": 3}, {"E": 3}]
        assert self.told == told
        connection = await self.cut(connection)
        self.send(connection, AGG_TRADE, {"a": 1})
        self.send(connection, TRADE, {"t": 3}, {"t": 4})
        self.send(connection, BOOK, {"u": 9})
        await self.arrived(connection, TICKER)
        told += [{"t": 4}, {"u": 9}]
        assert self.told == told
        self.clock.advance(5)
        assert self.told == [*told, ("reset", {"stream": AGG_TRADE, "last": 8, "first": 1}), {"a": 1}]
        stats = self.bm.stats(key)
        assert (stats["gaps"], stats["missed"], stats["duplicates"], stats["resets"]) == (1, 1, 2, 1)

    async def test_the_markets_of_one_stream_have_ids_of_their_own(self):
        """!bookTicker: an event about one market names it."""
        self.bm.start_multiplex_socket(["!bookTicker"], self.callback)
        connection = await self.opened()
        bnb, neo = {"s": "BNBBTC"}, {"s": "NEOBTC"}
        self.send(connection, "!bookTicker", {**bnb, "u": 50}, {**neo, "u": 7}, {**bnb, "u": 50})
        await self.arrived(connection, "!bookTicker")
        connection = await self.cut(connection)
        self.send(connection, "!bookTicker", {**bnb, "u": 3}, {**neo, "u": 9})
        await self.arrived(connection, "!bookTicker")
        told = [{**bnb, "u": 50}, {**neo, "u": 7}, {**neo, "u": 9}]
        assert self.told == told
        self.clock.advance(5)
        reset = {"stream": "!bookTicker", "symbol": "BNBBTC", "last": 50, "first": 3}
        assert self.told == [*told, ("reset", reset), {**bnb, "u": 3}]


NOON_MS = 1_790_000_040_000  # the beginning of a minute
MINUTE_MS = 60_000


def kline(opens: int, closes: int, ids: tuple[int, int], closed: bool = False) -> dict[str, Any]:
    """A kline with trades of these ids, as far as it matters here."""
    first, last = ids
    members: dict[str, Any] = {"t": opens, "T": closes, "f": first, "L": last, "x": closed}
    members["n"] = last - first + 1 if first >= 0 else 0
    return {"e": "kline", "E": closes, "k": members}


def minute(number: int, ids: tuple[int, int], closed: bool = False) -> dict[str, Any]:
    """A kline of that minute after noon."""
    opens = NOON_MS + number * MINUTE_MS
    return kline(opens, opens + MINUTE_MS - 1, ids, closed)


class Klines(StreamsCase):
    """What is reported of closed candles that fell into an outage."""

    async def test_twenty_symbols_lack_ten_candles_each(self):
        """A multiplex socket is cut in minute 0 and back in minute 10: a gap for each symbol, from the candle
        that was open to the one before that which runs, before the first message of its stream. How many
        candles there are is not known: a minute without a trade may have none. A candle that is the only one
        is counted. The log names them.
        """
        streams = [f"sym{number}btc@kline_1m" for number in range(20)]
        key = str(self.bm.start_multiplex_socket(streams, self.callback))
        self.combined = True
        connection = await self.opened()
        for stream in streams:
            self.send(connection, stream, minute(-1, (1, 4), closed=True), minute(0, (5, 9)))
        await self.arrived(connection, TICKER)
        connection = await self.cut(connection)
        with self.assertLogs("binance", "WARNING") as logs:
            for number, stream in enumerate(streams):
                self.send(connection, stream, minute(10, (900 + number, 901 + number)))
            await self.arrived(connection, TICKER)
        told = self.told[40:]
        first, last = NOON_MS, NOON_MS + 9 * MINUTE_MS
        for number, stream in enumerate(streams):
            gap = {"stream": stream, "first": first, "last": last, "cause": "reconnect"}
            assert told[2 * number] == ("gap", gap)
            assert told[2 * number + 1]["k"]["f"] == 900 + number
        assert len(told) == 40
        assert (self.bm.stats(key)["gaps"], self.bm.stats(key)["missed"]) == (20, 20)
        words = (
            f"/...+19: gap in {streams[0]}: some closed candles missing, opened {first} to {last} (reconnect)"
        )
        assert words in logs.output[0]

        connection = await self.cut(connection)
        self.send(connection, streams[3], minute(11, (950, 960)))
        await self.arrived(connection, TICKER)
        opens = NOON_MS + 10 * MINUTE_MS
        gap = {"stream": streams[3], "first": opens, "last": opens, "count": 1, "cause": "reconnect"}
        assert self.events.of("gap")[20:] == [gap]

    async def test_a_cut_within_a_candle_and_a_quiet_symbol_lack_nothing(self):
        """The candle goes on, and is closed; then there are nine minutes and a cut without a trade."""
        self.start(KLINE)
        connection = await self.opened()
        self.send(connection, KLINE, minute(0, (5, 9)))
        await self.arrived(connection, KLINE)
        connection = await self.cut(connection)
        self.send(connection, KLINE, minute(0, (5, 12)), minute(0, (5, 12), closed=True))
        await self.arrived(connection, KLINE)
        connection = await self.cut(connection)
        self.send(connection, KLINE, minute(10, (13, 13)))
        await self.arrived(connection, KLINE)
        assert self.events.of("gap") == []
        assert len(self.got) == 4

    async def test_months_of_the_clock_of_another_time_zone(self):
        """Monthly candles of UTC+8, which the socket has seen without trades: February and March are missing,
        and their open times are those of the exchange, 16:00 UTC.
        """
        stream = "bnbbtc@kline_1M@+08:00"
        self.bm.start_kline_socket("BNBBTC", self.callback, interval="1M", time_zone="+08:00")
        begins = [datetime(2028, month, 1, tzinfo=timezone(timedelta(hours=8))) for month in range(1, 6)]
        opens = [int(begin.timestamp()) * 1000 for begin in begins]
        connection = await self.opened()
        self.send(connection, stream, kline(opens[0], opens[1] - 1, (-1, -1), closed=True))
        await self.arrived(connection, stream)
        connection = await self.cut(connection)
        self.send(connection, stream, kline(opens[3], opens[4] - 1, (-1, -1)))
        await self.arrived(connection, stream)
        gap = {"stream": stream, "first": opens[1], "last": opens[2], "count": 2, "cause": "reconnect"}
        assert self.events.of("gap") == [gap]

    async def test_a_callback_that_empties_its_messages_does_not_hide_a_gap(self):
        """What is looked at of a kline has been read before the callback has had it."""
        key = self.bm.start_kline_socket("BNBBTC", lambda message: message.get("k", message).clear())
        connection = await self.opened()
        self.send(connection, KLINE, minute(0, (5, 9)), minute(0, (5, 12), closed=True))
        await until(lambda: self.bm.stats(key)["messages"] == 2)
        connection = await self.cut(connection)
        self.send(connection, KLINE, minute(2, (20, 21)))
        await until(lambda: self.bm.stats(key)["messages"] == 3)
        opens = NOON_MS + MINUTE_MS
        gap = {"stream": KLINE, "first": opens, "last": opens, "count": 1, "cause": "reconnect"}
        assert self.events.of("gap") == [gap]

    async def test_a_planned_move_across_a_close_lacks_nothing(self):
        """Both connections bring the close, the new one before the old one, with times of their own."""
        self.start(KLINE)
        old = await self.opened()
        self.send(old, KLINE, minute(0, (5, 9)))
        await self.arrived(old, KLINE)
        old.send({"e": "serverShutdown", "E": 1})
        await until(lambda: len(self.server.connections) == 2)
        new = self.server.connections[1]
        await turns()
        comes = [minute(0, (5, 12), closed=True), minute(1, (13, 14))]
        self.send(new, KLINE, *comes)
        await turns()
        self.send(old, KLINE, *({**message, "E": message["E"] + 1} for message in comes))
        await until(lambda: len(self.got) == 3)
        self.clock.advance(5)
        await until(lambda: "rotated" in self.events.kinds())
        self.send(new, KLINE, minute(1, (13, 15), closed=True), minute(2, (16, 16)))
        await self.arrived(new, KLINE)
        assert self.events.of("gap") == []
        assert self.got[-1]["k"]["f"] == 16


class MeasuredCase(StreamsCase):
    """Sockets whose time is measured by a clock of the test's."""

    def setUp(self) -> None:
        super().setUp()
        self.time = FakeTime()
        for room in (delivery, protocol, shard):
            patched = patch.object(room, "time", self.time)
            patched.start()
            self.addCleanup(patched.stop)


class Stats(MeasuredCase):
    """The numbers of a socket."""

    async def test_a_socket_that_has_heard_nothing_knows_nothing(self):
        """Counters are 0; times and lags are None until there is one."""
        key = self.start(TRADE)
        counters = ("messages", "bytes", "reconnects", "gaps", "missed", "duplicates", "resets", "malformed")
        of_callback = ("callback_s", "callback_longest_s", "callback_slow", "callback_errors")
        zeros = dict.fromkeys([*counters, *of_callback, "pending", "dropped"], 0)
        times = ("last_message_age_s", "lag_p50_s", "lag_p99_s", "behind_p50_s", "behind_p99_s")
        nones = dict.fromkeys(["connected_since", *times])
        assert self.bm.stats(key) == zeros | nones | {"state": "waiting"}  # for the reactor's next turn
        await self.opened()
        now = {"state": "open", "connected_since": self.time.now}
        assert self.bm.stats(key) == zeros | nones | now

    async def test_messages_and_bytes_are_counted(self):
        """Messages are those the callback was called with; bytes are what came, heads of frames included."""
        key = self.start(TRADE)
        connection = await self.opened()
        payloads = [b'{"t": 1}', b'{"t": 2}', b'{"t": 2}', b"{", b'{"result": null, "id": 1}', b'{"t": 3}']
        connection.transport.write(frames(*payloads))
        await until(lambda: {"t": 3} in self.got)
        stats = self.bm.stats(key)
        assert stats["messages"] == 3
        assert stats["bytes"] == sum(len(payload) + 2 for payload in payloads)
        assert (stats["duplicates"], stats["malformed"]) == (1, 1)
        connection = await self.cut(connection)
        connection.transport.write(frames(b'{"t": 4}'))
        await until(lambda: {"t": 4} in self.got)
        assert self.bm.stats(key)["bytes"] == stats["bytes"] + 10
        assert self.bm.stats(key)["messages"] == 4

    async def test_connected_since_is_none_while_disconnected(self):
        """It is the time of the last opening; each one after the first is a reconnect."""
        key = self.start(TRADE)
        connection = await self.opened()
        assert self.bm.stats(key)["connected_since"] == self.time.now
        connection.reset()
        await until(lambda: self.events.of("retrying"))
        assert self.bm.stats(key)["connected_since"] is None
        assert self.bm.stats(key)["reconnects"] == 0
        self.time.passes(60)
        self.clock.advance(1)
        connection = await self.opened(2)
        assert self.bm.stats(key)["connected_since"] == self.time.now
        assert self.bm.stats(key)["reconnects"] == 1
        await self.cut(connection)
        assert self.bm.stats(key)["reconnects"] == 2

    async def test_the_age_of_the_last_message_grows_until_the_next(self):
        """It is the time since something came, whatever is done to the wall clock."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(1))
        await until(lambda: self.got)
        assert self.bm.stats(key)["last_message_age_s"] == 0
        self.clock.advance(12.5)
        self.time.passes(-45)
        assert self.bm.stats(key)["last_message_age_s"] == 12.5
        self.send(connection, TRADE, trade(2))
        await until(lambda: len(self.got) == 2)
        assert self.bm.stats(key)["last_message_age_s"] == 0

    async def test_the_lag_is_from_event_time_to_receipt(self):
        """Of twenty messages that came 1 to 20 ms after their event time, half had 10 ms at most."""
        for stream, unit in ((TRADE, 1e3), (AGG_TRADE, 1e6)):  # event times in microseconds are told apart
            key = self.start(stream)
            connection = await self.opened(len(self.server.connections) + 1)
            for milliseconds in range(20, 0, -1):
                self.got.clear()
                event_time_s = self.time.now - milliseconds / 1e3
                self.send(connection, stream, {"E": round(event_time_s * unit)})
                await until(lambda: self.got)
            stats = self.bm.stats(key)
            assert stats["lag_p50_s"] == pytest.approx(0.010, abs=1e-5)
            assert stats["lag_p99_s"] == pytest.approx(0.020, abs=1e-5)

    async def test_messages_without_an_event_time_have_no_lag(self):
        """Book tickers do not say when they are of."""
        key = self.start(BOOK)
        connection = await self.opened()
        self.send(connection, BOOK, {"u": 1}, {"u": 2, "E": "soon"})
        await self.arrived(connection, BOOK)
        assert self.bm.stats(key)["lag_p50_s"] is None
        assert self.bm.stats(key)["lag_p99_s"] is None

    async def test_the_time_in_the_callback_is_added_up(self):
        """callback_s is all of it, callback_longest_s the longest without a break; errors are counted."""
        seconds = iter([0.01, 0.03, 0.02])

        def slow(message: Any) -> None:
            self.time.passes(next(seconds))
            self.got(message)
            raise KeyError

        key = str(self.bm.start_trade_socket("BNBBTC", slow))
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR"):
            for number in (1, 2, 3):
                connection.send(trade(number))
                await until(lambda number=number: len(self.got) == number)
        stats = self.bm.stats(key)
        assert stats["callback_s"] == pytest.approx(0.06)
        assert stats["callback_longest_s"] == pytest.approx(0.03)
        assert (stats["callback_errors"], stats["callback_slow"]) == (3, 0)

    async def test_stats_of_all_sockets_are_a_dict_by_key(self):
        """Those that are open, and no others; a key that is not open is a ValueError that names it."""
        assert self.bm.stats() == {}
        keys = [self.start(TRADE), self.start(KLINE)]
        await self.opened(2)
        assert list(self.bm.stats()) == keys
        assert all(self.bm.stats()[key] == self.bm.stats(key) for key in keys)
        self.bm.stop_socket(keys[0])
        assert list(self.bm.stats()) == keys[1:]
        for unknown in (keys[0], "", "user"):
            with pytest.raises(ValueError, match=f"'{unknown}'") as caught:
                self.bm.stats(unknown)
            assert isinstance(caught.value, BinanceError)

    async def test_a_socket_started_again_begins_at_nothing(self):
        """The numbers are those of one start."""
        key = self.start(TRADE)
        connection = await self.opened()
        self.send(connection, TRADE, trade(5))
        await until(lambda: self.got)
        self.bm.stop_socket(key)
        assert self.start(TRADE) == key
        connection = await self.opened(2)
        assert self.bm.stats(key)["messages"] == 0
        self.send(connection, TRADE, trade(1))
        await until(lambda: len(self.got) == 2)
        assert self.bm.stats(key)["messages"] == 1
        assert self.events.of("gap") == self.events.of("reset") == []

    async def test_stats_may_be_asked_for_in_any_thread_and_in_the_callback(self):
        """Another thread gets the same numbers as the reactor's; in the callback nothing waits for ever."""
        found: list[Any] = []
        key = str(self.bm.start_trade_socket("BNBBTC", lambda message: found.append(self.bm.stats(key))))
        connection = await self.opened()
        connection.send(trade(1))
        await until(lambda: found)
        assert set(found[0]) == set(self.bm.stats(key))
        asking = threading.Thread(target=lambda: found.append((self.bm.stats(key), self.bm.stats())))
        asking.start()
        asking.join()
        assert found[1] == (self.bm.stats(key), self.bm.stats())
        assert found[1][0]["messages"] == 1


class SlowCallbacks(MeasuredCase):
    """A callback that holds up all sockets is named."""

    def takes(self, seconds: float) -> str:
        """Start a socket whose callback takes so long for each message; returns its key."""

        def slow(message: Any) -> None:
            self.time.passes(seconds)
            self.got(message)

        return str(self.bm.start_trade_socket("BNBBTC", slow))

    def slow_events(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.conn_key, event.info) for event in self.events if event.kind == "callback_slow"]

    async def test_a_callback_that_takes_a_fifth_of_a_second_is_an_event_and_a_log_line(self):
        """Both name the key; the log says it once a minute, an event comes each time."""
        key = self.takes(0.2)
        connection = await self.opened()
        with self.assertLogs("binance", "WARNING") as logs:
            connection.send(trade(1))
            await until(lambda: self.slow_events())
            assert self.slow_events() == [
                (key, {"count": 1, "seconds": pytest.approx(0.2), "messages": 1}),
            ]
            assert len(logs.output) == 1
            assert f"{key}: the callback took 0.20 s for 1 message, and" in logs.output[0]
            connection.send(trade(2))
            await until(lambda: len(self.slow_events()) == 2)
            assert len(logs.output) == 1
            self.clock.advance(60)
            connection.send(trade(3))
            await until(lambda: len(self.slow_events()) == 3)
        assert len(logs.output) == 2
        assert [info["count"] for _, info in self.slow_events()] == [1, 2, 3]
        stats = self.bm.stats(key)
        assert (stats["callback_slow"], stats["messages"]) == (3, 3)
        assert stats["callback_longest_s"] == pytest.approx(0.2)

    async def test_a_slow_callback_that_called_the_client_names_the_call(self):
        """The client blocks: the event and the log say which call it was, and how long that took."""
        with running() as server:
            client = Client(endpoints=server.endpoints)

            def asks(message: Any) -> None:
                client.ping()
                client.get_server_time()
                self.time.passes(0.2)

            key = str(self.bm.start_trade_socket("BNBBTC", asks))
            connection = await self.opened()
            with self.assertLogs("binance", "WARNING") as logs:
                connection.send(trade(1))
                await until(lambda: self.slow_events())
        [(_, info)] = self.slow_events()
        assert info["blocked_by"] in ("GET /api/v3/ping", "GET /api/v3/time")
        assert info["blocked_s"] > 0
        assert f"{key}: the callback took 0.20 s for 1 message, and" in logs.output[0]
        assert f"for 2 REST calls, the longest {info['blocked_by']}: call the client in" in logs.output[0]

    async def test_a_callback_that_takes_a_twentieth_is_not_told_of(self):
        """Neither an event nor a line in the log."""
        key = self.takes(0.05)
        connection = await self.opened()
        with self.assertNoLogs("binance", "WARNING"):
            connection.send(trade(1))
            await until(lambda: self.got)
        await turns(3)
        assert self.slow_events() == []
        assert self.bm.stats(key)["callback_slow"] == 0

    async def test_messages_that_come_together_are_slow_together(self):
        """Ten messages of one chunk that take 0.02 s each: all sockets waited for 0.2 s, in one event."""
        key = self.takes(0.02)
        connection = await self.opened()
        with self.assertLogs("binance", "WARNING"):
            connection.transport.write(frames(*(b'{"t": %d}' % number for number in range(11))))
            await until(lambda: len(self.got) == 11)
        # the first message of a connection is looked at by itself
        assert self.slow_events() == [(key, {"count": 1, "seconds": pytest.approx(0.2), "messages": 10})]

    async def test_a_slow_event_handler_is_in_the_log_once_a_minute(self):
        """With the kind of event and the time; there is no event about it, which it would be slow with."""

        def slow(event: Event) -> None:
            self.events(event)
            self.time.passes(0.2)

        bm = self.manager(on_event=slow)
        with self.assertLogs("binance", "WARNING") as logs:
            key = str(bm.start_trade_socket("BNBBTC", self.got))
            connection = await self.opened()
            connection.send(b"{")
            connection.send(b"{")
            await until(lambda: self.events.kinds().count("malformed") == 2)
            lines = [one.getMessage() for one in logs.records if "on_event" in one.getMessage()]
        words = "on_event took 0.20 s on 'connecting', and all sockets waited (1 so far; one line a minute)"
        assert lines == [f"{key}: {words}"]
        assert self.slow_events() == []

    async def test_a_slow_event_handler_is_not_blamed_on_the_callback(self):
        """What on_event takes, in the middle of messages too, is not the callback's time."""

        def raises(message: Any) -> None:
            raise KeyError("e")

        def slow(event: Event) -> None:
            self.events(event)
            if event.kind == "callback_error":
                self.time.passes(0.2)

        bm = self.manager(on_event=slow)
        key = str(bm.start_trade_socket("BNBBTC", raises))
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR"):
            connection.transport.write(frames(*(b'{"t": %d}' % number for number in range(5))))
            await until(lambda: len(self.events.of("callback_error")) == 5)
        assert self.slow_events() == []
        assert bm.stats(key)["callback_longest_s"] == pytest.approx(0.0)


class Decoding(ManagerCase):
    """decoder=: the user's own way from bytes to messages."""

    def start(self, decoder: Callable[[bytes], Any]) -> None:
        self.manager(decoder=decoder).start_trade_socket("BNBBTC", self.got)

    async def test_a_decoder_gets_each_payload_once(self):
        """Bytes, as they came and in order, also if many came in one chunk, or one in several frames."""
        seen: list[bytes] = []

        def decoder(payload: bytes) -> Any:
            assert type(payload) is bytes
            seen.append(payload)
            return json.loads(payload)

        self.start(decoder)
        connection = await self.opened()
        payloads = [b'{"t": %d}' % number for number in range(1, 201)]
        payloads[50:50] = [b'{"t": 50}', b'{"no": "id"}', b"{", b"", b'{"t": "x"}']  # repeated and odd ones
        connection.transport.write(frames(*payloads[:150]))
        for payload in payloads[150:]:
            connection.sendMessage(payload)
        connection.sendMessage(b'{"t": 201}', fragmentSize=4)
        await until(lambda: {"t": 201} in self.got)
        assert seen == [*payloads, b'{"t": 201}']
        assert [message["t"] for message in self.got if type(message.get("t")) is int] == [*range(1, 202)]
        assert len(self.got) == 203

    async def test_a_decoder_is_not_called_for_what_is_no_text(self):
        """A binary frame is malformed; the decoder does not see it."""
        seen: list[bytes] = []
        self.start(lambda payload: seen.append(payload) or json.loads(payload))
        connection = await self.opened()
        connection.sendMessage(b'{"t": 1}', isBinary=True)
        connection.send({"t": 2})
        await until(lambda: self.got)
        assert seen == [b'{"t": 2}']
        assert len(self.events.of("malformed")) == 1

    async def test_a_decoder_that_raises_what_is_no_exception_costs_the_message_alone(self):
        """asyncio's CancelledError and its like; the connection stays."""

        def decoder(payload: bytes) -> Any:
            if payload == b"cancelled":
                raise asyncio.CancelledError
            return json.loads(payload)

        self.start(decoder)
        connection = await self.opened()
        connection.transport.write(frames(b'{"t": 1}', b"cancelled", b'{"t": 2}', b"cancelled", b'{"t": 3}'))
        await until(lambda: len(self.got) == 3)
        await until(lambda: len(self.events.of("malformed")) == 2)
        assert self.events.of("malformed")[0]["error"] == "cannot be decoded: CancelledError"
        assert self.server.open_connections() == [connection]
        assert len(self.server.connections) == 1

    async def test_a_decoder_that_exits_ends_the_program_and_not_the_connection(self):
        """SystemExit in a decoder of the user's is what it is in a callback; the line stays."""
        ended: list[bool] = []

        def decoder(payload: bytes) -> Any:
            if payload == b"exit":
                raise SystemExit
            return json.loads(payload)

        with patch.object(runner, "interrupt", lambda reactor: ended.append(True)):
            self.start(decoder)
            connection = await self.opened()
            connection.send(b"exit")
            connection.send({"t": 1})
            await until(lambda: self.got)
        assert ended == [True]
        assert self.events.kinds() == ["connecting", "connected"]

    async def test_whatever_a_decoder_raises_means_malformed(self):
        """Its own exceptions and anybody's: counted, told, and the stream goes on."""

        class Mine(Exception):
            pass

        raised = [Mine("mine"), KeyError("k"), ValueError("v"), RecursionError(), StopIteration(), OSError(5)]
        left = iter(raised)

        def decoder(payload: bytes) -> Any:
            if payload == b"{}":
                raise next(left)
            return json.loads(payload)

        self.start(decoder)
        connection = await self.opened()
        with self.assertLogs("binance", "WARNING") as logs:
            connection.transport.write(frames(b'{"t": 1}', *[b"{}"] * len(raised), b'{"t": 2}'))
            await until(lambda: len(self.got) == 2)
        assert self.got == [{"t": 1}, {"t": 2}]
        assert [info["count"] for info in self.events.of("malformed")] == [*range(1, len(raised) + 1)]
        assert "mine" in self.events.of("malformed")[0]["error"]
        assert len(logs.output) == 1

    async def test_what_a_decoder_returns_that_is_no_dict_is_malformed(self):
        """None, a list on a stream of dicts, and what only behaves like a dict are not delivered."""
        answers = iter([None, [trade(1)], (1, 2), "text", 7, defaultdict(int, t=1), trade(2)])
        self.start(lambda payload: next(answers))
        connection = await self.opened()
        connection.transport.write(frames(*[b"{}"] * 7))
        await until(lambda: trade(2) in self.got)
        assert self.got == [{"t": 1}, trade(2)]  # a defaultdict is a dict
        assert len(self.events.of("malformed")) == 5

    async def test_the_types_of_a_decoder_are_kept(self):
        """Decimals, and dicts of a kind of its own: the callback gets the very objects."""

        class Message(dict[str, Any]):
            pass

        made: list[Any] = []

        def decoder(payload: bytes) -> Any:
            made.append(json.loads(payload, object_hook=Message, parse_float=Decimal))
            return made[-1]

        self.start(decoder)
        connection = await self.opened()
        connection.transport.write(frames(*(b'{"t": %d, "p": 0.10}' % number for number in range(1, 5))))
        await until(lambda: len(self.got) == 4)
        assert all(got is message for got, message in zip(self.got, made, strict=True))
        assert all(type(message) is Message for message in self.got)
        assert [str(message["p"]) for message in self.got] == ["0.10"] * 4

    async def test_lists_of_a_decoder_are_kept_on_array_streams(self):
        """All-market arrays go through it as well."""
        self.manager(decoder=json.loads).start_miniticker_socket(self.got)
        connection = await self.opened()
        connection.transport.write(frames(b'[{"s": "A"}]', b"[]", b'[{"s": "B"}]'))
        await until(lambda: len(self.got) == 3)
        assert self.got == [[{"s": "A"}], [], [{"s": "B"}]]

    async def test_json_loads_is_a_decoder(self):
        """The standard library's function works as it is, on raw and combined connections, ids checked."""
        bm = self.manager(decoder=json.loads)
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_multiplex_socket([TRADE], self.got)
        await self.opened(2)
        for connection in self.server.connections:
            for number in (1, 2, 2, 5):
                message = trade(number)
                raw = connection.path.startswith("/ws/")
                connection.send(message if raw else {"stream": TRADE, "data": message})
        await until(lambda: len(self.got) == 6)
        assert [message["t"] for message in self.got if "t" in message] == [1, 2, 5]
        assert [message["data"]["t"] for message in self.got if "data" in message] == [1, 2, 5]
        assert len(self.events.of("gap")) == 2

    async def test_the_default_decodes_what_comes_together_as_if_it_came_alone(self):
        """Without decoder=: good ones and bad ones in one chunk, each is what it is by itself."""
        self.manager().start_kline_socket("BNBBTC", self.got)
        connection = await self.opened()
        payloads = [
            b'{"e": "kline", "n": 1}',
            b"{",
            b"[]",
            b'{"e": "kline", "n": 2}',
            b"",
            b"7",
            b"{},{}",
            b"{}",
        ]
        connection.transport.write(frames(*payloads))
        await until(lambda: {} in self.got)
        assert self.got == [{"e": "kline", "n": 1}, {"e": "kline", "n": 2}, {}]
        assert [info["length"] for info in self.events.of("malformed")] == [1, 2, 0, 1, 5]
        connection.transport.write(frames(b'{"n": 1}', b'{"n": 2},{"n": 3}', b'{"n": 4}'))
        await until(lambda: {"n": 4} in self.got)
        assert self.got[3:] == [{"n": 1}, {"n": 4}]


@pytest.mark.parametrize("decoder", ["json", 7, b"", {}, object()])
def test_a_decoder_that_cannot_be_called_is_a_type_error(decoder):
    """It is looked at when the manager is made, not when the first message comes."""
    with pytest.raises(TypeError, match="decoder"):
        BinanceSocketManager(None, decoder=decoder)


def test_stats_of_a_manager_that_was_not_started():
    """Sockets that wait for start() have numbers, too; an unknown key is an error that says what to do."""
    bm = BinanceSocketManager(None)
    assert bm.stats() == {}
    bm.start_trade_socket("BNBBTC", print)
    assert bm.stats(TRADE)["messages"] == 0
    assert bm.stats(TRADE)["connected_since"] is None
    with pytest.raises(ValueError, match=r"stats\(\) shows"):
        bm.stats("BNBBTC@trade")
