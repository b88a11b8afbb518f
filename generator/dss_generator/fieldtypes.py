"""The only door to the runtime's field types and transforms.

They decide what a type accepts and how it is written as source text; asking them keeps the generator from
having a second opinion. The runtime is imported inside the functions, so that `dss_generator` can be imported
without it (and without a cycle: the runtime's command line imports the generator).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dss_runtime.transforms import Transform
    from dss_runtime.types import FieldType

    from .schema.resolved import Derived, Field

__all__ = [
    "derived_type",
    "element_types",
    "field_type",
    "key_types",
    "options_of",
    "reason_against",
    "transforms",
    "value_type",
]

element_types = ("str", "int", "float", "decimal", "bool", "date", "datetime", "time", "uuid")
"""The types that a set or a list may hold."""
_not_options = {"members", "of", "separator"}
"""What a type takes that is no key of the language: `Field` or the tree has it."""


def field_type(field: Field, separator: str = ",") -> FieldType[Any]:
    """Return the runtime's type of *field*, whose cells are split at *separator* if it holds several values.

    Raises ValueError, with a text for the schema's author, when the options do not fit the type.
    """
    return _made(field.type, field.members, field.of, separator, field.options)


def value_type(field: Field) -> str:
    """Return the Python type of *field*'s values as source text."""
    return _annotation(field.type, field.members, field.of, field.options)


@lru_cache(maxsize=10_000)
def _annotation(name: str, members: tuple[str, ...], of: str, given: tuple[tuple[str, object], ...]) -> str:
    return _made(name, members, of, ",", given).annotation


@lru_cache(maxsize=10_000)
def _made(
    name: str, members: tuple[str, ...], of: str, separator: str, given: tuple[tuple[str, object], ...]
) -> FieldType[Any]:
    """Return the type that has these parts of a field; fields are many, and their types few."""
    from dss_runtime.types import TYPES

    options: dict[str, Any] = dict(given)
    if name == "enum":
        options["members"] = members
    elif name in ("set", "list"):
        options |= {"of": TYPES[of](), "separator": separator}
    return TYPES[name](**options)


def derived_type(derived: Derived) -> FieldType[Any]:
    """Return the runtime's type of a derived property, which has no options."""
    from dss_runtime.types import TYPES

    return TYPES[derived.type]()


def options_of(type_name: str) -> frozenset[str]:
    """Return the options that the type *type_name* understands."""
    from dss_runtime.types import TYPES

    return frozenset(each.name for each in dataclasses.fields(TYPES[type_name])) - _not_options


def key_types() -> tuple[str, ...]:
    """Return the names of the types that a field of a key may have."""
    from dss_runtime.types import TYPES

    return tuple(name for name, each in TYPES.items() if each.may_be_key)


def reason_against(field: Field, text: str | tuple[str, ...], separator: str = ",") -> str | None:
    """Return why *text*, a tuple of texts for a set or list, is no value of *field*; None when it is one."""
    known = field_type(field, separator)
    try:
        value: object = known.parse(text)
    except ValueError as error:
        return str(error)
    return known.check(value)


def transforms() -> Mapping[str, Transform]:
    """Return the table of transforms, by the name that the schema calls each."""
    from dss_runtime.transforms import TRANSFORMS

    return TRANSFORMS
