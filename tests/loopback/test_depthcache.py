"""Depth caches against the sandbox: made in the reactor's thread, where they are filled a little later."""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from binance.depthcache import (
    DepthCache,
    DepthCacheManager,
    FuturesDepthCacheManager,
    OptionsDepthCacheManager,
)
from binance.exceptions import BinanceAPIException, InvalidArgument, ManagerError

from ..support import Recorder, until
from .test_books import BooksCase


class DepthCaches(BooksCase):
    """Over a manager that the test has."""

    async def test_each_change_calls_back_with_the_cache(self):
        """It is the same object, with floats, best first, and what the exchange has; of each venue."""
        self.exchange_here(options_symbols=["BTC-271225-100000-C"])
        bm, client = self.manager(self.client()), self.client()
        makers = [
            (DepthCacheManager, "BNBBTC", {"ws_interval": 100, "limit": 7000}),
            (FuturesDepthCacheManager, "BTCUSDT", {"ws_interval": 100, "limit": 101}),
            (OptionsDepthCacheManager, "BTC-271225-100000-C", {}),
        ]
        for maker, symbol, options in makers:
            got = Recorder()
            manager = maker(client, symbol, got, bm=bm, **options)
            assert manager.get_symbol() == symbol
            await until(lambda got=got: len(got) > 2)
            cache = manager.get_depth_cache()
            assert isinstance(cache, DepthCache) and {id(one) for one in got} == {id(cache)}
            bids, asks = cache.get_bids(), cache.get_asks()
            assert bids == sorted(bids, reverse=True) and asks == sorted(asks) and bids[0][0] < asks[0][0]
            assert isinstance(cache.update_time, int) and cache.symbol == symbol
            manager.close()
            assert manager.get_depth_cache() is None
        sent = [call.params["limit"] for call in self.exchange.rest_calls if call.path.endswith("depth")]
        assert sent[:3] == ["5000", "500", "10"]

    async def test_a_cache_that_is_given_up_calls_back_with_none(self):
        """Once, and the cache is closed; a new one may be made in that very callback."""
        self.exchange_here()
        bm, client = self.manager(self.client(), max_retries=0), self.client()
        got = Recorder()

        def process(cache):
            got.append(cache)
            if cache is None:
                assert manager.get_depth_cache() is None
                self.exchange.accept()
                again.append(DepthCacheManager(client, "BNBBTC", got, bm=bm, ws_interval=100))

        again: list[DepthCacheManager] = []
        manager = DepthCacheManager(client, "BNBBTC", process, bm=bm, ws_interval=100)
        await until(lambda: got)
        self.exchange.refuse()
        self.exchange.cut()
        await until(lambda: again and got[-1] is again[0].get_depth_cache())
        assert got.count(None) == 1

    async def test_it_is_refreshed_while_it_goes_on(self):
        """After each refresh interval there is another snapshot, and nothing is lost for it."""
        self.exchange_here()
        bm = self.manager(self.client())
        manager = DepthCacheManager(self.client(), "BNBBTC", None, 0.2, bm, 500, 100)
        await until(lambda: len([call for call in self.exchange.rest_calls if "depth" in call.path]) > 2)
        assert self.events.of("book_lost") == []
        manager.close(close_socket=True)
        assert not bm.is_alive()

    async def test_a_symbol_that_does_not_exist_raises_what_the_exchange_says(self):
        """As it did in 0.7, when the cache is made; in a thread, as a script does."""
        self.exchange_here()
        self.quick(book_quiet_s=0.05)
        bm = self.manager(self.client())
        got = Recorder()
        with self.assertRaises(BinanceAPIException) as caught:
            await deferToThread(DepthCacheManager, self.client(), "NOSUCH", got, bm=bm)
        assert caught.exception.code == -1121
        assert list(got) == [None]

    async def test_what_cannot_be_raises_at_once(self):
        """A symbol that the socket manager has, a callback that is none, a client without the call."""
        self.exchange_here()
        bm = self.manager(self.client())
        DepthCacheManager(self.client(), "BNBBTC", bm=bm)
        with self.assertRaises(ManagerError):
            DepthCacheManager(self.client(), "bnbbtc", bm=bm)
        with self.assertRaises(TypeError):
            DepthCacheManager(self.client(), "ETHBTC", "print", bm=bm)
        with self.assertRaises(InvalidArgument):
            DepthCacheManager(object(), "ETHBTC", bm=bm)
        await deferLater(reactor, 0)
