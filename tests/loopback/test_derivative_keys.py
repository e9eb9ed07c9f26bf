"""Listen keys of derivatives by a client of somebody else's, against a scripted server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException, InvalidArgument, RateLimited
from binance.process.threads import calls
from binance.sandbox.exchange import Exchange
from binance.venues.listen_keys import (
    COINM_ACCOUNT,
    OPTIONS_ACCOUNT,
    PORTFOLIO_MARGIN_ACCOUNT,
    USDM_ACCOUNT,
    USDM_EVENTS,
)
from binance.websockets import BinanceSocketManager

from ..support import ManagerCase, turns, until

KEY = "K" * 63
UNKNOWN = BinanceAPIException(400, -1125, "This listenKey does not exist.")
ACCOUNTS = {
    "start_futures_user_socket": USDM_ACCOUNT,
    "start_coin_futures_user_socket": COINM_ACCOUNT,
    "start_options_user_socket": OPTIONS_ACCOUNT,
    "start_portfolio_margin_socket": PORTFOLIO_MARGIN_ACCOUNT,
}
ORDER = {"e": "ORDER_TRADE_UPDATE", "E": 1, "o": {"s": "BTCUSDT"}}


class OtherClient:
    """A client with the calls of one kind of account, which remembers what it was called with.

    :param prefix: of the calls' names.
    """

    def __init__(self, prefix: str) -> None:
        self.gets = 0
        self.kept: list[str] = []
        self.on_get: Callable[[], object] = lambda: f"{KEY}{self.gets}"
        self.on_keep: Callable[[], object] = dict
        setattr(self, f"{prefix}stream_get_listen_key", self._get)
        setattr(self, f"{prefix}stream_keepalive", self._keep)

    def _get(self) -> object:
        self.gets += 1
        return self.on_get()

    def _keep(self, listenKey: str) -> object:
        self.kept.append(listenKey)
        return self.on_keep()


def raising(error: BaseException) -> Callable[[], object]:
    """What raises that."""

    def call() -> object:
        raise error

    return call


class InjectedClients(ManagerCase):
    """A manager with such a client."""

    def start(self, call: str = "start_futures_user_socket", **options: Any) -> OtherClient:
        """Start one account's socket."""
        client = OtherClient(ACCOUNTS[call].prefix)
        assert getattr(self.manager(client, **options), call)(self.got) == ACCOUNTS[call].conn_key
        return client

    async def test_the_classic_calls_are_enough(self):
        """A key is asked for, handed to the keepalive as an argument, and is where the exchange wants it."""
        paths = {
            "start_futures_user_socket": "/private/ws",
            "start_coin_futures_user_socket": f"/ws/{KEY}1",
            "start_options_user_socket": f"/private/ws/{KEY}1",
            "start_portfolio_margin_socket": f"/pm/ws/{KEY}1",
        }
        for count, (call, path) in enumerate(paths.items(), 1):
            client = self.start(call, user_timeout=0.02)
            connection = await self.opened(count)
            assert connection.path == path
            if path == "/private/ws":
                assert connection.params == {"listenKey": [f"{KEY}1"], "events": ["/".join(USDM_EVENTS)]}
            await until(lambda client=client: len(client.kept) >= 2)
            assert set(client.kept) == {f"{KEY}1"}
            assert client.gets == 1
            connection.send(ORDER)
            await until(lambda count=count: len(self.got) == count)
        assert self.got == [ORDER] * 4

    async def test_events_are_bare_in_whichever_form_they_come(self):
        """As they are, under the listen key, and under the key with the event's name."""
        self.start()
        connection = await self.opened()
        connection.send(ORDER)
        connection.send({"stream": f"{KEY}1", "data": ORDER})
        connection.send({"stream": f"{KEY}1@ORDER_TRADE_UPDATE", "data": ORDER})
        await until(lambda: len(self.got) >= 3)
        assert self.got == [ORDER] * 3

    async def test_an_expiry_counts_and_is_delivered_in_whichever_form_it_comes(self):
        """The socket, which stays open and is silent, moves to a new key; the callback has the event."""
        expired = {"e": "listenKeyExpired", "E": "1", "listenKey": "gone"}
        for form in ({"stream": f"{KEY}1@listenKeyExpired", "data": expired}, expired):
            before = len(self.server.connections)
            client = self.start()
            old = await self.opened(before + 1)
            old.send(form)
            new = await self.opened(before + 2)
            await until(lambda old=old: old.closed)
            assert new.params["listenKey"] == [f"{KEY}2"]
            assert client.gets == 2
        assert self.got == [expired] * 2
        assert "disconnected" not in self.events.kinds()

    async def test_the_old_connection_goes_on_until_the_new_one_is_open(self):
        """A key that a keepalive does not find: what comes while the next one is asked for is delivered."""
        release = threading.Event()
        self.addCleanup(release.set)
        client = self.start(user_timeout=0.05)
        old = await self.opened()
        client.on_get = lambda: release.wait(10) and f"{KEY}2"
        client.on_keep = raising(UNKNOWN)
        await until(lambda: client.gets == 2)
        client.on_keep = dict
        old.send({**ORDER, "E": 2})
        await until(lambda: self.got)
        release.set()
        new = await self.opened(2)
        await until(lambda: old.closed)
        new.send({**ORDER, "E": 3})
        await until(lambda: len(self.got) >= 2)
        assert [event["E"] for event in self.got] == [2, 3]
        assert [info["code"] for info in self.events.of("key_failed")] == [-1125]
        assert len(self.events.of("key_replaced")) == 1
        assert "disconnected" not in self.events.kinds()

    async def test_a_key_that_has_expired_and_is_given_out_again_is_dialled_again(self):
        """Its connection stays open and is silent for good, so the socket moves to another one."""
        client = self.start()
        client.on_get = lambda: f"{KEY}1"
        old = await self.opened()
        old.send({"e": "listenKeyExpired", "E": "1", "listenKey": f"{KEY}1"})
        new = await self.opened(2)
        await until(lambda: old.closed)
        new.send(ORDER)
        await until(lambda: len(self.got) >= 2)
        assert client.gets == 2
        assert "key_replaced" not in self.events.kinds()

    async def move_while_asking(self, answer: str) -> None:
        """A move begins while a key is asked for, since a keepalive did not find the one that there was."""
        release = threading.Event()
        self.addCleanup(release.set)
        client = self.start(user_timeout=0.05, handover_s=0.05)
        old = await self.opened()
        client.on_get = lambda: release.wait(10) and answer
        client.on_keep = raising(UNKNOWN)
        await until(lambda: client.gets == 2)
        client.on_keep = dict
        old.send({"e": "serverShutdown", "E": 2})
        await until(lambda: self.events.of("rotating"))
        release.set()
        await until(lambda: len(self.server.connections) >= 2)
        assert self.server.connections[1].params["listenKey"] == [answer]
        await until(lambda: old.closed)
        assert "disconnected" not in self.events.kinds()

    async def test_a_move_that_waits_for_a_key_goes_by_the_one_that_lives_on(self):
        """The exchange answers with the key that there was: the move is not left without one."""
        await self.move_while_asking(f"{KEY}1")
        assert "key_replaced" not in self.events.kinds()

    async def test_a_move_that_waits_for_a_key_goes_by_another_one(self):
        """The exchange answers with a new key: one new connection, which goes by it."""
        await self.move_while_asking(f"{KEY}2")
        assert len(self.server.dials) == 2

    async def test_a_keepalive_that_names_another_key_is_a_new_key(self):
        """Without asking for one; the same one, or an answer of another form, changes nothing."""
        client = self.start(user_timeout=0.02)
        await self.opened()
        answers: list[object] = [{}, None, {"listenKey": f"{KEY}1"}, {"listenKey": ""}, {"listenKey": 5}]
        client.on_keep = lambda: answers.pop() if answers else {}
        await until(lambda: not answers and len(client.kept) >= 7)
        assert len(self.server.dials) == 1
        client.on_keep = lambda: {"listenKey": f"{KEY}9"}
        new = await self.opened(2)
        assert new.params["listenKey"] == [f"{KEY}9"]
        await until(lambda: client.kept[-1] == f"{KEY}9")
        await turns()
        assert client.gets == 1
        assert len(self.events.of("key_replaced")) == 1
        assert len(self.server.dials) == 2

    async def test_the_key_is_looked_after_at_once_after_a_reconnect(self):
        """The exchange lets a connection with a dead key open, and is silent on it."""
        self.quick(retries_s=(0.02,) * 5)
        client = self.start()
        (await self.opened()).reset()
        await self.opened(2)
        await until(lambda: client.kept)
        assert client.kept == [f"{KEY}1"]

    async def test_the_host_is_that_of_the_changed_url(self):
        """FSTREAM_URL has the events of USD-M, VSTREAM_URL those of options."""
        for call, name in (
            ("start_futures_user_socket", "FSTREAM_URL"),
            ("start_options_user_socket", "VSTREAM_URL"),
        ):
            bm = self.manager(OtherClient(ACCOUNTS[call].prefix), endpoints=None)
            setattr(bm, name, f"ws://127.0.0.1:{self.port}/")
            getattr(bm, call)(self.got)
        await self.opened(2)
        assert sorted(self.server.dials) == ["/private/ws", f"/private/ws/{KEY}1"]

    async def test_no_listen_key_is_printed(self):
        """Not at DEBUG, through a replacement, and errors that quote it; the URL is shown without it."""
        self.server.refuse_with = (404, f"Not Found: /private/ws?listenKey={KEY}1")
        with self.assertLogs(level=logging.DEBUG) as logs:
            client = self.start(user_timeout=0.05, max_retries=None)
            await until(lambda: self.events.of("disconnected"))
            self.server.refuse_with = None
            await self.opened()

            client.on_keep = raising(BinanceAPIException(400, -1125, f"no such key: {KEY}1"))
            await self.opened(2)
            client.on_keep = raising(ConnectionError(f"PUT /x?a={KEY}1&b={KEY}2 failed"))
            await until(lambda: "failed" in str(self.events.of("key_failed")))
        everything = " ".join([*logs.output, repr(self.events)])
        assert KEY not in everything
        assert "/private/ws?listenKey=***" in everything

    async def test_a_listen_key_is_hidden_as_a_url_quotes_it_too(self):
        """One with letters that a URL cannot hold, in the words of a server that repeats the URL."""
        key = "ab/+c=d" * 9
        client = OtherClient("futures_")
        client.on_get = lambda: key
        self.server.refuse_with = (404, f"Not Found: {quote(key, safe='')} and {key}")
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager(client, max_retries=0).start_futures_user_socket(self.got)
            await until(lambda: self.events.of("gave_up"))
        everything = " ".join([*logs.output, repr(self.events), repr(self.got)])
        assert "Not Found: *** and ***" in everything
        assert key not in everything and quote(key, safe="") not in everything

    async def test_a_venue_without_such_accounts_is_final(self):
        """HTTP 404, as where the demo mode has no options: one call, and words that say what it is."""
        client = OtherClient("options_")
        client.on_get = raising(BinanceAPIException(404, None, "the answer is not JSON"))
        self.manager(client).start_options_user_socket(self.got)
        await until(lambda: self.got)
        assert self.got == [{"e": "error", "m": "HTTP 404: this venue has no such accounts"}]
        assert client.gets == 1
        assert self.server.dials == []

    async def test_an_answer_that_is_no_key_names_the_call(self):
        """It is a failure like others, and asked for again."""
        self.quick(call_again_s=0.02)
        client = OtherClient("papi_")
        client.on_get = lambda: {"listenKey": KEY} if client.gets < 3 else f"{KEY}3"
        self.manager(client).start_portfolio_margin_socket(self.got)
        assert (await self.opened()).path == f"/pm/ws/{KEY}3"
        assert [info["message"] for info in self.events.of("key_failed")] == [
            "papi_stream_get_listen_key() returned dict, not a listen key"
        ] * 2


class Calls(ManagerCase):
    """The client's calls, to one exchange or two."""

    def exchange_here(self) -> tuple[Exchange, int]:
        exchange = Exchange(reactor, rate=0, limits=None)
        self.addCleanup(exchange.close)
        return exchange, exchange.listen()

    async def test_the_public_calls_of_each_venue_answer(self):
        """Clock, symbols and the order book of one of them, as the docstrings have it."""
        exchange, port = self.exchange_here()
        client = Client(endpoints=Endpoints.sandbox("127.0.0.1", port))
        for prefix, listed in (
            ("futures_", "symbols"),
            ("futures_coin_", "symbols"),
            ("options_", "optionSymbols"),
        ):
            assert await calls.run(reactor, getattr(client, f"{prefix}ping")) == {}
            now = await calls.run(reactor, getattr(client, f"{prefix}time"))
            assert abs(now["serverTime"] - exchange.time_ms) < 60_000
            info = await calls.run(reactor, getattr(client, f"{prefix}exchange_info"))
            symbol = info[listed][0]["symbol"]
            book = partial(getattr(client, f"{prefix}order_book"), symbol=symbol, limit=10)
            assert (await calls.run(reactor, book)).keys() >= {"lastUpdateId", "T", "bids", "asks"}

    async def test_a_ban_holds_back_the_calls_to_its_host_alone(self):
        """USD-M's socket waits without a call, and so do the client's calls there; COIN-M's go on."""
        (banning, port), (_, other) = self.exchange_here(), self.exchange_here()
        coinm = {"coinm_rest": f"http://127.0.0.1:{other}", "coinm_stream": f"ws://127.0.0.1:{other}"}
        client = Client("key", endpoints=replace(Endpoints.sandbox("127.0.0.1", port), **coinm))
        client.timings = self.timings
        banning.rest(down=418)
        bm = self.manager(client, endpoints=client.endpoints)
        bm.start_futures_user_socket(self.got)
        await until(lambda: self.events.of("limited"))
        bm.start_coin_futures_user_socket(self.got)
        await until(lambda: "connected" in self.events.kinds("coinm_user"))
        asked = len(banning.rest_calls)
        with pytest.raises(RateLimited, match=f"127.0.0.1:{port}"):
            await calls.run(reactor, client.futures_time)
        assert len(banning.rest_calls) == asked == 1
        assert (await calls.run(reactor, client.futures_coin_time)).keys() == {"serverTime"}
        assert self.events.kinds("usdm_user") == ["key_failed", "limited"]


@pytest.mark.parametrize("call", ACCOUNTS)
def test_a_client_that_lacks_the_calls_raises_at_the_call(call):
    """Their names are in the error, and no key is claimed; spot's calls are not enough."""
    account = ACCOUNTS[call]
    bm = BinanceSocketManager(OtherClient(""))
    with pytest.raises(InvalidArgument, match=f"{account.what} needs .*{account.get}, {account.keep_alive}"):
        getattr(bm, call)(print)
    with pytest.raises(InvalidArgument, match="needs an API key"):
        getattr(BinanceSocketManager(Client()), call)(print)
    with pytest.raises(TypeError):
        getattr(BinanceSocketManager(Client("key")), call)("no function")
    assert bm.stats() == {}


@pytest.mark.parametrize("call", ACCOUNTS)
def test_a_second_socket_of_an_account_is_refused(call):
    """The key is the account's name, and is answered once; a secret is not needed."""
    bm = BinanceSocketManager(Client("key"))
    assert getattr(bm, call)(print) == ACCOUNTS[call].conn_key
    assert getattr(bm, call)(print) is False
    bm.close()


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ({"tld": "us"}, "start_futures_user_socket"),
        ({"tld": "us"}, "start_portfolio_margin_socket"),
        ({"demo": True}, "start_options_user_socket"),
        ({"demo": True}, "start_portfolio_margin_socket"),
        ({"testnet": True}, "start_portfolio_margin_socket"),
    ],
)
def test_an_api_key_of_another_environment_is_not_sent_to_binance_com(where, call):
    """What these venues do not have is refused at the call, and takes no key."""
    bm = BinanceSocketManager(Client("key", "secret", **where))
    with pytest.raises(InvalidArgument):
        getattr(bm, call)(print)
    assert bm.stats() == {}
