"""Usage of the exchange's limits, as its headers say, for a whole process. Pure: time is an argument.

It counts by host, and there by family of paths (``/api``, ``/sapi``, ``/fapi`` ...): weight of an address,
weight and orders of an account. It says so in the headers of every answer.

Source: Spot *REST API*, "IP Limits" and "Unfilled Order Count"; *Wallet* and *USD-M Futures*, "Limits".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from binance.wire.timings import SharedBy

_HEADER = re.compile(r"x-(?:mbx|sapi)-(used-(?:ip-|uid-)?weight|order-count)-(\d{1,4})([smhd])", re.ASCII)
_SPANS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_NAMES = {
    "used-weight": "weight",
    "used-ip-weight": "weight",
    "used-uid-weight": "account_weight",
    "order-count": "orders",
}
#: What is counted by account, not by address.
_OF_ACCOUNT = ("account_weight", "orders")


class _Count(NamedTuple):
    used: int
    until: float


class Usage:
    """What has been used of each limit, as far as is known; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, str], dict[str, _Count]] = {}

    def answered(
        self, host: str, path: str, account: str, headers: Iterable[tuple[str, str]], now: float
    ) -> None:
        """An answer came.

        :param host: as :func:`binance.wire.hosts.place_of` names it; *path*: of the call.
        :param account: a text that identifies the account; empty if the call had no key.
        :param now: seconds of any clock, always the same one.
        """
        family = family_of(path)
        for name, used, span_s in _counts(headers):
            owner = account if name.startswith(_OF_ACCOUNT) else ""
            with self._lock:
                counts = self._known.setdefault((host, family, owner), {})
                counts[name] = _Count(used, now + span_s)

    def used(self, hosts: Iterable[str], account: str, now: float) -> dict[str, dict[str, int]]:
        """What is used, by family of paths; a count whose time is over is 0.

        :returns: e.g. ``{"/api": {"weight_1m": 42, "orders_10s": 1, "orders_1d": 7}}``.
        """
        wanted = set(hosts)
        found: dict[str, dict[str, int]] = {}
        with self._lock:
            known = [(key, dict(counts)) for key, counts in self._known.items()]
        for (host, family, owner), counts in known:
            if host in wanted and owner in ("", account):
                found.setdefault(family, {}).update(
                    {name: count.used if now < count.until else 0 for name, count in counts.items()}
                )
        return found


def family_of(path: str) -> str:
    """The family of paths that a limit is of: ``"/api"`` of ``"/api/v3/ping"``."""
    return "/" + path.lstrip("/").partition("/")[0]


def _counts(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int, float]]:
    for header, value in headers:
        found = _HEADER.fullmatch(header.lower())
        if found is not None and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
            span_s = int(found[2]) * _SPANS_S[found[3]]
            yield f"{_NAMES[found[1]]}_{found[2]}{found[3]}", int(value), span_s


#: What is known of it by all who go by the same timings.
rest_usage = SharedBy(lambda timings: Usage())
