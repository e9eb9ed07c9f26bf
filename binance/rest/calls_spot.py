"""Calls of spot, ``/api/v3``. Values only.

The weights of calls that place or cancel orders are those of refused ones: since 2026-04-02 they weigh 0 if
they succeed.

Source: Spot *REST API* of 2026-07-21.
"""

from __future__ import annotations

from binance.rest.calls import Call
from binance.rest.rows import BINANCE_US_KEYS, SPOT, rows

_public = rows(SPOT, "GET", "none")
_get = rows(SPOT, "GET", "signed")
_post = rows(SPOT, "POST", "signed")
_delete = rows(SPOT, "DELETE", "signed")

_TRADE = '{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker", "isBestMatch"}'
_CANDLES = (
    "[[open time in ms, open, high, low, close, volume, close time in ms, quote volume, trades, "
    "taker's base volume, taker's quote volume, unused], ...]"
)
_CANDLE_PARAMS = "symbol interval [startTime endTime timeZone limit]"
_DAY = (
    'of one symbol {"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice", "lastPrice", '
    '"openPrice", "highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms, "closeTime": ms, '
    '"firstId", "lastId", "count"}, of several a list'
)
_BOOK_TICKER = '"symbol", "bidPrice", "bidQty", "askPrice", "askQty"'

_ORDER_PARAMS = (
    "symbol side type [timeInForce quantity quoteOrderQty price newClientOrderId strategyId "
    "strategyType stopPrice trailingDelta icebergQty newOrderRespType selfTradePreventionMode "
    "pegPriceType pegOffsetValue pegOffsetType]"
)
_ORDER = (
    '"symbol", "orderId", "orderListId", "clientOrderId", "price", "origQty", "executedQty", '
    '"cummulativeQuoteQty", "status", "timeInForce", "type", "side"'
)
_STORED = f'{{{_ORDER}, "stopPrice", "time": ms, "updateTime": ms, "isWorking", "workingTime": ms, ...}}'
_NEW = f'{{{_ORDER}, "transactTime": ms, "fills": [{{"price", "qty", "commission", ...}}, ...], ...}}'
_CANCELLED = f'{{{_ORDER}, "origClientOrderId", "transactTime": ms, ...}}'
_LIST = (
    '"orderListId", "contingencyType", "listStatusType", "listOrderStatus", "listClientOrderId", '
    '"transactionTime": ms, "symbol", "orders": [{"symbol", "orderId", "clientOrderId"}, ...]'
)

# fmt: off
CALLS: tuple[Call, ...] = (
    # -- general --
    _public("ping", "/api/v3/ping", "Ask whether the exchange answers.", "", "{}", "Test connectivity"),
    _public("get_server_time", "/api/v3/time", "Get the exchange's time.", "", '{"serverTime": ms}',
        "Check server time"),
    _public("get_exchange_info", "/api/v3/exchangeInfo", "Get the trading rules and the symbols.",
        "[symbol symbols permissions showPermissionSets symbolStatus]",
        '{"timezone", "serverTime": ms, "rateLimits": [...], "exchangeFilters": [...], "symbols": '
        '[{"symbol", "status", "baseAsset", "quoteAsset", "orderTypes": [...], "filters": [...], ...}, ...]}',
        "Exchange information", weight=20),

    # -- market --
    _public("get_order_book", "/api/v3/depth", "Get the order book of a symbol, at most 5,000 levels a side.",
        "symbol [limit symbolStatus]",
        '{"lastUpdateId", "bids": [[price, quantity], ...], "asks": [[price, quantity], ...]}', "Order book",
        weight=5, most=250),
    _public("get_recent_trades", "/api/v3/trades", "Get the last trades of a symbol, at most 1,000.",
        "symbol [limit]", f"[{_TRADE}, ...]", "Recent trades list", weight=25),
    _public("get_historical_trades", "/api/v3/historicalTrades",
        "Get older trades of a symbol, from a trade id on.", "symbol [limit fromId]", f"[{_TRADE}, ...]",
        "Old trade lookup", weight=25),
    _public("get_aggregate_trades", "/api/v3/aggTrades",
        "Get trades of a symbol, those of one order at one price taken together.",
        "symbol [fromId startTime endTime limit]",
        '[{"a": id, "p": price, "q": quantity, "f": first trade id, "l": last trade id, "T": ms, "m": buyer '
        'was the maker, "M"}, ...]', "Compressed/Aggregate trades list", weight=4),
    _public("get_klines", "/api/v3/klines", "Get candles of a symbol, oldest first, at most 1,000.",
        _CANDLE_PARAMS, _CANDLES, "Kline/Candlestick data", weight=2),
    _public("get_ui_klines", "/api/v3/uiKlines",
        "Get candles of a symbol as charts show them, at most 1,000.", _CANDLE_PARAMS, _CANDLES, "UIKlines",
        weight=2),
    _public("get_avg_price", "/api/v3/avgPrice", "Get the average price of a symbol over the last minutes.",
        "symbol", '{"mins", "price", "closeTime": ms}', "Current average price", weight=2),
    _public("get_ticker", "/api/v3/ticker/24hr", "Get statistics of the last 24 hours.",
        "[symbol symbols type symbolStatus]", _DAY, "24hr ticker price change statistics", weight=2,
        most=80),
    _public("v3_get_ticker_trading_day", "/api/v3/ticker/tradingDay", "Get statistics of the trading day.",
        "[symbol symbols timeZone type symbolStatus]", _DAY, "Trading Day Ticker", weight=4,
        most=200),
    _public("get_symbol_ticker_window", "/api/v3/ticker", "Get statistics of a window of 1 minute to 7 days.",
        "[symbol symbols windowSize type symbolStatus]", _DAY,
        "Rolling window price change statistics", weight=4, most=200),
    _public("get_symbol_ticker", "/api/v3/ticker/price",
        "Get the last price of one symbol, of several or of all.", "[symbol symbols symbolStatus]",
        'of one symbol {"symbol", "price"}, of several a list', "Symbol price ticker", weight=2, most=4),
    _public("get_all_tickers", "/api/v3/ticker/price", "Get the last prices of all symbols.",
        "[symbols symbolStatus]", '[{"symbol", "price"}, ...]', "Symbol price ticker", weight=4),
    _public("get_orderbook_ticker", "/api/v3/ticker/bookTicker",
        "Get the best prices in the order book of one symbol, of several or of all.",
        "[symbol symbols symbolStatus]", f"of one symbol {{{_BOOK_TICKER}}}, of several a list",
        "Symbol order book ticker", weight=2, most=4),
    _public("get_orderbook_tickers", "/api/v3/ticker/bookTicker",
        "Get the best prices in the order books of all symbols.", "[symbols symbolStatus]",
        f"[{{{_BOOK_TICKER}}}, ...]", "Symbol order book ticker", weight=4),

    # -- orders --
    _post("create_order", "/api/v3/order", "Place an order.", _ORDER_PARAMS, _NEW, "New order",
        made="newClientOrderId"),
    _post("create_test_order", "/api/v3/order/test",
        "Check an order as if it were placed, without placing it.",
        _ORDER_PARAMS.replace("]", " computeCommissionRates]"),
        "{}; with computeCommissionRates its commission rates",
        "Test new order", most=20, made="newClientOrderId"),
    _get("get_order", "/api/v3/order", "Get one order, by orderId or by origClientOrderId.",
        "symbol [orderId origClientOrderId]", _STORED, "Query order", weight=4),
    _delete("cancel_order", "/api/v3/order", "Cancel one order, by orderId or by origClientOrderId.",
        "symbol [orderId origClientOrderId newClientOrderId cancelRestrictions]", _CANCELLED,
        "Cancel order"),
    _delete("cancel_all_open_orders", "/api/v3/openOrders",
        "Cancel all open orders of a symbol, lists included.", "symbol", f"[{_CANCELLED}, ...]",
        "Cancel All Open Orders on a Symbol"),
    _post("cancel_replace_order", "/api/v3/order/cancelReplace",
        "Cancel an order and place another in its place.",
        "symbol side type cancelReplaceMode [timeInForce quantity quoteOrderQty price "
        "cancelNewClientOrderId cancelOrigClientOrderId cancelOrderId newClientOrderId strategyId "
        "strategyType stopPrice trailingDelta icebergQty newOrderRespType "
        "selfTradePreventionMode cancelRestrictions orderRateLimitExceededMode pegPriceType "
        "pegOffsetValue pegOffsetType]",
        '{"cancelResult", "newOrderResult", "cancelResponse": {...}, "newOrderResponse": {...}}',
        "Cancel an Existing Order and Send a New Order", made="newClientOrderId"),
    _get("get_open_orders", "/api/v3/openOrders", "Get the open orders of a symbol or of all.", "[symbol]",
        f"[{_STORED}, ...]", "Current open orders", weight=6, most=80),
    _get("get_all_orders", "/api/v3/allOrders", "Get the orders of a symbol, open, filled and cancelled.",
        "symbol [orderId startTime endTime limit]", f"[{_STORED}, ...]", "All orders", weight=20),

    # -- order lists --
    _post("create_order_list_oco", "/api/v3/orderList/oco",
        "Place two orders above and below the price, of which one cancels the other.",
        "symbol side quantity aboveType belowType [listClientOrderId aboveClientOrderId aboveIcebergQty "
        "abovePrice aboveStopPrice aboveTrailingDelta aboveTimeInForce aboveStrategyId "
        "aboveStrategyType abovePegPriceType abovePegOffsetType abovePegOffsetValue "
        "belowClientOrderId belowIcebergQty belowPrice belowStopPrice belowTrailingDelta "
        "belowTimeInForce belowStrategyId belowStrategyType belowPegPriceType belowPegOffsetType "
        "belowPegOffsetValue newOrderRespType selfTradePreventionMode]",
        f'{{{_LIST}, "orderReports": [{{...}}, ...]}}', "New Order list - OCO", made="listClientOrderId"),
    _get("v3_get_order_list", "/api/v3/orderList",
        "Get one order list, by orderListId or by origClientOrderId.", "[orderListId origClientOrderId]",
        f"{{{_LIST}}}", "Query Order list", weight=4),
    _get("v3_get_all_order_list", "/api/v3/allOrderList", "Get the order lists of the account.",
        "[fromId startTime endTime limit]", f"[{{{_LIST}}}, ...]", "Query all Order lists", weight=20),
    _get("get_open_oco_orders", "/api/v3/openOrderList", "Get the open order lists of the account.", "",
        f"[{{{_LIST}}}, ...]", "Query Open Order lists", weight=6),
    _delete("v3_delete_order_list", "/api/v3/orderList",
        "Cancel an order list, by orderListId or by listClientOrderId.",
        "symbol [orderListId listClientOrderId newClientOrderId]",
        f'{{{_LIST}, "orderReports": [{{...}}, ...]}}', "Cancel Order list"),

    # -- account --
    _get("get_account", "/api/v3/account", "Get the account and its balances.", "[omitZeroBalances]",
        '{"makerCommission", "takerCommission", "commissionRates": {...}, "canTrade", "canWithdraw", '
        '"canDeposit", "updateTime": ms, "accountType", "balances": [{"asset", "free", "locked"}, ...], '
        '"permissions", "uid"}', "Account information", weight=20),
    _get("get_my_trades", "/api/v3/myTrades", "Get the account's trades of a symbol.",
        "symbol [orderId startTime endTime fromId limit]",
        '[{"symbol", "id", "orderId", "orderListId", "price", "qty", "quoteQty", "commission", '
        '"commissionAsset", "time": ms, "isBuyer", "isMaker", "isBestMatch"}, ...]', "Account trade list",
        weight=5, most=20),
    _get("get_current_order_count", "/api/v3/rateLimit/order",
        "Get the account's count of unfilled orders, by interval.", "",
        '[{"rateLimitType", "interval", "intervalNum", "limit", "count"}, ...]', "Query Unfilled Order Count",
        weight=40),
    _get("v3_get_account_commission", "/api/v3/account/commission",
        "Get the account's commission rates on a symbol.", "symbol",
        '{"symbol", "standardCommission": {"maker", "taker", "buyer", "seller"}, "specialCommission": {...}, '
        '"taxCommission": {...}, "discount": {...}}', "Query Commission Rates", weight=20),

    # -- listen keys: binance.us has them, binance.com ended them on 2026-02-20 --
    rows(BINANCE_US_KEYS, "POST", "key")("stream_get_listen_key", "/api/v3/userDataStream",
        "Get the account's listen key, a new or the current one; it is valid for 60 minutes from now.", "",
        "the listen key, a text", "Create a listenKey", picks="listenKey"),
    rows(BINANCE_US_KEYS, "PUT", "key")("stream_keepalive", "/api/v3/userDataStream",
        "Extend a listen key by 60 minutes.", "listenKey", "{}", "Ping/Keep-alive a listenKey",
        args="listenKey"),
    rows(BINANCE_US_KEYS, "DELETE", "key")("stream_close", "/api/v3/userDataStream",
        "Delete a listen key, for every program that uses it.", "listenKey", "{}", "Close a listenKey",
        args="listenKey"),

    # -- the website --
    Call("get_products", "GET", "/bapi/asset/v2/public/asset-service/product/get-products",
        "Get the products that the exchange's website shows.", "",
        '{"code", "data": [{"s": symbol, "b": base asset, "q": quote asset, "c": last price, ...}, ...]}',
        venue="web", fixed=(("includeEtf", "true"),),
        source="a call of the exchange's website, not documented"),
)
# fmt: on
