"""Spans of time: when the candles of an interval open and end."""

from datetime import UTC, datetime
from typing import Final

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000

_LENGTH_MS: Final = {
    "1s": SECOND_MS, "1m": MINUTE_MS, "3m": 3 * MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS, "1h": HOUR_MS, "2h": 2 * HOUR_MS, "4h": 4 * HOUR_MS, "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS, "12h": 12 * HOUR_MS, "1d": DAY_MS, "3d": 3 * DAY_MS, "1w": 7 * DAY_MS,
}  # fmt: skip

# The first Monday after the epoch, a Thursday.
_MONDAY_MS: Final = 4 * DAY_MS

# What a clock of the venue may show more than UTC: that of the ``@+08:00`` streams.
UTC_MS: Final = 0
EAST_MS: Final = 8 * HOUR_MS


def kline_open(time_ms: int, interval: str, offset_ms: int = 0) -> int:
    """Say when the candle that covers a moment began.

    :param time_ms: the moment, milliseconds since the epoch.
    :param interval: kline interval, e.g. ``"1m"``; ``"1M"`` is a calendar month.
    :param offset_ms: what the venue's clock shows more than UTC, for the ``@+08:00`` streams.
    :returns: milliseconds since the epoch, in UTC whatever the offset.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams" (UTC and with timezone offset).
    """
    local_ms = time_ms + offset_ms
    if interval == "1M":
        day = datetime.fromtimestamp(local_ms // 1000, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) * 1000 - offset_ms
    length_ms = _LENGTH_MS[interval]
    first_ms = _MONDAY_MS if interval == "1w" else 0
    return local_ms - (local_ms - first_ms) % length_ms - offset_ms


def kline_end(open_ms: int, interval: str, offset_ms: int = 0) -> int:
    """Say when the candle after the one opened at *open_ms* begins (ms since the epoch)."""
    if interval != "1M":
        return open_ms + _LENGTH_MS[interval]
    # 32 days after the first of a month is always within the next month.
    return kline_open(open_ms + 32 * DAY_MS, interval, offset_ms)


def fixed_length_ms(interval: str) -> int | None:
    """Return the length of an interval; None for months, whose lengths differ."""
    return _LENGTH_MS.get(interval)
