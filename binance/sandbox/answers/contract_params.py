"""Parameters of orders in futures, read and checked as the exchange does. Pure."""

import re
from collections.abc import Mapping
from typing import Final, cast, get_args

from binance.constants import (
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_MARKET,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_FOK,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_GTX,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.contract_order import Wanted
from binance.sandbox.accounts.contract_orders import TIME_IN_FORCE_GTD
from binance.sandbox.accounts.holdings import BOTH, LONG, SHORT
from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.answers.asked import Asked
from binance.sandbox.market.amounts import UNIT, units
from binance.sandbox.market.futures.contracts import Contract as Spec
from binance.sandbox.market.futures.rules import rules_of
from binance.sandbox.market.resting import Prevention

_DECIMAL: Final = r"-?[0-9]{1,20}(\.[0-9]{1,20})?"
_CLIENT_ID: Final = r"[\.A-Z\:/a-z0-9_-]{1,36}"
_TIMES: Final = (
    TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC, TIME_IN_FORCE_FOK, TIME_IN_FORCE_GTX, TIME_IN_FORCE_GTD,
)  # fmt: skip

# Types that have moved to the calls of algo orders. Source: USD-M *Error Codes*, -4120.
_ALGO: Final = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")

# What a market order cannot have.
_NOT_AT_MARKET: Final = ("price", "timeInForce", "goodTillDate")

# A GTD order lasts ten minutes at least.
_SHORTEST_MS: Final = 600_000
_LATEST_MS: Final = 253_402_300_799_000


def choice(params: Mapping[str, str], name: str, known: tuple[str, ...], code: int, text: str) -> str:
    """Return a parameter that has to be one of some.

    :param code: of the error for any other, with *text*.
    """
    found = mandatory(params, name)
    if found not in known:
        raise BinanceAPIException(400, code, text)
    return found


def read_order(asked: Asked, spec: Spec, hedge: bool, mark: int) -> Wanted:
    """Read a new order.

    :param spec: of the contract that it names.
    :param hedge: whether the account has hedge mode.
    :param mark: the contract's mark price, in units of 1e-8.
    :raises BinanceAPIException: 400 with the code of what is wrong.

    Source: *USD-M* and *COIN-M Futures*, "New Order", "Filters" and "Error Codes".
    """
    params = asked.params
    buy = choice(params, "side", (SIDE_BUY, SIDE_SELL), -1117, "Invalid side.") == SIDE_BUY
    if mandatory(params, "type") in _ALGO:
        text = "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."
        raise BinanceAPIException(400, -4120, text)
    kind = choice(params, "type", (ORDER_TYPE_LIMIT, ORDER_TYPE_MARKET), -1116, "Invalid orderType.")
    side = _position_side(params, hedge)
    reduce_only = asked.flag("reduceOnly", False)
    force, limit, till_ms = TIME_IN_FORCE_GTC, None, 0
    if kind == ORDER_TYPE_LIMIT:
        force = choice(params, "timeInForce", _TIMES, -1115, "Invalid timeInForce.")
        limit = _price(params, spec, buy, mark)
        till_ms = _till_ms(asked, force)
    else:
        for name in _NOT_AT_MARKET:
            if name in params:
                raise BinanceAPIException(400, -1106, f"Parameter '{name}' sent when not required.")
    quantity = _quantity(params, spec)
    notional = 0 if spec.size else quantity * (limit or mark) // UNIT
    least = rules_of(spec).notional
    if notional < least and not reduce_only and not (hedge and (side == LONG) != buy):
        text = f"Order's notional must be no smaller than {least // UNIT} (unless you choose reduce only)."
        raise BinanceAPIException(400, -4164, text)
    client_id = params.get("newClientOrderId")
    if client_id is not None and not re.fullmatch(_CLIENT_ID, client_id):
        raise BinanceAPIException(400, -4015, "Client order id is not valid.")
    return Wanted(
        buy, quantity, limit, force, reduce_only, client_id, side, _prevention(params), till_ms
    )  # fmt: skip


def _position_side(params: Mapping[str, str], hedge: bool) -> str:
    side = params.get("positionSide", BOTH)
    if side not in (BOTH, LONG, SHORT):
        raise BinanceAPIException(400, -4060, "Invalid position side.")
    if hedge != (side != BOTH):
        raise BinanceAPIException(400, -4061, "Order's position side does not match user's setting.")
    if hedge and "reduceOnly" in params:
        raise BinanceAPIException(400, -1106, "Parameter 'reduceonly' sent when not required.")
    return side


def _prevention(params: Mapping[str, str]) -> Prevention:
    mode = params.get("selfTradePreventionMode", "EXPIRE_MAKER")
    if mode not in get_args(Prevention):
        raise BinanceAPIException(400, -5039, "Invalid self trade prevention mode")
    return cast(Prevention, mode)


def _till_ms(asked: Asked, force: str) -> int:
    if force != TIME_IN_FORCE_GTD:
        return 0
    mandatory(asked.params, "goodTillDate")
    till_ms = (asked.number("goodTillDate") or 0) // 1000 * 1000
    if not asked.server_ms + _SHORTEST_MS < till_ms < _LATEST_MS:
        text = "The goodTillDate timestamp must be greater than the current time plus 600 seconds"
        raise BinanceAPIException(400, -5040, f"{text} and smaller than {_LATEST_MS}")
    return till_ms


def _amount(params: Mapping[str, str], name: str, digits: int) -> int:
    """Return an amount in units of 1e-8.

    :param digits: the decimals that it may have.
    """
    text = mandatory(params, name)
    if not re.fullmatch(_DECIMAL, text):
        wrong = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        raise BinanceAPIException(400, -1102, wrong)
    if len(text.partition(".")[2].rstrip("0")) > digits:
        raise BinanceAPIException(400, -1111, "Precision is over the maximum defined for this asset.")
    whole, _, fraction = text.partition(".")
    return units(f"{whole}.{fraction[:8]}" if fraction else whole)


def _quantity(params: Mapping[str, str], spec: Spec) -> int:
    rules = rules_of(spec)
    quantity = _amount(params, "quantity", spec.quantity_digits)
    for wrong, code, text in (
        (quantity <= 0, -4003, "Quantity less than zero."),
        (quantity < rules.step, -4004, "Quantity less than min quantity."),
        (quantity > rules.largest, -4005, "Quantity greater than max quantity."),
        (quantity % rules.step, -4023, "Qty not increased by step size."),
    ):
        if wrong:
            raise BinanceAPIException(400, code, text)
    return quantity


def _price(params: Mapping[str, str], spec: Spec, buy: bool, mark: int) -> int:
    rules = rules_of(spec)
    lowest, highest = rules.price_span(mark)
    price = _amount(params, "price", spec.price_digits)
    for wrong, code, text in (
        (price < 0, -4001, "Price less than 0."),
        (price < rules.tick, -4013, "Price less than min price."),
        (price > rules.highest, -4002, "Price greater than max price."),
        (price % rules.tick, -4014, "Price not increased by tick size."),
        (buy and price > highest, -4016, "Price is higher than mark price multiplier cap."),
        (not buy and price < lowest, -4024, "Price is lower than mark price multiplier floor."),
    ):
        if wrong:
            raise BinanceAPIException(400, code, text)
    return price
