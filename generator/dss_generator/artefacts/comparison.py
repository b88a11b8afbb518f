"""The straight-line code that compares two records, as models and trees print it."""

from __future__ import annotations

from ..code.fragments import Code, Ident, code, ident, lit
from ..fieldtypes import field_type
from ..schema.resolved import Field, Model
from .fields import is_members


def type_constant(model: Model, field: Field) -> Ident:
    """Return the name of the constant that holds a field's type, in models.py."""
    return ident(f"_{model.name}__{field.name}")


def type_constants(model: Model, parents: dict[str, Model]) -> dict[str, Ident]:
    """Return the constant of each field of a model, by its name: that of the model which declares it."""
    constants = {field.name: type_constant(model, field) for field in model.own_fields}
    return {**type_constants(parents[model.extends], parents), **constants} if model.extends else constants


def compares_by_type(field: Field) -> bool:
    """Return whether the comparison of a field asks the field's type for something."""
    return (
        is_members(field) or not field_type(field).exact or bool(dict(field.options).get("null_equals_empty"))
    )


def comparison(field: Field, constant: Ident, left: Ident, right: Ident) -> Code:
    """Return statements that add the differences of one field to `_found`.

    `==` is asked first: only values that differ are brought into canonical form.
    """
    name, text = ident(field.name), lit(field.name)
    parts = {"left": left, "right": right, "name": name, "text": text, "constant": constant}
    if is_members(field):
        return code(
            "if {left}.{name} != {right}.{name}:\n"
            "            _found.extend(\n"
            "                _member_differences(\n"
            "                    {text},\n"
            "                    {left}.{name} or (),\n"
            "                    {right}.{name} or (),\n"
            "                    {constant}.of.canonical,\n"
            "                )\n"
            "            )",
            **parts,
        )
    if not compares_by_type(field):
        return code(
            "if {left}.{name} != {right}.{name}:\n"
            "            _found.append(_Difference({text}, {left}.{name}, {right}.{name}))",
            **parts,
        )
    return code(
        "if {left}.{name} != {right}.{name} and (\n"
        "            {constant}.canonical({left}.{name}) != {constant}.canonical({right}.{name})\n"
        "        ):\n"
        "            _found.append(_Difference({text}, {left}.{name}, {right}.{name}))",
        **parts,
    )


def derived_comparison(name: str, left: Ident, right: Ident) -> Code:
    """Return statements that add the difference of a derived property to `_found`."""
    return code(
        "if {left}.{name} != {right}.{name}:\n"
        "            _found.append(_Difference({text}, {left}.{name}, {right}.{name}))",
        left=left,
        right=right,
        name=ident(name),
        text=lit(name),
    )
