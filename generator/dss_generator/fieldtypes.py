"""The only door to the runtime's field types and transforms.

They decide what a type accepts and how it is written as source text; asking them keeps the generator from
having a second opinion. The runtime is imported inside the functions, so that `dss_generator` can be imported
without it (and without a cycle: the runtime's command line imports the generator).
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from .code.fragments import expression
from .extensions import Added, Table
from .schema.resolved import type_names

if TYPE_CHECKING:
    from dss_runtime.transforms import Transform
    from dss_runtime.types import FieldType

    from .schema.resolved import Derived, Field

    TypeClass: TypeAlias = type[FieldType[Any]]

__all__ = [
    "construction",
    "construction_imports",
    "derived_type",
    "element_types",
    "field_type",
    "key_types",
    "may_be_key",
    "meaning",
    "options_of",
    "reason_against",
    "transforms",
    "type_table",
    "value_type",
]

element_types = ("str", "int", "float", "decimal", "bool", "date", "datetime", "time", "uuid")
"""Our own types that a set or a list may hold: those with `may_be_element`, said here again since the
grammar's tables are made before the runtime may be imported."""
_not_options = {"members", "of", "separator"}
"""What a type takes that is no key of the language: `Field` or the tree has it."""


def field_type(field: Field, separator: str = ",") -> FieldType[Any]:
    """Return the runtime's type of *field*, whose cells are split at *separator* if it holds several values.

    Raises ValueError, with a text for the schema's author, when the options do not fit the type.
    """
    return _made(field.type, field.members, field.of, separator, field.options, field.packaged)


def value_type(field: Field) -> str:
    """Return the Python type of *field*'s values as source text."""
    return _source(field.type, field.members, field.of, ",", field.options, field.packaged)[0]


def construction(field: Field, separator: str = ",") -> str:
    """Return source text that makes the type of *field*, after `construction_imports`."""
    return _source(field.type, field.members, field.of, separator, field.options, field.packaged)[1]


def construction_imports(field: Field) -> tuple[str, ...]:
    """Return the import statements that making the type of *field* needs."""
    return _source(field.type, field.members, field.of, ",", field.options, field.packaged)[2]


@lru_cache(maxsize=10_000)
def _source(
    name: str,
    members: tuple[str, ...],
    of: str,
    separator: str,
    given: tuple[tuple[str, object], ...],
    packaged: tuple[tuple[str, TypeClass], ...],
) -> tuple[str, str, tuple[str, ...]]:
    """Return annotation, construction and its imports: fields are asked for them again and again."""
    kind = _made(name, members, of, separator, given, packaged)
    return kind.annotation, kind.construction, kind.construction_imports


@lru_cache(maxsize=10_000)
def _made(
    name: str,
    members: tuple[str, ...],
    of: str,
    separator: str,
    given: tuple[tuple[str, object], ...],
    packaged: tuple[tuple[str, TypeClass], ...],
) -> FieldType[Any]:
    """Return the type that has these parts of a field; fields are many, and their types few."""
    options: dict[str, Any] = dict(given)
    if name == "enum":
        options["members"] = members
    elif name in ("set", "list"):
        options |= {"of": _class(of, packaged)(), "separator": separator}
    return _class(name, packaged)(**options)


def derived_type(derived: Derived) -> FieldType[Any]:
    """Return the runtime's type of a derived property, which has no options."""
    return _class(derived.type, derived.packaged)()


def options_of(kind: TypeClass) -> frozenset[str]:
    """Return the options that a type understands."""
    return frozenset(each.name for each in dataclasses.fields(kind)) - _not_options


def meaning(type_name: str, types: Table[TypeClass]) -> str:
    """Return what the type *type_name* holds: the first paragraph of its own documentation."""
    if type_name == "ref":
        return "The key of another model's record."
    return " ".join((inspect.getdoc(types[type_name]) or "").partition("\n\n")[0].split())


def key_types() -> tuple[str, ...]:
    """Return the names of our own types that a field of a key may have."""
    from dss_runtime.types import TYPES

    return tuple(name for name, each in TYPES.items() if each.may_be_key)


def may_be_key(field: Field) -> bool:
    """Return whether the type of *field* can tell records apart."""
    return _class(field.type, field.packaged).may_be_key


def type_table(added: tuple[Added, ...] = ()) -> Table[TypeClass]:
    """Return the table of field types: our own, and those that packages have *added*."""
    return Table("field type", type_names, _own_class, added, _checked)


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


def _class(name: str, packaged: tuple[tuple[str, TypeClass], ...]) -> TypeClass:
    """Return the class of the type *name*: that of a package in *packaged*, or ours."""
    return dict(packaged).get(name) or _own_class(name)


def _own_class(name: str) -> TypeClass:
    from dss_runtime.types import TYPES

    return TYPES[name]


def _checked(offer: Added, row: object) -> TypeClass:
    """Return *row*, which a package offers as a type (ValueError, with the reason, when it cannot be one)."""
    from dss_runtime.types import FieldType

    if not isinstance(row, type) or not issubclass(row, FieldType):
        raise ValueError(f"expected a subclass of dss_runtime.extending.FieldType, found {row!r}")
    kind: TypeClass = row  # pyright: ignore[reportUnknownVariableType]
    if inspect.isabstract(kind):
        raise ValueError(f"{kind.__name__} does not define {', '.join(sorted(kind.__abstractmethods__))}")
    if getattr(kind, "name", None) != offer.name:
        raise ValueError(
            f"{kind.__name__} calls itself {getattr(kind, 'name', None)!r}; the two must be equal"
        )
    try:
        made = kind()
        for text in (made.annotation, made.strategy, made.sql, made.construction):
            expression(text)
        imports = made.imports
    except Exception as error:
        raise ValueError(f"{kind.__name__}() fails: {type(error).__name__}: {error}") from error
    for line in imports:
        if re.fullmatch(r"from [\w.]+ import (\w+) as _\1", line) is None:
            raise ValueError(f"{kind.__name__} imports {line!r}; write `from module import Name as _Name`")
    return kind
