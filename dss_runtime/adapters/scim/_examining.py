"""What `dss doctor` is told of a SCIM service, without anything being written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from dss_runtime import DataStoreTree, PermanentError, Place, SettingsError, SourceError, TransientError
from dss_runtime._examining import Check
from dss_runtime.adapters.scim._http import BrokenAnswerError, RefusedError
from dss_runtime.adapters.scim._paths import member
from dss_runtime.adapters.scim._rows import check_readable
from dss_runtime.adapters.scim._service import Service
from dss_runtime.adapters.scim._session import Session, session_of
from dss_runtime.adapters.scim._source import ScimSource

_APART = 120
"""By how many seconds the service's clock and ours may differ."""


def examined(tree: DataStoreTree, sources: Mapping[str, ScimSource]) -> Iterator[Check]:
    """Yield what is found of the service of *tree*, as far as reading *sources* needs it."""
    try:
        session = session_of(tree)
        session.renew()
        service = session.service
    except SettingsError as error:
        yield Check("reachable", "error", str(error))
        return
    except (TransientError, PermanentError) as error:
        yield _unreachable(tree.name, error)
        return
    yield Check("reachable", "ok", f"{session.settings.url} answers")
    yield _clock(session)
    yield _limits(session, service)
    for branch, source in sources.items():
        yield _schema(session, branch, source)
        yield _rights(session, branch, source)


def _unreachable(name: str, error: Exception) -> Check:
    if isinstance(error, RefusedError) and error.status in (401, 403):
        advice = f"look at token, or user and password, in dss.toml, [trees.{name}]"
        return Check("rights", "error", str(error), advice)
    return Check("reachable", "error", str(error), f"is [trees.{name}] url in dss.toml right?")


def _clock(session: Session) -> Check:
    try:
        said = session.connection.get("ServiceProviderConfig").server
        apart = parsedate_to_datetime(said).timestamp() - time.time()
    except (ValueError, TransientError, PermanentError):
        return Check("clock", "warning", "the service does not say what time it is")
    if abs(apart) > _APART:
        return Check("clock", "warning", f"its clock is {apart:+.0f} s from ours", "set both by NTP")
    return Check("clock", "ok", f"its clock is {apart:+.0f} s from ours")


def _limits(session: Session, service: Service) -> Check:
    page, most = session.settings.page_size, service.most_results
    told = [
        f"pages of {min(page, most) if most else page}",
        "PATCH" if service.patch else "PUT of whole records",
        f"bulk of {service.bulk_operations:,}" if service.bulk_operations else "no bulk",
        "etags" if service.etag else "no etags",
    ]
    if not service.etag:
        advice = "what somebody else changes between the read and the write is not noticed there"
        return Check("limits", "warning", ", ".join(told), advice)
    return Check("limits", "ok", ", ".join(told))


def _schema(session: Session, branch: str, source: ScimSource) -> Check:
    try:
        check_readable(session.service.kind(source.resource), source, branch)
    except SourceError as error:
        return Check("schema", "error", str(error), "mend the branch's columns in the schema")
    except ValueError as error:
        return Check("schema", "error", f"{branch}: {error}", "mend the branch's resource in the schema")
    return Check("schema", "ok", f"{branch}: the service has all {len(source.columns)} columns")


def _rights(session: Session, branch: str, source: ScimSource) -> Check:
    """Say whether the records can be listed; that there are none may mean that we may see none."""
    asked = {"startIndex": "1", "count": "1", **({"filter": source.filter} if source.filter else {})}
    place = Place(f"{session.settings.url}/{source.resource}")
    try:
        total = member(session.connection.get(source.resource, asked).body, "totalResults")
    except (TransientError, RefusedError, BrokenAnswerError) as error:
        return Check("rights", "error", f"{branch}: {place} cannot be read: {error}")
    if total == 0:
        advice = "where there should be some, the credentials may not be allowed to see them"
        return Check("rights", "warning", f"{branch}: there is none", advice)
    return Check("rights", "ok", f"{branch}: {total} can be read")
