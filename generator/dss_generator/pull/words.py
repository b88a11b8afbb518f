"""The words that a name of a file, table or column is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_TABLE_PREFIX = re.compile(r"\s*(?:\[[0-9]+\])?(?:[A-Za-z]\w*\.)?(?=\w)")
"""What an export puts before a column's own name: `[01]Student_Number`, `CC.ID`."""
_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "Æ": "Ae", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "Oe", "œ": "oe"}
)

_ALIKE = frozenset("staff series species news data info status address equipment information media".split())
"""Words whose singular is their plural, or which have only one of the two."""
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "criteria": "criterion",
}
_PLURALS = {singular: plural for plural, singular in _IRREGULAR.items()}


def words(text: str) -> list[str]:
    """Return the words of *text* in lower-case ASCII, without a table's prefix; what has no such form goes.

    >>> words("[01]Student_Number"), words("sourcedId"), words("Straße 2")
    (['student', 'number'], ['sourced', 'id'], ['strasse', '2'])
    """
    bare = _TABLE_PREFIX.sub("", text, count=1)
    plain = unicodedata.normalize("NFKD", bare.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return [part.lower() for part in _SPLIT.split(plain) if part]


def singular(word: str) -> str:
    """Return *word* for one thing, by simple rules; a word that none is sure of stays.

    >>> [singular(word) for word in ("courses", "categories", "classes", "address", "status", "people")]
    ['course', 'category', 'class', 'address', 'status', 'person']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _ALIKE or len(word) < 4 or word.endswith(("ss", "us", "is")) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "tuses", "puses")):
        return word[:-2]
    return word[:-1]


def plural(word: str) -> str:
    """Return *word* for several things; one that seems to be a plural stays.

    >>> [plural(word) for word in ("user", "category", "class", "courses", "staff", "key")]
    ['users', 'categories', 'classes', 'courses', 'staff', 'keys']
    """
    if word in _PLURALS:
        return _PLURALS[word]
    if word in _ALIKE or word in _IRREGULAR or word[-1].isdigit() or singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "sh", "ch", "x", "z")) else f"{word}s"


def common_prefix(names: Sequence[str]) -> str:
    """Return what all of three or more *names* begin with, up to an underscore; "" where nothing is.

    >>> common_prefix(["mdl_user", "mdl_user_enrolments", "mdl_role"]), common_prefix(["mdl_user"])
    ('mdl_', '')
    """
    if len(names) < 3:
        return ""
    first, last = min(names), max(names)
    length = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    prefix = first[: first[:length].rfind("_") + 1]
    return prefix if all(name[len(prefix) :][:1].isalpha() for name in names) else ""
