"""Calls of options, and the listen key of portfolio margin. Values only.

The paths begin with ``/eapi`` since 2022, when ``/vapi`` ended; the answers have another shape than they had
there, and a third one since the exchange rebuilt its options in January 2026.

Source: *European Options*: "Market Data", "Trade", "Account" and "User Data Streams", as of 2026-08-19;
*Portfolio Margin*: "User Data Streams".
"""

from __future__ import annotations

from binance.rest.rows_derivatives import OPTIONS, PORTFOLIO_MARGIN, clock, listen_key, row

INFO = (
    '{"timezone", "serverTime": ms, "rateLimits": [...], "optionContracts": [...], "optionAssets": [...], '
    '"optionSymbols": [{"symbol", "side", "strikePrice", "expiryDate": ms, "underlying", ...}, ...]}'
)
TICKERS = (
    '[{"symbol", "priceChange", "priceChangePercent", "lastPrice", "lastQty", "open", "high", "low", '
    '"volume", "amount", "bidPrice", "askPrice", "strikePrice", "exercisePrice", ...}, ...]'
)
MARKS = '[{"symbol", "markPrice", "bidIV", "askIV", "markIV", "delta", "theta", "gamma", "vega", ...}, ...]'
KLINES = (
    "[[open time ms, open, high, low, close, volume, close time ms, ...], ...]; until 2026-01 a list of dicts"
)
TRADES = '[{"id", "tradeId", "symbol", "price", "qty", "quoteQty", "side", "time": ms}, ...]'
ACCOUNT = (
    '{"asset": [{"asset", "marginBalance", "equity", "available", "initialMargin", "maintMargin", '
    '"unrealizedPNL", ...}, ...], "greek": [{"underlying", "delta", "theta", "gamma", "vega"}, ...], '
    '"canTrade", "time": ms, ...}'
)
POSITIONS = (
    '[{"symbol", "side", "quantity", "entryPrice", "markPrice", "markValue", "unrealizedPNL", "strikePrice", '
    '"expiryDate": ms, "optionSide", ...}, ...]'
)
ORDER = (
    '{"orderId", "symbol", "price", "quantity", "executedQty", "side", "type", "timeInForce", "reduceOnly", '
    '"createTime": ms, "updateTime": ms, "status", "avgPrice", "clientOrderId", ...}'
)
#: What has come of each order of a list, in the order of the list.
OUTCOMES = f'[{ORDER} or {{"code", "msg"}}, ...]'
FILLS = (
    '[{"id", "tradeId", "orderId", "symbol", "side", "price", "quantity", "fee", "realizedProfit", '
    '"liquidity", "time": ms, ...}, ...]'
)
ORDER_PARAMS = (
    "symbol side type quantity [price timeInForce reduceOnly postOnly newOrderRespType clientOrderId isMmp "
    "selfTradePreventionMode]"
)

# A row a call, not a line a field.
# fmt: off
MARKET = (
    *clock(OPTIONS),
    row(OPTIONS, "options_exchange_info", "GET", "/eapi/v1/exchangeInfo",
        "Get the trading rules and the symbols of options.", "Exchange Information", returns=INFO),
    row(OPTIONS, "options_index_price", "GET", "/eapi/v1/index", "Get the index price of an underlying.",
        "Index Price", params="underlying", returns='{"time": ms, "indexPrice"}'),
    row(OPTIONS, "options_price", "GET", "/eapi/v1/ticker",
        "Get the changes of 24 hours, of one option or of all.",
        "24hr Ticker Price Change Statistics", params="[symbol]", most=40, returns=TICKERS),
    row(OPTIONS, "options_mark_price", "GET", "/eapi/v1/mark",
        "Get mark price, implied volatility and Greeks of one option, or of all.", "Option Mark Price",
        params="[symbol]", weight=5, returns=MARKS),
    row(OPTIONS, "options_order_book", "GET", "/eapi/v1/depth", "Get the order book of one option.",
        "Order Book", params="symbol [limit]", most=20,
        returns='{"lastUpdateId": n, "T": ms, "bids": [[price, quantity], ...], "asks": ...}'),
    row(OPTIONS, "options_klines", "GET", "/eapi/v1/klines", "Get candles of one option.",
        "Kline/Candlestick Data", params="symbol interval [startTime endTime limit]", returns=KLINES),
    row(OPTIONS, "options_recent_trades", "GET", "/eapi/v1/trades", "Get the latest trades of one option.",
        "Recent Trades List", params="symbol [limit]", weight=5, returns=TRADES),
)

TRADE = (
    row(OPTIONS, "options_place_order", "POST", "/eapi/v1/order", "Place an order.", "New Order",
        params=ORDER_PARAMS, security="signed", weight=0, made="clientOrderId", returns=ORDER),
    row(OPTIONS, "options_place_batch_order", "POST", "/eapi/v1/batchOrders",
        "Place up to 10 orders; each may fail on its own.", "Place Multiple Orders", params="orders",
        security="signed", weight=5, made="orders.clientOrderId", returns=OUTCOMES),
    row(OPTIONS, "options_cancel_order", "DELETE", "/eapi/v1/order",
        "Cancel one order, by orderId or clientOrderId.", "Cancel Option Order",
        params="symbol [orderId clientOrderId]", security="signed", returns=ORDER),
    row(OPTIONS, "options_cancel_batch_order", "DELETE", "/eapi/v1/batchOrders",
        "Cancel several orders, by a list of their ids of one kind.", "Cancel Multiple Option Orders",
        params="symbol [orderIds clientOrderIds]", security="signed", weight=5, returns=OUTCOMES),
    row(OPTIONS, "options_cancel_all_orders", "DELETE", "/eapi/v1/allOpenOrders",
        "Cancel every open order of one option.", "Cancel all Option orders on specific symbol",
        params="symbol", security="signed", returns='{"code": 0, "msg": "success"}'),
    row(OPTIONS, "options_query_order", "GET", "/eapi/v1/order",
        "Get one order, by orderId or clientOrderId.", "Query Single Order",
        params="symbol [orderId clientOrderId]", security="signed", returns=ORDER),
    row(OPTIONS, "options_query_pending_orders", "GET", "/eapi/v1/openOrders",
        "Get the open orders of one option, or of all.", "Query Current Open Option Orders",
        params="[symbol orderId startTime endTime]", security="signed", most=40,
        returns=f"[{ORDER}, ...]"),
    row(OPTIONS, "options_query_order_history", "GET", "/eapi/v1/historyOrders",
        "Get the orders of one option that were filled, cancelled or rejected in the last 5 days.",
        "Query Option Order History", params="symbol [orderId startTime endTime limit]",
        security="signed", weight=3, returns=f"[{ORDER}, ...]"),
    row(OPTIONS, "options_user_trades", "GET", "/eapi/v1/userTrades",
        "Get the account's trades in one option.",
        "Account Trade List", params="symbol [fromId startTime endTime limit]", security="signed",
        weight=5, returns=FILLS),
)

ACCOUNTS = (
    row(OPTIONS, "options_account_info", "GET", "/eapi/v1/marginAccount",
        "Get the account: balances, margin and Greeks.", "Option Margin Account Information",
        security="signed", weight=3, returns=ACCOUNT),
    row(OPTIONS, "options_positions", "GET", "/eapi/v1/position",
        "Get the positions in one option, or in all.",
        "Option Position Information", params="[symbol]", security="signed", weight=5, returns=POSITIONS),
    row(OPTIONS, "options_bill", "GET", "/eapi/v1/bill",
        "Get what the account was credited and charged, within the last 3 months.", "Account Funding Flow",
        params="currency [recordId startTime endTime limit]", security="signed",
        returns='[{"id", "asset", "amount", "type", "createDate": ms}, ...]'),
    *listen_key(OPTIONS),
    *listen_key(PORTFOLIO_MARGIN),
)
# fmt: on

CALLS = (*MARKET, *TRADE, *ACCOUNTS)
