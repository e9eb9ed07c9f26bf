"""Events of accounts of derivatives that no order makes: margin calls, strategies, algo orders, risk."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts import futures_events, options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import Contract
from binance.sandbox.accounts.futures_events import account_update
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import index, mark
from binance.sandbox.accounts.venues import COINM, OPTIONS, PORTFOLIO_MARGIN, USDM, VENUES
from binance.sandbox.market.amounts import UNIT, decimal


class Wish(NamedTuple):
    """What an event at will is about.

    :ivar symbol: whether the contract was named.
    :ivar ids: numbers strategies, algo orders and events.
    """

    account: Account
    contract: Contract
    markets: Markets
    symbol: bool
    ids: Iterator[int]

    @property
    def now_ms(self) -> int:
        """The exchange's time."""
        return int(self.markets.now_ms)

    def event(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return an event of futures."""
        return futures_events.event(self.account, self.contract.leg, name, self.now_ms, body)

    def plain(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return an event of portfolio margin as a whole."""
        return {"e": name, "E": self.account.stamp(name, self.now_ms)} | body


def make(name: str, wish: Wish) -> dict[str, Any]:
    """Make an event.

    :raises InvalidArgument: if this kind of account has no such event.
    """
    kind = wish.account.kind
    if name not in VENUES[kind].at_will:
        raise InvalidArgument(
            f"no call makes {name!r} of {kind}; use one of {', '.join(VENUES[kind].at_will)}"
        )
    maker = _MAKERS.get((kind, name)) or _MAKERS["", name]
    return maker(wish)


def _funding(wish: Wish) -> dict[str, Any]:
    """Charge a funding fee, at the rate of the market."""
    account, contract, markets = wish.account, wish.contract, wish.markets
    holdings = account.leg(contract.leg)
    futures, price = markets.futures, mark(contract, markets)
    rate, _ = futures.prices.funding(futures.books[contract.symbol], wish.now_ms)
    fee = sum(-p.worth(price) * p.sign * rate for p in holdings.look(contract)) // UNIT
    holdings.pay(contract.asset, fee)
    made = account_update(account, contract.leg, markets, "FUNDING_FEE", contract.asset, (), fee)
    made["a"]["S"] = contract.symbol
    return made


def _config(wish: Wish) -> dict[str, Any]:
    """Change the leverage of the symbol named; without one the multi-assets mode, where there is that."""
    if wish.symbol or wish.account.kind == COINM:
        return futures_events.leverage_changed(wish.account, wish.contract, wish.markets)
    return futures_events.multi_assets_changed(wish.account, wish.contract.leg, wish.markets)


def _algo(wish: Wish) -> dict[str, Any]:
    number = next(wish.ids)
    price = decimal(mark(wish.contract, wish.markets))
    body = {
        "caid": f"sandbox-{number}", "aid": number, "at": "CONDITIONAL", "o": "STOP_MARKET",
        "s": wish.contract.symbol, "S": "SELL", "ps": "BOTH", "f": "GTC", "q": decimal(wish.contract.step),
        "X": "NEW", "ai": "", "ap": decimal(0), "aq": decimal(0), "act": "0", "tp": price, "p": decimal(0),
        "V": "NONE", "wt": "CONTRACT_PRICE", "pm": "NONE", "cp": False, "pP": False, "R": True, "tt": 0,
        "gtd": 0, "rm": "", "ia": False,
    }  # fmt: skip
    return wish.event("ALGO_UPDATE", {"o": body})


def _strategy(wish: Wish) -> dict[str, Any]:
    body = {
        "si": next(wish.ids), "st": "GRID", "ss": "NEW", "s": wish.contract.symbol, "ut": wish.now_ms,
        "c": 8007,
    }  # fmt: skip
    return wish.event("STRATEGY_UPDATE", {"su": body})


def _grid(wish: Wish) -> dict[str, Any]:
    position = wish.account.leg(wish.contract.leg).position(wish.contract)
    price = mark(wish.contract, wish.markets)
    body = {
        "si": next(wish.ids), "st": "GRID", "ss": "WORKING", "s": wish.contract.symbol,
        "r": decimal(position.realised), "up": decimal(position.entry), "uq": decimal(position.amount),
        "uf": decimal(0), "mp": decimal(position.unrealised(price)), "ut": wish.now_ms,
    }  # fmt: skip
    return wish.event("GRID_UPDATE", {"gu": body})


def _trigger_reject(wish: Wish) -> dict[str, Any]:
    body = {"s": wish.contract.symbol, "i": next(wish.ids), "r": "Due to the order could not be filled"}
    return wish.event("CONDITIONAL_ORDER_TRIGGER_REJECT", {"or": body})


def _conditional(wish: Wish) -> dict[str, Any]:
    number = next(wish.ids)
    price = decimal(mark(wish.contract, wish.markets))
    body = {
        "s": wish.contract.symbol, "c": f"sandbox-{number}", "si": number, "S": "SELL", "st": "STOP_MARKET",
        "f": "GTC", "q": decimal(wish.contract.step), "p": decimal(0), "sp": price, "os": "NEW",
        "T": wish.now_ms, "ut": wish.now_ms, "R": True, "wt": "MARK_PRICE", "ps": "BOTH", "cp": False,
        "AP": decimal(0), "cr": decimal(0), "i": 0, "V": "NONE", "gtd": 0,
    }  # fmt: skip
    return wish.event("CONDITIONAL_ORDER_TRADE_UPDATE", {"so": body})


def _algo_order(wish: Wish) -> dict[str, Any]:
    return wish.event("ALGO_ORDER_UPDATE", {"ao": _algo(wish)["o"]})


def _liability(wish: Wish) -> dict[str, Any]:
    number = next(wish.ids)
    body = {
        "a": wish.contract.asset, "t": "BORROW", "T": number, "p": decimal(UNIT), "i": decimal(0),
        "l": decimal(UNIT),
    }  # fmt: skip
    return wish.plain("liabilityChange", body)


def _open_order_loss(wish: Wish) -> dict[str, Any]:
    position = wish.account.leg(wish.contract.leg).position(wish.contract)
    loss = min(position.unrealised(mark(wish.contract, wish.markets)), 0)
    return wish.plain("openOrderLoss", {"O": [{"a": wish.contract.asset, "o": decimal(loss)}]})


def _risk(wish: Wish) -> dict[str, Any]:
    """Report a margin call of the whole account, in dollars."""
    equity = margin = 0
    for leg in VENUES[PORTFOLIO_MARGIN].legs:
        holdings = wish.account.leg(leg)
        positions = holdings.open_positions()
        for contract in {p.contract.asset: p.contract for p in positions}.values():
            equity += _dollars(contract, holdings.wallet(contract.asset), wish)
        equity += sum(
            _dollars(p.contract, p.unrealised(mark(p.contract, wish.markets)), wish) for p in positions
        )
        margin += sum(
            _dollars(p.contract, futures_events.maintenance(p, wish.markets), wish) for p in positions
        )
    body = {
        "u": decimal(equity * UNIT // margin if margin else 0), "s": "MARGIN_CALL", "eq": decimal(equity),
        "ae": decimal(equity), "m": decimal(margin),
    }  # fmt: skip
    return wish.plain("riskLevelChange", body)


def _dollars(contract: Contract, amount: int, wish: Wish) -> int:
    return amount * index(contract, wish.markets) // UNIT if contract.face else amount


# By the kind of account and the name, "" for all kinds.
_MAKERS: Final[dict[tuple[str, str], Callable[[Wish], dict[str, Any]]]] = {
    ("", "ACCOUNT_UPDATE"): _funding,
    ("", "ACCOUNT_CONFIG_UPDATE"): _config,
    ("", "MARGIN_CALL"): lambda w: futures_events.margin_call(w.account, w.contract, w.markets),
    (USDM, "ALGO_UPDATE"): _algo,
    ("", "STRATEGY_UPDATE"): _strategy,
    ("", "GRID_UPDATE"): _grid,
    (USDM, "CONDITIONAL_ORDER_TRIGGER_REJECT"): _trigger_reject,
    (OPTIONS, "ACCOUNT_UPDATE"): lambda w: options_events.account_update(w.account, w.markets),
    (OPTIONS, "GREEK_UPDATE"): lambda w: options_events.greek_update(w.account, w.markets),
    (OPTIONS, "RISK_LEVEL_CHANGE"): lambda w: options_events.risk_level(w.account, w.markets),
    (PORTFOLIO_MARGIN, "liabilityChange"): _liability,
    (PORTFOLIO_MARGIN, "openOrderLoss"): _open_order_loss,
    (PORTFOLIO_MARGIN, "riskLevelChange"): _risk,
    (PORTFOLIO_MARGIN, "CONDITIONAL_ORDER_TRADE_UPDATE"): _conditional,
    (PORTFOLIO_MARGIN, "ALGO_ORDER_UPDATE"): _algo_order,
}
