"""The base of generated importers that read sets of roster files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from dss_runtime import Branch, Progress, SourceError
from dss_runtime._examining import Check
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.oneroster._location import Location, location_of
from dss_runtime.adapters.oneroster._rows import NoRows, RosterRows
from dss_runtime.adapters.oneroster._set import RosterSet, standard_at
from dss_runtime.adapters.oneroster._source import RosterSource
from dss_runtime.adapters.oneroster._standards import STANDARDS
from dss_runtime.adapters.oneroster._swap import is_nothing, restore
from dss_runtime.codegen import Importer, override


class RosterImporter(Importer):
    """Reads branches from the folder or zip that the tree's settings name.

    Where `path` is a list, the first set is whole and each later one says what has changed since. With
    `writes` the set is this tree's own work: one that is not there yet is one without records.
    """

    known_settings = frozenset({"path", "writes"})
    _sets: dict[str, list[RosterSet]] | None = None
    """What has been opened in this run, by standard, so that all branches are read from the same sets."""

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        self._sets = {}
        try:
            super().run(branches, progress)
        finally:
            self._sets = None

    def open(self, source: RosterSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source*.

        Raises SourceError where a set or a file is missing or not what the standard says, and SettingsError
        where the settings do not say where it is.
        """
        location = self._location()
        if location.writes:
            restore(location.path)
            if is_nothing(location.path):
                return nullcontext(NoRows(str(location.path / f"{source.file}.csv")))
        sets = self._opened(location, source.standard)
        if location.writes and sets[0].manifest.state(source.file) == "absent":
            return nullcontext(NoRows(sets[0].shown(source.file)))
        return nullcontext(RosterRows(sets, source))

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether each set is there and agrees with its manifest."""
        location = self._location()
        for path in location.paths:
            if location.writes and is_nothing(path):
                yield Check("reachable", "ok", f"{path} is not there yet, and will be made")
                continue
            try:
                held = RosterSet(path, standard_at(path))
            except SourceError as error:
                yield Check("reachable", "error", str(error), "have the set exported anew")
            else:
                states = ", ".join(f"{name} ({state})" for name, state in held.manifest.files.items())
                yield Check("schema", "ok", f"{path}: {held.standard.title}, {states or 'no file'}")

    def _location(self) -> Location:
        return location_of(self.tree.name, self.settings)

    def _opened(self, location: Location, standard: str) -> list[RosterSet]:
        if self._sets is not None and standard in self._sets:
            return self._sets[standard]
        found = [RosterSet(path, STANDARDS[standard]) for path in location.paths]
        if self._sets is not None:
            self._sets[standard] = found
        return found
