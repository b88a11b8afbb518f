"""What a generated importer would read, without reading it: for looks that must not take long."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, NamedTuple

from dss_runtime._reading import BranchReading, Importer


class Noted(NamedTuple):
    """What `open` and `read` of an importer are given for one branch."""

    source: Any
    reading: BranchReading[Any, Any]


def noted(importer: Importer) -> Mapping[str, Noted]:
    """Return how each branch would be read, by name.

    Left out are branches that are derived from others, and those for which the project has written a method
    of its own: nobody knows what that does.
    """
    noting, found = copy(importer), dict[str, Noted]()

    def note(branch: Any, rows: Any, reading: BranchReading[Any, Any]) -> None:
        found[branch.name] = Noted(rows, reading)

    def give(source: Any) -> Any:
        return source

    vars(noting).update(open=give, read=note)  # the copy's own, before those of its class
    for branch in importer.tree.branches:
        name = f"read_{branch.name}"
        definitions = [cls for cls in type(importer).__mro__ if name in vars(cls)]
        if len(definitions) == 1 and not branch.derived_from:
            getattr(noting, name)()
    return found


def noted_sources(importer: Importer) -> Mapping[str, Any]:
    """Return what `open` is given for each branch, by name: of those that `noted` has."""
    return {name: each.source for name, each in noted(importer).items()}
