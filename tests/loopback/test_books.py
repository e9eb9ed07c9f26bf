"""Order books kept by sockets, against the sandbox: as the exchange has them at each id, or lost."""

from __future__ import annotations

import os
import random
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import LoopingCall

from binance.client import Client
from binance.consumers import Inbox, Latest, in_thread
from binance.endpoints import Endpoints
from binance.exceptions import InvalidArgument, InvalidStream
from binance.order.book import OrderBook
from binance.sandbox.limits import NO_LIMITS

from ..books import Truth
from ..sandbox_case import StreamsCase
from ..support import turns, until

#: How many seeds the chaos has; two in the suite.
SEEDS = int(os.environ.get("BOOK_CHAOS_SEEDS", "2"))
#: What may happen to messages and connections; REST has its own.
FAULTS = ["cut", "stall", "duplicate", "reorder", "skip", "delay", "server_shutdown"]
#: The books: venue, symbol, and whether best prices are compared.
BOOKS = [
    ("spot", "BNBBTC", False),
    ("spot", "ETHBTC", True),
    ("usdm", "BTCUSDT", True),
    ("coinm", "BTCUSD_PERP", False),
]


class Kept:
    """A callback of a book socket that compares the book with the truth each time."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.book: OrderBook | None = None
        self.wrong: list[str] = []
        self.errors: list[dict[str, Any]] = []
        self.compared = 0

    def __call__(self, book: Any) -> None:
        if isinstance(book, dict):
            self.errors.append(book)
            return
        self.book = book
        self.compared += 1
        if not book.synced:
            self.wrong.append(f"{book.symbol}: delivered while it was lost")
        differs = self.truth.differs(book)
        if differs is not None:
            self.wrong.append(differs)

    @property
    def is_synced(self) -> bool:
        return self.book is not None and self.book.synced


class BooksCase(StreamsCase):
    """A sandbox in this process, a manager, and what is true at each id."""

    def setUp(self) -> None:
        super().setUp()
        self.quick(
            call_again_s=0.02,
            call_again_longest_s=0.2,
            snapshot_s=0.5,
            book_quiet_s=5.0,
            rest_s=1.0,
            steady_s=0.2,
        )

    def exchange_here(self, **options: Any) -> Any:
        given = {
            "limits": NO_LIMITS,
            "rate": 60,
            "usdm_symbols": ["BTCUSDT"],
            "coinm_symbols": ["BTCUSD_PERP"],
            **options,
        }
        return super().exchange_here(**given)

    def truth(self, venue: str, symbol: str) -> Truth:
        books = self.exchange.market.books if venue == "spot" else self.exchange.derivatives.futures.books
        return Truth(books[symbol])

    def keep(self, bm: Any, symbol: str = "BNBBTC", venue: str = "spot", **options: Any) -> Kept:
        kept = Kept(self.truth(venue, symbol))
        key = bm.start_order_book_socket(symbol, kept, venue=venue, **{"limit": 100, **options})
        assert isinstance(key, str)
        return kept

    def client(self) -> Client:
        client = Client(endpoints=self.endpoints, requests_params={"timeout": 0.5})
        client.timings = self.timings
        return client


class Chaos(BooksCase):
    """Everything that may happen to messages, connections and REST, for a while; then peace."""

    async def chaos(self, seed: int) -> None:
        exchange, rng = self.exchange_here(), random.Random(seed)
        bm = self.manager(self.client(), max_retries=None, handover_s=0.1, silence_s=1)
        kept = [self.keep(bm, symbol, venue, audit=audit) for venue, symbol, audit in BOOKS]
        await until(lambda: all(one.is_synced for one in kept))
        old = {path: self.snapshot(path) for path in ("/api/v3/depth", "/fapi/v1/depth")}

        def disturb_rest() -> None:
            how = rng.choice(["down", "limited", "stale", "stale", "reset", "slow", "refuse"])
            path = rng.choice(list(old))
            if how == "down":
                exchange.rest(down=503, match="depth", lasting_s=0.1)
            elif how == "limited":
                error = {"code": -1003, "msg": "Too much request weight used"}
                exchange.rest_answer("GET", path, error, status=429, times=1, headers={"Retry-After": "0"})
            elif how == "stale":
                exchange.rest_answer("GET", path, old[path], times=1)
                exchange.skip("bnbbtc@depth" if path.startswith("/api") else "btcusdt@depth")
            elif how == "reset":
                exchange.rest(how="reset", match="depth", lasting_s=0.1)
            elif how == "refuse":
                exchange.refuse(times=2)
            else:
                exchange.rest(delay_s=0.2, match="depth", lasting_s=0.2)

        exchange.chaos(seed=seed, mean_s=0.06, kinds=FAULTS)
        loop = LoopingCall(disturb_rest)
        ended = loop.start(0.1)
        before = sum(one.compared for one in kept)
        started = reactor.seconds()
        await until(lambda: reactor.seconds() > started + 1.5)
        loop.stop()
        await ended
        exchange.clear()
        exchange.rest()
        exchange.forget_rest_answers()
        compared = [one.compared for one in kept]
        await until(
            lambda: all(
                one.is_synced and one.compared > count + 2 for one, count in zip(kept, compared, strict=True)
            )
        )
        assert [wrong for one in kept for wrong in one.wrong] == []
        assert sum(one.compared for one in kept) > before + 10
        lost, synced = (self.events.of(kind) for kind in ("book_lost", "book_synced"))
        assert {info["symbol"] for info in lost}, "chaos has done nothing"
        assert "audit" not in {info["reason"] for info in lost}
        assert len(synced) > len(kept)

    def snapshot(self, path: str) -> dict[str, Any]:
        """What REST answers now, for later."""
        symbol = "BNBBTC" if path.startswith("/api") else "BTCUSDT"
        books = (
            self.exchange.market.books if path.startswith("/api") else self.exchange.derivatives.futures.books
        )
        book = books[symbol]
        rows = [
            [[f"{price / 10**8:.8f}", f"{amount / 10**8:.8f}"] for price, amount in side.levels(100)]
            for side in (book.bid, book.ask)
        ]
        return {"lastUpdateId": book.update_id, "bids": rows[0], "asks": rows[1]}


def _seeded(seed: int) -> Any:
    def test(self: Chaos) -> Any:
        from twisted.internet.defer import Deferred

        return Deferred.fromCoroutine(self.chaos(seed))

    test.__doc__ = (
        f"Seed {seed}: every book that is handed over is the exchange's at its id, and all come back."
    )
    return test


for _seed in range(1, SEEDS + 1):
    setattr(Chaos, f"test_seed_{_seed}", _seeded(_seed))


class Life(BooksCase):
    """How a book begins, is lost, and comes back."""

    async def test_a_book_is_delivered_after_each_change(self):
        """From the snapshot on, with the exchange's ids, in its text; the key says whose book it is."""
        self.exchange_here()
        bm = self.manager(None)
        kept, future = self.keep(bm), self.keep(bm, "btcusdt".upper(), "usdm")
        assert sorted(bm.stats()) == ["book:bnbbtc", "usdm:book:btcusdt"]
        assert bm.start_order_book_socket("bnbbtc", kept) is False
        await until(lambda: kept.compared > 3 and future.compared > 3)
        assert (kept.wrong, future.wrong) == ([], [])
        assert kept.book.symbol == "BNBBTC" and kept.book.event_time > 10**12
        assert self.events.kinds("book:bnbbtc")[:3] == ["connecting", "connected", "book_synced"]
        [info] = [event.info for event in self.events if event.kind == "book_synced"][:1]
        assert set(info) == {"symbol", "last_update_id", "seconds", "reason"} and info["reason"] == "start"

    async def test_a_cut_loses_the_book_and_it_comes_back(self):
        """Nothing is delivered while it is lost; events say when it was, and for how long."""
        self.exchange_here()
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: kept.compared > 1)
        self.exchange.cut()
        await until(lambda: self.events.of("book_lost"))
        assert not kept.book.synced
        await until(lambda: len(self.events.of("book_synced")) == 2)
        [lost] = self.events.of("book_lost")
        assert lost["reason"] == self.events.of("book_synced")[1]["reason"] == "disconnected"
        assert kept.wrong == []

    async def test_a_gap_is_reported_once_and_others_go_on(self):
        """A message that was left out costs the book of its symbol a snapshot, and no other."""
        self.exchange_here()
        bm = self.manager(self.client())
        kept, other = self.keep(bm), self.keep(bm, "ETHBTC")
        await until(lambda: kept.compared > 1 and other.compared > 1)
        self.exchange.skip("bnbbtc@depth")
        await until(lambda: len(self.events.of("book_synced")) == 3)
        assert [info["symbol"] for info in self.events.of("book_lost")] == ["BNBBTC"]
        assert [info["reason"] for info in self.events.of("book_lost")] == ["gap"]
        assert len(self.events.of("gap")) == 1
        assert (kept.wrong, other.wrong) == ([], [])

    async def test_a_planned_move_does_not_lose_it(self):
        """The new connection goes on from the change that the old one brought last; on futures, too."""
        self.exchange_here()
        bm = self.manager(self.client(), handover_s=0.2)
        kept, future = self.keep(bm), self.keep(bm, "BTCUSDT", "usdm")
        await until(lambda: kept.compared > 1 and future.compared > 1)
        self.exchange.server_shutdown("bnbbtc")
        self.exchange.server_shutdown("usdm:")
        await until(lambda: len(self.events.of("rotated")) == 2)
        counts = kept.compared, future.compared
        await until(lambda: kept.compared > counts[0] + 2 and future.compared > counts[1] + 2)
        assert self.events.of("book_lost") == [] and self.events.of("gap") == []
        assert (kept.wrong, future.wrong) == ([], [])

    async def test_ids_that_restart_cost_a_snapshot(self):
        """The exchange restarts its ids: the book is lost, and the next one has the new ids."""
        self.quick(reset_s=0.1)
        self.exchange_here()
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: kept.compared > 1)
        book = self.exchange.market.books["BNBBTC"]
        book.update_id, book._pushed_id = 1000, [1000, 1000]
        await until(lambda: kept.is_synced and kept.book.last_update_id < 10**6)
        assert [info["reason"] for info in self.events.of("book_lost")] == ["reset"]
        assert kept.wrong == []

    async def test_a_market_without_a_change_has_a_book(self):
        """If nothing changes after the connection was opened, the snapshot is delivered as it is."""
        self.quick(book_quiet_s=0.1)
        self.exchange_here(rate=0.01)
        kept = self.keep(self.manager(self.client()))
        await until(lambda: kept.compared == 1)
        assert kept.is_synced and kept.wrong == []

    async def test_an_audit_notices_a_level_that_was_lost_without_a_word(self):
        """Best prices at equal ids differ from the book's: it is fetched again; spot and futures."""
        self.exchange_here(rate=8)
        bm = self.manager(self.client())
        for symbol, venue in (("BNBBTC", "spot"), ("BTCUSDT", "usdm")):
            kept = self.keep(bm, symbol, venue, audit=True)
            await until(lambda kept=kept: kept.compared > 1)
            reasons: list[str] = []
            while "audit" not in reasons:
                book = kept.book
                price = self.exchange.lose_level(symbol, "BUY", venue)
                kept.truth.note()
                await until(
                    lambda book=book, price=price: not book.synced or float(book.best_bid[0]) != float(price)
                )
                await until(lambda book=book: book.synced)
                reasons = [info["reason"] for info in self.events.of("book_lost") if info["symbol"] == symbol]
            count = kept.compared
            kept.wrong.clear()
            await until(lambda kept=kept, count=count: kept.compared > count + 2)
            assert kept.wrong == []


class Consumers(BooksCase):
    """Consumers take books as they take messages."""

    async def test_books_wait_in_an_inbox_and_are_counted(self):
        """It ends with the socket, and what it dropped is in the numbers of that."""
        self.exchange_here()
        bm, inbox = self.manager(self.client()), Inbox(limit=3)
        key = bm.start_order_book_socket("BNBBTC", inbox, limit=100)
        await until(lambda: inbox.dropped > 0)
        stats = bm.stats(key)
        assert (stats["pending"], stats["dropped"]) == (3, inbox.dropped)
        assert not inbox.ended
        bm.stop_socket(key)
        books = [book async for book in inbox]
        assert len(books) == 3 and all(isinstance(book, OrderBook) for book in books)
        assert inbox.ended

    async def test_a_callback_in_a_thread_gets_books_and_may_stop_its_socket(self):
        """A list of each one if it takes batches; none after the stop."""
        self.exchange_here()
        bm = self.manager(self.client())
        got: list[list[OrderBook]] = []

        def process(books: list[OrderBook]) -> None:
            got.append(books)
            bm.stop_socket("book:bnbbtc")

        worker = in_thread(process, batch=True)
        bm.start_order_book_socket("BNBBTC", worker, limit=100)
        await until(lambda: worker.ended)
        [[book]] = got
        assert (book.symbol, bm.stats()) == ("BNBBTC", {})

    async def test_the_newest_book_is_by_its_key_or_its_symbol(self):
        """The error message of the socket is among the errors, as that of every socket."""
        self.exchange_here()
        bm = self.manager(self.client(), max_retries=0)
        for by, name in ((None, "book:bnbbtc"), ("symbol", "BNBBTC")):
            latest = Latest(by)
            bm.start_order_book_socket("BNBBTC", latest, limit=100)
            await until(lambda latest=latest: len(latest))
            assert list(latest) == [name]
            assert latest[name].symbol == "BNBBTC" and latest.age_s(name) >= 0
            self.exchange.refuse()
            self.exchange.cut()
            await until(lambda latest=latest: latest.ended)
            assert latest.errors["book:bnbbtc"]["m"] == "Max reconnect retries reached"
            self.exchange.accept()


class Refused(BooksCase):
    """What cannot be, and what ends."""

    async def test_arguments_are_checked_at_the_call(self):
        """A number of levels or an interval that the venue has not, and a client without the call."""
        self.exchange_here()
        bm, got = self.manager(None), self.got
        for limit in (0, 5001, True, "100", None):
            self.assertRaisesRegex(
                InvalidArgument, "limit is", bm.start_order_book_socket, "BNBBTC", got, limit=limit
            )
        for venue, limit in (("usdm", 200), ("options", 5)):
            self.assertRaises(
                InvalidArgument, bm.start_order_book_socket, "BTCUSDT", got, limit=limit, venue=venue
            )
        self.assertRaises(InvalidStream, bm.start_order_book_socket, "BNBBTC", got, interval=250)
        self.assertRaises(InvalidArgument, bm.start_order_book_socket, "BNBBTC", got, venue="moon")
        self.assertRaises(TypeError, bm.start_order_book_socket, "BNBBTC", None)
        other = self.manager(object())
        with self.assertRaisesRegex(InvalidArgument, "an order book needs a client with get_order_book"):
            other.start_order_book_socket("BNBBTC", got)
        with self.assertRaisesRegex(InvalidArgument, "futures_order_book"):
            other.start_order_book_socket("BTCUSDT", got, venue="usdm")
        assert bm.stats() == other.stats() == {}
        self.assertRaisesRegex(
            InvalidArgument, "no multiplex socket|not a multiplex socket", self.changed, bm
        )

    def changed(self, bm):
        bm.start_order_book_socket("BNBBTC", self.got, audit=True)
        bm.subscribe("book:bnbbtc", ["ethbtc@depth"])

    async def test_a_symbol_that_there_is_not_ends_the_socket(self):
        """The callback gets the exchange's words, once, and the key is free."""
        self.quick(book_quiet_s=0.05)
        self.exchange_here()
        bm = self.manager(self.client())
        bm.start_order_book_socket("NOSUCH", self.got)
        await until(lambda: self.got and not bm.stats())
        assert self.got == [{"e": "error", "m": "Invalid symbol."}]
        assert "gave_up" in self.events.kinds()
        assert [info["reason"] for info in self.events.of("disconnected")] == ["given up"]

    async def test_the_error_message_is_that_of_every_socket(self):
        """After the retries the callback gets it, and nothing more."""
        self.exchange_here()
        bm = self.manager(self.client(), max_retries=1)
        kept = self.keep(bm)
        await until(lambda: kept.compared > 1)
        self.exchange.refuse()
        self.exchange.cut()
        await until(lambda: kept.errors)
        assert kept.errors == [{"e": "error", "m": "Max reconnect retries reached"}]
        assert bm.stats() == {} and not kept.book.synced

    async def test_a_failing_exchange_is_asked_less_and_less(self):
        """A snapshot that fails is an event, once, and is asked for again until it comes."""
        self.exchange_here()
        self.exchange.rest(down=503, match="depth")
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: len(self.calls()) > 3)
        [lost] = self.events.of("book_lost")
        assert lost["reason"].startswith("no snapshot: ") and kept.compared == 0
        self.exchange.rest()
        await until(lambda: kept.compared)
        assert kept.wrong == []

    async def test_a_call_that_hangs_counts_as_failed(self):
        """After a while the snapshot is asked for again, by another thread."""
        self.quick(snapshot_s=0.1)
        self.exchange_here()
        self.exchange.rest(how="hang", match="depth")
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: self.events.of("book_lost"))
        assert self.events.of("book_lost")[0]["reason"] == "no snapshot: no answer for 0.1 s"
        self.exchange.rest()
        await until(lambda: kept.compared)
        assert kept.wrong == []

    async def test_a_book_is_fetched_again_when_it_is_asked_for(self):
        """It goes on meanwhile; other sockets have no book."""
        self.exchange_here()
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: kept.compared)
        bm.refresh_order_book("book:bnbbtc")
        await until(lambda: len(self.calls()) == 2)
        count = kept.compared
        await until(lambda: kept.compared > count + 2)
        assert self.events.of("book_lost") == [] and kept.wrong == []
        bm.start_trade_socket("BNBBTC", self.got)
        for key in ("bnbbtc@trade", "book:ethbtc"):
            self.assertRaises(InvalidArgument, bm.refresh_order_book, key)

    async def test_a_wait_that_the_exchange_asks_for_is_kept(self):
        """After a 429 with Retry-After no book of the process asks before that is over."""
        self.exchange_here()
        error = {"code": -1003, "msg": "Too much request weight used"}
        answer = {"status": 429, "times": 1, "headers": {"Retry-After": "1"}}
        self.exchange.rest_answer("GET", "/api/v3/depth", error, **answer)
        bm = self.manager(self.client())
        kept, other = self.keep(bm), self.keep(bm, "ETHBTC")
        await until(lambda: self.calls())
        refused_at = reactor.seconds()
        await until(lambda: kept.compared and other.compared)
        assert reactor.seconds() - refused_at > 0.8
        assert len(self.calls()) == 3

    async def test_a_stopped_book_leaves_the_queue(self):
        """Whoever is stopped while it waits, or while its snapshot is on its way, is heard of no more."""
        self.exchange_here()
        self.exchange.rest(delay_s=0.3, match="depth")
        bm = self.manager(self.client())
        kept, other = self.keep(bm), self.keep(bm, "ETHBTC")
        await until(lambda: self.calls())
        bm.stop_socket("book:bnbbtc")
        bm.stop_socket("book:ethbtc")
        await until(lambda: self.is_over("book:bnbbtc") and self.is_over("book:ethbtc"))
        await turns()
        assert kept.compared == other.compared == 0

    async def test_a_stopped_book_is_not_true_any_more(self):
        """Whoever looks at it later, in another thread perhaps, sees that nobody keeps it."""
        self.exchange_here()
        bm = self.manager(self.client())
        kept = self.keep(bm)
        await until(lambda: kept.compared)
        bm.stop_socket("book:bnbbtc")
        await until(lambda: self.is_over("book:bnbbtc"))
        assert not kept.book.synced

    async def test_without_a_connection_no_snapshot_is_asked_for(self):
        """One that was on its way is of no use then, and another one neither, until changes come again."""
        self.exchange_here()
        self.quick(retry_longest_s=0.02)
        self.exchange.rest(delay_s=0.1, match="depth")
        bm = self.manager(self.client(), max_retries=None)
        kept = self.keep(bm)
        await until(self.calls)
        self.exchange.refuse()
        self.exchange.cut()
        started = reactor.seconds()
        await until(lambda: reactor.seconds() > started + 0.5)
        assert len(self.calls()) == 1
        self.exchange.clear()
        await until(lambda: kept.compared)
        assert kept.wrong == []

    def calls(self) -> list[Any]:
        return [call for call in self.exchange.rest_calls if call.path == "/api/v3/depth"]


class OwnEndpoints(BooksCase):
    """Without a client the manager has one of its own, for the endpoints that it goes to."""

    async def test_no_client_is_needed(self):
        """Its calls go to the venue's hosts, without a key."""
        self.exchange_here()
        bm = self.manager(None, endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        kept = self.keep(bm)
        await until(lambda: kept.compared > 1)
        assert [call.path for call in self.exchange.rest_calls] == ["/api/v3/depth"]

    async def test_a_client_of_another_venue_is_not_asked(self):
        """Its snapshots would be those of another exchange than the changes."""
        self.exchange_here()
        bm = self.manager(Client(), endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        kept = self.keep(bm)
        await until(lambda: kept.compared > 1)
        assert len(self.exchange.rest_calls) == 1
