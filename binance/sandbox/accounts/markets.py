"""The markets that accounts of derivatives trade on."""

from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.futures.feed import FuturesFeed
from binance.sandbox.market.market import Market


class Markets:
    """The markets that accounts of derivatives trade on.

    :ivar spot: where the margin leg of portfolio margin trades; its time is the exchange's.
    """

    def __init__(self, spot: Market, derivatives: Derivatives) -> None:
        self.spot = spot
        self._derivatives = derivatives

    @property
    def now_ms(self) -> float:
        """The exchange's time, milliseconds since the epoch."""
        return self.spot.now_ms

    @property
    def futures(self) -> FuturesFeed:
        """The market of USD-M and COIN-M, which begins when it is first asked for."""
        return self._derivatives.futures
