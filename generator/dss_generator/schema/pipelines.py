"""Pipelines: ``{template} | step | step(arguments)``, parsed; what the names mean is decided elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import fieldtypes
from ..problems import did_you_mean, shown
from .nodes import ScalarNode
from .resolved import Step
from .text_scanner import Scanner, TextError

_step_name = r"[A-Za-z][A-Za-z0-9_-]*"
_first_step = re.compile(rf"\s*({_step_name})\s*(?:\(|\||$)")
_word = r"[A-Za-z0-9_.*-]+"
_integer = r"-?[0-9]{1,18}(?![0-9A-Za-z_.*-])"
max_steps = 30


@dataclass(frozen=True, slots=True)
class TemplateName:
    """A name in a template's braces, and where it stands in the pipeline's text."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class ParsedPipeline:
    """A pipeline as it is written: literal texts and names (none: the field's own column), then steps."""

    template: tuple[str | TemplateName, ...]
    steps: tuple[Step, ...]


def parse_pipeline(node: ScalarNode) -> ParsedPipeline:
    """Return the pipeline in *node*; TextError for anything else."""
    first = _first_step.match(node.text)
    known = fieldtypes.transforms()
    if first and (first[1] in known or "{" not in node.text.partition("|")[0]):
        return ParsedPipeline((), _steps(Scanner(node), at_step=True))
    scanner = Scanner(node)
    template = _template(scanner)
    if scanner.ended and not template:
        raise scanner.error("expected a template with at least one {name}, or a transform")
    return ParsedPipeline(template, _steps(scanner, at_step=False))


def _template(scanner: Scanner) -> tuple[str | TemplateName, ...]:
    """Return what stands before the first `|`, which is no part of any text in it."""
    parts: list[str | TemplateName] = []
    literal = ""
    start = scanner.offset
    while not scanner.ended and (character := scanner.text[scanner.offset]) != "|":
        double = scanner.text[scanner.offset : scanner.offset + 2]
        if double in ("{{", "}}"):
            literal += character
            scanner.offset += 2
        elif character == "{":
            end = scanner.text.find("}", scanner.offset)
            name = scanner.text[scanner.offset + 1 : end].strip() if end > 0 else ""
            if not name or "{" in name or "|" in name:
                raise scanner.error("expected a {name}; write {{ and }} for braces in the text")
            parts += (
                [literal, TemplateName(name, scanner.offset + 1)]
                if literal
                else [TemplateName(name, scanner.offset + 1)]
            )
            literal = ""
            scanner.offset = end + 1
        elif character == "}":
            raise scanner.error("a '}' without '{'; write }} for a brace in the text")
        else:
            literal += character
            scanner.offset += 1
    if literal := literal.rstrip():
        parts.append(literal)
    if parts and not any(isinstance(part, TemplateName) for part in parts):
        message = f"expected a template with at least one {{name}}, or a transform, not {shown(literal)}"
        raise TextError(start, message + did_you_mean(literal, fieldtypes.transforms()))
    return tuple(parts)


def _steps(scanner: Scanner, *, at_step: bool) -> tuple[Step, ...]:
    steps: list[Step] = []
    while at_step or not scanner.ended:
        if not at_step:
            scanner.need(r"\|", "'|' before the next transform")
        at_step = False
        if len(steps) == max_steps:
            raise scanner.error(f"more than {max_steps} transforms; compute the field instead")
        steps.append(_step(scanner))
    return tuple(steps)


def _step(scanner: Scanner) -> Step:
    known = fieldtypes.transforms()
    start = scanner.offset
    name = scanner.need(_step_name, "a transform")
    row = known.get(name)
    if row is None:
        hint = did_you_mean(name.replace("_", "-"), known) or f"; there are {', '.join(known)}"
        raise TextError(start, f"there is no transform {shown(name)}{hint}")
    arguments: list[int | str | tuple[str, str]] = []
    if scanner.take(r"\("):
        while not scanner.take(r"\)"):
            if arguments:
                scanner.need(",", "',' or ')'")
            arguments.append(_argument(scanner))
    reason = row.problem(tuple(arguments))
    if reason:
        raise TextError(start, f"{name}: {reason}")
    return Step(name, tuple(arguments))


def _argument(scanner: Scanner) -> int | str | tuple[str, str]:
    number = scanner.take(_integer)
    left = number or scanner.take_quoted()
    if left is None:
        left = scanner.take(_word)
        if left is None or scanner.text[scanner.offset : scanner.offset + 1] != "=":
            found = shown(left) if left else scanner.rest
            raise scanner.error(f"expected a whole number, a quoted text or key=value, not {found}")
    if not scanner.take("="):
        return int(number) if number else left
    right = scanner.take_quoted()
    if right is None:
        right = scanner.need(_word, "a quoted text or a word after '='")
    return left, right
