"""In which ways a value may have been written by somebody else: what has to be hidden together with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dss_runtime._shown import text_of

LONG = 4
"""From how many characters on a text is looked for in other spellings: hiding every `a` would hide all."""


def written(value: object) -> set[str]:
    """Return texts that show *value*: as Python prints it, people write dates, programs escape it."""
    plain = text_of(value, str)
    found = {plain, text_of(value), *escaped(plain)}
    if isinstance(value, date):
        found.update(_days(value))
    return found - {""}


def escaped(text: str) -> set[str]:
    """Return *text* as it is, and as string literals, JSON, URLs, Base64 and changes of case show it."""
    from urllib.parse import quote, quote_plus  # only where something has failed

    literals = {text, repr(text)[1:-1], ascii(text)[1:-1], text.encode("unicode_escape").decode("ascii")}
    if len(text) < LONG:
        return literals
    encoded = text.encode("utf-8", "surrogatepass")
    urls = {quote(encoded), quote(encoded, safe=""), quote_plus(encoded)}
    return literals | urls | {text.upper(), text.lower(), encoded.hex(), *_base64(encoded)}


def _base64(encoded: bytes) -> Iterator[str]:
    """Yield what Base64 makes of bytes wherever they stand in a longer text, as in `user:password`."""
    from base64 import b64encode

    for before in range(3):
        whole = b64encode(bytes(before) + encoded).decode("ascii")
        # Characters at both ends also hold bits of what stands around.
        inner = whole[(before * 8 + 5) // 6 : (before + len(encoded)) * 8 // 6]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")


def _days(day: date) -> Iterator[str]:
    year, month, number = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    yield from (f"{year}-{month}-{number}", f"{year}{month}{number}", f"{year}/{month}/{number}")
    yield f"datetime.date({day.year}, {day.month}, {day.day})"
    for between in "./-":
        yield from (f"{number}{between}{month}{between}{year}", f"{month}{between}{number}{between}{year}")
        yield f"{day.day}{between}{day.month}{between}{year}"
        yield f"{day.month}{between}{day.day}{between}{year}"
    yield str(day.toordinal())
