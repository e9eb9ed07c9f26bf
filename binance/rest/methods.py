"""The client's methods, one for each row of the table.

Made by ``python -m binance.rest.generate``. A test holds it against the table. Do not change it by hand.
"""

# mypy: disable-error-code=no-any-return
from __future__ import annotations

from typing import Any, NoReturn

from binance.rest.caller import Caller
from binance.rest.table import retired


class TableCalls(Caller):
    """The calls of the table, under their classic names."""

    def ping(self) -> dict[str, Any]:
        """Ask whether the exchange answers.

        ``GET /api/v3/ping``: no key, weight 1.

        :returns: ``{}``

        Source: Spot *REST API*, "Test connectivity".
        """
        return self._call("ping", {})

    def get_server_time(self) -> dict[str, Any]:
        """Get the exchange's time.

        ``GET /api/v3/time``: no key, weight 1.

        :returns: ``{"serverTime": ms}``

        Source: Spot *REST API*, "Check server time".
        """
        return self._call("get_server_time", {})

    def get_exchange_info(self, **params: Any) -> dict[str, Any]:
        """Get the trading rules and the symbols.

        ``GET /api/v3/exchangeInfo``: no key, weight 20. Parameters, none of them needed: ``symbol``,
        ``symbols``, ``permissions``, ``showPermissionSets``, ``symbolStatus``.

        :returns: ``{"timezone", "serverTime": ms, "rateLimits": [...], "exchangeFilters": [...], "symbols":
            [{"symbol", "status", "baseAsset", "quoteAsset", "orderTypes": [...], "filters": [...], ...},
            ...]}``

        Source: Spot *REST API*, "Exchange information".
        """
        return self._call("get_exchange_info", params)

    def get_order_book(self, **params: Any) -> dict[str, Any]:
        """Get the order book of a symbol, at most 5,000 levels a side.

        ``GET /api/v3/depth``: no key, weight 5 to 250. Parameters: ``symbol``; if wanted ``limit``,
        ``symbolStatus``.

        :returns: ``{"lastUpdateId", "bids": [[price, quantity], ...], "asks": [[price, quantity], ...]}``

        Source: Spot *REST API*, "Order book".
        """
        return self._call("get_order_book", params)

    def get_recent_trades(self, **params: Any) -> list[Any]:
        """Get the last trades of a symbol, at most 1,000.

        ``GET /api/v3/trades``: no key, weight 25. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Recent trades list".
        """
        return self._call("get_recent_trades", params)

    def get_historical_trades(self, **params: Any) -> list[Any]:
        """Get older trades of a symbol, from a trade id on.

        ``GET /api/v3/historicalTrades``: no key, weight 25. Parameters: ``symbol``; if wanted ``limit``,
        ``fromId``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Old trade lookup".
        """
        return self._call("get_historical_trades", params)

    def get_aggregate_trades(self, **params: Any) -> list[Any]:
        """Get trades of a symbol, those of one order at one price taken together.

        ``GET /api/v3/aggTrades``: no key, weight 4. Parameters: ``symbol``; if wanted ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"a": id, "p": price, "q": quantity, "f": first trade id, "l": last trade id, "T": ms,
            "m": buyer was the maker, "M"}, ...]``

        Source: Spot *REST API*, "Compressed/Aggregate trades list".
        """
        return self._call("get_aggregate_trades", params)

    def get_klines(self, **params: Any) -> list[Any]:
        """Get candles of a symbol, oldest first, at most 1,000.

        ``GET /api/v3/klines``: no key, weight 2. Parameters: ``symbol``, ``interval``; if wanted
        ``startTime``, ``endTime``, ``timeZone``, ``limit``.

        :returns: ``[[open time in ms, open, high, low, close, volume, close time in ms, quote volume, trades,
            taker's base volume, taker's quote volume, unused], ...]``

        Source: Spot *REST API*, "Kline/Candlestick data".
        """
        return self._call("get_klines", params)

    def get_ui_klines(self, **params: Any) -> list[Any]:
        """Get candles of a symbol as charts show them, at most 1,000.

        ``GET /api/v3/uiKlines``: no key, weight 2. Parameters: ``symbol``, ``interval``; if wanted
        ``startTime``, ``endTime``, ``timeZone``, ``limit``.

        :returns: ``[[open time in ms, open, high, low, close, volume, close time in ms, quote volume, trades,
            taker's base volume, taker's quote volume, unused], ...]``

        Source: Spot *REST API*, "UIKlines".
        """
        return self._call("get_ui_klines", params)

    def get_avg_price(self, **params: Any) -> dict[str, Any]:
        """Get the average price of a symbol over the last minutes.

        ``GET /api/v3/avgPrice``: no key, weight 2. Parameters: ``symbol``.

        :returns: ``{"mins", "price", "closeTime": ms}``

        Source: Spot *REST API*, "Current average price".
        """
        return self._call("get_avg_price", params)

    def get_ticker(self, **params: Any) -> Any:
        """Get statistics of the last 24 hours.

        ``GET /api/v3/ticker/24hr``: no key, weight 2 to 80. Parameters, none of them needed: ``symbol``,
        ``symbols``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "24hr ticker price change statistics".
        """
        return self._call("get_ticker", params)

    def v3_get_ticker_trading_day(self, **params: Any) -> Any:
        """Get statistics of the trading day.

        ``GET /api/v3/ticker/tradingDay``: no key, weight 4 to 200. Parameters, none of them needed:
        ``symbol``, ``symbols``, ``timeZone``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "Trading Day Ticker".
        """
        return self._call("v3_get_ticker_trading_day", params)

    def get_symbol_ticker_window(self, **params: Any) -> Any:
        """Get statistics of a window of 1 minute to 7 days.

        ``GET /api/v3/ticker``: no key, weight 4 to 200. Parameters, none of them needed: ``symbol``,
        ``symbols``, ``windowSize``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "Rolling window price change statistics".
        """
        return self._call("get_symbol_ticker_window", params)

    def get_symbol_ticker(self, **params: Any) -> Any:
        """Get the last price of one symbol, of several or of all.

        ``GET /api/v3/ticker/price``: no key, weight 2 to 4. Parameters, none of them needed: ``symbol``,
        ``symbols``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "price"}, of several a list``

        Source: Spot *REST API*, "Symbol price ticker".
        """
        return self._call("get_symbol_ticker", params)

    def get_all_tickers(self, **params: Any) -> list[Any]:
        """Get the last prices of all symbols.

        ``GET /api/v3/ticker/price``: no key, weight 4. Parameters, none of them needed: ``symbols``,
        ``symbolStatus``.

        :returns: ``[{"symbol", "price"}, ...]``

        Source: Spot *REST API*, "Symbol price ticker".
        """
        return self._call("get_all_tickers", params)

    def get_orderbook_ticker(self, **params: Any) -> Any:
        """Get the best prices in the order book of one symbol, of several or of all.

        ``GET /api/v3/ticker/bookTicker``: no key, weight 2 to 4. Parameters, none of them needed: ``symbol``,
        ``symbols``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}, of several a list``

        Source: Spot *REST API*, "Symbol order book ticker".
        """
        return self._call("get_orderbook_ticker", params)

    def get_orderbook_tickers(self, **params: Any) -> list[Any]:
        """Get the best prices in the order books of all symbols.

        ``GET /api/v3/ticker/bookTicker``: no key, weight 4. Parameters, none of them needed: ``symbols``,
        ``symbolStatus``.

        :returns: ``[{"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}, ...]``

        Source: Spot *REST API*, "Symbol order book ticker".
        """
        return self._call("get_orderbook_tickers", params)

    def create_order(self, **params: Any) -> dict[str, Any]:
        """Place an order.

        ``POST /api/v3/order``: signed, weight 1. Parameters: ``symbol``, ``side``, ``type``; if wanted
        ``timeInForce``, ``quantity``, ``quoteOrderQty``, ``price``, ``newClientOrderId``, ``strategyId``,
        ``strategyType``, ``stopPrice``, ``trailingDelta``, ``icebergQty``, ``newOrderRespType``,
        ``selfTradePreventionMode``, ``pegPriceType``, ``pegOffsetValue``, ``pegOffsetType``, ``recvWindow``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "transactTime": ms, "fills":
            [{"price", "qty", "commission", ...}, ...], ...}``

        Source: Spot *REST API*, "New order".
        """
        return self._call("create_order", params)

    def create_test_order(self, **params: Any) -> dict[str, Any]:
        """Check an order as if it were placed, without placing it.

        ``POST /api/v3/order/test``: signed, weight 1 to 20. Parameters: ``symbol``, ``side``, ``type``; if
        wanted ``timeInForce``, ``quantity``, ``quoteOrderQty``, ``price``, ``newClientOrderId``,
        ``strategyId``, ``strategyType``, ``stopPrice``, ``trailingDelta``, ``icebergQty``,
        ``newOrderRespType``, ``selfTradePreventionMode``, ``pegPriceType``, ``pegOffsetValue``,
        ``pegOffsetType``, ``computeCommissionRates``, ``recvWindow``.

        :returns: ``{}; with computeCommissionRates its commission rates``

        Source: Spot *REST API*, "Test new order".
        """
        return self._call("create_test_order", params)

    def get_order(self, **params: Any) -> dict[str, Any]:
        """Get one order, by orderId or by origClientOrderId.

        ``GET /api/v3/order``: signed, weight 4. Parameters: ``symbol``; if wanted ``orderId``,
        ``origClientOrderId``, ``recvWindow``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "time": ms,
            "updateTime": ms, "isWorking", "workingTime": ms, ...}``

        Source: Spot *REST API*, "Query order".
        """
        return self._call("get_order", params)

    def cancel_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order, by orderId or by origClientOrderId.

        ``DELETE /api/v3/order``: signed, weight 1. Parameters: ``symbol``; if wanted ``orderId``,
        ``origClientOrderId``, ``newClientOrderId``, ``cancelRestrictions``, ``recvWindow``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "origClientOrderId",
            "transactTime": ms, ...}``

        Source: Spot *REST API*, "Cancel order".
        """
        return self._call("cancel_order", params)

    def cancel_all_open_orders(self, **params: Any) -> list[Any]:
        """Cancel all open orders of a symbol, lists included.

        ``DELETE /api/v3/openOrders``: signed, weight 1. Parameters: ``symbol``; if wanted ``recvWindow``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "origClientOrderId",
            "transactTime": ms, ...}, ...]``

        Source: Spot *REST API*, "Cancel All Open Orders on a Symbol".
        """
        return self._call("cancel_all_open_orders", params)

    def cancel_replace_order(self, **params: Any) -> dict[str, Any]:
        """Cancel an order and place another in its place.

        ``POST /api/v3/order/cancelReplace``: signed, weight 1. Parameters: ``symbol``, ``side``, ``type``,
        ``cancelReplaceMode``; if wanted ``timeInForce``, ``quantity``, ``quoteOrderQty``, ``price``,
        ``cancelNewClientOrderId``, ``cancelOrigClientOrderId``, ``cancelOrderId``, ``newClientOrderId``,
        ``strategyId``, ``strategyType``, ``stopPrice``, ``trailingDelta``, ``icebergQty``,
        ``newOrderRespType``, ``selfTradePreventionMode``, ``cancelRestrictions``,
        ``orderRateLimitExceededMode``, ``pegPriceType``, ``pegOffsetValue``, ``pegOffsetType``,
        ``recvWindow``.

        :returns: ``{"cancelResult", "newOrderResult", "cancelResponse": {...}, "newOrderResponse": {...}}``

        Source: Spot *REST API*, "Cancel an Existing Order and Send a New Order".
        """
        return self._call("cancel_replace_order", params)

    def v3_put_order_amend_keep_priority(self, **params: Any) -> dict[str, Any]:
        """Reduce the quantity of an order, which keeps its place in the order book.

        ``PUT /api/v3/order/amend/keepPriority``: signed, weight 4. Parameters: ``symbol``, ``newQty``; if
        wanted ``orderId``, ``origClientOrderId``, ``newClientOrderId``, ``recvWindow``.

        :returns: ``{"transactTime": ms, "executionId", "amendedOrder": {...}}``

        Source: Spot *REST API*, "Order Amend Keep Priority".
        """
        return self._call("v3_put_order_amend_keep_priority", params)

    def get_open_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of a symbol or of all.

        ``GET /api/v3/openOrders``: signed, weight 6 to 80. Parameters, none of them needed: ``symbol``,
        ``recvWindow``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "time": ms,
            "updateTime": ms, "isWorking", "workingTime": ms, ...}, ...]``

        Source: Spot *REST API*, "Current open orders".
        """
        return self._call("get_open_orders", params)

    def get_all_orders(self, **params: Any) -> list[Any]:
        """Get the orders of a symbol, open, filled and cancelled.

        ``GET /api/v3/allOrders``: signed, weight 20. Parameters: ``symbol``; if wanted ``orderId``,
        ``startTime``, ``endTime``, ``limit``, ``recvWindow``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "time": ms,
            "updateTime": ms, "isWorking", "workingTime": ms, ...}, ...]``

        Source: Spot *REST API*, "All orders".
        """
        return self._call("get_all_orders", params)

    def create_order_list_oco(self, **params: Any) -> dict[str, Any]:
        """Place two orders above and below the price, of which one cancels the other.

        ``POST /api/v3/orderList/oco``: signed, weight 1. Parameters: ``symbol``, ``side``, ``quantity``,
        ``aboveType``, ``belowType``; if wanted ``listClientOrderId``, ``aboveClientOrderId``,
        ``aboveIcebergQty``, ``abovePrice``, ``aboveStopPrice``, ``aboveTrailingDelta``, ``aboveTimeInForce``,
        ``aboveStrategyId``, ``aboveStrategyType``, ``abovePegPriceType``, ``abovePegOffsetType``,
        ``abovePegOffsetValue``, ``belowClientOrderId``, ``belowIcebergQty``, ``belowPrice``,
        ``belowStopPrice``, ``belowTrailingDelta``, ``belowTimeInForce``, ``belowStrategyId``,
        ``belowStrategyType``, ``belowPegPriceType``, ``belowPegOffsetType``, ``belowPegOffsetValue``,
        ``newOrderRespType``, ``selfTradePreventionMode``, ``recvWindow``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...], "orderReports": [{...}, ...]}``

        Source: Spot *REST API*, "New Order list - OCO".
        """
        return self._call("create_order_list_oco", params)

    def v3_get_order_list(self, **params: Any) -> dict[str, Any]:
        """Get one order list, by orderListId or by origClientOrderId.

        ``GET /api/v3/orderList``: signed, weight 4. Parameters, none of them needed: ``orderListId``,
        ``origClientOrderId``, ``recvWindow``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}``

        Source: Spot *REST API*, "Query Order list".
        """
        return self._call("v3_get_order_list", params)

    def v3_get_all_order_list(self, **params: Any) -> list[Any]:
        """Get the order lists of the account.

        ``GET /api/v3/allOrderList``: signed, weight 20. Parameters, none of them needed: ``fromId``,
        ``startTime``, ``endTime``, ``limit``, ``recvWindow``.

        :returns: ``[{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}, ...]``

        Source: Spot *REST API*, "Query all Order lists".
        """
        return self._call("v3_get_all_order_list", params)

    def get_open_oco_orders(self, **params: Any) -> list[Any]:
        """Get the open order lists of the account.

        ``GET /api/v3/openOrderList``: signed, weight 6. Parameters, none of them needed: ``recvWindow``.

        :returns: ``[{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}, ...]``

        Source: Spot *REST API*, "Query Open Order lists".
        """
        return self._call("get_open_oco_orders", params)

    def v3_delete_order_list(self, **params: Any) -> dict[str, Any]:
        """Cancel an order list, by orderListId or by listClientOrderId.

        ``DELETE /api/v3/orderList``: signed, weight 1. Parameters: ``symbol``; if wanted ``orderListId``,
        ``listClientOrderId``, ``newClientOrderId``, ``recvWindow``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...], "orderReports": [{...}, ...]}``

        Source: Spot *REST API*, "Cancel Order list".
        """
        return self._call("v3_delete_order_list", params)

    def get_account(self, **params: Any) -> dict[str, Any]:
        """Get the account and its balances.

        ``GET /api/v3/account``: signed, weight 20. Parameters, none of them needed: ``omitZeroBalances``,
        ``recvWindow``.

        :returns: ``{"makerCommission", "takerCommission", "commissionRates": {...}, "canTrade",
            "canWithdraw", "canDeposit", "updateTime": ms, "accountType", "balances": [{"asset", "free",
            "locked"}, ...], "permissions", "uid"}``

        Source: Spot *REST API*, "Account information".
        """
        return self._call("get_account", params)

    def get_my_trades(self, **params: Any) -> list[Any]:
        """Get the account's trades of a symbol.

        ``GET /api/v3/myTrades``: signed, weight 5 to 20. Parameters: ``symbol``; if wanted ``orderId``,
        ``startTime``, ``endTime``, ``fromId``, ``limit``, ``recvWindow``.

        :returns: ``[{"symbol", "id", "orderId", "orderListId", "price", "qty", "quoteQty", "commission",
            "commissionAsset", "time": ms, "isBuyer", "isMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Account trade list".
        """
        return self._call("get_my_trades", params)

    def get_current_order_count(self, **params: Any) -> list[Any]:
        """Get the account's count of unfilled orders, by interval.

        ``GET /api/v3/rateLimit/order``: signed, weight 40. Parameters, none of them needed: ``recvWindow``.

        :returns: ``[{"rateLimitType", "interval", "intervalNum", "limit", "count"}, ...]``

        Source: Spot *REST API*, "Query Unfilled Order Count".
        """
        return self._call("get_current_order_count", params)

    def v3_get_account_commission(self, **params: Any) -> dict[str, Any]:
        """Get the account's commission rates on a symbol.

        ``GET /api/v3/account/commission``: signed, weight 20. Parameters: ``symbol``; if wanted
        ``recvWindow``.

        :returns: ``{"symbol", "standardCommission": {"maker", "taker", "buyer", "seller"},
            "specialCommission": {...}, "taxCommission": {...}, "discount": {...}}``

        Source: Spot *REST API*, "Query Commission Rates".
        """
        return self._call("v3_get_account_commission", params)

    def stream_get_listen_key(self) -> str:
        """Get the account's listen key, a new one or the one that lives; it lives 60 minutes from now.

        ``POST /api/v3/userDataStream``: API key, weight 1.

        :returns: ``the listen key, a text``

        Source: binance.us *User Data Streams*, "Create a listenKey".
        """
        return self._call("stream_get_listen_key", {})

    def stream_keepalive(self, listenKey: str) -> dict[str, Any]:
        """Let a listen key live another 60 minutes.

        ``PUT /api/v3/userDataStream``: API key, weight 1. Parameters: ``listenKey``.

        :returns: ``{}``

        Source: binance.us *User Data Streams*, "Ping/Keep-alive a listenKey".
        """
        return self._call("stream_keepalive", {"listenKey": listenKey})

    def stream_close(self, listenKey: str) -> dict[str, Any]:
        """Delete a listen key, for every program that uses it.

        ``DELETE /api/v3/userDataStream``: API key, weight 1. Parameters: ``listenKey``.

        :returns: ``{}``

        Source: binance.us *User Data Streams*, "Close a listenKey".
        """
        return self._call("stream_close", {"listenKey": listenKey})

    def get_products(self) -> dict[str, Any]:
        """Get the products that the exchange's website shows.

        ``GET /bapi/asset/v2/public/asset-service/product/get-products``: no key, weight 1.

        :returns: ``{"code", "data": [{"s": symbol, "b": base asset, "q": quote asset, "c": last price, ...},
            ...]}``

        Source: a call of the exchange's website, in none of its documentation.
        """
        return self._call("get_products", {})

    def get_system_status(self) -> dict[str, Any]:
        """Ask whether the exchange works or is under maintenance.

        ``GET /sapi/v1/system/status``: no key, weight 1.

        :returns: ``{"status": 0 normal or 1 maintenance, "msg"}``

        Source: *Wallet*, "System Status".
        """
        return self._call("get_system_status", {})

    def get_account_status(self, **params: Any) -> dict[str, Any]:
        """Get the status of the account.

        ``GET /sapi/v1/account/status``: signed, weight 1. Parameters, none of them needed: ``recvWindow``.

        :returns: ``{"data": text}``

        Source: *Wallet*, "Account Status".
        """
        return self._call("get_account_status", params)

    def get_account_api_trading_status(self, **params: Any) -> dict[str, Any]:
        """Ask whether the account is locked from trading with API keys.

        ``GET /sapi/v1/account/apiTradingStatus``: signed, weight 1. Parameters, none of them needed:
        ``recvWindow``.

        :returns: ``{"data": {"isLocked", "plannedRecoverTime", "triggerCondition": {...}, "updateTime":
            ms}}``

        Source: *Wallet*, "Account API Trading Status".
        """
        return self._call("get_account_api_trading_status", params)

    def get_account_api_permissions(self, **params: Any) -> dict[str, Any]:
        """Get the permissions of the API key.

        ``GET /sapi/v1/account/apiRestrictions``: signed, weight 1. Parameters, none of them needed:
        ``recvWindow``.

        :returns: ``{"ipRestrict", "createTime": ms, "enableReading", "enableWithdrawals", "enableMargin",
            "enableSpotAndMarginTrading", ...}``

        Source: *Wallet*, "Get API Key Permission".
        """
        return self._call("get_account_api_permissions", params)

    def get_account_snapshot(self, **params: Any) -> dict[str, Any]:
        """Get snapshots of the account, one a day.

        ``GET /sapi/v1/accountSnapshot``: signed, weight 2,400. Parameters: ``type``; if wanted ``startTime``,
        ``endTime``, ``limit``, ``recvWindow``.

        :returns: ``{"code", "msg", "snapshotVos": [{"data": {...}, "type", "updateTime": ms}, ...]}``

        Source: *Wallet*, "Daily Account Snapshot".
        """
        return self._call("get_account_snapshot", params)

    def disable_fast_withdraw_switch(self, **params: Any) -> dict[str, Any]:
        """Switch fast withdrawals off.

        ``POST /sapi/v1/account/disableFastWithdrawSwitch``: signed, weight 1. Parameters, none of them
        needed: ``recvWindow``.

        :returns: ``{}``

        Source: *Wallet*, "Disable Fast Withdraw Switch".
        """
        return self._call("disable_fast_withdraw_switch", params)

    def enable_fast_withdraw_switch(self, **params: Any) -> dict[str, Any]:
        """Switch fast withdrawals, to accounts of the exchange, on.

        ``POST /sapi/v1/account/enableFastWithdrawSwitch``: signed, weight 1. Parameters, none of them needed:
        ``recvWindow``.

        :returns: ``{}``

        Source: *Wallet*, "Enable Fast Withdraw Switch".
        """
        return self._call("enable_fast_withdraw_switch", params)

    def get_asset_details(self, **params: Any) -> dict[str, Any]:
        """Get whether deposits and withdrawals of assets are open.

        ``GET /sapi/v1/asset/assetDetail``: signed, weight 1. Parameters, none of them needed: ``asset``,
        ``recvWindow``.

        :returns: ``{asset: {"minWithdrawAmount", "depositStatus", "withdrawFee", "withdrawStatus",
            "depositTip"}, ...}``

        Source: *Wallet*, "Asset Detail".
        """
        return self._call("get_asset_details", params)

    def get_trade_fee(self, **params: Any) -> list[Any]:
        """Get the account's commission rates of a symbol or of all.

        ``GET /sapi/v1/asset/tradeFee``: signed, weight 1. Parameters, none of them needed: ``symbol``,
        ``recvWindow``.

        :returns: ``[{"symbol", "makerCommission", "takerCommission"}, ...]``

        Source: *Wallet*, "Trade Fee".
        """
        return self._call("get_trade_fee", params)

    def get_user_asset(self, **params: Any) -> list[Any]:
        """Get the assets of the spot wallet.

        ``POST /sapi/v3/asset/getUserAsset``: signed, weight 5. Parameters, none of them needed: ``asset``,
        ``needBtcValuation``, ``recvWindow``.

        :returns: ``[{"asset", "free", "locked", "freeze", "withdrawing", "ipoable", "btcValuation"}, ...]``

        Source: *Wallet*, "User Asset".
        """
        return self._call("get_user_asset", params)

    def funding_wallet(self, **params: Any) -> list[Any]:
        """Get the assets of the funding wallet.

        ``POST /sapi/v1/asset/get-funding-asset``: signed, weight 1. Parameters, none of them needed:
        ``asset``, ``needBtcValuation``, ``recvWindow``.

        :returns: ``[{"asset", "free", "locked", "freeze", "withdrawing", "btcValuation"}, ...]``

        Source: *Wallet*, "Funding Wallet".
        """
        return self._call("funding_wallet", params)

    def get_dust_log(self, **params: Any) -> dict[str, Any]:
        """Get the log of small amounts converted to BNB.

        ``GET /sapi/v1/asset/dribblet``: signed, weight 1. Parameters, none of them needed: ``accountType``,
        ``startTime``, ``endTime``, ``recvWindow``.

        :returns: ``{"total", "userAssetDribblets": [{"operateTime": ms, "totalTransferedAmount",
            "totalServiceChargeAmount", "transId", "userAssetDribbletDetails": [...]}, ...]}``

        Source: *Wallet*, "DustLog".
        """
        return self._call("get_dust_log", params)

    def transfer_dust(self, **params: Any) -> dict[str, Any]:
        """Convert small amounts of assets to BNB.

        ``POST /sapi/v1/asset/dust``: signed, weight 10 of the account. Parameters: ``asset``; if wanted
        ``accountType``, ``recvWindow``.

        :returns: ``{"totalServiceCharge", "totalTransfered", "transferResult": [{"amount", "fromAsset",
            "operateTime": ms, "serviceChargeAmount", "tranId", "transferedAmount"}, ...]}``

        Source: *Wallet*, "Dust Transfer".
        """
        return self._call("transfer_dust", params)

    def get_asset_dividend_history(self, **params: Any) -> dict[str, Any]:
        """Get the distributions that the account received.

        ``GET /sapi/v1/asset/assetDividend``: signed, weight 10. Parameters, none of them needed: ``asset``,
        ``startTime``, ``endTime``, ``limit``, ``recvWindow``.

        :returns: ``{"rows": [{"id", "amount", "asset", "divTime": ms, "enInfo", "tranId", "direction"}, ...],
            "total"}``

        Source: *Wallet*, "Asset Dividend Record".
        """
        return self._call("get_asset_dividend_history", params)

    def toggle_bnb_burn_spot_margin(self, **params: Any) -> dict[str, Any]:
        """Switch on or off that commissions and margin interest are paid in BNB.

        ``POST /sapi/v1/bnbBurn``: signed, weight 1. Parameters, none of them needed: ``spotBNBBurn``,
        ``interestBNBBurn``, ``recvWindow``.

        :returns: ``{"spotBNBBurn", "interestBNBBurn"}``

        Source: *Wallet*, "Toggle BNB Burn On Spot Trade And Margin Interest".
        """
        return self._call("toggle_bnb_burn_spot_margin", params)

    def get_all_coins_info(self, **params: Any) -> list[Any]:
        """Get all coins, their networks and the balances.

        ``GET /sapi/v1/capital/config/getall``: signed, weight 10. Parameters, none of them needed:
        ``recvWindow``.

        :returns: ``[{"coin", "name", "free", "locked", "freeze", "withdrawing", "depositAllEnable",
            "withdrawAllEnable", "trading", "networkList": [{"network", "withdrawFee", "withdrawMin", ...},
            ...], ...}, ...]``

        Source: *Wallet*, "All Coins' Information".
        """
        return self._call("get_all_coins_info", params)

    def withdraw(self, **params: Any) -> dict[str, Any]:
        """Withdraw a coin to an address.

        ``POST /sapi/v1/capital/withdraw/apply``: signed, weight 900 of the account. Parameters: ``coin``,
        ``address``, ``amount``; if wanted ``withdrawOrderId``, ``network``, ``addressTag``,
        ``transactionFeeFlag``, ``name``, ``walletType``, ``recvWindow``.

        :returns: ``{"id"}``

        Source: *Wallet*, "Withdraw".
        """
        return self._call("withdraw", params)

    def get_withdraw_history(self, **params: Any) -> list[Any]:
        """Get the withdrawals of at most 90 days.

        ``GET /sapi/v1/capital/withdraw/history``: signed, weight 18,000 of the account. Parameters, none of
        them needed: ``coin``, ``withdrawOrderId``, ``status``, ``offset``, ``limit``, ``idList``,
        ``startTime``, ``endTime``, ``recvWindow``.

        :returns: ``[{"id", "amount", "transactionFee", "coin", "status", "address", "txId", "applyTime": text
            in UTC, "network", "transferType", "withdrawOrderId", "info", "confirmNo", "walletType",
            "completeTime": text}, ...]``

        Source: *Wallet*, "Withdraw History".
        """
        return self._call("get_withdraw_history", params)

    def get_deposit_history(self, **params: Any) -> list[Any]:
        """Get the deposits of at most 90 days.

        ``GET /sapi/v1/capital/deposit/hisrec``: signed, weight 1. Parameters, none of them needed:
        ``includeSource``, ``coin``, ``status``, ``startTime``, ``endTime``, ``offset``, ``limit``, ``txId``,
        ``recvWindow``.

        :returns: ``[{"id", "amount", "coin", "network", "status", "address", "addressTag", "txId",
            "insertTime": ms, "transferType", "confirmTimes", "unlockConfirm", "walletType"}, ...]``

        Source: *Wallet*, "Deposit History".
        """
        return self._call("get_deposit_history", params)

    def get_deposit_address(self, **params: Any) -> dict[str, Any]:
        """Get the address where a coin is deposited.

        ``GET /sapi/v1/capital/deposit/address``: signed, weight 10. Parameters: ``coin``; if wanted
        ``network``, ``amount``, ``recvWindow``.

        :returns: ``{"address", "coin", "tag", "url"}``

        Source: *Wallet*, "Deposit Address".
        """
        return self._call("get_deposit_address", params)

    def universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the account.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``type``, ``asset``,
        ``amount``; if wanted ``fromSymbol``, ``toSymbol``, ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("universal_transfer", params)

    def query_universal_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers of one type between wallets of the account.

        ``GET /sapi/v1/asset/transfer``: signed, weight 1. Parameters: ``type``; if wanted ``startTime``,
        ``endTime``, ``current``, ``size``, ``fromSymbol``, ``toSymbol``, ``recvWindow``.

        :returns: ``{"total", "rows": [{"asset", "amount", "type", "status", "tranId", "timestamp": ms},
            ...]}``

        Source: *Wallet*, "Query User Universal Transfer History".
        """
        return self._call("query_universal_transfer_history", params)

    def new_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers of one type between wallets of the account.

        ``GET /sapi/v1/asset/transfer``: signed, weight 1. Parameters: ``type``; if wanted ``startTime``,
        ``endTime``, ``current``, ``size``, ``fromSymbol``, ``toSymbol``, ``recvWindow``.

        :returns: ``{"total", "rows": [{"asset", "amount", "type", "status", "tranId", "timestamp": ms},
            ...]}``

        Source: *Wallet*, "Query User Universal Transfer History".
        """
        return self._call("new_transfer_history", params)

    def get_sub_account_list(self, **params: Any) -> dict[str, Any]:
        """Get the sub-accounts.

        ``GET /sapi/v1/sub-account/list``: signed, weight 1. Parameters, none of them needed: ``email``,
        ``isFreeze``, ``page``, ``limit``, ``recvWindow``.

        :returns: ``{"subAccounts": [{"subUserId", "email", "remark", "isFreeze", "createTime": ms, ...},
            ...]}``

        Source: *Sub Account*, "Query Sub-account List".
        """
        return self._call("get_sub_account_list", params)

    def get_subaccount_futures_margin_status(self, **params: Any) -> list[Any]:
        """Ask whether sub-accounts have margin and futures enabled.

        ``GET /sapi/v1/sub-account/status``: signed, weight 10. Parameters, none of them needed: ``email``,
        ``recvWindow``.

        :returns: ``[{"email", "isSubUserEnabled", "isUserActive", "insertTime": ms, "isMarginEnabled",
            "isFutureEnabled", "mobile"}, ...]``

        Source: *Sub Account*, "Get Sub-account's Status on Margin Or Futures".
        """
        return self._call("get_subaccount_futures_margin_status", params)

    def get_sub_account_assets(self, **params: Any) -> dict[str, Any]:
        """Get the assets of a sub-account.

        ``GET /sapi/v4/sub-account/assets``: signed, weight 60 of the account. Parameters: ``email``; if
        wanted ``recvWindow``.

        :returns: ``{"balances": [{"asset", "free", "locked", "freeze", "withdrawing"}, ...]}``

        Source: *Sub Account*, "Query Sub-account Assets V4".
        """
        return self._call("get_sub_account_assets", params)

    def query_subaccount_spot_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums in BTC of the sub-accounts' spot wallets.

        ``GET /sapi/v1/sub-account/spotSummary``: signed, weight 1. Parameters, none of them needed:
        ``email``, ``page``, ``size``, ``recvWindow``.

        :returns: ``{"totalCount", "masterAccountTotalAsset", "spotSubUserAssetBtcVoList": [{"email",
            "totalAsset"}, ...]}``

        Source: *Sub Account*, "Query Sub-account Spot Assets Summary".
        """
        return self._call("query_subaccount_spot_summary", params)

    def get_subaccount_deposit_address(self, **params: Any) -> dict[str, Any]:
        """Get the address where a coin is deposited to a sub-account.

        ``GET /sapi/v1/capital/deposit/subAddress``: signed, weight 1. Parameters: ``email``, ``coin``; if
        wanted ``network``, ``amount``, ``recvWindow``.

        :returns: ``{"address", "coin", "tag", "url"}``

        Source: *Sub Account*, "Get Sub-account Deposit Address".
        """
        return self._call("get_subaccount_deposit_address", params)

    def get_subaccount_deposit_history(self, **params: Any) -> list[Any]:
        """Get the deposits to a sub-account.

        ``GET /sapi/v1/capital/deposit/subHisrec``: signed, weight 1. Parameters: ``email``; if wanted
        ``includeSource``, ``coin``, ``status``, ``startTime``, ``endTime``, ``limit``, ``offset``, ``txId``,
        ``recvWindow``.

        :returns: ``[{"id", "amount", "coin", "network", "status", "address", "addressTag", "txId",
            "insertTime": ms, "transferType", "confirmTimes", "unlockConfirm", "walletType"}, ...]``

        Source: *Sub Account*, "Get Sub-account Deposit History".
        """
        return self._call("get_subaccount_deposit_history", params)

    def get_subaccount_margin_details(self, **params: Any) -> dict[str, Any]:
        """Get the margin account of a sub-account.

        ``GET /sapi/v1/sub-account/margin/account``: signed, weight 10. Parameters: ``email``; if wanted
        ``recvWindow``.

        :returns: ``{"email", "marginLevel", "totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc",
            "marginTradeCoeffVo": {...}, "marginUserAssetVoList": [{"asset", "borrowed", "free", "interest",
            "locked", "netAsset"}, ...]}``

        Source: *Sub Account*, "Get Detail on Sub-account's Margin Account".
        """
        return self._call("get_subaccount_margin_details", params)

    def get_subaccount_margin_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums of the sub-accounts' margin accounts.

        ``GET /sapi/v1/sub-account/margin/accountSummary``: signed, weight 10. Parameters, none of them
        needed: ``recvWindow``.

        :returns: ``{"totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc", "subAccountList":
            [{"email", "totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc"}, ...]}``

        Source: *Sub Account*, "Get Summary of Sub-account's Margin Account".
        """
        return self._call("get_subaccount_margin_summary", params)

    def enable_subaccount_futures(self, **params: Any) -> dict[str, Any]:
        """Enable futures for a sub-account.

        ``POST /sapi/v1/sub-account/futures/enable``: signed, weight 1. Parameters: ``email``; if wanted
        ``recvWindow``.

        :returns: ``{"email", "isFuturesEnabled"}``

        Source: *Sub Account*, "Enable Futures for Sub-account".
        """
        return self._call("enable_subaccount_futures", params)

    def get_subaccount_futures_details(self, **params: Any) -> dict[str, Any]:
        """Get the USD-M futures account of a sub-account.

        ``GET /sapi/v1/sub-account/futures/account``: signed, weight 10. Parameters: ``email``; if wanted
        ``recvWindow``.

        :returns: ``{"email", "asset", "assets": [{"asset", "walletBalance", "marginBalance", ...}, ...],
            "canTrade", "totalWalletBalance", "totalMarginBalance", "updateTime": ms, ...}``

        Source: *Sub Account*, "Get Detail on Sub-account's Futures Account".
        """
        return self._call("get_subaccount_futures_details", params)

    def get_subaccount_futures_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums of the sub-accounts' USD-M futures accounts.

        ``GET /sapi/v1/sub-account/futures/accountSummary``: signed, weight 1. Parameters, none of them
        needed: ``recvWindow``.

        :returns: ``{"totalWalletBalance", "totalMarginBalance", "totalUnrealizedProfit", "asset",
            "subAccountList": [{"email", "totalWalletBalance", ...}, ...], ...}``

        Source: *Sub Account*, "Get Summary of Sub-account's Futures Account".
        """
        return self._call("get_subaccount_futures_summary", params)

    def get_subaccount_futures_positionrisk(self, **params: Any) -> list[Any]:
        """Get the USD-M futures positions of a sub-account.

        ``GET /sapi/v1/sub-account/futures/positionRisk``: signed, weight 10. Parameters: ``email``; if wanted
        ``recvWindow``.

        :returns: ``[{"symbol", "positionAmount", "entryPrice", "markPrice", "leverage", "liquidationPrice",
            "maxNotional", "unrealizedProfit"}, ...]``

        Source: *Sub Account*, "Get Futures Position-Risk of Sub-account".
        """
        return self._call("get_subaccount_futures_positionrisk", params)

    def create_sub_account_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between the spot wallets of two accounts; the master is the one without an email.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``asset``, ``amount``; if wanted ``fromEmail``, ``toEmail``, ``clientTranId``, ``recvWindow``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("create_sub_account_transfer", params)

    def get_sub_account_transfer_history(self, **params: Any) -> list[Any]:
        """Get the transfers between the spot wallets of the master and its sub-accounts.

        ``GET /sapi/v1/sub-account/sub/transfer/history``: signed, weight 1. Parameters, none of them needed:
        ``fromEmail``, ``toEmail``, ``startTime``, ``endTime``, ``page``, ``limit``, ``recvWindow``.

        :returns: ``[{"from", "to", "asset", "qty", "status", "tranId", "time": ms}, ...]``

        Source: *Sub Account*, "Query Sub-account Spot Asset Transfer History".
        """
        return self._call("get_sub_account_transfer_history", params)

    def create_sub_account_futures_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between the futures wallets of two accounts.

        ``POST /sapi/v1/sub-account/futures/internalTransfer``: signed, weight 1. Parameters: ``fromEmail``,
        ``toEmail``, ``futuresType``, ``asset``, ``amount``; if wanted ``recvWindow``.

        :returns: ``{"success", "txnId"}``

        Source: *Sub Account*, "Sub-account Futures Asset Transfer".
        """
        return self._call("create_sub_account_futures_transfer", params)

    def get_sub_account_futures_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers between the futures wallets of sub-accounts.

        ``GET /sapi/v1/sub-account/futures/internalTransfer``: signed, weight 1. Parameters: ``email``,
        ``futuresType``; if wanted ``startTime``, ``endTime``, ``page``, ``limit``, ``recvWindow``.

        :returns: ``{"success", "futuresType", "transfers": [{"from", "to", "asset", "qty", "tranId", "time":
            ms}, ...]}``

        Source: *Sub Account*, "Query Sub-account Futures Asset Transfer History".
        """
        return self._call("get_sub_account_futures_transfer_history", params)

    def make_subaccount_futures_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between a sub-account's spot and futures wallets.

        ``POST /sapi/v1/sub-account/futures/transfer``: signed, weight 1. Parameters: ``email``, ``asset``,
        ``amount``, ``type``; if wanted ``recvWindow``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Futures Transfer for Sub-account".
        """
        return self._call("make_subaccount_futures_transfer", params)

    def make_subaccount_margin_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between a sub-account's spot and margin wallets.

        ``POST /sapi/v1/sub-account/margin/transfer``: signed, weight 1. Parameters: ``email``, ``asset``,
        ``amount``, ``type``; if wanted ``recvWindow``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Margin Transfer for Sub-account".
        """
        return self._call("make_subaccount_margin_transfer", params)

    def make_subaccount_to_subaccount_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset from this sub-account to another of the same master.

        ``POST /sapi/v1/sub-account/transfer/subToSub``: signed, weight 1. Parameters: ``toEmail``, ``asset``,
        ``amount``; if wanted ``recvWindow``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Transfer to Sub-account of Same Master".
        """
        return self._call("make_subaccount_to_subaccount_transfer", params)

    def make_subaccount_to_master_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset from this sub-account to its master.

        ``POST /sapi/v1/sub-account/transfer/subToMaster``: signed, weight 1. Parameters: ``asset``,
        ``amount``; if wanted ``recvWindow``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Transfer to Master".
        """
        return self._call("make_subaccount_to_master_transfer", params)

    def get_subaccount_transfer_history(self, **params: Any) -> list[Any]:
        """Get the transfers of this sub-account.

        ``GET /sapi/v1/sub-account/transfer/subUserHistory``: signed, weight 1. Parameters, none of them
        needed: ``asset``, ``type``, ``startTime``, ``endTime``, ``limit``, ``returnFailHistory``,
        ``recvWindow``.

        :returns: ``[{"counterParty", "email", "type", "asset", "qty", "fromAccountType", "toAccountType",
            "status", "tranId", "time": ms}, ...]``

        Source: *Sub Account*, "Sub-account Transfer History".
        """
        return self._call("get_subaccount_transfer_history", params)

    def make_universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the master and its sub-accounts.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``fromAccountType``, ``toAccountType``, ``asset``, ``amount``; if wanted ``fromEmail``, ``toEmail``,
        ``clientTranId``, ``symbol``, ``recvWindow``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("make_universal_transfer", params)

    def make_subaccount_universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the master and its sub-accounts.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``fromAccountType``, ``toAccountType``, ``asset``, ``amount``; if wanted ``fromEmail``, ``toEmail``,
        ``clientTranId``, ``symbol``, ``recvWindow``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("make_subaccount_universal_transfer", params)

    def get_universal_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers between wallets of the master and its sub-accounts.

        ``GET /sapi/v1/sub-account/universalTransfer``: signed, weight 1. Parameters, none of them needed:
        ``fromEmail``, ``toEmail``, ``clientTranId``, ``startTime``, ``endTime``, ``page``, ``limit``,
        ``recvWindow``.

        :returns: ``{"result": [{"tranId", "fromEmail", "toEmail", "asset", "amount", "createTimeStamp": ms,
            "fromAccountType", "toAccountType", "status", "clientTranId"}, ...], "totalCount"}``

        Source: *Sub Account*, "Query Universal Transfer History".
        """
        return self._call("get_universal_transfer_history", params)

    def get_margin_all_assets(self, **params: Any) -> list[Any]:
        """Get the assets of margin trading, or one of them.

        ``GET /sapi/v1/margin/allAssets``: API key, weight 1. Parameters, none of them needed: ``asset``.

        :returns: ``[{"assetName", "assetFullName", "isBorrowable", "isMortgageable", "userMinBorrow",
            "userMinRepay", "delistTime"}, ...]``

        Source: *Margin Trading*, "Get All Margin Assets".
        """
        return self._call("get_margin_all_assets", params)

    def get_margin_all_pairs(self, **params: Any) -> list[Any]:
        """Get the symbols of cross margin, or one of them.

        ``GET /sapi/v1/margin/allPairs``: API key, weight 1. Parameters, none of them needed: ``symbol``.

        :returns: ``[{"id", "symbol", "base", "quote", "isMarginTrade", "isBuyAllowed", "isSellAllowed",
            "delistTime"}, ...]``

        Source: *Margin Trading*, "Get All Cross Margin Pairs".
        """
        return self._call("get_margin_all_pairs", params)

    def get_all_isolated_margin_symbols(self, **params: Any) -> list[Any]:
        """Get the symbols of isolated margin, or one of them.

        ``GET /sapi/v1/margin/isolated/allPairs``: API key, weight 10. Parameters, none of them needed:
        ``symbol``.

        :returns: ``[{"symbol", "base", "quote", "isMarginTrade", "isBuyAllowed", "isSellAllowed"}, ...]``

        Source: *Margin Trading*, "Get All Isolated Margin Symbol".
        """
        return self._call("get_all_isolated_margin_symbols", params)

    def get_margin_price_index(self, **params: Any) -> dict[str, Any]:
        """Get the price index of a symbol.

        ``GET /sapi/v1/margin/priceIndex``: API key, weight 10. Parameters: ``symbol``.

        :returns: ``{"calcTime": ms, "price", "symbol"}``

        Source: *Margin Trading*, "Query Margin PriceIndex".
        """
        return self._call("get_margin_price_index", params)

    def get_margin_account(self, **params: Any) -> dict[str, Any]:
        """Get the cross margin account and its balances.

        ``GET /sapi/v1/margin/account``: signed, weight 10. Parameters, none of them needed: ``recvWindow``.

        :returns: ``{"created", "borrowEnabled", "tradeEnabled", "marginLevel", "totalAssetOfBtc",
            "totalLiabilityOfBtc", "totalNetAssetOfBtc", "accountType", "userAssets": [{"asset", "borrowed",
            "free", "interest", "locked", "netAsset"}, ...], ...}``

        Source: *Margin Trading*, "Query Cross Margin Account Details".
        """
        return self._call("get_margin_account", params)

    def get_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Get the isolated margin accounts, or up to five of them.

        ``GET /sapi/v1/margin/isolated/account``: signed, weight 10. Parameters, none of them needed:
        ``symbols``, ``recvWindow``.

        :returns: ``{"assets": [{"symbol", "baseAsset": {...}, "quoteAsset": {...}, "enabled", "marginLevel",
            "marginRatio", "indexPrice", "liquidatePrice", "tradeEnabled", ...}, ...]}; without symbols
            "totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc", too``

        Source: *Margin Trading*, "Query Isolated Margin Account Info".
        """
        return self._call("get_isolated_margin_account", params)

    def enable_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Enable an isolated margin account that was disabled.

        ``POST /sapi/v1/margin/isolated/account``: signed, weight 300 of the account. Parameters: ``symbol``;
        if wanted ``recvWindow``.

        :returns: ``{"success", "symbol"}``

        Source: *Margin Trading*, "Enable Isolated Margin Account".
        """
        return self._call("enable_isolated_margin_account", params)

    def disable_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Disable an isolated margin account.

        ``DELETE /sapi/v1/margin/isolated/account``: signed, weight 300 of the account. Parameters:
        ``symbol``; if wanted ``recvWindow``.

        :returns: ``{"success", "symbol"}``

        Source: *Margin Trading*, "Disable Isolated Margin Account".
        """
        return self._call("disable_isolated_margin_account", params)

    def get_bnb_burn_spot_margin(self, **params: Any) -> dict[str, Any]:
        """Ask whether commissions and margin interest are paid in BNB.

        ``GET /sapi/v1/bnbBurn``: signed, weight 1. Parameters, none of them needed: ``recvWindow``.

        :returns: ``{"spotBNBBurn", "interestBNBBurn"}``

        Source: *Margin Trading*, "Get BNB Burn Status".
        """
        return self._call("get_bnb_burn_spot_margin", params)

    def transfer_margin_to_spot(self, **params: Any) -> dict[str, Any]:
        """Move an asset from cross margin to spot.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``; if wanted ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_margin_to_spot", params)

    def transfer_spot_to_margin(self, **params: Any) -> dict[str, Any]:
        """Move an asset from spot to cross margin.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``; if wanted ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_spot_to_margin", params)

    def get_margin_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers to and from margin accounts.

        ``GET /sapi/v1/margin/transfer``: signed, weight 1. Parameters, none of them needed: ``asset``,
        ``type``, ``startTime``, ``endTime``, ``current``, ``size``, ``isolatedSymbol``, ``recvWindow``.

        :returns: ``{"rows": [{"amount", "asset", "status", "timestamp", "txId", "type", "transFrom",
            "transTo", ...}, ...], "total"}``

        Source: *Margin Trading*, "Get Cross Margin Transfer History".
        """
        return self._call("get_margin_transfer_history", params)

    def get_max_margin_transfer(self, **params: Any) -> dict[str, Any]:
        """Get the largest amount that can be moved out of a margin account.

        ``GET /sapi/v1/margin/maxTransferable``: signed, weight 50. Parameters: ``asset``; if wanted
        ``isolatedSymbol``, ``recvWindow``.

        :returns: ``{"amount"}``

        Source: *Margin Trading*, "Query Max Transfer-Out Amount".
        """
        return self._call("get_max_margin_transfer", params)

    def margin_borrow_repay(self, **params: Any) -> dict[str, Any]:
        """Borrow an asset, or repay a loan.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``type``,
        ``asset``, ``amount``, ``isIsolated``; if wanted ``symbol``, ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("margin_borrow_repay", params)

    def create_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Borrow an asset.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``asset``,
        ``amount``, ``isIsolated``; if wanted ``symbol``, ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("create_margin_loan", params)

    def repay_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Repay a loan.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``asset``,
        ``amount``, ``isIsolated``; if wanted ``symbol``, ``recvWindow``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("repay_margin_loan", params)

    def margin_get_borrow_repay_records(self, **params: Any) -> dict[str, Any]:
        """Get the records of loans or of repayments.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters: ``type``; if wanted ``asset``,
        ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``, ``recvWindow``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal", "status",
            "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("margin_get_borrow_repay_records", params)

    def get_margin_loan_details(self, **params: Any) -> dict[str, Any]:
        """Get the records of loans.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters, none of them needed: ``asset``,
        ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``, ``recvWindow``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal", "status",
            "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("get_margin_loan_details", params)

    def get_margin_repay_details(self, **params: Any) -> dict[str, Any]:
        """Get the records of repayments.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters, none of them needed: ``asset``,
        ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``, ``recvWindow``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal", "status",
            "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("get_margin_repay_details", params)

    def get_margin_interest_history(self, **params: Any) -> dict[str, Any]:
        """Get the interest that accrued.

        ``GET /sapi/v1/margin/interestHistory``: signed, weight 1. Parameters, none of them needed: ``asset``,
        ``isolatedSymbol``, ``startTime``, ``endTime``, ``current``, ``size``, ``recvWindow``.

        :returns: ``{"rows": [{"txId", "interestAccuredTime": ms, "asset", "rawAsset", "principal",
            "interest", "interestRate", "type", "isolatedSymbol"}, ...], "total"}``

        Source: *Margin Trading*, "Get Interest History".
        """
        return self._call("get_margin_interest_history", params)

    def get_max_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Get the largest amount of an asset that can be borrowed.

        ``GET /sapi/v1/margin/maxBorrowable``: signed, weight 750 of the account. Parameters: ``asset``; if
        wanted ``isolatedSymbol``, ``recvWindow``.

        :returns: ``{"amount", "borrowLimit"}``

        Source: *Margin Trading*, "Query Max Borrow".
        """
        return self._call("get_max_margin_loan", params)

    def create_margin_order(self, **params: Any) -> dict[str, Any]:
        """Place an order of a margin account.

        ``POST /sapi/v1/margin/order``: signed, weight 6 to 1,500 of the account. Parameters: ``symbol``,
        ``side``, ``type``; if wanted ``isIsolated``, ``quantity``, ``quoteOrderQty``, ``price``,
        ``stopPrice``, ``newClientOrderId``, ``icebergQty``, ``newOrderRespType``, ``sideEffectType``,
        ``timeInForce``, ``selfTradePreventionMode``, ``trailingDelta``, ``autoRepayAtCancel``,
        ``recvWindow``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "transactTime": ms, "fills":
            [{"price", "qty", "commission", ...}], ...}``

        Source: *Margin Trading*, "Margin Account New Order".
        """
        return self._call("create_margin_order", params)

    def get_margin_order(self, **params: Any) -> dict[str, Any]:
        """Get one order of a margin account, by orderId or by origClientOrderId.

        ``GET /sapi/v1/margin/order``: signed, weight 10. Parameters: ``symbol``; if wanted ``isIsolated``,
        ``orderId``, ``origClientOrderId``, ``recvWindow``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "isWorking", "time":
            ms, "updateTime": ms, ...}``

        Source: *Margin Trading*, "Query Margin Account's Order".
        """
        return self._call("get_margin_order", params)

    def cancel_margin_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order of a margin account, by orderId or by origClientOrderId.

        ``DELETE /sapi/v1/margin/order``: signed, weight 10. Parameters: ``symbol``; if wanted ``isIsolated``,
        ``orderId``, ``origClientOrderId``, ``newClientOrderId``, ``recvWindow``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "origClientOrderId"}``

        Source: *Margin Trading*, "Margin Account Cancel Order".
        """
        return self._call("cancel_margin_order", params)

    def cancel_all_open_margin_orders(self, **params: Any) -> list[Any]:
        """Cancel all open orders of a margin account on a symbol, lists included.

        ``DELETE /sapi/v1/margin/openOrders``: signed, weight 1. Parameters: ``symbol``; if wanted
        ``isIsolated``, ``recvWindow``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "origClientOrderId", ...}, ...]``

        Source: *Margin Trading*, "Margin Account Cancel all Open Orders on a Symbol".
        """
        return self._call("cancel_all_open_margin_orders", params)

    def get_open_margin_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of a margin account.

        ``GET /sapi/v1/margin/openOrders``: signed, weight 10. Parameters, none of them needed: ``symbol``,
        ``isIsolated``, ``recvWindow``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "isWorking", "time":
            ms, "updateTime": ms, ...}, ...]``

        Source: *Margin Trading*, "Query Margin Account's Open Orders".
        """
        return self._call("get_open_margin_orders", params)

    def get_all_margin_orders(self, **params: Any) -> list[Any]:
        """Get the orders of a margin account on a symbol, open, filled and cancelled.

        ``GET /sapi/v1/margin/allOrders``: signed, weight 200. Parameters: ``symbol``; if wanted
        ``isIsolated``, ``orderId``, ``startTime``, ``endTime``, ``limit``, ``recvWindow``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty",
            "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice", "isWorking", "time":
            ms, "updateTime": ms, ...}, ...]``

        Source: *Margin Trading*, "Query Margin Account's All Orders".
        """
        return self._call("get_all_margin_orders", params)

    def get_margin_trades(self, **params: Any) -> list[Any]:
        """Get the trades of a margin account on a symbol.

        ``GET /sapi/v1/margin/myTrades``: signed, weight 10. Parameters: ``symbol``; if wanted ``isIsolated``,
        ``orderId``, ``startTime``, ``endTime``, ``fromId``, ``limit``, ``recvWindow``.

        :returns: ``[{"symbol", "isIsolated", "id", "orderId", "price", "qty", "commission",
            "commissionAsset", "time": ms, "isBuyer", "isMaker", "isBestMatch"}, ...]``

        Source: *Margin Trading*, "Query Margin Account's Trade List".
        """
        return self._call("get_margin_trades", params)

    def futures_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /fapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_ping", {})

    def futures_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /fapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_time", {})

    def futures_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /fapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_exchange_info", {})

    def futures_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /fapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("futures_order_book", params)

    def futures_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /fapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("futures_stream_get_listen_key", {})

    def futures_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_stream_keepalive", {})

    def futures_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_stream_close", {})

    def futures_coin_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /dapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_ping", {})

    def futures_coin_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /dapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_time", {})

    def futures_coin_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /dapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_exchange_info", {})

    def futures_coin_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /dapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("futures_coin_order_book", params)

    def futures_coin_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /dapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("futures_coin_stream_get_listen_key", {})

    def futures_coin_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_coin_stream_keepalive", {})

    def futures_coin_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_coin_stream_close", {})

    def options_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /eapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_ping", {})

    def options_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /eapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_time", {})

    def options_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /eapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_exchange_info", {})

    def options_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /eapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("options_order_book", params)

    def options_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /eapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("options_stream_get_listen_key", {})

    def options_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("options_stream_keepalive", {})

    def options_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("options_stream_close", {})

    def papi_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /papi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("papi_stream_get_listen_key", {})

    def papi_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("papi_stream_keepalive", {})

    def papi_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("papi_stream_close", {})

    def get_lending_product_list(self, **params: Any) -> NoReturn:
        """List flexible savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/list", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_product_list")

    def get_lending_daily_quota_left(self, **params: Any) -> NoReturn:
        """Get the quota of a product that was left to buy. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/personalLeftQuota", signed=True,
        productId=...).

        :raises Retired: always.
        """
        raise retired("get_lending_daily_quota_left")

    def purchase_lending_product(self, **params: Any) -> NoReturn:
        """Buy a flexible savings product. The exchange has ended it (2023-06-22).

        Use client.request("POST", "/sapi/v1/simple-earn/flexible/subscribe", signed=True, productId=...,
        amount=...).

        :raises Retired: always.
        """
        raise retired("purchase_lending_product")

    def get_lending_daily_redemption_quota(self, **params: Any) -> NoReturn:
        """Get the quota of a product that was left to redeem. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/position", signed=True, productId=...).

        :raises Retired: always.
        """
        raise retired("get_lending_daily_redemption_quota")

    def redeem_lending_product(self, **params: Any) -> NoReturn:
        """Redeem a flexible savings product. The exchange has ended it (2023-06-22).

        Use client.request("POST", "/sapi/v1/simple-earn/flexible/redeem", signed=True, productId=...,
        amount=...).

        :raises Retired: always.
        """
        raise retired("redeem_lending_product")

    def get_lending_position(self, **params: Any) -> NoReturn:
        """Get the positions in flexible savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/position", signed=True, asset=...).

        :raises Retired: always.
        """
        raise retired("get_lending_position")

    def get_lending_account(self, **params: Any) -> NoReturn:
        """Get the sums of the savings account. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/account", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_account")

    def get_lending_purchase_history(self, **params: Any) -> NoReturn:
        """Get the purchases of savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/history/subscriptionRecord", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_purchase_history")

    def get_lending_redemption_history(self, **params: Any) -> NoReturn:
        """Get the redemptions of savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/history/redemptionRecord", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_redemption_history")

    def get_lending_interest_history(self, **params: Any) -> NoReturn:
        """Get the interest on savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/history/rewardsRecord", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_interest_history")

    def get_fixed_activity_project_list(self, **params: Any) -> NoReturn:
        """List fixed savings products. The exchange has ended it (2024).

        Use client.request("GET", "/sapi/v1/simple-earn/locked/list", signed=True).

        :raises Retired: always.
        """
        raise retired("get_fixed_activity_project_list")

    def change_fixed_activity_to_daily_position(self, **params: Any) -> NoReturn:
        """Turn a fixed savings product into a flexible one. The exchange has ended it (2024).

        Use client.request("POST", "/sapi/v1/simple-earn/locked/setRedeemOption", signed=True, positionId=...,
        redeemTo="FLEXIBLE").

        :raises Retired: always.
        """
        raise retired("change_fixed_activity_to_daily_position")

    def transfer_history(self, **params: Any) -> NoReturn:
        """Get the transfers between spot and futures. The exchange has ended it (2024).

        Use client.query_universal_transfer_history(type="MAIN_UMFUTURE"), and the same of "UMFUTURE_MAIN",
        "MAIN_CMFUTURE" and "CMFUTURE_MAIN".

        :raises Retired: always.
        """
        raise retired("transfer_history")

    def enable_subaccount_margin(self, **params: Any) -> NoReturn:
        """Enable margin for a sub-account. The exchange has ended it (2025-06-03).

        Use client.make_subaccount_margin_transfer(email=..., asset=..., amount=..., type=1): a first transfer
        to the margin account enables it.

        :raises Retired: always.
        """
        raise retired("enable_subaccount_margin")

    def create_isolated_margin_account(self, **params: Any) -> NoReturn:
        """Create an isolated margin account. The exchange has ended it (2021-05-15).

        Use client.transfer_spot_to_isolated_margin(asset=..., symbol=..., amount=...): a first transfer
        creates the account; or client.enable_isolated_margin_account(symbol=...) if it was disabled.

        :raises Retired: always.
        """
        raise retired("create_isolated_margin_account")

    def margin_stream_get_listen_key(self, **params: Any) -> NoReturn:
        """Get a listen key of the cross margin account. The exchange has ended it (2026-02-20).

        Use client.margin_get_listen_token(), or a manager's start_margin_socket(callback).

        :raises Retired: always.
        """
        raise retired("margin_stream_get_listen_key")

    def margin_stream_keepalive(self, listenKey: str) -> NoReturn:
        """Let a listen key of the cross margin account live on. The exchange has ended it (2026-02-20).

        Use client.margin_get_listen_token() for the next 24 hours; a manager's start_margin_socket(callback)
        renews it by itself.

        :raises Retired: always.
        """
        raise retired("margin_stream_keepalive")

    def margin_stream_close(self, listenKey: str) -> NoReturn:
        """Delete a listen key of the cross margin account. The exchange has ended it (2026-02-20).

        Use nothing in its place: a listen token ends by itself after 24 hours.

        :raises Retired: always.
        """
        raise retired("margin_stream_close")

    def isolated_margin_stream_get_listen_key(self, symbol: str) -> NoReturn:
        """Get a listen key of an isolated margin account. The exchange has ended it (2026-02-20).

        Use client.margin_get_listen_token(symbol), or a manager's start_isolated_margin_socket(symbol,
        callback).

        :raises Retired: always.
        """
        raise retired("isolated_margin_stream_get_listen_key")

    def isolated_margin_stream_keepalive(self, symbol: str, listenKey: str) -> NoReturn:
        """Let a listen key of an isolated margin account live on. The exchange has ended it (2026-02-20).

        Use client.margin_get_listen_token(symbol) for the next 24 hours; a manager's
        start_isolated_margin_socket(symbol, callback) renews it by itself.

        :raises Retired: always.
        """
        raise retired("isolated_margin_stream_keepalive")

    def isolated_margin_stream_close(self, symbol: str, listenKey: str) -> NoReturn:
        """Delete a listen key of an isolated margin account. The exchange has ended it (2026-02-20).

        Use nothing in its place: a listen token ends by itself after 24 hours.

        :raises Retired: always.
        """
        raise retired("isolated_margin_stream_close")
