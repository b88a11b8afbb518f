"""Carrying out one work on a file in memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from dss_runtime import Branch, Outcome, Work
from dss_runtime._masking import scrub
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.oneroster._edited import EditedFile, canonical
from dss_runtime.adapters.oneroster._target import RosterTarget


class _RefusedError(Exception):
    """A record cannot be written so."""


def write_one(file: EditedFile, target: RosterTarget, branch: Branch[Any, Any], work: Work) -> Outcome:
    """Carry out a work and return its outcome; where it fails the file is as before."""
    mark = file.mark
    try:
        return _write(file, target, branch, work)
    except (_RefusedError, ValueError) as error:
        file.undo_to(mark)
        return Outcome.failed(scrub(str(error), *work.records))


def _write(file: EditedFile, target: RosterTarget, branch: Branch[Any, Any], work: Work) -> Outcome:
    holder = work.left if work.phase == "new" else work.right
    key = canonical(target, [getattr(holder, name) for name in target.key])
    found = file.find(branch.name, target, key)
    if len(found) > 1:
        raise _RefusedError(f"the key is not unique in the file: {len(found)} rows have it")
    if work.phase == "new":
        return _new(file, target, branch, work, key, found)
    if not found:
        raise _RefusedError("there is no such row any more")
    if work.phase == "old":
        return _old(file, target, found[0])
    names = [name for name in _written(target) if name in work.attributes and name not in target.create_only]
    if not names:
        return _nothing(target, branch, work)
    _put(file, found[0], _cells(target, work.left, names))
    return Outcome.applied()


def _new(
    file: EditedFile,
    target: RosterTarget,
    branch: Branch[Any, Any],
    work: Work,
    key: Hashable,
    found: list[int],
) -> Outcome:
    """Append a row, or bring one back that is disabled."""
    existing = branch.retired.get(work.key)
    if existing is not None and found:
        kept = kept_fields(branch, existing, target.create_only)
        names = [name for name in _written(target) if name not in kept]
        _put(file, found[0], {**_cells(target, work.left, names), **_constants(target.returns)})
        return Outcome.applied()
    if found:
        raise _RefusedError("there is such a row already")
    constants = {**_constants(target.scope), **_constants(dict(target.insert))}
    row = {**constants, **_cells(target, work.left, _written(target))}
    _check(file, row)
    for number in file.find(branch.name, target, key, withdrawn=True):
        file.remove(number)  # It is active again.
    file.add(branch.name, key, row)
    return Outcome.applied()


def _old(file: EditedFile, target: RosterTarget, number: int) -> Outcome:
    if target.old == "keep":
        return Outcome.skipped("old records of this branch are kept")
    if target.old == "set":
        _put(file, number, _constants(target.set))
    else:
        file.remove(number)
    return Outcome.applied()


def _nothing(target: RosterTarget, branch: Branch[Any, Any], work: Work) -> Outcome:
    """Return the outcome of a work none of whose attributes the adapter writes."""
    known = [name for name in work.attributes if name in target.columns]
    if known:
        return Outcome.skipped(f"{', '.join(known)}: by the schema, this is not written here")
    now = branch.get(work.key)
    if all(getattr(now, name, None) == getattr(work.left, name) for name in work.attributes):
        return Outcome.applied("follows from the other fields")
    return Outcome.rejected(f"{', '.join(work.attributes)}: the file has no column for it; write a handler")


def _put(file: EditedFile, number: int, cells: Mapping[str, str]) -> None:
    _check(file, {**file.row(number), **cells})
    file.update(number, cells)


def _check(file: EditedFile, row: Mapping[str, str]) -> None:
    """Refuse a row that nobody could read back, or that the standard does not allow."""
    for name in file.required:
        if not row.get(name, "").strip():
            raise _RefusedError(f"{name} is empty, and the standard asks for a value")
    text = "".join(row.values())
    if "\0" in text:
        raise _RefusedError("a value holds a NUL character, which a CSV file cannot hold")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _RefusedError("a value holds half a character, which UTF-8 cannot hold") from None


def _written(target: RosterTarget) -> list[str]:
    return [name for name in target.columns if name not in target.unwritten]


def _cells(target: RosterTarget, record: Any, names: Iterable[str]) -> dict[str, str]:
    """Return the cells of some fields of *record*; what is absent is blank."""
    values = {name: getattr(record, name) for name in names}
    return {
        target.columns[name]: "" if value is None else target.types[name].format(value)
        for name, value in values.items()
    }


def _constants(constants: Mapping[str, object]) -> dict[str, str]:
    """Return what the schema gives as constants, as text."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in constants.items()
    }
