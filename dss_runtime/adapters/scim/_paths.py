"""Attribute paths of SCIM, which name the columns: `userName`, `emails[type eq "work"].value`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

Json: TypeAlias = Any
"""What JSON can say."""
Resource: TypeAlias = dict[str, Any]
"""A user, a group or the like, as JSON."""

_SEVERAL: tuple[type[Any], ...] = (list, tuple)
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
"""How the schemas of RFC 7643 begin, whose attributes stand at the top of a resource."""
_NAME = r"[A-Za-z$][A-Za-z0-9_$-]*"
_LITERAL = r'"(?:[^"\\]|\\.)*"|true|false|-?[0-9]+(?:\.[0-9]+)?'
_TERM = rf"({_NAME})\s+[eE][qQ]\s+({_LITERAL})"
_PATH = re.compile(
    rf"(?:(?P<urn>urn:[^\[\]\s]+):)?(?P<name>{_NAME})"
    rf"(?:\[\s*(?P<filter>{_TERM}(?:\s+[aA][nN][dD]\s+{_TERM})*)\s*\])?(?:\.(?P<sub>{_NAME}))?"
)


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value is in a resource.

    `urn` is the schema of an extension, "" for the resource's own; `where` are the sub-attributes, with their
    values, that choose one of several; `sub` is the sub-attribute, "" for the attribute as a whole.
    """

    urn: str
    name: str
    where: tuple[tuple[str, Json], ...] = ()
    sub: str = ""

    @property
    def attribute(self) -> str:
        """The attribute as a whole, as requests name it."""
        return f"{self.urn}:{self.name}" if self.urn else self.name

    @property
    def entry(self) -> str:
        """The values that `where` chooses, as requests name them."""
        chosen = " and ".join(f"{name} eq {json.dumps(value)}" for name, value in self.where)
        return f"{self.attribute}[{chosen}]" if chosen else self.attribute

    @property
    def text(self) -> str:
        """The path itself, as requests name it."""
        return f"{self.entry}.{self.sub}" if self.sub else self.entry

    def equals(self, value: Json) -> str:
        """Return the filter of the resources that have *value* here."""
        literal = json.dumps(value, ensure_ascii=False)
        if not self.where:
            return f"{self.text} eq {literal}"
        return f"{self.entry.removesuffix(']')} and {self.sub or 'value'} eq {literal}]"

    def one(self, value: Json) -> str:
        """Return how requests name those of several values that are *value*."""
        return Path(self.urn, self.name, (*self.where, (self.sub or "value", value))).entry

    def read(self, resource: Mapping[str, Json]) -> Json:
        """Return what *resource* has here, None for nothing.

        Of an attribute with several values that is a tuple; where `where` chooses, the one that is chosen,
        and a tuple only where several are, which no field of one value takes.
        """
        found = member(self._container(resource), self.name)
        if found is None:
            return None
        held = several(found)
        if held is None:
            return self._of_entry(found) if not self.where or self._chosen(found) else None
        values = [self._of_entry(each) for each in held if self._chosen(each)]
        values = [each for each in values if each is not None]
        if self.where and len(values) < 2:
            return values[0] if values else None
        return tuple(values)

    def entries(self, resource: Mapping[str, Json]) -> list[Json]:
        """Return the values that `where` chooses, as they are; none for an attribute of one value."""
        found = member(self._container(resource), self.name)
        return [each for each in several(found) or () if self._chosen(each)]

    def put(self, resource: Resource, value: Json) -> None:
        """Give *resource* a *value* here, or take it away where that is None; a tuple is all there is."""
        container = self._own_container(resource, value)
        if container is None:
            return
        name = next((key for key in container if key.casefold() == self.name.casefold()), self.name)
        values = several(value)
        if values is not None:
            container[name] = self.merged(container.get(name), values)
        elif self.where:
            container[name] = self._with_entry(container.get(name) or [], value)
        elif self.sub:
            _put(_mapping_in(container, name), self.sub, value)
            value = container[name] or None
        else:
            container[name] = value
        if not isinstance(container[name], bool) and container[name] in (None, [], {}):
            del container[name]

    def merged(self, held: Json, values: Sequence[Json]) -> list[Json]:
        """Return *values* as the attribute's; what is held of one already stays as it is."""
        if not self.sub:
            return list(values)
        known = {self._of_entry(each): each for each in reversed(held or [])}
        return [known.get(value, {self.sub: value}) for value in values]

    def made(self, value: Json) -> Resource:
        """Return the new entry of an attribute with several values that holds *value*."""
        return {**dict(self.where), self.sub or "value": value}

    def _with_entry(self, held: list[Json], value: Json) -> list[Json]:
        chosen = [each for each in held if self._chosen(each)]
        if value is None:
            if self.sub in ("", "value"):
                return [each for each in held if not self._chosen(each)]
        elif not chosen:
            return [*held, self.made(value)]
        for each in chosen:
            _put(each, self.sub or "value", value)
        return held

    def _of_entry(self, entry: Json) -> Json:
        if not self.sub:
            return entry
        return member(entry, self.sub) if isinstance(entry, dict) else entry if self.sub == "value" else None

    def _chosen(self, entry: Json) -> bool:
        return all(isinstance(entry, dict) and _same(member(entry, name), to) for name, to in self.where)

    def _container(self, resource: Mapping[str, Json]) -> Mapping[str, Json]:
        if not self.urn:
            return resource
        found = member(resource, self.urn)
        return cast("dict[str, Json]", found) if isinstance(found, dict) else {}

    def _own_container(self, resource: Resource, value: Json) -> Resource | None:
        """Return where the attribute is, made where there is something to put; None for nowhere."""
        if not self.urn:
            return resource
        if value is None and member(resource, self.urn) is None:
            return None
        schemas = resource.setdefault("schemas", [])
        if self.urn not in schemas:
            schemas.append(self.urn)
        return _mapping_in(resource, self.urn)


@cache
def path_of(text: str) -> Path:
    """Return the path that *text* says (ValueError where it says none)."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is no path of SCIM, such as userName or emails[type eq "work"].value')
    urn = found["urn"] or ""
    terms = re.findall(_TERM, found["filter"] or "")
    where = tuple((name, json.loads(literal)) for name, literal in terms)
    return Path("" if urn.startswith(CORE) else urn, found["name"], where, found["sub"] or "")


def several(value: Json) -> list[Json] | None:
    """Return what a list of JSON or a tuple of cells holds, None for anything else."""
    return list(value) if isinstance(value, _SEVERAL) else None


def member(value: Any, name: str) -> Json:
    """Return the attribute *name* of a JSON object, whatever the case of its letters; None for nothing."""
    if not isinstance(value, Mapping):
        return None
    held = cast("Mapping[str, Json]", value)
    if name in held:
        return held[name]
    folded = name.casefold()
    return next((each for key, each in held.items() if key.casefold() == folded), None)


def requested(paths: Iterator[Path]) -> str:
    """Return the attributes of *paths*, each once, as the parameter `attributes` takes them."""
    names = dict.fromkeys(path.attribute for path in paths if path.name not in ("id", "schemas", "meta"))
    return ",".join([*names, "meta"])


def _same(held: Json, wanted: Json) -> bool:
    """Compare texts such as `work` without their case, as RFC 7643 asks unless told otherwise."""
    if isinstance(held, str) and isinstance(wanted, str):
        return held.casefold() == wanted.casefold()
    return bool(held == wanted) and isinstance(held, bool) == isinstance(wanted, bool)


def _put(entry: Resource, name: str, value: Json) -> None:
    key = next((each for each in entry if each.casefold() == name.casefold()), name)
    if value is None:
        entry.pop(key, None)
    else:
        entry[key] = value


def _mapping_in(container: Resource, name: str) -> Resource:
    found = member(container, name)
    if isinstance(found, dict):
        return cast("Resource", found)
    made: Resource = {}
    container[name] = made
    return made
