"""Calls of USD-M and COIN-M futures: one row for a call that both have. Values only.

Weights of COIN-M are those since the two venues were merged (2026-06-30), and both count against one limit.

Of the account and of positions the versions are those whose answers hold what the first version's did: since
``/fapi/v3`` they list only symbols with a position or an order, without leverage and margin type.

Source: *USD-M Futures* and *COIN-M Futures*: "Market Data", "Trade", "Account", "User Data Streams", and the
"Change Log" up to 2026-10-23; "Important CM-UM Integration Notice".
"""

from __future__ import annotations

from binance.rest.calls import Call
from binance.rest.rows import COINM, USDM, clock, listen_key, pairs, rows

_public = pairs("GET", "none")
_keyed = pairs("GET", "key")
_get = pairs("GET", "signed")
_post = pairs("POST", "signed")
_put = pairs("PUT", "signed")
_delete = pairs("DELETE", "signed")
_usdm_public = rows(USDM, "GET", "none")
_usdm_get = rows(USDM, "GET", "signed")
_usdm_post = rows(USDM, "POST", "signed")
_usdm_delete = rows(USDM, "DELETE", "signed")

KLINES = (
    "[[open time ms, open, high, low, close, volume, close time ms, volume in the other asset, trades, "
    'taker buy volume, the same in the other asset, "0"], ...], prices and volumes as str'
)
PRICE_KLINES = '[[open time ms, open, high, low, close, "0", close time ms, ...], ...], prices as str'
BOOK = '{"lastUpdateId": n, "E": ms, "T": ms, "bids": [[price, quantity], ...], "asks": ...}'
TRADES = '[{"id", "price", "qty", "quoteQty", "time": ms, "isBuyerMaker"}, ...]'
TRADES_COINM = '[{"id", "price", "qty", "baseQty", "time": ms, "isBuyerMaker"}, ...]'
AGGREGATE_TRADES = (
    '[{"a": id, "p": price, "q": quantity, "f": first id, "l": last id, "T": ms, "m": buyer is maker}, ...]'
)
MARK_PRICE = (
    '{"symbol", "markPrice", "indexPrice", "estimatedSettlePrice", "lastFundingRate", "interestRate", '
    '"nextFundingTime": ms, "time": ms}'
)
TICKER = (
    '{"symbol", "priceChange", "priceChangePercent", "weightedAvgPrice", "lastPrice", "openPrice", '
    '"highPrice", "lowPrice", "volume", "quoteVolume", "openTime": ms, "closeTime": ms, "count", ...}'
)
PRICE = '{"symbol", "price", "time": ms}'
BEST = '{"symbol", "bidPrice", "bidQty", "askPrice", "askQty", "time": ms}'
OPEN_INTERESTS = '[{"symbol", "sumOpenInterest", "sumOpenInterestValue", "timestamp": ms, ...}, ...]'
FUNDING = '[{"symbol", "fundingRate", "fundingTime": ms, ...}, ...]'
ORDER = (
    '{"orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty", "type", "side", '
    '"positionSide", "timeInForce", "reduceOnly", "updateTime": ms, ...}'
)
#: What has come of each order of a list, in the order of the list.
OUTCOMES = f'[{ORDER} or {{"code", "msg"}}, ...]'
ALGO_ORDER = (
    '{"algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide", "quantity", '
    '"algoStatus", "triggerPrice", "price", "createTime": ms, "updateTime": ms, ...}'
)
DONE = '{"code": 200, "msg": "success"}'
BALANCES = '"assets": [{"asset", "walletBalance", "marginBalance", "availableBalance", ...}, ...]'
POSITIONS = (
    '"positions": [{"symbol", "positionAmt", "entryPrice", "leverage", "isolated", "unrealizedProfit", '
    "...}, ...]"
)
ACCOUNT_USDM = (
    '{"feeTier", "canTrade", "totalWalletBalance", "totalUnrealizedProfit", "totalMarginBalance", '
    f'"availableBalance", {BALANCES}, {POSITIONS}, ...}}'
)
ACCOUNT_COINM = f'{{"feeTier", "canTrade", {BALANCES}, {POSITIONS}, ...}}'
BALANCE = (
    '[{"accountAlias", "asset", "balance", "crossWalletBalance", "crossUnPnl", "availableBalance", '
    '"updateTime": ms, ...}, ...]'
)
POSITION_RISKS = (
    '[{"symbol", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice", "unRealizedProfit", "leverage", '
    '"liquidationPrice", "marginType", "isolatedMargin", "positionSide", "updateTime": ms, ...}, ...]'
)
FILLS = (
    '[{"id", "orderId", "symbol", "side", "positionSide", "price", "qty", "realizedPnl", "commission", '
    '"commissionAsset", "buyer", "maker", "time": ms, ...}, ...]'
)
INCOME = '[{"symbol", "incomeType", "income", "asset", "info", "time": ms, "tranId", "tradeId"}, ...]'
BRACKETS = (
    '[{"symbol", "notionalCoef", "brackets": [{"bracket", "initialLeverage", "notionalCap", "notionalFloor", '
    '"maintMarginRatio", "cum"}, ...]}, ...]'
)
BRACKETS_COINM = BRACKETS.replace("notionalCap", "qtyCap").replace("notionalFloor", "qtyFloor")
CONFIG = (
    '{"feeTier", "canTrade", "canDeposit", "canWithdraw", "dualSidePosition", "multiAssetsMargin", '
    '"updateTime": ms, ...}'
)
SYMBOL_CONFIGS = '[{"symbol", "marginType", "isAutoAddMargin", "leverage", "maxNotionalValue"}, ...]'

#: What every order may say.
ORDER_PARAMS = (
    "symbol side type [positionSide timeInForce quantity reduceOnly price newClientOrderId newOrderRespType "
    "priceMatch selfTradePreventionMode"
)
STOP_PARAMS = "stopPrice closePosition activationPrice callbackRate workingType priceProtect"
ALGO_PARAMS = (
    "symbol side type [positionSide timeInForce quantity price triggerPrice workingType priceMatch "
    "closePosition priceProtect reduceOnly activatePrice callbackRate clientAlgoId newOrderRespType "
    "selfTradePreventionMode goodTillDate]"
)
#: What a stop order said of itself before it became an algo order.
ALGO_RENAMED = (
    ("stopPrice", "triggerPrice"),
    ("activationPrice", "activatePrice"),
    ("newClientOrderId", "clientAlgoId"),
)
NOTICE = "Important CM-UM Integration Notice"


def one_or_all(shape: str) -> str:
    """The shape of an answer that is a list if no symbol was given."""
    return f"of one symbol {shape}, of all a list"


# A row a call, not a line a field.
# fmt: off
CALLS: tuple[Call, ...] = (
    # -- market --
    *clock(USDM),
    *clock(COINM),
    *_public("futures_exchange_info", "/fapi/v1/exchangeInfo",
        "Get the trading rules and the symbols of the venue.", "",
        '{"timezone", "serverTime": ms, "rateLimits": [...], "symbols": [...], ...}', "Exchange Information"),
    *_public("futures_order_book", "/fapi/v1/depth", "Get the order book of one contract.", "symbol [limit]",
        BOOK, "Order Book", weight=2, most=20),
    *_public("futures_recent_trades", "/fapi/v1/trades", "Get the latest trades of one contract.",
        "symbol [limit]", TRADES, "Recent Trades List", weight=5, coinm={"returns": TRADES_COINM}),
    *_keyed("futures_historical_trades", "/fapi/v1/historicalTrades",
        "Get trades of one contract from an id on, of the last month.", "symbol [limit fromId]", TRADES,
        "Old Trades Lookup", weight=200, coinm={"returns": TRADES_COINM}),
    *_public("futures_aggregate_trades", "/fapi/v1/aggTrades",
        "Get trades of one contract, those of one order at one price as one; of the last 48 hours.",
        "symbol [fromId startTime endTime limit]", AGGREGATE_TRADES, "Compressed/Aggregate Trades List",
        weight=20,
        coinm={"does": "Get trades of one contract, those of one order at one price as one; of the last "
            "24 hours."}),
    *_public("futures_klines", "/fapi/v1/klines", "Get candles of one contract.",
        "symbol interval [startTime endTime limit]", KLINES, "Kline/Candlestick Data", most=10),
    *_public("futures_continous_klines", "/fapi/v1/continuousKlines",
        "Get candles of a pair's contract of one type, whichever contract that is at the time.",
        "pair contractType interval [startTime endTime limit]", KLINES,
        "Continuous Contract Kline/Candlestick Data", most=10),
    _usdm_public("futures_continuous_klines", "/fapi/v1/continuousKlines",
        "Get the same as by futures_continous_klines.",
        "pair contractType interval [startTime endTime limit]", KLINES,
        "Continuous Contract Kline/Candlestick Data", most=10),
    *_public("futures_index_price_klines", "/fapi/v1/indexPriceKlines",
        "Get candles of a pair's index price.", "pair interval [startTime endTime limit]", PRICE_KLINES,
        "Index Price Kline/Candlestick Data", most=10),
    *_public("futures_mark_price_klines", "/fapi/v1/markPriceKlines",
        "Get candles of one contract's mark price.", "symbol interval [startTime endTime limit]",
        PRICE_KLINES, "Mark Price Kline/Candlestick Data", most=10),
    *_public("futures_mark_price", "/fapi/v1/premiumIndex",
        "Get mark price, index price and funding of one contract, or of all.", "[symbol]",
        one_or_all(MARK_PRICE), "Mark Price", most=10,
        coinm={"page": "Index Price and Mark Price", "params": "[symbol pair]", "weight": 10, "most": 0,
            "returns": f"[{MARK_PRICE}, ...]"}),
    *_public("futures_funding_rate", "/fapi/v1/fundingRate",
        "Get funding rates of the past; the limit is 500 calls in 5 minutes from one address.",
        "[symbol startTime endTime limit]", FUNDING, "Get Funding Rate History", weight=0,
        coinm={"does": "Get funding rates of the past of one perpetual contract.", "weight": 1,
            "page": "Get Funding Rate History of Perpetual Futures",
            "params": "symbol [startTime endTime limit]"}),
    *_public("futures_ticker", "/fapi/v1/ticker/24hr",
        "Get the changes of 24 hours, of one contract or of all.", "[symbol]", one_or_all(TICKER),
        "24hr Ticker Price Change Statistics", most=40,
        coinm={"params": "[symbol pair]",
            "returns": f"[{TICKER.replace('quoteVolume', 'baseVolume')}, ...]"}),
    *_public("futures_symbol_ticker", "/fapi/v2/ticker/price",
        "Get the latest price of one contract, or of all.", "[symbol]", one_or_all(PRICE),
        "Symbol Price Ticker V2", most=2,
        coinm={"path": "/dapi/v1/ticker/price", "page": "Symbol Price Ticker", "params": "[symbol pair]",
            "returns": f"[{PRICE}, ...]"}),
    *_public("futures_orderbook_ticker", "/fapi/v1/ticker/bookTicker",
        "Get best bid and ask of one contract, or of all.", "[symbol]", one_or_all(BEST),
        "Symbol Order Book Ticker", weight=2, most=5,
        coinm={"params": "[symbol pair]", "returns": f"[{BEST}, ...]"}),
    *_public("futures_open_interest", "/fapi/v1/openInterest", "Get the open interest of one contract.",
        "symbol", '{"symbol", "openInterest", "time": ms, ...}', "Open Interest"),
    *_public("futures_open_interest_hist", "/futures/data/openInterestHist",
        "Get the open interest of one contract by period, of the last month.",
        "symbol period [limit startTime endTime]", OPEN_INTERESTS, "Open Interest Statistics", weight=0,
        coinm={"does": "Get the open interest of a pair's contracts by period, of the last 30 days.",
            "params": "pair period [contractType limit startTime endTime]", "weight": 1,
            "returns": OPEN_INTERESTS.replace('"symbol"', '"pair"')}),

    # -- orders --
    *_post("futures_create_order", "/fapi/v1/order",
        "Place a limit or market order. Stop orders are algo orders since 2025-12-09 and refused here, with "
        "code -4120: use futures_create_algo_order.", f"{ORDER_PARAMS} goodTillDate]", ORDER, "New Order",
        weight=0, made="newClientOrderId",
        coinm={"does": "Place an order. Stop orders have become algo orders in 2026; once the exchange "
            "refuses them here, with code -4120, use futures_coin_create_algo_order.",
            "params": f"{ORDER_PARAMS} {STOP_PARAMS}]"}),
    _usdm_post("futures_create_test_order", "/fapi/v1/order/test", "Have an order checked, and not placed.",
        f"{ORDER_PARAMS} goodTillDate {STOP_PARAMS}]", ORDER, "Test Order", made="newClientOrderId"),
    *_post("futures_place_batch_order", "/fapi/v1/batchOrders",
        "Place up to 5 limit or market orders; each may fail on its own.", "batchOrders", OUTCOMES,
        "Place Multiple Orders", weight=5, made="batchOrders.newClientOrderId"),
    *_put("futures_modify_order", "/fapi/v1/order",
        "Change price and quantity of a limit order, by orderId or origClientOrderId; it joins the end of "
        "the queue.", "symbol side quantity price [orderId origClientOrderId priceMatch modifyId]", ORDER,
        "Modify Order", weight=0, coinm={"weight": 1}),
    *_get("futures_get_order", "/fapi/v1/order", "Get one order, by orderId or origClientOrderId.",
        "symbol [orderId origClientOrderId]", ORDER, "Query Order"),
    *_get("futures_get_open_orders", "/fapi/v1/openOrders", "Get the open orders of one contract, or of all.",
        "[symbol]", f"[{ORDER}, ...]", "Current All Open Orders", most=40, coinm={"params": "[symbol pair]"}),
    *_get("futures_get_all_orders", "/fapi/v1/allOrders",
        "Get the orders of at most 7 days, open or not; cancelled ones without a fill are kept for 3 days.",
        "[symbol orderId startTime endTime limit]", f"[{ORDER}, ...]", "All Orders", weight=5,
        coinm={"does": "Get the orders of one contract or one pair, of at most 7 days, open or not; "
            "cancelled ones without a fill are kept for 3 days.",
            "params": "[symbol pair orderId startTime endTime limit]"}),
    *_delete("futures_cancel_order", "/fapi/v1/order", "Cancel one order, by orderId or origClientOrderId.",
        "symbol [orderId origClientOrderId]", ORDER, "Cancel Order"),
    *_delete("futures_cancel_all_open_orders", "/fapi/v1/allOpenOrders",
        "Cancel every open order of one contract.", "symbol", DONE, "Cancel All Open Orders"),
    *_delete("futures_cancel_orders", "/fapi/v1/batchOrders",
        "Cancel several orders, by a list of their ids of one kind.",
        "symbol [orderIdList origClientOrderIdList]", OUTCOMES, "Cancel Multiple Orders"),
    *_post("futures_countdown_cancel_all", "/fapi/v1/countdownCancelAll",
        "Cancel every open order of one contract after countdownTime ms, unless called again before; 0 stops "
        "the countdown.", "symbol countdownTime", '{"symbol", "countdownTime": ms}',
        "Auto-Cancel All Open Orders", weight=10),
    *_get("futures_liquidation_orders", "/fapi/v1/forceOrders",
        "Get the account's own orders of liquidations and ADL. Those of the whole market, which it listed "
        "until 2021-04-27, are in the streams @forceOrder and !forceOrder@arr.",
        "[symbol autoCloseType startTime endTime limit]", f"[{ORDER}, ...]", "User's Force Orders", weight=20,
        most=50),
    # what stop orders have become
    *_post("futures_create_algo_order", "/fapi/v1/algoOrder",
        "Place an order that waits for its price: STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, "
        "TRAILING_STOP_MARKET.", ALGO_PARAMS, ALGO_ORDER,
        "New Algo Order", weight=0, fixed=(("algoType", "CONDITIONAL"),), renamed=ALGO_RENAMED,
        made="clientAlgoId", coinm={"page": NOTICE}),
    *_delete("futures_cancel_algo_order", "/fapi/v1/algoOrder",
        "Cancel one algo order, by algoId or clientAlgoId.", "[algoId clientAlgoId]",
        '{"algoId", "clientAlgoId", "code", "msg"}', "Cancel Algo Order", coinm={"page": NOTICE}),
    *_get("futures_get_open_algo_orders", "/fapi/v1/openAlgoOrders",
        "Get the open algo orders of one contract, or of all.", "[symbol algoId algoType]",
        f"[{ALGO_ORDER}, ...]", "Current All Algo Open Orders", most=40, coinm={"page": NOTICE}),
    _usdm_delete("futures_cancel_all_algo_open_orders", "/fapi/v1/algoOpenOrders",
        "Cancel every open algo order of one contract.", "symbol", DONE, "Cancel All Algo Open Orders"),
    _usdm_get("futures_get_algo_order", "/fapi/v1/algoOrder",
        "Get one algo order, by algoId or clientAlgoId.", "[algoId clientAlgoId]", ALGO_ORDER,
        "Query Algo Order"),
    _usdm_get("futures_get_all_algo_orders", "/fapi/v1/allAlgoOrders",
        "Get the algo orders of one contract, open or not.", "symbol [algoId startTime endTime limit]",
        f"[{ALGO_ORDER}, ...]", "Query All Algo Orders", weight=5),

    # -- account --
    *_get("futures_account", "/fapi/v2/account",
        "Get the account: margin, balances by asset, and positions of all symbols.", "", ACCOUNT_USDM,
        "Account Information V2", weight=5,
        coinm={"path": "/dapi/v1/account", "page": "Account Information", "returns": ACCOUNT_COINM}),
    *_get("futures_account_balance", "/fapi/v3/balance", "Get the account's balances, by asset.", "", BALANCE,
        "Futures Account Balance V3", weight=5,
        coinm={"path": "/dapi/v1/balance", "page": "Futures Account Balance", "weight": 1}),
    *_get("futures_position_information", "/fapi/v2/positionRisk",
        "Get the positions in one contract or in all, those of 0 among them.", "[symbol]", POSITION_RISKS,
        "Position Information V2", weight=5,
        coinm={"does": "Get the positions in all contracts, or in those of a pair or a margin asset.",
            "path": "/dapi/v1/positionRisk", "page": "Position Information", "params": "[marginAsset pair]",
            "weight": 1}),
    *_get("futures_account_trades", "/fapi/v1/userTrades",
        "Get the account's trades in one contract, of at most 7 days within the last 3 months.",
        "symbol [orderId startTime endTime fromId limit]", FILLS, "Account Trade List", weight=5,
        coinm={"does": "Get the account's trades in one contract or one pair, of at most 7 days within the "
            "last 3 months.", "params": "[symbol pair orderId startTime endTime fromId limit]"}),
    *_get("futures_income_history", "/fapi/v1/income",
        "Get what the account was credited and charged, page by page with startTime and endTime.",
        "[symbol incomeType startTime endTime limit]", INCOME, "Get Income History", weight=30,
        coinm={"weight": 20}),
    *_get("futures_leverage_bracket", "/fapi/v1/leverageBracket",
        "Get the leverage that the account may use, by a position's size.", "[symbol]", BRACKETS,
        "Notional and Leverage Brackets",
        coinm={"path": "/dapi/v2/leverageBracket", "page": "Notional Bracket for Symbol", "most": 2,
            "returns": BRACKETS_COINM}),
    *_post("futures_change_leverage", "/fapi/v1/leverage", "Set the leverage of one contract.",
        "symbol leverage", '{"leverage", "maxNotionalValue", "symbol"}', "Change Initial Leverage",
        coinm={"returns": '{"leverage", "maxQty", "symbol"}'}),
    *_post("futures_change_margin_type", "/fapi/v1/marginType",
        "Set the margin of one contract: ISOLATED or CROSSED.", "symbol marginType", DONE,
        "Change Margin Type"),
    *_post("futures_change_position_margin", "/fapi/v1/positionMargin",
        "Add to (type 1) or take from (type 2) the margin of an isolated position.",
        "symbol amount type [positionSide]", '{"amount", "code": 200, "msg", "type"}',
        "Modify Isolated Position Margin"),
    *_get("futures_position_margin_history", "/fapi/v1/positionMargin/history",
        "Get what was added to and taken from the margin of isolated positions.",
        "symbol [type startTime endTime limit]",
        '[{"symbol", "type", "amount", "asset", "time": ms, "positionSide", ...}, ...]',
        "Get Position Margin Change History"),
    *_post("futures_change_position_mode", "/fapi/v1/positionSide/dual",
        "Choose between one position per contract and a long and a short one (dualSidePosition true), on "
        "USD-M and COIN-M together.", "dualSidePosition", DONE, "Change Position Mode"),
    *_get("futures_get_position_mode", "/fapi/v1/positionSide/dual",
        "Ask whether a contract has a long and a short position at a time.", "", '{"dualSidePosition": bool}',
        "Get Current Position Mode", weight=30),
    _usdm_post("futures_change_multi_assets_mode", "/fapi/v1/multiAssetsMargin",
        "Choose whether every asset is margin of every contract.", "multiAssetsMargin", DONE,
        "Change Multi-Assets Mode", args="multiAssetsMargin"),
    _usdm_get("futures_get_multi_assets_mode", "/fapi/v1/multiAssetsMargin",
        "Ask whether every asset is margin of every contract.", "", '{"multiAssetsMargin": bool}',
        "Get Current Multi-Assets Mode", weight=30),
    _usdm_get("futures_account_config", "/fapi/v1/accountConfig", "Get the settings of the account.", "",
        CONFIG, "Futures Account Configuration", weight=5),
    _usdm_get("futures_symbol_config", "/fapi/v1/symbolConfig",
        "Get margin type and leverage that the account has set, by contract.", "[symbol]", SYMBOL_CONFIGS,
        "Symbol Configuration", weight=5),
    _usdm_get("futures_commission_rate", "/fapi/v1/commissionRate",
        "Get what the account pays for a trade in one contract.", "symbol",
        '{"symbol", "makerCommissionRate", "takerCommissionRate", ...}', "User Commission Rate", weight=20),
    *listen_key(USDM, extended='{"listenKey": that key}'),
    *listen_key(COINM, extended='{"listenKey": that key}'),
)
# fmt: on
