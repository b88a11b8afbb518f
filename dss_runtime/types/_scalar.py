"""The types that a set or a list may hold."""

from __future__ import annotations

from dss_runtime.types._base import FieldType

SCALARS = ("str", "int", "float", "decimal", "bool", "date", "datetime", "time", "uuid")


def check_scalar(value: object) -> None:
    """Refuse an `of` that is no type, or one whose values do not stand for themselves."""
    if not isinstance(value, FieldType) or value.name not in SCALARS:
        raise ValueError(f"of: expected one of the types {', '.join(SCALARS)}")
