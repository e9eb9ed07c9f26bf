"""Names of the options streams: which there are, and the category of URLs that each belongs to."""

import re
from typing import Final

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.futures.names import Category, Row, kind_in

_SYMBOL: Final = r"(?P<symbol>[a-z0-9]+-[0-9]{6}-[0-9.]+-[cp])"
_UNDERLYING: Final = r"(?P<underlying>[a-z0-9]+)"
_DAY: Final = r"(?P<day>[0-9]{6})"
_INTERVALS: Final = "|".join(interval for interval in KLINE_INTERVALS if interval not in ("1s", "8h", "1M"))


def _row(pattern: str, category: Category) -> Row:
    return Row(re.compile(pattern), category, ("options",))


#: The catalogue. Source: European Options *Websocket Market Streams*. How a day is joined to ``optionTicker``
#: has been seen in one place only, so an ``@`` before it is accepted, too.
KINDS: Final = {
    "trade": _row(rf"(?:{_SYMBOL}|{_UNDERLYING})@optionTrade", "public"),
    "book_ticker": _row(rf"{_SYMBOL}@bookTicker", "public"),
    "diff_depth": _row(rf"{_SYMBOL}@depth@(?P<speed>100|500)ms", "public"),
    "partial_depth": _row(rf"{_SYMBOL}@depth(?P<levels>5|10|20)@(?P<speed>100|500)ms", "public"),
    "ticker": _row(rf"(?:{_SYMBOL}|{_UNDERLYING})@optionTicker(?:@?{_DAY})?", "public"),
    "kline": _row(rf"{_SYMBOL}@kline_(?P<interval>{_INTERVALS})", "market"),
    "mark_price": _row(rf"{_UNDERLYING}@optionMarkPrice", "market"),
    "open_interest": _row(rf"{_UNDERLYING}@openInterest@{_DAY}", "market"),
    "indices": _row("!index@arr", "market"),
    "option_symbol": _row("!optionSymbol", "market"),
}


def kind_of(name: str) -> tuple[str, re.Match[str]] | None:
    """Return the kind of a stream, a key of :data:`KINDS`, and its name's parts; None if there is none."""
    return kind_in(KINDS, "options", name)


def category_of(name: str) -> Category | None:
    """Return the category of URLs at which a stream of options has messages; None if it is not one."""
    found = kind_of(name)
    return None if found is None else KINDS[found[0]].category
