"""What several artefacts print of a field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..code.fragments import Code, Comment, code, docstring, expression, lit
from ..fieldtypes import construction_imports, derived_type, field_type, value_type
from ..schema.resolved import Derived, Field, Model, Schema, TreeBranch


def value_annotation(field: Field) -> Code:
    """Return the type of *field*'s values that are there."""
    return expression(value_type(field))


def annotation(field: Field) -> Code:
    """Return the type of *field*'s values, None included where they are optional."""
    inner = value_annotation(field)
    return code("{inner} | None", inner=inner) if field.optional else inner


def derived_annotation(derived: Derived) -> Code:
    """Return the type of a derived property."""
    return expression(derived_type(derived).annotation)


def imports_for(models: Iterable[Model]) -> list[str]:
    """Return the import statements that the annotations and literals of *models* need, sorted."""
    found: set[str] = set()
    for model in models:
        for field in model.fields:
            found.update(field_type(field).imports)
        for derived in model.derived:
            found.update(derived_type(derived).imports)
    return sorted(found)


def type_imports_for(models: Iterable[Model]) -> list[str]:
    """Return the import statements that constructing the types of *models* needs, sorted."""
    found: set[str] = set()
    for model in models:
        for field in model.fields:
            found.update(construction_imports(field))
        for derived in model.derived:
            found.update(derived_type(derived).construction_imports)
    return sorted(found)


def literal(field: Field, text: str | tuple[str, ...]) -> Code:
    """Return the literal of a value that the schema gives as text."""
    known: Any = field_type(field)
    return expression(known.literal(known.parse(text)))


def default(field: Field) -> Code | None:
    """Return the literal of *field*'s default, None when a value is required."""
    if field.optional:
        return Code(lit(None).text)
    return None if field.default is None else literal(field, field.default)


def key_annotation(model: Model) -> Code:
    """Return the type of a model's key: of its field, or a tuple of its fields' types."""
    parts = [annotation(field) for field in model.key_fields]
    if len(parts) == 1:
        return parts[0]
    return Code(f"tuple[{', '.join(part.text for part in parts)}]")


def is_members(field: Field) -> bool:
    """Whether *field* is compared member by member: sets are, lists as a whole."""
    return field.type == "set"


def element_annotation(field: Field) -> Code:
    """Return the type of a member of a set."""
    known: Any = field_type(field)
    return expression(known.of.annotation)


def compared(model: Model) -> list[Field]:
    """Return the fields that can differ between two records of one key: not those that have but one value."""
    return [each for each in model.fields if each.name not in model.key and not _is_constant(each)]


def _is_constant(field: Field) -> bool:
    return field.type == "enum" and len(field.members) == 1 and not field.optional


def handled(held: TreeBranch) -> list[Field]:
    """Return the fields whose differences a tree's template is asked to carry out."""
    unhandled = {name for name, policy in held.sync if policy in ("never", "create_only")}
    unhandled.update(held.omitted)
    return [field for field in compared(held.branch.model) if field.name not in unhandled]


def model_kinds(schema: Schema, model: Model) -> tuple[str, ...]:
    """Return the names of all models that *model* is, its own first."""
    parents = {each.name: each.extends for each in schema.models}
    kinds = [model.name]
    while parents.get(kinds[-1]):
        kinds.append(parents[kinds[-1]])
    return tuple(kinds)


def doc_of(text: str, otherwise: str, indent: int = 4) -> Comment:
    """Return the docstring that the schema gives, or another one."""
    return docstring(text or otherwise, indent)
