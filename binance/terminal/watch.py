"""A look at streams: a live table on a terminal, or one message a line for pipes."""

from __future__ import annotations

import contextlib
import json
import queue
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from binance import endpoints
from binance.client import Client
from binance.consumers import Ended, Inbox
from binance.endpoints import Endpoints, has_market
from binance.events import Event
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument
from binance.sandbox import Sandbox
from binance.terminal.patterns import Pattern, expanded, listed, read, unlisted
from binance.terminal.rows import Link, Row
from binance.terminal.screen import Line, Screen
from binance.terminal.show import Show
from binance.terminal.table import Table
from binance.text.counted import counted
from binance.venues.catalogue import MARKETS
from binance.venues.venue import Venue, venue_of
from binance.websockets import BinanceSocketManager

#: As calls name a market; here it is an option.
_VENUE = re.compile(r"venue='(\w+)'")

#: What each market says of its symbols.
_EXCHANGE_INFO: dict[str, Callable[[Client], dict[str, Any]]] = {
    "spot": lambda client: client.get_exchange_info(),
    "usdm": lambda client: client.futures_exchange_info(),
    "coinm": lambda client: client.futures_coin_exchange_info(),
    "options": lambda client: client.options_exchange_info(),
}

#: Messages that wait for a slow reader of the pipe; more are dropped, and reported.
WAITING_LINES = 100_000
#: Messages that are written together at most, and seconds until the first of them.
_AT_ONCE, _WAIT_S = 1_000, 0.1

_STATE_STYLES = {"live": "good", "lost": "bad", "given up": "bad"}


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


def started(stack: ExitStack, symbols: Sequence[str] | int | None, market: str, screen: Screen) -> Endpoints:
    """An exchange on this machine, until the stack is closed."""
    # on one port, names that spot and COIN-M share would be spot's
    with screen.busy("starting an exchange on this machine"):
        sandbox = stack.enter_context(Sandbox(symbols=symbols, own_ports=market == "coinm"))
        return Endpoints.sandbox(sandbox.host, sandbox.port, ports=sandbox.ports())


class Watch:
    """Shows what comes on some streams until it is interrupted.

    :param names: stream names and patterns, e.g. ``["bnbbtc@trade", "*usdt@bookTicker"]``.
    :param as_json: print each message as one line ``{"stream": ..., "data": ...}``, and events to stderr.
    :param seconds: how long; None: until Ctrl-C.
    :param market: whose streams, as ``venue=`` of a call names it.
    :param screen: where it is shown; None: on standard output, with *as_json* on standard error.
    :raises InvalidStream: if a name or a pattern cannot be one.
    """

    def __init__(
        self,
        names: Sequence[str],
        as_json: bool,
        seconds: float | None,
        market: str = "spot",
        screen: Screen | None = None,
    ) -> None:
        self._wanted = [read(name, market) for name in names]
        self._market = market
        self._seconds = seconds
        self._inbox = Inbox(WAITING_LINES, "drop_newest") if as_json else None
        self._show = Show(sys.stderr if as_json else sys.stdout, as_json, screen)
        self._rows: dict[str, Row] = {}
        # by shard; None: of all rows, as long as there are no shards
        self._links: dict[int | None, Link] = {None: Link()}
        self._from = ""
        self._bm: Any = None
        self._given_up: str | None = None

    def run(self, venue: Endpoints | None, symbols: Sequence[str] | int | None = None) -> int:
        """Show the streams of *venue*; None for an exchange on this machine.

        If the environment sends everything to such an exchange, that one is watched, and no other is started.

        :param symbols: what the exchange on this machine trades, see :class:`binance.sandbox.Sandbox`.
        :returns: 0, or 1 if the connection was given up, or the exchange did not say which symbols it has.
        :raises InvalidStream: if a pattern means no stream, or there are more streams than can be watched.
        :raises InvalidArgument: if *venue* does not have the market.
        """
        show = self._show
        try:
            with ExitStack() as stack:
                stack.enter_context(show)
                screen = show.screen
                venue = place(venue, self._market, screen) or started(stack, symbols, self._market, screen)
                rules = venue_of(self._market, venue)
                try:
                    names, doubts = self._names(rules)
                except (BinanceAPIException, BinanceRequestException) as exc:
                    print(f"watch: the exchange did not say which symbols it has: {exc}", file=sys.stderr)
                    return 1
                streams = rules.streams(names)
                self._rows = {stream.name: Row(stream.name, self._links[None]) for stream in streams}
                self._from = str(rules.stream_host).rpartition("/")[2]
                bm = BinanceSocketManager(None, endpoints=venue, on_event=self._on_event)
                self._bm = stack.enter_context(bm)
                show.begin()
                for doubt in (*rules.doubts(streams), *doubts):
                    show.say("doubt", _VENUE.sub(r"--market \1", doubt), "waiting")
                take = self._take if self._inbox is None else self._inbox
                bm.start_multiplex_socket(list(self._rows), take, venue=self._market)
                self._watch()
        except KeyboardInterrupt:
            pass  # it is how one ends it
        if self._inbox is not None:
            while len(self._inbox):
                self._print_messages(self._inbox)  # what came before the end
        if self._given_up is not None:
            print(f"watch: given up: {self._given_up}", file=sys.stderr)
            return 1
        return 0

    def _names(self, rules: Venue) -> tuple[list[str], list[str]]:
        """The names that are wanted, and doubts about them; asks the exchange for its symbols if there are
        patterns."""
        symbols: dict[str, dict[str, bool]] = {}
        screen = self._show.screen
        if any(isinstance(one, Pattern) for one in self._wanted):
            client = Client(endpoints=rules.endpoints)
            with screen.busy(f"asking {rules.rest_host} which symbols are trading"):
                symbols = listed(_EXCHANGE_INFO[self._market](client), self._market)
        names, sentences = expanded(self._wanted, symbols)
        for sentence in sentences:
            screen.say(sentence)
        return names, unlisted(self._wanted, symbols, self._market)

    # -- in the reactor's thread --------------------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> None:
        row = self._rows.get(message.get("stream", ""))
        if row is not None:
            row.count(message["data"])

    def _on_event(self, event: Event) -> None:
        info, shard = event.info, event.info.get("shard")
        if event.kind in ("connecting", "connected"):
            link = self._link(event.conn_key, shard)
            if event.kind == "connected":
                link.state = "live"
        elif event.kind == "disconnected":
            state = "lost" if info["retry"] else "given up"
            links = self._links.values() if shard is None else [self._link(event.conn_key, shard)]
            for link in links:
                link.state = state
        elif event.kind == "gave_up":
            for link in self._links.values():
                link.state = "given up"
            self._given_up = str(info["reason"])
        elif event.kind == "silent" and info["stream"] in self._rows:
            self._rows[info["stream"]].silent()
        self._show.event(event)

    def _link(self, conn_key: str, shard: int | None) -> Link:
        """The connection of a shard, with which its rows are linked from now on."""
        link = self._links.get(shard)
        if link is None:
            link = self._links[shard] = Link(shard)
            with contextlib.suppress(InvalidArgument):  # it was stopped a moment ago
                for name in self._bm.streams(conn_key, shard=shard):
                    self._rows[name].link = link
        return link

    # -- in the main thread -------------------------------------------------------------------------------

    def _watch(self) -> None:
        inbox, show = self._inbox, self._show
        if inbox is None:
            table = Table(self._rows.values(), lambda: show.now_s, self._title)
            show.run(table, self._seconds, turn=lambda: self._given_up is None)
            return
        with ExitStack() as waiting:
            waiting.enter_context(show.screen.busy("waiting for the first message"))

            def look() -> None:
                if self._print_messages(inbox):
                    waiting.close()

            show.run(None, self._seconds, turn=lambda: self._given_up is None, look=look)

    def _title(self) -> Line:
        """What is watched, where it comes from, and how the connections are doing."""
        links = list(self._links.values())
        links = links[1:] or links  # once there are shards, the first is that of no row
        title = [(f"{counted(len(self._rows), 'stream')} from {self._from}  ", "title")]
        states = [link.state for link in links]
        for state in dict.fromkeys(states):
            words = counted(states.count(state), "connection")
            title.append((f"{words} {state}  ", _STATE_STYLES.get(state, "waiting")))
        return [*title, (f"{self._show.now_s:.0f} s  Ctrl-C ends it", "faint")]

    def _print_messages(self, inbox: Inbox) -> bool:
        """Write what has come, and wait a little for the first of it; returns whether there was any."""
        messages: list[Any] = []
        with contextlib.suppress(queue.Empty, Ended):
            messages.append(inbox.get(timeout=_WAIT_S))
            while len(messages) < _AT_ONCE and len(inbox):
                messages.append(inbox.get())
        # not the page's error message; gave_up says the same with its reason
        lines = [json.dumps(one, separators=(",", ":")) + "\n" for one in messages if "stream" in one]
        if lines:
            sys.stdout.write("".join(lines))
            sys.stdout.flush()
        return bool(lines)
