"""Events of a spot account by signature: a signed subscription, or a logon and then a subscription.

There is nothing to keep alive; after a reconnect it is done again. Only an Ed25519 key may log on.

Source: Spot *WebSocket API*, "User Data Stream subscriptions", "Session authentication".
"""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred

from binance.account.keeper import Keeper, Step
from binance.account.session import Seat
from binance.account.subscribing import Subscribing
from binance.exceptions import MalformedMessage
from binance.sockets.report import WARNING, Report
from binance.venues.codes import WRONG_CLOCK, Remedy
from binance.venues.venue import Method
from binance.wire.control import clock_words, epoch_s

#: What the client has to be able to do.
SIGNING_CALLS = ("sign_request",)


class Signature:
    """Authorises by signature.

    :param client: ``sign_request(params)`` is called, and ``key_type`` and ``correct_clock`` are used.
    """

    method: Method = "signature"
    noun = "subscription"
    has_timestamps = True

    def __init__(self, keeper: Keeper[Any], client: Any) -> None:
        self._keeper = keeper
        self._client = client
        self._subscribing = Subscribing(keeper)
        self._clock_is_wrong = False
        self._asked_s = 0.0  # when its time was asked for

    # -- binance.account.keeper.Authoriser ----------------------------------------------------------------

    def joined(self, line: Seat) -> None:
        """Nothing to be done before it is connected."""

    def step(self) -> Step | None:
        seat = self._subscribing.needy()
        if seat is None:
            return None
        if self._clock_is_wrong:
            return Step(lambda: self._ask_time(seat), self._got_time, seat.shown_url)
        if self._client.key_type != "Ed25519":
            return self._subscribing.step(
                seat, lambda: self._signed(seat, "userDataStream.subscribe.signature")
            )
        if not seat.logged_on:
            return Step(
                lambda: self._signed(seat, "session.logon"), lambda _: self._logged_on(seat), seat.shown_url
            )
        return self._subscribing.step(seat, lambda: seat.request("userDataStream.subscribe"))

    def renew(self) -> None:
        """Nothing to renew."""

    def carries(self, line: Seat) -> bool:
        return line.is_open()

    def recover(self, what: Remedy, about: dict[str, Any]) -> bool:
        if what is Remedy.CORRECT_CLOCK:
            self._clock_is_wrong = True
            return True
        return self._subscribing.recover(what)

    def terminated(self) -> None:
        """Every subscription has a new signature."""

    def doubted(self, line: Seat, error: Exception) -> None:
        line.unsubscribed()
        self._keeper.failed(error)

    # -- within -------------------------------------------------------------------------------------------

    def _signed(self, seat: Seat, method: str) -> Deferred[Any]:
        params = self._client.sign_request({})
        self._keeper.report.hide_for_now(params["signature"])
        return seat.request(method, params)

    def _logged_on(self, seat: Seat) -> None:
        seat.logged_on = True

    def _ask_time(self, seat: Seat) -> Deferred[Any]:
        self._clock_is_wrong, self._asked_s = False, time.time()
        return seat.request("time")

    def _got_time(self, answer: Any) -> None:
        server_s = epoch_s(answer.get("serverTime")) if isinstance(answer, dict) else None
        if server_s is None:
            self._keeper.failed(MalformedMessage("the answer to time has no serverTime"))
            return
        report_clock(
            self._keeper.report, self._client.correct_clock(server_s * 1000, self._asked_s, time.time())
        )


def report_clock(report: Report, ahead_ms: float) -> None:
    """Report that the clock of this machine was wrong, and that timestamps are corrected."""
    words = f"{clock_words(ahead_ms)}; timestamps are corrected"
    report.log(WARNING, "%s", words)
    report.event("key_failed", status=400, code=WRONG_CLOCK, message=words, final=False)
