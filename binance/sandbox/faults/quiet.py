"""Quiet: streams that send no messages while pings go on."""

from typing import Any

from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections


class Quiet(Fault):
    """Silences streams."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._rules: list[Rule] = []

    def state(self) -> dict[str, Any]:
        return {"quiet": [rule.match for rule in self._rules]}

    def lift(self) -> None:
        for rule in self._rules:
            rule.forget_end()
        self._rules = []

    def opened(self, connection: Connection) -> None:
        self.apply(connection)
        if any(self._silences(rule.match, connection) for rule in self._rules):
            self._note("quiet", [connection])

    def apply(self, connection: Connection) -> None:
        matches = [rule.match for rule in self._rules if connection.matches(rule.match)]
        if not matches:
            connection.outbox.silence(None)
        elif any(_is_whole(match, connection) for match in matches):
            connection.outbox.silence(lambda stream: True)
        else:
            parts = [match for match in matches if match is not None]
            connection.outbox.silence(lambda stream: any(part in stream for part in parts))

    def quiet(self, match: str | None, lasting_s: float | None) -> int:
        """Send no messages of streams."""
        rule = Rule(match)
        self._end_after(lasting_s, rule, self._end, rule)
        self._rules.append(rule)
        self._apply_to_all()
        touched = self._connections.matching(match)
        self._note("quiet", touched, match=match)
        return len(touched)

    def _end(self, rule: Rule) -> None:
        self._rules.remove(rule)
        self._apply_to_all()
        for connection in self._connections.open():
            if not connection.stalled:
                connection.outbox.report_missed()

    @staticmethod
    def _silences(match: str | None, connection: Connection) -> bool:
        return _is_whole(match, connection) or any(str(match) in stream for stream in connection.streams)


def _is_whole(match: str | None, connection: Connection) -> bool:
    """Return whether *match* silences all streams of a connection, whatever their names."""
    if match is None or match == f"#{connection.id}":
        return True
    return match.startswith("/") and match in connection.path
