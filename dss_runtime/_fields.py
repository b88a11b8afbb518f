"""What the runtime knows of a generated model, beside its code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dss_runtime.types import FieldType


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how its values are read, written and compared, and who may see them.

    `ref` is the name of the model whose key the field holds, empty for a plain value; `derived` marks a
    property that the project computes, which no system stores.
    """

    name: str
    type: FieldType[Any]
    optional: bool = False
    sensitive: bool = False
    ref: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model's name, the names of all models it is (its own first), its key and its fields in order."""

    name: str
    kinds: tuple[str, ...]
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    refs: tuple[Field, ...] = field(init=False, repr=False, compare=False)
    """The fields that refer to other records."""
    sensitive: frozenset[str] = field(init=False, repr=False, compare=False)
    """The names of the fields whose values must not be shown."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "refs", tuple(each for each in self.fields if each.ref))
        object.__setattr__(self, "sensitive", frozenset(each.name for each in self.fields if each.sensitive))

    def __getitem__(self, name: str) -> Field:
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


HAND_WRITTEN = ModelInfo("", (), ("idnumber",), ())
"""What is known of a class that was not generated: its key is its idnumber."""


def info_of(record: object) -> ModelInfo:
    """Return what is known of *record*'s model (records of hand-written classes included)."""
    found: object = getattr(type(record), "__dss__", HAND_WRITTEN)
    return found if isinstance(found, ModelInfo) else HAND_WRITTEN
