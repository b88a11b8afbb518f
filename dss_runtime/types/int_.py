"""Whole numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._many import Parser, Remembering

MAX_DIGITS = 4_300
"""As many digits as Python turns into an int at once by default: `sys.int_info.default_max_str_digits`."""
_TEXT = re.compile(r"[+-]?[0-9]+")
_TOO_LONG = f"expected an int of at most {MAX_DIGITS:,} digits"
_LIMIT: int = 10**MAX_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class IntType(FieldType[int]):
    """A whole number. Text holds ASCII digits and a sign, no more; a bool is no int.

    Readable up to 4,300 digits; `check` refuses what does not fit into the 64 bits of a database's column.
    """

    name: ClassVar[str] = "int"
    may_be_element: ClassVar[bool] = True

    @override
    def parse(self, value: object) -> int:
        if isinstance(value, str):
            text = value.strip()
            if _TEXT.fullmatch(text) is None:
                raise ValueError("expected an int, such as 42")
            if len(text) > MAX_DIGITS + 1 or len(text.lstrip("+-")) > MAX_DIGITS:
                raise ValueError(_TOO_LONG)
            return int(text)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("expected an int, such as 42")
        if not -_LIMIT < value < _LIMIT:
            raise ValueError(_TOO_LONG)
        return int(value)

    @override
    def parser(self) -> Parser[int]:
        return Remembering(self.parse, self._parse_all)

    def _parse_all(self, texts: Sequence[str]) -> list[int]:
        whole = "".join(texts)
        if whole.isascii() and whole.isdigit() and max(map(len, texts)) < MAX_DIGITS:
            return list(map(int, texts))  # of which an empty one raises ValueError
        return list(map(self.parse, texts))

    @override
    def check(self, value: int) -> str | None:
        return None if -(2**63) <= value < 2**63 else "outside of the range of 64 bits"

    @property
    @override
    def annotation(self) -> str:
        return "int"

    @property
    @override
    def strategy(self) -> str:
        return "_st.integers(-(2**63), 2**63 - 1)"

    @property
    @override
    def sql(self) -> str:
        return "_sa.BigInteger()"

    @property
    @override
    def arrow(self) -> str:
        return "int64"
