"""Sockets of very many streams: what is logged of them stays readable, what a program gets is whole."""

from __future__ import annotations

import logging
from dataclasses import replace

from twisted.internet import reactor

from binance.exceptions import InvalidArgument
from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS

from ..support import ManagerCase, Recorder, until

#: As many as one URL carries; of all but one the exchange has nothing to send.
NAMES = ["bnbbtc@trade", *(f"{number}@trade" for number in range(750))]
KEY = "streams=" + "/".join(NAMES)
SHORT = "streams=bnbbtc@trade/...+750"
LONGEST_LINE = 400


class Lines(logging.Handler):
    """Keeps the lines of a logger, tracebacks included."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += self.format(record).splitlines()


class LongKeys(ManagerCase):
    """Against the sandbox in this process."""

    timeout = 60

    def setUp(self) -> None:
        super().setUp()
        self.exchange = Exchange(reactor, rate=500, symbols=["BNBBTC"], limits=NO_LIMITS)
        self.port = self.exchange.listen()
        self.addCleanup(self.exchange.close)
        self.lines = Lines()
        logger = logging.getLogger("binance")
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self.lines)
        self.addCleanup(logger.removeHandler, self.lines)

    def logged(self, words: str) -> bool:
        """Whether a line of the socket holds these words."""
        return any(line.startswith(f"{SHORT}: ") and words in line for line in self.lines.texts)

    async def test_no_line_about_a_socket_of_many_streams_is_long(self) -> None:
        """Opened, cut, recovered, moved, a raising callback, a gap, stopped: each line names it shortly."""
        self.quick(retries_s=(0.01,) * 5)
        self.got = Recorder()
        raises = True

        def callback(message: object) -> None:
            self.got.append(message)
            if raises:
                raise RuntimeError("of the test")

        bm = self.manager(handover_s=0.05)
        assert bm.start_multiplex_socket(NAMES, callback) == KEY
        await until(lambda: self.logged("the callback raised"))
        raises = False
        self.exchange.skip("bnbbtc@", times=3)
        await until(lambda: self.logged("gap in bnbbtc@trade"))
        self.exchange.cut()
        await until(lambda: self.logged("recovered") and self.logged("lost"))
        known = len(self.got)
        await until(lambda: len(self.got) > known)
        self.exchange.server_shutdown()
        await until(lambda: self.logged("moved to a new connection"))
        assert list(bm.stats()) == [KEY]
        bm.stop_socket(KEY)
        await until(lambda: self.logged("stopped"))
        assert self.logged("opened")
        assert max(map(len, self.lines.texts)) < LONGEST_LINE
        assert {event.conn_key for event in self.events} == {KEY}
        (first, *_) = self.events.of("connecting")
        assert first["url"].endswith(KEY)
        assert max(len(repr(event)) for event in self.events) < LONGEST_LINE

    async def test_warnings_and_errors_about_it_are_short(self) -> None:
        """Given up as the last socket, never connected, asked for when it is not open."""
        await self.exchange.close()
        self.timings = replace(self.timings, retries_s=(0.01,))
        bm = self.manager(max_retries=1)
        bm.start_multiplex_socket(NAMES, self.got)
        await until(lambda: any("the process keeps running" in line for line in self.lines.texts))
        assert self.logged("given up")
        assert max(map(len, self.lines.texts)) < LONGEST_LINE
        with self.assertRaises(InvalidArgument) as raised:
            bm.stats(KEY)
        assert f"no open socket has the key '{SHORT}'" in str(raised.exception)
