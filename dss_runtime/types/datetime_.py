"""Points in time, with a policy for the zone."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import ClassVar
from zoneinfo import ZoneInfo

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._options import check_choice
from dss_runtime.types._precision import ARROW_UNITS, PRECISIONS, UNITS, round_half_even, truncated

_TEXT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-5][0-9])?)?"
)
_EXPECTED = "expected a date and time, such as 2026-09-01T08:30:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatetimeType(FieldType[datetime]):
    """A point in time.

    `zone` is the policy: with `naive` values have no zone and a zone is refused; with `utc`, or an IANA name,
    a value without zone is taken in that one, and every value becomes an aware one in UTC. Of an hour that a
    zone has twice, text means the first; one that it skips is refused. `precision` rounds, half to even, for
    the comparison.
    """

    name: ClassVar[str] = "datetime"
    may_be_element: ClassVar[bool] = True
    zone: str = "utc"
    precision: str = "microsecond"

    def __post_init__(self) -> None:
        check_choice("precision", self.precision, PRECISIONS)
        if self.zone not in ("utc", "naive"):
            try:
                ZoneInfo(self.zone)
            except (TypeError, ValueError, KeyError, OSError):  # all that zoneinfo raises for an unknown name
                raise ValueError(
                    "zone: expected utc, naive or a zone that this machine knows, such as Europe/Vienna"
                    " (where it knows none, install the package tzdata)"
                ) from None

    @override
    def parse(self, value: object) -> datetime:
        if isinstance(value, datetime):
            return self._placed(value)
        if not isinstance(value, str) or _TEXT.fullmatch(text := value.strip()) is None:
            raise ValueError(_EXPECTED)
        try:
            point = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("expected a date and time that calendar and clock have") from None
        return self._placed(point)

    @override
    def parser(self) -> Parser[datetime]:
        return Remembering(self.parse, self._parse_all)

    def _parse_all(self, texts: Sequence[str]) -> list[datetime]:
        if not all(map(_TEXT.fullmatch, texts)):
            return list(map(self.parse, texts))
        points = list(map(datetime.fromisoformat, texts))
        there_already = None if self.zone == "naive" else UTC
        if all(point.tzinfo is there_already for point in points):
            return points
        return list(map(self._placed, points))

    @override
    def format(self, value: datetime) -> str:
        return _in_utc(value).isoformat()

    @override
    def canonical(self, value: datetime | None) -> Hashable:
        if value is None:
            return None
        value = _in_utc(value)
        unit = UNITS[self.precision]
        count = value.second * 1_000_000 + value.microsecond
        try:
            return value + timedelta(microseconds=round_half_even(count, unit) - count)
        except OverflowError:  # the last instant has nothing to be rounded up to
            return value - timedelta(microseconds=count % unit)

    @property
    @override
    def exact(self) -> bool:
        return UNITS[self.precision] == 1

    @override
    def check(self, value: datetime) -> str | None:
        if self.zone == "naive":
            return None if value.tzinfo is None else "has a zone, where none is expected"
        return None if value.utcoffset() is not None else "has no zone, where one is expected"

    @property
    @override
    def annotation(self) -> str:
        return "_datetime"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        if self.zone == "naive":
            return ("from datetime import datetime as _datetime",)
        return ("from datetime import datetime as _datetime", "from datetime import UTC as _UTC")

    @override
    def literal(self, value: datetime) -> str:
        value = _in_utc(value)
        parts = [
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            value.microsecond,
        ]
        zone = "" if value.tzinfo is None else ", tzinfo=_UTC"
        return f"_datetime({', '.join(map(str, parts))}{zone})"

    @property
    @override
    def strategy(self) -> str:
        zone = "" if self.zone == "naive" else "timezones=_st.just(_UTC)"
        return truncated(f"_st.datetimes({zone})", self.precision)

    @property
    @override
    def sql(self) -> str:
        """As text with its offset on SQLite, which would drop the offset and so move the value."""
        if self.zone == "naive":
            return "_sa.DateTime()"
        return '_sa.DateTime(timezone=True).with_variant(_sa.String(32), "sqlite")'

    @property
    @override
    def arrow(self) -> str:
        """Without zone, in UTC unless the policy is naive: no alias names a zone."""
        return f"timestamp[{ARROW_UNITS[self.precision]}]"

    def _placed(self, point: datetime) -> datetime:
        if self.zone == "naive":
            if point.tzinfo is not None:
                raise ValueError("expected a date and time without a zone")
            return point
        if point.tzinfo is UTC:
            return point
        try:
            if point.utcoffset() is not None:
                return point.astimezone(UTC)
            zone: tzinfo = UTC if self.zone == "utc" else ZoneInfo(self.zone)
            local = point.replace(tzinfo=None)
            placed = local.replace(tzinfo=zone).astimezone(UTC)
            if placed.astimezone(zone).replace(tzinfo=None) != local:
                raise ValueError(f"expected a time that exists: the clocks of {self.zone} skip this one")
        except OverflowError:
            raise ValueError("expected a date and time between the years 1 and 9999 in UTC") from None
        return placed


def _in_utc(value: datetime) -> datetime:
    """Return *value* in UTC when it has a zone.

    Between zones, Python holds times around a change of clocks to be different that are the same instant.
    """
    return value if value.utcoffset() is None else value.astimezone(UTC)
