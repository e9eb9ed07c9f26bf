"""Events of spot orders: what each says of an order or a list."""

from typing import Any

from binance.constants import ORDER_STATUS_REJECTED, TIME_IN_FORCE_GTC
from binance.sandbox.accounts.spot_order import Fill, OrderList, SpotOrder
from binance.sandbox.market.amounts import decimal


def execution_report(
    order: SpotOrder,
    execution: str,
    number: int,
    now_ms: int,
    fill: Fill | None = None,
    cancel_id: str | None = None,
    reason: str = "NONE",
) -> dict[str, Any]:
    """Return what has just happened to an order.

    :param execution: ``"NEW"``, ``"TRADE"``, ``"CANCELED"``, ``"EXPIRED"``, ``"TRADE_PREVENTION"`` or
        ``"REJECTED"``.
    :param number: of the event.
    :param fill: the trade, if it is one.
    :param cancel_id: the client order id of a cancel.

    Source: Spot *User Data Streams*, "Order Update".
    """
    wanted, trade = order.wanted, None if fill is None else fill.trade
    may_stand = order.limit is not None and wanted.time_in_force == TIME_IN_FORCE_GTC
    works = order.is_open and not order.waits and (may_stand or execution == "NEW")
    status = ORDER_STATUS_REJECTED if execution == "REJECTED" else order.status
    event = {
        "e": "executionReport", "E": now_ms, "s": order.symbol, "c": cancel_id or order.client_id,
        "S": order.side, "o": wanted.type, "f": wanted.time_in_force, "q": decimal(order.quantity),
        "p": decimal(order.price), "P": decimal(wanted.stop_price), "F": decimal(0), "g": order.list_id,
        "C": order.client_id if cancel_id else "", "x": execution, "X": status, "r": reason,
        "i": order.id, "l": decimal(trade.quantity if trade else 0), "z": decimal(order.executed),
        "L": decimal(trade.price if trade else 0), "n": decimal(fill.fee) if fill else "0",
        "N": fill.fee_asset if fill else None, "T": now_ms, "t": trade.id if trade else -1,
        "I": number, "w": works, "m": fill.maker if fill else False,
        "M": False, "O": order.created_ms, "Z": decimal(order.quote),
        "Y": decimal(fill.quote if fill else 0), "Q": decimal(wanted.quote_quantity),
        "W": order.working_ms, "V": order.prevention,
    }  # fmt: skip
    if order.working_ms < 0:
        del event["W"]
    if wanted.strategy_id is not None:
        event["j"] = wanted.strategy_id
    if wanted.strategy_type is not None:
        event["J"] = wanted.strategy_type
    if order.expiry is not None:
        event["eR"] = order.expiry
    if order.prevented_match is not None:
        prevented = decimal(order.prevented)
        event |= {"v": order.prevented_match, "A": prevented, "B": prevented, "u": -1}
    return event


def list_status(orders: OrderList, now_ms: int) -> dict[str, Any]:
    """Return the state of a list of orders.

    Source: Spot *User Data Streams*, "Order Update".
    """
    kind, status = orders.states
    return {
        "e": "listStatus", "E": now_ms, "s": orders.symbol, "g": orders.id, "c": "OCO", "l": kind,
        "L": status, "r": "NONE", "C": orders.client_id, "T": now_ms,
        "O": [{"s": order.symbol, "i": order.id, "c": order.client_id} for order in orders.orders],
    }  # fmt: skip
