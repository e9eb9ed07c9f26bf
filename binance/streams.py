"""Stream names and paths out of a call's arguments, and the catalogue of what streams there are. Pure.

Source for all names: Spot *Web Socket Streams*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from binance.constants import KLINE_INTERVALS
from binance.exceptions import InvalidStream

DEPTH_LEVELS = (5, 10, 20)
TICKER_WINDOWS = {"1h": "hour", "4h": "4 hours", "1d": "day"}  # of rolling window tickers, in words
TIME_ZONES = ("+08:00",)  # by which klines can be cut, besides UTC
TIME_UNITS = ("MILLISECOND", "MICROSECOND")
MAX_STREAMS = 1024  # of one connection
UNKNOWN_SILENT_S = 60.0  # a name of no known kind is most likely misspelt
MULTIPLEX_PREFIX = "streams="
LISTED = 5  # names in one line of the log

# a listen key has 60 characters and more: what is that long is no symbol, and is not quoted in errors
_SYMBOL = re.compile(r"[\w\-.]{1,40}")
_KIND = re.compile(r"[A-Za-z][\w@+:\-]{0,40}", re.ASCII)
_URL_SAFE = "!@_-.:~"


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
    speeds_ms: tuple[int, ...] = ()
    silent_s: float | None = None
    call: str | None = None
    since: str | None = None
    us: bool = True
    retirement: Retirement | None = None


_S = "[^!@]+"  # a symbol, in a pattern
_INTERVALS = "|".join(interval for interval in KLINE_INTERVALS if interval != "1s")
_WINDOWS = "|".join(TICKER_WINDOWS)
_LEVELS = "|".join(map(str, DEPTH_LEVELS))

#: Every kind of spot stream that the exchange documents or has documented. Partial depth, klines and tickers
#: are snapshots: the next one contains what was missed, and one that comes twice says the same again.
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
        speeds_ms=(2000,), silent_s=300, call="start_kline_socket",
    ),
    Kind(
        "<symbol>@kline_1s", rf"{_S}@kline_1s(@\+08:00)?", "klines of one second", "kline",
        speeds_ms=(1000,), silent_s=300, call="start_kline_socket", since="2022-08", us=False,
    ),
    Kind(
        "<symbol>@kline_<interval>@+08:00", rf"{_S}@kline_({_INTERVALS})@\+08:00",
        "a kline that begins and ends by the clock of UTC+8", "kline",
        speeds_ms=(2000,), silent_s=300, call="start_kline_socket", since="2024-05-30", us=False,
    ),
    Kind(
        "<symbol>@depth", f"{_S}@depth(@100ms)?", "changes of the order book", "depthUpdate", "U", "u",
        contiguous=True, speeds_ms=(1000, 100), silent_s=120, call="start_depth_socket",
    ),
    Kind(
        "<symbol>@depth<levels>", f"{_S}@depth({_LEVELS})(@100ms)?", "top of the order book", None,
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


@lru_cache(2 * MAX_STREAMS)  # a combined connection asks for each of its names several times
def kind_of(name: str) -> Kind | None:
    """The row of the catalogue for a stream's name; None for a name of a kind that is not in it."""
    return next((kind for kind in CATALOGUE if re.fullmatch(kind.pattern, name)), None)


def silent_s(name: str, binance_us: bool = False) -> float | None:
    """Seconds after which a stream that brings nothing is told of; None if it may be quiet for any time.

    :param binance_us: the venue is binance.us, which serves what binance.com has ended.
    """
    kind = kind_of(name)
    if kind is None:
        return UNKNOWN_SILENT_S
    return None if kind.retirement is not None and not binance_us else kind.silent_s


def lowered(symbol: str) -> str:
    """The symbol as stream names spell it.

    :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
    :raises InvalidStream: if it is no string, empty, or holds what a symbol cannot: a blank, a slash ...
    """
    if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        raise InvalidStream(f"{_quoted(symbol)} is no symbol; a symbol looks like 'BNBBTC'")
    return symbol.lower()


def symbol_stream(symbol: str, kind: str) -> str:
    """``"bnbbtc@<kind>"``, for the kinds that take no parameter: ``trade``, ``aggTrade``, ``ticker`` ...

    :raises InvalidStream: as :func:`lowered`.
    """
    return f"{lowered(symbol)}@{kind}"


def depth(symbol: str, levels: str | int | None = None, speed_ms: int | None = None) -> str:
    """Name the stream of one symbol's order book: its changes, or the top of it.

    :param symbol: market symbol in any case.
    :param levels: None for the changes (diff depth); 5, 10 or 20 price levels per side, as a number or
        a string, for the top (partial depth).
    :param speed_ms: milliseconds between pushes: 100, or None or 0 for the default, 1000.
    :returns: e.g. ``"bnbbtc@depth"``, ``"bnbbtc@depth5@100ms"``.
    :raises InvalidStream: if the exchange does not offer *levels* or *speed_ms*.

    Source: Spot *Web Socket Streams*, "Diff. Depth Stream", "Partial Book Depth Streams".
    """
    name = symbol_stream(symbol, "depth")
    if levels is not None:
        if isinstance(levels, bool) or str(levels) not in map(str, DEPTH_LEVELS):
            raise InvalidStream(f"no partial depth stream has {levels!r} levels; use 5, 10 or 20")
        name += str(levels)
    if speed_ms is None or (speed_ms == 0 and not isinstance(speed_ms, bool)):
        return name
    if speed_ms != 100:
        raise InvalidStream(
            f"no depth stream has interval {speed_ms!r}; use 100, or 0 or None for one push a second"
        )
    return f"{name}@100ms"


def kline(symbol: str, interval: str, time_zone: str | None = None) -> str:
    """Name the stream of one symbol's klines, e.g. ``"bnbbtc@kline_30m"``.

    :param interval: one of :data:`binance.constants.KLINE_INTERVALS`; case matters, ``1M`` is a month.
    :param time_zone: None for klines that begin by the clock of UTC; ``"+08:00"``: eight hours earlier.
    :raises InvalidStream: if the exchange has no such interval or time zone.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams for UTC", "... with timezone offset".
    """
    if interval not in KLINE_INTERVALS:
        raise InvalidStream(f"no kline has interval {interval!r}; use one of {' '.join(KLINE_INTERVALS)}")
    name = symbol_stream(symbol, f"kline_{interval}")
    if time_zone is None:
        return name
    if time_zone not in TIME_ZONES:
        raise InvalidStream(f"no kline has time zone {time_zone!r}; use '+08:00', or None for UTC")
    return f"{name}@{time_zone}"


def window_ticker(window: str, symbol: str | None = None) -> str:
    """Name the stream of the statistics of a rolling window: ``"bnbbtc@ticker_1h"``, ``"!ticker_1h@arr"``.

    :param window: ``"1h"``, ``"4h"`` or ``"1d"``.
    :param symbol: market symbol in any case; None for all symbols.
    :raises InvalidStream: if the exchange has no such window.

    Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams", "All Market
    Rolling Window Statistics Streams".
    """
    if not isinstance(window, str) or window not in TICKER_WINDOWS:
        raise InvalidStream(f"no ticker has window {window!r}; use one of {' '.join(TICKER_WINDOWS)}")
    return f"!ticker_{window}@arr" if symbol is None else symbol_stream(symbol, f"ticker_{window}")


def multiplex(names: Iterable[str]) -> tuple[str, ...]:
    """Check the names of a combined connection and spell them as the exchange does.

    Symbol parts are lowered, the rest is kept (``@aggTrade``, ``!miniTicker@arr``, ``@kline_1M``); a name
    given twice counts once.

    :param names: stream names, e.g. ``["BNBBTC@aggTrade", "neobtc@ticker"]``.
    :raises InvalidStream: if *names* is a string, empty, too long for one connection, or holds something
        that is no stream name, such as a listen key.
    """
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise InvalidStream("streams is a list of names, e.g. ['bnbbtc@aggTrade', 'neobtc@ticker']")
    distinct = tuple(dict.fromkeys(spelt(name) for name in names))
    if not distinct:
        raise InvalidStream("streams is empty; pass at least one name, e.g. 'bnbbtc@aggTrade'")
    if len(distinct) > MAX_STREAMS:
        raise InvalidStream(
            f"{len(distinct)} streams; one connection takes {MAX_STREAMS}, start further sockets"
        )
    return distinct


def spelt(name: str) -> str:
    """Check one stream's name and spell it as the exchange does: the symbol part lowered, the rest kept.

    :raises InvalidStream: if it is no stream's name; a listen key is refused and not quoted.
    """
    if not isinstance(name, str):
        raise InvalidStream(f"a {type(name).__name__} is no stream name; names look like 'bnbbtc@aggTrade'")
    if name.startswith("!"):
        if not _KIND.fullmatch(name[1:]):
            raise InvalidStream(f"{_quoted(name)} is no stream name; names look like '!miniTicker@arr'")
        return name
    symbol, at, kind = name.partition("@")
    if not at:
        # not quoted: it may be a listen key, which is a secret
        raise InvalidStream(
            "a name without '@' is no market stream; names look like 'bnbbtc@aggTrade', "
            "and account events come through start_user_socket"
        )
    if not _KIND.fullmatch(kind):
        raise InvalidStream(f"{_quoted(name)} is no stream name; names look like 'bnbbtc@aggTrade'")
    return f"{lowered(symbol)}@{kind}"


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 45 else f"a {type(value).__name__} of {len(text)} characters"


def multiplex_key(names: tuple[str, ...]) -> str:
    """The connection key of a combined connection: ``"streams=bnbbtc@aggTrade/neobtc@ticker"``."""
    return MULTIPLEX_PREFIX + "/".join(names)


def raw_path(name: str, time_unit: str | None = None) -> str:
    """Where one stream is served bare: ``"/ws/bnbbtc@trade"``, percent-encoded where a URL needs it.

    :param time_unit: one of :data:`TIME_UNITS`, of all times in the messages; None: milliseconds.

    Source: Spot *Web Socket Streams*, "General WSS information" (``timeUnit``).
    """
    query = "?timeUnit=MICROSECOND" if time_unit == "MICROSECOND" else ""
    return f"/ws/{quote(name, safe=_URL_SAFE)}{query}"


def combined_path(names: tuple[str, ...], time_unit: str | None = None) -> str:
    """Where several streams are served as ``{"stream", "data"}``: ``"/stream?streams=a@trade/b@ticker"``.

    :param time_unit: as for :func:`raw_path`.
    """
    query = "&timeUnit=MICROSECOND" if time_unit == "MICROSECOND" else ""
    return f"/stream?{MULTIPLEX_PREFIX}" + "/".join(quote(name, safe=_URL_SAFE) for name in names) + query


def listed(names: Sequence[str]) -> str:
    """Names in a line of the log, however many there are: ``"a@trade, b@trade and 3 more"``."""
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def api_query(time_unit: str | None = None) -> str:
    """What stands behind the URL of the WebSocket API; *time_unit* as for :func:`raw_path`.

    Source: Spot *WebSocket API*, "General API Information".
    """
    return "?timeUnit=MICROSECOND" if time_unit == "MICROSECOND" else ""


def is_array(name: str) -> bool:
    """Whether the messages of a raw stream are lists: the all-market streams ``!...@arr``."""
    return name.startswith("!") and "@arr" in name


def retirement(name: str) -> Retirement | None:
    """What binance.com says about a spot stream it has ended; None while it lives (or never lived).

    Source: Spot *CHANGELOG*; binance.us still serves ``!ticker@arr``.
    """
    kind = kind_of(name)
    return None if kind is None else kind.retirement
