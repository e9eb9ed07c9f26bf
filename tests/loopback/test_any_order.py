"""Streams come and go, asked for by several threads, while connections are cut and moved and answers lost."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter
from typing import Any

from twisted.internet import reactor

from binance.sandbox.limits import NO_LIMITS

from ..chaos import CHANGING, OWNED, Ledger, bring_back, carried, start_changing
from ..sandbox_case import StreamsCase
from ..support import turns, until

SYMBOLS = ["NEOBTC", "LTCBTC", "ETHUSDT"]
#: What happens; some of it more often.
HOW = ["cut", "cut", "shutdown", "shutdown", "refuse", "bad", "ignore", "unanswered", "late", "frames"]
BAD = "neobtc@bookTicker"


class AnyOrder(StreamsCase):
    """Seeded runs; what happens between two threads differs from run to run."""

    def disturb(self, rng: random.Random) -> None:
        """Something happens to the connections, or to what is asked on them."""
        exchange = self.exchange
        how = rng.choice([*HOW, "stop"])
        numbers = list(exchange.streams())
        if how == "cut" and numbers:
            exchange.cut(f"#{rng.choice(numbers)}", how=rng.choice(("reset", "close", "drop")))
        elif how == "shutdown" and numbers:
            exchange.server_shutdown(f"#{rng.choice(numbers)}")
        elif how == "refuse":
            exchange.refuse(times=rng.randint(1, 2))
        elif how == "bad":
            exchange.control("refuse", times=rng.randint(1, 2), null_id=rng.random() < 0.5, stream=BAD)
        elif how == "frames":
            exchange.late_frames(rng.randint(0, 3))
        elif how == "stop":
            self.start_again()
        elif how in ("ignore", "unanswered", "late"):
            exchange.control(how, times=rng.randint(1, 3), seconds=rng.uniform(0, 1.0))

    def start_again(self) -> None:
        """Stop the socket, and start it without any stream, between two changes of each thread."""
        with contextlib.ExitStack() as stack:
            for changer in self.changers:
                stack.enter_context(changer.pausing)
            for names in OWNED:
                self.ledger.part(names)
            self.bm.stop_socket(CHANGING)
            for names in OWNED:
                self.ledger.leave(names)
            self.first_streams = []
            self.events.clear()
            assert self.bm.start_multiplex_socket([], self.callback, name=CHANGING) == CHANGING

    def carries_what_was_asked_for(self) -> bool:
        """Whether the exchange sends these streams, each once; one whose end it refused may go on."""
        sent, asked = Counter(carried(self.exchange.streams())), Counter(self.bm.streams(CHANGING))
        return not asked - sent and (sent - asked).keys() <= {BAD}

    def last_told(self) -> set[str]:
        """The streams that are in force by the events alone."""
        streams = set(self.first_streams)
        for event in self.events:
            if event.conn_key == CHANGING and event.kind == "subscribed":
                streams.update(event.info["streams"])
            elif event.conn_key == CHANGING and event.kind in ("unsubscribed", "refused"):
                streams.difference_update(event.info.get("streams", ()))  # none: it came too late
        return streams

    async def through(
        self, seed: int, changes: int = 60, mean_s: float = 0.03, most: int = 6, delay_s: float = 0.0
    ) -> Ledger:
        """Many changes and disturbances; then the exchange has what the manager says."""
        exchange = self.exchange_here(seed=seed, symbols=SYMBOLS, rate=300, limits=NO_LIMITS)
        ledger = self.ledger = Ledger()
        self.quick(retry_longest_s=0.02, request_s=0.15, move_again_s=0.05, messages=1000)
        exchange.delay(delay_s, each=True)

        def on_event(event: Any) -> None:
            ledger.on_event(event)
            self.events(event)

        self.bm = bm = self.manager(on_event=on_event, max_retries=None, lifetime_s=None, handover_s=0.3)
        stopped = threading.Event()
        self.changers, self.callback = start_changing(bm, ledger, seed, reactor.callFromThread, stopped, most)
        self.first_streams = bm.streams(CHANGING)
        threads = [threading.Thread(target=one.run, args=(stopped, mean_s)) for one in self.changers]
        self.addCleanup(stopped.set)
        for thread in threads:
            thread.start()
        rng = random.Random(seed)
        while sum(one.changes for one in self.changers) < changes:
            self.disturb(rng)
            await turns(rng.randint(1, 60))
        stopped.set()
        await until(lambda: not any(thread.is_alive() for thread in threads))
        exchange.clear()
        await turns()
        await until(self.carries_what_was_asked_for)
        bring_back(bm, ledger)
        before = ledger.delivered["combined ethusdt@trade"]
        await until(lambda: ledger.delivered["combined ethusdt@trade"] > before)
        await until(self.carries_what_was_asked_for)
        assert ledger.wrong == []
        await until(lambda: self.last_told() == set(bm.streams(CHANGING)))
        bm.close()
        await until(lambda: not exchange.open_connections)
        await turns()
        return ledger

    async def test_it_ends_with_what_was_asked_for_seed_1(self):
        """Whatever the order: exactly these streams, nothing of others, each id once or named."""
        await self.through(1)

    async def test_it_ends_with_what_was_asked_for_seed_2(self):
        """Another seed."""
        await self.through(2)

    async def test_it_ends_with_what_was_asked_for_seed_3(self):
        """A third."""
        await self.through(3)
