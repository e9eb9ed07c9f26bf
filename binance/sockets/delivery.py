"""The one door to the user's code: data callbacks and ``on_event``, in order, never one inside another."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from operator import length_hint
from typing import Any, Protocol

from twisted.internet.error import ReactorNotRunning

from binance.events import Event

log = logging.getLogger(__name__)

Callback = Callable[[Any], object]


class Receiver(Protocol):
    """Whose callback is called."""

    callback: Callback
    stopped: bool

    def callback_raised(self, error: BaseException) -> None: ...


class UserCode:
    """Calls what the user passed in, in the reactor's thread, and lets nothing it raises escape.

    :param on_event: called with each :class:`~binance.events.Event`, or None.
    :param interrupt: ends the program, for the two exceptions that mean to.
    :param later: calls a function in the reactor's next turn.
    """

    def __init__(
        self,
        on_event: Callable[[Event], object] | None,
        interrupt: Callable[[], None],
        later: Callable[[Callable[[], None]], object],
    ) -> None:
        self._on_event = on_event
        self._interrupt = interrupt
        self._later = later
        self._events: deque[Event] = deque()
        self._inside = False

    def tell(self, kind: str, conn_key: str, info: dict[str, Any]) -> None:
        """Hand an event on: now, or when the callback that is running has returned."""
        if self._on_event is not None:
            self._events.append(Event(kind, conn_key, time.time(), info))
            self._hand_on()

    def exits(self, exc: BaseException) -> None:
        """Code of the user's raised one of the two exceptions that mean to end the program."""
        log.info("%r in a callback or decoder: ending the program", exc)
        self._interrupt()

    def call(self, receiver: Receiver, messages: list[Any]) -> tuple[int, float]:
        """Call the receiver's callback with one message after another, until it is stopped, from wherever.

        Events that arise meanwhile are handed on before the next message.

        :returns: how many it was called with, and the seconds that the calls took.
        """
        rest = iter(messages)
        seconds = 0.0
        while True:
            began = time.perf_counter()
            error = self._run(self._call_each, receiver, rest)
            seconds += time.perf_counter() - began
            if self._events:
                self._hand_on()
            if error is not None:
                receiver.callback_raised(error)
            left = length_hint(rest)
            if receiver.stopped or not left:
                return len(messages) - left, seconds

    def _call_each(self, receiver: Receiver, rest: Iterator[Any]) -> None:
        callback, events = receiver.callback, self._events
        for message in rest:
            callback(message)
            if events or receiver.stopped:
                return

    def _hand_on(self) -> None:
        if self._inside:
            return  # whoever is inside comes here when it is out
        for _ in range(len(self._events)):
            event = self._events.popleft()
            error = self._run(self._on_event, event)
            if error is not None:
                log.error("%s: on_event raised on %r", event.conn_key, event.kind, exc_info=error)
        if self._events:
            # told by what on_event did: in the next turn, or a handler that causes events hangs the reactor
            self._later(self._hand_on)

    def _run(self, function: Any, *arguments: Any) -> BaseException | None:
        """Call what is the user's, or calls it; returns what it raised, None if nothing."""
        self._inside = True
        try:
            function(*arguments)
        except (SystemExit, KeyboardInterrupt) as exc:
            self.exits(exc)
        except ReactorNotRunning:
            log.debug("a callback stops the reactor, which is stopping already")
        except BaseException as exc:
            return exc
        finally:
            self._inside = False
        return None
