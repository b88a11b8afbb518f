"""Numbers as people write them."""

from __future__ import annotations

import re
from functools import lru_cache


def parse_number(text: str, decimal: str, thousands: str = "") -> str:
    """Return the number *text* as the field types read it: `1.234,56` as `1234.56`; empty text stays empty.

    Raises ValueError for text that is no number, or whose groups are not of three digits.
    """
    text = text.strip()
    if not text:
        return ""
    match = _number_pattern(decimal, thousands).fullmatch(text)
    if match is None:
        raise ValueError("expected a number written as the transform says")
    whole = match["whole"].replace(thousands, "") if thousands else match["whole"]
    fraction = f".{match['fraction']}" if match["fraction"] else ""
    return f"{'-' if match['sign'] == '-' else ''}{whole}{fraction}"


def check_parse_number(decimal: str, thousands: str = "") -> None:
    _number_pattern(decimal, thousands)


@lru_cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    if len(decimal) != 1 or len(thousands) > 1 or not set("0123456789+-").isdisjoint(decimal + thousands):
        raise ValueError("decimal, thousands: expected one character each, no digit and no sign")
    if decimal == thousands:
        raise ValueError("decimal, thousands: expected two different characters")
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]+)(?:{re.escape(decimal)}(?P<fraction>[0-9]+))?"
    )
