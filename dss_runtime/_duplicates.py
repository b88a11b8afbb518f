"""What becomes of records whose key is taken."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from dss_runtime._actions import mask_key
from dss_runtime._branch import Branch
from dss_runtime._errors import DuplicateKeyError, Place
from dss_runtime._unreadable import Unreadable

M = TypeVar("M")
K = TypeVar("K")


class DuplicatePolicy(Generic[K, M]):
    """What becomes of a second record with a key that is taken, by the branch's policy.

    `note` keeps the line of each record in the branch's order, eight bytes each, and where each file begins,
    so that an error can name both places.
    """

    def __init__(self, branch: Branch[K, M], merge: Callable[[M, M], M] | None) -> None:
        self.branch = branch
        self.merge = merge
        self.banned: set[K] = set()
        self.before = len(branch)
        self.lines = array("Q")
        self.files: list[tuple[int, str]] = []

    def note(self, place: Place) -> None:
        """Remember the place of the record that is stored next."""
        if not self.files or self.files[-1][1] != place.file:
            self.files.append((len(self.lines), place.file))
        self.lines.append(place.line)

    def note_all(self, file: str, lines: Sequence[int]) -> None:
        """Remember the lines of the records that are stored next, all of them in *file*."""
        if lines:
            self.note(Place(file, lines[0]))
            self.lines.extend(lines[1:])

    def resolve(self, key: K, existing: M | None, record: M, place: Place) -> None:
        """Apply the policy to *record*, whose key is taken by *existing*, or banned when that is None."""
        policy = self.branch.duplicates
        if policy == "quarantine" or existing is None:
            self._ban(key, place)
        elif policy == "error":
            raise DuplicateKeyError(self.branch.fullname, self._shown(key), self._where(key, place))
        elif policy == "last":
            self.branch.replace(key, record)
        elif policy == "merge":
            if self.merge is None:
                raise DuplicateKeyError(
                    self.branch.fullname, self._shown(key), f"{place}; the importer gives no way to merge"
                )
            self.branch.replace(key, self.merge(existing, record))

    def _ban(self, key: K, place: Place) -> None:
        """Nobody knows which of the records is right: none is used, and the key is protected."""
        if key not in self.banned:
            self.banned.add(key)
            self.branch.delete(key)
        self.branch.quarantine(
            Unreadable(self.branch.fullname, place, f"the key {self._shown(key)!r} is there twice", (key,))
        )

    def _shown(self, key: K) -> object:
        return mask_key(self.branch.info, key)

    def _where(self, key: K, place: Place) -> str:
        """Return both places, the first one unless another reading stored the record."""
        at = next(at for at, each in enumerate(self.branch) if each == key) - self.before
        first = self._first(at, place.file) if 0 <= at < len(self.lines) else ""
        found = f", and before that in {first}" if first else ""
        return f"{place}{found}; set `duplicates` to first, last, merge or quarantine"

    def _first(self, at: int, file: str) -> str:
        """Return the place of the record number *at*, as far as it is not *file* alone."""
        first = next(name for start, name in reversed(self.files) if start <= at)
        name, line = "" if first == file else first, f"line {self.lines[at]}" if self.lines[at] else ""
        return ", ".join(filter(None, (name, line)))
