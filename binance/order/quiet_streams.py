"""Silent streams of an open connection, and when to replace the connection for them. Pure.

A silent stream has one of three causes, and silence does not say which:

- The name is misspelt or retired: the exchange accepts any name. Such a stream has never sent a message, and
  no other connection would change that.
- The exchange no longer serves the stream on this connection. A new one restores it; at once, if the
  stream pushes periodically.
- Nothing happens on its market. A new connection changes nothing.

So a stream that has sent messages and falls silent is a reason to move, once until it is heard again. The
third cause must not move a thousand illiquid streams again and again:

- A stream has a *patience*: the seconds of silence, on one connection, before it is a reason to move.
  At first that is the time after which it counts as silent.
- A pause that ended by itself, or long after a move, was the market's. The patience becomes twice that pause,
  at most a day, if it was less. So each useless move at least doubles it, and most streams show
  their pauses before any move. A pause that a move ended at once leaves the patience as it is. "At once" is
  during the move, or within a fifth of the stream's seconds after it.
- One move is for all streams that are due, and two are a pace apart: a minute, and twice as long after each
  move in a row that did not restore at least half of its streams at once, up to ten minutes.
- Any new connection counts as the move of the streams that are silent when it takes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from binance.wire.timings import TIMINGS, Timings

#: A check counts as on time although its clock, rounded, shows a moment less.
_ROUNDING_S = 1e-3
#: A silence is found at most this part of the shortest time late; no check is sooner than *_SELDOM_S* after
#: the one before, unless that time is shorter.
_LATE = 1 / 5
_SELDOM_S = 1.0


@dataclass(frozen=True, slots=True)
class Watched:
    """How a stream is watched.

    :ivar after_s: seconds without a message after which it is silent.
    :ivar moves: if it was heard before, it is a reason to move to a new connection.
    """

    after_s: float
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """A stream has fallen silent.

    :ivar seconds: without a message so far.
    :ivar was_heard: it has sent messages before.
    :ivar is_usual: its market has been quiet for more than half as long before.
    """

    seconds: float
    was_heard: bool
    is_usual: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found.

    :ivar silent: what is to be reported, by stream.
    :ivar moving: the streams for which to move to a new connection now; empty: do not move.
    """

    silent: dict[str, Silence]
    moving: list[str]


class _Stream:
    """One of them; see the head of this module.

    :ivar since: when it was last seen to have been heard, or from when on it could be.
    :ivar is_silent: it is, and that was reported.
    :ivar is_moved: the connection was replaced since then, or is being replaced.
    """

    __slots__ = ("after_s", "is_moved", "is_silent", "moves", "patience_s", "since", "was_heard")

    def __init__(self, watched: Watched, now: float) -> None:
        self.after_s = self.patience_s = watched.after_s
        self.moves = watched.moves
        self.since = now
        self.was_heard = False
        self.is_silent = self.is_moved = False


class QuietStreams:
    """How long each stream has been silent.

    A silence is reported once, and causes one move at most, until the stream is heard again.

    :param watched: how each stream is watched, by name; more may be added.
    :param timings: ``move_silent_s``, ``move_silent_longest_s`` and ``silent_longest_s``.
    """

    def __init__(self, watched: Mapping[str, Watched] | None = None, timings: Timings = TIMINGS) -> None:
        self._timings = timings
        self._streams: dict[str, _Stream] = {}
        self._every_s: float | None = None  # None: not known
        self._began_at = float("-inf")  # the last move for silent streams
        self._moved_for: set[str] = set()  # these
        self._brought_back = 0  # how many of them it did
        self._useless = 0  # moves in a row before that one
        self._new_at = float("-inf")  # the connection in use
        self._heard_at = float("-inf")  # when hear() was last called
        self.add(watched or {}, 0.0)

    @property
    def every_s(self) -> float | None:
        """Seconds between two checks; None: nothing is watched."""
        if self._every_s is None and self._streams:
            least_s = min(one.after_s for one in self._streams.values())
            self._every_s = max(least_s * _LATE, min(least_s, _SELDOM_S))
        return self._every_s

    def add(self, watched: Mapping[str, Watched], now: float) -> None:
        """Watch more streams, from now on; those that are watched already are left as they are.

        :param now: seconds, by the clock of :meth:`begin`.
        """
        for name, how in watched.items():
            if name not in self._streams:
                self._streams[name] = _Stream(how, now)
        self._every_s = None

    def remove(self, names: Iterable[str]) -> None:
        """Forget streams; those that are not watched are ignored."""
        for name in names:
            self._streams.pop(name, None)
        self._every_s = None

    def begin(self, now: float) -> None:
        """A connection is open: from now on its streams may be heard.

        :param now: seconds of any clock.
        """
        self.moved(now)
        for one in self._streams.values():
            one.since = now

    def moved(self, now: float) -> None:
        """Another connection has taken over, while the one before it was open."""
        self._new_at = now
        for one in self._streams.values():
            one.is_moved = one.is_silent

    def held_up(self, now: float) -> None:
        """Nothing was read for a while: what is not known to be silent has its whole time again."""
        for one in self._streams.values():
            if not one.is_silent:
                one.since = now

    def hear(self, heard: Iterable[str], now: float) -> None:
        """These streams have sent something since the last call."""
        for name in heard:
            one = self._streams.get(name)
            if one is None:
                continue
            pause_s = self._heard_at - one.since
            if self._is_brought_back(one, now):
                self._brought_back += name in self._moved_for
            elif pause_s > 0:
                one.patience_s = max(one.patience_s, min(2 * pause_s, self._timings.silent_longest_s))
            one.since, one.was_heard = now, True
            one.is_silent = one.is_moved = False
        self._heard_at = now

    def check(self, heard: Set[str], now: float) -> Found:
        """What is to be done about the streams that are silent.

        :param heard: what has sent something since the last check, or since the beginning.
        :param now: seconds, by the clock of :meth:`begin`.
        """
        self.hear(heard, now)
        silent, due, at = {}, [], now + _ROUNDING_S
        for name, one in self._streams.items():
            if at - one.since < one.after_s:
                continue
            seconds = now - one.since
            if not one.is_silent:
                one.is_silent = True
                silent[name] = Silence(seconds, one.was_heard, seconds < one.patience_s - _ROUNDING_S)
            may_move = one.moves and one.was_heard and not one.is_moved
            if may_move and at - max(one.since, self._new_at) >= one.patience_s:
                due.append(name)
        if not due or not self._may_move(at):
            return Found(silent, [])
        self._began_at, self._moved_for, self._brought_back = now, set(due), 0
        for name in due:
            self._streams[name].is_moved = True
        return Found(silent, due)

    def _may_move(self, at: float) -> bool:
        """Whether the last move for silent streams is long enough ago; if so, there is another one."""
        timings, is_useless = self._timings, 2 * self._brought_back < len(self._moved_for)
        useless = self._useless + 1 if is_useless else 0
        pace_s = min(timings.move_silent_s * 2 ** min(useless, 10), timings.move_silent_longest_s)
        if at - self._began_at < pace_s:
            return False
        self._useless = useless
        return True

    def _is_brought_back(self, one: _Stream, now: float) -> bool:
        """Whether a stream that is heard at *now* was silent until a move restored it at once."""
        if not one.is_moved:
            return False
        is_under_way = self._new_at < self._began_at
        return is_under_way or now - self._new_at <= one.after_s * _LATE + _ROUNDING_S
