"""Rate limits of the addresses that clients come from."""

from typing import NamedTuple

from binance.sandbox.limits import (
    BAN_S,
    DIALS_SPAN_S,
    LONGEST_BAN_S,
    WEIGHT_SPAN_S,
    Limits,
    Usage,
    Venue,
    Window,
)
from binance.sandbox.net.timers import Timers


class Weighed(NamedTuple):
    """What an address has used of its weight.

    :ivar used: the weight within a minute.
    :ivar wait_s: the seconds it has to wait, if that was too much or it is banned, else None.
    """

    used: int
    wait_s: float | None = None
    banned: bool = False


class _Weight:
    """The weight that one address has used of one budget."""

    def __init__(self, most: int | None, refusals: int | None) -> None:
        self.used = Window(most, WEIGHT_SPAN_S)
        self.refusals = Window(refusals, WEIGHT_SPAN_S)
        self.banned_until_s = 0.0
        self.next_ban_s = BAN_S

    def ban(self, now_s: float) -> None:
        self.banned_until_s = now_s + self.next_ban_s
        self.next_ban_s = min(2 * self.next_ban_s, LONGEST_BAN_S)


class Addresses:
    """Counts connection attempts and request weight of each address."""

    def __init__(self, limits: Limits, usage: Usage, timers: Timers) -> None:
        self._limits = limits
        self._usage = usage
        self._timers = timers
        self._attempts: dict[str, Window] = {}
        self._weights: dict[tuple[str, Venue, str], _Weight] = {}

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

    def weigh(self, address: str, weight: int, venue: Venue = "spot", path: str = "") -> Weighed:
        """Count the weight of a request of an address.

        :param address: where it comes from; of ``"sapi_account"`` the API key.
        :param venue: whose weights; USD-M and COIN-M share theirs.
        :param path: of a call below ``/sapi``, where each path has a budget of its own.

        Source: Spot *REST API*, "IP Limits"; *Wallet*, "General Info".
        """
        now_s = self._timers.seconds()
        most, refusals = self._limits.weight(venue), self._limits.refusals_per_min
        without_ban = venue in ("sapi", "sapi_account")
        budget = address, venue, path if without_ban else ""
        weighed = self._weights.get(budget)
        if weighed is None:
            weighed = self._weights[budget] = _Weight(most, None if without_ban else refusals)
        if weighed.banned_until_s > now_s:
            return Weighed(weighed.used.counted(now_s), weighed.banned_until_s - now_s, banned=True)
        weighed.used.count(now_s, weight)
        used = weighed.used.counted(now_s)
        if self._usage.fits("weight_per_min", used, most):
            return Weighed(used)
        within = weighed.refusals.count(now_s)
        if self._usage.fits("refusals_per_min", weighed.refusals.counted(now_s), refusals) or within:
            return Weighed(used, weighed.used.wait_s(now_s))
        weighed.ban(now_s)
        return Weighed(used, weighed.banned_until_s - now_s, banned=True)
