"""Whether the target can hold a value: said with the difference, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from dss_runtime._actions import Action
from dss_runtime._branch import Branch
from dss_runtime.types import FieldType

T = TypeVar("T", bound=Action)
_TAKES_ALL = FieldType[Any].check
"""The check of the types that take whatever value they have."""


class _Check(NamedTuple):
    """What a field's type says of a value; its `kind` is how the schema calls the type."""

    name: str
    kind: str
    of: Callable[[Any], str | None]


class Capacity:
    """What the fields of a branch of the target can hold."""

    def __init__(self, target: Branch[Any, Any]) -> None:
        self._all = [
            _Check(field.name, field.type.name, field.type.check)
            for field in target.info.fields
            if not field.derived
            and field.name not in target.omitted
            and type(field.type).check is not _TAKES_ALL
        ]
        self._one = {check.name: [check] for check in self._all}

    def checked(self, action: T) -> T:
        """Return *action*, with an `error` where the target cannot hold a value by the type of its field.

        That is any value of a new record, and the changed one of one that is there. A field's type may rely
        on values of its own type, and fail on any other.
        """
        record, attribute = action.left, action.attribute
        if record is None or action.error is not None:
            return action
        for name, kind, check in self._all if attribute is None else self._one.get(attribute, ()):
            value = getattr(record, name)
            if value is None:
                continue
            try:
                reason = check(value)
            except (TypeError, ValueError, AttributeError):
                reason = f"is of the type {type(value).__name__}, where {kind} was expected"
            if reason is not None:
                return replace(action, error=f"{name}: {reason}")
        return action
