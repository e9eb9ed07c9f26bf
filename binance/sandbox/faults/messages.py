"""Faults of single messages: edited, malformed, or in fragments."""

from typing import Any, Final

from binance.sandbox.calls import Malformed
from binance.sandbox.faults.edits import Edit, Kind
from binance.sandbox.faults.fault import Fault
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.frames import BINARY, TEXT, frame

_MALFORMED_FRAMES: Final[dict[str, bytes]] = {
    "not_json": frame(b'{"e":"trade","E":17'),
    "not_utf8": frame(b'{"e":"\xff\xfe"}'),
    "binary": frame(b'{"e":"trade"}', BINARY),
    "empty": frame(b"", TEXT),
    "list": frame(b"[]"),
    "number": frame(b"42"),
    "string": frame(b'"trade"'),
}


class Edits(Fault):
    """Repeats, holds back or drops messages."""

    def state(self) -> dict[str, Any]:
        edited = {str(c.id): _edits(c) for c in self._connections.open()}
        return {"edits": {number: edits for number, edits in edited.items() if edits}}

    def lift(self) -> None:
        for connection in self._connections.open():
            connection.outbox.release_edits()

    def duplicate(self, match: str | None, times: int) -> int:
        """Send messages twice."""
        return self._edit("duplicate", match, times)

    def reorder(self, match: str | None, times: int) -> int:
        """Send messages behind the next one of their stream."""
        return self._edit("reorder", match, times)

    def skip(self, match: str | None, times: int) -> int:
        """Leave messages out."""
        return self._edit("skip", match, times)

    def _edit(self, kind: Kind, match: str | None, times: int) -> int:
        touched = self._connections.matching(match)
        for connection in touched:
            one = match == f"#{connection.id}"  # of whatever stream
            connection.outbox.edit(Edit(kind, None if one else match, times))
        self._note(kind, touched, match=match, times=times)
        return len(touched)


def _edits(connection: Connection) -> list[list[Any]]:
    return [[edit.kind, edit.left] for edit in connection.outbox.edits]


class _Repeated:
    """One malformed frame, to be inserted a number of times."""

    def __init__(self, data: bytes, times: int) -> None:
        self._data = data
        self.left = times

    def take(self) -> bytes:
        self.left -= 1
        return self._data


class MalformedMessages(Fault):
    """Puts malformed messages between good ones."""

    def state(self) -> dict[str, Any]:
        left = {str(c.id): sum(i.left for i in c.outbox.inserts) for c in self._connections.open()}
        return {"malformed": {number: count for number, count in left.items() if count}}

    def lift(self) -> None:
        for connection in self._connections.open():
            connection.outbox.drop_inserts()

    def malformed(self, kind: Malformed, times: int, match: str | None) -> int:
        """Send malformed messages."""
        touched = [c for c in self._connections.matching(match) if not c.stalled]
        for connection in touched:
            connection.outbox.insert(_Repeated(_MALFORMED_FRAMES[kind], times))
        self._connections.traffic.flush()
        self._note("malformed", touched, kind=kind, times=times, match=match)
        return len(touched)


class _Fragmenting:
    """One call of ``fragments``, and how many messages it still cuts up; None for all."""

    def __init__(
        self, fault: "FragmentedMessages", pieces: int, match: str | None, times: int | None, pings: bool
    ):
        self._fault = fault
        self.pieces = pieces
        self.match = match
        self.times = times
        self.pings = pings

    def used(self) -> None:
        if self.times is not None:
            self.times -= 1
            if not self.times:
                self._fault.end(self)

    def state(self) -> dict[str, Any]:
        return {"pieces": self.pieces, "match": self.match, "times": self.times, "pings": self.pings}


class FragmentedMessages(Fault):
    """Cuts messages up."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._fragmenting: _Fragmenting | None = None

    def state(self) -> dict[str, Any]:
        return {"fragments": None if self._fragmenting is None else self._fragmenting.state()}

    def lift(self) -> None:
        self._fragmenting = None

    def opened(self, connection: Connection) -> None:
        self.apply(connection)
        pieces = connection.outbox.fragments
        if pieces is not None:
            self._note("fragments", [connection], pieces=pieces.pieces)

    def apply(self, connection: Connection) -> None:
        cut = self._fragmenting
        connection.outbox.cut_up(cut if cut is not None and connection.matches(cut.match) else None)

    def fragments(self, pieces: int, match: str | None, times: int | None, pings: bool) -> int:
        """Send messages in several frames each."""
        self._fragmenting = _Fragmenting(self, pieces, match, times, pings)
        self._apply_to_all()
        touched = self._connections.matching(match)
        self._note("fragments", touched, pieces=pieces, times=times, match=match)
        return len(touched)

    def end(self, fragmenting: _Fragmenting) -> None:
        """End a call whose messages have all been cut up, if it is still in force."""
        if self._fragmenting is fragmenting:
            self._fragmenting = None
            self._apply_to_all()
