"""The keeper of one order book: the reader of a socket, and a customer of the queue of snapshots.

What is true and what is to be done about it is decided in :mod:`binance.order.book_sync`; here it is done,
logged and reported. Gaps, duplicates and restarts of the ids are found before, by the socket's sequence. Of
these only the restart is reported here: the ids of each change are compared with the book's anyway, since the
first change behind a snapshot has no other in front of it, so a second report of a gap would say nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from binance.books.queue import SnapshotQueue
from binance.net.interfaces import Options
from binance.net.requests import no_answer
from binance.net.timer import Timer
from binance.order.book import OrderBook
from binance.order.book_audit import Audit
from binance.order.book_sync import AUDIT, BEHIND, CROSSED, BookSync, Decision
from binance.process.threads import calls
from binance.rest.errors import number, words
from binance.sockets.report import INFO, WARNING
from binance.sockets.subscription import Reader, Subscription
from binance.venues.codes import Remedy, remedy

#: Stands for no message: the book has become true by a snapshot, and is handed on.
_SYNCED: Final = object()
#: The longest wait before another snapshot is fetched after a useless one: older than the changes,
#: or with a book that was soon lost for one of the reasons below.
USELESS_LONGEST_S: Final = 30.0
DOUBTFUL: Final = (CROSSED, AUDIT, BEHIND)
#: A shorter wait for weight is not an event.
SHORT_WAIT_S: Final = 1.0


class BookKeeper(Reader):
    """Keeps the book of one socket.

    :param callback: called with the book, and with error messages.
    :param sync: decides.
    :param stream: of the changes; another one that the socket carries is that of the best prices.
    :param call: fetches a snapshot, blocking.
    :param weight: what that costs.
    :param audit: compares best prices; None: they are not compared.
    """

    def __init__(
        self,
        subscription: Subscription,
        callback: Callable[[Any], object],
        sync: BookSync,
        stream: str,
        call: Callable[[], Any],
        weight: int,
        queue: SnapshotQueue,
        options: Options,
        audit: Audit | None = None,
    ) -> None:
        self.weight = weight
        self.clock = options.clock
        self._sync = sync
        self._stream = stream
        self._callback = callback
        self._call = call
        self._queue = queue
        self._report = subscription.report
        self._options = options
        self._audit = audit
        self._subscription = subscription
        self._since = self.clock.seconds()  # the book is as it is: true, or not
        self._quiet = Timer(self.clock)
        self._is_waiting = False  # in the queue
        self._losses = 0
        self._failures = 0
        self._unreadable = 0
        self._is_failure_reported = False
        self._useless = 0  # snapshots in a row

    def refresh(self) -> None:
        """Fetch the book again, while it goes on."""
        self._sync.refresh()
        if self._sync.wants_snapshot:
            self._want()

    # -- the callback of the socket -----------------------------------------------------------------------

    def __call__(self, message: Any) -> object:
        book = self._sync.book
        if message is _SYNCED:
            return self._callback(book) if book.synced else None
        if message.get("e") == "error":
            return self._callback(message)
        if self._audit is not None:
            return self._audited(self._audit, message)
        decision = self._sync.event(message)
        if decision is Decision.APPLIED:
            if self._sync.wants_snapshot:
                self._want()
            return self._callback(book)
        self._decided(decision)
        return self._callback(book) if decision is Decision.SYNCED else None

    def _audited(self, audit: Audit, message: Mapping[str, Any]) -> object:
        sync, data = self._sync, message["data"]
        if message["stream"] != self._stream:
            if self._differs(audit, data):
                self._decided(sync.lose(AUDIT))
            return None
        decision = sync.event(data)
        self._decided(decision)
        if decision not in (Decision.APPLIED, Decision.SYNCED):
            return None
        if audit.is_wrong_after(sync.book):
            self._decided(sync.lose(AUDIT))
            return None
        return self._callback(sync.book)

    def _differs(self, audit: Audit, ticker: Mapping[str, Any]) -> bool:
        try:
            return audit.is_wrong_by(ticker)
        except (LookupError, TypeError, ValueError) as exc:
            self._unreadable += 1
            line = "audit: a message of best prices cannot be read: %s"
            self._report.seldom.log(self._unreadable, WARNING, line, repr(exc))
            return False

    # -- what happens to the socket: binance.sockets.subscription.Follower ---------------------------------

    def connected(self) -> None:
        self._quiet.set(self._options.timings.book_quiet_s, self._is_quiet)

    def interrupted(self) -> None:
        self._quiet.stop()
        if self._audit is not None:
            self._audit.forget()
        if self._is_waiting:
            self._is_waiting = False
            self._queue.leave(self)
        self._decided(self._sync.interrupted())

    def restarted(self, stream: str) -> None:
        if self._audit is not None:
            self._audit.restart()
        if stream == self._stream:
            self._decided(self._sync.restarted())

    def ended(self) -> None:
        self._sync.ended()
        self._quiet.stop()
        self._queue.leave(self)

    # -- snapshots: binance.books.queue.Wants --------------------------------------------------------------

    def fetch(self) -> Deferred[Any]:
        self._is_waiting = False
        self._sync.asked()
        answer = calls.run(self._options.reactor, self._call)
        return answer.addTimeout(self._options.timings.snapshot_s, self.clock, no_answer)

    def fetched(self, answer: Any) -> None:
        was_synced = self._sync.book.synced
        try:
            decision = self._sync.snapshot(answer)
        except ValueError as exc:
            if was_synced and not self._sync.book.synced:
                self._lost()
            self._no_snapshot(str(exc))
            self._want_again()
            return
        self._is_failure_reported = False
        if decision in (Decision.STALE, Decision.HELD):  # too old, or no good
            self._want_again()
            return
        self._decided(decision)
        if decision is Decision.SYNCED:
            self._report.soon(self._hand_on)

    def failed(self, failure: Failure, again_s: float) -> None:
        self._sync.failed()
        error = failure.value
        assert error is not None
        said = words(error)
        if remedy(number(error, "status_code"), number(error, "code")) is Remedy.FINAL:
            self._subscription.refused(f"no snapshot of the order book: {said}", said)
            return
        self._no_snapshot(said)
        if self._sync.wants_snapshot:  # else the connection was lost meanwhile: the next change asks for one
            self._want(again_s)

    # -- within -------------------------------------------------------------------------------------------

    def _decided(self, decision: Decision) -> None:
        """Report what has become of the book, and want a snapshot if it needs one."""
        if decision is Decision.LOST:
            self._lost()
        elif decision is Decision.SYNCED:
            self._report.log(INFO, "order book synced at id %d", self._sync.book.last_update_id)
            self._event("book_synced", self._now_since(), self._sync.reason)
        if self._sync.wants_snapshot:
            doubtful = decision is Decision.LOST and self._sync.reason in DOUBTFUL
            self._want(self._later_s() if doubtful else 0.0)

    def _lost(self) -> None:
        seconds = self._now_since()
        if seconds >= self._options.timings.steady_s:
            self._useless = 0
        self._losses += 1
        if self._audit is not None:
            self._audit.forget()
        self._report.seldom.log(self._losses, WARNING, "order book lost: %s", self._sync.reason)
        self._event("book_lost", seconds, self._sync.reason)

    def _event(self, kind: str, seconds: float, reason: str) -> None:
        book: OrderBook = self._sync.book
        about = {"symbol": book.symbol, "last_update_id": book.last_update_id}
        self._report.event(kind, **about, seconds=seconds, reason=reason)

    def _now_since(self) -> float:
        """Seconds that the book's last state, synced or not, has lasted."""
        now = self.clock.seconds()
        seconds, self._since = now - self._since, now
        return float(seconds)

    def _want(self, after_s: float = 0.0) -> None:
        if self._is_waiting or self._subscription.stopped:
            return
        self._is_waiting = True
        self._queue.want(self, after_s)
        if self._is_waiting:
            what, seconds = self._queue.why(self)
            if seconds >= SHORT_WAIT_S:
                self._report.event("limited", what="snapshot", budget=what, seconds=seconds)

    def _want_again(self) -> None:
        """A snapshot was useless; one that came while there was no connection is not missed."""
        if self._sync.wants_snapshot:
            self._want(self._later_s())

    def _later_s(self) -> float:
        """Seconds before a snapshot that was useless is fetched again, longer each time."""
        wait_s = min(self._options.timings.call_again_s * 2.0 ** min(self._useless, 10), USELESS_LONGEST_S)
        self._useless += 1
        return float(wait_s)

    def _no_snapshot(self, said: str) -> None:
        """A call failed: it is reported once while the book is not true."""
        self._failures += 1
        self._report.seldom.log(self._failures, WARNING, "no snapshot of the order book: %s", said)
        if not self._sync.book.synced and not self._is_failure_reported:
            self._is_failure_reported = True
            seconds = float(self.clock.seconds() - self._since)
            self._event("book_lost", seconds, f"no snapshot: {said}")

    def _is_quiet(self) -> None:
        """It has been open for that long."""
        if not self._sync.book.synced:
            self._sync.quiet()
            self._decided(Decision.HELD)

    def _hand_on(self) -> None:
        self._report.delivery.message(self._subscription, _SYNCED)
