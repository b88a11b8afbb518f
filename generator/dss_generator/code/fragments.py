"""The only values that reach generated code.

A template may print a `Fragment` and nothing else: the environment refuses plain text. Every text of a
schema becomes a fragment through `ident`, `lit`, `docstring` or `comment`, which check or escape it, and
larger pieces are put together from fragments by `code`.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString, cast

from ..marks import override

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of Python source text that is safe to print."""

    text: str

    @override
    def __str__(self) -> str:
        return self.text


class Ident(Fragment):
    """A name, dotted or not."""

    __slots__ = ()


class Lit(Fragment):
    """A literal: text, number, truth value, None, or a tuple of literals."""

    __slots__ = ()


class Comment(Fragment):
    """A comment or docstring."""

    __slots__ = ()


class Code(Fragment):
    """An expression or statement, put together from fragments."""

    __slots__ = ()


@lru_cache(maxsize=100_000)
def ident(name: str) -> Ident:
    """Return *name* as a fragment (ValueError unless it is an ASCII name, or several joined by dots)."""
    for part in name.split("."):
        if not (part.isascii() and part.isidentifier()) or keyword.iskeyword(part):
            raise ValueError(f"{name!r} is not a name")
    return Ident(name)


def lit(value: object) -> Lit:
    """Return the literal of *value*: a str, int, float, bool, None, or a tuple of those (else TypeError)."""
    if isinstance(value, str):
        return Lit(f'"{_escaped(value)}"')
    if value is None or isinstance(value, (bool, int)):
        return Lit(repr(value))
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise TypeError("a float that is not finite has no literal")
        return Lit(repr(value))
    if isinstance(value, tuple):
        items = [lit(item).text for item in cast("tuple[object, ...]", value)]
        return Lit(f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})")
    raise TypeError(f"{type(value).__name__} has no literal")


@lru_cache(maxsize=10_000)
def docstring(text: str, indent: int = 0) -> Comment:
    """Return *text* as a docstring whose further lines are indented by *indent* spaces."""
    lines = [_escaped(line) for line in text.strip().splitlines()] or [""]
    if len(lines) == 1:
        return Comment(f'"""{lines[0]}"""')
    margin = " " * indent
    body = "\n".join(margin + line if line else "" for line in lines[1:])
    return Comment(f'"""{lines[0]}\n{body}\n{margin}"""')


def comment(text: str) -> Comment:
    """Return *text* as one line of comment: whatever could end the line, a lone CR too, is escaped."""
    return Comment(f"# {_escaped(text)}")


@lru_cache(maxsize=10_000)
def expression(text: str) -> Code:
    """Return source text of a field type as a fragment (ValueError unless it is one expression)."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not an expression") from error
    return Code(text)


def code(template: LiteralString, **parts: Fragment) -> Code:
    """Return *template* with each `{name}` replaced by a fragment; the template is our own text."""
    for name, part in parts.items():
        if not isinstance(part, Fragment):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{name} is {type(part).__name__}, not a fragment")
    pattern, names = _pattern(template)
    return Code(pattern % tuple([parts[name].text for name in names]))


@lru_cache(maxsize=1_000)
def _pattern(template: str) -> tuple[str, tuple[str, ...]]:
    """Return a template as `%` takes it, and the names that stand in braces in it."""
    texts = re.split(r"\{(\w+)\}", template)
    return "%s".join(text.replace("%", "%%") for text in texts[::2]), tuple(texts[1::2])


def joined(parts: Iterable[Fragment], separator: LiteralString = ", ") -> Code:
    """Return *parts* joined by *separator*."""
    return Code(separator.join(part.text for part in parts))


def tuple_of(parts: Iterable[Fragment]) -> Code:
    """Return the tuple of *parts*."""
    items = [part.text for part in parts]
    return Code(f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})")


def _escaped(text: str) -> str:
    """Escape quotes, backslashes and whatever is not plainly printable."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
