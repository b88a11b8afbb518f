"""How a field of a new record gets a value of its own, such as a user name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

M = TypeVar("M", contravariant=True)


@dataclass(frozen=True)  # with slots as well, Python 3.11 cannot make one through `Generation[Student]`
class Generation(Generic[M]):
    """How new records get a name in *field* when the left side gives them none.

    Each of `patterns` makes a name of a record, or raises ValueError where the record lacks what that takes.
    They are tried in order; the last one that gives a name is counted up. The branches in `shared_with` have
    their names in common with this one.
    """

    field: str
    patterns: tuple[Callable[[M], str], ...]
    shared_with: tuple[str, ...] = ()


def filled(name: str, value: object) -> str:
    """Return the text of the field *name* (ValueError where there is nothing in it)."""
    text = text_in(value)
    if not text:
        raise ValueError(f"{name} is empty")
    return text


def text_in(value: object) -> str:
    """Return the text of a field that may be a name, "" for None and for white space."""
    text = "" if value is None else str(value)
    return text if text.strip() else ""
