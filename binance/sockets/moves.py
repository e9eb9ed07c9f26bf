"""Moves of a shard to a new connection: when, and how.

The exchange ends every connection after 24 hours, announces other ends, stops serving one stream of many, and
lets listen keys expire. The new line is opened first; then the old one is left.

A :class:`Move` opens a second line and listens to it alone. The old line goes on reporting to its shard. So
there is never a question whose report it is, and at the end the listener is all that changes:

- The new line is not open. Nothing is held. If the old line is lost, the shard takes the new one as it is,
  and the outage, its reports and its limit of retries are the new one's from then on.
- The new line is open. What it sends is held in a :class:`~binance.order.handover.Handover`, which also
  sees what the old line delivers. When the new one continues the old one, or the old one is lost, the shard
  takes over the new line together with what is held, and with the knowledge of what will be repeated.
- The new line is lost. What was held is forgotten, and it connects again; the old line has lost nothing.
- The new line announces its end. If the old one has not, the new one is useless, unless some streams come
  on it alone (below). Else the move goes on, for the old line may send nothing any more, and another move
  follows it. Not at once: an exchange that announces the end of every line would use up all the attempts to
  connect.

Streams that are added while the new line is connected come on that one alone, and at once: there is nothing
to hand over. The old line is asked for them, too, in case that the new one is lost; what it sends of them is
dropped. See :attr:`Move.ahead`. One that was added just before may begin on the old line later than on the
new one; see :attr:`Move.begun`.

Where the old line is useless (its listen key has ended), nothing is held: the shard takes the new line when
it is open, or when it cannot be opened at once, so that this is reported as the outage that it is.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from binance.net.interfaces import Arrival, Ending, Line, Listener, Options
from binance.net.timer import Timer
from binance.order.handover import Handover, Note
from binance.order.repeats import Repeats
from binance.order.sequence import Sequence, Verdict
from binance.sockets.intake import is_users
from binance.sockets.report import INFO, WARNING, ShardReport
from binance.venues.catalogue import Stream
from binance.wire.budgets import Urgency

#: Why a line is left that the exchange is about to end.
ANNOUNCED = "serverShutdown"

#: Payloads, and the messages that they were decoded to.
Batch = tuple[list[bytes], list[Any]]


class Mover(Protocol):
    """Whose line is replaced: a shard. Reports of the new line that are its business go to it as they are.

    :ivar line: the line that serves.
    :ivar wanted: its streams by name.
    """

    line: Line
    wanted: dict[str, Stream]
    options: Options
    line_report: ShardReport
    sequence: Sequence

    @property
    def stopped(self) -> bool: ...

    @property
    def repeats(self) -> Repeats | None:
        """What the line that serves is still about to send again, if it took the place of another one."""

    def another_line(self, listener: Listener) -> Line | None:
        """A line like the one that serves, not connected yet; None if it would be useless."""

    def has_room(self) -> bool:
        """Whether no line of a move before is still being closed."""

    def sift(
        self, payloads: list[bytes], messages: list[Any], at: Arrival
    ) -> tuple[list[bytes], list[Any], bool]:
        """Count what came, and handle what is not for the user.

        :returns: what is for the user; and whether the exchange announced the end of the line.
        """

    def not_begun(self, names: Iterable[str]) -> list[str]:
        """Those of these streams that the line that serves has not sent yet, nor confirmed."""

    def expect(self, names: Iterable[str]) -> None:
        """Expect messages of these streams, if the line that they are to come on has been asked for them."""

    def take(self, line: Line, payloads: list[bytes], messages: list[Any]) -> None:
        """Deliver what is for the user."""

    def changed(self, line: Line) -> None:
        """See :meth:`~binance.net.interfaces.Listener.changed`."""

    def rejected(self, line: Line, name: str, code: int | None, message: str) -> None:
        """See :meth:`~binance.net.interfaces.Listener.rejected`."""

    def leave(self, line: Line) -> None:
        """Stop a line, of which nothing but its end is of interest any more."""

    def urgency(self, line: Line) -> Urgency:
        """Of a line that serves; see :class:`~binance.net.interfaces.Listener`."""

    def adopt(self, line: Line, repeats: Repeats) -> None:
        """Let this line serve, and leave the old one.

        :param repeats: what it sends again of that which the old one has delivered.
        """

    def moved(self, verdicts: Iterable[Verdict]) -> None:
        """The line adopted just now is open and continues the old one; deliver what was held."""

    def connecting(self, line: Line, attempt: int) -> None: ...

    def opened(self, line: Line, attempt: int) -> None: ...

    def lost(self, line: Line, ending: Ending, retry: bool) -> None: ...

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None: ...

    def ended(self, line: Line, ending: Ending) -> None: ...


class Moves:
    """The moves of one shard, one at a time; in the reactor's thread.

    :ivar current: the move under way.
    """

    __slots__ = ("_announced_at", "_timer", "_wanted", "current", "mover")

    def __init__(self, mover: Mover) -> None:
        self.current: Move | None = None
        self._announced_at = float("-inf")  # when a move for that reason last began
        self.mover = mover
        self._timer = Timer(mover.options.clock)  # for the next move to begin
        self._wanted: str | None = None  # why a move is to begin as soon as it can

    def plan(self) -> None:
        """The line that serves is open: leave it before it is too old."""
        line, options = self.mover.line, self.mover.options
        if options.lifetime_s is None or line.opened_at is None:
            self._unplan()
            return
        age_s = options.clock.seconds() - line.opened_at
        left_s = options.lifetime_s * random.uniform(1 - options.timings.move_spread, 1) - age_s
        self._begin_in(left_s, "lifetime")

    def announced(self) -> None:
        """The exchange announced that it will end the line that serves: move, unless a move is under way."""
        if self.current is not None:
            return
        timings, now = self.mover.options.timings, self.mover.options.clock.seconds()
        wait_s = self._announced_at + timings.move_again_s - now
        if wait_s > 0:
            self._begin_in(wait_s, ANNOUNCED)
        else:
            self.begin(ANNOUNCED)

    def silent(self) -> None:
        """Streams fell silent on the line that serves: move, unless a move is under way."""
        self.begin("silent")

    def begin(self, why: str) -> None:
        """Move now, unless a move is under way.

        :param why: ``"lifetime"``, ``"serverShutdown"`` or ``"silent"``.
        """
        mover, old = self.mover, self.mover.line
        if mover.stopped or self.current is not None:
            return
        self._unplan()
        if not old.is_open() or not mover.has_room():
            self._wanted = why
            return
        now = mover.options.clock.seconds()
        seconds = 0.0 if old.opened_at is None else now - old.opened_at
        move = self._made(why)
        if move is not None:
            if why == ANNOUNCED:
                self._announced_at = now
            mover.line_report.log(INFO, "moving to a new connection: %s", why)
            mover.line_report.event("rotating", why=why, seconds=seconds)
            move.line.connect()

    def replace(self) -> None:
        """The line that serves is useless: let another one take its place, as soon as it can."""
        self.abandon()
        move = self._made(None)
        if move is not None:
            move.line.connect()
            if not self.mover.line.is_open():
                move.covers_loss()  # there is nothing that it could still deliver

    def begin_again(self, why: str | None) -> None:
        """The new line was useless: try another, later, or at once if the old one is useless, too."""
        self.abandon()
        if why is None:
            self.replace()
        else:
            self._begin_in(self.mover.options.timings.move_again_s, why)

    def now_possible(self) -> None:
        """What a move may have been waiting for is there: room, or the old line carries its streams again."""
        why, self._wanted = self._wanted, None
        if why is not None:
            self.begin(why)

    def covers_loss(self) -> bool:
        """The line that serves was lost.

        :returns: whether the move under way makes up for that; else whatever serves now has an outage.
        """
        self._unplan()
        move = self.current
        return move is not None and move.covers_loss()

    def abandon(self) -> None:
        """The new line, if there is one, is useless."""
        move, self.current = self.current, None
        if move is not None:
            move.end()
            self.mover.leave(move.line)
            self.mover.changed(move.line)

    def added(self, name: str) -> None:
        """A stream was added to what the shard is to carry."""
        move = self.current
        if move is not None:
            (move.ahead if move.line.is_connected() else move.begun).add(name)

    def removed(self, name: str) -> None:
        """A stream was removed, and the sequence is about to forget it."""
        if self.current is not None:
            self.current.removed(name)

    def stop(self) -> None:
        """End all timers, and the move under way."""
        self._unplan()
        self.abandon()

    def _made(self, why: str | None) -> Move | None:
        move = Move(self, why)
        line = self.mover.another_line(move)
        if line is None:
            return None  # refused for good: the end of the old connection is the end of it
        line.set_patient(why is not None)
        move.line = line
        self.current = move
        return move

    def _begin_in(self, delay_s: float, why: str) -> None:
        self._unplan()
        self._timer.set(delay_s, self.begin, why)

    def _unplan(self) -> None:
        self._wanted = None
        self._timer.stop()


class Move(Listener):
    """One move; see the head of this module.

    :param why: for a planned move, for which the old line goes on; None: the old line is useless.

    :ivar line: the new one.
    :ivar ahead: streams that come on the new line alone already.
    :ivar begun: streams that the old line had not begun to carry when the new one began to connect.
    """

    line: Line

    def __init__(self, moves: Moves, why: str | None) -> None:
        self._moves = moves
        self._mover = moves.mover
        self._why = why
        options = self._mover.options
        self._clock = options.clock
        self._handover = Handover(
            self._mover.sequence, options.handover_s, options.timings, self._mover.repeats
        )
        self.ahead: set[str] = set()
        self.begun: set[str] = set()
        self._is_open = False
        self._is_announced = False  # the end of the new one
        self._began_at = self._clock.seconds()
        self._again_at = self._began_at
        self._check_timer = Timer(options.clock)

    def end(self) -> None:
        """Hold nothing any more; what only the new line sent comes on the old one, if it does at all."""
        self._is_open = self._is_announced = False
        self._handover.lost()
        self._check_timer.stop()
        if self.ahead:
            ahead, self.ahead = self.ahead, set()
            self._mover.sequence.interrupted(ahead)
            self._mover.expect(ahead)

    def wait_s(self) -> float:
        """Seconds until the new line makes its next attempt to connect, after one that failed; else 0."""
        wait_s: float = self._again_at - self._clock.seconds()
        return max(wait_s, 0.0)

    # -- from the shard: of the old line --------------------------------------------------------------------

    def not_ahead(self, payloads: list[bytes], messages: list[Any]) -> Batch:
        """What came on the old line, less what comes on the new one already."""
        return self._apart(payloads, messages)[0]

    def removed(self, name: str) -> None:
        """See :meth:`Moves.removed`."""
        self.ahead.discard(name)
        self.begun.discard(name)
        self._handover.removed(name)
        if self._is_open:
            self._check_timer.set(0, self._check)  # not now: this may be inside a callback

    def notes(self, payloads: list[bytes], messages: list[Any]) -> list[Note]:
        """What to remember of what the old line is about to deliver, before the user's code may change it."""
        both = zip(payloads, messages, strict=True)
        return [self._handover.note(payload, message) for payload, message in both if is_users(message)]

    def old_delivered(self, notes: list[Note]) -> None:
        """What the old line has just delivered."""
        self._handover.delivered(notes, self._clock.seconds())
        if self._is_open:
            self._check()

    def covers_loss(self) -> bool:
        """The old line was lost; whether there is nothing to report about that."""
        if self._is_open:
            self._switch()
            return True
        self._promote()
        return self._why is None

    # -- from the new line: binance.net.interfaces.Listener -------------------------------------------------

    def urgency(self, line: Line) -> Urgency:
        is_planned = self._why is not None and self._moves.current is self
        return Urgency.MOVE if is_planned else self._mover.urgency(line)

    def connecting(self, line: Line, attempt: int) -> None:
        if self._why is None:  # else it does not concern what the user gets
            self._mover.connecting(line, attempt)
        self.begun = set(self._mover.not_begun(self._mover.wanted))

    def opened(self, line: Line, attempt: int) -> None:
        if self._why is None:
            self._promote()
            self._mover.opened(line, attempt)
            return
        self._is_open = True
        self._handover.opened(self._clock.seconds(), self.begun)
        for name in self.ahead:
            self._handover.removed(name)
        self._check()

    def asked(self, line: Line, names: Collection[str]) -> None:
        self.ahead.update(self._mover.not_begun(names))
        self._mover.expect(names)

    def changed(self, line: Line) -> None:
        self._mover.changed(line)

    def rejected(self, line: Line, name: str, code: int | None, message: str) -> None:
        self._mover.rejected(line, name, code, message)

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        payloads, messages, ends = self._mover.sift(payloads, messages, at)
        if ends and self._why != ANNOUNCED and not self.ahead:
            self._moves.begin_again(self._why)
            return
        self._is_announced = self._is_announced or ends
        if self.ahead:
            (payloads, messages), ahead = self._apart(payloads, messages)
            if any(ahead):
                self._mover.take(line, *ahead)
        if self._is_open:
            self._handover.hold(payloads, messages, self._clock.seconds())
            self._check()

    def suspended(self, line: Line, reason: str) -> None:
        self._mover.line_report.log(INFO, "no new connection yet: %s", reason)
        self.end()

    def resumed(self, line: Line) -> None:
        self.opened(line, 0)

    def superseded(self, line: Line) -> None:
        self._moves.begin_again(self._why)

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        self._again_at = self._clock.seconds() + delay_s

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        if self._why is None:
            self._promote()
            self._mover.lost(line, ending, retry)
            return
        self._mover.line_report.log(INFO, "no new connection yet: %s", ending.reason)
        self.end()
        self._mover.changed(line)

    def refused(self, line: Line, reason: str, said: str) -> None:
        self._moves.abandon()  # the old connection is the last one

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        self._mover.limited(line, what, budget, seconds)

    def ended(self, line: Line, ending: Ending) -> None:
        self._mover.ended(line, ending)
        self._moves.begin_again(self._why)  # nobody wanted that

    # -- within ---------------------------------------------------------------------------------------------

    def _apart(self, payloads: list[bytes], messages: list[Any]) -> tuple[Batch, Batch]:
        """Messages of streams that come on both lines, and of those that come on the new one already."""
        both: Batch = ([], [])
        ahead: Batch = ([], [])
        for payload, message in zip(payloads, messages, strict=True):
            batch = ahead if self._mover.sequence.stream_of(message) in self.ahead else both
            batch[0].append(payload)
            batch[1].append(message)
        return both, ahead

    def _check(self) -> None:
        """Switch if it is time to; else look again when it may be."""
        now = self._clock.seconds()
        if self._handover.ready(now):
            self._switch()
            return
        if self._handover.full(now):
            self._mover.line_report.log(
                WARNING, "switching to the new connection, though the old one has not caught up with it"
            )
            self._switch()
            return
        deadline = self._handover.deadline()
        at = self._check_timer.at
        if deadline is not None and (at is None or deadline < at):
            self._check_timer.set(deadline - now, self._check)

    def _switch(self) -> None:
        mover, now = self._mover, self._clock.seconds()
        repeats, verdicts = self._handover.repeats(), self._handover.release(now)
        is_announced = self._is_announced
        self._adopted(repeats)
        mover.moved(verdicts)
        if is_announced and not mover.stopped:
            self._moves.announced()
        if not mover.stopped:
            seconds = now - self._began_at
            mover.line_report.log(INFO, "moved to a new connection in %.1f s", seconds)
            mover.line_report.event("rotated", why=self._why, seconds=seconds)

    def _promote(self) -> None:
        """The new line serves from now on, open or not; nothing is held."""
        self._adopted(self._handover.repeats())

    def _adopted(self, repeats: Repeats) -> None:
        self._moves.current = None
        self.ahead = set()  # all of it comes on the new line now
        self.end()
        self.line.set_patient(False)
        self._mover.adopt(self.line, repeats)
