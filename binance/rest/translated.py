"""Calls of 0.7 whose parameters or answers have another form today, translated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from binance.exceptions import BinanceRequestException, InvalidArgument, Retired
from binance.rest.methods import TableCalls

#: Directions of ``futures_account_transfer``, and the types of a universal transfer that they are now.
_FUTURES_TRANSFERS: Final = {1: "MAIN_UMFUTURE", 2: "UMFUTURE_MAIN", 3: "MAIN_CMFUTURE", 4: "CMFUTURE_MAIN"}

#: Types of orders of USD-M futures that are algo orders now.
_ALGO_TYPES: Final = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")


class Translated(TableCalls):
    """Methods that make the call of today, and take and return what the classic one did."""

    def get_margin_asset(self, **params: Any) -> dict[str, Any]:
        """Get an asset of margin trading.

        :param params: ``asset``.
        :returns: the one row of :meth:`get_margin_all_assets`.
        :raises BinanceRequestException: if there is no such asset.

        Source: *Margin Trading*, "Get All Margin Assets"; the call for one asset ended on 2024-03-31.
        """
        return self._the_one(self.get_margin_all_assets, "asset", params)

    def get_margin_symbol(self, **params: Any) -> dict[str, Any]:
        """Get a symbol of cross margin.

        :param params: ``symbol``.
        :returns: the one row of :meth:`get_margin_all_pairs`.
        :raises BinanceRequestException: if there is no such symbol.

        Source: *Margin Trading*, "Get All Cross Margin Pairs"; the call for one symbol ended on 2024-03-31.
        """
        return self._the_one(self.get_margin_all_pairs, "symbol", params)

    def get_isolated_margin_symbol(self, **params: Any) -> dict[str, Any]:
        """Get a symbol of isolated margin.

        :param params: ``symbol``.
        :returns: the one row of :meth:`get_all_isolated_margin_symbols`.
        :raises BinanceRequestException: if there is no such symbol.

        Source: *Margin Trading*, "Get All Isolated Margin Symbol"; the call for one ended on 2024-03-31.
        """
        return self._the_one(self.get_all_isolated_margin_symbols, "symbol", params)

    def futures_account_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between the spot account and the account of futures.

        :param params: ``asset``, ``amount``, and ``type``: 1 from spot to USD-M, 2 from USD-M to spot, 3 from
            spot to COIN-M, 4 from COIN-M to spot.
        :returns: ``{"tranId"}``
        :raises InvalidArgument: if *type* is another one.

        Source: *Wallet*, "User Universal Transfer"; the call that was for this alone ended in 2024.
        """
        direction = params.pop("type", None)
        kind = _FUTURES_TRANSFERS.get(int(direction)) if str(direction).isdecimal() else None
        if kind is None:
            raise InvalidArgument(
                f"type is {direction!r}; use 1 (spot to USD-M), 2 (USD-M to spot), 3 (spot to COIN-M) or "
                "4 (COIN-M to spot)"
            )
        return self.universal_transfer(**params, type=kind)

    def futures_create_order(self, **params: Any) -> dict[str, Any]:
        """Place an order of USD-M futures.

        :param params: of limit and market orders, as the exchange has them: ``symbol``, ``side``, ``type``...
        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", ...}``
        :raises Retired: of stop orders and their like, which are algo orders now. Nothing was sent:
            :meth:`futures_create_algo_order` takes the same parameters, and its answer has an ``algoId``.

        Source: *USD-M Futures*, "New Order" and "Change Log" of 2025-11-06.
        """
        kind = params.get("type")
        if kind in _ALGO_TYPES:
            use = "client.futures_create_algo_order with the same parameters"
            words = f"USD-M futures take no {kind} orders by futures_create_order since 2025-12-09; use {use}"
            raise Retired(words, "2025-12-09", use)
        return super().futures_create_order(**params)

    def _the_one(
        self, listing: Callable[..., list[dict[str, Any]]], key: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        if params.get(key) is None:
            raise InvalidArgument(f"{key} is missing; use {listing.__name__}() for all")
        found = listing(**params)
        if not found:
            raise BinanceRequestException(f"margin trading has no {key} {params[key]!r}")
        return found[0]
