"""Account events by the WebSocket API, against a scripted exchange: every answer and signal it may give."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import BINANCE_US, Endpoints
from binance.events import Event
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.websockets import BinanceSocketManager

from ..keys import API_KEY, ED25519, SECRET, pem
from ..support import ManagerCase, ServedConnection, turns, until

BY_SIGNATURE = "userDataStream.subscribe.signature"
BY_TOKEN = "userDataStream.subscribe.listenToken"
REPORT = {"e": "executionReport", "i": 7}
TERMINATED = {"e": "eventStreamTerminated", "E": 1}

Answer = Callable[[ServedConnection, dict[str, Any]], Any]


class Refusal(Exception):
    """An error as the exchange answers it."""

    def __init__(self, code: int, message: str = "no", status: int = 400, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "msg": message, **({"data": data} if data else {})}


def answers(*results: Any) -> Answer:
    """Give these answers, one a request, the last for ever; a Refusal is an error."""
    left = list(results)

    def answer(connection: ServedConnection, params: dict[str, Any]) -> Any:
        result = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(result, Refusal):
            raise result
        return result

    return answer


class TokenClient:
    """An injected client that gives listen tokens as a test says."""

    key_type = "HMAC"

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.good_for_s = 86_400.0
        self.on_ask: Callable[[], None] = lambda: None

    def margin_get_listen_token(self, symbol: str | None = None) -> dict[str, Any]:
        self.asked.append(symbol)
        self.on_ask()
        until_ms = int((time.time() + self.good_for_s) * 1000)
        return {"token": f"TOKEN+/{len(self.asked)}=", "expirationTime": until_ms}


class ApiCase(ManagerCase):
    """A manager whose scripted server answers requests."""

    def setUp(self) -> None:
        super().setUp()
        self.client: Any = Client(API_KEY, SECRET)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {
            BY_SIGNATURE: answers({"subscriptionId": 0}),
            BY_TOKEN: answers({"subscriptionId": 3, "expirationTime": 1790000000123000}),
            "session.logon": answers({"apiKey": "x"}),
            "userDataStream.subscribe": answers({"subscriptionId": 5}),
            "userDataStream.unsubscribe": answers({}),
            "time": lambda connection, params: {"serverTime": int(time.time() * 1000)},
        }
        self.server.on_message = self._answer

    def _answer(self, connection: ServedConnection, payload: bytes) -> None:
        request = json.loads(payload)
        params = request.get("params", {})
        self.asked.append((request["method"], params))
        try:
            result = self.answers[request["method"]](connection, params)
        except Refusal as exc:
            connection.send({"id": request["id"], "status": exc.status, "error": exc.error, "rateLimits": []})
            return
        if result is not None:
            connection.send({"id": request["id"], "status": 200, "result": result, "rateLimits": []})

    def methods(self) -> list[str]:
        """What was asked so far."""
        return [method for method, _ in self.asked]

    def start(self, **options: Any) -> BinanceSocketManager:
        """A manager with a user socket."""
        bm = self.manager(self.client, **options)
        assert bm.start_user_socket(self.got) == "user"
        return bm

    def margin(self, **options: Any) -> BinanceSocketManager:
        """A manager with a margin socket."""
        self.client = TokenClient()
        bm = self.manager(self.client, **options)
        assert bm.start_margin_socket(self.got) == "margin"
        return bm


def wrapped(event: dict[str, Any], subscription_id: int | None = 0) -> dict[str, Any]:
    """An event as it travels."""
    return {"subscriptionId": subscription_id, "event": event}


class Spot(ApiCase):
    """start_user_socket with a signature."""

    async def test_events_arrive_bare_after_a_signed_subscription(self):
        """One signed request on the WebSocket API; subscription id 0 is one; `e` is at the top."""
        bm = self.start()
        connection = await self.opened()
        assert connection.path == "/ws-api/v3"
        [(method, params)] = self.asked
        assert method == BY_SIGNATURE
        assert set(params) == {"apiKey", "timestamp", "signature"}
        assert abs(params["timestamp"] - time.time() * 1000) < 60_000
        connection.send(wrapped(REPORT))
        await until(lambda: self.got)
        assert self.got == [REPORT]
        assert self.events.kinds() == ["connecting", "connected"]
        assert list(bm.stats()) == ["user"]
        assert bm.start_user_socket(self.got) is False
        assert bm.stats("user")["messages"] == 1

    async def test_microseconds_are_asked_for_in_the_url(self):
        """time_unit holds for account events too."""
        self.start(time_unit="MICROSECOND")
        connection = await self.opened()
        assert connection.params == {"timeUnit": ["MICROSECOND"]}

    async def test_an_ed25519_key_logs_on_and_then_subscribes(self):
        """The session is the key's; the subscription itself needs no signature."""
        self.client = Client(API_KEY, private_key=pem(ED25519))
        self.start()
        connection = await self.opened()
        assert self.methods() == ["session.logon", "userDataStream.subscribe"]
        assert self.asked[1][1] == {}
        connection.send(wrapped(REPORT, 5))
        await until(lambda: self.got)

    async def test_after_a_reconnect_it_subscribes_again_with_a_new_timestamp(self):
        """Nothing survives on the exchange's side; what comes under the new id is delivered."""
        self.answers[BY_SIGNATURE] = answers({"subscriptionId": 0}, {"subscriptionId": 1})
        self.start()
        (await self.opened()).reset()
        connection = await self.opened(2)
        connection.send(wrapped({"e": "lost"}, 0))
        connection.send(wrapped(REPORT, 1))
        await until(lambda: self.got)
        assert self.got == [REPORT]
        assert self.asked[0][1]["timestamp"] < self.asked[1][1]["timestamp"]
        assert self.asked[0][1]["signature"] != self.asked[1][1]["signature"]
        assert self.events.kinds().count("disconnected") == 1

    async def test_a_terminated_subscription_is_made_again_on_the_same_connection(self):
        """The callback gets the event; ten of them at once cost one renewal; events go on."""
        self.answers[BY_SIGNATURE] = answers({"subscriptionId": 0}, {"subscriptionId": 1})
        self.quick(steady_s=0.0)
        self.start()
        connection = await self.opened()
        for _ in range(10):
            connection.send(wrapped(TERMINATED))
        await until(lambda: self.events.of("key_replaced"))
        connection.send(wrapped(REPORT, 1))
        await until(lambda: len(self.got) == 2)
        await turns()
        assert self.got == [TERMINATED, REPORT]
        assert self.methods() == [BY_SIGNATURE] * 2
        assert len(self.server.dials) == 1

    async def test_a_subscription_that_ends_at_once_again_and_again_is_not_hammered(self):
        """Each renewal waits longer than the one before."""

        def ends(connection: ServedConnection, params: dict[str, Any]) -> Any:
            reactor.callLater(0, connection.send, wrapped(TERMINATED, len(self.asked)))
            return {"subscriptionId": len(self.asked)}

        self.answers[BY_SIGNATURE] = ends
        self.quick(call_again_s=0.05)
        self.start()
        await until(lambda: len(self.events.of("key_replaced")) >= 3)
        times = [event.time for event in self.events if event.kind == "key_replaced"]
        assert times[2] - times[0] >= 0.25  # waits of 0.1 and 0.2 s

    async def test_a_refusal_for_good_is_one_event_one_error_and_one_attempt(self):
        """A bad secret, a key that is none or not allowed: told, given up, and the key is free."""
        for code, status in ((-1022, 400), (-2014, 400), (-2015, 401)):
            self.quick()  # what is remembered of the account is so for these timings
            self.asked.clear()
            self.got.clear()
            self.answers[BY_SIGNATURE] = answers(Refusal(code, "Invalid.", status))
            with self.assertLogs("binance", "WARNING") as logs:
                bm = self.start()
                await until(lambda: "gave_up" in self.events.kinds())
                await until(lambda: not self.server.open_connections())
                await turns(50)
            assert len(self.asked) == 1
            assert self.events.of("key_failed") == [
                {"status": status, "code": code, "message": "Invalid.", "final": True}
            ]
            errors = [record.getMessage() for record in logs.records if record.levelname == "ERROR"]
            assert ["a retry would fail" in line for line in errors] == [True, False]
            assert errors[0].endswith(f"Invalid. (code {code})")
            assert "given up" in errors[1]
            assert bm.stats() == {}
            assert self.got == [{"e": "error", "m": "Invalid."}]
            self.events.clear()

    async def test_a_key_that_is_revoked_ends_the_socket(self):
        """The exchange says so without being asked (id null, 401): final, and nothing is tried again."""
        self.start()
        connection = await self.opened()
        connection.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid API-key."}})
        await until(lambda: "gave_up" in self.events.kinds())
        await until(lambda: connection.closed)
        assert self.events.of("key_failed")[0]["final"] is True
        assert len(self.asked) == 1
        # it was open, so it is disconnected before it is given up
        assert self.events.kinds() == ["connecting", "connected", "key_failed", "disconnected", "gave_up"]
        [ended] = self.events.of("disconnected")
        assert (ended["code"], ended["clean"], ended["retry"]) == (1000, True, False)
        assert ended["reason"] == self.events.of("gave_up")[0]["reason"]

    async def test_a_wrong_clock_is_measured_and_corrected(self):
        """-1021: the exchange is asked for its time, the next request carries it, and one event says so."""

        def by_clock(connection: ServedConnection, params: dict[str, Any]) -> Any:
            if abs(params["timestamp"] - (time.time() + 3600) * 1000) > 5000:
                raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
            return {"subscriptionId": 0}

        self.answers[BY_SIGNATURE] = by_clock
        self.answers["time"] = lambda *_: {"serverTime": int((time.time() + 3600) * 1000)}
        with self.assertLogs("binance", "WARNING") as logs:
            self.start()
            await self.opened()
        assert self.methods() == [BY_SIGNATURE, "time", BY_SIGNATURE]
        [failed] = self.events.of("key_failed")
        assert (failed["code"], failed["final"]) == (-1021, False)
        assert "behind the exchange's; timestamps are corrected" in failed["message"]
        assert len(logs.output) == 1

    async def test_a_clock_that_cannot_be_corrected_is_given_up(self):
        """Corrected twice and still refused: it is not the clock, and the attempts are bounded."""
        self.answers[BY_SIGNATURE] = answers(Refusal(-1021, "Timestamp."))
        self.start()
        await until(lambda: "gave_up" in self.events.kinds())
        assert self.methods() == [BY_SIGNATURE, "time"] * 2 + [BY_SIGNATURE]
        assert [info["final"] for info in self.events.of("key_failed")] == [False, False, True]

    async def test_a_time_that_is_none_is_a_failed_call(self):
        """An exchange that does not say its time is asked again later."""
        self.quick(call_again_s=0.01)
        self.answers[BY_SIGNATURE] = answers(Refusal(-1021, "Timestamp."), {"subscriptionId": 0})
        self.answers["time"] = answers({})
        self.start()
        await self.opened()
        assert "serverTime" in self.events.of("key_failed")[0]["message"]

    async def test_other_failures_are_tried_again_later(self):
        """Trouble of the exchange's is waited after, told, and ends when it ends."""
        self.quick(call_again_s=0.01)
        self.answers[BY_SIGNATURE] = answers(
            Refusal(-1001, "Disconnected.", 500), Refusal(-1008, "Overloaded.", 503), {"subscriptionId": 0}
        )
        self.start()
        await self.opened()
        assert [info["code"] for info in self.events.of("key_failed")] == [-1001, -1008]
        assert len(self.server.dials) == 1

    async def test_a_ban_is_waited_out(self):
        """retryAfter of the error is when, not how long; the exchange's own clock counts."""
        self.answers[BY_SIGNATURE] = answers(
            Refusal(-1003, "Too much.", 418, serverTime=1_000_000, retryAfter=1_120_000)
        )
        with self.assertLogs("binance", "WARNING") as logs:
            self.start()
            await until(lambda: self.events.of("key_failed"))
        assert "retry in 120.0 s" in logs.output[0]

    async def test_a_request_without_an_answer_is_made_again(self):
        """The exchange took it and never answered: what it may have made is cleared away first."""
        self.quick(request_s=0.05)
        self.quick(call_again_s=0.01)
        left = [None, Refusal(-2035, "Subscription already active."), {"subscriptionId": 8}]

        def answer(connection: ServedConnection, params: dict[str, Any]) -> Any:
            result = left.pop(0)
            if isinstance(result, Refusal):
                raise result
            return result

        self.answers[BY_SIGNATURE] = answer
        self.answers["session.subscriptions"] = answers([{"subscriptionId": 7}])
        self.start()
        connection = await self.opened()
        assert self.events.of("key_failed")[0]["message"] == "no answer for 0.05 s"
        assert ("userDataStream.unsubscribe", {"subscriptionId": 7}) in self.asked
        connection.send(wrapped(REPORT, 8))
        await until(lambda: self.got)

    async def test_a_ban_is_waited_out_through_a_reconnect(self):
        """The line breaks meanwhile: the new connection asks for nothing before the time is over."""
        self.answers[BY_SIGNATURE] = answers(
            Refusal(-1003, "ban", 418, serverTime=1_000_000, retryAfter=1_120_000)
        )
        self.start()
        await until(lambda: self.events.of("key_failed"))
        self.server.connections[0].reset()
        await until(lambda: len(self.server.connections) == 2)
        await turns(50)
        assert len(self.asked) == 1

    async def test_an_error_that_is_not_about_the_key_is_told_and_ends_nothing(self):
        """id null, and neither 401 nor -2015: an event; what is subscribed goes on."""
        self.start()
        connection = await self.opened()
        connection.send({"id": None, "status": 503, "error": {"code": -1008, "msg": "Overloaded."}})
        connection.send(wrapped(REPORT))
        await until(lambda: self.got)
        assert self.events.of("refused") == [{"code": -1008, "message": "Overloaded."}]
        assert self.methods() == [BY_SIGNATURE]

    async def test_a_connection_that_takes_no_more_subscriptions_is_replaced(self):
        """-2042: the ids of the connection are used up; a new one has them all."""
        self.answers[BY_SIGNATURE] = answers(Refusal(-2042, "Maximum reached."), {"subscriptionId": 0})
        self.start()
        await until(lambda: "connected" in self.events.kinds())
        assert len(self.server.dials) == 2

    async def test_an_answer_without_an_id_is_a_failed_call(self):
        """What is no answer to a subscription is told and asked for again."""
        self.quick(call_again_s=0.01)
        self.answers[BY_SIGNATURE] = answers({}, [], {"subscriptionId": True}, {"subscriptionId": 0})
        self.start()
        await self.opened()
        assert len(self.events.of("key_failed")) == 3

    async def test_a_connection_lost_before_the_answer_is_an_outage_and_no_failed_key(self):
        """The line broke, not the key: it is dialled again and nothing is said of the key."""
        answer = self.answers[BY_SIGNATURE]

        def breaks(connection: ServedConnection, params: dict[str, Any]) -> Any:
            self.answers[BY_SIGNATURE] = answer
            connection.reset()

        self.answers[BY_SIGNATURE] = breaks
        self.start()
        await until(lambda: "connected" in self.events.kinds())
        assert "key_failed" not in self.events.kinds()
        assert self.events.kinds() == [
            "connecting",
            "disconnected",
            "retrying",
            "connecting",
            "connected",
        ]

    async def test_odd_messages_are_malformed_and_harm_nothing(self):
        """No JSON, a binary frame, neither event nor answer: told with their lengths; the rest goes on."""
        self.start()
        connection = await self.opened()
        connection.send(b"{")
        connection.sendMessage(b"{}", isBinary=True)
        connection.send({"hello": 1})
        connection.send([1])
        connection.send({"id": 99, "status": 200, "result": {}})
        connection.send({"id": "x", "status": 400, "error": "text"})
        connection.send({"subscriptionId": True, "event": {"e": "nobody's"}})
        connection.send({"subscriptionId": 44, "event": {"e": "nobody's"}})
        connection.send(wrapped(REPORT))
        await until(lambda: self.got)
        assert self.got == [REPORT]
        assert [info["length"] for info in self.events.of("malformed")] == [1, 2, 12, 3]

    async def test_a_shutdown_that_is_announced_is_not_data(self):
        """serverShutdown in the WebSocket API's form reaches the log, not the callback."""
        self.start()
        connection = await self.opened()
        with self.assertLogs("binance", "INFO") as logs:
            connection.send({"event": {"e": "serverShutdown", "E": 1}})
            connection.send(wrapped(REPORT))
            await until(lambda: self.got)
        assert self.got == [REPORT]
        assert "announces" in logs.output[0]

    async def test_the_message_of_the_page_comes_when_the_retries_are_used_up(self):
        """Given up like any socket; started again in the callback, on a connection of its own."""
        bm: Any = None
        keys: list[Any] = []

        def callback(message: Any) -> None:
            self.got(message)
            if message["e"] == "error":
                self.server.refuse_with = None
                keys.append(bm.start_user_socket(callback))

        bm = self.manager(self.client, max_retries=0)
        self.server.refuse_with = (503, "no")
        bm.start_user_socket(callback)
        (await self.opened()).send(wrapped(REPORT))
        await until(lambda: len(self.got) == 2)
        assert self.got == [{"e": "error", "m": "Max reconnect retries reached"}, REPORT]
        assert keys == ["user"]

    async def test_stopping_closes_the_connection(self):
        """Close frame 1000, nothing delivered after it, disconnected as the last event."""
        bm = self.start()
        connection = await self.opened()
        bm.stop_socket("user")
        connection.send(wrapped(REPORT))
        await until(lambda: connection.closed and self.all_over())
        assert connection.close_code == 1000
        assert self.got == []
        assert self.events.kinds()[-1] == "disconnected"
        assert "userDataStream.unsubscribe" not in self.methods()

    async def test_nothing_is_delivered_after_a_stop_in_the_callback(self):
        """Five events in one chunk, and the first one stops the socket: the callback is called once."""

        def callback(message: Any) -> None:
            self.got(message)
            bm.stop_socket("user")

        bm = self.manager(self.client)
        bm.start_user_socket(callback)
        connection = await self.opened()
        for number in range(5):
            connection.send(wrapped({"e": "executionReport", "i": number}))
        await until(self.all_over)
        assert self.got == [{"e": "executionReport", "i": 0}]

    async def test_stopping_before_the_answer_leaves_nothing_behind(self):
        """An answer that nobody waits for any more sets off nothing."""
        self.answers[BY_SIGNATURE] = lambda connection, params: None
        bm = self.start()
        await until(lambda: self.asked)
        bm.stop_socket("user")
        await until(self.all_over)
        await until(lambda: not self.server.open_connections())
        assert self.events.kinds() == ["connecting", "disconnected"]

    async def test_a_decoder_that_exits_ends_the_program(self):
        """SystemExit in a decoder of the user's is no malformed payload."""
        with patch("binance.websockets.runner.interrupt") as interrupt:

            def decoder(payload: bytes) -> Any:
                if b"executionReport" in payload:
                    raise SystemExit(3)
                return json.loads(payload)

            self.start(decoder=decoder)
            (await self.opened()).send(wrapped(REPORT))
            await until(lambda: interrupt.called)
        assert "malformed" not in self.events.kinds()

    async def test_nothing_secret_is_told_or_logged(self):
        """Secret, key and signatures are in no log line, event or repr, also if the exchange quotes them."""

        def quotes(connection: ServedConnection, params: dict[str, Any]) -> Any:
            raise Refusal(-1022, f"Signature {params['signature']} of {params['apiKey']} with {SECRET}.")

        self.answers[BY_SIGNATURE] = quotes
        with self.assertLogs(level=logging.DEBUG) as logs:
            bm = self.start()
            await until(lambda: "gave_up" in self.events.kinds())
        told = " ".join([*logs.output, repr(self.events), repr(bm), repr(self.client)])
        assert "Signature *** of *** with ***." in told
        for secret in (SECRET, API_KEY, self.asked[0][1]["signature"]):
            assert secret not in told


class Early(ApiCase):
    """Events that come a moment before the answer that says whose they are."""

    def early(self, *numbers: int, then: Any, of: int = 0) -> Answer:
        """Send events, and then the answer."""

        def answer(connection: ServedConnection, params: dict[str, Any]) -> Any:
            for number in numbers:
                connection.send(wrapped({**REPORT, "i": number}, of))
            if isinstance(then, Refusal):
                raise then
            return then

        return answer

    def numbers(self) -> list[int]:
        """What the callback got."""
        return [message["i"] for message in self.got]

    async def test_they_reach_the_callback_before_those_behind_the_answer(self):
        """In order, each once, behind the event that says that the socket is connected."""
        self.answers[BY_SIGNATURE] = self.early(1, 2, then={"subscriptionId": 0})
        when: list[list[str]] = []
        bm = self.manager(self.client)
        bm.start_user_socket(lambda message: (self.got.append(message), when.append(self.events.kinds())))
        connection = await self.opened()
        connection.send(wrapped({**REPORT, "i": 3}))
        await until(lambda: len(self.got) >= 3)
        assert self.numbers() == [1, 2, 3]
        assert when[0] == ["connecting", "connected"]
        assert bm.stats("user")["messages"] == 3

    async def test_they_reach_it_when_it_is_subscribed_again(self):
        """After a cut, and after the exchange ended the subscription and not the connection."""
        self.start()
        connection = await self.opened()
        self.answers[BY_SIGNATURE] = self.early(1, then={"subscriptionId": 7}, of=7)
        connection.send(wrapped(TERMINATED))
        await until(lambda: self.events.of("key_replaced"))
        connection.reset()
        await self.opened(2)
        await until(lambda: len(self.got) >= 3)
        assert self.got == [TERMINATED, {**REPORT, "i": 1}, {**REPORT, "i": 1}]

    async def test_the_end_of_the_subscription_may_be_among_them(self):
        """It is subscribed once more, as if that had come behind the answer."""
        early = self.early(then={"subscriptionId": 7})

        def answer(connection: ServedConnection, params: dict[str, Any]) -> Any:
            self.answers[BY_SIGNATURE] = answers({"subscriptionId": 8})
            connection.send(wrapped(TERMINATED, 7))
            return early(connection, params)

        self.quick(call_again_s=0.01)
        self.answers[BY_SIGNATURE] = answer
        self.start()
        connection = await self.opened()
        await until(lambda: self.events.of("key_replaced"))
        connection.send(wrapped(REPORT, 8))
        await until(lambda: self.got[1:])
        assert self.got == [TERMINATED, REPORT]

    async def test_what_the_answer_does_not_name_is_dropped(self):
        """Another id, or a refusal: nothing of it comes later, whoever has that id then."""
        self.quick(call_again_s=0.01)
        left = [
            self.early(1, then=Refusal(-1001, "Disconnected.", 500), of=5),
            self.early(2, then={"subscriptionId": 0}, of=5),
        ]
        self.answers[BY_SIGNATURE] = lambda connection, params: left.pop(0)(connection, params)
        self.client.margin_get_listen_token = TokenClient().margin_get_listen_token
        bm = self.start()
        connection = await self.opened()
        self.answers[BY_TOKEN] = answers({"subscriptionId": 5, "expirationTime": 1790000000123000})
        margin: list[Any] = []
        bm.start_margin_socket(margin.append)
        await until(lambda: "connected" in self.events.kinds("margin"))
        connection.send(wrapped(REPORT, 5))
        await until(lambda: margin)
        assert margin == [REPORT]
        assert self.got == []

    async def test_no_more_are_kept_than_a_limit(self):
        """The first ones; one line says so."""
        self.quick(early=3)
        self.answers[BY_SIGNATURE] = self.early(*range(50), then={"subscriptionId": 0})
        with self.assertLogs("binance.account.session", "WARNING") as logs:
            self.start()
            connection = await self.opened()
            connection.send(wrapped({**REPORT, "i": 50}))
            await until(lambda: 50 in self.numbers())
        assert self.numbers() == [0, 1, 2, 50]
        assert len(logs.output) == 1

    async def test_in_a_move_they_are_lost_as_little_as_others(self):
        """Both connections bring the same: the new one some of it before its answer. Each comes once."""
        self.start(lifetime_s=0.2, handover_s=0.1)
        old = await self.opened()

        def answer(connection: ServedConnection, params: dict[str, Any]) -> Any:
            self.answers[BY_SIGNATURE] = lambda connection, params: None  # no further move comes about
            for number in (1, 2):
                connection.send(wrapped({**REPORT, "i": number}, 4))
            connection.send({"id": 1, "status": 200, "result": {"subscriptionId": 4}})  # its first request
            connection.send(wrapped({**REPORT, "i": 3}, 4))
            old.send(wrapped({**REPORT, "i": 1}))
            return None

        self.answers[BY_SIGNATURE] = answer
        await until(lambda: self.events.of("rotated"))
        await until(lambda: len(self.got) >= 3)
        assert self.numbers() == [1, 2, 3]


class Margin(ApiCase):
    """start_margin_socket and start_isolated_margin_socket."""

    async def test_a_margin_account_subscribes_with_a_listen_token(self):
        """The token is asked for in a thread and sent in a frame; events arrive bare under the name."""
        bm = self.margin()
        connection = await self.opened()
        assert self.asked == [(BY_TOKEN, {"listenToken": "TOKEN+/1="})]
        connection.send(wrapped(REPORT, 3))
        await until(lambda: self.got)
        assert self.got == [REPORT]
        assert list(bm.stats()) == ["margin"]
        assert self.client.asked == [None]

    async def test_the_token_is_renewed_before_it_ends_on_the_same_connection(self):
        """At four fifths of its time, again and again; nothing is reopened."""
        self.client = TokenClient()
        self.client.good_for_s = 0.2
        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()
        await until(lambda: len(self.events.of("key_renewed")) >= 3)
        assert len(self.server.dials) == 1
        assert [params["listenToken"] for _, params in self.asked[:3]] == [f"TOKEN+/{n}=" for n in (1, 2, 3)]
        connection.send(wrapped(REPORT, 3))
        await until(lambda: self.got)
        assert self.events.kinds()[:2] == ["connecting", "connected"]

    async def test_a_new_id_after_a_renewal_is_the_accounts(self):
        """The exchange may extend under the same id or give another: events of either are delivered."""
        self.answers[BY_TOKEN] = answers({"subscriptionId": 0}, {"subscriptionId": 1})
        self.client = TokenClient()
        self.client.good_for_s = 0.2
        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()
        connection.send(wrapped({"e": "a"}, 0))
        await until(lambda: self.events.of("key_renewed"))
        self.client.good_for_s = 3600
        connection.send(wrapped({"e": "b"}, 1))
        await until(lambda: len(self.got) == 2)

    async def test_a_token_that_ended_is_replaced(self):
        """eventStreamTerminated: a new token, the same connection, and the callback knows."""
        self.quick(steady_s=0.0)
        self.margin()
        connection = await self.opened()
        connection.send(wrapped(TERMINATED, 3))
        await until(lambda: self.events.of("key_replaced"))
        assert self.got == [TERMINATED]
        assert self.client.asked == [None, None]
        assert len(self.server.dials) == 1

    async def test_a_rest_outage_at_the_renewal_is_no_outage_of_the_socket(self):
        """Failed calls are told and made again; events go on meanwhile, and the renewal comes."""
        self.quick(call_again_s=0.01)
        self.client = TokenClient()
        self.client.good_for_s = 0.3
        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()
        errors = [ConnectionError("down")] * 4

        def down() -> None:
            if errors:
                connection.send(wrapped(REPORT, 3))
                raise errors.pop()

        self.client.on_ask = down
        await until(lambda: self.events.of("key_renewed"))
        await until(lambda: len(self.got) == 4)
        assert [info["message"] for info in self.events.of("key_failed")] == ["down"] * 4
        assert len(self.server.dials) == 1

    async def test_a_cut_needs_no_new_token(self):
        """The token that is good is used again: REST may be down when the line is."""
        self.margin()
        (await self.opened()).reset()
        await self.opened(2)
        assert [params["listenToken"] for _, params in self.asked] == ["TOKEN+/1="] * 2
        assert self.client.asked == [None]

    async def test_a_token_that_the_exchange_refuses_is_replaced(self):
        """-1209: another token is asked for."""
        self.quick(call_again_s=0.01)
        self.answers[BY_TOKEN] = answers(Refusal(-1209, "Invalid listenToken."), {"subscriptionId": 3})
        self.margin()
        await self.opened()
        assert [params["listenToken"] for _, params in self.asked] == ["TOKEN+/1=", "TOKEN+/2="]
        assert self.events.of("key_failed")[0]["code"] == -1209

    async def test_a_renewal_that_the_exchange_calls_double_leaves_things_as_they_are(self):
        """-2035, and the subscription is ours: it goes on, and the next renewal comes in its time."""
        self.answers[BY_TOKEN] = answers(
            {"subscriptionId": 3}, Refusal(-2035, "Subscription already active.")
        )
        self.answers["session.subscriptions"] = answers([{"subscriptionId": 3}])
        self.client = TokenClient()
        self.client.good_for_s = 0.5
        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()
        await until(lambda: len(self.events.of("key_renewed")) >= 2)
        connection.send(wrapped(REPORT, 3))
        await until(lambda: self.got)
        assert "userDataStream.unsubscribe" not in self.methods()
        assert len(self.client.asked) <= 5

    async def test_a_token_refused_for_good_ends_the_socket(self):
        """A key that may not, and a venue without margin accounts: one call, one event, given up."""
        for error, words in (
            (BinanceAPIException(401, -2015, "Invalid API-key."), "Invalid API-key."),
            (BinanceAPIException(404, None, "a page"), "HTTP 404: this venue has no margin accounts"),
        ):
            self.events.clear()
            self.client = TokenClient()

            def refuse(error: BaseException = error) -> None:
                raise error

            self.client.on_ask = refuse
            bm = self.manager(self.client)
            bm.start_margin_socket(self.got)
            await until(lambda: "gave_up" in self.events.kinds())
            assert [info["message"] for info in self.events.of("key_failed")] == [words]
            assert self.client.asked == [None]
            assert bm.stats() == {}

    async def test_a_refused_renewal_leaves_what_still_comes_and_ends_with_it(self):
        """The key was revoked while the old token is good: events go on until the exchange ends them."""
        self.client = TokenClient()
        self.client.good_for_s = 0.2
        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()

        def refuse() -> None:
            raise BinanceAPIException(401, -2015, "Invalid API-key.")

        self.client.on_ask = refuse
        await until(lambda: self.events.of("key_failed"))
        connection.send(wrapped(REPORT, 3))
        await until(lambda: self.got)
        connection.send(wrapped(TERMINATED, 3))
        await until(lambda: "gave_up" in self.events.kinds())
        assert len(self.client.asked) == 2
        assert self.events.kinds()[-2:] == ["disconnected", "gave_up"]

    async def test_a_revoked_key_is_found_out_by_asking(self):
        """A session error does not say whose key: the next token call does."""
        self.margin()
        connection = await self.opened()

        def refuse() -> None:
            raise BinanceAPIException(401, -2015, "Invalid API-key.")

        self.client.on_ask = refuse
        connection.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid."}})
        await until(lambda: self.events.of("key_failed"))
        assert len(self.client.asked) == 2

    async def test_answers_that_hold_no_token_are_failed_calls(self):
        """Whatever a client gives instead of a token is told and asked for again."""
        self.quick(call_again_s=0.01)
        client = self.client = TokenClient()
        given = [None, {}, {"token": ""}, {"token": "x", "expirationTime": "soon"}]
        real = client.margin_get_listen_token
        client.margin_get_listen_token = lambda *args: given.pop(0) if given else real(*args)
        bm = self.manager(client)
        bm.start_margin_socket(self.got)
        await self.opened()
        assert len(self.events.of("key_failed")) == 4

    async def test_no_token_is_told_or_logged(self):
        """A token that an error quotes is masked."""
        self.answers[BY_TOKEN] = answers(Refusal(-1209, "TOKEN+/1= is no token."), {"subscriptionId": 3})
        self.quick(call_again_s=0.01)
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.margin()
            await self.opened()
        told = " ".join([*logs.output, repr(self.events)])
        assert "*** is no token." in told
        assert "TOKEN+" not in told


class SharingCase(ApiCase):
    """A manager with several accounts."""

    def setUp(self) -> None:
        super().setUp()
        self.tokens = TokenClient()
        self.client.margin_get_listen_token = self.tokens.margin_get_listen_token

        def by_token(connection: ServedConnection, params: dict[str, Any]) -> Any:
            return {"subscriptionId": int(params["listenToken"][7:-1])}

        self.answers[BY_TOKEN] = by_token

    def all_accounts(self, **options: Any) -> tuple[BinanceSocketManager, dict[str, list[Any]]]:
        """A manager with four accounts' sockets, and what each got."""
        got: dict[str, list[Any]] = {}
        bm = self.manager(self.client, **options)
        for start in (
            bm.start_user_socket,
            bm.start_margin_socket,
            lambda callback: bm.start_isolated_margin_socket("bnbbtc", callback),
            lambda callback: bm.start_isolated_margin_socket("ETHBTC", callback),
        ):
            messages: list[Any] = []
            got[str(start(messages.append))] = messages
        return bm, got

    async def _connected(self, bm: BinanceSocketManager, count: int = 4) -> None:
        await until(lambda: self.events.kinds().count("connected") == count)

    def ids(self) -> dict[str, int]:
        """The subscription id of each key: a token's is its number."""
        keys = ["margin" if symbol is None else f"isolated_margin:{symbol}" for symbol in self.tokens.asked]
        return {"user": 0, **{key: number for number, key in enumerate(keys, 1)}}


class Sharing(SharingCase):
    """Several accounts of one manager."""

    async def test_accounts_share_one_connection_and_have_keys_of_their_own(self):
        """Four accounts, one dial; each event goes to its own callback alone."""
        bm, got = self.all_accounts()
        assert list(got) == ["user", "margin", "isolated_margin:BNBBTC", "isolated_margin:ETHBTC"]
        await self._connected(bm)
        assert self.server.dials == ["/ws-api/v3"]
        [connection] = self.server.connections
        for key, number in self.ids().items():
            connection.send(wrapped({"e": key}, number))
        await until(lambda: all(got.values()))
        assert got == {key: [{"e": key}] for key in got}
        assert sorted(map(str, self.tokens.asked)) == ["BNBBTC", "ETHBTC", "None"]

    async def test_one_is_stopped_and_the_others_go_on(self):
        """It unsubscribes; the connection stays for the rest, and is closed with the last."""
        bm, got = self.all_accounts()
        await self._connected(bm)
        [connection] = self.server.connections
        ids = self.ids()
        bm.stop_socket("margin")
        await until(lambda: "userDataStream.unsubscribe" in self.methods())
        assert self.asked[-1] == ("userDataStream.unsubscribe", {"subscriptionId": ids["margin"]})
        connection.send(wrapped({"e": "late"}, ids["margin"]))
        connection.send(wrapped(REPORT, ids["user"]))
        await until(lambda: got["user"])
        assert got["margin"] == []
        assert self.events.kinds("margin")[-1] == "disconnected"
        assert "disconnected" not in self.events.kinds("user")
        assert bm.start_margin_socket(got["margin"].append) == "margin"
        await self._connected(bm, 5)
        for key in list(got):
            bm.stop_socket(key)
        await until(lambda: connection.closed and self.all_over())
        assert len(self.server.dials) == 1

    async def test_a_cut_is_an_outage_of_each_and_one_dial_brings_all_back(self):
        """Every key tells its own story; every account is subscribed anew."""
        bm, got = self.all_accounts()
        await self._connected(bm)
        self.server.connections[0].reset()
        await self._connected(bm, 8)
        assert len(self.server.dials) == 2
        for key in got:
            assert self.events.kinds(key) == [
                "connecting",
                "connected",
                "disconnected",
                "retrying",
                "connecting",
                "connected",
            ]
        for key, number in self.ids().items():
            self.server.connections[1].send(wrapped({"e": key}, number))
        await until(lambda: all(got.values()))

    async def test_one_refused_for_good_leaves_the_others_alone(self):
        """A bad secret ends the signed account; the tokens' accounts go on."""
        self.answers[BY_SIGNATURE] = answers(Refusal(-1022, "Signature."))
        bm, _ = self.all_accounts()
        await self._connected(bm, 3)
        await until(lambda: "gave_up" in self.events.kinds("user"))
        assert len(self.server.open_connections()) == 1
        assert sorted(bm.stats()) == ["isolated_margin:BNBBTC", "isolated_margin:ETHBTC", "margin"]

    async def test_all_are_given_up_together_when_the_retries_are_used_up(self):
        """Each callback gets the message of the page, and no connection is left."""
        self.quick(retries_s=(0.0,) * 9)
        bm, got = self.all_accounts(max_retries=1)
        await self._connected(bm)
        self.server.refuse_with = (503, "no")
        self.server.connections[0].reset()
        await until(lambda: all(got.values()))
        error = {"e": "error", "m": "Max reconnect retries reached"}
        assert got == {key: [error] for key in got}
        assert bm.stats() == {}

    async def test_a_move_to_a_shared_connection_that_is_given_up_is_tried_again(self):
        """Others lose the new connection for good: who was about to move stays, and moves later."""
        self.quick(move_again_s=0.05)
        self.quick(retries_s=(0.01,) * 5)
        bm, _ = self.all_accounts(max_retries=1, handover_s=0.2)
        await self._connected(bm)
        self.answers[BY_SIGNATURE] = lambda connection, params: None  # so that its move takes its time
        self.server.connections[0].send(wrapped({"e": "serverShutdown"}, None))
        await until(lambda: len(self.events.of("rotated")) == 3)  # all others have moved
        self.server.refuse_with = (503, "no")
        self.server.connections[1].reset()
        await until(lambda: len(self.events.of("gave_up")) == 3)
        assert "gave_up" not in self.events.kinds("user")
        self.server.refuse_with = None
        self.answers[BY_SIGNATURE] = answers({"subscriptionId": 77})
        await until(lambda: "rotated" in self.events.kinds("user"))
        assert "disconnected" not in self.events.kinds("user")

    async def test_each_counts_its_own_retries_on_a_shared_connection(self):
        """One is moving and tries for ever; one that joins its new connection has one retry."""
        self.quick(retries_s=(0.01,) * 9, retry_longest_s=0.01)
        bm = self.manager(self.client, max_retries=1)
        bm.start_user_socket(self.got)
        await self.opened()
        self.server.refuse_with = (503, "no")
        self.server.connections[0].send(wrapped({"e": "serverShutdown"}, None))
        await until(lambda: len(self.server.dials) >= 4)  # its move retries
        late: list[Any] = []
        bm.start_margin_socket(late.append)
        await until(lambda: late)
        assert late == [{"e": "error", "m": "Max reconnect retries reached"}]
        assert len(self.events.of("retrying")) == 1
        assert "disconnected" not in self.events.kinds("user")
        dials = len(self.server.dials)
        await until(lambda: len(self.server.dials) >= dials + 3)  # the move goes on
        self.server.refuse_with = None
        await until(lambda: "rotated" in self.events.kinds("user"))
        assert list(bm.stats()) == ["user"]

    async def test_a_refusal_by_the_client_itself_leaves_no_seat_behind(self):
        """It raises at once, on a connection that is open: the order of events is the usual one."""

        def refused(params: Any) -> Any:
            raise BinanceAPIException(401, -2015, "revoked")

        bm = self.manager(self.client)
        bm.start_margin_socket(self.got)
        connection = await self.opened()
        self.client.sign_request = refused
        bm.start_user_socket(self.got)
        await until(lambda: "gave_up" in self.events.kinds("user"))
        assert self.events.kinds("user") == ["connecting", "key_failed", "gave_up"]
        bm.stop_socket("margin")
        await until(lambda: connection.closed)
        assert self.server.open_connections() == []

    async def test_a_shutdown_that_is_announced_while_an_account_is_not_subscribed_is_not_forgotten(self):
        """The exchange ended the subscription: the move begins when it is there again."""
        self.quick(call_again_s=0.01)
        bm = self.margin(handover_s=0.1)
        connection = await self.opened()
        waiting = self.answers.pop(BY_TOKEN)
        self.answers[BY_TOKEN] = answers(Refusal(-1000, "later"))
        connection.send(wrapped({"e": "eventStreamTerminated", "E": 1}, 1))
        await until(lambda: self.events.of("key_failed"))
        connection.send(wrapped({"e": "serverShutdown"}, None))
        await turns()
        assert "rotating" not in self.events.kinds()
        self.answers[BY_TOKEN] = waiting
        await until(lambda: "rotated" in self.events.kinds())
        assert list(bm.stats()) == ["margin"]

    async def test_a_socket_started_during_an_outage_takes_part_when_it_is_over(self):
        """It joins the connection that is being dialled; no second one is made."""
        self.quick(retries_s=(0.1,) * 9)
        bm = self.start()
        await self.opened()
        self.server.connections[0].reset()
        await until(lambda: "retrying" in self.events.kinds())
        bm.start_margin_socket(self.got)
        await self._connected(bm, 3)
        assert len(self.server.dials) == 2
        assert self.events.kinds("margin") == ["connecting", "connected"]

    async def test_closing_and_starting_anew_makes_a_new_connection(self):
        """close() ends the shared connection; what is started after it shares another."""
        bm, _ = self.all_accounts()
        await self._connected(bm)
        bm.close()
        bm.start_user_socket(self.got)
        bm.start()
        await self._connected(bm, 5)
        await until(lambda: len(self.server.open_connections()) == 1)
        self.server.connections[1].send(wrapped(REPORT))
        await until(lambda: self.got)


class StoppedWhileTold(SharingCase):
    """An event handler stops sockets: at whatever event, nothing is told, sent or left behind after it."""

    async def stopped_at(
        self, kind: str, act: Callable[[ServedConnection], None], *, all_of_them: bool
    ) -> None:
        armed: list[bool] = []

        def on_event(event: Event) -> None:
            self.events(event)
            if armed and event.kind == kind and event.conn_key == "user":
                armed.clear()
                for key in list(bm.stats()) if all_of_them else ["margin"]:
                    bm.stop_socket(key)

        bm, got = self.all_accounts(on_event=on_event)
        await self._connected(bm)
        armed.append(True)
        act(self.server.connections[0])
        await until(lambda: not armed)
        if all_of_them:
            await until(lambda: self.all_over() and not self.server.open_connections())
        else:
            await until(lambda: self.is_over("margin"))
            await turns(50)
        stopped = got if all_of_them else ["margin"]
        assert {self.events.kinds(key)[-1] for key in stopped} == {"disconnected"}

    async def test_when_the_connection_is_lost(self):
        """At disconnected."""
        await self.stopped_at("disconnected", lambda connection: connection.reset(), all_of_them=False)

    async def test_when_a_retry_is_announced(self):
        """At retrying."""
        await self.stopped_at("retrying", lambda connection: connection.reset(), all_of_them=False)

    async def test_all_of_them_when_the_connection_is_lost(self):
        """No connection is dialled for those that are gone."""
        await self.stopped_at("disconnected", lambda connection: connection.reset(), all_of_them=True)

    async def test_when_it_is_dialled_again(self):
        """At connecting: the others go on."""
        await self.stopped_at("connecting", lambda connection: connection.reset(), all_of_them=False)

    async def test_when_something_malformed_came(self):
        """At malformed, one of them."""
        await self.stopped_at("malformed", lambda connection: connection.send(b"{"), all_of_them=False)

    async def test_all_of_them_when_something_malformed_came(self):
        """At malformed, all."""
        await self.stopped_at("malformed", lambda connection: connection.send(b"{"), all_of_them=True)

    async def test_when_a_call_failed(self):
        """At key_failed, for good or not: no timer is left, and disconnected is the last event."""
        for refusal in (Refusal(-1022, "bad"), Refusal(-1003, "ban", 418, serverTime=0, retryAfter=120_000)):
            self.quick()  # what is remembered of the account is so for these timings
            self.answers[BY_SIGNATURE] = answers(refusal)
            self.events.clear()
            await self.stopped_at_its_failure()

    async def stopped_at_its_failure(self) -> None:
        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "key_failed":
                bm.stop_socket("user")

        bm = self.manager(self.client, on_event=on_event)
        bm.start_user_socket(self.got)
        await until(lambda: self.events.of("key_failed"))
        await until(self.all_over)
        assert self.events.kinds() == ["connecting", "key_failed", "disconnected"]


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (Client("key"), "needs a secret"),
        (Client(None, "secret"), "needs an API key"),
        (Client(), "needs an API key"),
    ],
)
def test_a_client_that_cannot_sign_raises_at_the_call(client, words):
    """The call says what to pass, and claims no key."""
    bm = BinanceSocketManager(client)
    with pytest.raises(InvalidArgument, match=words):
        bm.start_user_socket(print)
    with pytest.raises(InvalidArgument, match=words):
        bm.start_margin_socket(print)
    assert bm.stats() == {}


def test_margin_needs_a_client_that_gives_tokens():
    """Named at the call, for either kind of margin socket."""
    bm = BinanceSocketManager(object())
    with pytest.raises(InvalidArgument, match=r"margin_get_listen_token, which object lacks"):
        bm.start_margin_socket(print)
    with pytest.raises(InvalidArgument, match="margin_get_listen_token"):
        bm.start_isolated_margin_socket("BNBBTC", print)
    with pytest.raises(InvalidArgument, match="not a symbol"):
        bm.start_isolated_margin_socket("bnb btc", print)


def test_venues_without_the_websocket_api_have_no_margin_sockets():
    """binance.us, and a server of one's own behind STREAM_URL, are told apart at the call."""
    client = Client(API_KEY, SECRET, endpoints=BINANCE_US)
    bm = BinanceSocketManager(client)
    with pytest.raises(InvalidArgument, match=r"binance\.com"):
        bm.start_margin_socket(print)
    own = BinanceSocketManager(Client(API_KEY, SECRET))
    own.STREAM_URL = "ws://127.0.0.1:8080/"
    with pytest.raises(InvalidArgument):
        own.start_margin_socket(print)


class OnlyListenKeys:
    """An injected client that can do no more than the classic one."""

    def stream_get_listen_key(self) -> str:
        return "x"

    def stream_keepalive(self, listenKey: str) -> None:
        pass


class Ways(ApiCase):
    """Which way start_user_socket goes."""

    async def test_a_client_that_signs_goes_by_the_venues_way(self):
        """By signature, unless the venue says listen key, which needs REST."""
        venue = Endpoints.sandbox("127.0.0.1", self.port)
        self.manager(self.client, endpoints=venue).start_user_socket(self.got)
        await self.opened()
        assert self.server.dials == ["/ws-api/v3"]
        self.client.stream_get_listen_key = lambda: "x"
        venue = replace(venue, user_stream="listen_key")
        self.manager(self.client, endpoints=venue).start_user_socket(self.got)
        await self.opened(2)
        assert self.server.dials[1:] == ["/ws/x"]

    async def test_a_client_that_cannot_sign_goes_by_listen_key(self):
        """Whatever the venue prefers."""
        self.manager(OnlyListenKeys()).start_user_socket(self.got)
        await self.opened()
        assert self.server.dials == ["/ws/x"]
