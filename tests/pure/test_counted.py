"""Numbers and what they count, in words."""

from __future__ import annotations

from binance.text.counted import counted


def test_what_is_counted_is_one_or_several():
    """One message is not "1 messages"."""
    assert [counted(number, "message") for number in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]
    assert [counted(number, "retry", "retries") for number in (1, 5)] == ["1 retry", "5 retries"]


def test_thousands_are_set_apart():
    """A million messages can be read."""
    assert [counted(number, "id") for number in (999, 1000, 1234567)] == [
        "999 ids",
        "1,000 ids",
        "1,234,567 ids",
    ]
