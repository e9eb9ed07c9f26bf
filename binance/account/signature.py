"""Account events by the WebSocket API: subscribed with a signature, or with a listen token.

A spot account subscribes with a signed request, or, with an Ed25519 key, logs on and then subscribes. There
is nothing to keep alive; after a reconnect it is done again. A margin account subscribes with a listen token
that REST gives, and does so again, on the same connection, before the token ends.

Source: Spot *WebSocket API*, "User Data Stream subscriptions"; *Margin Trading*, "User Data Stream".
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from twisted.internet.defer import Deferred

from binance.account.keeper import NO_ERROR, UserSubscription
from binance.account.session import ApiConnections, NotConnected, Seat
from binance.client import WRONG_CLOCK, clock_words
from binance.exceptions import BinanceAPIException, MalformedMessage
from binance.net.protocol import Ending, Line
from binance.sockets.delivery import Callback
from binance.sockets.subscription import Context
from binance.wire.codec import epoch_s

log = logging.getLogger(__name__)

SIGNING_CALLS = ("sign_request",)
TOKEN_CALLS = ("margin_get_listen_token",)

#: A token is renewed after this part of the time that it is good for.
RENEW_AFTER = 0.8
#: So often in a row the clock is corrected; after that it is not the clock.
MOST_CORRECTIONS = 2
#: An authorisation that ends sooner than this is no proof that the next one will last.
STEADY_AFTER_S = 10.0

_BAD_TOKEN = -1209
_ALREADY_SUBSCRIBED = -2035
_NO_MORE_IDS = -2042


class ApiSubscription(UserSubscription):
    """A subscription to an account's events that has a seat on a connection to the WebSocket API.

    :param connections: those of the manager, to be shared.
    :param url: of the WebSocket API.
    """

    what = "subscription"

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        client: Any,
        connections: ApiConnections,
        url: str,
    ) -> None:
        super().__init__(context, conn_key, callback, client=client)
        self._connections = connections
        self._url = url
        self._target: Any = None  # the seat that is being authorised
        self._attempt: int | None = None  # of the connection that serves, is open, and was not told of yet
        self._subscribed_at = float("-inf")
        self._corrections = 0
        for name in ("API_KEY", "API_SECRET"):
            secret = getattr(client, name, None)
            if isinstance(secret, str) and secret:
                self._secrets.add(secret)

    # -- from the manager ------------------------------------------

    def open(self) -> None:
        seat = self._connections.seat(self._url, self.context, self)
        self.served_by(seat)
        seat.dial()

    # -- for the moves to new connections ------------------------------------------

    def another_line(self) -> Seat:
        assert isinstance(self.factory, Seat)
        seat = self._connections.seat(self._url, self.context, self, apart_from=self.factory.connection)
        self._factories.append(seat)
        return seat

    def promoted(self, line: Line) -> None:
        super().promoted(line)
        self._attempt = 0  # if it is open already, it is told of when it is subscribed

    # -- from the seats: binance.account.session.Guest ------------------------------------------

    def connection_opened(self, seat: Seat, attempt: int) -> None:
        if seat is self.factory:
            self._attempt = attempt
        self._authorise()

    def event(self, seat: Seat, event: dict[str, Any], length: int) -> None:
        if self.stopped:
            return  # from another thread, a moment ago
        now = time.time()
        self.counts.received(now)
        self.bytes_received += length
        ended = event.get("e") == "eventStreamTerminated"
        if self.rotation.line is None:
            self.deliver(seat, [event])
        else:
            text = json.dumps(event, sort_keys=True).encode()  # the envelopes of two connections differ
            if seat is not self.rotation.line:
                self.deliver(seat, [event])
                self.rotation.delivered([text], [event])
            elif not ended:
                self.rotation.held([text], [event])
        self._lagged(now, event)
        if ended and not self.stopped:
            self._terminated(seat)

    def lost(self, factory: Line, ending: Ending, retry: bool) -> None:
        if factory is not self.rotation.line:
            self._set_timer(None)  # when it is open again there is more to do than to renew
        super().lost(factory, ending, retry)
        if self._needy() is not None and not self.stopped:
            self._authorise()

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        raise NotImplementedError

    # -- authorising ------------------------------------------

    def _authorise(self) -> None:
        """Subscribe on the connection that lacks it; if none does, renew where it is."""
        if self._call is None:  # else this comes again when it is over
            self._target = self._needy() or self.factory
            self._subscribe()

    def _needy(self) -> Seat | None:
        """The seat whose connection is open and where the account is not subscribed."""
        for seat in (self.factory, self.rotation.line):
            if isinstance(seat, Seat) and seat.connection.is_open and not seat.is_open():
                return seat
        return None

    def _subscribe(self) -> None:
        """Get what is needed, and subscribe the target."""
        raise NotImplementedError

    def _request(self, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        answer: Deferred[Any] = self._target.request(method, params)
        return answer

    def _again(self) -> None:
        self._authorise()

    def _subscribed(self, result: Any) -> None:
        subscription_id = result.get("subscriptionId") if isinstance(result, dict) else None
        if not isinstance(subscription_id, int) or isinstance(subscription_id, bool):
            self._failed(MalformedMessage("the answer to a subscription holds no subscriptionId"))
            return
        seat: Seat = self._target
        if seat not in (self.factory, self.rotation.line):  # left meanwhile
            self._unsubscribe(seat, subscription_id)
        else:
            self._seated(seat, subscription_id)
        if self._needy() is not None and not self.stopped:
            self._authorise()

    def _seated(self, seat: Seat, subscription_id: int) -> None:
        again = seat.is_open()
        seat.subscribed(subscription_id)
        self._corrections = 0
        if self._now() - self._subscribed_at >= STEADY_AFTER_S:
            self._succeeded()
        self._subscribed_at = self._now()
        if seat is not self.factory:
            if not again:
                self.opened(seat, 0)
        elif self._attempt is not None:
            attempt, self._attempt = self._attempt, None
            self.opened(seat, attempt)
        else:
            log.info("%s: the %s was %s", self.conn_key, self.what, "renewed" if again else "replaced")
            self.tell("key_renewed" if again else "key_replaced", **NO_ERROR)

    def _unsubscribe(self, seat: Seat, subscription_id: int) -> None:
        done = seat.request("userDataStream.unsubscribe", {"subscriptionId": subscription_id})
        done.addErrback(lambda failure: log.debug("unsubscribing failed: %s", failure.type.__name__))

    def _terminated(self, seat: Seat) -> None:
        """The exchange ended the subscription, and not the connection."""
        seat.unsubscribed()
        if seat is self.rotation.line:
            self.rotation.lost(Ending(None, f"the exchange ended the {self.what}"))
        elif self._final_reason is not None:
            self.give_up(0, f"the {self.what} has ended, and the next one was refused: {self._final_reason}")
            return
        log.warning("%s: the exchange ended the %s", self.conn_key, self.what)
        if self._now() - self._subscribed_at >= STEADY_AFTER_S:
            self._authorise()
        else:
            self._set_timer(self._next_delay_s(), self._authorise)

    # -- failures ------------------------------------------

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, NotConnected):
            super()._failed(error)
        elif self._needy() is not None:  # that is an outage, and told as one; but there is another connection
            self._authorise()

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        if about["code"] == _ALREADY_SUBSCRIBED:  # by a request whose answer came too late
            self._ask(lambda: self._request("session.subscriptions"), self._clear_away)
            return True
        if about["code"] == _NO_MORE_IDS:
            self._target.connection.drop("it has had all the subscriptions that a connection may have")
            return True
        return False

    def _clear_away(self, subscriptions: Any) -> None:
        """End the subscriptions that nobody here knows of, and subscribe anew, a little later."""
        listed = subscriptions if isinstance(subscriptions, list) else []
        ids = [one.get("subscriptionId") for one in listed if isinstance(one, dict)]
        own = self._target.subscription_id
        if own is not None and own in ids:
            self._subscribed({"subscriptionId": own})  # it is ours, and goes on
            return
        for number in ids:
            if isinstance(number, int) and number not in self._target.connection.by_id:
                log.info(
                    "%s: the exchange has a subscription that nobody here knows of; ended", self.conn_key
                )
                self._unsubscribe(self._target, number)
        self._set_timer(self._next_delay_s(), self._authorise)

    def _is_final(self, status: int | None, code: int | None) -> bool:
        wrong_clock = code == WRONG_CLOCK and self._corrections >= MOST_CORRECTIONS
        return wrong_clock or super()._is_final(status, code)

    def _may_bring_more(self) -> bool:
        return self.factory is not None and self.factory.is_open()

    def _tell_clock(self, ahead_ms: float) -> None:
        words = f"{clock_words(ahead_ms)}; timestamps are corrected"
        log.warning("%s: %s", self.conn_key, words)
        self.tell("key_failed", status=400, code=WRONG_CLOCK, message=words, final=False)


class SignedSubscription(ApiSubscription):
    """The events of a spot account.

    :param client: ``sign_request(params)`` is called, and ``key_type`` and ``correct_clock`` are used.
    """

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        seat.unsubscribed()
        self._failed(error)

    def _subscribe(self) -> None:
        if self._client.key_type == "Ed25519":
            self._ask(lambda: self._signed("session.logon"), self._logged_on)
        else:
            self._ask(lambda: self._signed("userDataStream.subscribe.signature"), self._subscribed)

    def _logged_on(self, _: Any) -> None:
        self._ask(lambda: self._request("userDataStream.subscribe"), self._subscribed)

    def _signed(self, method: str) -> Deferred[Any]:
        params = self._client.sign_request({})
        self._secrets.add(params["signature"])
        return self._request(method, params)

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        if about["code"] != WRONG_CLOCK or about["final"]:
            return super()._mends(about, error)
        self._corrections += 1
        asked_s = time.time()

        def corrected(result: Any) -> None:
            server_s = epoch_s(result.get("serverTime")) if isinstance(result, dict) else None
            if server_s is None:
                self._failed(MalformedMessage("the answer to time holds no serverTime"))
                return
            self._tell_clock(self._client.correct_clock(server_s * 1000, asked_s, time.time()))
            self._authorise()

        self._ask(lambda: self._request("time"), corrected)
        return True


class TokenSubscription(ApiSubscription):
    """The events of a margin account.

    :param client: ``margin_get_listen_token(symbol)`` is called, in a thread.
    :param symbol: of an isolated account; None for the cross margin account.
    """

    what = "listen token"

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        client: Any,
        connections: ApiConnections,
        url: str,
        symbol: str | None = None,
    ) -> None:
        super().__init__(context, conn_key, callback, client=client, connections=connections, url=url)
        self._symbol = symbol
        self._token: str | None = None
        self._is_in_doubt = False  # whether what was subscribed brings anything still
        self._token_until_s = 0.0  # epoch seconds of the exchange's clock

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        # whether it is the key that gives our tokens is seen by asking for one
        self._token, self._is_in_doubt = None, True
        self._authorise()

    def _may_bring_more(self) -> bool:
        return super()._may_bring_more() and not self._is_in_doubt

    def _subscribe(self) -> None:
        is_good = self._token is not None and self._exchange_s() < self._token_until_s
        if is_good and not self._target.is_open():
            self._send_token()  # no need of REST, which may be down
            return
        offset_ms = self._offset_ms()

        def got(answer: Any) -> None:
            if self._offset_ms() != offset_ms:
                self._tell_clock(self._offset_ms())
            self._got_token(answer)

        symbol = self._symbol
        args = () if symbol is None else (symbol,)
        self._ask(lambda: self._in_thread(self._client.margin_get_listen_token, *args), got)

    def _got_token(self, answer: Any) -> None:
        token = answer.get("token") if isinstance(answer, dict) else None
        until_s = epoch_s(answer.get("expirationTime")) if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token or until_s is None:
            self._failed(MalformedMessage("margin_get_listen_token gave no token with an expirationTime"))
            return
        self._token, self._token_until_s = token, until_s
        self._secrets.add(token)
        self._send_token()

    def _send_token(self) -> None:
        params = {"listenToken": self._token}
        self._ask(lambda: self._request("userDataStream.subscribe.listenToken", params), self._subscribed)

    def _subscribed(self, result: Any) -> None:
        self._is_in_doubt = False
        super()._subscribed(result)
        if self._may_bring_more() and not self.stopped:
            left_s = self._token_until_s - self._exchange_s()
            self._set_timer(RENEW_AFTER * left_s if left_s > 0 else self._next_delay_s(), self._authorise)

    def _terminated(self, seat: Seat) -> None:
        self._token = None
        super()._terminated(seat)

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        if about["code"] == _BAD_TOKEN:
            self._token = None
        if about["code"] == WRONG_CLOCK:
            self._corrections += 1
        return super()._mends(about, error)

    def _is_final(self, status: int | None, code: int | None) -> bool:
        return status == 404 or super()._is_final(status, code)

    def _words_for(self, status: int | None, code: int | None) -> str | None:
        return "HTTP 404: this venue has no margin accounts" if status == 404 else None

    def _offset_ms(self) -> float:
        return float(getattr(self._client, "clock_offset_ms", 0.0))

    def _exchange_s(self) -> float:
        return time.time() + self._offset_ms() / 1000
