"""The kinds of streams: what each is called, and what its messages say of their order. Pure.

One table a venue. Source for all rows: Spot *Web Socket Streams*; of those that are elsewhere, Derivatives
*Websocket Market Streams* of each venue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from binance.constants import KLINE_INTERVALS

DEPTH_LEVELS = (5, 10, 20)
TICKER_WINDOWS = {"1h": "hour", "4h": "4 hours", "1d": "day"}  # of rolling window tickers, in words


@dataclass(frozen=True)
class Retirement:
    """What became of a stream that the venue no longer serves.

    :ivar since: the day it ended, ISO form.
    :ivar use: stream names or calls that do its work today.
    """

    since: str
    use: str


@dataclass(frozen=True)
class Kind:
    """One kind of stream: its names, what its messages say of their order, and when to expect one.

    :ivar name: the names as the exchange documents them, e.g. ``"<symbol>@kline_<interval>"``.
    :ivar pattern: what they look like, a regular expression.
    :ivar title: what it brings, in a few words.
    :ivar event: event type, member ``e`` of each message, or of each item of a list; None if they have none.
    :ivar first_id: member with the first id that a message covers. None: no message of this kind is ever
        taken for a duplicate.
    :ivar last_id: member with the last one; the same member where a message has one id. A message whose last
        id is not above that of the message before is a duplicate.
    :ivar contiguous: each message begins where the one before ended, so that ids between are missing ones.
    :ivar by_symbol: the stream carries many markets, each with ids of its own; member ``s`` tells which.
    :ivar candles: its messages are klines, in member ``k``. What says whether candles are missing: ``"ids"``,
        of the first and the last trade, ``f`` and ``L``; ``"times"``, if it has none. None: no klines.
    :ivar speeds_ms: milliseconds between messages, the default first; empty if they come as things happen.
    :ivar silent_s: seconds without a message after which an open stream is told of as silent; None: never,
        for nothing may be all that happens.
    :ivar call: the manager's method that starts it; None: only by name.
    :ivar since: the day, or the month, from which the exchange serves it, ISO form; None: not known.
    :ivar us: binance.us serves it, too.
    :ivar retirement: set if binance.com no longer serves the stream.

    Source: Spot *Web Socket Streams* and *CHANGELOG*; binance.us *Web Socket Streams*. That trade and
    aggregate trade ids have no holes is practice, not promised there; for diff depth it is. Nothing is said
    about holes between the ids of block trades. The seconds of silence are ours.
    """

    name: str
    pattern: str
    title: str
    event: str | None
    first_id: str | None = None
    last_id: str | None = None
    contiguous: bool = False
    by_symbol: bool = False
    candles: Literal["ids", "times"] | None = None
    speeds_ms: tuple[int, ...] = ()
    silent_s: float | None = None
    call: str | None = None
    since: str | None = None
    us: bool = True
    retirement: Retirement | None = None


_S = "[^!@]+"  # a symbol, in a pattern
_INTERVALS = "|".join(interval for interval in KLINE_INTERVALS if interval != "1s")
_LEVELS = "|".join(map(str, DEPTH_LEVELS))
_SPEEDS = "(100|1000)ms"  # of depth: the default may be spelt out

#: Every kind of spot stream that the exchange documents or has documented. Partial depth, klines and tickers
#: are snapshots: the next one contains what was missed, and one that comes twice says the same again; but no
#: kline contains the candle before it.
CATALOGUE = (
    Kind(
        "<symbol>@trade", f"{_S}@trade", "each trade", "trade", "t", "t", contiguous=True,
        silent_s=600, call="start_trade_socket",
    ),
    Kind(
        "<symbol>@aggTrade", f"{_S}@aggTrade", "what one order took at one price", "aggTrade", "a", "a",
        contiguous=True, silent_s=600, call="start_aggtrade_socket",
    ),
    Kind(
        "<symbol>@blockTrade", f"{_S}@blockTrade", "each block trade", "blockTrade", "t", "t",
        call="start_block_trade_socket", since="2026-05-12", us=False,
    ),
    Kind(
        "<symbol>@kline_<interval>", f"{_S}@kline_({_INTERVALS})", "a kline while it is made", "kline",
        candles="ids", speeds_ms=(2000,), silent_s=300, call="start_kline_socket",
    ),
    Kind(
        "<symbol>@kline_1s", rf"{_S}@kline_1s(@\+08:00)?", "klines of one second", "kline",
        candles="ids", speeds_ms=(1000,), silent_s=300, call="start_kline_socket", since="2022-08", us=False,
    ),
    Kind(
        "<symbol>@kline_<interval>@+08:00", rf"{_S}@kline_({_INTERVALS})@\+08:00",
        "a kline that begins and ends by the clock of UTC+8", "kline",
        candles="ids", speeds_ms=(2000,), silent_s=300, call="start_kline_socket", since="2024-05-30",
        us=False,
    ),
    Kind(
        "<symbol>@depth", f"{_S}@depth(@{_SPEEDS})?", "changes of the order book", "depthUpdate", "U", "u",
        contiguous=True, speeds_ms=(1000, 100), silent_s=120, call="start_depth_socket",
    ),
    Kind(
        "<symbol>@depth<levels>", f"{_S}@depth({_LEVELS})(@{_SPEEDS})?", "top of the order book", None,
        speeds_ms=(1000, 100), silent_s=60, call="start_depth_socket",
    ),
    Kind(
        "<symbol>@bookTicker", f"{_S}@bookTicker", "best bid and ask at each change", None, "u", "u",
        silent_s=120, call="start_symbol_book_ticker_socket", since="2019-09",
    ),
    Kind(
        "<symbol>@ticker", f"{_S}@ticker", "statistics of 24 hours", "24hrTicker",
        speeds_ms=(1000,), silent_s=60, call="start_symbol_ticker_socket",
    ),
    Kind(
        "<symbol>@miniTicker", f"{_S}@miniTicker", "short statistics of 24 hours", "24hrMiniTicker",
        speeds_ms=(1000,), silent_s=60, call="start_symbol_miniticker_socket",
    ),
    Kind(
        "!miniTicker@arr", r"!miniTicker@arr(@\d+ms)?", "the same of all symbols that changed",
        "24hrMiniTicker", speeds_ms=(1000,), silent_s=60, call="start_miniticker_socket",
    ),
    *(
        Kind(
            f"<symbol>@ticker_{window}", f"{_S}@ticker_{window}", f"statistics of the last {words}",
            f"{window}Ticker", speeds_ms=(1000,), silent_s=60,
            call="start_symbol_rolling_window_ticker_socket",
        )
        for window, words in TICKER_WINDOWS.items()
    ),
    *(
        Kind(
            f"!ticker_{window}@arr", f"!ticker_{window}@arr", f"the last {words} of all symbols that changed",
            f"{window}Ticker", speeds_ms=(1000,), silent_s=60, call="start_rolling_window_ticker_socket",
        )
        for window, words in TICKER_WINDOWS.items()
    ),
    Kind(
        "<symbol>@avgPrice", f"{_S}@avgPrice", "average price of some minutes", "avgPrice",
        speeds_ms=(1000,), silent_s=60, call="start_avg_price_socket", since="2023-12", us=False,
    ),
    Kind(
        "<symbol>@referencePrice", f"{_S}@referencePrice", "price that the exchange refers to",
        "referencePrice", speeds_ms=(1000,), silent_s=60, call="start_reference_price_socket",
        since="2026-03", us=False,
    ),
    Kind(
        "!ticker@arr", r"!ticker@arr(@\d+ms)?", "statistics of 24 hours of all symbols that changed",
        "24hrTicker", speeds_ms=(1000,), silent_s=60, call="start_ticker_socket",
        retirement=Retirement(
            "2026-03-26", "!miniTicker@arr (start_miniticker_socket), or <symbol>@ticker for each symbol"
        ),
    ),
    Kind(
        "!bookTicker", "!bookTicker", "best bid and ask of all symbols", None, "u", "u", by_symbol=True,
        silent_s=60, call="start_book_ticker_socket",
        retirement=Retirement(
            "2022-12-07",
            "<symbol>@bookTicker for each symbol (start_symbol_book_ticker_socket, or a multiplex socket)",
        ),
    ),
)  # fmt: skip

_USDM, _COINM, _OPTIONS = "USD-M futures", "COIN-M futures", "options"
_FUTURES = "USD-M and COIN-M futures"

#: Kinds of streams that no spot market has: what their names look like, and whose they are.
ELSEWHERE = (
    (rf"{_S}@markPrice(@1s)?|!markPrice@arr(@1s)?", _FUTURES),
    (rf"{_S}@forceOrder|!forceOrder@arr", _FUTURES),
    (rf"{_S}@continuousKline_\w+", _FUTURES),
    ("!contractInfo", _FUTURES),
    (rf"{_S}@depth({_LEVELS})?@(250|500)ms", f"{_FUTURES}, and {_OPTIONS}"),
    (rf"{_S}@compositeIndex", _USDM),
    (rf"{_S}@assetIndex|!assetIndex@arr", _USDM),
    (rf"{_S}@rpiDepth(@\d+ms)?", _USDM),
    (rf"{_S}@indexPrice(@1s)?", _COINM),
    (rf"{_S}@(indexPrice|markPrice)Kline_\w+", _COINM),
    (rf"{_S}@(optionTrade|optionMarkPrice|optionTicker@?\d*|openInterest@\d+)", _OPTIONS),
    ("!index@arr", _OPTIONS),
)

#: The kinds that binance.us serves; what binance.com has ended lives on there.
US_CATALOGUE = tuple(replace(kind, retirement=None) for kind in CATALOGUE if kind.us)


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one venue.

    :ivar name: as the exchange spells it, e.g. ``"bnbbtc@trade"``.
    :ivar kind: the row of the venue's catalogue; None for a name of a kind that is not in it.
    """

    name: str
    kind: Kind | None = None

    @property
    def is_array(self) -> bool:
        """Whether its messages are lists: the all-market streams ``!...@arr``."""
        return self.name.startswith("!") and "@arr" in self.name


@lru_cache(4096)
def kind_of(name: str, catalogue: tuple[Kind, ...] = CATALOGUE) -> Kind | None:
    """The row of a catalogue for a stream's name; None for a name of a kind that is not in it."""
    return next((kind for kind in catalogue if re.fullmatch(kind.pattern, name)), None)


def served_elsewhere(name: str) -> str | None:
    """Whose stream it is, ``"USD-M futures"``, say, if its kind is one of :data:`ELSEWHERE`; case aside."""
    found = (whose for pattern, whose in ELSEWHERE if re.fullmatch(pattern, name, re.IGNORECASE))
    return next(found, None)
