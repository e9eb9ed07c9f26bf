"""One timer that is set, set again and stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance.net.interfaces import Clock


class Timer:
    """Calls one function, once, after a delay; setting it again replaces what was set.

    :ivar at: when it is due, in seconds of the clock; None while it is not set.
    """

    __slots__ = ("_call", "_clock", "at")  # a connection has several

    def __init__(self, clock: Clock) -> None:
        self.at: float | None = None
        self._clock = clock
        self._call: Any = None

    def set(self, delay_s: float, call: Callable[..., object], *arguments: Any) -> None:
        """Call *call* in *delay_s* seconds; at once, in the reactor's next turn, if that is below 0."""
        self.stop()
        self._call = self._clock.callLater(max(delay_s, 0.0), self._due, call, arguments)
        self.at = self._call.getTime()

    def stop(self) -> None:
        """Do not call."""
        self.at = None
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _due(self, call: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self.at = self._call = None
        call(*arguments)
