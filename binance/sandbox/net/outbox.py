"""Outbox: what goes out on one connection, and when.

A message is framed once for all connections that get it in the same form, and :class:`Delivery
<binance.sandbox.net.delivery.Delivery>` appends the frame to :attr:`Outbox.queue` of each. That is all, as
long as :attr:`Outbox.plain` is true. Where a fault is in force the message goes through :meth:`Outbox.put`
instead, which obeys what the faults have asked for: in this order a stall or silence loses the message, an
edit repeats, holds back or drops it, and fragments cut it up; an insert then puts its frame behind it. Of a
stream that was unsubscribed nothing comes beyond its trail.

:meth:`Outbox.flush` writes the queue; with a delay what it would have written waits in order, and a stall
holds it. The faults have their own rules, counts and timers: an outbox knows only what to do with the next
message, in the form of the small interfaces below.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from binance.sandbox.market.payloads import Payload, message_id
from binance.sandbox.net.frames import fragments, frame
from binance.sandbox.net.timers import Timers


class Edit(Protocol):
    """Repeats, holds back or drops messages."""

    @property
    def kind(self) -> str:
        """What it does, for the log."""

    @property
    def left(self) -> int:
        """The number of messages it is still to be done to."""

    @property
    def over(self) -> bool:
        """Whether it has nothing left to do."""

    def wants(self, stream: str) -> bool:
        """Return whether a message of a stream is for :meth:`apply`."""

    def apply(self, stream: str, number: int | None, body: bytes) -> tuple[list[bytes], list[int | None]]:
        """Take one message with its id; returns what goes out now, and the ids touched."""

    def drop(self, stream: str | None = None) -> dict[str, int | None]:
        """Lose what is held back of a stream, or of all; returns the ids by stream."""

    def release(self) -> list[bytes]:
        """End, and return what is held back."""


class Insert(Protocol):
    """Frames to be put between messages."""

    @property
    def left(self) -> int:
        """The number of frames still to come."""

    def take(self) -> bytes:
        """Return the next frame, counting it."""


class Fragments(Protocol):
    """The way in which messages are cut up.

    :ivar pieces: frames a message; ``pings``: whether a ping goes between any two.
    """

    pieces: int
    pings: bool

    def used(self) -> None:
        """Count a message that was cut up."""


class Trail(Protocol):
    """The messages of a stream that still come after it was unsubscribed.

    :ivar left: how many are still to come.
    """

    left: int

    def take(self) -> None:
        """Count one of them."""


class Report(Protocol):
    """Logs something that happened to messages."""

    def __call__(self, fault: str, **details: Any) -> None: ...


class Traffic:
    """What all outboxes of an exchange share.

    :ivar messages: the number of messages sent.
    :ivar dirty: the outboxes whose queue holds something.
    """

    def __init__(self) -> None:
        self.messages = 0
        self.dirty: list[Outbox] = []

    def flush(self) -> None:
        """Write to every connection what is queued for it."""
        dirty, self.dirty = self.dirty, []
        for outbox in dirty:
            outbox.flush()


class Outbox:
    """What goes out on one connection.

    :param write: writes bytes to the connection, or loses them if it is not open.
    :param ping: notes a number of pings, and returns their payload.
    :param report: logs what happened to messages.

    :ivar queue: frames to be written by the next :meth:`flush`.
    :ivar sent: the number of messages sent, control replies and pings not counted.
    :ivar plain: whether messages go out as they are, by way of the queue.
    :ivar stalled: whether nothing is sent for now.
    :ivar delay_s: how much later everything is sent.
    :ivar edits: what is done to single messages; ``inserts``: what is put between messages.
    :ivar fragments: how messages are cut up, or None.
    """

    def __init__(
        self,
        traffic: Traffic,
        timers: Timers,
        write: Callable[[bytes], None],
        ping: Callable[[int], bytes],
        report: Report,
    ) -> None:
        self.queue: list[bytes] = []
        self.sent = 0
        self.plain = True
        self.stalled = False
        self.delay_s = 0.0
        self.edits: list[Edit] = []
        self.inserts: list[Insert] = []
        self.fragments: Fragments | None = None
        self._traffic = traffic
        self._timers = timers
        self._write = write
        self._ping = ping
        self._report = report
        self._is_silent: Callable[[str], bool] | None = None
        self._trails: dict[str, Trail] = {}
        self._missed: dict[str, dict[str, Any]] = {}
        self._delayed: deque[tuple[float, bytes]] = deque()
        self._due_s = 0.0

    # -- what faults ask for -----------------------------------------------------------------------

    def _fit(self) -> None:
        self.plain = not (
            self.stalled
            or self._is_silent
            or self.edits
            or self.inserts
            or self._trails
            or self.fragments is not None
        )

    def stall(self, stalled: bool) -> None:
        """Send nothing, or send again; messages in between are lost."""
        self.stalled = stalled
        self._fit()
        self._write_due()

    def silence(self, is_silent: Callable[[str], bool] | None) -> None:
        """Lose the messages of the streams for which *is_silent* is true; None for no stream."""
        self._is_silent = is_silent
        self._fit()

    def trail(self, stream: str, trail: Trail | None) -> None:
        """Send no more messages of a stream than its trail has left; None for as many as there are."""
        if trail is None:
            self._trails.pop(stream, None)
        else:
            self._trails[stream] = trail
        self._fit()

    def cut_up(self, pieces: Fragments | None) -> None:
        """Send messages in fragments, or whole again."""
        self.fragments = pieces
        self._fit()

    def edit(self, edit: Edit) -> None:
        """Let single messages be edited, behind the edits that are under way."""
        self.edits.append(edit)
        self._fit()

    def insert(self, insert: Insert) -> None:
        """Put the first of some frames into the queue now, and every other behind a message."""
        self._queue(insert.take())
        if insert.left:
            self.inserts.append(insert)
        self._fit()

    def drop_inserts(self) -> None:
        """Put nothing more between messages."""
        self.inserts = []
        self._fit()

    def delay(self, delay_s: float) -> None:
        """Send everything later from now on; without a delay, what still waits goes at once."""
        self.delay_s = delay_s
        self._write_due()

    # -- messages ----------------------------------------------------------------------------------

    def put(self, stream: str, payload: Payload, body: bytes) -> None:
        """Queue one message, unless the faults in force say otherwise."""
        known = message_id(payload)
        number = known[1] if known else None
        trail = self._trails.get(stream)
        if trail is not None and not trail.left:
            return
        if self.stalled or (self._is_silent is not None and self._is_silent(stream)):
            missed = self._missed.setdefault(stream, {"count": 0, "first": number})
            missed["count"] += 1
            missed["last"] = number
            return
        if trail is not None:
            trail.take()
            self._report("late_frame", stream=stream, field=known[0] if known else None, ids=[number])
        for edit in self.edits:
            if edit.wants(stream):
                bodies, ids = edit.apply(stream, number, body)
                if ids:
                    self._report(edit.kind, stream=stream, field=known[0] if known else None, ids=ids)
                for each in bodies:
                    self._put(each)
                break
        else:
            self._put(body)
        if any(edit.over for edit in self.edits):
            self.edits = [edit for edit in self.edits if not edit.over]
        if self.inserts:
            self._queue(self.inserts[0].take())
            if not self.inserts[0].left:
                del self.inserts[0]
        self._fit()

    def put_last(self, stream: str, body: bytes) -> None:
        """Queue the last message of a stream as it is: no message behind it could show its loss."""
        self.drop_edits(stream)
        self._put(body)

    def _put(self, body: bytes) -> None:
        cut = self.fragments
        if cut is None:
            self._queue(frame(body))
        else:
            # a ping between any two pieces
            ping = self._ping(cut.pieces - 1) if cut.pings else None
            self._queue(fragments(body, cut.pieces, ping))
            cut.used()
        self.sent += 1
        self._traffic.messages += 1

    def _queue(self, data: bytes) -> None:
        if not self.queue:
            self._traffic.dirty.append(self)
        self.queue.append(data)

    def drop_edits(self, stream: str | None = None) -> None:
        """Lose what is held back of a stream, or of all, and log it."""
        for edit in self.edits:
            for name, number in edit.drop(stream).items():
                self._report("dropped", stream=name, ids=[number])
        self.edits = [edit for edit in self.edits if stream is not None and not edit.over]
        self._fit()

    def release_edits(self) -> None:
        """Send what is held back, and edit no more."""
        for edit in self.edits:
            for body in edit.release():
                self._put(body)
        self.edits = []
        self._fit()

    def report_missed(self) -> None:
        """Log which messages were lost to a stall or to silence, and count from 0 again."""
        missed, self._missed = self._missed, {}
        for stream, found in missed.items():
            self._report("missed", stream=stream, **found)

    # -- writing -----------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Write a frame at once, behind what is queued."""
        self.queue.append(data)
        self.flush()

    def flush(self) -> None:
        """Write what is queued."""
        data = b"".join(self.queue)
        self.queue.clear()
        if not data:
            return
        if not self.delay_s and not self._delayed:
            self._write(data)
            return
        now_s = self._timers.seconds()
        self._due_s = max(self._due_s, now_s + self.delay_s)
        self._delayed.append((self._due_s, data))
        self._timers.later(self._due_s - now_s, self._write_due)

    def _write_due(self) -> None:
        """Write what has waited long enough, unless a stall holds it."""
        if not self._delayed:
            return
        now_s = self._timers.seconds() + 1e-6  # a timer may come early by a rounding
        while self._delayed and not self.stalled and (not self.delay_s or self._delayed[0][0] <= now_s):
            self._write(self._delayed.popleft()[1])
