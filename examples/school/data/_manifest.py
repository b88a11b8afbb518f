"""What was written, for a test or a reader to hold the result of a sync against."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from ._terms import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtyRow:
    """A row that must be refused: `line` of `file` counts from 1; `value` is the text that is wrong."""

    file: str
    line: int
    branch: str
    key: str
    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of a folder of export files and the database beside them.

    `transferred` are students who are in the file with a status that leaves them out; `untouched` the
    usernames in Moodle that belong to no branch.
    """

    seed: int
    students: int
    files: tuple[str, ...]
    database: str
    dirty: tuple[DirtyRow, ...]
    transferred: tuple[str, ...]
    untouched: tuple[str, ...]
    changes: Changes

    def json(self) -> str:
        """Return the manifest as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"
