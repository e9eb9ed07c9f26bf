"""Refusals of new connections, and slow TLS handshakes."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from binance.exceptions import InvalidArgument
from binance.sandbox.calls import Refusal
from binance.sandbox.faults.fault import Fault
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.gate import Refused
from binance.sandbox.net.tls import Tls


def check_status(status: int) -> None:
    """Check the status of an answer that refuses something.

    :raises InvalidArgument: if it is not an HTTP status.
    """
    try:
        HTTPStatus(status)
    except ValueError as exc:
        raise InvalidArgument(f"{status} is not an HTTP status; use a known one, such as 503") from exc


@dataclass
class _Refusing:
    """How upgrade requests are refused, and how many still are; None for all."""

    status: int
    times: int | None
    retry_after_s: float | None
    body: str
    match: str | None
    how: Refusal


class Refusals(Fault):
    """Refuses upgrade requests."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._refusing: _Refusing | None = None

    def state(self) -> dict[str, Any]:
        return {"refuse": None if self._refusing is None else asdict(self._refusing)}

    def refuse(
        self,
        status: int,
        times: int | None,
        retry_after_s: float | None,
        body: str,
        match: str | None,
        how: Refusal,
    ) -> None:
        """Refuse new connections."""
        check_status(status)
        self._refusing = _Refusing(status, times, retry_after_s, body, match, how)
        self._note("refuse", **asdict(self._refusing))

    def accept(self) -> None:
        """Accept new connections again."""
        self._refusing = None
        self._connections.drop_hanging()
        self._note("accept")

    def refusal(self, path: str) -> Refused | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""
        refusing = self._refusing
        if refusing is None or (refusing.match is not None and refusing.match not in path):
            return None
        self._note("refused", path=path, how=refusing.how, status=refusing.status)
        if refusing.times is not None:
            refusing.times -= 1
            if not refusing.times:
                self._refusing = None
        return Refused(refusing.how, refusing.status, refusing.body, refusing.retry_after_s)


class SlowTls(Fault):
    """Lets TLS handshakes wait."""

    def __init__(self, connections: Connections, tls: Tls) -> None:
        super().__init__(connections)
        self._tls = tls
        self._slow: dict[str, Any] | None = None

    def state(self) -> dict[str, Any]:
        return {"slow_tls": self._slow}

    def lift(self) -> None:
        self._slow = None

    def slow_tls(self, seconds: float, times: int | None) -> None:
        """Let new TLS connections wait for their handshake."""
        if self._tls.certificate_file is None:
            raise InvalidArgument("this sandbox has no TLS; start it with tls=True")
        self._slow = {"seconds": seconds, "times": times} if seconds else None
        self._note("slow_tls", seconds=seconds, times=times)

    def slow_start_s(self) -> float:
        """Return how long a new TLS connection has to wait, counting it."""
        slow = self._slow
        if slow is None:
            return 0.0
        if slow["times"] is not None:
            slow["times"] -= 1
            if not slow["times"]:
                self._slow = None
        seconds: float = slow["seconds"]
        self._note("slow_start", seconds=seconds)
        return seconds
