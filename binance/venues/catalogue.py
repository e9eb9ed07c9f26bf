"""The kinds of streams of all venues, and whose a stream's name is. Pure.

The tables are those of :mod:`binance.venues.catalogue_spot`, and of its neighbours.
"""

from __future__ import annotations

import re
from functools import lru_cache

from binance.venues.catalogue_coinm import COINM
from binance.venues.catalogue_options import OPTIONS
from binance.venues.catalogue_spot import SPOT, US
from binance.venues.catalogue_usdm import USDM
from binance.venues.kinds import DEPTH_LEVELS, Kind, Retirement, Stream

__all__ = [
    "CATALOGUE",
    "CATALOGUES",
    "DEPTH_LEVELS",
    "MARKETS",
    "NAMES_WITHOUT_AT",
    "US_CATALOGUE",
    "Kind",
    "Retirement",
    "Stream",
    "kind_of",
    "served_elsewhere",
]

#: The spot streams of binance.com, and of binance.us.
CATALOGUE, US_CATALOGUE = SPOT, US
#: What binance.com serves, by market: ``"spot"``, ``"usdm"``, ``"coinm"`` and ``"options"``.
CATALOGUES = {"spot": SPOT, "usdm": USDM, "coinm": COINM, "options": OPTIONS}

#: What each market is called in messages.
MARKETS = {
    "spot": "the spot market",
    "usdm": "USD-M futures",
    "coinm": "COIN-M futures",
    "options": "options",
}

#: What the symbols of each market look like, in lower case.
SYMBOLS = {
    "spot": r"[^\W_]+",
    "usdm": r"[^\W_]+(_\d{6})?",
    "coinm": r"[^\W_]+_(perp|\d{6})",
    "options": r"[^\W_]+-\d{6}-[\d.]+-[cp]",
}

#: Names of streams that have neither ``@`` nor ``!``.
NAMES_WITHOUT_AT = frozenset(
    kind.name for kinds in CATALOGUES.values() for kind in kinds if not re.search("[@!]", kind.name)
)


@lru_cache(8192)
def kind_of(name: str, catalogue: tuple[Kind, ...] = CATALOGUE) -> Kind | None:
    """The row of a catalogue for a stream's name; None for a name of a kind that is not in it."""
    return next((kind for kind in catalogue if re.fullmatch(kind.pattern, name)), None)


def may_have(market: str, kind: Kind | None, symbol: str) -> bool:
    """Whether a market may have a symbol, to judge by its looks.

    :param kind: of the stream; where its name holds something else than a symbol, anything will do.
    :param symbol: what stands before the ``@``, in lower case; "" if nothing does.
    """
    if not symbol or (kind is not None and not kind.name.startswith("<symbol>")):
        return True
    if kind is not None and kind.of_both:
        return any(re.fullmatch(SYMBOLS[futures], symbol) for futures in ("usdm", "coinm"))
    return re.fullmatch(SYMBOLS[market], symbol) is not None


@lru_cache(1024)
def served_elsewhere(name: str, market: str = "spot") -> tuple[str, ...]:
    """The other markets that have a kind of stream of that name, case aside, and may have its symbol.

    If no symbol of *market* looks like that either, the symbol does not count. None has what *market* has.
    """
    symbol, at, _ = name.partition("@")
    symbol = symbol.lower() if at and not symbol.startswith("!") else ""
    serving = {}
    for other, catalogue in CATALOGUES.items():
        kind = next((one for one in catalogue if re.fullmatch(one.pattern, name, re.IGNORECASE)), None)
        if kind is not None:
            serving[other] = kind
    if market in serving:
        return ()
    fitting = tuple(other for other, kind in serving.items() if may_have(other, kind, symbol))
    return fitting if fitting or may_have(market, None, symbol) else tuple(serving)
