"""The names of rows of the tables that packages may add to, as values in a schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..extensions import Table, row_name
from ..marks import override
from ..problems import Problems, did_you_mean
from .kinds import Choice, Json
from .nodes import ScalarNode


def _any(_name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class RowName(Choice):
    """The name of a row of *table*. A package's row is loaded when it is named, and refused if that fails.

    `fits` says of such a row whether it may stand here; what may not is no suggestion for an editor.
    """

    table: Table[object]
    fits: Callable[[str], bool] = _any

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        if node.text not in self.values:
            hint = did_you_mean(node.text, self.values) or self._absent(node.text)
            return self._refuse(node, problems, hint)
        reason = self.table.reason_against(node.text)
        if reason is not None:
            problems.add(node.position, "extension", reason)
        return reason is None

    def _absent(self, name: str) -> str:
        """Return what to say of a name that is near to none: it may be one that a package adds."""
        is_name = name not in self.table.own and re.fullmatch(row_name, name)
        return "; is the package that adds it installed?" if is_name else ""

    @override
    def json(self) -> Json:
        fitting = (each for each in self.values if each not in self.table.added or self.fits(each))
        return Choice(tuple(fitting), self.meaning).json()
