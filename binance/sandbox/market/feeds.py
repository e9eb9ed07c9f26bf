"""The feeds of all venues behind one door.

Names of streams have their venue in front, ``usdm:btcusdt@depth``; those of spot have nothing. Account events
of derivatives belong to no feed; they are named by the place of their socket: ``private:<listen key>``,
``private:<listen key>@<event>`` for one kind of them, ``private-path:<listen key>`` where the URL has a key
and names no events, ``pm:<listen key>``.
"""

from collections.abc import Iterator
from typing import Final

from binance.sandbox.market.book import Book
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.futures.pushes import PushFeed
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import IN_MICROS, Payload

_FUTURES: Final = ("usdm", "coinm")
_PRIVATE: Final = ("private", "private-path", "pm", "pm-classic")
_OPTIONS: Final = "options"

#: What stands in front of a name, before a colon.
PREFIXES: Final = (*_FUTURES, _OPTIONS, *_PRIVATE)


def prefix_of(stream: str) -> str:
    """Return what stands in front of a name; empty for spot."""
    prefix, colon, _ = stream.partition(":")
    return prefix if colon and prefix in PREFIXES else ""


def bare(stream: str) -> str:
    """Return a stream's name as clients know it: without its venue, and without its unit of time."""
    prefix = prefix_of(stream)
    if not prefix:
        return stream.removesuffix(IN_MICROS)
    return stream[len(prefix) + 1 :]


def key_of(stream: str) -> str | None:
    """Return the listen key of a name of account events; None for any other."""
    return bare(stream).partition("@")[0] if prefix_of(stream) in _PRIVATE else None


class Feeds:
    """The messages of all markets of one exchange, for the streams that somebody wants.

    :ivar market: that of spot, whose time is the exchange's.
    :ivar derivatives: the others.
    """

    def __init__(self, spot: Feed, derivatives: Derivatives) -> None:
        self.market: Market = spot.market
        self.derivatives = derivatives
        self._spot = spot

    def _feed(self, stream: str) -> Feed | PushFeed | None:
        prefix = prefix_of(stream)
        if prefix in _FUTURES:
            return self.derivatives.futures
        if prefix == _OPTIONS:
            return self.derivatives.options
        return None if prefix else self._spot

    def want(self, stream: str) -> None:
        """Make messages of a stream from now on; asking twice changes nothing."""
        if (feed := self._feed(stream)) is not None:
            feed.want(stream)

    def unwant(self, stream: str) -> None:
        """Make no more messages of a stream."""
        if (feed := self._feed(stream)) is not None:
            feed.unwant(stream)

    def advance(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        """Move all markets to a moment and yield what happens on the way; use it up.

        :returns: (stream with its venue, payload), of each market in the order in which it would be sent.
        """
        yield from self._spot.advance(until_ms)
        for feed in self.derivatives.begun:
            yield from feed.advance(until_ms)

    def idle(self, duration_ms: float) -> None:
        """Put off the next arrival: a pause in which nobody trades."""
        self.market.idle(duration_ms)
        for feed in self.derivatives.begun:
            feed.market.idle(duration_ms)

    def fresh(self, book: Book) -> Iterator[tuple[str, Payload]]:
        """Yield what the real-time streams of spot say of a book in which an order has just acted."""
        return self._spot.fresh(book)
