"""Quiet: streams that send no messages while pings go on."""

from collections.abc import Collection
from typing import Any

from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.match import names


class _Quiet(Rule):
    """One call of ``quiet`` in force.

    :ivar held: the connections it is for; None for all that match, later ones too.
    """

    def __init__(self, match: str | None, held: Collection[Connection] | None) -> None:
        super().__init__(match)
        self.held = None if held is None else set(held)

    def is_for(self, connection: Connection) -> bool:
        return connection.matches(self.match) if self.held is None else connection in self.held

    def silences(self, connection: Connection) -> bool:
        """Return whether it silences a stream that the connection has now."""
        return self.is_for(connection) and (
            is_whole(self.match, connection) or any(names(self.match, s) for s in connection.streams)
        )


class Quiet(Fault):
    """Silences streams."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._rules: list[_Quiet] = []

    def state(self) -> dict[str, Any]:
        return {
            "quiet": [rule.match for rule in self._rules if rule.held is None],
            "quiet_open": [
                [rule.match, sorted(connection.id for connection in rule.held)]
                for rule in self._rules
                if rule.held is not None
            ],
        }

    def lift(self) -> None:
        for rule in self._rules:
            rule.forget_end()
        self._rules = []

    def opened(self, connection: Connection) -> None:
        self.apply(connection)
        if any(rule.silences(connection) for rule in self._rules):
            self._note("quiet", [connection])

    def apply(self, connection: Connection) -> None:
        matches = [rule.match for rule in self._rules if rule.is_for(connection)]
        if not matches:
            connection.outbox.silence(None)
        elif any(is_whole(match, connection) for match in matches):
            connection.outbox.silence(lambda stream: True)
        else:
            connection.outbox.silence(lambda stream: any(names(match, stream) for match in matches))

    def left(self, connection: Connection) -> None:
        for rule in self._rules:
            if rule.held is not None:
                rule.held.discard(connection)
                if not rule.held:
                    rule.forget_end()
        self._rules = [rule for rule in self._rules if rule.held is None or rule.held]

    def quiet(self, match: str | None, lasting_s: float | None, new: bool) -> int:
        """Send no messages of streams."""
        touched = self._connections.matching(match)
        if new or touched:
            rule = _Quiet(match, None if new else touched)
            self._end_after(lasting_s, rule, self._end, rule)
            self._rules.append(rule)
            self._apply_to_all()
        self._note("quiet", touched, match=match, new=None if new else False)
        return len(touched)

    def _end(self, rule: _Quiet) -> None:
        self._rules.remove(rule)
        self._apply_to_all()
        for connection in self._connections.open():
            if not connection.stalled:
                connection.outbox.report_missed()


def is_whole(match: str | None, connection: Connection) -> bool:
    """Return whether *match* means all streams of a connection, whatever their names."""
    if match is None or match == f"#{connection.id}":
        return True
    return match.startswith("/") and match in connection.path
