"""Calls of USD-M and COIN-M futures: one row for a call that both have. Values only.

Weights of COIN-M are those since the two venues were merged (2026-06-30), and both count against one limit.

Of the account and of positions the versions are those whose answers hold what the first version's did: since
``/fapi/v3`` they list only symbols with a position or an order, without leverage and margin type.

Source: *USD-M Futures* and *COIN-M Futures*: "Market Data", "Trade", "Account", "User Data Streams", and the
"Change Log" up to 2026-10-23; "Important CM-UM Integration Notice".
"""

from __future__ import annotations

from binance.rest.rows_derivatives import COINM, USDM, both, clock, listen_key, row

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
MARKET = (
    *clock(USDM),
    *clock(COINM),
    *both("futures_exchange_info", "GET", "/fapi/v1/exchangeInfo",
          "Get the trading rules and the symbols of the venue.", "Exchange Information",
          returns='{"timezone", "serverTime": ms, "rateLimits": [...], "symbols": [...], ...}'),
    *both("futures_order_book", "GET", "/fapi/v1/depth", "Get the order book of one contract.", "Order Book",
          params="symbol [limit]", weight=2, most=20, returns=BOOK),
    *both("futures_recent_trades", "GET", "/fapi/v1/trades", "Get the latest trades of one contract.",
          "Recent Trades List", params="symbol [limit]", weight=5, returns=TRADES,
          coinm={"returns": TRADES_COINM}),
    *both("futures_historical_trades", "GET", "/fapi/v1/historicalTrades",
          "Get trades of one contract from an id on, of the last month.", "Old Trades Lookup",
          params="symbol [limit fromId]", security="key", weight=200, returns=TRADES,
          coinm={"returns": TRADES_COINM}),
    *both("futures_aggregate_trades", "GET", "/fapi/v1/aggTrades",
          "Get trades of one contract, those of one order at one price as one; of the last 48 hours.",
          "Compressed/Aggregate Trades List", params="symbol [fromId startTime endTime limit]",
          weight=20, returns=AGGREGATE_TRADES,
          coinm={"does": "Get trades of one contract, those of one order at one price as one; of the last "
                         "24 hours."}),
    *both("futures_klines", "GET", "/fapi/v1/klines", "Get candles of one contract.",
          "Kline/Candlestick Data",
          params="symbol interval [startTime endTime limit]", most=10, returns=KLINES),
    *both("futures_continous_klines", "GET", "/fapi/v1/continuousKlines",
          "Get candles of a pair's contract of one type, whichever contract that is at the time.",
          "Continuous Contract Kline/Candlestick Data",
          params="pair contractType interval [startTime endTime limit]", most=10, returns=KLINES),
    row(USDM, "futures_continuous_klines", "GET", "/fapi/v1/continuousKlines",
        "Get the same as by futures_continous_klines.", "Continuous Contract Kline/Candlestick Data",
        params="pair contractType interval [startTime endTime limit]", most=10, returns=KLINES),
    *both("futures_index_price_klines", "GET", "/fapi/v1/indexPriceKlines",
          "Get candles of a pair's index price.", "Index Price Kline/Candlestick Data",
          params="pair interval [startTime endTime limit]", most=10, returns=PRICE_KLINES),
    *both("futures_mark_price_klines", "GET", "/fapi/v1/markPriceKlines",
          "Get candles of one contract's mark price.", "Mark Price Kline/Candlestick Data",
          params="symbol interval [startTime endTime limit]", most=10, returns=PRICE_KLINES),
    *both("futures_mark_price", "GET", "/fapi/v1/premiumIndex",
          "Get mark price, index price and funding of one contract, or of all.", "Mark Price",
          params="[symbol]", most=10, returns=one_or_all(MARK_PRICE),
          coinm={"page": "Index Price and Mark Price", "params": "[symbol pair]", "weight": 10, "most": 0,
                 "returns": f"[{MARK_PRICE}, ...]"}),
    *both("futures_funding_rate", "GET", "/fapi/v1/fundingRate",
          "Get funding rates of the past; the limit is 500 calls in 5 minutes from one address.",
          "Get Funding Rate History", params="[symbol startTime endTime limit]", weight=0,
          returns=FUNDING,
          coinm={"does": "Get funding rates of the past of one perpetual contract.", "weight": 1,
                 "page": "Get Funding Rate History of Perpetual Futures",
                 "params": "symbol [startTime endTime limit]"}),
    *both("futures_ticker", "GET", "/fapi/v1/ticker/24hr",
          "Get the changes of 24 hours, of one contract or of all.",
          "24hr Ticker Price Change Statistics", params="[symbol]", most=40, returns=one_or_all(TICKER),
          coinm={"params": "[symbol pair]",
                 "returns": f"[{TICKER.replace('quoteVolume', 'baseVolume')}, ...]"}),
    *both("futures_symbol_ticker", "GET", "/fapi/v2/ticker/price",
          "Get the latest price of one contract, or of all.", "Symbol Price Ticker V2",
          params="[symbol]", most=2, returns=one_or_all(PRICE),
          coinm={"path": "/dapi/v1/ticker/price", "page": "Symbol Price Ticker", "params": "[symbol pair]",
                 "returns": f"[{PRICE}, ...]"}),
    *both("futures_orderbook_ticker", "GET", "/fapi/v1/ticker/bookTicker",
          "Get best bid and ask of one contract, or of all.", "Symbol Order Book Ticker",
          params="[symbol]", weight=2, most=5, returns=one_or_all(BEST),
          coinm={"params": "[symbol pair]", "returns": f"[{BEST}, ...]"}),
    *both("futures_open_interest", "GET", "/fapi/v1/openInterest", "Get the open interest of one contract.",
          "Open Interest", params="symbol", returns='{"symbol", "openInterest", "time": ms, ...}'),
    *both("futures_open_interest_hist", "GET", "/futures/data/openInterestHist",
          "Get the open interest of one contract by period, of the last month.", "Open Interest Statistics",
          params="symbol period [limit startTime endTime]", weight=0, returns=OPEN_INTERESTS,
          coinm={"does": "Get the open interest of a pair's contracts by period, of the last 30 days.",
                 "params": "pair period [contractType limit startTime endTime]", "weight": 1,
                 "returns": OPEN_INTERESTS.replace('"symbol"', '"pair"')}),
)

TRADE = (
    *both("futures_create_order", "POST", "/fapi/v1/order",
          "Place a limit or market order. Stop orders are algo orders since 2025-12-09 and refused here, "
          "with code -4120: use futures_create_algo_order.", "New Order",
          params=f"{ORDER_PARAMS} goodTillDate]", returns=ORDER, security="signed", weight=0,
          made="newClientOrderId",
          coinm={"does": "Place an order. Stop orders have become algo orders in 2026; once the exchange "
                         "refuses them here, with code -4120, use futures_coin_create_algo_order.",
                 "params": f"{ORDER_PARAMS} {STOP_PARAMS}]"}),
    row(USDM, "futures_create_test_order", "POST", "/fapi/v1/order/test",
        "Have an order checked, and not placed.", "Test Order",
        params=f"{ORDER_PARAMS} goodTillDate {STOP_PARAMS}]", returns=ORDER, security="signed",
        made="newClientOrderId"),
    *both("futures_place_batch_order", "POST", "/fapi/v1/batchOrders",
          "Place up to 5 limit or market orders; each may fail on its own.", "Place Multiple Orders",
          params="batchOrders", returns=OUTCOMES, security="signed", weight=5,
          made="batchOrders.newClientOrderId"),
    *both("futures_modify_order", "PUT", "/fapi/v1/order",
          "Change price and quantity of a limit order, by orderId or origClientOrderId; it joins the end of "
          "the queue.", "Modify Order",
          params="symbol side quantity price [orderId origClientOrderId priceMatch modifyId]",
          returns=ORDER, security="signed", weight=0, coinm={"weight": 1}),
    *both("futures_get_order", "GET", "/fapi/v1/order",
          "Get one order, by orderId or origClientOrderId.", "Query Order",
          params="symbol [orderId origClientOrderId]", returns=ORDER, security="signed"),
    *both("futures_get_open_orders", "GET", "/fapi/v1/openOrders",
          "Get the open orders of one contract, or of all.", "Current All Open Orders", params="[symbol]",
          returns=f"[{ORDER}, ...]", security="signed", most=40, coinm={"params": "[symbol pair]"}),
    *both("futures_get_all_orders", "GET", "/fapi/v1/allOrders",
          "Get the orders of at most 7 days, open or not; cancelled ones without a fill are kept for 3 days.",
          "All Orders", params="[symbol orderId startTime endTime limit]", returns=f"[{ORDER}, ...]",
          security="signed", weight=5,
          coinm={"does": "Get the orders of one contract or one pair, of at most 7 days, open or not; "
                         "cancelled ones without a fill are kept for 3 days.",
                 "params": "[symbol pair orderId startTime endTime limit]"}),
    *both("futures_cancel_order", "DELETE", "/fapi/v1/order",
          "Cancel one order, by orderId or origClientOrderId.", "Cancel Order",
          params="symbol [orderId origClientOrderId]", returns=ORDER, security="signed"),
    *both("futures_cancel_all_open_orders", "DELETE", "/fapi/v1/allOpenOrders",
          "Cancel every open order of one contract.", "Cancel All Open Orders",
          params="symbol", returns=DONE, security="signed"),
    *both("futures_cancel_orders", "DELETE", "/fapi/v1/batchOrders",
          "Cancel several orders, by a list of their ids of one kind.", "Cancel Multiple Orders",
          params="symbol [orderIdList origClientOrderIdList]", returns=OUTCOMES, security="signed"),
    *both("futures_countdown_cancel_all", "POST", "/fapi/v1/countdownCancelAll",
          "Cancel every open order of one contract after countdownTime ms, unless called again before; 0 "
          "stops the countdown.", "Auto-Cancel All Open Orders",
          params="symbol countdownTime", returns='{"symbol", "countdownTime": ms}', security="signed",
          weight=10),
    *both("futures_liquidation_orders", "GET", "/fapi/v1/forceOrders",
          "Get the account's own orders of liquidations and ADL. Those of the whole market, which it listed "
          "until 2021-04-27, are in the streams @forceOrder and !forceOrder@arr.", "User's Force Orders",
          params="[symbol autoCloseType startTime endTime limit]", returns=f"[{ORDER}, ...]",
          security="signed", weight=20, most=50),
    # what stop orders have become
    *both("futures_create_algo_order", "POST", "/fapi/v1/algoOrder",
          "Place an order that waits for its price: STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, "
          "TRAILING_STOP_MARKET; by the parameters' older names, too.", "New Algo Order",
          params=ALGO_PARAMS, returns=ALGO_ORDER, security="signed", weight=0,
          fixed=(("algoType", "CONDITIONAL"),), renamed=ALGO_RENAMED, made="clientAlgoId",
          coinm={"page": NOTICE}),
    *both("futures_cancel_algo_order", "DELETE", "/fapi/v1/algoOrder",
          "Cancel one algo order, by algoId or clientAlgoId.", "Cancel Algo Order",
          params="[algoId clientAlgoId]", returns='{"algoId", "clientAlgoId", "code", "msg"}',
          security="signed", coinm={"page": NOTICE}),
    *both("futures_get_open_algo_orders", "GET", "/fapi/v1/openAlgoOrders",
          "Get the open algo orders of one contract, or of all.", "Current All Algo Open Orders",
          params="[symbol algoId algoType]", returns=f"[{ALGO_ORDER}, ...]", security="signed", most=40,
          coinm={"page": NOTICE}),
    row(USDM, "futures_cancel_all_algo_open_orders", "DELETE", "/fapi/v1/algoOpenOrders",
        "Cancel every open algo order of one contract.", "Cancel All Algo Open Orders",
        params="symbol", returns=DONE, security="signed"),
    row(USDM, "futures_get_algo_order", "GET", "/fapi/v1/algoOrder",
        "Get one algo order, by algoId or clientAlgoId.", "Query Algo Order",
        params="[algoId clientAlgoId]", returns=ALGO_ORDER, security="signed"),
    row(USDM, "futures_get_all_algo_orders", "GET", "/fapi/v1/allAlgoOrders",
        "Get the algo orders of one contract, open or not.", "Query All Algo Orders",
        params="symbol [algoId startTime endTime limit]", returns=f"[{ALGO_ORDER}, ...]",
        security="signed", weight=5),
)

ACCOUNT = (
    *both("futures_account", "GET", "/fapi/v2/account",
          "Get the account: margin, balances by asset, and positions of all symbols.",
          "Account Information V2", security="signed", weight=5, returns=ACCOUNT_USDM,
          coinm={"path": "/dapi/v1/account", "page": "Account Information", "returns": ACCOUNT_COINM}),
    *both("futures_account_balance", "GET", "/fapi/v3/balance", "Get the account's balances, by asset.",
          "Futures Account Balance V3", security="signed", weight=5, returns=BALANCE,
          coinm={"path": "/dapi/v1/balance", "page": "Futures Account Balance", "weight": 1}),
    *both("futures_position_information", "GET", "/fapi/v2/positionRisk",
          "Get the positions in one contract or in all, those of 0 among them.", "Position Information V2",
          params="[symbol]", security="signed", weight=5, returns=POSITION_RISKS,
          coinm={"does": "Get the positions in all contracts, or in those of a pair or a margin asset.",
                 "path": "/dapi/v1/positionRisk", "page": "Position Information",
                 "params": "[marginAsset pair]", "weight": 1}),
    *both("futures_account_trades", "GET", "/fapi/v1/userTrades",
          "Get the account's trades in one contract, of at most 7 days within the last 3 months.",
          "Account Trade List", params="symbol [orderId startTime endTime fromId limit]",
          security="signed", weight=5, returns=FILLS,
          coinm={"does": "Get the account's trades in one contract or one pair, of at most 7 days within the "
                         "last 3 months.",
                 "params": "[symbol pair orderId startTime endTime fromId limit]"}),
    *both("futures_income_history", "GET", "/fapi/v1/income",
          "Get what the account was credited and charged, page by page with startTime and endTime.",
          "Get Income History",
          params="[symbol incomeType startTime endTime limit]", security="signed", weight=30,
          returns=INCOME, coinm={"weight": 20}),
    *both("futures_leverage_bracket", "GET", "/fapi/v1/leverageBracket",
          "Get the leverage that the account may use, by a position's size.",
          "Notional and Leverage Brackets", params="[symbol]", security="signed", returns=BRACKETS,
          coinm={"path": "/dapi/v2/leverageBracket", "page": "Notional Bracket for Symbol", "most": 2,
                 "returns": BRACKETS_COINM}),
    *both("futures_change_leverage", "POST", "/fapi/v1/leverage", "Set the leverage of one contract.",
          "Change Initial Leverage", params="symbol leverage", security="signed",
          returns='{"leverage", "maxNotionalValue", "symbol"}',
          coinm={"returns": '{"leverage", "maxQty", "symbol"}'}),
    *both("futures_change_margin_type", "POST", "/fapi/v1/marginType",
          "Set the margin of one contract: ISOLATED or CROSSED.", "Change Margin Type",
          params="symbol marginType", security="signed", returns=DONE),
    *both("futures_change_position_margin", "POST", "/fapi/v1/positionMargin",
          "Add to (type 1) or take from (type 2) the margin of an isolated position.",
          "Modify Isolated Position Margin", params="symbol amount type [positionSide]", security="signed",
          returns='{"amount", "code": 200, "msg", "type"}'),
    *both("futures_position_margin_history", "GET", "/fapi/v1/positionMargin/history",
          "Get what was added to and taken from the margin of isolated positions.",
          "Get Position Margin Change History", params="symbol [type startTime endTime limit]",
          security="signed",
          returns='[{"symbol", "type", "amount", "asset", "time": ms, "positionSide", ...}, ...]'),
    *both("futures_change_position_mode", "POST", "/fapi/v1/positionSide/dual",
          "Choose between one position per contract and a long and a short one (dualSidePosition true), on "
          "USD-M and COIN-M together.", "Change Position Mode",
          params="dualSidePosition", security="signed", returns=DONE),
    *both("futures_get_position_mode", "GET", "/fapi/v1/positionSide/dual",
          "Ask whether a contract has a long and a short position at a time.", "Get Current Position Mode",
          security="signed", weight=30, returns='{"dualSidePosition": bool}'),
    row(USDM, "futures_change_multi_assets_mode", "POST", "/fapi/v1/multiAssetsMargin",
        "Choose whether every asset is margin of every contract.", "Change Multi-Assets Mode",
        params="multiAssetsMargin", args="multiAssetsMargin", security="signed", returns=DONE),
    row(USDM, "futures_get_multi_assets_mode", "GET", "/fapi/v1/multiAssetsMargin",
        "Ask whether every asset is margin of every contract.", "Get Current Multi-Assets Mode",
        security="signed", weight=30, returns='{"multiAssetsMargin": bool}'),
    row(USDM, "futures_account_config", "GET", "/fapi/v1/accountConfig", "Get the settings of the account.",
        "Futures Account Configuration", security="signed", weight=5, returns=CONFIG),
    row(USDM, "futures_symbol_config", "GET", "/fapi/v1/symbolConfig",
        "Get margin type and leverage that the account has set, by contract.", "Symbol Configuration",
        params="[symbol]", security="signed", weight=5, returns=SYMBOL_CONFIGS),
    row(USDM, "futures_commission_rate", "GET", "/fapi/v1/commissionRate",
        "Get what the account pays for a trade in one contract.", "User Commission Rate", params="symbol",
        security="signed", weight=20,
        returns='{"symbol", "makerCommissionRate", "takerCommissionRate", ...}'),
    *listen_key(USDM, extended='{"listenKey": that key}'),
    *listen_key(COINM, extended='{"listenKey": that key}'),
)
# fmt: on

CALLS = (*MARKET, *TRADE, *ACCOUNT)
