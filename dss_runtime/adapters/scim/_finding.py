"""Finding a record in the service, by what is known of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, cast

from dss_runtime import PermanentError
from dss_runtime._blank import blank
from dss_runtime._unclaimed import Unclaimed
from dss_runtime.adapters.scim._http import RefusedError
from dss_runtime.adapters.scim._mapping import Mapped
from dss_runtime.adapters.scim._pages import listed
from dss_runtime.adapters.scim._paths import Json, Path, Resource
from dss_runtime.adapters.scim._session import Session


def at(session: Session, endpoint: str, ident: str) -> Resource | None:
    """Return the resource with an id, None where there is none."""
    try:
        body = session.connection.get(f"{endpoint}/{ident}").body
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
    return cast("Resource", body) if isinstance(body, dict) else None


def by_key(session: Session, mapped: Mapped, key: Hashable) -> Resource | None:
    """Return the resource with *key*, None where there is none (PermanentError where several have it)."""
    names = mapped.target.key
    parts = (key,) if len(names) == 1 else cast("tuple[Any, ...]", key)
    wanted = [
        (mapped.paths[name], mapped.encoded(name, part)) for name, part in zip(names, parts, strict=True)
    ]
    found = [each for each in _like(session, mapped, wanted) if mapped.has_key(each, key)]
    if len(found) > 1:
        raise PermanentError(f"the key is not unique in the service: {len(found)} records have it")
    return found[0] if found else None


def unclaimed(session: Session, mapped: Mapped, found: Unclaimed) -> Resource:
    """Return the resource that *found* was read from (PermanentError where it is not one any more)."""
    wanted = [(mapped.paths[name], cell) for name, cell in found.cells.items() if not blank(cell)]
    several = [
        each
        for each in _like(session, mapped, wanted)
        if all(_same(mapped.cell(name, each), cell) for name, cell in found.cells.items())
        and mapped.holds(each, mapped.target.scope.items())
    ]
    if not several:
        raise PermanentError("what it adopts is not there any more, or has a key by now")
    if len(several) > 1:
        raise PermanentError(f"{len(several)} records of the service are like the one to adopt")
    return several[0]


def _like(session: Session, mapped: Mapped, wanted: Iterable[tuple[Path, Json]]) -> list[Resource]:
    """Return the resources that the service finds by values; all of them where it cannot filter."""
    target = mapped.target
    terms = [f"({target.filter})"] if target.filter else []
    terms += [path.equals(value) for path, value in wanted]
    parameters = {"filter": " and ".join(terms)} if terms and session.service.filter else {}
    return listed(session, target.resource, parameters)


def _same(held: Json, cell: object) -> bool:
    return (blank(held) and blank(cell)) or held == cell
