"""Edits of a file's bytes, and the proof that they changed nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from ..file_rules import file_problem
from ..positions import Position
from .source import Definition, HandlerFileError, Source

_BLANKS = rb"(?:[ \t\f]|\\(?:\r\n|\r|\n))+"
_KEYWORDS = re.compile(rb"(?:async" + _BLANKS + rb")?(?:def|class)" + _BLANKS)
_NAME = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from *start* to *end* become *content*; where both are the same, it is inserted.

    `whole_lines` says that the insertion is lines of its own.
    """

    start: int
    end: int
    content: bytes
    whole_lines: bool = False


def insertions(source: Source, texts: Iterable[tuple[int, str]]) -> list[Edit]:
    """Return the edits that insert whole lines, which end in LF, each before the line of that number.

    They end as the lines around them do. One past the last line appends: where that line is not at its end,
    it gets one first.
    """
    found: list[Edit] = []
    # After a backslash, Python takes the end of a file for that of the line, where lines end in CRLF.
    last = source.lines[-1] if source.lines else b"\n"
    is_whole = last.endswith((b"\r", b"\n")) and not last.rstrip(b"\r\n").endswith(b"\\")
    for line, text in texts:
        at, ending = source.start_of(line), source.break_before(line)
        if not is_whole and line > len(source.lines):
            found.append(Edit(at, at, ending))
            is_whole = True
        # Names are ASCII: only literals hold what an encoding may not have.
        raw = text.encode(source.encoding, "backslashreplace").replace(b"\n", ending)
        found.append(Edit(at, at, raw, whole_lines=True))
    return found


def replacement(source: Source, definition: Definition, new: str) -> Edit | None:
    """Return the edit that puts *new* in place of the name in a definition.

    None where the definition is an import, or where the file spells the name otherwise: Python takes letters
    that look different (NFKC) for the same, and their bytes are not those of the name.
    """
    node, old = definition.node, definition.name.encode()
    if isinstance(node, ast.alias):
        return None
    at = source.raw_offset(node.lineno, node.col_offset)
    if not isinstance(node, ast.Name):
        keywords = _KEYWORDS.match(source.content, at)
        at = keywords.end() if keywords is not None else at
    found = _NAME.match(source.content, at)
    return Edit(at, at + len(old), new.encode()) if found is not None and found[0] == old else None


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Return *content* with the edits made; those at one place come in their order."""
    parts: list[bytes] = []
    last = 0
    for edit in in_order(edits):
        parts += [content[last : edit.start], edit.content]
        last = edit.end
    return b"".join([*parts, content[last:]])


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits from the top of the file down."""
    return sorted(edits, key=lambda edit: edit.start)


def moved(edits: Iterable[Edit]) -> Iterator[tuple[Edit, int]]:
    """Yield each edit, from the top down, and the offset of its content in the edited file."""
    shift = 0
    for edit in in_order(edits):
        yield edit, edit.start + shift
        shift += len(edit.content) - (edit.end - edit.start)


def proven(
    before: Source, edits: Sequence[Edit], renamed: Mapping[tuple[int, int], str]
) -> tuple[Source, list[ast.stmt]]:
    """Return the edited file and the statements that came in, having shown that the rest is the same program.

    *renamed* holds the new names, by the places of what had the old ones. Raises HandlerFileError, so that
    nothing is written, where the two programs differ in anything else: no file is known for which they do.
    """
    message = (
        "an edit would change more of the program than it should; nothing was written; "
        "please report it with the file"
    )
    wrong = HandlerFileError([file_problem(Position(before.path, 1, 1), "handler-file", message)])
    try:
        after = Source(before.path, edited(before.content, edits))
    except HandlerFileError as error:
        raise wrong from error
    lines = [
        range(after.line_at(start), after.line_at(start + len(edit.content)))
        for edit, start in moved(edits)
        if edit.whole_lines
    ]
    found: list[ast.stmt] = []

    def came_in(node: ast.AST) -> bool:
        if not isinstance(node, ast.stmt) or not any(node.lineno in each for each in lines):
            return False
        found.append(node)
        return True

    old, new = _shape(before.tree, renamed, lambda _: False), _shape(after.tree, {}, came_in)
    same = all(one == other for one, other in zip_longest(old, new))
    if not same or (before.encoding, before.bom) != (after.encoding, after.bom):
        raise wrong
    return after, sorted(found, key=lambda node: node.lineno)


def _shape(
    tree: ast.AST, names: Mapping[tuple[int, int], str], left_out: Callable[[ast.AST], bool]
) -> Iterator[object]:
    """Yield what a program consists of, its places apart; no recursion, since programs may be deep."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.AST):
            yield type(node)
            fields = dict(ast.iter_fields(node))
            for key in ("name", "id"):
                if key in fields and isinstance(node, (ast.stmt, ast.expr)):
                    fields[key] = names.get((node.lineno, node.col_offset), fields[key])
            stack += fields.values()
        elif isinstance(node, list):
            kept = [each for each in cast("list[object]", node) if not _is(each, left_out)]
            yield len(kept)
            stack += kept
        else:
            yield type(node), node


def _is(node: object, left_out: Callable[[ast.AST], bool]) -> bool:
    return isinstance(node, ast.AST) and left_out(node)
