"""Trading rules of futures: what ``exchangeInfo`` says of contracts, assets and limits. Pure."""

from collections.abc import Iterable
from typing import Any, Final

from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.futures.contracts import Contract
from binance.sandbox.market.futures.payloads import ONBOARD_MS

_ORDER_TYPES: Final = (
    "LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET",
)  # fmt: skip
_TIMES_IN_FORCE: Final = ("GTC", "IOC", "FOK", "GTX", "GTD")
_HIGHEST_PRICE: Final = 1_000_000 * UNIT
_LARGEST: Final = 1_000
_LEAST_NOTIONAL: Final = "5"


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
    tick, step = fixed(spec.tick, spec.price_digits), fixed(spec.step, spec.quantity_digits)
    largest = fixed(spec.step * spec.lots * _LARGEST, spec.quantity_digits)
    lots = {"minQty": step, "maxQty": largest, "stepSize": step}
    found: list[dict[str, Any]] = [
        {
            "filterType": "PRICE_FILTER", "minPrice": tick,
            "maxPrice": fixed(_HIGHEST_PRICE, spec.price_digits), "tickSize": tick,
        },
        {"filterType": "LOT_SIZE"} | lots,
        {"filterType": "MARKET_LOT_SIZE"} | lots,
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        {
            "filterType": "PERCENT_PRICE", "multiplierUp": "1.0500", "multiplierDown": "0.9500",
            "multiplierDecimal": "4",
        },
    ]  # fmt: skip
    if spec.venue == "usdm":
        found.append({"filterType": "MIN_NOTIONAL", "notional": _LEAST_NOTIONAL})
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
    listed = (
        ("REQUEST_WEIGHT", "MINUTE", 1, weight_per_min), ("ORDERS", "MINUTE", 1, 1200),
        ("ORDERS", "SECOND", 10, 300),
    )  # fmt: skip
    return [
        {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
        for kind, interval, number, limit in listed
        if limit is not None
    ]
