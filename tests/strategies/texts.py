"""Texts that a schema may hold: quotes, braces and everything that ends or opens something in Python."""

from __future__ import annotations

from random import Random

_PIECES = (
    '"', "'", "\\", '"""', "'''", "{", "}", "{{", "}}", "{0}", "%s", "%(a)s", "$", "#", "# type: ignore",
    "# noqa", ";", ":", ",", "(", ")", "[", "]", "@", "é", "ß", "İ", "😀", "𝕏", "👩‍🏫", "\u00a0", "\u200b",
    "\ufeff", "\\n", "\\x41", "\\N{DASH}", "\\", "import os", "a", "B c", " ", "0", "None", "N/A", "true",
    "{self}", "__import__('os').system('x')", "`", "<a>", "&amp;", "~", "!r}", "{x!r}", "\\u0041", "-", "_",
)  # fmt: skip
_BREAKS = ("\n", "\n\n", "\t", "\n    ", '"""\n', "\n# x\n", "\\\n")
_PLAIN = (
    "",
    "plain",
    "Student_Number",
    "First Name",
    "[01]Name",
    "CC.Name",
    "a",
    "0042",
    "NO",
    "null",
    "1e3",
)


def line(rng: Random, *, low: int = 0, high: int = 60) -> str:
    """Return one line of *low* to *high* characters."""
    if rng.random() < 0.4:
        text = rng.choice(_PLAIN)
    else:
        text = "".join(rng.choice(_PIECES) for _ in range(rng.randint(1, 6)))
    return text[:high] if len(text) >= low else "x" * low


def lines(rng: Random) -> str:
    """Return a text that may have several lines, such as a docstring's."""
    parts = [line(rng)]
    for _ in range(rng.randint(0, 3)):
        parts += [rng.choice(_BREAKS), line(rng)]
    return "".join(parts)


def printable(rng: Random) -> str:
    """Return a text that an enum may have among its members."""
    return "".join(each for each in line(rng, low=1) if each.isprintable()) or "x"


def quoted(rng: Random, text: str) -> str:
    """Return *text* in quotes, as pipelines and conditions write it."""
    quote = rng.choice("'\"")
    escapes = {"\\": "\\\\", quote: f"\\{quote}", "\n": "\\n", "\t": "\\t"}
    return quote + "".join(escapes.get(each, each) for each in text) + quote
