"""Giving the new records of a diff the names that nobody else has.

Existing records are never touched: a name is given once, when the record is created, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dss_runtime._actions import New
from dss_runtime._generation import Generation, text_in
from dss_runtime._model import with_value
from dss_runtime._namespace import NameSpace

if TYPE_CHECKING:
    from dss_runtime._branch import Branch


class Naming:
    """Names new records, in the order of one walk through a diff.

    Taken are all names that the right side holds, disabled records and what its importer found outside of its
    branches included, and those given in this walk. What the left side gives to any record is not given to
    another. A later walk over the same records gives the same names.
    """

    def __init__(self, left: Mapping[str, Branch[Any, Any]], right: Mapping[str, Branch[Any, Any]]) -> None:
        self._left = left
        self._right = right
        self._spaces: dict[tuple[str, ...], NameSpace] = {}

    def named(self, new: New[Any, Any]) -> New[Any, Any]:
        """Return *new* with a left record, a copy, that has all its names, or with the `error` why not."""
        branch = self._right[new.branch]
        for generation in branch.generates:
            new = self._named(new, branch, generation)
        return new

    def refusal(self, new: New[Any, Any]) -> str | None:
        """Return why *new*, which was named some time ago, cannot have its names any more; None if it can."""
        branch = self._right[new.branch]
        if new.key in branch.retired:
            return None
        for generation in branch.generates:
            name = text_in(getattr(new.left, generation.field, None))
            holder = self._space(branch, generation).holder(name) if name else None
            if holder is not None:
                return f"{generation.field} is taken now, in {holder}"
        return None

    def _named(
        self, new: New[Any, Any], branch: Branch[Any, Any], generation: Generation[Any]
    ) -> New[Any, Any]:
        field, record = generation.field, new.left
        if new.key in branch.retired:  # The same account comes back, with the name that it has.
            kept: object = getattr(branch.retired[new.key], field, None)
            return replace(new, left=with_value(record, field, kept))
        space = self._space(branch, generation)
        name: str | None = text_in(getattr(record, field, None))
        if name:
            holder = space.holder(name)
            if holder is not None:
                return _refused(new, f"{field}: what the left side gives is taken already, in {holder}")
        else:
            wanted, reasons = _wanted(generation, record)
            if not wanted:
                return _refused(new, f"{field}: no pattern gives a name: {'; '.join(reasons)}")
            name = space.free(wanted, _limit(branch, field))
            if name is None:
                return _refused(new, f"{field}: no name that fits is free")
            new = replace(new, left=with_value(record, field, name))
        space.take((name,), branch.name)
        return new

    def _space(self, branch: Branch[Any, Any], generation: Generation[Any]) -> NameSpace:
        """Return the names of *branch* and of those that share them, gathered when first asked for."""
        field = generation.field
        members = tuple(sorted({branch.name, *generation.shared_with}))
        space = self._spaces.get((field, *members))
        if space is None:
            space = self._spaces[field, *members] = NameSpace()
            held = [self._right[name] for name in members if name in self._right]
            for each in held:
                space.take(_names(each.values(), field), each.name)
                space.take(_names(each.retired.values(), field), each.name)
            # Branches of one table have one set of what is taken there.
            for taken in dict.fromkeys(each.taken.get(field, frozenset()) for each in held):
                space.take(taken, branch.tree.name)
            for name in members:
                if name in self._left:
                    space.announce(_names(self._left[name].values(), field))
        return space


def shared_fields(branch: Branch[Any, Any]) -> Iterator[str]:
    """Yield the fields of *branch* whose values are names that new records of its tree must not get."""
    found: dict[str, None] = {}
    for other in branch.tree.branches:
        for generation in other.generates:
            if branch.name in (other.name, *generation.shared_with):
                found[generation.field] = None
    yield from found


def leave_out_records(branches: Sequence[Branch[Any, Any]]) -> None:
    """Leave in `taken` what no record of *branches* has: a record's name is free once the record is gone."""
    held: dict[str, set[str]] = {}
    for branch in branches:
        for field in branch.taken:
            names = held.setdefault(field, set())
            names.update(_names(branch.values(), field), _names(branch.retired.values(), field))
    for branch in branches:
        for field, taken in branch.taken.items():
            branch.taken[field] = taken - held[field]


def _wanted(generation: Generation[Any], record: object) -> tuple[list[str], list[str]]:
    """Return the names that the patterns give for *record*, and why others give none."""
    wanted: list[str] = []
    reasons: dict[str, None] = {}
    for pattern in generation.patterns:
        try:
            name = pattern(record).strip()
        except ValueError as error:
            reasons[str(error)] = None
        else:
            if name:
                wanted.append(name)
            else:
                reasons["it is empty"] = None
    return wanted, list(reasons)


def _names(records: Iterable[object], field: str) -> Iterator[str]:
    return filter(None, (text_in(getattr(record, field, None)) for record in records))


def _limit(branch: Branch[Any, Any], field: str) -> int | None:
    """Return how many characters *field* may have, None where nothing says it."""
    found = (each.type for each in branch.info.fields if each.name == field)
    limit: int | None = getattr(next(found, None), "max_length", None)
    return limit


def _refused(new: New[Any, Any], reason: str) -> New[Any, Any]:
    return new if new.error is not None else replace(new, error=reason)
