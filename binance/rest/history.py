"""Candles and trades of any span of time: the client's methods that request page after page.

What a page is and where the next one begins is in :mod:`binance.rest.pages`, how long a failed page waits in
:mod:`binance.rest.again`.

Source: Spot *REST API*, "Kline/Candlestick data", "Compressed/Aggregate trades list"; *USD-M Futures*,
"Kline/Candlestick Data".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from binance.exceptions import BinanceRequestException, InvalidArgument
from binance.process import blocking
from binance.process.logs import INFO, WARNING, Log
from binance.rest.again import is_named, wait_s
from binance.rest.dates import Moment, epoch_ms
from binance.rest.methods import TableCalls
from binance.rest.pages import Candle, Trade, candles, first_trades, trades_after

log = Log(__name__)

#: The most items of one page.
SPOT_PAGE = 1_000
USDM_PAGE = 1_500
#: A wait that is longer is a warning: who downloads years of candles would take the program for dead.
LONG_PAUSE_S = 10.0


class History(TableCalls):
    """Methods that read a span of time, however many pages it has.

    They call ``get_klines``, ``futures_klines`` and ``get_aggregate_trades``: a subclass that overrides one
    of these sees every page.
    """

    #: The function that sleeps, and the clock: epoch seconds. A test may set others.
    _sleep: Callable[[float], object] = staticmethod(time.sleep)
    _clock: Callable[[], float] = staticmethod(time.time)

    def get_historical_klines(
        self, symbol: str, interval: str, start_str: Moment, end_str: Moment | None = None, limit: int = 500
    ) -> list[Candle]:
        """Candles of one symbol between two moments, as many as there are.

        It takes one call for every *limit* candles. If the exchange asks for a wait (429, 418), it waits that
        long and goes on; a call without an answer, or with a 5xx, is made again up to three times.

        :param symbol: e.g. ``"BNBBTC"``.
        :param interval: e.g. ``"1m"``; ``binance.constants`` has all.
        :param start_str: the first moment at which a candle may open: text such as ``"1 Jan, 2020"`` or
            ``"1 day ago UTC"``, in UTC where it names no zone, or epoch milliseconds. If it is before the
            first candle there is, they begin with that one.
        :param end_str: likewise the last one, itself included; None for now.
        :param limit: candles of one page, at most 1,000.
        :returns: what ``get_klines`` returns, in order of time.
        :raises InvalidArgument: if a moment cannot be read, or *limit* is below 1.
        """
        return list(self._candles(self.get_klines, symbol, interval, start_str, end_str, limit, SPOT_PAGE))

    def get_historical_klines_generator(
        self, symbol: str, interval: str, start_str: Moment, end_str: Moment | None = None
    ) -> Iterator[Candle]:
        """Candles of one symbol between two moments, one by one, as in :meth:`get_historical_klines`.

        A page of 1,000 is asked for when its first candle is wanted, not before.
        """
        return self._candles(self.get_klines, symbol, interval, start_str, end_str, SPOT_PAGE, SPOT_PAGE)

    def futures_historical_klines(
        self, symbol: str, interval: str, start_str: Moment, end_str: Moment | None = None, limit: int = 500
    ) -> list[Candle]:
        """Candles of one contract of USD-M futures between two moments, as in :meth:`get_historical_klines`.

        :param limit: candles of one page, at most 1,500.
        """
        return list(
            self._candles(self.futures_klines, symbol, interval, start_str, end_str, limit, USDM_PAGE)
        )

    def futures_historical_klines_generator(
        self, symbol: str, interval: str, start_str: Moment, end_str: Moment | None = None
    ) -> Iterator[Candle]:
        """Candles of one contract of USD-M futures between two moments, one by one.

        A page of 1,500 is asked for when its first candle is wanted, not before.
        """
        return self._candles(self.futures_klines, symbol, interval, start_str, end_str, USDM_PAGE, USDM_PAGE)

    def aggregate_trade_iter(
        self, symbol: str, start_str: Moment | None = None, last_id: int | None = None
    ) -> Iterator[Trade]:
        """Aggregate trades of one symbol, one by one, until there are no newer ones.

        It waits and repeats calls as :meth:`get_historical_klines` does. From a moment without trades it asks
        for one hour after the other, so begin no earlier than needed.

        :param symbol: e.g. ``"BNBBTC"``.
        :param start_str: begin with the first trade at this moment or later: text or epoch milliseconds, as
            in :meth:`get_historical_klines`.
        :param last_id: or begin with the trade after the one with this aggregate id. Without either they
            begin with the first there is.
        :returns: trades as ``get_aggregate_trades`` has them: ``{"a": id, "p": price, "q": quantity, ...}``.
        :raises InvalidArgument: if both are given, or the moment cannot be read.
        """
        if start_str is not None and last_id is not None:
            raise InvalidArgument("both start_str and last_id are given; use one of them")
        start_ms = None if start_str is None else self._ms(start_str)
        return self._trades(symbol, start_ms, last_id)

    # -- within -------------------------------------------------------------------------------------------

    def _candles(
        self,
        klines: Callable[..., Any],
        symbol: str,
        interval: str,
        start_str: Moment,
        end_str: Moment | None,
        limit: int,
        most: int,
    ) -> Iterator[Candle]:
        if limit < 1:
            raise InvalidArgument(f"limit is {limit}; use 1 to {most}")
        size = min(limit, most)
        start_ms = max(self._ms(start_str), 0)
        end_ms = self._ms(end_str) if end_str else None  # 0 and "" have always meant now

        def ask(begin_ms: int) -> Any:
            return self._again(
                klines, symbol=symbol, interval=interval, limit=size, startTime=begin_ms, endTime=end_ms
            )

        return candles(ask, start_ms, end_ms, size, self._now_ms())

    def _trades(self, symbol: str, start_ms: int | None, last_id: int | None) -> Iterator[Trade]:
        def ask(**which: int) -> Any:
            return self._again(self.get_aggregate_trades, symbol=symbol, limit=SPOT_PAGE, **which)

        if last_id is None:
            if start_ms is None:
                page = ask(fromId=0)
            else:
                page = first_trades(
                    lambda begin, end: ask(startTime=begin, endTime=end), max(start_ms, 0), self._now_ms()
                )
            if not page:
                return
            yield from page
            last_id = page[-1]["a"]
        yield from trades_after(lambda from_id: ask(fromId=from_id), last_id)

    def _again(self, call: Callable[..., Any], **params: Any) -> Any:
        """Make a call that only reads; if it fails in a way that passes, wait and make it again."""
        name, failures = getattr(call, "__name__", "a page"), 0
        while True:
            try:
                return call(**params)
            except BinanceRequestException as exc:
                pause_s = wait_s(exc, failures)
                if pause_s is None:
                    raise
                failures += not is_named(exc)
                words = str(exc)
            # outside of the except: a Ctrl-C from here on has nothing to do with the error
            log.log(
                WARNING if pause_s > LONG_PAUSE_S else INFO,
                "%s of %s failed, retry in %.1f s: %s",
                name, params["symbol"], pause_s, words,
            )  # fmt: skip
            self._sleep(pause_s)
            blocking.note(f"a wait of {name}", pause_s)

    def _ms(self, moment: Moment) -> int:
        return epoch_ms(moment, self._now_ms())

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
