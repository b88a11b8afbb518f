"""Files of text as Spark sees them: numbered lines, each of which is a row for Python too."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from dss_runtime import Place
from dss_runtime._extras import extra
from dss_runtime._fields import ModelInfo
from dss_runtime._recipe import FieldRecipe, Recipe
from dss_runtime._tabular import ChangedMeanwhileError, State, TextFile
from dss_runtime.engines.columnar import Cell, Images
from dss_runtime.engines.columnar._sql import at_most, case, length, whole
from dss_runtime.engines.spark._line import FLAWS, LINE, cells, flaw, literal, sql
from dss_runtime.types import BytesType, ListType, SetType

with extra("spark"):
    from pyspark.sql import functions as f
    from sqlglot import exp

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PATTERNS = frozenset("*?[{\\%")
_COMPRESSED = frozenset({".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".xz", ".zst", ".zstd"})
_WITHIN = (1 << 33) - 1
"""The bits of Spark's number of a row that count the rows before it in its partition."""
LONGEST = 1_000
"""Characters of a text that a pattern of repeated groups is tried on: Java needs stack for each of them."""
_REPEATED = (SetType, ListType, BytesType)


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a file that one task reads: `base` and Spark's number of a row make the row's own."""

    path: str
    start: int
    base: int


class TextSide:
    """The lines of files, numbered from 1 in their order through all files.

    Of all `lines`, `rows` are rows, of which `skipped` are none of the branch; all three are known once
    somebody has looked.
    """

    def __init__(self, files: Sequence[TextFile], alias: str) -> None:
        self.alias = alias
        self.lines = self.rows = self.skipped = 0
        self._files = files
        self._states = [State.of(file) for file in files]
        self._paths = [str(file.path.resolve()) for file in files]
        self._blocks: list[_Block] = []
        self._before: list[int] = []

    @property
    def width(self) -> int:
        """How many columns the rows have."""
        return len(self._files[0].wanted)

    def cells(self, info: ModelInfo, recipe: Recipe) -> list[Cell]:
        """Return the columns of the rows; nobody knows what is in a long text of values that are many."""
        columns = [Cell(exp.column(f"c{at}", self.alias)) for at in range(self.width)]
        for at in {at for each in recipe.fields for at in _repeated(info, each)}:
            column = columns[at].sql
            columns[at] = Cell(case((at_most(length(column), whole(LONGEST)), column)), made=True)
        return columns

    def refuse(self) -> str:
        """Return why Spark could not read the same from the files as Python does; "" where it may."""
        for file, path in zip(self._files, self._paths, strict=True):
            if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
                return f"{file.shown} is in {file.encoding}, and only UTF-8 is read on a cluster"
            if not _PATTERNS.isdisjoint(path):
                return f"{file.shown} has a character in its path that stands for another"
            if file.path.suffix.lower() in _COMPRESSED or file.path.name.startswith(("_", ".")):
                return f"{file.shown} has a name that Spark reads otherwise, or not at all"
            if file.cells < 2:
                return f"{file.shown} has a single column"
        return ""

    def check(self) -> None:
        """Raise ChangedMeanwhileError where a file is no longer what it was."""
        for file, state in zip(self._files, self._states, strict=True):
            if state != State.of(file):
                raise ChangedMeanwhileError(Place(file.shown))

    def place(self, number: int) -> Place:
        """Return where the row of a *number* is."""
        at = bisect_right(self._before, number - 1) - 1
        return Place(self._files[at].shown, number - self._before[at])

    def look(self, session: SparkSession, images: Images) -> str:
        """Count the lines; return why they are not the rows that Python reads, or cannot be joined by key."""
        counted = self._counted(session, images)
        found = {path: sorted(each, key=_start) for path, each in groupby(sorted(counted, key=_path), _path)}
        by_path = {_decoded(path): each for path, each in found.items()}
        number = 0
        for file, path, state in zip(self._files, self._paths, self._states, strict=True):
            blocks = by_path.get(path, [])
            reason = _reason(file, blocks, state)
            if reason:
                return reason
            self._before.append(number)
            for each in blocks:
                self._blocks.append(_Block(each["path"], each["block"], number - each["first"] + 1))
                number += each["lines"]
            first, sums = blocks[0], {name: sum(each[name] for each in blocks) for name in _SUMS}
            header = int(file.header)
            self.rows += sums["lines"] - sums["blanks"] - header
            self.skipped += sums["skipped"] - header * int(first["first_skipped"])
            if sums["odd"] - header * int(first["first_odd"]):
                return "a key is written in a way that SQL does not read"
        self.lines = number
        return ""

    def numbered(self, session: SparkSession) -> DataFrame:
        """Return the rows with their numbers as `n`, and their cells as `c0`, `c1`, …"""
        listed = ", ".join(f"({literal(each.path)}, {each.start}L, {each.base}L)" for each in self._blocks)
        blocks = session.sql(f"SELECT * FROM VALUES {listed} AS blocks(path, block, base)")
        joined = self._lines(session).join(f.broadcast(blocks), ["path", "block"])
        headers = [before + 1 for before, file in zip(self._before, self._files, strict=True) if file.header]
        rows = joined.where("NOT blank").withColumn("n", f.expr("base + k"))
        return rows.where(~f.col("n").isin(headers)) if headers else rows

    def _counted(self, session: SparkSession, images: Images) -> list[Any]:
        unknown = " OR ".join(f"({sql(key)}) IS NULL" for key in images.key)
        odd = f"NOT blank AND ({unknown}) AND NOT coalesce({sql(images.blank_key)}, false)"
        where = "true" if images.where is None else sql(images.where)
        skipped = f"NOT blank AND coalesce(NOT ({where}), false)"
        lines = self._lines(session).alias(self.alias)
        told = lines.selectExpr(
            *("path", "block", "k", "bytes", "flaw", "blank"), f"{odd} AS odd", f"{skipped} AS skipped"
        )
        aggregates = (
            "count(*) AS lines",
            "sum(bytes + 1) AS bytes",
            "min(k) AS first",
            "max(flaw) AS flaw",
            "count_if(blank) AS blanks",
            "min_by(blank, k) AS first_blank",
            "count_if(odd) AS odd",
            "min_by(odd, k) AS first_odd",
            "count_if(skipped) AS skipped",
            "min_by(skipped, k) AS first_skipped",
        )
        return told.groupBy("path", "block").agg(*map(f.expr, aggregates)).collect()

    def _lines(self, session: SparkSession) -> DataFrame:
        """Return all lines, header and empty ones too, by the block and the number in it."""
        shapes: dict[TextFile, list[str]] = {}
        for file, path in zip(self._files, self._paths, strict=True):
            shape = TextFile(**{**_fields(file), "path": type(file.path)(), "shown": ""})
            shapes.setdefault(shape, []).append(f"file://{path}")
        parts = [_read(session, shape, paths) for shape, paths in shapes.items()]
        return reduce(lambda one, other: one.unionAll(other), parts)


def _repeated(info: ModelInfo, field: FieldRecipe) -> Iterator[int]:
    """Yield the columns of a field that a pattern of repeated groups reads."""
    if isinstance(info[field.name].type, _REPEATED) or any(
        step.name == "parse-number" for step in field.steps
    ):
        yield from (part for part in (field.column, *field.template) if isinstance(part, int))


_SUMS = ("lines", "bytes", "blanks", "odd", "skipped")


def _read(session: SparkSession, file: TextFile, paths: list[str]) -> DataFrame:
    """Return the lines of the files at *paths*, which are all like *file*.

    The numbers of the rows keep Spark from working out the cells once for every condition on them.
    """
    lines = session.read.option("lineSep", "\n").text(paths)
    split = lines.selectExpr(
        "_metadata.file_path AS path",
        "_metadata.file_block_start AS block",
        f"monotonically_increasing_id() & {_WITHIN}L AS k",
        "value",
        f"{cells(file)} AS a",
    )
    wanted = [f"get(a, {at}) AS c{column}" for column, at in enumerate(file.wanted)]
    return split.selectExpr(
        *("path", "block", "k"),
        "octet_length(value) AS bytes",
        f"{flaw(file, 'a')} AS flaw",
        f"{LINE} = '' AS blank",
        *wanted,
    )


def _reason(file: TextFile, blocks: list[Any], state: State) -> str:
    """Return why the blocks of a file are not what Python reads; "" where they are."""
    size = sum(each["bytes"] for each in blocks)
    flawed = max((each["flaw"] for each in blocks), default=0)
    there = state.size - _mark(file)
    if not blocks or blocks[0]["block"] != 0 or size not in (there, there + 1):
        return f"Spark does not see all of {file.shown}: is it there for every worker?"
    if flawed:
        return f"{file.shown} holds {FLAWS[flawed]}"
    if blocks[0]["first_blank"]:
        return f"{file.shown} begins with an empty line"
    if sum(each["lines"] - each["blanks"] for each in blocks) <= file.header:
        return f"{file.shown} has no row"
    return ""


def _mark(file: TextFile) -> int:
    """Return how many bytes the byte order mark of a file has, which Spark drops as Python does."""
    with file.path.open("rb") as opened:
        return len(codecs.BOM_UTF8) if opened.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0


def _fields(file: TextFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in TextFile.__slots__}


def _path(row: Any) -> str:
    return str(row["path"])


def _start(row: Any) -> int:
    return int(row["block"])


def _decoded(address: str) -> str:
    """Return the path in the address of a file, as Spark writes it."""
    return f"/{unquote(address.removeprefix('file:')).lstrip('/')}"
