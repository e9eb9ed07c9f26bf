"""Dates and times as people write them, as milliseconds since the epoch. Pure: the time is an argument.

Everything is UTC where no zone is named, on every machine. Forms with more than one reading, such as
``"01/02/2020"``, are not read here; the library dateparser reads them and many more, if it is installed.
"""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from numbers import Real

from binance.exceptions import InvalidArgument

#: A moment: text, epoch milliseconds, or a datetime, which is UTC if it has no zone.
Moment = str | float | datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

_FORMS = (
    '"1 Jan, 2020 10:00", "Jan 1, 2020", "2020-01-01T10:00:00Z", "30 minutes ago UTC", "now UTC", '
    "or epoch milliseconds"
)
_EXTRA = "; to read more forms, pip install binance-twisted[dates]"

_EPOCHS = {13: 1, 10: 1000}  # by the number of digits: milliseconds in one

_NAMED_DAYS = {"now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
_NAMED = re.compile(r"([a-z]+)(?: (?:utc|gmt))?", re.ASCII)

_UNITS = {
    "seconds": "s sec secs second seconds",
    "minutes": "m min mins minute minutes",
    "hours": "h hr hrs hour hours",
    "days": "d day days",
    "weeks": "w week weeks",
    "months": "month months",
    "years": "y yr yrs year years",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_PART = r"(?:(\d+) ?|(?:an?|one) )([a-z]+)"
_AGO = re.compile(rf"((?:{_PART}(?:,? and |,? |,))*{_PART}) ago(?: (?:utc|gmt))?", re.ASCII)

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"  # three letters each
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_CLOCK = (
    r"(?:(?:t|,? at |,? )(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<sign>[+-])(?P<east_h>\d{2}):?(?P<east_min>\d{2})?)?)?"
    r" ?(?:z|utc|gmt)?"
)
_DATES = [
    re.compile(date + _CLOCK, re.ASCII)
    for date in (
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        rf"{_WEEKDAY}{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"{_WEEKDAY}{_MONTH} {_DAY},? {_YEAR}",
        rf"{_YEAR}[ -]{_MONTH}[ -]{_DAY}",
    )
]


def epoch_ms(moment: Moment, now_ms: int) -> int:
    """Read a moment.

    :param moment: a number is milliseconds since the epoch. Text is 13 digits (the same) or 10 (seconds); a
        date with the month's name or as in ISO 8601, with or without a time; ``"now"``, ``"today"`` and
        ``"yesterday"``, which keep the time of day; or a span such as ``"1 day ago UTC"``, months and years
        by the calendar.
    :param now_ms: the present, milliseconds since the epoch.
    :returns: milliseconds since the epoch, a part of one cut off.
    :raises InvalidArgument: if it cannot be read.
    """
    if isinstance(moment, datetime):
        return _ms_of(moment)
    if isinstance(moment, Real):
        if not math.isfinite(moment):
            raise InvalidArgument(f"{moment} is not a time; use milliseconds since the epoch")
        return int(moment)
    if not isinstance(moment, str):
        raise InvalidArgument(f"a time is a {type(moment).__name__}; use a str, a number or a datetime")
    text = " ".join(moment.lower().split())
    if text.isascii() and text.isdecimal() and len(text) in _EPOCHS:
        return int(text) * _EPOCHS[len(text)]
    now = _EPOCH + now_ms * _MS
    try:
        found = _relative(text, now) or _absolute(text)
    except (ValueError, OverflowError) as exc:
        raise InvalidArgument(f"{moment!r} is not a date or time: {exc}") from None
    return _ms_of(found or _by_dateparser(moment, now))


def _ms_of(moment: datetime) -> int:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MS


def _relative(text: str, now: datetime) -> datetime | None:
    named = _NAMED.fullmatch(text)
    if named and named[1] in _NAMED_DAYS:
        return now + timedelta(days=_NAMED_DAYS[named[1]])
    ago = _AGO.fullmatch(text)
    if ago is None:
        return None
    parts = re.findall(_PART, ago[1], re.ASCII)
    if not all(unit in _UNIT_OF for _, unit in parts):
        return None
    total = dict.fromkeys(_UNITS, 0)
    for count, unit in parts:
        total[_UNIT_OF[unit]] += int(count or 1)
    months = total.pop("months") + 12 * total.pop("years")
    return _months_before(now, months) - timedelta(**total)


def _months_before(moment: datetime, months: int) -> datetime:
    """The same day of an earlier month, or that month's last day."""
    year, months = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last_day = calendar.monthrange(year, months + 1)[1]
    return moment.replace(year=year, month=months + 1, day=min(moment.day, last_day))


def _absolute(text: str) -> datetime | None:
    found = next(filter(None, (date.fullmatch(text) for date in _DATES)), None)
    if found is None:
        return None
    part = {name: value or "0" for name, value in found.groupdict().items()}
    month = part["month"]
    east = timedelta(hours=int(part["east_h"]), minutes=int(part["east_min"]))
    return datetime(
        int(part["year"]),
        int(month) if month.isdecimal() else _MONTHS.index(month[:3]) // 3 + 1,
        int(part["day"]),
        int(part["hour"]),
        int(part["minute"]),
        int(part["second"]),
        int(part["fraction"].ljust(6, "0")[:6]),
        timezone(-east if part["sign"] == "-" else east),
    )


def _by_dateparser(text: str, now: datetime) -> datetime:
    """What dateparser reads; relative to *now*, and in UTC where no zone is named."""
    try:
        from dateparser import parse
    except ImportError:
        words = f"{text!r} cannot be read as a date or time; use for example {_FORMS}{_EXTRA}"
        raise InvalidArgument(words) from None
    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": now.replace(tzinfo=None),
    }
    found: datetime | None = parse(text, settings=settings)
    if found is None:
        raise InvalidArgument(f"{text!r} cannot be read as a date or time; use for example {_FORMS}")
    return found
