"""Answers to calls that trade futures, and that ask what was traded: a function each, and one table. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from binance.constants import ORDER_STATUS_NEW, SIDE_BUY
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.contract_ledger import ContractLedger, Income
from binance.sandbox.accounts.contract_order import ContractOrder, Fill
from binance.sandbox.accounts.contracts import CM, UM, Contract
from binance.sandbox.accounts.dealings import Dealings
from binance.sandbox.accounts.futures_events import leverage_set
from binance.sandbox.accounts.holdings import FUTURES_FEE_DIVISOR, MAKER_FEE_DIVISOR, Holdings
from binance.sandbox.accounts.quotes import mark, of_legs
from binance.sandbox.accounts.signatures import Clock, mandatory
from binance.sandbox.accounts.venues import COINM, USDM
from binance.sandbox.answers.asked import Asked, bad_combination, bad_symbol, not_valid
from binance.sandbox.answers.contract_params import read_order
from binance.sandbox.answers.private import Keyed, Sent
from binance.sandbox.answers.rest import Answer, RestCall, refused
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.futures.contracts import Contract as Spec
from binance.sandbox.market.futures.payloads import most_notional, worth
from binance.sandbox.market.payloads import MILLIS
from binance.sandbox.market.times import DAY_MS

_MOST_IN_BATCH: Final = 5
_MOST_CANCELED: Final = 10
_WEEK_MS: Final = 7 * DAY_MS


class Trading(NamedTuple):
    """A call that was signed by an account of futures.

    :ivar leg: :data:`~binance.sandbox.accounts.contracts.UM` or ``CM``.
    """

    asked: Asked
    account: Account
    leg: str
    dealings: Dealings

    @property
    def params(self) -> Mapping[str, str]:
        """Its parameters, as text."""
        return self.asked.params

    @property
    def holdings(self) -> Holdings:
        """What the account has."""
        return self.account.leg(self.leg)

    @property
    def ledger(self) -> ContractLedger:
        """What the account has ordered."""
        return self.dealings.orders.ledger(self.account, self.leg)

    def spec(self, contract: Contract) -> Spec:
        """Return what the market says of a contract."""
        return self.dealings.markets.book(contract).spec

    def contract(self) -> Contract:
        """Return the contract of the mandatory parameter ``symbol``."""
        symbol = mandatory(self.params, "symbol")
        return next((each for each in self.contracts() if each.symbol == symbol), None) or _no_symbol()

    def contracts(self) -> list[Contract]:
        """Return all contracts of the leg."""
        return of_legs(self.dealings.markets, (self.leg,))

    def with_params(self, params: Mapping[str, str]) -> "Trading":
        """Return the call with other parameters."""
        asked = self.asked
        offset_ms = asked.server_ms - asked.market.now_ms
        return self._replace(asked=Asked(params, asked.market, asked.per_ms, offset_ms, asked.limits))


def _no_symbol() -> Contract:
    raise bad_symbol()


# -- shapes ----------------------------------------------------------------------------------------------


def _common(spec: Spec, order: ContractOrder) -> dict[str, Any]:
    """Return what every answer says of an order."""
    wanted = order.wanted
    shown = {
        "orderId": order.id, "symbol": order.symbol, "status": order.status, "clientOrderId": order.client_id,
        "price": fixed(order.price, spec.price_digits), "avgPrice": _average(spec, order),
        "origQty": fixed(order.quantity, spec.quantity_digits),
        "executedQty": fixed(order.executed, spec.quantity_digits),
        _cumulated(spec): worth(spec, order.value * UNIT), "timeInForce": wanted.time_in_force,
        "type": order.type, "reduceOnly": wanted.reduce_only, "closePosition": False, "side": order.side,
        "positionSide": wanted.side, "stopPrice": "0", "workingType": "CONTRACT_PRICE", "priceProtect": False,
        "origType": order.type, "priceMatch": "NONE", "selfTradePreventionMode": wanted.prevention,
        "updateTime": order.updated_ms,
    }  # fmt: skip
    return shown | ({"pair": spec.pair} if spec.size else {"goodTillDate": wanted.good_till_ms})


def _average(spec: Spec, order: ContractOrder) -> str:
    return fixed(order.average, spec.price_digits if spec.size else 5)


def _cumulated(spec: Spec) -> str:
    return "cumBase" if spec.size else "cumQuote"


def _placed(spec: Spec, order: ContractOrder) -> dict[str, Any]:
    """Return an order as the calls show it that place or cancel it."""
    return _common(spec, order) | {"cumQty": fixed(order.executed, spec.quantity_digits)}


def _acknowledged(spec: Spec, order: ContractOrder) -> dict[str, Any]:
    """Return an order as it was when it came to the exchange."""
    nothing = fixed(0, spec.quantity_digits)
    return _placed(spec, order) | {
        "status": ORDER_STATUS_NEW, "executedQty": nothing, "cumQty": nothing,
        "avgPrice": fixed(0, spec.price_digits if spec.size else 5), _cumulated(spec): worth(spec, 0),
        "updateTime": order.created_ms,
    }  # fmt: skip


def _asked_for(spec: Spec, order: ContractOrder) -> dict[str, Any]:
    """Return an order as the calls show it that ask for orders."""
    return _common(spec, order) | {"time": order.created_ms}


def _trade(spec: Spec, fill: Fill) -> dict[str, Any]:
    order, trade = fill.order, fill.trade
    shown = {
        "symbol": order.symbol, "id": trade.id, "orderId": order.id, "side": order.side,
        "price": fixed(trade.price, spec.price_digits), "qty": fixed(trade.quantity, spec.quantity_digits),
        "realizedPnl": decimal(fill.profit), "commission": decimal(fill.fee),
        "commissionAsset": order.contract.asset, "time": trade.time_ms, "positionSide": order.wanted.side,
        "buyer": order.side == SIDE_BUY, "maker": fill.maker,
    }  # fmt: skip
    value = worth(spec, fill.value * UNIT)
    if spec.size:
        return shown | {"pair": spec.pair, "marginAsset": order.contract.asset, "baseQty": value}
    return shown | {"quoteQty": value}


def _income_row(income: Income) -> dict[str, Any]:
    return {
        "symbol": income.symbol, "incomeType": income.kind, "income": decimal(income.amount),
        "asset": income.asset, "info": str(income.trade_id) if income.trade_id else income.kind,
        "time": income.time_ms, "tranId": income.number,
        "tradeId": str(income.trade_id) if income.trade_id else "",
    }  # fmt: skip


# -- orders ----------------------------------------------------------------------------------------------


def _read(trading: Trading) -> Any:
    contract = trading.contract()
    spec, price = trading.spec(contract), mark(contract, trading.dealings.markets)
    wanted = read_order(trading.asked, spec, trading.holdings.hedge, price)
    if wanted.client_id in {order.client_id for order in trading.ledger.open.values()}:
        raise BinanceAPIException(400, -4116, "clientOrderId is duplicated")
    return contract, spec, wanted


def _place(trading: Trading) -> Any:
    contract, spec, wanted = _read(trading)
    form = trading.params.get("newOrderRespType", "ACK")
    if form not in ("ACK", "RESULT"):
        raise not_valid("newOrderRespType")
    if trading.asked.limits.orders_per_10_s is not None:  # the venue has numbers of its own
        trading.dealings.orders.count(trading.account)
    order = trading.dealings.orders.place(trading.account, contract, wanted)
    return _placed(spec, order) if form == "RESULT" else _acknowledged(spec, order)


def _test(trading: Trading) -> Any:
    contract, spec, wanted = _read(trading)
    trading.dealings.orders.check(trading.account, contract, wanted)
    order = ContractOrder(trading.account, contract, trading.dealings.markets, wanted, 0)
    return _placed(spec, order)


def _named(trading: Trading, params: Mapping[str, str], wrong: BinanceAPIException) -> ContractOrder:
    """Return the order that a call names."""
    if not ("orderId" in params or "origClientOrderId" in params):
        text = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
        raise BinanceAPIException(400, -1102, text)
    number, client_id = trading.asked.number("orderId"), params.get("origClientOrderId")
    order = trading.ledger.find(trading.contract().symbol, number, client_id)
    if order is None:
        raise wrong
    return order


def _unknown() -> BinanceAPIException:
    return BinanceAPIException(400, -2011, "Unknown order sent.")


def _absent() -> BinanceAPIException:
    return BinanceAPIException(400, -2013, "Order does not exist.")


def _cancel(trading: Trading) -> Any:
    order = _named(trading, trading.params, _unknown())
    if not order.is_open:
        raise _unknown()
    trading.dealings.orders.cancel(order)
    return _placed(trading.spec(order.contract), order)


def _order(trading: Trading) -> Any:
    order = _named(trading, trading.params, _absent())
    return _asked_for(trading.spec(order.contract), order)


def _open_order(trading: Trading) -> Any:
    order = _named(trading, trading.params, _absent())
    if not order.is_open:
        raise _absent()
    return _asked_for(trading.spec(order.contract), order)


def _symbols(trading: Trading, needed: bool) -> set[str]:
    """Return the symbols of ``symbol`` or ``pair``, which COIN-M has; all, unless one has to be named."""
    if trading.leg == CM and "pair" in trading.params:
        if "symbol" in trading.params:
            raise bad_combination()
        found = {each.symbol for each in trading.contracts() if each.pair == trading.params["pair"]}
        return found or {_no_symbol().symbol}
    if needed or "symbol" in trading.params:
        return {trading.contract().symbol}
    return {each.symbol for each in trading.contracts()}


def _open_orders(trading: Trading) -> Any:
    symbols = _symbols(trading, needed=False)
    found = [order for order in trading.ledger.open.values() if order.symbol in symbols]
    return [_asked_for(trading.spec(order.contract), order) for order in found]


def _cancel_all(trading: Trading) -> Any:
    symbol = trading.contract().symbol
    for order in [order for order in trading.ledger.open.values() if order.symbol == symbol]:
        trading.dealings.orders.cancel(order)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def _span(trading: Trading) -> tuple[int, int]:
    """Return the first and the last moment of ``startTime`` and ``endTime``, a week at most."""
    first_ms, last_ms = trading.asked.time_ms("startTime"), trading.asked.time_ms("endTime")
    if first_ms is not None and last_ms is not None:
        if first_ms > last_ms:
            raise BinanceAPIException(400, -1023, "Start time is greater than end time.")
        if last_ms - first_ms > _WEEK_MS:
            raise BinanceAPIException(400, -4165, "Maximum time interval is 7 days")
    if last_ms is None:
        last_ms = 2**63 if first_ms is None else first_ms + _WEEK_MS
    return first_ms or 0, last_ms


def _most(trading: Trading, default: int, most: int) -> int:
    limit = trading.asked.number("limit")
    if limit == 0:
        raise not_valid("limit")
    return min(limit or default, most)


def _last(found: Iterable[Any], first: bool, most: int) -> list[Any]:
    """Return the first items, or the last ones."""
    return list(islice(found, most)) if first else list(found)[-most:]


def _all_orders(trading: Trading) -> Any:
    symbols = _symbols(trading, needed=True)
    first_ms, last_ms = _span(trading)
    from_id = trading.asked.number("orderId") or 0
    found = (
        order
        for order in trading.ledger.orders()
        if order.symbol in symbols and order.id >= from_id and first_ms <= order.created_ms <= last_ms
    )
    kept = _last(found, bool(from_id or first_ms), _most(trading, 500, 1000))
    return [_asked_for(trading.spec(order.contract), order) for order in kept]


def _trades(trading: Trading) -> Any:
    params = trading.params
    symbols = _symbols(trading, needed=True)
    if "fromId" in params and ("startTime" in params or "endTime" in params):
        raise bad_combination()
    first_ms, last_ms = _span(trading)
    from_id, of_order = trading.asked.number("fromId") or 0, trading.asked.number("orderId")
    found = (
        fill
        for fill in trading.ledger.trades
        if fill.order.symbol in symbols
        and fill.trade.id >= from_id
        and of_order in (None, fill.order.id)
        and first_ms <= fill.trade.time_ms <= last_ms
    )
    kept = _last(found, bool(from_id or first_ms), _most(trading, 500, 1000))
    return [_trade(trading.spec(fill.order.contract), fill) for fill in kept]


def _income(trading: Trading) -> Any:
    params = trading.params
    symbol, kind = params.get("symbol"), params.get("incomeType")
    if symbol is not None:
        symbol = trading.contract().symbol
    first_ms, last_ms = trading.asked.time_ms("startTime"), trading.asked.time_ms("endTime")
    found = (
        income
        for income in trading.ledger.income
        if symbol in (None, income.symbol)
        and kind in (None, income.kind)
        and (first_ms or 0) <= income.time_ms <= (2**63 if last_ms is None else last_ms)
    )
    return [_income_row(income) for income in _last(found, first_ms is not None, _most(trading, 100, 1000))]


# -- several orders --------------------------------------------------------------------------------------


def _listed(params: Mapping[str, str], name: str, most: int, wrong: BinanceAPIException) -> list[Any]:
    """Return a parameter that is a JSON list of one to *most* items; for another number *wrong* is raised."""
    try:
        found = json.loads(mandatory(params, name))
    except (ValueError, RecursionError) as exc:
        raise not_valid(name) from exc
    if not isinstance(found, list):
        raise not_valid(name)
    if not 1 <= len(found) <= most:
        raise wrong
    return found


def _each(trading: Trading, act: Callable[[Trading], Any], calls: Iterable[Mapping[str, str]]) -> Any:
    """Return what becomes of several calls, each its answer or its error."""
    shown = []
    for params in calls:
        try:
            shown.append(act(trading.with_params(params)))
        except BinanceAPIException as error:
            shown.append({"code": error.code, "msg": error.message})
    return shown


def _place_batch(trading: Trading) -> Any:
    wrong = BinanceAPIException(400, -4082, "Invalid number of batch place orders.")
    orders = _listed(trading.params, "batchOrders", _MOST_IN_BATCH, wrong)
    if not all(isinstance(order, dict) for order in orders):
        raise not_valid("batchOrders")
    texts = ({name: _text(value) for name, value in order.items()} for order in orders)
    return _each(trading, _place, texts)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cancel_batch(trading: Trading) -> Any:
    params = trading.params
    symbol = trading.contract().symbol
    name = "orderIdList" if "orderIdList" in params else "origClientOrderIdList"
    one = "orderId" if name == "orderIdList" else "origClientOrderId"
    wrong = BinanceAPIException(400, -4032, "Exceed maximum cancel order size.")
    named = _listed(params, name, _MOST_CANCELED, wrong)
    return _each(trading, _cancel, ({"symbol": symbol, one: _text(each)} for each in named))


# -- settings --------------------------------------------------------------------------------------------


def _leverage(trading: Trading) -> Any:
    contract, markets = trading.contract(), trading.dealings.markets
    mandatory(trading.params, "leverage")
    leverage = trading.asked.number("leverage") or 0
    most = most_notional(leverage) if leverage else None
    if most is None:
        raise BinanceAPIException(400, -4028, f"Leverage {leverage} is not valid")
    holdings = trading.holdings
    held = contract.symbol in holdings.isolated and any(p.amount for p in holdings.look(contract))
    if held and leverage < holdings.leverage_of(contract.symbol):
        text = "Leverage reduction is not supported in Isolated Margin Mode with open positions"
        raise BinanceAPIException(400, -4161, text)
    event = leverage_set(trading.account, contract, markets, leverage)
    trading.dealings.orders.reserve_again(trading.account, contract)
    trading.dealings.orders.report(trading.account, event)
    allowed = "maxQty" if trading.leg == CM else "maxNotionalValue"
    return {"leverage": leverage, allowed: str(most), "symbol": contract.symbol}


def _margin_type(trading: Trading) -> Any:
    contract, isolated = trading.contract(), trading.holdings.isolated
    kind = mandatory(trading.params, "marginType")
    if kind not in ("ISOLATED", "CROSSED"):
        raise not_valid("marginType")
    wanted = kind == "ISOLATED"
    if wanted == (contract.symbol in isolated):
        raise BinanceAPIException(400, -4046, "No need to change margin type.")
    if any(order.symbol == contract.symbol for order in trading.ledger.open.values()):
        text = "Margin type cannot be changed if there exists open orders."
        raise BinanceAPIException(400, -4047, text)
    if any(position.amount for position in trading.holdings.look(contract)):
        text = "Margin type cannot be changed if there exists position."
        raise BinanceAPIException(400, -4048, text)
    if wanted:
        isolated.add(contract.symbol)
    else:
        isolated.remove(contract.symbol)
    return {"code": 200, "msg": "success"}


def _mode(trading: Trading) -> Any:
    return {"dualSidePosition": trading.holdings.hedge}


def _change_mode(trading: Trading) -> Any:
    mandatory(trading.params, "dualSidePosition")
    wanted = trading.asked.flag("dualSidePosition", False)
    if wanted == trading.holdings.hedge:
        raise BinanceAPIException(400, -4059, "No need to change position side.")
    if trading.ledger.open:
        text = "Position side cannot be changed if there exists open orders."
        raise BinanceAPIException(400, -4067, text)
    if trading.holdings.open_positions():
        text = "Position side cannot be changed if there exists position."
        raise BinanceAPIException(400, -4068, text)
    trading.holdings.hedge = wanted
    return {"code": 200, "msg": "success"}


def _commission(trading: Trading) -> Any:
    rates = {"makerCommissionRate": MAKER_FEE_DIVISOR, "takerCommissionRate": FUTURES_FEE_DIVISOR}
    shown = {name: fixed(UNIT // divisor, 6) for name, divisor in rates.items()}
    return {"symbol": trading.contract().symbol} | shown


def _force_orders(trading: Trading) -> Any:
    """Return the account's liquidations: none, since the sandbox does not liquidate accounts."""
    _symbols(trading, needed=False)
    return []


# By the path behind the venue's, and the verb.
_CALLS: Final[dict[str, dict[str, Callable[[Trading], Any]]]] = {
    "order": {"POST": _place, "GET": _order, "DELETE": _cancel},
    "order/test": {"POST": _test},
    "openOrder": {"GET": _open_order},
    "openOrders": {"GET": _open_orders},
    "allOrders": {"GET": _all_orders},
    "allOpenOrders": {"DELETE": _cancel_all},
    "batchOrders": {"POST": _place_batch, "DELETE": _cancel_batch},
    "userTrades": {"GET": _trades},
    "income": {"GET": _income},
    "leverage": {"POST": _leverage},
    "marginType": {"POST": _margin_type},
    "positionSide/dual": {"GET": _mode, "POST": _change_mode},
    "commissionRate": {"GET": _commission},
    "forceOrders": {"GET": _force_orders},
}

#: The kind of account and the leg of each path, and what answers by the verb.
TRADING: Final = {
    f"{prefix}/{name}": (kind, leg, verbs)
    for prefix, kind, leg in (("/fapi/v1", USDM, UM), ("/dapi/v1", COINM, CM))
    for name, verbs in _CALLS.items()
    if (leg, name) != (CM, "order/test")
}

# Weights by the path and the verb, where they are not 1: with ``symbol``, and without it.
_WEIGHTS: Final = {
    ("/fapi/v1/order", "POST"): (0, 0),
    ("/dapi/v1/order", "POST"): (0, 0),
    ("/fapi/v1/openOrders", "GET"): (1, 40),
    ("/dapi/v1/openOrders", "GET"): (1, 40),
    ("/fapi/v1/allOrders", "GET"): (5, 5),
    ("/dapi/v1/allOrders", "GET"): (20, 40),
    ("/fapi/v1/userTrades", "GET"): (5, 5),
    ("/dapi/v1/userTrades", "GET"): (20, 40),
    ("/fapi/v1/batchOrders", "POST"): (5, 5),
    ("/dapi/v1/batchOrders", "POST"): (5, 5),
    ("/fapi/v1/income", "GET"): (30, 30),
    ("/dapi/v1/income", "GET"): (20, 20),
    ("/fapi/v1/positionSide/dual", "GET"): (30, 30),
    ("/dapi/v1/positionSide/dual", "GET"): (30, 30),
    ("/fapi/v1/commissionRate", "GET"): (20, 20),
    ("/dapi/v1/commissionRate", "GET"): (20, 20),
    ("/fapi/v1/forceOrders", "GET"): (20, 50),
    ("/dapi/v1/forceOrders", "GET"): (20, 50),
}


def weight(call: RestCall) -> int:
    """Return the weight of a call to one of :data:`TRADING`.

    Source: *USD-M* and *COIN-M Futures*, "Trade" and "Account".
    """
    one, of_all = _WEIGHTS.get((call.path, call.method), (1, 1))
    return one if "symbol" in call.params else of_all


def answer(
    call: RestCall,
    api_key: str | None,
    accounts: Accounts,
    dealings: Dealings,
    sent: Sent,
    clock: Clock,
    limits: Limits,
) -> Answer:
    """Answer a call to one of :data:`TRADING`; the events that it makes wait in the dealings.

    :param api_key: the header ``X-MBX-APIKEY``, or None.
    :param sent: the call as it was sent, for signatures.
    """
    kind, leg, verbs = TRADING[call.path]
    asked = Asked(call.params, dealings.markets.spot, MILLIS, clock.offset_ms, limits)
    keyed = Keyed(call.method, asked, api_key, accounts, sent, clock)
    try:
        keyed.only(*verbs)
        trading = Trading(asked, keyed.signed(kind), leg, dealings)
        body = verbs[call.method](trading)
        counted = dealings.orders.counted(trading.account) if call.method == "POST" else ()
        return Answer(200, body, counted)
    except BinanceAPIException as error:
        return refused(error)
