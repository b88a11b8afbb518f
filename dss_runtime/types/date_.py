"""Days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._many import Parser, Remembering

_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXPECTED = "expected a date, such as 2026-09-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateType(FieldType[date]):
    """A day. Text is ISO's `YYYY-MM-DD` alone; a datetime is refused, because its time would be lost."""

    name: ClassVar[str] = "date"
    may_be_element: ClassVar[bool] = True

    @override
    def parse(self, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if not isinstance(value, str) or _TEXT.fullmatch(text := value.strip()) is None:
            raise ValueError(_EXPECTED)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError("expected a date that the calendar has") from None

    @override
    def parser(self) -> Parser[date]:
        return Remembering(self.parse, self._parse_all)

    def _parse_all(self, texts: Sequence[str]) -> list[date]:
        if all(map(_TEXT.fullmatch, texts)):
            return list(map(date.fromisoformat, texts))
        return list(map(self.parse, texts))

    @override
    def format(self, value: date) -> str:
        return value.isoformat()

    @property
    @override
    def annotation(self) -> str:
        return "_date"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from datetime import date as _date",)

    @override
    def literal(self, value: date) -> str:
        return f"_date({value.year}, {value.month}, {value.day})"

    @property
    @override
    def strategy(self) -> str:
        return "_st.dates()"

    @property
    @override
    def sql(self) -> str:
        return "_sa.Date()"

    @property
    @override
    def arrow(self) -> str:
        return "date32"
