"""A line around a factory: the factory's reports pass through it, in its name."""

from __future__ import annotations

from typing import Any

from binance.net.factory import StreamFactory
from binance.net.interfaces import NOT_OPEN, Arrival, Ending, FixedLine, Line, Listener
from binance.wire.budgets import Urgency


class Relay(FixedLine, Listener):
    """Passes calls on to the factory, and its reports to the listener; a subclass overrides what differs.

    There may be no factory yet: see :meth:`go_by`.
    """

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._factory: StreamFactory | None = None
        self._is_patient = False

    def go_by(self, factory: StreamFactory) -> None:
        """Use this factory, which has not been connected yet, from now on."""
        self._factory = factory
        factory.set_patient(self._is_patient)

    # -- a line: binance.net.interfaces.Line --------------------------------------------------------------

    @property
    def shown_url(self) -> str:
        return "" if self._factory is None else self._factory.shown_url

    @property
    def factory(self) -> StreamFactory | None:
        return self._factory

    @property
    def useful(self) -> bool:
        return self._factory is not None and self._factory.useful

    @useful.setter
    def useful(self, yes: bool) -> None:
        if self._factory is not None:
            self._factory.useful = yes

    @property
    def opened_at(self) -> float | None:
        return None if self._factory is None else self._factory.opened_at

    def set_patient(self, yes: bool) -> None:
        self._is_patient = yes
        if self._factory is not None:
            self._factory.set_patient(yes)

    def connect(self) -> None:
        if self._factory is not None:
            self._factory.connect()

    def stop(self) -> None:
        if self._factory is not None:
            self._factory.stop()
        else:
            self.listener.ended(self, NOT_OPEN)

    def is_open(self) -> bool:
        return self._factory is not None and self._factory.is_open()

    # -- from the factory: binance.net.interfaces.Listener ------------------------------------------------

    def urgency(self, line: Line) -> Urgency:
        return self.listener.urgency(self)

    def connecting(self, line: Line, attempt: int) -> None:
        self.listener.connecting(self, attempt)

    def opened(self, line: Line, attempt: int) -> None:
        self.listener.opened(self, attempt)

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        self.listener.received(self, payloads, messages, at)

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        self.listener.lost(self, ending, retry)

    def retrying(self, line: Line, attempt: int, delay_s: float) -> None:
        self.listener.retrying(self, attempt, delay_s)

    def outage(self, line: Line, attempts: int, reason: str, final: bool) -> None:
        self.listener.outage(self, attempts, reason, final)

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        self.listener.limited(self, what, budget, seconds)

    def ended(self, line: Line, ending: Ending) -> None:
        self.listener.ended(self, ending)
