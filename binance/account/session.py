"""The WebSocket API: one connection, which several accounts share, for their requests and their events.

To its shard a :class:`Seat` is a line like any other. Its retries are its own, and the connection is made
again for as long as one seat wants it.

Theory of operation. A seat is in one of these states; what moves it is behind the arrow:

- not joined -> waiting: ``connect`` gives it a session.
- waiting -> connected: the session's connection is open, at once if it was. Now the keeper can ask.
- connected -> subscribed: the account is subscribed on this connection. Only now the seat is open for its
  shard, which gets ``opened``.
- subscribed -> suspended: the exchange ended the subscription, and not the connection. suspended ->
  subscribed: it is there again. The shard gets ``suspended`` and ``resumed``: the connection is the same.
- any of these -> waiting: the connection, or an attempt at one, was lost. Nothing of a seat survives that, so
  the account is subscribed again on the next connection.
- any -> left: it was stopped, or its own retries are used up. Others stay.

Events may come a moment before the answer that says which subscription they are of. While a request to
subscribe is open, events of ids that nobody has are kept, a bounded number of them, and looked at again after
each answer: those of the id that it names are handed on before whatever comes behind it, and when no such
request is open any more the rest is dropped.

Source: Spot *WebSocket API*, "Request format", "Response format", "User Data Stream subscriptions".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from binance.account.keeper import Authoriser, Keeper
from binance.exceptions import BinanceAPIException, MalformedMessage
from binance.net.factory import StreamFactory
from binance.net.interfaces import (
    NOT_OPEN,
    Arrival,
    Ending,
    FixedLine,
    Line,
    Listener,
    Meter,
    Opener,
    Options,
)
from binance.net.requests import NotConnected, Requests, error_of
from binance.process.logs import Log
from binance.sockets.counts import Counts
from binance.sockets.report import Report
from binance.venues.codes import Remedy, remedy
from binance.wire.budgets import Urgency, per_second

log = Log(__name__)

#: How the requests begin after which events of an account come.
SUBSCRIBE = "userDataStream.subscribe"

_UNSUBSCRIBED = Ending(None, "unsubscribed; other accounts still use the connection", clean=True)


class Seat(FixedLine):
    """One account's place on a connection: its line.

    :param sessions: where to sit, when it connects.
    :param keeper: authorises the account.
    :param meter: counts the bytes of its events.

    :ivar session: the connection; None before it connects.
    :ivar subscription_id: under which the account's events come; None while it is not subscribed. 0 is one.
    :ivar logged_on: with its key, on this connection.
    :ivar retries: since it was last open.
    :ivar has_left: it was stopped, and reports nothing but its end.
    """

    def __init__(
        self, sessions: Sessions, keeper: Keeper[Any], listener: Listener, options: Options, meter: Meter
    ) -> None:
        self.listener = listener
        self.keeper = keeper
        self.options = options
        self.meter = meter
        self.session: Session | None = None
        self.subscription_id: int | None = None
        self.logged_on = False
        self.retries = 0
        self.has_left = False
        self._sessions = sessions
        self._is_patient = False
        self._attempt: int | None = None  # of the connection, until the account is first subscribed on it
        self._subscribed_at = float("-inf")

    def __repr__(self) -> str:
        return f"<Seat on {self.factory!r}>"

    # -- a line: binance.net.interfaces.Line --------------------------------------------------------------

    @property
    def shown_url(self) -> str:
        return self._sessions.url

    @property
    def factory(self) -> StreamFactory | None:
        return None if self.session is None else self.session.factory

    @property
    def useful(self) -> bool:
        return self.factory is not None and self.factory.useful

    @useful.setter
    def useful(self, yes: bool) -> None:
        if self.factory is not None:
            self.factory.useful = yes

    @property
    def opened_at(self) -> float | None:
        """When the connection was opened."""
        return None if self.factory is None else self.factory.opened_at

    def set_patient(self, yes: bool) -> None:
        was_patient, self._is_patient = self._is_patient, yes
        if was_patient and not yes and not self.is_open():
            self.retries = 0
        if self.factory is not None:
            self.factory.urgency_changed()

    def connect(self) -> None:
        serving = self.keeper.serving
        self.session = self._sessions.apart_from(None if serving is None else serving.session)
        self.keeper.joined(self)
        self.session.join(self)

    def stop(self) -> None:
        if self.has_left:
            return
        self.has_left = True
        self.keeper.left(self)
        if self.session is None:
            self.listener.ended(self, NOT_OPEN)
        else:
            self.session.leave(self)

    def is_open(self) -> bool:
        return self.subscription_id is not None

    # -- for the keeper and its authoriser ----------------------------------------------------------------

    def is_connected(self) -> bool:
        """Whether requests can be made."""
        return self.session is not None and self.session.is_open

    def request(self, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        """Ask the exchange something; see :class:`~binance.net.requests.Requests`."""
        if self.session is None or not self.session.is_open:
            return fail(NotConnected(f"{method}: not connected"))
        return self.session.request(self, method, params)

    def lasted(self) -> bool:
        """Whether the account was last subscribed long enough ago to show that it can be."""
        ago_s: float = self.options.clock.seconds() - self._subscribed_at
        return ago_s >= self.options.timings.steady_s

    def subscribed(self, subscription_id: int) -> None:
        """The account's events come under this id from now on."""
        assert self.session is not None
        was_open = self.is_open()
        self.session.by_id.pop(self.subscription_id, None)
        self.session.by_id[subscription_id] = self
        self.subscription_id, self._subscribed_at = subscription_id, self.options.clock.seconds()
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            self.retries = 0
            self.listener.opened(self, attempt)
        elif not was_open:
            self.listener.resumed(self)

    @property
    def is_new(self) -> bool:
        """Whether the account was never subscribed on this connection."""
        return self._attempt is not None

    def unsubscribed(self) -> None:
        """No more events of the account come on this connection."""
        if self.session is not None:
            self.session.by_id.pop(self.subscription_id, None)
        self.subscription_id, self.logged_on = None, False

    def refuse(self, reason: str) -> None:
        self.listener.refused(self, reason, self.keeper.said)
        self.stop()

    # -- from the session ---------------------------------------------------------------------------------

    def connected(self) -> None:
        """Requests can be made."""
        self._attempt = self.retries
        self.keeper.wake()

    def lost(self, ending: Ending) -> None:
        """The connection, or the attempt at one, is over."""
        self.subscription_id, self.logged_on, self._attempt = None, False, None
        attempts, refused = self.retries, self.keeper.refused
        most = None if self._is_patient else self.options.max_retries
        final, is_outage = self.options.timings.after(attempts, most)
        self.retries += 1
        self.listener.lost(self, ending, retry=not final and refused is None)
        if self.has_left:
            return
        if refused is not None:
            self.refuse(refused)
            return
        if is_outage:
            self.listener.outage(self, attempts, ending.reason, final)
        if final:
            self.stop()

    def terminated(self) -> None:
        """The exchange ended the subscription, and not the connection."""
        lasted = self.lasted()
        self.unsubscribed()
        self.listener.suspended(self, f"the exchange ended the {self.keeper.authoriser.noun}")
        self.keeper.terminated(self, lasted)


class _Early(NamedTuple):
    """An event that came before the answer to its subscription, as :meth:`Session._event` takes it."""

    subscription_id: int
    event: dict[str, Any]
    length: int
    at: Arrival


def _text(event: dict[str, Any]) -> bytes:
    """The text by which events are compared: the envelopes of two connections differ."""
    return json.dumps(event, sort_keys=True).encode()


class Session(Listener):
    """One connection to the WebSocket API, and those who sit on it.

    :param closed: called when it will serve nobody any more.

    :ivar seats: of those who take part, in the order in which they came.
    :ivar by_id: which seat a subscription id belongs to.
    """

    def __init__(self, url: str, options: Options, closed: Callable[[Session], None]) -> None:
        # a seat counts the bytes of its events; nobody asks for those of the whole connection
        self.factory = StreamFactory(url, self, options, meter=Counts())
        self.factory.set_patient(True)  # each seat has its own patience
        self.seats: list[Seat] = []
        self.by_id: dict[int | None, Seat] = {}
        self._closed = closed
        self._requests = Requests(options)
        self._is_connecting = False
        self._subscribing = 0  # how many requests to subscribe are open
        self._early: list[_Early] = []  # events of ids that nobody has yet

    # -- for the seats ------------------------------------------------------------------------------------

    def join(self, seat: Seat) -> None:
        """A seat takes part: the connection is made for the first one."""
        self.seats.append(seat)
        if len(self.seats) == 1:
            self.factory.connect()
            return
        self.factory.urgency_changed()
        if self.factory.is_open() or self._is_connecting:
            seat.listener.connecting(seat, 0)
        if self.is_open:
            seat.connected()

    def leave(self, seat: Seat) -> None:
        """A seat takes no part any more: the connection is closed with the last one."""
        subscription_id = seat.subscription_id
        seat.unsubscribed()
        if self.seats == [seat]:
            self._closed(self)
            self.factory.stop()
            return
        if seat in self.seats:
            self.seats.remove(seat)
        if subscription_id is not None and self.is_open:
            self.unsubscribe(seat, subscription_id)
        seat.listener.ended(seat, _UNSUBSCRIBED)

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        connection = self.factory.connection
        if connection is None or not self.factory.is_open():
            return False
        return bool(connection.state == connection.STATE_OPEN)

    def request(self, seat: Seat, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        """Ask the exchange something, while it is open."""
        connection = self.factory.connection
        assert connection is not None
        answer, wait_s = self._requests.ask(connection, method, params)
        if method.startswith(SUBSCRIBE):
            self._subscribing += 1
            answer.addBoth(self._asked)
        if wait_s:
            timings = seat.options.timings
            budget = per_second(timings.messages)
            seat.listener.limited(seat, "request", budget, wait_s)
        return answer

    def unsubscribe(self, seat: Seat, subscription_id: int) -> None:
        """End a subscription, whoever it is of."""
        done = self.request(seat, "userDataStream.unsubscribe", {"subscriptionId": subscription_id})
        done.addErrback(_not_unsubscribed)

    def drop(self, why: str) -> None:
        """End the connection, so that a new one is made."""
        if self.factory.connection is not None:
            self.factory.connection.drop(why)

    # -- from the factory: binance.net.interfaces.Listener ------------------------------------------------

    def urgency(self, line: Line) -> Urgency:
        return min((seat.listener.urgency(seat) for seat in self.seats), default=Urgency.MOVE)

    def connecting(self, line: Line, attempt: int) -> None:
        self._is_connecting = True
        for seat in self._each():
            seat.listener.connecting(seat, seat.retries)

    def opened(self, line: Line, attempt: int) -> None:
        self._is_connecting = False
        for seat in self._each():
            seat.connected()

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        for payload, message in zip(payloads, messages, strict=True):
            if not self.is_open:
                return
            self._take(payload, message, at)

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        self._nothing_comes()
        for seat in self._each():
            seat.lost(ending)

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        for seat in self._each():
            seat.listener.retrying(seat, seat.retries, delay_s)

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        for seat in self._each():
            seat.listener.limited(seat, what, budget, seconds)

    def ended(self, line: Line, ending: Ending) -> None:
        self._nothing_comes()
        self._closed(self)
        for seat in list(self.seats):
            self.seats.remove(seat)
            seat.listener.ended(seat, ending)

    # -- within -------------------------------------------------------------------------------------------

    def _each(self) -> Iterator[Seat]:
        """Those who sit here; who hears of something may leave, or let others leave."""
        for seat in list(self.seats):
            if seat in self.seats and not seat.has_left:
                yield seat

    def _asked(self, result: Any) -> Any:
        self._subscribing -= 1
        if not self._subscribing and isinstance(result, Failure):
            self._early.clear()  # it may be that no answer came
        return result

    def _nothing_comes(self) -> None:
        self._is_connecting = False
        self.by_id.clear()
        self._early.clear()
        for seat in self.seats:
            seat.subscription_id = None  # before the requests fail, for the keepers look at once
        self._requests.lost()

    def _take(self, payload: bytes, message: Any, at: Arrival) -> None:
        event = message.get("event") if isinstance(message, dict) else None
        if isinstance(event, dict):
            self._event(message.get("subscriptionId"), event, len(payload), at)
        elif isinstance(message, dict) and "id" in message and ("result" in message or "error" in message):
            self._answer(payload, message, at)
        else:
            malformed = MalformedMessage("is neither an event nor an answer")
            self._for_each(payload, malformed if isinstance(message, dict) else message, at)

    def _for_each(self, payload: bytes, message: Any, at: Arrival) -> None:
        """Whose it is, is not known, or it is everybody's."""
        for seat in self._each():
            seat.listener.received(seat, [payload], [message], at)

    def _event(self, subscription_id: Any, event: dict[str, Any], length: int, at: Arrival) -> None:
        seat = self.by_id.get(subscription_id) if isinstance(subscription_id, int) else None
        if subscription_id is None and event.get("e") == "serverShutdown":
            self._for_each(_text(event), event, at)
        elif seat is not None:
            self._deliver(seat, event, length, at)
        elif isinstance(subscription_id, int) and self._has_room_for_early():
            self._early.append(_Early(subscription_id, event, length, at))
            if not self._has_room_for_early():
                log.warning(
                    "%d events arrived before the answer to their subscription; further ones are dropped",
                    len(self._early),
                )
        else:
            log.debug("an event arrived for a subscription that is not open here")

    def _has_room_for_early(self) -> bool:
        return self._subscribing > 0 and len(self._early) < self.factory.options.timings.early

    def _deliver(self, seat: Seat, event: dict[str, Any], length: int, at: Arrival) -> None:
        kind = event.get("e")  # now: the callback may change it
        seat.meter.bytes += length
        seat.listener.received(seat, [_text(event)], [event], at)
        if kind == "eventStreamTerminated" and not seat.has_left:
            seat.terminated()

    def _hand_on_early(self) -> None:
        """An answer came: look whose the events are that came before it."""
        early, self._early = self._early, []
        for one in early:
            if self.is_open:
                self._event(*one)

    def _answer(self, payload: bytes, message: dict[str, Any], at: Arrival) -> None:
        if self._requests.answered(message):
            self._hand_on_early()
            return
        if "error" not in message or message["id"] is not None:
            log.debug("an answer arrived to a request that is not open")
            return
        error: BinanceAPIException = error_of(message)
        if remedy(error.status_code, error.code) is Remedy.FINAL:  # it is about a key
            for seat in self._each():
                seat.keeper.doubted(seat, error)
        else:
            self._for_each(payload, message, at)


def _not_unsubscribed(failure: Failure) -> None:
    log.debug("unsubscribing failed: %s", type(failure.value).__name__)


class Sessions:
    """The connections of one manager to one URL of the WebSocket API; in the reactor's thread only."""

    def __init__(self, url: str, options: Options) -> None:
        self.url = url
        self._options = options
        self._current: Session | None = None

    def opener(
        self,
        authoriser: Callable[[Keeper[Any]], Authoriser],
        account: bytes,
        report: Report,
        options: Options,
        meter: Meter,
    ) -> Opener:
        """What makes lines for an account.

        :param authoriser: makes what authorises it.
        :param account: see :func:`~binance.account.refusals.account_of`.
        """
        keeper = Keeper[Any](report, options, authoriser, account=account)

        def open_line(listener: Listener) -> Line | None:
            return None if keeper.refused is not None else Seat(self, keeper, listener, options, meter)

        return open_line

    def apart_from(self, left: Session | None) -> Session:
        """The connection that there is, or a new one, which is not made yet.

        :param left: the connection that is to be left; whoever comes later goes to the new one, too.
        """
        if self._current is None or self._current is left:
            self._current = Session(self.url, self._options, self._forget)
        return self._current

    def _forget(self, session: Session) -> None:
        if self._current is session:
            self._current = None
