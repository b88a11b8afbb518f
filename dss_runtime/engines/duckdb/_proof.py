"""The query that proves which rows of two sides are the same record, and tells the numbers of the others."""

from __future__ import annotations

from dataclasses import replace

from dss_runtime._extras import extra
from dss_runtime._sifting import Part
from dss_runtime.engines.columnar import Cell, Images, NotColumnarError, images, same_record
from dss_runtime.engines.duckdb._cells import keyed, same_key
from dss_runtime.engines.duckdb._lines import alike_lines
from dss_runtime.engines.duckdb._side import Rows
from dss_runtime.engines.duckdb._tally import Verdict, connected, tally

with extra("duckdb"):
    import duckdb
    from sqlglot import exp


def prove(left: Part, ours: Rows, right: Part, theirs: Rows) -> Verdict | str:
    """Return which rows may differ, or why nobody can tell."""
    try:
        with connected() as connection:
            return _verdict(connection, left, ours, right, theirs)
    except NotColumnarError as error:
        return str(error)
    except duckdb.Error as error:
        return f"DuckDB cannot read the rows: {str(error).splitlines()[0]}"
    except OSError as error:
        return f"DuckDB has no place for temporary files: {error.strerror}"


def _verdict(
    connection: duckdb.DuckDBPyConnection, left: Part, ours: Rows, right: Part, theirs: Rows
) -> Verdict | str:
    found = alike_lines(connection, left, ours, right, theirs)
    if found is not None:
        return found.verdict(lines=True)
    query = _Query(left, ours.cells("l"), right, theirs.cells("r"))
    refused = ours.refuse_cells() or theirs.refuse_cells()
    if refused:
        return refused
    tables = (ours.relation(connection, "l"), theirs.relation(connection, "r"))
    found = tally(connection, query.sql(*tables))
    if not found.each_once:
        found = tally(connection, query.sql(*tables, twice=True))
    if found.odd:
        return "a key is written in a way that SQL does not read"
    if found.sizes != (ours.total, theirs.total):
        return "a cell is quoted in a way that DuckDB reads otherwise"
    return found.verdict()


def _with_columns(side: Images, alias: str) -> Images:
    """Return what is known of a side, its conditions as columns of the relation *alias*."""
    taken, retired = (exp.column(name, alias) for name in ("taken", "retired"))
    return replace(
        side,
        where=None if side.where is None else taken,
        retired=None if side.retired is None else retired,
    )


class _Query:
    """Both sides joined by their keys: what is alone, or not proven, is to be read.

    A key that several rows have shows in more pairs than rows. Then the query runs again, and proves
    nothing of such keys.
    """

    def __init__(self, left: Part, ours: list[Cell], right: Part, theirs: list[Cell]) -> None:
        if left.recipe is None or right.recipe is None:
            raise NotColumnarError(left.reason or right.reason)
        info = right.branch.info
        self._sides = {"l": images(info, left.recipe, ours), "r": images(info, right.recipe, theirs)}
        known = (_with_columns(side, alias) for alias, side in self._sides.items())
        self._proof = same_record(*known, unheld=left.branch.omitted | right.branch.omitted)

    _whole_sizes = (
        " UNION ALL SELECT NULL, NULL, (SELECT sum(size) FROM l), (SELECT sum(size) FROM r), "
        "true, true, false, false"
    )
    """A pair of no rows that has the sizes of all: where a row is in several pairs, these do not tell."""

    def sql(self, left: str, right: str, *, twice: bool = False) -> str:
        """Return the tables that end in the pairs of rows of two relations."""
        same = same_key(self._sides["l"])
        proof = self._proof.sql("duckdb")
        parts = [f"l AS ({self._side('l', left)})", f"r AS ({self._side('r', right)})"]
        if twice:
            keys = [f"k{at}" for at in range(len(self._sides["l"].key))]
            known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
            repeated = " UNION ".join(
                f"SELECT {', '.join(keys)} FROM {alias} WHERE {known} GROUP BY ALL HAVING count(*) > 1"
                for alias in "lr"
            )
            parts.append(f"twice AS ({repeated})")
            tuple_of = ", ".join(f"l.{key}" for key in keys)
            proof = f"({tuple_of}) NOT IN (SELECT ({', '.join(keys)}) FROM twice) AND {proof}"
        sizes, whole = ("0", self._whole_sizes) if twice else ("{}.size", "")
        pairs = (
            f"SELECT l.n AS ln, r.n AS rn, {sizes.format('l')} AS ls, {sizes.format('r')} AS rs, "
            f"{self._left_out('l')} AS lx, {self._left_out('r')} AS rx, "
            "coalesce(l.odd, false) OR coalesce(r.odd, false) AS odd, "
            f"CASE WHEN {same} THEN coalesce({proof}, false) ELSE false END AS proven "
            f"FROM l FULL JOIN r ON {same}{whole}"
        )
        return ", ".join([*parts, f"pairs AS ({pairs})"])

    def _side(self, alias: str, relation: str) -> str:
        side = self._sides[alias]
        conditions = [
            f", {condition.sql('duckdb')} AS {name}"
            for name, condition in (("taken", side.where), ("retired", side.retired))
            if condition is not None
        ]
        return f"SELECT *{''.join(conditions)} FROM ({keyed(alias, side, relation)}) AS {alias}"

    def _left_out(self, alias: str) -> str:
        """Return whether a row is surely none of the branch."""
        return f"coalesce({alias}.taken = false, false)" if self._sides[alias].where is not None else "false"
