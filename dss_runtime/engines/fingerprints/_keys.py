"""Fingerprints of keys: equal keys have the same, however they are written."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from dss_runtime._typing import override
from dss_runtime.engines.fingerprints._facts import Hashing, each


class StrangeKeyError(TypeError):
    """A key of a type of which nobody knows here when two of them are equal."""

    @override
    def __str__(self) -> str:
        return f"nobody knows when two keys of the type {self.args[0]} are equal"


def form(key: object) -> bytes:
    """Return a text that equal keys have alike (StrangeKeyError for types that are not known here)."""
    if type(key) is str:
        return b"s" + key.encode("utf-8", "surrogatepass")
    match key:
        case Enum():
            return form(key.value)
        case str():
            return b"s" + key.encode("utf-8", "surrogatepass")
        case int() | float() | Decimal():
            return b"n%d" % hash(key)  # the same for equal numbers of all types, in every process
        case tuple():
            parts = [form(part) for part in cast("tuple[object, ...]", key)]
            return b"t" + b"".join(b"%d:%b" % (len(part), part) for part in parts)
        case bytes():
            return b"b" + key
        case UUID():
            return b"u" + key.bytes
        case datetime():
            point = key.replace(fold=0) if key.tzinfo is None else key.astimezone(UTC)
            return b"d" + point.isoformat().encode()
        case date():
            return b"d" + key.isoformat().encode()
        case time() if key.tzinfo is None:
            return b"c" + key.replace(fold=0).isoformat().encode()
        case _:
            raise StrangeKeyError(type(key).__name__)


@dataclass(frozen=True)
class Keys(Container[Any]):
    """Keys of which only the fingerprints are known, which tells whether a key is one of them."""

    hashing: Hashing
    fingerprints: bytes

    @cached_property
    def _found(self) -> frozenset[bytes]:
        return frozenset(each(self.fingerprints))

    @override
    def __contains__(self, key: object, /) -> bool:
        try:
            return self.hashing(form(key)) in self._found
        except StrangeKeyError:
            return False
