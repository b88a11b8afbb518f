"""Pipelines and conditions, written out as the schema has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..schema.resolved import Column, Comparison, Condition, Junction, Pipeline, Step

_plain_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_plain_word = re.compile(r"[A-Za-z0-9_.*-]+")
_words = frozenset({"and", "or", "in", "not"})
_escapes = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t"})


def pipeline_text(pipeline: Pipeline, columns: Sequence[Column]) -> str:
    """Return *pipeline* as a text that means the same; columns are called by their aliases."""
    template = ""
    for part in pipeline.template:
        if part.column is not None:
            template += f"{{{columns[part.column].alias}}}"
        elif part.field:
            template += f"{{{part.field}}}"
        else:
            template += part.text.replace("{", "{{").replace("}", "}}")
    return " | ".join([template, *map(_step, pipeline.steps)])


def condition_text(condition: Condition, columns: Sequence[Column]) -> str:
    """Return *condition* as a text that means the same; columns are called by their aliases."""
    match condition:
        case Comparison():
            return _comparison(condition, columns)
        case Junction(operator="not"):
            (operand,) = condition.operands
            return f"not {_operand(operand, columns)}"
        case Junction():
            return f" {condition.operator} ".join(_operand(each, columns) for each in condition.operands)


def _operand(condition: Condition, columns: Sequence[Column]) -> str:
    text = condition_text(condition, columns)
    bare = isinstance(condition, Comparison) or condition.operator == "not"
    return text if bare else f"({text})"


def _comparison(found: Comparison, columns: Sequence[Column]) -> str:
    name = columns[found.column].alias
    shown = name if _plain_name.fullmatch(name) and name not in _words else f"`{name}`"
    literals = [each if found.numeric else _quoted(each) for each in found.literals]
    if found.operator == "in":
        return f"{shown} in [{', '.join(literals)}]"
    return f"{shown} {found.operator} {literals[0]}"


def _step(step: Step) -> str:
    arguments = ", ".join(map(_argument, step.arguments))
    return f"{step.name}({arguments})" if arguments else step.name


def _argument(argument: int | str | tuple[str, str]) -> str:
    if isinstance(argument, tuple):
        left, right = argument
        return f"{_word(left)}={_word(right)}"
    return str(argument) if isinstance(argument, int) else _quoted(argument)


def _word(text: str) -> str:
    return text if _plain_word.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f"'{text.translate(_escapes)}'"
