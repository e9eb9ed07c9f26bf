"""Calls of derivatives that the exchange has ended. Values only."""

from __future__ import annotations

from binance.rest.calls import Ended

ENDED = (
    Ended(
        "options_info",
        "Get underlyings, strikes and expiry dates of options.",
        "by 2022-10-21",
        'client.options_exchange_info(), whose "optionSymbols" hold them',
        source="/eapi, which took the place of /vapi, never had it",
    ),
    Ended(
        "options_funds_transfer",
        "Move assets between the spot and the options account.",
        "2023-02-02",
        'client.universal_transfer(type="MAIN_OPTION", asset=..., amount=...), and "OPTION_MAIN" back again',
        source='*European Options*, "Change Log"',
    ),
    Ended(
        "options_historical_trades",
        "Get trades of one option from an id on.",
        "by 2026-01-19",
        "client.options_recent_trades(symbol=...) for the latest, and the stream @optionTrade for new ones",
        source='*European Options*, "Market Data", which lists it no longer',
    ),
)
