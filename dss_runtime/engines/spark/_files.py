"""Files as Spark sees them, of text or of columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote

from dss_runtime import Place
from dss_runtime._reading import SourceRows
from dss_runtime._tabular import ColumnFile, State, TextFile, check_unchanged
from dss_runtime._typing import override
from dss_runtime.engines.spark._side import Side

if TYPE_CHECKING:
    from pyspark.sql import DataFrameReader, SparkSession

F = TypeVar("F", bound=TextFile | ColumnFile)
_PATTERNS = frozenset("*?[{\\%")
"""Characters of a path that stand for others where Spark is given it."""


class FileSide(Side, Generic[F]):
    """The rows of files, numbered through all of them: `_before` each there are so many.

    The files have their *states* from before anybody has looked into them, until `check`.
    """

    def __init__(self, source: SourceRows, alias: str, files: Sequence[F], states: Sequence[State]) -> None:
        super().__init__(source, alias)
        self._files = files
        self._states = states
        self._paths = [str(file.path.resolve()) for file in files]
        self._before: list[int] = []

    @override
    def refuse(self) -> str:
        for file, path in zip(self._files, self._paths, strict=True):
            if not _PATTERNS.isdisjoint(path):
                return f"{file.shown} has a character in its path that stands for another"
            if file.path.name.startswith(("_", ".")) or ":" in file.path.name:
                return f"{file.shown} has a name that Spark does not read"
        return ""

    @override
    def place(self, number: int) -> Place:
        at = bisect_right(self._before, number - 1) - 1
        return Place(self._files[at].shown, number - self._before[at])

    @override
    def check(self) -> None:
        check_unchanged(self._files, self._states)


def reader(session: SparkSession) -> DataFrameReader:
    """Return what reads files as they are: the names of their folders, such as `day=1`, are no columns."""
    return session.read.option("recursiveFileLookup", "true")


def path_of(address: str) -> str:
    """Return the path in the address of a file, as Spark writes it."""
    return f"/{unquote(address.removeprefix('file:')).lstrip('/')}"
