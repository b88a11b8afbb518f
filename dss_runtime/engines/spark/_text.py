"""Files of text as Spark sees them: numbered lines, each of which is a row for Python too."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dss_runtime._extras import extra
from dss_runtime._tabular import State, TextFile, TextRows
from dss_runtime._typing import override
from dss_runtime.engines.columnar import Images, Kind
from dss_runtime.engines.spark._files import FileSide, path_of, reader
from dss_runtime.engines.spark._line import FLAWS, LINE, cells, flaw
from dss_runtime.engines.spark._sql import ODD, WITHIN, is_odd, is_skipped, placed

with extra("spark"):
    from pyspark.sql import functions as f

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_COMPRESSED = frozenset({".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".xz", ".zst", ".zstd"})


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a file that one task reads: `base` and Spark's number of a row make the row's own."""

    path: str
    start: int
    base: int


class TextSide(FileSide[TextFile]):
    """The lines of files, of which the header and empty lines have numbers too."""

    def __init__(self, rows: TextRows, alias: str) -> None:
        source: Any = rows
        states = [State.of(file) for file in rows.text_files()]
        # Looked at once more: what they become from these states on is noticed by `check`.
        super().__init__(source, alias, rows.text_files(), states)
        self._blocks: list[_Block] = []

    @property
    @override
    def kinds(self) -> Sequence[Kind]:
        return ["text" for _ in self._files[0].wanted]

    @override
    def refuse(self) -> str:
        for file in self._files:
            if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
                return f"{file.shown} is in {file.encoding}, and only UTF-8 is read on a cluster"
            if file.path.suffix.lower() in _COMPRESSED:
                return f"{file.shown} has a name as if it were compressed"
            if file.cells < 2:
                return f"{file.shown} has a single column"
        return super().refuse()

    @override
    def look(self, session: SparkSession, images: Images) -> str:
        counted = self._counted(session, images)
        found = {path: sorted(each, key=_start) for path, each in groupby(sorted(counted, key=_path), _path)}
        by_path = {path_of(path): each for path, each in found.items()}
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
                return ODD
        self.last = number
        return ""

    @override
    def numbered(self, session: SparkSession) -> DataFrame:
        joined = placed(session, self._lines(session), map(astuple, self._blocks))
        headers = [before + 1 for before, file in zip(self._before, self._files, strict=True) if file.header]
        rows = joined.where("NOT blank")
        return rows.where(~f.col("n").isin(headers)) if headers else rows

    def _counted(self, session: SparkSession, images: Images) -> list[Any]:
        told = (
            self._lines(session)
            .alias(self.alias)
            .selectExpr(
                *("path", "block", "k", "bytes", "flaw", "blank"),
                f"NOT blank AND {is_odd(images)} AS odd",
                f"NOT blank AND {is_skipped(images)} AS skipped",
            )
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
            shapes.setdefault(replace(file, path=Path(), shown=""), []).append(f"file://{path}")
        parts = [_read(session, shape, paths) for shape, paths in shapes.items()]
        return reduce(lambda one, other: one.unionAll(other), parts)


_SUMS = ("lines", "bytes", "blanks", "odd", "skipped")


def _read(session: SparkSession, file: TextFile, paths: list[str]) -> DataFrame:
    """Return the lines of the files at *paths*, which are all like *file*.

    The numbers of the rows keep Spark from working out the cells once for every condition on them.
    """
    lines = reader(session).option("lineSep", "\n").text(paths)
    split = lines.selectExpr(
        "_metadata.file_path AS path",
        "_metadata.file_block_start AS block",
        f"monotonically_increasing_id() & {WITHIN}L AS k",
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


def _path(row: Any) -> str:
    return str(row["path"])


def _start(row: Any) -> int:
    return int(row["block"])
