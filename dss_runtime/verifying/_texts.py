"""What systems do to texts: functions that say whether such a habit explains a difference."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial
from unicodedata import normalize

from dss_runtime.types._fold import fold_accents, fold_case
from dss_runtime.verifying._seen import Detail, Explains, Seen


def texts(*changes: Callable[[str], str]) -> Explains:
    """Explain a text, or the texts of a set or list, by one of *changes*."""

    def explains(seen: Seen) -> Detail:
        # What has become empty may be read as nothing, and is the same to a field that says so.
        fits = seen.both(str) or (isinstance(seen.wanted, str) and seen.found is None)
        return "" if fits and any(map(seen.becomes, changes)) else None

    return explains


trims = texts(str.strip, str.rstrip, str.lstrip)
lowers = texts(str.lower, str.casefold)
raises = texts(str.upper)
normalises = texts(*(partial(normalize, form) for form in ("NFC", "NFD", "NFKC", "NFKD")))
folds = texts(fold_accents)
squeezes = texts(lambda text: " ".join(text.split()))


def loses(seen: Seen) -> Detail:
    """Characters that an encoding does not have are replaced or left out."""
    narrow = (
        partial(_recoded, encoding=encoding, errors=errors)
        for encoding in ("ascii", "latin-1", "cp1252")
        for errors in ("replace", "ignore")
    )
    return texts(
        *narrow, partial(_within, put="?"), partial(_within, put=""), partial(_within, put="\ufffd")
    )(seen)


def _recoded(text: str, encoding: str, errors: str) -> str:
    return codecs.decode(codecs.encode(text, encoding, errors), encoding)


def _within(text: str, put: str) -> str:
    """Return *text* as a system has it whose characters have three bytes at most."""
    return "".join(put if ord(each) > 0xFFFF else each for each in text)


def strips_zeros(seen: Seen) -> Detail:
    """Leading zeros go, as where a number is held."""
    if not seen.both(str) or not all(each.isdecimal() for each in seen.members(seen.wanted)):
        return None
    return "" if seen.becomes(lambda text: text.lstrip("0") or "0") else None


def cuts(seen: Seen) -> Detail:
    """Only the first characters, or bytes, are kept; returns how many."""
    if not (seen.both(str) or seen.both(bytes)):
        return None
    length = max(map(len, seen.members(seen.found)), default=0)
    return length if length and seen.becomes(lambda text: text[:length]) else None


def pads(seen: Seen) -> Detail:
    """Texts are filled up to a length; returns which."""
    if not seen.both(str):
        return None
    length = max(map(len, seen.members(seen.found)), default=0)
    return length if any(map(seen.becomes, (partial(_left, length), partial(_right, length)))) else None


def _left(length: int, text: str) -> str:
    return text.ljust(length)


def _right(length: int, text: str) -> str:
    return text.rjust(length)


def tidies(seen: Seen) -> Detail:
    """Nothing is left but differences of case, accents and outer white space."""
    if not seen.both(str):
        return None
    found = sorted(map(_tidy, seen.members(seen.found)))
    return "" if found == sorted(map(_tidy, seen.members(seen.wanted))) else None


def _tidy(text: str) -> str:
    return fold_accents(fold_case(text)).strip()
