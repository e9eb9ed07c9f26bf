"""The derivatives markets of one exchange, which do not exist before somebody asks for one."""

import random
from collections.abc import Callable, Sequence

from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import Contract, contracts
from binance.sandbox.market.futures.feed import FuturesFeed
from binance.sandbox.market.market import Market


class Derivatives:
    """The markets beside spot. A market begins when it is first asked for, and then goes on.

    :param seed: makes them, with the moment at which each begins.
    :param rate: trades a second of market time, in each.
    :param now_ms: returns the exchange's time, milliseconds since the epoch.
    :param usdm: contracts of USD-M, ``coinm`` of COIN-M; None for those of
        :func:`~binance.sandbox.market.futures.contracts.default_symbols`.
    :raises InvalidArgument: if there can be no such contract.
    """

    def __init__(
        self,
        seed: int,
        rate: float,
        now_ms: Callable[[], float],
        usdm: Sequence[str] | None = None,
        coinm: Sequence[str] | None = None,
    ) -> None:
        self._seed = seed
        self._rate = rate
        self._now_ms = now_ms
        self._usdm, self._coinm = usdm, coinm
        self._futures: FuturesFeed | None = None
        contracts(usdm, coinm, int(now_ms()))  # wrong ones are refused now

    @property
    def begun(self) -> list[FuturesFeed]:
        """The feeds of the markets that have begun."""
        return [] if self._futures is None else [self._futures]

    @property
    def futures(self) -> FuturesFeed:
        """The feed of USD-M and COIN-M, which are one market with two fronts."""
        if self._futures is None:
            start_ms = int(self._now_ms())
            listed = contracts(self._usdm, self._coinm, start_ms)
            market = Market(
                list(listed), self._seed, self._rate, start_ms,
                describe=lambda symbol: listed[symbol], make_book=_book,
            )  # fmt: skip
            self._futures = FuturesFeed(market, self._seed)
        return self._futures


def _book(spec: Contract, rng: random.Random, start_ms: int) -> FuturesBook:
    return FuturesBook(spec, rng, start_ms)
