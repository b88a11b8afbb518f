"""What a file holds of one record."""

from __future__ import annotations

from typing import Any

from dss_runtime import Branch, PermanentError, Work
from dss_runtime._cells import same
from dss_runtime._model import with_value
from dss_runtime.adapters.oneroster._edited import EditedFile, canonical
from dss_runtime.adapters.oneroster._target import RosterTarget


def look(file: EditedFile, target: RosterTarget, branch: Branch[Any, Any], work: Work) -> Any:
    """Return the record of *work* as the file holds it, None when it does not or holds it disabled.

    NotImplemented where the work is about something that is not read from the file. Of a record that is made
    or removed the rest is as in the work. Raises PermanentError where several rows have the key, and
    ValueError for a cell that its field cannot hold.
    """
    unread = target.unwritten | (target.create_only if work.key in branch.retired else frozenset[str]())
    if not set(work.attributes) <= target.columns.keys() - unread:
        return NotImplemented
    record = work.right if work.left is None else work.left
    found = file.find(branch.name, target, canonical(target, [getattr(record, name) for name in target.key]))
    if len(found) > 1:
        raise PermanentError("the key is not unique in the file")
    if not found:
        return None
    row = file.row(found[0])
    if target.old == "set" and all(same(row.get(name, ""), value) for name, value in target.set.items()):
        return None
    for name, column in target.columns.items():
        if name not in unread:
            cell = row.get(column, "")
            empty = cell == "" and (name in target.nulls_as_empty or getattr(record, name) is None)
            record = with_value(record, name, None if empty else target.types[name].parse(cell))
    return record
