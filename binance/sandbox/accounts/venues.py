"""The kinds of accounts of derivatives: their listen keys, what they trade, which events a call makes."""

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
    :ivar at_will: the names of the events that a call of their own makes; orders make some of them, too.

    Source: *User Data Streams* of each venue.
    """

    listen_key: str
    legs: tuple[str, ...]
    at_will: tuple[str, ...]


_STRATEGIES: Final = ("STRATEGY_UPDATE", "GRID_UPDATE")
_FUTURES: Final = ("ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "MARGIN_CALL")

VENUES: Final = {
    USDM: AccountVenue(
        "/fapi/v1/listenKey", (UM,),
        (*_FUTURES, "ALGO_UPDATE", *_STRATEGIES, "CONDITIONAL_ORDER_TRIGGER_REJECT"),
    ),
    COINM: AccountVenue(
        "/dapi/v1/listenKey", (CM,),
        (*_FUTURES, *_STRATEGIES),
    ),
    OPTIONS: AccountVenue(
        "/eapi/v1/listenKey", (OPTION,),
        ("ACCOUNT_UPDATE", "GREEK_UPDATE", "RISK_LEVEL_CHANGE"),
    ),
    PORTFOLIO_MARGIN: AccountVenue(
        "/papi/v1/listenKey", (UM, CM),
        ("ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "liabilityChange", "openOrderLoss", "riskLevelChange",
         "CONDITIONAL_ORDER_TRADE_UPDATE", "ALGO_ORDER_UPDATE"),
    ),
}  # fmt: skip
