"""Giving the new records of a diff the names that nobody else has.

Existing records are never touched: a name is given once, when the record is created, and stays.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from dss_runtime._actions import New
from dss_runtime._generation import Generation, text_in
from dss_runtime._namespace import NameSpace
from dss_runtime._shown import text_of

if TYPE_CHECKING:
    from dss_runtime._branch import Branch


class Naming:
    """Names new records, in one walk through a diff.

    Taken are all names that the right side holds, disabled records and what its importer found outside of its
    branches included, and those given in this walk. What the left side gives to any record is not given to
    another. A later walk over the same records gives the same names. A left side that is *restored*, a former
    state of the right one, gets no names: who had none then has none again.
    """

    def __init__(
        self,
        left: Mapping[str, Branch[Any, Any]],
        right: Mapping[str, Branch[Any, Any]],
        *,
        restored: bool = False,
    ) -> None:
        self._left = left
        self._right = right
        self._restored = restored
        self._spaces: dict[tuple[str, ...], NameSpace] = {}

    def named(self, new: New[Any, Any]) -> New[Any, Any]:
        """Return *new* with a left record, a copy, that has all its names, or with the `error` why not."""
        branch = self._right[new.branch]
        if not branch.generates:
            return new
        record, error = copy.copy(new.left), new.error
        for generation in branch.generates:
            if new.adopts is not None and new.adopts.has(generation.field):
                # The account is there, and keeps the name that it has.
                own = new.adopts.fields.get(generation.field, getattr(record, generation.field, None))
                _set(record, generation.field, own)
                continue
            try:
                reason = self._name(record, new.key, branch, generation)
            except Exception as raised:  # noqa: BLE001 - a pattern may be anybody's code, and is of this record alone
                reason = f"{generation.field}: a pattern raises {type(raised).__name__}"
            error = error or reason
        return with_names(replace(new, left=record, error=error), branch)

    def all_named(self, news: Iterable[New[Any, Any]]) -> dict[Hashable, New[Any, Any]]:
        """Return *news*, of one branch, by key and named: in the order of the keys, whatever theirs is."""
        return {new.key: self.named(new) for new in sorted(news, key=_place)}

    def refusal(self, new: New[Any, Any]) -> str | None:
        """Return why *new*, which was named some time ago, cannot have its names any more; None if it can."""
        branch = self._right[new.branch]
        if new.key in branch.retired:
            return None
        for generation in branch.generates:
            if new.adopts is not None and new.adopts.has(generation.field):
                continue
            name = text_in(getattr(new.left, generation.field, None))
            holder = self._space(branch, generation).holder(name) if name else None
            if holder is not None:
                return f"{generation.field} is taken now, in {holder}"
        return None

    def _name(
        self, record: object, key: Hashable, branch: Branch[Any, Any], generation: Generation[Any]
    ) -> str | None:
        """Give *record*, which is ours, its name in one field; return why that is not possible."""
        field = generation.field
        if key in branch.retired:  # The same account comes back, with the name that it has.
            _set(record, field, getattr(branch.retired[key], field, None))
            return None
        space = self._space(branch, generation)
        given = text_in(getattr(record, field, None))
        if given:
            holder = space.holder(given)
            if holder is not None:
                return f"{field}: what the left side gives is taken already, in {holder}"
            space.take((given,), branch.name)
            return None
        if self._restored:
            return None
        reasons: dict[str, None] = {}
        wanted = _wanted(generation, record, reasons)
        first = next(wanted, None)
        if first is None:
            return f"{field}: no pattern gives a name: {'; '.join(reasons)}"
        name = space.give(chain((first,), wanted), _limit(branch, field), branch.name)
        if name is None:
            return f"{field}: no name that fits is free"
        _set(record, field, name)
        return None

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
                unclaimed = (text_in(found.fields.get(field)) for found in each.unclaimed)
                space.take(filter(None, unclaimed), each.name)
            # Branches of one table have one set of what is taken there.
            taken = (each.taken[field] for each in held if field in each.taken)
            for names in {id(each): each for each in taken}.values():
                space.take(names, branch.tree.name)
            for name in members:
                if name in self._left:
                    space.announce(_names(self._left[name].values(), field))
        return space


def with_names(new: New[Any, Any], branch: Branch[Any, Any]) -> New[Any, Any]:
    """Return *new*, which tells the names that its record is created with; not those that it has already."""
    if not branch.generates or new.key in branch.retired:
        return new
    fields = (each.field for each in branch.generates if new.adopts is None or not new.adopts.has(each.field))
    return replace(new, names=tuple(name for name in fields if text_in(getattr(new.left, name, None))))


def shared_fields(branch: Branch[Any, Any]) -> Iterator[str]:
    """Yield the fields of *branch* whose values are names that new records of its tree must not get."""
    found: dict[str, None] = {}
    for other in branch.tree.branches:
        for generation in other.generates:
            if branch.name in (other.name, *generation.shared_with):
                found[generation.field] = None
    yield from found


def leave_out_records(branches: Sequence[Branch[Any, Any]]) -> None:
    """Leave in `taken` what no record of *branches* has: a record's name is free once the record is gone.

    Branches of one table and column have one Counter there. Each record accounts for one of its texts.
    """
    sharing: dict[int, list[tuple[Branch[Any, Any], str]]] = {}
    for branch in branches:
        for field, taken in branch.taken.items():
            sharing.setdefault(id(taken), []).append((branch, field))
    for places in sharing.values():
        branch, field = places[0]
        rest = Counter(branch.taken[field])
        for branch, field in places:
            rest.subtract(_names(branch.values(), field))
            rest.subtract(_names(branch.retired.values(), field))
        left = frozenset(name for name, number in rest.items() if number > 0)
        for branch, field in places:
            branch.taken[field] = left


def _wanted(generation: Generation[Any], record: object, reasons: dict[str, None]) -> Iterator[str]:
    """Yield the names that the patterns give for *record*; why others give none is put into *reasons*."""
    for pattern in generation.patterns:
        try:
            name = pattern(record).strip()
        except ValueError as error:
            reasons[str(error)] = None
            continue
        if name:
            yield name
        else:
            reasons["it is empty"] = None


def _place(new: New[Any, Any]) -> tuple[str, ...]:
    """Return where *new* stands in the order of keys, as texts: keys of all types have that one."""
    key: object = new.key
    parts = cast("tuple[object, ...]", key) if isinstance(key, tuple) else (key,)
    return tuple(text_of(part, str) for part in parts)


def _set(record: object, field: str, value: object) -> None:
    object.__setattr__(record, field, value)  # a frozen dataclass refuses setattr


def _names(records: Iterable[object], field: str) -> Iterator[str]:
    return filter(None, (text_in(getattr(record, field, None)) for record in records))


def _limit(branch: Branch[Any, Any], field: str) -> int | None:
    """Return how many characters *field* may have, None where nothing says it."""
    found = (each.type for each in branch.info.fields if each.name == field)
    limit: int | None = getattr(next(found, None), "max_length", None)
    return limit
