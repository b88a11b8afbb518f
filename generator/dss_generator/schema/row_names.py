"""The names of rows of the tables that packages may add to, as values in a schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..extensions import Table
from ..marks import override
from ..problems import Problems
from .kinds import Choice, Json
from .nodes import ScalarNode


def _any(_name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class RowName(Choice):
    """The name of a row of *table*. A package's row is loaded when it is named, and refused if that fails.

    `fits` says of such a row whether it may stand here; what may not is no suggestion for an editor.
    """

    table: Table[object]
    fits: Callable[[str], bool] = _any

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        if not Choice._accepts(self, node, problems):
            return False
        reason = self.table.reason_against(node.text)
        if reason is not None:
            problems.add(node.position, "extension", reason)
        return reason is None

    @override
    def json(self) -> Json:
        return {"enum": [each for each in self.values if each not in self.table.added or self.fits(each)]}
