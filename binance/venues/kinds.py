"""A kind of streams: the fields of a row of a catalogue, and the form of its names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DEPTH_LEVELS = (5, 10, 20)

#: Parts of patterns: what stands before the ``@`` (a symbol, most often), and the levels of partial depth.
HEAD = "[^!@]+"
LEVELS = "|".join(map(str, DEPTH_LEVELS))


@dataclass(frozen=True)
class Retirement:
    """What became of a stream that the venue no longer serves.

    :ivar since: the day it ended, ISO form.
    :ivar use: stream names or calls that do its work today.
    """

    since: str
    use: str


@dataclass(frozen=True)
class Kind:
    """One kind of stream: its names, what its messages say of their order, and when to expect one.

    :ivar name: the names as the exchange documents them, e.g. ``"<symbol>@kline_<interval>"``.
    :ivar pattern: what they look like, a regular expression.
    :ivar title: its content, in a few words.
    :ivar event: event type, member ``e`` of each message, or of each item of a list; several, if messages of
        one stream have different ones; None without event types.
    :ivar first_id: member with the first id that a message covers. None: no message of this kind is ever
        taken for a duplicate.
    :ivar last_id: member with the last one; the same member where a message has one id. A message whose last
        id is not above that of the message before is a duplicate.
    :ivar previous_id: member with the last id of the message before, where messages are a chain: they follow
        each other if it is that one, however far ids jump. None: they are not a chain.
    :ivar contiguous: each message begins where the one before ended, so that ids between are missing ones; or
        names it, so that a message is missing if it names another one.
    :ivar by_symbol: the stream carries many markets, each with ids of its own; member ``s`` says which.
    :ivar array: its messages are lists.
    :ivar candles: its messages are klines, in member ``k``. What says whether candles are missing: ``"ids"``,
        of the first and the last trade, ``f`` and ``L``; ``"times"``, if it has no ids, or they have holes.
        None: no klines.
    :ivar speeds_ms: milliseconds between messages, the default first; empty if they come as things happen.
    :ivar silent_s: seconds without a message after which an open stream is reported as silent; None: never,
        for nothing may be all that happens.
    :ivar call: the manager's method that starts it; None: only by name.
    :ivar since: the day, or the month, from which the exchange serves it, ISO form; None: not known.
    :ivar us: binance.us serves it, too; of spot streams.
    :ivar category: the first part of the path where it is served, ``"public"`` or ``"market"``; None: the
        paths of its venue have no such part.
    :ivar of_both: each of the two futures venues serves it for the symbols of both.
    :ivar doubt: why it may well send nothing, or not all that its name says; None: no doubt.
    :ivar retirement: set if the venue no longer serves the stream.

    Source: Spot *Web Socket Streams* and *CHANGELOG*; binance.us *Web Socket Streams*; Derivatives *Websocket
    Market Streams* of each venue. That trade and aggregate trade ids have no holes is practice, not promised
    there; for diff depth it is, and so is the chain of futures and options. Nothing is said about holes
    between the ids of block trades and of options' trades. The seconds of silence are ours.
    """

    name: str
    pattern: str
    title: str
    event: str | tuple[str, ...] | None
    first_id: str | None = None
    last_id: str | None = None
    previous_id: str | None = None
    contiguous: bool = False
    by_symbol: bool = False
    array: bool = False
    candles: Literal["ids", "times"] | None = None
    speeds_ms: tuple[int, ...] = ()
    silent_s: float | None = None
    call: str | None = None
    since: str | None = None
    us: bool = True
    category: str | None = None
    of_both: bool = False
    doubt: str | None = None
    retirement: Retirement | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """Its event types, one or several; empty if it has no type."""
        return (self.event,) if isinstance(self.event, str) else self.event or ()


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one venue.

    :ivar name: as the exchange spells it, e.g. ``"bnbbtc@trade"``.
    :ivar kind: the row of the venue's catalogue; None for a name of a kind that is not in it.
    """

    name: str
    kind: Kind | None = None

    @property
    def is_array(self) -> bool:
        """Whether its messages are lists; of an unknown kind: whether it is named so, ``!...@arr``."""
        if self.kind is not None:
            return self.kind.array
        return self.name.startswith("!") and "@arr" in self.name

    @property
    def retirement(self) -> Retirement | None:
        """What became of it, if the venue no longer serves it."""
        return None if self.kind is None else self.kind.retirement

    @property
    def is_periodic(self) -> bool:
        """Whether its messages come at intervals, and not as things happen."""
        return self.kind is not None and bool(self.kind.speeds_ms)
