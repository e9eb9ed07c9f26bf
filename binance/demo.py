"""The demo: every kind of socket on the exchange that ships with the package, through a forced disconnect."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager

#: Seconds between two pictures: redrawn on a terminal, printed below each other into a pipe.
REDRAW_S = 0.2
PRINT_S = 2.0
RATE_OVER_S = 2.0

_HEADER = f"{'stream':<36} {'messages':>8} {'rate/s':>7} {'last price':>12} {'lag ms':>7}  state"


class Line:
    """One row of the table: what one socket has brought so far.

    Written in the reactor's thread, read in the main thread; each number stands for itself.
    """

    def __init__(self, conn_key: str) -> None:
        self.conn_key = conn_key
        self.state = "waiting"
        self.messages = 0
        self.messages_at_cut: int | None = None
        self.price = ""
        self.lag_ms: float | None = None
        self.missed = 0  # ids between the last before the cut and the first after it
        self.holes: list[str] = []  # ids missing at any other place: a defect
        self._last_ids: dict[str, int] = {}
        self._reconnected: set[str] = set()

    def __call__(self, message: Any) -> None:
        """The socket's callback."""
        if message.get("e") == "error":
            self.state = "given up"
            return
        self.messages += 1
        data = message.get("data", message)
        self.price = _price(data) or self.price
        if "E" in data:
            self.lag_ms = time.time() * 1000 - data["E"]
        self._check_ids(data)

    def reconnected(self) -> None:
        """From the next id of each stream on, the ids that are missing were sent while it was cut."""
        self._reconnected = set(self._last_ids)

    def _check_ids(self, data: dict[str, Any]) -> None:
        kind = data.get("e")
        if kind not in _IDS:
            return
        first, last = (data[letter] for letter in _IDS[kind])
        stream = f"{data['s']} {kind}"
        before = self._last_ids.get(stream)
        self._last_ids[stream] = last
        if before is None or first == before + 1:
            return
        if stream in self._reconnected:
            self.missed += first - before - 1
            self._reconnected.discard(stream)
        else:
            self.holes.append(f"{stream}: {first} came after {before}")

    def row(self, rate: float) -> str:
        """The row as text."""
        lag = "" if self.lag_ms is None else f"{self.lag_ms:.0f}"
        return f"{self.conn_key:<36} {self.messages:>8} {rate:>7.1f} {self.price:>12} {lag:>7}  {self.state}"

    def fault(self) -> str | None:
        """What was not delivered, in words; None if all was."""
        if self.messages_at_cut == 0:
            return f"{self.conn_key} brought nothing before the disconnect"
        if self.messages_at_cut is None or self.messages == self.messages_at_cut:
            return f"{self.conn_key} brought nothing after the disconnect"
        if self.holes:
            return f"{self.conn_key} lost messages on an open connection: {self.holes[0]}"
        return None


# first and last id of a message, for the kinds whose ids have no holes
_IDS = {"trade": ("t", "t"), "aggTrade": ("a", "a"), "depthUpdate": ("U", "u")}


def _price(data: dict[str, Any]) -> str:
    kind = data.get("e")
    if kind in ("trade", "aggTrade"):
        return str(data["p"])
    if kind == "kline":
        return str(data["k"]["c"])
    if kind in ("24hrTicker", "24hrMiniTicker"):
        return str(data["c"])
    if kind == "executionReport":
        return str(data["L"])
    if kind == "depthUpdate" and data["b"]:
        return str(data["b"][0][0])
    return ""


class Screen:
    """A table that redraws itself on a terminal, and lines of it anywhere else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.live = out.isatty()
        self._drawn = 0

    def draw(self, lines: list[str]) -> None:
        """Show *lines* in place of the last picture, or below it."""
        if self.live:
            width = shutil.get_terminal_size().columns
            text = "".join(f"\x1b[K{line[: width - 1]}\n" for line in lines)
            self._out.write((f"\x1b[{self._drawn}A" if self._drawn else "") + text)
            self._drawn = len(lines)
        else:
            self._out.write("\n".join(lines) + "\n")
        self._out.flush()

    def keep(self) -> None:
        """Let the last picture stand; what comes next goes below it."""
        self._drawn = 0

    def say(self, line: str) -> None:
        """A line that stays."""
        if self.live and self._drawn:
            # above the table: write over its first row, and draw the table anew below
            self._out.write(f"\x1b[{self._drawn}A\x1b[J")
            self._drawn = 0
        self._out.write(line + "\n")
        self._out.flush()


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
        self._counts: deque[tuple[float, dict[str, int]]] = deque()
        self._cut_at: float | None = None
        self._began = 0.0

    def run(self) -> int:
        """Run it; 0 if everything was delivered, 1 with a line that says what was not."""
        logging.getLogger("binance").addHandler(logging.NullHandler())  # the table shows it
        self._screen.say("starting an exchange on this machine ...")
        with Sandbox(seed=self._seed, rate=60, user_rate=1.0) as sandbox:
            venue = Endpoints.sandbox(sandbox.host, sandbox.port)
            client = Client("demo-api-key", endpoints=venue)
            self._screen.say(f"exchange at {sandbox.url}, no internet needed; {self._seconds:g} seconds")
            with BinanceSocketManager(client, on_event=self._on_event) as bm:
                self._began = time.monotonic()
                self._start_sockets(bm)
                self._counts.append((0.0, dict.fromkeys(self._lines, 0)))
                self._watch(sandbox)
        return self._conclude()

    def _start_sockets(self, bm: BinanceSocketManager) -> None:
        def start(conn_key: str, call: Callable[..., str | bool], *arguments: Any) -> None:
            line = self._lines[conn_key] = Line(conn_key)
            assert call(*arguments, line) == conn_key

        start("bnbbtc@trade", bm.start_trade_socket, "BNBBTC")
        start("ethbtc@aggTrade", bm.start_aggtrade_socket, "ETHBTC")
        start("bnbbtc@depth", bm.start_depth_socket, "BNBBTC")
        start("btcusdt@kline_1m", bm.start_kline_socket, "BTCUSDT")
        start("ethusdt@ticker", bm.start_symbol_ticker_socket, "ETHUSDT")
        streams = ["bnbbtc@aggTrade", "neobtc@ticker"]
        start("streams=" + "/".join(streams), bm.start_multiplex_socket, streams)
        start("user", bm.start_user_socket)

    def _watch(self, sandbox: Sandbox) -> None:
        every_s = REDRAW_S if self._screen.live else PRINT_S
        next_picture_s = every_s
        while (now_s := time.monotonic() - self._began) < self._seconds:
            if self._cut_at is None and now_s >= self._seconds / 2:
                self._cut(sandbox, now_s)
            while self._news:
                self._screen.say(self._news.pop(0))
            if now_s >= next_picture_s:
                self._screen.draw(self._picture(now_s))
                next_picture_s += every_s
            time.sleep(0.05)
        self._screen.draw(self._picture(self._seconds))
        self._screen.keep()

    def _cut(self, sandbox: Sandbox, now_s: float) -> None:
        for line in self._lines.values():
            line.messages_at_cut = line.messages
        self._cut_at = now_s
        self._news.append(
            f"{now_s:5.1f} s  the exchange cuts all {len(self._lines)} connections without a word"
        )
        sandbox.cut()

    def _picture(self, now_s: float) -> list[str]:
        self._counts.append((now_s, {conn_key: line.messages for conn_key, line in self._lines.items()}))
        while len(self._counts) > 2 and now_s - self._counts[1][0] >= RATE_OVER_S:
            self._counts.popleft()
        then_s, then = self._counts[0]
        rows = [
            line.row((line.messages - then[conn_key]) / max(now_s - then_s, 0.1))
            for conn_key, line in self._lines.items()
        ]
        return ["", _HEADER, *rows]

    def _on_event(self, event: Event) -> None:
        line = self._lines[event.conn_key]
        now_s = time.monotonic() - self._began
        if event.kind == "connected":
            if line.state == "lost":
                line.reconnected()
                outage_s = now_s - (self._cut_at or now_s)
                self._news.append(f"{now_s:5.1f} s  {event.conn_key}: back after {outage_s:.1f} s")
            line.state = "live"
        elif event.kind == "disconnected" and event.info["retry"]:
            line.state = "lost"
            self._news.append(f"{now_s:5.1f} s  {event.conn_key}: lost ({event.info['reason']})")
        elif event.kind in ("gave_up", "key_failed", "malformed", "callback_error"):
            self._news.append(f"{now_s:5.1f} s  {event.conn_key}: {event.kind} {event.info}")

    def _conclude(self) -> int:
        faults = [fault for fault in (line.fault() for line in self._lines.values()) if fault is not None]
        messages = sum(line.messages for line in self._lines.values())
        missed = sum(line.missed for line in self._lines.values())
        self._screen.say("")
        if faults:
            for fault in faults:
                self._screen.say(f"demo: not delivered: {fault}")
            return 1
        self._screen.say(
            f"demo: {messages} messages over {len(self._lines)} sockets, every one reconnected by itself; "
            f"{missed} ids passed by while they were cut, none was lost on an open connection"
        )
        return 0
