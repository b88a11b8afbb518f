"""What a failed action takes with it: children of a record that was not made, parents of one that stayed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime._outcomes import Outcome
from dss_runtime._protection import HeldBack
from dss_runtime._template import Work

Reference = tuple[str, Hashable]
"""A model's name and a key."""


class Relations:
    """Remembers which records were not made and which were not removed during a sync."""

    def __init__(self, right: Mapping[str, Branch[Any, Any]]) -> None:
        self._right = right
        self._own = {
            name: [field.name for field in branch.info.refs if field.ref in branch.info.kinds]
            for name, branch in right.items()
        }
        self._absent: dict[Reference, str] = {}
        self._standing: dict[Reference, str] = {}

    def hold(self, held_back: Iterable[HeldBack]) -> None:
        """Take note of what is held back from the start."""
        for held in held_back:
            if held.kind == "new":
                self._note_absent(held.branch, held.key, held.message)
            else:
                branch = self._right[held.branch]
                there = branch.held if held.key in branch.held else branch.retired
                record = there[held.key]
                self._note_standing(held.branch, record, held.message)

    def failed(self, work: Work) -> None:
        """Take note of a work that was not applied."""
        message = work.actions[0].message
        if work.phase == "new":
            # A plan may find that somebody else has made the record meanwhile: it can be referred to.
            # What a comparison has left out is on both sides, and never a new one.
            if work.key not in self._right[work.branch].held:
                self._note_absent(work.branch, work.key, message)
            self._note_former(work, message)
        elif work.phase == "old":
            self._note_standing(work.branch, work.right, message)
        else:
            # A record that still refers to its old parent keeps that one from being removed.
            self._note_standing(work.branch, work.right, message, only=work.attributes)

    @property
    def are_in_doubt(self) -> bool:
        """Whether anything was not made or not removed, so that works may be `blocked`."""
        return bool(self._absent or self._standing)

    def are_within(self, branch: str) -> bool:
        """Return whether records of *branch* may refer to others of it."""
        return bool(self._own[branch])

    def blocked(self, work: Work) -> Outcome | None:
        """Return the outcome of a work that needs something which did not happen, None when it does not."""
        if not self.are_in_doubt:
            return None
        branch = self._right[work.branch]
        if work.phase == "old":
            if branch.retires_old and not work.final:  # What is disabled can still be referred to.
                return None
            for kind in branch.info.kinds:
                child = self._standing.get((kind, work.key))
                if child is not None:
                    return Outcome.blocked(f"{child} did not happen, and its record refers to this one")
            return None
        names = work.attributes
        for field in branch.info.refs:
            if names and field.name not in names:
                continue
            parent = self._absent.get((field.ref, getattr(work.left, field.name)))
            if parent is not None:
                return Outcome.blocked(f"{parent} did not happen, and {field.name} refers to its record")
        return None

    def within(self, work: Work) -> frozenset[Hashable]:
        """Return the keys of the records of its own branch that the record of a new or old work refers to."""
        names = self._own[work.branch]
        if not names or work.phase == "changed":
            return frozenset()
        record = work.left if work.phase == "new" else work.right
        return frozenset(getattr(record, name) for name in names).difference((None, work.key))

    def _note_absent(self, branch: str, key: Hashable, message: str) -> None:
        for kind in self._right[branch].info.kinds:
            self._absent[kind, key] = message
        retired = self._right[branch].retired.get(key)
        if retired is not None:  # A record that was not enabled again still refers to its parents.
            self._note_standing(branch, retired, message)

    def _note_former(self, work: Work, message: str) -> None:
        """Take note of the record that was not adopted: it still refers to its parents."""
        branch, adopts = self._right[work.branch], work.adopts
        former = None if adopts is None else branch.get(adopts.key, branch.retired.get(adopts.key))
        if former is not None:
            self._note_standing(work.branch, former, message)

    def _note_standing(self, branch: str, record: Any, message: str, only: Sequence[str] = ()) -> None:
        for field in self._right[branch].info.refs:
            if only and field.name not in only:
                continue
            self._standing[field.ref, getattr(record, field.name)] = message
