"""Budgets: whatever is asked for, and when, no window ever holds too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor

from binance.net import protocol
from binance.sandbox.exchange import Exchange
from binance.wire import budgets
from binance.wire.budgets import DIALS_SPAN_S, MOST_DIALS, Budget, DialBudgets

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
    budget = DialBudgets().of("stream.binance.com", 9443)
    waits = [budget.take(0.0) for _ in range(2 * MOST_DIALS)]
    assert waits == [0.0] * MOST_DIALS + [DIALS_SPAN_S] * MOST_DIALS


def test_a_host_has_one_budget_and_a_bare_address_one_a_port():
    """The exchange counts what comes to a host; servers of one's own share an address."""
    budgets = DialBudgets()
    assert budgets.of("stream.binance.com", 9443) is budgets.of("stream.binance.com", 443)
    assert budgets.of("stream.binance.com", 443) is not budgets.of("ws-api.binance.com", 443)
    for own in ("127.0.0.1", "::1", "localhost"):
        assert budgets.of(own, 1) is not budgets.of(own, 2)
        assert budgets.of(own, 1) is budgets.of(own, 1)


class Dials(ManagerCase):
    """Budgets where they are used: a manager against a scripted server."""

    async def test_a_hundred_sockets_cut_at_once_come_back_within_the_budget(self):
        """All dial again at once, none is refused by the budget, and no window holds too many."""
        bm = self.manager()
        for number in range(100):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(100)
        self.patch(protocol, "RETRY_DELAYS_S", (0.05,) * 5)
        for connection in self.server.open_connections():
            connection.reset()
        await self.opened(200)
        assert len(self.server.dials) == 200
        assert "limited" not in self.events.kinds()

    async def test_dials_beyond_the_budget_wait_and_say_so(self):
        """Five may dial; the others say what they wait for and how long, and come when they may."""
        self.patch(budgets, "MOST_DIALS", 5)
        self.patch(budgets, "DIALS_SPAN_S", 0.3)
        self.patch(protocol, "_dials", DialBudgets())
        bm = self.manager()
        for number in range(12):
            bm.start_trade_socket(f"s{number}btc", self.got)
        await self.opened(12)
        limited = self.events.of("limited")
        assert [info["what"] for info in limited] == ["dial"] * 7
        assert limited[0]["budget"] == "300 dials in 5 minutes"
        assert [round(info["seconds"], 1) for info in limited] == [0.3] * 5 + [0.6] * 2

    async def test_a_socket_that_waits_for_its_dial_can_be_stopped(self):
        """Nothing is dialled for it, and no timer is left."""
        self.patch(budgets, "MOST_DIALS", 1)
        self.patch(protocol, "_dials", DialBudgets())
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await self.opened()
        bm.start_trade_socket("ETHBTC", self.got)
        await until(lambda: self.events.of("limited"))
        bm.stop_socket("ethbtc@trade")
        await until(lambda: "disconnected" in self.events.kinds())
        assert len(self.server.dials) == 1

    async def test_a_wait_that_the_exchange_asks_for_holds_for_every_socket_of_the_host(self):
        """429 with Retry-After to one: no other socket dials before it is over."""
        exchange = Exchange(reactor)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        exchange.refuse(429, times=1, retry_after_s=1)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "retrying" in self.events.kinds())
        began = reactor.seconds()
        bm.start_trade_socket("ETHBTC", self.got)
        [info] = self.events.of("limited")
        assert info["what"] == "dial"
        assert "asked for" in info["budget"]
        await until(lambda: "connected" in self.events.kinds())
        assert reactor.seconds() - began >= 0.9

    async def test_a_connection_sends_no_more_than_five_messages_a_second(self):
        """Pings in a burst are answered as often as is allowed, the last of them in any case."""
        pongs: list[tuple[float, bytes]] = []
        self.patch(
            ServedConnection,
            "onPong",
            lambda connection, payload: pongs.append((reactor.seconds(), payload)),
        )
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        for number in range(30):
            connection.sendPing(b"%d" % number)
        await until(lambda: pongs and pongs[-1][1] == b"29")
        assert [payload for _, payload in pongs] == [b"0", b"1", b"2", b"3", b"4", b"29"]
        assert pongs[5][0] - pongs[0][0] >= 1

    async def test_a_connection_that_ends_while_a_pong_waits_leaves_no_timer(self):
        """What was to be sent is forgotten with the connection."""
        bm = self.manager(max_retries=0)
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        for number in range(10):
            connection.sendPing(b"%d" % number)
        await turns(30)
        connection.reset()
        await until(lambda: self.got)
