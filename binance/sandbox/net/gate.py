"""The gate: what is asked of the faults before a request is answered."""

from collections.abc import Collection
from typing import Any, NamedTuple, Protocol

from binance.sandbox.answers.control import Reply
from binance.sandbox.answers.rest import Answer
from binance.sandbox.calls import Refusal, RestFailure, Security
from binance.sandbox.net.connection import Connection


class Refused(NamedTuple):
    """How an upgrade request is refused."""

    how: Refusal
    status: int
    body: str
    retry_after_s: float | None


class Failed(NamedTuple):
    """How a REST call fails; it may just be slow."""

    how: RestFailure
    down: int | None
    delay_s: float


class Treated(NamedTuple):
    """What becomes of a control message.

    :ivar body: the answer, *delay_s* later; None for no answer.
    """

    body: dict[str, Any] | None
    obeyed: bool
    delay_s: float = 0.0


class Gate(Protocol):
    """Decides which requests are refused, fail, or have to wait: the faults."""

    def refusal(self, path: str) -> Refused | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""

    def rest_failure(self, path: str) -> Failed | None:
        """Return how a REST call to *path* fails, or None."""

    def banned_s(self, path: str) -> float | None:
        """Return the seconds for which all addresses are banned from REST calls to *path*, or None."""

    def scripted(self, method: str, path: str) -> Security | None:
        """Return what a script's answer to a call has checked; None if there is no such answer."""

    def take_scripted(self, method: str, path: str) -> Answer:
        """Return a script's answer to a call, counting it."""

    def slow_start_s(self) -> float:
        """Return how long a new TLS connection has to wait, counting it."""

    def treated(self, connection: Connection, reply: Reply, flat_errors: bool) -> Treated:
        """Return what becomes of a control message whose reply would be *reply*, counting it."""

    def unsubscribing(self, connection: Connection, streams: Collection[str]) -> None:
        """A connection is about to leave streams, as it has asked for."""
