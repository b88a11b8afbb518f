"""Looking for a value in bytes, in every form in which somebody may have written it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import quote, quote_plus


def forms_of_date(day: date) -> set[str]:
    """Return how people and programs write a day."""
    short = f"{day.day}.{day.month}.{day.year}"
    slashed = (f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}")
    number = str(day.toordinal())
    return {
        str(day),
        repr(day),
        f"{day:%d.%m.%Y}",
        short,
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        *slashed,
        number,
    }


def forms_of_text(text: str) -> set[str]:
    """Return how programs escape a text."""
    return {text, text.upper(), text.lower(), repr(text)[1:-1], ascii(text)[1:-1], json.dumps(text)[1:-1]} | {
        quote(text), quote(text, safe=""), quote_plus(text)
    }  # fmt: skip


def sought(texts: Iterable[str]) -> set[bytes]:
    """Return the bytes of texts, and of their Base64 whatever stands before and after them."""
    found: set[bytes] = set()
    for text in texts:
        for encoding in ("utf-8", "utf-16-le", "latin-1"):
            encoded = text.encode(encoding, "replace")
            found |= {encoded, encoded.hex().encode()}
        plain = text.encode()
        for before in range(3):
            whole = base64.b64encode(bytes(before) + plain)
            first, last = (before * 8 + 5) // 6, (before + len(plain)) * 8 // 6
            found |= {whole[first:last], whole[first:last].translate(bytes.maketrans(b"+/", b"-_"))}
    return {each for each in found if len(each) > 4}


def leaks(places: Mapping[str, bytes], wanted: Iterable[bytes]) -> list[str]:
    """Return where *wanted* is found, and what of it."""
    return sorted(
        {f"{name}: {each!r}" for name, content in places.items() for each in wanted if each in content}
    )
