"""Text that a hostile server chooses: in every event and every log line it is printable and short."""

from __future__ import annotations

import json
import logging
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol

from binance.exceptions import BinanceAPIException
from binance.text.printable import LONGEST

from ..support import ManagerCase, until

#: Clears the screen, begins a line of its own, turns the reading direction, and goes on.
HOSTILE = "\x1b[2J\x9b31m\r\nERROR:root:paid\u202e\x00"
ENDLESS = HOSTILE + "x" * 50_000


class Answers(Protocol):
    """Answers whatever comes with bytes, and hangs up."""

    answer = b""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(self.answer)
        self.transport.loseConnection()


class Account:
    """A client whose calls are refused with words."""

    API_KEY = "an-api-key"

    def stream_get_listen_key(self) -> str:
        raise BinanceAPIException(401, -2015, ENDLESS)

    stream_keepalive = stream_close = stream_get_listen_key


def assert_harmless(events: list[Any], logs: Any) -> None:
    """Every text in an event, and every line of the log as a handler writes it."""
    texts = [value for event in events for value in event.info.values() if isinstance(value, str)]
    assert texts
    for text in texts:
        assert text.isprintable()
        assert len(text) <= LONGEST
    for record in logs.records:
        for line in logging.Formatter("%(levelname)s %(message)s").format(record).split("\n"):
            assert line.isprintable()
            assert len(line) < 2 * LONGEST
    assert all(isinstance(event.info.get("code"), (int, type(None))) for event in events)


class HostileTextTest(ManagerCase):
    """One place after another in which a server can put words."""

    async def test_the_reason_of_a_close(self):
        """A close frame carries up to 123 bytes of it."""
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager(max_retries=0).start_trade_socket("BNBBTC", self.got)
            connection = await self.opened()
            connection.sendClose(4001, HOSTILE)
            await until(lambda: self.events.of("gave_up"))
        (info,) = self.events.of("disconnected")
        assert info["reason"] == "\\x1b[2J\\x9b31m ERROR:root:paid\\u202e\\x00"
        assert_harmless(self.events, logs)

    async def test_the_answer_to_an_upgrade(self):
        """Its status line, its body, and bytes that are no HTTP at all."""
        factory = Factory.forProtocol(Answers)
        listening = reactor.listenTCP(0, factory, interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        self.port = listening.getHost().port
        raw = ENDLESS.replace("\r\n", "\r").encode()
        answers = [
            b"HTTP/1.1 503 " + raw + b"\r\n\r\n",
            b"HTTP/1.1 429 No\r\nRetry-After: \x1b[2J\r\n\r\n" + raw,
            b"HTTP/1.1 \x1b[2J\r\n\r\n",
            b"HTTP/1.1 101 \x1b[2J\r\nUpgrade: \x1b[2J\r\nConnection: \x1b[2J\r\n\r\n",
            b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: \x1b[2J\r\n\r\n",
            b"\x1b[2J\r\n\r\n",
        ]
        for count, answer in enumerate(answers, 1):
            Answers.answer = answer
            with self.assertLogs(level=logging.DEBUG) as logs:
                self.manager(max_retries=0).start_trade_socket("BNBBTC", self.got)
                await until(lambda count=count: len(self.events.of("gave_up")) == count)
            assert_harmless(self.events, logs)

    async def test_messages_that_are_not_for_the_callback(self):
        """Control errors whose code and words are anything, payloads that cannot be decoded."""
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager().start_trade_socket("BNBBTC", self.got)
            connection = await self.opened()
            for code in (HOSTILE, [HOSTILE], {HOSTILE: 1}, 1.5, None, 2):
                connection.send({"error": {"code": code, "msg": ENDLESS}, "id": 1})
                connection.send({"code": code, "msg": ENDLESS, "id": 1})
            connection.send({"error": [HOSTILE], "id": 1})
            connection.send(json.dumps(ENDLESS).encode()[:-1])
            connection.send(HOSTILE.encode())
            connection.send({"e": "trade", "t": 1})
            await until(lambda: self.got)
        assert len(self.events.of("refused")) == 13
        assert len(self.events.of("malformed")) == 2
        assert_harmless(self.events, logs)

    async def test_a_name_in_a_message(self):
        """The symbol of a stream that carries all of them is what the message says."""
        self.quick(reset_messages=1)
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager().start_book_ticker_socket(self.got)
            connection = await self.opened()
            for number in (1000, 1, 2, 3, 4):
                connection.send({"u": number, "s": ENDLESS, "b": "1", "B": "1", "a": "1", "A": "1"})
            await until(lambda: self.events.of("reset"))
        assert_harmless(self.events, logs)

    async def test_an_error_of_rest(self):
        """What refuses a listen key for good, in words without end."""
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager(Account()).start_user_socket(self.got)
            await until(lambda: self.events.of("gave_up"))
        assert_harmless(self.events, logs)

    async def test_an_error_of_the_callback_that_quotes_a_message(self):
        """Its traceback in the log is printable, line by line."""

        def callback(message: Any) -> None:
            self.got(message)
            raise RuntimeError(message["p"])

        with self.assertLogs(level=logging.DEBUG) as logs:
            self.manager().start_trade_socket("BNBBTC", callback)
            connection = await self.opened()
            connection.send({"e": "trade", "t": 1, "p": HOSTILE})
            await until(lambda: self.events.of("callback_error"))
        assert_harmless(self.events, logs)
        assert any(record.exc_info for record in logs.records)
