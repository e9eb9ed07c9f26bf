"""Handlers and filters of the user's that raise: whatever line it is, sockets do what they do without."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from twisted.internet.task import Clock

from binance.client import Client
from binance.endpoints import BINANCE_US, Endpoints
from binance.events import Event
from binance.exceptions import BinanceAPIException
from binance.websockets import BinanceSocketManager

from ..support import Events, ManagerCase, Recorder, ServedConnection, turns, until

ERROR = {"e": "error", "m": "Max reconnect retries reached"}
TRADE = "bnbbtc@trade"
LISTEN_KEY = "K" * 63
NO_KEY = BinanceAPIException(400, -1125, "This listenKey does not exist.")
WRONG_KEY = BinanceAPIException(401, -2015, "Invalid API-key.")
DOWN = BinanceAPIException(503, None, "Service Unavailable")

See = Callable[[logging.LogRecord], None]


class Lines:
    """Counts the lines of the package's loggers, and raises at one of them.

    :param raise_at: at the how-manieth; 0: at none.
    """

    def __init__(self, raise_at: int = 0) -> None:
        self.count = 0
        self.raised_at: str | None = None
        self._raise_at = raise_at

    def see(self, record: logging.LogRecord) -> None:
        """Look at one line."""
        self.count += 1
        if self.count == self._raise_at:
            self.raised_at = record.getMessage()
            raise OSError("no space left on the device of the user's log")


@contextmanager
def handler(see: See) -> Iterator[None]:
    """A handler of the package's logger that looks at each line."""
    looking = logging.Handler()
    looking.emit = see  # type: ignore[method-assign]
    logging.getLogger("binance").addHandler(looking)
    yield
    logging.getLogger("binance").removeHandler(looking)


@contextmanager
def filter_of_a_handler(see: See) -> Iterator[None]:
    """A handler of the package's logger with a filter that looks at each line."""
    plain = logging.Handler()
    plain.emit = lambda record: None  # type: ignore[method-assign]
    plain.addFilter(lambda record: see(record) is None)
    logging.getLogger("binance").addHandler(plain)
    yield
    logging.getLogger("binance").removeHandler(plain)


@contextmanager
def filter_of_the_loggers(see: See) -> Iterator[None]:
    """A filter of each of the package's loggers."""

    def looking(record: logging.LogRecord) -> bool:
        see(record)
        return True

    known = [name for name in logging.root.manager.loggerDict if f"{name}.".startswith("binance.")]
    for name in known:
        logging.getLogger(name).addFilter(looking)
    yield
    for name in known:
        logging.getLogger(name).removeFilter(looking)


WAYS: tuple[Callable[[See], AbstractContextManager[None]], ...] = (
    handler,
    filter_of_a_handler,
    filter_of_the_loggers,
)


def trade(number: int, **members: Any) -> dict[str, Any]:
    """A trade, as far as it matters here."""
    return {"e": "trade", "t": number, **members}


class KeyClient:
    """A client whose calls do what a test has put into ``answers``, one after the other."""

    def __init__(self, *answers: str | Exception) -> None:
        self._answers = iter(answers)

    def stream_get_listen_key(self) -> str:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stream_keepalive(self, listenKey: str) -> str:
        return self.stream_get_listen_key()


class RaisingLogs(ManagerCase):
    """Each test plays a scenario again and again, and each time another line of it raises."""

    timeout = 120

    def setUp(self) -> None:
        super().setUp()
        self.patch(logging, "raiseExceptions", False)  # nobody wants to read all that
        package = logging.getLogger("binance")
        self.addCleanup(package.setLevel, package.level)
        package.setLevel(logging.DEBUG)

    async def each_line_raises(self, scenario: Callable[[], Awaitable[None]]) -> int:
        """Play a scenario, and once more for each line that it logs, in each way.

        Events and messages must be what they are when nothing raises. How many lines there are is not quite
        the same each time: messages may come together, and be slow together.

        :returns: how many lines have raised, at least.
        """
        least = sys.maxsize
        for way in WAYS:
            plain = Lines()
            with way(plain.see):
                expected = await self.played(scenario)
            assert plain.count > 0
            number = 0
            while True:
                number += 1
                lines = Lines(number)
                with way(lines.see):
                    seen = await self.played(scenario)
                if lines.raised_at is None:
                    break
                assert seen == expected, f"{way.__name__}, line {number}: {lines.raised_at}"
            least = min(least, number - 1)
        return least

    async def played(self, scenario: Callable[[], Awaitable[None]]) -> tuple[list[str], list[Any]]:
        """Play a scenario once, on a clock of its own.

        :returns: the kinds of its events, and the messages.
        """
        self.server.connections.clear()
        self.server.refuse_with = None
        self.events, self.got, self.clock = Events(), Recorder(), Clock()
        self.quick(clock=self.clock, log_every_s=0.0, reset_messages=3)
        await scenario()
        assert self.clock.getDelayedCalls() == []
        return self.events.kinds(), list(self.got)

    # -- what the scenarios are made of

    def on_event(self, event: Event) -> None:
        """Raises itself at some events, which is one more line."""
        self.events(event)
        if event.kind in ("reset", "gave_up"):
            raise LookupError(event.kind)

    def callback(self, message: dict[str, Any]) -> None:
        self.got(message)
        if "raises" in message:
            raise KeyError(message["raises"])

    def scripted(self, client: Any = None, **options: Any) -> BinanceSocketManager:
        """A manager on the clock of the scenario."""
        return self.manager(client, on_event=self.on_event, silence_s=1e6, lifetime_s=None, **options)

    async def told(self, kind: str, times: int = 1) -> None:
        """Wait until there have been so many events of a kind."""
        await until(lambda: self.events.kinds().count(kind) >= times)

    async def brings(self, connection: ServedConnection, message: Any) -> None:
        """Send a message and wait until it is delivered."""
        before = len(self.got)
        connection.send(message)
        await until(lambda: self.got[before:] == [message])

    def due_within(self, seconds: float) -> bool:
        """Whether a timer is due so soon."""
        now = self.clock.seconds()
        return any(call.getTime() - now <= seconds for call in self.clock.getDelayedCalls())

    async def retry(self) -> None:
        """Let the wait before the next retry pass."""
        self.clock.advance(self.events.of("retrying")[-1]["delay_s"])

    async def stopped(self, bm: BinanceSocketManager, conn_key: str) -> None:
        """Stop a socket and wait for its end."""
        bm.stop_socket(conn_key)
        await until(lambda: self.events.kinds(conn_key)[-1] == "disconnected")

    # -- the scenarios

    async def test_a_market_socket_comes_back(self):
        """Cut, refused, recovered, a gap, a reset, nonsense, callbacks that raise and are slow, and silence:
        whatever line of that raises, the socket delivers to the end.
        """

        async def scenario() -> None:
            self.quick(slow_s=0.0)
            bm = self.scripted()
            key = str(bm.start_trade_socket("BNBBTC", self.callback))
            connection = await self.opened()
            await self.brings(connection, trade(1))
            self.server.refuse_with = (503, "Service Unavailable")
            connection.reset()
            await self.told("retrying", 1)
            await self.retry()
            await self.told("retrying", 2)
            self.server.refuse_with = None
            with patch.object(self.server.protocol, "dataReceived", speaks_no_http):
                await self.retry()
                await self.told("retrying", 3)
            await self.retry()
            connection = await self.opened(2)
            await self.brings(connection, trade(2))
            await self.brings(connection, trade(5))
            await self.told("gap")
            connection.send(trade(1))
            connection.send(trade(2))
            connection.send(trade(3))
            await until(lambda: self.got[-3:] == [trade(1), trade(2), trade(3)])
            await self.told("reset")
            connection.send(b"{")
            await self.told("malformed")
            connection.send({"error": {"code": 2, "msg": "Invalid request"}})
            await self.told("refused")
            await self.brings(connection, trade(4, raises="e"))
            await self.told("callback_error")
            self.clock.pump([60] * 14)  # in one step nothing could have been read meanwhile
            await self.told("silent")
            await self.brings(connection, trade(5))
            assert self.events.kinds().count("disconnected") == 3
            await self.stopped(bm, key)

        assert await self.each_line_raises(scenario) >= 15

    async def test_a_socket_moves_to_a_new_connection(self):
        """A move that is refused at first, and comes about: the new connection delivers, and once only."""

        async def scenario() -> None:
            bm = self.scripted(handover_s=5)
            key = str(bm.start_trade_socket("BNBBTC", self.callback))
            old = await self.opened()
            await self.brings(old, trade(1))
            self.server.refuse_with = (503, "Service Unavailable")
            dials = len(self.server.dials)
            old.send({"e": "serverShutdown", "E": 1_800_000_000_000})
            await until(lambda: len(self.server.dials) == dials + 1)
            self.server.refuse_with = None
            await until(lambda: self.due_within(0.48))  # that it was refused is no event
            self.clock.advance(0.48)
            await until(lambda: len(self.server.connections) == 2)
            await self.brings(old, trade(2))
            new = self.server.connections[1]
            new.send(trade(2))
            new.send(trade(3))
            await self.told("rotated")
            await until(lambda: self.got[-1] == trade(3))
            await self.brings(new, trade(4))
            assert self.got == [trade(1), trade(2), trade(3), trade(4)]
            await until(lambda: old.closed)
            await self.stopped(bm, key)

        assert await self.each_line_raises(scenario) >= 5

    async def test_a_socket_whose_retries_are_used_up_is_given_up(self):
        """One gave_up, one message of the page's, and a free key, whatever line raises."""

        async def scenario() -> None:
            bm = self.scripted(max_retries=1)
            key = str(bm.start_trade_socket("BNBBTC", self.callback))
            connection = await self.opened()
            self.server.refuse_with = (503, "Service Unavailable")
            connection.reset()
            await self.told("retrying")
            await self.retry()
            await until(lambda: self.got)
            await self.told("gave_up")
            assert self.got == [ERROR]
            assert bm.stats() == {}
            await turns()  # until the manager has said that it was its last socket
            self.server.refuse_with = None
            assert bm.start_trade_socket("BNBBTC", self.callback) == key
            await self.brings(await self.opened(2), trade(1))
            await self.stopped(bm, key)
            assert self.events.kinds().count("gave_up") == 1

        assert await self.each_line_raises(scenario) >= 6

    async def test_a_socket_without_a_limit_goes_on(self):
        """max_retries=None: the message of the page's comes once, and the socket comes back."""

        async def scenario() -> None:
            self.quick(retries_before_message=1)
            bm = self.scripted(max_retries=None)
            key = str(bm.start_trade_socket("BNBBTC", self.callback))
            connection = await self.opened()
            self.server.refuse_with = (503, "Service Unavailable")
            connection.reset()
            await self.told("retrying", 1)
            await self.retry()
            await self.told("retrying", 2)
            await until(lambda: self.got)
            self.server.refuse_with = None
            await self.retry()
            await self.brings(await self.opened(2), trade(1))
            assert self.got == [ERROR, trade(1)]
            await self.stopped(bm, key)

        assert await self.each_line_raises(scenario) >= 5

    async def test_a_dial_that_waits_is_made(self):
        """The exchange's limit of dials is reached: the socket waits, and opens."""

        async def scenario() -> None:
            self.quick(dials=1)
            bm = self.scripted()
            keys = [str(bm.start_trade_socket(symbol, self.callback)) for symbol in ("BNBBTC", "ETHBTC")]
            await self.opened()
            await self.told("limited")
            self.clock.advance(300)
            await self.brings(await self.opened(2), trade(1))
            for key in keys:
                await self.stopped(bm, key)

        assert await self.each_line_raises(scenario) >= 4

    async def test_an_account_lives_through_failures_and_ends_with_the_final_one(self):
        """A listen key that fails at first, is lost and replaced; the refusal of the last one is final."""

        async def scenario() -> None:
            client = KeyClient(DOWN, LISTEN_KEY + "1", NO_KEY, LISTEN_KEY + "2", WRONG_KEY)
            bm = self.scripted(client, user_timeout=60)
            key = bm.start_user_socket(self.callback)
            await self.told("key_failed", 1)
            self.clock.advance(0.5)
            await self.brings(await self.opened(1), {"e": "balanceUpdate", "n": 1})
            self.clock.advance(60)
            await self.told("key_replaced")
            connection = await self.opened(2)
            await self.brings(connection, {"e": "balanceUpdate", "n": 2})
            self.clock.advance(60)
            await self.told("key_failed", 3)
            await self.brings(connection, {"e": "balanceUpdate", "n": 3})  # until it is lost
            assert list(bm.stats()) == [key]
            connection.reset()
            await self.told("gave_up")
            assert bm.stats() == {}
            assert self.events.kinds().count("gave_up") == 1

        assert await self.each_line_raises(scenario) >= 8

    async def test_an_account_on_the_shared_connection_lives_through_failures(self):
        """A refusal, a wrong clock, strange answers, a cut, a move; the last refusal is final."""
        refused = {"status": 503, "error": {"code": -1001, "msg": "later"}}
        clock = {"status": 400, "error": {"code": -1021, "msg": "recvWindow"}}
        now = {"status": 200, "result": {"serverTime": int(time.time() * 1000) + 3_600_000}}
        subscribed = {"status": 200, "result": {"subscriptionId": 0}}
        shutdown = {"subscriptionId": None, "event": {"e": "serverShutdown"}}

        async def scenario() -> None:
            answers = [refused, clock, now, subscribed, subscribed, subscribed, subscribed]

            def answer(connection: ServedConnection, payload: bytes) -> None:
                connection.send({"id": json.loads(payload)["id"], **answers.pop(0)})

            self.server.on_message = answer
            bm = self.scripted(Client("key", "secret"), handover_s=1)
            bm.start_user_socket(self.callback)
            await self.told("key_failed", 1)
            self.clock.advance(0.5)
            connection = await self.opened(1)
            connection.send({"subscriptionId": 7, "event": {"e": "nobody's"}})
            connection.send({"id": 777, "status": 200, "result": {}})
            await self.takes(connection, 1)
            connection.send({"subscriptionId": 0, "event": {"e": "eventStreamTerminated", "E": 1}})
            await until(lambda: len(self.got) == 2)
            self.clock.advance(1)
            await self.told("key_replaced")
            await self.takes(connection, 2)
            connection.reset()
            await self.told("retrying")
            await self.retry()
            connection = await self.opened(2)
            await self.takes(connection, 3)
            connection.send(shutdown)
            await self.told("rotating")
            await until(lambda: len(self.server.connections) == 3 and not answers)
            while (
                "rotated" not in self.events.kinds()
            ):  # in steps: the answer has to arrive before its timeout
                self.clock.advance(0.05)
                await turns(1)
            connection = self.server.connections[2]
            await self.takes(connection, 4)
            connection.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "revoked"}})
            await self.told("gave_up")
            assert bm.stats() == {}
            await until(lambda: not self.server.open_connections())
            await until(lambda: not self.clock.getDelayedCalls())

        assert await self.each_line_raises(scenario) >= 14

    async def takes(self, connection: ServedConnection, number: int) -> None:
        """Send an event of the account, and wait until it is delivered."""
        event = {"e": "balanceUpdate", "n": number}
        connection.send({"subscriptionId": 0, "event": event})
        await until(lambda: event in self.got)

    async def test_what_is_logged_in_the_callers_thread_raises_nothing_there(self):
        """A stream of no known kind, a retired one, and one that the venue lacks are started all the same."""

        async def scenario() -> None:
            bm = self.scripted(endpoints=Endpoints.sandbox("127.0.0.1", self.port))
            started = [bm.start_stream_socket("bnbbtc@odd", self.callback)]
            started.append(bm.start_book_ticker_socket(self.callback))
            assert started == list(bm.stats()) == ["bnbbtc@odd", "!bookTicker"]
            await self.opened(2)
            for key in started:
                await self.stopped(bm, key)
            us = BinanceSocketManager(None, endpoints=BINANCE_US)
            assert us.start_stream_socket("bnbbtc@avgPrice", self.callback) == "bnbbtc@avgPrice"

        assert await self.each_line_raises(scenario) >= 7

    async def test_what_is_no_ordinary_exception_harms_nothing_either(self):
        """asyncio's CancelledError and its like are no Exception, and do not mean to end the program."""

        def cancelled(record: logging.LogRecord) -> None:
            raise asyncio.CancelledError

        self.patch(logging, "raiseExceptions", True)
        with patch.object(sys, "stderr", io.StringIO()) as errors, handler(cancelled):
            await self.played(self.one_message)
        assert "CancelledError" in errors.getvalue()

    async def test_what_a_handler_raises_is_on_standard_error(self):
        """As the logging module does with the errors of handlers: shown, unless raiseExceptions is off."""
        for shows in (True, False):
            self.patch(logging, "raiseExceptions", shows)
            errors, lines = io.StringIO(), Lines(1)
            with ExitStack() as stack:
                stack.enter_context(patch.object(sys, "stderr", errors))
                stack.enter_context(handler(lines.see))
                await self.played(self.one_message)
            assert lines.raised_at is not None
            assert ("no space left" in errors.getvalue()) == shows

    async def one_message(self) -> None:
        bm = self.scripted()
        bm.start_trade_socket("BNBBTC", self.callback)
        await self.brings(await self.opened(), trade(1))
        await self.stopped(bm, TRADE)


def speaks_no_http(self: ServedConnection, data: bytes) -> None:
    """A server's dataReceived whose answer Autobahn raises at."""
    self.transport.write(b"HTTP/1.1 101 \xff\r\n\r\n")
