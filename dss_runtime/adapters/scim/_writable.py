"""Whether a service lets be written what the schema writes, as `dss doctor` is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dss_runtime import PermanentError, TransientError
from dss_runtime._examining import Check
from dss_runtime.adapters.scim._mapping import Mapped
from dss_runtime.adapters.scim._paths import path_of
from dss_runtime.adapters.scim._service import Service
from dss_runtime.adapters.scim._session import Directory, Session
from dss_runtime.adapters.scim._target import ScimTarget


def writable(session: Session, targets: Mapping[str, ScimTarget]) -> Iterator[Check]:
    """Yield a check for each branch that is written."""
    try:
        service = session.service
    except (TransientError, PermanentError) as error:
        yield Check("reachable", "error", str(error))
        return
    for branch, target in targets.items():
        reasons = list(_reasons(service, target))
        if reasons:
            advice = "mend the columns in the schema, or let `sync: never` leave them alone"
            yield Check("schema", "error", f"{branch}: {'; '.join(reasons)}", advice)
        else:
            yield Check("schema", "ok", f"{branch}: the service lets all of it be written")
        yield from _cases(service, branch, target)


def _cases(service: Service, branch: str, target: ScimTarget) -> Iterator[Check]:
    """Warn of a key whose case does not count there."""
    for path in (path_of(target.columns[name]) for name in target.key):
        try:
            found = service.kind(target.resource).leaf(path)
        except ValueError:
            continue
        if found is not None and found.type == "string" and not found.case_exact:
            text = f"{branch}: case does not count in {path.text}, which is the key"
            advice = "keys that differ in case alone are one to the service; externalId keeps them apart"
            yield Check("schema", "warning", text, advice)


def _reasons(service: Service, target: ScimTarget) -> Iterator[str]:
    """Yield why a target cannot be written as the schema says."""
    try:
        kind = service.kind(target.resource)
    except ValueError as error:
        yield str(error)
        return
    names = [each for _, several in target.references for each in several]
    mapped = Mapped(target, kind, {name: Directory() for name in names})
    given = {column: name for name, column in target.columns.items() if name not in target.unwritten}
    constants = {**target.scope, **dict(target.insert)}
    for column in (*given, *constants):
        once = column in constants or given[column] in (*target.key, *target.create_only)
        reason = mapped.refusal(path_of(column), creating=once)
        if reason:
            yield reason
    for column in (*target.set, *target.returns):
        reason = mapped.refusal(path_of(column), creating=False)
        if reason:
            yield reason
    there = {path_of(column).name.casefold() for column in (*given, *constants)}
    for each in kind.required():
        if each.name.casefold() not in there:
            yield f"the service requires {each.name}: give it a column, or a constant in `insert`"
