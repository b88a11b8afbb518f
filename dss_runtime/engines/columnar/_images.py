"""The images of all fields of a branch, and the proof that two rows are the same record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dss_runtime._fields import ModelInfo
from dss_runtime._recipe import FieldRecipe, FieldText, Recipe
from dss_runtime.engines.columnar._cells import Cell
from dss_runtime.engines.columnar._conditions import condition, retired, text_of
from dss_runtime.engines.columnar._image import Image
from dss_runtime.engines.columnar._space import is_blank
from dss_runtime.engines.columnar._sql import (
    NotColumnarError,
    Sql,
    as_text,
    case,
    equal,
    exp,
    first_of,
    is_null,
    joined,
    negated,
    some,
    text,
    truth,
)
from dss_runtime.engines.columnar._transforms import transformed
from dss_runtime.engines.columnar._types import type_image
from dss_runtime.types import EnumType, FieldType, IntType, ListType, SetType, StrType

_LARGEST = 300_000
"""Parts of all expressions of a side. A database takes seconds to understand so many, and then minutes, and
more memory than there is: every step of a pipeline repeats the text that it is given, which multiplies."""
_LARGEST_TEXT = _LARGEST // 10
"""Parts of what a pipeline makes, which its image repeats as well."""


@dataclass(frozen=True, slots=True)
class FieldImage:
    """What stands for the value of a field; see `images` for what it promises.

    `compared` is equal only where the values compare as equal, and NULL where nobody is sure. `readable` is
    true only where the field can be read. `recipe` and `cells` are what both were made of.
    """

    compared: Sql
    readable: Sql
    recipe: FieldRecipe
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Images:
    """What SQL knows of the rows of a branch.

    `key` has an expression for each field of the key, in the key's order, NULL where the key is not known.
    `blank_key` is true where a part of the key shows nothing, so that nobody's record it is. `fields` has all
    other fields. `where` and `retired` are true, false, or NULL where nobody is sure; None where the branch
    has no such condition.
    """

    key: tuple[Sql, ...]
    blank_key: Sql
    fields: Mapping[str, FieldImage]
    where: Sql | None
    retired: Sql | None


def images(info: ModelInfo, recipe: Recipe, cells: Sequence[Cell]) -> Images:
    """Return the images of the fields that *recipe* makes of *cells*, the columns of a row in order.

    Of two rows, of whatever recipes and cells:

    - where `compared` of a field is equal, both rows can be read as far as that field goes, and its values
      compare as equal in canonical form;
    - where all parts of `key` are known in both, their keys are equal just if the parts are. A key that is
      not known may be any key.

    Raises NotColumnarError, which names the field, where SQL cannot say that of any row.
    """
    for field in info.fields:
        if field.derived:
            raise NotColumnarError(f"{field.name} is derived by code")
    reader = _Reader(info, cells)
    for each in recipe.fields:
        try:
            reader.read(each)
        except NotColumnarError as error:
            raise NotColumnarError(f"{each.name}: {error}") from error
    return Images(
        key=tuple(reader.values[name] for name in info.key),
        blank_key=some(*reader.blanks) if reader.blanks else truth(False),
        fields=reader.fields,
        where=None if recipe.where is None else condition(recipe.where, cells),
        retired=retired(recipe.retired, cells) if recipe.retired else None,
    )


def same_reading(left: FieldImage, right: FieldImage) -> bool:
    """Whether two sides read a field alike, so that equal cells have equal values."""
    return _shape(left) == _shape(right)


def same_value(left: FieldImage, right: FieldImage) -> Sql:
    """Return whether a field's values compare as equal and can be read on both sides; not true if unsure.

    Where the two sides read alike, equal cells are seen first, at less cost than images.
    """
    by_image = equal(left.compared, right.compared)
    if not same_reading(left, right) or not left.cells:
        return by_image
    pairs = zip(left.cells, right.cells, strict=True)
    alike = [exp.NullSafeEQ(this=ours.sql, expression=theirs.sql) for ours, theirs in pairs]
    return case((exp.and_(*alike), left.readable), otherwise=by_image)


def _shape(image: FieldImage) -> object:
    """Return how a field is read, whatever columns its cells are in."""
    recipe, kinds = image.recipe, tuple(cell.kind for cell in image.cells)
    template = tuple(0 if isinstance(part, int) else part for part in recipe.template)
    if any(isinstance(part, FieldText) for part in template):
        return image  # what the other field is made of would count as well
    return kinds, template, recipe.steps, recipe.absent, recipe.constant, recipe.separator


class _Reader:
    """Makes the images of one row's fields, each of which may need those before it."""

    def __init__(self, info: ModelInfo, cells: Sequence[Cell]) -> None:
        self._info = info
        self._cells = cells
        self._texts: dict[str, Sql] = {}
        self._size = 0
        self.values: dict[str, Sql] = {}
        self.blanks: list[Sql] = []
        self.fields: dict[str, FieldImage] = {}

    def read(self, recipe: FieldRecipe) -> None:
        """Make the images of one field."""
        kind = _kind(self._info[recipe.name].type, recipe.separator)
        is_key = recipe.name in self._info.key
        cell = self._cell(kind, recipe)
        image = type_image(kind, cell)
        blank = is_blank(cell)
        if recipe.constant:
            compared, readable = self._constant(kind, recipe.constant[0], image), truth(True)
            value = image.value
        elif is_key:
            self.blanks.append(blank)
            value = case((negated(blank), image.value))
            compared, readable = value, negated(is_null(value))
        elif recipe.absent:
            absent = self._constant(kind, recipe.absent[0], image)
            compared = case((blank, absent), otherwise=image.compared)
            readable = first_of(blank, image.readable)
            value = image.value
        else:
            compared, readable, value = image.compared, image.readable, image.value
        self._keep_text(kind, recipe, cell, blank)
        self._size += sum(map(_size, (compared, readable)))
        if self._size > _LARGEST:
            raise NotColumnarError("its pipeline, with those before it, is too long for SQL")
        if is_key:
            self.values[recipe.name] = value
        else:
            self.fields[recipe.name] = FieldImage(compared, readable, recipe, self._sources(recipe))

    def _cell(self, kind: FieldType[Any], recipe: FieldRecipe) -> Cell:
        if recipe.constant:
            value = recipe.constant[0]
            return Cell(text("") if value is None else text(kind.format(value)), made=True)
        if recipe.column is not None:
            return self._cells[recipe.column]
        made = joined([self._part(part) for part in recipe.template])
        for step in recipe.steps:
            made = transformed(step, made)
            if _size(made) > _LARGEST_TEXT:
                raise NotColumnarError(f"its pipeline is too long for SQL from {step.name} on")
        return Cell(made, made=True)

    def _part(self, part: int | str | FieldText) -> Sql:
        if isinstance(part, int):
            return text_of(self._cells[part])
        return text(part) if isinstance(part, str) else self._text(part.name)

    def _text(self, name: str) -> Sql:
        found = self._texts.get(name)
        if found is None:
            raise NotColumnarError(f"{name} is not the same text to SQL and to Python")
        return found

    def _keep_text(self, kind: FieldType[Any], recipe: FieldRecipe, cell: Cell, blank: Sql) -> None:
        """Keep the text that a template makes of the field's value, where it is its own text."""
        if not isinstance(kind, (StrType, EnumType, IntType)):
            return
        value = type_image(kind, cell).value
        shown = as_text(value) if isinstance(kind, IntType) else value
        absent = (*recipe.constant, *recipe.absent)
        if absent:
            other = text("" if absent[0] is None else str(absent[0]))
            shown = other if recipe.constant else case((blank, other), otherwise=shown)
        self._texts[recipe.name] = shown

    def _sources(self, recipe: FieldRecipe) -> tuple[Cell, ...]:
        if recipe.column is not None:
            return (self._cells[recipe.column],)
        return tuple(self._cells[part] for part in recipe.template if isinstance(part, int))

    def _constant(self, kind: FieldType[Any], value: object, image: Image) -> Sql:
        """Return the image of a value of the schema, which is a constant of the same kind as *image*."""
        if value is None:
            return image.none
        return type_image(kind, Cell(text(kind.format(value)), made=True)).compared


def _size(expression: Sql) -> int:
    """Return of how many parts an expression is written, most of which it only has once, and repeats."""
    known: dict[int, int] = {}

    def size(part: Sql) -> int:
        found = known.get(id(part))
        if found is None:
            found = known[id(part)] = 1 + sum(map(size, part.iter_expressions()))
        return found

    return size(expression)


def _kind(kind: FieldType[Any], separator: str) -> FieldType[Any]:
    """Return a field's type as a tree reads it, with the separator of its cells."""
    if isinstance(kind, (ListType, SetType)) and kind.separator != separator:
        return dataclasses.replace(kind, separator=separator)
    return kind
