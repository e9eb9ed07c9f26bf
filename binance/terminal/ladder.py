"""The picture of an order book: asks above, bids below, as wide as the terminal. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from binance.order.book import Row
from binance.terminal.screen import Line, Span

#: Levels of each side in a picture that has room for them.
LEVELS = 10
#: What the largest quantity of a picture is drawn with at most.
_LONGEST_BAR = 40

_STATES = {"waiting": "waiting", "synced": "good", "lost": "bad", "given up": "bad"}


@dataclass
class Seen:
    """What was last seen of a book.

    :ivar bids: the best of them, best first; ``asks`` likewise.
    :ivar state: ``"waiting"``, ``"synced"``, ``"lost"``, ``"given up"``.
    :ivar at_s: when it last changed, by the clock of the picture; None: not yet.
    :ivar lost_at_s: when it was lost, while it is; ``reason``: why.
    :ivar resyncs: how often it was true again after it was lost.
    """

    symbol: str
    bids: list[Row] = field(default_factory=list)
    asks: list[Row] = field(default_factory=list)
    last_update_id: int = 0
    state: str = "waiting"
    at_s: float | None = None
    lost_at_s: float = 0.0
    reason: str = ""
    resyncs: int = 0

    @property
    def is_true(self) -> bool:
        """Whether the levels are those of the exchange now."""
        return self.state == "synced"


class Ladder:
    """Pictures of a book, of the window's size.

    :param now_s: the clock of the pictures.
    """

    def __init__(self, seen: Seen, now_s: Callable[[], float]) -> None:
        self._seen = seen
        self._now_s = now_s

    def height(self, columns: int) -> int:
        """See :class:`~binance.terminal.screen.View`."""
        # its facts may take a line more in a moment: the events below shall not move then
        return 2 * LEVELS + 1 + max(2, len(wrapped(_facts(self._seen, self._now_s()), columns)))

    def picture(self, columns: int | None, lines: int | None) -> list[Line]:
        """See :class:`~binance.terminal.screen.View`."""
        return ladder(self._seen, self._now_s(), columns or 80, lines or 2 * LEVELS + 5)


def ladder(seen: Seen, now_s: float, columns: int = 80, lines: int = 2 * LEVELS + 5) -> list[Line]:
    """The lines of a picture.

    One of a book that is not true is faint, and the line between asks and bids says so.

    :param columns: cells of a line; *lines*: at most, but a level of each side is always shown.
    """
    columns = max(columns, 1)
    head = wrapped(_facts(seen, now_s), columns)
    count = max(1, min(LEVELS, (lines - len(head) - 1) // 2))
    asks, bids = seen.asks[:count], seen.bids[:count]
    prices = max((len(row[0]) for row in (*asks, *bids)), default=0)
    amounts = max((len(row[1]) for row in (*asks, *bids)), default=0)
    largest = max((Decimal(row[1]) for row in (*asks, *bids)), default=Decimal(0))
    room = min(columns - prices - amounts - 3, _LONGEST_BAR)

    def level(row: Row, style: str) -> Line:
        bar = "#" * int(room * Decimal(row[1]) / largest) if room > 0 and largest else ""
        numbers = f"{row[0]:>{prices}} {row[1]:>{amounts}} "
        if not seen.is_true:
            return [(f"{numbers}{bar}".rstrip()[:columns], "faint")]
        return [(numbers[:columns], ""), (bar, style)]

    middle = _middle(seen, now_s, min(columns, prices + amounts + 1), columns)
    return [
        *head,
        *(level(row, "ask") for row in reversed(asks)),
        middle,
        *(level(row, "bid") for row in bids),
    ]


def _middle(seen: Seen, now_s: float, width: int, columns: int) -> Line:
    """The line between asks and bids; right across, with the reason, where the levels are not true."""
    if seen.is_true or seen.at_s is None:
        return [("-" * width, "faint")]
    words = f"-- NOT TRUE for {now_s - seen.lost_at_s:.0f} s: {seen.reason} "
    return [(f"{words:-<{columns}}"[:columns], "bad")]


def wrapped(facts: Iterable[Span], columns: int) -> list[Line]:
    """Facts in lines, two blanks between two; a fact that no line has room for is cut off."""
    lines: list[list[Span]] = []
    used = 0
    for text, style in facts:
        if lines and used + 2 + len(text) <= columns:
            lines[-1] += [("  ", ""), (text, style)]
            used += 2 + len(text)
        else:
            lines.append([(text[:columns], style)])
            used = len(text)
    return list(lines)


def _facts(seen: Seen, now_s: float) -> list[Span]:
    facts = [(seen.symbol, "title"), (seen.state, _STATES[seen.state])]
    if seen.bids and seen.asks:
        bid, ask = Decimal(seen.bids[0][0]), Decimal(seen.asks[0][0])
        facts.append((f"spread {ask - bid:f} ({(ask - bid) / (ask + bid) * 200:.4f} %)", ""))
        facts.append((f"imbalance {imbalance(seen.bids, seen.asks):+.0f} %", ""))
    if seen.at_s is not None:
        facts.append((f"age {now_s - seen.at_s:.1f} s", ""))
    return [*facts, (f"resyncs {seen.resyncs}", ""), (f"id {seen.last_update_id}", "")]


def imbalance(bids: list[Row], asks: list[Row]) -> float:
    """How much more is bid than asked at the best :data:`LEVELS`: from -100 to 100, in percent of both."""
    bid, ask = (sum(Decimal(row[1]) for row in rows[:LEVELS]) for rows in (bids, asks))
    return float((bid - ask) / (bid + ask) * 100) if bid + ask else 0.0
