"""Values from the environment: they are used, and never shown."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from dss_runtime._written import escaped

MASK = "***"

SHORTEST = 4
"""Shorter values are not masked: hiding every `1` would make a report unreadable, and they guard nothing."""


class Secrets:
    """What came from `${NAME}`, in every form in which another program's message may repeat it."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def add(self, value: str) -> None:
        """Keep *value* out of everything that is shown from now on; of a URL its password too."""
        self._forms.update(form for form in _forms(value) if len(form) >= SHORTEST)

    def mask(self, text: str) -> str:
        """Return *text* with every secret replaced, longer ones first, so that no part of one is left."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text


def _forms(value: str) -> set[str]:
    plain = {value, unquote(value)}
    try:
        password = urlsplit(value).password
    except ValueError:
        password = None
    if password:
        plain |= {password, unquote(password)}
    return {form for each in plain for form in {*escaped(each), each.strip()}}
