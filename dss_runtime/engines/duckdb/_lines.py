"""Lines that both sides have: their rows are the same record where one of them can be read.

Files of one layout, such as an export and that of the day before, mostly have the same lines in another
order. To read a line costs DuckDB a quarter of what its cells cost, to compare two a tenth. So lines are
compared first; and unless many of them differ, Python reads the rows of those that do, and nobody looks
at their cells in columns. Keys that are there twice or not known are left to who looks at cells. A line of
too few cells, or too many, is found where it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dss_runtime._extras import extra
from dss_runtime._fields import ModelInfo
from dss_runtime._recipe import Recipe
from dss_runtime._sifting import Part
from dss_runtime.engines.columnar import images
from dss_runtime.engines.duckdb._cells import keyed, same_key, texts
from dss_runtime.engines.duckdb._files import Lines, literal
from dss_runtime.engines.duckdb._side import Rows
from dss_runtime.engines.duckdb._tally import Tally, tally

with extra("duckdb"):
    import duckdb
    from sqlglot import exp

MANY = 0.25
"""Which part of all rows may differ: of more, some are worth to be looked at cell by cell."""


def alike_lines(
    connection: duckdb.DuckDBPyConnection, left: Part, ours: Rows, right: Part, theirs: Rows
) -> Tally | None:
    """Return what equal lines prove, None where cells have to be looked at."""
    lines, others = ours.lines, theirs.lines
    if lines is None or others is None or lines.layout != others.layout:
        return None
    recipe = _placed(left.recipe, lines.wanted)
    if recipe is None or recipe != _placed(right.recipe, others.wanted):
        return None
    try:
        found = tally(connection, _pairs(right.branch.info, recipe, lines, others))
    except duckdb.Error:
        return None
    if found.odd or not found.each_once or found.sizes != (lines.size, others.size):
        return None
    return found if sum(map(len, found.unproven)) <= MANY * sum(found.rows) else None


def _placed(recipe: Recipe | None, wanted: Sequence[int]) -> Recipe | None:
    """Return a recipe for all cells of a line, None where it does not make a record of each."""
    if recipe is None or recipe.where is not None or recipe.retired:
        return None
    return Recipe(
        tuple(
            replace(
                field,
                column=None if field.column is None else wanted[field.column],
                template=tuple(wanted[part] if isinstance(part, int) else part for part in field.template),
            )
            for field in recipe.fields
        )
    )


def _pairs(info: ModelInfo, recipe: Recipe, lines: Lines, others: Lines) -> str:
    """Return the tables that end in the pairs of lines: only such as are alike are proven."""
    left, right = (images(info, recipe, texts(alias, lines.cells)) for alias in "lr")
    readable = exp.and_(exp.true(), *(field.readable for field in left.fields.values())).sql("duckdb")
    cells = ", ".join(f"cells[{at + 1}] AS c{at}" for at in range(lines.cells))
    joined = (
        "SELECT l.n AS ln, r.n AS rn, l.size AS ls, r.size AS rs, "
        "coalesce(l.odd, false) OR coalesce(r.odd, false) AS odd, "
        f"l.line = r.line AS alike, string_split(l.line, {literal(lines.delimiter)}) AS cells "
        f"FROM l FULL JOIN r ON {same_key(left)}"
    )
    pairs = (
        "SELECT ln, rn, ls, rs, odd, false AS lx, false AS rx, "
        f"coalesce(alike AND len(cells) = {lines.cells} AND {readable}, false) AS proven "
        f"FROM (SELECT *, {cells} FROM joined) AS l"
    )
    sides = (
        f"{alias} AS ({keyed(alias, side, _relation(each))})"
        for alias, each, side in (("l", lines, left), ("r", others, right))
    )
    return ", ".join([*sides, f"joined AS ({joined})", f"pairs AS ({pairs})"])


def _relation(lines: Lines) -> str:
    """Return what lines are selected from, with their cells; those that no key is made of cost nothing."""
    cells = ", ".join(f"{_cell(lines, at)} AS c{at}" for at in range(lines.cells))
    return f"(SELECT *, {cells} FROM {lines.sql})"


def _cell(lines: Lines, at: int) -> str:
    """Return a cell of a line; the first, which mostly is the key, without the others being looked for."""
    delimiter = literal(lines.delimiter)
    if at == 0:
        return f"substring(line, 1, strpos(line, {delimiter}) - 1)"
    return f"split_part(line, {delimiter}, {at + 1})"
