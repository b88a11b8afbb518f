"""What of a project is out of step with its schema: a line for each thing, with its place and what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import zip_longest

from .positions import Position
from .problems import Problem, did_you_mean, shown
from .rendering import header_and_body, intact
from .stubs.expected import StubClass, StubFile
from .stubs.source import Source
from .stubs.stale import stale_handlers

RULES: dict[str, str] = {
    "missing-file": "Every file that the schema asks for is in the generated package.",
    "stale-file": "A generated file is what the schema gives today.",
    "edited-file": "A generated file is as the generator wrote it: nobody edits it.",
    "obsolete-file": "A generated file that the schema no longer asks for is gone.",
    "foreign-file": "No file of another origin has the name of a generated one.",
    "missing-handler-file": "Every file of handlers that the generated wiring imports is there.",
    "missing-handler-class": "A file of handlers holds the classes that the generated wiring imports.",
    "missing-handler": "A class of handlers has every method that the project has to write.",
    "stale-handler": "A class of handlers has no method that handles nothing in the schema.",
}
"""The rules that a project's files can break: the id in brackets at the end of a message, and the rule."""

_WIDTH = 72
"""How much of a line is shown."""


def generated_file(path: str, present: str | None, wanted: str, *, foreign: bool) -> Problem:
    """Return the problem of a generated file whose text should be *wanted* and is *present*.

    It may be absent (None), or *foreign*: not written by the generator. Otherwise the hash in its header
    tells whether somebody edited it or the schema changed since it was written.
    """
    if foreign:
        return _problem(path, "foreign-file", "not written by the generator; move it away first")
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
    message = f"edited by hand: {difference}; `dss generate` undoes it: edit the schema or a handler instead"
    return _problem(path, "edited-file", message, line, column)


def obsolete_file(path: str, present: str) -> Problem:
    """Return the problem of a generated file, with the text *present*, that the schema does not ask for."""
    message = "the schema no longer asks for this file: run `dss generate`, which removes it"
    if not intact(present):
        message += "; it was edited by hand: save what you need of it first"
    return _problem(path, "obsolete-file", message)


def missing_handler_file(path: str, classes: Iterable[StubClass] = ()) -> Problem:
    """Return the problem of a file, with these *classes*, that the folder of handlers lacks."""
    names = " and ".join(each.name for each in classes)
    which = f"no such file, with {names}" if names else "no such file"
    return _problem(path, "missing-handler-file", f"{which}: restore it, or run `dss generate` for a new one")


def handlers(source: Source, stub: StubFile, renames: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what *source* lacks of *stub*, and what it holds that nothing calls.

    *renames* gives what a handler was called before, by its name of today.
    """
    for each in stub.classes:
        node = source.class_named(each.name)
        if node is None:
            yield _missing_class(source, each)
            continue
        place = (node.lineno, node.col_offset + 1)
        for method in source.missing(each):
            message = (
                f"{each.name} has no {method.name}: run `dss generate`, which inserts it, and fill it in"
            )
            yield _problem(source.path, "missing-handler", message, *place)
    for each in stub.classes:
        yield from stale_handlers(source, each, renames)


def _missing_class(source: Source, stub: StubClass) -> Problem:
    hint = did_you_mean(stub.name, (each.name for each in source.top_level if isinstance(each, ast.ClassDef)))
    todo = f"{hint} Rename that, or run" if hint else ": run"
    message = f"no class {stub.name}{todo} `dss generate`, which adds one"
    return _problem(source.path, "missing-handler-class", message)


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
        end = "the end of the file"
        return (
            number,
            1,
            f"expected {_around(due, 0) if due else end}, found {_around(found, 0) if found else end}",
        )
    column = next(at for at, pair in enumerate(zip_longest(found, due)) if pair[0] != pair[1])
    cut = shown if found.strip() == due.strip() else partial(_around, column=column)
    return number, column + 1, f"expected {cut(due)}, found {cut(found)}"


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
"""A line as an editor counts them: `str.splitlines` knows more ends than one."""


def _around(line: str, column: int) -> str:
    """Return *line* quoted, without its indentation; of a long one, what is around *column*."""
    text = line.strip()
    start = max(0, min(column - line.index(text) - _WIDTH // 3, len(text) - _WIDTH))
    end = start + _WIDTH
    return repr(f"{'...' * (start > 0)}{text[start:end]}{'...' * (end < len(text))}")


def _problem(path: str, rule: str, message: str, line: int = 1, column: int = 1) -> Problem:
    return Problem(Position(path, line, column), message, rule)
