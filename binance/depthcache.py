"""The depth caches of python-binance 0.7: order books with prices and quantities as floats.

They are kept as :meth:`binance.websockets.BinanceSocketManager.start_order_book_socket` keeps a book: joined
with the exchange's snapshot, checked with every change, and fetched again when something was missed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from binance.exceptions import ManagerError
from binance.order.book import ZEROS, OrderBook
from binance.packaging.newer import explain_names_of
from binance.process.runner import in_reactor_thread
from binance.sockets.functions import check_function
from binance.websockets import BinanceSocketManager

explain_names_of(__name__)

#: Seconds between two looks whether there is a manager still, while the first snapshot is waited for.
_LOOK_S = 0.5


class DepthCache:
    """The bids and asks of one symbol.

    :param symbol: whose.
    :ivar update_time: when the exchange sent the last change, in milliseconds; None before there was one.
    """

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.update_time: int | None = None
        self._bids: dict[str, float] = {}
        self._asks: dict[str, float] = {}

    def add_bid(self, bid: Any) -> None:
        """Set a level, ``[price, quantity]``; with no quantity it is removed."""
        _set(self._bids, bid)

    def add_ask(self, ask: Any) -> None:
        """As :meth:`add_bid`."""
        _set(self._asks, ask)

    def get_bids(self) -> list[list[float]]:
        """The bids, highest first, ``[[price, quantity], ...]``."""
        return self.sort_depth(self._bids, reverse=True)

    def get_asks(self) -> list[list[float]]:
        """The asks, lowest first."""
        return self.sort_depth(self._asks)

    @staticmethod
    def sort_depth(vals: dict[str, float], reverse: bool = False) -> list[list[float]]:
        """Levels by price, ascending; *reverse*: descending.

        :param vals: quantity by price.
        """
        levels = [[float(price), quantity] for price, quantity in vals.copy().items()]
        return sorted(levels, key=itemgetter(0), reverse=reverse)


class _BookCache(DepthCache):
    """What a depth cache shows of an order book."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.book: OrderBook | None = None

    def get_bids(self) -> list[list[float]]:
        return super().get_bids() if self.book is None else _floats(self.book.bids())

    def get_asks(self) -> list[list[float]]:
        return super().get_asks() if self.book is None else _floats(self.book.asks())


class BaseDepthCacheManager:
    """What the managers have in common.

    :param client: the REST client, which fetches snapshots.
    :param symbol: e.g. ``"BNBBTC"``.
    :param callback: called with the :class:`DepthCache` after each change, and with None when it was given
        up; in the reactor's thread.
    :param refresh_interval: seconds after which another snapshot is fetched, while changes go on; None or 0:
        half an hour.
    :param bm: the socket manager to use; default: one of its own. It is started if it was not.
    :param limit: levels of each side that a snapshot has; more than the venue has count as all it has.
    :raises ManagerError: if *bm* has a book of this symbol already.
    :raises BinanceAPIException: if there is no such symbol.

    It returns when the cache is filled; in a callback, and before an application's own reactor runs, it
    returns at once, and the cache is filled later.
    """

    DEFAULT_REFRESH = 60 * 30
    _venue: str | None = None
    _conn_key: str = ""
    _cache: DepthCache | None

    def __init__(
        self,
        client: Any,
        symbol: str,
        callback: Callable[[DepthCache | None], object] | None = None,
        refresh_interval: float | None = None,
        bm: BinanceSocketManager | None = None,
        limit: int = 10,
    ) -> None:
        self._start(client, symbol, callback, refresh_interval, bm, limit, None)

    def get_depth_cache(self) -> DepthCache | None:
        """The cache; None when it was closed or given up. Its contents change; from any thread."""
        return self._cache

    def get_symbol(self) -> str:
        """The symbol that it was made with."""
        return self._symbol

    def close(self, close_socket: bool = False) -> None:
        """Stop the socket; :meth:`get_depth_cache` returns None from now on.

        :param close_socket: close the socket manager, too, with all of its sockets.
        """
        self._bm.stop_socket(self._conn_key)
        if close_socket:
            self._bm.close()
        self._cache = None
        self._is_filled.set()

    # -- within -------------------------------------------------------------------------------------------

    def _start(
        self,
        client: Any,
        symbol: str,
        callback: Callable[[DepthCache | None], object] | None,
        refresh_interval: float | None,
        bm: BinanceSocketManager | None,
        limit: int,
        interval: int | None,
    ) -> None:
        if self._venue is None:
            raise NotImplementedError(f"{type(self).__name__} has no venue; use DepthCacheManager")
        if callback is not None:
            check_function("callback", callback, "depth_cache")
        self._symbol = symbol
        self._callback = callback
        self._refresh_interval = refresh_interval or self.DEFAULT_REFRESH
        self._refresh_at = time.monotonic() + self._refresh_interval
        self._bm = BinanceSocketManager(client) if bm is None else bm
        self._is_filled = threading.Event()
        self._refusal: str | None = None
        cache = _BookCache(symbol)
        self._cache = cache

        def changed(book: Any) -> object:
            return self._given_up(book) if isinstance(book, dict) else self._changed(cache, book)

        conn_key = self._bm._start_cache(client, symbol, changed, limit, interval, self._venue)
        if not isinstance(conn_key, str):
            raise ManagerError(
                f"the socket manager keeps a book of {symbol} already; use one socket manager for each"
            )
        self._conn_key = conn_key
        if not self._bm.is_alive():
            self._bm.start()
        reactor = self._bm._reactor
        if not in_reactor_thread(reactor):
            # an application's own reactor may not run yet, perhaps in this very thread
            while reactor.running and self._bm.is_alive() and not self._is_filled.wait(_LOOK_S):
                pass
            if self._refusal is not None:
                if bm is None:
                    self._bm.close()
                self._bm._snapshot(client, symbol, self._venue)  # which raises what the exchange says
                raise ManagerError(f"there is no depth cache of {symbol}: {self._refusal}")

    def _changed(self, cache: _BookCache, book: OrderBook) -> object:
        cache.book = book
        cache.update_time = book.event_time or cache.update_time
        self._is_filled.set()
        if time.monotonic() >= self._refresh_at:
            self._refresh_at = time.monotonic() + self._refresh_interval
            self._bm.refresh_order_book(self._conn_key)
        if self._callback is None or cache.update_time is None:  # that is of the next change
            return None
        return self._callback(cache)

    def _given_up(self, message: dict[str, Any]) -> object:
        self._refusal = str(message.get("m"))
        self.close()
        return None if self._callback is None else self._callback(None)


class _WithInterval(BaseDepthCacheManager):
    """Of a venue that has more than one interval between changes."""

    def __init__(
        self,
        client: Any,
        symbol: str,
        callback: Callable[[DepthCache | None], object] | None = None,
        refresh_interval: float | None = None,
        bm: BinanceSocketManager | None = None,
        limit: int = 500,
        ws_interval: int | None = None,
    ) -> None:
        self._start(client, symbol, callback, refresh_interval, bm, limit, ws_interval)


class DepthCacheManager(_WithInterval):
    """Keeps the depth cache of a symbol of the spot market.

    :param ws_interval: milliseconds between changes: 100, or None or 0 for 1000. For all else see
        :class:`BaseDepthCacheManager`.
    """

    _venue = "spot"


class FuturesDepthCacheManager(_WithInterval):
    """Keeps the depth cache of a contract of USD-M futures; python-binance has it since 1.0.

    :param ws_interval: milliseconds between changes: 100 or 500, or None or 0 for 250.
    """

    _venue = "usdm"


class OptionsDepthCacheManager(BaseDepthCacheManager):
    """Keeps the depth cache of an option; see :class:`BaseDepthCacheManager`."""

    _venue = "options"


def _set(levels: dict[str, float], level: Any) -> None:
    price, quantity = level[0], level[1]
    if quantity in ZEROS:
        levels.pop(price, None)
    else:
        levels[price] = float(quantity)


def _floats(rows: list[list[str]]) -> list[list[float]]:
    return [[float(price), float(quantity)] for price, quantity in rows]
