"""A file of the user: read with positions, added to without touching anything else."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..problems import GeneratorError
from .expected import Method, StubClass
from .text import class_imports, class_text, method_text


class HandlerFileError(GeneratorError):
    """A file of handlers cannot be read as Python, or has no room for a stub."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text to insert before the line number *line* (counted from 1; one past the last appends).

    `what` is the name of the class or method, or "imports"; `owner` the class of a method.
    """

    line: int
    text: str
    what: str
    owner: str = ""


class Source:
    """The bytes of a Python file and where its classes and imports are."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        try:
            self.encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            self.tree = ast.parse(content, path)
        except (SyntaxError, ValueError, UnicodeError) as error:
            line = getattr(error, "lineno", None) or 1
            raise HandlerFileError(
                f"{path}:{line}:1: error: no valid Python: {error}; mend it first"
            ) from error
        self.top_level = list(unconditional(self.tree.body))
        self.bom = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        self.lines = _physical_lines(content.removeprefix(self.bom))
        self.newline = (
            b"\r\n" if sum(line.endswith(b"\r\n") for line in self.lines) * 2 > len(self.lines) else b"\n"
        )

    def class_named(self, name: str) -> ast.ClassDef | None:
        """Return the class of that name at the top level, None when there is none."""
        return next(
            (node for node in self.top_level if isinstance(node, ast.ClassDef) and node.name == name), None
        )

    def line_of(self, owner: str, name: str) -> int:
        """Return the line of the class *name*, or of the method *name* of the class *owner*."""
        node = self.class_named(owner) if owner else None
        body = self.top_level if node is None else unconditional(node.body)
        return next(each.lineno for each in body if getattr(each, "name", "") == name)

    def bound_names(self) -> dict[str, str]:
        """Return what the imports of the file bind: each name and where it is from."""
        found: dict[str, str] = {}
        for node in self.top_level:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{'.' * node.level}{node.module or ''}:{alias.name}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name] = alias.name
        return found

    def missing(self, stub: StubClass) -> list[Method]:
        """Return the required methods that the class lacks."""
        node = self.class_named(stub.name)
        if node is None:
            return []
        defined = {name for statement in unconditional(node.body) for name in _defined(statement)}
        return [method for method in stub.methods if method.required and method.name not in defined]

    def insertions(self, stub: StubClass) -> list[Insertion]:
        """Return what has to be inserted for *stub*: the class, or the methods that it lacks, and imports."""
        node = self.class_named(stub.name)
        if node is None:
            end = len(self.lines) + 1
            text = "\n\n" + class_text(stub) + "\n"
            return [*self._imports(class_imports(stub)), Insertion(end, text, stub.name)]
        missing = self.missing(stub)
        if not missing:
            return []
        indent = self._indent(node)
        line = self._end(node, indent)
        found = [
            Insertion(line, "\n" + method_text(method, indent) + "\n", method.name, stub.name)
            for method in missing
        ]
        needed = [
            "from dss_runtime import override",
            *(line for method in missing for line in method.imports),
        ]
        return [*self._imports(needed), *found]

    def with_insertions(self, insertions: Iterable[Insertion]) -> bytes:
        """Return the bytes with the texts inserted and every other byte as it was."""
        by_line: dict[int, list[Insertion]] = {}
        for each in insertions:
            by_line.setdefault(each.line, []).append(each)
        encoding = self.encoding.removesuffix("-sig")
        result: list[bytes] = [self.bom]
        for number, line in enumerate([*self.lines, b""], start=1):
            for each in by_line.get(number, []):
                if number > 1 and not result[-1].endswith((b"\n", b"\r")):
                    result.append(self.newline)
                text = each.text.encode(encoding, "backslashreplace")  # only literals hold what is not ASCII
                result.append(text.replace(b"\n", self.newline))
            result.append(line)
        return b"".join(result)

    def _imports(self, statements: Iterable[str]) -> list[Insertion]:
        bound = self.bound_names()
        missing = [line for line in dict.fromkeys(statements) if line.split()[-1] not in bound]
        if not missing:
            return []
        return [Insertion(self._after_imports(), "\n".join(missing) + "\n", "imports")]

    def _after_imports(self) -> int:
        """The line after the last plain import before any class, or after the docstring, or the first."""
        last = 0
        for at, node in enumerate(self.tree.body):
            if isinstance(node, ast.ClassDef):
                break
            is_doc = at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if is_doc or isinstance(node, (ast.Import, ast.ImportFrom)):
                last = node.end_lineno or node.lineno
        return last + 1 if last else self._first_line()

    def _first_line(self) -> int:
        """The first line that is no comment: an encoding declaration or `#!` stays on top."""
        for number, line in enumerate(self.lines, start=1):
            if line.strip() and not line.lstrip().startswith(b"#"):
                return number
        return len(self.lines) + 1

    def _end(self, node: ast.ClassDef, indent: str) -> int:
        """The line after the class and after the comments at its end that are indented like its body."""
        line = end = node.body[-1].end_lineno or node.body[-1].lineno
        for text in self.lines[end:]:
            line += 1
            if text.lstrip(b" \t").startswith(b"#") and text.startswith(indent.encode()):
                end = line
            elif text.strip():
                break
        return end + 1

    def _indent(self, node: ast.ClassDef) -> str:
        first = node.body[0]
        decorators: list[ast.expr] = getattr(first, "decorator_list", [])
        line = min([first.lineno, *(each.lineno for each in decorators)])
        if line == node.lineno or first.lineno == node.lineno:
            raise HandlerFileError(
                f"{self.path}:{node.lineno}:1: error: class {node.name} stands on one line, "
                f"so that no stub fits in; put its body on lines of its own"
            )
        text = self.lines[line - 1]
        blank = text[: len(text) - len(text.lstrip(b" \t\f"))]
        return blank.replace(b"\f", b"").decode("ascii")


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a statement of a class body defines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def unconditional(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of *body*, and those that stand in an `if` or a `try` of it in its place."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from unconditional([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            handlers = [each for handler in statement.handlers for each in handler.body]
            yield from unconditional([*statement.body, *handlers, *statement.orelse, *statement.finalbody])
        else:
            yield statement


def _physical_lines(content: bytes) -> list[bytes]:
    """Return the lines as Python's tokenizer counts them: CR, LF and CRLF end one, a form feed does not."""
    return content.splitlines(keepends=True)
