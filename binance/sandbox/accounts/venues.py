"""The kinds of accounts of derivatives: where their listen keys are, and which events they have."""

from typing import Final, NamedTuple

from binance.sandbox.accounts.contracts import CM, OPTION, UM

USDM: Final = "usdm"
COINM: Final = "coinm"
OPTIONS: Final = "options"
PORTFOLIO_MARGIN: Final = "portfolio_margin"

EXPIRED: Final = "listenKeyExpired"


class AccountVenue(NamedTuple):
    """One kind of account of derivatives.

    :ivar listen_key: the path of its REST calls for listen keys.
    :ivar legs: what it trades.
    :ivar events: the names of all its events; of those behind *at_will* no order makes one.
    :ivar at_will: the names of the events that are made by a call of their own.

    Source: *User Data Streams* of each venue.
    """

    listen_key: str
    legs: tuple[str, ...]
    events: tuple[str, ...]
    at_will: tuple[str, ...]


_STRATEGIES: Final = ("STRATEGY_UPDATE", "GRID_UPDATE")
_FUTURES: Final = ("ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "MARGIN_CALL")

VENUES: Final = {
    USDM: AccountVenue(
        "/fapi/v1/listenKey", (UM,),
        ("ORDER_TRADE_UPDATE", "TRADE_LITE", *_FUTURES, "ALGO_UPDATE", *_STRATEGIES,
         "CONDITIONAL_ORDER_TRIGGER_REJECT", EXPIRED),
        (*_FUTURES, "ALGO_UPDATE", *_STRATEGIES, "CONDITIONAL_ORDER_TRIGGER_REJECT"),
    ),
    COINM: AccountVenue(
        "/dapi/v1/listenKey", (CM,),
        ("ORDER_TRADE_UPDATE", *_FUTURES, *_STRATEGIES, EXPIRED),
        (*_FUTURES, *_STRATEGIES),
    ),
    OPTIONS: AccountVenue(
        "/eapi/v1/listenKey", (OPTION,),
        ("ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "BALANCE_POSITION_UPDATE", "GREEK_UPDATE",
         "RISK_LEVEL_CHANGE", EXPIRED),
        ("ACCOUNT_UPDATE", "GREEK_UPDATE", "RISK_LEVEL_CHANGE"),
    ),
    PORTFOLIO_MARGIN: AccountVenue(
        "/papi/v1/listenKey", (UM, CM),
        ("ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "executionReport",
         "outboundAccountPosition", "balanceUpdate", "liabilityChange", "openOrderLoss", "riskLevelChange",
         "CONDITIONAL_ORDER_TRADE_UPDATE", "ALGO_ORDER_UPDATE", EXPIRED),
        ("ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "liabilityChange", "openOrderLoss", "riskLevelChange",
         "CONDITIONAL_ORDER_TRADE_UPDATE", "ALGO_ORDER_UPDATE"),
    ),
}  # fmt: skip
