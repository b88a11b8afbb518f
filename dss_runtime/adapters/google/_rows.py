"""The resources of a directory as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dss_runtime import Place, SourceError
from dss_runtime.adapters.google._kinds import KINDS
from dss_runtime.adapters.google._listing import Listing, schemas_named
from dss_runtime.adapters.google._paths import value_at
from dss_runtime.adapters.google._properties import unknown_paths
from dss_runtime.adapters.google._source import GoogleSource
from dss_runtime.codegen import Cells


class GoogleRows:
    """Iterates over the resources of a source, the cells in the order of its columns.

    All are read when it is made, to the last page; SourceError where that is not certain.
    """

    unreadable: Sequence[tuple[Place, str]] = ()
    """Nothing: a directory has no resources that are none."""

    def __init__(self, listing: Listing, place: str, source: GoogleSource) -> None:
        self._listing = listing
        self._source = source
        self._place = f"{place}: {source}"
        self._row = 0
        kind = KINDS[source.resource]
        wrong = unknown_paths(kind, source.columns)
        if wrong:
            raise SourceError(Place(self._place), "; ".join(wrong))
        self._all = listing.all_of(kind, schemas_named(source.columns), source.groups)

    def place(self) -> Place:
        """Return the source and the number of the row that was yielded last."""
        return Place(self._place, self._row)

    def __iter__(self) -> Iterator[Cells]:
        kind, source = KINDS[self._source.resource], self._source
        for resource in self._all:
            if kind.holds(resource, source.below, source.groups):
                self._row += 1
                yield tuple(value_at(resource, column) for column in source.columns)

    def values_in(self, column: str) -> Counter[str]:
        """Return how many resources have which text in *column*, those of no branch and aliases too."""
        return self._listing.values_in(KINDS[self._source.resource], column, self._all)
