"""A call for public data, and its parameters read. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Final

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.limits import Limits
from binance.sandbox.market.book import Book
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import MICROS
from binance.sandbox.market.rules import STATUSES
from binance.sandbox.market.symbols import SYMBOL

_MOST_ITEMS: Final = 1000

_LEGAL_SYMBOL: Final = r"^[\w\-._&&[^a-z]]{1,50}$"
_LEGAL_SYMBOLS: Final = r'^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$'


class Asked:
    """A public call, and its parameters read.

    :ivar now_ms: time of the market; ``server_ms`` that of the exchange's clock, which may be wrong.
    """

    def __init__(
        self, params: Mapping[str, str], market: Market, per_ms: int, offset_ms: float, limits: Limits
    ) -> None:
        self.params = params
        self.market = market
        self.per_ms = per_ms
        self.limits = limits
        self.server_ms = market.now_ms + offset_ms
        self.now_ms = int(market.now_ms)

    def book(self) -> Book:
        """Return the book of the mandatory parameter ``symbol``; with ``symbolStatus`` it has that status."""
        book = self._named(mandatory(self.params, "symbol"), "symbol", _LEGAL_SYMBOL)
        if self.status() not in (None, book.spec.status):
            text = "The symbol's status does not match the requested symbolStatus."
            raise BinanceAPIException(400, -1220, text)
        return book

    def books(self) -> list[Book] | None:
        """Return the books of ``symbols``, or all if none is named; None if ``symbol`` names one.

        With ``symbolStatus`` only those of that status.
        """
        if "symbol" in self.params:
            if "symbols" in self.params:
                raise bad_combination()
            return None
        status = self.status()
        listed = self._listed() if "symbols" in self.params else list(self.market.books.values())
        return [book for book in listed if status in (None, book.spec.status)]

    def _listed(self) -> list[Book]:
        try:
            named = json.loads(self.params["symbols"])
        except (ValueError, RecursionError) as exc:  # the latter by brackets without end
            raise illegal("symbols", _LEGAL_SYMBOLS) from exc
        if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
            raise not_valid("symbols")
        books = [self._named(name, "symbols", _LEGAL_SYMBOLS) for name in named]
        if len(set(named)) < len(named):
            raise BinanceAPIException(400, -1151, "Symbol is present multiple times in the list.")
        return books

    def _named(self, symbol: str, name: str, legal: str) -> Book:
        if not re.fullmatch(SYMBOL, symbol) or re.search("[a-z]", symbol):
            raise illegal(name, legal)
        book = self.market.books.get(symbol)
        if book is None:
            raise bad_symbol()
        return book

    def status(self) -> str | None:
        """Return the status that symbols have to have; None for any."""
        status = self.params.get("symbolStatus")
        if status is not None and status not in STATUSES:
            raise BinanceAPIException(400, -1122, "Invalid symbolStatus.")
        return status

    def flag(self, name: str, default: bool) -> bool:
        """Return a parameter that is true or false."""
        text = self.params.get(name, str(default)).lower()
        if text not in ("true", "false"):
            raise not_valid(name)
        return text == "true"

    def number(self, name: str) -> int | None:
        """Return a parameter that is a whole number, not below 0; None if it was not sent."""
        text = self.params.get(name)
        if text is None:
            return None
        if text == "":
            raise BinanceAPIException(400, -1105, f"Parameter '{name}' was empty.")
        if not re.fullmatch("[0-9]{1,20}", text):
            raise illegal(name, "^[0-9]{1,20}$")
        number = int(text)
        if number >= 2**63:
            raise not_valid(name)
        return number

    def limit(self) -> int:
        """Return how many items are wanted: 500 by default, 1000 at most."""
        limit = self.number("limit")
        if limit == 0:
            raise not_valid("limit")
        return min(limit or 500, _MOST_ITEMS)

    def time_ms(self, name: str) -> int | None:
        """Return a moment, which may be in milliseconds or in microseconds."""
        time = self.number(name)
        return time if time is None or time < 10**15 else time // MICROS


def illegal(name: str, legal: str) -> BinanceAPIException:
    """Return the error of a parameter with characters out of its legal range."""
    text = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return BinanceAPIException(400, -1100, text)


def bad_symbol() -> BinanceAPIException:
    """Return the error of a symbol that is not traded."""
    return BinanceAPIException(400, -1121, "Invalid symbol.")


def bad_interval() -> BinanceAPIException:
    """Return the error of an interval that klines do not have."""
    return BinanceAPIException(400, -1120, "Invalid interval.")


def bad_depth_limit(limit: object) -> BinanceAPIException:
    """Return the error of a number of price levels that derivatives do not offer."""
    return BinanceAPIException(400, -4021, f"'{limit}' is not valid depth limit.")


def not_valid(name: str) -> BinanceAPIException:
    """Return the error of a parameter with an invalid value."""
    return BinanceAPIException(400, -1130, f"Data sent for parameter '{name}' is not valid.")


def bad_combination() -> BinanceAPIException:
    """Return the error of optional parameters that cannot be combined."""
    return BinanceAPIException(400, -1128, "Combination of optional parameters invalid.")
