"""A problem as the JSON objects of the commands hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dss_runtime.cli._json import Json

if TYPE_CHECKING:
    from dss_generator import Problem
    from dss_generator.positions import Position


def problem_json(problem: Problem) -> dict[str, Json]:
    """Return a problem: `file`, `line`, `column`, `severity`, `message` and `rule`; nothing is masked yet."""
    return {
        **place_json(problem.position),
        "severity": problem.severity,
        "message": problem.message,
        "rule": problem.rule,
    }


def place_json(position: Position) -> dict[str, Json]:
    """Return a place: `file`, and `line` and `column`, both from 1."""
    return {"file": position.file, "line": position.line, "column": position.column}
