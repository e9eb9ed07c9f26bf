"""The synchronisation of an order book: joins a snapshot and the changes, and says when it is lost. Pure.

Theory of operation. The exchange sends changes, each of which covers the ids behind one up to another, and on
demand a snapshot as of one id. Quantities are absolute, so whoever has a book as of id *n* may apply a change
that begins at or before *n* and ends behind it. What begins later does not follow: something is missing.

Three things are known at any time:

- ``book.synced``: the book is true. Each change that follows is applied; one that does not, or leaves the
  book crossed, makes it *lost*.
- ``wants_snapshot``: somebody should fetch one. A lost book wants one as soon as a change has come on the
  connection: a snapshot that was made before the stream began may miss what lies between. A book that is true
  wants one when few of the levels that its snapshot had are left, and goes on meanwhile.
- ``is_asked``: one is on its way. Changes are held from then on, all of them. Before, the last
  :data:`KEPT` of a lost book are: a snapshot may come from a machine that is a little behind.

When the snapshot comes, changes that it holds already are dropped, and the rest is applied. If the first of
the rest does not follow the snapshot, the snapshot is *stale*, and another one is wanted.

When the connection is lost, a true book is kept, but not true any more. If the first change on the next
connection follows it, nothing was missed, and it is true again without a snapshot: of quiet markets most are.

The rules of the venues differ in two points. On spot each change names its first id, and any overlap may be
applied. On futures and options ids advance by other things, too, and each change names the last id of the one
before it: it has to be that of the book, except behind a snapshot.

Source: Spot *Web Socket Streams*, "How to manage a local order book correctly"; Derivatives *Websocket Market
Streams* of each venue, the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from binance.order.book import OrderBook, Row
from binance.venues.kinds import Kind

#: Changes that are kept of a lost book until a snapshot is asked for.
KEPT: Final = 10
#: Changes that are held at most while a snapshot is on its way; then it counts as failed.
MOST_HELD: Final = 10_000
#: More changes in a row below the book's id mean that they are not those of this book.
MOST_OLD: Final = 100


class Decision(Enum):
    """What became of a change or a snapshot."""

    APPLIED = "the book is as of this change"
    OLD = "the book had it already"
    HELD = "kept until there is a snapshot"
    LOST = "the book was true, and is not any more"
    SYNCED = "the book was not true, and is now"
    REFRESHED = "the book is true as before, with more levels"
    STALE = "the snapshot is older than what is held: another one is wanted"


#: Why a book is not true.
START: Final = "start"
GAP: Final = "gap"
DISCONNECTED: Final = "disconnected"
RESET: Final = "reset"
CROSSED: Final = "crossed"
MALFORMED: Final = "malformed"
BEHIND: Final = "behind"
SHALLOW: Final = "shallow"
AUDIT: Final = "audit"


class Change(NamedTuple):
    """A change of a book.

    :ivar before: it covers the ids behind this one; *last*: up to this one.
    """

    before: int
    last: int
    bids: list[Row]
    asks: list[Row]
    event_time: int | None


class Chain:
    """How the changes of one kind of stream follow each other.

    :param kind: of diff depth.
    :ivar may_overlap: a change may begin before the one before it has ended.
    :ivar equal: 1 if a change that ends at the snapshot's id is applied, else 0.
    """

    __slots__ = ("_begin", "_last", "_step", "equal", "may_overlap")

    def __init__(self, kind: Kind) -> None:
        begin, last = kind.previous_id or kind.first_id, kind.last_id
        assert begin is not None and last is not None
        self._begin, self._last = begin, last
        self._step = 0 if kind.previous_id else 1
        self.may_overlap = kind.previous_id is None
        self.equal = 0 if self.may_overlap else 1

    def change(self, data: Mapping[str, Any]) -> Change:
        """Read a message.

        :raises LookupError, TypeError: if it is not of this kind.
        """
        return Change(data[self._begin] - self._step, data[self._last], data["b"], data["a"], data.get("E"))


class BookSync:
    """One book, and what keeps it true.

    :param limit: levels of each side that snapshots have room for; None: for all.

    :ivar book: the book; the same object all the time.
    :ivar reason: why it is, or was last, not true.
    :ivar is_asked: a snapshot is on its way.
    """

    def __init__(self, symbol: str, chain: Chain, limit: int | None = None) -> None:
        self.book = OrderBook(symbol)
        self.reason = START
        self.is_asked = False
        self._chain = chain
        self._limit = limit
        self._held: list[Change] = []
        self._has_heard = False  # on this connection
        self._may_resume = False  # the connection was lost while it was true
        self._is_first = False  # the next change is the first one behind a snapshot
        self._refreshes = False
        self._is_void = False  # the snapshot that is on its way may be of another time
        self._old = 0  # in a row
        self._latest = 0  # id of the last change on this connection

    @property
    def wants_snapshot(self) -> bool:
        """Whether a snapshot is to be fetched, and none is on its way."""
        lacks = self._refreshes if self.book.synced else self._has_heard and not self._may_resume
        return lacks and not self.is_asked

    # -- what happens -------------------------------------------------------------------------------------

    def event(self, data: Mapping[str, Any]) -> Decision:
        """A message of the stream of changes has come."""
        try:
            return self._change(self._chain.change(data))
        except (LookupError, TypeError, ValueError):
            return self.lose(MALFORMED)

    def asked(self) -> None:
        """A snapshot is on its way from now on."""
        self.is_asked = True

    def failed(self) -> None:
        """It did not come."""
        self.is_asked = self._is_void = False
        del self._held[: None if self.book.synced else -KEPT]

    def snapshot(self, answer: Mapping[str, Any]) -> Decision:
        """It came.

        :param answer: ``{"lastUpdateId", "bids", "asks"}``, perhaps with more.
        :raises ValueError: if it is not one.
        """
        is_void = self._is_void
        held = self._held.copy()
        self.failed()
        try:
            last_id, bids, asks = answer["lastUpdateId"], answer["bids"], answer["asks"]
            if type(last_id) is not int:
                raise TypeError(f"its id is {last_id!r}")
            rest = [change for change in held if change.last + self._chain.equal > last_id]
            follows = not rest or rest[0].before <= last_id
            is_stale = not follows or self._has_passed(rest[-1].last if rest else last_id)
        except (LookupError, TypeError) as exc:
            raise ValueError(f"not a snapshot of an order book: {exc!r}") from exc
        if is_void or is_stale or not self._has_heard:
            return Decision.STALE
        return self._join(last_id, bids, asks, answer.get("E"), rest)

    def quiet(self) -> None:
        """No change has come for a while since the connection opened: a snapshot made now has all of it."""
        self._has_heard = True
        self._may_resume = False

    def interrupted(self) -> Decision:
        """The connection was lost."""
        may_resume = self.book.synced or self._may_resume
        decision = self.lose(DISCONNECTED)
        self._has_heard = False
        self._may_resume = may_resume
        self._is_void = self.is_asked
        self._latest = 0
        return decision

    def restarted(self) -> Decision:
        """The exchange restarted its ids."""
        self._is_void = self.is_asked
        self._latest = 0
        return self.lose(RESET)

    def ended(self) -> None:
        """No change will come any more."""
        self.book.synced = False

    def refresh(self) -> None:
        """Want another snapshot, and go on meanwhile."""
        self._refreshes = self._refreshes or self.book.synced

    def lose(self, reason: str) -> Decision:
        """The book is not true, for whatever reason."""
        was_synced = self.book.synced
        if was_synced:
            self.reason = reason
        self.book.synced = False
        self._may_resume = self._refreshes = self._is_first = False
        self._held.clear()
        self._old = 0
        return Decision.LOST if was_synced else Decision.HELD

    # -- within -------------------------------------------------------------------------------------------

    def _change(self, change: Change) -> Decision:
        book = self.book
        self._latest = change.last
        if not book.synced:
            return self._while_lost(change)
        if self.is_asked:
            self._hold(change)
        before, reached = change.before, book.last_update_id
        if before != reached:
            if change.last + (self._is_first and self._chain.equal) <= reached:
                return self._old_one()
            if not (self._follows(change, reached) or (self._is_first and before <= reached)):
                return self._lost(GAP, change)
        self._apply(change)
        if book.is_crossed:
            return self._lost(CROSSED, change)
        if book.runs_out:
            if book.has_run_out:
                return self._lost(SHALLOW, change)
            self._refreshes = True
        return Decision.APPLIED

    def _join(
        self, last_id: int, bids: list[Row], asks: list[Row], event_time: int | None, held: list[Change]
    ) -> Decision:
        """Take a snapshot, and the changes that were held behind it."""
        book, was_synced = self.book, self.book.synced
        try:
            book.replace(last_id, bids, asks, self._limit)
            for change in held:
                book.change(change.last, change.bids, change.asks)
        except (TypeError, ValueError) as exc:
            self.lose(MALFORMED)
            raise ValueError(f"not a snapshot of an order book: {exc!r}") from exc
        if book.is_crossed:
            return self.lose(CROSSED)
        if book.has_run_out:  # by the changes behind it
            return self.lose(SHALLOW)
        book.event_time = held[-1].event_time if held else event_time
        book.synced = True
        self._is_first = not held
        self._held.clear()
        self._refreshes = self._may_resume = False
        self._old = 0
        return Decision.REFRESHED if was_synced else Decision.SYNCED

    def _apply(self, change: Change) -> None:
        book = self.book
        self._is_first = False
        self._old = 0
        book.change(change.last, change.bids, change.asks)
        book.event_time = change.event_time

    def _while_lost(self, change: Change) -> Decision:
        self._has_heard = True
        if self._may_resume:
            reached = self.book.last_update_id
            if change.last <= reached:
                return Decision.OLD
            if self._follows(change, reached):
                self._apply(change)
                if not (self.book.is_crossed or self.book.has_run_out):
                    self._may_resume = False
                    self._held.clear()
                    self.book.synced = True
                    return Decision.SYNCED
            self._may_resume = False
        self._hold(change)
        return Decision.HELD

    def _hold(self, change: Change) -> None:
        held = self._held
        if held and change.last <= held[-1].last:
            return
        if held and not self._follows(change, held[-1].last):
            held.clear()  # something is missing between
        held.append(change)
        if len(held) > (MOST_HELD if self.is_asked else KEPT):
            del held[0]

    def _follows(self, change: Change, reached: int) -> bool:
        """Whether nothing is missing between an id and a change that ends behind it."""
        return change.before == reached or (self._chain.may_overlap and change.before < reached)

    def _has_passed(self, last_id: int) -> bool:
        """Whether there is a later id: of a change, or of the book, which is true."""
        return last_id < self._latest or (self.book.synced and last_id < self.book.last_update_id)

    def _old_one(self) -> Decision:
        self._old += 1
        return self.lose(BEHIND) if self._old > MOST_OLD else Decision.OLD

    def _lost(self, reason: str, change: Change) -> Decision:
        """The book is not true since a change, which the next snapshot may have to be joined with."""
        decision = self.lose(reason)
        self._hold(change)
        return decision
