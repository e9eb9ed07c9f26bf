"""The derivatives markets of one exchange, which do not exist before somebody asks for one."""

from collections.abc import Callable, Mapping, Sequence

from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import Contract, contracts
from binance.sandbox.market.futures.feed import FuturesFeed
from binance.sandbox.market.futures.pushes import PushFeed
from binance.sandbox.market.market import Market
from binance.sandbox.market.options.book import OptionBook
from binance.sandbox.market.options.contracts import options as listed_options
from binance.sandbox.market.options.feed import OptionsFeed


class Derivatives:
    """The markets beside spot. A market begins when it is first asked for, and then goes on.

    :param seed: makes them, with the moment at which each begins.
    :param rate: trades a second of market time, in each.
    :param now_ms: returns the exchange's time, milliseconds since the epoch.
    :param usdm: contracts of USD-M, ``coinm`` of COIN-M; None for those of
        :func:`~binance.sandbox.market.futures.contracts.default_symbols`.
    :param options: symbols of options; None for those of
        :func:`~binance.sandbox.market.options.contracts.default_symbols`.
    :raises InvalidArgument: if there can be no such contract.
    """

    def __init__(
        self,
        seed: int,
        rate: float,
        now_ms: Callable[[], float],
        usdm: Sequence[str] | None = None,
        coinm: Sequence[str] | None = None,
        options: Sequence[str] | None = None,
    ) -> None:
        self._seed = seed
        self._rate = rate
        self._now_ms = now_ms
        self._usdm, self._coinm, self._listed = usdm, coinm, options
        self._futures: FuturesFeed | None = None
        self._options: OptionsFeed | None = None
        contracts(usdm, coinm, int(now_ms()))  # wrong ones are refused now
        listed_options(options, int(now_ms()))

    @property
    def begun(self) -> list[PushFeed]:
        """The feeds of the markets that have begun."""
        return [feed for feed in (self._futures, self._options) if feed is not None]

    @property
    def futures(self) -> FuturesFeed:
        """The feed of USD-M and COIN-M, which are one market with two fronts."""
        if self._futures is None:
            start_ms = int(self._now_ms())
            listed = contracts(self._usdm, self._coinm, start_ms)
            self._futures = FuturesFeed(self._market(listed, start_ms, FuturesBook), self._seed)
        return self._futures

    @property
    def options(self) -> OptionsFeed:
        """The feed of options, whose underlyings have the index prices of USD-M."""
        if self._options is None:
            start_ms = int(self._now_ms())
            market = self._market(listed_options(self._listed, start_ms), start_ms, OptionBook)
            prices = self.futures.prices
            self._options = OptionsFeed(
                market, lambda pair: None if prices.book_of(pair) is None else prices.index(pair)
            )
        return self._options

    def _market(self, listed: Mapping[str, Contract], start_ms: int, make_book: type[FuturesBook]) -> Market:
        return Market(
            list(listed), self._seed, self._rate, start_ms,
            describe=lambda symbol: listed[symbol], make_book=make_book,
        )  # fmt: skip
