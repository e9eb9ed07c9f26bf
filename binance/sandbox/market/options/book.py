"""One option's order book."""

from binance.sandbox.market.futures.book import FuturesBook


class OptionBook(FuturesBook):
    """A book whose block trades have ids of the same row as its other trades: one stream carries both."""

    def _block(self, time_us: int) -> None:
        super()._block(time_us)
        self.trade_id += 1
        numbered = self.blocks.pop()._replace(id=self.trade_id)
        self.blocks.append(numbered)
        self.fresh_blocks[-1] = numbered
