"""The base of generated importers that read a Moodle."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dss_runtime import Branch, Check, DssError, HeldError, Place, Progress, SettingsError
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.moodle._examining import examine
from dss_runtime.adapters.moodle._moodle import Moodle, told_source
from dss_runtime.adapters.moodle._settings import KNOWN, settings_of
from dss_runtime.adapters.moodle._source import MoodleSource
from dss_runtime.adapters.moodle.resources import RESOURCES
from dss_runtime.codegen import Cells, Importer, override


class MoodleImporter(Importer):
    """Reads branches from the Moodle that the tree's settings name: its database, else its web services."""

    known_settings = KNOWN
    _moodle: Moodle | None = None

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        self._moodle = Moodle(settings_of(self.tree))
        try:
            super().run(branches, progress)
        finally:
            self._moodle.close()
            self._moodle = None

    @contextmanager
    def open(self, source: MoodleSource) -> Generator[SourceRows]:
        """Give the rows of *source* for the length of a block.

        Raises SourceError when Moodle, a table or a right is missing, and SettingsError for wrong settings.
        """
        moodle = self._moodle or Moodle(settings_of(self.tree))
        try:
            self._check_told(moodle, source)
            yield MoodleRows(moodle, source)
        finally:
            if moodle is not self._moodle:
                moodle.close()

    def _check_told(self, moodle: Moodle, source: MoodleSource) -> None:
        """Refuse columns that would be read as empty, though they may not be."""
        untold = RESOURCES[source.resource].only_in_database.intersection(source.columns)
        if untold and moodle.database is None:
            raise SettingsError(
                f"[trees.{self.tree.name}] database in dss.toml: expected the address of Moodle's database, "
                f"because no web service tells {', '.join(sorted(untold))}; set it, or leave the column out"
            )

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what is found of the site, the token and the database."""
        return examine(self.tree)


class MoodleRows:
    """Iterates over the records of one kind, as tuples of the columns that were asked for."""

    def __init__(self, moodle: Moodle, source: MoodleSource) -> None:
        self._moodle = moodle
        self._source = source
        self._count = 0
        self.unreadable: list[tuple[Place, str]] = []

    def place(self) -> Place:
        """Return which record was yielded last."""
        return self._moodle.place(f"{self._source.resource}, record {self._count}")

    def __iter__(self) -> Iterator[Cells]:
        try:
            yield from self._rows()
        except (HeldError, GeneratorExit):
            raise
        except DssError as error:
            raise told_source(self._moodle, self._source.resource, error) from error

    def _rows(self) -> Iterator[Cells]:
        resource, wanted = RESOURCES[self._source.resource], self._source.columns
        if self._moodle.database is None:
            for cells in resource.read(self._moodle):
                self._count += 1
                yield tuple(cells[column] for column in wanted)
            return
        at = [resource.columns.index(column) for column in wanted]
        with self._moodle.database.rows(*resource.query(self._moodle)) as rows:
            for row in rows:
                self._count += 1
                yield tuple(row[each] for each in at)
