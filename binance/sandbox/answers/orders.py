"""Answers to calls that trade, and that ask what was traded: a function for each, and one table. Pure.

REST and the WebSocket API share them, since parameters and results are the same; who has signed a call is
found out before.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from binance.constants import (
    ORDER_RESP_TYPE_ACK,
    ORDER_RESP_TYPE_FULL,
    ORDER_RESP_TYPE_RESULT,
    ORDER_STATUS_NEW,
    ORDER_STATUS_PARTIALLY_FILLED,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_MARKET,
)
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.ledger import Ledger
from binance.sandbox.accounts.order_counts import TooManyOrders
from binance.sandbox.accounts.orders import FEE_DIVISOR, Orders
from binance.sandbox.accounts.spot_order import OrderList, SpotOrder, Wanted
from binance.sandbox.answers import order_params, order_shapes
from binance.sandbox.answers.asked import Asked, bad_combination, not_valid
from binance.sandbox.market.amounts import UNIT, decimal
from binance.sandbox.market.book import Book
from binance.sandbox.market.times import DAY_MS

_NO_CHANCE: Final = "NOT_ATTEMPTED"

_RESTRICTIONS: Final = {
    "ONLY_NEW": ORDER_STATUS_NEW,
    "ONLY_PARTIALLY_FILLED": ORDER_STATUS_PARTIALLY_FILLED,
}


class Trading(NamedTuple):
    """A call that trades, or asks what was traded, whose signature fits.

    :ivar account: who has signed it.
    """

    asked: Asked
    account: Account
    orders: Orders

    @property
    def params(self) -> Mapping[str, str]:
        """Its parameters, as text."""
        return self.asked.params

    @property
    def ledger(self) -> Ledger:
        """What the account has ordered."""
        return self.orders.ledger(self.account)

    def moment_us(self, book: Book) -> int:
        """Return the time of a trade that is made now."""
        return self.asked.market.moment_us(book)


# -- new orders ----------------------------------------------------------------------------------------------


def _default_form(wanted: Wanted) -> str:
    at_once = (ORDER_TYPE_MARKET, ORDER_TYPE_LIMIT)
    return ORDER_RESP_TYPE_FULL if wanted.type in at_once else ORDER_RESP_TYPE_ACK


def _read(trading: Trading) -> tuple[Book, Wanted, str]:
    """Return the book of a new order, the order, and the form of its answer."""
    book = trading.asked.book()
    wanted = order_params.read_order(trading.params)
    return book, wanted, order_params.response(trading.params, _default_form(wanted))


def _place(trading: Trading) -> Any:
    book, wanted, form = _read(trading)
    trading.orders.counts.check(trading.account, 1)
    order = trading.orders.place(trading.account, book, wanted, trading.moment_us(book))
    return order_shapes.placed(order, form, trading.asked.per_ms)


def _test(trading: Trading) -> Any:
    book, wanted, _ = _read(trading)
    trading.orders.check(book, wanted, trading.asked.now_ms)
    if not trading.asked.flag("computeCommissionRates", False):
        return {}
    rates = _rates()
    return {
        "standardCommissionForOrder": {"maker": rates["maker"], "taker": rates["taker"]},
        "specialCommissionForOrder": dict.fromkeys(("maker", "taker"), decimal(0)),
        "taxCommissionForOrder": dict.fromkeys(("maker", "taker"), decimal(0)),
        "discount": _DISCOUNT,
    }


def _pair(read: Callable[[Mapping[str, str]], list[Wanted]]) -> Callable[["Trading"], Any]:
    """Return what answers a call for two orders of which one cancels the other."""

    def respond(trading: Trading) -> Any:
        params, book = trading.params, trading.asked.book()
        pair = read(params)
        form = order_params.response(params, ORDER_RESP_TYPE_RESULT)
        named = order_params.client_id(params, "listClientOrderId")
        if not all(order_params.is_beside(wanted, book.last_price) for wanted in pair):
            text = "The relationship of the prices for the orders is not correct."
            raise BinanceAPIException(400, -2010, text)
        trading.orders.counts.check(trading.account, len(pair))
        orders = trading.orders.place_pair(trading.account, book, pair, named, trading.moment_us(book))
        per_ms = trading.asked.per_ms
        reports = [order_shapes.placed(order, form, per_ms) for order in orders.orders]
        return order_shapes.listed(orders, per_ms) | {"orderReports": reports}

    return respond


# -- cancels -------------------------------------------------------------------------------------------------


def _find_open(trading: Trading, book: Book, by_id: str, by_client_id: str) -> SpotOrder:
    """Return the open order that a call names.

    :raises BinanceAPIException: 400 with -2011 if there is none.
    """
    order_params.either(trading.params, by_client_id, by_id)
    named = trading.asked.number(by_id), order_params.client_id(trading.params, by_client_id)
    order = trading.ledger.find(book.symbol, *named, only_open=True)
    if order is None:
        raise _unknown()
    return order


def _unknown() -> BinanceAPIException:
    return BinanceAPIException(400, -2011, "Unknown order sent.")


def _cancel_one(trading: Trading, book: Book, prefix: str = "") -> Any:
    """Cancel one order, and with it its list.

    :param prefix: ``"cancel"`` where the parameters of the cancel are called so.
    """
    params = trading.params
    names = [name if not prefix else prefix + name[0].upper() + name[1:] for name in _OF_CANCEL]
    by_id, by_client_id, own = names
    named = order_params.client_id(params, own)
    restriction = params.get("cancelRestrictions")
    if restriction is not None and restriction not in _RESTRICTIONS:
        raise BinanceAPIException(400, -1145, "Invalid cancelRestrictions")
    order = _find_open(trading, book, by_id, by_client_id)
    if restriction is not None and order.status != _RESTRICTIONS[restriction]:
        raise BinanceAPIException(400, -2011, "Order was not canceled due to cancel restrictions.")
    return _cancel_all([order], trading, book, named)[0]


_OF_CANCEL: Final = ("orderId", "origClientOrderId", "newClientOrderId")


def _cancel_all(orders: list[SpotOrder], trading: Trading, book: Book, named: str | None) -> list[Any]:
    """Cancel orders, and with each its list; return what the answer says of each, or of its list."""
    answers, per_ms = [], trading.asked.per_ms
    for order in orders:
        if not order.is_open:
            continue  # it went with another of its list
        cancel_id = named or f"sandbox-cancel-{order.id}"
        ended = trading.orders.cancel(order, trading.moment_us(book), cancel_id)
        reports = [order_shapes.canceled(leg, cancel_id, per_ms) for leg in ended]
        if order.order_list is None:
            answers += reports
        else:
            answers.append(order_shapes.listed(order.order_list, per_ms) | {"orderReports": reports})
    return answers


def _cancel(trading: Trading) -> Any:
    return _cancel_one(trading, trading.asked.book())


def _cancel_symbol(trading: Trading) -> Any:
    book = trading.asked.book()
    orders = trading.ledger.open_orders(book.symbol)
    if not orders:
        raise _unknown()
    return _cancel_all(orders, trading, book, None)


def _cancel_list(trading: Trading) -> Any:
    book, params = trading.asked.book(), trading.params
    order_params.either(params, "listClientOrderId", "orderListId")
    list_id = trading.asked.number("orderListId")
    orders = trading.ledger.find_list(list_id, order_params.client_id(params, "listClientOrderId"))
    if orders is None or orders.symbol != book.symbol or not orders.is_open:
        raise _unknown()
    named = order_params.client_id(params, "newClientOrderId")
    first = next(order for order in orders.orders if order.is_open)
    return _cancel_all([first], trading, book, named)[0]


def _replace(trading: Trading) -> Any:
    """Cancel an order and place another, and say what became of both.

    Source: Spot *REST API*, "Cancel an Existing Order and Send a New Order".
    """
    book, wanted, form = _read(trading)
    wrong = (-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
    modes = ("STOP_ON_FAILURE", "ALLOW_FAILURE")
    stops = order_params.choice(trading.params, "cancelReplaceMode", modes, wrong) == modes[0]
    at_limit = trading.params.get("orderRateLimitExceededMode", "DO_NOTHING")
    if at_limit not in ("DO_NOTHING", "CANCEL_ONLY"):
        raise not_valid("orderRateLimitExceededMode")
    order_params.either(trading.params, "cancelOrigClientOrderId", "cancelOrderId")
    trading.orders.check(book, wanted, trading.asked.now_ms)
    limited: TooManyOrders | None = None
    try:
        trading.orders.counts.check(trading.account, 1)
    except TooManyOrders as error:
        if at_limit == "DO_NOTHING":
            raise
        limited = error

    def place() -> Any:
        if limited is not None:
            raise limited
        order = trading.orders.place(trading.account, book, wanted, trading.moment_us(book))
        return order_shapes.placed(order, form, trading.asked.per_ms)

    cancel_result, canceled = _tried(lambda: _cancel_one(trading, book, "cancel"))
    placed_result, placed = _NO_CHANCE, None
    if cancel_result == "SUCCESS" or not stops:
        placed_result, placed = _tried(place)
    elif limited is None:
        trading.orders.counts.add(trading.account, 1)
    outcome = {
        "cancelResult": cancel_result,
        "newOrderResult": placed_result,
        "cancelResponse": canceled,
        "newOrderResponse": placed,
    }
    if (cancel_result, placed_result) == ("SUCCESS", "SUCCESS"):
        return outcome
    partly = "SUCCESS" in (cancel_result, placed_result)
    status = 429 if limited is not None else 409 if partly else 400
    raise CancelReplaceFailed(status, partly, outcome)


class CancelReplaceFailed(BinanceAPIException):
    """A cancel, the order in its place, or both have failed.

    :ivar data: what became of each.
    """

    def __init__(self, status: int, partly: bool, data: dict[str, Any]) -> None:
        code, words = (-2021, "partially failed") if partly else (-2022, "failed")
        super().__init__(status, code, f"Order cancel-replace {words}.")
        self.data = data


def _tried(act: Callable[[], Any]) -> tuple[str, Any]:
    """Return whether something succeeds, and its answer or its error."""
    try:
        return "SUCCESS", act()
    except BinanceAPIException as error:
        return "FAILURE", {"code": error.code, "msg": error.message}


# -- what was ordered and traded -----------------------------------------------------------------------------


def _query(trading: Trading) -> Any:
    book, params = trading.asked.book(), trading.params
    order_params.either(params, "origClientOrderId", "orderId")
    named = trading.asked.number("orderId"), order_params.client_id(params, "origClientOrderId")
    order = trading.ledger.find(book.symbol, *named)
    if order is None:
        raise BinanceAPIException(400, -2013, "Order does not exist.")
    return order_shapes.queried(order, trading.asked.per_ms)


def _open_orders(trading: Trading) -> Any:
    symbol = trading.asked.book().symbol if "symbol" in trading.params else None
    return [order_shapes.queried(order, trading.asked.per_ms) for order in trading.ledger.open_orders(symbol)]


def _span(trading: Trading) -> tuple[int | None, int | None]:
    """Return the first and the last moment that a call asks for, a day apart at most; None for no bound."""
    first_ms, last_ms = trading.asked.time_ms("startTime"), trading.asked.time_ms("endTime")
    if first_ms is not None and last_ms is not None and last_ms - first_ms > DAY_MS:
        text = "More than 24 hours between startTime and endTime."
        raise BinanceAPIException(400, -1127, text)
    return first_ms, last_ms


def _some(items: list[Any], from_start: bool, limit: int) -> list[Any]:
    """Return the first items, or the last."""
    return list(islice(items, limit)) if from_start else items[-limit:]


def _all_orders(trading: Trading) -> Any:
    asked, book = trading.asked, trading.asked.book()
    (first_ms, last_ms), from_id = _span(trading), asked.number("orderId")
    found = [
        order
        for order in trading.ledger.orders(book.symbol)
        if order.id >= (from_id or 0) and _between(order.created_ms, first_ms, last_ms)
    ]
    some = _some(found, from_id is not None or first_ms is not None, asked.limit())
    return [order_shapes.queried(order, asked.per_ms) for order in some]


def _between(time_ms: int, first_ms: int | None, last_ms: int | None) -> bool:
    return (first_ms is None or time_ms >= first_ms) and (last_ms is None or time_ms <= last_ms)


# What myTrades may be narrowed by, together. Source: Spot *REST API*, "Account trade list".
_NARROWED: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(names.split())
    for names in ("", "orderId", "startTime", "endTime", "fromId", "startTime endTime", "orderId fromId")
)


def _my_trades(trading: Trading) -> Any:
    asked, book = trading.asked, trading.asked.book()
    if {"orderId", "startTime", "endTime", "fromId"} & asked.params.keys() not in _NARROWED:
        raise bad_combination()
    (first_ms, last_ms), from_id = _span(trading), asked.number("fromId")
    order_id = asked.number("orderId")
    found = [
        fill
        for fill in trading.ledger.trades
        if fill.order.symbol == book.symbol
        and order_id in (None, fill.order.id)
        and fill.trade.id >= (from_id or 0)
        and _between(fill.trade.time_ms, first_ms, last_ms)
    ]
    some = _some(found, from_id is not None or first_ms is not None, asked.limit())
    return [order_shapes.trade(fill, asked.per_ms) for fill in some]


def _query_list(trading: Trading) -> Any:
    params = trading.params
    order_params.either(params, "origClientOrderId", "orderListId")
    list_id = trading.asked.number("orderListId")
    orders = trading.ledger.find_list(list_id, order_params.client_id(params, "origClientOrderId"))
    if orders is None:
        raise BinanceAPIException(400, -2013, "Order list does not exist.")
    return order_shapes.listed(orders, trading.asked.per_ms)


def _all_lists(trading: Trading) -> Any:
    asked = trading.asked
    first_ms, last_ms = _span(trading)
    from_id = asked.number("fromId")
    if from_id is not None and (first_ms is not None or last_ms is not None):
        raise bad_combination()
    found = [
        orders
        for orders in trading.ledger.lists()
        if orders.id >= (from_id or 0) and _between(orders.orders[0].created_ms, first_ms, last_ms)
    ]
    return _lists(_some(found, from_id is not None or first_ms is not None, asked.limit()), asked)


def _open_lists(trading: Trading) -> Any:
    return _lists([orders for orders in trading.ledger.lists() if orders.is_open], trading.asked)


def _lists(orders: list[OrderList], asked: Asked) -> Any:
    return [order_shapes.listed(item, asked.per_ms) for item in orders]


def _order_count(trading: Trading) -> Any:
    return trading.orders.counts.shown(trading.account)


def _rates() -> dict[str, str]:
    rate, nothing = decimal(UNIT // FEE_DIVISOR), decimal(0)
    return {"maker": rate, "taker": rate, "buyer": nothing, "seller": nothing}


_DISCOUNT: Final = {
    "enabledForAccount": False, "enabledForSymbol": False, "discountAsset": "BNB", "discount": decimal(0),
}  # fmt: skip


def _commission(trading: Trading) -> Any:
    rates = _rates()
    return {
        "symbol": trading.asked.book().symbol,
        "standardCommission": rates,
        "specialCommission": dict.fromkeys(rates, decimal(0)),
        "taxCommission": dict.fromkeys(rates, decimal(0)),
        "discount": _DISCOUNT,
    }


# -- the table -----------------------------------------------------------------------------------------------


class Call(NamedTuple):
    """One call that has to be signed.

    :ivar names: the parameters it may have, those of every signed call left out.
    :ivar weight: what it weighs, by its parameters.
    :ivar orders: how many orders it sends.
    """

    respond: Callable[[Trading], Any]
    names: tuple[str, ...]
    weight: Callable[[Mapping[str, str]], int] = lambda params: 1
    orders: int = 0

    def answer(self, trading: Trading) -> Any:
        """Answer the call.

        :raises BinanceAPIException: if something of it is wrong.
        """
        order_params.check_names(trading.params, self.names)
        return self.respond(trading)


def _weighs(weight: int) -> Callable[[Mapping[str, str]], int]:
    return lambda params: weight


def _with(name: str, weight: int, without: int) -> Callable[[Mapping[str, str]], int]:
    """Return a weight that depends on whether a parameter was sent."""
    return lambda params: weight if name in params else without


def _test_weight(params: Mapping[str, str]) -> int:
    return 20 if params.get("computeCommissionRates", "").lower() == "true" else 1


_ONE: Final = ("symbol", "orderId", "origClientOrderId")
_SOME: Final = ("startTime", "endTime", "limit")
_REPLACED: Final = (
    *order_params.OF_ORDER, "cancelReplaceMode", "cancelOrderId", "cancelOrigClientOrderId",
    "cancelNewClientOrderId", "cancelRestrictions", "orderRateLimitExceededMode",
)  # fmt: skip

#: By method of HTTP and path. Source: Spot *REST API*, "Trading endpoints", "Account Endpoints".
TRADING: Final[dict[tuple[str, str], Call]] = {
    ("POST", "/api/v3/order"): Call(_place, order_params.OF_ORDER, orders=1),
    ("POST", "/api/v3/order/test"): Call(
        _test, (*order_params.OF_ORDER, "computeCommissionRates"), _test_weight
    ),
    ("GET", "/api/v3/order"): Call(_query, _ONE, _weighs(4)),
    ("DELETE", "/api/v3/order"): Call(_cancel, (*_ONE, "newClientOrderId", "cancelRestrictions")),
    ("POST", "/api/v3/order/cancelReplace"): Call(_replace, _REPLACED, orders=1),
    ("GET", "/api/v3/openOrders"): Call(_open_orders, ("symbol",), _with("symbol", 6, 80)),
    ("DELETE", "/api/v3/openOrders"): Call(_cancel_symbol, ("symbol",)),
    ("GET", "/api/v3/allOrders"): Call(_all_orders, ("symbol", "orderId", *_SOME), _weighs(20)),
    ("GET", "/api/v3/myTrades"): Call(
        _my_trades, ("symbol", "orderId", "fromId", *_SOME), _with("orderId", 5, 20)
    ),
    ("POST", "/api/v3/orderList/oco"): Call(_pair(order_params.read_pair), order_params.OF_PAIR, orders=2),
    ("POST", "/api/v3/order/oco"): Call(
        _pair(order_params.read_old_pair), order_params.OF_OLD_PAIR, orders=2
    ),
    ("GET", "/api/v3/orderList"): Call(_query_list, ("orderListId", "origClientOrderId"), _weighs(4)),
    ("DELETE", "/api/v3/orderList"): Call(
        _cancel_list, ("symbol", "orderListId", "listClientOrderId", "newClientOrderId")
    ),
    ("GET", "/api/v3/allOrderList"): Call(_all_lists, ("fromId", *_SOME), _weighs(20)),
    ("GET", "/api/v3/openOrderList"): Call(_open_lists, (), _weighs(6)),
    ("GET", "/api/v3/rateLimit/order"): Call(_order_count, (), _weighs(40)),
    ("GET", "/api/v3/account/commission"): Call(_commission, ("symbol",), _weighs(20)),
}

#: The paths of these calls, each with its methods.
METHODS: Final[dict[str, tuple[str, ...]]] = {
    path: tuple(method for method, other in TRADING if other == path) for _, path in TRADING
}
