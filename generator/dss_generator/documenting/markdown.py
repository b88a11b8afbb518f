"""Pieces of Markdown (GitHub's, which GitLab reads too): whatever a text holds, it is shown as it is.

A line break or tab in a text becomes a space, for a table's cell has one line; nothing else is lost.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence

_white = re.compile(r"[ \t\r\n]+")
_special = re.compile(r"[\\`*_{}\[\]~$!]")
_entity = re.compile(r"[&<>|]")
_begins = re.compile(r"(\d{1,9})([.)])|[#+=:-]")
_backticks = re.compile(r"`+")


def plain(text: str) -> str:
    """Return Markdown that shows *text*."""
    shown = _entity.sub(_reference, _special.sub(r"\\\g<0>", _white.sub(" ", text).strip(" ")))
    shown = "".join(each if each.isascii() or not each.isspace() else _reference_to(each) for each in shown)
    begins = _begins.match(shown)
    if begins is None:
        return shown
    return f"{begins[1] or ''}\\{shown[len(begins[1] or '') :]}"


def code(text: str) -> str:
    """Return Markdown that shows *text* as code; quoted where its ends could not be seen."""
    if not text or not text.isprintable() or text != text.strip() or text.startswith('"'):
        text = json.dumps(text, ensure_ascii=False)
        text = "".join(each if each.isprintable() else _escape(each) for each in text)
    if "|" in text and ("\\" in text or "`" in text):
        # Readers of Markdown do not agree on a backslash before the bar that ends a cell.
        escaped = "".join(
            _reference_to(each) if each in "\\`|*_[]~$!{}:" else each for each in html.escape(text)
        )
        return f"<code>{escaped}</code>"
    fence = "`" * (max((len(each) for each in _backticks.findall(text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|')}{pad}{fence}"


def link(shown: str, target: str) -> str:
    """Return a link: *shown* is Markdown, *target* made of names, `/`, `.` and `#`."""
    return f"[{shown}]({target})"


def block(text: str, language: str) -> str:
    """Return *text* as a fenced block."""
    longest = max((len(each) for each in _backticks.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown; columns that no row fills are left out."""
    cells = [list(row) for row in rows]
    kept = [at for at in range(len(heads)) if at == 0 or any(row[at] for row in cells)]
    lines = [[heads[at] for at in kept], *([row[at] for at in kept] for row in cells)]
    shown = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([shown[0], "|" + "---|" * len(kept), *shown[1:]])


def _reference(found: re.Match[str]) -> str:
    return _reference_to(found[0])


def _reference_to(character: str) -> str:
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    return named.get(character, f"&#{ord(character)};")


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]
