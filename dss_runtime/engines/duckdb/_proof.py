"""The query that proves which rows of two sides are the same record, and tells the numbers of the others."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace

from dss_runtime._extras import extra
from dss_runtime._sifting import Part
from dss_runtime.engines.columnar import Cell, Images, NotColumnarError, images, same_record
from dss_runtime.engines.duckdb._side import Rows

with extra("duckdb"):
    import duckdb
    from sqlglot import exp


_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""Nothing is downloaded, or loaded, that is not in the library."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A byte for each row of either side, 0 where it need not be read; `same` pairs are proven."""

    left: bytearray
    right: bytearray
    same: int


def prove(left: Part, ours: Rows, right: Part, theirs: Rows) -> Verdict | str:
    """Return which rows may differ, or why nobody can tell."""
    try:
        query = _Query(left, ours.cells("l"), right, theirs.cells("r"))
    except NotColumnarError as error:
        return str(error)
    try:
        found = _found(query, ours, theirs)
    except duckdb.Error as error:
        return f"DuckDB cannot read the rows: {str(error).splitlines()[0]}"
    except OSError as error:
        return f"DuckDB has no place for temporary files: {error.strerror}"
    if found.odd:
        return "a key is written in a way that SQL does not read"
    if found.sizes != (ours.total, theirs.total):
        return "a cell is quoted in a way that DuckDB reads otherwise"
    return found.verdict


def _found(query: _Query, ours: Rows, theirs: Rows) -> _Found:
    """Return what the query tells; what has no room in memory goes to files of this process alone."""
    with tempfile.TemporaryDirectory(prefix="dss-") as folder, duckdb.connect(config=_CONFIG) as connection:
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET enable_progress_bar = false")
        tables = (ours.relation(connection, "l"), theirs.relation(connection, "r"))
        found = _Found(connection.execute(query.sql(*tables)).fetchall())
        if not found.each_once:
            found = _Found(connection.execute(query.sql(*tables, twice=True)).fetchall())
    return found


class _Found:
    """What the groups of the query tell.

    Each has the number of a row that has to be read of either side, NULL where none has; of the rows of each
    side in its pairs, how many they are, the highest number, and their size; and how many of the pairs are
    proven, and have a key that is not known.
    """

    def __init__(self, groups: list[tuple[int | None, ...]]) -> None:
        columns = [[value or 0 for value in column] for column in zip(*groups, strict=True)] or [[0]] * 10
        self._numbers = columns[:2]
        self._rows = tuple(map(sum, columns[2:4]))
        self._last = tuple(map(max, columns[4:6]))
        self.sizes = tuple(map(sum, columns[6:8]))
        self._same, self.odd = map(sum, columns[8:])

    @property
    def each_once(self) -> bool:
        """Whether each row is in one pair."""
        return self._rows == self._last

    @property
    def verdict(self) -> Verdict:
        """Which rows may differ."""
        left, right = map(_marked, self._numbers, self._last)
        return Verdict(left, right, self._same)


def _marked(numbers: list[int], last: int) -> bytearray:
    found = bytearray(last + 1)
    for number in numbers:
        found[number] = 1
    del found[0]
    return found


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

    def sql(self, left: str, right: str, *, twice: bool = False) -> str:
        """Return the query over the two relations."""
        keys = [f"k{at}" for at in range(len(self._sides["l"].key))]
        same = " AND ".join(f"l.{key} = r.{key}" for key in keys)
        proof = self._proof.sql("duckdb")
        parts = [f"l AS ({self._side('l', left)})", f"r AS ({self._side('r', right)})"]
        sizes, total = "sum(ls), sum(rs)", ""
        if twice:
            repeated = " UNION ".join(
                f"SELECT {', '.join(keys)} FROM {alias} GROUP BY ALL HAVING count(*) > 1" for alias in "lr"
            )
            parts.append(f"twice AS ({repeated})")
            sizes = "0, 0"
            sums = ", ".join(f"(SELECT sum(size) FROM {alias})" for alias in "lr")
            total = f" UNION ALL SELECT NULL, NULL, 0, 0, 0, 0, {sums}, 0, 0"
            tuple_of = ", ".join(f"l.{key}" for key in keys)
            proof = f"({tuple_of}) NOT IN (SELECT ({', '.join(keys)}) FROM twice) AND {proof}"
        return (
            f"WITH {', '.join(parts)}, pairs AS (SELECT l.n AS ln, r.n AS rn, l.size AS ls, r.size AS rs, "
            "l.odd AS lo, r.odd AS ro, "
            f"{self._left_out('l')} AS lx, {self._left_out('r')} AS rx, "
            f"CASE WHEN {same} THEN coalesce({proof}, false) ELSE false END AS proven "
            f"FROM l FULL JOIN r ON {same}) "
            "SELECT CASE WHEN NOT proven AND NOT lx THEN ln END AS a, "
            "CASE WHEN NOT proven AND NOT rx THEN rn END AS b, "
            f"count(ln), count(rn), max(ln), max(rn), {sizes}, count_if(proven), "
            # Unlike `count_if`, which is NULL where there is no row of a side, this is 0 then.
            "count(*) FILTER (WHERE lo) + count(*) FILTER (WHERE ro) "
            f"FROM pairs GROUP BY a, b{total}"
        )

    def _side(self, alias: str, relation: str) -> str:
        side = self._sides[alias]
        unknown = " OR ".join(f"{key.sql('duckdb')} IS NULL" for key in side.key)
        blank = side.blank_key.sql("duckdb")
        columns = [f"{key.sql('duckdb')} AS k{at}" for at, key in enumerate(side.key)]
        columns.append(f"({unknown}) AND NOT coalesce({blank}, false) AS odd")
        columns += [
            f"{condition.sql('duckdb')} AS {name}"
            for name, condition in (("taken", side.where), ("retired", side.retired))
            if condition is not None
        ]
        return f"SELECT {alias}.*, {', '.join(columns)} FROM {relation} AS {alias}"

    def _left_out(self, alias: str) -> str:
        """Return whether a row is surely none of the branch."""
        return f"coalesce({alias}.taken = false, false)" if self._sides[alias].where is not None else "false"
