"""What a service holds of one record."""

from __future__ import annotations

from typing import Any

from dss_runtime import Branch, Work
from dss_runtime._model import with_value
from dss_runtime.adapters.scim import _finding
from dss_runtime.adapters.scim._mapping import Mapped
from dss_runtime.adapters.scim._session import Session


def look(session: Session, mapped: Mapped, branch: Branch[Any, Any], work: Work) -> Any:
    """Return the record of *work* as the service holds it, None when it does not or holds it disabled.

    NotImplemented where the work is about something that is not read. Of a record that is made or removed the
    rest is as in the work. Raises PermanentError where several have the key, and ValueError for a value that
    its field cannot hold.
    """
    target = mapped.target
    unread = target.unwritten | (target.create_only if work.key in branch.retired else frozenset[str]())
    if not set(work.attributes) <= target.columns.keys() - unread:
        return NotImplemented
    known = session.directory(branch.name).get(work.key)
    resource = None if known is None else _finding.at(session, target.resource, known.id)
    if resource is None or not mapped.has_key(resource, work.key):
        resource = _finding.by_key(session, mapped, work.key)
    if resource is None:
        return None
    # One that is deleted for good was set aside before.
    if target.old == "set" and not work.final and mapped.holds(resource, target.set.items()):
        return None
    record = work.right if work.left is None else work.left
    for name in target.columns.keys() - unread:
        record = with_value(record, name, mapped.decoded(name, resource, getattr(record, name)))
    return record
