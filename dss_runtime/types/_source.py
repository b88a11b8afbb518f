"""Python source text for literals that go into generated code."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """Return a literal that evaluates to *text*, whatever it holds; in double quotes where it is plain ASCII.

    Only there do JSON's escapes mean to Python what they mean to JSON: it writes U+1F600 as two surrogates.

    >>> quoted('say "a"')
    '"say \\\\"a\\\\""'
    """
    return json.dumps(text) if text.isascii() and text.isprintable() else repr(text)
