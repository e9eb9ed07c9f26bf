"""The parameters of the classic OCO call, as today's order lists have them. Pure.

The classic call named its legs by what they do, ``limit`` and ``stop``. An order list names them by their
price, ``above`` and ``below``: on the SELL side the limit leg is above, on the BUY side below.

Source: Spot *REST API*, "New OCO - Deprecated", "New Order list - OCO".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binance import constants
from binance.exceptions import InvalidArgument

# Parameters of each leg: the classic name, and the one behind "above" or "below".
_LIMIT_LEG = {
    "price": "Price",
    "limitClientOrderId": "ClientOrderId",
    "limitIcebergQty": "IcebergQty",
    "limitStrategyId": "StrategyId",
    "limitStrategyType": "StrategyType",
}
_STOP_LEG = {
    "stopPrice": "StopPrice",
    "trailingDelta": "TrailingDelta",
    "stopLimitPrice": "Price",
    "stopLimitTimeInForce": "TimeInForce",
    "stopClientOrderId": "ClientOrderId",
    "stopIcebergQty": "IcebergQty",
    "stopStrategyId": "StrategyId",
    "stopStrategyType": "StrategyType",
}
_OF_THE_LIST = (
    *("symbol", "side", "quantity", "listClientOrderId"),
    *("newOrderRespType", "selfTradePreventionMode", "recvWindow"),
)
_NEEDED = ("symbol", "side", "quantity", "price")

# Where the limit leg is, and where the stop leg, by the side.
_LEGS = {constants.SIDE_SELL: ("above", "below"), constants.SIDE_BUY: ("below", "above")}

_NEW = ("above", "below")


def order_list(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an OCO for ``POST /api/v3/orderList/oco``.

    :param params: the classic ones, or those of today, which stay as they are; None is the same as not given.
    :raises InvalidArgument: if both kinds are given, a classic one is missing or unknown, or two of them do
        not fit together.
    """
    given = {name: value for name, value in params.items() if value is not None}
    classic = sorted(given.keys() & (_LIMIT_LEG.keys() | _STOP_LEG.keys()))
    if any(name.startswith(_NEW) for name in given):
        if classic:
            raise InvalidArgument(
                f"an OCO with aboveType and belowType has no {', '.join(classic)}; "
                "use the parameters that begin with above and below"
            )
        return given
    _check(given)
    limit, stop = _LEGS[given["side"]]
    names = {name: name for name in _OF_THE_LIST}
    names |= {name: limit + new for name, new in _LIMIT_LEG.items()}
    names |= {name: stop + new for name, new in _STOP_LEG.items()}
    stop_type = (
        constants.ORDER_TYPE_STOP_LOSS_LIMIT if "stopLimitPrice" in given else constants.ORDER_TYPE_STOP_LOSS
    )
    types = {f"{limit}Type": constants.ORDER_TYPE_LIMIT_MAKER, f"{stop}Type": stop_type}
    return {names[name]: value for name, value in given.items()} | types


def _check(given: Mapping[str, Any]) -> None:
    """Raise if classic parameters are not those of one OCO."""
    unknown = [name for name in given if name not in {*_OF_THE_LIST, *_LIMIT_LEG, *_STOP_LEG}]
    if unknown:
        raise InvalidArgument(
            f"an OCO has no {', '.join(unknown)}; use price for its limit leg, stopPrice, stopLimitPrice and "
            "stopLimitTimeInForce for its stop leg"
        )
    missing = [name for name in _NEEDED if name not in given]
    if "stopPrice" not in given and "trailingDelta" not in given:
        missing.append("stopPrice")
    if missing:
        raise InvalidArgument(f"an OCO needs {', '.join(missing)}")
    if given["side"] not in _LEGS:
        raise InvalidArgument(f"side is {given['side']!r}; use 'BUY' or 'SELL'")
    if "stopLimitPrice" in given:
        if "stopLimitTimeInForce" not in given:
            raise InvalidArgument("stopLimitPrice needs stopLimitTimeInForce; use 'GTC', 'IOC' or 'FOK'")
        return
    for name in ("stopLimitTimeInForce", "stopIcebergQty"):
        if name in given:
            raise InvalidArgument(f"{name} is for a stop leg with a limit; use stopLimitPrice with it")
