"""Filters of symbols: which orders they refuse. What they say is what ``exchangeInfo`` shows."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.spot_order import AT_MARKET, Wanted
from binance.sandbox.market import rules
from binance.sandbox.market.amounts import UNIT, units
from binance.sandbox.market.symbols import Instrument

#: What one filter says: amounts in units of 1e-8, numbers as they are.
Rule: TypeAlias = Mapping[str, int]


class _Asked(NamedTuple):
    """An order that is to be checked, and the average price by which it is."""

    wanted: Wanted
    average: int


@lru_cache(maxsize=1024)
def rules_of(spec: Instrument) -> Mapping[str, Rule]:
    """Return what the filters of a symbol say, by their type."""
    return {
        shown["filterType"]: {
            name: units(value) if isinstance(value, str) else int(value)
            for name, value in shown.items()
            if name != "filterType"
        }
        for shown in rules.filters(spec)
    }


def _within(value: int, least: int, most: int, step: int) -> bool:
    """Return whether a value fits; a bound of 0 does not count."""
    return value >= least and (not most or value <= most) and (not step or value % step == 0)


def _price(asked: _Asked, rule: Rule) -> bool:
    prices = (asked.wanted.price, asked.wanted.stop_price)
    bounds = rule["minPrice"], rule["maxPrice"], rule["tickSize"]
    return all(_within(price, *bounds) for price in prices if price)


def _lot_size(asked: _Asked, rule: Rule) -> bool:
    quantity = asked.wanted.quantity
    return not quantity or _within(quantity, rule["minQty"], rule["maxQty"], rule["stepSize"])


def _market_lot_size(asked: _Asked, rule: Rule) -> bool:
    return asked.wanted.type not in AT_MARKET or _lot_size(asked, rule)


def _percent_price(asked: _Asked, rule: Rule) -> bool:
    wanted = asked.wanted
    side = "bid" if wanted.buy else "ask"
    least, most = (asked.average * rule[f"{side}Multiplier{way}"] // UNIT for way in ("Down", "Up"))
    return not wanted.price or least <= wanted.price <= most


def _notional(asked: _Asked, rule: Rule) -> bool:
    wanted = asked.wanted
    price = wanted.price or wanted.stop_price or asked.average
    notional = wanted.quote_quantity or price * wanted.quantity // UNIT
    at_market = wanted.type in AT_MARKET
    if notional < rule["minNotional"] and (rule["applyMinToMarket"] or not at_market):
        return False
    return notional <= rule["maxNotional"] or (at_market and not rule["applyMaxToMarket"])


_CHECKS: Final[dict[str, Callable[[_Asked, Rule], bool]]] = {
    "PRICE_FILTER": _price,
    "PERCENT_PRICE_BY_SIDE": _percent_price,
    "LOT_SIZE": _lot_size,
    "MARKET_LOT_SIZE": _market_lot_size,
    "NOTIONAL": _notional,
}


def check(spec: Instrument, wanted: Wanted, average: int) -> None:
    """Check an order against the filters that look at it alone.

    :param average: the average price, in units of 1e-8.
    :raises BinanceAPIException: 400 with -1013 if a filter refuses it.

    Source: Spot *Filters*; *Error codes*, "Filter failures".
    """
    rules = rules_of(spec)
    asked = _Asked(wanted, average)
    for name, passes in _CHECKS.items():
        if not passes(asked, rules[name]):
            raise BinanceAPIException(400, -1013, f"Filter failure: {name}")


def check_number(spec: Instrument, name: str, member: str, number: int) -> None:
    """Check a number of open orders against the filter that bounds it.

    :param name: of the filter; *member* has its bound.
    :raises BinanceAPIException: 400 with -2010, as has been seen of the exchange, if it is too large.
    """
    if number > rules_of(spec)[name][member]:
        raise BinanceAPIException(400, -2010, f"Filter failure: {name}")
