"""The markets that accounts of derivatives trade on."""

from binance.sandbox.accounts.contracts import OPTION, Contract
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.feed import FuturesFeed
from binance.sandbox.market.market import Market
from binance.sandbox.market.options.feed import OptionsFeed


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

    @property
    def options(self) -> OptionsFeed:
        """The market of options, likewise."""
        return self._derivatives.options

    def feed(self, contract: Contract) -> FuturesFeed | OptionsFeed:
        """Return the market of a contract."""
        return self.options if contract.leg == OPTION else self.futures

    def book(self, contract: Contract) -> FuturesBook:
        """Return the book of a contract."""
        return self.feed(contract).books[contract.symbol]
