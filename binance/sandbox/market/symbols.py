"""Symbols: what is traded under each, and which are traded unless others are named."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from string import ascii_uppercase
from typing import Final

from binance.exceptions import InvalidArgument

DEFAULT_SYMBOLS: Final = ("BNBBTC", "BTCUSDT", "ETHBTC", "NEOBTC", "ETHUSDT", "LTCBTC")

# Letters of any script: the exchange lists such symbols too.
SYMBOL: Final = r"[\w.-]{1,20}"

_QUOTES: Final = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD")

# The most symbols that can be asked for by their number: the exchange has fewer.
MOST_SYMBOLS: Final = 10_000

# Bases of made-up symbols; behind them come all of four letters.
_BASES: Final = (
    "BTC", "ETH", "BNB", "XRP", "SOL", "ADA", "DOGE", "TRX", "AVAX", "LINK", "DOT", "LTC", "BCH", "NEAR",
    "UNI", "ATOM", "ETC", "XLM", "FIL", "APT", "ARB", "OP", "INJ", "SUI", "AAVE", "ALGO", "VET", "GRT",
    "SAND", "MANA", "AXS", "THETA", "EGLD", "FTM", "RUNE", "KAVA", "CRV", "LDO", "SNX", "COMP", "ZEC",
    "DASH", "IOTA", "NEO", "QTUM", "ZIL", "BAT", "ENJ", "CHZ", "HOT", "ONE", "CELO", "ANKR", "IOST", "ICX",
    "ONT", "KSM", "YFI", "SUSHI", "RVN",
)  # fmt: skip
_QUOTES_OF_MANY: Final = ("USDT", "BTC", "USDC", "ETH", "BNB", "FDUSD", "EUR", "TRY")

# How often a quiet symbol is traded, where an ordinary one is traded once.
QUIET_WEIGHT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is traded under one symbol, and where its price begins.

    :ivar tick: smallest price step, in units of 1e-8.
    :ivar step: smallest quantity step, in units of 1e-8.
    :ivar price: the price at which the market opens and to which it is drawn back, in units of 1e-8.
    :ivar lots: mean size of an order, in steps.
    :ivar status: trading status; nothing here ever changes it.

    Source: Spot *REST API*, "Exchange information" (``PRICE_FILTER``, ``LOT_SIZE``).
    """

    symbol: str
    base: str
    quote: str
    tick: int
    step: int
    price: int
    lots: int
    status: str = "TRADING"


_KNOWN: Final = {
    spec.symbol: spec
    for spec in (
        Instrument("BNBBTC", "BNB", "BTC", 100, 100_000, 900_000, 900),
        Instrument("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000, 6_700_000_000_000, 4_000),
        Instrument("ETHBTC", "ETH", "BTC", 1_000, 10_000, 4_000_000, 6_000),
        Instrument("NEOBTC", "NEO", "BTC", 10, 1_000_000, 15_000, 900),
        Instrument("ETHUSDT", "ETH", "USDT", 1_000_000, 10_000, 260_000_000_000, 6_000),
        Instrument("LTCBTC", "LTC", "BTC", 100, 100_000, 120_000, 1_500),
    )
}


def listed(symbols: Sequence[str] | int | None) -> Sequence[str]:
    """Return what is traded.

    :param symbols: themselves; or how many, first :data:`DEFAULT_SYMBOLS` and then made-up ones, always the
        same; None for :data:`DEFAULT_SYMBOLS`.
    """
    if symbols is None:
        return DEFAULT_SYMBOLS
    return list(islice(_made_up(), symbols)) if isinstance(symbols, int) else symbols


def _made_up() -> Iterator[str]:
    bases = chain(_BASES, map("".join, product(ascii_uppercase, repeat=4)))
    others = (base + quote for base in bases for quote in _QUOTES_OF_MANY if base != quote)
    seen = set()
    for symbol in chain(DEFAULT_SYMBOLS, others):
        if symbol not in seen:
            seen.add(symbol)
            yield symbol


def instrument(symbol: str) -> Instrument:
    """Describe a symbol; one that the sandbox does not know gets ordinary numbers.

    :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
    :raises InvalidArgument: if *symbol* is empty, or could not be separated from the rest of a stream's name.
    """
    name = symbol.upper()
    if not re.fullmatch(SYMBOL, name):
        raise InvalidArgument(f"{symbol!r} is not a symbol; use 1 to 20 letters, digits, or any of - _ .")
    known = _KNOWN.get(name)
    if known is not None:
        return known
    quote = next((q for q in _QUOTES if name.endswith(q) and name != q), name[-3:])
    return Instrument(name, name[: -len(quote)] or name, quote, 10_000, 100_000, 100_000_000, 900)
