"""What the screen says of an event: words, never the dict that it is."""

from __future__ import annotations

from typing import Any

import pytest

from binance.events import KINDS, Event
from binance.terminal.screen import STYLES
from binance.terminal.words import words_of

TEN_O_CLOCK_MS = 36_000_000
GAP = {"stream": "bnbbtc@trade", "first": 12, "last": 14, "count": 3, "cause": "skipped"}
NAMES = [f"s{number}@trade" for number in range(1000)]

#: Of each kind at least one: its info, and what is said.
SAID: list[tuple[str, dict[str, Any], str]] = [
    ("connecting", {"url": "wss://host/ws/a@trade", "attempt": 0}, ""),
    (
        "connected",
        {"url": "wss://host:1/public/stream?streams=a@trade/b@trade", "attempt": 0},
        "connected to wss://host:1/public/stream",
    ),
    (
        "disconnected",
        {"code": 1006, "reason": "it broke", "clean": False, "retry": True},
        "lost: it broke",
    ),
    (
        "disconnected",
        {"code": None, "reason": "refused", "clean": False, "retry": True},
        "not connected: refused",
    ),
    (
        "disconnected",
        {"code": 1000, "reason": "closed by us", "clean": True, "retry": False},
        "closed: closed by us",
    ),
    ("retrying", {"attempt": 1, "delay_s": 0.43}, "retry 1 in 0.4 s"),
    ("gave_up", {"attempts": 5, "reason": "no"}, ""),
    ("gap", GAP, "bnbbtc@trade: missed 3 ids, 12 to 14"),
    (
        "gap",
        {**GAP, "count": 1, "last": 12, "cause": "reconnect"},
        "bnbbtc@trade: missed 1 id, 12 to 12 during the reconnect",
    ),
    (
        "gap",
        {**GAP, "cause": "overflow"},
        "bnbbtc@trade: missed 3 ids, 12 to 14 because the reader was too slow",
    ),
    (
        "gap",
        {"stream": "btcusdt@depth", "first": 1, "last": 9, "cause": "reconnect"},
        "btcusdt@depth: missed changes between ids 1 and 9 during the reconnect",
    ),
    (
        "gap",
        {
            "stream": "a@kline_1m",
            "first": TEN_O_CLOCK_MS,
            "last": TEN_O_CLOCK_MS + 60_000,
            "count": 2,
            "cause": "reconnect",
        },
        "a@kline_1m: missed 2 closed candles, opened 10:00:00 to 10:01:00 UTC during the reconnect",
    ),
    ("reset", {"stream": "a@trade", "last": 900, "first": 1}, "a@trade: ids restarted, 900 is followed by 1"),
    ("rotating", {"why": "lifetime", "seconds": 82800.0}, "moving to a new connection: lifetime"),
    ("rotated", {"why": "lifetime", "seconds": 5.04}, "moved to a new connection in 5.0 s"),
    ("subscribed", {"streams": NAMES, "seconds": 0.5}, "subscribed in 0.5 s: s0@trade and 999 more"),
    ("unsubscribed", {"streams": NAMES[:2], "seconds": 0.5}, "unsubscribed in 0.5 s: s0@trade, s1@trade"),
    (
        "overflow",
        {"dropped": 3, "limit": 100_000, "policy": "drop_newest"},
        "3 messages dropped: the reader is too slow, 100,000 wait for it",
    ),
    (
        "malformed",
        {"count": 2, "length": 7, "error": "not JSON"},
        "malformed message of 7 bytes, 2 so far: not JSON",
    ),
    ("callback_error", {"count": 1, "error": "KeyError('e')"}, "the callback raised KeyError('e')"),
    (
        "callback_slow",
        {"count": 1, "seconds": 0.25, "messages": 64},
        "the callback took 0.25 s for 64 messages",
    ),
    (
        "key_renewed",
        {"status": None, "code": None, "message": None, "final": None},
        "the account's key or token was renewed",
    ),
    (
        "key_replaced",
        {"status": None, "code": None, "message": None, "final": None},
        "the account's key or token was replaced",
    ),
    (
        "key_failed",
        {"status": 401, "code": -2015, "message": "Invalid API-key", "final": True},
        "the account's key or token failed: Invalid API-key, for good",
    ),
    (
        "retired",
        {"stream": "!ticker@arr", "since": "2026-03-26", "use": "!miniTicker@arr"},
        "!ticker@arr was ended on 2026-03-26; use !miniTicker@arr",
    ),
    ("silent", {"stream": "a@trade", "seconds": 61.2}, "a@trade: no messages for 61 s"),
    ("refused", {"code": 2, "message": "Invalid request"}, "the exchange refused: Invalid request (code 2)"),
    (
        "refused",
        {"code": 2, "message": "no", "streams": ["a@trade"]},
        "the exchange refused a@trade: no (code 2)",
    ),
    (
        "limited",
        {"what": "dial", "budget": "300 in 5 minutes", "seconds": 1.25},
        "rate limited (300 in 5 minutes): next connection in 1.2 s",
    ),
    (
        "book_synced",
        {"symbol": "BNBBTC", "last_update_id": 7, "seconds": 0.1, "reason": "start"},
        "order book synced at id 7",
    ),
    (
        "book_lost",
        {"symbol": "BNBBTC", "last_update_id": 7, "seconds": 9.0, "reason": "gap"},
        "order book lost: gap",
    ),
]


@pytest.mark.parametrize(("kind", "info", "words"), SAID, ids=[kind for kind, _, _ in SAID])
def test_an_event_is_said_in_words(kind, info, words):
    """With the numbers that matter, in a colour that there is; with its shard, where it has one."""
    said, style = words_of(Event(kind, "key", 0.0, info))
    assert said == words
    assert style in STYLES
    assert words_of(Event(kind, "key", 0.0, {**info, "shard": 2}))[0] == (
        f"shard 2: {words}" if words else ""
    )


def test_every_kind_of_event_has_words():
    """Those that the manager reports."""
    assert {kind for kind, _, _ in SAID} == set(KINDS)


def test_a_kind_that_is_not_known_is_shown_as_it_is():
    """A later version may have more."""
    assert words_of(Event("new", "key", 0.0, {"a": 1})) == ("new: {'a': 1}", "")
