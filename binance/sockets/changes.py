"""Tells when streams that were added to a running socket, or removed, have come into force."""

from __future__ import annotations

from collections.abc import Callable

from binance.net.interfaces import Clock
from binance.sockets.report import INFO, Report
from binance.venues.names import listed


class Changes:
    """What was asked for of one socket, and is not told of yet.

    Each stream is told of once: as ``subscribed`` when the exchange has confirmed it on the connection that
    delivers it, as ``unsubscribed`` when no connection carries it any more. One that was removed and added
    again is told of as removed first. One that the exchange refuses is told of by who hears of it.
    """

    __slots__ = ("_added", "_clock", "_removed", "_report")

    def __init__(self, report: Report, clock: Clock) -> None:
        self._report = report
        self._clock = clock
        self._added: dict[str, float] = {}  # since when
        self._removed: dict[str, float] = {}

    def added(self, name: str) -> None:
        """A stream is wanted from now on."""
        self._added[name] = self._clock.seconds()

    def removed(self, name: str) -> None:
        """A stream is not wanted any more."""
        self._added.pop(name, None)
        self._removed[name] = self._clock.seconds()

    def refused(self, name: str) -> None:
        """A stream is not wanted any more, because the exchange refuses it."""
        self._added.pop(name, None)

    def look(self, is_subscribed: Callable[[str], bool], is_gone: Callable[[str], bool]) -> None:
        """Tell what has come into force.

        :param is_subscribed: whether the connection that delivers a stream has it confirmed.
        :param is_gone: whether no connection carries it. One that was added again at once may be carried all
            the while.
        """

        def is_removed(name: str) -> bool:
            return is_gone(name) or (name in self._added and is_subscribed(name))

        if self._removed:
            self._tell("unsubscribed", self._removed, is_removed)
        if self._added:
            self._tell("subscribed", self._added, is_subscribed)

    def _tell(self, what: str, since: dict[str, float], is_done: Callable[[str], bool]) -> None:
        done = [name for name in since if is_done(name)]
        if not done:
            return
        seconds = self._clock.seconds() - min(since.pop(name) for name in done)
        self._report.log(INFO, f"{what}: %s", listed(done))
        self._report.event(what, streams=done, seconds=seconds)
