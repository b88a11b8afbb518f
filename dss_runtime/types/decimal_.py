"""Decimal numbers."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._options import check_scale

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
"""A number as text: ASCII digits, a point, an exponent."""
MAX_TEXT = 4_300
_MAX_PLACES = 4_300  # so that writing 1e999999 out costs no memory
_EXPECTED = "expected a decimal number, such as 12.50"
_NOT_FINITE = "not a finite number"
_PRECISION = 38  # digits that the databases' exact columns have in common
# Rounding only shortens, so the widest context costs nothing and never traps.
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)


def round_to_scale(value: Decimal, scale: int) -> Decimal:
    """Return the finite *value* with at most *scale* digits after the point, rounded half to even."""
    if _exponent(value) >= -scale:
        return value
    return value.quantize(Decimal((0, (1,), -scale)), context=_WIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalType(FieldType[Decimal]):
    """An exact decimal number, always finite; 1.0 and 1.00 are the same. `scale` rounds for the comparison.

    A driver's float is read through the digits that `repr` shows, never through its binary expansion.
    """

    name: ClassVar[str] = "decimal"
    may_be_element: ClassVar[bool] = True
    scale: int | None = None

    def __post_init__(self) -> None:
        check_scale(self.scale)

    @override
    def parse(self, value: object) -> Decimal:
        if isinstance(value, str):
            text = value.strip()
        elif isinstance(value, float):
            text = repr(float(value))
        elif isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
            return _bounded(Decimal(value))
        else:
            raise ValueError(_EXPECTED)
        if len(text) > MAX_TEXT or NUMBER.fullmatch(text) is None:
            raise ValueError(_EXPECTED)
        return _bounded(Decimal(text))

    @override
    def format(self, value: Decimal) -> str:
        return format(value, "f")

    @override
    def canonical(self, value: Decimal | None) -> Hashable:
        if value is None:
            return None
        if not value.is_finite():
            return str(value)
        return value if self.scale is None else round_to_scale(value, self.scale)

    @property
    @override
    def exact(self) -> bool:
        return self.scale is None

    @override
    def check(self, value: Decimal) -> str | None:
        if not value.is_finite():
            return _NOT_FINITE
        if self.scale is not None:
            before = _PRECISION - self.scale
            if round_to_scale(value, self.scale).adjusted() >= before and value != 0:
                return f"more than {before} digits before the point"
        return None

    @property
    @override
    def annotation(self) -> str:
        return "_Decimal"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from decimal import Decimal as _Decimal",)

    @override
    def literal(self, value: Decimal) -> str:
        if not value.is_finite():
            raise ValueError(_NOT_FINITE)
        return f'_Decimal("{value}")'

    @property
    @override
    def strategy(self) -> str:
        places = 9 if self.scale is None else self.scale
        return f"_st.decimals(-(10**15), 10**15, allow_nan=False, places={places})"

    @property
    @override
    def sql(self) -> str:
        """Exact where the database is; text on SQLite, whose NUMERIC is a float."""
        size = "" if self.scale is None else f"{_PRECISION}, {self.scale}"
        return f'_sa.Numeric({size}).with_variant(_sa.Text(), "sqlite")'

    @property
    @override
    def arrow(self) -> str:
        """Text: no alias names a decimal's precision, and none holds every one."""
        return "string"


def _exponent(value: Decimal) -> int:
    """Return the exponent of a finite *value*: of others it is a letter."""
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError(_EXPECTED)
    if value.adjusted() > _MAX_PLACES or _exponent(value) < -_MAX_PLACES:
        raise ValueError(
            f"expected a decimal number of at most {_MAX_PLACES:,} digits before and after the point"
        )
    return value
