"""What a check finds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from binance.endpoints import Endpoints


class State(StrEnum):
    """How one thing is, in the words that are printed."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    :ivar seen: what was seen.
    :ivar advice: what to do about it; empty if there is nothing to do.
    """

    state: State
    seen: str
    advice: str = ""


def ok(seen: str) -> Finding:
    return Finding(State.OK, seen)


def warning(seen: str, advice: str) -> Finding:
    return Finding(State.WARNING, seen, advice)


def failed(seen: str, advice: str) -> Finding:
    return Finding(State.FAILED, seen, advice)


def skipped(seen: str, advice: str = "") -> Finding:
    return Finding(State.SKIPPED, seen, advice)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line asked for.

    :ivar market: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
    :ivar secret: of the API key: an HMAC secret, or the PEM text of a private key.
    """

    endpoints: Endpoints
    market: str = "spot"
    api_key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    @property
    def rest(self) -> str:
        """The host of its REST calls."""
        return str(getattr(self.endpoints, "rest" if self.market == "spot" else f"{self.market}_rest"))
