"""From one connection to another of the same streams, with no message lost and none doubled. Pure.

The old connection stays the only source until the new one has been seen to continue it. What the new one
brings is held meanwhile, and leaves again when the old one has delivered it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from binance.order.sequence import Sequence, Track, Verdict
from binance.wire.timings import TIMINGS, Timings

ALREADY, NEVER = float("-inf"), float("inf")


class Handover:
    """One switch from an old connection to a new one of the same streams.

    It is told of the new connection (:meth:`opened`), and of what comes (:meth:`hold`, :meth:`delivered`).
    After each of these, and at the :meth:`deadline`, it is asked whether it is :meth:`ready` or :meth:`full`.
    If so, or if the old connection has ended by itself, the old one is left, and :meth:`release` says what is
    to be delivered; from then on the new one is the connection.

    Nothing is ready before the new connection is seen to continue the old one, stream by stream:

    - with ids: the last one delivered has reached the first one that the new connection brought;
    - with ids that have no holes: the one before that is enough, but what is held has to begin right behind
      the last one delivered. If it does not for *wait_s*, the switch is made there with a gap: an event of
      diff depth that covers ids before and behind the seam is dropped;
    - without ids: both connections have brought the same text, or, for *wait_s*, nothing that was the same;
    - neither has brought anything for *wait_s*: there is nothing to continue.

    Ids that went back on the new connection are watched for as long, and then left to the sequence. A stream
    that goes on on one connection and says nothing on the other ends in :meth:`full`.

    :param sequence: of the subscription; it sees what the old connection delivers.
    :param wait_s: no message takes longer than this on its way.
    :param timings: how much may be held, and for how long.
    """

    def __init__(self, sequence: Sequence, wait_s: float, timings: Timings = TIMINGS) -> None:
        self._sequence = sequence
        self._wait_s = wait_s
        self._timings = timings
        self.lost()

    def lost(self) -> None:
        """There is no new connection, or it ended: what it had brought is forgotten."""
        self._before: deque[tuple[float, str, bytes]] = deque()  # texts that came while it was being opened
        self._opened_at: float | None = None
        self._continued_at: float | None = None  # when all streams first were
        self._arrivals = 0
        self._held: dict[int, _Held] = {}  # by arrival
        self._ids: dict[Track, _Ids] = {}
        self._texts: dict[str, _Texts] = {}  # of streams without ids, and of messages that lack theirs
        self._streams: list[_Ids | _Texts] = []  # those that have to be continued
        self._at = 0  # one of them, which was not when last asked
        self._not_before = NEVER

    def opened(self, now: float) -> None:
        """The new connection is open, from *now* on; if there was one before, that one was :meth:`lost`."""
        before = self._before
        self.lost()
        self._opened_at = self._not_before = now
        for track in self._sequence.tracks():
            self._of_track(track)
        for name in self._sequence.without_ids():
            self._streams.append(self._of_name(name))
        for _, name, text in before:
            self._of_name(name).precedes(text)

    def delivered(self, payloads: list[bytes], messages: list[Any], now: float) -> None:
        """The old connection has brought something, and the sequence has taken it.

        From when the new one is dialled: what is on its way on both while it opens comes on the old one
        before. Messages that have ids cost a look at these, no more.

        :param messages: what *payloads* were decoded to, whether it was for the user or not.
        """
        if self._opened_at is None:
            self._remember(payloads, messages, now)
            return
        ids_of, told = self._sequence.ids_of, set()
        for number, message in enumerate(messages):
            ids = ids_of(message)
            if ids is not None:
                told.add(ids[0])
            else:
                text = self._of_name(self._sequence.stream_of(message))
                text.delivered(_digest(payloads[number]), now)
        for track in told:
            self._of_track(track).delivered(now)

    def _remember(self, payloads: list[bytes], messages: list[Any], now: float) -> None:
        for payload, message in zip(payloads, messages, strict=True):
            if self._sequence.ids_of(message) is None:
                self._before.append((now, self._sequence.stream_of(message), _digest(payload)))
        while self._before and self._before[0][0] < now - self._wait_s:
            self._before.popleft()

    def hold(self, payloads: list[bytes], messages: list[Any], now: float) -> None:
        """The new connection has brought something, which is not to be delivered yet.

        :param messages: what *payloads* were decoded to; all of it is for the user.
        """
        for payload, message in zip(payloads, messages, strict=True):
            self._arrivals += 1
            ids = self._sequence.ids_of(message)
            if ids is None:
                text = self._of_name(self._sequence.stream_of(message))
                if text.brought(_digest(payload), self._arrivals, now):
                    self._held[self._arrivals] = message, None, 0, 0
            else:
                track, first, last = ids
                stream = self._of_track(track)
                if stream.brought(first, last, self._arrivals, now):
                    self._held[self._arrivals] = message, stream, first, last

    def ready(self, now: float) -> bool:
        """Whether the new connection continues the old one, on every stream: leave the old one now."""
        if self._opened_at is None:
            return False
        self._not_before = self._when(now)
        return now >= self._not_before

    def full(self, now: float) -> bool:
        """Whether there is no more room, or no more time: leave the old connection, ready or not."""
        if self._opened_at is None:
            return False
        return now >= self._opened_at + self._timings.held_s or self.size() >= self._timings.held

    def size(self) -> int:
        """How many messages are held, and digests of others."""
        return len(self._held) + sum(len(text.ahead) for text in self._texts.values())

    def deadline(self) -> float | None:
        """Until when :meth:`ready` and :meth:`full`, which have just said no, say so if nothing more comes.

        They may say no once more then, and there is another deadline. None: no new connection is open.
        """
        return (
            None if self._opened_at is None else min(self._not_before, self._opened_at + self._timings.held_s)
        )

    def release(self, now: float) -> Iterator[Verdict]:
        """What to do about the messages held; the old connection was left, or has ended.

        In the order in which they came. From here on the sequence is that of the new connection, on which
        everything else comes. What both connections brought does not count as duplicates: all went well.
        """
        held, streams = list(self._held.values()), list(self._ids.values())
        self.lost()
        self._sequence.interrupted()
        for stream in streams:
            stream.ends(self._sequence)
        return self._verdicts(held, now)

    def _verdicts(self, held: list[_Held], now: float) -> Iterator[Verdict]:
        for message, origin, first, last in held:
            if origin is None or not origin.lies_across(first, last):
                yield from self._sequence.judge(message, now)

    def _when(self, now: float) -> float:
        """When it is ready, or when to ask again; not after *now* if it is ready."""
        assert self._opened_at is not None
        if self._sequence.carries_markets and now < self._opened_at + self._wait_s:
            return self._opened_at + self._wait_s  # a message of a market not seen yet may be on its way
        for _ in self._streams:
            continued_at = self._streams[self._at].continued_at()
            if now < continued_at:
                return continued_at
            self._at = (self._at + 1) % len(self._streams)
        if self._continued_at is None:
            self._continued_at = now
        # what the new connection is about to bring again would, without ids, be delivered again
        if any(text.behind for text in self._texts.values()):
            return self._continued_at + self._wait_s
        return ALREADY

    def _of_track(self, track: Track) -> _Ids:
        stream = self._ids.get(track)
        if stream is None:
            assert self._opened_at is not None
            stream = self._ids[track] = _Ids(track, self._held, self._opened_at, self._wait_s)
            self._streams.append(stream)
        return stream

    def _of_name(self, name: str) -> _Texts:
        text = self._texts.get(name)
        if text is None:
            assert self._opened_at is not None
            text = self._texts[name] = _Texts(self._held, self._opened_at, self._wait_s)
        return text


class _Ids:
    """A stream, or a market, whose messages have ids.

    :ivar first: the first id that the new connection brought, if that is known to be no older than what had
        been delivered when it opened.
    :ivar top: the last one; before there is any, the last one that had been delivered when it opened, or the
        first one since.
    :ivar queue: of what is held: first id, last id, arrival; none of it was delivered.
    :ivar low: arrivals of what is below the top. It is old, or the exchange began anew: which, the next one
        that reaches the top will tell.
    :ivar quiet_since: when the old connection last brought something, or the new one opened.
    :ivar passed_at: when the last id delivered first reached the first one that the new connection brought.
    :ivar seam: the last id delivered by the old connection.
    """

    def __init__(self, track: Track, held: dict[int, Any], opened_at: float, wait_s: float) -> None:
        self.track = track
        self.held = held
        self.wait_s = wait_s
        self.first: int | None = None
        self.top = track.reached
        self.queue: deque[tuple[int, int, int]] = deque()
        self.low: list[int] = []
        self.low_since = NEVER
        self.quiet_since = opened_at
        self.passed_at = NEVER
        self.seam: int | None = None

    def delivered(self, now: float) -> None:
        """Let go what the last id delivered has reached."""
        self.quiet_since = now
        reached = self.track.reached
        if self.top is None:
            self.top = reached
        while self.queue and reached is not None and self.queue[0][1] <= reached:
            del self.held[self.queue.popleft()[2]]
        self._look(now)

    def brought(self, first: int, last: int, arrival: int, now: float) -> bool:
        """Whether to hold what the new connection brought."""
        if self.top is not None and last < self.top:
            if not self.low:
                self.low_since = now
            self.low.append(arrival)
            return True
        for old in self.low:
            del self.held[old]
        self.low = []
        if self.first is None:
            self.first = first
        self.top = last
        self._look(now)
        reached = self.track.reached
        if reached is not None and last <= reached:
            return False
        self.queue.append((first, last, arrival))
        return True

    def continued_at(self) -> float:
        """When the new connection continues the old one here, if nothing more comes."""
        if self.low:
            return self.low_since + self.wait_s
        if self.first is None:
            return self.quiet_since + self.wait_s
        if not self._reached():
            return NEVER
        if self.track.skips or self._meets():
            return ALREADY
        return self.passed_at + self.wait_s

    def ends(self, sequence: Sequence) -> None:
        """Nothing more is delivered by the old connection."""
        self.seam = self.track.reached
        in_doubt = self.first is None or self.low
        if not in_doubt and self.top is not None and self.seam is not None and self.top < self.seam:
            sequence.comes_again(self.track, self.top)

    def lies_across(self, first: int, last: int) -> bool:
        """Whether a message covers ids before the seam and behind it."""
        return self.seam is not None and first <= self.seam < last

    def _look(self, now: float) -> None:
        if self.passed_at == NEVER and self._reached():
            self.passed_at = now

    def _reached(self) -> bool:
        reached = self.track.reached
        if reached is None or self.first is None:
            return False
        return reached >= self.first - (not self.track.skips)

    def _meets(self) -> bool:
        reached = self.track.reached
        if self.queue:
            return reached is not None and self.queue[0][0] == reached + 1
        return not self.track.spans or self.top == reached


class _Texts:
    """A stream whose messages have no ids; they are told by their texts, of which digests are kept.

    Either connection brings them in the same order. So where both have brought the same text, whatever came
    before it on one of them will not come any more on the other.

    :ivar ahead: what the old connection delivered and the new one has not brought, in order.
    :ivar waiting: arrivals of what is held, by text.
    :ivar matched: both have brought the same.
    :ivar old_since: when the old one first brought something; *new_since* likewise.
    """

    def __init__(self, held: dict[int, Any], opened_at: float, wait_s: float) -> None:
        self.held = held
        self.wait_s = wait_s
        self.ahead: deque[bytes] = deque()
        self.among: Counter[bytes] = Counter()  # how often each is ahead
        self.waiting: dict[bytes, deque[int]] = {}
        self.matched = False
        self.old_since = self.new_since = NEVER
        self.quiet_since = opened_at

    @property
    def behind(self) -> bool:
        """Whether the new connection is known to bring something that was delivered already."""
        return self.matched and bool(self.ahead)

    def delivered(self, text: bytes, now: float) -> None:
        """Let go one that is held and equal."""
        self.old_since = min(self.old_since, now)
        self.quiet_since = now
        waiting = self.waiting.get(text)
        if waiting is None:
            self.precedes(text)
            return
        self.matched = True
        del self.held[waiting.popleft()]
        if not waiting:
            del self.waiting[text]
        self.ahead.clear()
        self.among.clear()

    def precedes(self, text: bytes) -> None:
        """The old connection has delivered it; the new one may bring it yet."""
        self.ahead.append(text)
        self.among[text] += 1

    def brought(self, text: bytes, arrival: int, now: float) -> bool:
        """Whether to hold what the new connection brought."""
        self.new_since = min(self.new_since, now)
        if text not in self.among:
            self.waiting.setdefault(text, deque()).append(arrival)
            return True
        self.matched = True
        passed = None
        while passed != text:
            passed = self.ahead.popleft()
            self.among[passed] -= 1
            if not self.among[passed]:
                del self.among[passed]
        return False

    def continued_at(self) -> float:
        """When the new connection continues the old one here, if nothing more comes."""
        if self.matched:
            return ALREADY
        if self.new_since == NEVER:
            return self.quiet_since + self.wait_s
        return max(self.old_since, self.new_since) + self.wait_s


def _digest(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=16).digest()


#: A message; with ids, where they belong, the first and the last.
_Held = tuple[Any, _Ids | None, int, int]
