"""Moments as people write them: in UTC, on every machine."""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance import helpers
from binance.exceptions import InvalidArgument
from binance.rest.dates import epoch_ms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 31, 12, 34, 56, 789_000, tzinfo=UTC)


def ms(*args, **kwargs):
    """Milliseconds of a moment in UTC."""
    return (datetime(*args, **kwargs, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


NOW_MS = ms(2026, 3, 31, 12, 34, 56, 789_000)

FORMS = {
    "1 Jan, 2020": ms(2020, 1, 1),
    "1 January 2020": ms(2020, 1, 1),
    "01 Jan 2020": ms(2020, 1, 1),
    "1st of January, 2020": ms(2020, 1, 1),
    "Jan 1, 2020": ms(2020, 1, 1),
    "JAN 1 2020": ms(2020, 1, 1),
    "January 01, 2018": ms(2018, 1, 1),
    "Sept. 22nd, 2021": ms(2021, 9, 22),
    "1-Jan-2020": ms(2020, 1, 1),
    "2020-Jan-01": ms(2020, 1, 1),
    "2020 Jan 1": ms(2020, 1, 1),
    "1 Jan 2020 UTC": ms(2020, 1, 1),
    "1 Dec, 2017 10:00": ms(2017, 12, 1, 10),
    "1 Dec, 2017, 10:00:30": ms(2017, 12, 1, 10, 0, 30),
    "1 Dec, 2017 at 9:05": ms(2017, 12, 1, 9, 5),
    "1 Dec, 2017 10:00 UTC": ms(2017, 12, 1, 10),
    "1 Jan 2020 10:00 +0200": ms(2020, 1, 1, 8),
    "Wed, 1 Jan 2020 10:00:00 GMT": ms(2020, 1, 1, 10),
    "Wednesday January 1, 2020": ms(2020, 1, 1),
    "2020-01-01": ms(2020, 1, 1),
    "2020-1-1": ms(2020, 1, 1),
    "2020/01/01": ms(2020, 1, 1),
    "2020.01.01": ms(2020, 1, 1),
    "2020-02-29 23:59:59.999": ms(2020, 2, 29, 23, 59, 59, 999_000),
    "2020-01-01T10:00": ms(2020, 1, 1, 10),
    "2020-01-01T10:00:00Z": ms(2020, 1, 1, 10),
    "2020-01-01T10:00:00.5+02:00": ms(2020, 1, 1, 8, 0, 0, 500_000),
    "2020-01-01T00:30:00-05:00": ms(2020, 1, 1, 5, 30),
    "2020-01-01 00:00:00 UTC": ms(2020, 1, 1),
    "  2020-01-01   10:00 ": ms(2020, 1, 1, 10),
    "now": NOW_MS,
    "now UTC": NOW_MS,
    "Today": NOW_MS,
    "yesterday": ms(2026, 3, 30, 12, 34, 56, 789_000),
    "yesterday UTC": ms(2026, 3, 30, 12, 34, 56, 789_000),
    "tomorrow": ms(2026, 4, 1, 12, 34, 56, 789_000),
    "30 minutes ago UTC": NOW_MS - 30 * 60_000,
    "30m ago": NOW_MS - 30 * 60_000,
    "1 day ago UTC": NOW_MS - 86_400_000,
    "1 day ago": NOW_MS - 86_400_000,
    "2 weeks ago": NOW_MS - 14 * 86_400_000,
    "1 hour ago": NOW_MS - 3_600_000,
    "an hour ago GMT": NOW_MS - 3_600_000,
    "a week ago": NOW_MS - 7 * 86_400_000,
    "one minute ago": NOW_MS - 60_000,
    "10 secs ago": NOW_MS - 10_000,
    "1 hour 30 minutes ago UTC": NOW_MS - 90 * 60_000,
    "1 hour, 30 minutes ago": NOW_MS - 90 * 60_000,
    "1 hour and 30 minutes ago": NOW_MS - 90 * 60_000,
    "2 days, 1 hour, and 5 mins ago": NOW_MS - 2 * 86_400_000 - 65 * 60_000,
    "1 month ago UTC": ms(2026, 2, 28, 12, 34, 56, 789_000),  # there is no 31 February
    "3 months ago": ms(2025, 12, 31, 12, 34, 56, 789_000),
    "1 year ago UTC": ms(2025, 3, 31, 12, 34, 56, 789_000),
    "1 year 1 month 1 day ago": ms(2025, 2, 27, 12, 34, 56, 789_000),
    "1577836800": ms(2020, 1, 1),
    "1577836800123": ms(2020, 1, 1, microsecond=123_000),
}


@pytest.mark.parametrize("text", FORMS)
def test_a_moment_is_read_in_utc(text):
    """The forms of the docs are read without any other library."""
    assert epoch_ms(text, NOW_MS) == FORMS[text]


@pytest.mark.parametrize("text", FORMS)
def test_dateparser_reads_the_same(text):
    """What the classic client went by reads every form as it is read here."""
    dateparser = pytest.importorskip("dateparser")
    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": NOW.replace(tzinfo=None),
    }
    assert (dateparser.parse(text, settings=settings) - EPOCH) // timedelta(milliseconds=1) == FORMS[text]


@pytest.mark.parametrize(
    ("moment", "read"),
    [
        (0, 0),
        (1_577_836_800, 1_577_836_800),  # a number is never seconds
        (1_577_836_800_000, ms(2020, 1, 1)),
        (1_577_836_800_000.9, ms(2020, 1, 1)),
        (datetime(2020, 1, 1), ms(2020, 1, 1)),
        (datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=9))), ms(2019, 12, 31, 15)),
    ],
)
def test_numbers_are_milliseconds_and_datetimes_without_a_zone_are_utc(moment, read):
    """They need no reading."""
    assert epoch_ms(moment, NOW_MS) == read


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_zone_of_the_machine_does_not_matter(zone, monkeypatch):
    """A script reads the same candles in New York and in Tokyo."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert {text: epoch_ms(text, NOW_MS) for text in FORMS} == FORMS
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2020-02-31", "day is out of range"),
        ("31 Feb 2020", "day is out of range"),
        ("2020-13-01", "month must be in 1..12"),
        ("1 Jan 2020 24:00", "hour must be in 0..23"),
        ("1000000 years ago", "is not a date or time"),
        ("99999999999999999999 days ago", "is not a date or time"),
        (float("nan"), "use milliseconds since the epoch"),
        (float("inf"), "use milliseconds since the epoch"),
        (b"2020-01-01", "use a str, a number or a datetime"),
        (None, "use a str, a number or a datetime"),
    ],
)
def test_what_is_not_a_moment_says_why(moment, words, monkeypatch):
    """A day that no calendar has is an error, and is not guessed at by another library."""
    monkeypatch.setitem(sys.modules, "dateparser", SimpleNamespace(parse=lambda *args, **kwargs: NOW))
    with pytest.raises(InvalidArgument, match=words):
        epoch_ms(moment, NOW_MS)


OTHER_FORMS = [
    "01/02/2020",
    "1 Jan 2020 10am",
    "gestern",
    "in 2 hours",
    "12345678901",
    "5 fortnights ago",
    "",
]


@pytest.mark.parametrize("text", OTHER_FORMS)
def test_without_dateparser_other_forms_are_an_error_that_names_the_extra(text, monkeypatch):
    """The message says which forms are known, and what to install for more."""
    monkeypatch.setitem(sys.modules, "dateparser", None)
    with pytest.raises(InvalidArgument, match=r'"1 Jan, 2020 10:00", .* binance-twisted\[dates\]'):
        epoch_ms(text, NOW_MS)


@pytest.mark.parametrize("text", OTHER_FORMS)
def test_with_dateparser_other_forms_are_read_in_utc_relative_to_now(text, monkeypatch):
    """The other library gets the text as it is, the present, and UTC as the zone."""
    asked = []
    monkeypatch.setitem(
        sys.modules,
        "dateparser",
        SimpleNamespace(parse=lambda text, settings: asked.append((text, settings)) or NOW),
    )
    assert epoch_ms(text, NOW_MS) == NOW_MS
    assert asked == [
        (
            text,
            {
                "TIMEZONE": "UTC",
                "RETURN_AS_TIMEZONE_AWARE": True,
                "RELATIVE_BASE": NOW.replace(tzinfo=None),
            },
        )
    ]


def test_what_dateparser_cannot_read_either_is_an_error(monkeypatch):
    """Its None raises InvalidArgument."""
    monkeypatch.setitem(sys.modules, "dateparser", SimpleNamespace(parse=lambda text, settings: None))
    with pytest.raises(InvalidArgument, match="'nonsense' cannot be read as a date or time"):
        epoch_ms("nonsense", NOW_MS)


def test_the_installed_dateparser_reads_what_is_not_read_here():
    """The settings are ones that it knows, and a zone that is named wins over UTC."""
    pytest.importorskip("dateparser")
    assert epoch_ms("01/02/2020", NOW_MS) == ms(2020, 1, 2)
    assert epoch_ms("1 Jan 2020 10am", NOW_MS) == ms(2020, 1, 1, 10)
    assert epoch_ms("1 Jan 2020 10:00 EST", NOW_MS) == ms(2020, 1, 1, 15)
    assert epoch_ms("in 2 hours", NOW_MS) == NOW_MS + 7_200_000


# -- properties --------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30))
MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]
DATES = [
    lambda d: f"{d.day} {MONTHS[d.month - 1]}, {d.year}",
    lambda d: f"{d.day:02} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3].upper()} {d.day}, {d.year}",
    lambda d: f"{d:%Y}-{d:%m}-{d:%d}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
]
ZONES = st.none() | st.integers(-23 * 60 - 59, 23 * 60 + 59)


@given(MOMENTS, st.sampled_from(DATES), st.sampled_from(["", " UTC", " gmt", "Z"]))
def test_a_date_is_the_midnight_with_which_it_begins(moment, form, zone):
    """Every day in every form is what datetime says."""
    assert epoch_ms(form(moment) + zone, NOW_MS) == ms(moment.year, moment.month, moment.day)


@given(MOMENTS, st.sampled_from(DATES), st.sampled_from([" ", ", ", "T", " at "]), ZONES)
def test_a_date_with_a_time_is_that_millisecond(moment, form, between, east_min):
    """Every moment in every form is what datetime says, its zone east of Greenwich taken off."""
    text = f"{form(moment)}{between}{moment:%H:%M:%S.%f}"
    expected = moment.replace(tzinfo=UTC)
    if east_min is not None:
        sign = "-" if east_min < 0 else "+"
        text += f"{sign}{abs(east_min) // 60:02}:{abs(east_min) % 60:02}"
        expected -= timedelta(minutes=east_min)
    assert epoch_ms(text, NOW_MS) == (expected - EPOCH) // timedelta(milliseconds=1)


@given(st.integers(0, 10_000), st.sampled_from(["second", "minute", "hour", "day", "week"]))
def test_a_span_ago_is_taken_off_the_present(count, unit):
    """Spans with a fixed length are exact."""
    assert epoch_ms(f"{count} {unit}s ago UTC", NOW_MS) == NOW_MS - count * timedelta(
        **{f"{unit}s": 1}
    ) // timedelta(milliseconds=1)


@given(st.integers(0, 20_000), MOMENTS)
def test_months_ago_are_the_same_day_or_the_last_of_that_month(count, now):
    """The month is that many months earlier, and the day is never later than today's."""
    now_ms = ms(*now.timetuple()[:6])
    months = now.year * 12 + now.month - 1 - count
    if months < 12:
        with pytest.raises(InvalidArgument):
            epoch_ms(f"{count} months ago", now_ms)
        return
    then = EPOCH + timedelta(milliseconds=epoch_ms(f"{count} months ago", now_ms))
    assert (then.year, then.month - 1) == divmod(months, 12)
    assert then.day == now.day or (then.day < now.day and (then + timedelta(days=1)).day == 1)


@given(st.text(alphabet=st.sampled_from("0123456789 -:/.,+TZagojnurybdhmsc"), max_size=30) | st.text())
def test_any_text_is_read_or_is_an_invalid_argument(text):
    """Nothing else gets out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "dateparser", None)
        try:
            assert isinstance(epoch_ms(text, NOW_MS), int)
        except InvalidArgument as exc:
            assert repr(text) in str(exc)


# -- helpers -----------------------------------------------------------------------------------------------


def test_date_to_milliseconds_goes_by_the_clock_of_the_machine():
    """A span is taken off the present."""
    before = time.time() * 1000 - 1
    read = helpers.date_to_milliseconds("1 hour ago UTC") + 3_600_000
    assert before <= read <= time.time() * 1000
    assert helpers.date_to_milliseconds("1 Jan, 2018") == ms(2018, 1, 1)


@pytest.mark.parametrize(
    ("interval", "length_ms"),
    [
        *[("1m", 60_000), ("3m", 180_000), ("15m", 900_000), ("1h", 3_600_000), ("12h", 43_200_000)],
        *[("1d", 86_400_000), ("3d", 259_200_000), ("1w", 604_800_000)],
        *[("1M", None), ("1s", None), ("m", None), ("", None), ("1", None), ("h1", None), ("-1m", None)],
    ],
)
def test_the_length_of_an_interval(interval, length_ms):
    """Minutes, hours, days and weeks have one; months do not."""
    assert helpers.interval_to_milliseconds(interval) == length_ms
