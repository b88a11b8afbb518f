"""Paths into a resource, such as `name.givenName` and `externalIds[type=organization].value`.

A list is replaced whole by a request, so one entry of it is written by sending all of them: the others as
they are.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]
"""An object of JSON, such as a resource of the Directory API."""

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)(?:\[([A-Za-z]+)=([^\]\[]+)\])?")


@dataclass(frozen=True, slots=True)
class Step:
    """A property, and where that is a list the entry that has *value* in *key*; several: the first one."""

    name: str
    key: str = ""
    value: str = ""

    def entry_in(self, entries: object) -> Json | None:
        """Return the entry among *entries*, None where there is none."""
        for each in objects_in(entries):
            if _text(each.get(self.key)) == self.value:
                return each
        return None

    def new_entry(self) -> Json:
        """Return an entry that has nothing but what it is selected by."""
        value: object = self.value == "true" if self.value in ("true", "false") else self.value
        return {"type": "custom", self.key: value} if self.key == "customType" else {self.key: value}


Path: TypeAlias = tuple[Step, ...]


@cache
def parse_path(text: str) -> Path:
    """Return the steps of a path (ValueError for a text that is none)."""
    steps: list[Step] = []
    at = 0
    while found := _STEP.match(text, at):
        steps.append(Step(found[1], found[2] or "", found[3] or ""))
        at = found.end()
        if at == len(text) and not steps[-1].key:
            return tuple(steps)
        if text[at : at + 1] != ".":
            break
        at += 1
    raise ValueError(f"{text!r} is no path such as name.givenName or externalIds[type=organization].value")


def value_at(resource: Mapping[str, Any], path: str) -> Any:
    """Return what *resource* has at *path*, None where it has nothing."""
    found: Any = resource
    for step in parse_path(path):
        found = _object(found).get(step.name)
        if step.key:
            found = step.entry_in(found)
    return found


def put(body: Json, current: Mapping[str, Any], path: str, value: object) -> None:
    """Add to *body*, a request with patch semantics, that *current* is to have *value* at *path*.

    None clears. Of a list, all other entries of *current* are sent too; an entry that loses its last value
    goes.
    """
    _put(body, current, parse_path(path), value)


def objects_in(entries: object) -> list[Json]:
    """Return the objects among *entries*, which may be anything."""
    found = cast("list[object]", entries) if isinstance(entries, list) else []
    return [cast("Json", each) for each in found if isinstance(each, dict)]


def _put(body: Json, current: Mapping[str, Any], path: Path, value: object) -> None:
    step, rest = path[0], path[1:]
    if not rest:
        body[step.name] = value
    elif not step.key:
        _put(body.setdefault(step.name, {}), _object(current.get(step.name)), rest, value)
    else:
        entries = body[step.name] if step.name in body else copy.deepcopy(current.get(step.name))
        body[step.name] = _with_entry(objects_in(entries), step, rest, value) or None


def _with_entry(entries: list[Json], step: Step, rest: Path, value: object) -> list[Json]:
    entry = step.entry_in(entries)
    if entry is None:
        if value is None:
            return entries
        entry = step.new_entry()
        entries.append(entry)
    _put(entry, entry, rest, value)
    if value is None:
        entry.pop(rest[0].name)
        if not entry.keys() - step.new_entry().keys():
            entries.remove(entry)
    return entries


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
