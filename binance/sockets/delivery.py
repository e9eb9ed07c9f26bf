"""Delivery to the user's code: data callbacks, ``on_event`` and the log, in order, never nested.

Nothing of the user's runs while a connection changes its state. What is to be said about a change is put in a
queue, and leaves it

- before the next message is handed to a callback, so that events stand where they belong among the data;
- between two messages, if the first one's callback caused it;
- else in the reactor's next turn.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import islice
from operator import length_hint
from typing import Any, Protocol

from twisted.internet.error import ReactorNotRunning

from binance.events import Event
from binance.process.logs import Log
from binance.sockets.functions import check_result

log = Log(__name__)

#: How often what comes of the last events is handed on, too; a handler may cause one with each.
LAST_ROUNDS = 10

#: A callback that takes longer for a message, in the mean of a batch, is called with one message at a time,
#: and in between the end of the program is checked for. That costs a hundredth of this.
QUICK_S = 20e-6

Callback = Callable[[Any], object]


class Receiver(Protocol):
    """Whose callback is called.

    :ivar stopped: it wants no more; set from any thread.
    :ivar removed: streams that were removed since the messages were put in order: theirs are dropped.
    """

    callback: Callback
    stopped: bool
    removed: set[str]

    def callback_raised(self, error: BaseException) -> None: ...


class Delivery:
    """Calls what the user passed in, in the reactor's thread, and lets nothing it raises escape.

    :param on_event: called with each :class:`~binance.events.Event`, or None.
    :param interrupt: ends the program, for the two exceptions that mean to.
    :param later: calls a function in the reactor's next turn.
    :param idle: called when everything has been handed on.
    :param is_ending: whether the program is ending: then no callback is called with a message any more.
    """

    def __init__(
        self,
        on_event: Callable[[Event], object] | None,
        interrupt: Callable[[], None],
        later: Callable[[Callable[[], None]], object],
        idle: Callable[[], None] = lambda: None,
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._on_event = on_event
        self._interrupt = interrupt
        self._later = later
        self._idle = idle
        self._is_ending = is_ending
        self._is_quick = False  # the callback that was called last
        self._queue: deque[Callable[[], None]] = deque()
        self._inside = False
        self._is_flushing = False
        self._scheduled = False

    # -- for those who have something to say: no code of others runs here -------------------------------

    def soon(self, act: Callable[[], None]) -> None:
        """Do something that runs code of others, in its turn."""
        self._queue.append(act)
        if not self._scheduled:
            self._scheduled = True
            self._later(self._turn)

    @property
    def wants_events(self) -> bool:
        """Whether there is anybody to hand events to."""
        return self._on_event is not None

    @property
    def is_idle(self) -> bool:
        """Whether everything has been handed on."""
        return not self._queue

    # -- where code of others runs ------------------------------------------------------------------------

    def flush(self) -> None:
        """Hand on what has happened up to now; what comes of it comes later."""
        if self._inside or self._is_flushing:
            return  # whoever is inside comes here when it is out
        self._is_flushing = True
        try:
            for _ in range(len(self._queue)):
                self._queue.popleft()()
        finally:
            self._is_flushing = False

    def finish(self) -> None:
        """Hand on everything, and what comes of it: the reactor will not turn again."""
        for _ in range(LAST_ROUNDS):
            if self._queue:
                self.flush()

    def event(self, event: Event) -> tuple[BaseException | None, float]:
        """Call ``on_event``.

        :returns: what is wrong with it, None if nothing; and the seconds that it took.
        """
        if self._on_event is None:
            return None, 0.0
        began = time.perf_counter()
        error = self._run(self._on_event, event)
        return error, time.perf_counter() - began

    def message(self, receiver: Receiver, message: Any) -> None:
        """Call a receiver with a message that did not come from the exchange."""
        if self._is_ending():
            return
        error = self._run(receiver.callback, message)
        if error is not None:
            receiver.callback_raised(error)

    def exits(self, exc: BaseException) -> None:
        """Code of the user's raised one of the two exceptions that mean to end the program."""
        log.info("%r in a callback or decoder: ending the program", exc)
        self._interrupt()

    def hand_over(
        self, receiver: Receiver, take: Callable[[list[Any]], object], messages: list[Any]
    ) -> tuple[int, float]:
        """Call *take* once with messages for the receiver's consumer, in a list of its own.

        :returns: how many it was called with, and the seconds that the call took.
        """
        if self._queue:
            self.flush()
        if receiver.stopped or self._is_ending():
            receiver.stopped = True
            return 0, 0.0
        messages = _without(receiver.removed, messages) if receiver.removed else messages[:]
        count = len(messages)
        if not count:
            return 0, 0.0
        began = time.perf_counter()
        error = self._run(take, messages)
        seconds = time.perf_counter() - began
        if error is not None:
            receiver.callback_raised(error)
        if self._queue:
            self.flush()
        return count, seconds

    def call(self, receiver: Receiver, messages: list[Any]) -> tuple[int, float, float]:
        """Call the receiver's callback with one message after another, until it is stopped, from wherever.

        When the program is ending, it is stopped here. Whoever removes a stream meanwhile puts an entry into
        the queue, which is looked at after each message anyway.

        :returns: how many it was called with, the seconds that the calls took, and about how many of these
            the last call took.
        """
        if self._queue:
            self.flush()
        if receiver.stopped or self._is_ending():
            receiver.stopped = True
            return 0, 0.0, 0.0
        if receiver.removed:
            messages = _without(receiver.removed, messages)
        rest = iter(messages)
        count = left = len(messages)  # now: what is handed over may be changed
        seconds = 0.0
        while True:
            some = rest if self._is_quick else islice(rest, 1)
            began = time.perf_counter()
            error = self._run(self._call_each, receiver, some)
            took = time.perf_counter() - began
            seconds += took
            if error is not None:
                receiver.callback_raised(error)
            if self._queue:
                self.flush()
            before, left = left, length_hint(rest)
            done = before - left
            self._is_quick = took < QUICK_S * done
            if receiver.removed and left:
                kept = _without(receiver.removed, rest)
                count -= left - len(kept)
                rest, left = iter(kept), len(kept)
            if left and self._is_ending():
                receiver.stopped = True
            if receiver.stopped or not left:
                return count - left, seconds, took / done if done else 0.0

    def _call_each(self, receiver: Receiver, rest: Iterator[Any]) -> None:
        callback, queue = receiver.callback, self._queue
        for message in rest:
            if (result := callback(message)) is not None:
                check_result(result)
            if queue or receiver.stopped:
                return

    def _turn(self) -> None:
        self._scheduled = False
        try:
            self.flush()
        finally:  # a log handler may raise what ends a program
            if self._queue and not self._scheduled:
                self._scheduled = True
                self._later(self._turn)
        if not self._queue:
            self._idle()

    def _run(self, function: Any, *arguments: Any) -> BaseException | None:
        """Call what is the user's, or calls it; returns what is wrong with it: what it raised, as a rule."""
        self._inside = True
        try:
            if (result := function(*arguments)) is not None:
                check_result(result)
        except (SystemExit, KeyboardInterrupt) as exc:
            self.exits(exc)
        except ReactorNotRunning:
            log.debug("a callback called reactor.stop(), but the reactor is stopping already")
        except BaseException as exc:
            return exc
        finally:
            self._inside = False
        return None


def _without(streams: Set[str], messages: Iterable[Any]) -> list[Any]:
    """What is left of combined messages, if those of some streams are taken out."""
    return [one for one in messages if not (isinstance(one, dict) and one.get("stream") in streams)]
