"""Accounts that are refused: the callback hears why, the page's recipe restarts, and nobody is hammered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import Clock

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.exceptions import BinanceAPIException, RateLimited
from binance.process.threads import calls
from binance.sandbox.exchange import Exchange
from binance.websockets import BinanceSocketManager
from binance.wire.bans import rest_bans
from binance.wire.hosts import place_of

from ..keys import SECRET
from ..standing import Standing
from ..support import ManagerCase, Recorder, turns, until

API_KEY = "H" * 64
REFUSED = {"e": "error", "m": "Signature for this request is not valid."}


class RefusedCase(ManagerCase):
    """An exchange with an account, and a client whose secret is wrong; time passes when the test lets it."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = Clock()
        self.quick(clock=self.clock)
        self.exchange = Exchange(reactor, rate=0, api_keys={API_KEY: SECRET}, limits=None)
        self.port = self.exchange.listen()
        self.addCleanup(self.exchange.close)

    def client_of(self, secret: str, api_key: str = API_KEY) -> Client:
        client = Client(api_key, secret, endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        client.timings = self.timings
        return client

    def asked(self) -> int:
        """How often the exchange was asked for an account, by a request or by REST."""
        rest = [call for call in self.exchange.rest_calls if "user" in call.path]
        return len(rest) + sum(connection.received for connection in self.exchange.connections)

    async def passes(self, seconds: float) -> None:
        """Let time pass, in steps, so that what is due comes about."""
        for _ in range(int(seconds * 10)):
            self.clock.advance(0.1)
            await turns(2)


class Refused(RefusedCase):
    """What a callback hears, and what it may do about it."""

    async def test_the_callback_gets_the_exchanges_words_once_and_the_key_is_free(self):
        """As with the message of the page: the socket is given up before, and may be started again."""
        bm = self.manager(self.client_of("wrong"))
        free: list[bool] = []

        def callback(message: dict[str, Any]) -> None:
            self.got.append(message)
            free.append(bm.stats() == {} and dict(bm._conns) == {})

        bm.start_user_socket(callback)
        await until(lambda: self.got)
        await turns(50)
        assert self.got == [REFUSED]
        assert free == [True]
        assert self.events.kinds()[-2:] == ["key_failed", "gave_up"]

    async def test_margin_accounts_hear_it_too(self):
        """Whatever the account, and whichever call was refused."""
        bm = self.manager(self.client_of("wrong"))
        assert bm.start_margin_socket(self.got) == "margin"
        await until(lambda: self.got)
        assert self.got == [REFUSED]

    async def test_no_secret_is_in_the_message(self):
        """An exchange, or a client of somebody else's, may quote what it was sent."""

        class Quoting:
            API_KEY = "K" * 40

            def stream_get_listen_key(self) -> str:
                raise BinanceAPIException(401, -2015, f"Invalid API-key {self.API_KEY}.")

            def stream_keepalive(self, listenKey: str) -> None: ...

        self.manager(Quoting()).start_user_socket(self.got)
        await until(lambda: self.got)
        assert self.got == [{"e": "error", "m": "Invalid API-key ***."}]

    async def test_a_socket_that_was_stopped_hears_nothing(self):
        """It is stopped at key_failed, before the message would come."""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "key_failed":
                bm.stop_socket("user")

        bm = self.manager(self.client_of("wrong"), on_event=on_event)
        bm.start_user_socket(self.got)
        await until(self.all_over)
        await turns(50)
        assert self.events.kinds()[-2:] == ["key_failed", "disconnected"]
        assert self.got == []


class Recipes(RefusedCase):
    """The recipe of the page, in all its shapes, against an account that is refused for good."""

    async def restarts(self, restart: Callable[[BinanceSocketManager, Any], object]) -> None:
        """Let a minute and a half of it pass, and see how often the exchange was asked."""
        client = self.client_of("wrong")
        managers = [self.manager(client)]
        answers: list[Any] = []
        inside: list[int] = []

        def callback(message: dict[str, Any]) -> None:
            assert message == REFUSED
            assert not inside  # one at a time, and never nested
            inside.append(1)
            answers.append(restart(managers[-1], callback))
            inside.clear()

        def another() -> Any:
            managers[-1].close()
            managers.append(self.manager(client))
            return managers[-1].start_user_socket(callback)

        self.another = another
        managers[-1].start_user_socket(callback)
        asked_at: list[float] = []
        for _ in range(900):
            self.clock.advance(0.1)
            await turns(2)
            while len(asked_at) < self.asked():
                asked_at.append(self.clock.seconds())
        for manager in managers:
            manager.close()
        # after 5, 10, 20, 40 s: not 280 times a second, as a loop on loopback is capable of
        assert len(asked_at) == 5, asked_at
        for (one, other), wait_s in zip(pairwise(asked_at), (5, 10, 20, 40), strict=True):
            assert wait_s <= other - one + 0.2
        assert set(answers) == {"user"}
        waits = self.events.of("limited")
        assert [info["what"] for info in waits[:4]] == ["request"] * 4
        assert {info["budget"] for info in waits} == {"back-off after the account was refused"}
        for info, wait_s in zip(waits[:4], (5, 10, 20, 40), strict=True):
            assert wait_s - 0.5 <= info["seconds"] <= wait_s

    async def test_stop_and_start(self):
        """As the page has it."""

        def restart(bm: BinanceSocketManager, callback: Any) -> Any:
            bm.stop_socket("user")
            return bm.start_user_socket(callback)

        await self.restarts(restart)

    async def test_start(self):
        """The key is free, so nothing needs to be stopped."""
        await self.restarts(lambda bm, callback: bm.start_user_socket(callback))

    async def test_close_and_start(self):
        """The whole manager."""

        def restart(bm: BinanceSocketManager, callback: Any) -> Any:
            bm.close()
            key = bm.start_user_socket(callback)
            bm.start()
            return key

        await self.restarts(restart)

    async def test_a_new_manager(self):
        """What is known of an account is known in the whole process."""
        await self.restarts(lambda bm, callback: self.another())


class Remembered(RefusedCase):
    """Whom a refusal holds back, and until when."""

    async def refused(self, client: Any) -> None:
        """Its account is refused once."""
        bm = self.manager(client)
        bm.start_user_socket(self.got)
        await until(lambda: self.got)
        bm.close()
        await turns()
        self.got.clear()
        self.events.clear()

    async def test_another_account_is_asked_for_at_once(self):
        """Another API key, and another account of the same one."""
        await self.refused(self.client_of("wrong", api_key="A" * 64))
        bm = self.manager(self.client_of(SECRET))
        bm.start_user_socket(self.got)
        bm.start_margin_socket(self.got)
        await until(lambda: self.events.kinds().count("connected") == 2)
        assert "limited" not in self.events.kinds()

    async def test_a_success_ends_it(self):
        """With the right secret after the wait: from then on nothing is waited for."""
        await self.refused(self.client_of("wrong"))
        right = self.client_of(SECRET)
        bm = self.manager(right)
        assert bm.start_user_socket(self.got) == "user"
        await until(lambda: self.events.of("limited"))
        [info] = self.events.of("limited")
        assert info == {"what": "request", "budget": "back-off after the account was refused", "seconds": 5.0}
        self.clock.advance(4.9)
        await turns(50)
        assert "connected" not in self.events.kinds()
        self.clock.advance(0.2)
        await until(lambda: "connected" in self.events.kinds())
        bm.stop_socket("user")
        bm.start_user_socket(self.got)
        await until(lambda: self.events.kinds().count("connected") == 2)
        assert len(self.events.of("limited")) == 1

    async def test_a_socket_that_works_waits_for_no_refusal_of_another(self):
        """The same key with a wrong secret, in another manager, delays no reconnect of this one."""
        bm = self.manager(self.client_of(SECRET), on_event=None)
        bm.start_user_socket(self.got)
        await until(lambda: self.exchange.fill("BNBBTC", api_key=API_KEY) and self.got)
        self.got.clear()
        await self.refused(self.client_of("wrong"))
        self.exchange.cut()
        await turns(50)
        self.clock.advance(0.5)
        await until(lambda: self.exchange.fill("BNBBTC", api_key=API_KEY) and self.got)

    async def test_a_listen_key_is_refused_in_the_same_way(self):
        """By a client of somebody else's, whose REST calls are what is held back."""
        gets: list[float] = []

        class Other:
            def stream_get_listen_key(self) -> str:
                gets.append(1)
                raise BinanceAPIException(401, -2015, "no")

            def stream_keepalive(self, listenKey: str) -> None: ...

        bm = self.manager(Other())
        bm.start_user_socket(lambda message: bm.start_user_socket(self.got))
        await until(lambda: self.events.of("limited"))
        assert len(gets) == 1
        self.clock.advance(5.1)
        await until(lambda: self.got)
        assert len(gets) == 2


class Banned(RefusedCase):
    """REST asks to be left alone: no keeper calls before."""

    def keyed(self) -> Any:
        """A client of somebody else's that counts its calls, and raises what it is told to."""

        class Keyed:
            def __init__(self) -> None:
                self.calls = 0
                self.error: Exception | None = None
                self.before: Callable[[], object] = lambda: None

            def stream_get_listen_key(self) -> str:
                self.calls += 1
                self.before()
                if self.error is not None:
                    raise self.error
                return f"key{self.calls}"

            def stream_keepalive(self, listenKey: str) -> None:
                self.stream_get_listen_key()

        return Keyed()

    async def fails(self, client: Client) -> int | None:
        """Make a call that the exchange refuses; returns its status."""
        try:
            await calls.run(reactor, client.ping)
        except BinanceAPIException as exc:
            return exc.status_code
        return None

    async def test_every_keeper_of_the_host_waits_without_a_call(self):
        """One is told; the others, and those of later sockets and managers, say what they wait for."""
        client = self.keyed()
        client.error = BinanceAPIException(418, -1003, "banned", retry_after_s=120)
        first = self.manager(client)
        first.start_user_socket(self.got)
        await until(lambda: self.events.of("key_failed"))
        for _ in range(3):
            bm = self.manager(client)
            for _ in range(3):
                bm.start_user_socket(self.got)
                await turns()
                bm.stop_socket("user")
            bm.start_user_socket(self.got)
        await turns(50)
        assert client.calls == 1
        assert len(self.events.of("key_failed")) == 1
        waits = self.events.of("limited")
        assert len(waits) == 1 + 3 * 4
        assert {(info["what"], info["budget"]) for info in waits} == {
            ("request", "requested by the exchange")
        }
        assert {info["seconds"] for info in waits} == {120.0}
        client.error = None
        self.clock.advance(119.5)
        await turns(50)
        assert client.calls == 1
        self.clock.advance(0.6)
        await until(lambda: client.calls == 5)

    async def test_a_ban_counts_although_the_socket_was_stopped_meanwhile(self):
        """The answer comes when nobody waits for it any more; a socket started after that knows."""
        client, release = self.keyed(), threading.Event()
        self.addCleanup(release.set)
        client.error = BinanceAPIException(429, -1003, "too many", retry_after_s=60)
        client.before = release.wait
        bm = self.manager(client)
        bm.start_user_socket(self.got)
        await until(lambda: client.calls == 1)
        bm.stop_socket("user")
        release.set()
        bans, host = rest_bans(self.timings), place_of(Endpoints.sandbox("127.0.0.1", self.port).rest)
        await until(lambda: bans.left_s(host, self.clock.seconds()) > 0)
        bm.start_user_socket(self.got)
        await until(lambda: self.events.of("limited"))
        await turns(50)
        assert client.calls == 1

    async def test_what_a_client_of_ours_was_told_holds_back_the_sockets(self):
        """The script's own call was banned: the keeper makes none, and fails at nothing."""
        self.exchange.rest(down=418)  # without Retry-After: the shortest ban
        client = self.client_of(SECRET)
        assert await self.fails(client) == 418
        self.exchange.rest()
        calls = len(self.exchange.rest_calls)
        with self.assertRaises(RateLimited) as limited:
            client.ping()
        assert limited.exception.retry_after_s == 120
        bm = self.manager(client, silence_s=1000)  # the exchange's pings go by the time of the machine
        bm.start_margin_socket(self.got)
        await until(lambda: self.events.of("limited"))
        await turns(50)
        assert len(self.exchange.rest_calls) == calls
        assert "key_failed" not in self.events.kinds()
        bm.start_user_socket(self.got)  # by the WebSocket API alone: nobody banned that
        await until(lambda: "connected" in self.events.kinds("user"))
        self.clock.advance(120.1)
        await until(lambda: "connected" in self.events.kinds("margin"))

    async def test_a_token_that_is_there_needs_no_rest_in_a_ban(self):
        """The line is cut while REST is banned: the account subscribes again with the token that it has."""
        client = self.client_of(SECRET)
        self.manager(client).start_margin_socket(self.got)
        await until(lambda: "connected" in self.events.kinds())
        self.exchange.rest(down=418)
        assert await self.fails(client) == 418
        self.exchange.cut()
        await until(lambda: self.events.of("retrying"))
        self.clock.advance(0.5)
        await until(lambda: self.events.kinds().count("connected") == 2)

    async def test_a_503_that_asks_for_a_day_is_waited_after_for_a_minute(self):
        """And by the one that it was said to: other sockets call."""
        client = self.keyed()
        client.error = BinanceAPIException(503, None, "busy", retry_after_s=86_400)
        self.manager(client).start_user_socket(self.got)
        await until(lambda: self.events.of("key_failed"))
        other = self.keyed()
        self.manager(other).start_user_socket(self.got)
        await until(lambda: other.calls == 1)
        client.error = None
        self.clock.advance(59.5)
        await turns(50)
        assert client.calls == 1
        self.clock.advance(0.6)
        await until(lambda: client.calls == 2)

    async def test_a_client_that_learns_of_a_ban_by_itself_is_no_failed_call(self):
        """Its waits are its own (other timings): what it raises without a call is a wait."""
        client = self.keyed()
        client.error = RateLimited(429, -1003, "alone", 30.0)
        self.manager(client).start_user_socket(self.got)
        await until(lambda: self.events.of("limited"))
        assert self.events.of("limited")[0]["seconds"] == 30
        assert "key_failed" not in self.events.kinds()
        client.error = None
        self.clock.advance(30.1)
        await until(lambda: client.calls == 2)


class ShortLived(ManagerCase):
    """Listen keys that end as soon as they are had."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = Clock()
        self.quick(clock=self.clock)
        self.gets: list[float] = []
        self.kept: list[str] = []

    def stream_get_listen_key(self) -> str:
        self.gets.append(self.clock.seconds())
        return f"key{len(self.gets)}"

    def stream_keepalive(self, listenKey: str) -> None:
        self.kept.append(listenKey)

    async def test_renewals_come_later_and_later(self):
        """A stream that says listenKeyExpired at once, each time: the first is renewed at once, no other."""
        self.server.on_open = lambda connection: connection.send({"e": "listenKeyExpired", "E": 1})
        self.manager(self, reactor=Standing(self.clock)).start_user_socket(self.got)
        for _ in range(900):
            self.clock.advance(0.1)
            await turns(2)
        waits = [other - one for one, other in pairwise(self.gets)]
        assert len(waits) == 5, self.gets
        for wait_s, least_s in zip(waits, (0, 5, 10, 20, 40), strict=True):
            assert least_s <= wait_s + 0.01 <= least_s + 1.0
        limited = self.events.of("limited")
        assert {info["budget"] for info in limited} == {"back-off after listen keys that ended at once"}

    async def test_the_wait_outlives_a_reconnect(self):
        """A server that says it, and drops the connection: what connects again asks for no key before."""

        def on_open(connection: Any) -> None:
            connection.send({"e": "listenKeyExpired", "E": 1})
            reactor.callLater(0, connection.reset)

        self.server.on_open = on_open
        self.manager(self, max_retries=None).start_user_socket(self.got)
        for _ in range(300):
            self.clock.advance(0.1)
            await turns(2)
        assert len(self.gets) <= 4
        assert len(self.kept) == 0

    async def test_a_key_that_lasted_is_renewed_at_once(self):
        """Also if many have ended at once before."""
        self.server.on_open = lambda connection: (
            connection.send({"e": "listenKeyExpired", "E": 1}) if len(self.gets) < 4 else None
        )
        self.manager(self).start_user_socket(self.got)
        for _ in range(200):
            self.clock.advance(0.1)
            await turns(2)
        assert len(self.gets) == 4
        self.clock.advance(11)
        for count in (5, 6):
            self.server.open_connections()[-1].send({"e": "listenKeyExpired", "E": 1})
            await until(lambda count=count: len(self.gets) == count)
            await until(lambda count=count: f"/ws/key{count}" in self.server.dials)
            await until(lambda: len(self.server.open_connections()) == 1)


class Doubted(RefusedCase):
    """The exchange says that a key is not valid any more, and gives tokens for it all the same."""

    async def test_tokens_are_asked_for_later_and_later(self):
        """However often it says so: the first is asked for at once, no other."""
        self.manager(self.client_of(SECRET), silence_s=1000).start_margin_socket(self.got)
        await until(lambda: "connected" in self.events.kinds())
        doubt = b'{"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key."}}'
        for _ in range(300):
            for connection in self.exchange.connections:
                connection.send_text(doubt)
            self.clock.advance(0.1)
            await turns(2)
        tokens = [call for call in self.exchange.rest_calls if "ListenToken" in call.path]
        assert 3 <= len(tokens) <= 5  # at the start, at once, after 5 and 10 s


class Changed(ManagerCase):
    """A callback changes, or empties, what it was handed."""

    async def test_nothing_is_read_of_a_message_after_the_callback_had_it(self):
        """On every kind of socket: messages go on coming, in order, and nothing is wrong with them."""
        bm, seen = self.manager(), dict[str, int]()

        def emptying(key: str) -> Callable[[Any], None]:
            def callback(message: Any) -> None:
                seen[key] = seen.get(key, 0) + 1
                message.clear()

            return callback

        trade, tickers, streams = "bnbbtc@trade", "!ticker_1h@arr", "streams=bnbbtc@trade/bnbbtc@kline_1m"
        bm.start_trade_socket("BNBBTC", emptying(trade))
        bm.start_rolling_window_ticker_socket(emptying(tickers))
        bm.start_multiplex_socket(["bnbbtc@trade", "bnbbtc@kline_1m"], emptying(streams))
        await self.opened(3)
        by_path = {connection.path: connection for connection in self.server.connections}
        for first in (1, 101):
            for number in range(first, first + 100):
                bare = {"e": "trade", "s": "BNBBTC", "t": number}
                by_path["/ws/bnbbtc@trade"].send(bare)
                by_path["/ws/!ticker_1h@arr"].send([{"e": "1hTicker", "s": "BNBBTC"}])
                combined = by_path["/stream?streams=bnbbtc@trade/bnbbtc@kline_1m"]
                combined.send({"stream": "bnbbtc@trade", "data": bare})
                combined.send({"stream": "bnbbtc@kline_1m", "data": {"e": "kline", "s": "BNBBTC"}})
            count = first + 99
            await until(lambda count=count: seen == {trade: count, tickers: count, streams: 2 * count})
        for key in seen:
            stats = bm.stats(key)
            assert stats["messages"] == seen[key]
            assert (stats["gaps"], stats["duplicates"], stats["callback_errors"]) == (0, 0, 0)
        assert self.events.kinds() == ["connecting"] * 3 + ["connected"] * 3

    async def test_the_error_message_is_a_new_one_each_time(self):
        """Emptied once, it is whole the next time."""
        self.server.refuse_with = (503, "no")
        self.quick(retries_s=(0.01,), retry_longest_s=0.01)
        bm, got = self.manager(max_retries=1), Recorder()

        def callback(message: dict[str, Any]) -> None:
            got.append(dict(message))
            message.clear()
            if len(got) < 3:
                bm.start_trade_socket("BNBBTC", callback)

        bm.start_trade_socket("BNBBTC", callback)
        await until(lambda: len(got) == 3)
        assert got == [{"e": "error", "m": "Max reconnect retries reached"}] * 3

    async def test_signals_of_the_exchange_are_understood_all_the_same(self):
        """An ended subscription, or listen key, that the callback empties is renewed."""
        exchange = Exchange(reactor, rate=0, api_keys={API_KEY: SECRET}, limits=None)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        client = Client(API_KEY, SECRET, endpoints=Endpoints.sandbox("127.0.0.1", self.port))
        self.manager(client).start_user_socket(lambda message: message.clear())
        await until(lambda: "connected" in self.events.kinds())
        exchange.terminate_subscriptions()
        await until(lambda: self.events.of("key_replaced"))
