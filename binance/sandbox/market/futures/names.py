"""Names of the futures streams: which there are, and the category of URLs that each belongs to."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.futures.contracts import Venue

Category = Literal["public", "market"]

_BOTH: Final[tuple[Venue, ...]] = ("usdm", "coinm")
_INTERVALS: Final = "|".join(interval for interval in KLINE_INTERVALS if interval != "1s")
_SYMBOL: Final = r"(?P<symbol>[a-z0-9]+(?:_perp|_[0-9]{6})?)"
_PAIR: Final = r"(?P<pair>[a-z0-9]+)"
_KIND: Final = "(?P<kind>perpetual|current_quarter|next_quarter|tradifi_perpetual)"


class Row(NamedTuple):
    """One kind of stream.

    :ivar pattern: its names; ``category`` of URL on USD-M: COIN-M has none.
    """

    pattern: re.Pattern[str]
    category: Category
    venues: tuple[Venue, ...] = _BOTH


def _row(pattern: str, category: Category, venues: tuple[Venue, ...] = _BOTH) -> Row:
    return Row(re.compile(pattern), category, venues)


#: The catalogue. Source: USD-M and COIN-M *Websocket Market Streams*; the notice on USD-M's URLs.
KINDS: Final = {
    "book_ticker": _row(rf"{_SYMBOL}@bookTicker", "public"),
    "book_tickers": _row("!bookTicker", "public"),
    "diff_depth": _row(rf"{_SYMBOL}@depth(?:@(?P<speed>100|500)ms)?", "public"),
    "partial_depth": _row(rf"{_SYMBOL}@depth(?P<levels>5|10|20)(?:@(?P<speed>100|500)ms)?", "public"),
    "rpi_depth": _row(rf"{_SYMBOL}@rpiDepth@500ms", "public", ("usdm",)),
    "trade": _row(rf"{_SYMBOL}@trade", "public"),
    "agg_trade": _row(rf"{_SYMBOL}@aggTrade", "market"),
    "mark_price": _row(rf"{_SYMBOL}@markPrice(?P<fast>@1s)?", "market"),
    "mark_prices": _row("!markPrice@arr(?P<fast>@1s)?", "market"),
    "kline": _row(rf"{_SYMBOL}@kline_(?P<interval>{_INTERVALS})", "market"),
    "continuous_kline": _row(
        rf"{_PAIR}_{_KIND}@continuousKline_(?P<interval>{'|'.join(KLINE_INTERVALS)})", "market"
    ),
    "mini_ticker": _row(rf"{_SYMBOL}@miniTicker", "market"),
    "mini_tickers": _row("!miniTicker@arr", "market"),
    "ticker": _row(rf"{_SYMBOL}@ticker", "market"),
    "tickers": _row("!ticker@arr", "market"),
    "force_order": _row(rf"{_SYMBOL}@forceOrder", "market"),
    "force_orders": _row("!forceOrder@arr", "market"),
    "composite_index": _row(rf"{_SYMBOL}@compositeIndex", "market", ("usdm",)),
    "contract_info": _row("!contractInfo", "market"),
    "asset_index": _row("(?P<asset>[a-z0-9]+)@assetIndex", "market", ("usdm",)),
    "asset_indices": _row("!assetIndex@arr", "market", ("usdm",)),
    "trading_session": _row("tradingSession", "market", ("usdm",)),
    "index_price": _row(rf"{_PAIR}@indexPrice(?P<fast>@1s)?", "market", ("coinm",)),
    "index_kline": _row(rf"{_PAIR}@indexPriceKline_(?P<interval>{_INTERVALS})", "market", ("coinm",)),
    "mark_kline": _row(rf"{_SYMBOL}@markPriceKline_(?P<interval>{_INTERVALS})", "market", ("coinm",)),
}

#: All-market names that spot offers, too, or did.
OF_SPOT: Final = ("!bookTicker", "!miniTicker@arr", "!ticker@arr")

_COINM_ONLY: Final = re.compile(
    r"![^@]+.*"
    r"|[a-z0-9]+usd_(?:perp|[0-9]{6})@.+"
    r"|[a-z0-9]+usd_(?:perpetual|current_quarter|next_quarter)@continuousKline_.+"
    r"|[a-z0-9]+usd@(?:indexPrice|markPrice).*"
)


def kind_in(kinds: Mapping[str, Row], venue: Venue, name: str) -> tuple[str, re.Match[str]] | None:
    """Return the kind of a stream, a key of *kinds*, and its name's parts; None if there is none."""
    for kind, row in kinds.items():
        if venue in row.venues and (match := row.pattern.fullmatch(name)):
            return kind, match
    return None


def kind_of(venue: Venue, name: str) -> tuple[str, re.Match[str]] | None:
    """Return the kind of a stream, a key of :data:`KINDS`, and its name's parts; None if there is none."""
    return kind_in(KINDS, venue, name)


def category_of(name: str) -> Category | None:
    """Return the category of URLs at which a USD-M stream has messages; None if there is no such stream."""
    found = kind_of("usdm", name)
    return None if found is None else KINDS[found[0]].category


def is_coinm_alone(name: str) -> bool:
    """Return whether a name is COIN-M's and cannot be spot's."""
    if name in OF_SPOT or not _COINM_ONLY.fullmatch(name):
        return False
    return kind_of("coinm", name) is not None
