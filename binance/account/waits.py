"""Delays before the calls of one account that only time ends: no event of a line, and no other step.

There are three reasons: the host of the call asked to be left alone (:mod:`binance.wire.bans`), the account
was refused to a socket before this one (:mod:`binance.account.refusals`), or what authorises it ends as soon
as it was obtained (:meth:`Waits.ended`).
"""

from __future__ import annotations

from binance.account.refusals import refusals
from binance.net.interfaces import Options
from binance.rest.errors import number, retry_after_s
from binance.sockets.report import INFO, RATE_LIMITED, WARNING, Report
from binance.wire.bans import ASKED_FOR, rest_bans
from binance.wire.hosts import place_of

#: Other reasons of a delay, the ``budget`` of ``limited`` events.
REFUSED = "back-off after the account was refused"
SHORT_LIVED = "back-off after %ss that ended at once"


class Waits:
    """How long the next call of an account waits, and why.

    :param account: see :func:`~binance.account.refusals.account_of`.
    """

    def __init__(self, report: Report, options: Options, account: bytes) -> None:
        self._report = report
        self._options = options
        self._account = account
        self._was_authorised = False
        self._refusals = refusals(options.timings)
        self._bans = rest_bans(options.timings)
        self._short_lived = 0  # of what authorised it, in a row
        self._not_before = float("-inf")
        self._held_for = ""  # why, in words
        self._reported_until = float("-inf")

    def before(self, url: str) -> tuple[float, str]:
        """Seconds by which a call is delayed, and why; it is not delayed if that is 0 or less.

        :param url: of the host that it is made to.
        """
        now = self._options.clock.seconds()
        return max(
            (self._not_before - now, self._held_for),
            (0.0 if self._was_authorised else self._refusals.left_s(self._account, now), REFUSED),
            (self._bans.left_s(_place(url), now), ASKED_FOR),
        )

    def note(self, error: BaseException, url: str) -> float:
        """Remember if a host asked to be left alone; returns for how many seconds. From any thread."""
        status, now = number(error, "status_code"), self._options.clock.seconds()
        return self._bans.refused(_place(url), status, retry_after_s(error), now)

    def hold(self, wait_s: float, why: str = ASKED_FOR) -> None:
        """Wait at least *wait_s* seconds from now."""
        until = self._options.clock.seconds() + wait_s
        if until > self._not_before:
            self._not_before, self._held_for = until, why

    def ended(self, noun: str, lived_s: float) -> None:
        """What authorised the account has ended, after *lived_s* seconds, and is requested again.

        At once; but if one after another ends soon, later and later, whatever happens meanwhile.

        :param noun: its name in messages, e.g. ``"listen key"``.
        """
        timings = self._options.timings
        self._short_lived = self._short_lived + 1 if lived_s < timings.steady_s else 0
        wait_s = timings.after_refusals(self._short_lived - 1)
        if wait_s:
            self.hold(wait_s, SHORT_LIVED % noun)

    def authorised(self) -> None:
        """The account was not refused."""
        self._was_authorised = True
        self._refusals.authorised(self._account)

    def refused(self) -> None:
        """The account was refused for good."""
        self._refusals.refused(self._account, self._options.clock.seconds(), self._options.timings)

    def report(self, wait_s: float, budget: str = ASKED_FOR) -> None:
        """Report a wait, unless one was reported that lasts as long."""
        until = self._options.clock.seconds() + wait_s
        if until <= self._reported_until + 1e-3:  # a moment, for the clock may be rounded
            return
        self._reported_until = until
        level = WARNING if wait_s > self._options.timings.long_wait_s else INFO
        self._report.log(level, RATE_LIMITED, "request", wait_s, budget)
        self._report.event("limited", what="request", budget=budget, seconds=wait_s)


def _place(url: str) -> str:
    # one host serves both on a machine of one's own; what REST asks for is not meant for the WebSocket API
    return f"ws {place_of(url)}" if url.startswith("ws") else place_of(url)
