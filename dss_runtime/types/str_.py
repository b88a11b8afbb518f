"""Text."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._fold import fold_accents, fold_case
from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._options import check_bool, check_choices, check_max_length
from dss_runtime.types._source import quoted

CHARACTERS = '_st.characters(codec="utf-8", exclude_characters="\\x00")'
"""A strategy of the characters that every store can hold, as source text."""
_REFUSED = "one of these texts is refused"
_LONGEST_VARCHAR = 16_383  # MariaDB's 65,535 bytes, at four bytes a character


@dataclass(frozen=True, slots=True, kw_only=True)
class StrType(FieldType[str]):
    """Text as it is: never stripped, never read as a number, so leading zeros and spaces survive.

    `compare` names what does not count: `casefold` case and compatibility forms, `ascii` accents, `trim`
    outer white space; `exact`, or none, compares code points. With `null_equals_empty`, None compares as "".
    """

    name: ClassVar[str] = "str"
    may_be_element: ClassVar[bool] = True
    compare: tuple[str, ...] = ()
    null_equals_empty: bool = False
    max_length: int | None = None

    def __post_init__(self) -> None:
        check_choices("compare", self.compare, ("casefold", "ascii", "trim", "exact"))
        if "exact" in self.compare and len(self.compare) > 1:
            raise ValueError("compare: expected exact alone, or no exact")
        check_bool("null_equals_empty", self.null_equals_empty)
        check_max_length(self.max_length)

    @override
    def parse(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("expected text")
        reason = self.check(value)
        if reason is not None:
            raise ValueError(reason)
        return value

    @override
    def parser(self) -> Parser[str]:
        # Interned, so that both sides of a comparison share what many of their records hold.
        return Remembering(lambda text: sys.intern(self.parse(text)), self._parse_all)

    def _parse_all(self, texts: Sequence[str]) -> list[str]:
        # What is wrong with one text is wrong with all of them together, but for its length.
        whole = "".join(texts)
        if "\0" in whole or not (whole.isascii() or _encodes(whole)):
            raise ValueError(_REFUSED)
        if self.max_length is not None and max(map(len, texts), default=0) > self.max_length:
            raise ValueError(_REFUSED)
        return list(texts)

    @override
    def check(self, value: str) -> str | None:
        if "\0" in value:
            return "holds a NUL character, which few systems can store"
        if not value.isascii() and not _encodes(value):
            return "holds half of a surrogate pair, which is no character: was the encoding right?"
        if self.max_length is not None and len(value) > self.max_length:
            return f"longer than {self.max_length} characters"
        return None

    @override
    def canonical(self, value: str | None) -> Hashable:
        if value is None:
            return "" if self.null_equals_empty else None
        if not self.compare:
            return value
        if "casefold" in self.compare:
            value = fold_case(value)
        if "ascii" in self.compare:
            value = fold_accents(value)
        # Last, because the folds can leave a space: "´" is a space and an accent.
        return value.strip() if "trim" in self.compare else value

    @property
    @override
    def exact(self) -> bool:
        return not self.null_equals_empty and self.compare in ((), ("exact",))

    @property
    @override
    def annotation(self) -> str:
        return "str"

    @override
    def literal(self, value: str) -> str:
        return quoted(value)

    @property
    @override
    def strategy(self) -> str:
        limit = "" if self.max_length is None else f", max_size={self.max_length}"
        return f"_st.text({CHARACTERS}{limit})"

    @property
    @override
    def sql(self) -> str:
        if self.max_length is None or self.max_length > _LONGEST_VARCHAR:
            return "_sa.Text()"
        return f"_sa.String({self.max_length})"

    @property
    @override
    def arrow(self) -> str:
        return "string"


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
