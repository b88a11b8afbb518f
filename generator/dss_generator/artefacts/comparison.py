"""The straight-line code that compares two records, as models and trees print it."""

from __future__ import annotations

from ..code.fragments import Code, Ident, code, ident, lit
from ..fieldtypes import field_type
from ..schema.resolved import Field, Model
from .fields import is_members


def type_constant(model: Model, field: Field) -> Ident:
    """Return the name of the constant that holds a field's type, in models.py."""
    return ident(f"_{model.name}__{field.name}")


def owner(model: Model, field: Field, parents: dict[str, Model]) -> Model:
    """Return the model that declares *field*: *model* itself or one that it extends."""
    while field.name not in {each.name for each in model.own_fields}:
        model = parents[model.extends]
    return model


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
    if field_type(field).exact and not dict(field.options).get("null_equals_empty"):
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
