"""The user socket by listen key: keepalive, failures, replacement, and no secret anywhere."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import BINANCE_US
from binance.events import Event
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.rest.errors import asked_wait_s
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager

from ..support import ManagerCase, turns, until

ROOT = Path(__file__).parents[2]
KEY = "K" * 63
UNKNOWN = BinanceAPIException(400, -1125, "This listenKey does not exist.")
GONE = BinanceAPIException(410, None, "POST /api/v3/userDataStream: the answer is not JSON")


class FakeClient:
    """An injected client whose answers a test sets; remembers its calls and their threads."""

    def __init__(self) -> None:
        self.key = KEY + "1"
        self.gets = 0
        self.kept: list[str] = []
        self.closed: list[str] = []
        self.threads: set[str] = set()
        self.on_get: Callable[[], None] = lambda: None
        self.on_keep: Callable[[], None] = lambda: None

    def stream_get_listen_key(self) -> str:
        self.threads.add(threading.current_thread().name)
        self.gets += 1
        self.on_get()
        return self.key

    def stream_keepalive(self, listenKey: str) -> dict[str, Any]:
        self.threads.add(threading.current_thread().name)
        self.kept.append(listenKey)
        self.on_keep()
        return {}

    def stream_close(self, listenKey: str) -> dict[str, Any]:
        self.closed.append(listenKey)
        return {}


def raising(*errors: BaseException | None) -> Callable[[], None]:
    """Raise these errors, one a call, None for success; then succeed."""
    left = list(errors)

    def call() -> None:
        error = left.pop(0) if left else None
        if error is not None:
            raise error

    return call


class UserSocket(ManagerCase):
    """A manager with a fake client."""

    def setUp(self) -> None:
        super().setUp()
        self.client = FakeClient()

    def start(self, user_timeout: float = 1800, **options: Any) -> BinanceSocketManager:
        """A manager with a user socket."""
        bm = self.manager(self.client, user_timeout=user_timeout, **options)
        assert bm.start_user_socket(self.got) == "user"
        return bm

    async def test_events_arrive_bare_over_the_listen_key(self):
        """The socket goes to /ws/<listen key>; its key is a name, and events have `e` at the top."""
        bm = self.start()
        connection = await self.opened()
        assert connection.path == f"/ws/{KEY}1"
        connection.send({"e": "executionReport", "i": 7})
        await until(lambda: self.got)
        assert self.got == [{"e": "executionReport", "i": 7}]
        assert list(bm.stats()) == ["user"]
        assert bm.start_user_socket(self.got) is False

    async def test_the_key_is_kept_alive_every_user_timeout_off_the_reactor_thread(self):
        """Renewals go on and on with the same key, in threads, and the socket is not reopened."""
        self.start(user_timeout=0.02)
        await self.opened()
        await until(lambda: len(self.client.kept) >= 9)
        assert set(self.client.kept) == {KEY + "1"}
        assert self.client.gets == 1
        assert len(self.server.dials) == 1
        assert threading.current_thread().name not in self.client.threads
        assert self.events.kinds().count("key_renewed") >= 8
        assert self.events.of("key_renewed")[0] == {
            "status": None,
            "code": None,
            "message": "",
            "final": False,
        }

    async def test_failed_keepalives_are_retried_and_never_the_end_of_it(self):
        """Whatever a call raises is an event, and the next call is made all the same."""
        self.client.on_keep = raising(
            ConnectionError("no line"), BinanceAPIException(502, None, "bad gateway"), RuntimeError("odd")
        )
        with self.assertLogs("binance", "WARNING") as logs:
            self.start(user_timeout=0.02)
            await self.opened()
            await until(lambda: len(self.client.kept) >= 6)
        failed = self.events.of("key_failed")
        assert [(info["status"], info["final"]) for info in failed] == [
            (None, False),
            (502, False),
            (None, False),
        ]
        assert [info["message"] for info in failed] == ["no line", "bad gateway", "odd"]
        assert len(logs.output) == 3
        assert len(self.server.dials) == 1

    async def test_a_vanished_key_is_replaced_and_the_socket_moves(self):
        """-1125: a new key is asked for, the new socket opens, and the old one is closed after it."""
        self.client.on_keep = raising(UNKNOWN)
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        bm = self.start(user_timeout=0.05)
        old = await self.opened()
        old_factory = bm._conns["user"]
        new = await self.opened(2)
        await until(lambda: old.closed)
        assert new.path == f"/ws/{KEY}2"
        assert old.close_code == 1000
        assert bm._conns["user"] is not old_factory
        new.send({"e": "balanceUpdate"})
        await until(lambda: self.got)
        await until(lambda: self.client.kept[-1] == KEY + "2")
        kinds = self.events.kinds()
        assert kinds.index("key_failed") < kinds.index("key_replaced")
        assert "disconnected" not in kinds
        assert self.events.of("key_failed")[0]["code"] == -1125
        assert len(self.server.open_connections()) == 1

    async def test_an_expired_key_is_replaced_once_however_often_it_is_told(self):
        """listenKeyExpired reaches the callback unchanged, and ten of them cost one renewal."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.start()
        connection = await self.opened()
        for _ in range(10):
            connection.send({"e": "listenKeyExpired", "E": 1, "listenKey": KEY + "1"})
        await self.opened(2)
        await until(lambda: connection.closed)
        await turns()
        assert self.client.gets == 2
        assert len(self.server.open_connections()) == 1
        assert self.got[0] == {"e": "listenKeyExpired", "E": 1, "listenKey": KEY + "1"}

    async def test_a_key_that_is_said_to_have_expired_twice_is_replaced_once(self):
        """A second listenKeyExpired on the same connection is delivered and costs no renewal."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.start()
        old = await self.opened()
        expired = {"e": "listenKeyExpired", "E": 1, "listenKey": KEY + "1"}
        old.send(expired)
        old.send(expired)
        await self.opened(2)
        await turns(50)
        assert self.got == [expired] * 2
        assert self.client.gets == 2

    async def test_the_same_key_again_leaves_the_socket_where_it_is(self):
        """The exchange may answer a request for a key with the one that lives: nothing is replaced."""
        self.client.on_keep = raising(UNKNOWN)
        self.start(user_timeout=0.05)
        await self.opened()
        await until(lambda: self.client.gets == 2 and self.client.kept[1:])
        assert self.server.dials == [f"/ws/{KEY}1"]
        assert "key_replaced" not in self.events.kinds()

    async def test_a_key_that_vanished_is_asked_for_until_there_is_one(self):
        """The first request for a new key fails: the next call asks again, not to keep the old key alive."""

        def vanished() -> None:
            raise UNKNOWN

        def get() -> None:
            self.client.key = KEY + str(self.client.gets)
            if self.client.gets == 2:
                raise ConnectionError("down")

        self.client.on_get, self.client.on_keep = get, vanished
        self.start(user_timeout=0.05)
        await self.opened()
        await until(lambda: f"/ws/{KEY}3" in self.server.dials)
        assert set(self.client.kept[:1]) == {KEY + "1"}

    async def test_an_exchange_that_knows_no_key_is_not_hammered(self):
        """-1125 to the request for a new key itself is waited after like any other failure."""
        self.client.on_keep = raising(UNKNOWN)
        self.client.on_get = raising(None, UNKNOWN, UNKNOWN)
        with self.assertLogs("binance", "WARNING") as logs:
            self.start(user_timeout=0.02)
            await self.opened()
            await until(lambda: self.client.gets == 4)
        assert len([line for line in logs.output if "retry in" in line]) == 2

    async def test_a_connection_that_was_lost_does_not_reconnect_with_the_old_key(self):
        """The key is replaced during an outage: only the new one is dialled from then on."""
        self.client.on_keep = raising(UNKNOWN)
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.quick(retries_s=(0.05,) * 9)
        self.start(user_timeout=0.05)
        connection = await self.opened()
        self.server.refuse_with = (503, "Service Unavailable")
        connection.reset()
        await until(lambda: f"/ws/{KEY}2" in self.server.dials)
        dials = self.server.dials
        await until(lambda: dials.count(f"/ws/{KEY}2") == 3)
        assert f"/ws/{KEY}1" not in dials[dials.index(f"/ws/{KEY}2") :]

    async def test_a_refusal_for_good_during_an_outage_ends_the_socket_at_once(self):
        """Nothing more can come: no dial is made that could only fail or be mute."""
        self.client.on_keep = raising(BinanceAPIException(401, -2015, "revoked"))
        self.quick(retries_s=(600.0,))
        bm = self.start(user_timeout=0.02)
        connection = await self.opened()
        self.server.refuse_with = (503, "Service Unavailable")
        connection.reset()
        await until(lambda: "gave_up" in self.events.kinds())
        assert len(self.server.dials) == 1
        assert bm.stats() == {}

    async def test_stopping_during_a_move_is_one_ending(self):
        """Both connections are closed with 1000, and disconnected is told once, as the last event."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))

        def on_event(event: Event) -> None:
            self.events(event)
            if self.events.kinds().count("connecting") == 2:  # the new one is dialled, the old one is open
                bm.stop_socket("user")

        bm = self.start(on_event=on_event)
        old = await self.opened()
        old.send({"e": "listenKeyExpired", "listenKey": KEY + "1"})
        await until(lambda: old.closed and self.all_over())
        await turns()
        assert old.close_code == 1000
        assert self.events.kinds().count("disconnected") == 1
        assert self.events.kinds()[-1] == "disconnected"
        assert self.server.open_connections() == []

    async def test_the_key_is_looked_at_after_a_reconnect(self):
        """The exchange opens a socket for a dead key too, and is silent: so the key is renewed at once."""
        self.start()
        (await self.opened()).reset()
        await self.opened(2)
        await until(lambda: self.client.kept)
        assert self.server.dials == [f"/ws/{KEY}1"] * 2

    async def test_a_key_that_cannot_be_had_yet_is_asked_for_again(self):
        """REST down at the start: the socket opens when REST is back."""
        self.client.on_get = raising(ConnectionError("down"), ConnectionError("down"))
        self.start(user_timeout=0.05)
        await self.opened()
        assert self.client.gets == 3

    async def test_an_answer_that_is_no_key_is_a_failure(self):
        """A client that gives None instead of a key is told so, not dialled with it."""
        self.client.key = None  # type: ignore[assignment]
        self.start(user_timeout=0.05)
        await until(lambda: self.events.of("key_failed"))
        assert "NoneType" in self.events.of("key_failed")[0]["message"]
        self.client.key = ""
        failed = len(self.events.of("key_failed"))
        await until(lambda: len(self.events.of("key_failed")) >= failed + 2)
        assert self.server.dials == []
        self.client.key = KEY + "1"
        await self.opened()

    async def test_a_refusal_for_good_is_final_and_not_hammered(self):
        """410, 401, a bad key: one event, one log line, one call; the key is free."""
        for error in (
            GONE,
            BinanceAPIException(401, -2015, "Invalid API-key."),
            BinanceAPIException(400, -2014, "x"),
            BinanceAPIException(401, None, "a gateway's page"),
            BinanceAPIException(400, -1022, "Signature for this request is not valid."),
        ):
            self.quick()  # what is remembered of the account is so for these timings
            self.got.clear()
            self.client.gets = 0
            self.client.on_get = raising(error)
            with self.assertLogs("binance.sockets", "WARNING") as logs:
                bm = self.start(user_timeout=0.01)
                await until(lambda: "gave_up" in self.events.kinds())
                await turns(50)
            assert self.client.gets == 1
            assert [info["final"] for info in self.events.of("key_failed")] == [True]
            assert bm.stats() == {}
            [failed] = self.events.of("key_failed")
            assert self.got == [{"e": "error", "m": failed["message"]}]
            assert [record.levelname for record in logs.records] == ["ERROR"] * len(logs.records)
            self.events.clear()

    async def test_a_410_says_what_it_means(self):
        """The removed listen keys of binance.com are named, not just a status."""
        self.client.on_get = raising(GONE)
        self.start()
        await until(lambda: self.events.of("key_failed"))
        assert "2026-02-20" in self.events.of("key_failed")[0]["message"]
        assert self.events.of("key_failed")[0]["status"] == 410

    async def test_an_open_socket_outlives_a_refused_keepalive_and_is_given_up_when_lost(self):
        """What may still arrive is taken; there is no keepalive and no redial any more."""
        bm = self.start(user_timeout=0.02)
        connection = await self.opened()
        self.client.on_keep = raising(BinanceAPIException(401, -2015, "revoked"))
        await until(lambda: self.events.of("key_failed"))
        kept = len(self.client.kept)
        connection.send({"e": "executionReport"})
        await until(lambda: self.got)
        connection.reset()
        await until(lambda: "gave_up" in self.events.kinds())
        assert len(self.client.kept) == kept
        assert bm.stats() == {}
        assert self.got == [{"e": "executionReport"}, {"e": "error", "m": "revoked"}]
        assert "retrying" not in self.events.kinds()
        assert [info["retry"] for info in self.events.of("disconnected")] == [False]

    async def test_a_socket_whose_key_was_refused_for_good_moves_to_no_new_connection(self):
        """It would be mute for ever there: the end of the old connection is the end of the socket."""
        self.start(user_timeout=0.02, lifetime_s=0.1, handover_s=0.05)
        connection = await self.opened()
        self.client.on_keep = raising(BinanceAPIException(401, -2015, "revoked"))
        await until(lambda: self.events.of("key_failed"))
        moved = len(self.events.of("rotating"))
        await turns(200)
        assert len(self.events.of("rotating")) == moved
        for connection in self.server.open_connections():
            connection.reset()
        await until(lambda: "gave_up" in self.events.kinds())

    async def test_a_socket_that_is_refused_and_then_lost_is_given_up_once(self):
        """Also where the lost connection was the last that its retries allow: one reason, one message."""
        self.start(user_timeout=0.02, max_retries=0)
        connection = await self.opened()
        self.client.on_keep = raising(BinanceAPIException(401, -2015, "revoked"))
        await until(lambda: self.events.of("key_failed"))
        connection.reset()
        await until(self.all_over)
        await turns()
        assert [info["reason"] for info in self.events.of("gave_up")] == ["HTTP 401: revoked"]
        assert self.got == [{"e": "error", "m": "revoked"}]

    async def test_a_socket_that_moves_to_a_new_key_has_its_retries_and_no_more(self):
        """The new connection is refused: one retry where one is allowed, counted from 1."""
        self.quick(retries_s=(0.01,) * 9)
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.start(max_retries=1)
        old = await self.opened()
        self.server.refuse_with = (503, "no")
        old.send({"e": "listenKeyExpired", "listenKey": KEY + "1"})
        await until(lambda: "gave_up" in self.events.kinds())
        assert self.server.dials.count(f"/ws/{KEY}2") == 2
        assert [info["attempt"] for info in self.events.of("retrying")] == [1]
        assert [info["attempt"] for info in self.events.of("connecting")] == [0, 0, 1]

    async def test_a_call_that_never_comes_back_is_made_again(self):
        """An injected client may have no timeout of its own."""
        self.quick(call_s=0.05)
        hang = threading.Event()
        self.addCleanup(hang.set)
        first = iter([hang.wait])
        self.client.on_get = lambda: next(first, lambda: None)()
        self.start(user_timeout=0.05)
        await self.opened()
        assert self.client.gets >= 2
        assert "no answer" in self.events.of("key_failed")[0]["message"]

    async def test_a_key_that_expires_during_a_keepalive_is_replaced(self):
        """The keepalive may still succeed: what the exchange said meanwhile counts."""
        release = threading.Event()
        self.addCleanup(release.set)
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.client.on_keep = lambda: release.wait(10)
        self.start(user_timeout=0.02)
        connection = await self.opened()
        await until(lambda: self.client.kept)
        connection.send({"e": "listenKeyExpired", "listenKey": KEY + "1"})
        await until(lambda: self.got)
        release.set()
        assert (await self.opened(2)).path == f"/ws/{KEY}2"

    async def test_a_refusal_for_good_of_a_key_that_is_gone_ends_the_socket(self):
        """Open, mute and claimed for ever would be the worst of all: it is given up and the key is free."""
        self.client.on_get = raising(None, BinanceAPIException(401, -2015, "revoked"))
        bm = self.start()
        connection = await self.opened()
        connection.send({"e": "listenKeyExpired", "listenKey": KEY + "1"})
        await until(lambda: "gave_up" in self.events.kinds())
        await until(lambda: connection.closed)
        assert bm.stats() == {}

    async def test_errors_of_any_shape_do_not_end_the_keepalive(self):
        """A client's exception may have attributes of any type, raise when read, or print nothing."""

        class Raises(Exception):
            @property
            def code(self) -> int:
                raise RuntimeError("code")

            status_code = retry_after_s = message = code

            def __str__(self) -> str:
                raise RuntimeError("str")

        unhashable, odd = Exception("unhashable"), Exception()
        unhashable.code = {"a": 1}  # type: ignore[attr-defined]
        odd.status_code, odd.message, odd.retry_after_s = "410", 7, "soon"  # type: ignore[attr-defined]
        self.client.on_keep = raising(Raises(), unhashable, odd, SystemExit(3))
        self.start(user_timeout=0.02)
        await self.opened()
        await until(lambda: len(self.client.kept) >= 6)
        failed = self.events.of("key_failed")
        assert [info["final"] for info in failed] == [False] * 4
        assert all(info["message"] for info in failed)

    async def test_a_moved_socket_is_not_given_up_for_the_end_of_its_old_connection(self):
        """The old connection may end before the new one is open, also where no retry is left."""
        release = threading.Event()
        self.addCleanup(release.set)
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.start(max_retries=0)
        old = await self.opened()
        old.send({"e": "listenKeyExpired", "listenKey": KEY + "1"})
        self.server.on_open = lambda connection: None
        await until(lambda: self.client.gets == 2)
        old.reset()
        new = await self.opened(2)
        await until(lambda: self.server.open_connections() == [new])
        new.send({"e": "balanceUpdate"})
        await until(lambda: len(self.got) == 2)
        assert "gave_up" not in self.events.kinds()

    async def test_the_wait_that_the_exchange_asks_for_is_kept(self):
        """Retry-After of a refused call is longer than our own wait: it is obeyed."""
        error = BinanceAPIException(418, -1003, "banned", retry_after_s=120)
        assert asked_wait_s(error) == 120
        assert asked_wait_s(BinanceAPIException(418, -1003, "x", retry_after_s=1e12)) == 3 * 86_400
        self.client.on_get = raising(error)
        with self.assertLogs("binance", "WARNING") as logs:
            self.start()
            await until(lambda: self.events.of("key_failed"))
        assert "retry in 120.0 s" in logs.output[0]

    async def test_stopping_ends_the_renewals_and_deletes_nothing(self):
        """Other programs share the key: it is not deleted; no timer is left."""
        bm = self.start(user_timeout=0.02)
        await self.opened()
        bm.stop_socket("user")
        await until(self.all_over)
        kept = len(self.client.kept)
        await turns(50)
        assert len(self.client.kept) <= kept + 1
        assert self.client.closed == []
        assert self.events.kinds()[-1] == "disconnected"

    async def test_stopping_in_an_event_of_the_key_leaves_nothing_behind(self):
        """At key_replaced, key_renewed and key_failed: no connection, no timer, disconnected last."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        for kind in ("key_replaced", "key_renewed", "key_failed"):
            self.client.on_keep = raising(ConnectionError("down") if kind == "key_failed" else None)
            self.events.clear()
            await self.stopped_at(kind)

    async def stopped_at(self, kind: str) -> None:
        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == kind:
                bm.stop_socket("user")

        bm = self.start(user_timeout=60 if kind == "key_replaced" else 0.1, on_event=on_event)
        await until(lambda: "connected" in self.events.kinds())
        if kind == "key_replaced":
            self.server.open_connections()[-1].send({"e": "listenKeyExpired", "listenKey": self.client.key})
        await until(lambda: kind in self.events.kinds())
        await until(lambda: self.all_over() and not self.server.open_connections())
        assert self.events.kinds()[-1] == "disconnected"

    async def test_stopping_while_the_key_is_being_asked_for_opens_nothing(self):
        """A key that comes after the stop is not used."""
        release = threading.Event()
        self.addCleanup(release.set)
        self.client.on_get = lambda: release.wait(10)
        bm = self.start()
        await until(lambda: self.client.gets)
        bm.stop_socket("user")
        long = [call for call in reactor.getDelayedCalls() if call.getTime() - reactor.seconds() > 30]
        assert not long, "somebody still waits for the answer"
        release.set()
        await turns(50)
        assert self.server.dials == []
        assert self.events.kinds() == ["disconnected"]

    async def test_a_hanging_call_holds_up_no_other_socket(self):
        """REST is never on the reactor's thread: market data flows while a call hangs."""
        release = threading.Event()
        self.addCleanup(release.set)
        self.client.on_get = lambda: release.wait(10)
        bm = self.start()
        market: list[Any] = []
        bm.start_trade_socket("BNBBTC", market.append)
        (await self.opened()).send({"e": "trade"})
        await until(lambda: market)
        assert self.client.gets == 1

    async def test_given_up_by_retries_ends_the_renewals_too(self):
        """After the message of the page no keepalive goes on behind it."""
        self.start(user_timeout=0.02, max_retries=0)
        (await self.opened()).reset()
        await until(lambda: self.got)
        assert self.got == [{"e": "error", "m": "Max reconnect retries reached"}]
        kept = len(self.client.kept)
        await turns(50)
        assert len(self.client.kept) <= kept + 1

    async def test_given_up_while_a_call_is_under_way_is_no_failed_call(self):
        """Nobody waits for the answer any more: gave_up is the last event, and no timer is left."""
        release = threading.Event()
        self.addCleanup(release.set)
        self.client.on_keep = lambda: release.wait(10)
        self.start(user_timeout=0.02, max_retries=0)
        connection = await self.opened()
        await until(lambda: self.client.kept)
        connection.reset()
        await until(lambda: self.got)
        assert self.events.kinds() == ["connecting", "connected", "disconnected", "gave_up"]

    async def test_no_listen_key_in_any_log_line_event_key_or_repr(self):
        """At DEBUG, through a replacement and failures that quote it, the key appears nowhere."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.client.on_keep = raising(UNKNOWN, ConnectionError(f"PUT /x?listenKey={KEY}2 failed"))
        with self.assertLogs(level=logging.DEBUG) as logs:
            bm = self.start(user_timeout=0.03)
            (await self.opened(2)).send({"e": "x"})
            await until(lambda: len(self.events.of("key_renewed")) >= 1)
        everything = " ".join([*logs.output, repr(self.events), repr(bm), repr(bm._conns), *bm._conns])
        assert KEY not in everything
        assert "/ws/***" in everything

    async def test_the_last_words_and_those_of_an_endless_outage_are_masked_too(self):
        """What the exchange quotes when the socket is stopped, and when it is tried for ever."""
        self.quick(retries_s=(0.0,) * 9)
        words = f"bye /ws/{KEY}1"
        bm = self.start(max_retries=None)
        connection = await self.opened()
        bm.stop_socket("user")
        connection.sendCloseFrame(1001, words.encode())
        await until(self.all_over)
        self.server.refuse_with = (404, words)
        with self.assertLogs("binance", "ERROR") as logs:
            bm.start_user_socket(self.got)
            await until(lambda: self.got)
        everything = " ".join([*logs.output, repr(self.events)])
        assert "bye /ws/***" in logs.output[0]
        assert KEY not in everything

    async def test_a_key_that_was_replaced_is_a_secret_still(self):
        """A failure that quotes a former key is masked too."""
        self.client.on_get = lambda: setattr(self.client, "key", KEY + str(self.client.gets))
        self.client.on_keep = raising(UNKNOWN, ConnectionError(f"PUT /x?listenKey={KEY}1 failed"))
        self.start(user_timeout=0.03)
        await until(lambda: len(self.events.of("key_failed")) == 2)
        assert self.events.of("key_failed")[1]["message"] == "PUT /x?listenKey=*** failed"

    async def test_with_a_changed_stream_url_user_sockets_go_to_that_host(self):
        """A changed STREAM_URL replaces the host of user sockets too, which then go by listen key."""
        bm = self.manager(Client("key", "secret"), endpoints=None)
        bm.STREAM_URL = f"ws://127.0.0.1:{self.port}/"
        with pytest.raises(InvalidArgument, match="by listen key"):
            bm.start_margin_socket(print)
        bm = self.manager(self.client, endpoints=None)
        bm.STREAM_URL = f"ws://127.0.0.1:{self.port}/"
        bm.start_user_socket(self.got)
        assert (await self.opened()).path == f"/ws/{KEY}1"

    async def test_a_server_that_quotes_the_path_does_not_get_the_key_into_the_log(self):
        """What the exchange says in refusing an upgrade is masked like everything else."""
        self.server.refuse_with = (404, f"Not Found: /ws/{KEY}1")
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.start(max_retries=0)
            await until(lambda: self.got)
        everything = " ".join([*logs.output, repr(self.events)])
        assert "404" in everything
        assert KEY not in everything


DEBUG_SCRIPT = """
import logging, sys
from dataclasses import replace
logging.basicConfig(level=logging.DEBUG)
import txaio
txaio.use_twisted()
txaio.start_logging(level="debug")
from binance.client import Client
from binance.endpoints import Endpoints
from binance.websockets import BinanceSocketManager

venue = replace(Endpoints.sandbox("127.0.0.1", int(sys.argv[1])), user_stream="listen_key")
client = Client("api-key", endpoints=venue)
open(sys.argv[2], "w").write(client.stream_get_listen_key())
bm = BinanceSocketManager(client, on_event=lambda event: print(event, flush=True))
bm.start_user_socket(lambda message: bm.close())
bm.start()
"""


def test_no_listen_key_is_printed_with_every_library_at_debug(tmp_path):
    """Autobahn, Twisted, urllib3 and ours, all at DEBUG: the request for /ws/<key> appears nowhere."""
    with Sandbox(user_rate=20) as sandbox:
        done = subprocess.run(
            [sys.executable, "-c", DEBUG_SCRIPT, str(sandbox.port), tmp_path / "key"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    everything = done.stdout + done.stderr
    assert done.returncode == 0, everything
    assert "kind='connected'" in everything
    assert "urllib3" in everything
    assert (tmp_path / "key").read_text() not in everything


@pytest.mark.parametrize("client", [None, object(), Client(endpoints=BINANCE_US), Client("")])
def test_a_client_that_cannot_get_a_key_raises_at_the_call(client):
    """What the way needs is missing: the call says so at once and claims no key."""
    bm = BinanceSocketManager(client)
    with pytest.raises(ValueError, match="user socket"):
        bm.start_user_socket(print)
    assert bm.stats() == {}


def test_the_refusal_of_a_client_does_not_print_it():
    """An injected object's repr may hold its secret."""

    class Talkative:
        def __repr__(self) -> str:
            return "Talkative(secret='SECRET')"

    with pytest.raises(ValueError, match="which Talkative lacks") as caught:
        BinanceSocketManager(Talkative()).start_user_socket(print)
    assert "SECRET" not in str(caught.value)
