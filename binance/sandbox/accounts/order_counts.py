"""How many orders each account has sent that have not traded. Time is what a clock says."""

from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple

from binance.exceptions import BinanceAPIException
from binance.sandbox.limits import NO_LIMITS, Limits, Usage

# What the first trade of an order takes off the count: more, where it had to wait for it. Source: Spot
# *Unfilled Order Count Rules*, whose examples say so.
_OFF_AS_TAKER: Final = 1
_OFF_AS_MAKER: Final = 5


class _Span(NamedTuple):
    """One limit: how many orders within how long."""

    name: str
    interval: str
    number: int
    length_s: int

    @property
    def letters(self) -> str:
        """What stands in the name of a header."""
        return f"{self.number}{self.interval[0]}"


_SPANS: Final = (
    _Span("orders_per_10_s", "SECOND", 10, 10),
    _Span("orders_per_day", "DAY", 1, 86_400),
)


class TooManyOrders(BinanceAPIException):
    """An account has sent too many orders.

    :ivar wait_s: seconds until it may send more.
    """

    def __init__(self, most: int, span: _Span, wait_s: float) -> None:
        text = f"Too many new orders; current limit is {most} orders per {span.number} {span.interval}."
        super().__init__(429, -1015, text)
        self.wait_s = wait_s


class OrderCounts:
    """Counts the orders of all accounts of one exchange, each within whole spans: 12:34:00 to 12:34:10.

    :param usage: keeps the most that was seen; None for nobody.
    :param seconds: the time, in seconds since the epoch.

    Source: Spot *Unfilled Order Count Rules*.
    """

    def __init__(
        self,
        limits: Limits = NO_LIMITS,
        usage: Usage | None = None,
        seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._limits = limits
        self._usage = usage
        self._seconds = seconds
        self._counts: dict[tuple[Hashable, str], tuple[int, int]] = {}

    def _most(self, span: _Span) -> int | None:
        most: int | None = getattr(self._limits, span.name)
        return most

    def _count(self, account: Hashable, span: _Span) -> int:
        number, count = self._counts.get((account, span.name), (-1, 0))
        return count if number == self._seconds() // span.length_s else 0

    def _set(self, account: Hashable, span: _Span, count: int) -> None:
        self._counts[account, span.name] = int(self._seconds() // span.length_s), max(0, count)

    def check(self, account: Hashable, orders: int) -> None:
        """Check that an account may send orders now.

        :raises TooManyOrders: 429 with -1015 if these are too many.
        """
        for span in _SPANS:
            most, count = self._most(span), self._count(account, span) + orders
            if most is not None and self._usage is not None:
                self._usage.fits(span.name, count, most)
            if most is not None and count > most:
                now_s = self._seconds()
                raise TooManyOrders(most, span, (now_s // span.length_s + 1) * span.length_s - now_s)

    def add(self, account: Hashable, orders: int) -> None:
        """Count orders that were sent."""
        for span in _SPANS:
            self._set(account, span, self._count(account, span) + orders)

    def traded(self, account: Hashable, maker: bool) -> None:
        """Take an order off the count, since it has traded for the first time."""
        for span in _SPANS:
            off = _OFF_AS_MAKER if maker else _OFF_AS_TAKER
            self._set(account, span, self._count(account, span) - off)

    def shown(self, account: Hashable) -> list[dict[str, Any]]:
        """Return the limits and what was counted, as the exchange shows them."""
        return [
            {
                "rateLimitType": "ORDERS", "interval": span.interval, "intervalNum": span.number,
                "limit": most, "count": self._count(account, span),
            }
            for span in _SPANS
            if (most := self._most(span)) is not None
        ]  # fmt: skip

    def headers(self, account: Hashable) -> dict[str, str]:
        """Return the headers of an answer to an order."""
        return {
            f"x-mbx-order-count-{span.letters.lower()}": str(self._count(account, span))
            for span in _SPANS
            if self._most(span) is not None
        }
