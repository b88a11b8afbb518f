"""Keeping personal data out of texts that somebody else wrote, such as a driver's error."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from dss_runtime._actions import MASK
from dss_runtime._fields import info_of


def scrub(text: str, *records: object) -> str:
    """Return *text* with every value of a sensitive field of *records* masked.

    Longer values are masked first, so that no part of one is left when another is contained in it.
    """
    secrets: set[str] = set()
    for record in records:
        for name in info_of(record).sensitive:
            for value in _values(getattr(record, name, None)):
                secrets.update((str(value), repr(value), repr(str(value))[1:-1]))
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _values(value: object) -> Iterator[object]:
    """Yield *value* and all that it holds; nothing for None."""
    if value is None:
        return
    yield value
    if isinstance(value, Collection) and not isinstance(value, (str, bytes)):
        members = cast("Collection[Any]", value)
        for member in members.values() if isinstance(members, Mapping) else members:
            yield from _values(member)
