"""The demo: sockets of each sort on the exchange that ships with the package, through a forced disconnect."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.terminal.rows import Row
from binance.terminal.screen import Line as ScreenLine
from binance.terminal.screen import Screen
from binance.terminal.show import Show
from binance.terminal.table import Table
from binance.text.counted import counted
from binance.text.keys import short_key
from binance.websockets import BinanceSocketManager

#: What should not happen, and is shown if it does.
FAULTS = ("gave_up", "key_failed", "malformed", "reset", "callback_error", "callback_slow", "silent")


class Line(Row):
    """A row that also knows whether anything is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.messages_at_cut: int | None = None
        self.missed = 0  # ids between the last before the cut and the first after it
        self.candles_missed = 0  # closed candles that fell into the cut; a lower bound
        self.chains_broken = 0  # order books with changes that fell into it, where it is not known how many
        self.holes: list[str] = []  # ids missing at any other place: a defect

    def __call__(self, message: Any) -> None:
        """The socket's callback."""
        if message.get("e") == "error":
            self.link.state = "given up"
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
            return f"{self.name} sent no messages before the disconnect"
        if self.messages_at_cut is None or self.messages == self.messages_at_cut:
            return f"{self.name} sent no messages after the disconnect"
        if self.holes:
            return f"{self.name} lost messages on an open connection: {self.holes[0]}"
        return None


class Demo:
    """Runs for *seconds*, with a cut of all connections half-way.

    :param seed: of the exchange's market.
    :param screen: where it is shown; None: on standard output.
    """

    def __init__(self, seconds: float, seed: int, screen: Screen | None = None) -> None:
        self._seconds = seconds
        self._seed = seed
        self._show = Show(sys.stdout, screen=screen)
        self._lines: dict[str, Line] = {}
        self._cut_at: float | None = None
        self._connections = 0

    def run(self) -> int:
        """Run it; 0 if everything was delivered, 1 with a line that says what was not."""
        show, screen = self._show, self._show.screen
        with ExitStack() as stack:
            stack.enter_context(show)
            with screen.busy("starting an exchange on this machine"):
                sandbox = stack.enter_context(Sandbox(seed=self._seed, rate=60, user_rate=1.0))
            venue = Endpoints.sandbox(sandbox.host, sandbox.port)
            client = Client("demo-api-key", "demo-api-secret", endpoints=venue)
            screen.say(f"exchange at {sandbox.url}, no internet needed; {self._seconds:g} seconds")
            bm = stack.enter_context(BinanceSocketManager(client, on_event=self._on_event))
            show.begin()
            self._start_sockets(bm)
            table = Table(self._lines.values(), lambda: show.now_s, self._title)
            show.run(table, self._seconds, turn=lambda: self._turn(sandbox))
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

    def _turn(self, sandbox: Sandbox) -> bool:
        """Cut all connections, when half of the time is over."""
        if self._cut_at is None and self._show.now_s >= self._seconds / 2:
            for line in self._lines.values():
                line.messages_at_cut = line.messages
            self._cut_at = self._show.now_s
            self._connections = sum(not one["closed"] for one in sandbox.state()["connections"])
            words = f"the exchange cuts all {counted(self._connections, 'connection')} without a close frame"
            self._show.say("cut", words, "bad")
            sandbox.cut()
        return True

    def _title(self) -> ScreenLine:
        now_s = self._show.now_s
        time = f"{now_s:.0f} of {self._seconds:g} s"
        if self._cut_at is None:
            time += f"  disconnect in {self._seconds / 2 - now_s:.0f} s"
        return [(f"demo: {self._sockets()}  ", "title"), (time, "faint")]

    def _sockets(self) -> str:
        """How many sockets there are, over how many connections, and why these are fewer."""
        sockets = counted(len(self._lines), "socket")
        if not self._connections:
            return sockets
        connections = counted(self._connections, "connection")
        shared = " (user and margin share one)" if self._connections == len(self._lines) - 1 else ""
        return f"{sockets} over {connections}{shared}"

    def _on_event(self, event: Event) -> None:
        show, line, key = self._show, self._lines[event.conn_key], short_key(event.conn_key)
        if event.kind == "connected":
            if line.link.state == "lost":
                outage_s = show.now_s - (self._cut_at or show.now_s)
                show.say(f"back {key}", f"{key}: back after {outage_s:.1f} s", "good")
            line.link.state = "live"
        elif event.kind == "disconnected" and event.info["retry"]:
            line.link.state = "lost"
            show.say(f"lost {key}", f"{key}: lost ({event.info['reason']})", "bad")
        elif event.kind == "gap":
            line.gap(**{"count": None, **event.info})
            show.event(event)
        elif event.kind == "gave_up":
            show.say("gave_up", f"{key}: given up: {event.info['reason']}", "bad")
        elif event.kind in FAULTS:
            show.event(event, f"{key}: ")

    def _conclude(self) -> int:
        faults = [fault for fault in (line.fault() for line in self._lines.values()) if fault is not None]
        messages = sum(line.messages for line in self._lines.values())
        missed = sum(line.missed for line in self._lines.values())
        candles = sum(line.candles_missed for line in self._lines.values())
        broken = sum(line.chains_broken for line in self._lines.values())
        cost = counted(missed, "id") + f" and {counted(candles, 'closed candle')}" * bool(candles)
        cost += f" and changes of {counted(broken, 'order book')} of futures" * bool(broken)
        say = self._show.screen.say
        say("")
        if faults:
            for fault in faults:
                say(f"demo: not delivered: {fault}", "bad")
            return 1
        say(f"demo: {counted(messages, 'message')} of {self._sockets()}", "good")
        say(f"each reconnected by itself after the cut, which cost {cost}", "good")
        say("no other message is missing", "good")
        return 0
