"""Calls of derivatives that the exchange has ended. Values only."""

from __future__ import annotations

from binance.rest.calls import Ended

ENDED = (
    Ended(
        "options_info",
        "Underlyings, strikes and expiry dates of options (/vapi/v1/optionInfo).",
        "by 2022-10-21",
        'options_exchange_info(), whose "optionSymbols" hold them',
        source="it was not moved to /eapi, which took the place of /vapi",
    ),
    Ended(
        "options_funds_transfer",
        "Move assets between the spot and the options account.",
        "2023-02-02",
        'universal_transfer(type="MAIN_OPTION", asset=..., amount=...), and "OPTION_MAIN" for the way back',
        source='*European Options*, "Change Log"',
    ),
    Ended(
        "options_historical_trades",
        "Trades of one option from an id on.",
        "by 2026-01-19",
        "options_recent_trades(symbol=...) for the latest ones, and the stream @optionTrade for new ones",
        source='*European Options*, "Market Data", which lists it no longer',
    ),
)
