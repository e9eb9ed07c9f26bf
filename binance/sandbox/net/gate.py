"""The gate: what is asked of the faults before a request is answered."""

from typing import NamedTuple, Protocol

from binance.sandbox.calls import Refusal


class Refused(NamedTuple):
    """How an upgrade request is refused."""

    how: Refusal
    status: int
    body: str
    retry_after_s: float | None


class Failed(NamedTuple):
    """How a REST call fails; it may just be slow."""

    how: Refusal
    down: int | None
    delay_s: float


class Gate(Protocol):
    """Decides which requests are refused, fail, or have to wait: the faults."""

    def refusal(self, path: str) -> Refused | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""

    def rest_failure(self, path: str) -> Failed | None:
        """Return how a REST call to *path* fails, or None."""

    def slow_start_s(self) -> float:
        """Return how long a new TLS connection has to wait, counting it."""
