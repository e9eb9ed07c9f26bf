"""Events of accounts of options."""

from collections.abc import Iterable
from typing import Any, Final

from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import OPTION, Contract
from binance.sandbox.accounts.holdings import Holdings
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import greeks, mark
from binance.sandbox.market.amounts import UNIT, decimal

# Sellers of options leave this part of the underlying's value as margin.
_INITIAL_DIVISOR: Final = 10
_MAINTENANCE_DIVISOR: Final = 20


def figures(holdings: Holdings, markets: Markets) -> dict[str, int]:
    """Return what an account comes to, in units of 1e-8 of USDT.

    :returns: ``balance``, ``value`` of the positions, ``unrealised`` profit, ``initial`` and ``maintenance``
        margin, ``equity``.
    """
    positions = holdings.open_positions()
    value = sum(p.worth(mark(p.contract, markets)) * p.sign for p in positions)
    unrealised = sum(p.unrealised(mark(p.contract, markets)) for p in positions)
    short = sum(-p.amount * p.contract.strike // UNIT for p in positions if p.amount < 0)
    balance = holdings.wallet("USDT")
    return {
        "balance": balance, "value": value, "unrealised": unrealised, "initial": short // _INITIAL_DIVISOR,
        "maintenance": short // _MAINTENANCE_DIVISOR, "equity": balance + value,
    }  # fmt: skip


def event(account: Account, name: str, now_ms: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return an event with its name and its times."""
    return {"e": name, "E": account.stamp(name, now_ms), "T": now_ms} | body


def account_update(account: Account, markets: Markets) -> dict[str, Any]:
    """Return the event with equity and margins.

    Source: *European Options*, "Event: Account data".
    """
    found = figures(account.leg(OPTION), markets)
    body = {
        "eq": decimal(found["equity"]), "aeq": decimal(found["equity"]), "b": decimal(found["balance"]),
        "m": decimal(found["value"]), "u": decimal(found["unrealised"]), "i": decimal(found["initial"]),
        "M": decimal(found["maintenance"]),
    }  # fmt: skip
    return event(account, "ACCOUNT_UPDATE", int(markets.now_ms), body)


def balance_position(
    account: Account, markets: Markets, reason: str, changed: Iterable[Contract] = (), delta: int = 0
) -> dict[str, Any]:
    """Return the event with the balance and the positions that have changed.

    :param delta: by how much the balance has changed.

    Source: *European Options*, "Event: Balance and Position Update".
    """
    holdings = account.leg(OPTION)
    positions = [holdings.position(contract) for contract in changed]
    body = {
        "m": reason,
        "B": [{"a": "USDT", "b": decimal(holdings.wallet("USDT")), "bc": decimal(delta)}],
        "P": [
            {
                "s": p.contract.symbol, "c": decimal(p.amount),
                "p": decimal(p.worth(mark(p.contract, markets)) * p.sign), "a": decimal(p.entry),
            }
            for p in positions
        ],
    }  # fmt: skip
    return event(account, "BALANCE_POSITION_UPDATE", int(markets.now_ms), body)


def greek_sums(account: Account, markets: Markets) -> list[dict[str, str]]:
    """Return the greeks of all positions, by underlying: ``u``, ``d``, ``g``, ``t`` and ``v``."""
    sums: dict[str, list[float]] = {}
    for position in account.leg(OPTION).open_positions():
        total = sums.setdefault(position.contract.pair, [0.0] * 4)
        found = greeks(position.contract, markets)
        for number, greek in enumerate((found.delta, found.gamma, found.theta, found.vega)):
            total[number] += greek * position.amount / UNIT
    return [
        {"u": pair} | {letter: f"{each:.8f}" for letter, each in zip("dgtv", total, strict=True)}
        for pair, total in sums.items()
    ]


def greek_update(account: Account, markets: Markets) -> dict[str, Any]:
    """Return the event with the greeks of all positions, by underlying.

    Source: *European Options*, "Event: Greek update".
    """
    return event(account, "GREEK_UPDATE", int(markets.now_ms), {"G": greek_sums(account, markets)})


def risk_level(account: Account, markets: Markets) -> dict[str, Any]:
    """Return the event that positions may only be reduced.

    Source: *European Options*, "Event: Risk level change".
    """
    found = figures(account.leg(OPTION), markets)
    name = "RISK_LEVEL_CHANGE"
    return {
        "e": name, "E": account.stamp(name, int(markets.now_ms)), "s": "REDUCE_ONLY",
        "mb": decimal(found["equity"]), "mm": decimal(found["maintenance"]),
    }  # fmt: skip
