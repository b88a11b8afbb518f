"""Small documents over the whole grammar: for each key of each record one that holds it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from dss_generator.schema import grammar
from dss_generator.schema.compound_kinds import Cases, Either, Entries, Items, Key, Record
from dss_generator.schema.kinds import Amount, Choice, Flag, Kind, Name, NewName, Pattern, Text, Whole

PLACE = "HERE"
"""What stands in a document before the key that it is about."""
NAME = "abc"
"""What a schema's own names are in these documents."""
_FITTING = (";", "30 days", "/Pupils", "class-*@school.example", "Users")
"""Texts of which each pattern of the grammar takes one."""
Body = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """The way to a record: through which keys of which records, or through the entry NAME."""

    steps: tuple[tuple[Record | None, str], ...] = ()

    def then(self, record: Record | None, key: str) -> Way:
        """Return the way one step further."""
        return Way((*self.steps, (record, key)))

    def document(self, body: Body) -> Body:
        """Return the document that has *body* at the end of the way, and what else it needs."""
        for record, key in reversed(self.steps):
            body = {**(least(record) if record else {}), key: body}
        return body


def every_key() -> Iterator[tuple[Record, Key, str]]:
    """Yield each record of the language, each key of it, and a document whose text has PLACE at that key."""
    for record, way in _records(grammar.schema, Way()):
        for key in record.keys:
            body = {**least(record), key.name: _value(key.kind)}
            marked = {PLACE + name if name == key.name else name: value for name, value in body.items()}
            yield record, key, _block(way.document(marked))


def _records(kind: Kind, way: Way) -> Iterator[tuple[Record, Way]]:
    """Yield the records in *kind*, each with the way to it."""
    match kind:
        case Record():
            yield kind, way
            for key in kind.keys:
                yield from _records(key.kind, way.then(kind, key.name))
        case Entries(value=value):
            yield from _records(value, way.then(None, NAME))
        case Either() | Cases():
            for each in kind.parts():
                yield from _records(each, way)
        case _:
            pass


def least(record: Record) -> Body:
    """Return the body of a record with what it needs, and no more."""
    needed = {key.name for key in record.keys if key.required} | set(record.needs[:1])
    return {key.name: _value(key.kind) for key in record.keys if key.name in needed}


def _value(kind: Kind) -> Any:
    match kind:
        case Choice(values=values):
            return values[0]
        case Flag():
            return True
        case Whole(low=low):
            return low
        case Amount():
            return 5
        case Pattern(form=form):
            return next(each for each in _FITTING if re.fullmatch(form, each))
        case Text() | Name() | NewName():
            return NAME
        case Items(of=of, single=single):
            return _value(of) if single else [_value(of)]
        case Entries(key=key, value=value):
            return {str(_value(key)): _value(value)}
        case Either(kinds=kinds):
            return _value(kinds[-1])
        case Record():
            return least(kind)
        case Cases(cases=cases):
            return least(cases[0][1])
        case _:
            raise AssertionError(f"no value for {kind}")


def _block(body: Body, indent: str = "") -> str:
    """Return *body* as YAML in block style, as people write it."""
    lines: list[str] = []
    for name, value in body.items():
        if value and isinstance(value, dict):
            lines.append(f"{indent}{name}:\n{_block(cast('Body', value), f'{indent}  ')}")
        else:
            lines.append(f"{indent}{name}: {json.dumps(value)}\n")
    return "".join(lines)
