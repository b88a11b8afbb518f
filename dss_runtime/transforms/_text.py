"""Transforms of text as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from html import unescape

from dss_runtime.types._fold import fold_accents

MAX_WIDTH = 1_000


def strip(text: str) -> str:
    """Return *text* without outer white space."""
    return text.strip()


def lower(text: str) -> str:
    """Return *text* in lower case."""
    return text.lower()


def upper(text: str) -> str:
    """Return *text* in upper case."""
    return text.upper()


def casefold(text: str) -> str:
    """Return *text* case-folded, by the full folding of the Unicode Standard."""
    return text.casefold()


def ascii_(text: str) -> str:
    """Return *text* in ASCII: accents dropped, ß as ss, ø as o, and so on.

    Raises ValueError where a character has no such form, because dropping it could make two people one.
    """
    folded = fold_accents(text)
    if not folded.isascii():
        raise ValueError("expected characters that have a form in ASCII")
    return folded


def login(text: str) -> str:
    """Return the letters, digits, dots, hyphens and underscores of *text*, which are right in a user name.

    Marks stay with their letters: an é is one in both of its forms, and so are the vowels of Hindi.
    """
    return "".join(each for each in text if each in ".-_" or unicodedata.category(each)[0] in "LMN")


def unescape_html(text: str) -> str:
    """Return *text* with HTML's character references resolved: `&amp;` is `&`."""
    return unescape(text)


def replace(text: str, old: str, new: str) -> str:
    """Return *text* with every *old* replaced by *new*."""
    check_replace(old, new)
    return text.replace(old, new)


def check_replace(old: str, _new: str) -> None:
    if not old:
        raise ValueError("old: expected at least one character")


def split_part(text: str, separator: str, n: int) -> str:
    """Return part *n*, from 1, of *text* split at *separator*; a part that is not there is empty."""
    check_split_part(separator, n)
    parts = text.split(separator, n)
    return parts[n - 1] if n <= len(parts) else ""


def check_split_part(separator: str, n: int) -> None:
    if not separator:
        raise ValueError("separator: expected at least one character")
    if n < 1:
        raise ValueError("n: expected 1 or more")


def pad(text: str, width: int, char: str = "0") -> str:
    """Return *text* filled up at its left with *char* to *width* characters; empty text stays empty."""
    check_pad(width, char)
    return text.rjust(width, char) if text else ""


def check_pad(width: int, char: str = "0") -> None:
    if not 1 <= width <= MAX_WIDTH:
        raise ValueError(f"width: expected 1 to {MAX_WIDTH:,}")
    if len(char) != 1:
        raise ValueError("char: expected one character")


def map_text(text: str, pairs: Mapping[str, str]) -> str:
    """Return what *pairs* has for *text*, or for `*` where it is not in them; empty text else stays empty.

    Raises ValueError for other text.
    """
    mapped = pairs.get(text)
    if mapped is None:
        mapped = pairs.get("*", None if text else "")
    if mapped is None:
        raise ValueError("not in the map")
    return mapped
