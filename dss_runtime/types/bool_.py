"""True and false."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType

_TEXTS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoolType(FieldType[bool]):
    """A truth value: true, t, yes, y, on, 1 or the contrary, in any case; the ints 0 and 1, as of SQLite."""

    name: ClassVar[str] = "bool"
    may_be_element: ClassVar[bool] = True

    @override
    def parse(self, value: object) -> bool:
        if isinstance(value, str):
            # Not casefold: that takes letters from outside of ASCII into these words.
            known = _TEXTS.get(value.strip().lower())
            if known is not None:
                return known
        elif isinstance(value, int) and value in (0, 1):
            return bool(value)
        raise ValueError("expected true or false (or yes, no, 1, 0)")

    @override
    def format(self, value: bool) -> str:
        return "true" if value else "false"

    @property
    @override
    def annotation(self) -> str:
        return "bool"

    @property
    @override
    def strategy(self) -> str:
        return "_st.booleans()"

    @property
    @override
    def sql(self) -> str:
        return "_sa.Boolean()"

    @property
    @override
    def arrow(self) -> str:
        return "bool"
