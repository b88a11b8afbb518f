"""How the fields of one branch's records and the attributes of its resources become each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from dss_runtime._blank import blank
from dss_runtime.adapters.scim._paths import Json, Path, Resource, path_of
from dss_runtime.adapters.scim._service import Attribute, Kind
from dss_runtime.adapters.scim._session import Directory, keys_of
from dss_runtime.adapters.scim._target import ScimTarget
from dss_runtime.types import FieldType, ListType, SetType

_FITTING: Mapping[str, tuple[type[Any], ...]] = {
    "boolean": (bool,), "integer": (int,), "decimal": (int, float, Decimal),
}  # fmt: skip
_JSON: tuple[type[Any], ...] = (bool, int, float, dict, list)
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Mapped:
    """The attributes of a target's fields, as the service describes them, and the values in both shapes."""

    def __init__(self, target: ScimTarget, kind: Kind, directories: Mapping[str, Directory]) -> None:
        self.target = target
        self.kind = kind
        self.paths = {name: path_of(column) for name, column in target.columns.items()}
        self._refers = {
            column: [directories[branch] for branch in branches] for column, branches in target.references
        }

    def encoded(self, name: str, value: Any) -> Json:
        """Return what the service holds for a field's *value*: JSON, a tuple for several, None for nothing.

        Raises ValueError for what it cannot hold, and LookupError for a key that no record has.
        """
        kind = self.target.types[name]
        if value is None or (value == "" and name in self.target.nulls_as_empty):
            return None
        if isinstance(kind, (SetType, ListType)):
            values = sorted(value, key=kind.of.format) if isinstance(kind, SetType) else value
            return tuple(self.encoded_member(name, each) for each in values)
        return self._encoded(name, kind, value)

    def encoded_member(self, name: str, value: Any) -> Json:
        """Return what the service holds for one member of a field's set or list."""
        kind: Any = self.target.types[name]
        return self._encoded(name, kind.of, value)

    def _encoded(self, name: str, kind: FieldType[Any], value: Any) -> Json:
        directories = self._refers.get(self.target.columns[name])
        if directories is not None:
            return _id(value, directories)
        attribute = self.kind.leaf(self.paths[name])
        return _json(kind, attribute.type if attribute is not None else "", value)

    def constants(self, pairs: Iterable[tuple[str, object]]) -> Iterator[tuple[Path, Json]]:
        """Yield the path and the JSON of each constant of the schema."""
        for column, value in pairs:
            path = path_of(column)
            attribute = self.kind.leaf(path)
            yield path, _constant(attribute, value)

    def holds(self, resource: Resource, pairs: Iterable[tuple[str, object]]) -> bool:
        """Return whether *resource* has the constants *pairs*."""
        return all(path.read(resource) == value for path, value in self.constants(pairs))

    def decoded(self, name: str, resource: Resource, like: Any) -> Any:
        """Return the value of a field in *resource*; nothing at all is as *like*, where that is nothing too.

        Raises ValueError for what the field cannot hold.
        """
        cell = self.cell(name, resource)
        kind = self.target.types[name]
        if blank(cell):
            several = isinstance(kind, (SetType, ListType))
            return like if blank(like) else kind.parse(()) if several else None
        return kind.parse(cell)

    def cell(self, name: str, resource: Resource) -> Json:
        """Return what *resource* has in a field's column, keys in place of ids."""
        found = self.paths[name].read(resource)
        directories = self._refers.get(self.target.columns[name])
        if directories is None:
            return found
        return keys_of(found, directories)

    def is_like(self, record: Any, resource: Resource, names: Iterable[str]) -> bool:
        """Return whether *resource* has in the fields *names* what *record* has."""
        for name in names:
            ours, kind = getattr(record, name), self.target.types[name]
            if name in self.paths and kind.canonical(ours) != kind.canonical(
                self.decoded(name, resource, ours)
            ):
                return False
        return True

    def has_key(self, resource: Resource, key: Hashable) -> bool:
        """Return whether *resource* is the branch's record with *key*."""
        names = self.target.key
        parts = (key,) if len(names) == 1 else cast("tuple[Hashable, ...]", key)
        for name, part in zip(names, parts, strict=True):
            cell, kind = self.cell(name, resource), self.target.types[name]
            try:
                if blank(cell) or kind.canonical(kind.parse(cell)) != kind.canonical(part):
                    return False
            except ValueError:
                return False
        return self.holds(resource, self.target.scope.items())

    def refusal(self, path: Path, *, creating: bool) -> str:
        """Return why the service would not take a value at *path*, "" where nothing speaks against it."""
        try:
            found = [each for each in (self.kind.top(path), self.kind.leaf(path)) if each is not None]
        except ValueError as error:
            return str(error)
        for each in found:
            if each.mutability == "readOnly":
                return f"{path.text}: the service lets nobody write it"
            # Of one of several values that means: it is added and taken away, but never another one.
            if each.mutability == "immutable" and not creating and (each is found[0] or not found[0].multi):
                return f"{path.text}: the service lets nobody change it once the record is there"
        if found and found[0].multi and not path.where and path.sub and self._is_single(path):
            return f'{path.text} has several values: say which, as in {path.name}[type eq "work"].{path.sub}'
        return ""

    def _is_single(self, path: Path) -> bool:
        kinds = [self.target.types[name] for name, each in self.paths.items() if each == path]
        return bool(kinds) and not isinstance(kinds[0], (SetType, ListType))


def _json(kind: FieldType[Any], wanted: str, value: Any) -> Json:
    """Return a scalar as the JSON of an attribute of the type *wanted*, "" where nobody says which."""
    fitting = _FITTING.get(wanted)
    if fitting and (not isinstance(value, fitting) or (wanted != "boolean" and isinstance(value, bool))):
        raise ValueError(f"the service holds a value of the type {wanted} there")
    if wanted in ("string", "reference", "dateTime", "binary"):
        return kind.format(value)
    if isinstance(value, Decimal):
        number = float(value)
        if Decimal(repr(number)) != value:
            raise ValueError("a number of JSON does not keep all of its digits")
        return number
    return value if isinstance(value, _JSON) else kind.format(value)


def _constant(attribute: Attribute | None, value: object) -> Json:
    match attribute.type if attribute is not None else "":
        case "boolean":
            return _TRUTHS.get(str(value).casefold(), value)
        case "integer" if str(value).lstrip("-").isdecimal():
            return int(str(value))
        case "string" | "reference" | "dateTime" | "binary":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case _:
            return value


def _id(key: Hashable, directories: Iterable[Directory]) -> str:
    for directory in directories:
        held = directory.get(key)
        if held is not None:
            return held.id
    raise LookupError("the record that it refers to is not there")
