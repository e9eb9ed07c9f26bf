"""The newest message of each stream, as a mapping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from binance.consuming.waiting import check_thread, check_timeout, deadline_s, sleep_s
from binance.exceptions import InvalidArgument
from binance.sockets.consumer import Consumer, Feed
from binance.sockets.functions import check_function


class Latest(Consumer, Mapping[Any, Any]):
    """A mapping with the newest message of each stream: ``latest["bnbbtc@bookTicker"]``.

    Pass it to ``start_*`` in place of a callback, to several if you like. Each message replaces the one
    before it, so nothing waits and nothing overflows. Read it in any thread.

    The messages of a multiplex socket are kept without their wrapper, ``message["data"]``, so they look like
    those of other sockets.

    :param by: what messages are kept by. None: the name of their stream, as the exchange spells it; of the
        events of an account, its connection key. ``"symbol"``: their symbol, ``"BNBBTC"``; of an all-market
        stream each item of the list is kept by its own. A function: what it returns for a message; None: the
        message is not kept. It is called in the reactor's thread.
    :raises InvalidArgument: (a ValueError) if *by* is another text.
    :raises TypeError: if *by* cannot be called, or is an ``async def``.

    :ivar errors: error messages by connection key, ``{"e": "error", "m": ...}``, of sockets that were given
        up or have used up their retries; one is removed when its socket is started again.
    """

    def __init__(self, by: str | Callable[[Any], Hashable] | None = None) -> None:
        if by is not None and not isinstance(by, str):
            check_function("by", by)
        elif by not in (None, "symbol"):
            raise InvalidArgument(f"by is {by!r}; use None, 'symbol', or a function of a message")
        self._by = by
        self.errors: dict[str, dict[str, Any]] = {}
        self._values: dict[Any, Any] = {}
        self._came_at_s: dict[Any, float] = {}
        self._seconds: Callable[[], float] = time.monotonic
        self._reactor: Any = None
        self._feeds: set[Feed] = set()
        self._was_fed = False
        self._changed = threading.Condition()
        self._is_new = False  # something came since the last wait()

    def __repr__(self) -> str:
        return f"<Latest of {len(self)}{', ended' if self.ended else ''}>"

    # -- Mapping --------------------------------------------------------------------------------------------

    def __getitem__(self, name: Any) -> Any:
        return self._values[name]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._values))  # more may come meanwhile

    def __contains__(self, name: object) -> bool:
        return name in self._values

    # -- for the user ---------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether nothing will come: no socket feeds it any more."""
        return self._was_fed and not self._feeds

    def age_s(self, name: Any) -> float:
        """Seconds since the newest message of *name* came.

        :raises KeyError: if no message has come.
        """
        return self._seconds() - self._came_at_s[name]

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until something new has come since the last wait, an error message included.

        :param timeout: seconds to wait at most; None: as long as it takes, but not once it has :attr:`ended`.
        :returns: whether anything new came.
        :raises ManagerError: in the reactor's thread, where messages come from.
        :raises InvalidArgument: if *timeout* is not a number from 0.
        """
        check_timeout(timeout)
        check_thread(self._reactor, "a Latest", "read it without waiting")
        until_s = deadline_s(timeout)
        with self._changed:
            while not self._is_new and not (timeout is None and self.ended):
                wait_s = sleep_s(until_s)
                if wait_s <= 0:
                    break
                self._changed.wait(wait_s)
            is_new, self._is_new = self._is_new, False
            return is_new

    # -- binance.sockets.consumer.Consumer ------------------------------------------------------------------

    def started(self, feed: Feed) -> None:
        with self._changed:
            self._feeds.add(feed)
            self._was_fed = True
            self._reactor, self._seconds = feed.reactor, feed.seconds
            self.errors.pop(feed.conn_key, None)

    def take(self, feed: Feed, messages: list[Any]) -> None:
        came_at_s = feed.came_at_s
        if self._by is None:
            self._keep_by_stream(feed, messages, came_at_s)
        else:
            for message in messages:
                try:
                    self._keep(feed, message, came_at_s)
                except BaseException as exc:  # of a function of the user's
                    feed.raised(exc)
        self._say_new()
        feed.handed_on(len(messages), feed.seconds() - came_at_s)

    def failed(self, feed: Feed, message: dict[str, Any]) -> None:
        self.errors[feed.conn_key] = message
        self._say_new()

    def stopped(self, feed: Feed) -> None:
        with self._changed:
            self._feeds.discard(feed)
            self._changed.notify_all()

    # -- within ---------------------------------------------------------------------------------------------

    def _keep_by_stream(self, feed: Feed, messages: list[Any], came_at_s: float) -> None:
        values, came = self._values, self._came_at_s
        if feed.stream is not None:
            values[feed.stream], came[feed.stream] = messages[-1], came_at_s
            return
        for message in messages:
            name, data = _parts(feed, message)
            values[name], came[name] = data, came_at_s

    def _keep(self, feed: Feed, message: Any, came_at_s: float) -> None:
        stream, data = _parts(feed, message)
        for one in data if isinstance(data, list) and self._by == "symbol" else [data]:
            name = self._by(one) if callable(self._by) else _symbol(one, stream)
            if name is not None:
                self._values[name], self._came_at_s[name] = one, came_at_s

    def _say_new(self) -> None:
        with self._changed:
            self._is_new = True
            self._changed.notify_all()


def _parts(feed: Feed, message: Any) -> tuple[str, Any]:
    """The name of a message's stream, or its socket's key, and the message without its wrapper."""
    if feed.stream is not None:
        return feed.stream, message
    if isinstance(message, dict) and isinstance(stream := message.get("stream"), str) and "data" in message:
        return stream, message["data"]
    return feed.conn_key, message


def _symbol(message: Any, stream: str) -> str | None:
    """The symbol that a message is of, or an order book; else from the name of the stream."""
    symbol = message.get("s") if isinstance(message, dict) else getattr(message, "symbol", None)
    if isinstance(symbol, str):
        return symbol
    head, at, _ = stream.partition("@")
    return head.upper() if at and not head.startswith("!") else None
