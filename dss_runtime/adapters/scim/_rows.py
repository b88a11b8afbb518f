"""The resources of one branch as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dss_runtime import Place, SourceError
from dss_runtime.adapters.scim._http import version_of
from dss_runtime.adapters.scim._pages import Fetched, all_of, nobody
from dss_runtime.adapters.scim._paths import Json, Path, Resource, path_of, requested
from dss_runtime.adapters.scim._service import Kind
from dss_runtime.adapters.scim._session import Directory, Held, Session, keys_of
from dss_runtime.adapters.scim._source import ScimSource
from dss_runtime.codegen import Cells

_TEXTS = {True: "true", False: "false"}
"""What truth values are in conditions and transforms: as JSON writes them."""


class ScimRows:
    """Iterates over the resources of a source, the cells in the order of its columns.

    All of them are read when it is made. Raises SourceError where they, or an attribute, cannot be had.
    """

    unreadable: Sequence[tuple[Place, str]] = ()
    """Nothing: a service has no resources that are none."""

    def __init__(
        self,
        session: Session,
        kind: Kind,
        source: ScimSource,
        name: str,
        counts: dict[tuple[str, str], Counter[str]],
        fetched: Fetched = nobody,
    ) -> None:
        self._session = session
        self._name = name
        self._source = source
        self._counts = counts
        self._row = 0
        self.paths = [path_of(column) for column in source.columns]
        self._several = [
            at for at, path in enumerate(self.paths) if not path.where and kind.has_several(path)
        ]
        self._refers = {
            source.columns.index(column): [session.directory(branch) for branch in branches]
            for column, branches in source.references
            if column in source.columns
        }
        self._resources = self._all(source.filter, self.paths, fetched)
        self.held = Held("")
        """Where the row that was yielded last is."""

    def place(self) -> Place:
        """Return the endpoint and the number of the row that was yielded last."""
        return Place(self._name, self._row)

    def __iter__(self) -> Iterator[Cells]:
        self._row = 0
        for resource in self._resources:
            self._row += 1
            self.held = held_of(resource)
            cells = [path.read(resource) for path in self.paths]
            for at in self._several:
                cells[at] = () if cells[at] is None else cells[at]  # SCIM shows no list that is empty
            for at, directories in self._refers.items():
                cells[at] = keys_of(cells[at], directories)
            yield tuple(_TEXTS[cell] if isinstance(cell, bool) else cell for cell in cells)

    def refers_to(self, directory: Directory) -> bool:
        """Return whether a column holds ids of the records in *directory*."""
        return any(each is directory for several in self._refers.values() for each in several)

    def values_in(self, column: str) -> Counter[str]:
        """Return how many resources of the endpoint, of the branch or not, have which text in *column*.

        Asked again for a column, it is the same object.
        """
        place = (self._source.resource, column)
        if place not in self._counts:
            path = path_of(column)
            resources = self._all("", [path]) if self._source.filter else self._resources
            values = (path.read(each) for each in resources)
            self._counts[place] = Counter(str(each) for each in values if each is not None)
        return self._counts[place]

    def _all(self, filter_: str, paths: Sequence[Path], fetched: Fetched = nobody) -> list[Resource]:
        parameters = {"attributes": requested(iter(paths)), **({"filter": filter_} if filter_ else {})}
        return all_of(self._session, self._source.resource, parameters, Place(self._name), fetched)


def held_of(resource: Mapping[str, Json]) -> Held:
    """Return where a resource is."""
    return Held(str(resource.get("id", "")), version_of(resource))


def check_readable(kind: Kind, source: ScimSource, name: str) -> None:
    """Raise SourceError for a column that the service has not, or never shows."""
    reasons: list[str] = []
    for column in source.columns:
        try:
            path = path_of(column)
            top, leaf = kind.top(path), kind.leaf(path)
        except ValueError as error:
            reasons.append(str(error))
            continue
        hidden = [each for each in (top, leaf) if each is not None and each.returned == "never"]
        if hidden:
            reasons.append(f"the service never shows {hidden[0].name}, so that it cannot be compared")
    if reasons:
        raise SourceError(Place(name), "; ".join(reasons))
