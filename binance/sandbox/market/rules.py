"""Trading rules: what the exchange says of its symbols and limits. Pure.

The filters bind orders that come by REST and by the WebSocket API (``accounts/filters.py``); the call
``fill`` asks none. What symbols do not offer (icebergs, trailing stops, pegs, amendments, other lists than
OCO) is refused.
"""

from typing import Any, Final

from binance.sandbox.market.amounts import UNIT, decimal
from binance.sandbox.market.symbols import Instrument

# What ``symbolStatus`` may ask for.
STATUSES: Final = ("TRADING", "HALT", "BREAK")

# Whose account may trade a symbol; one of a set is enough.
PERMISSIONS: Final = ("SPOT", "MARGIN")

# Every permission there may be, as a pattern.
PERMISSION: Final = "SPOT|MARGIN|LEVERAGED|TRD_GRP_[0-9]{3}"

_PRECISION: Final = 8
_PRECISIONS: Final = (
    "baseAssetPrecision", "quotePrecision", "quoteAssetPrecision", "baseCommissionPrecision",
    "quoteCommissionPrecision",
)  # fmt: skip
_ORDER_TYPES: Final = (
    "LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT",
)  # fmt: skip
# What may be asked for at a symbol.
_ALLOWED: Final = {
    "icebergAllowed": False, "ocoAllowed": True, "otoAllowed": False, "opoAllowed": False,
    "quoteOrderQtyMarketAllowed": True, "allowTrailingStop": False, "cancelReplaceAllowed": True,
    "amendAllowed": False, "pegInstructionsAllowed": False, "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": True,
}  # fmt: skip

#: What may happen where an order meets one of its own account; the exchange's default is the second.
PREVENTION_MODES: Final = ("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH")

_HIGHEST_PRICE: Final = 1_000_000 * UNIT
_LARGEST_QUANTITY: Final = 900_000 * UNIT
_LARGEST_NOTIONAL: Final = 9_000_000 * UNIT

# The least an order may be worth, in units of 1e-8 of the quote asset.
_LEAST_NOTIONAL: Final = {"BTC": UNIT // 10_000, "ETH": UNIT // 1000, "BNB": UNIT // 1000}
_LEAST_OF_OTHERS: Final = 5 * UNIT

# Assets that a state issues.
_MONEY: Final = ("EUR", "TRY", "USD")

# How far from the reference price an order may be executed, up and down.
_PRICE_RANGE: Final = ("5.0000", "0.2000")


def symbol_info(spec: Instrument, permission_sets: bool = True) -> dict[str, Any]:
    """Return what ``exchangeInfo`` says of one symbol.

    :param permission_sets: False leaves ``permissionSets`` empty, as ``showPermissionSets=false`` asks.

    Source: Spot *REST API*, "Exchange information".
    """
    return {
        "symbol": spec.symbol,
        "status": spec.status,
        "baseAsset": spec.base,
        "quoteAsset": spec.quote,
        **dict.fromkeys(_PRECISIONS, _PRECISION),
        "orderTypes": list(_ORDER_TYPES),
        **_ALLOWED,
        "filters": filters(spec),
        "permissions": [],
        "permissionSets": [list(PERMISSIONS)] if permission_sets else [],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": list(PREVENTION_MODES),
    }


def filters(spec: Instrument) -> list[dict[str, Any]]:
    """Return the filters of one symbol, in the exchange's order.

    Source: Spot *Filters*.
    """
    tick, step = decimal(spec.tick), decimal(spec.step)
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick, "maxPrice": decimal(_HIGHEST_PRICE), "tickSize": tick,
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": step, "maxQty": decimal(_LARGEST_QUANTITY), "stepSize": step,
        },
        {"filterType": "ICEBERG_PARTS", "limit": 100},
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": decimal(0), "maxQty": decimal(spec.step * spec.lots * 100), "stepSize": decimal(0),
        },
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 10, "maxTrailingBelowDelta": 2000,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5", "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5", "askMultiplierDown": "0.2", "avgPriceMins": 5,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": decimal(_LEAST_NOTIONAL.get(spec.quote, _LEAST_OF_OTHERS)),
            "applyMinToMarket": True,
            "maxNotional": decimal(_LARGEST_NOTIONAL), "applyMaxToMarket": False, "avgPriceMins": 5,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
    ]  # fmt: skip


def rate_limits(
    weight_per_min: int | None,
    connections_per_5_min: int | None = None,
    orders: tuple[int | None, int | None] = (100, 200_000),
) -> list[dict[str, Any]]:
    """Return the ``rateLimits`` of ``exchangeInfo``.

    :param weight_per_min: the limit of request weight; None for no such limit.
    :param orders: the limits of orders within 10 seconds and within a day, likewise.
    :param connections_per_5_min: for the WebSocket API, which limits connections in place of raw requests.

    Source: Spot *Enums*, "Rate limiters"; *WebSocket API*, "Exchange information"; their change log.
    """
    listed: list[tuple[str, str, int, int | None]] = [
        ("REQUEST_WEIGHT", "MINUTE", 1, weight_per_min),
        ("ORDERS", "SECOND", 10, orders[0]),
        ("ORDERS", "DAY", 1, orders[1]),
    ]
    if connections_per_5_min is None:
        listed.append(("RAW_REQUESTS", "MINUTE", 5, 300_000))
    else:
        listed.append(("CONNECTIONS", "MINUTE", 5, connections_per_5_min))
    return [
        {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
        for kind, interval, number, limit in listed
        if limit is not None
    ]


def execution_rules(spec: Instrument) -> dict[str, Any]:
    """Return what ``executionRules`` says of one symbol.

    Source: Spot *REST API*, "Query Execution Rules".
    """
    up, down = _PRICE_RANGE
    rule = {
        "ruleType": "PRICE_RANGE", "bidLimitMultUp": up, "bidLimitMultDown": down, "askLimitMultUp": up,
        "askLimitMultDown": down,
    }  # fmt: skip
    return {"symbol": spec.symbol, "rules": [rule]}


def margin_pair(spec: Instrument, number: int | None = None) -> dict[str, Any]:
    """Return what the lists of margin pairs say of one symbol.

    :param number: the pair's id in the list of cross margin; isolated pairs have none.

    Source: Margin *Market Data*, "Get All Cross Margin Pairs", "Get All Isolated Margin Symbol".
    """
    pair: dict[str, Any] = {} if number is None else {"id": number}
    return pair | {
        "symbol": spec.symbol, "base": spec.base, "quote": spec.quote, "isMarginTrade": True,
        "isBuyAllowed": True, "isSellAllowed": True,
    }  # fmt: skip


def coin_info(asset: str, free: int, locked: int) -> dict[str, Any]:
    """Return what ``capital/config/getall`` says of one asset.

    :param free: what the account can spend of it, in units of 1e-8; *locked*: what its open orders hold.

    Source: Wallet *Capital*, "All Coins' Information".
    """
    nothing = decimal(0)
    network = {
        "network": asset, "coin": asset, "name": asset, "isDefault": True, "busy": False,
        "depositEnable": True, "depositDesc": "", "depositDust": decimal(1), "withdrawEnable": True,
        "withdrawDesc": "", "withdrawFee": decimal(1000), "withdrawMin": decimal(2000),
        "withdrawMax": "9999999999.99999999", "withdrawInternalMin": nothing,
        "withdrawIntegerMultiple": decimal(1), "withdrawTag": False, "sameAddress": False,
        "addressRegex": "^[0-9A-Za-z]{20,80}$", "memoRegex": "", "specialTips": "", "minConfirm": 1,
        "unLockConfirm": 0, "estimatedArrivalTime": 1, "resetAddressStatus": False,
        "contractAddress": "", "contractAddressUrl": "",
    }  # fmt: skip
    return {
        "coin": asset, "name": asset, "trading": True, "isLegalMoney": asset in _MONEY,
        "depositAllEnable": True, "withdrawAllEnable": True, "free": decimal(free),
        "locked": decimal(locked), "freeze": nothing, "withdrawing": nothing, "ipoing": nothing,
        "ipoable": nothing, "storage": nothing,
        "networkList": [network],
    }  # fmt: skip


def ordinary_quantity(spec: Instrument, price: int) -> int:
    """Return a quantity that the filters let pass: ten steps, or what is worth twice the least."""
    least = _LEAST_NOTIONAL.get(spec.quote, _LEAST_OF_OTHERS)
    steps = -(-2 * least * UNIT // (price * spec.step))
    return spec.step * max(steps, 10)
