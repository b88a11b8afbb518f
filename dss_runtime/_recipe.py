"""Recipes: how a row becomes a record, said as plain values, for what runs it outside of Python.

The generated `parse_<branch>`, `key_<branch>` and `retired_<branch>` say the same as code. Whoever has a
recipe carried out by something else has to ask `reason_against` first: a project may override those methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from dss_runtime._reading import BranchReading

Argument: TypeAlias = int | str | tuple[tuple[str, str], ...]
"""What a transform is given beside the text; the pairs of a map as a tuple of pairs."""


@dataclass(frozen=True, slots=True)
class Step:
    """A transform, by the name that the schema calls it, and its arguments after the text."""

    name: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldText:
    """The text of the value of a field that was read before, as a piece of a template."""

    name: str


@dataclass(frozen=True, slots=True)
class FieldRecipe:
    """How a field is made of the cells of a row; one of `column`, `template` and `constant` says from what.

    `column` is the index of a cell that is parsed as it is. A `template` makes a text of the texts of cells
    (an int is the index of one), of other fields and of literal pieces; the `steps` go over it before it is
    parsed. `constant` is the one value of all rows, and `absent` that of a row whose cell or text is blank,
    each alone in a tuple; a field without `absent` is parsed all the same. `separator` stands between the
    values of a set or a list.
    """

    name: str
    column: int | None = None
    template: tuple[int | str | FieldText, ...] = ()
    steps: tuple[Step, ...] = ()
    absent: tuple[Any, ...] = ()
    constant: tuple[Any, ...] = ()
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Comparison:
    """`cells[column] operator literal(s)`: of numbers when `numeric`, else of texts."""

    column: int
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    literals: tuple[str, ...]
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` / `or` over its operands, from the first on, or `not` over the single one."""

    operator: Literal["and", "or", "not"]
    operands: tuple[Comparison | Junction, ...]


Condition: TypeAlias = Comparison | Junction


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a row becomes a record: `fields` in an order in which each needs only what comes before it.

    A blank cell of a `key` field makes a row unreadable. A row that `where` is false for is left out;
    one that has the value of each pair of column and value in `retired`, where there are any, is a record
    that was disabled.
    """

    fields: tuple[FieldRecipe, ...]
    where: Condition | None = None
    retired: tuple[tuple[int, str | int | bool], ...] = ()

    def __getitem__(self, name: str) -> FieldRecipe:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def reason_against(importer: object, branch: str, reading: BranchReading[Any, Any]) -> str | None:
    """Return why the recipe of *reading* does not say how *importer* reads *branch*; None where it does."""
    if isinstance(reading.recipe, str):
        return reading.recipe
    methods = {"parse": reading.parse, "key": reading.key, "keep": reading.keep, "retired": reading.retired}
    for kind, method in methods.items():
        if method is not None and not _is_generated(importer, f"{kind}_{branch}", method):
            return f"{type(importer).__name__} overrides {kind}_{branch}"
    if not _is_generated(importer, f"read_{branch}", getattr(importer, f"read_{branch}", None)):
        return f"{type(importer).__name__} overrides read_{branch}"
    return None


def _is_generated(importer: object, name: str, method: Callable[..., Any] | None) -> bool:
    """Whether *method* is the method *name* of the generated base: the first class to have one."""
    found = [vars(cls)[name] for cls in type(importer).__mro__ if name in vars(cls)]
    return bool(found) and getattr(method, "__func__", None) is found[-1]
