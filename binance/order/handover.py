"""The handover between two connections of the same streams: nothing is lost or delivered twice. Pure.

The old connection stays the only source until the new one has been seen to continue it. What the new one
sends is held meanwhile, and leaves again when the old one has delivered it. What the old one has delivered
and the new one has not sent yet is dropped when it comes, also after the switch.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from binance.order.repeats import Past, Repeats, digest
from binance.order.sequence import Sequence, Track, Verdict
from binance.wire.timings import TIMINGS, Timings

ALREADY, NEVER = -math.inf, math.inf

#: What is remembered of a message that the old connection sends: its ids' track, or its stream and digest.
Note = Track | tuple[str, bytes]


class Handover:
    """One switch from an old connection to a new one of the same streams.

    It is called when the new connection opens (:meth:`opened`), and with the messages of both (:meth:`hold`,
    :meth:`delivered`). After each of these, and at the :meth:`deadline`, it says whether it is :meth:`ready`
    or :meth:`full`. If so, or if the old connection has ended by itself, the old one is left. Then
    :meth:`release` says what is to be delivered, and :meth:`repeats` what of that which comes on the new one
    was delivered already; from then on the new one is the connection.

    Nothing is ready before the new connection is seen to continue the old one, stream by stream:

    - with ids: the last one delivered has reached the first one that the new connection sent;
    - with ids that have no holes: the one before that is enough, but what is held has to begin right behind
      the last one delivered. If it does not for *wait_s*, the switch is made there with a gap: an event of
      diff depth that covers ids before and behind the seam is dropped;
    - without ids: both connections have sent the same text, or, for *wait_s*, nothing that was the same;
    - neither has sent anything for *wait_s*: there is nothing to continue;
    - the old one has sent nothing for *wait_s*, and for as long the new one has sent what it has not:
      it will not send it any more.

    Ids that went back on the new connection are watched for as long, and then left to the sequence. A stream
    that goes on on the old connection and says nothing on the new one ends in :meth:`full`.

    :param sequence: of the subscription; it sees what the old connection delivers.
    :param wait_s: no message takes longer than this on its way.
    :param timings: how much may be held, and for how long.
    :param repeats: what the old connection is itself still about to send again, of one before it: the new
        one may send it first.
    """

    def __init__(
        self, sequence: Sequence, wait_s: float, timings: Timings = TIMINGS, repeats: Repeats | None = None
    ) -> None:
        self._sequence = sequence
        self._wait_s = wait_s
        self._timings = timings
        self._still_to_come = repeats
        self.lost()

    def lost(self) -> None:
        """There is no new connection, or it ended: what it had sent is forgotten."""
        self._before: deque[tuple[float, str, bytes]] = deque()  # texts that came while it was being opened
        self._opened_at: float | None = None
        self._held = _Held()
        self._ids: dict[Track, _Ids] = {}
        self._texts: dict[str, _Texts] = {}  # of streams without ids, and of messages that lack theirs
        self._streams: list[_Ids | _Texts] = []  # those that have to be continued
        self._at = 0  # one of them, which was not when last asked
        self._not_before = NEVER

    def opened(self, now: float, begun: Iterable[str] = ()) -> None:
        """The new connection is open, from *now* on; if there was one before, that one was :meth:`lost`.

        :param begun: streams that the old one may have begun to carry after the new one did: what the new
            one sends of them before anything that both send is older than what was asked for.
        """
        before = self._before
        self.lost()
        self._opened_at = self._not_before = now
        for track in self._sequence.tracks():
            self._of_track(track)
        for name in self._sequence.without_ids():
            self._streams.append(self._of_name(name))
        for name, past in self._pasts(before).items():
            self._of_name(name).past = past
        for name in self._texts.keys() & begun:
            self._texts[name].is_begun = True

    def removed(self, name: str) -> None:
        """A stream takes no part any more: what is held of it is forgotten, and nothing waits for it."""
        for track in self._sequence.tracks_of(name):
            stream = self._ids.pop(track, None)
            if stream is not None:
                stream.drop()
                self._streams.remove(stream)
        texts = self._texts.pop(name, None)
        if texts is not None:
            texts.drop()
            if texts in self._streams:
                self._streams.remove(texts)
        self._before = deque(one for one in self._before if one[1] != name)
        self._at = 0

    def note(self, payload: bytes, message: Any) -> Note:
        """What to remember of a message for the user, which is about to be delivered.

        To be asked before the user's code has had the message and may have changed it. Of messages that have
        ids that costs a look at these, no more.
        """
        ids = self._sequence.ids_of(message)
        return (self._sequence.stream_of(message), digest(payload)) if ids is None else ids[0]

    def delivered(self, notes: Iterable[Note], now: float) -> None:
        """The old connection has sent something, and the sequence has taken it.

        Called from when the new one begins to connect: what is sent on both while it opens may arrive on the
        old one first.
        """
        counts: Counter[Track] = Counter()
        for note in notes:
            if isinstance(note, Track):
                counts[note] += 1
            elif self._sequence.is_removed(note[0]):
                continue  # by the callback, or it came behind its removal
            elif self._opened_at is None:
                self._before.append((now, *note))
            else:
                name, text = note
                self._of_name(name).delivered(text, now)
        if self._opened_at is None:
            while self._before and self._before[0][0] < now - self._wait_s:
                self._before.popleft()
        else:
            for track, count in counts.items():
                if not track.is_removed:
                    self._of_track(track).delivered(count, now)

    def hold(self, payloads: list[bytes], messages: list[Any], now: float) -> None:
        """The new connection has sent something, which is not to be delivered yet.

        :param messages: what *payloads* were decoded to; all of it is for the user.
        """
        for payload, message in zip(payloads, messages, strict=True):
            ids, name = self._sequence.ids_of(message), self._sequence.stream_of(message)
            if self._sequence.is_removed(name):
                continue  # else it would pass for one of the same stream, added again
            if ids is None:
                text = self._of_name(name)
                text.sent(digest(payload), _Message(message, len(payload)), now)
            else:
                track, first, last = ids
                stream = self._of_track(track)
                stream.sent(_Message(message, len(payload), stream, first, last), now)

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
        timings = self._timings
        return (
            now >= self._opened_at + timings.held_s
            or self.size() >= timings.held
            or self._held.bytes >= timings.held_bytes
        )

    def size(self) -> int:
        """How many messages are held, and digests of others."""
        return len(self._held) + sum(len(text.past) for text in self._texts.values())

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
        everything else comes. What both connections sent does not count as duplicates: all went well.
        """
        held, streams = list(self._held), list(self._ids.values())
        self.lost()
        self._sequence.interrupted()
        for stream in streams:
            stream.ends(self._sequence)
        return self._verdicts(held, now)

    def repeats(self) -> Repeats:
        """What the new connection is still about to send again; to be asked before :meth:`release`.

        Also where it is not open yet: what it sends may have been on its way while it was being opened.
        """
        if self._opened_at is None:
            pasts = self._pasts(self._before)
        else:
            pasts = {name: text.past for name, text in self._texts.items()}
        return Repeats(self._sequence, pasts, self._wait_s)

    def _pasts(self, before: Iterable[tuple[float, str, bytes]]) -> dict[str, Past]:
        """What was delivered before the new one is open: it goes before what is still to be repeated."""
        pasts: dict[str, Past] = {}
        for _, name, text in before:
            pasts.setdefault(name, Past()).add(text)
        if self._still_to_come is not None:
            for name, past in self._still_to_come.pasts.items():
                pasts.setdefault(name, Past()).extend(past)
        return pasts

    def _verdicts(self, held: list[_Message], now: float) -> Iterator[Verdict]:
        for one in held:
            if one.origin is None or not one.origin.lies_across(one.first, one.last):
                yield from self._sequence.judge(one.message, now)

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


@dataclass(slots=True, eq=False)
class _Message:
    """One that the new connection has sent.

    :ivar size: of its payload, in bytes.
    :ivar origin: where its ids belong; None if it has no ids.
    """

    message: Any
    size: int
    origin: _Ids | None = None
    first: int = 0
    last: int = 0


class _Held:
    """Messages that the new connection has sent and the old one has not, in the order of their arrival.

    :ivar bytes: of their payloads.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._messages: dict[_Message, None] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[_Message]:
        return iter(self._messages)

    def add(self, one: _Message) -> None:
        self._messages[one] = None
        self.bytes += one.size

    def drop(self, one: _Message) -> None:
        del self._messages[one]
        self.bytes -= one.size


class _Ids:
    """A stream, or a market, whose messages have ids.

    :ivar first: the first id that the new connection sent, if that is known to be no older than what had
        been delivered when it opened.
    :ivar top: the last one; before there is any, the last one that had been delivered when it opened, or the
        first one since.
    :ivar queue: what is held, of which nothing was delivered; *queued_since*, from when on there was any.
    :ivar low: what is held below the top. It is old, or the exchange restarted its ids: the next one that
        reaches the top decides.
    :ivar count: how many messages the old connection sent.
    :ivar quiet_since: when it last did, or when the new one opened.
    :ivar passed_at: when the last id delivered first reached the first one that the new connection sent.
    :ivar seam: the last id delivered by the old connection.
    """

    def __init__(self, track: Track, held: _Held, opened_at: float, wait_s: float) -> None:
        self.track = track
        self.held = held
        self.wait_s = wait_s
        self.first: int | None = None
        self.top = track.reached
        self.queue: deque[_Message] = deque()
        self.queued_since = NEVER
        self.low: list[_Message] = []
        self.low_since = NEVER
        self.count = 0
        self.quiet_since = opened_at
        self.passed_at = NEVER
        self.seam: int | None = None

    def delivered(self, count: int, now: float) -> None:
        """Release what the last id delivered has reached."""
        self.count += count
        self.quiet_since = now
        reached = self.track.reached
        if self.top is None:
            self.top = reached
        while self.queue and reached is not None and self.queue[0].last <= reached:
            self.held.drop(self.queue.popleft())
        self._look(now)

    def sent(self, one: _Message, now: float) -> None:
        """The new connection has sent it: hold it, unless it was delivered."""
        if self.top is not None and one.last < self.top:
            if not self.low:
                self.low_since = now
            self.low.append(one)
            self.held.add(one)
            return
        for old in self.low:
            self.held.drop(old)
        self.low = []
        if self.first is None:
            self.first = one.first
        self.top = one.last
        self._look(now)
        reached = self.track.reached
        if reached is None or one.last > reached:
            if not self.queue:
                self.queued_since = now
            self.queue.append(one)
            self.held.add(one)

    def continued_at(self) -> float:
        """When the new connection continues the old one here, if nothing more comes."""
        if self.low:
            return self.low_since + self.wait_s
        if self.first is None:
            return self.quiet_since + self.wait_s
        if not self._reached():
            return max(self.quiet_since, self.queued_since) + self.wait_s
        if self.track.skips or self._meets():
            return ALREADY
        return self.passed_at + self.wait_s

    def ends(self, sequence: Sequence) -> None:
        """Nothing more is delivered by the old connection."""
        self.seam = self.track.reached
        in_doubt = self.low or self.track.held
        if not in_doubt and self.top is not None and self.seam is not None and self.top < self.seam:
            sequence.comes_again(self.track, self.top, self.count)

    def lies_across(self, first: int, last: int) -> bool:
        """Whether a message covers ids before the seam and behind it."""
        return self.seam is not None and first <= self.seam < last

    def drop(self) -> None:
        """Hold nothing of it any more."""
        for one in (*self.queue, *self.low):
            self.held.drop(one)

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
            return reached is not None and self.queue[0].first == reached + 1
        return not self.track.spans or self.top == reached


class _Texts:
    """A stream whose messages have no ids; they are known by their texts, of which digests are kept.

    :ivar past: what the old connection delivered and the new one has not sent.
    :ivar waiting: what is held, by text.
    :ivar matched: both have sent the same.
    :ivar is_begun: the old one may have begun later than the new one.
    :ivar old_since: when the old one first sent something; *new_since* likewise.
    """

    def __init__(self, held: _Held, opened_at: float, wait_s: float) -> None:
        self.held = held
        self.wait_s = wait_s
        self.past = Past()
        self.waiting: dict[bytes, deque[_Message]] = {}
        self.matched = False
        self.is_begun = False
        self.old_since = self.new_since = NEVER
        self.quiet_since = opened_at

    def delivered(self, text: bytes, now: float) -> None:
        """Release one that is held and equal."""
        self.old_since = min(self.old_since, now)
        self.quiet_since = now
        waiting = self.waiting.get(text)
        if waiting is None:
            self.past.add(text)
            return
        self._match(text)
        self.held.drop(waiting.popleft())
        if not waiting:
            del self.waiting[text]
        self.past.clear()

    def sent(self, text: bytes, one: _Message, now: float) -> None:
        """The new connection has sent it: hold it, unless it was delivered."""
        self.new_since = min(self.new_since, now)
        if self.past.repeats(text):
            self._match(None)
        else:
            self.waiting.setdefault(text, deque()).append(one)
            self.held.add(one)

    def drop(self) -> None:
        """Hold nothing of it any more."""
        for waiting in self.waiting.values():
            for one in waiting:
                self.held.drop(one)

    def continued_at(self) -> float:
        """When the new connection continues the old one here, if nothing more comes."""
        if self.matched:
            return ALREADY
        if self.new_since == NEVER:
            return self.quiet_since + self.wait_s
        old_since = self.quiet_since if self.old_since == NEVER else self.old_since
        return max(old_since, self.new_since) + self.wait_s

    def _match(self, before: bytes | None) -> None:
        """Both have sent the same; if it is the first, the old one did not carry what is held.

        :param before: what is held before this text; None: all of it.
        """
        if self.is_begun and not self.matched:
            for text in list(takewhile(lambda held: held != before, self.waiting)):
                for one in self.waiting.pop(text):
                    self.held.drop(one)
        self.matched = True
