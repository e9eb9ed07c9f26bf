"""A look at an order book: a live ladder on a terminal, a picture every two seconds into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from binance.endpoints import Endpoints
from binance.events import Event
from binance.terminal.ladder import LEVELS, Ladder, Seen
from binance.terminal.show import Show
from binance.terminal.watch import place, started
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
        self._show = Show(sys.stdout)
        self._given_up: str | None = None

    def run(self, venue: Endpoints | None, symbols: Sequence[str] | int | None = None) -> int:
        """Show the book at *venue*; None for an exchange on this machine.

        :param symbols: what that trades, see :class:`binance.sandbox.Sandbox`.
        :returns: 0, or 1 if the book was given up.
        :raises InvalidStream: if the symbol cannot be one.
        :raises InvalidArgument: if *venue* does not have the market.
        """
        show = self._show
        try:
            with ExitStack() as stack:
                stack.enter_context(show)
                screen = show.screen
                venue = place(venue, self._market, screen) or started(stack, symbols, self._market, screen)
                bm = BinanceSocketManager(None, endpoints=venue, on_event=self._on_event)
                show.begin()
                # before the manager runs: a wrong symbol starts no reactor
                bm.start_order_book_socket(self._symbol, self._take, venue=self._market, audit=True)
                stack.enter_context(bm)
                ladder = Ladder(self._seen, lambda: show.now_s)
                show.run(ladder, self._seconds, turn=lambda: self._given_up is None)
        except KeyboardInterrupt:
            pass  # it is how one ends it
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
        seen.last_update_id, seen.at_s = book.last_update_id, self._show.now_s

    def _on_event(self, event: Event) -> None:
        seen, info = self._seen, event.info
        if event.kind == "book_synced":
            seen.state = "synced"
            seen.resyncs += info["reason"] != "start"
        elif event.kind == "book_lost":
            self._lost("lost" if seen.at_s is not None else "waiting", info["reason"])
        elif event.kind == "gave_up":
            self._given_up = str(info["reason"])
            self._lost("given up", self._given_up)
        self._show.event(event)

    def _lost(self, state: str, reason: str) -> None:
        seen = self._seen
        if seen.is_true:
            seen.lost_at_s = self._show.now_s
        seen.state, seen.reason = state, reason
