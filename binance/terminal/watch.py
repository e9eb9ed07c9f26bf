"""A look at streams: a live table on a terminal, or one message a line for pipes."""

from __future__ import annotations

import json
import logging
import queue
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from binance import endpoints
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.terminal.table import Row, Screen, Table
from binance.text.counted import counted
from binance.text.keys import short_info
from binance.venues.venue import SPOT, spot_venue
from binance.websockets import BinanceSocketManager

#: The exchange's venues by the words of the command line.
VENUES = {
    "com": endpoints.BINANCE_COM,
    "us": endpoints.BINANCE_US,
    "testnet": endpoints.SPOT_TESTNET,
    "demo": endpoints.SPOT_DEMO,
    "data": endpoints.MARKET_DATA_ONLY,
}

#: Messages that wait for a slow reader of the pipe; more are dropped, and that is told.
WAITING_LINES = 100_000


class Watch:
    """Shows what comes on some streams until it is interrupted.

    :param names: stream names, e.g. ``["bnbbtc@trade"]``.
    :param as_json: print each message as one line ``{"stream": ..., "data": ...}``, and events to stderr.
    :param seconds: how long; None: until Ctrl-C.
    :raises InvalidStream: if a name cannot be one.
    """

    def __init__(self, names: Sequence[str], as_json: bool, seconds: float | None) -> None:
        self._names = tuple(stream.name for stream in SPOT.streams(names))
        self._as_json = as_json
        self._seconds = seconds
        self._rows = {name: Row(name) for name in self._names}
        self._screen = Screen(sys.stderr if as_json else sys.stdout)
        self._messages: queue.Queue[Any] = queue.Queue(WAITING_LINES)
        self._dropped = 0
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._given_up: str | None = None
        self._began = 0.0

    def run(self, venue: Endpoints | None) -> int:
        """Show the streams of *venue*; None for an exchange on this machine.

        :returns: 0, or 1 if the connection was given up.
        """
        logging.getLogger("binance").addHandler(logging.NullHandler())  # the events are shown
        try:
            with ExitStack() as stack:
                if venue is None:
                    sandbox = stack.enter_context(Sandbox())
                    venue = Endpoints.sandbox(sandbox.host, sandbox.port)
                bm = stack.enter_context(BinanceSocketManager(None, endpoints=venue, on_event=self._on_event))
                self._began = time.monotonic()
                rules = spot_venue(venue)
                for doubt in rules.doubts(rules.streams(self._names)):
                    self._say(doubt)
                bm.start_multiplex_socket(self._names, self._take_json if self._as_json else self._take)
                self._show()
        except KeyboardInterrupt:
            self._screen.keep()
        while self._as_json and not self._messages.empty():
            self._print_messages()  # what came before the end
        if self._given_up is not None:
            print(f"watch: given up: {self._given_up}", file=sys.stderr)
            return 1
        return 0

    # -- in the reactor's thread --------------------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> None:
        row = self._rows.get(message.get("stream", ""))
        if row is not None:
            row.count(message["data"])

    def _take_json(self, message: dict[str, Any]) -> None:
        if "stream" not in message:
            return  # the page's error message; gave_up says the same with its reason
        try:
            self._messages.put_nowait(message)
        except queue.Full:
            self._dropped += 1

    def _on_event(self, event: Event) -> None:
        info = event.info
        if event.kind == "connected":
            self._say("connected", "live")
        elif event.kind == "disconnected":
            self._say(f"not connected: {info['reason']}", "lost" if info["retry"] else "given up")
        elif event.kind == "retrying":
            self._say(f"retry {info['attempt']} in {info['delay_s']:.1f} s")
        elif event.kind == "rotating":
            self._say(f"moving to a new connection: {info['why']}")
        elif event.kind == "rotated":
            self._say(f"moved to a new connection in {info['seconds']:.1f} s")
        elif event.kind == "retired":
            self._say(f"{info['stream']} was ended on {info['since']}; use {info['use']}")
        elif event.kind == "gave_up":
            self._given_up = str(info["reason"])
        elif event.kind != "connecting":
            self._say(f"{event.kind}: {short_info(info)}")

    def _say(self, words: str, state: str | None = None) -> None:
        if state is not None:
            for row in self._rows.values():
                row.state = state
        self._news.put(f"{time.monotonic() - self._began:6.1f} s  {words}")

    # -- in the main thread -------------------------------------------------------------------------------

    def _show(self) -> None:
        table = Table(self._screen, self._rows.values())
        while self._given_up is None:
            now_s = time.monotonic() - self._began
            if self._seconds is not None and now_s >= self._seconds:
                break
            self._tell_news()
            if self._as_json:
                self._print_messages()
            else:
                table.draw_if_due(now_s)
                time.sleep(0.05)
        self._tell_news()
        if not self._as_json:
            table.draw(time.monotonic() - self._began)
            self._screen.keep()

    def _tell_news(self) -> None:
        while not self._news.empty():
            self._screen.say(self._news.get())

    def _print_messages(self) -> None:
        """Write what has come, and wait a little for the first of it."""
        try:
            lines = [self._messages.get(timeout=0.1)]
        except queue.Empty:
            return
        while len(lines) < 1000 and not self._messages.empty():
            lines.append(self._messages.get())
        sys.stdout.write("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
        sys.stdout.flush()
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            self._screen.say(f"watch: {counted(dropped, 'message')} dropped: whoever reads them is too slow")
