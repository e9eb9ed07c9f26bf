"""Stalls: connections on which nothing is sent while TCP stays open.

Each call of ``stall`` is a rule of its own, which holds the connections it matched; with ``new`` it also
holds those that open later. A connection sends again once no rule holds it: a rule ends by its time,
``resume`` takes the connections it matches from all rules. A rule that holds no connection and waits for none
is forgotten.
"""

from collections.abc import Collection
from typing import Any

from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections


class _Stall(Rule):
    """One call of ``stall``.

    :ivar held: the connections it holds; ``new``: whether it holds those that open later.
    """

    def __init__(self, match: str | None, held: Collection[Connection], new: bool) -> None:
        super().__init__(match)
        self.held = list(held)
        self.new = new


class Stalls(Fault):
    """Stalls connections."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._rules: list[_Stall] = []

    def state(self) -> dict[str, Any]:
        return {
            "stall": [connection.id for connection in self._connections.open() if connection.stalled],
            "stall_new": [rule.match for rule in self._rules if rule.new],
        }

    def opened(self, connection: Connection) -> None:
        holding = [rule for rule in self._rules if rule.new and connection.matches(rule.match)]
        for rule in holding:
            rule.held.append(connection)
        if holding:
            connection.outbox.stall(True)
            self._note("stall", [connection])

    def left(self, connection: Connection) -> None:
        for rule in self._rules:
            if connection in rule.held:
                rule.held.remove(connection)
        self._forget_idle()

    def stall(self, match: str | None, seconds: float | None, new: bool) -> int:
        """Send nothing more on connections."""
        touched = self._connections.matching(match)
        rule = _Stall(match, touched, new)
        self._end_after(seconds, rule, self._end, rule)
        self._rules.append(rule)
        for connection in touched:
            connection.outbox.stall(True)
        self._note("stall", touched, match=match, seconds=seconds)
        return len(touched)

    def resume(self, match: str | None) -> int:
        """End stalls."""
        touched = [connection for connection in self._connections.matching(match) if connection.stalled]
        for rule in self._rules:
            rule.new = rule.new and match is not None and rule.match != match
            rule.held = [connection for connection in rule.held if connection not in touched]
        self._forget_idle()
        self._resume(touched, match)
        return len(touched)

    def _end(self, rule: _Stall) -> None:
        held, rule.held, rule.new = rule.held, [], False
        self._forget_idle()
        self._resume([c for c in held if not any(c in other.held for other in self._rules)], rule.match)

    def _forget_idle(self) -> None:
        """Forget the rules that hold no connection and wait for none."""
        for rule in self._rules:
            if not rule.held and not rule.new:
                rule.forget_end()
        self._rules = [rule for rule in self._rules if rule.held or rule.new]

    def _resume(self, touched: Collection[Connection], match: str | None) -> None:
        for connection in touched:
            connection.outbox.stall(False)
            connection.catch_up()
        self._note("resume", touched, match=match)
        for connection in touched:
            connection.outbox.report_missed()
