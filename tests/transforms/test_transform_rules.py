from __future__ import annotations

from datetime import date, datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dss_runtime.transforms import (
    TRANSFORMS,
    ascii_,
    map_text,
    pad,
    parse_date,
    parse_datetime,
    parse_number,
    parse_time,
    replace,
    split_part,
    unescape_html,
)
from dss_runtime.types import DatetimeType, DateType, DecimalType

POINTS = st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("strip", " a b\n", "a b"),
        ("lower", "ÀB", "àb"),
        ("upper", "ß", "SS"),
        ("casefold", "Straße", "strasse"),
        ("ascii", "Zoë Łuć-Ørsted", "Zoe Luc-Orsted"),
        ("ascii", "D’Arcy “Bß” ½", 'D\'Arcy "Bss" 1/2'),
        ("unescape-html", "O&#39;Neill &amp; S&oslash;n &lt;x", "O'Neill & Søn <x"),
    ],
)
def test_plain_transforms(name: str, text: str, expected: str) -> None:
    """The transforms without arguments do what their names say."""
    assert expected == TRANSFORMS[name].function(text)


@pytest.mark.parametrize("text", ["李明", "Иван", "a\u3042", "a😀"])
def test_what_has_no_ascii_form_is_refused(text: str) -> None:
    """A name in another script becomes an error, not an empty name that many share."""
    with pytest.raises(ValueError, match="that have a form in ASCII"):
        ascii_(text)


def test_html_gives_no_text_that_is_refused_later() -> None:
    """References to NUL and to halves of characters become the replacement character."""
    assert unescape_html("&#0;&#xD800;") == "\ufffd\ufffd"


@given(parts=st.lists(st.text("ab "), min_size=1), n=st.integers(1, 12))
def test_parts_are_counted_from_one(parts: list[str], n: int) -> None:
    """Part n is what was joined at n; one that is not there is empty."""
    expected = parts[n - 1] if n <= len(parts) else ""
    assert expected == split_part(", ".join(parts), ", ", n).replace(",", "")


def test_every_occurrence_is_replaced() -> None:
    """All of the old text is replaced, from the left."""
    assert replace("aaa", "aa", "b") == "ba"


@pytest.mark.parametrize(
    ("text", "width", "char", "expected"),
    [("42", 4, "0", "0042"), ("42", 1, "0", "42"), ("é", 3, "·", "··é")],
)
def test_padding_fills_at_the_left(text: str, width: int, char: str, expected: str) -> None:
    """Short text is filled up, long text is not cut."""
    assert expected == pad(text, width, char)


def test_a_map_maps_what_is_in_it() -> None:
    """A key gives its value, other text that of `*`, and without it an error that shows nothing."""
    assert map_text("m", {"m": "male", "*": "other"}) == "male"
    assert map_text("x", {"m": "male", "*": "other"}) == "other"
    assert map_text("", {"m": "male", "*": "other"}) == "other"
    assert map_text("", {"": "none"}) == "none"
    with pytest.raises(ValueError, match=r"^not in the map$"):
        map_text("secret", {"m": "male"})


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "expected"),
    [
        ("1.234,56", ",", ".", "1234.56"),
        (" -1'234'567.8", ".", "'", "-1234567.8"),
        ("1234,5", ",", ".", "1234.5"),
        ("+7", ".", "", "7"),
        ("007", ".", ",", "007"),
    ],
)
def test_numbers_are_read(text: str, decimal: str, thousands: str, expected: str) -> None:
    """The result is a number as the types read it."""
    number = parse_number(text, decimal, thousands)
    assert expected == number
    assert DecimalType().parse(number).is_finite()


@pytest.mark.parametrize(
    ("text", "thousands"),
    [
        ("1.23,4", "."),
        ("1.2345,6", "."),
        ("12345.678", "."),
        ("1.234", ""),
        ("1,", "."),
        (",5", "."),
        ("٣", ""),
    ],
)
def test_other_numbers_are_refused(text: str, thousands: str) -> None:
    """Groups are of three digits, so that 1.23 is never taken for 123."""
    with pytest.raises(ValueError, match="expected a number written as the transform says"):
        parse_number(text, ",", thousands)


@pytest.mark.parametrize(("decimal", "thousands"), [("", ""), (",,", ""), (".", "''"), ("1", ""), (".", "-")])
def test_signs_of_numbers_are_single_characters(decimal: str, thousands: str) -> None:
    """No digit and no sign separates a number's parts."""
    with pytest.raises(ValueError, match="expected one character each, no digit and no sign"):
        parse_number("1", decimal, thousands)


@given(point=POINTS, format=st.sampled_from(["%d.%m.%Y", "%m/%d/%y", "%Y%m%d", "100%% %y-%m-%d.", "%d%m%Y"]))
def test_dates_are_read_as_they_are_written(point: datetime, format: str) -> None:
    """What strftime writes is read as the same day, as text that the date type reads."""
    assert point.date() == DateType().parse(parse_date(point.strftime(format), format))


@given(point=POINTS, format=st.sampled_from(["%d.%m.%Y %H:%M:%S.%f", "%Y%m%d%H%M%S%f"]))
def test_points_in_time_are_read_as_they_are_written(point: datetime, format: str) -> None:
    """What strftime writes is read as the same time, as text that the datetime type reads."""
    assert point == DatetimeType(zone="naive").parse(parse_datetime(point.strftime(format), format))


@pytest.mark.parametrize(
    ("text", "format", "expected"),
    [
        ("1/2/2020", "%d/%m/%Y", "2020-02-01"),
        (" 31.12.68", "%d.%m.%y", "2068-12-31"),
        ("31.12.69", "%d.%m.%y", "1969-12-31"),
        ("2020-01-02 23:59", "%Y-%m-%d %H:%M", "2020-01-02"),
    ],
)
def test_dates_of_exports(text: str, format: str, expected: str) -> None:
    """One digit will do, a short year is of 1969 to 2068, and a time of day is dropped."""
    assert expected == parse_date(text, format)


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("1.2.20", "%d.%m.%Y"),
        ("٠١.02.2020", "%d.%m.%Y"),
        ("01  02 2020", "%d %m %Y"),
        ("202011", "%Y%m%d"),
        ("01.02.2020 ", "%d.%m.%Y x"),
    ],
)
def test_dates_that_are_written_otherwise_are_refused(text: str, format: str) -> None:
    """Other digits, white space or widths than the format's are refused."""
    with pytest.raises(ValueError, match="written as the transform's format says"):
        parse_date(text, format)


@pytest.mark.parametrize(("text", "format"), [("30.02.2020", "%d.%m.%Y"), ("00.01.2020", "%d.%m.%Y")])
def test_days_that_no_calendar_has_are_refused(text: str, format: str) -> None:
    """A day that is written well may still be none."""
    with pytest.raises(ValueError, match="calendar and clock have"):
        parse_date(text, format)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Z", "+00:00"), ("-0530", "-05:30"), ("+01:00", "+01:00")],
)
def test_offsets_are_kept(zone: str, expected: str) -> None:
    """The offset that %z reads stands in the result."""
    assert f"2020-01-02T03:04:00{expected}" == parse_datetime(f"2.1.2020 3:04 {zone}", "%d.%m.%Y %H:%M %z")


@pytest.mark.parametrize("zone", ["+00:60", "+0199"])
def test_offsets_have_minutes(zone: str) -> None:
    """Sixty minutes of an offset are not quietly an hour."""
    with pytest.raises(ValueError, match="written as the transform's format says"):
        parse_datetime(f"2.1.2020 3 {zone}", "%d.%m.%Y %H %z")


def test_signs_of_a_number_differ() -> None:
    """One character cannot be both signs of a number."""
    with pytest.raises(ValueError, match="expected two different characters"):
        parse_number("1,0", ",", ",")


def test_an_offset_of_a_day_is_refused() -> None:
    """An offset that no zone has is refused like a time that no clock has."""
    with pytest.raises(ValueError, match="calendar and clock have"):
        parse_datetime("02.01.2020 3 +24:00", "%d.%m.%Y %H %z")


def test_times_are_read() -> None:
    """A time of day is read with or without seconds and their fraction; a day is dropped."""
    assert parse_time("8:30", "%H:%M") == "08:30:00"
    assert parse_time("083005.5", "%H%M%S.%f") == "08:30:05.500000"
    assert parse_time("1.2.2020 23h", "%d.%m.%Y %Hh") == "23:00:00"
    assert date(2020, 2, 1).isoformat() == parse_date("1.2.2020 23h", "%d.%m.%Y %Hh")
