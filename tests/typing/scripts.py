"""Calls as scripts make them, and the types that mypy has to find for them; it is never run."""

import asyncio
import queue
from collections.abc import Callable
from decimal import Decimal
from typing import Any, assert_type

from binance import SIDE_BUY, BinanceAPIException, BinanceSocketManager, Client, __version__
from binance.consumers import Consumer, Feed, Inbox, Latest, in_loop, in_thread
from binance.depthcache import DepthCache, DepthCacheManager
from binance.endpoints import SPOT_TESTNET, Endpoints
from binance.events import Event
from binance.exceptions import BinanceRequestException
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager as Same


def sockets(client: Client, process: Callable[[dict[str, Any]], None]) -> None:
    """What ``start_*`` returned goes into every call that takes a connection key."""
    events: list[Event] = []
    bm: Same = BinanceSocketManager(client, endpoints=SPOT_TESTNET, max_retries=None, on_event=events.append)
    conn_key = bm.start_trade_socket("BNBBTC", process)
    assert_type(conn_key, str | bool)
    key = bm.start_multiplex_socket(["bnbbtc@trade"], print, name="some")
    bm.subscribe(key, ["ethbtc@trade"])
    bm.unsubscribe(key, {"bnbbtc@trade"})
    assert_type(bm.streams(key), list[str])
    assert_type(bm.stats(key), dict[str, Any])
    bm.stop_socket(conn_key)
    with bm as same:
        assert_type(same, BinanceSocketManager)
    assert_type(bm.join(1.5), None)
    bm.setDaemon(bm.isDaemon())
    bm.name = bm.getName()
    number: int | None = bm.ident
    print(number, [(event.kind, event.conn_key, event.time, event.info) for event in events])
    print(bm.trade_socket)  # type: ignore[attr-defined]


def order_books(bm: BinanceSocketManager, client: Client) -> None:
    """A book's callback gets the book; a cache has floats, as it always had."""
    books: queue.Queue[Any] = queue.Queue()
    bm.refresh_order_book(bm.start_order_book_socket("BNBBTC", books.put, audit=True))
    caches: list[DepthCache | None] = []
    cache = DepthCacheManager(client, "BNBBTC", caches.append, bm=bm).get_depth_cache()
    if cache is not None:
        assert_type(cache.get_bids(), list[list[float]])


class Counter(Consumer):
    """A consumer of one's own."""

    def __init__(self) -> None:
        self.count = 0

    def take(self, feed: Feed, messages: list[Any]) -> None:
        self.count += len(messages)
        feed.handed_on(len(messages), feed.seconds() - feed.came_at_s)

    def failed(self, feed: Feed, message: dict[str, Any]) -> None:
        print(feed.conn_key, message["m"])


async def store(message: dict[str, Any]) -> None:
    print(message["e"])


async def consumers(bm: BinanceSocketManager) -> None:
    """Every consumer is a callback, and what is read of one has a type."""
    inbox = Inbox(limit=1_000, when_full="drop_newest")
    latest = Latest(by="symbol")
    for consumer in (inbox, latest, Counter(), in_thread(print, batch=True)):
        bm.start_trade_socket("BNBBTC", consumer)
    bm.start_trade_socket("BNBBTC", in_loop(store, asyncio.get_running_loop()))
    async for message in inbox:
        print(message["e"])
    assert_type(latest.wait(timeout=1), bool)
    assert_type(latest.age_s("BNBBTC"), float)
    assert_type(latest.errors, dict[str, dict[str, Any]])


def calls(client: Client) -> Any:
    """The client's errors have what the exchange said; amounts are text or numbers of any kind."""
    print(client.ws_get_order_book)  # type: ignore[attr-defined]
    try:
        return client.order_limit(symbol="BNBBTC", side=SIDE_BUY, quantity=Decimal("0.5"), price="0.01")
    except BinanceAPIException as exc:
        assert_type(exc.status_code, int | None)
        assert_type(exc.code, int | None)
    except BinanceRequestException as exc:
        assert_type(exc.client_order_id, str | None)
    return __version__ + "!"


def against_the_sandbox() -> Endpoints:
    with Sandbox(seed=7, symbols=20) as sandbox:
        assert_type(sandbox.cut("bnbbtc@trade", how="reset"), int)
        return Endpoints.sandbox(sandbox.host, sandbox.port)
