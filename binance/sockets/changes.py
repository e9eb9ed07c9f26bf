"""Reports of streams that were added to a running socket or removed, once that is in force."""

from __future__ import annotations

from collections.abc import Callable

from binance.net.interfaces import Clock
from binance.sockets.report import INFO, Report
from binance.venues.names import listed


class Changes:
    """What was asked for of one socket, and is not reported yet.

    Each change is reported once: as ``subscribed`` when the exchange has confirmed the stream on the
    connection that delivers it, as ``unsubscribed`` when no connection carries it any more. Of a stream that
    was removed and added again the removal is reported first. One that the exchange refuses is neither:
    ``refused`` is its event.

    :param clock: by which ``seconds`` of the events are measured.
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

    def report(self, is_subscribed: Callable[[str], bool], is_gone: Callable[[str], bool]) -> None:
        """Report what has come into force.

        :param is_subscribed: whether the connection that delivers a stream has it confirmed.
        :param is_gone: whether no connection carries it. One that was added again at once may be carried all
            the while.
        """

        def is_removed(name: str) -> bool:
            return is_gone(name) or (name in self._added and is_subscribed(name))

        if self._removed:
            self._report_done("unsubscribed", self._removed, is_removed)
        if self._added:
            self._report_done("subscribed", self._added, is_subscribed)

    def _report_done(self, kind: str, since: dict[str, float], is_done: Callable[[str], bool]) -> None:
        """Report, and forget, those of the changes that are done."""
        done = [name for name in since if is_done(name)]
        if not done:
            return
        seconds = self._clock.seconds() - min(since.pop(name) for name in done)
        self._report.log(INFO, f"{kind}: %s", listed(done))
        self._report.event(kind, streams=done, seconds=seconds)
