"""The types that a set or a list may hold."""

from __future__ import annotations

from dss_runtime.types._base import FieldType


def check_scalar(value: object) -> None:
    """Refuse an `of` that is no type, or one whose values do not stand for themselves."""
    if not isinstance(value, FieldType) or not value.may_be_element:
        raise ValueError("of: expected a type whose values stand for themselves, such as str")
