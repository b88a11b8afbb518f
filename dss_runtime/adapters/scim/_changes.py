"""What is changed in a resource, and how PATCH and PUT say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dss_runtime.adapters.scim._paths import Json, Path, Resource, member, several

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that is put at a path: None takes it away, a tuple is all there is.

    `held` says that the resource is known to have one there.
    """

    path: Path
    value: Json
    held: bool = False

    def is_in(self, resource: Resource) -> bool:
        """Return whether *resource* holds the value already; of several values, in any order."""
        now, values = self.path.read(resource), several(self.value)
        if values is None:
            return bool(now == self.value) and isinstance(now, bool) == isinstance(self.value, bool)
        held = several(now) or []
        return len(held) == len(values) and all(value in held for value in values)

    @property
    def hangs(self) -> bool:
        """Whether how to say it hangs on what the resource holds."""
        if isinstance(self.value, tuple):
            return bool(self.path.sub)
        return bool(self.path.where) and not self.held


@dataclass(frozen=True, slots=True)
class Members:
    """Values that are added to those of an attribute, and taken away from them; all others stay."""

    path: Path
    added: tuple[Json, ...]
    removed: tuple[Json, ...]
    hangs = False


Change: TypeAlias = Setting | Members


def patch(changes: Iterable[Change], resource: Resource | None) -> Resource:
    """Return the body of a PATCH; *resource* is what is there, where that is known."""
    operations: list[Resource] = []
    fresh: dict[str, Resource] = {}
    for each in changes:
        if isinstance(each, Members):
            operations += _of_members(each)
        else:
            operations += _of_setting(each, resource, fresh)
    return {"schemas": [PATCH], "Operations": operations}


def put(changes: Iterable[Change], resource: Resource) -> Resource:
    """Return the body of a PUT: *resource*, with all in it that we do not know, after the changes."""
    for each in changes:
        if isinstance(each, Setting):
            each.path.put(resource, each.value)
            continue
        held = several(each.path.read(resource)) or []
        kept = [value for value in held if value not in each.removed]
        each.path.put(resource, (*kept, *(value for value in each.added if value not in kept)))
    return resource


def created(schema: str, settings: Iterable[tuple[Path, Json]]) -> Resource:
    """Return the body of a POST."""
    resource: Resource = {"schemas": [schema]}
    for path, value in settings:
        if value is not None:
            path.put(resource, value)
    return resource


def _of_members(change: Members) -> list[Resource]:
    path = change.path
    # Removed first: to a service, what is removed and what is added may differ in nothing, as by case alone.
    found: list[Resource] = [{"op": "remove", "path": path.one(value)} for value in change.removed]
    if change.added:
        entries = [path.made(value) for value in change.added]
        found.append({"op": "add", "path": path.attribute, "value": entries})
    return found


def _of_setting(change: Setting, resource: Resource | None, fresh: dict[str, Resource]) -> Sequence[Resource]:
    """Return the operation for one value; *fresh* are the entries that others of them have added."""
    path, value = change.path, change.value
    values = several(value)
    if values is not None:
        return [_of_all(path, values, resource)]
    there = change.held or not path.where or bool(resource and path.entries(resource))
    if value is None:
        gone = path.entry if path.where and path.sub in ("", "value") else path.text
        return [{"op": "remove", "path": gone}] if there else []
    if there:
        return [{"op": "replace", "path": path.text, "value": value}]
    if path.entry in fresh:
        fresh[path.entry][path.sub or "value"] = value
        return []
    fresh[path.entry] = path.made(value)
    return [{"op": "add", "path": path.attribute, "value": [fresh[path.entry]]}]


def _of_all(path: Path, values: Sequence[Json], resource: Resource | None) -> Resource:
    if not values:
        return {"op": "remove", "path": path.attribute}
    container: Any = member(resource, path.urn) if path.urn else resource
    merged = path.merged(member(container, path.name), values)
    return {"op": "replace", "path": path.attribute, "value": merged}
