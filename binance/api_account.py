"""Account events by the WebSocket API: subscribed with a signature, or with a listen token.

A spot account subscribes with a signed request, or, with an Ed25519 key, logs on and then subscribes. There
is nothing to keep alive; after a reconnect it is done again. A margin account subscribes with a listen token
that REST gives, and does so again, on the same connection, before the token ends.

Source: Spot *WebSocket API*, "User Data Stream subscriptions"; *Margin Trading*, "User Data Stream".
"""

from __future__ import annotations

import logging
import time
from typing import Any

from twisted.internet.defer import Deferred

from binance.client import WRONG_CLOCK, clock_words
from binance.exceptions import BinanceAPIException, MalformedMessage
from binance.messages import epoch_s
from binance.protocol import Ending, Line
from binance.subscription import Context
from binance.usercode import Callback
from binance.userstream import NO_ERROR, UserSubscription
from binance.ws_api import ApiConnections, NotConnected, Seat

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
        self._seat: Seat | None = None
        self._attempt: int | None = None  # of the connection that is open and not told of yet
        self._subscribed_at = float("-inf")
        self._corrections = 0
        for name in ("API_KEY", "API_SECRET"):
            secret = getattr(client, name, None)
            if isinstance(secret, str) and secret:
                self._secrets.add(secret)

    # -- from the manager ---------------------------------------------------------------------------------

    def open(self) -> None:
        seat = self._seat = self._connections.seat(self._url, self.context, self)
        self.served_by(seat, seat.factory)
        seat.dial()

    # -- from the seat: binance.ws_api.Guest ---------------------------------------------------------------

    def connection_opened(self, seat: Seat, attempt: int) -> None:
        self._attempt = attempt
        self._authorise()

    def event(self, seat: Seat, event: dict[str, Any], length: int) -> None:
        now = time.time()
        self.counts.received(now)
        self.bytes_received += length
        self.deliver(seat, [event])
        self._lagged(now, event)
        if event.get("e") == "eventStreamTerminated" and not self.stopped:
            self._terminated(seat)

    def lost(self, factory: Line, ending: Ending, retry: bool) -> None:
        self._set_timer(None)  # when it is open again there is more to do than to renew
        super().lost(factory, ending, retry)

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        raise NotImplementedError

    # -- authorising --------------------------------------------------------------------------------------

    def _authorise(self) -> None:
        """Get what is needed, and subscribe, on the connection that is open."""
        raise NotImplementedError

    def _request(self, method: str, params: dict[str, Any] | None = None) -> Deferred[Any]:
        assert self._seat is not None
        return self._seat.request(method, params)

    def _again(self) -> None:
        self._authorise()

    def _subscribed(self, result: Any) -> None:
        subscription_id = result.get("subscriptionId") if isinstance(result, dict) else None
        if not isinstance(subscription_id, int) or isinstance(subscription_id, bool):
            self._failed(MalformedMessage("the answer to a subscription holds no subscriptionId"))
            return
        assert self._seat is not None
        again = self._seat.is_open()
        self._seat.subscribed(subscription_id)
        self._corrections = 0
        if self._now() - self._subscribed_at >= STEADY_AFTER_S:
            self._succeeded()
        self._subscribed_at = self._now()
        if self._attempt is not None:
            attempt, self._attempt = self._attempt, None
            self.opened(self._seat, attempt)
        else:
            log.info("%s: the %s was %s", self.conn_key, self.what, "renewed" if again else "replaced")
            self._tell("key_renewed" if again else "key_replaced", **NO_ERROR)

    def _terminated(self, seat: Seat) -> None:
        """The exchange ended the subscription, and not the connection."""
        seat.unsubscribed()
        if self._final_reason is not None:
            self.give_up(0, f"the {self.what} has ended, and the next one was refused: {self._final_reason}")
            return
        log.warning("%s: the exchange ended the %s", self.conn_key, self.what)
        if self._now() - self._subscribed_at >= STEADY_AFTER_S:
            self._authorise()
        else:
            self._set_timer(self._next_delay_s(), self._authorise)

    # -- failures -----------------------------------------------------------------------------------------

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, NotConnected):  # that is an outage, and told as one
            super()._failed(error)

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        if about["code"] == _ALREADY_SUBSCRIBED:  # by a request whose answer came too late
            self._ask(lambda: self._request("session.subscriptions"), self._clear_away)
            return True
        if about["code"] == _NO_MORE_IDS:
            assert self._seat is not None
            self._seat.connection.drop("it has had all the subscriptions that a connection may have")
            return True
        return False

    def _clear_away(self, subscriptions: Any) -> None:
        """End the subscriptions that nobody here knows of, and subscribe anew, a little later."""
        assert self._seat is not None
        log.info("%s: the exchange has a subscription that nobody here knows of; ended", self.conn_key)
        for subscription in subscriptions if isinstance(subscriptions, list) else ():
            number = subscription.get("subscriptionId") if isinstance(subscription, dict) else None
            if isinstance(number, int) and number not in self._seat.connection.by_id:
                done = self._request("userDataStream.unsubscribe", {"subscriptionId": number})
                done.addErrback(lambda failure: log.debug("unsubscribing failed: %s", failure.type.__name__))
        self._set_timer(self._next_delay_s(), self._authorise)

    def _is_final(self, status: int | None, code: int | None) -> bool:
        wrong_clock = code == WRONG_CLOCK and self._corrections >= MOST_CORRECTIONS
        return wrong_clock or super()._is_final(status, code)

    def _may_bring_more(self) -> bool:
        return self._seat is not None and self._seat.is_open()

    def _tell_clock(self, ahead_ms: float) -> None:
        words = f"{clock_words(ahead_ms)}; timestamps are corrected"
        log.warning("%s: %s", self.conn_key, words)
        self._tell("key_failed", status=400, code=WRONG_CLOCK, message=words, final=False)


class SignedSubscription(ApiSubscription):
    """The events of a spot account.

    :param client: ``sign_request(params)`` is called, and ``key_type`` and ``correct_clock`` are used.
    """

    def session_refused(self, seat: Seat, error: BinanceAPIException) -> None:
        seat.unsubscribed()
        self._failed(error)

    def _authorise(self) -> None:
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

    def _authorise(self) -> None:
        if (
            self._token is not None
            and self._exchange_s() < self._token_until_s
            and not self._may_bring_more()
        ):
            self._subscribe()  # no need of REST, which may be down
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
        self._subscribe()

    def _subscribe(self) -> None:
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
