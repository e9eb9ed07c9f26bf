"""Moving a subscription to a new connection before the old one ends: when, and how it goes.

The exchange ends every connection after 24 hours, and announces other ends. The new connection is opened
first; what both bring is put in order by :mod:`binance.order.handover`; then the old one is left.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any, Protocol

from binance.net.protocol import Ending, Line
from binance.order.handover import Handover
from binance.order.sequence import Sequence, Verdict

log = logging.getLogger(__name__)

#: A connection is left up to this part of its life early, at random, so that sockets do not move together.
SPREAD = 0.04
#: So long after a new connection was of no use another one is tried.
RETRY_S = 5.0


class Owner(Protocol):
    """Whose connections these are: a subscription.

    :ivar factory: the line that serves it.
    """

    conn_key: str
    factory: Line | None
    stopped: bool
    sequence: Sequence

    def may_move(self) -> bool:
        """Whether a new connection would bring anything."""

    def another_line(self) -> Line:
        """A line like the one that serves now, not dialled yet."""

    def lines(self) -> int:
        """How many there are, those that are being closed included."""

    def moved(self, line: Line, verdicts: Iterator[Verdict]) -> None:
        """Leave the old line, deliver what was held, and go on with the new one."""

    def promoted(self, line: Line) -> None:
        """The old line is gone, and the new one, which is not open, serves from now on."""

    def tell(self, kind: str, **info: Any) -> None: ...


class Rotation:
    """The moves of one subscription, one at a time; in the reactor's thread.

    :param clock: the reactor, or the clock that its connections go by.
    :param lifetime_s: seconds after which a connection is left; None: not for its age.
    :param wait_s: see :class:`~binance.order.handover.Handover`.

    :ivar line: the new line, while there is a move; what it brings is held.
    """

    def __init__(self, owner: Owner, clock: Any, lifetime_s: float | None, wait_s: float) -> None:
        self.line: Line | None = None
        self._owner = owner
        self._clock = clock
        self._lifetime_s = lifetime_s
        self._handover = Handover(owner.sequence, wait_s)
        self._is_open = False  # the new line
        self._why = ""
        self._began_at = 0.0
        self._timer: Any = None  # for the next move to begin
        self._check_timer: Any = None

    # -- the old line -------------------------------------------------------------------------------------

    def plan(self, line: Line) -> None:
        """*line* serves and is open: leave it before it is too old."""
        self._no_timer()
        if self._lifetime_s is not None and line.opened_at is not None:
            age_s = self._now() - line.opened_at
            left_s = self._lifetime_s * random.uniform(1 - SPREAD, 1) - age_s
            self._timer = self._clock.callLater(max(left_s, 0.0), self._due, "lifetime")

    def begin(self, why: str) -> None:
        """Move now, unless a move is under way.

        :param why: ``"lifetime"`` or ``"serverShutdown"``.
        """
        owner, old = self._owner, self._owner.factory
        if owner.stopped or self.line is not None or old is None or not old.is_open():
            return
        if not owner.may_move():
            return  # then the end of the old connection is the end of it
        self._no_timer()
        if owner.lines() > 1:  # one of the move before is closing: two are enough
            self._begin_later(0.2, why)
            return
        opened_at = self._now() if old.opened_at is None else old.opened_at
        self._why, self._began_at = why, self._now()
        log.info("%s: moving to a new connection: %s", owner.conn_key, why)
        line = self.line = owner.another_line()
        line.patient(True)
        owner.tell("rotating", why=why, seconds=self._now() - opened_at)
        if self.line is line:
            line.dial()

    def delivered(self, payloads: list[bytes], messages: list[Any]) -> None:
        """What the old line has just brought."""
        self._handover.delivered(payloads, messages, self._now())
        if self._is_open:
            self._check()

    def old_lost(self) -> bool:
        """The old line is gone; whether the new one, being open, has taken its place at once.

        If there is a new one that is not open, it is the one that serves from now on, and the outage is its.
        """
        line = self.line
        if line is None:
            self._no_timer()
            return False
        if self._is_open:
            self._switch()
            return True
        self.line = None
        line.patient(False)
        self._owner.promoted(line)
        return False

    # -- the new line -------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The new line is open."""
        self._is_open = True
        self._handover.opened(self._now())
        self._check()

    def held(self, payloads: list[bytes], messages: list[Any]) -> None:
        """What the new line has brought."""
        if self._is_open:
            self._handover.hold(payloads, messages, self._now())
            self._check()

    def lost(self, ending: Ending) -> None:
        """The new line is gone, or could not be opened; it dials again, and the old one goes on."""
        log.info("%s: no new connection yet: %s", self._owner.conn_key, ending.reason)
        self._forget()

    def abandon(self) -> None:
        """The new line, if there is one, is of no use."""
        line, self.line = self.line, None
        self._forget()
        if line is not None:
            line.stop()

    def try_another(self) -> None:
        """The new line is of no use, or has ended for good; another one may be, a little later."""
        line = self.line
        self.abandon()
        if line is not None:
            self._begin_later(RETRY_S, self._why)

    def stop(self) -> None:
        """End all timers; the lines are the owner's to stop."""
        self.line = None
        self._no_timer()
        self._forget()

    # -- within -------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return float(self._clock.seconds())

    def _due(self, why: str) -> None:
        self._timer = None
        self.begin(why)

    def _begin_later(self, delay_s: float, why: str) -> None:
        self._no_timer()
        self._timer = self._clock.callLater(delay_s, self._due, why)

    def _check(self) -> None:
        """Switch if it is time to; else look again when it may be."""
        now = self._now()
        if self._handover.ready(now):
            self._switch()
            return
        if self._handover.full(now):
            log.warning("%s: the old connection has not caught up with the new one", self._owner.conn_key)
            self._switch()
            return
        deadline = self._handover.deadline()
        if deadline is not None and not (self._check_timer and self._check_timer.getTime() <= deadline):
            self._no_check()
            self._check_timer = self._clock.callLater(max(deadline - now, 0.0), self._check_due)

    def _check_due(self) -> None:
        self._check_timer = None
        self._check()

    def _switch(self) -> None:
        line, self.line = self.line, None
        assert line is not None
        verdicts = self._handover.release(self._now())
        self._forget()
        line.patient(False)
        owner, why, seconds = self._owner, self._why, self._now() - self._began_at
        owner.moved(line, verdicts)
        log.info("%s: moved to a new connection in %.1f s", owner.conn_key, seconds)
        if not owner.stopped:
            owner.tell("rotated", why=why, seconds=seconds)

    def _forget(self) -> None:
        self._is_open = False
        self._handover.lost()
        self._no_check()

    def _no_check(self) -> None:
        if self._check_timer is not None:
            self._check_timer.cancel()
            self._check_timer = None

    def _no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
