"""Timings: waits, rates and sizes, in one object. Pure.

One object holds them all, so that whoever needs others (a test, most of all) hands in others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary


@dataclass(frozen=True, kw_only=True, eq=False)  # the identity is the key of the counts of a process
class Timings:
    """Waits in seconds, and limits.

    What the exchange counts over the whole process (connections of a host) is counted for each Timings
    object by itself: managers share the counts if they share the object, which they do by default.

    :ivar clock: what durations go by, an IReactorTime; None: the monotonic clock of this machine.

    Opening and losing a connection:

    :ivar open_s: name lookup and TCP together, then TLS and the upgrade together, may take this long each.
    :ivar next_address_s: a host's next address is tried when the one before has not answered for this long.
    :ivar close_s: after a close frame the TCP connection has this long to end.
    :ivar retries_s: waits before the retries of an outage; each is lengthened by up to a fifth, so that
        sockets cut together do not reconnect together. After the last one every wait is *retry_longest_s*.
    :ivar retries_before_message: with no limit of retries, the callback gets its error message after these.
    :ivar steady_s: a connection open this long, or one that delivered a message, makes the next wait a short
        one again; an authorisation that ends sooner does not show that the next one will last.
    :ivar before_stop_s: when the reactor stops, close frames have this long to be exchanged.

    What the exchange counts:

    :ivar dials: attempts to connect to one host, in *dials_span_s*.
    :ivar messages: what the exchange allows a client to send on one connection, pongs included, in
        *messages_span_s*; one less is sent. The exchange counts what arrives, which the network may push
        together: a tenth of a second more than the second it names.

    Moves to a new connection:

    :ivar move_spread: a connection is left up to this part of its life early, at random.
    :ivar move_again_s: wait before another new connection is tried after a useless one.
    :ivar move_silent_s: a shard begins no two moves for silent streams within this; doubled after each in a
        row that was useless, up to *move_silent_longest_s*.
    :ivar silent_longest_s: a stream that is silent for this long is a reason to move, however quiet its
        market has been before.
    :ivar held: messages and digests held at most; then it is time to switch, ready or not.
    :ivar held_bytes: bytes of payloads held at most; decoded they take some times as much.
    :ivar held_s: this long after the new connection opened it is time, too.

    Ids that went back are a restart of the exchange's, and not old messages that are repeated, if they have
    not reached the last one delivered within these:

    :ivar reset_messages: messages.
    :ivar reset_s: seconds; on the same connection only where a second one goes on from the first.

    Accounts:

    :ivar call_s: a REST call that has not returned by then has failed; an injected client may have no
        timeout.
    :ivar request_s: a request on a connection that is not answered by then has failed.
    :ivar call_again_s: before a failed call is made again; doubled each time, up to *call_again_longest_s*.
    :ivar clock_corrections: corrections of the clock in a row; then the clock is not the cause.
    :ivar early: events kept at most that come before the answer which says what subscription they are of.
    :ivar renew_after: a token is renewed after this part of the time that it is valid for.
    :ivar refused_s: an account that was refused for good is not requested again for this long; doubled each
        time, up to *refused_longest_s*. The same between renewals of a listen key that ends at once.

    REST calls:

    :ivar rest_s: a call takes no longer than this in all, unless its client was given longer timeouts.
    :ivar rest_bytes: an answer, decoded, has no more.
    :ivar clock_known_s: seconds for which the exchange's clock counts as known after the exchange was asked.

    Order books:

    :ivar snapshot_s: a snapshot that has not come by then has failed.
    :ivar book_quiet_s: after a connection opened, a book of which no change has come for this long is fetched
        all the same; no machine of the exchange is further behind.

    The user's code:

    :ivar slow_s: a callback that takes longer, for a batch or one message of it, is reported; an ``on_event``
        that does is logged.
    :ivar overflow_s: seconds between two reports of one socket that a full consumer dropped messages.
    :ivar log_every_s: seconds between two lines of one kind about what may happen with every message.
    :ivar long_wait_s: a wait that is longer was asked for by the exchange, and is a warning.

    Sizes:

    :ivar handshake_bytes: an answer to the upgrade that is longer and has no end is dropped; the exchange's
        are a tenth of this.
    :ivar message_bytes: no message of the exchange is near this; the largest are the all-market arrays.
    """

    clock: Any = None

    open_s: float = 10.0
    next_address_s: float = 0.25
    close_s: float = 1.0
    retries_s: tuple[float, ...] = (0.4, 2.0, 5.0, 10.0, 15.0)
    retry_longest_s: float = 30.0
    retries_before_message: int = 5
    steady_s: float = 10.0
    before_stop_s: float = 0.5

    dials: int = 300
    dials_span_s: float = 300.0
    messages: int = 5
    messages_span_s: float = 1.1

    move_spread: float = 0.04
    move_again_s: float = 5.0
    move_silent_s: float = 60.0
    move_silent_longest_s: float = 600.0
    silent_longest_s: float = 86_400.0
    held: int = 50_000
    held_bytes: int = 32 * 1024 * 1024
    held_s: float = 60.0

    reset_messages: int = 1_000
    reset_s: float = 5.0

    call_s: float = 60.0
    request_s: float = 10.0
    call_again_s: float = 0.5
    call_again_longest_s: float = 60.0
    clock_corrections: int = 2
    early: int = 1_000
    renew_after: float = 0.8
    refused_s: float = 5.0
    refused_longest_s: float = 60.0

    snapshot_s: float = 10.0
    book_quiet_s: float = 3.0

    rest_s: float = 60.0
    rest_bytes: int = 64 * 1024 * 1024
    clock_known_s: float = 3_600.0

    slow_s: float = 0.1
    overflow_s: float = 1.0
    log_every_s: float = 60.0
    long_wait_s: float = 60.0

    handshake_bytes: int = 65_536
    message_bytes: int = 64 * 1024 * 1024

    def after(self, attempts: int, most: int | None) -> tuple[bool, bool]:
        """What the failure of a retry means.

        :param attempts: its number; 0 for the connection itself.
        :param most: retries of one outage; None for no limit.
        :returns: whether there are no more retries, and whether the callback gets its error message now.
        """
        if most is None:
            return False, attempts == self.retries_before_message
        return attempts >= most, attempts >= most

    def after_refusals(self, count: int) -> float:
        """Seconds without a further request after *count* refusals in a row."""
        return min(self.refused_s * 2.0 ** min(count - 1, 10), self.refused_longest_s) if count > 0 else 0.0


#: What all managers go by that were not handed others.
TIMINGS = Timings()

Shared = TypeVar("Shared")


class SharedBy(Generic[Shared]):
    """Something that all who go by the same :class:`Timings` share, so by default the whole process.

    From any thread. It is forgotten with its timings, so it must not hold them.

    :param make: makes it for those who are the first to ask.
    """

    def __init__(self, make: Callable[[Timings], Shared]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: WeakKeyDictionary[Timings, Shared] = WeakKeyDictionary()

    def __call__(self, timings: Timings) -> Shared:
        with self._lock:
            made = self._made.get(timings)
            if made is None:
                made = self._made[timings] = self._make(timings)
            return made
