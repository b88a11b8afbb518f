"""How values and names are written in the kinds of files that are not Python: each as a fragment.

Whatever a text holds, its literal is one literal, on one line. What has none is a TypeError or a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from ..code.fragments import Code

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_literal(value: object) -> Code:
    """Return *value* as JSON, which is JavaScript too; a tuple is an array."""
    return Code(_data(value, {None: "null", True: "true", False: "false"}, _as_surrogates))


def yaml_literal(value: object) -> Code:
    """Return *value* as YAML in one line; a tuple is a flow sequence."""
    return Code(_data(value, {None: "null", True: "true", False: "false"}, _as_one))


def toml_literal(value: object) -> Code:
    """Return *value* as TOML, which has nothing for None; a tuple is an array."""
    return Code(_data(value, {True: "true", False: "false"}, _as_one))


def _data(value: object, words: Mapping[object, str], escape: Callable[[int], str]) -> str:
    if isinstance(value, str):
        return '"' + "".join(_SHORT.get(each) or _shown(each, escape) for each in value) + '"'
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return f"[{', '.join(_data(each, words, escape) for each in items)}]"
    return _plain(value, words)


def _plain(value: object, words: Mapping[object, str]) -> str:
    """Return the text of what is no text and no tuple: True is not 1 here."""
    if value is None or isinstance(value, bool):
        if value in words:
            return words[value]
    elif isinstance(value, int) or (isinstance(value, float) and value - value == 0):
        return repr(value)
    raise TypeError(f"{'None' if value is None else repr(value)} has no literal in this kind of file")


def _shown(character: str, escape: Callable[[int], str]) -> str:
    return character if character.isprintable() else escape(ord(character))


def _as_one(point: int) -> str:
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def _as_surrogates(point: int) -> str:
    if point <= 0xFFFF:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def sql_literal(value: object) -> Code:
    """Return *value* as standard SQL; a tuple is a list in parentheses.

    A backslash means one thing to MySQL and another to the standard, and a line break may end a statement for
    some tools, so a text with either has no literal.
    """
    if isinstance(value, str):
        return Code("'" + _sql_text(value).replace("'", "''") + "'")
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        if not items:
            raise ValueError("SQL has no empty list")
        return Code(f"({', '.join(sql_literal(each).text for each in items)})")
    return Code(_plain(value, {None: "NULL", True: "TRUE", False: "FALSE"}))


def sql_name(name: str) -> Code:
    """Return *name* as a quoted identifier of standard SQL, so that it may be a keyword."""
    if not name:
        raise ValueError("an empty text is no name")
    return Code('"' + _sql_text(name).replace('"', '""') + '"')


def _sql_text(text: str) -> str:
    if "\\" in text or not text.isprintable():
        raise ValueError(
            f"{text!r} has no literal that all databases read alike: leave it out, or replace it"
        )
    return text


def markdown_text(text: str) -> Code:
    """Return *text* as prose of Markdown, on one line: nothing in it is markup, wherever it stands."""
    line = re.sub(r"([\\`*_\[\]{}|~#$!])", r"\\\1", _one_line(text))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Code(re.sub(r"^(\d*)(?=[-+=.)])", r"\1\\", line))


def markdown_code(text: str) -> Code:
    """Return *text* as a code span of Markdown; a bar in it is escaped as tables want it."""
    line = _one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return Code(f"{fence}{pad}{line}{pad}{fence}")


def _one_line(text: str) -> str:
    """Return *text* with one blank for each run of blanks and of what does not show."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
