"""Whether the target can hold a value: said with the difference, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from dss_runtime._actions import Action
from dss_runtime._branch import Branch

T = TypeVar("T", bound=Action)


class Capacity:
    """What the fields of a branch of the target can hold."""

    def __init__(self, target: Branch[Any, Any]) -> None:
        self._checks: dict[str, tuple[str, Callable[[Any], str | None]]] = {
            field.name: (field.type.name, field.type.check)
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
        """Return why a value is impossible: any of a new record, the changed one of one that is there.

        A field's type may rely on values of its own type, and fail on any other.
        """
        for name in self._checks if action.attribute is None else (action.attribute,):
            if name not in self._checks or (value := getattr(action.left, name)) is None:
                continue
            kind, check = self._checks[name]
            try:
                reason = check(value)
            except (TypeError, ValueError, AttributeError):
                reason = f"is of the type {type(value).__name__}, where {kind} was expected"
            if reason is not None:
                return f"{name}: {reason}"
        return None
