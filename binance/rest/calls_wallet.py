"""Calls of the wallet, of transfers and of sub-accounts, ``/sapi``. Values only.

Source: *Wallet* and *Sub Account* of 2026-08-22.
"""

from __future__ import annotations

from binance.rest.calls import Call
from binance.rest.rows import SUB_ACCOUNT, WALLET, rows

_public = rows(WALLET, "GET", "none")
_get = rows(WALLET, "GET", "signed")
_post = rows(WALLET, "POST", "signed")
_sub_get = rows(SUB_ACCOUNT, "GET", "signed")
_sub_post = rows(SUB_ACCOUNT, "POST", "signed")

_COIN = (("asset", "coin"),)
_ADDRESS = '{"address", "coin", "tag", "url"}'
_DEPOSITS = (
    '[{"id", "amount", "coin", "network", "status", "address", "addressTag", "txId", "insertTime": ms, '
    '"transferType", "confirmTimes", "unlockConfirm", "walletType"}, ...]'
)
_TRANSFERS = '{"total", "rows": [{"asset", "amount", "type", "status", "tranId", "timestamp": ms}, ...]}'
_TRANSFER_PAGE = "type [startTime endTime current size fromSymbol toSymbol]"
_SUB_TRANSFER = "fromAccountType toAccountType asset amount [fromEmail toEmail clientTranId symbol]"
_SUB_TRANSFERRED = '{"tranId", "clientTranId"}'
_SUMS_OF_BTC = '"totalAssetOfBtc", "totalLiabilityOfBtc", "totalNetAssetOfBtc"'

# fmt: off
CALLS: tuple[Call, ...] = (
    # -- account --
    _public("get_system_status", "/sapi/v1/system/status",
        "Ask whether the exchange works or is under maintenance.", "",
        '{"status": 0 normal or 1 maintenance, "msg"}', "System Status"),
    _get("get_account_status", "/sapi/v1/account/status", "Get the status of the account.", "",
        '{"data": text}', "Account Status"),
    _get("get_account_api_trading_status", "/sapi/v1/account/apiTradingStatus",
        "Ask whether the account is locked from trading with API keys.", "",
        '{"data": {"isLocked", "plannedRecoverTime", "triggerCondition": {...}, "updateTime": ms}}',
        "Account API Trading Status"),
    _get("get_account_api_permissions", "/sapi/v1/account/apiRestrictions",
        "Get the permissions of the API key.", "",
        '{"ipRestrict", "createTime": ms, "enableReading", "enableWithdrawals", "enableMargin", '
        '"enableSpotAndMarginTrading", ...}', "Get API Key Permission"),
    _get("get_account_snapshot", "/sapi/v1/accountSnapshot", "Get snapshots of the account, one a day.",
        "type [startTime endTime limit]",
        '{"code", "msg", "snapshotVos": [{"data": {...}, "type", "updateTime": ms}, ...]}',
        "Daily Account Snapshot", weight=2400),
    _post("disable_fast_withdraw_switch", "/sapi/v1/account/disableFastWithdrawSwitch",
        "Switch fast withdrawals off.", "", "{}", "Disable Fast Withdraw Switch"),
    _post("enable_fast_withdraw_switch", "/sapi/v1/account/enableFastWithdrawSwitch",
        "Switch fast withdrawals, to accounts of the exchange, on.", "", "{}", "Enable Fast Withdraw Switch"),

    # -- assets --
    _get("get_asset_details", "/sapi/v1/asset/assetDetail",
        "Get whether deposits and withdrawals of assets are open.", "[asset]",
        '{asset: {"minWithdrawAmount", "depositStatus", "withdrawFee", "withdrawStatus", "depositTip"}, ...}',
        "Asset Detail"),
    _get("get_trade_fee", "/sapi/v1/asset/tradeFee",
        "Get the account's commission rates of a symbol or of all.", "[symbol]",
        '[{"symbol", "makerCommission", "takerCommission"}, ...]', "Trade Fee"),
    _post("get_user_asset", "/sapi/v3/asset/getUserAsset", "Get the assets of the spot wallet.",
        "[asset needBtcValuation]",
        '[{"asset", "free", "locked", "freeze", "withdrawing", "ipoable", "btcValuation"}, ...]',
        "User Asset", weight=5),
    _post("funding_wallet", "/sapi/v1/asset/get-funding-asset", "Get the assets of the funding wallet.",
        "[asset needBtcValuation]",
        '[{"asset", "free", "locked", "freeze", "withdrawing", "btcValuation"}, ...]', "Funding Wallet"),
    _get("get_dust_log", "/sapi/v1/asset/dribblet", "Get the log of small amounts converted to BNB.",
        "[accountType startTime endTime]",
        '{"total", "userAssetDribblets": [{"operateTime": ms, "totalTransferedAmount", '
        '"totalServiceChargeAmount", "transId", "userAssetDribbletDetails": [...]}, ...]}', "DustLog"),
    _post("transfer_dust", "/sapi/v1/asset/dust", "Convert small amounts of assets to BNB.",
        "asset [accountType]",
        '{"totalServiceCharge", "totalTransfered", "transferResult": [{"amount", "fromAsset", "operateTime": '
        'ms, "serviceChargeAmount", "tranId", "transferedAmount"}, ...]}', "Dust Transfer", weight=10,
        by_account=True, commas="asset"),
    _get("get_asset_dividend_history", "/sapi/v1/asset/assetDividend",
        "Get the distributions that the account received.", "[asset startTime endTime limit]",
        '{"rows": [{"id", "amount", "asset", "divTime": ms, "enInfo", "tranId", "direction"}, ...], "total"}',
        "Asset Dividend Record", weight=10),
    _post("toggle_bnb_burn_spot_margin", "/sapi/v1/bnbBurn",
        "Switch on or off that commissions and margin interest are paid in BNB.",
        "[spotBNBBurn interestBNBBurn]", '{"spotBNBBurn", "interestBNBBurn"}',
        "Toggle BNB Burn On Spot Trade And Margin Interest"),

    # -- deposits and withdrawals --
    _get("get_all_coins_info", "/sapi/v1/capital/config/getall",
        "Get all coins, their networks and the balances.", "",
        '[{"coin", "name", "free", "locked", "freeze", "withdrawing", "depositAllEnable", '
        '"withdrawAllEnable", "trading", "networkList": [{"network", "withdrawFee", "withdrawMin", ...}, '
        "...], ...}, ...]", "All Coins' Information", weight=10),
    _post("withdraw", "/sapi/v1/capital/withdraw/apply", "Withdraw a coin to an address.",
        "coin address amount [withdrawOrderId network addressTag transactionFeeFlag name "
        "walletType]", '{"id"}', "Withdraw", weight=900, by_account=True, renamed=_COIN,
        made="withdrawOrderId"),
    _get("get_withdraw_history", "/sapi/v1/capital/withdraw/history",
        "Get the withdrawals of at most 90 days.",
        "[coin withdrawOrderId status offset limit idList startTime endTime]",
        '[{"id", "amount", "transactionFee", "coin", "status", "address", "txId", "applyTime": text in UTC, '
        '"network", "transferType", "withdrawOrderId", "info", "confirmNo", "walletType", "completeTime": '
        "text}, ...]", "Withdraw History", weight=18000, by_account=True, renamed=_COIN, commas="idList"),
    _get("get_deposit_history", "/sapi/v1/capital/deposit/hisrec", "Get the deposits of at most 90 days.",
        "[includeSource coin status startTime endTime offset limit txId]", _DEPOSITS,
        "Deposit History", renamed=_COIN),
    _get("get_deposit_address", "/sapi/v1/capital/deposit/address",
        "Get the address where a coin is deposited.", "coin [network amount]", _ADDRESS, "Deposit Address",
        weight=10, renamed=_COIN),

    # -- transfers between the wallets of the account --
    _post("universal_transfer", "/sapi/v1/asset/transfer", "Move an asset between wallets of the account.",
        "type asset amount [fromSymbol toSymbol]", '{"tranId"}', "User Universal Transfer", weight=300,
        by_account=True),
    _get("query_universal_transfer_history", "/sapi/v1/asset/transfer",
        "Get the transfers of one type between wallets of the account.", _TRANSFER_PAGE, _TRANSFERS,
        "Query User Universal Transfer History"),
    _get("new_transfer_history", "/sapi/v1/asset/transfer",
        "Get the transfers of one type between wallets of the account.", _TRANSFER_PAGE, _TRANSFERS,
        "Query User Universal Transfer History"),

    # -- sub-accounts --
    _sub_get("get_sub_account_list", "/sapi/v1/sub-account/list", "Get the sub-accounts.",
        "[email isFreeze page limit]",
        '{"subAccounts": [{"subUserId", "email", "remark", "isFreeze", "createTime": ms, ...}, ...]}',
        "Query Sub-account List"),
    _sub_get("get_subaccount_futures_margin_status", "/sapi/v1/sub-account/status",
        "Ask whether sub-accounts have margin and futures enabled.", "[email]",
        '[{"email", "isSubUserEnabled", "isUserActive", "insertTime": ms, "isMarginEnabled", '
        '"isFutureEnabled", "mobile"}, ...]', "Get Sub-account's Status on Margin Or Futures", weight=10),
    _sub_get("get_sub_account_assets", "/sapi/v4/sub-account/assets", "Get the assets of a sub-account.",
        "email", '{"balances": [{"asset", "free", "locked", "freeze", "withdrawing"}, ...]}',
        "Query Sub-account Assets V4", weight=60, by_account=True),
    _sub_get("query_subaccount_spot_summary", "/sapi/v1/sub-account/spotSummary",
        "Get the sums in BTC of the sub-accounts' spot wallets.", "[email page size]",
        '{"totalCount", "masterAccountTotalAsset", "spotSubUserAssetBtcVoList": [{"email", "totalAsset"}, '
        "...]}", "Query Sub-account Spot Assets Summary"),
    _sub_get("get_subaccount_deposit_address", "/sapi/v1/capital/deposit/subAddress",
        "Get the address where a coin is deposited to a sub-account.", "email coin [network amount]",
        _ADDRESS, "Get Sub-account Deposit Address"),
    _sub_get("get_subaccount_deposit_history", "/sapi/v1/capital/deposit/subHisrec",
        "Get the deposits to a sub-account.",
        "email [includeSource coin status startTime endTime limit offset txId]", _DEPOSITS,
        "Get Sub-account Deposit History"),
    _sub_get("get_subaccount_margin_details", "/sapi/v1/sub-account/margin/account",
        "Get the margin account of a sub-account.", "email",
        f'{{"email", "marginLevel", {_SUMS_OF_BTC}, "marginTradeCoeffVo": {{...}}, "marginUserAssetVoList": '
        '[{"asset", "borrowed", "free", "interest", "locked", "netAsset"}, ...]}',
        "Get Detail on Sub-account's Margin Account", weight=10),
    _sub_get("get_subaccount_margin_summary", "/sapi/v1/sub-account/margin/accountSummary",
        "Get the sums of the sub-accounts' margin accounts.", "",
        f'{{{_SUMS_OF_BTC}, "subAccountList": [{{"email", {_SUMS_OF_BTC}}}, ...]}}',
        "Get Summary of Sub-account's Margin Account", weight=10),
    _sub_post("enable_subaccount_futures", "/sapi/v1/sub-account/futures/enable",
        "Enable futures for a sub-account.", "email", '{"email", "isFuturesEnabled"}',
        "Enable Futures for Sub-account"),
    _sub_get("get_subaccount_futures_details", "/sapi/v1/sub-account/futures/account",
        "Get the USD-M futures account of a sub-account.", "email",
        '{"email", "asset", "assets": [{"asset", "walletBalance", "marginBalance", ...}, ...], "canTrade", '
        '"totalWalletBalance", "totalMarginBalance", "updateTime": ms, ...}',
        "Get Detail on Sub-account's Futures Account", weight=10),
    _sub_get("get_subaccount_futures_summary", "/sapi/v1/sub-account/futures/accountSummary",
        "Get the sums of the sub-accounts' USD-M futures accounts.", "page limit",
        '{"totalWalletBalance", "totalMarginBalance", "totalUnrealizedProfit", "asset", "subAccountList": '
        '[{"email", "totalWalletBalance", ...}, ...], ...}', "Get Summary of Sub-account's Futures Account"),
    _sub_get("get_subaccount_futures_positionrisk", "/sapi/v1/sub-account/futures/positionRisk",
        "Get the USD-M futures positions of a sub-account.", "email",
        '[{"symbol", "positionAmount", "entryPrice", "markPrice", "leverage", "liquidationPrice", '
        '"maxNotional", "unrealizedProfit"}, ...]', "Get Futures Position-Risk of Sub-account", weight=10),

    # -- transfers of sub-accounts --
    _sub_post("create_sub_account_transfer", "/sapi/v1/sub-account/universalTransfer",
        "Move an asset between the spot wallets of two accounts; the master is the one without an email.",
        "asset amount [fromEmail toEmail clientTranId]", _SUB_TRANSFERRED, "Universal Transfer",
        weight=360, by_account=True, fixed=(("fromAccountType", "SPOT"), ("toAccountType", "SPOT"))),
    _sub_get("get_sub_account_transfer_history", "/sapi/v1/sub-account/sub/transfer/history",
        "Get the transfers between the spot wallets of the master and its sub-accounts.",
        "[fromEmail toEmail startTime endTime page limit]",
        '[{"from", "to", "asset", "qty", "status", "tranId", "time": ms}, ...]',
        "Query Sub-account Spot Asset Transfer History"),
    _sub_post("create_sub_account_futures_transfer", "/sapi/v1/sub-account/futures/internalTransfer",
        "Move an asset between the futures wallets of two accounts.",
        "fromEmail toEmail futuresType asset amount", '{"success", "txnId"}',
        "Sub-account Futures Asset Transfer"),
    _sub_get("get_sub_account_futures_transfer_history", "/sapi/v1/sub-account/futures/internalTransfer",
        "Get the transfers between the futures wallets of sub-accounts.",
        "email futuresType [startTime endTime page limit]",
        '{"success", "futuresType", "transfers": [{"from", "to", "asset", "qty", "tranId", "time": ms}, '
        "...]}", "Query Sub-account Futures Asset Transfer History"),
    _sub_post("make_subaccount_futures_transfer", "/sapi/v1/sub-account/futures/transfer",
        "Move an asset between a sub-account's spot and futures wallets.", "email asset amount type",
        '{"txnId"}', "Futures Transfer for Sub-account"),
    _sub_post("make_subaccount_margin_transfer", "/sapi/v1/sub-account/margin/transfer",
        "Move an asset between a sub-account's spot and margin wallets.", "email asset amount type",
        '{"txnId"}', "Margin Transfer for Sub-account"),
    _sub_post("make_subaccount_to_subaccount_transfer", "/sapi/v1/sub-account/transfer/subToSub",
        "Move an asset from this sub-account to another of the same master.", "toEmail asset amount",
        '{"txnId"}', "Transfer to Sub-account of Same Master"),
    _sub_post("make_subaccount_to_master_transfer", "/sapi/v1/sub-account/transfer/subToMaster",
        "Move an asset from this sub-account to its master.", "asset amount", '{"txnId"}',
        "Transfer to Master"),
    _sub_get("get_subaccount_transfer_history", "/sapi/v1/sub-account/transfer/subUserHistory",
        "Get the transfers of this sub-account.",
        "[asset type startTime endTime limit returnFailHistory]",
        '[{"counterParty", "email", "type", "asset", "qty", "fromAccountType", "toAccountType", "status", '
        '"tranId", "time": ms}, ...]', "Sub-account Transfer History"),
    _sub_post("make_universal_transfer", "/sapi/v1/sub-account/universalTransfer",
        "Move an asset between wallets of the master and its sub-accounts.", _SUB_TRANSFER, _SUB_TRANSFERRED,
        "Universal Transfer", weight=360, by_account=True),
    _sub_post("make_subaccount_universal_transfer", "/sapi/v1/sub-account/universalTransfer",
        "Move an asset between wallets of the master and its sub-accounts.", _SUB_TRANSFER, _SUB_TRANSFERRED,
        "Universal Transfer", weight=360, by_account=True),
    _sub_get("get_universal_transfer_history", "/sapi/v1/sub-account/universalTransfer",
        "Get the transfers between wallets of the master and its sub-accounts.",
        "[fromEmail toEmail clientTranId startTime endTime page limit]",
        '{"result": [{"tranId", "fromEmail", "toEmail", "asset", "amount", "createTimeStamp": ms, '
        '"fromAccountType", "toAccountType", "status", "clientTranId"}, ...], "totalCount"}',
        "Query Universal Transfer History"),
)
# fmt: on
