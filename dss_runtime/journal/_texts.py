"""The JSON that the journal holds of records and keys, written for many of one branch."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, TypeAlias

from dss_runtime._branch import Branch
from dss_runtime._fields import Field
from dss_runtime.plans._values import Values, held_fields, key_parts, owner

_Write: TypeAlias = Callable[[Any, str], str]
"""Writes a value of a field, which belongs to the record whose owner's text is given."""


class Texts:
    """Writes records and keys of one branch: what `held_record` and `stored_key` return, as JSON.

    The names are put together once, and the value of a field that is not sensitive goes straight to its text:
    a run notes every record that it touches twice.
    """

    def __init__(self, branch: Branch[Any, Any], values: Values) -> None:
        self._branch = branch
        self._values = values
        held, own = list(held_fields(branch)), branch.info.key
        self._names = [field.name for field in held]
        self._form = _form(self._names)
        self._writers = [self._writer(field) for field in held]
        self._is_marked = any(field.sensitive and field.name not in own for field in held)
        self._key_form = _form(own)
        self._key_writers = [self._writer(branch.info[name]) for name in own]

    def record(self, record: object) -> str:
        """Return what a journal holds of *record*."""
        of = owner(self._branch, self._branch.key_of(record)) if self._is_marked else ""
        each = zip(self._writers, self._names, strict=True)
        return self._form % tuple([write(getattr(record, name), of) for write, name in each])

    def key(self, key: Hashable) -> str:
        """Return what a journal holds of *key*."""
        parts = key_parts(self._branch, key).values()
        return self._key_form % tuple(
            [write(part, "") for write, part in zip(self._key_writers, parts, strict=True)]
        )

    def _writer(self, field: Field) -> _Write:
        if field.sensitive:
            is_own = field.name in self._branch.info.key
            return lambda value, of: json.dumps(self._values.stored(field, value, "" if is_own else of))
        text = field.type.format
        return lambda value, _of: "null" if value is None else encode_basestring_ascii(text(value))


def _form(names: Sequence[str]) -> str:
    """Return the text of a JSON object with a place for the value of each name."""
    return "{" + ", ".join(f"{json.dumps(name).replace('%', '%%')}: %s" for name in names) + "}"
