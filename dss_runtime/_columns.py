"""Many rows of text become records, column by column: what `parse_<branch>` does with one after the other.

It does what the branch's recipe says. Where anything is wrong with a row nothing is made, and whoever asked
looks at the rows one by one: so what is told of a row is always found by the same code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from dss_runtime._model import Record
from dss_runtime._recipe import FieldRecipe, Recipe, Step, reason_against
from dss_runtime.transforms import TRANSFORMS
from dss_runtime.types import FieldType, ListType, SetType
from dss_runtime.types._many import Parser, Remembering

if TYPE_CHECKING:
    from dss_runtime._reading import BranchReading

Columns: TypeAlias = Sequence[Sequence[str]]
Values: TypeAlias = Callable[[Columns], Iterable[Any]]
"""Returns the values of a field from the columns of some rows; raises ValueError where one has none."""


def records_parser(
    importer: object, branch: str, model: object, reading: BranchReading[Any, Any]
) -> Callable[[Columns], list[Any]] | None:
    """Return what makes records of the columns of many rows of text; ValueError where a row is none.

    None where rows have to be looked at one by one: the project's code sees each, or some are left out.
    """
    recipe = reading.recipe
    if not isinstance(recipe, Recipe) or recipe.where is not None or recipe.retired:
        return None
    if all(field.constant for field in recipe.fields):  # no column tells then how many rows there are
        return None
    if reason_against(importer, branch, reading) is not None:
        return None
    if not (isinstance(model, type) and issubclass(model, Record) and "__dss_records__" in vars(model)):
        return None
    made = {field.name: _values(model, field) for field in recipe.fields}
    parameters = inspect.signature(model).parameters
    fields: list[Values] = []
    for name in (field.name for field in model.__dss__.fields if not field.derived):
        values = made[name] if name in made else _constant(parameters[name].default)
        if values is None:
            return None
        fields.append(values)
    make = model.__dss_records__

    def records(columns: Columns) -> list[Any]:
        # Not strict: a constant has no end.
        return make(zip(*[values(columns) for values in fields]))  # noqa: B905

    return records


def _values(model: type[Record], field: FieldRecipe) -> Values | None:
    """Return what makes the values of *field*, None where it needs those of other fields."""
    if field.constant:
        return _constant(field.constant[0])
    texts = _texts(field)
    if texts is None:
        return None
    kind = model.__dss__[field.name].type
    if isinstance(kind, (ListType, SetType)):
        kind = replace(kind, separator=field.separator)
    return _parsed(texts, kind, field.absent, key=field.name in model.__dss__.key)


def _constant(value: Any) -> Values:
    return lambda columns: repeat(value)


def _texts(field: FieldRecipe) -> Callable[[Columns], Sequence[str]] | None:
    """Return what gives the texts that are parsed: those of a column, or what a pipeline makes of it."""
    if field.column is not None:
        return itemgetter(field.column)
    match field.template:
        case (int() as column,):
            stepped = Remembering(_stepped(field.steps))
            return lambda columns: stepped(columns[column])
        case _:
            return None


def _stepped(steps: Sequence[Step]) -> Callable[[str], str]:
    calls = [
        (
            TRANSFORMS[step.name].function,
            [dict(each) if isinstance(each, tuple) else each for each in step.arguments],
        )
        for step in steps
    ]

    def text_of(text: str) -> str:
        for function, arguments in calls:
            text = function(text, *arguments)
        return text

    return text_of


def _parsed(
    texts_in: Callable[[Columns], Sequence[str]], kind: FieldType[Any], absent: tuple[Any, ...], *, key: bool
) -> Values:
    parse: Parser[Any] = kind.parser()
    if not key and not absent:
        return lambda columns: parse(texts_in(columns))

    def values(columns: Columns) -> Iterable[Any]:
        texts = texts_in(columns)
        filled = list(filter(str.strip, texts))
        if len(filled) == len(texts):
            return parse(texts)
        if key:
            raise ValueError("a record needs its key")
        found = iter(parse(filled))
        return [next(found) if text.strip() else absent[0] for text in texts]

    return values
