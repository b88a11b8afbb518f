"""The kinds of resources that can be read and written: one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from dss_runtime.adapters.google._paths import value_at

_AUTH = "https://www.googleapis.com/auth/admin.directory."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of resource.

    `collection` is its name in the API, `schema` that of its description, `items` where a page has them,
    `noun` what people call it. `identity` are the paths by which a resource is found, `keys` the parameters
    that take them. `page` is the largest page. `ordered` ones are written one after the other, `change` is
    the method that changes only what it is given, and `reads` and `writes` name the scopes.
    """

    collection: str
    schema: str
    items: str
    noun: str
    identity: tuple[str, ...]
    keys: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    page: int = 0
    ordered: bool = False
    change: str = "patch"

    def scopes(self, *, write: bool) -> list[str]:
        """Return what an administrator has to allow."""
        return [_AUTH + each for each in (self.writes if write else self.reads)]

    def found_by(self, names: Sequence[str], customer: str) -> dict[str, object]:
        """Return the parameters that find the resource with these *names*, one for each of `identity`."""
        if self.collection == "orgunits":
            return {"customerId": customer, "orgUnitPath": names[0].removeprefix("/")}
        return dict(zip(self.keys, names, strict=True))

    def holds(self, resource: Mapping[str, Any], below: str, groups: str) -> bool:
        """Return whether *resource* is at or below an org unit, and its group's address like a pattern."""
        if below:
            path = str(value_at(resource, "orgUnitPath") or "")
            if path != below and not path.startswith(f"{below.rstrip('/')}/"):
                return False
        return not groups or fnmatchcase(str(value_at(resource, self.identity[0]) or "").lower(), groups)


KINDS: Mapping[str, Kind] = {
    kind.collection: kind
    for kind in (
        Kind(
            collection="users",
            schema="User",
            items="users",
            noun="user",
            identity=("primaryEmail",),
            keys=("userKey",),
            reads=("user.readonly",),
            writes=("user",),
            page=500,
            # `patch` cannot clear what is repeated; `update` leaves alone what it is not given, too.
            change="update",
        ),
        Kind(
            collection="orgunits",
            schema="OrgUnit",
            items="organizationUnits",
            noun="org unit",
            identity=("orgUnitPath",),
            keys=("orgUnitPath",),
            reads=("orgunit.readonly",),
            writes=("orgunit",),
            ordered=True,
        ),
        Kind(
            collection="groups",
            schema="Group",
            items="groups",
            noun="group",
            identity=("email",),
            keys=("groupKey",),
            reads=("group.readonly",),
            writes=("group",),
            page=200,
        ),
        Kind(
            collection="members",
            schema="Member",
            items="members",
            noun="member",
            identity=("group.email", "email"),
            keys=("groupKey", "memberKey"),
            reads=("group.readonly",),
            writes=("group.member",),
            page=200,
        ),
    )
}
