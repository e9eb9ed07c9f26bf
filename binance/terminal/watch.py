"""A look at streams: a live table on a terminal, or one message a line for pipes."""

from __future__ import annotations

import json
import logging
import queue
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from binance import endpoints
from binance.client import Client
from binance.endpoints import Endpoints, has_market
from binance.events import Event
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument
from binance.sandbox import Sandbox
from binance.terminal.news import News, timed
from binance.terminal.patterns import Pattern, expanded, listed, read, unlisted
from binance.terminal.table import Row, Screen, Table
from binance.text.counted import counted
from binance.text.keys import short_info
from binance.venues.catalogue import MARKETS
from binance.venues.venue import Venue, venue_of
from binance.websockets import BinanceSocketManager

#: What each market says of its symbols.
#: As calls name a market; here it is an option.
_VENUE = re.compile(r"venue='(\w+)'")

_EXCHANGE_INFO: dict[str, Callable[[Client], dict[str, Any]]] = {
    "spot": lambda client: client.get_exchange_info(),
    "usdm": lambda client: client.futures_exchange_info(),
    "coinm": lambda client: client.futures_coin_exchange_info(),
    "options": lambda client: client.options_exchange_info(),
}

#: Messages that wait for a slow reader of the pipe; more are dropped, and that is told.
WAITING_LINES = 100_000


def place(venue: Endpoints | None, market: str, screen: Screen) -> Endpoints | None:
    """*venue*, or where the environment sends everything, which is said on the screen.

    :raises InvalidArgument: if *venue* does not have the market.
    """
    local = endpoints.everything_to()
    if local is None:
        if venue is not None and not has_market(venue, market):
            raise InvalidArgument(f"this venue has no streams of {MARKETS[market]}")
        return venue
    words = "not from the exchange" if venue is not None else "and --sandbox starts no other exchange"
    screen.say(f"{endpoints.EVERYTHING} is set: all streams come from {local.rest}, {words}")
    return local if venue is None else endpoints.in_force(venue)


def started(stack: ExitStack, symbols: Sequence[str] | int | None, market: str) -> Endpoints:
    """An exchange on this machine, until the stack is closed."""
    # on one port, names that spot and COIN-M share would be spot's
    sandbox = stack.enter_context(Sandbox(symbols=symbols, own_ports=market == "coinm"))
    return Endpoints.sandbox(sandbox.host, sandbox.port, ports=sandbox.ports())


class Watch:
    """Shows what comes on some streams until it is interrupted.

    :param names: stream names and patterns, e.g. ``["bnbbtc@trade", "*usdt@bookTicker"]``.
    :param as_json: print each message as one line ``{"stream": ..., "data": ...}``, and events to stderr.
    :param seconds: how long; None: until Ctrl-C.
    :param market: whose streams, as ``venue=`` of a call names it.
    :raises InvalidStream: if a name or a pattern cannot be one.
    """

    def __init__(
        self, names: Sequence[str], as_json: bool, seconds: float | None, market: str = "spot"
    ) -> None:
        self._wanted = [read(name, market) for name in names]
        self._market = market
        self._as_json = as_json
        self._seconds = seconds
        self._rows: dict[str, Row] = {}
        self._screen = Screen(sys.stderr if as_json else sys.stdout)
        self._messages: queue.Queue[Any] = queue.Queue(WAITING_LINES)
        self._dropped = 0
        self._news = News(is_whole=as_json)
        self._up: set[int | None] = set()  # connections that are open, by shard
        self._given_up: str | None = None
        self._began = 0.0

    def run(self, venue: Endpoints | None, symbols: Sequence[str] | int | None = None) -> int:
        """Show the streams of *venue*; None for an exchange on this machine.

        If the environment sends everything to such an exchange, that one is watched, and no other is started.

        :param symbols: what the exchange on this machine trades, see :class:`binance.sandbox.Sandbox`.
        :returns: 0, or 1 if the connection was given up, or the exchange did not say which symbols it has.
        :raises InvalidStream: if a pattern means no stream, or there are more streams than can be watched.
        :raises InvalidArgument: if *venue* does not have the market.
        """
        logging.getLogger("binance").addHandler(logging.NullHandler())  # the events are shown
        try:
            with ExitStack() as stack:
                venue = place(venue, self._market, self._screen) or started(stack, symbols, self._market)
                rules = venue_of(self._market, venue)
                try:
                    names, doubts = self._names(rules)
                except (BinanceAPIException, BinanceRequestException) as exc:
                    print(f"watch: the exchange did not say which symbols it has: {exc}", file=sys.stderr)
                    return 1
                streams = rules.streams(names)
                self._rows = {stream.name: Row(stream.name) for stream in streams}
                bm = stack.enter_context(BinanceSocketManager(None, endpoints=venue, on_event=self._on_event))
                self._began = time.monotonic()
                for doubt in (*rules.doubts(streams), *doubts):
                    self._say("doubt", _VENUE.sub(r"--market \1", doubt))
                take = self._take_json if self._as_json else self._take
                bm.start_multiplex_socket(list(self._rows), take, venue=self._market)
                self._show()
        except KeyboardInterrupt:
            self._screen.keep()
        while self._as_json and not self._messages.empty():
            self._print_messages()  # what came before the end
        if self._given_up is not None:
            print(f"watch: given up: {self._given_up}", file=sys.stderr)
            return 1
        return 0

    def _names(self, rules: Venue) -> tuple[list[str], list[str]]:
        """The names that are wanted, and doubts about them; asks the exchange for its symbols if there are
        patterns."""
        symbols: dict[str, dict[str, bool]] = {}
        if any(isinstance(one, Pattern) for one in self._wanted):
            client = Client(endpoints=rules.endpoints)
            self._screen.say(f"asking {rules.rest_host} which symbols are trading")
            symbols = listed(_EXCHANGE_INFO[self._market](client), self._market)
        names, sentences = expanded(self._wanted, symbols)
        for sentence in sentences:
            self._screen.say(sentence)
        return names, unlisted(self._wanted, symbols, self._market)

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
        info, shard = event.info, event.info.get("shard")
        if event.kind == "connected":
            self._up.add(shard)
            self._set_state("live")
        elif event.kind == "disconnected":
            self._up.discard(shard)
            if shard is None:  # it is about all of them
                self._up.clear()
            if not self._up:  # else it is not known whose streams were lost
                self._set_state("lost" if info["retry"] else "given up")
        elif event.kind == "gave_up":
            self._set_state("given up")
            self._given_up = str(info["reason"])
        words = words_of(event)
        if words:
            # one key may have several connections
            self._say(event.kind, words if shard is None else f"{words} (shard {shard})")

    def _set_state(self, state: str) -> None:
        for row in self._rows.values():
            row.state = state

    def _say(self, kind: str, words: str) -> None:
        self._news.put(kind, timed(time.monotonic() - self._began, words))

    # -- in the main thread -------------------------------------------------------------------------------

    def _show(self) -> None:
        table = Table(self._screen, self._rows.values())
        while self._given_up is None:
            now_s = time.monotonic() - self._began
            if self._seconds is not None and now_s >= self._seconds:
                break
            self._tell(self._news.due(now_s))
            if self._as_json:
                self._print_messages()
            else:
                table.draw_if_due(now_s)
                time.sleep(0.05)
        now_s = time.monotonic() - self._began
        self._tell(self._news.rest(now_s))
        if not self._as_json:
            table.draw(now_s)
            self._screen.keep()

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self._screen.say(line)

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


#: What is said of an event; of any other its kind and its info are shown. "" for nothing.
_WORDS = {
    "connecting": "",
    "connected": "connected",
    "disconnected": "not connected: {reason}",
    "retrying": "retry {attempt} in {delay_s:.1f} s",
    "rotating": "moving to a new connection: {why}",
    "rotated": "moved to a new connection in {seconds:.1f} s",
    "retired": "{stream} was ended on {since}; use {use}",
    "book_synced": "order book synced at id {last_update_id}",
    "book_lost": "order book lost: {reason}",
    "gave_up": "",
}


def words_of(event: Event) -> str:
    """What is said of an event."""
    words = _WORDS.get(event.kind)
    if words is None:
        info = {name: value for name, value in event.info.items() if name != "shard"}
        return f"{event.kind}: {short_info(info)}"
    return words.format(**event.info)
