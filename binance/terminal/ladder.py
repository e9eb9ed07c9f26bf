"""The picture of an order book: asks above, bids below, as wide as the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from binance.order.book import Row

#: Levels of each side in a picture that has room for them.
LEVELS = 10
#: What the largest quantity of a picture is drawn with at most.
_LONGEST_BAR = 40


@dataclass
class Seen:
    """What was last seen of a book.

    :ivar bids: the best of them, best first; ``asks`` likewise.
    :ivar state: ``"waiting"``, ``"synced"``, ``"lost"``, ``"given up"``.
    :ivar at_s: when it last changed, by the clock of the picture; None: not yet.
    :ivar resyncs: how often it was true again after it was lost.
    """

    symbol: str
    bids: list[Row] = field(default_factory=list)
    asks: list[Row] = field(default_factory=list)
    last_update_id: int = 0
    state: str = "waiting"
    at_s: float | None = None
    resyncs: int = 0


def ladder(seen: Seen, now_s: float, columns: int = 80, lines: int = 2 * LEVELS + 5) -> list[str]:
    """The lines of a picture.

    :param columns: characters of a line; *lines*: at most, but a level of each side is always shown.
    """
    columns = max(columns, 1)
    head = wrapped(_facts(seen, now_s), columns)
    count = max(1, min(LEVELS, (lines - len(head) - 2) // 2))
    asks, bids = seen.asks[:count], seen.bids[:count]
    prices = max((len(row[0]) for row in (*asks, *bids)), default=0)
    amounts = max((len(row[1]) for row in (*asks, *bids)), default=0)
    largest = max((Decimal(row[1]) for row in (*asks, *bids)), default=Decimal(0))
    room = min(columns - prices - amounts - 3, _LONGEST_BAR)

    def line(row: Row) -> str:
        bar = "#" * int(room * Decimal(row[1]) / largest) if room > 0 and largest else ""
        return f"{row[0]:>{prices}} {row[1]:>{amounts}} {bar}".rstrip()[:columns]

    middle = "-" * min(columns, prices + amounts + 1)
    return ["", *head, *map(line, reversed(asks)), middle, *map(line, bids)]


def wrapped(facts: Iterable[str], columns: int) -> list[str]:
    """Facts in lines, two blanks between two; a fact that no line has room for is cut off."""
    lines: list[str] = []
    for fact in facts:
        if lines and len(lines[-1]) + 2 + len(fact) <= columns:
            lines[-1] += f"  {fact}"
        else:
            lines.append(fact[:columns])
    return lines


def _facts(seen: Seen, now_s: float) -> list[str]:
    facts = [seen.symbol, seen.state]
    if seen.bids and seen.asks:
        bid, ask = Decimal(seen.bids[0][0]), Decimal(seen.asks[0][0])
        facts.append(f"spread {ask - bid:f} ({(ask - bid) / (ask + bid) * 200:.4f} %)")
        facts.append(f"imbalance {imbalance(seen.bids, seen.asks):+.0f} %")
    if seen.at_s is not None:
        facts.append(f"age {now_s - seen.at_s:.1f} s")
    return [*facts, f"resyncs {seen.resyncs}", f"id {seen.last_update_id}"]


def imbalance(bids: list[Row], asks: list[Row]) -> float:
    """How much more is bid than asked at the best :data:`LEVELS`: from -100 to 100, in percent of both."""
    bid, ask = (sum(Decimal(row[1]) for row in rows[:LEVELS]) for rows in (bids, asks))
    return float((bid - ask) / (bid + ask) * 100) if bid + ask else 0.0
