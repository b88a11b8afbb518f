"""What of a project is out of step with its schema: a line for each thing, with its place and what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import zip_longest

from .file_rules import file_problem
from .headers import header_and_body, intact
from .positions import Position
from .problems import Problem, shown
from .stubs.source import Source, definitions, unconditional

_WIDTH = 72
"""How much of a line is shown."""


def foreign_file(path: str, command: str = "the generator") -> Problem:
    """Return the problem of what stands where a file of *command* belongs, and is none."""
    return _problem(path, "foreign-file", f"not written by {command}; move it away first")


def generated_file(path: str, present: str | None, wanted: str, *, foreign: bool, instead: str) -> Problem:
    """Return the problem of a generated file whose text should be *wanted* and is *present*.

    It may be absent (None), or *foreign*: not written by the generator. Otherwise the hash in its header
    tells whether somebody edited it or the schema changed since it was written; *instead* is what to edit.
    """
    if foreign:
        return foreign_file(path)
    if present is None:
        return _problem(path, "missing-file", "no such file: run `dss generate`, which writes it")
    if present.replace("\r\n", "\n").replace("\r", "\n") == wanted:
        message = (
            "only its line ends differ from what was written: have them left alone "
            "(by git: `generated/** text eol=lf` in .gitattributes) and run `dss generate`"
        )
        return _problem(path, "edited-file", message)
    line, column, difference = _first_difference(present, wanted)
    if intact(present):
        message = f"not what the schema gives today: {difference}; run `dss generate`"
        return _problem(path, "stale-file", message, line, column)
    message = f"edited by hand: {difference}; `dss generate` undoes it: edit {instead} instead"
    return _problem(path, "edited-file", message, line, column)


def json_schema_file(path: str, *, exists: bool, foreign: bool) -> Problem:
    """Return the problem of the file that tells editors the language, where it is absent or out of date."""
    if foreign:
        return foreign_file(path)
    if not exists:
        return _problem(path, "missing-file", "no such file: run `dss generate`, which writes it")
    message = "not the language as this version and the installed packages have it: run `dss generate`"
    return _problem(path, "stale-file", message)


def obsolete_file(path: str, present: str) -> Problem:
    """Return the problem of a generated file, with the text *present*, that the schema does not ask for."""
    message = "the schema no longer asks for this file: run `dss generate`, which removes it"
    if not intact(present):
        message += "; it was edited by hand: save what you need of it first"
    return _problem(path, "obsolete-file", message)


def missing_handler_file(path: str, classes: Iterable[str]) -> Problem:
    """Return the problem of a file that the folder of handlers lacks, with the names of its *classes*."""
    names = " and ".join(classes)
    which = f"no such file, with {names}" if names else "no such file"
    return _problem(path, "missing-handler-file", f"{which}: restore it, or run `dss generate` for a new one")


def missing_handlers(
    present: Source, wanted: Source, renamed: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    """Yield a problem for each class and method that *present*, a file of handlers, lacks.

    They are what *wanted*, the file as a run would leave it, has more. What only has its name of before is
    there: *renamed* are the names of before and of today, by the class of today, "" for classes.
    """
    before = {today: old for old, today in renamed.get("", {}).items()}
    for name in _class_names(wanted):
        nodes, there = wanted.classes_named(name), present.classes_named(before.get(name, name))
        if not there:
            yield _missing_class(nodes[-1], present)
        today = renamed.get(name, {})
        for node, held in zip(nodes, there, strict=False):
            has = {today.get(each, each) for each in definitions(held.body)}
            for method in definitions(node.body):
                if method not in has:
                    todo = "run `dss generate`, which inserts it, and fill it in"
                    yield present.problem(held, "missing-handler", f"{name} has no {method}: {todo}")


def _missing_class(node: ast.ClassDef, present: Source) -> Problem:
    message = f"no class {node.name}: run `dss generate`, which adds one"
    return _problem(present.path, "missing-handler-class", message)


def _class_names(source: Source) -> list[str]:
    """Return the names of the classes at the top level, once each, in the order of the file."""
    nodes = unconditional(source.tree.body)
    return list(dict.fromkeys(node.name for node in nodes if isinstance(node, ast.ClassDef)))


def _first_difference(present: str, wanted: str) -> tuple[int, int, str]:
    """Return line and column of the first difference in *present*, and a text that shows it.

    The header is looked at last: its hash differs whenever anything does.
    """
    header, body = header_and_body(present)
    wanted_header, wanted_body = header_and_body(wanted)
    if body == wanted_body:
        return _first_line(header, wanted_header)
    line, column, difference = _first_line(body, wanted_body)
    return line + header.count("\n"), column, difference


def _first_line(present: str, wanted: str) -> tuple[int, int, str]:
    lines = zip_longest(_LINE.findall(present), _LINE.findall(wanted))
    number, found, due = next((at, *pair) for at, pair in enumerate(lines, start=1) if pair[0] != pair[1])
    if found is None or due is None:
        expected, is_there = (_around(line, 0) if line else "the end of the file" for line in (due, found))
        return number, 1, f"expected {expected}, found {is_there}"
    column = _first_character(found, due)
    cut = shown if found.strip() == due.strip() else partial(_around, column=column)
    return number, column + 1, f"expected {cut(due)}, found {cut(found)}"


def _first_character(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
"""A line as an editor counts them: `str.splitlines` knows more ends than one."""


def _around(line: str, column: int) -> str:
    """Return *line* quoted, without its indentation; of a long one, what is around *column*."""
    text = line.strip()
    start = max(0, min(column - line.index(text) - _WIDTH // 3, len(text) - _WIDTH))
    end = start + _WIDTH
    return repr(f"{'...' * (start > 0)}{text[start:end]}{'...' * (end < len(text))}")


def _problem(path: str, rule: str, message: str, line: int = 1, column: int = 1) -> Problem:
    return file_problem(Position(path, line, column), rule, message)
