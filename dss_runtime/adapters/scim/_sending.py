"""Sending operations, one by one or many in one request, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from dss_runtime import DssError, Outcome, UnknownOutcomeError
from dss_runtime.adapters.scim._http import Answer, RefusedError, refusal_in
from dss_runtime.adapters.scim._operations import Operation
from dss_runtime.adapters.scim._paths import Json, Resource, member, several
from dss_runtime.adapters.scim._session import Held, Session

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_ENVELOPE = 1024
"""How many bytes a bulk request has around its operations, at most."""


class NotDoneError(Exception):
    """The service has not carried out an operation, and may later: nothing was left behind."""


Result: TypeAlias = Held | DssError | NotDoneError | None
"""Where the record of an operation is now, None where it is gone or nobody says; or what went wrong."""


def groups(session: Session, operations: Sequence[Operation]) -> Iterator[Sequence[Operation]]:
    """Yield the operations in groups that may be sent as one request."""
    service = session.service
    most, size = max(service.bulk_operations, 1), 0
    group: list[Operation] = []
    for each in operations:
        length = len(_encoded(_in_bulk(session, each, "999999")))
        full = service.bulk_bytes and size + length + _ENVELOPE > service.bulk_bytes
        if group and (len(group) >= most or full):
            yield group
            group, size = [], 0
        group.append(each)
        size += length
    if group:
        yield group


def sent(session: Session, group: Sequence[Operation]) -> list[Result]:
    """Send a group of operations and return what became of each.

    Raises TransientError where none was carried out, and UnknownOutcomeError where nobody knows of any.
    """
    if len(group) == 1:
        return [_alone(session, group[0])]
    body = {
        "schemas": [_BULK],
        "Operations": [_in_bulk(session, each, str(at)) for at, each in enumerate(group)],
    }
    try:
        answer = session.connection.send("POST", "Bulk", body)
    except RefusedError as error:
        return [error] * len(group)
    results = several(member(answer.body, "Operations"))
    if results is None or len(results) != len(group):
        raise UnknownOutcomeError("the service has not answered each operation of a bulk request")
    return [_result(each, answer) for each, answer in zip(group, _assigned(results), strict=True)]


def _assigned(results: Sequence[Json]) -> list[Json]:
    """Return the results of a bulk request in the order of its operations.

    Only those of new records must name theirs (RFC 7644, section 3.7). Where none does, they come in order;
    where one alone does not, it is that of the operation that is left. UnknownOutcomeError for anything else.
    """
    named = {str(member(each, "bulkId")): each for each in results if member(each, "bulkId") is not None}
    if not named:
        return list(results)
    unnamed = [each for each in results if member(each, "bulkId") is None]
    left = [str(at) for at in range(len(results)) if str(at) not in named]
    if len(named) + len(unnamed) != len(results) or len(left) != len(unnamed) or len(left) > 1:
        raise UnknownOutcomeError("the service does not say which result of a bulk request is whose")
    named |= dict(zip(left, unnamed, strict=True))
    return [named[str(at)] for at in range(len(results))]


def _alone(session: Session, operation: Operation) -> Result:
    try:
        answer = session.connection.send(
            operation.method, operation.place, operation.body, version=_version(session, operation)
        )
    except RefusedError as error:
        return error
    return _held(operation, answer)


def _in_bulk(session: Session, operation: Operation, number: str) -> Resource:
    found: dict[str, Any] = {"method": operation.method, "path": f"/{operation.place}", "bulkId": number}
    if operation.body is not None:
        found["data"] = operation.body
    version = _version(session, operation)
    return {**found, "version": version} if version else found


def _version(session: Session, operation: Operation) -> str:
    """Return what the record must still be for the operation, "" where the service does not tell."""
    held = operation.held
    return held.version if held is not None and session.service.etag else ""


def _held(operation: Operation, answer: Answer) -> Held | None:
    ident = member(answer.body, "id") or (operation.held.id if operation.held is not None else None)
    if operation.method == "DELETE" or not ident:
        return None
    return Held(str(ident), answer.version)


def _result(operation: Operation, answer: Json) -> Result:
    """Return what one operation of a bulk request came to."""
    said = str(member(answer, "status") or member(member(answer, "status"), "code") or "")
    status = int(said) if said.isdecimal() else 0
    if status in (429, 503):
        return NotDoneError(f"the service has answered {status}")
    if not 200 <= status < 300:
        if status in (0, 500, 502, 504):
            return UnknownOutcomeError(f"the service has answered {status or 'without a status'}")
        return refusal_in(status, member(answer, "response"))
    if operation.method == "DELETE":
        return None
    location = str(member(answer, "location") or "")
    ident = operation.held.id if operation.held is not None else location.rstrip("/").rpartition("/")[2]
    return Held(ident, str(member(answer, "version") or "")) if ident else None


def outcome_of(result: Result) -> Outcome:
    """Return the outcome that a result which is final stands for."""
    match result:
        case UnknownOutcomeError() | NotDoneError():
            return Outcome.unknown(str(result))
        case DssError():
            return Outcome.failed(str(result))
        case _:
            return Outcome.applied()


def _encoded(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
