"""Trading rules of futures: what ``exchangeInfo`` says of contracts, assets and limits. Pure."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.futures.contracts import Contract
from binance.sandbox.market.futures.payloads import ONBOARD_MS

_ORDER_TYPES: Final = (
    "LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET",
)  # fmt: skip
_TIMES_IN_FORCE: Final = ("GTC", "IOC", "FOK", "GTX", "GTD")
_HIGHEST_PRICE: Final = 1_000_000 * UNIT
_LARGEST: Final = 1_000
_LEAST_NOTIONAL: Final = 5
_MOST_ORDERS: Final = 200

#: Orders that an account may send: how many within how many of which unit.
ORDER_LIMITS: Final = ((1200, 1, "MINUTE"), (300, 10, "SECOND"))

# How far the price of a limit order may be from the mark price: a twentieth.
_PRICE_SPAN: Final = 20


class Rules(NamedTuple):
    """What the filters of a contract say, in units of 1e-8.

    :ivar step: smallest quantity, of which others are multiples; ``largest`` the greatest.
    :ivar tick: smallest price, of which others are multiples; ``highest`` the greatest.
    :ivar notional: least value of an order in dollars; 0 for none.
    :ivar orders: open orders that an account may have.
    """

    step: int
    largest: int
    tick: int
    highest: int
    notional: int
    orders: int

    def price_span(self, mark: int) -> tuple[int, int]:
        """Return the lowest price of a limit order that sells, and the highest of one that buys."""
        return mark - mark // _PRICE_SPAN, mark + mark // _PRICE_SPAN


def rules_of(spec: Contract) -> Rules:
    """Return what the filters of a contract say.

    Source: USD-M and COIN-M *Common Definition*, "Filters".
    """
    notional = _LEAST_NOTIONAL * UNIT if spec.venue == "usdm" else 0
    largest = spec.step * spec.lots * _LARGEST
    return Rules(spec.step, largest, spec.tick, _HIGHEST_PRICE, notional, _MOST_ORDERS)


def contract_info(spec: Contract) -> dict[str, Any]:
    """Return what ``exchangeInfo`` says of one contract.

    Source: USD-M and COIN-M *Market Data*, "Exchange Information".
    """
    made = {
        "symbol": spec.symbol, "pair": spec.pair, "contractType": spec.kind,
        "deliveryDate": spec.delivery_ms, "onboardDate": ONBOARD_MS,
        "maintMarginPercent": "2.5000", "requiredMarginPercent": "5.0000", "baseAsset": spec.base,
        "quoteAsset": spec.quote, "marginAsset": spec.base if spec.size else spec.quote,
        "pricePrecision": spec.price_digits, "quantityPrecision": spec.quantity_digits,
        "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "COIN", "underlyingSubType": [],
        "triggerProtect": "0.0500", "liquidationFee": "0.012000", "marketTakeBound": "0.05",
        "filters": _filters(spec), "orderTypes": list(_ORDER_TYPES), "timeInForce": list(_TIMES_IN_FORCE),
    }  # fmt: skip
    if spec.venue == "coinm":
        return made | {"contractStatus": spec.status, "contractSize": spec.size, "equalQtyPrecision": 4}
    return made | {"status": spec.status}


def _filters(spec: Contract) -> list[dict[str, Any]]:
    rules = rules_of(spec)
    tick, step = fixed(rules.tick, spec.price_digits), fixed(rules.step, spec.quantity_digits)
    largest = fixed(rules.largest, spec.quantity_digits)
    lots = {"minQty": step, "maxQty": largest, "stepSize": step}
    found: list[dict[str, Any]] = [
        {
            "filterType": "PRICE_FILTER", "minPrice": tick,
            "maxPrice": fixed(rules.highest, spec.price_digits), "tickSize": tick,
        },
        {"filterType": "LOT_SIZE"} | lots,
        {"filterType": "MARKET_LOT_SIZE"} | lots,
        {"filterType": "MAX_NUM_ORDERS", "limit": rules.orders},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        {
            "filterType": "PERCENT_PRICE", "multiplierUp": "1.0500", "multiplierDown": "0.9500",
            "multiplierDecimal": "4",
        },
    ]  # fmt: skip
    if spec.venue == "usdm":
        found.append({"filterType": "MIN_NOTIONAL", "notional": str(_LEAST_NOTIONAL)})
    return found


def assets(specs: Iterable[Contract]) -> list[dict[str, Any]]:
    """Return what ``exchangeInfo`` says of the assets that quote contracts."""
    quotes = dict.fromkeys(spec.quote for spec in specs)
    return [
        {"asset": asset, "marginAvailable": True, "autoAssetExchange": decimal(-10_000 * UNIT)}
        for asset in quotes
    ]


def rate_limits(weight_per_min: int | None) -> list[dict[str, Any]]:
    """Return the ``rateLimits`` of ``exchangeInfo``.

    :param weight_per_min: the limit of request weight; None for no such limit.
    """
    orders = [("ORDERS", interval, number, most) for most, number, interval in ORDER_LIMITS]
    listed = [("REQUEST_WEIGHT", "MINUTE", 1, weight_per_min), *orders]
    return [
        {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
        for kind, interval, number, limit in listed
        if limit is not None
    ]
