from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dss_runtime.types import DatetimeType, DateType, TimeType

VIENNA = DatetimeType(zone="Europe/Vienna")


@pytest.mark.parametrize("text", ["", "20200101", "2020-W01-1", "2020-1-1", "2020-01-01T00:00", "٢٠٢٠-01-01"])
def test_text_that_is_no_date_is_refused(text: str) -> None:
    """Of ISO's ways to write a date only YYYY-MM-DD is read."""
    with pytest.raises(ValueError, match=r"^expected a date, such as 2026-09-01$"):
        DateType().parse(text)


def test_a_day_that_no_calendar_has_is_refused() -> None:
    """The message says that the calendar is at fault, not the form."""
    with pytest.raises(ValueError, match=r"^expected a date that the calendar has$"):
        DateType().parse("2023-02-29")
    assert date(1, 1, 1) == DateType().parse(" 0001-01-01 ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-06-01T10:00", datetime(2020, 6, 1, 10, 0)),
        ("2020-06-01 10:00:05", datetime(2020, 6, 1, 10, 0, 5)),
        ("2020-06-01 10:00:05.5", datetime(2020, 6, 1, 10, 0, 5, 500_000)),
        ("2020-06-01 10:00:05.123456", datetime(2020, 6, 1, 10, 0, 5, 123_456)),
    ],
)
def test_points_in_time_are_read(text: str, expected: datetime) -> None:
    """Seconds and their fraction may be left out, and a space may stand for the T."""
    assert expected == DatetimeType(zone="naive").parse(text)
    assert expected.replace(tzinfo=UTC) == DatetimeType().parse(text)


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+0000", "+00", "-00:00"])
def test_offsets_are_read(offset: str) -> None:
    """Every common way to write an offset is read, and refused where the policy is naive."""
    assert datetime(2020, 6, 1, 10, tzinfo=UTC) == VIENNA.parse(f"2020-06-01T10:00{offset}")
    with pytest.raises(ValueError, match="without a zone"):
        DatetimeType(zone="naive").parse(f"2020-06-01T10:00{offset}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-06-01",
        "2020-06-01T24:00",
        "2020-06-01T1:00",
        "2020-06-01T10:00:00.1234567",
        "2020-06-01T10:00 CET",
        "2020-06-01T10:00+01:75",
        "20200601T100000",
    ],
)
def test_text_that_is_no_point_in_time_is_refused(text: str) -> None:
    """What Python's versions read differently, or with a loss, is refused by all of them."""
    with pytest.raises(ValueError, match=r"^expected a date and time, such as"):
        DatetimeType().parse(text)


@pytest.mark.parametrize("text", ["2020-02-30T10:00", "2020-06-01T10:60", "2020-06-01T10:00:60"])
def test_a_time_that_no_clock_has_is_refused(text: str) -> None:
    """The message says that calendar or clock are at fault, not the form."""
    with pytest.raises(ValueError, match="calendar and clock have"):
        DatetimeType().parse(text)


def test_a_zone_places_what_has_none() -> None:
    """Text without offset is taken in the zone, summer and winter, and kept in UTC."""
    summer, winter = VIENNA.parse("2020-06-01T10:00"), VIENNA.parse("2020-12-01T10:00")
    assert (8, 9) == (summer.hour, winter.hour)
    assert UTC is summer.tzinfo


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    """Ambiguous local text means the first hour; a native value may say the second by its fold."""
    assert datetime(2020, 10, 25, 0, 30, tzinfo=UTC) == VIENNA.parse("2020-10-25T02:30")
    assert datetime(2020, 10, 25, 1, 30, tzinfo=UTC) == VIENNA.parse(datetime(2020, 10, 25, 2, 30, fold=1))


def test_a_skipped_hour_is_refused() -> None:
    """A local time that the clocks skip is no time, and the message names the zone."""
    with pytest.raises(ValueError, match="the clocks of Europe/Vienna skip this one"):
        VIENNA.parse("2020-03-29T02:30")


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "0001-01-01T00:00+10:00", "9999-12-31T23:59-01:00"])
def test_a_time_beyond_the_calendar_in_utc_is_refused(text: str) -> None:
    """The first and last hours of the calendar have no place in UTC."""
    with pytest.raises(ValueError, match="between the years 1 and 9999 in UTC"):
        VIENNA.parse(text)


@given(point=st.datetimes(datetime(1970, 1, 1), datetime(2040, 1, 1), timezones=st.timezones()))
def test_the_zone_of_a_value_makes_no_difference(point: datetime) -> None:
    """The same instant in another zone has the same canonical form, text and literal, and is kept in UTC."""
    kind = DatetimeType()
    same = point.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert kind.canonical(point) == kind.canonical(same)
    assert kind.format(point) == kind.format(same)
    assert kind.literal(point) == kind.literal(same)
    assert UTC is kind.parse(point).tzinfo


def test_values_against_the_policy_are_reported() -> None:
    """check tells a program that made an aware or a naive value where the other is expected."""
    naive, aware = datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Vienna"))
    assert DatetimeType(zone="naive").check(aware) == "has a zone, where none is expected"
    assert VIENNA.check(naive) == "has no zone, where one is expected"
    assert TimeType().check(time(1, tzinfo=UTC)) == "has a zone, where none is expected"
    with pytest.raises(ValueError, match="without a zone"):
        TimeType().parse(time(1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("precision", "value", "expected"),
    [
        ("second", datetime(2020, 1, 1, 0, 0, 0, 500_000), datetime(2020, 1, 1)),
        ("second", datetime(2020, 1, 1, 0, 0, 1, 500_000), datetime(2020, 1, 1, 0, 0, 2)),
        ("second", datetime(2020, 12, 31, 23, 59, 59, 500_000), datetime(2021, 1, 1)),
        ("millisecond", datetime(2020, 1, 1, 0, 0, 0, 1_501), datetime(2020, 1, 1, 0, 0, 0, 2_000)),
        ("microsecond", datetime(2020, 1, 1, 0, 0, 0, 1), datetime(2020, 1, 1, 0, 0, 0, 1)),
        ("second", datetime.max, datetime.max.replace(microsecond=0)),
    ],
)
def test_precision_rounds_half_to_even(precision: str, value: datetime, expected: datetime) -> None:
    """A point in time is rounded, over midnight too, but never out of the calendar."""
    assert expected == DatetimeType(zone="naive", precision=precision).canonical(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (time(8, 30, 0, 500_000), time(8, 30)),
        (time(8, 30, 59, 500_001), time(8, 31)),
        (time(23, 59, 59, 999_999), time(23, 59, 59)),
    ],
)
def test_a_time_of_day_never_rounds_past_midnight(value: time, expected: time) -> None:
    """The last moments of a day do not become its first."""
    assert expected == TimeType(precision="second").canonical(value)


@pytest.mark.parametrize("text", ["", "8:30", "24:00", "08:60", "08:30Z", "0830", "08:30:00.1234567"])
def test_text_that_is_no_time_is_refused(text: str) -> None:
    """A time of day is HH:MM, with seconds and a fraction or without, and has no zone."""
    with pytest.raises(ValueError, match=r"^expected a time, such as 08:30:00$"):
        TimeType().parse(text)
