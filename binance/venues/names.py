"""Names of streams from a caller's arguments, and the paths where they are served. Pure.

Names of futures and options: :mod:`binance.venues.names_derivatives`.

Source for all names: Spot *Web Socket Streams*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from binance.constants import KLINE_INTERVALS
from binance.exceptions import InvalidArgument, InvalidStream
from binance.venues.catalogue import CATALOGUE, DEPTH_LEVELS, MARKETS, NAMES_WITHOUT_AT, Kind
from binance.venues.catalogue_spot import TICKER_WINDOWS
from binance.venues.spelling import advice, symbol_meant

TIME_ZONES = ("+08:00",)  # by which klines can be cut, besides UTC
MULTIPLEX_PREFIX = "streams="
LISTED = 5  # names in one line of the log
LONGEST_QUOTED = 30  # of what may be a symbol in another spelling; all secrets are longer

# a listen key has 60 characters and more: what is that long is not a symbol, and is not quoted in errors
_SYMBOL = re.compile(r"[\w\-.]{1,40}")
_KIND = re.compile(r"[A-Za-z][\w@+:\-]{0,40}", re.ASCII)
_URL_SAFE = "!@_-.:~"

#: Connection keys of account sockets.
ACCOUNT_KEYS = ("user", "margin", "usdm_user", "coinm_user", "options_user", "portfolio_margin")
LONGEST_OWN_KEY = 60
_OF_OTHER_KEYS = frozenset("@:=#/")


def lowered(symbol: str) -> str:
    """The symbol as stream names spell it.

    :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
    :raises InvalidStream: if it is not a string, empty, or holds what a symbol cannot: a blank, a slash ...
    """
    if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        meant = symbol_meant(symbol) if isinstance(symbol, str) and len(symbol) <= LONGEST_QUOTED else None
        hint = f"; did you mean {meant.upper()!r}?" if meant else ""
        raise InvalidStream(f"{_quoted(symbol)} is not a symbol; a symbol looks like 'BNBBTC'{hint}")
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
    name = book(symbol, levels)
    if speed_ms is None or (speed_ms == 0 and not isinstance(speed_ms, bool)):
        return name
    if speed_ms != 100:
        raise InvalidStream(
            f"no depth stream has interval {speed_ms!r}; use 100, or 0 or None for one push a second"
        )
    return f"{name}@100ms"


def book(symbol: str, levels: str | int | None) -> str:
    """``"bnbbtc@depth"``, or ``"bnbbtc@depth5"``, to which the speed is added.

    :raises InvalidStream: if the exchange does not offer *levels*.
    """
    name = symbol_stream(symbol, "depth")
    if levels is None:
        return name
    if isinstance(levels, bool) or str(levels) not in map(str, DEPTH_LEVELS):
        raise InvalidStream(f"no partial depth stream has {levels!r} levels; use 5, 10 or 20")
    return f"{name}{levels}"


def kline(symbol: str, interval: str, time_zone: str | None = None) -> str:
    """Name the stream of one symbol's klines, e.g. ``"bnbbtc@kline_30m"``.

    :param interval: one of :data:`binance.constants.KLINE_INTERVALS`; case matters, ``1M`` is a month.
    :param time_zone: None for klines that begin by the clock of UTC; ``"+08:00"``: eight hours earlier.
    :raises InvalidStream: if the exchange has no such interval or time zone.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams for UTC", "... with timezone offset".
    """
    name = f"{symbol_stream(symbol, 'kline')}_{one_of(KLINE_INTERVALS, interval)}"
    if time_zone is None:
        return name
    if time_zone not in TIME_ZONES:
        raise InvalidStream(f"no kline has time zone {time_zone!r}; use '+08:00', or None for UTC")
    return f"{name}@{time_zone}"


def one_of(intervals: tuple[str, ...], interval: str) -> str:
    """The interval, which has to be one of those.

    :raises InvalidStream: if it is not.
    """
    if interval not in intervals:
        raise InvalidStream(f"no kline has interval {interval!r}; use one of {' '.join(intervals)}")
    return interval


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


def several(names: Iterable[str], catalogue: tuple[Kind, ...] = CATALOGUE) -> tuple[str, ...]:
    """Check the names of several streams and spell them as the exchange does.

    Symbol parts are lowered, the rest is kept (``@aggTrade``, ``!miniTicker@arr``, ``@kline_1M``); a name
    given twice counts once.

    :param names: stream names, e.g. ``["BNBBTC@aggTrade", "neobtc@ticker"]``.
    :param catalogue: of the venue: what may have been meant by a name that is refused.
    :raises InvalidStream: if *names* is a string, or one of them is not a stream name, e.g. a listen key.
    """
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        # its type alone: a text may be a listen key
        kind = type(names).__name__
        raise InvalidStream(
            f"streams is a {kind}; use a list of names, e.g. ['bnbbtc@aggTrade', 'neobtc@ticker']"
        )
    return tuple(dict.fromkeys(spelt(name, catalogue) for name in names))


def spelt(name: str, catalogue: tuple[Kind, ...] = CATALOGUE) -> str:
    """Check one stream's name and spell it as the exchange does: the symbol part lowered, the rest kept.

    :param catalogue: as for :func:`several`.
    :raises InvalidStream: if it is not a stream's name; a listen key is refused and not quoted.
    """
    if not isinstance(name, str):
        raise InvalidStream(f"a stream name is a {type(name).__name__}; names look like 'bnbbtc@aggTrade'")
    if name.startswith("!"):
        if not _KIND.fullmatch(name[1:]):
            raise InvalidStream(_not_a_name(name, "!miniTicker@arr", catalogue))
        return name
    symbol, at, kind = name.partition("@")
    if name in NAMES_WITHOUT_AT:
        return name
    if not at:
        meant = symbol_meant(name) if len(name) <= LONGEST_QUOTED else None
        if meant is not None:
            raise InvalidStream(
                f"{name!r} does not say which stream of a symbol; names look like 'bnbbtc@aggTrade': "
                f"did you mean '{meant}@trade'?"
            )
        # not quoted: it may be a listen key, which is a secret
        raise InvalidStream(
            "a name without '@' is not a market stream; names look like 'bnbbtc@aggTrade', "
            "and account events come through start_user_socket"
        )
    if not _KIND.fullmatch(kind):
        raise InvalidStream(_not_a_name(name, "bnbbtc@aggTrade", catalogue))
    market, colon, bare = name.partition(":")
    if colon and market in MARKETS:
        raise InvalidStream(f"{_quoted(name)} is a connection key; pass {bare!r}, and venue={market!r}")
    if not symbol:
        raise InvalidStream(f"{_quoted(name)} has no symbol; names look like 'bnbbtc@aggTrade'")
    return f"{lowered(symbol)}@{kind}"


def _not_a_name(name: str, example: str, catalogue: tuple[Kind, ...]) -> str:
    hint = advice(name, catalogue) if len(name) <= LONGEST_QUOTED else ""
    words = f"{_quoted(name)} is not a stream name; names look like '{example}'"
    return f"{words}: {hint}" if hint else words


def _quoted(value: object) -> str:
    text = repr(value)
    length = len(value if isinstance(value, str) else text)
    return text if len(text) <= 45 else f"a {type(value).__name__} of {length} characters"


def multiplex_key(names: tuple[str, ...]) -> str:
    """The connection key of several streams: ``"streams=bnbbtc@aggTrade/neobtc@ticker"``."""
    return MULTIPLEX_PREFIX + "/".join(names)


def own_key(name: str) -> str:
    """Check a connection key of the user's own.

    :raises InvalidArgument: if it could be another socket's key, or is not a short printable text.
    """
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_OWN_KEY or not name.isprintable():
        raise InvalidArgument(
            f"name is {_quoted(name)}; use a text of 1 to {LONGEST_OWN_KEY} characters, e.g. 'all trades'"
        )
    if name in ACCOUNT_KEYS:
        raise InvalidArgument(
            f"name is {name!r}, the key of an account's socket; use any name but {', '.join(ACCOUNT_KEYS)}"
        )
    marks = sorted(set(name) & _OF_OTHER_KEYS)
    if marks:
        raise InvalidArgument(
            f"name is {name!r}, with {' '.join(map(repr, marks))} as in keys of other sockets; use a name "
            f"without {' '.join(sorted(_OF_OTHER_KEYS))}"
        )
    return name


def raw_path(name: str, time_unit: str | None = None) -> str:
    """Where one stream is served bare: ``"/ws/bnbbtc@trade"``, percent-encoded where a URL needs it.

    :param time_unit: of all times in the messages: ``"MICROSECOND"``, or ``"MILLISECOND"`` or None.

    Source: Spot *Web Socket Streams*, "General WSS information" (``timeUnit``).
    """
    query = "?timeUnit=MICROSECOND" if time_unit == "MICROSECOND" else ""
    return f"/ws/{quote(name, safe=_URL_SAFE)}{query}"


def combined_path(names: Iterable[str], longest: int, time_unit: str | None = None) -> tuple[str, int]:
    """Where several streams are served as ``{"stream", "data"}``: ``"/stream?streams=a@trade/b@ticker"``.

    :param longest: characters of the path, with its query.
    :param time_unit: as for :func:`raw_path`.
    :returns: the path, and how many of the names it holds: the first of them, as many as fit.
    """
    unit = ["timeUnit=MICROSECOND"] if time_unit == "MICROSECOND" else []
    taken: list[str] = []
    left = longest - len("&".join([f"/stream?{MULTIPLEX_PREFIX}", *unit]))
    for name in names:
        escaped = quote(name, safe=_URL_SAFE)
        left -= len(escaped) + bool(taken)
        if left < 0:
            break
        taken.append(escaped)
    streams = [MULTIPLEX_PREFIX + "/".join(taken)] if taken else []
    return "?".join(filter(None, ("/stream", "&".join(streams + unit)))), len(taken)


def listed(names: Sequence[str]) -> str:
    """Names in a line of the log, however many there are: ``"a@trade, b@trade and 3 more"``."""
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def api_query(time_unit: str | None = None) -> str:
    """What stands behind the URL of the WebSocket API; *time_unit* as for :func:`raw_path`.

    Source: Spot *WebSocket API*, "General API Information".
    """
    return "?timeUnit=MICROSECOND" if time_unit == "MICROSECOND" else ""
