"""Names of streams of futures and options from a caller's arguments. Pure.

Source for all names: Derivatives *Websocket Market Streams* of each venue.
"""

from __future__ import annotations

import re

from binance.exceptions import InvalidStream
from binance.venues import catalogue_options as options
from binance.venues.catalogue_usdm import CONTRACT_TYPES, DEPTH_SPEEDS_MS, INTERVALS
from binance.venues.names import book, lowered, one_of, symbol_stream


def futures_depth(symbol: str, levels: str | int | None = None, speed_ms: int | None = None) -> str:
    """Name the stream of one contract's order book: its changes, or the top of it.

    :param symbol: symbol of a contract in any case, e.g. ``"BTCUSDT"``, ``"BTCUSD_PERP"``.
    :param levels: None for the changes (diff depth); 5, 10 or 20 price levels per side, as a number or
        a string, for the top (partial depth).
    :param speed_ms: milliseconds between pushes: 100 or 500, or None, 0 or 250 for the default, 250.
    :returns: e.g. ``"btcusdt@depth"``, ``"btcusdt@depth5@100ms"``.
    :raises InvalidStream: if the exchange does not offer *levels* or *speed_ms*.
    """
    name = book(symbol, levels)
    speed = _speed(speed_ms, DEPTH_SPEEDS_MS)
    return name if speed == DEPTH_SPEEDS_MS[0] else f"{name}@{speed}ms"


def rpi_depth(symbol: str) -> str:
    """Name the stream of the changes of a USD-M order book that counts retail price improvement orders."""
    return symbol_stream(symbol, "rpiDepth@500ms")


def futures_kline(symbol: str, interval: str) -> str:
    """Name the stream of one contract's klines, e.g. ``"btcusdt@kline_1m"``.

    :param interval: one of :data:`binance.constants.KLINE_INTERVALS`, but not ``"1s"``.
    :raises InvalidStream: if futures have no such interval.
    """
    return f"{symbol_stream(symbol, 'kline')}_{one_of(INTERVALS, interval)}"


def continuous_kline(pair: str, contract_type: str, interval: str) -> str:
    """Name the stream of the klines of whichever contract is the nearest of its type.

    :param pair: e.g. ``"BTCUSDT"``, ``"BTCUSD"``.
    :param contract_type: ``"perpetual"``, ``"current_quarter"`` or ``"next_quarter"``, of USD-M also
        ``"tradifi_perpetual"``; in any case.
    :param interval: as for :func:`futures_kline`, and ``"1s"``.
    :returns: e.g. ``"btcusdt_perpetual@continuousKline_1m"``.
    :raises InvalidStream: if there is no such type or interval.
    """
    spelt = contract_type.lower() if isinstance(contract_type, str) else contract_type
    if spelt not in CONTRACT_TYPES:
        raise InvalidStream(
            f"no continuous contract has type {contract_type!r}; use one of {' '.join(CONTRACT_TYPES)}"
        )
    return f"{lowered(pair)}_{spelt}@continuousKline_{one_of(('1s', *INTERVALS), interval)}"


def mark_price(symbol: str | None = None, fast: bool = True) -> str:
    """Name the stream of mark prices: ``"btcusdt@markPrice@1s"``, or of all symbols ``"!markPrice@arr@1s"``.

    :param symbol: symbol of a contract in any case; of COIN-M also a pair, ``"BTCUSD"``; None for all.
    :param fast: a push a second; else one in three.
    """
    name = "!markPrice@arr" if symbol is None else symbol_stream(symbol, "markPrice")
    return f"{name}@1s" if fast else name


def index_price(pair: str, fast: bool = True) -> str:
    """Name the COIN-M stream of a pair's index price, e.g. ``"btcusd@indexPrice@1s"``; *fast* as above."""
    name = symbol_stream(pair, "indexPrice")
    return f"{name}@1s" if fast else name


def index_price_kline(pair: str, interval: str) -> str:
    """Name the COIN-M stream of klines of a pair's index price, ``"btcusd@indexPriceKline_1m"``.

    :raises InvalidStream: as :func:`futures_kline`.
    """
    return f"{symbol_stream(pair, 'indexPriceKline')}_{one_of(INTERVALS, interval)}"


def mark_price_kline(symbol: str, interval: str) -> str:
    """Name the COIN-M stream of klines of a contract's mark price, ``"btcusd_perp@markPriceKline_1m"``.

    :raises InvalidStream: as :func:`futures_kline`.
    """
    return f"{symbol_stream(symbol, 'markPriceKline')}_{one_of(INTERVALS, interval)}"


def option_depth(symbol: str, levels: str | int | None = None, speed_ms: int | None = None) -> str:
    """Name the stream of one option's order book: its changes, or the top of it.

    :param symbol: symbol of an option in any case, e.g. ``"BTC-261225-100000-C"``.
    :param levels: as for :func:`futures_depth`.
    :param speed_ms: milliseconds between pushes: 100, or None, 0 or 500 for 500. The name always says it.
    :returns: e.g. ``"btc-261225-100000-c@depth10@500ms"``.
    :raises InvalidStream: if the exchange does not offer *levels* or *speed_ms*.
    """
    return f"{book(symbol, levels)}@{_speed(speed_ms, options.DEPTH_SPEEDS_MS)}ms"


def option_kline(symbol: str, interval: str) -> str:
    """Name the stream of one option's klines, e.g. ``"btc-261225-100000-c@kline_1m"``.

    :param interval: as for :func:`futures_kline`, but not ``"8h"`` and ``"1M"``.
    :raises InvalidStream: if options have no such interval.
    """
    return f"{symbol_stream(symbol, 'kline')}_{one_of(options.INTERVALS, interval)}"


def option_ticker(symbol: str) -> str:
    """Name the stream of one option's statistics of 24 hours; the name repeats the day of its expiry.

    :param symbol: symbol of an option in any case, e.g. ``"BTC-261225-100000-C"``.
    :returns: e.g. ``"btc-261225-100000-c@optionTicker261225"``.
    :raises InvalidStream: if the symbol has no such day.
    """
    spelt = lowered(symbol)
    parts = spelt.split("-")
    if len(parts) < 2 or not _is_day(parts[1]):
        raise InvalidStream(f"{symbol!r} is not an option; its symbol looks like 'BTC-261225-100000-C'")
    return f"{spelt}@optionTicker{parts[1]}"


def option_mark_price(underlying: str) -> str:
    """Name the stream of the mark prices of all options of an underlying, ``"btcusdt@optionMarkPrice"``."""
    return symbol_stream(underlying, "optionMarkPrice")


def open_interest(underlying: str, expiry: str) -> str:
    """Name the stream of the open interest of all options of an underlying that expire on one day.

    :param expiry: the day as symbols have it, ``"261225"``.
    :returns: e.g. ``"btcusdt@openInterest@261225"``.
    :raises InvalidStream: if *expiry* is not a day.
    """
    if not isinstance(expiry, str) or not _is_day(expiry):
        raise InvalidStream(f"expiry is {expiry!r}; use a day as YYMMDD, e.g. '261225'")
    return f"{symbol_stream(underlying, 'openInterest')}@{expiry}"


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text, re.ASCII) is not None


def _speed(speed_ms: int | None, speeds_ms: tuple[int, ...]) -> int:
    """The speed asked for; the first of *speeds_ms* by default."""
    if speed_ms is None or (speed_ms == 0 and not isinstance(speed_ms, bool)):
        return speeds_ms[0]
    if type(speed_ms) is not int or speed_ms not in speeds_ms:
        known = ", ".join(map(str, sorted(speeds_ms)))
        raise InvalidStream(f"no depth stream has interval {speed_ms!r}; use one of {known}, or 0 or None")
    return speed_ms
