"""Messages of every documented stream of derivatives, made from the table of their fields."""

from __future__ import annotations

from typing import Any

from .futures_fields import (
    COINM,
    FUTURES_LISTS,
    INSIDE,
    OPTIONS,
    OPTIONS_LISTS,
    OTHER_LISTS,
    OTHERS,
    USDM,
)

#: By venue and name: event and fields of a message, or, if its messages are lists, of an item.
SINGLE: dict[str, dict[str, tuple[Any, ...]]] = {
    "usdm": USDM | OTHERS["usdm"],
    "coinm": COINM | OTHERS["coinm"],
    "options": OPTIONS,
}
LISTS: dict[str, dict[str, tuple[Any, ...]]] = {
    "usdm": FUTURES_LISTS | OTHER_LISTS["usdm"],
    "coinm": {name: (row[0], row[2]) for name, row in FUTURES_LISTS.items()} | OTHER_LISTS["coinm"],
    "options": OPTIONS_LISTS,
}
SESSIONS = ("EquityUpdate", "CommodityUpdate", "KR_EquityUpdate", "HK_EquityUpdate", "CN_EquityUpdate")
#: Streams of many markets, each of which has ids of its own.
OF_MANY = ("!bookTicker", "btcusdt@optionTrade")
MINUTE_MS = 60_000


def names(market: str) -> list[str]:
    """The documented streams of a venue."""
    return [*SINGLE[market], *LISTS[market]]


def message(market: str, name: str, number: int) -> Any:
    """One message of a stream, with exactly its documented fields.

    :param number: 0, 1 ... in the order in which they come.
    """
    if name in LISTS[market]:
        event, fields = LISTS[market][name][:2]
        return [_item(fields, number) | {"e": event, "s": symbol} for symbol in ("BTCUSDT", "ETHUSDT")]
    event, fields = SINGLE[market][name][:2]
    made = _item(fields, number) | {"e": event or SESSIONS[number % len(SESSIONS)]} | _ids(name, number)
    if name in OF_MANY:
        made["s"] = ("BTCUSDT", "ETHUSDT")[number % 2]
    return made


def _ids(name: str, number: int) -> dict[str, int]:
    """Depth names the message before in ``pu`` and leaves ids out, the top of a book is pushed twice without
    a change, ids of trades and of the best prices have holes; only those of aggregate trades have none.
    """
    kind = name.partition("@")[2] or name
    if kind.startswith(("depth", "rpiDepth")):
        if kind[5:6].isdigit():
            number //= 2
        return {"U": 1000 * number + 1020, "u": 1000 * number + 1500, "pu": 1000 * number + 500}
    of_market = number // 2 + 5000 * (number % 2) if name in OF_MANY else number
    numbered = {
        "aggTrade": {"a": number, "f": 10 * number, "l": 10 * number + 3},
        "trade": {"t": 3 * number},
        "optionTrade": {"t": 3 * of_market},
        "bookTicker": {"u": 7 * number},
        "!bookTicker": {"u": 7 * of_market},
    }
    return numbered.get(kind, {})


def _item(fields: str, number: int) -> dict[str, Any]:
    return {name: _value(name, kind, number) for name, kind in (part.split(":") for part in fields.split())}


def _value(name: str, kind: str, number: int) -> Any:
    if kind == "o":
        inside = INSIDE[name]
        return [_item(inside[0], number)] if isinstance(inside, list) else _inside(name, inside, number)
    values = {
        "s": "BTCUSDT",
        "i": 1_795_662_000_000 + number,
        "b": number % 2 == 1,
        "D": f"{number}.50",
        "N": 0.5,
        "L": [[f"{number}.10", "3"], [f"{number}.20", "0"]],
    }
    return values[kind]


def _inside(name: str, fields: str, number: int) -> dict[str, Any]:
    made = _item(fields, number)
    if name == "k":  # two messages of each kline, of which the second closes it
        opens = number // 2 * MINUTE_MS
        made |= {"t": opens, "T": opens + MINUTE_MS - 1, "f": 10 * number, "L": 10 * number + 3}
    return made
