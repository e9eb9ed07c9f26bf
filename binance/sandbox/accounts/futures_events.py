"""Events of USD-M and COIN-M accounts, those of portfolio margin included."""

from collections.abc import Iterable
from typing import Any, Final

from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import CM, Contract
from binance.sandbox.accounts.holdings import DEFAULT_LEVERAGE, MAINTENANCE_DIVISOR, Holdings, Position
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import mark
from binance.sandbox.accounts.venues import PORTFOLIO_MARGIN
from binance.sandbox.market.amounts import decimal

# The events that say whose they are on COIN-M.
_ALIASED: Final = ("ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE", "MARGIN_CALL")


def alias(account: Account) -> str:
    """Return the alias of a COIN-M account."""
    return f"sandbox{account.uid:x}"


def event(account: Account, leg: str, name: str, now_ms: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return an event of a leg of an account, with its name, its times, and what portfolio margin adds."""
    head: dict[str, Any] = {"e": name}
    if account.kind == PORTFOLIO_MARGIN:
        head["fs"] = leg
    head |= {"E": account.stamp(name, now_ms), "T": now_ms}
    if leg == CM and name in _ALIASED:
        head["i"] = alias(account)
    return head | body


def account_update(
    account: Account,
    leg: str,
    markets: Markets,
    reason: str,
    asset: str,
    changed: Iterable[Position] = (),
    delta: int = 0,
) -> dict[str, Any]:
    """Return the event with a balance and positions that have changed.

    :param reason: e.g. ``"ORDER"``.
    :param delta: by how much the balance has changed apart from profits and fees.

    Source: *USD-M* and *COIN-M Futures*, "Event: Balance and Position Update".
    """
    holdings = account.leg(leg)
    wallet, cross = decimal(holdings.wallet(asset)), decimal(holdings.cross_wallet(asset))
    body = {
        "m": reason,
        "B": [{"a": asset, "wb": wallet, "cw": cross, "bc": decimal(delta)}],
        "P": [_position(holdings, position, markets) for position in changed],
    }
    return event(account, leg, "ACCOUNT_UPDATE", int(markets.now_ms), {"a": body})


def _position(holdings: Holdings, position: Position, markets: Markets) -> dict[str, Any]:
    contract = position.contract
    isolated = contract.symbol in holdings.isolated
    return {
        "s": contract.symbol, "pa": decimal(position.amount), "ep": decimal(position.entry),
        "bep": decimal(position.entry), "cr": decimal(position.realised),
        "up": decimal(position.unrealised(mark(contract, markets))),
        "mt": "isolated" if isolated else "cross", "iw": decimal(holdings.isolated_wallet(position)),
        "ps": position.side,
    }  # fmt: skip


def margin_call(account: Account, contract: Contract, markets: Markets) -> dict[str, Any]:
    """Return the event that a position is short of margin.

    Source: *USD-M* and *COIN-M Futures*, "Event: Margin Call".
    """
    holdings = account.leg(contract.leg)
    position = holdings.position(contract)
    price = mark(contract, markets)
    body = {
        "cw": decimal(holdings.wallet(contract.asset)),
        "p": [
            {
                "s": contract.symbol, "ps": "BOTH", "pa": decimal(position.amount), "mt": "CROSSED",
                "iw": decimal(0), "mp": decimal(price), "up": decimal(position.unrealised(price)),
                "mm": decimal(maintenance(position, markets)),
            }
        ],
    }  # fmt: skip
    made = event(account, contract.leg, "MARGIN_CALL", int(markets.now_ms), body)
    del made["T"]
    return made


def leverage_changed(account: Account, contract: Contract, markets: Markets) -> dict[str, Any]:
    """Double the leverage of a symbol, or take the doubling back; returns the event.

    Source: *USD-M* and *COIN-M Futures*, "Event: Account Configuration Update".
    """
    holdings = account.leg(contract.leg)
    doubled = holdings.leverage_of(contract.symbol) != DEFAULT_LEVERAGE
    return leverage_set(account, contract, markets, DEFAULT_LEVERAGE if doubled else 2 * DEFAULT_LEVERAGE)


def leverage_set(account: Account, contract: Contract, markets: Markets, leverage: int) -> dict[str, Any]:
    """Set the leverage of a symbol; returns the event."""
    account.leg(contract.leg).leverage[contract.symbol] = leverage
    body = {"ac": {"s": contract.symbol, "l": leverage}}
    return event(account, contract.leg, "ACCOUNT_CONFIG_UPDATE", int(markets.now_ms), body)


def multi_assets_changed(account: Account, leg: str, markets: Markets) -> dict[str, Any]:
    """Turn the multi-assets mode on, or off; returns the event."""
    holdings = account.leg(leg)
    holdings.multi_assets = not holdings.multi_assets
    body = {"ai": {"j": holdings.multi_assets}}
    return event(account, leg, "ACCOUNT_CONFIG_UPDATE", int(markets.now_ms), body)


def maintenance(position: Position, markets: Markets) -> int:
    """Return the margin that has to be left for a position."""
    return position.worth(mark(position.contract, markets)) // MAINTENANCE_DIVISOR


def initial(holdings: Holdings, position: Position, markets: Markets) -> int:
    """Return the margin that a position takes to be entered."""
    return position.worth(mark(position.contract, markets)) // holdings.leverage_of(position.contract.symbol)
