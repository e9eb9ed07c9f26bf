"""Timers of one exchange, which end with it."""

from collections.abc import Callable
from functools import partial
from typing import Any


class Timer:
    """A call that is still to come; forgotten once it was made or is cancelled."""

    def __init__(self, kept: set["Timer"], reactor: Any, delay_s: float, call: Callable[[], Any]) -> None:
        self._kept = kept
        self._call = call
        self._timer = reactor.callLater(delay_s, self._act)
        kept.add(self)

    def _act(self) -> None:
        self._kept.discard(self)
        self._call()

    def cancel(self) -> None:
        """Never make the call, if it is still to come."""
        self._kept.discard(self)
        if self._timer.active():
            self._timer.cancel()


class Timers:
    """The timers of one exchange, and the reactor's clock; its length is the number of calls to come."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._kept: set[Timer] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def seconds(self) -> float:
        """Return the time of the reactor's clock, in seconds."""
        now_s: float = self._reactor.seconds()
        return now_s

    def later(self, delay_s: float, call: Callable[..., Any], *args: Any) -> Timer:
        """Call something later, unless the exchange is closed before."""
        return Timer(self._kept, self._reactor, delay_s, partial(call, *args))

    def cancel(self) -> None:
        """Cancel all."""
        for timer in tuple(self._kept):
            timer.cancel()
