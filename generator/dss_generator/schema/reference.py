"""The reference of the language for the documentation, written from the grammar's table."""

from __future__ import annotations

from collections.abc import Iterator

from .. import fieldtypes
from ..adapters import ADAPTERS
from ..rules import rules
from .compound_kinds import Key, Record
from .json_schema import records
from .kinds import Choice, Kind


def reference_markdown() -> str:
    """Return the keys at every level, the adapters, the transforms and the rules as Markdown."""
    parts = [_record(record) for record in records()]
    parts.append(
        _table(
            "Adapters", ("adapter", "what it reads"), [(each.name, each.doc) for each in ADAPTERS.values()]
        )
    )
    transforms = [(each.signature, each.doc) for each in fieldtypes.transforms().values()]
    parts.append(_table("Transforms", ("transform", "what it makes of a text"), transforms))
    parts.append(_table("Rules", ("id", "rule"), list(rules.items())))
    return "\n".join(parts)


def _record(record: Record) -> str:
    rows = [
        (
            f"{key.name}{' (required)' if key.required else ''}",
            f"{key.doc} Value: {key.kind.words}.{_meanings(key)}",
        )
        for key in record.keys
    ]
    title = record.noun[0].upper() + record.noun[1:] if record.name != "set_columns" else "What sets columns"
    return _table(title, ("key", "meaning"), rows)


def _meanings(key: Key) -> str:
    """Return what the words mean that the value may be; types and adapters are told elsewhere."""
    if key.name in ("type", "of", "fields", "derived", "adapter"):
        return ""
    return "".join(f" `{word}`: {meaning}" for word, meaning in _words(key.kind))


def _words(kind: Kind) -> Iterator[tuple[str, str]]:
    if isinstance(kind, Choice):
        yield from ((word, kind.meaning(word)) for word in kind.values if kind.meaning(word))
    if not isinstance(kind, Record):
        for part in kind.parts():
            yield from _words(part)


def _table(title: str, heads: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"## {title}", "", f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    lines += [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
