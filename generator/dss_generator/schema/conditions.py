"""Conditions: the small language of `where`.

``Status == 0 and not (grade in ['K', "PK"]) or `Entry Date` >= '2026'``: a bare number compares numbers, a
quoted text compares texts. `or` binds loosest, then `and`, then `not`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from ..problems import shown
from .nodes import ScalarNode
from .resolved import Comparison, Condition, Junction
from .text_scanner import Scanner, TextError

_number = r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?![0-9A-Za-z_.])"
_name = r"[A-Za-z_][A-Za-z0-9_]*"
_operator = r"==|!=|<=|>=|<|>"
_literal = "a number or a quoted text"
max_depth = 20


def parse_condition(node: ScalarNode, column: Callable[[str, int], int]) -> Condition:
    """Return the condition in *node*; TextError for anything else.

    *column* is asked for the index of the column of a name that stands at an offset.
    """
    scanner = Scanner(node)
    found = _Parsing(scanner, column).any_of(0)
    if not scanner.ended:
        raise scanner.error(f"expected 'and', 'or' or the end, not {scanner.rest}")
    return found


class _Parsing:
    """A parser by recursive descent, one method for each level of binding."""

    def __init__(self, scanner: Scanner, column: Callable[[str, int], int]) -> None:
        self._scanner = scanner
        self._column = column

    def any_of(self, depth: int) -> Condition:
        operands = [self._all_of(depth)]
        while self._word("or"):
            operands.append(self._all_of(depth))
        return operands[0] if len(operands) == 1 else Junction("or", tuple(operands))

    def _all_of(self, depth: int) -> Condition:
        operands = [self._negated(depth)]
        while self._word("and"):
            operands.append(self._negated(depth))
        return operands[0] if len(operands) == 1 else Junction("and", tuple(operands))

    def _negated(self, depth: int) -> Condition:
        if depth > max_depth:
            raise self._scanner.error(f"nested deeper than {max_depth} levels")
        if self._word("not"):
            return Junction("not", (self._negated(depth + 1),))
        if self._scanner.take(r"\("):
            found = self.any_of(depth + 1)
            self._scanner.need(r"\)", "')'")
            return found
        return self._comparison()

    def _comparison(self) -> Comparison:
        scanner, start = self._scanner, self._scanner.offset
        quoted = scanner.take(r"`[^`]+`")
        name = quoted[1:-1] if quoted else scanner.need(_name, "the name of a column")
        if not quoted and name in ("and", "or", "in"):
            raise TextError(
                start,
                f"expected the name of a column, not {shown(name)}; write `{name}` for a column of that name",
            )
        column = self._column(name, start)
        if self._word("in"):
            return Comparison(column, "in", *self._list())
        if self._word("not"):
            raise TextError(start, f"write 'not ({name} in [...])' in place of 'not in'")
        if scanner.sees("=(?!=)"):
            raise scanner.error("write '==' to compare")
        operator = scanner.need(_operator, "an operator (== != < <= > >= in)")
        text, numeric = self._literal()
        return Comparison(
            column, cast('Literal["==", "!=", "<", "<=", ">", ">="]', operator), (text,), numeric
        )

    def _list(self) -> tuple[tuple[str, ...], bool]:
        start = self._scanner.offset
        self._scanner.need(r"\[", "'['")
        literals = [self._literal()]
        while self._scanner.take(","):
            literals.append(self._literal())
        self._scanner.need(r"\]", "',' or ']'")
        if len({numeric for _, numeric in literals}) > 1:
            raise TextError(start, "numbers and texts in one list; quote all of them or none")
        return tuple(text for text, _ in literals), literals[0][1]

    def _literal(self) -> tuple[str, bool]:
        text = self._scanner.take_quoted()
        return (text, False) if text is not None else (self._scanner.need(_number, _literal), True)

    def _word(self, word: str) -> bool:
        return self._scanner.take(rf"{word}(?![A-Za-z0-9_])") is not None
