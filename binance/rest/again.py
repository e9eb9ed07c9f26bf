"""The repetition of calls that only read, after a failure. Pure.

Source: Spot *REST API*, "IP Limits" and "HTTP Return Codes".
"""

from __future__ import annotations

from binance.exceptions import BinanceAPIException, BinanceRequestException, Retired
from binance.wire.waits import host_wait_s, own_wait_s

#: Seconds before each further attempt if the exchange did not name a wait. Then the error is final.
WAITS_S = (1.0, 4.0, 16.0)


def wait_s(error: BinanceRequestException, failures: int) -> float | None:
    """Seconds to wait before the same call is made again.

    :param failures: how many attempts of it have failed without a wait that the exchange asked for.
    :returns: after a 429 or 418 what the exchange asked for, however often; after any other failure that may
        pass (no answer, 5xx, a 429 that names no time) a wait that grows; None if the error is final.
    """
    status = error.status_code
    asked_s = error.retry_after_s if isinstance(error, BinanceAPIException) else None
    if host_wait_s(status, asked_s):
        return own_wait_s(status, asked_s)
    passes = status is None or status in (418, 429) or status >= 500
    if isinstance(error, Retired) or not passes or failures >= len(WAITS_S):
        return None
    return max(WAITS_S[failures], own_wait_s(status, asked_s))


def is_named(error: BinanceRequestException) -> bool:
    """Whether the exchange itself named the wait."""
    return isinstance(error, BinanceAPIException) and host_wait_s(error.status_code, error.retry_after_s) > 0
