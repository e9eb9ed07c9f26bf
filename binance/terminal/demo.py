"""The demo: sockets of each sort on the exchange that ships with the package, through a forced disconnect."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.terminal.table import Row, Screen, Table
from binance.text.counted import counted
from binance.text.keys import short_info, short_key
from binance.websockets import BinanceSocketManager

#: What should not happen, and is shown if it does.
TOLD = ("gave_up", "key_failed", "malformed", "reset", "callback_error", "callback_slow", "silent")


class Line(Row):
    """A row that also knows whether anything is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.messages_at_cut: int | None = None
        self.missed = 0  # ids between the last before the cut and the first after it
        self.candles_missed = 0  # closed candles that fell into the cut; at least so many
        self.chains_broken = 0  # order books with changes that fell into it, where it is not known how many
        self.holes: list[str] = []  # ids missing at any other place: a defect

    def __call__(self, message: Any) -> None:
        """The socket's callback."""
        if message.get("e") == "error":
            self.state = "given up"
            return
        self.count(message.get("data", message))

    def gap(self, stream: str, first: int, last: int, count: int | None, cause: str) -> None:
        """Take the info of a gap event.

        :param count: None of candles whose number is not known, and of a chain.
        """
        if "@kline_" in stream:
            self.candles_missed += 1 if count is None else count
        elif cause == "reconnect" and count is None:
            self.chains_broken += 1
        elif cause == "reconnect":
            self.missed += count or 0
        else:
            self.holes.append(f"{stream}: {first} to {last} are missing")

    def fault(self) -> str | None:
        """What was not delivered, in words; None if all was."""
        if self.messages_at_cut == 0:
            return f"{self.name} brought nothing before the disconnect"
        if self.messages_at_cut is None or self.messages == self.messages_at_cut:
            return f"{self.name} brought nothing after the disconnect"
        if self.holes:
            return f"{self.name} lost messages on an open connection: {self.holes[0]}"
        return None


class Demo:
    """Runs for *seconds*, with a cut of all connections half-way.

    :param seed: of the exchange's market.
    """

    def __init__(self, seconds: float, seed: int, out: TextIO | None = None) -> None:
        self._seconds = seconds
        self._seed = seed
        self._screen = Screen(out or sys.stdout)
        self._lines: dict[str, Line] = {}
        self._news: list[str] = []
        self._cut_at: float | None = None
        self._began = 0.0

    def run(self) -> int:
        """Run it; 0 if everything was delivered, 1 with a line that says what was not."""
        logging.getLogger("binance").addHandler(logging.NullHandler())  # the table shows it
        self._screen.say("starting an exchange on this machine ...")
        with Sandbox(seed=self._seed, rate=60, user_rate=1.0) as sandbox:
            venue = Endpoints.sandbox(sandbox.host, sandbox.port)
            client = Client("demo-api-key", "demo-api-secret", endpoints=venue)
            self._screen.say(f"exchange at {sandbox.url}, no internet needed; {self._seconds:g} seconds")
            with BinanceSocketManager(client, on_event=self._on_event) as bm:
                self._began = time.monotonic()
                self._start_sockets(bm)
                self._watch(sandbox)
        return self._conclude()

    def _start_sockets(self, bm: BinanceSocketManager) -> None:
        def start(conn_key: str, call: Callable[..., str | bool], *arguments: Any) -> None:
            line = self._lines[conn_key] = Line(conn_key)
            call(*arguments, line)

        start("bnbbtc@trade", bm.start_trade_socket, "BNBBTC")
        start("ethbtc@aggTrade", bm.start_aggtrade_socket, "ETHBTC")
        start("bnbbtc@depth", bm.start_depth_socket, "BNBBTC")
        start("btcusdt@kline_1m", bm.start_kline_socket, "BTCUSDT")
        start("ethusdt@ticker", bm.start_symbol_ticker_socket, "ETHUSDT")
        streams = ["bnbbtc@aggTrade", "neobtc@ticker"]
        start("streams=" + "/".join(streams), bm.start_multiplex_socket, streams)
        start("user", bm.start_user_socket)
        start("margin", bm.start_margin_socket)
        start("usdm:streams=btcusdt@markPrice@1s", bm.start_symbol_mark_price_socket, "BTCUSDT")
        start("usdm:btcusdt@depth", bm.start_futures_depth_socket, "BTCUSDT")

    def _watch(self, sandbox: Sandbox) -> None:
        table = Table(self._screen, self._lines.values())
        while (now_s := time.monotonic() - self._began) < self._seconds:
            if self._cut_at is None and now_s >= self._seconds / 2:
                self._cut(sandbox, now_s)
            while self._news:
                self._screen.say(self._news.pop(0))
            table.draw_if_due(now_s)
            time.sleep(0.05)
        table.draw(self._seconds)
        self._screen.keep()

    def _cut(self, sandbox: Sandbox, now_s: float) -> None:
        for line in self._lines.values():
            line.messages_at_cut = line.messages
        self._cut_at = now_s
        cut = sandbox.cut()
        self._news.append(f"{now_s:5.1f} s  the exchange cuts all {cut} connections without a word")

    def _on_event(self, event: Event) -> None:
        line, key = self._lines[event.conn_key], short_key(event.conn_key)
        now_s = time.monotonic() - self._began
        if event.kind == "connected":
            if line.state == "lost":
                outage_s = now_s - (self._cut_at or now_s)
                self._news.append(f"{now_s:5.1f} s  {key}: back after {outage_s:.1f} s")
            line.state = "live"
        elif event.kind == "disconnected" and event.info["retry"]:
            line.state = "lost"
            self._news.append(f"{now_s:5.1f} s  {key}: lost ({event.info['reason']})")
        elif event.kind == "gap":
            info = {"count": None, **event.info}
            line.gap(**info)
            if "@kline_" in info["stream"]:
                missed = "closed candles missed, opened"
            elif info["count"] is None:
                missed = "changes missed, between ids"
            else:
                missed = f"{counted(info['count'], 'id')} missed,"
            self._news.append("{:5.1f} s  {stream}: {} {first} to {last}".format(now_s, missed, **info))
        elif event.kind in TOLD:
            self._news.append(f"{now_s:5.1f} s  {key}: {event.kind} {short_info(event.info)}")

    def _conclude(self) -> int:
        faults = [fault for fault in (line.fault() for line in self._lines.values()) if fault is not None]
        messages = sum(line.messages for line in self._lines.values())
        missed = sum(line.missed for line in self._lines.values())
        candles = sum(line.candles_missed for line in self._lines.values())
        broken = sum(line.chains_broken for line in self._lines.values())
        cost = counted(missed, "id") + f" and {counted(candles, 'closed candle')}" * bool(candles)
        cost += f" and changes of {counted(broken, 'order book')} of futures" * bool(broken)
        self._screen.say("")
        if faults:
            for fault in faults:
                self._screen.say(f"demo: not delivered: {fault}")
            return 1
        self._screen.say(
            f"demo: {counted(messages, 'message')} over {len(self._lines)} sockets; each came back by itself "
            f"after the cut, which cost {cost}; otherwise none is missing"
        )
        return 0
