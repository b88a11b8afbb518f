"""Times of day."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._options import check_choice
from dss_runtime.types._precision import ARROW_UNITS, PRECISIONS, UNITS, round_half_even, truncated

_TEXT = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?")
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeType(FieldType[time]):
    """A time of day, without a zone.

    `precision` rounds, half to even, for the comparison, but never past midnight.
    """

    name: ClassVar[str] = "time"
    may_be_element: ClassVar[bool] = True
    precision: str = "microsecond"

    def __post_init__(self) -> None:
        check_choice("precision", self.precision, PRECISIONS)

    @override
    def parse(self, value: object) -> time:
        if isinstance(value, time):
            if value.tzinfo is not None:
                raise ValueError("expected a time without a zone")
            return value
        if not isinstance(value, str) or _TEXT.fullmatch(text := value.strip()) is None:
            raise ValueError("expected a time, such as 08:30:00")
        return time.fromisoformat(text)

    @override
    def format(self, value: time) -> str:
        return value.isoformat()

    @override
    def canonical(self, value: time | None) -> Hashable:
        unit = UNITS[self.precision]
        if value is None or unit == 1:
            return value
        count = ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
        rounded = round_half_even(count, unit)
        kept = rounded if rounded < _DAY else count - count % unit
        return (datetime.min + timedelta(microseconds=kept)).time()

    @property
    @override
    def exact(self) -> bool:
        return UNITS[self.precision] == 1

    @override
    def check(self, value: time) -> str | None:
        return None if value.tzinfo is None else "has a zone, where none is expected"

    @property
    @override
    def annotation(self) -> str:
        return "_time"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from datetime import time as _time",)

    @override
    def literal(self, value: time) -> str:
        return f"_time({value.hour}, {value.minute}, {value.second}, {value.microsecond})"

    @property
    @override
    def strategy(self) -> str:
        return truncated("_st.times()", self.precision)

    @property
    @override
    def sql(self) -> str:
        return "_sa.Time()"

    @property
    @override
    def arrow(self) -> str:
        bits = 64 if UNITS[self.precision] == 1 else 32
        return f"time{bits}[{ARROW_UNITS[self.precision]}]"
