"""Stream names and paths out of a call's arguments, and the catalogue of what streams there are. Pure.

Source for all names: Spot *Web Socket Streams*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from binance.constants import KLINE_INTERVALS
from binance.exceptions import InvalidStream

DEPTH_LEVELS = (5, 10, 20)
MAX_STREAMS = 1024  # of one connection
MULTIPLEX_PREFIX = "streams="

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
    """What the messages of one kind of stream say of their order.

    :ivar pattern: what the names look like, a regular expression.
    :ivar event: event type, member ``e`` of each message, or of each item of a list; None if they have none.
    :ivar first_id: member with the first id that a message covers. None: no message of this kind is ever
        taken for a duplicate.
    :ivar last_id: member with the last one; the same member where a message has one id. A message whose last
        id is not above that of the message before is a duplicate.
    :ivar contiguous: each message begins where the one before ended, so that ids between are missing ones.
    :ivar by_symbol: the stream carries many markets, each with ids of its own; member ``s`` tells which.
    :ivar retirement: set if binance.com no longer serves the stream.

    Source: Spot *Web Socket Streams*. That trade and aggregate trade ids have no holes is practice, not
    promised there; for diff depth it is.
    """

    pattern: str
    event: str | None
    first_id: str | None = None
    last_id: str | None = None
    contiguous: bool = False
    by_symbol: bool = False
    retirement: Retirement | None = None


#: Every kind of spot stream whose messages have a known shape. Partial depth, klines and tickers are
#: snapshots: the next one contains what was missed, and one that comes twice says the same again.
CATALOGUE = (
    Kind(r"[^!@]+@trade", "trade", "t", "t", contiguous=True),
    Kind(r"[^!@]+@aggTrade", "aggTrade", "a", "a", contiguous=True),
    Kind(r"[^!@]+@depth(@100ms)?", "depthUpdate", "U", "u", contiguous=True),
    Kind(r"[^!@]+@bookTicker", None, "u", "u"),
    Kind(r"[^!@]+@depth(5|10|20)(@100ms)?", None),
    Kind(r"[^!@]+@kline_\w+(@[+-]\d\d:\d\d)?", "kline"),
    Kind(r"[^!@]+@ticker", "24hrTicker"),
    Kind(r"[^!@]+@miniTicker", "24hrMiniTicker"),
    Kind(r"!miniTicker@arr(@\d+ms)?", "24hrMiniTicker"),
    Kind(
        r"!ticker@arr(@\d+ms)?",
        "24hrTicker",
        retirement=Retirement(
            "2026-03-26", "!miniTicker@arr (start_miniticker_socket), or <symbol>@ticker for each symbol"
        ),
    ),
    Kind(
        r"!bookTicker",
        None,
        "u",
        "u",
        by_symbol=True,
        retirement=Retirement(
            "2022-12-07",
            "<symbol>@bookTicker for each symbol (start_symbol_book_ticker_socket, or a multiplex socket)",
        ),
    ),
)


def kind_of(name: str) -> Kind | None:
    """The row of the catalogue for a stream's name; None for a name of a kind that is not in it."""
    return next((kind for kind in CATALOGUE if re.fullmatch(kind.pattern, name)), None)


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


def kline(symbol: str, interval: str) -> str:
    """Name the stream of one symbol's klines, e.g. ``"bnbbtc@kline_30m"``.

    :param interval: one of :data:`binance.constants.KLINE_INTERVALS`; case matters, ``1M`` is a month.
    :raises InvalidStream: if the exchange has no such interval.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams".
    """
    if interval not in KLINE_INTERVALS:
        raise InvalidStream(f"no kline has interval {interval!r}; use one of {' '.join(KLINE_INTERVALS)}")
    return symbol_stream(symbol, f"kline_{interval}")


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
    spelt = tuple(dict.fromkeys(_spelt(name) for name in names))
    if not spelt:
        raise InvalidStream("streams is empty; pass at least one name, e.g. 'bnbbtc@aggTrade'")
    if len(spelt) > MAX_STREAMS:
        raise InvalidStream(
            f"{len(spelt)} streams; one connection takes {MAX_STREAMS}, start further sockets"
        )
    return spelt


def _spelt(name: str) -> str:
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


def raw_path(name: str) -> str:
    """Where one stream is served bare: ``"/ws/bnbbtc@trade"``, percent-encoded where a URL needs it."""
    return f"/ws/{quote(name, safe=_URL_SAFE)}"


def combined_path(names: tuple[str, ...]) -> str:
    """Where several streams are served as ``{"stream", "data"}``: ``"/stream?streams=a@trade/b@ticker"``."""
    return f"/stream?{MULTIPLEX_PREFIX}" + "/".join(quote(name, safe=_URL_SAFE) for name in names)


def is_array(name: str) -> bool:
    """Whether the messages of a raw stream are lists: the all-market streams ``!...@arr``."""
    return name.startswith("!") and "@arr" in name


def retirement(name: str) -> Retirement | None:
    """What binance.com says about a spot stream it has ended; None while it lives (or never lived).

    Source: Spot *CHANGELOG*; binance.us still serves ``!ticker@arr``.
    """
    kind = kind_of(name)
    return None if kind is None else kind.retirement
