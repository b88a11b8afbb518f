"""Binary floating-point numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._options import check_scale
from dss_runtime.types.decimal_ import MAX_TEXT, NUMBER, round_to_scale

_EXPECTED = "expected a number, such as 2.5"
_NOT_FINITE = "not a finite number"
_PLAIN = frozenset("+-.0123456789")
_ALL_WHOLE = 2.0**53  # from here on, a float has no fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatType(FieldType[float]):
    """A float, whose `scale` rounds, for the comparison, the digits that `repr` shows, half to even.

    Text that means NaN or infinity is refused. A driver's NaN is read, equals itself, and `check` refuses it.
    """

    name: ClassVar[str] = "float"
    may_be_key: ClassVar[bool] = False
    may_be_element: ClassVar[bool] = True
    scale: int | None = None

    def __post_init__(self) -> None:
        check_scale(self.scale)

    @override
    def parse(self, value: object) -> float:
        if isinstance(value, str):
            text = value.strip()
            if len(text) > MAX_TEXT or NUMBER.fullmatch(text) is None:
                raise ValueError(_EXPECTED)
            number = float(text)
        elif isinstance(value, float):
            return float(value)
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            try:
                number = float(value)
            except (OverflowError, ValueError):
                raise ValueError("expected a number within the range of a float") from None
        else:
            raise ValueError(_EXPECTED)
        if not math.isfinite(number):
            raise ValueError("expected a number within the range of a float")
        return number

    @override
    def parser(self) -> Parser[float]:
        return Remembering(self.parse, self._parse_all)

    def _parse_all(self, texts: Sequence[str]) -> list[float]:
        # Of these characters alone, `float` takes the same texts as `parse`.
        if _PLAIN.issuperset("".join(texts)) and max(map(len, texts), default=0) <= MAX_TEXT:
            numbers = list(map(float, texts))
            if all(map(math.isfinite, numbers)):
                return numbers
        return list(map(self.parse, texts))

    @override
    def format(self, value: float) -> str:
        return repr(value)

    @override
    def canonical(self, value: float | None) -> Hashable:
        if value is None:
            return None
        if not math.isfinite(value):
            return repr(value)
        if self.scale is None or abs(value) >= _ALL_WHOLE:
            return value
        return float(round_to_scale(Decimal(repr(value)), self.scale))

    @property
    @override
    def exact(self) -> bool:
        """Never: NaN differs from itself."""
        return False

    @override
    def check(self, value: float) -> str | None:
        return None if math.isfinite(value) else _NOT_FINITE

    @property
    @override
    def annotation(self) -> str:
        return "float"

    @override
    def literal(self, value: float) -> str:
        if not math.isfinite(value):
            raise ValueError(_NOT_FINITE)
        return repr(value)

    @property
    @override
    def strategy(self) -> str:
        return "_st.floats(allow_nan=False, allow_infinity=False)"

    @property
    @override
    def sql(self) -> str:
        return "_sa.Double[float]()"

    @property
    @override
    def arrow(self) -> str:
        return "double"
