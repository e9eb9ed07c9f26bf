"""Parameters of orders, read and checked as the exchange does: a table of what each type of order needs."""

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, cast

from binance.constants import (
    ORDER_RESP_TYPE_ACK,
    ORDER_RESP_TYPE_FULL,
    ORDER_RESP_TYPE_RESULT,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_LIMIT_MAKER,
    ORDER_TYPE_MARKET,
    ORDER_TYPE_STOP_LOSS,
    ORDER_TYPE_STOP_LOSS_LIMIT,
    ORDER_TYPE_TAKE_PROFIT,
    ORDER_TYPE_TAKE_PROFIT_LIMIT,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_FOK,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.accounts.spot_order import STOP_LOSSES, TAKE_PROFITS, Wanted
from binance.sandbox.answers.asked import illegal, not_valid
from binance.sandbox.market.amounts import units
from binance.sandbox.market.resting import Prevention
from binance.sandbox.market.rules import PREVENTION_MODES

_DECIMAL: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_WHOLE: Final = "^[0-9]{1,20}$"
_CLIENT_ID: Final = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
_MOST_DECIMALS: Final = 8
_LEAST_STRATEGY_TYPE: Final = 1_000_000

RESPONSES: Final = (ORDER_RESP_TYPE_ACK, ORDER_RESP_TYPE_RESULT, ORDER_RESP_TYPE_FULL)
_IN_FORCE: Final = (TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC, TIME_IN_FORCE_FOK)

# Modes of self-trade prevention that symbols of the sandbox do not have.
_OTHER_PREVENTIONS: Final = ("NONE", "DECREMENT", "TRANSFER")


class _Form(NamedTuple):
    """What an order of one type has to have, and may have beside it.

    :ivar either: of these one has to be sent.
    """

    needs: tuple[str, ...]
    either: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


_STOP: Final = ("stopPrice", "trailingDelta")
_LIMITED: Final = ("timeInForce", "quantity", "price")

# Source: Spot *REST API*, "New order", the additional mandatory parameters by type.
_FORMS: Final = {
    ORDER_TYPE_LIMIT: _Form(_LIMITED, may=("icebergQty",)),
    ORDER_TYPE_MARKET: _Form((), either=("quantity", "quoteOrderQty")),
    ORDER_TYPE_STOP_LOSS: _Form(("quantity",), either=_STOP),
    ORDER_TYPE_STOP_LOSS_LIMIT: _Form(_LIMITED, either=_STOP, may=("icebergQty",)),
    ORDER_TYPE_TAKE_PROFIT: _Form(("quantity",), either=_STOP),
    ORDER_TYPE_TAKE_PROFIT_LIMIT: _Form(_LIMITED, either=_STOP, may=("icebergQty",)),
    ORDER_TYPE_LIMIT_MAKER: _Form(("quantity", "price"), may=("icebergQty",)),
}

# What only some types have.
_SHAPING: Final = (
    "timeInForce", "quantity", "quoteOrderQty", "price", "stopPrice", "trailingDelta", "icebergQty",
)  # fmt: skip

_PEGS: Final = ("pegPriceType", "pegOffsetType", "pegOffsetValue")

# What the symbols of the sandbox do not have, though a call may ask for it. Source: Spot *Error codes*.
_NOT_OFFERED: Final = {
    "icebergQty": "Iceberg orders are not supported for this symbol.",
    "trailingDelta": "Trailing stop orders are not supported for this symbol.",
    **dict.fromkeys(_PEGS, "Pegged orders are not supported for this symbol."),
}

_OF_ONE: Final = ("newClientOrderId", "strategyId", "strategyType")

#: Parameters that any signed call may have, by REST or by the WebSocket API.
COMMON: Final = ("apiKey", "recvWindow", "returnRateLimits", "signature", "timestamp")

#: Parameters of a new order.
OF_ORDER: Final = (
    "symbol", "side", "type", "newOrderRespType", "selfTradePreventionMode", *_SHAPING, *_PEGS, *_OF_ONE,
)  # fmt: skip

# Parameters of the legs of a pair, as they are called for one order. In `above` and `below` names begin so.
_OF_LEG: Final = {
    name: name[0].upper() + name[1:]
    for name in ("type", "price", "stopPrice", "timeInForce", "strategyId", "strategyType", "icebergQty",
                 "trailingDelta", *_PEGS)
} | {"newClientOrderId": "ClientOrderId"}  # fmt: skip


def _leg_names(leg: str) -> dict[str, str]:
    return {name: leg + sent for name, sent in _OF_LEG.items()} | {"quantity": "quantity"}


_ABOVE: Final = _leg_names("above")
_BELOW: Final = _leg_names("below")

# The same of the older call, which has a leg with a limit and one with a stop.
_LIMIT_LEG: Final = {
    "quantity": "quantity", "price": "price", "newClientOrderId": "limitClientOrderId",
    "strategyId": "limitStrategyId", "strategyType": "limitStrategyType", "icebergQty": "limitIcebergQty",
}  # fmt: skip
_STOP_LEG: Final = {
    "quantity": "quantity", "price": "stopLimitPrice", "stopPrice": "stopPrice",
    "timeInForce": "stopLimitTimeInForce", "newClientOrderId": "stopClientOrderId",
    "strategyId": "stopStrategyId", "strategyType": "stopStrategyType", "icebergQty": "stopIcebergQty",
    "trailingDelta": "trailingDelta",
}  # fmt: skip

_OF_PAIR: Final = (
    "symbol", "side", "quantity", "listClientOrderId", "newOrderRespType", "selfTradePreventionMode",
)  # fmt: skip

#: Parameters of a pair, and of the older call for one.
OF_PAIR: Final = tuple(dict.fromkeys((*_OF_PAIR, *_ABOVE.values(), *_BELOW.values())))
OF_OLD_PAIR: Final = tuple(dict.fromkeys((*_OF_PAIR, *_LIMIT_LEG.values(), *_STOP_LEG.values())))


# -- single parameters -------------------------------------------------------------------------------------


def check_names(params: Mapping[str, str], known: Collection[str]) -> None:
    """Check that a call has no parameter that nobody reads.

    :raises BinanceAPIException: 400 with -1104.
    """
    read = sum(name in known or name in COMMON for name in params)
    if read != len(params):
        text = f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(params)}'."
        raise BinanceAPIException(400, -1104, text)


def choice(params: Mapping[str, str], name: str, known: Collection[str], error: tuple[int, str]) -> str:
    """Return a parameter that has to be one of some.

    :param error: code and message for any other.
    """
    text = mandatory(params, name)
    if text not in known:
        raise BinanceAPIException(400, *error)
    return text


def client_id(params: Mapping[str, str], name: str) -> str | None:
    """Return a client order id; None if it was not sent."""
    return _matched(params, name, _CLIENT_ID)


def either(params: Mapping[str, str], *names: str) -> None:
    """Check that one of some parameters was sent.

    :raises BinanceAPIException: 400 with -1102.
    """
    if not any(params.get(name) for name in names):
        text = f"Param '{names[0]}' or '{names[1]}' must be sent, but both were empty/null!"
        raise BinanceAPIException(400, -1102, text)


def _matched(params: Mapping[str, str], name: str, legal: str) -> str | None:
    text = params.get(name)
    if text is None:
        return None
    if text == "":
        raise BinanceAPIException(400, -1105, f"Parameter '{name}' was empty.")
    if not re.fullmatch(legal, text):
        raise illegal(name, legal)
    return text


def _amount(params: Mapping[str, str], name: str) -> int:
    """Return an amount in units of 1e-8; 0 if it was not sent."""
    text = _matched(params, name, _DECIMAL)
    if text is None:
        return 0
    if len(text.partition(".")[2]) > _MOST_DECIMALS:
        raise BinanceAPIException(400, -1111, f"Parameter '{name}' has too much precision.")
    amount = units(text)
    if amount >= 2**63:
        raise BinanceAPIException(400, -1108, f"Parameter '{name}' overflowed.")
    if not amount:
        raise BinanceAPIException(400, -1013, f"Invalid {name}.")
    return amount


def _whole(params: Mapping[str, str], name: str) -> int | None:
    text = _matched(params, name, _WHOLE)
    if text is None:
        return None
    if int(text) >= 2**63:
        raise BinanceAPIException(400, -1108, f"Parameter '{name}' overflowed.")
    return int(text)


def prevention(params: Mapping[str, str]) -> Prevention:
    """Return what happens where an order meets one of its own account."""
    mode = params.get("selfTradePreventionMode", "EXPIRE_MAKER")
    if mode in PREVENTION_MODES:
        return cast(Prevention, mode)
    if mode in _OTHER_PREVENTIONS:
        text = "This symbol does not allow the specified self-trade prevention mode."
        raise BinanceAPIException(400, -1013, text)
    raise not_valid("selfTradePreventionMode")


def is_buy(params: Mapping[str, str]) -> bool:
    """Return whether the side of a call is that of buyers."""
    return choice(params, "side", (SIDE_BUY, SIDE_SELL), (-1117, "Invalid side.")) == SIDE_BUY


def response(params: Mapping[str, str], default: str) -> str:
    """Return the form of answer that a call asks for."""
    if "newOrderRespType" not in params:
        return default
    wrong = (-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    return choice(params, "newOrderRespType", RESPONSES, wrong)


# -- orders ------------------------------------------------------------------------------------------------


def read_order(params: Mapping[str, str]) -> Wanted:
    """Read a new order.

    :raises BinanceAPIException: 400 with the code of what is wrong.

    Source: Spot *REST API*, "New order"; *Error codes*.
    """
    buy = is_buy(params)
    kind = choice(params, "type", _FORMS, (-1116, "Invalid orderType."))
    return _read(params, buy, kind, {name: name for name in (*_SHAPING, *_PEGS, *_OF_ONE)})


def _read(params: Mapping[str, str], buy: bool, kind: str, names: Mapping[str, str]) -> Wanted:
    """Read one order of a call.

    :param names: what each parameter of an order is called in it; what is not among them cannot be sent.
    """
    form = _FORMS[kind]
    for name in form.needs:
        mandatory(params, names[name])
    if form.either:
        either(params, *(names[name] for name in form.either))
    for name in _SHAPING:
        if name not in (*form.needs, *form.either, *form.may) and names.get(name) in params:
            raise BinanceAPIException(400, -1106, f"Parameter '{names[name]}' sent when not required.")
    for name, text in _NOT_OFFERED.items():
        if names.get(name) in params:
            raise BinanceAPIException(400, -1013, text)
    if "quantity" in params and "quoteOrderQty" in params:
        raise BinanceAPIException(400, -1128, "Combination of optional parameters invalid.")
    in_force = TIME_IN_FORCE_GTC
    if "timeInForce" in form.needs:
        in_force = choice(params, names["timeInForce"], _IN_FORCE, (-1115, "Invalid timeInForce."))
    strategy_type = _whole(params, names["strategyType"])
    if strategy_type is not None and strategy_type < _LEAST_STRATEGY_TYPE:
        raise BinanceAPIException(400, -1134, f"strategyType was less than {_LEAST_STRATEGY_TYPE}.")

    def amount(name: str) -> int:
        return _amount(params, names[name]) if name in names else 0

    return Wanted(
        buy,
        kind,
        amount("quantity"),
        amount("quoteOrderQty"),
        amount("price") if "price" in form.needs else 0,
        amount("stopPrice"),
        in_force,
        client_id(params, names["newClientOrderId"]),
        prevention(params),
        _whole(params, names["strategyId"]),
        strategy_type,
    )


# What a leg of a pair must be, by whether the pair buys and the leg is above: types, and the errors of
# others. Source: Spot *Error codes*, -1165 to -1199.
_MISPLACED: Final = {
    (True, True): {
        ORDER_TYPE_LIMIT_MAKER: (-1165, "A limit order in a buy OCO must be below."),
        **dict.fromkeys(TAKE_PROFITS, (-1198, "A take profit order in a buy OCO must be below.")),
    },
    (True, False): dict.fromkeys(STOP_LOSSES, (-1196, "A stop loss order in a buy OCO must be above.")),
    (False, True): dict.fromkeys(STOP_LOSSES, (-1197, "A stop loss order in a sell OCO must be below.")),
    (False, False): {
        ORDER_TYPE_LIMIT_MAKER: (-1166, "A limit order in a sell OCO must be above."),
        **dict.fromkeys(TAKE_PROFITS, (-1199, "A take profit order in a sell OCO must be above.")),
    },
}

_IN_PAIR: Final = (ORDER_TYPE_LIMIT_MAKER, *STOP_LOSSES, *TAKE_PROFITS)


def read_pair(params: Mapping[str, str]) -> list[Wanted]:
    """Read two orders of which one cancels the other: that above the market price, and that below.

    :raises BinanceAPIException: 400 with the code of what is wrong.

    Source: Spot *REST API*, "New Order list - OCO"; *Error codes*.
    """
    buy = is_buy(params)
    mandatory(params, "quantity")
    unknown = (-1158, "Order type not supported in OCO.")
    kinds = [choice(params, name, _IN_PAIR, unknown) for name in ("aboveType", "belowType")]
    if kinds == [ORDER_TYPE_LIMIT_MAKER] * 2:
        raise BinanceAPIException(400, -1168, "At least one OCO order must be contingent.")
    for kind, above in zip(kinds, (True, False), strict=True):
        if kind in _MISPLACED[buy, above]:
            raise BinanceAPIException(400, *_MISPLACED[buy, above][kind])
    return [_read(params, buy, kind, names) for kind, names in zip(kinds, (_ABOVE, _BELOW), strict=True)]


def read_old_pair(params: Mapping[str, str]) -> list[Wanted]:
    """Read the same of the older call: the order with a stop, and that with a limit.

    Source: Spot *REST API*, "New OCO".
    """
    buy = is_buy(params)
    for name in ("quantity", "price", "stopPrice"):
        mandatory(params, name)
    kind = ORDER_TYPE_STOP_LOSS_LIMIT if "stopLimitPrice" in params else ORDER_TYPE_STOP_LOSS
    return [
        _read(params, buy, kind, _STOP_LEG),
        _read(params, buy, ORDER_TYPE_LIMIT_MAKER, _LIMIT_LEG),
    ]


def is_beside(wanted: Wanted, last: int) -> bool:
    """Return whether the prices of a leg of a pair leave room for the last price.

    :param last: the price of the last trade, in units of 1e-8.
    """
    if wanted.is_contingent and wanted.is_triggered(last, last):
        return False
    if wanted.type in STOP_LOSSES or not wanted.price:
        return True
    return wanted.price < last if wanted.buy else wanted.price > last
