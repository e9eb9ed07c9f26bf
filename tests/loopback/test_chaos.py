"""Faults without end, a few seconds of three seeds; :mod:`tests.chaos` goes on for as long as one likes."""

from __future__ import annotations

from twisted.internet import reactor

from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS

from ..chaos import FAULTS, Ledger, start
from ..support import ManagerCase, turns, until


class Chaos(ManagerCase):
    """Against the sandbox in this process, with shorter waits and many more faults than in life."""

    timeout = 60

    async def through(self, seed: int) -> None:
        """Half a hundred faults; then all sockets must come back, and nothing may be unaccounted for."""
        exchange = Exchange(reactor, seed=seed, rate=200, symbols=["BNBBTC", "ETHBTC"], limits=NO_LIMITS)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        ledger = Ledger()
        self.quick(retries_s=(0.05,) * 5)
        bm = self.manager(
            on_event=ledger.on_event, max_retries=None, silence_s=5, lifetime_s=1.0, handover_s=0.5
        )
        start(bm, ledger)
        exchange.delay(0.05, each=True)
        exchange.chaos(seed, 0.1, FAULTS)
        await until(lambda: len(exchange.chaos_state()["done"]) >= 50)
        exchange.stop_chaos()
        exchange.clear()
        before = dict(ledger.delivered)
        await until(lambda: all(ledger.delivered[stream] > before[stream] for stream in before))
        assert ledger.wrong == []
        assert ledger.delivered["bnbbtc@trade"] > 0
        assert ledger.events["rotated"] > 0
        bm.close()
        await until(lambda: not exchange.open_connections)
        await turns()

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_1(self):
        """Cuts, stalls, refusals, shutdowns, rotations, malformed payloads: nothing is unaccounted for."""
        await self.through(1)

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_2(self):
        """Another seed."""
        await self.through(2)

    async def test_every_id_is_delivered_once_or_named_by_one_gap_seed_3(self):
        """A third."""
        await self.through(3)
