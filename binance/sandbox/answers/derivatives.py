"""What REST answers on the venues beside spot: which venue a path is of, and who answers. Pure."""

from typing import Final

from binance.exceptions import BinanceAPIException
from binance.sandbox.answers import futures_data, options_data
from binance.sandbox.answers.contract_accounts import CONTRACT_ACCOUNTS, WEIGHTS
from binance.sandbox.answers.contract_trading import TRADING
from binance.sandbox.answers.contract_trading import weight as trading_weight
from binance.sandbox.answers.futures_data import FuturesAsked
from binance.sandbox.answers.options_data import OptionsAsked
from binance.sandbox.answers.rest import Answer, RestCall, refused, unknown
from binance.sandbox.answers.rest import weight as spot_weight
from binance.sandbox.limits import Limits, Venue
from binance.sandbox.market.derivatives import Derivatives

_VENUES: Final[dict[str, Venue]] = {
    "fapi": "futures", "dapi": "futures", "eapi": "options", "sapi": "sapi", "papi": "portfolio_margin",
    "bapi": "web", "futures": "web",
}  # fmt: skip


# Weights of calls below /sapi that count against their account, by the verb and the path.
# Source: Wallet, Margin, Sub Account, each call's "Weight(UID)".
_OF_ACCOUNT: Final = {
    ("POST", "/sapi/v1/capital/withdraw/apply"): 900,
    ("GET", "/sapi/v1/capital/withdraw/history"): 18_000,
    ("POST", "/sapi/v1/asset/dust"): 10,
    ("POST", "/sapi/v1/asset/transfer"): 300,
    ("POST", "/sapi/v1/margin/order"): 6,
    ("POST", "/sapi/v1/margin/borrow-repay"): 1_500,
    ("GET", "/sapi/v1/margin/maxBorrowable"): 750,
    ("POST", "/sapi/v1/margin/isolated/account"): 300,
    ("DELETE", "/sapi/v1/margin/isolated/account"): 300,
    ("POST", "/sapi/v1/sub-account/universalTransfer"): 360,
    ("GET", "/sapi/v4/sub-account/assets"): 60,
}


def budget_of(call: RestCall) -> Venue:
    """Return whose limits a call has."""
    return "sapi_account" if (call.method, call.path) in _OF_ACCOUNT else venue_of(call.path)


def venue_of(path: str) -> Venue:
    """Return the venue of a path, which is spot's for all others."""
    return _VENUES.get(path.split("/", 2)[1] if path.startswith("/") else "", "spot")


def answers(path: str) -> bool:
    """Return whether a path is answered here."""
    return venue_of(path) in ("futures", "options") or path in futures_data.PUBLIC


def weight(call: RestCall) -> int:
    """Return the weight of a call of any venue."""
    if call.path in TRADING:
        return trading_weight(call)
    if (call.method, call.path) in _OF_ACCOUNT:
        return _OF_ACCOUNT[call.method, call.path]
    if call.path in CONTRACT_ACCOUNTS:
        return WEIGHTS.get(call.path, 1)
    venue = venue_of(call.path)
    if venue == "futures":
        return futures_data.weight(call.path, call.params)
    if venue == "options":
        return options_data.weight(call.path, call.params)
    return spot_weight(call)


def answer(call: RestCall, derivatives: Derivatives, offset_ms: float, limits: Limits) -> Answer:
    """Answer one call for public data of a venue beside spot.

    :param offset_ms: how far the exchange's clock is wrong.
    """
    futures = futures_data.PUBLIC.get(call.path)
    options = options_data.PUBLIC.get(call.path)
    try:
        if call.method not in ("GET", "HEAD"):
            raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
        if options is not None:
            return Answer(200, options(OptionsAsked(call.params, derivatives.options, offset_ms, limits)))
        if futures is None:
            return unknown(call)
        venue, respond = futures
        if call.path == futures_data.OPEN_INTEREST_HISTORY and "pair" in call.params:
            venue = "coinm"
        return Answer(200, respond(FuturesAsked(call.params, derivatives.futures, venue, offset_ms, limits)))
    except BinanceAPIException as error:
        return refused(error)
