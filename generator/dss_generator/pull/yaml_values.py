"""Values as the YAML of a schema writes them: on one line where they fit, else one entry per line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value]"

width = 100
"""How long a line is at most before a mapping or a list is spread over several."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_WORDS = frozenset("true false null yes no on off".split())


def scalar(value: str | int | bool) -> str:
    """Return one value as YAML, in quotes wherever a reader might take it for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def flow(value: Value) -> str:
    """Return *value* on one line."""
    if isinstance(value, (str, int)):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def entry(key: str, value: Value, indent: int) -> Iterator[str]:
    """Yield the lines of one entry of a mapping that is indented by so many spaces."""
    space = " " * indent
    line = f"{space}{scalar(key)}: {flow(value)}"
    if len(line) <= width or isinstance(value, (str, int)) or not value:
        yield line
        return
    yield f"{space}{scalar(key)}:"
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from entry(name, each, indent + 2)
    else:
        for item in value:
            yield f"{space}  - {flow(item)}"
