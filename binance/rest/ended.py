"""Calls that the exchange has ended, by venue. Values only."""

from __future__ import annotations

from functools import partial

from binance.rest.calls import Ended

_savings = partial(Ended, since="2023-06-22", source='*Auto Invest*, "Change Log"; *Simple Earn*')
# the day is in no change log; the exchange's own connectors dropped them from January to April 2024
_fixed_savings = partial(Ended, since="2024", source="releases of the exchange's connectors; *Simple Earn*")
_margin_key = partial(Ended, since="2026-02-20", source='*Margin Trading*, "Change Log"')

_EARN = 'client.request("GET", "/sapi/v1/simple-earn/{}", signed=True{})'

# fmt: off
ENDED: tuple[Ended, ...] = (
    # -- savings, which are Simple Earn now --
    _savings("get_lending_product_list", "List flexible savings products.",
        use=_EARN.format("flexible/list", "")),
    _savings("get_lending_daily_quota_left", "Get the remaining purchase quota of a product.",
        use=_EARN.format("flexible/personalLeftQuota", ", productId=...")),
    _savings("purchase_lending_product", "Buy a flexible savings product.",
        use='client.request("POST", "/sapi/v1/simple-earn/flexible/subscribe", signed=True, productId=..., '
        "amount=...)"),
    _savings("get_lending_daily_redemption_quota", "Get the remaining redemption quota of a product.",
        use=_EARN.format("flexible/position", ", productId=...")),
    _savings("redeem_lending_product", "Redeem a flexible savings product.",
        use='client.request("POST", "/sapi/v1/simple-earn/flexible/redeem", signed=True, productId=..., '
        "amount=...)"),
    _savings("get_lending_position", "Get the positions in flexible savings products.",
        use=_EARN.format("flexible/position", ", asset=...")),
    _savings("get_lending_account", "Get the sums of the savings account.", use=_EARN.format("account", "")),
    _savings("get_lending_purchase_history", "Get the purchases of savings products.",
        use=_EARN.format("flexible/history/subscriptionRecord", "")),
    _savings("get_lending_redemption_history", "Get the redemptions of savings products.",
        use=_EARN.format("flexible/history/redemptionRecord", "")),
    _savings("get_lending_interest_history", "Get the interest on savings products.",
        use=_EARN.format("flexible/history/rewardsRecord", "")),
    _fixed_savings("get_fixed_activity_project_list", "List fixed savings products.",
        use=_EARN.format("locked/list", "")),
    _fixed_savings("change_fixed_activity_to_daily_position",
        "Turn a fixed savings product into a flexible one.",
        use='client.request("POST", "/sapi/v1/simple-earn/locked/setRedeemOption", signed=True, '
        'positionId=..., redeemTo="FLEXIBLE")'),

    # -- wallet and sub-accounts --
    Ended("transfer_history", "Get the transfers between spot and futures.", "2024",
        'client.query_universal_transfer_history(type="MAIN_UMFUTURE"), and the same of "UMFUTURE_MAIN", '
        '"MAIN_CMFUTURE" and "CMFUTURE_MAIN"',
        source="release 3.9.0 of the exchange's Python connector, 2024-10-01; *Wallet*"),
    Ended("enable_subaccount_margin", "Enable margin for a sub-account.", "2025-06-03",
        "client.make_subaccount_margin_transfer(email=..., asset=..., amount=..., type=1): a first transfer "
        "to the margin account enables it", source='*Sub Account*, "Change Log"'),

    # -- margin --
    Ended("create_isolated_margin_account", "Create an isolated margin account.", "2021-05-15",
        "client.transfer_spot_to_isolated_margin(asset=..., symbol=..., amount=...): a first transfer "
        "creates the account; or client.enable_isolated_margin_account(symbol=...) if it was disabled",
        source='*Margin Trading*, "Change Log"'),
    _margin_key("margin_stream_get_listen_key", "Get a listen key of the cross margin account.",
        use="client.margin_get_listen_token(), or a manager's start_margin_socket(callback)"),
    _margin_key("margin_stream_keepalive", "Extend a listen key of the cross margin account.",
        args="listenKey",
        use="client.margin_get_listen_token() for the next 24 hours; a manager's "
        "start_margin_socket(callback) renews it by itself"),
    _margin_key("margin_stream_close", "Delete a listen key of the cross margin account.", args="listenKey",
        use="nothing in its place: a listen token ends by itself after 24 hours"),
    _margin_key("isolated_margin_stream_get_listen_key", "Get a listen key of an isolated margin account.",
        args="symbol",
        use="client.margin_get_listen_token(symbol), or a manager's start_isolated_margin_socket(symbol, "
        "callback)"),
    _margin_key("isolated_margin_stream_keepalive", "Extend a listen key of an isolated margin account.",
        args="symbol listenKey",
        use="client.margin_get_listen_token(symbol) for the next 24 hours; a manager's "
        "start_isolated_margin_socket(symbol, callback) renews it by itself"),
    _margin_key("isolated_margin_stream_close", "Delete a listen key of an isolated margin account.",
        args="symbol listenKey", use="nothing in its place: a listen token ends by itself after 24 hours"),

    # -- options --
    Ended("options_info", "Get underlyings, strikes and expiry dates of options.", "by 2022-10-21",
        'client.options_exchange_info(), whose "optionSymbols" hold them',
        source="/eapi, which took the place of /vapi, never had it"),
    Ended("options_funds_transfer", "Move assets between the spot and the options account.", "2023-02-02",
        'client.universal_transfer(type="MAIN_OPTION", asset=..., amount=...), and "OPTION_MAIN" back again',
        source='*European Options*, "Change Log"'),
    Ended("options_historical_trades", "Get trades of one option from an id on.", "by 2026-01-19",
        "client.options_recent_trades(symbol=...) for the latest, and the stream @optionTrade for new ones",
        source='*European Options*, "Market Data", which lists it no longer'),
)
# fmt: on
