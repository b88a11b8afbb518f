"""What a file says of its columns, in words that need no pyarrow: for `dss pull`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa
from pyarrow import types

from dss_runtime._files import Found
from dss_runtime.adapters.parquet._file import opened
from dss_runtime.adapters.parquet._kinds import is_list, is_octets, is_readable, is_text, stored

_WORDS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (types.is_null, "null"),
    (is_text, "text"),
    (is_octets, "bytes"),
    (types.is_boolean, "bool"),
    (types.is_integer, "int"),
    (types.is_floating, "float"),
    (types.is_decimal, "decimal"),
    (types.is_date, "date"),
    (types.is_time, "time"),
    (lambda kind: types.is_timestamp(kind) and kind.tz is not None, "instant"),
    (types.is_timestamp, "local time"),
)
_EXTENSIONS = {"extension<arrow.uuid>": "uuid", "extension<arrow.json>": "json"}


class Described(NamedTuple):
    """A column: its name and type in the file, and in a word what its values are.

    `holds` is "" for what no field can hold; where there are `several` values in a cell, it is about these.
    """

    name: str
    kind: str
    holds: str
    several: bool


def described(found: Found) -> Sequence[Described]:
    """Return the columns of a file (SourceError where it cannot be read)."""
    with opened(found) as table:
        return [_described(name, table.schema.field(at).type) for at, name in enumerate(table.schema.names)]


def _described(name: str, kind: pa.DataType) -> Described:
    if not is_readable(kind):
        return Described(name, str(kind), "", False)
    inner = stored(kind)
    several = is_list(inner)
    return Described(name, str(kind), _word(inner.value_type if several else kind), several)


def _word(kind: pa.DataType) -> str:
    own = _EXTENSIONS.get(str(kind))
    return own or next(word for fits, word in _WORDS if fits(stored(kind)))
