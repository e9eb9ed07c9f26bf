"""The exchange's clock: the time of its market, and the time that signed calls are checked against."""

import time

from binance.sandbox.accounts.signatures import Clock
from binance.sandbox.market.market import Market


class ExchangeClock:
    """The clock of one exchange.

    :param speed: how fast the market's time goes.

    :ivar offset_ms: how far it is wrong, for signed calls and for answers that give the time.
    """

    def __init__(self, market: Market, speed: float) -> None:
        self.offset_ms = 0.0
        self._market = market
        self._speed = speed

    def time_ms(self) -> int:
        """Return the exchange's time, milliseconds since the epoch."""
        return int(self._market.now_ms)

    def now(self) -> Clock:
        """Return the time for signed calls, and for answers that give it.

        A timestamp has to fit the time of day of this machine. Where the exchange's clock goes at another
        speed it may lie between that and the exchange's: a client has asked for the time once, in between.
        """
        offset_ms = self.offset_ms
        now_ms = time.time() * 1000 + offset_ms
        own_ms = self._market.now_ms + offset_ms
        return Clock(offset_ms, (now_ms,) if self._speed == 1 else (now_ms, own_ms))
