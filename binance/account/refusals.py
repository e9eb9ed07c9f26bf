"""Accounts that were refused for good, so that they are not requested again and again.

A script whose account is refused may do what it does about any error: close the socket and restart it, from
inside the callback. Each restart is a new socket with a new keeper, perhaps of a new manager, so what is
known of an account is kept for the whole process, until it is authorised. Only a hash of who it is is kept.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from binance.endpoints import Endpoints
from binance.wire.hosts import place_of
from binance.wire.timings import SharedBy, Timings


class Refusals:
    """How often each account was refused in a row; in the reactor's thread only."""

    def __init__(self) -> None:
        self._refused: dict[bytes, tuple[int, float]] = {}  # how often, and until when nobody asks

    def refused(self, account: bytes, now: float, timings: Timings) -> None:
        """An account was refused for good."""
        count = self._refused.get(account, (0, 0.0))[0] + 1
        self._refused[account] = count, now + timings.after_refusals(count)

    def authorised(self, account: bytes) -> None:
        """It is not refused any more."""
        self._refused.pop(account, None)

    def left_s(self, account: bytes, now: float) -> float:
        """Seconds for which nobody is to ask for an account; 0: now."""
        return max(self._refused.get(account, (0, now))[1] - now, 0.0)


#: What is known by all who go by the same timings.
refusals = SharedBy(lambda timings: Refusals())


def account_of(client: Any, url: str, name: str) -> bytes:
    """An account, by a hash.

    :param client: whose account: what counts is its API key, if it has one.
    :param url: of the host that authorises it.
    :param name: which of the accounts of that key.
    """
    key = getattr(client, "API_KEY", None)
    return blake2b("\0".join((place_of(url), str(key), name)).encode(), digest_size=16).digest()


def endpoints_of(client: Any, endpoints: Endpoints) -> Endpoints:
    """Where a client makes its calls: at its own endpoints, or those of the venue if it does not say."""
    own = getattr(client, "endpoints", None)
    return own if isinstance(own, Endpoints) else endpoints
