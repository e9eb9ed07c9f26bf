"""Delays of everything that is sent, and of pings."""

import random
from typing import Any

from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections


class _Delay(Rule):
    """One delay in force.

    :ivar seconds: how long; ``each``: True for a part of it on each connection.
    """

    def __init__(self, match: str | None, seconds: float, each: bool) -> None:
        super().__init__(match)
        self.seconds = seconds
        self.each = each

    def on(self, connection: Connection) -> float:
        """Return the seconds on a connection."""
        if not self.each:
            return self.seconds
        # drawn by the connection's number: the same ones each time
        return self.seconds * random.Random(connection.id).random()


class _Late(Fault):
    """Delays by connection, at most one for each *match*."""

    name: str

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._by_match: dict[str | None, _Delay] = {}

    def state(self) -> dict[str, Any]:
        return {self.name: [[match, rule.seconds] for match, rule in self._by_match.items()]}

    def lift(self) -> None:
        for rule in self._by_match.values():
            rule.forget_end()
        self._by_match.clear()

    def opened(self, connection: Connection) -> None:
        self.apply(connection)
        seconds = self._on(connection)
        if seconds:
            self._note(self.name, [connection], seconds=seconds)

    def _on(self, connection: Connection) -> float:
        """Return the longest delay that is meant for a connection."""
        rules = self._by_match.values()
        return max((rule.on(connection) for rule in rules if connection.matches(rule.match)), default=0.0)

    def _set(self, seconds: float, match: str | None, lasting_s: float | None, each: bool = False) -> int:
        if match in self._by_match:
            self._by_match.pop(match).forget_end()
        if seconds:
            rule = self._by_match[match] = _Delay(match, seconds, each)
            self._end_after(lasting_s, rule, self._set, 0, match, None)
        self._apply_to_all()
        touched = self._connections.matching(match)
        self._note(self.name, touched, seconds=seconds, match=match)
        return len(touched)


class LatePings(_Late):
    """Sends pings late."""

    name = "late_pings"

    def apply(self, connection: Connection) -> None:
        connection.pinger.late_s = self._on(connection)

    def late_pings(self, seconds: float, match: str | None, lasting_s: float | None) -> int:
        """Send pings late."""
        return self._set(seconds, match, lasting_s)


class Delays(_Late):
    """Sends everything later."""

    name = "delay"

    def apply(self, connection: Connection) -> None:
        connection.outbox.delay(self._on(connection))

    def delay(self, seconds: float, match: str | None, lasting_s: float | None, each: bool) -> int:
        """Send everything later."""
        return self._set(seconds, match, lasting_s, each)
