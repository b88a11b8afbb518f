"""Old records that must not be deleted, because a record that stays refers to them, or may do so.

A child stays where its branch keeps or disables old records, or is not compared, or where nothing changes
the field that refers. A row of the right side that could not be read may refer to any record, unless its key
says to which. A parent that is disabled instead of deleted is not protected: it can still be referred to.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dss_runtime._actions import describe_key

if TYPE_CHECKING:
    from dss_runtime._branch import Branch
    from dss_runtime._unreadable import Unreadable

Branches: TypeAlias = "Mapping[str, Branch[Any, Any]]"

Doomed: TypeAlias = Mapping[str, Mapping[Hashable, object]]
"""The records that are to be deleted, by branch and key."""

Ref: TypeAlias = tuple[str, Hashable, str]
"""A field of a record that refers to another: branch, key, field."""

Target: TypeAlias = tuple[str, str, Mapping[Hashable, object]]
"""A field that refers, and a branch to which it may, with the doomed records there."""

Needed: TypeAlias = Iterator[tuple[str, Hashable, str]]
"""Branch and key of records that are referred to, and by what."""


def needed_parents(
    right: Branches, doomed: Doomed, given_up: Collection[Ref]
) -> dict[tuple[str, Hashable], str]:
    """Return why each of the *doomed* records that something refers to, by branch and key, has to stay.

    What stays for that reason keeps its own parents. *given_up* are the refs that will lead elsewhere.
    """
    found: dict[tuple[str, Hashable], str] = {}
    for first in chain(_of_unreadable(right, doomed), _of_staying(right, doomed, given_up)):
        waiting = [first]
        while waiting:
            name, key, reason = waiting.pop()
            if (name, key) not in found:
                found[name, key] = reason
                branch = right[name]
                record = branch[key] if key in branch else branch.retired[key]
                waiting.extend(_parents_of(branch, key, record, _targets(right, doomed, branch)))
    return found


def _targets(right: Branches, doomed: Doomed, branch: Branch[Any, Any]) -> list[Target]:
    return [
        (field.name, name, keys)
        for field in branch.info.refs
        for name, keys in doomed.items()
        if keys and field.name not in branch.omitted and field.ref in right[name].info.kinds
    ]


def _of_staying(right: Branches, doomed: Doomed, given_up: Collection[Ref]) -> Needed:
    """Yield what records refer to that are in the right system now and after, the disabled ones included."""
    for name, branch in right.items():
        targets = _targets(right, doomed, branch)
        if not targets:
            continue
        gone = doomed.get(name, {})
        for key, record in chain(branch.items(), branch.retired.items()):
            if key not in gone:
                yield from _parents_of(branch, key, record, targets, given_up)
        for unclaimed in branch.unclaimed:
            for field, parents, keys in targets:
                parent: Any = unclaimed.fields.get(field)
                if parent in keys:
                    yield parents, parent, f"a record of {branch.name} without a key refers to it"


def _parents_of(
    branch: Branch[Any, Any],
    key: Hashable,
    record: Any,
    targets: Sequence[Target],
    given_up: Collection[Ref] = (),
) -> Needed:
    for field, name, keys in targets:
        parent: Hashable = getattr(record, field)
        if parent in keys and (branch.name, key, field) not in given_up:
            yield name, parent, f"{branch.name} ({describe_key(record, key)}) stays and refers to it"


def _of_unreadable(right: Branches, doomed: Doomed) -> Needed:
    """Yield what the rows of the right side that could not be read may refer to."""
    whole: set[str] = set()
    for branch in right.values():
        targets = _targets(right, doomed, branch)
        for row in branch.unreadable:
            known = _known(branch, row)
            for field, name, keys in targets:
                if field not in known and name not in whole:
                    whole.add(name)
                    yield from ((name, key, f"{row} (on the right side)") for key in keys)
                elif field in known and known[field] in keys:
                    yield name, known[field], f"{row} (on the right side)"


def _known(branch: Branch[Any, Any], row: Unreadable) -> dict[str, Hashable]:
    """Return the fields of an unreadable row that its key tells."""
    names, values = branch.info.key, row.key
    if len(names) > 1 and values and isinstance(values[0], tuple):
        values = cast("tuple[object, ...]", values[0])
    pairs = zip(names, values, strict=False)
    return {name: value if isinstance(value, Hashable) else repr(value) for name, value in pairs}
