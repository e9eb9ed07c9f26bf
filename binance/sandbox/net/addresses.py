"""Rate limits of the addresses that clients come from."""

from binance.sandbox.limits import DIALS_SPAN_S, WEIGHT_SPAN_S, Limits, Usage, Venue, Window
from binance.sandbox.net.timers import Timers


class Addresses:
    """Counts connection attempts and request weight of each address."""

    def __init__(self, limits: Limits, usage: Usage, timers: Timers) -> None:
        self._limits = limits
        self._usage = usage
        self._timers = timers
        self._attempts: dict[str, Window] = {}
        self._weights: dict[tuple[str, Venue], Window] = {}

    def count_attempt(self, address: str) -> float | None:
        """Count an upgrade request of an address.

        :returns: the seconds it has to wait if that was one too many, else None.

        Source: Spot *Web Socket Streams*, "WebSocket Limits".
        """
        now_s = self._timers.seconds()
        attempts = self._attempts.setdefault(address, Window(self._limits.dials_per_5_min, DIALS_SPAN_S))
        attempts.count(now_s)
        fits = self._usage.fits("dials_per_5_min", attempts.counted(now_s), self._limits.dials_per_5_min)
        return None if fits else attempts.wait_s(now_s)

    def weigh(self, address: str, weight: int, venue: Venue = "spot") -> tuple[int, float | None]:
        """Count the weight of a request of an address.

        :param venue: whose weights; USD-M and COIN-M share theirs.
        :returns: the weight that the address has used within a minute, and the seconds it has to wait if
            that was too much, else None.

        Source: Spot *REST API*, "IP Limits".
        """
        now_s = self._timers.seconds()
        most = self._limits.weight(venue)
        weighed = self._weights.setdefault((address, venue), Window(most, WEIGHT_SPAN_S))
        weighed.count(now_s, weight)
        used = weighed.counted(now_s)
        fits = self._usage.fits("weight_per_min", used, most)
        return used, None if fits else weighed.wait_s(now_s)
