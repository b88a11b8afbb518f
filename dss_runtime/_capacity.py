"""Whether the target can hold a value: said with the difference, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from dss_runtime._actions import Action
from dss_runtime._branch import Branch
from dss_runtime._fields import Field

T = TypeVar("T", bound=Action)


class Capacity:
    """What the fields of a branch of the target can hold."""

    def __init__(self, target: Branch[Any, Any]) -> None:
        self._fields = {
            field.name: field
            for field in target.info.fields
            if not field.derived and field.name not in target.omitted
        }

    def checked(self, action: T) -> T:
        """Return *action*, with an `error` where the target cannot hold a value by the type of its field."""
        if action.error is not None or action.left is None:
            return action
        reason = self._reason(action)
        return action if reason is None else replace(action, error=reason)

    def _reason(self, action: Action) -> str | None:
        """Return why a value is impossible: any of a new record, the changed one of one that is there."""
        fields: Iterable[Field] = self._fields.values()
        if action.attribute is not None:
            field = self._fields.get(action.attribute)
            fields = () if field is None else (field,)
        for field in fields:
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
