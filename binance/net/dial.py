"""Attempts to connect: how many the exchange allows, and over which TLS."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from binance.exceptions import InvalidArgument
from binance.net.interfaces import Options
from binance.net.tls import verifying_creator
from binance.net.trust import chosen_trust
from binance.wire.budgets import Budget, DialBudgets
from binance.wire.timings import Timings


class Dials:
    """What the connections of a process know together; in the reactor's thread only.

    :ivar reached: the port on which each host was last reached.
    :ivar words: the limit, in words.
    """

    def __init__(self, timings: Timings) -> None:
        self.reached: dict[str, int] = {}
        self.words = f"{timings.dials} dials in {timings.dials_span_s / 60:g} minutes"
        self._budgets = DialBudgets(timings.dials, timings.dials_span_s)

    def budget(self, host: str, port: int) -> Budget:
        """The budget for attempts to connect to a host."""
        return self._budgets.of(host, port)


_dials: WeakKeyDictionary[Timings, Dials] = WeakKeyDictionary()


def dials(timings: Timings) -> Dials:
    """What is known together by all who go by the same timings."""
    known = _dials.get(timings)
    if known is None:
        known = _dials[timings] = Dials(timings)
    return known


class NotDialled(Exception):
    """Why no attempt was made, in words."""


def connect(factory: Any, host: str, port: int, secure: bool, options: Options) -> Any:
    """Begin an attempt to connect, without a timeout.

    :returns: its IConnector, which reports to *factory*.
    :raises NotDialled: if the trusted certificates cannot be read, or the host can have no certificate.
    """
    # None: Twisted's timeout goes by the wall clock
    if not secure:
        return options.reactor.connectTCP(host, port, factory, None)
    try:
        tls = verifying_creator(host, chosen_trust(options.ca_file))
    except Exception as exc:
        words = str(exc) if isinstance(exc, InvalidArgument) else f"{type(exc).__name__}: {exc}"
        raise NotDialled(words) from exc
    return options.reactor.connectSSL(host, port, factory, tls, None)
