"""Keeping personal data out of texts that somebody else wrote, such as a driver's error."""

from __future__ import annotations

from dss_runtime._actions import MASK
from dss_runtime._fields import info_of


def scrub(text: str, *records: object) -> str:
    """Return *text* with every value of a sensitive field of *records* masked.

    Longer values are masked first, so that no part of one is left when another is contained in it.
    """
    secrets: set[str] = set()
    for record in records:
        for name in info_of(record).sensitive:
            value: object = getattr(record, name, None)
            if value is not None:
                secrets.update((str(value), repr(value), repr(str(value))[1:-1]))
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
