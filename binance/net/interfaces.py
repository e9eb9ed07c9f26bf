"""The interfaces of a line: what it can do, and what it reports to the one who opened it.

A line is one connection's life: connecting, open, lost, connecting again, until it is stopped or gives up.
It has one listener at a time: the one who opened it, or who was handed it since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from binance.wire.budgets import Urgency
from binance.wire.codec import Codec
from binance.wire.timings import Timings


@dataclass(frozen=True)
class Ending:
    """How one connection, or the attempt at one, ended.

    :ivar code: WebSocket close code, 1006 if there was no close frame, 1000 if we closed it, None if it never
        opened.
    :ivar reason: in words.
    :ivar clean: both close frames were exchanged.
    :ivar retry_after_s: seconds the exchange asked to wait before the next attempt, 0 if it did not.
    :ivar status: HTTP status of a refused upgrade, else None.
    """

    code: int | None
    reason: str
    clean: bool = False
    retry_after_s: float = 0.0
    status: int | None = None

    @property
    def info(self) -> dict[str, Any]:
        """What a ``disconnected`` event says of it: ``code``, ``reason``, ``clean``."""
        return {"code": self.code, "reason": self.reason, "clean": self.clean}


NOT_OPEN = Ending(None, "stopped while no connection was open")


class Arrival(NamedTuple):
    """When a chunk came.

    :ivar epoch_s: by the wall clock, which the exchange's times are compared with.
    :ivar clock_s: by the clock that durations go by.
    """

    epoch_s: float
    clock_s: float


class Clock(Protocol):
    """What durations go by: the part of IReactorTime that is used."""

    def seconds(self) -> float: ...

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any) -> Any: ...


class Meter(Protocol):
    """Counts what a connection has received while open, heads of frames included.

    :ivar bytes: so far.
    """

    bytes: int


@dataclass(frozen=True, slots=True)
class Options:
    """What the connections of one manager have in common.

    :ivar reactor: for sockets.
    :ivar clock: for all that has a duration, an IReactorTime.
    :ivar timings: waits and limits.
    :ivar max_retries: retries of one outage; None for no limit.
    :ivar silence_s: seconds without any frame after which a connection is dead.
    :ivar ca_file: PEM bundle to trust instead of the usual ones, or None.
    :ivar codec: payloads to messages.
    :ivar lifetime_s: seconds after which a connection is left for a new one; None: not for its age.
    :ivar handover_s: no message takes longer than this on its way; for the move to a new connection.
    """

    reactor: Any
    clock: Any
    timings: Timings
    max_retries: int | None
    silence_s: float
    ca_file: str | None
    codec: Codec
    lifetime_s: float | None = None
    handover_s: float = 5.0


class Listener:
    """What a line reports, always in the reactor's thread; who is interested overrides it.

    Whoever is called changes its own state and returns. Only ``received`` may run the user's code.
    """

    def urgency(self, line: Line) -> Urgency:
        """Asked, not reported: how urgent the line's next connection is, if not all can be made at once."""
        return Urgency.FIRST

    def connecting(self, line: Line, attempt: int) -> None:
        """An attempt to connect begins; 0 is the first."""

    def opened(self, line: Line, attempt: int) -> None:
        """The connection is open, and its streams or its account are subscribed."""

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        """Whole messages, in order: one batch from one chunk.

        :param messages: what *payloads* were decoded to; an exception where that failed.
        """

    def asked(self, line: Line, names: Collection[str]) -> None:
        """Messages of these streams may come from now on: they were asked for, on an open connection."""

    def changed(self, line: Line) -> None:
        """The streams that it carries are others than before: the exchange has answered."""

    def rejected(self, line: Line, name: str, code: int | None, message: str) -> None:
        """The exchange does not subscribe this stream; the line goes on with the others.

        :param code: of its error; *message*: its words.
        """

    def suspended(self, line: Line, reason: str) -> None:
        """The exchange ended the account's subscription, and not the connection."""

    def resumed(self, line: Line) -> None:
        """What was suspended is subscribed again, on the same connection."""

    def superseded(self, line: Line) -> None:
        """The line will carry nothing more, and another one, opened now, would."""

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        """The connection, or the attempt, is over; *retry*: there will be another attempt."""

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        """That attempt begins in *delay_s*."""

    def outage(self, line: Line, attempts: int, reason: str, final: bool) -> None:
        """The last of the retries has failed; *final*: there are no more, and ``ended`` follows."""

    def refused(self, line: Line, reason: str, said: str) -> None:
        """The exchange refuses the account for good: the line has given up, and ``ended`` follows.

        :param said: its own words; *reason* says what for, too.
        """

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        """Rate limited: *what* is delayed by *seconds*, because of *budget*, in words."""

    def ended(self, line: Line, ending: Ending) -> None:
        """The line was stopped or has given up, and its last connection is closed: the last report."""


class Line(Protocol):
    """One connection's life.

    :ivar listener: receives its reports.
    :ivar useful: it has delivered a message for the user since it was opened; the listener sets it.
    """

    listener: Listener
    useful: bool

    @property
    def shown_url(self) -> str:
        """Where it connects to, without what is secret."""

    @property
    def factory(self) -> Any:
        """The ReconnectingClientFactory of its connection; None before there is one."""

    @property
    def opened_at(self) -> float | None:
        """When it was opened, in seconds of the clock; None if it is not open."""

    def set_patient(self, yes: bool) -> None:
        """Retry for as long as it takes, if *yes*; else, from now on, as often as an outage allows."""

    def connect(self) -> None:
        """Connect, for the first time."""

    def stop(self) -> None:
        """Close the connection, or end the attempts, for good; ``ended`` follows, perhaps at once."""

    def is_open(self) -> bool:
        """Whether it is connected, and its streams or its account are subscribed."""

    def is_connected(self) -> bool:
        """Whether there is a connection on which requests can be made."""

    def refresh(self) -> None:
        """The streams that are wanted are others than before: ask for the difference."""

    def expects(self, name: str) -> bool:
        """Whether messages of a stream may come: it was asked for."""

    def carries(self, name: str) -> bool:
        """Whether a stream is subscribed: the exchange has said so."""

    def is_rid_of(self, name: str) -> bool:
        """Whether nothing of a stream comes any more: the exchange has said so, or it was never asked for."""


class FixedLine:
    """What a line has that carries the same for all its life: the part of :class:`Line` about changes."""

    def is_connected(self: Line) -> bool:
        return self.is_open()

    def refresh(self) -> None:
        """There is nothing to change."""

    def expects(self, name: str) -> bool:
        return True

    def carries(self: Line, name: str) -> bool:
        return self.is_open()

    def is_rid_of(self, name: str) -> bool:
        return False


#: Makes one more line for the same streams or the same account, not connected yet; None if the account has
#: been refused for good.
Opener = Callable[[Listener], Line | None]
