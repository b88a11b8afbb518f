"""Reading all resources of a kind: to the last page, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dss_runtime import Place, Progress, SourceError
from dss_runtime._progress import silent
from dss_runtime.adapters.google._client import Call, Directory, Request, document
from dss_runtime.adapters.google._kinds import KINDS, Kind
from dss_runtime.adapters.google._paths import Json, objects_in, parse_path, value_at
from dss_runtime.adapters.google._trouble import TROUBLE, refusal_of


def schemas_named(columns: Sequence[str]) -> str:
    """Return the custom schemas that *columns* name, as the API takes them; "" for none."""
    paths = map(parse_path, columns)
    found = {path[1].name for path in paths if path[0].name == "customSchemas" and len(path) > 1}
    return ",".join(sorted(found))


def projection(schemas: str) -> dict[str, object]:
    """Return the parameters by which users come with the custom *schemas*; Google refuses unknown ones."""
    return {"projection": "custom", "customFieldMask": schemas} if schemas else {}


class Listing:
    """Reads whole kinds of a directory, each once, and believes no answer that may be a part."""

    def __init__(self, directory: Directory, progress: Progress = silent) -> None:
        self._directory = directory
        self._progress = progress
        self._settings = directory.settings
        self._found: dict[tuple[str, str, str], list[Json]] = {}
        self._values: dict[tuple[str, str], Counter[str]] = {}

    def all_of(self, kind: Kind, schemas: str = "", groups: str = "") -> list[Json]:
        """Return all resources of *kind*, members those of the groups that are like a pattern.

        Raises SourceError where it is not certain that these are all.
        """
        known = (kind.collection, schemas, groups if kind.collection == "members" else "")
        if known not in self._found:
            self._found[known] = self._all_of(kind, schemas, groups)
        return self._found[known]

    def values_in(self, kind: Kind, column: str, resources: Sequence[Json]) -> Counter[str]:
        """Return how many of *resources*, all of a *kind*, have which text in *column*: an alias counts too.

        Asked again for a kind and column, it is the same object: so it tells which branches share them.
        """
        known = kind.collection, column
        if known not in self._values:
            found = [value_at(each, column) for each in resources]
            if column in ("primaryEmail", "email"):
                for each in resources:
                    found += [*each.get("aliases", ()), *each.get("nonEditableAliases", ())]
            self._values[known] = Counter(str(each) for each in found if each is not None)
        return self._values[known]

    def deleted_users(self, schemas: str = "") -> list[Json]:
        """Return the users that were deleted and can be restored."""
        return self._pages(KINDS["users"], {**self._of_users(schemas), "showDeleted": "true"})

    def _all_of(self, kind: Kind, schemas: str, groups: str) -> list[Json]:
        match kind.collection:
            case "users":
                found = self._pages(kind, self._of_users(schemas))
                self._refuse_empty(found, kind, "an administrator reads it, and is a user")
            case "orgunits":
                arguments = {"customerId": self._settings.customer, "type": "allIncludingParent"}
                found = self._pages(kind, arguments)
                self._refuse_empty(found, kind, "there is a root")
                found = [each for each in found if each.get("orgUnitPath") != "/"]
            case "groups":
                found = self._pages(kind, {**self._settings.whose, "maxResults": kind.page})
            case _:
                held = self.all_of(KINDS["groups"])
                wanted = [each for each in held if KINDS["groups"].holds(each, "", groups)]
                found = list[Json]()
                for done, group in enumerate(wanted):
                    self._progress("read", "members, fetched", done, len(wanted))
                    found += self._members(kind, group)
        return found

    def _of_users(self, schemas: str) -> dict[str, object]:
        page = KINDS["users"].page
        # By address, so that a user who comes or goes meanwhile moves no other to a page that was read.
        return {**self._settings.whose, "maxResults": page, "orderBy": "email", **projection(schemas)}

    def _members(self, kind: Kind, group: Json) -> list[Json]:
        """Return the members of *group*; fewer than it says that it has are not all."""
        key = str(group.get("id", ""))
        found = self._pages(kind, {"groupKey": key, "maxResults": kind.page})
        if len(found) < _members_of(group):
            # The count may be of a moment ago: both are asked for once more.
            group = self._answer("groups", Call("get", {"groupKey": key}))
            found = self._pages(kind, {"groupKey": key, "maxResults": kind.page})
        if len(found) < _members_of(group):
            raise self._error(
                f"members: {len(found)} of {_members_of(group)} came of the group {group.get('email')}"
            )
        return [{**each, "group": group} for each in found]

    def _answer(self, collection: str, call: Call) -> Json:
        try:
            return self._directory.read(self._directory.request(collection, call))
        except TROUBLE as error:
            raise self._error(f"{collection} cannot be read: {refusal_of(error).text}") from None

    def _pages(self, kind: Kind, arguments: dict[str, Any]) -> list[Json]:
        found: dict[str, Json] = {}
        tokens: set[str] = set()
        first = self._directory.request(kind.collection, Call("list", arguments))
        request: Request | None = first
        pages = 0
        while request is not None:
            pages += 1
            try:
                page = self._directory.read(request)
            except TROUBLE as error:
                text = refusal_of(error).text
                raise self._error(f"{kind.collection} cannot be read, page {pages}: {text}") from None
            if page.get("kind") != _kind_of_page(kind):
                raise self._error(f"{kind.collection} cannot be read, page {pages}: it is no list of them")
            for each in objects_in(page.get(kind.items)):
                name = str(each.get("orgUnitId" if kind.collection == "orgunits" else "id", ""))
                if not name or name in found:
                    why = "came twice" if name else "has no id"
                    raise self._error(f"{kind.collection} changed while they were read: one {why}")
                found[name] = each
            if "groupKey" not in arguments:
                self._progress("read", f"{kind.collection}, fetched", len(found), 0)
            token = str(page.get("nextPageToken", ""))
            if token and token in tokens:
                raise self._error(f"{kind.collection}: page {pages + 1} is one that was read before")
            tokens.add(token)
            request = self._directory.next_page(kind.collection, request, page) if kind.page else None
        return list(found.values())

    def _refuse_empty(self, found: list[Json], kind: Kind, why: str) -> None:
        if not found:
            raise self._error(f"there is no {kind.noun} at all, which cannot be: {why}")

    def _error(self, reason: str) -> SourceError:
        return SourceError(Place(self._settings.place), reason)


def _members_of(group: Json) -> int:
    count = str(group.get("directMembersCount", "0"))
    return int(count) if count.isdecimal() else 0


def _kind_of_page(kind: Kind) -> str:
    described = document()
    answer = described["resources"][kind.collection]["methods"]["list"]["response"]["$ref"]
    return str(described["schemas"][answer]["properties"]["kind"]["default"])
