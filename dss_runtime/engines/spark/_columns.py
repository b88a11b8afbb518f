"""Parquet files as Spark sees them: rows that are numbered within their file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from dss_runtime._extras import extra
from dss_runtime._reading import Cells
from dss_runtime._tabular import ColumnFile, ColumnRows, State
from dss_runtime._typing import override
from dss_runtime.engines.columnar import Images, Kind
from dss_runtime.engines.spark._files import FileSide, path_of, reader
from dss_runtime.engines.spark._sql import ODD, is_odd, is_skipped, placed, quoted

with extra("spark"):
    from pyspark.sql import functions as f

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES: dict[str, tuple[Kind, str]] = {
    "string": ("text", "STRING"),
    "large_string": ("text", "STRING"),
    "int8": ("int", "TINYINT"),
    "int16": ("int", "SMALLINT"),
    "int32": ("int", "INT"),
    "int64": ("int", "BIGINT"),
    "uint8": ("int", "SMALLINT"),
    "uint16": ("int", "INT"),
    "uint32": ("int", "BIGINT"),
    "double": ("double", "DOUBLE"),
    "bool": ("bool", "BOOLEAN"),
    "binary": ("blob", "BINARY"),
    "large_binary": ("blob", "BINARY"),
    "date32[day]": ("date", "DATE"),
    "timestamp[us]": ("timestamp", "TIMESTAMP_NTZ"),
}
"""What images are made for, and what Spark calls it, by the name that Arrow has for a type."""


class ColumnSide(FileSide[ColumnFile]):
    """The rows of Parquet files."""

    def __init__(self, rows: ColumnRows, alias: str) -> None:
        source: Any = rows
        found = rows.column_files()
        self._reason = found if isinstance(found, str) else ""
        files: Sequence[ColumnFile] = () if isinstance(found, str) else found
        super().__init__(source, alias, files, [State.of(file) for file in files])
        self._rows = rows
        self._before = [0, *accumulate(file.rows for file in files)]
        self._blocks: list[tuple[str, int, int]] = []

    @property
    @override
    def kinds(self) -> Sequence[Kind]:
        return [_TYPES[kind][0] for _, kind in self._files[0].columns]

    @override
    def refuse(self) -> str:
        for file in self._files:
            kinds = [kind for _, kind in file.columns]
            unknown = [kind for kind in kinds if kind not in _TYPES]
            if unknown:
                return f"a column of {file.shown} holds {unknown[0]}, which is not compared on a cluster"
            if kinds != [kind for _, kind in self._files[0].columns]:
                return f"{file.shown} has columns of other types than {self._files[0].shown}"
            if not file.rows:
                return f"{file.shown} has no row"
        return self._reason or super().refuse()

    @override
    def received(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        return self._rows.cells_of(rows)

    @override
    def look(self, session: SparkSession, images: Images) -> str:
        texts = [f"c{at}" for at, kind in enumerate(self.kinds) if kind == "text"]
        garbled = " OR ".join(f"NOT is_valid_utf8({each})" for each in texts) or "false"
        counted = (
            self._read(session)
            .alias(self.alias)
            .groupBy("path")
            .agg(
                f.expr("count(*) AS rows"),
                f.expr(f"count_if({is_odd(images)}) AS odd"),
                f.expr(f"count_if({is_skipped(images)}) AS skipped"),
                f.expr(f"count_if({garbled}) AS garbled"),
            )
            .collect()
        )
        by_path = {path_of(each["path"]): each for each in counted}
        for file, path, before in zip(self._files, self._paths, self._before, strict=False):
            found = by_path.get(path)
            if found is None or found["rows"] != file.rows:
                return f"Spark does not see all of {file.shown}: is it there for every worker?"
            if found["garbled"]:
                return f"{file.shown} holds a text that is not UTF-8"
            if found["odd"]:
                return ODD
            self._blocks.append((found["path"], 0, before + 1))
            self.skipped += found["skipped"]
        self.last = self.rows = self._before[-1]
        return ""

    @override
    def numbered(self, session: SparkSession) -> DataFrame:
        return placed(session, self._read(session), self._blocks)

    def _read(self, session: SparkSession) -> DataFrame:
        """Return all rows, with their file and the number in it."""
        frames: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for file, path in zip(self._files, self._paths, strict=True):
            frames.setdefault(file.columns, []).append(f"file://{path}")
        (first, *others) = [_frame(session, columns, paths) for columns, paths in frames.items()]
        for each in others:
            first = first.unionAll(each)
        return first


def _frame(session: SparkSession, columns: Sequence[tuple[str, str]], paths: list[str]) -> DataFrame:
    """Return the rows of files that name their columns alike. Checksums of pages are compared."""
    schema = ", ".join(dict.fromkeys(f"{quoted(name)} {_TYPES[kind][1]}" for name, kind in columns))
    checked = reader(session).schema(schema).option("parquet.page.verify-checksum.enabled", "true")
    wanted = [f"{quoted(name)} AS c{at}" for at, (name, _) in enumerate(columns)]
    return checked.parquet(*paths).selectExpr(
        "_metadata.file_path AS path", "0L AS block", "_metadata.row_index AS k", *wanted
    )
