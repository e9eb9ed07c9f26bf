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

        ``GET /api/v3/exchangeInfo``: no key, weight 20. Parameters, all optional: ``symbol``,
        ``symbols``, ``permissions``, ``showPermissionSets``, ``symbolStatus``.

        :returns: ``{"timezone", "serverTime": ms, "rateLimits": [...], "exchangeFilters": [...],
            "symbols": [{"symbol", "status", "baseAsset", "quoteAsset", "orderTypes": [...], "filters":
            [...], ...}, ...]}``

        Source: Spot *REST API*, "Exchange information".
        """
        return self._call("get_exchange_info", params)

    def get_order_book(self, **params: Any) -> dict[str, Any]:
        """Get the order book of a symbol, at most 5,000 levels a side.

        ``GET /api/v3/depth``: no key, weight 5 to 250. Parameters: ``symbol``; optional: ``limit``,
        ``symbolStatus``.

        :returns: ``{"lastUpdateId", "bids": [[price, quantity], ...], "asks": [[price, quantity], ...]}``

        Source: Spot *REST API*, "Order book".
        """
        return self._call("get_order_book", params)

    def get_recent_trades(self, **params: Any) -> list[Any]:
        """Get the last trades of a symbol, at most 1,000.

        ``GET /api/v3/trades``: no key, weight 25. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Recent trades list".
        """
        return self._call("get_recent_trades", params)

    def get_historical_trades(self, **params: Any) -> list[Any]:
        """Get older trades of a symbol, from a trade id on.

        ``GET /api/v3/historicalTrades``: no key, weight 25. Parameters: ``symbol``; optional: ``limit``,
        ``fromId``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Old trade lookup".
        """
        return self._call("get_historical_trades", params)

    def get_aggregate_trades(self, **params: Any) -> list[Any]:
        """Get trades of a symbol, those of one order at one price taken together.

        ``GET /api/v3/aggTrades``: no key, weight 4. Parameters: ``symbol``; optional: ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"a": id, "p": price, "q": quantity, "f": first trade id, "l": last trade id, "T":
            ms, "m": buyer was the maker, "M"}, ...]``

        Source: Spot *REST API*, "Compressed/Aggregate trades list".
        """
        return self._call("get_aggregate_trades", params)

    def get_klines(self, **params: Any) -> list[Any]:
        """Get candles of a symbol, oldest first, at most 1,000.

        ``GET /api/v3/klines``: no key, weight 2. Parameters: ``symbol``, ``interval``; optional:
        ``startTime``, ``endTime``, ``timeZone``, ``limit``.

        :returns: ``[[open time in ms, open, high, low, close, volume, close time in ms, quote volume,
            trades, taker's base volume, taker's quote volume, unused], ...]``

        Source: Spot *REST API*, "Kline/Candlestick data".
        """
        return self._call("get_klines", params)

    def get_ui_klines(self, **params: Any) -> list[Any]:
        """Get candles of a symbol as charts show them, at most 1,000.

        ``GET /api/v3/uiKlines``: no key, weight 2. Parameters: ``symbol``, ``interval``; optional:
        ``startTime``, ``endTime``, ``timeZone``, ``limit``.

        :returns: ``[[open time in ms, open, high, low, close, volume, close time in ms, quote volume,
            trades, taker's base volume, taker's quote volume, unused], ...]``

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

        ``GET /api/v3/ticker/24hr``: no key, weight 2 to 80. Parameters, all optional: ``symbol``,
        ``symbols``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "24hr ticker price change statistics".
        """
        return self._call("get_ticker", params)

    def v3_get_ticker_trading_day(self, **params: Any) -> Any:
        """Get statistics of the trading day.

        ``GET /api/v3/ticker/tradingDay``: no key, weight 4 to 200. Parameters, all optional: ``symbol``,
        ``symbols``, ``timeZone``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "Trading Day Ticker".
        """
        return self._call("v3_get_ticker_trading_day", params)

    def get_symbol_ticker_window(self, **params: Any) -> Any:
        """Get statistics of a window of 1 minute to 7 days.

        ``GET /api/v3/ticker``: no key, weight 4 to 200. Parameters, all optional: ``symbol``,
        ``symbols``, ``windowSize``, ``type``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "firstId", "lastId", "count"}, of several a list``

        Source: Spot *REST API*, "Rolling window price change statistics".
        """
        return self._call("get_symbol_ticker_window", params)

    def get_symbol_ticker(self, **params: Any) -> Any:
        """Get the last price of one symbol, of several or of all.

        ``GET /api/v3/ticker/price``: no key, weight 2 to 4. Parameters, all optional: ``symbol``,
        ``symbols``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "price"}, of several a list``

        Source: Spot *REST API*, "Symbol price ticker".
        """
        return self._call("get_symbol_ticker", params)

    def get_all_tickers(self, **params: Any) -> list[Any]:
        """Get the last prices of all symbols.

        ``GET /api/v3/ticker/price``: no key, weight 4. Parameters, all optional: ``symbols``,
        ``symbolStatus``.

        :returns: ``[{"symbol", "price"}, ...]``

        Source: Spot *REST API*, "Symbol price ticker".
        """
        return self._call("get_all_tickers", params)

    def get_orderbook_ticker(self, **params: Any) -> Any:
        """Get the best prices in the order book of one symbol, of several or of all.

        ``GET /api/v3/ticker/bookTicker``: no key, weight 2 to 4. Parameters, all optional: ``symbol``,
        ``symbols``, ``symbolStatus``.

        :returns: ``of one symbol {"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}, of several a
            list``

        Source: Spot *REST API*, "Symbol order book ticker".
        """
        return self._call("get_orderbook_ticker", params)

    def get_orderbook_tickers(self, **params: Any) -> list[Any]:
        """Get the best prices in the order books of all symbols.

        ``GET /api/v3/ticker/bookTicker``: no key, weight 4. Parameters, all optional: ``symbols``,
        ``symbolStatus``.

        :returns: ``[{"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}, ...]``

        Source: Spot *REST API*, "Symbol order book ticker".
        """
        return self._call("get_orderbook_tickers", params)

    def create_order(self, **params: Any) -> dict[str, Any]:
        """Place an order.

        ``POST /api/v3/order``: signed, weight 1. Parameters: ``symbol``, ``side``, ``type``; optional:
        ``timeInForce``, ``quantity``, ``quoteOrderQty``, ``price``, ``newClientOrderId``, ``strategyId``,
        ``strategyType``, ``stopPrice``, ``trailingDelta``, ``icebergQty``, ``newOrderRespType``,
        ``selfTradePreventionMode``, ``pegPriceType``, ``pegOffsetValue``, ``pegOffsetType``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "transactTime":
            ms, "fills": [{"price", "qty", "commission", ...}, ...], ...}``

        Source: Spot *REST API*, "New order".
        """
        return self._call("create_order", params)

    def create_test_order(self, **params: Any) -> dict[str, Any]:
        """Check an order as if it were placed, without placing it.

        ``POST /api/v3/order/test``: signed, weight 1 to 20. Parameters: ``symbol``, ``side``, ``type``;
        optional: ``timeInForce``, ``quantity``, ``quoteOrderQty``, ``price``, ``newClientOrderId``,
        ``strategyId``, ``strategyType``, ``stopPrice``, ``trailingDelta``, ``icebergQty``,
        ``newOrderRespType``, ``selfTradePreventionMode``, ``pegPriceType``, ``pegOffsetValue``,
        ``pegOffsetType``, ``computeCommissionRates``.

        :returns: ``{}; with computeCommissionRates its commission rates``

        Source: Spot *REST API*, "Test new order".
        """
        return self._call("create_test_order", params)

    def get_order(self, **params: Any) -> dict[str, Any]:
        """Get one order, by orderId or by origClientOrderId.

        ``GET /api/v3/order``: signed, weight 4. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "time": ms, "updateTime": ms, "isWorking", "workingTime": ms, ...}``

        Source: Spot *REST API*, "Query order".
        """
        return self._call("get_order", params)

    def cancel_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order, by orderId or by origClientOrderId.

        ``DELETE /api/v3/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``, ``newClientOrderId``, ``cancelRestrictions``.

        :returns: ``{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side",
            "origClientOrderId", "transactTime": ms, ...}``

        Source: Spot *REST API*, "Cancel order".
        """
        return self._call("cancel_order", params)

    def cancel_all_open_orders(self, **params: Any) -> list[Any]:
        """Cancel all open orders of a symbol, lists included.

        ``DELETE /api/v3/openOrders``: signed, weight 1. Parameters: ``symbol``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side",
            "origClientOrderId", "transactTime": ms, ...}, ...]``

        Source: Spot *REST API*, "Cancel All Open Orders on a Symbol".
        """
        return self._call("cancel_all_open_orders", params)

    def cancel_replace_order(self, **params: Any) -> dict[str, Any]:
        """Cancel an order and place another in its place.

        ``POST /api/v3/order/cancelReplace``: signed, weight 1. Parameters: ``symbol``, ``side``,
        ``type``, ``cancelReplaceMode``; optional: ``timeInForce``, ``quantity``, ``quoteOrderQty``,
        ``price``, ``cancelNewClientOrderId``, ``cancelOrigClientOrderId``, ``cancelOrderId``,
        ``newClientOrderId``, ``strategyId``, ``strategyType``, ``stopPrice``, ``trailingDelta``,
        ``icebergQty``, ``newOrderRespType``, ``selfTradePreventionMode``, ``cancelRestrictions``,
        ``orderRateLimitExceededMode``, ``pegPriceType``, ``pegOffsetValue``, ``pegOffsetType``.

        :returns: ``{"cancelResult", "newOrderResult", "cancelResponse": {...}, "newOrderResponse":
            {...}}``

        Source: Spot *REST API*, "Cancel an Existing Order and Send a New Order".
        """
        return self._call("cancel_replace_order", params)

    def get_open_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of a symbol or of all.

        ``GET /api/v3/openOrders``: signed, weight 6 to 80. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "time": ms, "updateTime": ms, "isWorking", "workingTime": ms, ...}, ...]``

        Source: Spot *REST API*, "Current open orders".
        """
        return self._call("get_open_orders", params)

    def get_all_orders(self, **params: Any) -> list[Any]:
        """Get the orders of a symbol, open, filled and cancelled.

        ``GET /api/v3/allOrders``: signed, weight 20. Parameters: ``symbol``; optional: ``orderId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "time": ms, "updateTime": ms, "isWorking", "workingTime": ms, ...}, ...]``

        Source: Spot *REST API*, "All orders".
        """
        return self._call("get_all_orders", params)

    def create_order_list_oco(self, **params: Any) -> dict[str, Any]:
        """Place two orders above and below the price, of which one cancels the other.

        ``POST /api/v3/orderList/oco``: signed, weight 1. Parameters: ``symbol``, ``side``, ``quantity``,
        ``aboveType``, ``belowType``; optional: ``listClientOrderId``, ``aboveClientOrderId``,
        ``aboveIcebergQty``, ``abovePrice``, ``aboveStopPrice``, ``aboveTrailingDelta``,
        ``aboveTimeInForce``, ``aboveStrategyId``, ``aboveStrategyType``, ``abovePegPriceType``,
        ``abovePegOffsetType``, ``abovePegOffsetValue``, ``belowClientOrderId``, ``belowIcebergQty``,
        ``belowPrice``, ``belowStopPrice``, ``belowTrailingDelta``, ``belowTimeInForce``,
        ``belowStrategyId``, ``belowStrategyType``, ``belowPegPriceType``, ``belowPegOffsetType``,
        ``belowPegOffsetValue``, ``newOrderRespType``, ``selfTradePreventionMode``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...], "orderReports": [{...}, ...]}``

        Source: Spot *REST API*, "New Order list - OCO".
        """
        return self._call("create_order_list_oco", params)

    def v3_get_order_list(self, **params: Any) -> dict[str, Any]:
        """Get one order list, by orderListId or by origClientOrderId.

        ``GET /api/v3/orderList``: signed, weight 4. Parameters, all optional: ``orderListId``,
        ``origClientOrderId``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}``

        Source: Spot *REST API*, "Query Order list".
        """
        return self._call("v3_get_order_list", params)

    def v3_get_all_order_list(self, **params: Any) -> list[Any]:
        """Get the order lists of the account.

        ``GET /api/v3/allOrderList``: signed, weight 20. Parameters, all optional: ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}, ...]``

        Source: Spot *REST API*, "Query all Order lists".
        """
        return self._call("v3_get_all_order_list", params)

    def get_open_oco_orders(self, **params: Any) -> list[Any]:
        """Get the open order lists of the account.

        ``GET /api/v3/openOrderList``: signed, weight 6.

        :returns: ``[{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...]}, ...]``

        Source: Spot *REST API*, "Query Open Order lists".
        """
        return self._call("get_open_oco_orders", params)

    def v3_delete_order_list(self, **params: Any) -> dict[str, Any]:
        """Cancel an order list, by orderListId or by listClientOrderId.

        ``DELETE /api/v3/orderList``: signed, weight 1. Parameters: ``symbol``; optional: ``orderListId``,
        ``listClientOrderId``, ``newClientOrderId``.

        :returns: ``{"orderListId", "contingencyType", "listStatusType", "listOrderStatus",
            "listClientOrderId", "transactionTime": ms, "symbol", "orders": [{"symbol", "orderId",
            "clientOrderId"}, ...], "orderReports": [{...}, ...]}``

        Source: Spot *REST API*, "Cancel Order list".
        """
        return self._call("v3_delete_order_list", params)

    def get_account(self, **params: Any) -> dict[str, Any]:
        """Get the account and its balances.

        ``GET /api/v3/account``: signed, weight 20. Parameters, all optional: ``omitZeroBalances``.

        :returns: ``{"makerCommission", "takerCommission", "commissionRates": {...}, "canTrade",
            "canWithdraw", "canDeposit", "updateTime": ms, "accountType", "balances": [{"asset", "free",
            "locked"}, ...], "permissions", "uid"}``

        Source: Spot *REST API*, "Account information".
        """
        return self._call("get_account", params)

    def get_my_trades(self, **params: Any) -> list[Any]:
        """Get the account's trades of a symbol.

        ``GET /api/v3/myTrades``: signed, weight 5 to 20. Parameters: ``symbol``; optional: ``orderId``,
        ``startTime``, ``endTime``, ``fromId``, ``limit``.

        :returns: ``[{"symbol", "id", "orderId", "orderListId", "price", "qty", "quoteQty", "commission",
            "commissionAsset", "time": ms, "isBuyer", "isMaker", "isBestMatch"}, ...]``

        Source: Spot *REST API*, "Account trade list".
        """
        return self._call("get_my_trades", params)

    def get_current_order_count(self, **params: Any) -> list[Any]:
        """Get the account's count of unfilled orders, by interval.

        ``GET /api/v3/rateLimit/order``: signed, weight 40.

        :returns: ``[{"rateLimitType", "interval", "intervalNum", "limit", "count"}, ...]``

        Source: Spot *REST API*, "Query Unfilled Order Count".
        """
        return self._call("get_current_order_count", params)

    def v3_get_account_commission(self, **params: Any) -> dict[str, Any]:
        """Get the account's commission rates on a symbol.

        ``GET /api/v3/account/commission``: signed, weight 20. Parameters: ``symbol``.

        :returns: ``{"symbol", "standardCommission": {"maker", "taker", "buyer", "seller"},
            "specialCommission": {...}, "taxCommission": {...}, "discount": {...}}``

        Source: Spot *REST API*, "Query Commission Rates".
        """
        return self._call("v3_get_account_commission", params)

    def stream_get_listen_key(self) -> str:
        """Get the account's listen key, a new or the current one; it is valid for 60 minutes from now.

        ``POST /api/v3/userDataStream``: API key, weight 1.

        :returns: ``the listen key, a text``

        Source: binance.us *User Data Streams*, "Create a listenKey".
        """
        return self._call("stream_get_listen_key", {})

    def stream_keepalive(self, listenKey: str) -> dict[str, Any]:
        """Extend a listen key by 60 minutes.

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

        :returns: ``{"code", "data": [{"s": symbol, "b": base asset, "q": quote asset, "c": last price,
            ...}, ...]}``

        Source: a call of the exchange's website, not documented.
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

        ``GET /sapi/v1/account/status``: signed, weight 1.

        :returns: ``{"data": text}``

        Source: *Wallet*, "Account Status".
        """
        return self._call("get_account_status", params)

    def get_account_api_trading_status(self, **params: Any) -> dict[str, Any]:
        """Ask whether the account is locked from trading with API keys.

        ``GET /sapi/v1/account/apiTradingStatus``: signed, weight 1.

        :returns: ``{"data": {"isLocked", "plannedRecoverTime", "triggerCondition": {...}, "updateTime":
            ms}}``

        Source: *Wallet*, "Account API Trading Status".
        """
        return self._call("get_account_api_trading_status", params)

    def get_account_api_permissions(self, **params: Any) -> dict[str, Any]:
        """Get the permissions of the API key.

        ``GET /sapi/v1/account/apiRestrictions``: signed, weight 1.

        :returns: ``{"ipRestrict", "createTime": ms, "enableReading", "enableWithdrawals", "enableMargin",
            "enableSpotAndMarginTrading", ...}``

        Source: *Wallet*, "Get API Key Permission".
        """
        return self._call("get_account_api_permissions", params)

    def get_account_snapshot(self, **params: Any) -> dict[str, Any]:
        """Get snapshots of the account, one a day.

        ``GET /sapi/v1/accountSnapshot``: signed, weight 2,400. Parameters: ``type``; optional:
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``{"code", "msg", "snapshotVos": [{"data": {...}, "type", "updateTime": ms}, ...]}``

        Source: *Wallet*, "Daily Account Snapshot".
        """
        return self._call("get_account_snapshot", params)

    def disable_fast_withdraw_switch(self, **params: Any) -> dict[str, Any]:
        """Switch fast withdrawals off.

        ``POST /sapi/v1/account/disableFastWithdrawSwitch``: signed, weight 1.

        :returns: ``{}``

        Source: *Wallet*, "Disable Fast Withdraw Switch".
        """
        return self._call("disable_fast_withdraw_switch", params)

    def enable_fast_withdraw_switch(self, **params: Any) -> dict[str, Any]:
        """Switch fast withdrawals, to accounts of the exchange, on.

        ``POST /sapi/v1/account/enableFastWithdrawSwitch``: signed, weight 1.

        :returns: ``{}``

        Source: *Wallet*, "Enable Fast Withdraw Switch".
        """
        return self._call("enable_fast_withdraw_switch", params)

    def get_asset_details(self, **params: Any) -> dict[str, Any]:
        """Get whether deposits and withdrawals of assets are open.

        ``GET /sapi/v1/asset/assetDetail``: signed, weight 1. Parameters, all optional: ``asset``.

        :returns: ``{asset: {"minWithdrawAmount", "depositStatus", "withdrawFee", "withdrawStatus",
            "depositTip"}, ...}``

        Source: *Wallet*, "Asset Detail".
        """
        return self._call("get_asset_details", params)

    def get_trade_fee(self, **params: Any) -> list[Any]:
        """Get the account's commission rates of a symbol or of all.

        ``GET /sapi/v1/asset/tradeFee``: signed, weight 1. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "makerCommission", "takerCommission"}, ...]``

        Source: *Wallet*, "Trade Fee".
        """
        return self._call("get_trade_fee", params)

    def get_user_asset(self, **params: Any) -> list[Any]:
        """Get the assets of the spot wallet.

        ``POST /sapi/v3/asset/getUserAsset``: signed, weight 5. Parameters, all optional: ``asset``,
        ``needBtcValuation``.

        :returns: ``[{"asset", "free", "locked", "freeze", "withdrawing", "ipoable", "btcValuation"},
            ...]``

        Source: *Wallet*, "User Asset".
        """
        return self._call("get_user_asset", params)

    def funding_wallet(self, **params: Any) -> list[Any]:
        """Get the assets of the funding wallet.

        ``POST /sapi/v1/asset/get-funding-asset``: signed, weight 1. Parameters, all optional: ``asset``,
        ``needBtcValuation``.

        :returns: ``[{"asset", "free", "locked", "freeze", "withdrawing", "btcValuation"}, ...]``

        Source: *Wallet*, "Funding Wallet".
        """
        return self._call("funding_wallet", params)

    def get_dust_log(self, **params: Any) -> dict[str, Any]:
        """Get the log of small amounts converted to BNB.

        ``GET /sapi/v1/asset/dribblet``: signed, weight 1. Parameters, all optional: ``accountType``,
        ``startTime``, ``endTime``.

        :returns: ``{"total", "userAssetDribblets": [{"operateTime": ms, "totalTransferedAmount",
            "totalServiceChargeAmount", "transId", "userAssetDribbletDetails": [...]}, ...]}``

        Source: *Wallet*, "DustLog".
        """
        return self._call("get_dust_log", params)

    def transfer_dust(self, **params: Any) -> dict[str, Any]:
        """Convert small amounts of assets to BNB.

        ``POST /sapi/v1/asset/dust``: signed, weight 10 of the account. Parameters: ``asset``; optional:
        ``accountType``.

        :returns: ``{"totalServiceCharge", "totalTransfered", "transferResult": [{"amount", "fromAsset",
            "operateTime": ms, "serviceChargeAmount", "tranId", "transferedAmount"}, ...]}``

        Source: *Wallet*, "Dust Transfer".
        """
        return self._call("transfer_dust", params)

    def get_asset_dividend_history(self, **params: Any) -> dict[str, Any]:
        """Get the distributions that the account received.

        ``GET /sapi/v1/asset/assetDividend``: signed, weight 10. Parameters, all optional: ``asset``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``{"rows": [{"id", "amount", "asset", "divTime": ms, "enInfo", "tranId", "direction"},
            ...], "total"}``

        Source: *Wallet*, "Asset Dividend Record".
        """
        return self._call("get_asset_dividend_history", params)

    def toggle_bnb_burn_spot_margin(self, **params: Any) -> dict[str, Any]:
        """Switch on or off that commissions and margin interest are paid in BNB.

        ``POST /sapi/v1/bnbBurn``: signed, weight 1. Parameters, all optional: ``spotBNBBurn``,
        ``interestBNBBurn``.

        :returns: ``{"spotBNBBurn", "interestBNBBurn"}``

        Source: *Wallet*, "Toggle BNB Burn On Spot Trade And Margin Interest".
        """
        return self._call("toggle_bnb_burn_spot_margin", params)

    def get_all_coins_info(self, **params: Any) -> list[Any]:
        """Get all coins, their networks and the balances.

        ``GET /sapi/v1/capital/config/getall``: signed, weight 10.

        :returns: ``[{"coin", "name", "free", "locked", "freeze", "withdrawing", "depositAllEnable",
            "withdrawAllEnable", "trading", "networkList": [{"network", "withdrawFee", "withdrawMin",
            ...}, ...], ...}, ...]``

        Source: *Wallet*, "All Coins' Information".
        """
        return self._call("get_all_coins_info", params)

    def withdraw(self, **params: Any) -> dict[str, Any]:
        """Withdraw a coin to an address.

        ``POST /sapi/v1/capital/withdraw/apply``: signed, weight 900 of the account. Parameters: ``coin``,
        ``address``, ``amount``; optional: ``withdrawOrderId``, ``network``, ``addressTag``,
        ``transactionFeeFlag``, ``name``, ``walletType``. Older names are taken, too: ``asset`` for
        ``coin``.

        :returns: ``{"id"}``

        Source: *Wallet*, "Withdraw".
        """
        return self._call("withdraw", params)

    def get_withdraw_history(self, **params: Any) -> list[Any]:
        """Get the withdrawals of at most 90 days.

        ``GET /sapi/v1/capital/withdraw/history``: signed, weight 18,000 of the account. Parameters, all
        optional: ``coin``, ``withdrawOrderId``, ``status``, ``offset``, ``limit``, ``idList``,
        ``startTime``, ``endTime``. Older names are taken, too: ``asset`` for ``coin``.

        :returns: ``[{"id", "amount", "transactionFee", "coin", "status", "address", "txId", "applyTime":
            text in UTC, "network", "transferType", "withdrawOrderId", "info", "confirmNo", "walletType",
            "completeTime": text}, ...]``

        Source: *Wallet*, "Withdraw History".
        """
        return self._call("get_withdraw_history", params)

    def get_deposit_history(self, **params: Any) -> list[Any]:
        """Get the deposits of at most 90 days.

        ``GET /sapi/v1/capital/deposit/hisrec``: signed, weight 1. Parameters, all optional:
        ``includeSource``, ``coin``, ``status``, ``startTime``, ``endTime``, ``offset``, ``limit``,
        ``txId``. Older names are taken, too: ``asset`` for ``coin``.

        :returns: ``[{"id", "amount", "coin", "network", "status", "address", "addressTag", "txId",
            "insertTime": ms, "transferType", "confirmTimes", "unlockConfirm", "walletType"}, ...]``

        Source: *Wallet*, "Deposit History".
        """
        return self._call("get_deposit_history", params)

    def get_deposit_address(self, **params: Any) -> dict[str, Any]:
        """Get the address where a coin is deposited.

        ``GET /sapi/v1/capital/deposit/address``: signed, weight 10. Parameters: ``coin``; optional:
        ``network``, ``amount``. Older names are taken, too: ``asset`` for ``coin``.

        :returns: ``{"address", "coin", "tag", "url"}``

        Source: *Wallet*, "Deposit Address".
        """
        return self._call("get_deposit_address", params)

    def universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the account.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``type``,
        ``asset``, ``amount``; optional: ``fromSymbol``, ``toSymbol``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("universal_transfer", params)

    def query_universal_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers of one type between wallets of the account.

        ``GET /sapi/v1/asset/transfer``: signed, weight 1. Parameters: ``type``; optional: ``startTime``,
        ``endTime``, ``current``, ``size``, ``fromSymbol``, ``toSymbol``.

        :returns: ``{"total", "rows": [{"asset", "amount", "type", "status", "tranId", "timestamp": ms},
            ...]}``

        Source: *Wallet*, "Query User Universal Transfer History".
        """
        return self._call("query_universal_transfer_history", params)

    def new_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers of one type between wallets of the account.

        ``GET /sapi/v1/asset/transfer``: signed, weight 1. Parameters: ``type``; optional: ``startTime``,
        ``endTime``, ``current``, ``size``, ``fromSymbol``, ``toSymbol``.

        :returns: ``{"total", "rows": [{"asset", "amount", "type", "status", "tranId", "timestamp": ms},
            ...]}``

        Source: *Wallet*, "Query User Universal Transfer History".
        """
        return self._call("new_transfer_history", params)

    def get_sub_account_list(self, **params: Any) -> dict[str, Any]:
        """Get the sub-accounts.

        ``GET /sapi/v1/sub-account/list``: signed, weight 1. Parameters, all optional: ``email``,
        ``isFreeze``, ``page``, ``limit``.

        :returns: ``{"subAccounts": [{"subUserId", "email", "remark", "isFreeze", "createTime": ms, ...},
            ...]}``

        Source: *Sub Account*, "Query Sub-account List".
        """
        return self._call("get_sub_account_list", params)

    def get_subaccount_futures_margin_status(self, **params: Any) -> list[Any]:
        """Ask whether sub-accounts have margin and futures enabled.

        ``GET /sapi/v1/sub-account/status``: signed, weight 10. Parameters, all optional: ``email``.

        :returns: ``[{"email", "isSubUserEnabled", "isUserActive", "insertTime": ms, "isMarginEnabled",
            "isFutureEnabled", "mobile"}, ...]``

        Source: *Sub Account*, "Get Sub-account's Status on Margin Or Futures".
        """
        return self._call("get_subaccount_futures_margin_status", params)

    def get_sub_account_assets(self, **params: Any) -> dict[str, Any]:
        """Get the assets of a sub-account.

        ``GET /sapi/v4/sub-account/assets``: signed, weight 60 of the account. Parameters: ``email``.

        :returns: ``{"balances": [{"asset", "free", "locked", "freeze", "withdrawing"}, ...]}``

        Source: *Sub Account*, "Query Sub-account Assets V4".
        """
        return self._call("get_sub_account_assets", params)

    def query_subaccount_spot_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums in BTC of the sub-accounts' spot wallets.

        ``GET /sapi/v1/sub-account/spotSummary``: signed, weight 1. Parameters, all optional: ``email``,
        ``page``, ``size``.

        :returns: ``{"totalCount", "masterAccountTotalAsset", "spotSubUserAssetBtcVoList": [{"email",
            "totalAsset"}, ...]}``

        Source: *Sub Account*, "Query Sub-account Spot Assets Summary".
        """
        return self._call("query_subaccount_spot_summary", params)

    def get_subaccount_deposit_address(self, **params: Any) -> dict[str, Any]:
        """Get the address where a coin is deposited to a sub-account.

        ``GET /sapi/v1/capital/deposit/subAddress``: signed, weight 1. Parameters: ``email``, ``coin``;
        optional: ``network``, ``amount``.

        :returns: ``{"address", "coin", "tag", "url"}``

        Source: *Sub Account*, "Get Sub-account Deposit Address".
        """
        return self._call("get_subaccount_deposit_address", params)

    def get_subaccount_deposit_history(self, **params: Any) -> list[Any]:
        """Get the deposits to a sub-account.

        ``GET /sapi/v1/capital/deposit/subHisrec``: signed, weight 1. Parameters: ``email``; optional:
        ``includeSource``, ``coin``, ``status``, ``startTime``, ``endTime``, ``limit``, ``offset``,
        ``txId``.

        :returns: ``[{"id", "amount", "coin", "network", "status", "address", "addressTag", "txId",
            "insertTime": ms, "transferType", "confirmTimes", "unlockConfirm", "walletType"}, ...]``

        Source: *Sub Account*, "Get Sub-account Deposit History".
        """
        return self._call("get_subaccount_deposit_history", params)

    def get_subaccount_margin_details(self, **params: Any) -> dict[str, Any]:
        """Get the margin account of a sub-account.

        ``GET /sapi/v1/sub-account/margin/account``: signed, weight 10. Parameters: ``email``.

        :returns: ``{"email", "marginLevel", "totalAssetOfBtc", "totalLiabilityOfBtc",
            "totalNetAssetOfBtc", "marginTradeCoeffVo": {...}, "marginUserAssetVoList": [{"asset",
            "borrowed", "free", "interest", "locked", "netAsset"}, ...]}``

        Source: *Sub Account*, "Get Detail on Sub-account's Margin Account".
        """
        return self._call("get_subaccount_margin_details", params)

    def get_subaccount_margin_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums of the sub-accounts' margin accounts.

        ``GET /sapi/v1/sub-account/margin/accountSummary``: signed, weight 10.

        :returns: ``{"totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc", "subAccountList":
            [{"email", "totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc"}, ...]}``

        Source: *Sub Account*, "Get Summary of Sub-account's Margin Account".
        """
        return self._call("get_subaccount_margin_summary", params)

    def enable_subaccount_futures(self, **params: Any) -> dict[str, Any]:
        """Enable futures for a sub-account.

        ``POST /sapi/v1/sub-account/futures/enable``: signed, weight 1. Parameters: ``email``.

        :returns: ``{"email", "isFuturesEnabled"}``

        Source: *Sub Account*, "Enable Futures for Sub-account".
        """
        return self._call("enable_subaccount_futures", params)

    def get_subaccount_futures_details(self, **params: Any) -> dict[str, Any]:
        """Get the USD-M futures account of a sub-account.

        ``GET /sapi/v1/sub-account/futures/account``: signed, weight 10. Parameters: ``email``.

        :returns: ``{"email", "asset", "assets": [{"asset", "walletBalance", "marginBalance", ...}, ...],
            "canTrade", "totalWalletBalance", "totalMarginBalance", "updateTime": ms, ...}``

        Source: *Sub Account*, "Get Detail on Sub-account's Futures Account".
        """
        return self._call("get_subaccount_futures_details", params)

    def get_subaccount_futures_summary(self, **params: Any) -> dict[str, Any]:
        """Get the sums of the sub-accounts' USD-M futures accounts.

        ``GET /sapi/v1/sub-account/futures/accountSummary``: signed, weight 1. Parameters: ``page``,
        ``limit``.

        :returns: ``{"totalWalletBalance", "totalMarginBalance", "totalUnrealizedProfit", "asset",
            "subAccountList": [{"email", "totalWalletBalance", ...}, ...], ...}``

        Source: *Sub Account*, "Get Summary of Sub-account's Futures Account".
        """
        return self._call("get_subaccount_futures_summary", params)

    def get_subaccount_futures_positionrisk(self, **params: Any) -> list[Any]:
        """Get the USD-M futures positions of a sub-account.

        ``GET /sapi/v1/sub-account/futures/positionRisk``: signed, weight 10. Parameters: ``email``.

        :returns: ``[{"symbol", "positionAmount", "entryPrice", "markPrice", "leverage",
            "liquidationPrice", "maxNotional", "unrealizedProfit"}, ...]``

        Source: *Sub Account*, "Get Futures Position-Risk of Sub-account".
        """
        return self._call("get_subaccount_futures_positionrisk", params)

    def create_sub_account_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between the spot wallets of two accounts; the master is the one without an email.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``asset``, ``amount``; optional: ``fromEmail``, ``toEmail``, ``clientTranId``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("create_sub_account_transfer", params)

    def get_sub_account_transfer_history(self, **params: Any) -> list[Any]:
        """Get the transfers between the spot wallets of the master and its sub-accounts.

        ``GET /sapi/v1/sub-account/sub/transfer/history``: signed, weight 1. Parameters, all optional:
        ``fromEmail``, ``toEmail``, ``startTime``, ``endTime``, ``page``, ``limit``.

        :returns: ``[{"from", "to", "asset", "qty", "status", "tranId", "time": ms}, ...]``

        Source: *Sub Account*, "Query Sub-account Spot Asset Transfer History".
        """
        return self._call("get_sub_account_transfer_history", params)

    def create_sub_account_futures_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between the futures wallets of two accounts.

        ``POST /sapi/v1/sub-account/futures/internalTransfer``: signed, weight 1. Parameters:
        ``fromEmail``, ``toEmail``, ``futuresType``, ``asset``, ``amount``.

        :returns: ``{"success", "txnId"}``

        Source: *Sub Account*, "Sub-account Futures Asset Transfer".
        """
        return self._call("create_sub_account_futures_transfer", params)

    def get_sub_account_futures_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers between the futures wallets of sub-accounts.

        ``GET /sapi/v1/sub-account/futures/internalTransfer``: signed, weight 1. Parameters: ``email``,
        ``futuresType``; optional: ``startTime``, ``endTime``, ``page``, ``limit``.

        :returns: ``{"success", "futuresType", "transfers": [{"from", "to", "asset", "qty", "tranId",
            "time": ms}, ...]}``

        Source: *Sub Account*, "Query Sub-account Futures Asset Transfer History".
        """
        return self._call("get_sub_account_futures_transfer_history", params)

    def make_subaccount_futures_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between a sub-account's spot and futures wallets.

        ``POST /sapi/v1/sub-account/futures/transfer``: signed, weight 1. Parameters: ``email``,
        ``asset``, ``amount``, ``type``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Futures Transfer for Sub-account".
        """
        return self._call("make_subaccount_futures_transfer", params)

    def make_subaccount_margin_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between a sub-account's spot and margin wallets.

        ``POST /sapi/v1/sub-account/margin/transfer``: signed, weight 1. Parameters: ``email``, ``asset``,
        ``amount``, ``type``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Margin Transfer for Sub-account".
        """
        return self._call("make_subaccount_margin_transfer", params)

    def make_subaccount_to_subaccount_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset from this sub-account to another of the same master.

        ``POST /sapi/v1/sub-account/transfer/subToSub``: signed, weight 1. Parameters: ``toEmail``,
        ``asset``, ``amount``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Transfer to Sub-account of Same Master".
        """
        return self._call("make_subaccount_to_subaccount_transfer", params)

    def make_subaccount_to_master_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset from this sub-account to its master.

        ``POST /sapi/v1/sub-account/transfer/subToMaster``: signed, weight 1. Parameters: ``asset``,
        ``amount``.

        :returns: ``{"txnId"}``

        Source: *Sub Account*, "Transfer to Master".
        """
        return self._call("make_subaccount_to_master_transfer", params)

    def get_subaccount_transfer_history(self, **params: Any) -> list[Any]:
        """Get the transfers of this sub-account.

        ``GET /sapi/v1/sub-account/transfer/subUserHistory``: signed, weight 1. Parameters, all optional:
        ``asset``, ``type``, ``startTime``, ``endTime``, ``limit``, ``returnFailHistory``.

        :returns: ``[{"counterParty", "email", "type", "asset", "qty", "fromAccountType", "toAccountType",
            "status", "tranId", "time": ms}, ...]``

        Source: *Sub Account*, "Sub-account Transfer History".
        """
        return self._call("get_subaccount_transfer_history", params)

    def make_universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the master and its sub-accounts.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``fromAccountType``, ``toAccountType``, ``asset``, ``amount``; optional: ``fromEmail``,
        ``toEmail``, ``clientTranId``, ``symbol``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("make_universal_transfer", params)

    def make_subaccount_universal_transfer(self, **params: Any) -> dict[str, Any]:
        """Move an asset between wallets of the master and its sub-accounts.

        ``POST /sapi/v1/sub-account/universalTransfer``: signed, weight 360 of the account. Parameters:
        ``fromAccountType``, ``toAccountType``, ``asset``, ``amount``; optional: ``fromEmail``,
        ``toEmail``, ``clientTranId``, ``symbol``.

        :returns: ``{"tranId", "clientTranId"}``

        Source: *Sub Account*, "Universal Transfer".
        """
        return self._call("make_subaccount_universal_transfer", params)

    def get_universal_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers between wallets of the master and its sub-accounts.

        ``GET /sapi/v1/sub-account/universalTransfer``: signed, weight 1. Parameters, all optional:
        ``fromEmail``, ``toEmail``, ``clientTranId``, ``startTime``, ``endTime``, ``page``, ``limit``.

        :returns: ``{"result": [{"tranId", "fromEmail", "toEmail", "asset", "amount", "createTimeStamp":
            ms, "fromAccountType", "toAccountType", "status", "clientTranId"}, ...], "totalCount"}``

        Source: *Sub Account*, "Query Universal Transfer History".
        """
        return self._call("get_universal_transfer_history", params)

    def get_margin_all_assets(self, **params: Any) -> list[Any]:
        """Get the assets of margin trading, or one of them.

        ``GET /sapi/v1/margin/allAssets``: API key, weight 1. Parameters, all optional: ``asset``.

        :returns: ``[{"assetName", "assetFullName", "isBorrowable", "isMortgageable", "userMinBorrow",
            "userMinRepay", "delistTime"}, ...]``

        Source: *Margin Trading*, "Get All Margin Assets".
        """
        return self._call("get_margin_all_assets", params)

    def get_margin_all_pairs(self, **params: Any) -> list[Any]:
        """Get the symbols of cross margin, or one of them.

        ``GET /sapi/v1/margin/allPairs``: API key, weight 1. Parameters, all optional: ``symbol``.

        :returns: ``[{"id", "symbol", "base", "quote", "isMarginTrade", "isBuyAllowed", "isSellAllowed",
            "delistTime"}, ...]``

        Source: *Margin Trading*, "Get All Cross Margin Pairs".
        """
        return self._call("get_margin_all_pairs", params)

    def get_all_isolated_margin_symbols(self, **params: Any) -> list[Any]:
        """Get the symbols of isolated margin, or one of them.

        ``GET /sapi/v1/margin/isolated/allPairs``: API key, weight 10. Parameters, all optional:
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

        ``GET /sapi/v1/margin/account``: signed, weight 10.

        :returns: ``{"created", "borrowEnabled", "tradeEnabled", "marginLevel", "totalAssetOfBtc",
            "totalLiabilityOfBtc", "totalNetAssetOfBtc", "accountType", "userAssets": [{"asset",
            "borrowed", "free", "interest", "locked", "netAsset"}, ...], ...}``

        Source: *Margin Trading*, "Query Cross Margin Account Details".
        """
        return self._call("get_margin_account", params)

    def get_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Get the isolated margin accounts, or up to five of them.

        ``GET /sapi/v1/margin/isolated/account``: signed, weight 10. Parameters, all optional:
        ``symbols``.

        :returns: ``{"assets": [{"symbol", "baseAsset": {...}, "quoteAsset": {...}, "enabled",
            "marginLevel", "marginRatio", "indexPrice", "liquidatePrice", "tradeEnabled", ...}, ...]};
            without symbols "totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc", too``

        Source: *Margin Trading*, "Query Isolated Margin Account Info".
        """
        return self._call("get_isolated_margin_account", params)

    def enable_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Enable an isolated margin account that was disabled.

        ``POST /sapi/v1/margin/isolated/account``: signed, weight 300 of the account. Parameters:
        ``symbol``.

        :returns: ``{"success", "symbol"}``

        Source: *Margin Trading*, "Enable Isolated Margin Account".
        """
        return self._call("enable_isolated_margin_account", params)

    def disable_isolated_margin_account(self, **params: Any) -> dict[str, Any]:
        """Disable an isolated margin account.

        ``DELETE /sapi/v1/margin/isolated/account``: signed, weight 300 of the account. Parameters:
        ``symbol``.

        :returns: ``{"success", "symbol"}``

        Source: *Margin Trading*, "Disable Isolated Margin Account".
        """
        return self._call("disable_isolated_margin_account", params)

    def get_bnb_burn_spot_margin(self, **params: Any) -> dict[str, Any]:
        """Ask whether commissions and margin interest are paid in BNB.

        ``GET /sapi/v1/bnbBurn``: signed, weight 1.

        :returns: ``{"spotBNBBurn", "interestBNBBurn"}``

        Source: *Margin Trading*, "Get BNB Burn Status".
        """
        return self._call("get_bnb_burn_spot_margin", params)

    def transfer_margin_to_spot(self, **params: Any) -> dict[str, Any]:
        """Move an asset from cross margin to spot.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_margin_to_spot", params)

    def transfer_spot_to_margin(self, **params: Any) -> dict[str, Any]:
        """Move an asset from spot to cross margin.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_spot_to_margin", params)

    def transfer_spot_to_isolated_margin(self, **params: Any) -> dict[str, Any]:
        """Move an asset from spot to isolated margin; the first transfer creates the account.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``, ``toSymbol``. Older names are taken, too: ``symbol`` for ``toSymbol``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_spot_to_isolated_margin", params)

    def transfer_isolated_margin_to_spot(self, **params: Any) -> dict[str, Any]:
        """Move an asset from isolated margin to spot.

        ``POST /sapi/v1/asset/transfer``: signed, weight 300 of the account. Parameters: ``asset``,
        ``amount``, ``fromSymbol``. Older names are taken, too: ``symbol`` for ``fromSymbol``.

        :returns: ``{"tranId"}``

        Source: *Wallet*, "User Universal Transfer".
        """
        return self._call("transfer_isolated_margin_to_spot", params)

    def get_margin_transfer_history(self, **params: Any) -> dict[str, Any]:
        """Get the transfers to and from margin accounts.

        ``GET /sapi/v1/margin/transfer``: signed, weight 1. Parameters, all optional: ``asset``, ``type``,
        ``startTime``, ``endTime``, ``current``, ``size``, ``isolatedSymbol``.

        :returns: ``{"rows": [{"amount", "asset", "status", "timestamp", "txId", "type", "transFrom",
            "transTo", ...}, ...], "total"}``

        Source: *Margin Trading*, "Get Cross Margin Transfer History".
        """
        return self._call("get_margin_transfer_history", params)

    def get_max_margin_transfer(self, **params: Any) -> dict[str, Any]:
        """Get the largest amount that can be moved out of a margin account.

        ``GET /sapi/v1/margin/maxTransferable``: signed, weight 50. Parameters: ``asset``; optional:
        ``isolatedSymbol``.

        :returns: ``{"amount"}``

        Source: *Margin Trading*, "Query Max Transfer-Out Amount".
        """
        return self._call("get_max_margin_transfer", params)

    def margin_borrow_repay(self, **params: Any) -> dict[str, Any]:
        """Borrow an asset, or repay a loan.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``type``,
        ``asset``, ``amount``; optional: ``isIsolated``, ``symbol``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("margin_borrow_repay", params)

    def create_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Borrow an asset.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``asset``,
        ``amount``; optional: ``isIsolated``, ``symbol``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("create_margin_loan", params)

    def repay_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Repay a loan.

        ``POST /sapi/v1/margin/borrow-repay``: signed, weight 1,500 of the account. Parameters: ``asset``,
        ``amount``; optional: ``isIsolated``, ``symbol``.

        :returns: ``{"tranId"}``

        Source: *Margin Trading*, "Margin account borrow/repay".
        """
        return self._call("repay_margin_loan", params)

    def margin_get_borrow_repay_records(self, **params: Any) -> dict[str, Any]:
        """Get the records of loans or of repayments.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters: ``type``; optional:
        ``asset``, ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal",
            "status", "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("margin_get_borrow_repay_records", params)

    def get_margin_loan_details(self, **params: Any) -> dict[str, Any]:
        """Get the records of loans.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters, all optional: ``asset``,
        ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal",
            "status", "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("get_margin_loan_details", params)

    def get_margin_repay_details(self, **params: Any) -> dict[str, Any]:
        """Get the records of repayments.

        ``GET /sapi/v1/margin/borrow-repay``: signed, weight 10. Parameters, all optional: ``asset``,
        ``isolatedSymbol``, ``txId``, ``startTime``, ``endTime``, ``current``, ``size``.

        :returns: ``{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal",
            "status", "timestamp": ms, "txId"}, ...], "total"}``

        Source: *Margin Trading*, "Query borrow/repay records in Margin account".
        """
        return self._call("get_margin_repay_details", params)

    def get_margin_interest_history(self, **params: Any) -> dict[str, Any]:
        """Get the interest that accrued.

        ``GET /sapi/v1/margin/interestHistory``: signed, weight 1. Parameters, all optional: ``asset``,
        ``isolatedSymbol``, ``startTime``, ``endTime``, ``current``, ``size``.

        :returns: ``{"rows": [{"txId", "interestAccuredTime": ms, "asset", "rawAsset", "principal",
            "interest", "interestRate", "type", "isolatedSymbol"}, ...], "total"}``

        Source: *Margin Trading*, "Get Interest History".
        """
        return self._call("get_margin_interest_history", params)

    def get_max_margin_loan(self, **params: Any) -> dict[str, Any]:
        """Get the largest amount of an asset that can be borrowed.

        ``GET /sapi/v1/margin/maxBorrowable``: signed, weight 750 of the account. Parameters: ``asset``;
        optional: ``isolatedSymbol``.

        :returns: ``{"amount", "borrowLimit"}``

        Source: *Margin Trading*, "Query Max Borrow".
        """
        return self._call("get_max_margin_loan", params)

    def create_margin_order(self, **params: Any) -> dict[str, Any]:
        """Place an order of a margin account.

        ``POST /sapi/v1/margin/order``: signed, weight 6 to 1,500 of the account. Parameters: ``symbol``,
        ``side``, ``type``; optional: ``isIsolated``, ``quantity``, ``quoteOrderQty``, ``price``,
        ``stopPrice``, ``newClientOrderId``, ``icebergQty``, ``newOrderRespType``, ``sideEffectType``,
        ``timeInForce``, ``selfTradePreventionMode``, ``trailingDelta``, ``autoRepayAtCancel``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "transactTime":
            ms, "fills": [{"price", "qty", "commission", ...}], ...}``

        Source: *Margin Trading*, "Margin Account New Order".
        """
        return self._call("create_margin_order", params)

    def get_margin_order(self, **params: Any) -> dict[str, Any]:
        """Get one order of a margin account, by orderId or by origClientOrderId.

        ``GET /sapi/v1/margin/order``: signed, weight 10. Parameters: ``symbol``; optional:
        ``isIsolated``, ``orderId``, ``origClientOrderId``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "isWorking", "time": ms, "updateTime": ms, ...}``

        Source: *Margin Trading*, "Query Margin Account's Order".
        """
        return self._call("get_margin_order", params)

    def cancel_margin_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order of a margin account, by orderId or by origClientOrderId.

        ``DELETE /sapi/v1/margin/order``: signed, weight 10. Parameters: ``symbol``; optional:
        ``isIsolated``, ``orderId``, ``origClientOrderId``, ``newClientOrderId``.

        :returns: ``{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side",
            "origClientOrderId"}``

        Source: *Margin Trading*, "Margin Account Cancel Order".
        """
        return self._call("cancel_margin_order", params)

    def cancel_all_open_margin_orders(self, **params: Any) -> list[Any]:
        """Cancel all open orders of a margin account on a symbol, lists included.

        ``DELETE /sapi/v1/margin/openOrders``: signed, weight 1. Parameters: ``symbol``; optional:
        ``isIsolated``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side",
            "origClientOrderId", ...}, ...]``

        Source: *Margin Trading*, "Margin Account Cancel all Open Orders on a Symbol".
        """
        return self._call("cancel_all_open_margin_orders", params)

    def get_open_margin_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of a margin account.

        ``GET /sapi/v1/margin/openOrders``: signed, weight 10. Parameters, all optional: ``symbol``,
        ``isIsolated``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "isWorking", "time": ms, "updateTime": ms, ...}, ...]``

        Source: *Margin Trading*, "Query Margin Account's Open Orders".
        """
        return self._call("get_open_margin_orders", params)

    def get_all_margin_orders(self, **params: Any) -> list[Any]:
        """Get the orders of a margin account on a symbol, open, filled and cancelled.

        ``GET /sapi/v1/margin/allOrders``: signed, weight 200. Parameters: ``symbol``; optional:
        ``isIsolated``, ``orderId``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty",
            "executedQty", "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "stopPrice",
            "isWorking", "time": ms, "updateTime": ms, ...}, ...]``

        Source: *Margin Trading*, "Query Margin Account's All Orders".
        """
        return self._call("get_all_margin_orders", params)

    def get_margin_trades(self, **params: Any) -> list[Any]:
        """Get the trades of a margin account on a symbol.

        ``GET /sapi/v1/margin/myTrades``: signed, weight 10. Parameters: ``symbol``; optional:
        ``isIsolated``, ``orderId``, ``startTime``, ``endTime``, ``fromId``, ``limit``.

        :returns: ``[{"symbol", "isIsolated", "id", "orderId", "price", "qty", "commission",
            "commissionAsset", "time": ms, "isBuyer", "isMaker", "isBestMatch"}, ...]``

        Source: *Margin Trading*, "Query Margin Account's Trade List".
        """
        return self._call("get_margin_trades", params)

    def futures_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's USD-M futures answer.

        ``GET /fapi/v1/ping``: no key, weight 1.

        :returns: ``{}``

        Source: *USD-M Futures*, "Test Connectivity".
        """
        return self._call("futures_ping", {})

    def futures_time(self) -> dict[str, Any]:
        """Get the time of USD-M futures.

        ``GET /fapi/v1/time``: no key, weight 1.

        :returns: ``{"serverTime": epoch ms}``

        Source: *USD-M Futures*, "Check Server Time".
        """
        return self._call("futures_time", {})

    def futures_coin_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's COIN-M futures answer.

        ``GET /dapi/v1/ping``: no key, weight 1.

        :returns: ``{}``

        Source: *COIN-M Futures*, "Test Connectivity".
        """
        return self._call("futures_coin_ping", {})

    def futures_coin_time(self) -> dict[str, Any]:
        """Get the time of COIN-M futures.

        ``GET /dapi/v1/time``: no key, weight 1.

        :returns: ``{"serverTime": epoch ms}``

        Source: *COIN-M Futures*, "Check Server Time".
        """
        return self._call("futures_coin_time", {})

    def futures_exchange_info(self) -> dict[str, Any]:
        """Get the trading rules and the symbols of the venue.

        ``GET /fapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{"timezone", "serverTime": ms, "rateLimits": [...], "symbols": [...], ...}``

        Source: *USD-M Futures*, "Exchange Information".
        """
        return self._call("futures_exchange_info", {})

    def futures_coin_exchange_info(self) -> dict[str, Any]:
        """Get the trading rules and the symbols of the venue.

        ``GET /dapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{"timezone", "serverTime": ms, "rateLimits": [...], "symbols": [...], ...}``

        Source: *COIN-M Futures*, "Exchange Information".
        """
        return self._call("futures_coin_exchange_info", {})

    def futures_order_book(self, **params: Any) -> dict[str, Any]:
        """Get the order book of one contract.

        ``GET /fapi/v1/depth``: no key, weight 2 to 20. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``{"lastUpdateId": n, "E": ms, "T": ms, "bids": [[price, quantity], ...], "asks": ...}``

        Source: *USD-M Futures*, "Order Book".
        """
        return self._call("futures_order_book", params)

    def futures_coin_order_book(self, **params: Any) -> dict[str, Any]:
        """Get the order book of one contract.

        ``GET /dapi/v1/depth``: no key, weight 2 to 20. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``{"lastUpdateId": n, "E": ms, "T": ms, "bids": [[price, quantity], ...], "asks": ...}``

        Source: *COIN-M Futures*, "Order Book".
        """
        return self._call("futures_coin_order_book", params)

    def futures_recent_trades(self, **params: Any) -> list[Any]:
        """Get the latest trades of one contract.

        ``GET /fapi/v1/trades``: no key, weight 5. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker"}, ...]``

        Source: *USD-M Futures*, "Recent Trades List".
        """
        return self._call("futures_recent_trades", params)

    def futures_coin_recent_trades(self, **params: Any) -> list[Any]:
        """Get the latest trades of one contract.

        ``GET /dapi/v1/trades``: no key, weight 5. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``[{"id", "price", "qty", "baseQty", "time": ms, "isBuyerMaker"}, ...]``

        Source: *COIN-M Futures*, "Recent Trades List".
        """
        return self._call("futures_coin_recent_trades", params)

    def futures_historical_trades(self, **params: Any) -> list[Any]:
        """Get trades of one contract from an id on, of the last month.

        ``GET /fapi/v1/historicalTrades``: API key, weight 200. Parameters: ``symbol``; optional:
        ``limit``, ``fromId``.

        :returns: ``[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker"}, ...]``

        Source: *USD-M Futures*, "Old Trades Lookup".
        """
        return self._call("futures_historical_trades", params)

    def futures_coin_historical_trades(self, **params: Any) -> list[Any]:
        """Get trades of one contract from an id on, of the last month.

        ``GET /dapi/v1/historicalTrades``: API key, weight 200. Parameters: ``symbol``; optional:
        ``limit``, ``fromId``.

        :returns: ``[{"id", "price", "qty", "baseQty", "time": ms, "isBuyerMaker"}, ...]``

        Source: *COIN-M Futures*, "Old Trades Lookup".
        """
        return self._call("futures_coin_historical_trades", params)

    def futures_aggregate_trades(self, **params: Any) -> list[Any]:
        """Get trades of one contract, those of one order at one price as one; of the last 48 hours.

        ``GET /fapi/v1/aggTrades``: no key, weight 20. Parameters: ``symbol``; optional: ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"a": id, "p": price, "q": quantity, "f": first id, "l": last id, "T": ms, "m": buyer
            is maker}, ...]``

        Source: *USD-M Futures*, "Compressed/Aggregate Trades List".
        """
        return self._call("futures_aggregate_trades", params)

    def futures_coin_aggregate_trades(self, **params: Any) -> list[Any]:
        """Get trades of one contract, those of one order at one price as one; of the last 24 hours.

        ``GET /dapi/v1/aggTrades``: no key, weight 20. Parameters: ``symbol``; optional: ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"a": id, "p": price, "q": quantity, "f": first id, "l": last id, "T": ms, "m": buyer
            is maker}, ...]``

        Source: *COIN-M Futures*, "Compressed/Aggregate Trades List".
        """
        return self._call("futures_coin_aggregate_trades", params)

    def futures_klines(self, **params: Any) -> list[Any]:
        """Get candles of one contract.

        ``GET /fapi/v1/klines``: no key, weight 1 to 10. Parameters: ``symbol``, ``interval``; optional:
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, volume in the other
            asset, trades, taker buy volume, the same in the other asset, "0"], ...], prices and volumes
            as str``

        Source: *USD-M Futures*, "Kline/Candlestick Data".
        """
        return self._call("futures_klines", params)

    def futures_coin_klines(self, **params: Any) -> list[Any]:
        """Get candles of one contract.

        ``GET /dapi/v1/klines``: no key, weight 1 to 10. Parameters: ``symbol``, ``interval``; optional:
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, volume in the other
            asset, trades, taker buy volume, the same in the other asset, "0"], ...], prices and volumes
            as str``

        Source: *COIN-M Futures*, "Kline/Candlestick Data".
        """
        return self._call("futures_coin_klines", params)

    def futures_continous_klines(self, **params: Any) -> list[Any]:
        """Get candles of a pair's contract of one type, whichever contract that is at the time.

        ``GET /fapi/v1/continuousKlines``: no key, weight 1 to 10. Parameters: ``pair``, ``contractType``,
        ``interval``; optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, volume in the other
            asset, trades, taker buy volume, the same in the other asset, "0"], ...], prices and volumes
            as str``

        Source: *USD-M Futures*, "Continuous Contract Kline/Candlestick Data".
        """
        return self._call("futures_continous_klines", params)

    def futures_coin_continous_klines(self, **params: Any) -> list[Any]:
        """Get candles of a pair's contract of one type, whichever contract that is at the time.

        ``GET /dapi/v1/continuousKlines``: no key, weight 1 to 10. Parameters: ``pair``, ``contractType``,
        ``interval``; optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, volume in the other
            asset, trades, taker buy volume, the same in the other asset, "0"], ...], prices and volumes
            as str``

        Source: *COIN-M Futures*, "Continuous Contract Kline/Candlestick Data".
        """
        return self._call("futures_coin_continous_klines", params)

    def futures_continuous_klines(self, **params: Any) -> list[Any]:
        """Get the same as by futures_continous_klines.

        ``GET /fapi/v1/continuousKlines``: no key, weight 1 to 10. Parameters: ``pair``, ``contractType``,
        ``interval``; optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, volume in the other
            asset, trades, taker buy volume, the same in the other asset, "0"], ...], prices and volumes
            as str``

        Source: *USD-M Futures*, "Continuous Contract Kline/Candlestick Data".
        """
        return self._call("futures_continuous_klines", params)

    def futures_index_price_klines(self, **params: Any) -> list[Any]:
        """Get candles of a pair's index price.

        ``GET /fapi/v1/indexPriceKlines``: no key, weight 1 to 10. Parameters: ``pair``, ``interval``;
        optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, "0", close time ms, ...], ...], prices as
            str``

        Source: *USD-M Futures*, "Index Price Kline/Candlestick Data".
        """
        return self._call("futures_index_price_klines", params)

    def futures_coin_index_price_klines(self, **params: Any) -> list[Any]:
        """Get candles of a pair's index price.

        ``GET /dapi/v1/indexPriceKlines``: no key, weight 1 to 10. Parameters: ``pair``, ``interval``;
        optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, "0", close time ms, ...], ...], prices as
            str``

        Source: *COIN-M Futures*, "Index Price Kline/Candlestick Data".
        """
        return self._call("futures_coin_index_price_klines", params)

    def futures_mark_price_klines(self, **params: Any) -> list[Any]:
        """Get candles of one contract's mark price.

        ``GET /fapi/v1/markPriceKlines``: no key, weight 1 to 10. Parameters: ``symbol``, ``interval``;
        optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, "0", close time ms, ...], ...], prices as
            str``

        Source: *USD-M Futures*, "Mark Price Kline/Candlestick Data".
        """
        return self._call("futures_mark_price_klines", params)

    def futures_coin_mark_price_klines(self, **params: Any) -> list[Any]:
        """Get candles of one contract's mark price.

        ``GET /dapi/v1/markPriceKlines``: no key, weight 1 to 10. Parameters: ``symbol``, ``interval``;
        optional: ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, "0", close time ms, ...], ...], prices as
            str``

        Source: *COIN-M Futures*, "Mark Price Kline/Candlestick Data".
        """
        return self._call("futures_coin_mark_price_klines", params)

    def futures_mark_price(self, **params: Any) -> Any:
        """Get mark price, index price and funding of one contract, or of all.

        ``GET /fapi/v1/premiumIndex``: no key, weight 1 to 10. Parameters, all optional: ``symbol``.

        :returns: ``of one symbol {"symbol", "markPrice", "indexPrice", "estimatedSettlePrice",
            "lastFundingRate", "interestRate", "nextFundingTime": ms, "time": ms}, of all a list``

        Source: *USD-M Futures*, "Mark Price".
        """
        return self._call("futures_mark_price", params)

    def futures_coin_mark_price(self, **params: Any) -> list[Any]:
        """Get mark price, index price and funding of one contract, or of all.

        ``GET /dapi/v1/premiumIndex``: no key, weight 10. Parameters, all optional: ``symbol``, ``pair``.

        :returns: ``[{"symbol", "markPrice", "indexPrice", "estimatedSettlePrice", "lastFundingRate",
            "interestRate", "nextFundingTime": ms, "time": ms}, ...]``

        Source: *COIN-M Futures*, "Index Price and Mark Price".
        """
        return self._call("futures_coin_mark_price", params)

    def futures_funding_rate(self, **params: Any) -> list[Any]:
        """Get funding rates of the past; the limit is 500 calls in 5 minutes from one address.

        ``GET /fapi/v1/fundingRate``: no key, weight 0. Parameters, all optional: ``symbol``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "fundingRate", "fundingTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "Get Funding Rate History".
        """
        return self._call("futures_funding_rate", params)

    def futures_coin_funding_rate(self, **params: Any) -> list[Any]:
        """Get funding rates of the past of one perpetual contract.

        ``GET /dapi/v1/fundingRate``: no key, weight 1. Parameters: ``symbol``; optional: ``startTime``,
        ``endTime``, ``limit``.

        :returns: ``[{"symbol", "fundingRate", "fundingTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Get Funding Rate History of Perpetual Futures".
        """
        return self._call("futures_coin_funding_rate", params)

    def futures_ticker(self, **params: Any) -> Any:
        """Get the changes of 24 hours, of one contract or of all.

        ``GET /fapi/v1/ticker/24hr``: no key, weight 1 to 40. Parameters, all optional: ``symbol``.

        :returns: ``of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice",
            "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms,
            "closeTime": ms, "count", ...}, of all a list``

        Source: *USD-M Futures*, "24hr Ticker Price Change Statistics".
        """
        return self._call("futures_ticker", params)

    def futures_coin_ticker(self, **params: Any) -> list[Any]:
        """Get the changes of 24 hours, of one contract or of all.

        ``GET /dapi/v1/ticker/24hr``: no key, weight 1 to 40. Parameters, all optional: ``symbol``,
        ``pair``.

        :returns: ``[{"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice", "lastPrice",
            "openPrice", "highPrice", "lowPrice", "volume", "baseVolume", "openTime": ms, "closeTime": ms,
            "count", ...}, ...]``

        Source: *COIN-M Futures*, "24hr Ticker Price Change Statistics".
        """
        return self._call("futures_coin_ticker", params)

    def futures_symbol_ticker(self, **params: Any) -> Any:
        """Get the latest price of one contract, or of all.

        ``GET /fapi/v2/ticker/price``: no key, weight 1 to 2. Parameters, all optional: ``symbol``.

        :returns: ``of one symbol {"symbol", "price", "time": ms}, of all a list``

        Source: *USD-M Futures*, "Symbol Price Ticker V2".
        """
        return self._call("futures_symbol_ticker", params)

    def futures_coin_symbol_ticker(self, **params: Any) -> list[Any]:
        """Get the latest price of one contract, or of all.

        ``GET /dapi/v1/ticker/price``: no key, weight 1 to 2. Parameters, all optional: ``symbol``,
        ``pair``.

        :returns: ``[{"symbol", "price", "time": ms}, ...]``

        Source: *COIN-M Futures*, "Symbol Price Ticker".
        """
        return self._call("futures_coin_symbol_ticker", params)

    def futures_orderbook_ticker(self, **params: Any) -> Any:
        """Get best bid and ask of one contract, or of all.

        ``GET /fapi/v1/ticker/bookTicker``: no key, weight 2 to 5. Parameters, all optional: ``symbol``.

        :returns: ``of one symbol {"symbol", "bidPrice", "bidQty", "askPrice", "askQty", "time": ms}, of
            all a list``

        Source: *USD-M Futures*, "Symbol Order Book Ticker".
        """
        return self._call("futures_orderbook_ticker", params)

    def futures_coin_orderbook_ticker(self, **params: Any) -> list[Any]:
        """Get best bid and ask of one contract, or of all.

        ``GET /dapi/v1/ticker/bookTicker``: no key, weight 2 to 5. Parameters, all optional: ``symbol``,
        ``pair``.

        :returns: ``[{"symbol", "bidPrice", "bidQty", "askPrice", "askQty", "time": ms}, ...]``

        Source: *COIN-M Futures*, "Symbol Order Book Ticker".
        """
        return self._call("futures_coin_orderbook_ticker", params)

    def futures_open_interest(self, **params: Any) -> dict[str, Any]:
        """Get the open interest of one contract.

        ``GET /fapi/v1/openInterest``: no key, weight 1. Parameters: ``symbol``.

        :returns: ``{"symbol", "openInterest", "time": ms, ...}``

        Source: *USD-M Futures*, "Open Interest".
        """
        return self._call("futures_open_interest", params)

    def futures_coin_open_interest(self, **params: Any) -> dict[str, Any]:
        """Get the open interest of one contract.

        ``GET /dapi/v1/openInterest``: no key, weight 1. Parameters: ``symbol``.

        :returns: ``{"symbol", "openInterest", "time": ms, ...}``

        Source: *COIN-M Futures*, "Open Interest".
        """
        return self._call("futures_coin_open_interest", params)

    def futures_open_interest_hist(self, **params: Any) -> list[Any]:
        """Get the open interest of one contract by period, of the last month.

        ``GET /futures/data/openInterestHist``: no key, weight 0. Parameters: ``symbol``, ``period``;
        optional: ``limit``, ``startTime``, ``endTime``.

        :returns: ``[{"symbol", "sumOpenInterest", "sumOpenInterestValue", "timestamp": ms, ...}, ...]``

        Source: *USD-M Futures*, "Open Interest Statistics".
        """
        return self._call("futures_open_interest_hist", params)

    def futures_coin_open_interest_hist(self, **params: Any) -> list[Any]:
        """Get the open interest of a pair's contracts by period, of the last 30 days.

        ``GET /futures/data/openInterestHist``: no key, weight 1. Parameters: ``pair``, ``period``;
        optional: ``contractType``, ``limit``, ``startTime``, ``endTime``.

        :returns: ``[{"pair", "sumOpenInterest", "sumOpenInterestValue", "timestamp": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Open Interest Statistics".
        """
        return self._call("futures_coin_open_interest_hist", params)

    def futures_create_order(self, **params: Any) -> dict[str, Any]:
        """Place a limit or market order. Stop orders are algo orders since 2025-12-09 and refused here, with
        code -4120: use futures_create_algo_order.

        ``POST /fapi/v1/order``: signed, weight 0. Parameters: ``symbol``, ``side``, ``type``; optional:
        ``positionSide``, ``timeInForce``, ``quantity``, ``reduceOnly``, ``price``, ``newClientOrderId``,
        ``newOrderRespType``, ``priceMatch``, ``selfTradePreventionMode``, ``goodTillDate``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "New Order".
        """
        return self._call("futures_create_order", params)

    def futures_coin_create_order(self, **params: Any) -> dict[str, Any]:
        """Place an order. Stop orders have become algo orders in 2026; once the exchange refuses them here,
        with code -4120, use futures_coin_create_algo_order.

        ``POST /dapi/v1/order``: signed, weight 0. Parameters: ``symbol``, ``side``, ``type``; optional:
        ``positionSide``, ``timeInForce``, ``quantity``, ``reduceOnly``, ``price``, ``newClientOrderId``,
        ``newOrderRespType``, ``priceMatch``, ``selfTradePreventionMode``, ``stopPrice``,
        ``closePosition``, ``activationPrice``, ``callbackRate``, ``workingType``, ``priceProtect``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *COIN-M Futures*, "New Order".
        """
        return self._call("futures_coin_create_order", params)

    def futures_create_test_order(self, **params: Any) -> dict[str, Any]:
        """Have an order checked, and not placed.

        ``POST /fapi/v1/order/test``: signed, weight 1. Parameters: ``symbol``, ``side``, ``type``;
        optional: ``positionSide``, ``timeInForce``, ``quantity``, ``reduceOnly``, ``price``,
        ``newClientOrderId``, ``newOrderRespType``, ``priceMatch``, ``selfTradePreventionMode``,
        ``goodTillDate``, ``stopPrice``, ``closePosition``, ``activationPrice``, ``callbackRate``,
        ``workingType``, ``priceProtect``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Test Order".
        """
        return self._call("futures_create_test_order", params)

    def futures_place_batch_order(self, **params: Any) -> list[Any]:
        """Place up to 5 limit or market orders; each may fail on its own.

        ``POST /fapi/v1/batchOrders``: signed, weight 5. Parameters: ``batchOrders``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...} or
            {"code", "msg"}, ...]``

        Source: *USD-M Futures*, "Place Multiple Orders".
        """
        return self._call("futures_place_batch_order", params)

    def futures_coin_place_batch_order(self, **params: Any) -> list[Any]:
        """Place up to 5 limit or market orders; each may fail on its own.

        ``POST /dapi/v1/batchOrders``: signed, weight 5. Parameters: ``batchOrders``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...} or
            {"code", "msg"}, ...]``

        Source: *COIN-M Futures*, "Place Multiple Orders".
        """
        return self._call("futures_coin_place_batch_order", params)

    def futures_modify_order(self, **params: Any) -> dict[str, Any]:
        """Change price and quantity of a limit order, by orderId or origClientOrderId; it joins the end of
        the queue.

        ``PUT /fapi/v1/order``: signed, weight 0. Parameters: ``symbol``, ``side``, ``quantity``,
        ``price``; optional: ``orderId``, ``origClientOrderId``, ``priceMatch``, ``modifyId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Modify Order".
        """
        return self._call("futures_modify_order", params)

    def futures_coin_modify_order(self, **params: Any) -> dict[str, Any]:
        """Change price and quantity of a limit order, by orderId or origClientOrderId; it joins the end of
        the queue.

        ``PUT /dapi/v1/order``: signed, weight 1. Parameters: ``symbol``, ``side``, ``quantity``,
        ``price``; optional: ``orderId``, ``origClientOrderId``, ``priceMatch``, ``modifyId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *COIN-M Futures*, "Modify Order".
        """
        return self._call("futures_coin_modify_order", params)

    def futures_get_order(self, **params: Any) -> dict[str, Any]:
        """Get one order, by orderId or origClientOrderId.

        ``GET /fapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Query Order".
        """
        return self._call("futures_get_order", params)

    def futures_coin_get_order(self, **params: Any) -> dict[str, Any]:
        """Get one order, by orderId or origClientOrderId.

        ``GET /dapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *COIN-M Futures*, "Query Order".
        """
        return self._call("futures_coin_get_order", params)

    def futures_get_open_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of one contract, or of all.

        ``GET /fapi/v1/openOrders``: signed, weight 1 to 40. Parameters, all optional: ``symbol``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "Current All Open Orders".
        """
        return self._call("futures_get_open_orders", params)

    def futures_coin_get_open_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of one contract, or of all.

        ``GET /dapi/v1/openOrders``: signed, weight 1 to 40. Parameters, all optional: ``symbol``,
        ``pair``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Current All Open Orders".
        """
        return self._call("futures_coin_get_open_orders", params)

    def futures_get_all_orders(self, **params: Any) -> list[Any]:
        """Get the orders of at most 7 days, open or not; cancelled ones without a fill are kept for 3 days.

        ``GET /fapi/v1/allOrders``: signed, weight 5. Parameters, all optional: ``symbol``, ``orderId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "All Orders".
        """
        return self._call("futures_get_all_orders", params)

    def futures_coin_get_all_orders(self, **params: Any) -> list[Any]:
        """Get the orders of one contract or one pair, of at most 7 days, open or not; cancelled ones without
        a fill are kept for 3 days.

        ``GET /dapi/v1/allOrders``: signed, weight 5. Parameters, all optional: ``symbol``, ``pair``,
        ``orderId``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "All Orders".
        """
        return self._call("futures_coin_get_all_orders", params)

    def futures_cancel_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order, by orderId or origClientOrderId.

        ``DELETE /fapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Cancel Order".
        """
        return self._call("futures_cancel_order", params)

    def futures_coin_cancel_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order, by orderId or origClientOrderId.

        ``DELETE /dapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``origClientOrderId``.

        :returns: ``{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}``

        Source: *COIN-M Futures*, "Cancel Order".
        """
        return self._call("futures_coin_cancel_order", params)

    def futures_cancel_all_open_orders(self, **params: Any) -> dict[str, Any]:
        """Cancel every open order of one contract.

        ``DELETE /fapi/v1/allOpenOrders``: signed, weight 1. Parameters: ``symbol``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *USD-M Futures*, "Cancel All Open Orders".
        """
        return self._call("futures_cancel_all_open_orders", params)

    def futures_coin_cancel_all_open_orders(self, **params: Any) -> dict[str, Any]:
        """Cancel every open order of one contract.

        ``DELETE /dapi/v1/allOpenOrders``: signed, weight 1. Parameters: ``symbol``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *COIN-M Futures*, "Cancel All Open Orders".
        """
        return self._call("futures_coin_cancel_all_open_orders", params)

    def futures_cancel_orders(self, **params: Any) -> list[Any]:
        """Cancel several orders, by a list of their ids of one kind.

        ``DELETE /fapi/v1/batchOrders``: signed, weight 1. Parameters: ``symbol``; optional:
        ``orderIdList``, ``origClientOrderIdList``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...} or
            {"code", "msg"}, ...]``

        Source: *USD-M Futures*, "Cancel Multiple Orders".
        """
        return self._call("futures_cancel_orders", params)

    def futures_coin_cancel_orders(self, **params: Any) -> list[Any]:
        """Cancel several orders, by a list of their ids of one kind.

        ``DELETE /dapi/v1/batchOrders``: signed, weight 1. Parameters: ``symbol``; optional:
        ``orderIdList``, ``origClientOrderIdList``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...} or
            {"code", "msg"}, ...]``

        Source: *COIN-M Futures*, "Cancel Multiple Orders".
        """
        return self._call("futures_coin_cancel_orders", params)

    def futures_countdown_cancel_all(self, **params: Any) -> dict[str, Any]:
        """Cancel every open order of one contract after countdownTime ms, unless called again before; 0
        stops the countdown.

        ``POST /fapi/v1/countdownCancelAll``: signed, weight 10. Parameters: ``symbol``,
        ``countdownTime``.

        :returns: ``{"symbol", "countdownTime": ms}``

        Source: *USD-M Futures*, "Auto-Cancel All Open Orders".
        """
        return self._call("futures_countdown_cancel_all", params)

    def futures_coin_countdown_cancel_all(self, **params: Any) -> dict[str, Any]:
        """Cancel every open order of one contract after countdownTime ms, unless called again before; 0
        stops the countdown.

        ``POST /dapi/v1/countdownCancelAll``: signed, weight 10. Parameters: ``symbol``,
        ``countdownTime``.

        :returns: ``{"symbol", "countdownTime": ms}``

        Source: *COIN-M Futures*, "Auto-Cancel All Open Orders".
        """
        return self._call("futures_coin_countdown_cancel_all", params)

    def futures_liquidation_orders(self, **params: Any) -> list[Any]:
        """Get the account's own orders of liquidations and ADL. Those of the whole market, which it listed
        until 2021-04-27, are in the streams @forceOrder and !forceOrder@arr.

        ``GET /fapi/v1/forceOrders``: signed, weight 20 to 50. Parameters, all optional: ``symbol``,
        ``autoCloseType``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "User's Force Orders".
        """
        return self._call("futures_liquidation_orders", params)

    def futures_coin_liquidation_orders(self, **params: Any) -> list[Any]:
        """Get the account's own orders of liquidations and ADL. Those of the whole market, which it listed
        until 2021-04-27, are in the streams @forceOrder and !forceOrder@arr.

        ``GET /dapi/v1/forceOrders``: signed, weight 20 to 50. Parameters, all optional: ``symbol``,
        ``autoCloseType``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty",
            "type", "side", "positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "User's Force Orders".
        """
        return self._call("futures_coin_liquidation_orders", params)

    def futures_create_algo_order(self, **params: Any) -> dict[str, Any]:
        """Place an order that waits for its price: STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET,
        TRAILING_STOP_MARKET.

        ``POST /fapi/v1/algoOrder``: signed, weight 0. Parameters: ``symbol``, ``side``, ``type``;
        optional: ``positionSide``, ``timeInForce``, ``quantity``, ``price``, ``triggerPrice``,
        ``workingType``, ``priceMatch``, ``closePosition``, ``priceProtect``, ``reduceOnly``,
        ``activatePrice``, ``callbackRate``, ``clientAlgoId``, ``newOrderRespType``,
        ``selfTradePreventionMode``, ``goodTillDate``. Older names are taken, too: ``stopPrice`` for
        ``triggerPrice``, ``activationPrice`` for ``activatePrice``, ``newClientOrderId`` for
        ``clientAlgoId``.

        :returns: ``{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...}``

        Source: *USD-M Futures*, "New Algo Order".
        """
        return self._call("futures_create_algo_order", params)

    def futures_coin_create_algo_order(self, **params: Any) -> dict[str, Any]:
        """Place an order that waits for its price: STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET,
        TRAILING_STOP_MARKET.

        ``POST /dapi/v1/algoOrder``: signed, weight 0. Parameters: ``symbol``, ``side``, ``type``;
        optional: ``positionSide``, ``timeInForce``, ``quantity``, ``price``, ``triggerPrice``,
        ``workingType``, ``priceMatch``, ``closePosition``, ``priceProtect``, ``reduceOnly``,
        ``activatePrice``, ``callbackRate``, ``clientAlgoId``, ``newOrderRespType``,
        ``selfTradePreventionMode``, ``goodTillDate``. Older names are taken, too: ``stopPrice`` for
        ``triggerPrice``, ``activationPrice`` for ``activatePrice``, ``newClientOrderId`` for
        ``clientAlgoId``.

        :returns: ``{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...}``

        Source: *COIN-M Futures*, "Important CM-UM Integration Notice".
        """
        return self._call("futures_coin_create_algo_order", params)

    def futures_cancel_algo_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one algo order, by algoId or clientAlgoId.

        ``DELETE /fapi/v1/algoOrder``: signed, weight 1. Parameters, all optional: ``algoId``,
        ``clientAlgoId``.

        :returns: ``{"algoId", "clientAlgoId", "code", "msg"}``

        Source: *USD-M Futures*, "Cancel Algo Order".
        """
        return self._call("futures_cancel_algo_order", params)

    def futures_coin_cancel_algo_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one algo order, by algoId or clientAlgoId.

        ``DELETE /dapi/v1/algoOrder``: signed, weight 1. Parameters, all optional: ``algoId``,
        ``clientAlgoId``.

        :returns: ``{"algoId", "clientAlgoId", "code", "msg"}``

        Source: *COIN-M Futures*, "Important CM-UM Integration Notice".
        """
        return self._call("futures_coin_cancel_algo_order", params)

    def futures_get_open_algo_orders(self, **params: Any) -> list[Any]:
        """Get the open algo orders of one contract, or of all.

        ``GET /fapi/v1/openAlgoOrders``: signed, weight 1 to 40. Parameters, all optional: ``symbol``,
        ``algoId``, ``algoType``.

        :returns: ``[{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...},
            ...]``

        Source: *USD-M Futures*, "Current All Algo Open Orders".
        """
        return self._call("futures_get_open_algo_orders", params)

    def futures_coin_get_open_algo_orders(self, **params: Any) -> list[Any]:
        """Get the open algo orders of one contract, or of all.

        ``GET /dapi/v1/openAlgoOrders``: signed, weight 1 to 40. Parameters, all optional: ``symbol``,
        ``algoId``, ``algoType``.

        :returns: ``[{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...},
            ...]``

        Source: *COIN-M Futures*, "Important CM-UM Integration Notice".
        """
        return self._call("futures_coin_get_open_algo_orders", params)

    def futures_cancel_all_algo_open_orders(self, **params: Any) -> dict[str, Any]:
        """Cancel every open algo order of one contract.

        ``DELETE /fapi/v1/algoOpenOrders``: signed, weight 1. Parameters: ``symbol``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *USD-M Futures*, "Cancel All Algo Open Orders".
        """
        return self._call("futures_cancel_all_algo_open_orders", params)

    def futures_get_algo_order(self, **params: Any) -> dict[str, Any]:
        """Get one algo order, by algoId or clientAlgoId.

        ``GET /fapi/v1/algoOrder``: signed, weight 1. Parameters, all optional: ``algoId``,
        ``clientAlgoId``.

        :returns: ``{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Query Algo Order".
        """
        return self._call("futures_get_algo_order", params)

    def futures_get_all_algo_orders(self, **params: Any) -> list[Any]:
        """Get the algo orders of one contract, open or not.

        ``GET /fapi/v1/allAlgoOrders``: signed, weight 5. Parameters: ``symbol``; optional: ``algoId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide",
            "quantity", "algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...},
            ...]``

        Source: *USD-M Futures*, "Query All Algo Orders".
        """
        return self._call("futures_get_all_algo_orders", params)

    def futures_account(self, **params: Any) -> dict[str, Any]:
        """Get the account: margin, balances by asset, and positions of all symbols.

        ``GET /fapi/v2/account``: signed, weight 5.

        :returns: ``{"feeTier", "canTrade", "totalWalletBalance", "totalUnrealizedProfit",
            "totalMarginBalance", "availableBalance", "assets": [{"asset", "walletBalance",
            "marginBalance", "availableBalance", ...}, ...], "positions": [{"symbol", "positionAmt",
            "entryPrice", "leverage", "isolated", "unrealizedProfit", ...}, ...], ...}``

        Source: *USD-M Futures*, "Account Information V2".
        """
        return self._call("futures_account", params)

    def futures_coin_account(self, **params: Any) -> dict[str, Any]:
        """Get the account: margin, balances by asset, and positions of all symbols.

        ``GET /dapi/v1/account``: signed, weight 5.

        :returns: ``{"feeTier", "canTrade", "assets": [{"asset", "walletBalance", "marginBalance",
            "availableBalance", ...}, ...], "positions": [{"symbol", "positionAmt", "entryPrice",
            "leverage", "isolated", "unrealizedProfit", ...}, ...], ...}``

        Source: *COIN-M Futures*, "Account Information".
        """
        return self._call("futures_coin_account", params)

    def futures_account_balance(self, **params: Any) -> list[Any]:
        """Get the account's balances, by asset.

        ``GET /fapi/v3/balance``: signed, weight 5.

        :returns: ``[{"accountAlias", "asset", "balance", "crossWalletBalance", "crossUnPnl",
            "availableBalance", "updateTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "Futures Account Balance V3".
        """
        return self._call("futures_account_balance", params)

    def futures_coin_account_balance(self, **params: Any) -> list[Any]:
        """Get the account's balances, by asset.

        ``GET /dapi/v1/balance``: signed, weight 1.

        :returns: ``[{"accountAlias", "asset", "balance", "crossWalletBalance", "crossUnPnl",
            "availableBalance", "updateTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Futures Account Balance".
        """
        return self._call("futures_coin_account_balance", params)

    def futures_position_information(self, **params: Any) -> list[Any]:
        """Get the positions in one contract or in all, those of 0 among them.

        ``GET /fapi/v2/positionRisk``: signed, weight 5. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice",
            "unRealizedProfit", "leverage", "liquidationPrice", "marginType", "isolatedMargin",
            "positionSide", "updateTime": ms, ...}, ...]``

        Source: *USD-M Futures*, "Position Information V2".
        """
        return self._call("futures_position_information", params)

    def futures_coin_position_information(self, **params: Any) -> list[Any]:
        """Get the positions in all contracts, or in those of a pair or a margin asset.

        ``GET /dapi/v1/positionRisk``: signed, weight 1. Parameters, all optional: ``marginAsset``,
        ``pair``.

        :returns: ``[{"symbol", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice",
            "unRealizedProfit", "leverage", "liquidationPrice", "marginType", "isolatedMargin",
            "positionSide", "updateTime": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Position Information".
        """
        return self._call("futures_coin_position_information", params)

    def futures_account_trades(self, **params: Any) -> list[Any]:
        """Get the account's trades in one contract, of at most 7 days within the last 3 months.

        ``GET /fapi/v1/userTrades``: signed, weight 5. Parameters: ``symbol``; optional: ``orderId``,
        ``startTime``, ``endTime``, ``fromId``, ``limit``.

        :returns: ``[{"id", "orderId", "symbol", "side", "positionSide", "price", "qty", "realizedPnl",
            "commission", "commissionAsset", "buyer", "maker", "time": ms, ...}, ...]``

        Source: *USD-M Futures*, "Account Trade List".
        """
        return self._call("futures_account_trades", params)

    def futures_coin_account_trades(self, **params: Any) -> list[Any]:
        """Get the account's trades in one contract or one pair, of at most 7 days within the last 3 months.

        ``GET /dapi/v1/userTrades``: signed, weight 5. Parameters, all optional: ``symbol``, ``pair``,
        ``orderId``, ``startTime``, ``endTime``, ``fromId``, ``limit``.

        :returns: ``[{"id", "orderId", "symbol", "side", "positionSide", "price", "qty", "realizedPnl",
            "commission", "commissionAsset", "buyer", "maker", "time": ms, ...}, ...]``

        Source: *COIN-M Futures*, "Account Trade List".
        """
        return self._call("futures_coin_account_trades", params)

    def futures_income_history(self, **params: Any) -> list[Any]:
        """Get what the account was credited and charged, page by page with startTime and endTime.

        ``GET /fapi/v1/income``: signed, weight 30. Parameters, all optional: ``symbol``, ``incomeType``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "incomeType", "income", "asset", "info", "time": ms, "tranId", "tradeId"},
            ...]``

        Source: *USD-M Futures*, "Get Income History".
        """
        return self._call("futures_income_history", params)

    def futures_coin_income_history(self, **params: Any) -> list[Any]:
        """Get what the account was credited and charged, page by page with startTime and endTime.

        ``GET /dapi/v1/income``: signed, weight 20. Parameters, all optional: ``symbol``, ``incomeType``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "incomeType", "income", "asset", "info", "time": ms, "tranId", "tradeId"},
            ...]``

        Source: *COIN-M Futures*, "Get Income History".
        """
        return self._call("futures_coin_income_history", params)

    def futures_leverage_bracket(self, **params: Any) -> list[Any]:
        """Get the leverage that the account may use, by a position's size.

        ``GET /fapi/v1/leverageBracket``: signed, weight 1. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "notionalCoef", "brackets": [{"bracket", "initialLeverage", "notionalCap",
            "notionalFloor", "maintMarginRatio", "cum"}, ...]}, ...]``

        Source: *USD-M Futures*, "Notional and Leverage Brackets".
        """
        return self._call("futures_leverage_bracket", params)

    def futures_coin_leverage_bracket(self, **params: Any) -> list[Any]:
        """Get the leverage that the account may use, by a position's size.

        ``GET /dapi/v2/leverageBracket``: signed, weight 1 to 2. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "notionalCoef", "brackets": [{"bracket", "initialLeverage", "qtyCap",
            "qtyFloor", "maintMarginRatio", "cum"}, ...]}, ...]``

        Source: *COIN-M Futures*, "Notional Bracket for Symbol".
        """
        return self._call("futures_coin_leverage_bracket", params)

    def futures_change_leverage(self, **params: Any) -> dict[str, Any]:
        """Set the leverage of one contract.

        ``POST /fapi/v1/leverage``: signed, weight 1. Parameters: ``symbol``, ``leverage``.

        :returns: ``{"leverage", "maxNotionalValue", "symbol"}``

        Source: *USD-M Futures*, "Change Initial Leverage".
        """
        return self._call("futures_change_leverage", params)

    def futures_coin_change_leverage(self, **params: Any) -> dict[str, Any]:
        """Set the leverage of one contract.

        ``POST /dapi/v1/leverage``: signed, weight 1. Parameters: ``symbol``, ``leverage``.

        :returns: ``{"leverage", "maxQty", "symbol"}``

        Source: *COIN-M Futures*, "Change Initial Leverage".
        """
        return self._call("futures_coin_change_leverage", params)

    def futures_change_margin_type(self, **params: Any) -> dict[str, Any]:
        """Set the margin of one contract: ISOLATED or CROSSED.

        ``POST /fapi/v1/marginType``: signed, weight 1. Parameters: ``symbol``, ``marginType``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *USD-M Futures*, "Change Margin Type".
        """
        return self._call("futures_change_margin_type", params)

    def futures_coin_change_margin_type(self, **params: Any) -> dict[str, Any]:
        """Set the margin of one contract: ISOLATED or CROSSED.

        ``POST /dapi/v1/marginType``: signed, weight 1. Parameters: ``symbol``, ``marginType``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *COIN-M Futures*, "Change Margin Type".
        """
        return self._call("futures_coin_change_margin_type", params)

    def futures_change_position_margin(self, **params: Any) -> dict[str, Any]:
        """Add to (type 1) or take from (type 2) the margin of an isolated position.

        ``POST /fapi/v1/positionMargin``: signed, weight 1. Parameters: ``symbol``, ``amount``, ``type``;
        optional: ``positionSide``.

        :returns: ``{"amount", "code": 200, "msg", "type"}``

        Source: *USD-M Futures*, "Modify Isolated Position Margin".
        """
        return self._call("futures_change_position_margin", params)

    def futures_coin_change_position_margin(self, **params: Any) -> dict[str, Any]:
        """Add to (type 1) or take from (type 2) the margin of an isolated position.

        ``POST /dapi/v1/positionMargin``: signed, weight 1. Parameters: ``symbol``, ``amount``, ``type``;
        optional: ``positionSide``.

        :returns: ``{"amount", "code": 200, "msg", "type"}``

        Source: *COIN-M Futures*, "Modify Isolated Position Margin".
        """
        return self._call("futures_coin_change_position_margin", params)

    def futures_position_margin_history(self, **params: Any) -> list[Any]:
        """Get what was added to and taken from the margin of isolated positions.

        ``GET /fapi/v1/positionMargin/history``: signed, weight 1. Parameters: ``symbol``; optional:
        ``type``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "type", "amount", "asset", "time": ms, "positionSide", ...}, ...]``

        Source: *USD-M Futures*, "Get Position Margin Change History".
        """
        return self._call("futures_position_margin_history", params)

    def futures_coin_position_margin_history(self, **params: Any) -> list[Any]:
        """Get what was added to and taken from the margin of isolated positions.

        ``GET /dapi/v1/positionMargin/history``: signed, weight 1. Parameters: ``symbol``; optional:
        ``type``, ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"symbol", "type", "amount", "asset", "time": ms, "positionSide", ...}, ...]``

        Source: *COIN-M Futures*, "Get Position Margin Change History".
        """
        return self._call("futures_coin_position_margin_history", params)

    def futures_change_position_mode(self, **params: Any) -> dict[str, Any]:
        """Choose between one position per contract and a long and a short one (dualSidePosition true), on
        USD-M and COIN-M together.

        ``POST /fapi/v1/positionSide/dual``: signed, weight 1. Parameters: ``dualSidePosition``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *USD-M Futures*, "Change Position Mode".
        """
        return self._call("futures_change_position_mode", params)

    def futures_coin_change_position_mode(self, **params: Any) -> dict[str, Any]:
        """Choose between one position per contract and a long and a short one (dualSidePosition true), on
        USD-M and COIN-M together.

        ``POST /dapi/v1/positionSide/dual``: signed, weight 1. Parameters: ``dualSidePosition``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *COIN-M Futures*, "Change Position Mode".
        """
        return self._call("futures_coin_change_position_mode", params)

    def futures_get_position_mode(self, **params: Any) -> dict[str, Any]:
        """Ask whether a contract has a long and a short position at a time.

        ``GET /fapi/v1/positionSide/dual``: signed, weight 30.

        :returns: ``{"dualSidePosition": bool}``

        Source: *USD-M Futures*, "Get Current Position Mode".
        """
        return self._call("futures_get_position_mode", params)

    def futures_coin_get_position_mode(self, **params: Any) -> dict[str, Any]:
        """Ask whether a contract has a long and a short position at a time.

        ``GET /dapi/v1/positionSide/dual``: signed, weight 30.

        :returns: ``{"dualSidePosition": bool}``

        Source: *COIN-M Futures*, "Get Current Position Mode".
        """
        return self._call("futures_coin_get_position_mode", params)

    def futures_change_multi_assets_mode(self, multiAssetsMargin: str) -> dict[str, Any]:
        """Choose whether every asset is margin of every contract.

        ``POST /fapi/v1/multiAssetsMargin``: signed, weight 1. Parameters: ``multiAssetsMargin``.

        :returns: ``{"code": 200, "msg": "success"}``

        Source: *USD-M Futures*, "Change Multi-Assets Mode".
        """
        return self._call("futures_change_multi_assets_mode", {"multiAssetsMargin": multiAssetsMargin})

    def futures_get_multi_assets_mode(self, **params: Any) -> dict[str, Any]:
        """Ask whether every asset is margin of every contract.

        ``GET /fapi/v1/multiAssetsMargin``: signed, weight 30.

        :returns: ``{"multiAssetsMargin": bool}``

        Source: *USD-M Futures*, "Get Current Multi-Assets Mode".
        """
        return self._call("futures_get_multi_assets_mode", params)

    def futures_account_config(self, **params: Any) -> dict[str, Any]:
        """Get the settings of the account.

        ``GET /fapi/v1/accountConfig``: signed, weight 5.

        :returns: ``{"feeTier", "canTrade", "canDeposit", "canWithdraw", "dualSidePosition",
            "multiAssetsMargin", "updateTime": ms, ...}``

        Source: *USD-M Futures*, "Futures Account Configuration".
        """
        return self._call("futures_account_config", params)

    def futures_symbol_config(self, **params: Any) -> list[Any]:
        """Get margin type and leverage that the account has set, by contract.

        ``GET /fapi/v1/symbolConfig``: signed, weight 5. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "marginType", "isAutoAddMargin", "leverage", "maxNotionalValue"}, ...]``

        Source: *USD-M Futures*, "Symbol Configuration".
        """
        return self._call("futures_symbol_config", params)

    def futures_commission_rate(self, **params: Any) -> dict[str, Any]:
        """Get what the account pays for a trade in one contract.

        ``GET /fapi/v1/commissionRate``: signed, weight 20. Parameters: ``symbol``.

        :returns: ``{"symbol", "makerCommissionRate", "takerCommissionRate", ...}``

        Source: *USD-M Futures*, "User Commission Rate".
        """
        return self._call("futures_commission_rate", params)

    def futures_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of USD-M futures, a new one or the one that it has; it is valid
        for 60 minutes from now.

        ``POST /fapi/v1/listenKey``: API key, weight 1.

        :returns: ``the listen key, a str``

        Source: *USD-M Futures*, "Start User Data Stream".
        """
        return self._call("futures_stream_get_listen_key", {})

    def futures_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Extend the listen key of an account of USD-M futures by 60 minutes from now; error code -1125
        means that there is no key.

        ``PUT /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{"listenKey": that key}``

        Source: *USD-M Futures*, "Keepalive User Data Stream".
        """
        return self._call("futures_stream_keepalive", {})

    def futures_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of USD-M futures, for every program that uses it.

        ``DELETE /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *USD-M Futures*, "Close User Data Stream".
        """
        return self._call("futures_stream_close", {})

    def futures_coin_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of COIN-M futures, a new one or the one that it has; it is valid
        for 60 minutes from now.

        ``POST /dapi/v1/listenKey``: API key, weight 1.

        :returns: ``the listen key, a str``

        Source: *COIN-M Futures*, "Start User Data Stream".
        """
        return self._call("futures_coin_stream_get_listen_key", {})

    def futures_coin_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Extend the listen key of an account of COIN-M futures by 60 minutes from now; error code -1125
        means that there is no key.

        ``PUT /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{"listenKey": that key}``

        Source: *COIN-M Futures*, "Keepalive User Data Stream".
        """
        return self._call("futures_coin_stream_keepalive", {})

    def futures_coin_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of COIN-M futures, for every program that uses it.

        ``DELETE /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *COIN-M Futures*, "Close User Data Stream".
        """
        return self._call("futures_coin_stream_close", {})

    def options_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's options answer.

        ``GET /eapi/v1/ping``: no key, weight 1.

        :returns: ``{}``

        Source: *European Options*, "Test Connectivity".
        """
        return self._call("options_ping", {})

    def options_time(self) -> dict[str, Any]:
        """Get the time of options.

        ``GET /eapi/v1/time``: no key, weight 1.

        :returns: ``{"serverTime": epoch ms}``

        Source: *European Options*, "Check Server Time".
        """
        return self._call("options_time", {})

    def options_exchange_info(self) -> dict[str, Any]:
        """Get the trading rules and the symbols of options.

        ``GET /eapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{"timezone", "serverTime": ms, "rateLimits": [...], "optionContracts": [...],
            "optionAssets": [...], "optionSymbols": [{"symbol", "side", "strikePrice", "expiryDate": ms,
            "underlying", ...}, ...]}``

        Source: *European Options*, "Exchange Information".
        """
        return self._call("options_exchange_info", {})

    def options_index_price(self, **params: Any) -> dict[str, Any]:
        """Get the index price of an underlying.

        ``GET /eapi/v1/index``: no key, weight 1. Parameters: ``underlying``.

        :returns: ``{"time": ms, "indexPrice"}``

        Source: *European Options*, "Index Price".
        """
        return self._call("options_index_price", params)

    def options_price(self, **params: Any) -> list[Any]:
        """Get the changes of 24 hours, of one option or of all.

        ``GET /eapi/v1/ticker``: no key, weight 1 to 40. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "priceChange", "priceChangePercent", "lastPrice", "lastQty", "open",
            "high", "low", "volume", "amount", "bidPrice", "askPrice", "strikePrice", "exercisePrice",
            ...}, ...]``

        Source: *European Options*, "24hr Ticker Price Change Statistics".
        """
        return self._call("options_price", params)

    def options_mark_price(self, **params: Any) -> list[Any]:
        """Get mark price, implied volatility and Greeks of one option, or of all.

        ``GET /eapi/v1/mark``: no key, weight 5. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "markPrice", "bidIV", "askIV", "markIV", "delta", "theta", "gamma",
            "vega", ...}, ...]``

        Source: *European Options*, "Option Mark Price".
        """
        return self._call("options_mark_price", params)

    def options_order_book(self, **params: Any) -> dict[str, Any]:
        """Get the order book of one option.

        ``GET /eapi/v1/depth``: no key, weight 1 to 20. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``{"lastUpdateId": n, "T": ms, "bids": [[price, quantity], ...], "asks": ...}``

        Source: *European Options*, "Order Book".
        """
        return self._call("options_order_book", params)

    def options_klines(self, **params: Any) -> list[Any]:
        """Get candles of one option.

        ``GET /eapi/v1/klines``: no key, weight 1. Parameters: ``symbol``, ``interval``; optional:
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[open time ms, open, high, low, close, volume, close time ms, ...], ...]; until
            2026-01 a list of dicts``

        Source: *European Options*, "Kline/Candlestick Data".
        """
        return self._call("options_klines", params)

    def options_recent_trades(self, **params: Any) -> list[Any]:
        """Get the latest trades of one option.

        ``GET /eapi/v1/trades``: no key, weight 5. Parameters: ``symbol``; optional: ``limit``.

        :returns: ``[{"id", "tradeId", "symbol", "price", "qty", "quoteQty", "side", "time": ms}, ...]``

        Source: *European Options*, "Recent Trades List".
        """
        return self._call("options_recent_trades", params)

    def options_place_order(self, **params: Any) -> dict[str, Any]:
        """Place an order.

        ``POST /eapi/v1/order``: signed, weight 0. Parameters: ``symbol``, ``side``, ``type``,
        ``quantity``; optional: ``price``, ``timeInForce``, ``reduceOnly``, ``postOnly``,
        ``newOrderRespType``, ``clientOrderId``, ``isMmp``, ``selfTradePreventionMode``.

        :returns: ``{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...}``

        Source: *European Options*, "New Order".
        """
        return self._call("options_place_order", params)

    def options_place_batch_order(self, **params: Any) -> list[Any]:
        """Place up to 10 orders; each may fail on its own.

        ``POST /eapi/v1/batchOrders``: signed, weight 5. Parameters: ``orders``.

        :returns: ``[{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...} or {"code", "msg"}, ...]``

        Source: *European Options*, "Place Multiple Orders".
        """
        return self._call("options_place_batch_order", params)

    def options_cancel_order(self, **params: Any) -> dict[str, Any]:
        """Cancel one order, by orderId or clientOrderId.

        ``DELETE /eapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``clientOrderId``.

        :returns: ``{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...}``

        Source: *European Options*, "Cancel Option Order".
        """
        return self._call("options_cancel_order", params)

    def options_cancel_batch_order(self, **params: Any) -> list[Any]:
        """Cancel several orders, by a list of their ids of one kind.

        ``DELETE /eapi/v1/batchOrders``: signed, weight 5. Parameters: ``symbol``; optional: ``orderIds``,
        ``clientOrderIds``.

        :returns: ``[{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...} or {"code", "msg"}, ...]``

        Source: *European Options*, "Cancel Multiple Option Orders".
        """
        return self._call("options_cancel_batch_order", params)

    def options_cancel_all_orders(self, **params: Any) -> dict[str, Any]:
        """Cancel every open order of one option.

        ``DELETE /eapi/v1/allOpenOrders``: signed, weight 1. Parameters: ``symbol``.

        :returns: ``{"code": 0, "msg": "success"}``

        Source: *European Options*, "Cancel all Option orders on specific symbol".
        """
        return self._call("options_cancel_all_orders", params)

    def options_query_order(self, **params: Any) -> dict[str, Any]:
        """Get one order, by orderId or clientOrderId.

        ``GET /eapi/v1/order``: signed, weight 1. Parameters: ``symbol``; optional: ``orderId``,
        ``clientOrderId``.

        :returns: ``{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...}``

        Source: *European Options*, "Query Single Order".
        """
        return self._call("options_query_order", params)

    def options_query_pending_orders(self, **params: Any) -> list[Any]:
        """Get the open orders of one option, or of all.

        ``GET /eapi/v1/openOrders``: signed, weight 1 to 40. Parameters, all optional: ``symbol``,
        ``orderId``, ``startTime``, ``endTime``.

        :returns: ``[{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...}, ...]``

        Source: *European Options*, "Query Current Open Option Orders".
        """
        return self._call("options_query_pending_orders", params)

    def options_query_order_history(self, **params: Any) -> list[Any]:
        """Get the orders of one option that were filled, cancelled or rejected in the last 5 days.

        ``GET /eapi/v1/historyOrders``: signed, weight 3. Parameters: ``symbol``; optional: ``orderId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type",
            "timeInForce", "reduceOnly", "createTime": ms, "updateTime": ms, "status", "avgPrice",
            "clientOrderId", ...}, ...]``

        Source: *European Options*, "Query Option Order History".
        """
        return self._call("options_query_order_history", params)

    def options_user_trades(self, **params: Any) -> list[Any]:
        """Get the account's trades in one option.

        ``GET /eapi/v1/userTrades``: signed, weight 5. Parameters: ``symbol``; optional: ``fromId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"id", "tradeId", "orderId", "symbol", "side", "price", "quantity", "fee",
            "realizedProfit", "liquidity", "time": ms, ...}, ...]``

        Source: *European Options*, "Account Trade List".
        """
        return self._call("options_user_trades", params)

    def options_account_info(self, **params: Any) -> dict[str, Any]:
        """Get the account: balances, margin and Greeks.

        ``GET /eapi/v1/marginAccount``: signed, weight 3.

        :returns: ``{"asset": [{"asset", "marginBalance", "equity", "available", "initialMargin",
            "maintMargin", "unrealizedPNL", ...}, ...], "greek": [{"underlying", "delta", "theta",
            "gamma", "vega"}, ...], "canTrade", "time": ms, ...}``

        Source: *European Options*, "Option Margin Account Information".
        """
        return self._call("options_account_info", params)

    def options_positions(self, **params: Any) -> list[Any]:
        """Get the positions in one option, or in all.

        ``GET /eapi/v1/position``: signed, weight 5. Parameters, all optional: ``symbol``.

        :returns: ``[{"symbol", "side", "quantity", "entryPrice", "markPrice", "markValue",
            "unrealizedPNL", "strikePrice", "expiryDate": ms, "optionSide", ...}, ...]``

        Source: *European Options*, "Option Position Information".
        """
        return self._call("options_positions", params)

    def options_bill(self, **params: Any) -> list[Any]:
        """Get what the account was credited and charged, within the last 3 months.

        ``GET /eapi/v1/bill``: signed, weight 1. Parameters: ``currency``; optional: ``recordId``,
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[{"id", "asset", "amount", "type", "createDate": ms}, ...]``

        Source: *European Options*, "Account Funding Flow".
        """
        return self._call("options_bill", params)

    def options_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of options, a new one or the one that it has; it is valid for 60
        minutes from now.

        ``POST /eapi/v1/listenKey``: API key, weight 1.

        :returns: ``the listen key, a str``

        Source: *European Options*, "Start User Data Stream".
        """
        return self._call("options_stream_get_listen_key", {})

    def options_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Extend the listen key of an account of options by 60 minutes from now; error code -1125 means that
        there is no key.

        ``PUT /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *European Options*, "Keepalive User Data Stream".
        """
        return self._call("options_stream_keepalive", {})

    def options_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of options, for every program that uses it.

        ``DELETE /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *European Options*, "Close User Data Stream".
        """
        return self._call("options_stream_close", {})

    def papi_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of portfolio margin, a new one or the one that it has; it is
        valid for 60 minutes from now.

        ``POST /papi/v1/listenKey``: API key, weight 1.

        :returns: ``the listen key, a str``

        Source: *Portfolio Margin*, "Start User Data Stream".
        """
        return self._call("papi_stream_get_listen_key", {})

    def papi_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Extend the listen key of an account of portfolio margin by 60 minutes from now; error code -1125
        means that there is no key.

        ``PUT /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *Portfolio Margin*, "Keepalive User Data Stream".
        """
        return self._call("papi_stream_keepalive", {})

    def papi_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of portfolio margin, for every program that uses it.

        ``DELETE /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``

        Source: *Portfolio Margin*, "Close User Data Stream".
        """
        return self._call("papi_stream_close", {})

    def get_lending_product_list(self, **params: Any) -> NoReturn:
        """List flexible savings products. The exchange has ended it (2023-06-22).

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/list", signed=True).

        :raises Retired: always.
        """
        raise retired("get_lending_product_list")

    def get_lending_daily_quota_left(self, **params: Any) -> NoReturn:
        """Get the remaining purchase quota of a product. The exchange has ended it (2023-06-22).

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
        """Get the remaining redemption quota of a product. The exchange has ended it (2023-06-22).

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

        Use client.request("GET", "/sapi/v1/simple-earn/flexible/history/subscriptionRecord",
        signed=True).

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

        Use client.request("POST", "/sapi/v1/simple-earn/locked/setRedeemOption", signed=True,
        positionId=..., redeemTo="FLEXIBLE").

        :raises Retired: always.
        """
        raise retired("change_fixed_activity_to_daily_position")

    def transfer_history(self, **params: Any) -> NoReturn:
        """Get the transfers between spot and futures. The exchange has ended it (2024).

        Use client.query_universal_transfer_history(type="MAIN_UMFUTURE"), and the same of
        "UMFUTURE_MAIN", "MAIN_CMFUTURE" and "CMFUTURE_MAIN".

        :raises Retired: always.
        """
        raise retired("transfer_history")

    def enable_subaccount_margin(self, **params: Any) -> NoReturn:
        """Enable margin for a sub-account. The exchange has ended it (2025-06-03).

        Use client.make_subaccount_margin_transfer(email=..., asset=..., amount=..., type=1): a first
        transfer to the margin account enables it.

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
        """Extend a listen key of the cross margin account. The exchange has ended it (2026-02-20).

        Use client.margin_get_listen_token() for the next 24 hours; a manager's
        start_margin_socket(callback) renews it by itself.

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
        """Extend a listen key of an isolated margin account. The exchange has ended it (2026-02-20).

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

    def options_info(self, **params: Any) -> NoReturn:
        """Get underlyings, strikes and expiry dates of options. The exchange has ended it (by 2022-10-21).

        Use client.options_exchange_info(), whose "optionSymbols" hold them.

        :raises Retired: always.
        """
        raise retired("options_info")

    def options_funds_transfer(self, **params: Any) -> NoReturn:
        """Move assets between the spot and the options account. The exchange has ended it (2023-02-02).

        Use client.universal_transfer(type="MAIN_OPTION", asset=..., amount=...), and "OPTION_MAIN" back
        again.

        :raises Retired: always.
        """
        raise retired("options_funds_transfer")

    def options_historical_trades(self, **params: Any) -> NoReturn:
        """Get trades of one option from an id on. The exchange has ended it (by 2026-01-19).

        Use client.options_recent_trades(symbol=...) for the latest, and the stream @optionTrade for new
        ones.

        :raises Retired: always.
        """
        raise retired("options_historical_trades")
