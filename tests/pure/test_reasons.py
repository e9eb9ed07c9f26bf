"""Why an attempt to connect failed, in words."""

from __future__ import annotations

import pytest
from twisted.internet import error

from binance.net.reasons import reason


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            error.ConnectionRefusedError(111, "Connection refused"),
            "ConnectionRefusedError: Connection refused (111)",
        ),
        (error.ConnectionRefusedError(), "ConnectionRefusedError: Connection was refused by other side"),
        (error.NoRouteError(113, "No route to host"), "NoRouteError: No route to host (113)"),
        (
            error.DNSLookupError("no results for hostname lookup: a.example"),
            "DNSLookupError: no results for hostname lookup: a.example",
        ),
        (error.DNSLookupError(), "DNSLookupError: DNS lookup failed"),
        (error.TimeoutError(string="no connection within 10 s"), "TimeoutError: no connection within 10 s"),
        (OSError(24, "Too many open files"), "OSError: [Errno 24] Too many open files"),
        (UnicodeError("label too long"), "UnicodeError: label too long"),
        (ValueError(), "ValueError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reason_says_each_thing_once(failure, words):
    """The type and the words of the system, or Twisted's own where the system said nothing."""
    assert reason(failure) == words
