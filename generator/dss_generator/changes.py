"""What becomes of a file, and how that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from .diffs import unified_diff


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it is and as it should be: the path relative to the root, "" for a text that is not there."""

    path: str
    old: str = field(repr=False)
    new: str = field(repr=False)

    @property
    def diff(self) -> str:
        """The unified diff from the one to the other, worked out anew at each call."""
        return "".join(unified_diff(self.path, self.old, self.new))
