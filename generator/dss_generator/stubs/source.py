"""A Python file of the user, read with positions: what it defines and where each statement's line ends."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

from ..file_rules import file_problem
from ..positions import Position
from ..problems import Problem, ProblemsError

ClassBody: TypeAlias = Sequence[ast.stmt]
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Placed: TypeAlias = Function | ast.ClassDef | ast.expr | ast.alias
"""A node that says where it is."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_RAW_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_RAW_BREAK = re.compile(rb"(?:\r\n|\r|\n)\Z")
# Atomic, so that no search for a match takes a CRLF for two ends of line.
_BREAK = r"(?>\r\n|\r|\n)"
_JOINED = rf"(?:[ \t\f]|\\{_BREAK})*"
# What may stand between a statement and the end of its line, where no other statement follows on it.
_REST = re.compile(rf"(?:[ \t\f;]|\\{_BREAK})*(?:#[^\r\n]*)?(?:{_BREAK}|\Z)")
# From the last part of a class's header, or its name, to the colon; then what makes its body a block.
_COLON = re.compile(r"(?:[\s,()\]\\]|#[^\r\n]*)*:")
_BLOCK = re.compile(
    rf"{_JOINED}(?:#[^\r\n]*)?{_BREAK}(?:[ \t\f]*(?:#[^\r\n]*)?{_BREAK})*(?P<indent>[ \t\f]*)"
)
_CLASS_NAME = re.compile(rf"class(?:[ \t\f]|\\{_BREAK})+[^\s(\[:\\#]+")


class HandlerFileError(ProblemsError):
    """Files of handlers that cannot be read as Python, or cannot be edited as they would have to be."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What binds a name in a block: a function, a class, or the name in an assignment or import."""

    name: str
    node: Function | ast.ClassDef | ast.Name | ast.alias


def is_there(path: Path, shown: str) -> bool:
    """Return whether there is a file at *path*, which messages call *shown*.

    Raises HandlerFileError for a link that leads nowhere: a new file would be written where it leads to,
    which may be anywhere.
    """
    if path.is_symlink() and not path.exists():
        message = (
            f"a link to {str(path.readlink())!r}, which is not there: restore that file, or remove the link"
        )
        raise HandlerFileError([file_problem(Position(shown, 1, 1), "handler-file", message)])
    return path.exists()


def read_source(path: Path, shown: str) -> Source:
    """Return the file at *path*, which messages call *shown* (HandlerFileError where it cannot be read)."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HandlerFileError([_unusable(shown, f"it cannot be read: {error.strerror}")]) from error
    return Source(shown, content)


class Source:
    """The bytes of a Python file and where its classes and imports are.

    `lines` are its physical lines as bytes, without a byte order mark, and `text` is all of it decoded.
    Raises HandlerFileError, with the place, for what is no Python.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.bom = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        raw = content.removeprefix(self.bom)
        try:
            self.tree = _parsed(content, path)
            self.encoding = _encoding(raw)
            self.text = raw.decode(self.encoding)
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
            raise HandlerFileError([_no_python(path, error)]) from error
        self.lines = _RAW_LINE.findall(raw)
        self._text_lines: list[str] = _LINE.findall(self.text)
        if len(self.lines) != len(self._text_lines):
            hidden = f"in the encoding {self.encoding} some ends of lines are hidden; save it as UTF-8"
            raise HandlerFileError([_unusable(path, hidden)])
        self._starts = [0, *accumulate(map(len, self._text_lines))]
        self._raw_starts = list(accumulate(map(len, self.lines), initial=len(self.bom)))

    @property
    def plain_text(self) -> str:
        """The text with every end of line as LF, to be shown."""
        return self.text.replace("\r\n", "\n").replace("\r", "\n")

    def classes_named(self, name: str) -> list[ast.ClassDef]:
        """Return the classes of that name at the top level, those in an `if` or `try` included."""
        return [
            node
            for node in unconditional(self.tree.body)
            if isinstance(node, ast.ClassDef) and node.name == name
        ]

    def problem(
        self, node: Placed, rule: str, message: str, *, back: int = 0, severity: str = "error"
    ) -> Problem:
        """Return the problem that a node breaks *rule*, or what stands *back* characters before its end."""
        return file_problem(self.place(node, back), rule, message, severity=severity)

    def place(self, node: Placed, back: int = 0) -> Position:
        """Return the place of a node, or of what stands *back* characters before its end."""
        line, column = node.lineno, node.col_offset
        if back:
            line, column = node.end_lineno or line, node.end_col_offset or column
        return Position(self.path, line, self._offset(line, column) - self._starts[line - 1] - back + 1)

    def place_at(self, offset: int) -> Position:
        """Return the place of the byte at *offset*."""
        line = self.line_at(offset)
        before = self.content[self.start_of(line) : offset].decode(self.encoding, "replace")
        return Position(self.path, line, len(before) + 1)

    def start_of(self, line: int) -> int:
        """Return the offset in the content at which a line begins; one past the last is the end."""
        return self._raw_starts[line - 1]

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the byte at *offset*."""
        return bisect_right(self._raw_starts, offset)

    def break_before(self, line: int) -> bytes:
        """Return the line end to use for text inserted before *line*: that of the line above it.

        Another one could join with it, or with that of the line below, to a single CRLF.
        """
        above, below = self.lines[: line - 1][::-1], self.lines[line - 1 :]
        found = (_RAW_BREAK.search(text) for text in (*above, *below))
        return next((each[0] for each in found if each is not None), b"\n")

    def line_after(self, body: ClassBody, at: int) -> int:
        """Return the number of the first line that begins after the statement number *at* of a block.

        Statements that follow on the same line, and lines joined by a backslash, are passed over.
        """
        for statement in body[at:]:
            end = self._offset(statement.end_lineno or 0, statement.end_col_offset or 0)
            rest = _REST.match(self.text, end)
            if rest is not None:
                return bisect_right(self._starts, rest.end())
        raise AssertionError(f"a statement of {self.path} has no end")

    def comments_after(self, line: int, indent: str) -> int:
        """Return the line after the comments from *line* on that are indented by *indent*."""
        end = line
        for number, text in enumerate(self._text_lines[line - 1 :], start=line):
            if text.lstrip(" \t").startswith("#") and text.startswith(indent):
                end = number + 1
            elif text.strip(" \t\f\r\n"):
                break
        return end

    def indentation(self, node: ast.ClassDef) -> str | None:
        """Return the blanks that each statement of a class begins with; None for a class on one line."""
        parts = [*node.bases, *node.keywords, *getattr(node, "type_params", ())]
        places = [self._offset(part.end_lineno or 0, part.end_col_offset or 0) for part in parts]
        name = _CLASS_NAME.match(self.text, self._offset(node.lineno, node.col_offset))
        colon = _COLON.match(self.text, max([name.end() if name else 0, *places]))
        block = _BLOCK.match(self.text, colon.end()) if colon is not None else None
        # A form feed sets the column back to 0: only what follows it counts.
        return block["indent"].rpartition("\f")[2] if block is not None else None

    def first_code(self) -> int:
        """Return the number of the first line that is no comment: an encoding line or `#!` stays on top."""
        for number, text in enumerate(self._text_lines, start=1):
            if text.strip(" \t\f\r\n") and not text.lstrip(" \t\f").startswith("#"):
                return number
        return len(self.lines) + 1

    def raw_offset(self, line: int, column: int) -> int:
        """Return the offset in the content of a place as `ast` gives it: *column* counts UTF-8 bytes.

        Exact where encoding the text before it gives the bytes that stand there, as the caller checks.
        """
        before = self._text_lines[line - 1].encode()[:column].decode()
        return self.start_of(line) + len(before.encode(self.encoding, "replace"))

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._text_lines[line - 1].encode()[:column].decode())


def definitions(body: Iterable[ast.stmt], *, at_run_time: bool = False) -> dict[str, list[Definition]]:
    """Return what the statements of a block bind, by name, in the order of the file.

    With *at_run_time*, what only type checkers see is left out.
    """
    found: dict[str, list[Definition]] = {}
    for statement in unconditional(body, at_run_time=at_run_time):
        for each in _bound(statement):
            found.setdefault(each.name, []).append(each)
    return found


def unconditional(body: Iterable[ast.stmt], *, at_run_time: bool = False) -> Iterator[ast.stmt]:
    """Yield the statements of *body*, and in place of an `if`, `try` or `with` those that stand in it."""
    stack: list[ast.AST] = [*reversed([*body])]
    while stack:
        node = stack.pop()
        inner: list[ast.AST] = []
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            unseen = at_run_time and isinstance(node, ast.If) and _is_for_checkers(node.test)
            parts = ("handlers", "orelse", "finalbody", "cases")
            for part in parts if unseen else ("body", *parts):
                inner += getattr(node, part, ())
        if inner:
            stack += reversed(inner)
        elif isinstance(node, ast.stmt) and not isinstance(node, ast.If):
            yield node


def _is_for_checkers(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))


def _bound(statement: ast.stmt) -> Iterator[Definition]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield Definition(statement.name, statement)
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield Definition(alias.asname or alias.name, alias)
    elif isinstance(statement, ast.Assign) or (isinstance(statement, ast.AnnAssign) and statement.value):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield Definition(node.id, node)


def _encoding(raw: bytes) -> str:
    # Python turns every end of line into LF before it looks for an encoding declaration.
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return tokenize.detect_encoding(io.BytesIO(plain).readline)[0]


def _parsed(content: bytes, path: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an escape that some day is none is not for us to report
        return ast.parse(content, path)


def _no_python(path: str, error: Exception) -> Problem:
    """Return what Python says of a file that is none."""
    line, column, message = 1, 1, str(error)
    if isinstance(error, SyntaxError):
        line, column, message = error.lineno or 1, max(error.offset or 1, 1), error.msg
    elif isinstance(error, (RecursionError, MemoryError)):
        message = "it is nested too deeply"
    return _unusable(path, f"no valid Python: {message}; mend it first", line, column)


def _unusable(path: str, message: str, line: int = 1, column: int = 1) -> Problem:
    return file_problem(Position(path, line, column), "handler-file", message)
