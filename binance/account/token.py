"""Events of a margin account by listen token: REST returns it, and it is valid for a day.

It is renewed on the same connection before it ends.

Source: *Margin Trading*, "User Data Stream".
"""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred

from binance.account.keeper import Keeper, Step
from binance.account.session import Seat
from binance.account.signature import report_clock
from binance.account.subscribing import Subscribing
from binance.exceptions import MalformedMessage
from binance.venues.codes import Remedy
from binance.venues.venue import Method
from binance.wire.control import epoch_s

#: What the client has to be able to do.
TOKEN_CALLS = ("margin_get_listen_token",)


class ListenToken:
    """Authorises by listen token.

    :param client: ``margin_get_listen_token(symbol)`` is called, in a thread.
    :param symbol: of an isolated account; None for the cross margin account.
    :param url: of the REST host that it calls.
    """

    method: Method = "token"
    noun = "listen token"
    has_timestamps = True

    def __init__(self, keeper: Keeper[Any], client: Any, symbol: str | None, url: str = "") -> None:
        self._keeper = keeper
        self._client = client
        self._url = url
        self._arguments = () if symbol is None else (symbol,)
        self._subscribing = Subscribing(keeper, self._subscribed)
        self._token: str | None = None
        self._until_s = 0.0  # epoch seconds of the exchange's clock
        self._is_new = False  # not used for a subscription yet
        self._is_due = False
        self._got_at = float("-inf")
        self._is_in_doubt = False  # whether the subscription still delivers

    # -- binance.account.keeper.Authoriser ----------------------------------------------------------------

    def joined(self, line: Seat) -> None:
        """Nothing to be done before it is connected."""

    def step(self) -> Step | None:
        needy = self._subscribing.needy()
        seat = needy or (self._subscribing.serving() if self._is_due else None)
        if seat is None:
            return None
        if self._token is not None and self._exchange_s() < self._until_s and (needy or self._is_new):
            return self._subscribing.step(
                seat, lambda: self._send(seat)
            )  # no need of REST, which may be down
        offset_ms = self._offset_ms()
        return Step(
            lambda: self._keeper.in_thread(self._url, self._client.margin_get_listen_token, *self._arguments),
            lambda answer: self._got(answer, offset_ms),
            self._url,
        )

    def renew(self) -> None:
        self._is_due = True

    def carries(self, line: Seat) -> bool:
        return line.is_open() and not self._is_in_doubt

    def recover(self, what: Remedy, about: dict[str, Any]) -> bool:
        if what is Remedy.NEW_KEY:
            self._token = None
        return self._subscribing.recover(what)

    def terminated(self) -> None:
        self._token = None

    def doubted(self, line: Seat, error: Exception) -> None:
        if self._is_in_doubt:
            return  # it may be said again and again
        # whether it is the key that gives our tokens is seen by asking for one
        self._keeper.ended(self._keeper.options.clock.seconds() - self._got_at)
        self._token, self._is_in_doubt, self._is_due = None, True, True

    # -- within -------------------------------------------------------------------------------------------

    def _send(self, seat: Seat) -> Deferred[Any]:
        return seat.request("userDataStream.subscribe.listenToken", {"listenToken": self._token})

    def _got(self, answer: Any, offset_ms: float) -> None:
        if self._offset_ms() != offset_ms:
            report_clock(self._keeper.report, self._offset_ms())
        token = answer.get("token") if isinstance(answer, dict) else None
        until_s = epoch_s(answer.get("expirationTime")) if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token or until_s is None:
            self._keeper.failed(
                MalformedMessage("margin_get_listen_token() returned no token with an expirationTime")
            )
            return
        self._token, self._until_s, self._is_new = token, until_s, True
        self._got_at = self._keeper.options.clock.seconds()
        self._keeper.report.hide(token)

    def _subscribed(self) -> None:
        self._is_new = self._is_due = self._is_in_doubt = False
        left_s = self._until_s - self._exchange_s()
        renew_after = self._keeper.options.timings.renew_after
        self._keeper.renew_in(renew_after * left_s if left_s > 0 else self._keeper.next_delay_s())

    def _offset_ms(self) -> float:
        return float(getattr(self._client, "clock_offset_ms", 0.0))

    def _exchange_s(self) -> float:
        return time.time() + self._offset_ms() / 1000
