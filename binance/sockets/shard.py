"""Streams that one connection carries at a time: the line that serves, and the order of its messages.

A shard listens to one line, the one that serves. A line that takes its place is opened, and listened to, by a
move (:mod:`binance.sockets.moves`), which hands it over; the line that is left reports to nobody but for its
end. So whatever reaches a shard is about the line that serves.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from binance.net.interfaces import NOT_OPEN, Arrival, Ending, Line, Listener, Opener, Options
from binance.order.quiet_streams import Watched
from binance.order.repeats import Repeats
from binance.order.sequence import Sequence, Verdict
from binance.sockets.counts import Counts
from binance.sockets.in_order import InOrder
from binance.sockets.intake import Handled, Intake
from binance.sockets.moves import Moves
from binance.sockets.quiet import QuietWatch
from binance.sockets.report import INFO, WARNING, Report
from binance.wire.budgets import Urgency


class Owner(Protocol):
    """Whose streams these are: a subscription.

    :ivar stopped: nothing more is to be delivered; set from any thread.
    """

    stopped: bool
    counts: Counts
    report: Report

    def deliver(self, messages: list[Any]) -> None:
        """Hand messages to the user."""

    def serving(self, line: Line) -> None:
        """This line serves from now on."""

    def outage(self, attempts: int, reason: str, final: bool) -> None:
        """See :meth:`binance.net.interfaces.Listener.outage`."""

    def refused(self, reason: str, said: str) -> None:
        """See :meth:`binance.net.interfaces.Listener.refused`."""

    def shard_ended(self, shard: Shard, ending: Ending) -> None:
        """It was stopped, and has no line any more."""


class Shard(Listener):
    """A set of streams, and the line that serves it.

    :param opener: makes lines.
    :param sequence: the order of the messages.
    :param watched: see :class:`~binance.sockets.quiet.QuietWatch`.

    :ivar line: the line that serves.
    """

    def __init__(
        self,
        owner: Owner,
        opener: Opener,
        options: Options,
        sequence: Sequence,
        watched: Mapping[str, Watched],
    ) -> None:
        self.options = options
        self.report = owner.report
        self.sequence = sequence
        self._owner = owner
        self._opener = opener
        self._intake = Intake(options.codec, owner.counts, owner.report)
        self._in_order = InOrder(sequence, self._intake, owner, owner.report, options.clock)
        self._moves = Moves(self)
        self._quiet = QuietWatch(
            watched, sequence.heard, self._moves.silent, options.clock, owner.report, options.timings
        )
        self._left = _Left(self)
        self._in_outage = False
        self._was_open = False
        self._reason = ""  # of the last failure
        self._is_stopped = False
        self._lines: list[Line] = []  # not ended: the serving one, a new one, and those being left
        line = self.another_line(self)
        assert line is not None
        self.line = line

    # -- from the subscription ------------------------------------------------------------------------------

    def connect(self) -> None:
        """Connect the line."""
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

    def leave(self, line: Line) -> None:
        line.listener = self._left
        line.stop()

    def adopt(self, line: Line, repeats: Repeats) -> None:
        old, self.line = self.line, line
        line.listener = self
        self._in_order.repeats = repeats
        self._owner.serving(line)
        self.leave(old)

    def urgency(self, line: Line) -> Urgency:
        return Urgency.RECONNECT if self._was_open else Urgency.FIRST

    def moved(self, verdicts: Iterable[Verdict]) -> None:
        self.line.useful = True
        self._owner.counts.moved(time.time())
        self._moves.plan()
        self._quiet.moved()
        self._in_order.settle(verdicts)

    def ended(self, line: Line, ending: Ending) -> None:
        self._lines.remove(line)
        if not self._is_stopped:
            self._moves.now_possible()
        elif not self._lines:
            self._owner.shard_ended(self, ending)

    # -- from the line that serves: binance.net.interfaces.Listener -----------------------------------------

    def connecting(self, line: Line, attempt: int) -> None:
        self._owner.serving(self.line)  # by now it has a factory
        self.report.event("connecting", url=line.shown_url, attempt=attempt)

    def opened(self, line: Line, attempt: int) -> None:
        self.report.log(INFO, "recovered" if self._in_outage else "opened")
        self._in_outage, self._was_open = False, True
        self._owner.counts.opened(time.time())
        self._quiet.begin()
        self._moves.plan()
        self.report.event("connected", url=line.shown_url, attempt=attempt)

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        owner = self._owner
        if owner.stopped:
            return
        self._intake.came(messages, at)
        before, move = owner.counts.messages, self._moves.current
        notes = None if move is None else move.notes(payloads, messages)
        ends = self._in_order.take(payloads, messages)
        if owner.counts.messages > before:
            line.useful = True
        if ends:
            self.report.log(INFO, "the exchange announces that it will end this connection")
            self._moves.announced()
        if move is not None and notes is not None and self._moves.current is move:
            move.old_delivered(notes)

    # suspended: who authorises the line reports and repairs that

    def resumed(self, line: Line) -> None:
        self._moves.now_possible()

    def superseded(self, line: Line) -> None:
        self._moves.replace()

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        retry = retry or self._moves.current is not None  # the new line goes on trying
        if self._moves.covers_loss():
            return
        self._quiet.end()
        if not self._in_outage:  # a warning an outage, not one an attempt
            what = "not connected" if ending.code is None else "lost"
            if ending.clean:
                what += f": closed by the exchange with code {ending.code}"
            then = "; connecting again" if retry else ""
            self.report.log(WARNING, f"{what}: %s{then}", ending.reason)
        self._in_outage = True
        self._reason = ending.reason
        self._owner.counts.lost()
        self.sequence.interrupted()
        code, clean = ending.code, ending.clean
        self.report.event("disconnected", code=code, reason=ending.reason, clean=clean, retry=retry)

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        level = WARNING if delay_s > self.options.timings.long_wait_s else INFO
        self.report.log(level, "retry %d in %.1f s: %s", attempt, delay_s, self._reason)
        self.report.event("retrying", attempt=attempt, delay_s=delay_s)

    def outage(self, line: Line, attempts: int, reason: str, final: bool) -> None:
        self._owner.outage(attempts, reason, final)

    def refused(self, line: Line, reason: str, said: str) -> None:
        if self._owner.counts.connected_since is not None:  # and we close it: what follows is no outage
            self._owner.counts.lost()
            self.report.event("disconnected", code=1000, reason=reason, clean=True, retry=False)
        self._owner.refused(reason, said)

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        shown = {"dial": "connection attempt"}.get(what, what)
        self.report.log(INFO, "a %s waits %.1f s: %s", shown, seconds, budget)
        self.report.event("limited", what=what, budget=budget, seconds=seconds)


class _Left(Listener):
    """Listens to the lines that a shard has left; only their end is of interest."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    def ended(self, line: Line, ending: Ending) -> None:
        self._shard.ended(line, ending)
