"""The hours that clocks skip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.engines.columnar._zones import FIRST, LAST, skipped_hours
from dss_runtime.types import DatetimeType

ZONES = ("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata")


@pytest.mark.parametrize("zone", ZONES)
@given(data=st.data())
def test_a_time_of_another_hour_exists(zone: str, data: st.DataObject) -> None:
    """A point in time of an hour that no clock skips can be read, also beside a change of the clocks."""
    around = st.datetimes(datetime(FIRST, 1, 2), datetime(LAST, 12, 30), timezones=st.just(UTC))
    changes = around.map(lambda point: _next_change(point, zone))
    point = data.draw(st.one_of(around, changes)).astimezone(ZoneInfo(zone))
    shown = point.replace(tzinfo=None) + data.draw(st.timedeltas(timedelta(hours=-3), timedelta(hours=3)))
    if shown.hour not in skipped_hours(zone):
        DatetimeType(zone=zone).parse(shown.isoformat())


def _next_change(point: datetime, zone: str) -> datetime:
    """Return the first day after *point*, of two years, on which the clocks are put."""
    info = ZoneInfo(zone)
    for days in range(730):
        day = point + timedelta(days=days)
        if day.astimezone(info).utcoffset() != (day + timedelta(days=1)).astimezone(info).utcoffset():
            return day + timedelta(hours=point.hour)
    return point


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Vienna", {1, 2}), ("Asia/Kolkata", set[int]()), ("Etc/UTC", set[int]())],
)
def test_the_hours_of_known_zones(zone: str, expected: set[int]) -> None:
    """What clocks skip is known to a quarter of an hour before it; those of India skip nothing."""
    assert skipped_hours(zone) <= expected


def test_a_zone_that_skips_a_day_has_no_hour() -> None:
    """Samoa left out the thirtieth of December 2011, so no time of day is sure."""
    assert set(range(24)) == skipped_hours("Pacific/Apia")
