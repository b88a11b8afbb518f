"""The conditions of a recipe: true, false, or NULL where nobody is sure, or the row is unreadable."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dss_runtime._recipe import Comparison, Condition
from dss_runtime.engines.columnar._calendar import python_has
from dss_runtime.engines.columnar._cells import Cell
from dss_runtime.engines.columnar._numbers import DECIMAL
from dss_runtime.engines.columnar._space import stripped
from dss_runtime.engines.columnar._sql import (
    NotColumnarError,
    Sql,
    among,
    as_text,
    case,
    cast_to,
    equal,
    every,
    exp,
    is_ascii,
    is_null,
    lowered,
    matches,
    negated,
    text,
    truth,
)

_OPERATORS: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_NUMBER = "DECIMAL(36, 18)"


def text_of(cell: Cell) -> Sql:
    """Return the text that Python makes of a cell, empty for None; NotColumnarError where SQL cannot."""
    if cell.kind == "date":
        return case((is_null(cell.sql), text("")), (python_has(cell.sql), as_text(cell.sql)))
    if cell.kind == "bool":
        found: Sql = case((cell.sql, text("True")), (negated(cell.sql), text("False")))
    elif cell.kind in ("text", "int", "uuid"):
        found = cell.sql if cell.kind == "text" else as_text(cell.sql)
    else:
        raise NotColumnarError(f"a column of {cell.kind} is not the same text to SQL and to Python")
    return found if cell.made else exp.Coalesce(this=found, expressions=[text("")])


def condition(where: Condition, cells: Sequence[Cell]) -> Sql:
    """Return a `where`: an operand that is not known hides those after it, as one that fails does."""
    if isinstance(where, Comparison):
        return _comparison(where, cells[where.column])
    operands = [condition(operand, cells) for operand in where.operands]
    if where.operator == "not":
        return negated(operands[0])
    found = operands[-1]
    for operand in reversed(operands[:-1]):
        if where.operator == "and":
            found = case((operand, found), (negated(operand), truth(False)))
        else:
            found = case((operand, truth(True)), (negated(operand), found))
    return found


def retired(pairs: Sequence[tuple[int, str | int | bool]], cells: Sequence[Cell]) -> Sql:
    """Return whether a row has all the values of a record that was disabled."""
    return exp.Paren(this=every(*(_same(cells[column], value) for column, value in pairs)))


def _same(cell: Cell, value: str | int | bool) -> Sql:
    """Return whether a cell holds a value of the schema, with 0 and 1 for truth values."""
    found = text_of(cell)
    if not isinstance(value, bool):
        return equal(found, text(str(value)))
    words = ("1", "true") if value else ("0", "false")
    return case(
        (among(found, words), truth(True)),
        # Beyond ASCII, letters may fold into those of the words.
        (is_ascii(found), among(lowered(stripped(found)), words)),
    )


def _comparison(where: Comparison, cell: Cell) -> Sql:
    value, literals = _compared(where, cell)
    if where.operator == "in":
        return exp.In(this=value, expressions=literals)
    return _OPERATORS[where.operator](this=value, expression=literals[0])


def _compared(where: Comparison, cell: Cell) -> tuple[Sql, list[Sql]]:
    if not where.numeric:
        return text_of(cell), [text(each) for each in where.literals]
    for each in where.literals:
        if re.fullmatch(DECIMAL, each) is None:
            raise NotColumnarError(f"the number {each} of `where` has more digits than those of SQL")
    literals = [cast_to(_NUMBER, text(each)) for each in where.literals]
    if cell.kind == "bool":
        return cast_to(_NUMBER, cast_to("INT", cell.sql)), literals
    digits = cell.sql if cell.kind == "text" else as_text(cell.sql)
    if cell.kind not in ("text", "int", "decimal"):
        raise NotColumnarError(f"a column of {cell.kind} is not compared with numbers by SQL")
    return case((matches(digits, DECIMAL), cast_to(_NUMBER, digits))), literals
