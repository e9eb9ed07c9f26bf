"""Applies changes to an order book, and reads the best 20 levels of each side after each; prints the rate.

    python books.py ours --levels 1000 --changes 60 --events 1000

The changes are those of a busy market, the same for each client: two thirds or so are of quantities, the
others are levels that come and go, most of them near the best price. What is measured begins with decoded
messages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Callable
from typing import Any

#: Of all changes, levels that come or go.
COME_OR_GO = 0.35
BEST = 20
MIDDLE = 6_400_000

Rows = list[list[str]]
Message = dict[str, Any]
#: Applies a message; returns the best levels, bids and asks.
Step = Callable[[Message], tuple[Any, Any]]


def price(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02}000000"


def messages(levels: int, changes: int, events: int, seed: int = 1) -> list[Message]:
    """A snapshot of *levels* a side, and diffs of *changes* levels, each with ids and names as on spot."""
    rng = random.Random(seed)
    books: list[dict[int, None]] = [{}, {}]
    for book, sign in zip(books, (-1, 1), strict=True):
        while len(book) < levels:
            book[MIDDLE + sign * (1 + int(rng.expovariate(1 / (levels * 1.2))))] = None
    known = [list(book) for book in books]
    sides = ([[price(ticks), "1.50000000"] for ticks in sorted(book)] for book in books)
    made: list[Message] = [{"lastUpdateId": 0, **dict(zip(("bids", "asks"), sides, strict=True))}]
    for number in range(1, events + 1):
        rows: list[dict[int, str]] = [{}, {}]
        for changed, book, listed, sign in zip(rows, books, known, (-1, 1), strict=True):
            for _ in range(changes // 2):
                what = rng.random()
                place = rng.randrange(len(listed))
                ticks = listed[place]
                quantity = f"{rng.random() * 10 + 0.01:.8f}"
                if what < COME_OR_GO / 2 and len(book) > levels * 0.9:
                    listed[place] = listed[-1]
                    listed.pop()
                    del book[ticks]
                    quantity = "0.00000000"
                elif what < COME_OR_GO and len(book) < levels * 1.1:
                    ticks = MIDDLE + sign * (1 + int(rng.expovariate(1 / (levels * 1.2))))
                    if ticks not in book:
                        book[ticks] = None
                        listed.append(ticks)
                changed[ticks] = quantity
        bids, asks = ([[price(ticks), text] for ticks, text in changed.items()] for changed in rows)
        made.append({"e": "depthUpdate", "E": number, "U": number, "u": number, "b": bids, "a": asks})
    decoded: list[Message] = json.loads(json.dumps(made))
    return decoded


def ours(snapshot: Message) -> Step:
    from binance.order.book_sync import BookSync, Chain, Decision
    from binance.venues.catalogue import CATALOGUES, kind_of

    kind = kind_of("bnbbtc@depth", CATALOGUES["spot"])
    assert kind is not None
    sync = BookSync("BNBBTC", Chain(kind))
    sync.quiet()
    sync.asked()
    sync.snapshot(snapshot)
    book = sync.book

    def step(message: Message) -> tuple[Any, Any]:
        assert sync.event(message) is Decision.APPLIED
        return book.bids(BEST), book.asks(BEST)

    return step


def python_binance_cache(snapshot: Message) -> Step:
    from binance.ws.depthcache import DepthCache

    cache = DepthCache("BNBBTC")

    def step(message: Message) -> tuple[Any, Any]:
        for bid in message["b"]:
            cache.add_bid(bid)
        for ask in message["a"]:
            cache.add_ask(ask)
        return cache.get_bids()[:BEST], cache.get_asks()[:BEST]

    step({"b": snapshot["bids"], "a": snapshot["asks"]})
    return step


def ubldc(snapshot: Message) -> Step:
    from unicorn_binance_local_depth_cache import BinanceLocalDepthCacheManager as Manager

    manager = Manager.__new__(Manager)  # without its threads and its connections
    manager.depth_caches, manager.threading_lock_ask, manager.threading_lock_bid = {}, {}, {}
    manager.default_refresh_interval, manager.stop_request = None, False
    manager._add_depthcache("bnbbtc")

    def step(message: Message) -> tuple[Any, Any]:
        manager._apply_updates(asks=message["a"], bids=message["b"], market="bnbbtc")
        best = (read(market="bnbbtc", limit_count=BEST) for read in (manager.get_bids, manager.get_asks))
        bids, asks = best
        return bids, asks

    manager._apply_updates(asks=snapshot["asks"], bids=snapshot["bids"], market="bnbbtc")
    manager.depth_caches["bnbbtc"]["is_synchronized"] = True
    return step


STEPS = {"ours": ours, "python_binance_cache": python_binance_cache, "ubldc": ubldc}


def digest(sides: tuple[Any, Any]) -> str:
    """The same for the same levels, however they are written."""
    numbers = [[[float(number) for number in row] for row in side] for side in sides]
    return hashlib.sha256(repr(numbers).encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("client", choices=list(STEPS))
    parser.add_argument("--levels", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--events", type=int, default=1000)
    options = parser.parse_args()
    snapshot, *changes = messages(options.levels, options.changes, options.events)
    step = STEPS[options.client](snapshot)
    began = time.perf_counter()
    for message in changes:
        best = step(message)
    seconds = time.perf_counter() - began
    print(json.dumps({"rate": len(changes) / seconds, "digest": digest(best)}))


if __name__ == "__main__":
    main()
