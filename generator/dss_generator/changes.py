"""What becomes of a file, and how that is shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it is and as it should be: the path relative to the root, "" for a text that is not there."""

    path: str
    old: str = field(repr=False)
    new: str = field(repr=False)

    @property
    def diff(self) -> str:
        """The unified diff from the one to the other, worked out anew at each call."""
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        old, new = (text.splitlines(keepends=True) for text in (self.old, self.new))
        for line in difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
