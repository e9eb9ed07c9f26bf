"""Events of accounts that do not come from orders: what was deposited, and what has ended."""

from collections.abc import Collection
from typing import Any

from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.venues import EXPIRED, OPTIONS
from binance.sandbox.market.amounts import decimal, units


def stream_terminated(now_ms: int) -> dict[str, Any]:
    """Return the event that a subscription has ended.

    Source: Spot *User Data Streams*, "Event Stream Terminated".
    """
    return {"e": "eventStreamTerminated", "E": now_ms}


def listen_key_expired(account: Account, listen_key: str, now_ms: int) -> dict[str, Any]:
    """Return the event that a listen key has expired; the socket stays open after it.

    Source: *User Data Streams*, "Listen Key Expired"; of options the time is a string.
    """
    time_ms = account.stamp(EXPIRED, now_ms)
    return {
        "e": EXPIRED, "E": str(time_ms) if account.kind == OPTIONS else time_ms, "listenKey": listen_key,
    }  # fmt: skip


def position(account: Account, assets: Collection[str], now_ms: int) -> dict[str, Any]:
    """Return the event with the balances that may have changed.

    Source: Spot *User Data Streams*, "Account Update".
    """
    return {
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": now_ms,
        "B": [
            {"a": a, "f": decimal(account.balance(a)), "l": decimal(account.locked.get(a, 0))} for a in assets
        ],
    }


def deposit(account: Account, asset: str, amount: str, now_ms: int) -> list[dict[str, Any]]:
    """Add to a balance, or take from it.

    :param amount: signed decimal string.
    :returns: the events ``balanceUpdate`` and ``outboundAccountPosition``.
    :raises InvalidArgument: if *amount* is not a number.

    Source: Spot *User Data Streams*, "Balance Update".
    """
    delta = units(amount)
    account.add(asset, delta)
    account.updated_ms = now_ms
    update = {"e": "balanceUpdate", "E": now_ms, "a": asset, "d": decimal(delta), "T": now_ms}
    return [update, position(account, [asset], now_ms)]
