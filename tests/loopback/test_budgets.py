"""Budgets: whatever is asked for, and when, no window ever holds too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor
from twisted.internet.task import Clock

from binance.net.dial import dials
from binance.sandbox.exchange import Exchange
from binance.wire.budgets import Budget, DialBudgets
from binance.wire.timings import TIMINGS, Timings

from ..support import ManagerCase, ServedConnection, turns, until

steps = st.lists(st.floats(0, 3, allow_nan=False), max_size=60)


@given(most=st.integers(1, 8), span_s=st.floats(0.1, 10), gaps=steps)
def test_no_window_holds_more_than_the_budget(most, span_s, gaps):
    """Any moments of asking: in each span at most so many are used, in order, none too early."""
    budget, now, used = Budget(most, span_s), 0.0, []
    for gap in gaps:
        now += gap
        wait = budget.take(now)
        assert wait >= 0
        used.append(now + wait)
    assert used == sorted(used)
    for first, beyond in zip(used, used[most:], strict=False):
        assert beyond >= first + span_s - 1e-9


@given(most=st.integers(1, 8), span_s=st.floats(0.1, 10), gaps=steps)
def test_nothing_waits_longer_than_it_must(most, span_s, gaps):
    """Who waits is used at the first moment that the window allows."""
    budget, now, used = Budget(most, span_s), 0.0, []
    for gap in gaps:
        now += gap
        when = now + budget.take(now)
        earliest = used[-most] + span_s if len(used) >= most else 0.0
        assert when == pytest.approx(max(now, earliest, used[-1] if used else 0.0))
        used.append(when)


def test_a_ban_holds_back_what_is_asked_for_after_it():
    """Nothing is used before its end; the longer of two bans counts."""
    budget = Budget(5, 1.0)
    assert budget.take(10.0) == 0
    budget.close_until(17.0)
    budget.close_until(12.0)
    assert budget.take(10.5) == pytest.approx(6.5)
    assert budget.take(16.5) == pytest.approx(0.5)
    assert budget.take(20.0) == 0


def test_a_hundred_sockets_cut_at_once_dial_at_once_and_the_four_hundredth_waits():
    """The documented limit: 300 in 5 minutes of one host."""
    budget = dials(Timings()).budget("stream.binance.com", 9443)
    waits = [budget.take(0.0) for _ in range(600)]
    assert waits == [0.0] * 300 + [300.0] * 300
    assert dials(Timings()).words == "300 dials in 5 minutes"


def test_managers_share_what_is_counted_of_a_host_if_they_share_their_timings():
    """By default they do: the exchange counts a process, not a manager."""
    mine = Timings()
    assert dials(TIMINGS) is dials(TIMINGS)
    assert dials(mine) is dials(mine)
    assert dials(mine) is not dials(Timings())


def test_a_host_has_one_budget_and_a_bare_address_one_a_port():
    """The exchange counts what comes to a host; servers of one's own share an address."""
    budgets = DialBudgets(300, 300.0)
    assert budgets.of("stream.binance.com", 9443) is budgets.of("stream.binance.com", 443)
    assert budgets.of("stream.binance.com", 443) is not budgets.of("ws-api.binance.com", 443)
    for own in ("127.0.0.1", "::1", "localhost"):
        assert budgets.of(own, 1) is not budgets.of(own, 2)
        assert budgets.of(own, 1) is budgets.of(own, 1)


class Dials(ManagerCase):
    """Budgets where they are used: a manager against a scripted server, whose time the test lets pass."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = Clock()
        self.quick(clock=self.clock)
        self.addCleanup(lambda: self.assertEqual(self.clock.getDelayedCalls(), []))

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
        assert {info["budget"] for info in limited} == {"5 dials in 0.5 minutes"}
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
        assert "asked for" in info["budget"]
        assert info["seconds"] == 5.5
        self.clock.advance(5.4)
        await turns()
        assert len(exchange.dials) == 1
        self.clock.advance(0.1)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_connection_sends_no_more_than_five_messages_a_second(self):
        """Pings in a burst are answered as often as is allowed, the last of them in any case."""
        pongs: list[bytes] = []
        self.patch(ServedConnection, "onPong", lambda connection, payload: pongs.append(payload))
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.pinged(30)
        await until(lambda: len(pongs) == 5)
        self.clock.advance(1.0)
        await turns()
        assert pongs == [b"0", b"1", b"2", b"3", b"4"]
        self.clock.advance(0.1)  # what is counted is what arrives, which the network may push together
        await until(lambda: len(pongs) == 6)
        assert pongs[5] == b"29"
        connection.sendPing(b"30")
        await until(lambda: len(pongs) == 7)
        assert pongs[6] == b"30"

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
