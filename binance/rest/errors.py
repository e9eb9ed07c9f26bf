"""Attributes and words of an error that a REST call raised: any client's, with attributes of any kind."""

from __future__ import annotations

from typing import Any

from twisted.python.reflect import safe_repr, safe_str

from binance.process.logs import Log
from binance.wire.waits import LONGEST_WAIT_S, own_wait_s

log = Log(__name__)


def number(error: BaseException, name: str) -> int | None:
    """An attribute that is a number, such as ``status_code``; None if it is missing."""
    value = _attribute(error, name)
    return value if isinstance(value, int) else None


def words(error: BaseException) -> str:
    """Its message, or what it shows as."""
    message = _attribute(error, "message")
    if isinstance(message, str) and message:
        return message
    return safe_str(error) or type(error).__name__


def retry_after_s(error: BaseException) -> float | None:
    """Seconds that the exchange asked to wait, three days at most; None if it did not."""
    wait_s = _attribute(error, "retry_after_s")
    return float(min(wait_s, LONGEST_WAIT_S)) if isinstance(wait_s, (int, float)) and wait_s >= 0 else None


def asked_wait_s(error: BaseException) -> float:
    """Seconds for which the one that was refused waits because the exchange asked for it; 0 if it did not."""
    return own_wait_s(number(error, "status_code"), retry_after_s(error))


def _attribute(error: BaseException, name: str) -> Any:
    """Its value; None if it is missing or cannot be read."""
    try:
        return getattr(error, name, None)
    except Exception as exc:
        log.debug("an error's %s cannot be read: %s", name, safe_repr(exc))
        return None
