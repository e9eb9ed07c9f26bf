"""Delivery of a line's messages in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Protocol

from binance.net.interfaces import Clock
from binance.net.timer import Timer
from binance.order.repeats import Repeats
from binance.order.sequence import CandleGap, ChainGap, Deliver, Gap, Sequence, Verdict
from binance.sockets.intake import Handled, Intake
from binance.sockets.report import WARNING, Report
from binance.text.counted import counted


class Receiver(Protocol):
    """Who gets the messages.

    :ivar stopped: it wants no more; that may change with each message.
    :ivar gaps: how often ids or closed candles were missing so far, on all of its connections.
    """

    stopped: bool

    @property
    def gaps(self) -> int: ...

    def deliver(self, messages: list[Any]) -> None: ...

    def restarted(self, stream: str) -> None: ...


class InOrder:
    """Hands on at once what is plainly next, and does with the rest what the sequence decides.

    :ivar repeats: what the connection that serves is still about to send again; who lets another one serve
        sets it.
    """

    __slots__ = ("_clock", "_intake", "_receiver", "_report", "_sequence", "_timer", "repeats")

    def __init__(
        self, sequence: Sequence, intake: Intake, receiver: Receiver, report: Report, clock: Clock
    ) -> None:
        self._sequence = sequence
        self._intake = intake
        self._receiver = receiver
        self._report = report
        self._clock = clock
        self._timer = Timer(clock)  # for what is held because its ids went back
        self.repeats: Repeats | None = None

    def take(self, payloads: list[bytes], messages: list[Any]) -> bool:
        """Deliver those that are next in their order, all at once; look at each of the others by itself.

        :returns: whether one of them announced the end of the connection.
        """
        if self.repeats is not None:
            payloads, messages = self._without(self.repeats, payloads, messages)
        begin, count, ends, receiver = 0, len(messages), False, self._receiver
        while begin < count and not receiver.stopped:
            end = self._sequence.in_order(messages, begin)
            if end > begin:
                receiver.deliver(messages if end - begin == count else messages[begin:end])
            if end < count and not receiver.stopped:
                handled = self._intake.handle(messages[end], len(payloads[end]))
                if handled is None:
                    self.settle(self._sequence.judge(messages[end], self._clock.seconds()))
                ends = ends or handled is Handled.SHUTDOWN
            begin = end + 1
        return ends

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        """Do what the sequence has decided."""
        for verdict in verdicts:
            if isinstance(verdict, Deliver):
                self._receiver.deliver([verdict.message])
            elif isinstance(verdict, Gap):
                self._gap(verdict)
            else:
                info = {name: value for name, value in asdict(verdict).items() if value is not None}
                self._report.log(WARNING, "the exchange restarted its ids: %s", str(info))
                self._report.event("reset", **info)
                self._receiver.restarted(verdict.stream)
            if self._receiver.stopped:
                return
        deadline = self._sequence.deadline()
        if deadline is not None and self._timer.at is None:
            self._timer.set(deadline - self._clock.seconds(), self._due)

    def removed(self, name: str) -> None:
        """A stream was removed."""
        if self.repeats is not None:
            self.repeats.removed(name)

    def end(self) -> None:
        """Nothing more is to be delivered."""
        self._timer.stop()

    def _gap(self, gap: Gap) -> None:
        info: dict[str, Any] = {name: getattr(gap, name) for name in ("stream", "first", "last", "cause")}
        if gap.count is not None:
            info["count"] = gap.count
        amounts = {}
        if isinstance(gap, CandleGap):
            noun, where = "closed candle", "opened %d to %d"
        elif isinstance(gap, ChainGap):
            noun, where = "message", "between ids %d and %d"
        else:
            noun, where = "id", "%d to %d"
            amounts = {"ids": gap.last - gap.first + 1}
        missing = f"some {noun}s" if gap.count is None else counted(gap.count, noun)
        words = f"gap in %s: %s missing, {where} (%s)"
        about = (gap.stream, missing, gap.first, gap.last, gap.cause)
        self._report.seldom.log(self._receiver.gaps, WARNING, words, *about, amounts=amounts)
        self._report.event("gap", **info)

    def _without(
        self, repeats: Repeats, payloads: list[bytes], messages: list[Any]
    ) -> tuple[list[bytes], list[Any]]:
        now = self._clock.seconds()
        if repeats.over(now):
            self.repeats = None
            return payloads, messages
        return repeats.without(payloads, messages, now)

    def _due(self) -> None:
        if not self._receiver.stopped:
            self.settle(self._sequence.expire(self._clock.seconds()))
