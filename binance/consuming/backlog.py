"""The messages pending for one consumer: a queue of batches, bounded in messages. Pure.

When it is full, whole batches are dropped. A batch that is large for the limit is cut into pieces, so that
not much more is dropped than has to be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

from binance.exceptions import InvalidArgument

Source = TypeVar("Source", bound=Hashable)

#: A piece of a batch is at most this part of the limit.
PIECES = 8


class Batch(NamedTuple, Generic[Source]):
    """Messages that came together.

    :ivar number: of all batches of a backlog, in the order in which they came.
    :ivar at_s: when they came.
    """

    source: Source
    messages: list[Any]
    at_s: float
    number: int


class Backlog(Generic[Source]):
    """Batches in the order in which they came, with no more than *limit* messages in all.

    :param when_full: ``"drop_oldest"``: what has waited longest is dropped. ``"drop_newest"`` and ``"stop"``:
        what comes is dropped.
    :raises InvalidArgument: if an argument is not one of these.

    :ivar dropped: how many messages were dropped so far.
    """

    def __init__(self, limit: int, when_full: str) -> None:
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InvalidArgument(f"limit is {limit!r}; use a number of messages from 1")
        if not isinstance(when_full, str) or when_full not in POLICIES:
            raise InvalidArgument(f"when_full is {when_full!r}; use one of {', '.join(map(repr, POLICIES))}")
        self.limit = limit
        self.when_full = when_full
        self._make_room = POLICIES[when_full]
        self.dropped = 0
        self._piece = max(1, limit // PIECES)
        self._batches: deque[Batch[Source]] = deque()
        self._kept: deque[Batch[Source]] = deque()  # those that are never dropped
        self._size = 0  # messages in the former
        self._sizes: dict[Source, int] = {}  # messages in both
        self._number = 0

    @property
    def pending(self) -> int:
        """How many messages wait, those included that are never dropped."""
        return self._size + len(self._kept)

    def pending_of(self, source: Source) -> int:
        """How many messages of one source wait."""
        return self._sizes.get(source, 0)

    def put(self, source: Source, messages: list[Any], at_s: float) -> list[Batch[Source]]:
        """Add messages of one source.

        :returns: what was dropped, perhaps of another source, the oldest first.
        """
        size = len(messages)
        if 0 < size <= self._piece:
            return self._make_room(self, [self._batch(source, messages, at_s)])
        begins = range(0, size, self._piece)
        pieces = (messages[begin : begin + self._piece] for begin in begins)
        return self._make_room(self, [self._batch(source, piece, at_s) for piece in pieces])

    def put_kept(self, source: Source, message: Any, at_s: float) -> None:
        """Add a message that is never dropped; it does not count towards the limit."""
        self._kept.append(self._batch(source, [message], at_s))
        self._resize(source, 1)

    def take(self, most: int = 0) -> Batch[Source] | None:
        """The batch that has waited longest, which is not pending any more; None if it is empty.

        :param most: join it with those behind it that are of the same source, up to this many messages.
        """
        if self._kept and not (self._batches and self._batches[0].number < self._kept[0].number):
            batch = self._kept.popleft()
        elif self._batches:
            batch = self._batches.popleft()
            self._size -= len(batch.messages)
            if len(batch.messages) < most:
                batch = self._joined(batch, most)
        else:
            return None
        self._resize(batch.source, -len(batch.messages))
        return batch

    def discard(self, source: Source | None = None) -> int:
        """Drop pending messages, of one source or, if it is None, all of it; returns how many messages."""
        before = self.pending
        if source is None:
            self._batches.clear()
            self._kept.clear()
            self._sizes.clear()
            self._size = 0
        else:
            self._batches = deque(batch for batch in self._batches if batch.source != source)
            self._kept = deque(batch for batch in self._kept if batch.source != source)
            self._size = sum(len(batch.messages) for batch in self._batches)
            self._sizes.pop(source, None)
        return before - self.pending

    # -- what to do when it is full: add pieces, and return what is dropped for them ------------------------

    def _drop_oldest(self, pieces: list[Batch[Source]]) -> list[Batch[Source]]:
        for piece in pieces:
            self._append(piece)
        dropped = []
        while self._size > self.limit:
            oldest = self._batches.popleft()
            self._size -= len(oldest.messages)
            self._resize(oldest.source, -len(oldest.messages))
            self.dropped += len(oldest.messages)
            dropped.append(oldest)
        return dropped

    def _drop_newest(self, pieces: list[Batch[Source]]) -> list[Batch[Source]]:
        for number, piece in enumerate(pieces):
            room = self.limit - self._size
            if room < len(piece.messages):
                left = piece._replace(messages=piece.messages[room:])
                if room:
                    self._append(piece._replace(messages=piece.messages[:room]))
                dropped = [left, *pieces[number + 1 :]]
                self.dropped += sum(len(one.messages) for one in dropped)
                return dropped
            self._append(piece)
        return []

    # -- within ---------------------------------------------------------------------------------------------

    def _batch(self, source: Source, messages: list[Any], at_s: float) -> Batch[Source]:
        self._number += 1
        return Batch(source, messages, at_s, self._number)

    def _joined(self, first: Batch[Source], most: int) -> Batch[Source]:
        """Join a batch with those behind it, up to the next one that is never dropped."""
        batches, messages = self._batches, list(first.messages)
        end = self._kept[0].number if self._kept else self._number + 1
        while batches and batches[0].source == first.source and batches[0].number < end:
            if len(messages) + len(batches[0].messages) > most:
                break
            messages += batches.popleft().messages
        self._size -= len(messages) - len(first.messages)
        return first._replace(messages=messages)

    def _append(self, batch: Batch[Source]) -> None:
        self._batches.append(batch)
        size = len(batch.messages)
        self._size += size
        self._resize(batch.source, size)

    def _resize(self, source: Source, change: int) -> None:
        sizes = self._sizes
        size = sizes.get(source, 0) + change
        if size:
            sizes[source] = size
        else:
            del sizes[source]


#: What may be asked for, and what is done then. After a "stop" nothing comes any more: the socket is ended.
POLICIES: dict[str, Callable[[Backlog[Any], list[Batch[Any]]], list[Batch[Any]]]] = {
    "drop_oldest": Backlog._drop_oldest,
    "drop_newest": Backlog._drop_newest,
    "stop": Backlog._drop_newest,
}
