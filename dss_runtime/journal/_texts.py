"""The JSON that the journal holds of records and keys, written for many of one branch."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import repeat
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any, TypeAlias

from dss_runtime._branch import Branch
from dss_runtime._fields import Field
from dss_runtime.plans._values import Values, held_fields, key_parts, owner

_Write: TypeAlias = Callable[[Iterable[Any], Sequence[str]], Iterable[str]]
"""Writes values of a field; the texts are those of the owners of the records to which they belong."""


class Texts:
    """Writes records and keys of one branch: what `held_record` and `stored_key` return, as JSON.

    The names are put together once, and a value that is not sensitive goes straight to its text, field by
    field: a run notes every record that it touches as it was and as it will be.
    """

    def __init__(self, branch: Branch[Any, Any], values: Values) -> None:
        self._branch = branch
        self._values = values
        held, own = list(held_fields(branch)), branch.info.key
        self._form = _form([field.name for field in held])
        self._fields = [(attrgetter(field.name), self._writer(field)) for field in held]
        self._is_marked = any(field.sensitive and field.name not in own for field in held)
        self._key_form = _form(own)
        self._parts = [self._writer(branch.info[name]) for name in own]

    def records(self, records: Sequence[object]) -> list[str | None]:
        """Return what a journal holds of each of *records*; None stands for itself."""
        there = [record for record in records if record is not None]
        keys = map(self._branch.key_of, there) if self._is_marked else ()
        owners = [owner(self._branch, key) for key in keys]
        lines = _lines(self._form, [write(map(get, there), owners) for get, write in self._fields])
        return [None if record is None else next(lines) for record in records]

    def keys(self, keys: Sequence[Hashable]) -> list[str]:
        """Return what a journal holds of each of *keys*."""
        parts = zip(*(key_parts(self._branch, key).values() for key in keys), strict=True)
        return list(
            _lines(self._key_form, [write(part, ()) for write, part in zip(self._parts, parts, strict=True)])
        )

    def _writer(self, field: Field) -> _Write:
        if field.sensitive:
            is_own = field.name in self._branch.info.key
            return lambda values, owners: [
                json.dumps(self._values.stored(field, value, of))
                for value, of in zip(values, repeat("") if is_own else owners, strict=False)
            ]
        text = field.type.format
        return lambda values, _: [
            "null" if value is None else encode_basestring_ascii(text(value)) for value in values
        ]


def _form(names: Sequence[str]) -> str:
    """Return the text of a JSON object with a place for the value of each name."""
    return "{" + ", ".join(f"{json.dumps(name).replace('%', '%%')}: %s" for name in names) + "}"


def _lines(form: str, columns: Sequence[Iterable[str]]) -> Iterator[str]:
    """Yield *form* filled with each row of *columns*."""
    return (form % row for row in zip(*columns, strict=True))
