"""How the records of one branch are written to a directory."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._target import Target
from dss_runtime.adapters.google._kinds import KINDS, Kind
from dss_runtime.adapters.google._source import Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleTarget(Target):
    """The resources of a branch, as its `GoogleSource` says, and constants by path that new ones get.

    Raises ValueError where no field tells by which address or path a resource is found.
    """

    resource: Resources
    below: str = ""
    groups: str = ""
    insert: tuple[tuple[str, object], ...] = ()

    def __post_init__(self) -> None:
        missing = [path for path in self.kind.identity if path not in self.columns.values()]
        if missing:
            raise ValueError(f"{self.resource} are found by {missing[0]}: a field needs it as its column")

    @property
    def kind(self) -> Kind:
        """The kind of the resources."""
        return KINDS[self.resource]

    def field_of(self, path: str) -> str:
        """Return the field whose column is *path*, which there is."""
        return next(name for name, column in self.columns.items() if column == path)
