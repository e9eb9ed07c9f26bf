"""Pushes: the messages of a derivatives market at their times, for the streams that somebody wants."""

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any, Final, NamedTuple, TypeAlias

from binance.sandbox.market.book import Book
from binance.sandbox.market.candles import Candle
from binance.sandbox.market.futures.book import FuturesBook, Window
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import Payload

# What makes the messages of one stream that are due at a moment (ms).
Make: TypeAlias = Callable[[int], Iterable[Payload]]

# The same of a book that has just changed.
MakeLive: TypeAlias = Callable[[FuturesBook, int], Iterable[Payload]]

REAL_TIME: Final = 0


class Push(NamedTuple):
    """The messages of one stream.

    :ivar speed_ms: how often they are made; :data:`REAL_TIME` for after each change.
    :ivar make: makes them: a :data:`Make`, or with :data:`REAL_TIME` a :data:`MakeLive`.
    :ivar books: with :data:`REAL_TIME` the books whose changes matter.
    :ivar end: called when nobody listens any more.
    """

    speed_ms: int
    make: Any
    books: tuple[FuturesBook, ...] = ()
    end: Callable[[], object] = lambda: None


class PushFeed:
    """The messages of one market of :class:`FuturesBook`, for the streams that somebody wants.

    :param market: the feed alone moves it.

    A name that there is not can be wanted and has no messages.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self.books: dict[str, FuturesBook] = market.books  # type: ignore[assignment]
        self._pushes: dict[str, Push] = {}
        self._timed: dict[int, dict[str, Make]] = {}
        self._live: dict[str, dict[str, MakeLive]] = {}
        self._at_ms = int(market.now_ms)

    def push_of(self, stream: str) -> Push | None:
        """Return the pushes of a stream, by its name with its venue; None if there is no such stream."""
        raise NotImplementedError

    # -- who wants what ------------------------------------------------------------------------------

    def want(self, stream: str) -> None:
        """Make messages of a stream from now on; asking twice changes nothing."""
        push = None if stream in self._pushes else self.push_of(stream)
        if push is None:
            return
        self._pushes[stream] = push
        for book in push.books:
            self._live.setdefault(book.symbol, {})[stream] = push.make
        if not push.books:
            self._timed.setdefault(push.speed_ms, {})[stream] = push.make

    def unwant(self, stream: str) -> None:
        """Make no more messages of a stream."""
        push = self._pushes.pop(stream, None)
        if push is None:
            return
        for book in push.books:
            del self._live[book.symbol][stream]
        if not push.books:
            del self._timed[push.speed_ms][stream]
            if not self._timed[push.speed_ms]:
                del self._timed[push.speed_ms]
        push.end()

    # -- time ----------------------------------------------------------------------------------------

    def advance(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        """Move the market to a moment and yield what happens on the way; use it up.

        :returns: (stream with its venue, payload) in the order in which the exchange would send them.
        """
        while (due_ms := self._next_ms()) <= until_ms:
            yield from self._run(due_ms)
            yield from self._due(int(due_ms))
            self._at_ms = int(due_ms)
        yield from self._run(until_ms)
        self._at_ms = max(self._at_ms, int(until_ms))

    def _next_ms(self) -> float:
        return min(((self._at_ms // speed + 1) * speed for speed in self._timed), default=inf)

    def _run(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        for book in self.market.run(until_ms):
            yield from self.fresh(book)

    def fresh(self, book: Book) -> Iterator[tuple[str, Payload]]:
        """Yield what the real-time streams say of a book in which an order has just acted."""
        live = self._live.get(book.symbol)
        if live:
            time_ms = int(self.market.now_ms)
            for stream, make in tuple(live.items()):
                for payload in make(self.books[book.symbol], time_ms):
                    yield stream, payload
        book.forget_fresh()

    def _due(self, time_ms: int) -> Iterator[tuple[str, Payload]]:
        for speed_ms in sorted(self._timed):
            if time_ms % speed_ms:
                continue
            for stream, make in tuple(self._timed[speed_ms].items()):
                for payload in make(time_ms):
                    yield stream, payload


class Klines:
    """Candles of one contract: again when trades have come, and once more when one has closed."""

    def __init__(self, book: FuturesBook, interval: str, make: Callable[[Candle, int], Payload]) -> None:
        self._book, self._interval, self._make = book, interval, make
        self._pushed: tuple[int, int] | None = None

    def __call__(self, time_ms: int) -> Iterator[Payload]:
        candle = self._book.history.candle(time_ms - 1, self._interval)
        state = (candle.open_ms, candle.last_id)
        if state != self._pushed or time_ms >= candle.until_ms:
            self._pushed = state
            yield self._make(candle, time_ms)


class Tops:
    """Best prices of books whenever they have changed.

    :param make: returns what is said of a book.
    """

    def __init__(self, make: Callable[[FuturesBook, int], Payload]) -> None:
        self._make = make
        self._last: dict[str, tuple[int, int, int, int]] = {}

    def of(self, book: FuturesBook, time_ms: int) -> Iterator[Payload]:
        """Yield what is said of a book, if that is new."""
        top = book.top()
        if top != self._last.get(book.symbol):
            self._last[book.symbol] = top
            yield self._make(book, time_ms)


def windowed(book: FuturesBook, speed_ms: int, make: Callable[[Any, int], Payload]) -> Push:
    """Return the pushes of what has changed in a book from one to the next."""
    window: Window = book.listen()

    def pushed(time_ms: int) -> Iterator[Payload]:
        changed = book.pushed(window)
        if changed is not None:
            yield make(changed, time_ms)

    return Push(speed_ms, pushed, end=lambda: book.windows.remove(window))
