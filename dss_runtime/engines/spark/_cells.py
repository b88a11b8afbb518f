"""The columns of a side as cells that images are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dss_runtime._extras import extra
from dss_runtime._fields import ModelInfo
from dss_runtime._recipe import FieldRecipe, Recipe
from dss_runtime.engines.columnar import NUL, Cell, Kind
from dss_runtime.engines.columnar._sql import above, case, length, whole
from dss_runtime.types import BytesType, ListType, SetType

with extra("spark"):
    from sqlglot import exp

LONGEST = 1_000
"""Characters of a text that a pattern of repeated groups is tried on: Java needs stack for each of them."""
SENT: dict[Kind, str] = {"date": "unix_date({})", "timestamp": "unix_micros(CAST({} AS TIMESTAMP))"}
"""As what a cell comes to this process: Python's dates end where Spark's go on."""
_REPEATED = (SetType, ListType, BytesType)


def cells_of(alias: str, kinds: Sequence[Kind], info: ModelInfo, recipe: Recipe) -> list[Cell]:
    """Return the columns `c0`, `c1`, … of what is called *alias*; of long texts not all is known.

    One of values that are many is a NUL, which no type of such values reads; where steps go over it first,
    nobody knows what it is.
    """
    columns = [Cell(exp.column(f"c{at}", alias), kind) for at, kind in enumerate(kinds)]
    stepped, plain = set[int](), set[int]()
    for field in recipe.fields:
        repeated = isinstance(info[field.name].type, _REPEATED)
        if field.template and (repeated or any(step.name == "parse-number" for step in field.steps)):
            stepped.update(_parts(field))
        elif field.column is not None and repeated:
            plain.add(field.column)
    for at in stepped | plain:
        whole_text = columns[at]
        if whole_text.kind == "text":
            long = above(length(whole_text.sql), whole(LONGEST)), exp.Null() if at in stepped else NUL
            columns[at] = Cell(case(long, otherwise=whole_text.sql), made=at in stepped)
    return columns


def _parts(field: FieldRecipe) -> Iterable[int]:
    return (part for part in field.template if isinstance(part, int))


def sent(alias: str, kinds: Sequence[Kind]) -> list[str]:
    """Return the same columns as they come to this process, in SQL."""
    return [SENT.get(kind, "{}").format(f"{alias}.c{at}") for at, kind in enumerate(kinds)]
