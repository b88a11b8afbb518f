"""Small documents over the whole grammar: for each key of each record one that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dss_generator.schema import grammar
from dss_generator.schema.compound_kinds import Cases, Either, Entries, Items, Key, Record
from dss_generator.schema.kinds import Amount, Choice, Flag, Kind, Name, NewName, Pattern, Text, Whole

PLACE = "HERE"
"""What stands in a document before the key that it is about."""


def every_key() -> Iterator[tuple[Record, Key, str]]:
    """Yield each record of the language, each key of it, and a document whose text has PLACE at that key."""
    for record, wrap in _records(grammar.schema, lambda body: body):
        for key in record.keys:
            body = {**_least(record), key.name: _value(key.kind)}
            marked = {(PLACE + name if name == key.name else name): value for name, value in body.items()}
            yield record, key, _yaml(wrap(marked))


def _records(kind: Kind, wrap: Any) -> Iterator[tuple[Record, Any]]:
    """Yield the records in *kind*, each with what puts its body into a document."""
    match kind:
        case Record():
            yield kind, wrap
            for key in kind.keys:
                least = _least(kind)
                yield from _records(
                    key.kind, lambda body, key=key, least=least: wrap({**least, key.name: body})
                )
        case Entries(value=value):
            yield from _records(value, lambda body: wrap({"abc": body}))
        case Either(kinds=kinds):
            for each in kinds:
                yield from _records(each, wrap)
        case Items(of=of):
            yield from _records(of, lambda body: wrap([body]))
        case Cases(cases=cases):
            for _, record in cases:
                yield from _records(record, wrap)
        case _:
            pass


def _least(record: Record) -> dict[str, Any]:
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
        case Pattern():
            return ";"
        case Text() | Name() | NewName():
            return "abc"
        case Items(of=of, single=single):
            return _value(of) if single else [_value(of)]
        case Entries(key=key, value=value):
            return {str(_value(key)): _value(value)}
        case Either(kinds=kinds):
            return _value(kinds[-1])
        case Cases(cases=cases):
            return _least(cases[0][1])
        case Record():
            return _least(kind)
        case _:
            raise AssertionError(f"no value for {kind}")


def _yaml(body: Any, indent: str = "") -> str:
    """Return *body* as YAML in block style, as people write it."""
    if isinstance(body, dict) and body:
        lines: list[str] = []
        for name, value in body.items():
            below = isinstance(value, dict | list) and value
            lines.append(
                f"{indent}{name}:\n{_yaml(value, indent + '  ')}"
                if below
                else f"{indent}{name}: {_yaml(value)}\n"
            )
        return "".join(lines)
    if isinstance(body, list):
        return "".join(f"{indent}- {_yaml(value)}\n" for value in body)
    return json.dumps(body)
