"""Orders in fewer words: the client's methods that fill in the type and the side.

Source: Spot *REST API*, "New order", "New Order list - OCO".
"""

from __future__ import annotations

from typing import Any

from binance import constants
from binance.rest.methods import TableCalls
from binance.rest.oco import order_list


class Orders(TableCalls):
    """Methods that place one kind of order on spot.

    Amounts are sent digit by digit: use text or Decimal. OCOs call ``create_oco_order``, all others
    ``create_order``: a subclass that overrides both sees every order.
    """

    def order_limit(self, timeInForce: str = constants.TIME_IN_FORCE_GTC, **params: Any) -> dict[str, Any]:
        """Place a limit order.

        :param timeInForce: ``"GTC"``, ``"IOC"`` or ``"FOK"``.
        :param params: ``symbol``, ``side``, ``quantity`` and ``price``, and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.create_order(**{**params, "type": constants.ORDER_TYPE_LIMIT, "timeInForce": timeInForce})

    def order_limit_buy(
        self, timeInForce: str = constants.TIME_IN_FORCE_GTC, **params: Any
    ) -> dict[str, Any]:
        """Place a limit order that buys.

        :param timeInForce: ``"GTC"``, ``"IOC"`` or ``"FOK"``.
        :param params: ``symbol``, ``quantity`` and ``price``, and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.order_limit(timeInForce=timeInForce, **{**params, "side": constants.SIDE_BUY})

    def order_limit_sell(
        self, timeInForce: str = constants.TIME_IN_FORCE_GTC, **params: Any
    ) -> dict[str, Any]:
        """Place a limit order that sells.

        :param timeInForce: ``"GTC"``, ``"IOC"`` or ``"FOK"``.
        :param params: ``symbol``, ``quantity`` and ``price``, and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.order_limit(timeInForce=timeInForce, **{**params, "side": constants.SIDE_SELL})

    def order_market(self, **params: Any) -> dict[str, Any]:
        """Place a market order.

        :param params: ``symbol``, ``side``, and ``quantity`` or ``quoteOrderQty``: how much of the quote
            asset to spend or to get; and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.create_order(**{**params, "type": constants.ORDER_TYPE_MARKET})

    def order_market_buy(self, **params: Any) -> dict[str, Any]:
        """Place a market order that buys.

        :param params: ``symbol``, and ``quantity`` or ``quoteOrderQty``: how much of the quote asset to
            spend; and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.order_market(**{**params, "side": constants.SIDE_BUY})

    def order_market_sell(self, **params: Any) -> dict[str, Any]:
        """Place a market order that sells.

        :param params: ``symbol``, and ``quantity`` or ``quoteOrderQty``: how much of the quote asset to
            get; and what else ``create_order`` takes.
        :returns: what ``create_order`` returns.
        """
        return self.order_market(**{**params, "side": constants.SIDE_SELL})

    def create_oco_order(self, **params: Any) -> dict[str, Any]:
        """Place two orders of which one cancels the other: a limit order, and a stop order.

        The exchange replaced the classic call by order lists. Its parameters are translated; the orders are
        the same.

        :param params: the classic ones: ``symbol``, ``side``, ``quantity``, ``price`` of the limit order,
            ``stopPrice`` or ``trailingDelta``; for a stop order with a limit ``stopLimitPrice`` and
            ``stopLimitTimeInForce``; and ``listClientOrderId``, ``limitClientOrderId``,
            ``stopClientOrderId``, ``limitIcebergQty``, ``stopIcebergQty``, ``newOrderRespType``,
            ``recvWindow``. Or those of today: ``aboveType``, ``belowType``, ``abovePrice`` and so on, which
            are sent as they are.
        :returns: ``{"orderListId", "orders": [...], "orderReports": [...], ...}``.
        :raises InvalidArgument: if they are not those of one OCO.
        """
        return self.create_order_list_oco(**order_list(params))

    def order_oco_buy(self, **params: Any) -> dict[str, Any]:
        """Place an OCO that buys: the limit order below the price, the stop order above.

        :param params: those of :meth:`create_oco_order` without ``side``.
        """
        return self.create_oco_order(**{**params, "side": constants.SIDE_BUY})

    def order_oco_sell(self, **params: Any) -> dict[str, Any]:
        """Place an OCO that sells: the limit order above the price, the stop order below.

        :param params: those of :meth:`create_oco_order` without ``side``.
        """
        return self.create_oco_order(**{**params, "side": constants.SIDE_SELL})
