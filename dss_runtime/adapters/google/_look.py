"""What a directory holds of one record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dss_runtime import Branch, PermanentError, TransientError, Work
from dss_runtime._model import with_value
from dss_runtime.adapters.google._client import Answer, Call, Directory
from dss_runtime.adapters.google._identity import form_in, holder_of, is_holders, is_in_scope, names_of
from dss_runtime.adapters.google._listing import projection, schemas_named
from dss_runtime.adapters.google._paths import Json, value_at
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._trouble import Refusal
from dss_runtime.adapters.google._values import has_constants


def fetched(directory: Directory, target: GoogleTarget, calls: Iterable[Call]) -> list[Answer]:
    """Return the resources that *calls* find, with all that the branch reads of them."""
    paths = [*target.columns.values(), *target.set, *target.scope]
    more = projection(schemas_named(paths)) if target.resource == "users" else {}
    gets = [Call("get", {**call.arguments, **more}) for call in calls]
    answers = directory.send(target.kind.collection, gets)
    if target.resource != "members":
        return answers
    return [
        answer if isinstance(answer, Refusal) else {**answer, "group": {"email": call.arguments["groupKey"]}}
        for call, answer in zip(gets, answers, strict=True)
    ]


def look(directory: Directory, target: GoogleTarget, branch: Branch[Any, Any], work: Work) -> Any:
    """Return the record of *work* as the directory holds it, None when it does not or holds it disabled.

    NotImplemented where the work is about something that is not read from it. Of a record that is made or
    removed the rest is as in the work. Raises TransientError and PermanentError where it cannot be had.
    """
    unread = target.unwritten | (target.create_only if work.key in branch.retired else frozenset[str]())
    if not set(work.attributes) <= target.columns.keys() - unread:
        return NotImplemented
    holder = holder_of(work, branch) if work.adopts is None else work.left
    found = _found(directory, target, holder)
    if found is None and work.left is not None and work.left is not holder:
        found = _found(directory, target, work.left)
    if found is None or (target.old == "set" and has_constants(found, target.set)):
        return None
    record = work.right if work.left is None else work.left
    for name, path in target.columns.items():
        cell = value_at(found, path)
        if name in unread or path == "password":
            continue
        record = with_value(record, name, None if cell is None else target.types[name].parse(cell))
    return record


def has_values(target: GoogleTarget, resource: Json, record: Any) -> bool:
    """Return whether *resource* has all that a new one was given of *record*."""
    names = [name for name in target.columns if name not in target.unwritten]
    return all(
        form_in(target, resource, name) == _form(target, name, getattr(record, name))
        for name in names
        if target.columns[name] != "password"
    )


def _form(target: GoogleTarget, name: str, value: Any) -> object:
    return None if value is None else target.types[name].canonical(value)


def _found(directory: Directory, target: GoogleTarget, holder: Any) -> Json | None:
    """Return the resource of *holder*, None where there is none, or another's by now."""
    names = names_of(target, holder)
    if not all(names):
        return None
    call = Call("get", target.kind.found_by(names, directory.settings.customer))
    (answer,) = fetched(directory, target, [call])
    if isinstance(answer, Refusal):
        if answer.status == 404:
            return None
        if answer.as_read().meaning == "transient":
            raise TransientError(answer.text, answer.retry_after)
        raise PermanentError(answer.text)
    return answer if is_holders(target, answer, holder) and is_in_scope(target, answer) else None
