"""Answers of the wallet and of margin that follow from the market and from what an account is. Pure."""

from collections.abc import Callable
from typing import Any, Final

from binance.sandbox.answers.asked import Asked
from binance.sandbox.answers.private import Keyed
from binance.sandbox.market import rules
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Book
from binance.sandbox.market.payloads import rest_ticker


def _signed(respond: Callable[[Keyed], Any]) -> Callable[[Keyed], Any]:
    """Return what answers a GET that has to be signed."""

    def checked(keyed: Keyed) -> Any:
        keyed.only("GET", "HEAD")
        keyed.signed()
        return respond(keyed)

    return checked


def _keyed(respond: Callable[[Keyed], Any]) -> Callable[[Keyed], Any]:
    """Return what answers a GET that needs an API key."""

    def checked(keyed: Keyed) -> Any:
        keyed.only("GET", "HEAD")
        keyed.account()
        return respond(keyed)

    return checked


def _api_trading_status(keyed: Keyed) -> Any:
    """Return that an account is not locked, as the sandbox locks none.

    Source: Wallet *Account*, "Account API Trading Status".
    """
    conditions = {"GCR": 150, "IFER": 150, "UFR": 300}
    return {
        "data": {
            "isLocked": False, "plannedRecoverTime": 0, "triggerCondition": conditions,
            "updateTime": keyed.asked.now_ms,
        }
    }  # fmt: skip


def _assets(asked: Asked) -> list[str]:
    specs = [book.spec for book in asked.market.books.values()]
    return list(dict.fromkeys(asset for spec in specs for asset in (spec.base, spec.quote)))


def _asset_detail(keyed: Keyed) -> Any:
    """Return what may be deposited and withdrawn, as ``capital/config/getall`` has it.

    Source: Wallet *Asset*, "Asset Detail".
    """
    wanted = keyed.asked.params.get("asset")
    shown = {}
    for asset in _assets(keyed.asked):
        if wanted in (None, asset):
            [network] = rules.coin_info(asset, 0, 0)["networkList"]
            shown[asset] = {
                "minWithdrawAmount": network["withdrawMin"], "depositStatus": network["depositEnable"],
                "withdrawFee": network["withdrawFee"], "withdrawStatus": network["withdrawEnable"],
            }  # fmt: skip
    return shown


def _margin_assets(keyed: Keyed) -> Any:
    """Return the assets of margin: all that are traded, none of which can be borrowed here.

    Source: Margin *Market Data*, "Get All Margin Assets".
    """
    wanted = keyed.asked.params.get("asset")
    return [
        {
            "assetFullName": asset, "assetName": asset, "isBorrowable": False, "isMortgageable": True,
            "userMinBorrow": decimal(0), "userMinRepay": decimal(0),
        }
        for asset in _assets(keyed.asked)
        if wanted in (None, asset)
    ]  # fmt: skip


def _price_index(keyed: Keyed) -> Any:
    """Return the price by which margin is counted: the last one.

    Source: Margin *Market Data*, "Query Margin PriceIndex".
    """
    book = keyed.asked.book()
    return {"calcTime": keyed.asked.now_ms, "price": decimal(book.last_price), "symbol": book.symbol}


#: What answers to an API key.
WALLET: Final[dict[str, Callable[[Keyed], Any]]] = {
    "/sapi/v1/account/status": _signed(lambda keyed: {"data": "Normal"}),
    "/sapi/v1/account/apiTradingStatus": _signed(_api_trading_status),
    "/sapi/v1/asset/assetDetail": _signed(_asset_detail),
    "/sapi/v1/asset/dribblet": _signed(lambda keyed: {"total": 0, "userAssetDribblets": []}),
    "/sapi/v1/bnbBurn": _signed(lambda keyed: {"spotBNBBurn": False, "interestBNBBurn": False}),
    "/sapi/v1/margin/allAssets": _keyed(_margin_assets),
    "/sapi/v1/margin/priceIndex": _keyed(_price_index),
}


def products(asked: Asked) -> Any:
    """Return what the exchange's website shows of its symbols; no documentation has it.

    The members of which a market knows nothing are left out: tags, names of assets, circulating supply.
    """
    data = [_product(book, asked.now_ms) for book in asked.market.books.values()]
    return {"code": "000000", "message": None, "messageDetail": None, "data": data, "success": True}


def _product(book: Book, now_ms: int) -> dict[str, Any]:
    spec, day = book.spec, rest_ticker(book, now_ms)
    return {
        "s": spec.symbol, "st": spec.status, "b": spec.base, "q": spec.quote, "i": decimal(spec.step),
        "ts": decimal(spec.tick), "o": day["openPrice"], "h": day["highPrice"], "l": day["lowPrice"],
        "c": day["lastPrice"], "v": day["volume"], "qv": day["quoteVolume"], "etf": False,
    }  # fmt: skip


#: What answers to anybody.
WEBSITE: Final = {"/bapi/asset/v2/public/asset-service/product/get-products": products}
