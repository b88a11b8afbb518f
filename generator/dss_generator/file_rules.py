"""The rules that a project's files can break, beside those of its schema; the reference lists them."""

from __future__ import annotations

from .positions import Position
from .problems import Problem

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
    "renamed-handler": "What the schema renamed has its new name in the files of handlers.",
    "renamed-use": "Handlers call each other by the names that they have today.",
    "rename-refused": "What is to be renamed can be: there is one of it, and its new name is free.",
    "changed-hands": "Whether a handler is the one of before is known where its name changed hands.",
    "handler-file": "A file of handlers can be read as Python, and has room for what it lacks.",
}
"""The rules that a project's files can break: the id in brackets at the end of a message, and the rule."""


def file_problem(position: Position, rule: str, message: str, *, severity: str = "error") -> Problem:
    """Return the problem that a project's file breaks *rule* at *position* (KeyError: no such rule)."""
    if rule not in RULES:
        raise KeyError(rule)
    return Problem(position, message, rule, severity)
