"""Faults without end, a few seconds of three seeds; :mod:`tests.chaos` goes on for as long as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import Endpoints
from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS
from binance.websockets import BinanceSocketManager

from ..chaos import (
    API_KEY,
    FAULTS,
    FAULTS_WITHOUT_IDS,
    FUTURES,
    FUTURES_MARKET,
    SECRET,
    Ledger,
    start,
    start_futures,
    start_without_ids,
)
from ..support import ManagerCase, turns, until


@pytest.mark.parametrize(
    ("came", "gaps", "words"),
    [
        ([1, 2, 3, 5], [(3, 4)], None),
        ([1, 2, 3, 5], [], "1 were sent, and neither came nor were named, [4]"),
        ([1, 2, 4, 5], [(2, 4)], "1 came, and were named as missing, [4]"),
        ([1, 2, 3, 4, 5, 6], [], "1 came, and were never sent, [6]"),
    ],
)
def test_the_comparison_with_what_was_sent_finds_what_is_wrong(came, gaps, words):
    """An id that is lost without a name, one that came and is named as missing, and one out of the air."""
    ledger = Ledger()
    stream = "combined usdm:btcusdt@depth@100ms"
    ledger.came[stream], ledger.gaps[stream] = came, gaps
    ledger.came["combined usdm:btcusdt@markPrice@1s"] = [1, 2, 2]
    log = [{"fault": "duplicate", "stream": "usdm:btcusdt@markPrice@1s"}]
    ledger.compare({"usdm:btcusdt@depth@100ms": [1, 2, 3, 4, 5]}, log)
    found = [line.partition(": ")[2] for line in ledger.wrong]
    assert words is None or words in found
    assert (found == []) is (words is None)
    ledger.wrong.clear()
    ledger.compare({"usdm:btcusdt@depth@100ms": [1, 2, 3, 4, 5]}, [])
    assert "combined usdm:btcusdt@markPrice@1s: 1 came twice, 0 by the exchange" in ledger.wrong


class Chaos(ManagerCase):
    """Against the sandbox in this process, with shorter waits and many more faults than in life."""

    timeout = 60

    async def through(
        self,
        seed: int,
        begin: Callable[[BinanceSocketManager, Ledger], None] = start,
        lifetime_s: float = 1.0,
        **market: Any,
    ) -> tuple[Ledger, Exchange]:
        """Half a hundred faults; then all sockets must come back, and nothing may be unaccounted for."""
        given = {"rate": 200, "symbols": ["BNBBTC", "ETHBTC"], **market}
        exchange = Exchange(reactor, seed=seed, limits=NO_LIMITS, **given)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        ledger = Ledger()
        self.quick(retries_s=(0.05,) * 5)
        bm = self.manager(
            on_event=ledger.on_event, max_retries=None, silence_s=5, lifetime_s=lifetime_s, handover_s=0.5
        )
        begin(bm, ledger)
        exchange.delay(0.05, each=True)
        exchange.chaos(seed, 0.1, FAULTS)
        await until(lambda: len(exchange.chaos_state()["done"]) >= 50)
        exchange.stop_chaos()
        exchange.clear()
        before = dict(ledger.delivered)
        await until(lambda: all(ledger.delivered[stream] > before[stream] for stream in before))
        assert ledger.wrong == []
        assert ledger.events["rotated"] > 0
        bm.close()
        await until(lambda: not exchange.open_connections)
        await turns()
        return ledger, exchange

    async def test_both_connections_of_a_socket_of_futures_lose_nothing_without_a_name(self):
        """Depth by its chain, aggregate trades, book tickers and mark prices of two categories, with moves:
        what came and what gaps name is, id by id, what the exchange has sent.
        """
        ledger, exchange = await self.through(5, start_futures, 0.5, speed=10, **FUTURES_MARKET)
        ledger.compare(exchange.sent, exchange.fault_log)
        assert ledger.wrong == []
        assert len(ledger.came) == len(FUTURES) and ledger.gaps
        assert {path.split("/")[1] for _, path in exchange.dials} == {"public", "market"}

    async def test_nothing_of_an_account_comes_twice(self):
        """Nor goes back, like the top of a book, whatever befalls the connections, slow as they are."""
        options = {"seed": 4, "rate": 50, "symbols": ["BNBBTC"], "limits": NO_LIMITS}
        exchange = Exchange(reactor, api_keys={API_KEY: SECRET}, **options)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        ledger = Ledger()
        self.quick(retries_s=(0.05,) * 5)
        client = Client(API_KEY, SECRET, endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        given = {"max_retries": None, "silence_s": 5, "lifetime_s": 1.0, "handover_s": 0.5}
        bm = self.manager(client, on_event=ledger.on_event, **given)
        start_without_ids(bm, ledger)
        await until(lambda: ledger.events["connected"] == 3)
        exchange.delay(0.3, each=True)
        exchange.chaos(4, 0.2, FAULTS_WITHOUT_IDS)
        while len(exchange.chaos_state()["done"]) < 30:
            exchange.fill("BNBBTC", quantity="0.01", api_key=API_KEY)
            await turns(20)
        exchange.stop_chaos()
        exchange.clear()
        before = ledger.delivered["account"]
        while ledger.delivered["account"] <= before:
            exchange.fill("BNBBTC", quantity="0.01", api_key=API_KEY)
            await turns(20)
        assert ledger.wrong == []
        assert ledger.events["rotated"] > 0
        bm.close()
        await until(lambda: not exchange.open_connections)
        await turns()

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_1(self):
        """Cuts, stalls, refusals, shutdowns, rotations, malformed payloads: nothing is unaccounted for."""
        ledger, _ = await self.through(1)
        assert ledger.delivered["bnbbtc@trade"] > 0

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_2(self):
        """Another seed."""
        ledger, _ = await self.through(2)
        assert ledger.delivered["bnbbtc@trade"] > 0

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_3(self):
        """A third."""
        ledger, _ = await self.through(3)
        assert ledger.delivered["bnbbtc@trade"] > 0
