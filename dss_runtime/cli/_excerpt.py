"""The line that a message is about, with a caret below it: for people at a terminal.

Every problem of a schema or a handler file is one line, `file:line:column: error: …`, whoever found it. On a
terminal the line of the file follows it. In a pipe or a file there is nothing but the messages, so that other
programs find one problem a line.
"""

from __future__ import annotations

import contextlib
import io
import re
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rich.cells import cell_len

from dss_runtime.cli._terminal import Terminal, visible

LARGEST = 4 << 20
"""The largest file, in bytes, that a line is shown of."""

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): ")
# What is underlined: a text in quotes, or a word; one character where neither begins.
_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,:;(){}\[\]\"'#=]+")
_CUT = "…"
_TAB = "    "


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as it is shown, and where the caret stands: cells before it, and cells that it underlines."""

    text: str
    before: int
    under: int


def show(terminal: Terminal, message: str, style: str, folder: Path | None) -> None:
    """Print *message*; on a terminal, each line of it that names a place is followed by what stands there.

    Its files are relative to *folder*, and only files below that are shown; none is where it is None.
    """
    if folder is None or not terminal.interactive:
        terminal.line(message, style)
        return
    for text in message.split("\n"):
        terminal.line(text, style)
        place = _PLACE.match(text)
        line = _line(folder, place["file"], int(place["line"])) if place is not None else None
        if place is None or line is None:
            continue
        number, margin = place["line"], " " * len(place["line"])
        width = max(terminal.console.width - len(number) - 4, 20)
        found = excerpt(line, int(place["column"]), width, terminal.mask)
        terminal.line(f" {number} | {found.text}")
        terminal.line(f" {margin} | {' ' * found.before}{'^' * found.under}", style)


def excerpt(line: str, column: int, width: int, mask: Callable[[str], str] = str) -> Excerpt:
    """Return *line* as at most *width* cells show it, with the caret at *column*, counted from 1.

    Tabs are four blanks, other controls their escapes, and *mask* hides secrets before anything is measured.
    A line that is too long is cut around the caret.

    >>> excerpt("  grade: intt", 10, 40)
    Excerpt(text='  grade: intt', before=9, under=4)
    """
    masked, before = mask(line), mask(line[: column - 1])
    # The column may lie within a secret: then the caret stands at what is shown instead.
    pairs = enumerate(zip(masked, before, strict=False))
    start = next((at for at, (one, other) in pairs if one != other), min(len(masked), len(before)))
    token = _TOKEN.match(masked, start)
    end = token.end() if token is not None else start + 1
    left = [_shown(each) for each in masked[max(0, start - width) : start]]
    right = [_shown(each) for each in masked[start : start + width]]
    under = right[: end - start]
    cut_left, cut_right = start > len(left), start + len(right) < len(masked)
    if cut_left or cut_right or _cells(left) + _cells(right) > width:
        # At least half of the line is for what the caret is at, where there is so much.
        room = width - min(_cells(right), width // 2) - len(_CUT)
        while left and _cells(left) > room:
            del left[0]
            cut_left = True
        room = width - _cells(left) - len(_CUT) * cut_left
        while right and _cells(right) > room - len(_CUT) * cut_right:
            del right[-1]
            cut_right = True
    left = [_CUT, *left] if cut_left else left
    under = under[: len(right)]
    return Excerpt("".join([*left, *right, _CUT if cut_right else ""]), _cells(left), max(1, _cells(under)))


def _cells(parts: list[str]) -> int:
    return cell_len("".join(parts))


def _shown(character: str) -> str:
    return _TAB if character == "\t" else visible(character)


def _line(folder: Path, name: str, number: int) -> str | None:
    """Return a line of a file below *folder*; None where there is no such file or line."""
    path = (folder / name).resolve()
    try:
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return None
        status = path.stat()
        lines = _lines(path, status.st_mtime_ns, status.st_size) if status.st_size <= LARGEST else ()
    except OSError:
        return None
    return lines[number - 1] if number <= len(lines) else None


@lru_cache(maxsize=4)
def _lines(path: Path, _changed: int, _size: int) -> tuple[str, ...]:
    """Return the lines of a file, which may have many problems, as Python and YAML count them."""
    content = re.sub(rb"\r\n?", b"\n", path.read_bytes())
    encoding = "utf-8-sig"
    if path.suffix == ".py":
        with contextlib.suppress(SyntaxError):  # which is what the message will be about
            encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    return tuple(content.decode(encoding, "replace").split("\n"))
