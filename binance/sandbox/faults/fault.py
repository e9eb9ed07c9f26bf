"""What every fault is made of: rules with their ends, and a way to the connections."""

from collections.abc import Callable
from typing import Any

from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.timers import Timer


class Rule:
    """One use of a fault that is in force, distinct from others with the same arguments.

    :param match: the connections or paths it is for.
    """

    def __init__(self, match: str | None) -> None:
        self.match = match
        self._end: Timer | None = None

    def end_with(self, timer: Timer) -> None:
        """Keep the timer that will end it."""
        self._end = timer

    def forget_end(self) -> None:
        """Let nothing end it by itself."""
        if self._end is not None:
            self._end.cancel()


class Fault:
    """One kind of fault: it has the rules, counts and timers, and instructs outboxes.

    A method that has the name of a call (see :class:`~binance.sandbox.calls.Calls`) carries it out.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._timers = connections.timers
        self._note = connections.journal.note

    def state(self) -> dict[str, Any]:
        """Return what is in force, in a form that JSON can carry."""
        return {}

    def lift(self) -> None:
        """End it, without an entry in the log; :meth:`apply` is called afterwards."""

    def opened(self, connection: Connection) -> None:
        """Instruct a connection that has just opened, and log it."""

    def apply(self, connection: Connection) -> None:
        """Instruct an open connection again: the rules have changed, or its streams."""

    def left(self, connection: Connection) -> None:
        """Forget a connection that gets no more messages."""

    def _apply_to_all(self) -> None:
        for connection in self._connections.open():
            self.apply(connection)

    def _end_after(self, lasting_s: float | None, rule: Rule, end: Callable[..., Any], *args: Any) -> None:
        """End a rule by itself after a time, if one is given."""
        if lasting_s is not None:
            rule.end_with(self._timers.later(lasting_s, end, *args))
