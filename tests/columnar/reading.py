"""A recipe carried out in Python, a field at a time: what generated code does, and SQL has to prove."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Sequence
from typing import Any

from dss_runtime._differences import member_differences
from dss_runtime._fields import ModelInfo
from dss_runtime._recipe import Comparison, Condition, FieldRecipe, FieldText, Recipe
from dss_runtime.codegen import blank, number, present, same, text
from dss_runtime.transforms import TRANSFORMS
from dss_runtime.types import FieldType

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fields_of(info: ModelInfo, recipe: Recipe, cells: Sequence[Any]) -> dict[str, Any]:
    """Return the values of a row's fields; ValueError where one cannot be read."""
    found: dict[str, Any] = {}
    for each in recipe.fields:
        found[each.name] = value_of(info, each, cells, found)
    return found


def value_of(info: ModelInfo, recipe: FieldRecipe, cells: Sequence[Any], before: dict[str, Any]) -> Any:
    """Return the value of a field of a row, of which some fields were read *before*."""
    if recipe.constant:
        return recipe.constant[0]
    cell = cells[recipe.column] if recipe.column is not None else _text_of(recipe, cells, before)
    kind = read_as(info[recipe.name].type, recipe.separator)
    if recipe.name in info.key:
        return kind.parse(present(cell))
    return recipe.absent[0] if recipe.absent and blank(cell) else kind.parse(cell)


def read_as(kind: FieldType[Any], separator: str) -> Any:
    """Return a type whose values are separated by *separator*, if it has several."""
    return dataclasses.replace(kind, separator=separator) if kind.name in ("set", "list") else kind  # type: ignore[call-arg]


def _text_of(recipe: FieldRecipe, cells: Sequence[Any], before: dict[str, Any]) -> str:
    made = "".join(_part(part, cells, before) for part in recipe.template)
    for step in recipe.steps:
        arguments = [dict(each) if isinstance(each, tuple) else each for each in step.arguments]
        made = TRANSFORMS[step.name].function(made, *arguments)
    return made


def _part(part: int | str | FieldText, cells: Sequence[Any], before: dict[str, Any]) -> str:
    if isinstance(part, FieldText):
        return text(before[part.name])
    return part if isinstance(part, str) else text(cells[part])


def takes_part(where: Condition, cells: Sequence[Any]) -> bool:
    """Return whether `where` takes a row; ValueError where it cannot be said."""
    if isinstance(where, Comparison):
        read = number if where.numeric else text
        value, literals = read(cells[where.column]), [*map(read, where.literals)]
        return value in literals if where.operator == "in" else _OPERATORS[where.operator](value, literals[0])
    operands = (takes_part(operand, cells) for operand in where.operands)
    if where.operator == "not":
        return not next(operands)
    return all(operands) if where.operator == "and" else any(operands)


def is_retired(recipe: Recipe, cells: Sequence[Any]) -> bool:
    """Return whether a row is a record that was disabled."""
    return all(same(cells[column], value) for column, value in recipe.retired)


def compare_as_equal(kind: FieldType[Any], left: Any, right: Any) -> bool:
    """Return whether the generated comparison finds no difference between two values of a field."""
    if kind.name == "set":
        of: Any = kind
        return not [*member_differences("x", left or (), right or (), of.of.canonical)]
    return left == right or kind.canonical(left) == kind.canonical(right)
