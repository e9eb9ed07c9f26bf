"""The order of a subscription's messages: the next one, duplicates, restarts and gaps. Pure.

Every message is looked at. Nearly all are simply the next ones, and :meth:`Sequence.in_order` passes many of
those at once; :meth:`Sequence.judge` says what to do with one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import length_hint
from typing import Any

from binance.order.candles import Candles
from binance.venues.catalogue import Kind, Stream
from binance.wire.timings import TIMINGS, Timings

#: Neither equal to anything nor less: after this nothing is plainly the next.
_UNKNOWN = float("nan")
#: The number of no connection.
_NO_LINE = -1
#: Removed streams that are remembered, the latest. Their last messages come within seconds.
REMOVED_KEPT = 10_000


@dataclass(frozen=True)
class Deliver:
    """A message is for the user, now."""

    message: Any


@dataclass(frozen=True)
class Gap:
    """Ids that the exchange gave out did not come.

    :ivar first: the first missing id.
    :ivar last: the last one.
    :ivar cause: ``"skipped"``, on one connection, or ``"reconnect"``, between two.
    """

    stream: str
    first: int
    last: int
    cause: str

    @property
    def count(self) -> int | None:
        """How many are missing; None: not known."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class ChainGap(Gap):
    """Messages of a chain never came; each names the last id of the one before it.

    :ivar first: the last id that came.
    :ivar last: the last id of the message that should have come before the next one.
    """

    @property
    def count(self) -> None:
        """How many are missing is not known: not every id between is one of this stream."""
        return None


@dataclass(frozen=True)
class CandleGap(Gap):
    """Closed candles never came, between two connections.

    :ivar first: when the first of them opened, in the unit of the messages.
    :ivar last: when the last one did.
    :ivar candles: how many there are; None: not known, for an interval without trades may have no candle.
    """

    candles: int | None

    @property
    def count(self) -> int | None:
        return self.candles


@dataclass(frozen=True)
class Reset:
    """The exchange restarted its ids.

    :ivar last: the last id before.
    :ivar first: the first id after; of a chain the last id of the message before the first one.
    :ivar symbol: the market, on a stream that carries many; else None.
    """

    stream: str
    symbol: str | None
    last: int
    first: int


Verdict = Deliver | Gap | Reset


@dataclass(frozen=True)
class _Held:
    message: Any
    first: int
    last: int
    line: int


class _Plain:
    """What is looked at with every message of a stream.

    It has a class of its own because slots of a base lie together, before all others: of a thousand streams,
    none of which is in the processor's nearest memory, each message touches one place less.
    """

    __slots__ = ("begin_id", "end_id", "next", "skips", "step")


class Track(_Plain):
    """The ids of one stream, or of one market of a stream that carries many.

    For other rooms: ``stream``, ``symbol``, ``spans``, ``skips`` and ``reached``.

    A message of a chain covers the ids behind the one that it names as the last before it, up to its own.

    :ivar next: what the next message begins with, if nothing is in doubt: what ``in_order`` goes by. Unknown
        until a first message has come, after an interruption, and while messages are held.
    :ivar last: the last id delivered, where ``next`` does not say it.
    :ivar begin_id: member that a message begins with: its first id, or of a chain the id before that one.
    :ivar end_id: member with the last id of a message; None: the only one is that in ``begin_id``.
    :ivar step: what lies between the last id of a message and what the next one begins with: 1, of a chain 0.
    :ivar skips: ids between two messages are not missing ones.
    :ivar line: the connection that sent it.
    :ivar again: the last id that this connection sent, below the last one delivered; what it sends next
        is, without any doubt, the same again: *again_left* messages at most.
    :ivar held: messages whose ids went back, until it is known why.
    :ivar held_since: since when they may be a new beginning.
    :ivar marks: what ``reached`` and the length of ``held`` were when :meth:`Sequence.heard` last looked.
    :ivar is_removed: nothing of it is for the user any more.
    """

    __slots__ = (
        "again",
        "again_left",
        "held",
        "held_since",
        "is_removed",
        "last",
        "line",
        "marks",
        "stream",
        "symbol",
    )

    def __init__(self, stream: str, kind: Kind, symbol: str | None = None) -> None:
        assert kind.first_id is not None and kind.last_id is not None
        self.stream = stream
        self.symbol = symbol
        self.begin_id = kind.previous_id or kind.first_id
        self.end_id = kind.last_id if kind.last_id != self.begin_id else None
        self.step = 1 if kind.previous_id is None else 0
        self.skips = not kind.contiguous
        self.next: int | float = _UNKNOWN
        self.last: int | None = None
        self.line = 0
        self.again: int | None = None
        self.again_left = 0
        self.held: list[_Held] = []
        self.held_since: float | None = None
        self.marks: tuple[int | None, int] = (None, 0)
        self.is_removed = False

    @property
    def spans(self) -> bool:
        """Whether a message may cover several ids."""
        return self.end_id is not None

    @property
    def reached(self) -> int | None:
        """The last id delivered, or reported missing; None before the first."""
        return self.next - self.step if isinstance(self.next, int) else self.last

    def gap(self, reached: int, last: int, cause: str) -> Gap:
        """What is missing from behind *reached* to *last*, which is above it."""
        if self.step == 0:
            return ChainGap(self.stream, reached, last, cause)
        return Gap(self.stream, reached + 1, last, cause)

    def doubt(self) -> None:
        """Let nothing pass unjudged."""
        if isinstance(self.next, int):
            self.last, self.next = self.next - self.step, _UNKNOWN


class Sequence:
    """Puts in order what the connections of one subscription send, one connection after another.

    :param streams: that it carries; empty: its messages are of no stream, and have no order.
    :param combined: messages are ``{"stream", "data"}``; else they are bare, and of the only stream.
    :param timings: when ids that went back are taken for a restart.
    :ivar duplicates: messages dropped, for they had been delivered before.
    :ivar gaps: how many times ids, or closed candles, were missing.
    :ivar missed: how many were; one, where their number is not known.
    :ivar resets: how many times the exchange restarted its ids.
    """

    def __init__(
        self, streams: tuple[Stream, ...] = (), combined: bool = False, timings: Timings = TIMINGS
    ) -> None:
        self.duplicates = 0
        self.gaps = 0
        self.missed = 0
        self.resets = 0
        self._combined = combined
        self._timings = timings
        self._name = streams[0].name if streams else ""
        self._line = 0
        self._heard: set[str] = set()  # see heard(); only streams without ids, and what was judged
        self._in_doubt: dict[Track, None] = {}  # with a time since which they hold messages
        self._many: dict[str, Kind] = {}  # streams that carry many markets
        self._markets: dict[tuple[str, str], Track] = {}  # of those
        self._tracks: dict[str, Track | None] = {}  # of all others; None if there are no ids to go by
        self._candles: dict[str, Candles] = {}  # of these, those of klines
        self._fresh: set[str] = set()  # without ids, of which nothing had come when heard() was last asked
        self._removed: dict[str, None] = {}  # the last of them, whose messages may still be on their way
        for stream in streams:
            self.add(stream)
        self._all_pass: Callable[[Iterator[Any]], bool] = self._combined_pass
        if not combined:
            only, kind = self._tracks.get(self._name), streams[0].kind if streams else None
            if only is not None:
                self._all_pass = partial(self._tracked_pass, only)
            elif self._name in self._candles:
                self._all_pass = partial(_klines_pass, kind, self._candles[self._name])
            else:
                self._all_pass = partial(self._events_pass, () if kind is None else kind.events)

    # -- which streams there are -----------------------------------------------------------------------------

    def knows(self, name: str) -> bool:
        """Whether messages of a stream are for the user."""
        return name in self._tracks or name in self._many

    def is_removed(self, name: str) -> bool:
        """Whether messages of a stream are dropped: it was removed, and not added again."""
        return name in self._removed

    def add(self, stream: Stream) -> None:
        """Messages of a stream may come from now on; nothing is missing before the first of them."""
        name, kind = stream.name, stream.kind
        self._removed.pop(name, None)
        if kind is not None and kind.by_symbol:
            self._many[name] = kind
        else:
            self._tracks[name] = None if kind is None or kind.first_id is None else Track(name, kind)
        if kind is not None and kind.candles is not None:
            self._candles[name] = Candles(by_ids=kind.candles == "ids")
        self._heard.discard(name)
        self._fresh.add(name)

    def has_begun(self, name: str) -> bool:
        """Whether a message of a stream has come since it was added."""
        tracks = self.tracks_of(name)
        if tracks:
            return any(track.reached is not None or track.held for track in tracks)
        candles = self._candles.get(name)
        has_come = name in self._heard or (candles is not None and candles.has_come)
        return has_come or name not in self._fresh

    def remove(self, name: str) -> None:
        """Messages of a stream are for nobody any more; those that still come are dropped."""
        for track in self.tracks_of(name):
            track.is_removed = True
            self._let_go(track)
        self._tracks.pop(name, None)
        self._candles.pop(name, None)
        if self._many.pop(name, None) is not None:
            self._markets = {key: track for key, track in self._markets.items() if key[0] != name}
        self._removed[name] = None
        if len(self._removed) > REMOVED_KEPT:
            del self._removed[next(iter(self._removed))]

    def interrupted(self, names: Iterable[str] | None = None) -> None:
        """The connection was lost; what comes next comes on another one.

        :param names: it was lost for these streams only; None: for all of them.
        """
        if names is None:
            self._line += 1
            self._in_doubt.clear()
            interrupted, candles = self.tracks(), list(self._candles.values())
        else:
            interrupted = [track for name in names for track in self.tracks_of(name)]
            candles = [self._candles[name] for name in names if name in self._candles]
        for track in interrupted:
            track.doubt()
            track.again = None
            track.held_since = None
            if names is not None:
                track.line = _NO_LINE
                self._in_doubt.pop(track, None)
        for one in candles:
            one.interrupted()

    # -- what comes ------------------------------------------------------------------------------------------

    def in_order(self, messages: list[Any], begin: int) -> int:
        """Take messages, as long as each is plainly the next of its stream.

        :param begin: index of the first to look at.
        :returns: index of the first that is not, and has to be judged.
        """
        rest = iter(messages[begin:] if begin else messages)
        try:
            if self._all_pass(rest):
                return len(messages)
        except (LookupError, TypeError):
            pass  # no such stream or member, or nothing that can be compared: not plainly the next
        return len(messages) - length_hint(rest) - 1

    def judge(self, message: Any, now: float) -> Iterator[Verdict]:
        """What to do about one message that ``in_order`` did not take.

        :param message: for the user, not for the client itself; without ids, or with ids that are not
            numbers, it is delivered and not counted.
        :param now: seconds of any clock.
        """
        if self._removed and self.is_removed(self.stream_of(message)):
            return
        ids = self.ids_of(message)
        if ids is None:
            if self._candles:
                yield from self._missing_candles(message)
            yield Deliver(message)
        else:
            track, first, last = ids
            yield from self._judge(track, _Held(message, first, last, self._line), now)

    def deadline(self) -> float | None:
        """When :meth:`expire` has something to do, by the clock of ``judge``; None: nothing is held so."""
        since = min((track.held_since or 0.0 for track in self._in_doubt), default=None)
        return None if since is None else since + self._timings.reset_s

    def expire(self, now: float) -> Iterator[Verdict]:
        """Decide about messages that have been held for too long."""
        for track in list(self._in_doubt):
            if track.held_since is not None and now >= track.held_since + self._timings.reset_s:
                yield from self._reset(track, now)

    def heard(self) -> set[str]:
        """The streams that have sent something since the last call.

        Of a stream with ids nothing is kept for this while its messages pass: its ids have moved on.
        """
        heard, self._heard = self._heard, set()
        for name, candles in self._candles.items():
            if candles.has_come:
                candles.has_come = False
                heard.add(name)
        for name, track in self._tracks.items():
            if track is not None:
                marks = (track.reached, len(track.held))  # which an interruption does not change
                if marks != track.marks:
                    track.marks = marks
                    heard.add(name)
        self._fresh -= heard
        return heard

    # -- for a handover: what there is, and where it stands --------------------------------------------------

    @property
    def carries_markets(self) -> bool:
        """Whether there is a stream of many markets; which ones, only its messages show."""
        return bool(self._many)

    def tracks(self) -> list[Track]:
        """Of every stream that has ids, and every market known so far."""
        return [track for track in [*self._tracks.values(), *self._markets.values()] if track is not None]

    def tracks_of(self, name: str) -> list[Track]:
        """Of one stream: one, or every market known so far; empty if it has no ids, or is not known."""
        if name in self._many:
            return [track for (stream, _), track in self._markets.items() if stream == name]
        track = self._tracks.get(name)
        return [] if track is None else [track]

    def without_ids(self) -> list[str]:
        """The streams without ids: what :meth:`stream_of` says of their messages."""
        if not self._tracks and not self._many:
            return [""]  # of no stream that was named
        return [name for name, track in self._tracks.items() if track is None]

    def stream_of(self, message: Any) -> str:
        """The stream of anything that was decoded; "" if it names no stream."""
        if not self._combined:
            return self._name
        stream = message.get("stream") if isinstance(message, dict) else None
        return stream if isinstance(stream, str) else ""

    def ids_of(self, message: Any) -> tuple[Track, int, int] | None:
        """The first and the last id of anything that was decoded; None if it has no ids."""
        track, data = self._track_of(message)
        if track is not None:
            begin = data.get(track.begin_id)
            last = begin if track.end_id is None else data.get(track.end_id)
            if type(begin) is int and type(last) is int and begin < last + track.step:
                return track, begin + 1 - track.step, last
        return None

    def comes_again(self, track: Track, last: int, most: int) -> None:
        """The connection that serves from now on has sent *last*, and goes on from there.

        Ids from there to the last one delivered are certainly the same again: they are dropped, not counted
        as duplicates, and never taken for a new beginning, however long it takes.

        :param most: messages delivered that it has not sent: if more come, the last id
            delivered was not one that the exchange goes on from.
        """
        track.again, track.again_left = last, most

    # -- many at once: whether all pass; if not, the iterator has come behind the first that does not --------

    def _combined_pass(self, rest: Iterator[Any]) -> bool:
        tracks, candles, heard = self._tracks, self._candles, self._heard
        for message in rest:
            track = tracks[message["stream"]]
            if track is not None:
                data = message["data"]
                begin = data[track.begin_id]
                if begin != track.next and not (track.skips and begin > track.next):
                    return False
                if type(begin) is not int:
                    return False
                end_id = track.end_id
                if end_id is not None:
                    last = data[end_id]
                    following = last + track.step
                    if type(last) is not int or following <= begin:
                        return False
                    track.next = following
                else:
                    track.next = begin + 1
            elif (stream := message["stream"]) not in candles:
                heard.add(stream)
            elif not candles[stream].goes_on(message["data"]["k"]):
                return False
        return True

    def _tracked_pass(self, track: Track, rest: Iterator[Any]) -> bool:
        begin_id, end_id, step, skips = track.begin_id, track.end_id, track.step, track.skips
        for message in rest:
            begin = message[begin_id]
            if begin != track.next and not (skips and begin > track.next):
                return False
            if type(begin) is not int:
                return False
            if end_id is not None:
                last = message[end_id]
                following = last + step
                if type(last) is not int or following <= begin:
                    return False
                track.next = following
            else:
                track.next = begin + 1
        return True

    def _events_pass(self, events: tuple[str, ...], rest: Iterator[Any]) -> bool:
        if events:  # else each of them will be judged
            self._heard.add(self._name)
        return all(message["e"] in events for message in rest)

    # -- one that is not plainly next -----------------------------------------------------------------------

    def _track_of(self, message: Any) -> tuple[Track | None, dict[str, Any]]:
        stream, data = self._name, message
        if self._combined:
            stream = self.stream_of(message)
            data = message.get("data") if stream else None
        many = self._many.get(stream)
        if many is not None or stream in self._tracks:
            self._heard.add(stream)
        if not isinstance(data, dict):
            return None, {}
        if many is None:
            return self._tracks.get(stream), data
        symbol = data.get("s")
        if not isinstance(symbol, str):
            return None, {}
        track = self._markets.get((stream, symbol))
        if track is None:
            track = self._markets[stream, symbol] = Track(stream, many, symbol)
        return track, data

    def _judge(self, track: Track, one: _Held, now: float) -> Iterator[Verdict]:
        if track.is_removed:
            return  # since some were delivered that had been held with it
        track.doubt()
        before = track.last
        if before is not None and one.last < before:
            if track.again is not None and one.last > track.again and track.again_left:
                track.again = one.last
                track.again_left -= 1
            else:
                yield from self._hold(track, one, now)
            return
        overlap, track.again = track.again is not None, None
        self.duplicates += len(track.held)  # what is known has been reached, so they were known, too
        self._let_go(track)
        cause = "skipped" if one.line == track.line else "reconnect"
        track.line = one.line
        if one.last == before:
            self.duplicates += not overlap
            track.next = one.last + track.step
            return
        if before is not None and one.first > before + 1 and not track.skips:
            gap = track.gap(before, one.first - 1, cause)
            self.gaps += 1
            self.missed += gap.count or 1
            track.last = one.first - 1
            yield gap
        track.next = one.last + track.step
        yield Deliver(one.message)

    def _missing_candles(self, message: Any) -> Iterator[Gap]:
        stream = self.stream_of(message)
        candles = self._candles.get(stream)
        if candles is None:
            return
        data = message.get("data") if self._combined else message
        kline = data.get("k") if isinstance(data, dict) else None
        missing = candles.judge(kline) if isinstance(kline, dict) else None
        if missing is not None:
            self.gaps += 1
            self.missed += missing.count or 1
            yield CandleGap(stream, missing.first, missing.last, "reconnect", missing.count)

    def _hold(self, track: Track, one: _Held, now: float) -> Iterator[Verdict]:
        # on the same connection one that is late is disorder; one that goes on from it is a new beginning
        goes_on = bool(track.held) and one.last > track.held[-1].last
        track.held.append(one)
        track.again = None
        if track.held_since is None and (goes_on or one.line != track.line):
            track.held_since = now
            self._in_doubt[track] = None
        if len(track.held) >= self._timings.reset_messages:
            yield from self._reset(track, now)

    def _reset(self, track: Track, now: float) -> Iterator[Verdict]:
        held, before = track.held, track.last
        assert before is not None
        self._let_go(track)
        self.resets += 1
        track.last = None
        yield Reset(track.stream, track.symbol, before, held[0].first - 1 + track.step)
        for one in held:
            yield from self._judge(track, one, now)

    def _let_go(self, track: Track) -> None:
        track.held = []
        track.held_since = None
        self._in_doubt.pop(track, None)


def _klines_pass(kind: Kind | None, candles: Candles, rest: Iterator[Any]) -> bool:
    assert kind is not None
    event, goes_on = kind.event, candles.goes_on
    return all(message["e"] == event and goes_on(message["k"]) for message in rest)
