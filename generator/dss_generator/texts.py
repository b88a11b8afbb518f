"""Which characters a text may hold."""

from __future__ import annotations

import re

refused_characters = (
    "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f"  # controls, but newline and tab
    "\\u2028\\u2029"  # line separators, which editors and YAML count differently
    "\\u202a-\\u202e\\u2066-\\u2069"  # bidi overrides and isolates: text that reads otherwise than it is
    "\\ud800-\\udfff\\ufffe\\uffff"  # surrogates and noncharacters: text that UTF-8 or YAML cannot hold
)
"""The inside of a regular expression's character class; the same in Python and in JSON Schema."""

_refused = re.compile(f"[{refused_characters}]")
_refused_on_a_line = re.compile(f"[\\n\\t{refused_characters}]")


def refused_at(text: str, *, lines: bool = True) -> int | None:
    """Return where *text* holds a character that it must not; newline and tab are allowed with *lines*."""
    found = (_refused if lines else _refused_on_a_line).search(text)
    return found.start() if found else None


def called(character: str) -> str:
    """Return how a message calls *character*, such as ``U+0007``."""
    return f"U+{ord(character):04X}"
