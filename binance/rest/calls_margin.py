"""Calls of margin trading, cross and isolated, ``/sapi/v1/margin``. Values only.

Source: *Margin Trading* of 2026-08-22, and its change log until 2026-07-10.
"""

from __future__ import annotations

from binance.rest.calls import Call
from binance.rest.rows import MARGIN, WALLET, rows

_keyed = rows(MARGIN, "GET", "key")
_get = rows(MARGIN, "GET", "signed")
_post = rows(MARGIN, "POST", "signed")
_delete = rows(MARGIN, "DELETE", "signed")
_move = rows(WALLET, "POST", "signed")

_BORROW = "asset amount [isIsolated symbol]"
_CROSS = (("isIsolated", "FALSE"),)
_RECORD_PAGE = "[asset isolatedSymbol txId startTime endTime current size]"
_RECORDS = (
    '{"rows": [{"type", "isolatedSymbol", "amount", "asset", "interest", "principal", "status", '
    '"timestamp": ms, "txId"}, ...], "total"}'
)
_ORDER = (
    '"symbol", "isIsolated", "orderId", "clientOrderId", "price", "origQty", "executedQty", '
    '"cummulativeQuoteQty", "status", "timeInForce", "type", "side"'
)
_STORED = f'{{{_ORDER}, "stopPrice", "isWorking", "time": ms, "updateTime": ms, ...}}'
_PAIR = '"symbol", "base", "quote", "isMarginTrade", "isBuyAllowed", "isSellAllowed"'
_SUMS_OF_BTC = '"totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc"'

# fmt: off
CALLS: tuple[Call, ...] = (
    # -- what can be borrowed and traded --
    _keyed("get_margin_all_assets", "/sapi/v1/margin/allAssets",
        "Get the assets of margin trading, or one of them.", "[asset]",
        '[{"assetName", "assetFullName", "isBorrowable", "isMortgageable", "userMinBorrow", "userMinRepay", '
        '"delistTime"}, ...]', "Get All Margin Assets"),
    _keyed("get_margin_all_pairs", "/sapi/v1/margin/allPairs",
        "Get the symbols of cross margin, or one of them.", "[symbol]",
        f'[{{"id", {_PAIR}, "delistTime"}}, ...]', "Get All Cross Margin Pairs"),
    _keyed("get_all_isolated_margin_symbols", "/sapi/v1/margin/isolated/allPairs",
        "Get the symbols of isolated margin, or one of them.", "[symbol]", f"[{{{_PAIR}}}, ...]",
        "Get All Isolated Margin Symbol", weight=10),
    _keyed("get_margin_price_index", "/sapi/v1/margin/priceIndex", "Get the price index of a symbol.",
        "symbol", '{"calcTime": ms, "price", "symbol"}', "Query Margin PriceIndex", weight=10),

    # -- accounts --
    _get("get_margin_account", "/sapi/v1/margin/account", "Get the cross margin account and its balances.",
        "",
        f'{{"created", "borrowEnabled", "tradeEnabled", "marginLevel", {_SUMS_OF_BTC}, "accountType", '
        '"userAssets": [{"asset", "borrowed", "free", "interest", "locked", "netAsset"}, ...], ...}',
        "Query Cross Margin Account Details", weight=10),
    _get("get_isolated_margin_account", "/sapi/v1/margin/isolated/account",
        "Get the isolated margin accounts, or up to five of them.", "[symbols]",
        '{"assets": [{"symbol", "baseAsset": {...}, "quoteAsset": {...}, "enabled", "marginLevel", '
        '"marginRatio", "indexPrice", "liquidatePrice", "tradeEnabled", ...}, ...]}; without symbols '
        f'{_SUMS_OF_BTC}, too', "Query Isolated Margin Account Info", weight=10, commas="symbols"),
    _post("enable_isolated_margin_account", "/sapi/v1/margin/isolated/account",
        "Enable an isolated margin account that was disabled.", "symbol", '{"success", "symbol"}',
        "Enable Isolated Margin Account", weight=300, by_account=True),
    _delete("disable_isolated_margin_account", "/sapi/v1/margin/isolated/account",
        "Disable an isolated margin account.", "symbol", '{"success", "symbol"}',
        "Disable Isolated Margin Account", weight=300, by_account=True),
    _get("get_bnb_burn_spot_margin", "/sapi/v1/bnbBurn",
        "Ask whether commissions and margin interest are paid in BNB.", "",
        '{"spotBNBBurn", "interestBNBBurn"}', "Get BNB Burn Status"),

    # -- transfers --
    _move("transfer_margin_to_spot", "/sapi/v1/asset/transfer", "Move an asset from cross margin to spot.",
        "asset amount", '{"tranId"}', "User Universal Transfer", weight=300, by_account=True,
        fixed=(("type", "MARGIN_MAIN"),)),
    _move("transfer_spot_to_margin", "/sapi/v1/asset/transfer", "Move an asset from spot to cross margin.",
        "asset amount", '{"tranId"}', "User Universal Transfer", weight=300, by_account=True,
        fixed=(("type", "MAIN_MARGIN"),)),
    _move("transfer_spot_to_isolated_margin", "/sapi/v1/asset/transfer",
        "Move an asset from spot to isolated margin; the first transfer creates the account.",
        "asset amount toSymbol", '{"tranId"}', "User Universal Transfer", weight=300, by_account=True,
        fixed=(("type", "MAIN_ISOLATED_MARGIN"),), renamed=(("symbol", "toSymbol"),)),
    _move("transfer_isolated_margin_to_spot", "/sapi/v1/asset/transfer",
        "Move an asset from isolated margin to spot.", "asset amount fromSymbol", '{"tranId"}',
        "User Universal Transfer", weight=300, by_account=True,
        fixed=(("type", "ISOLATED_MARGIN_MAIN"),), renamed=(("symbol", "fromSymbol"),)),
    _get("get_margin_transfer_history", "/sapi/v1/margin/transfer",
        "Get the transfers to and from margin accounts.",
        "[asset type startTime endTime current size isolatedSymbol]",
        '{"rows": [{"amount", "asset", "status", "timestamp", "txId", "type", "transFrom", "transTo", ...}, '
        '...], "total"}', "Get Cross Margin Transfer History"),
    _get("get_max_margin_transfer", "/sapi/v1/margin/maxTransferable",
        "Get the largest amount that can be moved out of a margin account.", "asset [isolatedSymbol]",
        '{"amount"}', "Query Max Transfer-Out Amount", weight=50),

    # -- loans --
    _post("margin_borrow_repay", "/sapi/v1/margin/borrow-repay", "Borrow an asset, or repay a loan.",
        f"type {_BORROW}", '{"tranId"}', "Margin account borrow/repay", weight=1500, by_account=True),
    _post("create_margin_loan", "/sapi/v1/margin/borrow-repay", "Borrow an asset.", _BORROW, '{"tranId"}',
        "Margin account borrow/repay", weight=1500, by_account=True, fixed=(("type", "BORROW"),),
        defaults=_CROSS),
    _post("repay_margin_loan", "/sapi/v1/margin/borrow-repay", "Repay a loan.", _BORROW, '{"tranId"}',
        "Margin account borrow/repay", weight=1500, by_account=True, fixed=(("type", "REPAY"),),
        defaults=_CROSS),
    _get("margin_get_borrow_repay_records", "/sapi/v1/margin/borrow-repay",
        "Get the records of loans or of repayments.", f"type {_RECORD_PAGE}", _RECORDS,
        "Query borrow/repay records in Margin account", weight=10),
    _get("get_margin_loan_details", "/sapi/v1/margin/borrow-repay", "Get the records of loans.", _RECORD_PAGE,
        _RECORDS, "Query borrow/repay records in Margin account", weight=10, fixed=(("type", "BORROW"),)),
    _get("get_margin_repay_details", "/sapi/v1/margin/borrow-repay", "Get the records of repayments.",
        _RECORD_PAGE, _RECORDS, "Query borrow/repay records in Margin account", weight=10,
        fixed=(("type", "REPAY"),)),
    _get("get_margin_interest_history", "/sapi/v1/margin/interestHistory", "Get the interest that accrued.",
        "[asset isolatedSymbol startTime endTime current size]",
        '{"rows": [{"txId", "interestAccuredTime": ms, "asset", "rawAsset", "principal", "interest", '
        '"interestRate", "type", "isolatedSymbol"}, ...], "total"}', "Get Interest History"),
    _get("get_max_margin_loan", "/sapi/v1/margin/maxBorrowable",
        "Get the largest amount of an asset that can be borrowed.", "asset [isolatedSymbol]",
        '{"amount", "borrowLimit"}', "Query Max Borrow", weight=750, by_account=True),

    # -- orders --
    _post("create_margin_order", "/sapi/v1/margin/order", "Place an order of a margin account.",
        "symbol side type [isIsolated quantity quoteOrderQty price stopPrice newClientOrderId "
        "icebergQty newOrderRespType sideEffectType timeInForce selfTradePreventionMode "
        "trailingDelta autoRepayAtCancel]",
        f'{{{_ORDER}, "transactTime": ms, "fills": [{{"price", "qty", "commission", ...}}], ...}}',
        "Margin Account New Order", weight=6, most=1500, by_account=True, made="newClientOrderId"),
    _get("get_margin_order", "/sapi/v1/margin/order",
        "Get one order of a margin account, by orderId or by origClientOrderId.",
        "symbol [isIsolated orderId origClientOrderId]", _STORED, "Query Margin Account's Order",
        weight=10),
    _delete("cancel_margin_order", "/sapi/v1/margin/order",
        "Cancel one order of a margin account, by orderId or by origClientOrderId.",
        "symbol [isIsolated orderId origClientOrderId newClientOrderId]",
        f'{{{_ORDER}, "origClientOrderId"}}', "Margin Account Cancel Order", weight=10),
    _delete("cancel_all_open_margin_orders", "/sapi/v1/margin/openOrders",
        "Cancel all open orders of a margin account on a symbol, lists included.", "symbol [isIsolated]",
        f'[{{{_ORDER}, "origClientOrderId", ...}}, ...]',
        "Margin Account Cancel all Open Orders on a Symbol"),
    _get("get_open_margin_orders", "/sapi/v1/margin/openOrders", "Get the open orders of a margin account.",
        "[symbol isIsolated]", f"[{_STORED}, ...]", "Query Margin Account's Open Orders", weight=10),
    _get("get_all_margin_orders", "/sapi/v1/margin/allOrders",
        "Get the orders of a margin account on a symbol, open, filled and cancelled.",
        "symbol [isIsolated orderId startTime endTime limit]", f"[{_STORED}, ...]",
        "Query Margin Account's All Orders", weight=200),
    _get("get_margin_trades", "/sapi/v1/margin/myTrades", "Get the trades of a margin account on a symbol.",
        "symbol [isIsolated orderId startTime endTime fromId limit]",
        '[{"symbol", "isIsolated", "id", "orderId", "price", "qty", "commission", "commissionAsset", "time": '
        'ms, "isBuyer", "isMaker", "isBestMatch"}, ...]', "Query Margin Account's Trade List", weight=10),
)
# fmt: on
