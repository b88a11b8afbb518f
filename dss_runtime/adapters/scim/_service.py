"""What a SCIM service announces: what it can do, its resources, and their attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from dss_runtime.adapters.scim._http import Connection, RefusedError
from dss_runtime.adapters.scim._paths import Json, Path, member, several

_ABSENT = (404, 405, 501)
"""Answers of a service that announces nothing of a kind."""


class UnknownAttributeError(ValueError):
    """The service has no such attribute; the text says which one is near."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a service says of an attribute, in the words of RFC 7643."""

    name: str
    type: str = "string"
    multi: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    unique: bool = False
    subs: Mapping[str, Attribute] = field(default_factory=dict[str, "Attribute"])


_COMMON = {
    each.name.casefold(): each
    for each in (
        Attribute("id", case_exact=True, mutability="readOnly", returned="always", unique=True),
        Attribute("externalId", case_exact=True),
        Attribute("schemas", type="reference", multi=True, returned="always"),
        Attribute(
            "meta",
            type="complex",
            mutability="readOnly",
            subs={
                name.casefold(): Attribute(name, mutability="readOnly")
                for name in ("resourceType", "created", "lastModified", "location", "version")
            },
        ),
    )
}
"""The attributes of every resource (RFC 7643, 3.1), which schemas need not list."""
_SEVERAL = frozenset(
    {
        "emails", "phonenumbers", "ims", "photos", "addresses", "groups", "entitlements", "roles",
        "x509certificates", "members",
    }
)  # fmt: skip
"""The attributes of RFC 7643 with several values, for services that do not describe them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: its endpoint, its schema, and the attributes of that and of its extensions by URN.

    A schema that the service does not describe has no entry in `attributes`.
    """

    endpoint: str
    schema: str
    attributes: Mapping[str, Mapping[str, Attribute]]
    extensions: tuple[str, ...] = ()

    def leaf(self, path: Path) -> Attribute | None:
        """Return what is said of *path*, None where its schema is not described.

        Raises UnknownAttributeError where it is, and has no such attribute.
        """
        top = self.top(path)
        if top is None or not path.sub or (path.sub == "value" and not top.subs):
            return top
        return _found(top.subs, path.sub, f"{path.attribute}.")

    def top(self, path: Path) -> Attribute | None:
        """Return what is said of the attribute that *path* is in, as `leaf` does."""
        if not path.urn and path.name.casefold() in _COMMON:
            return _COMMON[path.name.casefold()]
        urn = path.urn or self.schema
        known = self.attributes.get(urn.casefold())
        if known is None:
            if path.urn and self.extensions and urn.casefold() not in map(str.casefold, self.extensions):
                raise UnknownAttributeError(f"{self.endpoint} has no extension {urn}")
            return None
        return _found(known, path.name, f"{path.urn}:" if path.urn else "")

    def has_several(self, path: Path) -> bool:
        """Return whether the attribute that *path* is in has several values."""
        top = self.top(path)
        if top is None:
            return not path.urn and path.name.casefold() in _SEVERAL
        return top.multi

    def required(self) -> Iterator[Attribute]:
        """Yield the attributes of its own schema that no record can be without."""
        for each in self.attributes.get(self.schema.casefold(), {}).values():
            if each.required and each.mutability != "readOnly":
                yield each


@dataclass(frozen=True, slots=True)
class Service:
    """What a service can do, and its kinds of resources by endpoint; None where it does not list them."""

    patch: bool = False
    filter: bool = True
    etag: bool = False
    most_results: int = 0
    """The most resources of one answer, 0 where nothing is said."""
    bulk_operations: int = 0
    """The most operations of one bulk request, 0 where there are none."""
    bulk_bytes: int = 0
    by_cursor: bool = False
    """Whether lists are paged by cursors only (RFC 9865)."""
    kinds: Mapping[str, Kind] | None = None

    def kind(self, endpoint: str) -> Kind:
        """Return the kind of resource at *endpoint* (ValueError where the service lists none there)."""
        if self.kinds is None:
            return Kind(endpoint, f"urn:ietf:params:scim:schemas:core:2.0:{endpoint.removesuffix('s')}", {})
        if endpoint not in self.kinds:
            raise ValueError(f"the service has no resource {endpoint!r}{_near(endpoint, self.kinds)}")
        return self.kinds[endpoint]


def announced(connection: Connection) -> Service:
    """Ask a service what it can do. Where it says nothing, nothing but RFC 7644's least is expected."""
    config = _asked(connection, "ServiceProviderConfig")
    kinds = _listed(_asked(connection, "ResourceTypes"))
    schemas = _listed(_asked(connection, "Schemas")) or ()
    described = {str(each.get("id")).casefold(): _attributes(each) for each in schemas}
    bulk, search = member(config, "bulk"), member(config, "filter")
    pagination = member(config, "pagination")
    at_once = _whole(member(bulk, "maxOperations")) if member(bulk, "supported") is True else 0
    return Service(
        patch=member(member(config, "patch"), "supported") is True,
        filter=config is None or member(search, "supported") is not False,
        etag=member(member(config, "etag"), "supported") is True,
        most_results=_whole(member(search, "maxResults")),
        bulk_operations=at_once,
        bulk_bytes=_whole(member(bulk, "maxPayloadSize")),
        by_cursor=member(pagination, "cursor") is True and member(pagination, "index") is False,
        kinds=None if kinds is None else {each.endpoint: each for each in _kinds(kinds, described)},
    )


def _asked(connection: Connection, place: str) -> Json:
    try:
        return connection.get(place).body
    except RefusedError as error:
        if error.status in _ABSENT:
            return None
        raise


def _listed(body: Json) -> list[dict[str, Any]] | None:
    """Return the resources of an answer, which some services give without the list around it."""
    found = several(body) or several(member(body, "Resources"))
    return None if found is None else [each for each in found if isinstance(each, dict)]


def _kinds(listed: list[dict[str, Any]], described: Mapping[str, Mapping[str, Attribute]]) -> Iterator[Kind]:
    for each in listed:
        schema = str(each.get("schema"))
        more = [str(member(one, "schema")) for one in each.get("schemaExtensions") or ()]
        known = {urn.casefold() for urn in (schema, *more)}
        endpoint = str(each.get("endpoint")).rstrip("/").rpartition("/")[2]
        yield Kind(endpoint, schema, {urn: described[urn] for urn in known if urn in described}, tuple(more))


def _attributes(holder: Mapping[str, Any], key: str = "attributes") -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for each in holder.get(key) or ():
        name = str(each.get("name"))
        found[name.casefold()] = Attribute(
            name,
            str(each.get("type") or "string"),
            each.get("multiValued") is True,
            each.get("required") is True,
            each.get("caseExact") is True,
            str(each.get("mutability") or "readWrite"),
            str(each.get("returned") or "default"),
            str(each.get("uniqueness") or "none") != "none",
            _attributes(each, "subAttributes"),
        )
    return found


def _found(known: Mapping[str, Attribute], name: str, before: str) -> Attribute:
    found = known.get(name.casefold())
    if found is None:
        near = _near(name, [each.name for each in known.values()])
        raise UnknownAttributeError(f"the service has no attribute {before}{name}{near}")
    return found


def _near(word: str, names: Any) -> str:
    folded = {str(name).casefold(): str(name) for name in names}
    near = get_close_matches(word.casefold(), folded, n=1)
    return f", did you mean {folded[near[0]]}?" if near else ""


def _whole(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
