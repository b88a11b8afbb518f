"""Whether the target can hold a value: said with the difference, before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from dss_runtime._actions import Action
from dss_runtime._branch import Branch
from dss_runtime._fields import Field

T = TypeVar("T", bound=Action)


def checked(action: T, target: Branch[Any, Any]) -> T:
    """Return *action*, with an `error` where *target* cannot hold a value by the type of its field."""
    reason = None if action.error is not None or action.left is None else _reason(action, target)
    return action if reason is None else replace(action, error=reason)


def _reason(action: Action, target: Branch[Any, Any]) -> str | None:
    """Return why a value is impossible: any of a new record, the changed one of a record that is there."""
    for field in target.info.fields:
        if field.derived or field.name in target.omitted or action.attribute not in (None, field.name):
            continue
        value: object = getattr(action.left, field.name)
        reason = None if value is None else _check(field, value)
        if reason is not None:
            return f"{field.name}: {reason}"
    return None


def _check(field: Field, value: object) -> str | None:
    """Ask the field's type, which may rely on values of its own type and fail on any other."""
    try:
        return field.type.check(value)
    except (TypeError, ValueError, AttributeError):
        return f"is of the type {type(value).__name__}, where {field.type.name} was expected"
