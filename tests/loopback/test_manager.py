"""The manager over real loopback sockets: keys, paths, messages, stopping, starting again."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import threading
import weakref
from collections.abc import Callable
from unittest.mock import patch

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from binance.endpoints import BINANCE_US, Endpoints
from binance.events import Event
from binance.exceptions import BinanceError, InvalidArgument
from binance.websockets import BinanceSocketManager

from ..calls import CALLS, nothing
from ..support import ManagerCase, Recorder, turns, until


def in_thread(call: Callable[..., object], *arguments: object) -> None:
    """Make a call in another thread and wait for it; the reactor has not gone round meanwhile."""
    thread = threading.Thread(target=call, args=arguments)
    thread.start()
    thread.join()


SIGNATURES = {
    "start_depth_socket": "(symbol, callback, depth=None, interval=None)",
    "start_kline_socket": "(symbol, callback, interval='1m', *, time_zone=None)",
    "start_aggtrade_socket": "(symbol, callback)",
    "start_trade_socket": "(symbol, callback)",
    "start_symbol_ticker_socket": "(symbol, callback)",
    "start_symbol_miniticker_socket": "(symbol, callback)",
    "start_symbol_book_ticker_socket": "(symbol, callback)",
    "start_ticker_socket": "(callback)",
    "start_miniticker_socket": "(callback, update_time=1000)",
    "start_book_ticker_socket": "(callback)",
    "start_block_trade_socket": "(symbol, callback)",
    "start_symbol_rolling_window_ticker_socket": "(symbol, callback, window='1h')",
    "start_rolling_window_ticker_socket": "(callback, window='1h')",
    "start_avg_price_socket": "(symbol, callback)",
    "start_reference_price_socket": "(symbol, callback)",
    "start_stream_socket": "(name, callback, *, venue='spot')",
    "start_multiplex_socket": "(streams, callback, *, name=None, venue='spot')",
    "start_aggtrade_futures_socket": "(symbol, callback)",
    "start_symbol_mark_price_socket": "(symbol, callback, fast=True)",
    "start_all_mark_price_socket": "(callback, fast=True)",
    "start_symbol_ticker_futures_socket": "(symbol, callback)",
    "start_individual_symbol_ticker_futures_socket": "(symbol, callback)",
    "start_all_ticker_futures_socket": "(callback)",
    "start_kline_futures_socket": "(symbol, callback, interval='1m')",
    "start_futures_depth_socket": "(symbol, callback, depth=None, interval=None)",
    "start_futures_multiplex_socket": "(streams, callback, *, name=None)",
    "start_options_ticker_socket": "(symbol, callback)",
    "start_options_recent_trades_socket": "(symbol, callback)",
    "start_options_kline_socket": "(symbol, callback, interval='1m')",
    "start_options_depth_socket": "(symbol, callback, depth='10')",
    "start_options_multiplex_socket": "(streams, callback, *, name=None)",
    "start_user_socket": "(callback)",
    "stop_socket": "(conn_key)",
    "start": "()",
    "close": "()",
    "join": "(timeout=None)",
    "is_alive": "()",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_call_has_the_arguments_of_the_page(name):
    """Names, order and defaults of the arguments are those that scripts pass."""
    signature = inspect.signature(getattr(BinanceSocketManager(None), name))
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    assert str(inspect.Signature(bare)) == SIGNATURES[name]


def test_the_constructor_takes_client_and_user_timeout_by_position():
    """The first two arguments are the classic ones; all others have names."""
    parameters = list(inspect.signature(BinanceSocketManager).parameters.values())
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == ["client", "user_timeout"]
    assert parameters[1].default == 1800
    assert [p.name for p in parameters if p.kind is p.KEYWORD_ONLY] == [
        "endpoints",
        "max_retries",
        "silence_s",
        "on_event",
        "ca_file",
        "reactor",
        "decoder",
        "lifetime_s",
        "handover_s",
        "time_unit",
        "stream_silence_s",
    ]


def test_old_constants_are_readable_on_the_class():
    """Scripts that take depth constants and the user timeout from the class still find them."""
    assert BinanceSocketManager.WEBSOCKET_DEPTH_5 == "5"
    assert BinanceSocketManager.WEBSOCKET_DEPTH_10 == "10"
    assert BinanceSocketManager.WEBSOCKET_DEPTH_20 == "20"
    assert BinanceSocketManager.DEFAULT_USER_TIMEOUT == 1800
    assert BinanceSocketManager.STREAM_URL == "wss://stream.binance.com:9443/"


WRONG = [
    ("start_depth_socket", ("BNBBTC", nothing, "7")),
    ("start_depth_socket", ("BNBBTC", nothing, 7)),
    ("start_depth_socket", ("BNBBTC", nothing, "")),
    ("start_depth_socket", ("BNBBTC", nothing, True)),
    ("start_depth_socket", ("BNBBTC", nothing, None, 55)),
    ("start_depth_socket", ("BNBBTC", nothing, None, "100")),
    ("start_depth_socket", ("BNBBTC", nothing, None, False)),
    ("start_kline_socket", ("BNBBTC", nothing, "7m")),
    ("start_kline_socket", ("BNBBTC", nothing, "")),
    ("start_kline_socket", ("BNBBTC", nothing, None)),
    ("start_kline_socket", ("BNBBTC", nothing, ["1m"])),
    *[
        ("start_trade_socket", (symbol, nothing))
        for symbol in (
            "",
            None,
            "BNB BTC",
            " ",
            "BNB/BTC",
            "BNBBTC?",
            "..",
            "BNB..BTC",
            "bnb@trade",
            7,
            b"BNBBTC",
        )
    ],
    ("start_aggtrade_socket", ("BNB\nBTC", nothing)),
    ("start_symbol_ticker_socket", ("BNB#BTC", nothing)),
    ("start_symbol_miniticker_socket", ("BNB&BTC", nothing)),
    ("start_symbol_book_ticker_socket", ("BNB%BTC", nothing)),
    ("start_miniticker_socket", (nothing, 55)),
    ("start_miniticker_socket", (nothing, "1000")),
    ("start_symbol_rolling_window_ticker_socket", ("BNBBTC", nothing, "2h")),
    ("start_symbol_rolling_window_ticker_socket", ("BNB/BTC", nothing)),
    ("start_rolling_window_ticker_socket", (nothing, "1H")),
    ("start_rolling_window_ticker_socket", (nothing, None)),
    ("start_rolling_window_ticker_socket", (nothing, ["1h"])),
    ("start_avg_price_socket", ("", nothing)),
    ("start_block_trade_socket", (None, nothing)),
    ("start_reference_price_socket", ("BNB BTC", nothing)),
    ("start_stream_socket", ("bnbbtc", nothing)),
    ("start_stream_socket", ("", nothing)),
    ("start_stream_socket", (None, nothing)),
    ("start_stream_socket", (["bnbbtc@trade"], nothing)),
    ("start_stream_socket", ("bnbbtc@trade/neobtc@trade", nothing)),
    ("start_stream_socket", ("!mini Ticker@arr", nothing)),
    ("start_stream_socket", ("a" * 64, nothing)),
    ("start_multiplex_socket", ("bnbbtc@trade", nothing)),
    ("start_multiplex_socket", ([], nothing)),
    ("start_multiplex_socket", (None, nothing)),
    ("start_multiplex_socket", (["bnbbtc@trade", 7], nothing)),
    ("start_multiplex_socket", (["bnbbtc@trade", None], nothing)),
    ("start_multiplex_socket", (["bnbbtc@trade", "bnb/btc@trade"], nothing)),
    ("start_multiplex_socket", (["bnbbtc@"], nothing)),
    ("start_multiplex_socket", (["a" * 64], nothing)),
]


@pytest.mark.parametrize(("name", "arguments"), WRONG)
def test_a_wrong_argument_raises_at_once_and_claims_no_key(name, arguments):
    """A ValueError under the package's root names the mistake; nothing was opened by it."""
    bm = BinanceSocketManager(None)
    with pytest.raises(ValueError) as caught:
        getattr(bm, name)(*arguments)
    assert isinstance(caught.value, BinanceError)
    assert str(caught.value)
    assert bm.stats() == {}


async def coroutine(message: object) -> None:
    """What is no callback."""


@pytest.mark.parametrize("callback", [None, "process", 7, coroutine])
@pytest.mark.parametrize("name", [name for name in SIGNATURES if "callback" in SIGNATURES[name]])
def test_a_callback_that_cannot_be_called_raises_type_error(name, callback):
    """Whatever is passed as callback is looked at when it is passed, not when the first message comes."""
    parameters = inspect.signature(getattr(BinanceSocketManager, name)).parameters
    good = {"symbol": "BNBBTC", "streams": ["bnbbtc@trade"], "name": "bnbbtc@trade"}
    required = (name for name, one in parameters.items() if one.default is one.empty)
    if name.startswith("start_options"):
        good["symbol"] = "BTC-261225-100000-C"
    arguments = {name: good[name] for name in required if name in good}
    bm = BinanceSocketManager(None)
    with pytest.raises(TypeError, match="callback"):
        getattr(bm, name)(callback=callback, **arguments)
    assert bm.stats() == {}


@pytest.mark.parametrize(
    "options",
    [
        {"user_timeout": 0},
        {"user_timeout": -1},
        {"user_timeout": "30"},
        {"user_timeout": True},
        {"user_timeout": float("nan")},
        {"max_retries": -1},
        {"max_retries": 2.5},
        {"silence_s": 0},
        {"silence_s": "75"},
        {"stream_silence_s": 0},
        {"stream_silence_s": -3},
        {"stream_silence_s": "60"},
        {"stream_silence_s": True},
        {"stream_silence_s": float("nan")},
        {"ca_file": "/no/such/file.pem"},
        {"endpoints": "wss://stream.binance.com"},
        {"time_unit": "microsecond"},
        {"time_unit": "SECOND"},
        {"time_unit": ""},
        {"time_unit": 1000},
        {"time_unit": ["MICROSECOND"]},
    ],
)
def test_a_wrong_option_raises_when_the_manager_is_made(options):
    """The constructor refuses what could never work."""
    with pytest.raises(ValueError, match=next(iter(options))):
        BinanceSocketManager(None, **options)


def test_on_event_must_be_callable():
    """An on_event that cannot be called is a TypeError, and so is one whose call runs nothing."""
    with pytest.raises(TypeError, match="on_event"):
        BinanceSocketManager(None, on_event="print")
    with pytest.raises(TypeError, match="on_event"):
        BinanceSocketManager(None, on_event=coroutine)
    with pytest.raises(TypeError, match="decoder"):
        BinanceSocketManager(None, decoder=coroutine)


def test_a_manager_shows_its_sockets_in_words():
    """One socket is not "1 sockets"."""
    bm = BinanceSocketManager(None)
    bm.start_trade_socket("BNBBTC", print)
    assert repr(bm) == "<BinanceSocketManager 1 socket, not started>"
    bm.start_trade_socket("ETHBTC", print)
    assert repr(bm) == "<BinanceSocketManager 2 sockets, not started>"
    bm.close()


class CustomHost(BinanceSocketManager):
    """A subclass that changes the host, as scripts for other venues do."""

    STREAM_URL = "wss://stream.binance.us:9443/"


class FakeClient:
    """A client that knows its venue."""

    endpoints = Endpoints(stream="wss://stream.testnet.binance.vision")


def test_which_host_is_dialled():
    """endpoints= wins, then a changed STREAM_URL with or without slash, then the client's venue."""

    def host(bm: BinanceSocketManager) -> str:
        bm.start_trade_socket("BNBBTC", nothing)
        return bm._conns["bnbbtc@trade"].url.partition("/ws/")[0]

    on_instance = BinanceSocketManager(FakeClient())
    on_instance.STREAM_URL = "ws://127.0.0.1:8080"
    with patch.object(BinanceSocketManager, "STREAM_URL", "wss://elsewhere.example/"):
        assert host(BinanceSocketManager(FakeClient())) == "wss://elsewhere.example"
    assert host(BinanceSocketManager(None)) == "wss://stream.binance.com:9443"
    assert host(BinanceSocketManager(FakeClient())) == "wss://stream.testnet.binance.vision"
    assert host(CustomHost(FakeClient())) == "wss://stream.binance.us:9443"
    assert host(on_instance) == "ws://127.0.0.1:8080"
    assert host(CustomHost(FakeClient(), endpoints=BINANCE_US)) == "wss://stream.binance.us:9443"


class Keys(ManagerCase):
    """What start_* answers, and what the server is asked for."""

    async def test_every_call_gives_the_key_and_path_of_the_page(self):
        """The key is the stream's name, and the socket is dialled at /ws/ followed by it."""
        seen = set()
        for method, arguments, name in CALLS:
            bm = self.manager()
            assert getattr(bm, method)(*arguments) == name
            assert list(bm.stats()) == [name]
            seen.add(f"/ws/{name}")
        await self.opened(len(CALLS))
        assert set(self.server.dials) == seen

    async def test_a_multiplex_socket_is_one_connection_with_its_streams_in_the_query(self):
        """Symbols are lowered, stream kinds keep their case, and the key spells the query."""
        bm = self.manager()
        key = bm.start_multiplex_socket(["BNBBTC@aggTrade", "neobtc@ticker", "!miniTicker@arr"], self.got)
        assert key == "streams=bnbbtc@aggTrade/neobtc@ticker/!miniTicker@arr"
        connection = await self.opened()
        assert connection.path == "/stream?" + key
        connection.send({"stream": "neobtc@ticker", "data": {"e": "24hrTicker"}})
        await until(lambda: self.got)
        assert self.got == [{"stream": "neobtc@ticker", "data": {"e": "24hrTicker"}}]

    async def test_a_second_start_of_an_open_key_answers_false(self):
        """One socket a path: the second call opens nothing and its callback is never called."""
        bm = self.manager()
        second = Recorder()
        assert bm.start_trade_socket("BNBBTC", self.got) == "bnbbtc@trade"
        serving = bm._conns["bnbbtc@trade"]
        assert bm.start_trade_socket("bnbbtc", second) is False
        assert bm._conns["bnbbtc@trade"] is serving
        assert bm.start_depth_socket("BNBBTC", second) == "bnbbtc@depth"
        (await self.opened(2)).send({"e": "x"})
        await until(lambda: self.got or second)
        await turns()
        assert sorted(self.server.dials) == ["/ws/bnbbtc@depth", "/ws/bnbbtc@trade"]

    async def test_sockets_started_before_the_manager_connect_with_it(self):
        """What is started before start() is dialled by start(), once."""
        bm = BinanceSocketManager(
            None, endpoints=Endpoints.sandbox("127.0.0.1", self.port), reactor=reactor, on_event=self.events
        )
        self.addCleanup(self.closed, bm)
        bm.start_trade_socket("BNBBTC", self.got)
        await turns()
        assert self.server.dials == []
        assert not bm.is_alive()
        bm.start()
        bm.start()
        assert bm.is_alive()
        await self.opened()
        await turns()
        assert self.server.dials == ["/ws/bnbbtc@trade"]

    async def test_starting_from_another_thread_and_from_a_callback_connects(self):
        """Any thread may start a socket, and so may a callback."""
        bm = self.manager()
        threading.Thread(target=bm.start_trade_socket, args=("BNBBTC", self.got)).start()
        bm.start_aggtrade_socket("BNBBTC", lambda message: bm.start_kline_socket("BNBBTC", self.got))
        await self.opened(2)
        agg = next(c for c in self.server.connections if c.path.endswith("aggTrade"))
        agg.send({"e": "aggTrade"})
        await self.opened(3)
        assert set(self.server.dials) == {"/ws/bnbbtc@trade", "/ws/bnbbtc@aggTrade", "/ws/bnbbtc@kline_1m"}

    async def test_retired_streams_start_with_a_warning_and_an_event(self):
        """On binance.com spot !ticker@arr and !bookTicker are retired; event and log name what to use."""
        bm = self.manager()
        with self.assertLogs("binance", "WARNING") as logs:
            assert bm.start_ticker_socket(self.got) == "!ticker@arr"
            assert bm.start_book_ticker_socket(self.got) == "!bookTicker"
            bm.start_multiplex_socket(["bnbbtc@trade", "!ticker@arr"], self.got)
        await self.opened(3)
        assert len(logs.output) == 3
        told = [(info["stream"], info["since"]) for info in self.events.of("retired")]
        assert told == [
            ("!ticker@arr", "2026-03-26"),
            ("!bookTicker", "2022-12-07"),
            ("!ticker@arr", "2026-03-26"),
        ]
        assert "miniTicker" in self.events.of("retired")[0]["use"]
        assert "bookTicker" in self.events.of("retired")[1]["use"]

    def test_binance_us_has_not_retired_the_ticker_stream(self):
        """On binance.us the all-market ticker is alive, so nothing is said."""
        bm = BinanceSocketManager(None, endpoints=BINANCE_US, on_event=self.events)
        with self.assertNoLogs("binance", "WARNING"):
            bm.start_ticker_socket(self.got)
        assert list(bm.stats()) == ["!ticker@arr"]


class Messages(ManagerCase):
    """What reaches the callback."""

    async def test_messages_arrive_as_sent_and_in_order(self):
        """Dicts of every shape, with and without `e`, arrive in the order the exchange sent them."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        sent = [{"e": "trade", "t": n} for n in range(500)] + [
            {"u": 1, "s": "BNBBTC"},
            {"lastUpdateId": 3},
            {},
        ]
        for message in sent:
            connection.send(message)
        await until(lambda: len(self.got) == len(sent))
        assert self.got == sent

    async def test_array_streams_deliver_lists(self):
        """On an all-market array stream a message is a list."""
        self.manager().start_miniticker_socket(self.got)
        (await self.opened()).send([{"e": "24hrMiniTicker", "s": "BNBBTC"}])
        await until(lambda: self.got)
        assert self.got == [[{"e": "24hrMiniTicker", "s": "BNBBTC"}]]

    async def test_control_messages_never_reach_a_callback(self):
        """Replies, errors in either shape and serverShutdown stay inside; errors are events."""
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_multiplex_socket(["bnbbtc@trade"], self.got)
        await self.opened(2)
        for connection in self.server.connections:
            connection.send({"result": None, "id": 7})
            connection.send({"code": 2, "msg": "flat", "id": 7})
            connection.send({"error": {"code": 3, "msg": "nested"}, "id": None})
            connection.send({"e": "serverShutdown", "E": 1})
            connection.send({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
            connection.send({"stream": "bnbbtc@trade", "data": {}})
        await until(lambda: len(self.got) == 2)
        assert self.got == [{"stream": "bnbbtc@trade", "data": {}}] * 2
        refused = [(info["code"], info["message"]) for info in self.events.of("refused")]
        assert sorted(refused) == [(2, "flat"), (2, "flat"), (3, "nested"), (3, "nested")]

    async def test_malformed_payloads_are_counted_logged_and_told_and_the_stream_goes_on(self):
        """No JSON, no UTF-8, binary, empty, a bare list, number or string: never fatal, never delivered."""
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        bad = [b"{", b'{"a":"\xff"}', b'"\xed\xa0\x80"', b"", b"[1]", b"7", b'"text"', b"null", b"true"]
        with self.assertLogs("binance", "WARNING") as logs:
            for payload in bad:
                connection.sendMessage(payload)
            connection.sendMessage(b'{"e": "trade"}', isBinary=True)
            connection.send({"e": "trade", "t": 1})
            await until(lambda: self.got)
        assert self.got == [{"e": "trade", "t": 1}]
        told = self.events.of("malformed")
        assert [info["count"] for info in told] == list(range(1, len(bad) + 2))
        assert [info["length"] for info in told] == [*map(len, bad), 14]
        assert all(info["error"] for info in told)
        assert len(logs.output) == 1  # one line a minute
        assert len(self.server.connections) == 1

    async def test_a_raising_callback_costs_a_log_line_and_an_event_never_the_connection(self):
        """Every message is still delivered, on one connection, and the traceback is in the log."""

        def raising(message: dict[str, int]) -> None:
            self.got(message)
            raise KeyError("mine")

        self.manager().start_trade_socket("BNBBTC", raising)
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR") as logs:
            for n in range(100):
                connection.send({"t": n})
            await until(lambda: len(self.events.of("callback_error")) == 100)
        assert [message["t"] for message in self.got] == list(range(100))
        assert self.events.of("callback_error")[-1] == {"count": 100, "error": "KeyError('mine')"}
        assert len(logs.output) == 1
        assert "Traceback" in logs.output[0]
        assert "bnbbtc@trade" in logs.output[0]
        assert len(self.server.connections) == 1
        assert self.server.open_connections()

    async def test_what_is_no_ordinary_exception_costs_no_connection_either(self):
        """asyncio's CancelledError and its like are no Exception, and do not mean to end the program."""

        def raising(message: object) -> None:
            self.got(message)
            raise asyncio.CancelledError

        self.manager().start_trade_socket("BNBBTC", raising)
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR"):
            connection.send({"t": 1})
            connection.send({"t": 2})
            await until(lambda: len(self.events.of("callback_error")) == 2)
        assert self.events.of("callback_error")[0]["error"] == "CancelledError()"
        assert len(self.server.connections) == 1
        assert self.server.open_connections()

    async def test_a_callback_that_returns_what_nobody_runs_counts_as_one_that_raised(self):
        """A coroutine, say: each message is an error, and the next one comes. Twisted's Deferreds run."""
        results = [coroutine, succeed, lambda message: 7, coroutine, lambda message: None]

        def callback(message: dict[str, int]) -> object:
            self.got(message)
            return results[message["t"]](message)

        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", callback)
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR") as logs:
            for number in range(5):
                connection.send({"t": number})
            await until(lambda: len(self.got) == 5)
            await until(lambda: len(self.events.of("callback_error")) == 2)
        assert bm.stats(str(key))["callback_errors"] == 2
        assert "it returned a coroutine, which is never run" in self.events.of("callback_error")[0]["error"]
        assert len(logs.output) == 1

    async def test_an_on_event_that_returns_what_nobody_runs_is_logged(self):
        """As one that raises is, and as harmless."""
        bm = self.manager(on_event=lambda event: coroutine(event))
        with self.assertLogs("binance", "ERROR") as logs:
            bm.start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.server.connections)
            self.server.connections[0].send({})
            await until(lambda: self.got)
        assert "on_event raised on 'connecting'" in logs.output[0]
        assert "it returned a coroutine" in logs.output[0]

    async def test_an_announced_end_of_a_connection_is_logged_and_not_delivered(self):
        """serverShutdown is for the client, not for the callback."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        with self.assertLogs("binance", "INFO") as logs:
            connection.send({"e": "serverShutdown", "E": 1})
            connection.send({"t": 1})
            await until(lambda: self.got)
        assert self.got == [{"t": 1}]
        assert "announces that it will end" in logs.output[0]

    async def test_an_exception_that_cannot_even_be_printed_is_harmless_too(self):
        """repr() and str() of what a callback raises may raise themselves."""

        class Unprintable(Exception):
            def __repr__(self) -> str:
                raise RuntimeError("no repr")

            __str__ = __repr__

        def raising(message: object) -> None:
            self.got(message)
            raise Unprintable

        self.manager().start_trade_socket("BNBBTC", raising)
        connection = await self.opened()
        with self.assertLogs("binance", "ERROR"):
            for n in range(3):
                connection.send({"t": n})
            await until(lambda: len(self.events.of("callback_error")) == 3)
        assert len(self.server.connections) == 1
        assert "Unprintable" in self.events.of("callback_error")[0]["error"]

    async def test_events_come_in_order_and_never_inside_a_data_callback(self):
        """An event caused inside a callback is told when the callback has returned."""
        bm = self.manager()
        inside = []

        def callback(message: object) -> None:
            before = len(self.events)
            bm.stop_socket("bnbbtc@trade")
            bm.start_kline_socket("BNBBTC", nothing)
            inside.append(len(self.events) - before)

        bm.start_trade_socket("BNBBTC", callback)
        (await self.opened()).send({})
        await until(lambda: "connected" in self.events.kinds("bnbbtc@kline_1m"))
        await until(lambda: "disconnected" in self.events.kinds("bnbbtc@trade"))
        assert inside == [0]
        assert self.events.kinds("bnbbtc@trade") == ["connecting", "connected", "disconnected"]
        assert self.events.kinds("bnbbtc@kline_1m") == ["connecting", "connected"]

    async def test_an_exception_in_on_event_is_logged_and_harmless(self):
        """The observer's bug does not reach the socket; the log has it once a minute, with a count."""

        def bad(event: object) -> None:
            raise RuntimeError("observer")

        clock = Clock()
        self.quick(clock=clock)
        bm = self.manager(on_event=bad)
        with self.assertLogs("binance", "ERROR") as logs:
            bm.start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.server.connections)
            self.server.connections[0].send({})
            await until(lambda: self.got)
            assert len(logs.output) == 1
            assert (
                "bnbbtc@trade: on_event raised on 'connecting' (1 so far; one line a minute)"
                in logs.output[0]
            )
            assert "observer" in logs.output[0]
            clock.advance(60)
            bm.stop_socket("bnbbtc@trade")
            await until(lambda: len(logs.output) == 2)
            assert "on_event raised on 'disconnected' (3 so far" in logs.output[1]


class Stopping(ManagerCase):
    """stop_socket and close."""

    async def test_stop_socket_takes_whatever_start_gave(self):
        """False, for a key that was open, closes nothing; nor does anything else that is no key."""
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        again = bm.start_trade_socket("BNBBTC", self.got)
        assert again is False
        connection = await self.opened()
        for other in (again, True, None, [key]):
            bm.stop_socket(other)
        for other in (again, True, [key]):
            with pytest.raises(InvalidArgument, match="no open socket"):
                bm.stats(other)
        assert list(bm.stats()) == [key]
        assert not connection.closed

    async def test_a_close_of_ours_that_is_not_answered_is_no_fault(self):
        """TCP ends instead of an answer, as when a sandbox ends behind the manager: 1000, and not clean."""
        self.server.answers_close = False
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        bm.stop_socket(key)
        await until(lambda: connection.close_code)
        connection.reset()
        await until(self.all_over)
        assert self.events[-1].info == {
            "code": 1000,
            "reason": "closed by us, and the exchange did not answer",
            "clean": False,
            "retry": False,
        }

    async def test_stop_socket_sends_1000_and_delivers_nothing_more(self):
        """The server sees a close frame 1000 and the end of TCP; what was under way is not delivered."""
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.send({"t": 1})
        await until(lambda: self.got)
        connection.send({"t": 2})
        bm.stop_socket(key)
        await until(lambda: connection.closed)
        await until(self.all_over)
        assert connection.close_code == 1000
        assert self.got == [{"t": 1}]
        last = self.events[-1]
        assert (last.kind, last.info["code"], last.info["clean"], last.info["retry"]) == (
            "disconnected",
            1000,
            True,
            False,
        )
        assert key not in bm.stats()

    async def test_a_callback_that_stops_its_socket_gets_nothing_more(self):
        """Messages that came in the same chunk are not delivered after the stop."""
        bm = self.manager()

        def once(message: object) -> None:
            self.got(message)
            bm.stop_socket("bnbbtc@trade")

        bm.start_trade_socket("BNBBTC", once)
        connection = await self.opened()
        connection.transport.write(b"".join(b"\x81\x02{}" for _ in range(5)))
        await until(lambda: connection.closed)
        assert self.got == [{}]
        assert connection.close_code == 1000

    async def test_a_stop_in_another_thread_counts_from_the_moment_it_returns(self):
        """What came in the same chunk is not delivered, though the reactor has not heard of the stop yet."""
        for ending in ("stop_socket", "close"):
            got, bm = Recorder(), self.manager()

            def once(message: object, bm=bm, got=got, ending=ending) -> None:
                got(message)
                arguments = ("bnbbtc@trade",) if ending == "stop_socket" else ()
                in_thread(getattr(bm, ending), *arguments)

            bm.start_trade_socket("BNBBTC", once)
            connection = await self.opened(1 if ending == "stop_socket" else 2)
            connection.transport.write(b"".join(b"\x81\x02{}" for _ in range(5)))
            await until(lambda connection=connection: connection.closed)
            assert got == [{}], ending

    async def test_a_socket_that_another_thread_starts_and_stops_at_once_is_never_dialled(self):
        """Stopped before the reactor heard of it: no dial and nothing to tell."""
        bm = self.manager()
        await turns(1)
        in_thread(bm.start_trade_socket, "BNBBTC", self.got)
        in_thread(bm.stop_socket, "bnbbtc@trade")
        await turns()
        assert self.events == []
        assert self.server.dials == []

    async def test_stopping_in_the_connecting_event_leaves_no_dial(self):
        """An observer that stops a socket which is about to be dialled is obeyed."""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "connecting":
                bm.stop_socket(event.conn_key)

        bm = self.manager(on_event=on_event)
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: "disconnected" in self.events.kinds())
        await turns()
        assert self.events.kinds() == ["connecting", "disconnected"]
        assert self.server.dials == []

    async def test_a_stop_in_another_thread_during_the_last_disconnected_event_is_heard(self):
        """The socket is being given up, and stopped a moment before: the page's message does not come."""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "disconnected" and not event.info["retry"]:
                in_thread(bm.stop_socket, event.conn_key)

        bm = self.manager(on_event=on_event, max_retries=0)
        bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        await until(lambda: "disconnected" in self.events.kinds())
        await turns()
        assert self.got == []
        assert "gave_up" not in self.events.kinds()

    async def test_a_manager_whose_last_socket_was_given_up_says_that_the_process_goes_on(self):
        """Once, whatever follows, with what to do; not while another socket is open."""
        self.server.refuse_with = (503, "Service Unavailable")
        bm = self.manager(max_retries=0)
        with self.assertLogs("binance.websockets", "WARNING") as logs:
            for number in range(3):
                bm.start_trade_socket("BNBBTC", self.got)
                bm.start_kline_socket("BNBBTC", self.got)
                await until(lambda number=number: len(self.got) == 2 * number + 2)
                await turns()
        [line] = [record.getMessage() for record in logs.records]
        assert "was the last socket of its manager, and was given up" in line
        assert "bm.close()" in line

    async def test_a_manager_whose_user_sees_to_it_says_nothing_of_its_last_socket(self):
        """The page's recipe restarts it; or it was stopped; or the manager is closed in the callback."""

        def restart(message: dict[str, str]) -> None:
            self.got(message)
            if "m" in message:
                self.server.refuse_with = None
                bm.stop_socket("bnbbtc@trade")
                bm.start_trade_socket("BNBBTC", restart)

        with self.assertNoLogs("binance.websockets", "WARNING"):
            self.server.refuse_with = (503, "Service Unavailable")
            bm = self.manager(max_retries=0)
            bm.start_trade_socket("BNBBTC", restart)
            (await self.opened()).send({})
            await until(lambda: len(self.got) == 2)
            bm.stop_socket("bnbbtc@trade")
            await until(self.all_over)
            self.server.refuse_with = (503, "Service Unavailable")
            bm.start_kline_socket("BNBBTC", lambda message: [self.got(message), bm.close()])
            await until(lambda: len(self.got) == 3)
            await turns()

    async def test_giving_up_frees_only_its_own_key(self):
        """Stopped and started anew while the old socket is being given up: the new one keeps the key."""

        def anew(record: logging.LogRecord) -> bool:
            if "given up" in record.msg:
                bm.stop_socket("bnbbtc@trade")
                bm.start_trade_socket("BNBBTC", fresh)
            return True

        fresh = Recorder()
        log = logging.getLogger("binance.sockets")
        log.addFilter(anew)  # a filter runs at the moment that another thread would have to hit
        self.addCleanup(log.removeFilter, anew)
        bm = self.manager(max_retries=0)
        bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        (await self.opened(2)).send({"t": 1})
        await until(lambda: fresh)
        assert list(bm.stats()) == ["bnbbtc@trade"]
        assert bm.start_trade_socket("BNBBTC", self.got) is False

    async def test_a_closed_manager_is_forgotten(self):
        """A script that makes manager after manager does not keep them all: nothing of ours holds one."""
        bm = BinanceSocketManager(
            None, endpoints=Endpoints.sandbox("127.0.0.1", self.port), reactor=reactor, on_event=self.events
        )
        bm.start()
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        bm.close()
        await until(lambda: connection.closed and "disconnected" in self.events.kinds())
        await turns()
        gone = weakref.ref(bm)
        del bm
        gc.collect()
        assert gone() is None

    async def test_a_server_that_never_answers_the_close_is_left_after_a_second(self):
        """The close frame goes out, and TCP ends although nobody answers."""
        self.server.answers_close = False
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        bm.stop_socket(key)
        await until(lambda: connection.closed)
        await until(self.all_over)
        assert connection.close_code == 1000
        assert self.events[-1].info["clean"] is False

    async def test_stopping_while_a_retry_waits_leaves_no_dial(self):
        """A stopped socket dials no more, and disconnected is its last event."""
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        await until(lambda: "retrying" in self.events.kinds())
        bm.stop_socket(key)
        assert self.events.kinds()[-2:] == ["retrying", "disconnected"]
        assert not self.flush_pending_dials()
        assert len(self.server.dials) == 1

    def flush_pending_dials(self) -> list[object]:
        """Timers that would dial; trial itself fails the test on any that is left."""
        return [call for call in reactor.getDelayedCalls() if "reconnect" in repr(call.func)]

    async def test_stopping_during_the_handshake_ends_the_attempt(self):
        """A socket stopped before it was open is dropped and not dialled again."""
        bm = self.manager()
        await turns(1)  # from here on calls act at once
        key = bm.start_trade_socket("BNBBTC", self.got)
        assert self.events.kinds() == ["connecting"]
        bm.stop_socket(key)
        await until(self.all_over)
        await turns()
        assert self.server.open_connections() == []
        assert self.events.kinds() == ["connecting", "disconnected"]

    async def test_stopping_in_the_last_disconnected_event_leaves_the_key_usable(self):
        """An observer that stops a socket that is being given up: no message, no gave_up, a free key."""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "disconnected" and not event.info["retry"]:
                bm.stop_socket(event.conn_key)

        bm = self.manager(on_event=on_event, max_retries=0)
        bm.start_trade_socket("BNBBTC", self.got)
        server_side = await self.opened()
        await until(lambda: "connected" in self.events.kinds())  # or the reset may come before the handshake
        server_side.reset()
        await until(lambda: self.events.kinds().count("disconnected") == 2)
        assert self.got == []
        assert self.events.kinds() == ["connecting", "connected", "disconnected", "disconnected"]
        assert bm.start_trade_socket("BNBBTC", self.got) == "bnbbtc@trade"
        (await self.opened(2)).send({"t": 1})
        await until(lambda: self.got)

    async def test_an_observer_that_restarts_what_is_stopped_does_not_hang_the_reactor(self):
        """A handler whose doing causes the next event is called once a turn, not for ever in one."""
        most_in_one_turn = in_this_turn = 0

        def on_event(event: Event) -> None:
            nonlocal in_this_turn
            in_this_turn += 1
            self.events(event)
            if event.kind == "disconnected" and len(self.events) < 60:
                bm.stop_socket(event.conn_key)  # of one that dials: disconnected is told at once
                bm.start_trade_socket("BNBBTC", self.got)

        bm = self.manager(on_event=on_event)
        bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        while len(self.events) < 60:
            in_this_turn = 0
            await turns(1)
            most_in_one_turn = max(most_in_one_turn, in_this_turn)
        assert most_in_one_turn < 20

    async def test_nothing_behind_a_close_frame_is_delivered(self):
        """A server that says goodbye and goes on sending is not listened to."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.transport.write(b"\x81\x02{}" + b"\x88\x02\x03\xe9" + b"\x81\x02{}" * 5)
        await until(lambda: self.events.of("disconnected"))
        assert self.got == [{}]

    async def test_unknown_keys_and_second_stops_are_no_error(self):
        """stop_socket of what is not open returns quietly."""
        bm = self.manager()
        key = bm.start_trade_socket("BNBBTC", self.got)
        await self.opened()
        assert bm.stop_socket("no@such") is None
        assert bm.stop_socket(key) is None
        assert bm.stop_socket(key) is None

    async def test_close_ends_all_sockets_and_start_connects_new_ones(self):
        """After close() nothing is delivered; start_* waits for the next start(), which connects it."""
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_kline_socket("BNBBTC", self.got)
        await self.opened(2)
        bm.close()
        assert not bm.is_alive()
        assert bm.stats() == {}
        await until(lambda: not self.server.open_connections())
        assert [connection.close_code for connection in self.server.connections] == [1000, 1000]
        assert bm.start_trade_socket("BNBBTC", self.got) == "bnbbtc@trade"
        await turns()
        assert len(self.server.dials) == 2
        bm.start()
        (await self.opened(3)).send({"again": 1})
        await until(lambda: self.got)
        assert self.got == [{"again": 1}]
        assert bm.is_alive()

    async def test_a_key_restarted_at_once_waits_for_the_old_connection_to_end(self):
        """There is never more than one connection a key, and its events stay in order."""
        self.server.answers_close = False
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        first = await self.opened(1)
        for _ in range(3):
            bm.stop_socket("bnbbtc@trade")
            bm.start_trade_socket("BNBBTC", self.got)
        most = 0

        def watch() -> bool:
            nonlocal most
            most = max(most, len(self.server.open_connections()))
            return len(self.server.connections) == 2

        await until(watch)
        assert first.closed
        assert most == 1
        await until(lambda: self.events.kinds()[-1] == "connected")
        # of those that were stopped before they were dialled there is nothing to tell
        assert self.events.kinds() == ["connecting", "connected", "disconnected", "connecting", "connected"]

    async def test_a_key_that_is_restarted_hundreds_of_times_while_it_closes_still_works(self):
        """A script that flaps leaves no queue behind: the last start connects."""
        self.server.answers_close = False
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await self.opened(1)
        for _ in range(500):
            bm.stop_socket("bnbbtc@trade")
            bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened(2)).send({"t": 1})
        await until(lambda: self.got)
        assert len(self.server.dials) == 2
        assert list(bm.stats()) == ["bnbbtc@trade"]

    async def test_managers_are_independent(self):
        """Closing one manager leaves the other delivering, on the same stream."""
        one, two = self.manager(), self.manager()
        other = Recorder()
        one.start_trade_socket("BNBBTC", self.got)
        two.start_trade_socket("BNBBTC", other)
        await self.opened(2)
        one.close()
        await until(lambda: len(self.server.open_connections()) == 1)
        self.server.open_connections()[0].send({"still": 1})
        await until(lambda: other)
        assert two.is_alive()
        assert not one.is_alive()
        assert self.got == []

    async def test_many_threads_start_and_stop_at_once(self):
        """Eight threads that start and stop sockets leave just the sockets that were not stopped."""
        bm = self.manager(on_event=None)
        done: Deferred[None] = Deferred()
        left = 8
        errors: list[BaseException] = []

        def work(number: int) -> None:
            nonlocal left
            try:
                for turn in range(25):
                    key = bm.start_trade_socket(f"S{number}X{turn}", nothing)
                    if turn % 5:
                        bm.stop_socket(key)
            except BaseException as exc:
                errors.append(exc)
            finally:
                reactor.callFromThread(finished)

        def finished() -> None:
            nonlocal left
            left -= 1
            if not left:
                done.callback(None)

        for number in range(8):
            threading.Thread(target=work, args=(number,)).start()
        await done
        assert not errors
        expected = {f"/ws/s{number}x{turn}@trade" for number in range(8) for turn in range(0, 25, 5)}
        await until(lambda: {c.path for c in self.server.open_connections()} == expected)
        await turns()
        assert len(self.server.open_connections()) == len(expected)
        assert len(bm.stats()) == len(expected)


class Joining(ManagerCase):
    """join and is_alive."""

    async def test_join_in_the_reactor_thread_raises_instead_of_waiting_for_itself(self):
        """A callback that joins would hang for ever; it gets an error."""
        bm = self.manager()
        await turns(1)  # now in the reactor's thread
        with pytest.raises(RuntimeError, match="join"):
            bm.join()

    async def test_join_takes_a_number_of_seconds(self):
        """What is not one raises an error that says what to pass; a number that is too large is no error."""
        bm = self.manager()
        refused: Deferred[list[str]] = Deferred()

        def wait() -> None:
            said = []
            for timeout in ("x", float("nan"), True, [1], b"1"):
                try:
                    bm.join(timeout)
                except InvalidArgument as exc:
                    said.append(str(exc))
            bm.join(-1)
            reactor.callFromThread(refused.callback, said)
            bm.join(float("inf"))

        thread = threading.Thread(target=wait)
        thread.start()
        said = await refused
        assert len(said) == 5
        assert all("use a number of seconds, or None" in words for words in said)
        bm.close()
        thread.join()

    async def test_join_returns_when_the_manager_is_closed(self):
        """Another thread that joins goes on when close() was called, and at its own timeout."""
        bm = self.manager()
        joined: Deferred[None] = Deferred()

        def wait() -> None:
            bm.join(0.01)
            assert bm.is_alive()
            bm.join()
            reactor.callFromThread(joined.callback, None)

        thread = threading.Thread(target=wait)
        thread.start()
        reactor.callLater(0.05, bm.close)
        await joined
        assert not bm.is_alive()
