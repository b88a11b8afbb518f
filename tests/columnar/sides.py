"""One side of a comparison of a field: how it is read, and the cells that it is read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hypothesis import strategies as st

from dss_runtime._fields import Field, ModelInfo
from dss_runtime._recipe import FieldRecipe, Recipe
from dss_runtime.engines.columnar import Cell, Images, Kind, images
from dss_runtime.types import FieldType, StrType
from tests.columnar.dirt import natives, texts_for
from tests.columnar.reading import value_of

UNREADABLE = object()
"""What stands for the value of a cell that cannot be read."""


def model(kind: FieldType[Any], *, key: bool = False) -> ModelInfo:
    """Return a model with a field `x` of *kind*, which may be its key."""
    fields = (Field("k", StrType()), Field("x", kind))
    return ModelInfo("Thing", ("Thing",), ("x",) if key else ("k",), fields)


class Columns(Protocol):
    """What evaluates expressions over columns."""

    def cells(self, kinds: Sequence[Kind]) -> list[Cell]:
        """Return the cells of columns of *kinds*."""
        ...


@dataclass(frozen=True)
class Side:
    """The field `x` of some rows, each of which has one cell of a kind."""

    info: ModelInfo
    field: FieldRecipe
    kind: Kind
    cells: Sequence[Any]

    def images(self, columns: Columns, column: int = 0) -> Images:
        """Return the images of the rows, whose cells are in *column*."""
        kinds: list[Kind] = [self.kind] * (column + 1)
        recipe = Recipe((FieldRecipe("k", constant=("k",)), self.field))
        return images(self.info, recipe, columns.cells(kinds)[-1:])

    def values(self) -> Iterator[Any]:
        """Yield what Python reads in each cell."""
        for cell in self.cells:
            try:
                yield value_of(self.info, self.field, [cell], {})
            except ValueError:
                yield UNREADABLE


@st.composite
def sides(draw: st.DrawFn, kind: FieldType[Any], cells: Kind = "text", *, key: bool = False) -> Side:
    """Return a strategy of sides that hold a field of *kind* in columns of *cells*."""
    given = natives(cells)
    field = FieldRecipe("x", 0, separator=getattr(kind, "separator", ","))
    if cells == "text":
        given = st.one_of(texts_for(kind), texts_for(kind), st.none())
        if draw(st.booleans()):
            field = FieldRecipe("x", template=(0,), separator=field.separator)
    if not key:
        absent = draw(st.sampled_from([(), (None,), ("given",)]))
        given_absent = (_value(draw, kind),) if absent == ("given",) else absent
        field = FieldRecipe("x", field.column, field.template, absent=given_absent, separator=field.separator)
    return Side(model(kind, key=key), field, cells, draw(st.lists(given, min_size=6, max_size=14)))


def _value(draw: st.DrawFn, kind: FieldType[Any]) -> Any:
    """Return a value of *kind*, as the schema could give it as the default."""
    for _ in range(20):
        try:
            return kind.parse(draw(texts_for(kind)))
        except ValueError:
            continue
    return None
