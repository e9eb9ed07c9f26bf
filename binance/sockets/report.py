"""Events and log lines of one socket, masked and printable, in one place.

Neither is handed on at once; see :mod:`binance.sockets.delivery`. So whoever reports may be in the middle of
a change of state.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from binance.events import Event
from binance.net.interfaces import Clock
from binance.process.logs import ERROR, INFO, WARNING, Log
from binance.sockets.delivery import Delivery
from binance.sockets.seldom import Seldom
from binance.text.keys import short_key, short_value
from binance.text.printable import LONGEST, printable
from binance.wire.timings import TIMINGS

__all__ = ["ERROR", "INFO", "RATE_LIMITED", "WARNING", "Report", "ShardReport"]

log = Log("binance.sockets")

#: The log line of a ``limited`` event: what is delayed, by how many seconds, and why.
RATE_LIMITED = "rate limited: %s delayed by %.1f s (%s)"

#: Signatures and the like that are still hidden, the latest.
SHORT_LIVED_KEPT = 16
#: What is shorter is not hidden: it is part of ordinary words, and the exchange gives no such key.
SHORTEST_SECRET = 8
#: Of texts in an event that may be longer than others; a URL is ours, and has up to 8,000 characters.
LONGEST_OF = {"url": 10_000}


class Report:
    """Puts what happens to one connection key into events and log lines.

    :param log_every_s: seconds between two lines of one kind about what may happen with every message.
    :param slow_s: an ``on_event`` that takes longer is logged.

    :ivar seldom: logs what may happen with every message; in the reactor's thread.

    Text in events and log lines is printable and of bounded length, see :mod:`binance.text.printable`: most
    of it is the exchange's.
    """

    def __init__(
        self,
        conn_key: str,
        delivery: Delivery,
        clock: Clock,
        log_every_s: float,
        slow_s: float = TIMINGS.slow_s,
    ) -> None:
        self.conn_key = conn_key
        self._short_key = short_key(conn_key)
        self.delivery = delivery
        self._slow_s = slow_s
        self._handler_errors = 0
        self._handler_slow = 0
        self.seldom = Seldom(self.log, lambda: not self._is_closed, clock, log_every_s)
        self._secrets: set[str] = set()
        self._short_lived: deque[str] = deque(maxlen=SHORT_LIVED_KEPT)
        self._generation = 0  # a new one begins when the socket is stopped, and when it has ended
        self._is_closed = False

    def hide(self, secret: str) -> None:
        """Show *** in place of this from now on, unless it is shorter than a secret can be."""
        if len(secret) >= SHORTEST_SECRET:
            self._secrets.add(secret)

    def hide_for_now(self, secret: str) -> None:
        """The same for something that is valid for a short time, such as a signature."""
        if len(secret) >= SHORTEST_SECRET:
            self._short_lived.append(secret)

    def event(self, kind: str, **info: Any) -> None:
        """Something happened that is an event."""
        self._event(kind, info)

    def event_of_user(self, kind: str, **info: Any) -> None:
        """The same of the user's own doing: it is reported although the socket may have been stopped."""
        self._event(kind, info, always=True)

    def log(
        self,
        level: int,
        words: str,
        *arguments: Any,
        error: BaseException | None = None,
    ) -> None:
        """Log a line.

        :param words: with places for *arguments*; the connection key stands before them, shortened if it is
            long, as are keys and lists of names in *arguments*.
        :param error: of the user's code; its traceback is logged although the socket may have been stopped.
        """
        shown = [self.shown(short_value(argument)) for argument in arguments]
        self.soon(
            lambda: log.log(level, f"%s: {words}", self._short_key, *shown, exc_info=error),
            always=error is not None,
        )

    def close(self) -> None:
        """The socket was stopped: only its end is still reported, and nothing that is pending; any thread."""
        self._is_closed = True
        self._generation += 1

    @property
    def is_closed(self) -> bool:
        """Whether the socket was stopped, and has not ended yet."""
        return self._is_closed

    def end(self) -> None:
        """It has ended: only its last events are reported from now on."""
        self._is_closed = False
        self._generation += 1
        self.seldom.end()

    def soon(self, act: Callable[[], None], always: bool = False) -> None:
        """Do something in its turn, unless the socket is stopped before.

        :param always: even then.
        """
        if always:
            self.delivery.soon(act)
        elif not self._is_closed:
            generation = self._generation
            self.delivery.soon(lambda: act() if self._generation == generation else None)

    def _event(self, kind: str, info: dict[str, Any], always: bool = False) -> None:
        if self.delivery.wants_events:
            shown = {name: self.shown(value, LONGEST_OF.get(name, LONGEST)) for name, value in info.items()}
            event = Event(kind, self.conn_key, time.time(), shown)
            self.soon(lambda: self._hand_on(event), always)

    def _hand_on(self, event: Event) -> None:
        error, seconds = self.delivery.event(event)
        if error is not None:
            self._handler_errors += 1
            words, count = "on_event raised on %r", self._handler_errors
            self.seldom.log(count, ERROR, words, event.kind, error=error)
        if seconds >= self._slow_s:
            self._handler_slow += 1
            words, count = "on_event took %.2f s on %r, and all sockets waited", self._handler_slow
            self.seldom.log(count, WARNING, words, seconds, event.kind)

    def of_shard(self, number: int, is_one_of_several: Callable[[], bool]) -> ShardReport:
        """Reports about the connection of one shard."""
        return ShardReport(self, number, is_one_of_several)

    def shown(self, value: Any, longest: int = LONGEST) -> Any:
        """The same value; text printable, with *** for secrets; seconds to the millisecond."""
        if isinstance(value, float):
            return round(value, 3)  # nothing here is known to less
        if not isinstance(value, str):
            return value
        for secret in (*self._secrets, *self._short_lived):
            value = value.replace(secret, "***")
        return printable(value, longest)


class ShardReport:
    """Reports about one of the connections of a key: they say which one, if there are several.

    :ivar number: of the shard, from 0.
    """

    def __init__(self, report: Report, number: int, is_one_of_several: Callable[[], bool]) -> None:
        self.number = number
        self._report = report
        self._is_one_of_several = is_one_of_several

    def as_of_now(self) -> ShardReport:
        """The same report, which names the shard if there are several now, whatever becomes of them."""
        several = self._is_one_of_several()
        return ShardReport(self._report, self.number, lambda: several)

    def event(self, kind: str, **info: Any) -> None:
        """See :meth:`Report.event`."""
        if self._is_one_of_several():
            info["shard"] = self.number
        self._report.event(kind, **info)

    def log(self, level: int, words: str, *arguments: Any) -> None:
        """See :meth:`Report.log`."""
        which = f"shard {self.number}: " if self._is_one_of_several() else ""
        self._report.log(level, which + words, *arguments)
