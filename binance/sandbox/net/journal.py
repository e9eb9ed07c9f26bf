"""The log of one exchange: what was done to connections, and by what."""

import logging
import re
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Final, Generic, Protocol, TypeVar

log = logging.getLogger(__name__)

# Entries that a log keeps.
MOST_KEPT: Final = 10_000

_Entry = TypeVar("_Entry")


class Recent(Generic[_Entry]):
    """The last entries of a log, and how many there were in all.

    :ivar entries: the last :data:`MOST_KEPT`, oldest first.
    :ivar number: how many that were, those forgotten included.
    """

    def __init__(self) -> None:
        self.entries: deque[_Entry] = deque(maxlen=MOST_KEPT)
        self.number = 0

    def add(self, entry: _Entry) -> None:
        """Keep an entry, and forget the oldest if there are too many."""
        self.entries.append(entry)
        self.number += 1


class Numbered(Protocol):
    """A connection, as far as the log knows it."""

    id: int


class Journal:
    """Logs what happens to connections, and keeps it for the state.

    :param time_ms: returns the exchange's time, milliseconds since the epoch.

    :ivar log: what has happened, in a form that JSON can carry.
    """

    def __init__(self, time_ms: Callable[[], int]) -> None:
        self.log = Recent[dict[str, Any]]()
        self._time_ms = time_ms

    def note(self, fault: str, touched: Collection[Numbered] = (), **details: Any) -> None:
        """Log a fault, or what the exchange did to a connection by itself.

        :param touched: the connections affected now.
        :param details: in a form that JSON can carry; those that are None are left out.
        """
        numbers = [connection.id for connection in touched]
        known = {name: value for name, value in details.items() if value is not None}
        self.log.add({"time_ms": self._time_ms(), "fault": fault, "connections": numbers} | known)
        shown = "".join(f" {name}={value!r}" for name, value in known.items())
        log.info("%s: connections %s%s", fault, numbers, mask(shown))


def mask(text: str) -> str:
    """Hide what looks like a listen key, for logs."""
    return re.sub(r"[A-Za-z0-9]{40,}", lambda found: found[0][:4] + "...", text)
