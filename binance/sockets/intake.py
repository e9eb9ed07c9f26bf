"""Messages of a line that are not for the user: malformed payloads, control messages."""

from __future__ import annotations

from enum import Enum
from typing import Any

from binance.exceptions import MalformedMessage
from binance.net.interfaces import Arrival
from binance.sockets.counts import Counts
from binance.sockets.report import WARNING, Report
from binance.wire.codec import Codec
from binance.wire.control import ServerShutdown, control, event_time_s


class Handled(Enum):
    """What was done about a message that is not for the user."""

    DONE = "all of it"
    SHUTDOWN = "nothing: the exchange announces that it will end this connection"


class Intake:
    """Looks at messages before they are taken for the user's, and counts what comes."""

    __slots__ = ("_checked", "_counts", "_report")

    def __init__(self, codec: Codec, counts: Counts, report: Report) -> None:
        self._checked = codec.checked
        self._counts = counts
        self._report = report

    def came(self, messages: list[Any], at: Arrival) -> None:
        """Some messages came."""
        self._counts.came(at.epoch_s, at.clock_s, event_time_s(messages[-1]))

    def handle(self, message: Any, length: int) -> Handled | None:
        """Return None if *message* goes to the callback.

        Control replies and malformed payloads are handled here.

        :param message: anything that was decoded, or an exception that says why nothing was.
        :param length: of its payload, in bytes.
        """
        try:
            said = control(self._checked(message))
        except MalformedMessage as exc:
            self._malformed(length, str(exc))
            return Handled.DONE
        except (SystemExit, KeyboardInterrupt) as exc:  # of a decoder of the user's
            self._report.delivery.exits(exc)
            return Handled.DONE
        if said is None:
            return None
        if isinstance(said, ServerShutdown):
            return Handled.SHUTDOWN
        if said.refused:
            self._report.log(WARNING, "the exchange refused a request: %s %s", said.code, said.message)
            self._report.event("refused", code=said.code, message=said.message)
        return Handled.DONE

    def _malformed(self, length: int, error: str) -> None:
        self._counts.malformed += 1
        count = self._counts.malformed
        self._report.seldom.log(count, WARNING, "malformed payload of %d bytes: %s", length, error)
        self._report.event("malformed", count=count, length=length, error=error)


def is_users(message: Any) -> bool:
    """Whether it goes to the callback; an exception or a bare value in place of a message does not."""
    return isinstance(message, (dict, list)) and control(message) is None
