"""What answers say of orders, lists and trades. Pure: times are in the unit that is asked for."""

from typing import Any

from binance.constants import ORDER_RESP_TYPE_ACK, ORDER_RESP_TYPE_FULL
from binance.sandbox.accounts.spot_order import Fill, OrderList, SpotOrder
from binance.sandbox.market.amounts import decimal


def _conditional(order: SpotOrder) -> dict[str, Any]:
    """Return the fields that only some orders have.

    Source: Spot *REST API*, "Conditional fields in Order Responses".
    """
    wanted = order.wanted
    fields = {
        "stopPrice": decimal(wanted.stop_price) if wanted.is_contingent else None,
        "strategyId": wanted.strategy_id,
        "strategyType": wanted.strategy_type,
        "preventedMatchId": order.prevented_match,
        "preventedQuantity": decimal(order.prevented) if order.prevented else None,
        "expiryReason": order.expiry,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _amounts(order: SpotOrder) -> dict[str, Any]:
    return {
        "price": decimal(order.price), "origQty": decimal(order.quantity),
        "executedQty": decimal(order.executed), "origQuoteOrderQty": decimal(order.wanted.quote_quantity),
        "cummulativeQuoteQty": decimal(order.quote), "status": order.status,
        "timeInForce": order.wanted.time_in_force, "type": order.wanted.type, "side": order.side,
    }  # fmt: skip


def _time(time_ms: int, per_ms: int) -> int:
    """Return a time in a unit; -1 stays -1."""
    return time_ms * per_ms if time_ms >= 0 else time_ms


def placed(order: SpotOrder, form: str, per_ms: int) -> dict[str, Any]:
    """Return the answer to a new order.

    :param form: ``"ACK"``, ``"RESULT"`` or ``"FULL"``.

    Source: Spot *REST API*, "New order".
    """
    answer: dict[str, Any] = {
        "symbol": order.symbol, "orderId": order.id, "orderListId": order.list_id,
        "clientOrderId": order.client_id, "transactTime": order.updated_ms * per_ms,
    }  # fmt: skip
    if form == ORDER_RESP_TYPE_ACK:
        return answer
    answer |= _amounts(order) | _conditional(order) | {"workingTime": _time(order.working_ms, per_ms)}
    if form == ORDER_RESP_TYPE_FULL:
        answer["fills"] = [
            {
                "price": decimal(fill.trade.price), "qty": decimal(fill.trade.quantity),
                "commission": decimal(fill.fee), "commissionAsset": fill.fee_asset,
                "tradeId": fill.trade.id,
            }
            for fill in order.fills
        ]  # fmt: skip
    return answer | {"selfTradePreventionMode": order.prevention}


def canceled(order: SpotOrder, cancel_id: str, per_ms: int) -> dict[str, Any]:
    """Return the answer to a cancel.

    Source: Spot *REST API*, "Cancel order".
    """
    return {
        "symbol": order.symbol, "origClientOrderId": order.client_id, "orderId": order.id,
        "orderListId": order.list_id, "clientOrderId": cancel_id,
        "transactTime": order.updated_ms * per_ms, **_amounts(order), **_conditional(order),
        "selfTradePreventionMode": order.prevention,
    }  # fmt: skip


def queried(order: SpotOrder, per_ms: int) -> dict[str, Any]:
    """Return what is said of an order that is asked for.

    Source: Spot *REST API*, "Query order".
    """
    return {
        "symbol": order.symbol, "orderId": order.id, "orderListId": order.list_id,
        "clientOrderId": order.client_id, **_amounts(order),
        "stopPrice": decimal(order.wanted.stop_price), "icebergQty": decimal(0),
        "time": order.created_ms * per_ms, "updateTime": order.updated_ms * per_ms,
        "isWorking": order.working_ms >= 0, "workingTime": _time(order.working_ms, per_ms),
        "selfTradePreventionMode": order.prevention,
    } | _conditional(order)  # fmt: skip


def listed(orders: OrderList, per_ms: int) -> dict[str, Any]:
    """Return what is said of a list of orders.

    Source: Spot *REST API*, "Query Order list".
    """
    kind, status = orders.states
    return {
        "orderListId": orders.id, "contingencyType": "OCO", "listStatusType": kind,
        "listOrderStatus": status, "listClientOrderId": orders.client_id,
        "transactionTime": orders.updated_ms * per_ms, "symbol": orders.symbol,
        "orders": [
            {"symbol": order.symbol, "orderId": order.id, "clientOrderId": order.client_id}
            for order in orders.orders
        ],
    }  # fmt: skip


def trade(fill: Fill, per_ms: int) -> dict[str, Any]:
    """Return what is said of one trade of an account.

    Source: Spot *REST API*, "Account trade list".
    """
    order, made = fill.order, fill.trade
    return {
        "symbol": order.symbol, "id": made.id, "orderId": order.id, "orderListId": order.list_id,
        "price": decimal(made.price), "qty": decimal(made.quantity), "quoteQty": decimal(fill.quote),
        "commission": decimal(fill.fee), "commissionAsset": fill.fee_asset, "time": made.time_ms * per_ms,
        "isBuyer": order.buy, "isMaker": fill.maker, "isBestMatch": True,
    }  # fmt: skip
