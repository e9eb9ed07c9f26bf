"""Budgets where they are used: connections of a process to a host, messages on a connection."""

from __future__ import annotations

import time
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import Clock

from binance.account.session import Session
from binance.net.dials import dials
from binance.net.interfaces import Listener, Options
from binance.sandbox.exchange import Exchange
from binance.wire.budgets import Urgency
from binance.wire.codec import Codec
from binance.wire.timings import Timings

from ..support import ClockCase, ServedConnection, turns, until


def test_a_host_has_one_queue_and_a_bare_address_one_a_port():
    """The exchange counts what comes to a host; servers of one's own share an address."""
    mine = dials(Timings())
    assert mine.queue("stream.binance.com", 9443) is mine.queue("stream.binance.com", 443)
    assert mine.queue("stream.binance.com", 443) is not mine.queue("ws-api.binance.com", 443)
    for own in ("127.0.0.1", "::1", "localhost"):
        assert mine.queue(own, 1) is not mine.queue(own, 2)
        assert mine.queue(own, 1) is mine.queue(own, 1)


class _Account(Listener):
    """An account whose socket is so urgent; stands for its seat, too."""

    def __init__(self, urgency: Urgency) -> None:
        self.listener = self
        self.mine = urgency

    def urgency(self, line: Any) -> Urgency:
        return self.mine


def test_a_shared_connection_is_as_urgent_as_the_most_urgent_of_its_accounts():
    """Whoever comes to sit on it, or has lost the connection before, makes it go sooner."""
    clock = Clock()
    options = Options(clock, clock, Timings(), 5, 75, None, Codec(None, False))
    session = Session("ws://127.0.0.1:9/ws-api/v3", options, closed=lambda session: None)
    for joins, urgency in (
        (Urgency.MOVE, Urgency.MOVE),
        (Urgency.FIRST, Urgency.FIRST),
        (Urgency.MOVE, Urgency.FIRST),
        (Urgency.RECONNECT, Urgency.RECONNECT),
    ):
        session.seats.append(_Account(joins))  # type: ignore[arg-type]
        assert session.urgency(session.factory) is urgency


class Dials(ClockCase):
    """Budgets where they are used: a manager against a scripted server, whose time the test lets pass."""

    async def test_a_hundred_sockets_cut_at_once_come_back_within_the_budget(self):
        """All dial again at once, none is refused by the budget, and no window holds too many."""
        bm = self.manager()
        for number in range(100):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(100)
        for connection in self.server.open_connections():
            connection.reset()
        await until(lambda: len(self.events.of("retrying")) == 100)
        self.clock.advance(0.5)  # the first retry comes after 0.4 s, and up to a fifth more
        await self.opened(200)
        assert len(self.server.dials) == 200
        assert "limited" not in self.events.kinds()

    async def test_dials_beyond_the_budget_wait_and_say_so(self):
        """Five may dial; the others say what they wait for and how long, and come when they may."""
        self.quick(dials=5, dials_span_s=30.0)
        bm = self.manager()
        for number in range(12):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(5)
        await until(lambda: len(self.events.of("limited")) == 7)
        limited = self.events.of("limited")
        assert [info["what"] for info in limited] == ["dial"] * 7
        assert {info["budget"] for info in limited} == {"5 connection attempts per 0.5 minutes"}
        assert [info["seconds"] for info in limited] == [30.0] * 5 + [60.0] * 2
        for passes, count in ((29.9, 5), (0.1, 10), (29.9, 10), (0.1, 12)):
            self.clock.advance(passes)
            await self.opened(count)
            await turns()
            assert len(self.server.dials) == count

    async def test_a_socket_that_waits_for_its_dial_can_be_stopped(self):
        """Nothing is dialled for it, and no timer is left."""
        self.quick(dials=1)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await self.opened()
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        bm.stop_socket("ethbtc@trade")
        await until(lambda: "disconnected" in self.events.kinds())
        assert self.events.kinds("ethbtc@trade") == ["limited", "disconnected"]
        assert len(self.server.dials) == 1

    async def test_a_wait_that_the_exchange_asks_for_holds_for_every_socket_of_the_host(self):
        """429 with Retry-After to one: no other socket dials before it is over."""
        exchange = Exchange(reactor)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        exchange.refuse(429, times=1, retry_after_s=7)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        self.clock.advance(1.5)
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        [info] = self.events.of("limited")
        assert info["what"] == "dial"
        assert "requested by the exchange" in info["budget"]
        assert info["seconds"] == 5.5
        self.clock.advance(5.4)
        await turns()
        assert len(exchange.dials) == 1
        self.clock.advance(0.1)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_ban_is_kept_as_long_as_it_was_asked_for(self):
        """418 with two days to one socket: the host is left alone for two days, by every socket."""
        exchange = self.exchange(418, 172_800)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        assert self.events.of("retrying")[0]["delay_s"] == 172_800
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        assert self.events.of("limited")[0]["seconds"] == 172_800
        self.clock.advance(172_799)
        await turns()
        assert len(exchange.dials) == 1
        self.clock.advance(1)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_ban_that_names_no_time_is_kept_for_two_minutes(self):
        """418 without Retry-After to one socket: the shortest ban, as REST takes it, for every socket."""
        await self.banned_for("", 120)

    async def test_a_ban_whose_words_say_when_it_ends_is_kept_until_then(self):
        """418 without Retry-After, with the words that REST goes by, too."""
        until_ms = int(time.time() * 1000) + 600_000
        await self.banned_for(f"Way too many requests; IP banned until {until_ms}.", 600)

    async def banned_for(self, body: str, seconds: float) -> None:
        exchange = self.exchange(418, None, body)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        assert seconds / 2 < self.events.of("retrying")[0]["delay_s"] <= seconds
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        assert len(exchange.dials) == 1
        self.clock.advance(seconds)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_rate_limit_closes_the_host_for_an_hour_at_most(self):
        """429 with a day: a mistake, for its counts are over in minutes."""
        exchange = self.exchange(429, 86_400)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        assert self.events.of("retrying")[0]["delay_s"] == 3_600
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        assert len(exchange.dials) == 1
        self.clock.advance(3_600)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_wait_after_another_refusal_is_the_sockets_own_and_a_minute_at_most(self):
        """One 503 with a day: the socket itself is back after a minute, and others do not wait at all."""
        self.exchange(503, 86_400)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        assert self.events.of("retrying")[0]["delay_s"] == 60
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.kinds("ethbtc@trade") == ["connecting", "connected"])
        self.clock.advance(60)
        await until(lambda: self.events.kinds().count("connected") == 2)
        assert "limited" not in self.events.kinds()

    def exchange(self, status: int, retry_after_s: int | None, body: str = "") -> Exchange:
        """A sandbox, for the managers made from now on, that refuses the first connection."""
        exchange = Exchange(reactor)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        exchange.refuse(status, times=1, retry_after_s=retry_after_s, body=body)
        return exchange

    async def test_a_reconnect_goes_before_a_first_connection(self):
        """One connection a half minute: the socket that lost its own has it, though the other asked first."""
        self.quick(dials=1, dials_span_s=30.0)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        lost = await self.opened()
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: len(self.events.of("limited")) == 1)
        lost.reset()
        await until(lambda: self.events.of("retrying"))
        self.clock.advance(1)
        await until(lambda: len(self.events.of("limited")) == 2)
        assert [info["seconds"] for info in self.events.of("limited")] == [30.0, 29.0]
        self.clock.advance(29)
        await self.opened(2)
        assert self.server.dials == ["/ws/bnbbtc@trade"] * 2
        self.clock.advance(30)
        await self.opened(3)
        assert self.server.dials[-1] == "/ws/ethbtc@trade"

    async def test_a_first_connection_goes_before_a_planned_move(self):
        """The move asked first, but its socket has a connection."""
        self.quick(dials=1, dials_span_s=30.0)
        bm = self.manager(lifetime_s=10)
        bm.start_trade_socket("BNBBTC", self.got)
        await self.opened()
        self.clock.advance(10)
        await until(lambda: self.events.kinds()[-1] == "limited")
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: len(self.events.of("limited")) == 2)
        self.clock.advance(20)
        await until(lambda: len(self.server.connections) == 2)
        assert self.server.dials[-1] == "/ws/ethbtc@trade"

    async def test_a_move_becomes_urgent_when_the_old_connection_is_lost(self):
        """From then on messages are missed: it goes before the first connection of another socket."""
        self.quick(dials=1, dials_span_s=30.0)
        bm = self.manager(lifetime_s=10)
        bm.start_trade_socket("BNBBTC", self.got)
        old = await self.opened()
        self.clock.advance(10)
        await until(lambda: self.events.kinds()[-1] == "limited")
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: len(self.events.of("limited")) == 2)
        old.reset()
        await until(lambda: self.events.of("disconnected"))
        self.clock.advance(20)
        await until(lambda: len(self.server.connections) == 2)
        assert self.server.dials[-1] == "/ws/bnbbtc@trade"

    async def test_planned_moves_do_not_use_up_what_a_lost_connection_needs(self):
        """Sockets that move all the time leave a tenth: one that loses its connection has it back at once."""
        self.quick(dials=20, dials_span_s=1_000.0, move_again_s=1.0)
        bm = self.manager(lifetime_s=5, handover_s=1)
        for number in range(10):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(10)
        for _ in range(30):
            self.clock.advance(1)
            await turns(3)
        assert len(self.server.dials) == 18
        self.server.open_connections()[0].reset()
        await until(lambda: len(self.events.of("disconnected")) >= 1)
        self.clock.advance(1)
        await until(lambda: len(self.server.dials) == 19)

    async def test_a_watchdog_that_restarts_sockets_does_not_lock_the_process_out(self):
        """Five sockets are restarted each second, five times what is allowed: what is allowed is used, window
        for window, and a new socket connects as the first one when the next window begins."""
        self.quick(dials=30, dials_span_s=30.0)
        bm = self.manager()
        keys = [f"s{number}btc@trade" for number in range(5)]

        def all_are(*kinds: str) -> bool:
            return all((self.events.kinds(key) or [""])[-1] in kinds for key in keys)

        for second in range(91):
            if second == 40:
                bm.start_trade_socket("NEWBTC", self.got)
            for key in keys:
                bm.stop_socket(key)
            await until(lambda: not self.events or all_are("disconnected"))
            for key in keys:
                bm.start_stream_socket(key, self.got)
            await until(lambda: all_are("connected", "limited"))
            self.clock.advance(1)
            await turns(3)  # what has begun is reported, and what is under way comes to its end
            await until(lambda: all_are("connected", "limited"))
            await until(lambda: self.events.kinds("newbtc@trade")[-1:] != ["connecting"])
        await until(lambda: "connected" in self.events.kinds("newbtc@trade"))
        assert len(self.server.dials) >= 3 * 30
        assert self.server.dials.index("/ws/newbtc@trade") == 60
        assert max(info["seconds"] for info in self.events.of("limited")) <= 30

    async def test_pings_that_piled_up_behind_a_slow_callback_have_one_pong(self):
        """Six pings and messages in one chunk, two seconds for each: the exchange allows five in a second."""
        pongs: list[bytes] = []
        self.patch(ServedConnection, "onPong", lambda connection, payload: pongs.append(payload))

        def slow(message: dict[str, Any]) -> None:
            self.got(message)
            self.clock.advance(2)

        self.manager().start_trade_socket("BNBBTC", slow)
        connection = await self.opened()
        frames = b"".join(b"\x89\x01%d\x81\x02{}" % number for number in range(6))
        connection.transport.write(frames)
        await until(lambda: len(self.got) == 6 and pongs)
        await turns()
        assert pongs == [b"5"]

    async def test_pings_in_a_burst_are_answered_within_the_limit(self):
        """Four pongs in 1.1 s, and the last ping has one in any case."""
        pongs: list[bytes] = []
        self.patch(ServedConnection, "onPong", lambda connection, payload: pongs.append(payload))
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        for number in range(10):
            connection.sendPing(b"%d" % number)
            connection.send({"e": "trade", "t": number})
            await until(lambda number=number: len(self.got) == number + 1)
            await turns(3)
        await until(lambda: len(pongs) == 4)
        assert pongs == [b"0", b"1", b"2", b"3"]
        self.clock.advance(1.0)
        await turns()
        assert len(pongs) == 4
        self.clock.advance(0.1)
        await until(lambda: len(pongs) == 5)
        assert pongs[4] == b"9"

    async def test_a_connection_that_ends_while_a_pong_waits_leaves_no_timer(self):
        """What was to be sent is forgotten with the connection."""
        bm = self.manager(max_retries=0)
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.pinged(10)
        connection.reset()
        await until(lambda: len(self.got) == 2)
        assert self.got[1] == {"e": "error", "m": "Max reconnect retries reached"}
        assert self.clock.getDelayedCalls() == []

    async def pinged(self, count: int) -> ServedConnection:
        """The first connection, once so many pings have come on it, and a message behind them."""
        connection = await self.opened()
        for number in range(count):
            connection.sendPing(b"%d" % number)
        connection.send({"e": "trade", "t": 1})
        await until(lambda: self.got)
        return connection
