"""Calls of options, and the listen key of portfolio margin. Values only.

The paths begin with ``/eapi`` since 2022, when ``/vapi`` ended; the answers have another shape than they had
there, and a third one since the exchange rebuilt its options in January 2026.

Source: *European Options*: "Market Data", "Trade", "Account" and "User Data Streams", as of 2026-08-19;
*Portfolio Margin*: "User Data Streams".
"""

from __future__ import annotations

from binance.rest.calls import Call
from binance.rest.rows import OPTIONS, PORTFOLIO_MARGIN, clock, listen_key, rows

_public = rows(OPTIONS, "GET", "none")
_get = rows(OPTIONS, "GET", "signed")
_post = rows(OPTIONS, "POST", "signed")
_delete = rows(OPTIONS, "DELETE", "signed")

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
CALLS: tuple[Call, ...] = (
    # -- market --
    *clock(OPTIONS),
    _public("options_exchange_info", "/eapi/v1/exchangeInfo",
        "Get the trading rules and the symbols of options.", "", INFO, "Exchange Information"),
    _public("options_index_price", "/eapi/v1/index", "Get the index price of an underlying.", "underlying",
        '{"time": ms, "indexPrice"}', "Index Price"),
    _public("options_price", "/eapi/v1/ticker", "Get the changes of 24 hours, of one option or of all.",
        "[symbol]", TICKERS, "24hr Ticker Price Change Statistics", most=40),
    _public("options_mark_price", "/eapi/v1/mark",
        "Get mark price, implied volatility and Greeks of one option, or of all.", "[symbol]", MARKS,
        "Option Mark Price", weight=5),
    _public("options_order_book", "/eapi/v1/depth", "Get the order book of one option.", "symbol [limit]",
        '{"lastUpdateId": n, "T": ms, "bids": [[price, quantity], ...], "asks": ...}', "Order Book", most=20),
    _public("options_klines", "/eapi/v1/klines", "Get candles of one option.",
        "symbol interval [startTime endTime limit]", KLINES, "Kline/Candlestick Data"),
    _public("options_recent_trades", "/eapi/v1/trades", "Get the latest trades of one option.",
        "symbol [limit]", TRADES, "Recent Trades List", weight=5),

    # -- orders --
    _post("options_place_order", "/eapi/v1/order", "Place an order.", ORDER_PARAMS, ORDER, "New Order",
        weight=0, made="clientOrderId"),
    _post("options_place_batch_order", "/eapi/v1/batchOrders",
        "Place up to 10 orders; each may fail on its own.", "orders", OUTCOMES, "Place Multiple Orders",
        weight=5, made="orders.clientOrderId"),
    _delete("options_cancel_order", "/eapi/v1/order", "Cancel one order, by orderId or clientOrderId.",
        "symbol [orderId clientOrderId]", ORDER, "Cancel Option Order"),
    _delete("options_cancel_batch_order", "/eapi/v1/batchOrders",
        "Cancel several orders, by a list of their ids of one kind.", "symbol [orderIds clientOrderIds]",
        OUTCOMES, "Cancel Multiple Option Orders", weight=5),
    _delete("options_cancel_all_orders", "/eapi/v1/allOpenOrders", "Cancel every open order of one option.",
        "symbol", '{"code": 0, "msg": "success"}', "Cancel all Option orders on specific symbol"),
    _get("options_query_order", "/eapi/v1/order", "Get one order, by orderId or clientOrderId.",
        "symbol [orderId clientOrderId]", ORDER, "Query Single Order"),
    _get("options_query_pending_orders", "/eapi/v1/openOrders",
        "Get the open orders of one option, or of all.", "[symbol orderId startTime endTime]",
        f"[{ORDER}, ...]", "Query Current Open Option Orders", most=40),
    _get("options_query_order_history", "/eapi/v1/historyOrders",
        "Get the orders of one option that were filled, cancelled or rejected in the last 5 days.",
        "symbol [orderId startTime endTime limit]", f"[{ORDER}, ...]", "Query Option Order History",
        weight=3),
    _get("options_user_trades", "/eapi/v1/userTrades", "Get the account's trades in one option.",
        "symbol [fromId startTime endTime limit]", FILLS, "Account Trade List", weight=5),

    # -- account --
    _get("options_account_info", "/eapi/v1/marginAccount", "Get the account: balances, margin and Greeks.",
        "", ACCOUNT, "Option Margin Account Information", weight=3),
    _get("options_positions", "/eapi/v1/position", "Get the positions in one option, or in all.", "[symbol]",
        POSITIONS, "Option Position Information", weight=5),
    _get("options_bill", "/eapi/v1/bill",
        "Get what the account was credited and charged, within the last 3 months.",
        "currency [recordId startTime endTime limit]",
        '[{"id", "asset", "amount", "type", "createDate": ms}, ...]', "Account Funding Flow"),
    *listen_key(OPTIONS),
    *listen_key(PORTFOLIO_MARGIN),
)
# fmt: on
