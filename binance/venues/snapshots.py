"""Snapshots of order books: the call at each venue, and its weight. Values only.

Source: Spot *REST API*, "Order book", "IP Limits"; USD-M and COIN-M *Market Data*, "Order Book", and *General
Info*, "IP Limits", which both share; *Options*, the same. That options may spend as much as futures is not
confirmed. Of binance.us the *REST API* page.
"""

from __future__ import annotations

from dataclasses import dataclass

from binance.exceptions import InvalidArgument


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one venue.

    :ivar call: of a client, with ``symbol=`` and ``limit=``.
    :ivar weights: what one costs: levels up to which, and weight, in ascending order.
    :ivar weight_per_min: what an address may spend in a minute on all its calls.
    :ivar host: the field of :class:`binance.endpoints.Endpoints` with the host that counts them.
    :ivar limits: the only numbers of levels there are; None: any up to the last of *weights*.
    """

    call: str
    weights: tuple[tuple[int, int], ...]
    weight_per_min: int
    host: str
    limits: tuple[int, ...] | None = None

    def weight(self, limit: int) -> int:
        """What a snapshot of *limit* levels costs.

        :raises InvalidArgument: if the venue has no such snapshot.
        """
        most = self.weights[-1][0]
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= most:
            raise InvalidArgument(f"limit is {limit!r}; use a number of levels from 1 to {most:,}")
        if self.limits is not None and limit not in self.limits:
            raise InvalidArgument(f"limit is {limit}; use one of {', '.join(map(str, self.limits))}")
        return next(weight for levels, weight in self.weights if limit <= levels)

    def at_least(self, limit: int) -> int:
        """The lowest number of levels from *limit* up that a snapshot may have, or the highest there is."""
        return (
            min(limit, self.weights[-1][0])
            if self.limits is None
            else next((levels for levels in self.limits if levels >= limit), self.limits[-1])
        )


SPOT = Snapshots("get_order_book", ((100, 5), (500, 25), (1000, 50), (5000, 250)), 6000, "rest")
US = Snapshots("get_order_book", ((100, 1), (500, 5), (1000, 10), (5000, 50)), 1200, "rest")

_FUTURES_WEIGHTS = ((50, 2), (100, 5), (500, 10), (1000, 20))
_FUTURES_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
USDM = Snapshots("futures_order_book", _FUTURES_WEIGHTS, 2400, "usdm_rest", _FUTURES_LIMITS)
COINM = Snapshots("futures_coin_order_book", _FUTURES_WEIGHTS, 2400, "usdm_rest", _FUTURES_LIMITS)
OPTIONS = Snapshots(
    "options_order_book",
    ((50, 1), (100, 5), (500, 10), (1000, 20)),
    2400,
    "options_rest",
    (10, 20, 50, 100, 500, 1000),
)
