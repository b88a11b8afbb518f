"""Keeping personal data out of texts that somebody else wrote, such as a driver's error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from dss_runtime._actions import MASK
from dss_runtime._fields import info_of
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._written import written

_MAPPINGS: tuple[type[Any], ...] = (Mapping,)
_COLLECTIONS: tuple[type[Any], ...] = (list, tuple, Set, Mapping)


def scrub(text: str, *records: object) -> str:
    """Return *text* with every value of a sensitive field of *records* masked, however it is written.

    Longer values are masked first, so that no part of one is left when another is contained in it.
    """
    secrets: set[str] = set()
    names = {name for record in records for name in info_of(record).sensitive}
    for record in records:
        for value in _held(record, names):
            secrets.update(written(value))
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _held(record: object, names: Set[str]) -> Iterator[object]:
    """Yield what *record* has in the fields *names*; an unclaimed one as its system has it, too."""
    for name in names:
        if isinstance(record, Unclaimed):
            yield from _values(record.fields.get(name))
            yield from _values(record.cells.get(name))
        else:
            yield from _values(getattr(record, name, None))


def _values(value: Any) -> Iterator[object]:
    """Yield *value* and all that it holds; nothing for None."""
    if value is None:
        return
    yield value
    if isinstance(value, _COLLECTIONS):
        for member in value.values() if isinstance(value, _MAPPINGS) else value:
            yield from _values(member)
