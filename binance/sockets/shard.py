"""A shard: the streams of one connection, the line that serves, and the order of its messages.

A shard listens to one line, the one that serves. A line that takes its place is opened, and listened to, by a
move (:mod:`binance.sockets.moves`), which hands it over; the line that is left reports to nobody but for its
end. So whatever reaches a shard is about the line that serves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol

from binance.net.interfaces import NOT_OPEN, Arrival, Ending, Line, Listener, Opener, Options
from binance.order.quiet_streams import Watched
from binance.order.repeats import Repeats
from binance.order.sequence import Sequence, Verdict
from binance.sockets.counts import Counts
from binance.sockets.in_order import InOrder
from binance.sockets.intake import Handled, Intake
from binance.sockets.moves import Moves
from binance.sockets.quiet import Doubts, QuietWatch
from binance.sockets.report import INFO, RATE_LIMITED, WARNING, Report, ShardReport
from binance.venues.catalogue import Stream
from binance.wire.budgets import Urgency


class Owner(Protocol):
    """Whose streams these are: a subscription.

    :ivar stopped: nothing more is to be delivered; set from any thread.
    """

    stopped: bool
    counts: Counts
    report: Report

    @property
    def gaps(self) -> int:
        """How often ids or closed candles were missing so far, in all of its shards."""

    def deliver(self, messages: list[Any]) -> None:
        """Hand messages to the user."""

    def serving(self, shard: Shard) -> None:
        """Its line serves from now on."""

    def connected(self) -> None:
        """The line of a shard is open."""

    def interrupted(self) -> None:
        """The line of a shard was lost, and no other took its place."""

    def restarted(self, stream: str) -> None:
        """The exchange restarted the ids of a stream."""

    def changed(self) -> None:
        """The streams that a line of a shard carries may be others than before."""

    def rejected(self, shard: Shard, name: str) -> None:
        """The exchange does not subscribe one of its streams."""

    def outage(self, shard: Shard, attempts: int, reason: str, final: bool) -> None:
        """See :meth:`binance.net.interfaces.Listener.outage`."""

    def refused(self, reason: str, said: str) -> None:
        """See :meth:`binance.net.interfaces.Listener.refused`."""

    def shard_ended(self, shard: Shard, ending: Ending) -> None:
        """It was stopped, and has no line any more."""


class Shard(Listener):
    """A set of streams, and the line that serves it.

    :param report: about its connections.
    :param opener: makes lines.
    :param sequence: the order of the messages.
    :param wanted: its streams by name; lines whose streams may change go by the same object.
    :param watch: how a stream is watched for silence; None: it is not.
    :param category: of all its streams; a stream of another one needs another shard.
    :param doubts: why some of its streams may send nothing; see :class:`~binance.sockets.quiet.QuietWatch`.

    :ivar line: the line that serves.
    :ivar connected_since: epoch seconds, or None while there is no connection.
    """

    def __init__(
        self,
        owner: Owner,
        report: ShardReport,
        opener: Opener,
        options: Options,
        sequence: Sequence,
        wanted: dict[str, Stream] | None = None,
        watch: Callable[[Stream], Watched | None] = lambda _: None,
        category: str | None = None,
        doubts: Doubts = lambda names: ([], names),
    ) -> None:
        self.number = report.number
        self.options = options
        self.line_report = report
        self.sequence = sequence
        self.connected_since: float | None = None
        self.category = category
        self.wanted = {} if wanted is None else wanted
        self._owner = owner
        self._opener = opener
        self._intake = Intake(options.codec, owner.counts, owner.report)
        self._in_order = InOrder(sequence, self._intake, owner, owner.report, options.clock)
        self._watch = watch
        self._moves = Moves(self)
        self._quiet = QuietWatch(
            self._watched(self.wanted.values()),
            sequence.heard,
            self._moves.silent,
            options.clock,
            owner.report,
            options.timings,
            doubts,
        )
        self._left = _Left(self)
        self._in_outage = False
        self._was_open = False
        self._reason = ""  # of the last failure
        self._is_stopped = False
        self._is_connecting = False  # an attempt is being made
        self._how_ended: Ending | None = None  # a connection that was open when it was stopped
        self._lines: list[Line] = []  # not ended: the serving one, a new one, and those being left
        line = self.another_line(self)
        assert line is not None
        self.line = line

    # -- from the subscription ------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """``"open"``, ``"moving"`` (open, while another connection is made to take its place),
        ``"connecting"``, or ``"waiting"`` for the next attempt to connect; any thread.
        """
        if self.connected_since is not None:
            return "open" if self._moves.current is None else "moving"
        return "connecting" if self._is_connecting else "waiting"

    def connect(self) -> None:
        """Connect the line."""
        self._is_connecting = True
        self.line.connect()

    def stop(self) -> None:
        """Close for good; ``shard_ended`` follows when no line is left, perhaps at once."""
        self._is_stopped = True
        self._quiet.end()
        self._in_order.end()
        if not self._lines:
            self._owner.shard_ended(self, NOT_OPEN)
        self._moves.stop()
        for line in list(self._lines):
            self.leave(line)

    def change(self, added: Collection[Stream], removed: Collection[str]) -> None:
        """Carry other streams from now on."""
        for name in removed:
            del self.wanted[name]
            self._moves.removed(name)
            self._in_order.removed(name)
            self.sequence.remove(name)
        if removed:
            self._quiet.remove(removed)
        if added:
            self._quiet.add(self._watched(added))
        for stream in added:
            self.wanted[stream.name] = stream
            self._moves.added(stream.name)
        self.expect([stream.name for stream in added])
        for line in self._reporting():
            line.refresh()

    def has_confirmed(self, name: str) -> bool:
        """Whether the exchange has confirmed a stream on the connection that it comes on."""
        return self._source(name).carries(name)

    def is_rid_of(self, name: str) -> bool:
        """Whether none of its connections carries a stream."""
        return all(line.is_rid_of(name) for line in self._reporting())

    # -- for moves: binance.sockets.moves.Mover -------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        return self._owner.stopped

    @property
    def repeats(self) -> Repeats | None:
        return self._in_order.repeats

    def another_line(self, listener: Listener) -> Line | None:
        line = self._opener(listener)
        if line is not None:
            self._lines.append(line)
        return line

    def has_room(self) -> bool:
        return len(self._lines) == 1

    def sift(
        self, payloads: list[bytes], messages: list[Any], at: Arrival
    ) -> tuple[list[bytes], list[Any], bool]:
        self._intake.came(messages, at)
        handled = [self._intake.handle(message, len(payloads[n])) for n, message in enumerate(messages)]
        kept = [number for number, what in enumerate(handled) if what is None]
        return [payloads[n] for n in kept], [messages[n] for n in kept], Handled.SHUTDOWN in handled

    def not_begun(self, names: Iterable[str]) -> list[str]:
        sequence, line = self.sequence, self.line
        return [
            name
            for name in names
            if name in self.wanted
            if not sequence.knows(name) or not (sequence.has_begun(name) or line.carries(name))
        ]

    def expect(self, names: Iterable[str]) -> None:
        for name in names:
            stream = self.wanted.get(name)
            if stream is not None and not self.sequence.knows(name) and self._source(name).expects(name):
                self.sequence.add(stream)

    def take(self, line: Line, payloads: list[bytes], messages: list[Any]) -> None:
        line.useful = True
        self._in_order.take(payloads, messages)

    def leave(self, line: Line) -> None:
        line.listener = self._left
        line.stop()

    def adopt(self, line: Line, repeats: Repeats) -> None:
        old, self.line = self.line, line
        line.listener = self
        self._in_order.repeats = repeats
        self._owner.serving(self)
        self.leave(old)
        self.expect(self.wanted)
        self._owner.changed()

    def urgency(self, line: Line) -> Urgency:
        return Urgency.RECONNECT if self._was_open else Urgency.FIRST

    def moved(self, verdicts: Iterable[Verdict]) -> None:
        self.line.useful = True
        self.connected_since = time.time()
        self._moves.plan()
        self._quiet.moved()
        self._in_order.settle(verdicts)

    def ended(self, line: Line, ending: Ending) -> None:
        self._lines.remove(line)
        if not self._is_stopped:
            self._moves.now_possible()
            return
        if ending.code is not None:
            self._how_ended = ending
        if not self._lines:
            self._owner.shard_ended(self, self._how_ended or ending)

    # -- from the line that serves: binance.net.interfaces.Listener -----------------------------------------

    def connecting(self, line: Line, attempt: int) -> None:
        self._is_connecting = True
        self._owner.serving(self)  # by now it has a factory
        self.line_report.event("connecting", url=line.shown_url, attempt=attempt)

    def opened(self, line: Line, attempt: int) -> None:
        self.line_report.log(INFO, "recovered" if self._in_outage else "opened")
        self._owner.counts.reconnects += self._was_open
        self._in_outage, self._was_open = False, True
        self._is_connecting = False
        self.connected_since = time.time()
        self._quiet.begin()
        self._moves.plan()
        self.line_report.event("connected", url=line.shown_url, attempt=attempt)
        self._owner.connected()
        self._owner.changed()

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        owner = self._owner
        if owner.stopped:
            return
        self._intake.came(messages, at)
        before, move = owner.counts.messages, self._moves.current
        if move is not None and move.ahead:
            payloads, messages = move.not_ahead(payloads, messages)
        notes = None if move is None else move.notes(payloads, messages)
        ends = self._in_order.take(payloads, messages)
        if owner.counts.messages > before:
            line.useful = True
        if ends:
            self.line_report.log(INFO, "the exchange announces that it will end this connection")
            self._moves.announced()
        if move is not None and notes is not None and self._moves.current is move:
            move.old_delivered(notes)

    def asked(self, line: Line, names: Collection[str]) -> None:
        self.expect(names)

    def changed(self, line: Line) -> None:
        self._owner.changed()

    def rejected(self, line: Line, name: str, code: int | None, message: str) -> None:
        self._owner.report.log(WARNING, "the exchange refused %s: %s %s", name, code, message)
        self._owner.report.event("refused", code=code, message=message, streams=[name])
        self._owner.rejected(self, name)

    # suspended: who authorises the line reports and repairs that

    def resumed(self, line: Line) -> None:
        self._moves.now_possible()

    def superseded(self, line: Line) -> None:
        self._moves.replace()

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        self._is_connecting = False
        move = self._moves.current
        retry = retry or move is not None  # the new line goes on trying
        if self._moves.covers_loss():
            return
        self._quiet.end()
        if not self._in_outage:  # a warning an outage, not one an attempt
            what = "not connected" if ending.code is None else "lost"
            if ending.clean:
                what += f": closed by the exchange with code {ending.code}"
            then = "; reconnecting" if retry else ""
            self.line_report.log(WARNING, f"{what}: %s{then}", ending.reason)
        self._in_outage = True
        self._reason = ending.reason
        self.connected_since = None
        self.sequence.interrupted()
        self._owner.interrupted()
        self.line_report.event("disconnected", **ending.info, retry=retry)
        self._owner.changed()
        if move is not None and (wait_s := move.wait_s()):
            self.retrying(self.line, 0, wait_s)  # it has been waiting since before

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        level = WARNING if delay_s > self.options.timings.long_wait_s else INFO
        self.line_report.log(level, "retry %d in %.1f s: %s", attempt, delay_s, self._reason)
        self.line_report.event("retrying", attempt=attempt, delay_s=delay_s)

    def outage(self, line: Line, attempts: int, reason: str, final: bool) -> None:
        self._owner.outage(self, attempts, reason, final)

    def refused(self, line: Line, reason: str, said: str) -> None:
        if self.connected_since is not None:  # and we close it: what follows is not an outage
            self.connected_since = None
            self.line_report.event("disconnected", **Ending(1000, reason, clean=True).info, retry=False)
        self._owner.refused(reason, said)

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        if what == "dial":
            self._is_connecting = False
        shown = {"dial": "connection attempt"}.get(what, what)
        self.line_report.log(INFO, RATE_LIMITED, shown, seconds, budget)
        self.line_report.event("limited", what=what, budget=budget, seconds=seconds)

    # -- within ---------------------------------------------------------------------------------------------

    def _reporting(self) -> list[Line]:
        """The line that serves, and the one that it is moving to."""
        move = self._moves.current
        return [self.line] if move is None else [self.line, move.line]

    def _watched(self, streams: Iterable[Stream]) -> dict[str, Watched]:
        """How streams are watched for silence, by name."""
        both = ((stream.name, self._watch(stream)) for stream in streams)
        return {name: watched for name, watched in both if watched is not None}

    def _source(self, name: str) -> Line:
        """The line on which a stream is to come."""
        move = self._moves.current
        return move.line if move is not None and name in move.ahead else self.line


class _Left(Listener):
    """Listens to the lines that a shard has left; only their end is of interest."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    def ended(self, line: Line, ending: Ending) -> None:
        self._shard.ended(line, ending)
