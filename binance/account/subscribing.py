"""Subscriptions on seats of the WebSocket API: the common base of signatures and listen tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from binance.account.keeper import Keeper, Step
from binance.account.session import Seat
from binance.exceptions import MalformedMessage
from binance.process.logs import Log
from binance.sockets.report import INFO
from binance.venues.codes import Remedy

log = Log(__name__)


class Subscribing:
    """Subscribes seats, and clears up where the exchange and this client think differently of what there is.

    :param done: called each time that a seat was subscribed.
    """

    def __init__(self, keeper: Keeper[Any], done: Callable[[], None] = lambda: None) -> None:
        self._keeper = keeper
        self._done = done
        self._target: Seat | None = None  # of the last request
        self._is_unclear = False  # what the exchange has subscribed on its connection

    def needy(self) -> Seat | None:
        """A seat whose connection is open, and where the account is not subscribed."""
        seats: list[Seat] = self._keeper.lines
        return next((seat for seat in seats if seat.is_connected() and not seat.is_open()), None)

    def serving(self) -> Seat | None:
        """The seat that serves, if its connection is open."""
        seat: Seat | None = self._keeper.serving
        return seat if seat is not None and seat.is_connected() else None

    def step(self, seat: Seat, subscribe: Callable[[], Deferred[Any]]) -> Step:
        """Subscribe a seat.

        :param subscribe: makes the request, whose answer holds the ``subscriptionId``.
        """
        self._target = seat
        if self._is_unclear:
            return Step(lambda: self._list(seat), lambda found: self._clear(seat, found), seat.shown_url)
        return Step(subscribe, lambda answer: self._subscribed(seat, answer), seat.shown_url)

    def recover(self, what: Remedy) -> bool:
        """See :class:`~binance.account.keeper.Authoriser`."""
        if what is Remedy.CLEAR_AWAY:  # subscribed by a request whose answer came too late
            self._is_unclear = True
            return True
        if what is Remedy.NEW_CONNECTION and self._target is not None and self._target.session is not None:
            self._target.session.drop("the connection has used all of its subscription ids")
            return True
        return False

    def _list(self, seat: Seat) -> Deferred[Any]:
        self._is_unclear = False
        return seat.request("session.subscriptions")

    def _subscribed(self, seat: Seat, answer: Any) -> None:
        keeper = self._keeper
        number = answer.get("subscriptionId") if isinstance(answer, dict) else None
        if not isinstance(number, int) or isinstance(number, bool):
            keeper.failed(MalformedMessage("the answer to a subscription has no subscriptionId"))
            return
        if seat.has_left:
            if seat.session is not None and seat.session.is_open:
                seat.session.unsubscribe(seat, number)
            return
        keeper.clock_is_right()
        keeper.authorised()
        again, first, lasted = seat.is_open(), seat.is_new, seat.lasted()
        seat.subscribed(number)
        if lasted:
            keeper.succeeded()
        if seat is keeper.serving and not first:
            what = keeper.authoriser.noun
            keeper.report.log(INFO, f"the {what} was {'renewed' if again else 'replaced'}")
            if again:
                keeper.renewed()
            else:
                keeper.replaced()
        self._done()

    def _clear(self, seat: Seat, found: Any) -> None:
        """End the subscriptions that nobody here knows of, and subscribe once more, a little later."""
        listed = found if isinstance(found, list) else []
        ids = [one.get("subscriptionId") for one in listed if isinstance(one, dict)]
        if seat.subscription_id is not None and seat.subscription_id in ids:
            self._subscribed(seat, {"subscriptionId": seat.subscription_id})  # it is ours, and goes on
            return
        for number in ids:
            if isinstance(number, int) and seat.session is not None and number not in seat.session.by_id:
                self._keeper.report.log(
                    INFO, "the exchange has a subscription that is not open here: unsubscribing"
                )
                seat.session.unsubscribe(seat, number)
        self._keeper.again_later()
