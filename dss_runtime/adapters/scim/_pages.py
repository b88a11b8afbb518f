"""All resources that a service lists, page by page: all that it announced, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from dss_runtime import PermanentError, Place, SourceError, TransientError
from dss_runtime.adapters.scim._http import BrokenAnswerError
from dss_runtime.adapters.scim._paths import Json, Resource, member, several
from dss_runtime.adapters.scim._session import Session

Fetched: TypeAlias = Callable[[int, int], None]
"""Is told how many of how many resources have come."""


def nobody(done: int, total: int, /) -> None:
    """Take no note of it."""


_READINGS = 3
"""How often a list is read that changes while it is read."""
_WAITS, _LONGEST_WAIT = 5, 60.0
"""How often a page is waited for, and for how many seconds at most, where the service asks to wait."""


class _ShiftedError(Exception):
    """The list is not what it was a page ago."""


def all_of(
    session: Session, endpoint: str, parameters: Mapping[str, str], place: Place, fetched: Fetched = nobody
) -> list[Resource]:
    """Return all resources at *endpoint* (SourceError where they cannot be had, or not all of them)."""
    try:
        return listed(session, endpoint, parameters, fetched)
    except (TransientError, PermanentError) as error:
        raise SourceError(place, str(error)) from None


def listed(
    session: Session, endpoint: str, parameters: Mapping[str, str], fetched: Fetched = nobody
) -> list[Resource]:
    """Return all resources at *endpoint*; TransientError where the list changes each time it is read."""
    service, count = session.service, session.settings.page_size
    if service.most_results:
        count = min(count, service.most_results)
    pages = _Pages(session, endpoint, {**parameters, "count": str(count)}, fetched)
    said = ""
    for _ in range(_READINGS):
        try:
            return pages.by_cursor() if service.by_cursor else pages.by_index()
        except _ShiftedError as error:
            said = str(error)
    raise TransientError(f"{said}; read {_READINGS} times, and each time it changed meanwhile")


_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
"""What a page says that it is, where it holds no resource."""


class _Pages:
    """Reads one list. Each page begins with the last resource of the one before, so that a shift is seen."""

    def __init__(
        self, session: Session, endpoint: str, parameters: Mapping[str, str], fetched: Fetched
    ) -> None:
        self._session = session
        self._fetched = fetched
        self._endpoint = endpoint
        self._parameters = parameters
        self._found: dict[str, Resource] = {}

    def by_index(self) -> list[Resource]:
        """Return all resources, paged by their positions."""
        self._found = {}
        total, page = self._page(1)
        self._take(page, total)
        while page and len(self._found) < total:
            last = _id(page[-1])
            announced, page = self._page(len(self._found))
            if announced != total:
                raise _ShiftedError(f"{total:,} were announced, and {announced:,} on a later page")
            if not page or _id(page[0]) != last:
                raise _ShiftedError("the pages do not join: the list shifts, or has no fixed order")
            page = page[1:]
            self._take(page, total)
        if len(self._found) != total:
            raise _ShiftedError(f"{total:,} were announced, and {len(self._found):,} arrived")
        return list(self._found.values())

    def by_cursor(self) -> list[Resource]:
        """Return all resources, paged by cursors (RFC 9865), where a total need not be announced."""
        self._found = {}
        cursor: Json = ""
        seen: set[str] = set()
        while True:
            body = self._asked({"cursor": str(cursor)})
            if _LIST not in (several(member(body, "schemas")) or ()) and member(body, "Resources") is None:
                raise BrokenAnswerError("a page is no list of resources")
            total = member(body, "totalResults")
            self._take(_resources(body), total if isinstance(total, int) else 0)
            cursor = member(body, "nextCursor")
            if not cursor:
                break
            if str(cursor) in seen:
                raise BrokenAnswerError("its cursors go round in a circle")
            seen.add(str(cursor))
        if isinstance(total, int) and total != len(self._found):
            raise _ShiftedError(f"{total:,} were announced, and {len(self._found):,} arrived")
        return list(self._found.values())

    def _page(self, start: int) -> tuple[int, list[Resource]]:
        """Return how many there are, and those from number *start* on."""
        body = self._asked({"startIndex": str(start)})
        total, began = member(body, "totalResults"), member(body, "startIndex")
        if not isinstance(total, int) or isinstance(total, bool) or total < 0:
            raise BrokenAnswerError("its list does not say how many there are (totalResults)")
        page = _resources(body)
        if isinstance(began, int) and began != start and page:
            raise BrokenAnswerError(f"asked for what begins at {start:,}, it has answered from {began:,} on")
        return total, page

    def _asked(self, parameters: Mapping[str, str]) -> Json:
        """Return a page, waiting where the service says for how long; nothing else is tried again."""
        connection, asked = self._session.connection, {**self._parameters, **parameters}
        for _ in range(_WAITS):
            try:
                return connection.get(self._endpoint, asked).body
            except TransientError as error:
                if error.retry_after is None or error.retry_after > _LONGEST_WAIT:
                    raise
                self._session.pause(error.retry_after)
        return connection.get(self._endpoint, asked).body

    def _take(self, page: list[Resource], total: int) -> None:
        for each in page:
            if _id(each) in self._found:
                raise _ShiftedError("a resource came twice")
            self._found[_id(each)] = each
        self._fetched(len(self._found), total)


def _resources(body: Json) -> list[Resource]:
    found = member(body, "Resources")
    held = [] if found is None else several(found)
    if held is None or not all(isinstance(each, dict) for each in held):
        raise BrokenAnswerError("its list holds something that is no resource")
    return held


def _id(resource: Resource) -> str:
    found = member(resource, "id")
    if not isinstance(found, str) or not found:
        raise BrokenAnswerError("a resource has no id")
    return found
