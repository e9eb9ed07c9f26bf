"""The WebSocket API: one connection, which several accounts share, for their requests and their events.

To its subscription a :class:`Seat` is what a factory is to others. The connection is dialled for the first of
its seats and closed with the last.

Source: Spot *WebSocket API*, "Request format", "Response format", "User Data Stream subscriptions".
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from twisted.internet.defer import Deferred, fail

from binance.exceptions import BinanceAPIException, BinanceRequestException, MalformedMessage
from binance.net.protocol import MESSAGES_WORDS, Ending, StreamFactory
from binance.sockets.subscription import Context
from binance.wire.codec import batch_decoder, checked
from binance.wire.waits import error_retry_after_s

log = logging.getLogger(__name__)

#: Errors, without the id of a request, that say that a key is not valid any more.
_KEY_CODES = frozenset({-2014, -2015})
#: A request that is not answered by then has failed.
REQUEST_TIMEOUT_S = 10.0


class NotConnected(BinanceRequestException):
    """A request could not be made, or its answer not be had, for want of a connection."""


class Guest(Protocol):
    """Who has a seat: a subscription. What it is told is what a factory tells, of its seat."""

    def dialling(self, line: Any, attempt: int) -> None: ...

    def connection_opened(self, seat: Seat, attempt: int) -> None:
        """Requests can be made from now on."""

    def event(self, seat: Seat, event: dict[str, Any], length: int) -> None:
        """An event of the account came; *length* of the whole payload in bytes."""

    def shutdown_announced(self, line: Any) -> None: ...

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        """The key that is logged on, or another of this connection, is not valid any more."""

    def refused(self, code: int | None, message: str) -> None:
        """The exchange answered with an error that belongs to no request."""

    def malformed_payload(self, length: int, error: str) -> None: ...

    def lost(self, line: Any, ending: Ending, retry: bool) -> None: ...

    def retrying(self, line: Any, attempt: int, delay_s: float) -> None: ...

    def limited(self, line: Any, what: str, budget: str, seconds: float) -> None: ...

    def outage(self, line: Any, attempts: int, reason: str, final: bool) -> None: ...

    def ended(self, line: Any, ending: Ending) -> None: ...


class Seat:
    """One subscription's place on a connection.

    :ivar has_left: it was given up, and is told nothing more but its end.
    :ivar subscription_id: under which the account's events come; None while it is not subscribed. 0 is one.
    """

    def __init__(self, connection: ApiConnection, guest: Guest) -> None:
        self.connection = connection
        self.guest = guest
        self.subscription_id: int | None = None
        self.has_left = False

    def __repr__(self) -> str:
        return f"<Seat on {self.connection.factory!r}>"

    @property
    def factory(self) -> StreamFactory:
        """The factory of the connection."""
        return self.connection.factory

    @property
    def url(self) -> str:
        return str(self.factory.url)

    @property
    def messages(self) -> int:
        """How many messages the connection has brought."""
        return self.factory.messages

    @messages.setter
    def messages(self, count: int) -> None:
        self.factory.messages = count

    def dial(self) -> None:
        """Connect, or take part in the connection that there is."""
        self.connection.joined(self)

    @property
    def opened_at(self) -> float | None:
        """When the connection was opened."""
        return self.factory.opened_at

    def patient(self, yes: bool) -> None:
        """See :class:`binance.net.protocol.Line`; where others sit already, it is for them to say."""
        if not yes or self.connection.seats in ([], [self]):
            self.factory.patient(yes)

    def is_open(self) -> bool:
        """Whether events of the account come here."""
        return self.subscription_id is not None

    def stop(self) -> None:
        """Leave for good; ``ended`` follows, perhaps at once."""
        if not self.has_left:
            self.has_left = True
            self.connection.left(self)

    def request(self, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        """Ask; see :meth:`ApiConnection.request`."""
        return self.connection.request(self, method, params)

    def subscribed(self, subscription_id: int) -> None:
        """The account's events come under this id from now on."""
        self.connection.by_id.pop(self.subscription_id, None)
        self.subscription_id = subscription_id
        self.connection.by_id[subscription_id] = self

    def unsubscribed(self) -> None:
        """No more events of the account come on this connection."""
        self.connection.by_id.pop(self.subscription_id, None)
        self.subscription_id = None


class ApiConnection:
    """One connection to the WebSocket API, and those who sit on it.

    :param context: of the manager.
    :param gone: called when it will serve nobody any more.

    :ivar seats: of those who take part, in the order in which they came.
    :ivar by_id: which seat a subscription id belongs to.
    """

    def __init__(
        self,
        url: str,
        context: Context,
        gone: Callable[[ApiConnection], None],
    ) -> None:
        self.factory = StreamFactory(url, self, context.options)
        self.seats: list[Seat] = []
        self.by_id: dict[int | None, Seat] = {}
        self.bytes_received = 0
        self._context = context
        self._decoded = batch_decoder(context.decoder)
        self._gone = gone
        self._numbers = itertools.count(1)
        self._asked: dict[int, Deferred[Any]] = {}
        self._is_open = False
        self._is_dialling = False

    # -- for the seats ------------------------------------------

    def joined(self, seat: Seat) -> None:
        """A subscription takes part: the connection is dialled for the first one."""
        self.seats.append(seat)
        if len(self.seats) == 1:
            self.factory.dial()
            return
        if self._is_open or self._is_dialling:
            seat.guest.dialling(seat, self.factory.retries)
        if self.is_open and seat in self.seats:
            seat.guest.connection_opened(seat, 0)

    def left(self, seat: Seat) -> None:
        """A subscription takes no part any more: the connection is closed with the last one."""
        subscription_id = seat.subscription_id
        seat.unsubscribed()
        if self.seats == [seat]:
            self._gone(self)
            self.factory.stop()
            return
        if seat in self.seats:
            self.seats.remove(seat)
        if subscription_id is not None and self.is_open:
            done = self.request(seat, "userDataStream.unsubscribe", {"subscriptionId": subscription_id})
            done.addErrback(lambda failure: log.debug("unsubscribing failed: %s", failure.type.__name__))
        seat.guest.ended(seat, Ending(None, "unsubscribed; other accounts go on with the connection", True))

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        connection = self.factory.connection
        return self._is_open and connection is not None and connection.state == connection.STATE_OPEN

    def request(self, seat: Seat, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        """Ask the exchange something.

        :returns: fires with the answer's ``result``; fails with :exc:`BinanceAPIException` if it is an error,
            with :exc:`NotConnected` if there is no connection or it is lost, with
            :exc:`BinanceRequestException` if no answer comes.
        """
        connection = self.factory.connection
        if connection is None or not self.is_open:
            return fail(NotConnected(f"{method}: there is no connection"))
        number = next(self._numbers)
        asked = {"id": number, "method": method, **({"params": params} if params else {})}
        answer: Deferred[Any] = Deferred()
        self._asked[number] = answer
        wait_s = connection.ask(json.dumps(asked).encode())
        answer.addTimeout(wait_s + REQUEST_TIMEOUT_S, self._context.options.reactor, _no_answer)
        answer.addBoth(self._forget_request, number)
        if wait_s:
            seat.guest.limited(seat, "request", MESSAGES_WORDS, wait_s)
        return answer

    def _forget_request(self, result: Any, number: int) -> Any:
        self._asked.pop(number, None)
        return result

    def drop(self, why: str) -> None:
        """End the connection, so that the factory makes a new one."""
        connection = self.factory.connection
        if connection is not None:
            connection.drop(why)

    # -- from the factory: binance.net.protocol.Listener ------------------------------------------

    def dialling(self, factory: StreamFactory, attempt: int) -> None:
        self._is_dialling = True
        for seat in self._each():
            seat.guest.dialling(seat, attempt)

    def opened(self, factory: StreamFactory, attempt: int) -> None:
        self._is_open, self._is_dialling = True, False
        for seat in self._each():
            seat.guest.connection_opened(seat, attempt)

    def received(self, factory: StreamFactory, payloads: list[bytes], is_binary: bool = False) -> None:
        for payload in payloads:
            if not self.is_open:
                return
            [message] = [MalformedMessage("is a binary frame")] if is_binary else self._decoded([payload])
            try:
                message = checked(message)
            except MalformedMessage as exc:
                self._malformed(len(payload), str(exc))
            except (SystemExit, KeyboardInterrupt) as exc:  # of a decoder of the user's
                self._context.user_code.exits(exc)
            else:
                self._take(message, len(payload))

    def lost(self, factory: StreamFactory, ending: Ending, retry: bool) -> None:
        self._nothing_comes()
        if not retry:
            self._gone(self)  # before anybody is told, who may start anew
        for seat in self._each():
            seat.guest.lost(seat, ending, retry)

    def retrying(self, factory: StreamFactory, attempt: int, delay_s: float) -> None:
        for seat in self._each():
            seat.guest.retrying(seat, attempt, delay_s)

    def limited(self, factory: StreamFactory, what: str, budget: str, seconds: float) -> None:
        for seat in self._each():
            seat.guest.limited(seat, what, budget, seconds)

    def outage(self, factory: StreamFactory, attempts: int, reason: str, final: bool) -> None:
        for seat in self._each():
            seat.guest.outage(seat, attempts, reason, final)

    def ended(self, factory: StreamFactory, ending: Ending) -> None:
        self._nothing_comes()
        self._gone(self)
        for seat in list(self.seats):
            self.seats.remove(seat)
            seat.guest.ended(seat, ending)

    # -- within ------------------------------------------

    def _each(self) -> Iterator[Seat]:
        """Those who sit here; who is told of something may leave, or let others leave."""
        for seat in list(self.seats):
            if seat in self.seats and not seat.has_left:
                yield seat

    def _nothing_comes(self) -> None:
        self._is_open = self._is_dialling = False
        self.by_id.clear()
        for seat in self.seats:
            seat.subscription_id = None
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            answer.errback(NotConnected("the connection was lost before the answer"))

    def _take(self, message: dict[str, Any], length: int) -> None:
        event = message.get("event")
        if isinstance(event, dict):
            self._event(message.get("subscriptionId"), event, length)
        elif "id" in message and ("result" in message or "error" in message):
            self._answer(message)
        else:
            self._malformed(length, "is neither an event nor an answer")

    def _malformed(self, length: int, error: str) -> None:
        for seat in self._each():  # whose it would have been is not known
            seat.guest.malformed_payload(length, error)

    def _event(self, subscription_id: Any, event: dict[str, Any], length: int) -> None:
        if subscription_id is None and event.get("e") == "serverShutdown":
            for seat in self._each():
                seat.guest.shutdown_announced(seat)
            return
        seat_of = self.by_id.get(subscription_id) if isinstance(subscription_id, int) else None
        if seat_of is not None:
            seat_of.guest.event(seat_of, event, length)
        else:
            log.debug("an event came for a subscription that nobody has (any more)")

    def _answer(self, message: dict[str, Any]) -> None:
        error = _error(message) if "error" in message else None
        number = message["id"]
        answer = self._asked.pop(number, None) if isinstance(number, int) else None
        if answer is not None:
            if error is None:
                answer.callback(message["result"])
            else:
                answer.errback(error)
        elif error is not None and number is None:
            about_key = error.status_code == 401 or error.code in _KEY_CODES
            for seat in self._each():
                if about_key:
                    seat.guest.session_refused(seat, error)
                else:
                    seat.guest.refused(error.code, error.message)
        else:
            log.debug("an answer came that nobody waits for")


def _error(message: dict[str, Any]) -> BinanceAPIException:
    error = message["error"] if isinstance(message["error"], dict) else {"msg": str(message["error"])}
    status, code = message.get("status"), error.get("code")
    return BinanceAPIException(
        status if isinstance(status, int) else 400,
        code if isinstance(code, int) else None,
        str(error.get("msg", "")),
        error_retry_after_s(error),
    )


def _no_answer(_: Any, timeout_s: float) -> None:
    raise BinanceRequestException(f"no answer for {timeout_s:g} s")


class ApiConnections:
    """The connections of one manager to the WebSocket API, by URL; in the reactor's thread only."""

    def __init__(self) -> None:
        self._current: dict[str, ApiConnection] = {}

    def seat(self, url: str, context: Context, guest: Guest, apart_from: ApiConnection | None = None) -> Seat:
        """A place on the connection to *url* that there is, or on a new one, which is not dialled yet.

        :param apart_from: the connection that is to be left; whoever comes later goes to the new one, too.
        """
        connection = self._current.get(url)
        if connection is None or connection is apart_from:
            connection = self._current[url] = ApiConnection(url, context, self._forget)
        return Seat(connection, guest)

    def _forget(self, connection: ApiConnection) -> None:
        for url, current in list(self._current.items()):
            if current is connection:
                del self._current[url]
