"""The ids of dropped messages, of those that were in order: one range for each stream. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from binance.order.sequence import Gap
from binance.venues.kinds import Kind


@dataclass(frozen=True)
class Dropped(Gap):
    """Messages of one stream that came and were not handed on.

    Of a chain *first* is the last id before the first of them, as in
    :class:`~binance.order.sequence.ChainGap`.

    :ivar ids: how many there are, of all between *first* and *last*; None: not known, they are a chain.
    :ivar symbol: the market, of a stream that carries many; else None.
    """

    ids: int | None
    symbol: str | None

    @property
    def count(self) -> int | None:
        return self.ids


class _Range:
    """Of one stream, or one market of it."""

    __slots__ = ("count", "first", "last")

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self.count = 0


class Ranges:
    """Collects the ids of dropped messages, until they are taken.

    :param stream: the only one, whose messages are bare; None: they are ``{"stream", "data"}``.
    :param kind_of: the row of the catalogue for the name of a stream; None if it has none.
    """

    def __init__(self, stream: str | None, kind_of: Callable[[str], Kind | None]) -> None:
        self._stream = stream
        self._kind_of = kind_of
        self._kinds: dict[str, Kind | None] = {}  # those that were asked for
        self._clear()

    def add(self, messages: Iterable[Any]) -> None:
        """Note the ids of messages, oldest first; those without ids have no part in it."""
        kinds, only = self._kinds, self._stream
        for message in messages:
            if not isinstance(message, dict):
                continue
            stream: Any = message.get("stream") if only is None else only
            data = message.get("data") if only is None else message
            if not isinstance(stream, str) or not isinstance(data, dict):
                continue
            if stream not in kinds:
                kinds[stream] = self._kind_of(stream)
            kind = kinds[stream]
            if kind is not None and kind.first_id is not None:
                self._note(stream, kind, data)

    def take(self) -> list[Dropped]:
        """The ranges since the last call, of each stream in order."""
        for (stream, symbol), open_range in self._open.items():
            self._close(stream, symbol, open_range)
        done = self._done
        self._clear()
        return done

    def _note(self, stream: str, kind: Kind, data: dict[str, Any]) -> None:
        first, last = data.get(kind.previous_id or kind.first_id or ""), data.get(kind.last_id or "")
        if type(first) is not int or type(last) is not int or last < first:
            return
        symbol = data.get("s") if kind.by_symbol else None
        key = stream, symbol if isinstance(symbol, str) else None
        found = self._open.get(key)
        if found is not None and last <= found.last:  # the exchange has restarted its ids in between
            self._close(*key, found)
            found = None
        if found is None:
            found = self._open[key] = _Range(first)
        found.last = last
        if kind.previous_id is None:
            # where ids are left out between messages, a message is what is counted
            found.count += last - first + 1 if kind.contiguous else 1

    def _close(self, stream: str, symbol: str | None, found: _Range) -> None:
        self._done.append(Dropped(stream, found.first, found.last, "overflow", found.count or None, symbol))

    def _clear(self) -> None:
        self._open: dict[tuple[str, str | None], _Range] = {}
        self._done: list[Dropped] = []
