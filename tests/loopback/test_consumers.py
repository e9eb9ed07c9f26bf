"""Consumers over real sockets: what is kept, dropped and named, who is stopped, and who does not wait."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from binance.consumers import Consumer, Ended, Inbox, Latest, in_loop, in_thread
from binance.consuming.worker import MOST_AT_ONCE
from binance.exceptions import ManagerError
from binance.sockets import delivery

from ..fake_time import FakeTime
from ..frames import TEXT, frame
from ..support import ClockCase, ManagerCase, ServedConnection, turns, until

KEY = "bnbbtc@trade"
RETRIES_REACHED = {"e": "error", "m": "Max reconnect retries reached"}


def trades(first: int, last: int) -> list[bytes]:
    """Payloads of trades with these ids, both included."""
    return [b'{"e":"trade","t":%d}' % number for number in range(first, last + 1)]


def frames(*payloads: bytes) -> bytes:
    """What is sent together."""
    return b"".join(frame(TEXT, payload) for payload in payloads)


def ids(messages: Any) -> list[int]:
    return [message["t"] for message in messages if "t" in message]


class Held:
    """A callback that waits until the test lets it go on, in a thread of its own."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.go = threading.Event()
        self.is_busy = threading.Event()

    def __call__(self, message: Any) -> None:
        self.is_busy.set()
        assert self.go.wait(15)
        self.got.append(message)


class ConsumerCase(ManagerCase):
    """One stream of trades."""

    async def trades_to(self, consumer: Any, **options: Any) -> ServedConnection:
        self.bm = self.manager(**options)
        assert self.bm.start_trade_socket("BNBBTC", consumer) == KEY
        return await self.opened()

    def received(self, messages: int) -> Callable[[], bool]:
        return lambda: KEY in self.bm.stats() and self.bm.stats(KEY)["messages"] >= messages

    async def send(self, connection: ServedConnection, first: int, last: int) -> None:
        """Send trades, as one chunk, and wait until the client has them."""
        connection.transport.write(frames(*trades(first, last)))
        await until(self.received(last))

    async def later(self, held: Held) -> None:
        """Let the callback go on when the test ends, however it does."""
        self.addCleanup(held.go.set)


class Handing(ConsumerCase):
    """What each of them makes of messages."""

    async def test_an_inbox_is_read_in_another_thread_while_the_reactor_goes_on(self):
        """All that was sent, in order, and it ends when the socket is stopped."""
        inbox = Inbox()
        connection = await self.trades_to(inbox)
        reading: Deferred[list[Any]] = deferToThread(lambda: ids(inbox))
        connection.transport.write(frames(*trades(1, 200)))
        await until(self.received(200))
        self.bm.stop_socket(KEY)
        assert await reading == list(range(1, 201))
        assert inbox.ended

    async def test_an_inbox_is_read_by_a_coroutine_of_twisted(self):
        """In the reactor's own thread, where get would wait for itself."""
        inbox = Inbox()
        connection = await self.trades_to(inbox)
        with self.assertRaises(ManagerError):
            inbox.get(0)
        with self.assertRaises(ManagerError):
            next(iter(inbox))
        connection.transport.write(frames(*trades(1, 100)))
        got = []
        async for message in inbox:
            got.append(message["t"])
            if len(got) == 100:
                self.bm.stop_socket(KEY)
        assert got == list(range(1, 101))

    async def test_a_thread_gets_batches_that_came_together(self):
        """Of a chunk at most 64 messages each, or what came meanwhile; none is lost."""
        got: list[Any] = []
        connection = await self.trades_to(in_thread(got.append, batch=True))
        connection.transport.write(frames(*trades(1, 300)))
        await until(lambda: sum(map(len, got)) == 300)
        assert [number for batch in got for number in ids(batch)] == list(range(1, 301))
        assert 1 < max(map(len, got)) <= MOST_AT_ONCE
        stats = self.bm.stats(KEY)
        assert (stats["messages"], stats["pending"], stats["dropped"]) == (300, 0, 0)

    async def test_a_coroutine_function_is_called_in_asyncios_thread(self):
        """One message after another."""
        got: list[Any] = []
        loop = asyncio.new_event_loop()

        async def process(message: Any) -> None:
            await asyncio.sleep(0)
            got.append((message["t"], threading.current_thread()))

        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        connection = await self.trades_to(in_loop(process, loop))
        connection.transport.write(frames(*trades(1, 50)))
        await until(lambda: len(got) == 50)
        assert got == [(number, thread) for number in range(1, 51)]
        self.bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def test_latest_holds_the_newest_of_each_stream(self):
        """Of a single stream and a multiplex socket at once; wait is for other threads."""
        latest = Latest()
        connection = await self.trades_to(latest)
        self.bm.start_multiplex_socket(["ethbtc@bookTicker", "neobtc@bookTicker"], latest)
        many = await self.opened(2)
        connection.transport.write(frames(*trades(1, 100)))
        many.send({"stream": "ethbtc@bookTicker", "data": {"u": 7}})
        many.send({"stream": "ethbtc@bookTicker", "data": {"u": 8}})
        await until(lambda: len(latest) == 2 and latest["ethbtc@bookTicker"]["u"] == 8)
        await until(lambda: latest[KEY]["t"] == 100)
        assert 0 <= latest.age_s(KEY) < 15
        with self.assertRaises(ManagerError):
            latest.wait(0)
        assert await deferToThread(latest.wait, 0) is True

    async def test_streams_that_were_removed_bring_nothing_more(self):
        """Also not what came with the same chunk as the removal."""
        inbox = Inbox()
        bm = self.manager()
        key = bm.start_multiplex_socket(["a@trade", "b@trade"], inbox)
        connection = await self.opened()
        bm.unsubscribe(key, ["b@trade"])
        for number in range(1, 4):
            for name in "ab":
                connection.send({"stream": f"{name}@trade", "data": {"t": number}})
        await until(lambda: len(inbox) == 3)
        assert [message["stream"] async for message in self.some(inbox, 3)] == ["a@trade"] * 3

    @staticmethod
    async def some(inbox: Inbox, count: int) -> Any:
        async for message in inbox:
            yield message
            count -= 1
            if not count:
                return

    async def test_a_consumer_of_ones_own_gets_batches_and_may_raise(self):
        """What it raises is an event, and the next batch comes; the list is its own."""

        class Mine(Consumer):
            def __init__(self) -> None:
                self.got: list[Any] = []
                self.said: list[str] = []

            def started(self, feed: Any) -> None:
                self.said.append(f"started {feed.conn_key}")

            def begin(self, feed: Any) -> None:
                self.said.append("begin")

            def take(self, feed: Any, messages: list[Any]) -> None:
                self.got += messages
                messages.clear()
                if len(self.got) == 1:
                    raise LookupError("of the test")

            def stopped(self, feed: Any) -> None:
                self.said.append("stopped")

        mine = Mine()
        connection = await self.trades_to(mine)
        await self.send(connection, 1, 1)
        await self.send(connection, 2, 80)
        assert ids(mine.got) == list(range(1, 81))
        await until(lambda: self.events.of("callback_error"))
        assert self.events.of("callback_error") == [{"count": 1, "error": "LookupError('of the test')"}]
        self.bm.stop_socket(KEY)
        assert mine.said == [f"started {KEY}", "begin", "stopped"]

    async def test_a_consumer_that_refuses_a_socket_leaves_its_key_free(self):
        """What it raises is raised by start_*."""

        class Refuses(Consumer):
            def begin(self, feed: Any) -> None:
                raise RuntimeError("no thread")

            def take(self, feed: Any, messages: list[Any]) -> None: ...

        bm = self.manager()
        with self.assertRaises(RuntimeError):
            bm.start_trade_socket("BNBBTC", Refuses())
        assert bm.stats() == {}
        assert bm.start_trade_socket("BNBBTC", self.got) == KEY

    async def test_a_second_start_of_an_open_key_leaves_its_inbox_alone(self):
        """It answers False, and the inbox is fed by nobody."""
        await self.trades_to(self.got)
        inbox = Inbox()
        assert self.bm.start_trade_socket("BNBBTC", inbox) is False
        assert not inbox.ended
        assert self.bm.start_depth_socket("BNBBTC", inbox) == "bnbbtc@depth"
        self.bm.stop_socket("bnbbtc@depth")
        with self.assertRaises(Ended):
            await deferToThread(inbox.get)


class Full(ClockCase, ConsumerCase):
    """A consumer with no room for what comes: on a fake clock, for the events of each second."""

    async def test_dropped_messages_are_named_once_a_second(self):
        """Kept and named are what was sent; one range for each stream, however often there was no room."""
        self.quick(log_every_s=0)
        inbox = Inbox(limit=80)
        connection = await self.trades_to(inbox)
        await self.send(connection, 1, 200)
        await self.send(connection, 201, 300)
        assert self.events.of("overflow") == []
        self.clock.advance(1)
        await until(lambda: self.events.of("gap"))
        stats = self.bm.stats(KEY)
        dropped = stats["dropped"]
        assert 220 <= dropped < 230  # whole batches of up to an eighth of the limit
        assert self.events.of("overflow") == [{"dropped": dropped, "limit": 80, "policy": "drop_oldest"}]
        gap = {"stream": KEY, "first": 1, "last": dropped, "count": dropped, "cause": "overflow"}
        assert self.events.of("gap") == [gap]
        assert (stats["messages"], stats["pending"], stats["gaps"]) == (300, 300 - dropped, 0)
        self.clock.advance(1)
        await self.send(connection, 301, 320)
        self.clock.advance(1)
        await until(lambda: len(self.events.of("gap")) == 2)
        more = self.bm.stats(KEY)["dropped"] - dropped
        assert self.events.of("overflow")[1]["dropped"] == more
        assert self.events.of("gap")[1]["first"] == dropped + 1
        assert self.events.of("gap")[1]["count"] == more
        self.bm.stop_socket(KEY)
        assert await deferToThread(lambda: ids(inbox)) == list(range(dropped + more + 1, 321))

    async def test_a_consumer_that_drops_the_newest(self):
        """It keeps what came first."""
        inbox = Inbox(limit=80, when_full="drop_newest")
        connection = await self.trades_to(inbox)
        await self.send(connection, 1, 200)
        self.clock.advance(1)
        await until(lambda: self.events.of("gap"))
        [overflow], [gap] = self.events.of("overflow"), self.events.of("gap")
        assert (overflow["dropped"], overflow["policy"]) == (120, "drop_newest")
        assert (gap["first"], gap["last"], gap["count"]) == (81, 200, 120)
        self.bm.stop_socket(KEY)
        assert await deferToThread(lambda: ids(inbox)) == list(range(1, 81))

    async def test_a_consumer_that_stops_its_socket_when_full(self):
        """The error message comes behind what waits; the key is free, and the reader may start it again."""
        inbox = Inbox(limit=80, when_full="stop")
        connection = await self.trades_to(inbox)
        connection.transport.write(frames(*trades(1, 200)))
        await until(lambda: self.events.of("gave_up"))
        reason = "the consumer is full: 80 messages wait for it"
        assert self.events.of("gave_up") == [{"attempts": 0, "reason": reason}]
        assert self.events.of("overflow")[0]["policy"] == "stop"
        dropped = self.events.of("overflow")[0]["dropped"]
        kinds = self.events.kinds(KEY)
        assert kinds[-4:] == ["disconnected", "overflow", "gap", "gave_up"]
        await until(lambda: self.bm.stats() == {} and len(inbox) == 81)
        got = await deferToThread(lambda: list(inbox))
        assert ids(got) == list(range(1, 81))
        assert got[-1] == {"e": "error", "m": reason}
        assert self.events.of("gap")[0]["first"] == 81
        assert self.events.of("gap")[0]["last"] == 80 + dropped
        assert self.bm.start_trade_socket("BNBBTC", inbox) == KEY
        again = await self.opened(2)
        again.transport.write(frames(*trades(500, 500)))
        await until(lambda: len(inbox) == 1)

    async def test_what_was_dropped_just_before_a_stop_is_named_before_the_end(self):
        """disconnected is still the last event of the key."""
        inbox = Inbox(limit=7)  # of which an eighth is one message
        connection = await self.trades_to(inbox)
        await self.send(connection, 1, 20)
        self.bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY))
        assert self.events.kinds(KEY)[-3:] == ["overflow", "gap", "disconnected"]
        assert self.events.of("gap")[0]["count"] == 13

    async def test_messages_of_a_socket_that_has_ended_are_named_by_their_own_stream(self):
        """The socket whose messages take their room says so, and does not take them for its own."""
        inbox = Inbox(limit=8)
        connection = await self.trades_to(inbox)
        await self.send(connection, 1, 8)
        self.bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY))
        other = self.bm.start_trade_socket("ETHBTC", inbox)
        connection = await self.opened(2)
        connection.transport.write(frames(*trades(901, 904)))
        await until(lambda: self.bm.stats(other)["dropped"] == 4)
        self.clock.advance(1)
        await until(lambda: self.events.of("gap"))
        gap = {"stream": KEY, "first": 1, "last": 4, "count": 4, "cause": "overflow"}
        assert self.events.of("gap") == [gap]

    async def test_messages_without_ids_are_counted_only(self):
        """There is nothing to name them by; the log says how many."""
        inbox = Inbox(limit=8)
        self.bm = self.manager()
        key = self.bm.start_symbol_ticker_socket("BNBBTC", inbox)
        connection = await self.opened()
        connection.transport.write(frames(*[b'{"e":"24hrTicker"}'] * 20))
        await until(lambda: self.bm.stats(key)["dropped"] == 12)
        with self.assertLogs("binance.sockets", logging.WARNING) as logs:
            self.clock.advance(1)
            await until(lambda: self.events.of("overflow"))
        assert self.events.of("gap") == []
        [line] = logs.output
        assert "the consumer is full (limit 8, drop_oldest): 12 messages dropped" in line

    async def test_the_error_message_is_kept_though_the_consumer_is_full(self):
        """A socket that cannot be had again says so behind what waits."""
        inbox = Inbox(limit=8)
        connection = await self.trades_to(inbox, max_retries=0)
        await self.send(connection, 1, 20)
        connection.reset()
        await until(lambda: self.events.of("gave_up"))
        await until(lambda: len(inbox) == 9)
        got = await deferToThread(lambda: list(inbox))
        assert got[-1] == RETRIES_REACHED
        assert ids(got) == list(range(13, 21))
        assert self.events.kinds(KEY)[-3:] == ["overflow", "gap", "gave_up"]


class Slow(ConsumerCase):
    """A callback in a thread of its own that takes its time, raises, or stops its socket."""

    async def test_other_sockets_and_pongs_do_not_wait_for_it(self):
        """While it is busy, another socket's messages come, and pings are answered."""
        held = Held()
        await self.later(held)
        connection = await self.trades_to(in_thread(held))
        self.bm.start_depth_socket("BNBBTC", self.got)
        other = await self.opened(2)
        connection.transport.write(frames(*trades(1, 5)))
        await until(held.is_busy.is_set)
        pongs: list[bytes] = []
        connection.onPong = pongs.append
        connection.sendPing(b"are you there")
        other.send({"e": "depthUpdate", "U": 1, "u": 1})
        await until(lambda: self.got and pongs)
        assert (held.got, pongs) == ([], [b"are you there"])
        assert self.bm.stats(KEY)["pending"] == 4
        held.go.set()
        await until(lambda: len(held.got) == 5)
        assert self.events.of("callback_slow") == []

    async def test_what_it_raises_is_an_event_and_the_next_message_comes(self):
        """Many in a row are one event, whose count has all of them."""

        def fails(message: Any) -> None:
            got.append(message)
            raise LookupError(message["t"])

        got: list[Any] = []
        connection = await self.trades_to(in_thread(fails))
        connection.transport.write(frames(*trades(1, 300)))
        await until(lambda: self.bm.stats(KEY)["callback_errors"] == 300)
        assert ids(got) == list(range(1, 301))
        await until(lambda: {info["count"] for info in self.events.of("callback_error")} >= {300})
        counts = [info["count"] for info in self.events.of("callback_error")]
        assert counts == sorted({*counts})
        assert self.events.of("callback_error")[-1]["error"] == "LookupError(300)"

    async def test_a_stop_by_the_callback_discards_what_waits(self):
        """It gets nothing more, and may start the socket again at once."""

        def stops(message: Any) -> None:
            got.append(message["t"])
            if message["t"] == 3:
                self.bm.stop_socket(KEY)
                self.bm.start_trade_socket("BNBBTC", consumer)

        got: list[int] = []
        consumer = in_thread(stops)
        connection = await self.trades_to(consumer)
        connection.transport.write(frames(*trades(1, 200)))
        again = await self.opened(2)
        again.transport.write(frames(*trades(900, 901)))
        await until(lambda: 901 in got)
        assert got == [1, 2, 3, 900, 901]

    async def test_a_slow_callback_gets_all_that_came_meanwhile_at_once(self):
        """So it catches up; what it works on counts as waiting, and join() waits for it."""
        held = Held()
        await self.later(held)
        consumer = in_thread(held, batch=True)
        connection = await self.trades_to(consumer)
        await self.send(connection, 1, 1)
        await until(held.is_busy.is_set)
        for number in range(2, 12):
            await self.send(connection, number, number)
        assert (len(consumer), consumer.ended) == (11, False)
        self.bm.stop_socket(KEY)
        await until(self.all_over)
        assert not consumer.ended
        with self.assertRaises(ManagerError):
            consumer.join()
        assert not await deferToThread(consumer.join, 0)
        held.go.set()
        assert await deferToThread(consumer.join)
        assert [ids(batch) for batch in held.got] == [[1], list(range(2, 12))]
        assert (len(consumer), consumer.ended) == (0, True)

    async def test_a_stop_by_somebody_else_hands_on_what_was_received(self):
        """discard() throws it away."""
        held, other = Held(), Held()
        await self.later(held)
        await self.later(other)
        connection = await self.trades_to(in_thread(held))
        consumer = in_thread(other)
        self.bm.start_aggtrade_socket("BNBBTC", consumer)
        await self.opened(2)
        await self.send(connection, 1, 100)
        self.server.connections[1].transport.write(frames(*trades(1, 100)))
        await until(lambda: self.bm.stats("bnbbtc@aggTrade")["messages"] == 100)
        await until(lambda: held.is_busy.is_set() and other.is_busy.is_set())
        self.bm.stop_socket(KEY)
        self.bm.stop_socket("bnbbtc@aggTrade")
        await until(self.all_over)
        assert consumer.discard() == 99
        held.go.set()
        other.go.set()
        await until(lambda: len(held.got) == 100 and other.got)
        assert ids(other.got) == [1]

    async def test_system_exit_in_a_thread_ends_the_program(self):
        """As in any callback: the reactor is asked to stop by an interrupt."""
        with patch("binance.websockets.runner.interrupt") as interrupt:

            def exits(message: Any) -> None:
                raise SystemExit(3)

            connection = await self.trades_to(in_thread(exits))
            connection.transport.write(frames(*trades(1, 1)))
            await until(lambda: interrupt.called)
        assert self.events.of("callback_error") == []

    async def test_the_time_that_messages_waited_is_counted(self):
        """Of a thread that is busy, and what its callback took."""
        held = Held()
        await self.later(held)
        connection = await self.trades_to(in_thread(held))
        connection.transport.write(frames(*trades(1, 10)))
        await until(held.is_busy.is_set)
        await deferLater(reactor, 0.05)
        held.go.set()
        await until(lambda: self.bm.stats(KEY)["behind_p99_s"] is not None)
        await until(lambda: self.bm.stats(KEY)["pending"] == 0)
        stats = self.bm.stats(KEY)
        assert 0.04 < stats["behind_p99_s"] < 15
        assert 0.04 < stats["callback_s"] < 15


class Inline(ClockCase, ConsumerCase):
    """How long messages waited for a plain callback."""

    async def test_a_message_waits_for_those_before_it_in_the_same_chunk(self):
        """Ten messages, each of which takes 0.1 s: the last one has waited 0.9 s, the callback's own not."""
        fake = FakeTime()
        fake.perf_counter = fake.monotonic  # type: ignore[attr-defined]

        def slow(message: Any) -> None:
            fake.sleep(0.1)

        with patch.object(delivery, "time", fake):
            connection = await self.trades_to(slow)
            await self.send(connection, 1, 1)  # nothing precedes it, so it is looked at by itself
            await self.send(connection, 2, 11)
        stats = self.bm.stats(KEY)
        assert round(stats["behind_p99_s"], 6) == 0.9
        assert round(stats["callback_longest_s"], 6) == 1.0
        assert (stats["pending"], stats["dropped"]) == (0, 0)

    async def test_a_batch_waits_for_the_one_before_it(self):
        """Both came at once; the second is handed on when the first is through."""

        def slow(message: Any) -> None:
            self.clock.rightNow += 0.01

        connection = await self.trades_to(slow)
        connection.transport.write(frames(*trades(1, 128)))
        await until(self.received(128))
        assert self.bm.stats(KEY)["behind_p99_s"] >= 0.6


class State(ClockCase, ConsumerCase):
    """What a socket is doing, in a word."""

    async def test_the_states_of_a_socket(self):
        """Connecting, open, waiting, connecting again, moving, and open."""
        seen: list[tuple[str, str]] = []

        def on_event(event: Any) -> None:
            if KEY in self.bm.stats():
                seen.append((event.kind, self.bm.stats(KEY)["state"]))
            self.events(event)

        bm = self.bm = self.manager(on_event=on_event)
        bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        await until(lambda: self.events.of("retrying"))
        self.clock.advance(1)
        (await self.opened(2)).send({"e": "serverShutdown", "E": 1})
        await until(lambda: len(self.server.connections) == 3)
        while "rotated" not in self.events.kinds():
            self.clock.advance(1)
            await turns(2)
        assert seen == [
            ("connecting", "connecting"),
            ("connected", "open"),
            ("disconnected", "waiting"),
            ("retrying", "waiting"),
            ("connecting", "connecting"),
            ("connected", "open"),
            ("rotating", "moving"),
            ("rotated", "open"),
        ]

    async def test_a_socket_that_is_given_up_says_so_while_its_events_come(self):
        """After that its key is free."""
        states: list[str] = []

        def on_event(event: Any) -> None:
            if event.kind == "disconnected" and KEY in bm.stats():
                states.append(bm.stats(KEY)["state"])

        bm = self.manager(max_retries=0, on_event=on_event)
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: self.server.connections)
        await until(lambda: bm.stats(KEY)["connected_since"] is not None)
        self.server.connections[0].reset()
        await until(lambda: self.got)
        assert states == ["given up"]
        assert bm.stats() == {}

    async def test_a_socket_of_a_manager_that_was_not_started_waits(self):
        """For its start."""
        bm = self.manager()
        bm.close()
        bm.start_trade_socket("BNBBTC", self.got)
        assert bm.stats(KEY)["state"] == "waiting"
