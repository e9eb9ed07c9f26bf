"""A look at an order book: a live ladder on a terminal, a picture every two seconds into a pipe."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from binance.endpoints import Endpoints
from binance.events import Event
from binance.terminal.ladder import LEVELS, Seen, ladder
from binance.terminal.news import News, timed
from binance.terminal.table import PRINT_S, REDRAW_S, Screen
from binance.terminal.watch import place, started, words_of
from binance.websockets import BinanceSocketManager


class BookWatch:
    """Shows the order book of a symbol until it is interrupted.

    :param symbol: in any case.
    :param seconds: how long; None: until Ctrl-C.
    :param market: whose symbol, as ``venue=`` of a call names it.
    """

    def __init__(self, symbol: str, seconds: float | None, market: str = "spot") -> None:
        self._symbol = symbol
        self._seconds = seconds
        self._market = market
        self._seen = Seen(symbol.upper())
        self._screen = Screen(sys.stdout)
        self._news = News(is_whole=False)
        self._given_up: str | None = None
        self._began = 0.0
        self._height = 0  # of the pictures so far

    def run(self, venue: Endpoints | None, symbols: Sequence[str] | int | None = None) -> int:
        """Show the book at *venue*; None for an exchange on this machine.

        :param symbols: what that trades, see :class:`binance.sandbox.Sandbox`.
        :returns: 0, or 1 if the book was given up.
        :raises InvalidStream: if the symbol cannot be one.
        :raises InvalidArgument: if *venue* does not have the market.
        """
        logging.getLogger("binance").addHandler(logging.NullHandler())  # the events are shown
        try:
            with ExitStack() as stack:
                venue = place(venue, self._market, self._screen) or started(stack, symbols, self._market)
                bm = stack.enter_context(BinanceSocketManager(None, endpoints=venue, on_event=self._on_event))
                self._began = time.monotonic()
                bm.start_order_book_socket(self._symbol, self._take, venue=self._market, audit=True)
                self._show()
        except KeyboardInterrupt:
            self._screen.keep()
        if self._given_up is not None:
            print(f"watch: given up: {self._given_up}", file=sys.stderr)
            return 1
        return 0

    # -- in the reactor's thread --------------------------------------------------------------------------

    def _take(self, book: Any) -> None:
        if isinstance(book, dict):
            return  # gave_up says the same with its reason
        seen = self._seen
        seen.bids, seen.asks = book.bids(LEVELS), book.asks(LEVELS)
        seen.last_update_id, seen.at_s = book.last_update_id, self._now_s()

    def _on_event(self, event: Event) -> None:
        seen = self._seen
        if event.kind == "book_synced":
            seen.state = "synced"
            seen.resyncs += event.info["reason"] != "start"
        elif event.kind == "book_lost":
            seen.state = "lost" if seen.at_s is not None else "waiting"
        elif event.kind == "gave_up":
            seen.state = "given up"
            self._given_up = str(event.info["reason"])
        words = words_of(event)
        if words:
            self._news.put(event.kind, timed(self._now_s(), words))

    def _now_s(self) -> float:
        return time.monotonic() - self._began

    # -- in the main thread -------------------------------------------------------------------------------

    def _show(self) -> None:
        every_s = REDRAW_S if self._screen.live else PRINT_S
        next_s = every_s
        while self._given_up is None:
            now_s = self._now_s()
            if self._seconds is not None and now_s >= self._seconds:
                break
            self._say(self._news.due(now_s))
            if now_s >= next_s:
                next_s = now_s + every_s
                self._draw(now_s)
            time.sleep(0.05)
        now_s = self._now_s()
        self._say(self._news.rest(now_s))
        self._draw(now_s)
        self._screen.keep()

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._screen.say(line)

    def _draw(self, now_s: float) -> None:
        size = self._screen.size()
        if size is None:
            self._screen.draw(ladder(self._seen, now_s))
            return
        picture = ladder(self._seen, now_s, size.columns, size.lines)
        # one that is lower than the last would leave lines of that one behind
        self._height = min(max(self._height, len(picture)), size.lines)
        self._screen.draw(picture + [""] * (self._height - len(picture)))
