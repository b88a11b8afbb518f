"""What is seen of one column while its cells go by, and what is said of it in the end."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable

from ..fieldtypes import key_types
from .distinct import Distinct
from .evidence import AS_TEXT, TEXT, Column, SourceColumn, Typed
from .forms import Forms
from .labels import is_personal, is_sensitive, is_telling, is_written_digits

_MOST_MEMBERS = 12
_LEAST_REPETITION = 10
"""An enum has at most so many members, each of which is there twice, and on average so many rows for each."""
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:/+-]{0,39}")
_KINDS = {
    "str": "str", "bool": "bool", "int": "int", "float": "float", "Decimal": "decimal", "date": "date",
    "datetime": "datetime", "time": "time", "UUID": "uuid", "bytes": "bytes", "memoryview": "bytes",
    "dict": "json", "list": "json",
}  # fmt: skip
"""The field type of what drivers give, by the name of its class."""


def blank(cell: object) -> bool:
    """Return whether *cell* holds nothing, as the runtime sees it: NULL, or text that shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


class Look:
    """What was seen of one column so far."""

    def __init__(self, column: SourceColumn, *, enums: bool) -> None:
        self._column = column
        self._enums = enums or column.declared is None
        self._forms = Forms()
        self._distinct = Distinct()
        self._kinds: set[str] = set()
        self._nulls = self._empty = self._refused = 0
        self._few: Counter[str] | None = Counter()
        self._longest = 0
        self._marks: set[str] = set()

    def add(self, values: Iterable[object]) -> None:
        """Take note of some more cells."""
        counts = Counter(map(_countable, values))
        self._nulls += counts.pop(None, 0)
        filled = {value: count for value, count in counts.items() if not blank(value)}
        self._empty += sum(counts.values()) - sum(filled.values())
        if any(count > 1 for count in filled.values()):
            self._distinct.mark_repeated()
        self._distinct.add(map(str, filled))
        for value, count in filled.items():
            self._one(value, count)
        if self._few is not None and len(self._few) > _MOST_MEMBERS:
            self._few = None

    def _one(self, value: object, count: int) -> None:
        value = value.value if isinstance(value, _Uncountable) else value
        self._kinds.add(type(value).__name__)
        declared = self._column.declared
        if declared is not None and declared != TEXT and not declared.reads(value):
            self._refused += count
        if isinstance(value, str):
            self._text(value, count)

    def _text(self, text: str, count: int) -> None:
        self._longest = max(self._longest, len(text))
        self._forms.add(text, count)
        if self._few is not None:
            self._few[text] += count
        if len(self._marks) < len(_MARKS):
            self._marks.update(name for name, pattern in _MARKS.items() if pattern.search(text))

    def column(self, index: int, rows: int, *, judged: bool) -> Column:
        """Return what *rows* cells showed."""
        column, missing = self._column, self._nulls + self._empty
        facts, doubts = list(column.facts), list(column.doubts)
        doubts.extend(text for mark, text in _SAID.items() if mark in self._marks)
        type_facts: list[str] = []
        type_doubts: list[str] = []
        typed = self._typed(rows - missing, type_facts, type_doubts)
        label = column.label
        sensitive = column.sensitive or is_sensitive(label)
        if sensitive and not column.sensitive:
            doubts.append("sensitive, to judge by the name")
        if sensitive is False and (members := self._members(typed)):
            typed = Typed("enum", members=members)
            type_doubts.append("an enum of today's values; another would be unreadable")
        if column.nullable is False and (typed.name in _HOLDING_NOTHING or not missing):
            optional = False
        else:
            optional = bool(column.nullable) or missing > 0
        if optional and self._nulls and self._empty and typed.name == "str":
            typed = Typed(
                "str", options=(*typed.options, ("null_equals_empty", True)), transform=typed.transform
            )
        if judged and rows and missing == rows:
            if column.declared is None:
                doubts.append("blank in every row: nothing is known of its values")
            else:
                facts.append("blank in every row")
            doubts.extend(filter(None, (column.doubt_if_blank,)))
        elif missing:
            facts.append(_blanks(self._nulls, self._empty, rows))
            doubts.extend(filter(None, (column.doubt_if_blank,)))
        unique = bool(rows) and not missing and self._distinct.is_unique()
        return Column(
            index=index,
            source=column.source,
            label=label,
            typed=typed,
            optional=optional,
            blank=missing,
            unique=unique and typed.name in key_types(),
            sensitive=sensitive,
            facts=tuple(facts),
            doubts=tuple(doubts),
            type_facts=tuple(type_facts),
            type_doubts=tuple(type_doubts),
            doc=column.doc,
        )

    def _typed(self, filled: int, facts: list[str], doubts: list[str]) -> Typed:
        """Return a type that reads what was seen, and say what is to be said of it."""
        declared = self._column.declared
        if declared is None:
            return self._by_kind(doubts) if self._kinds - {"str"} else self._by_form(facts, doubts)
        limit = dict(declared.options).get("max_length")
        if isinstance(limit, int) and declared.name == "str" and self._longest > limit:
            doubts.append(f"declared with {limit} characters, but there are longer values")
            declared = declared.without("max_length")
            self._refused = 0
        if declared.name == "str" and self._kinds - {"str"}:
            doubts.append("the driver gives no text here; it is read as such")
            return AS_TEXT
        if self._refused:
            what = (
                "none of the declared members"
                if declared.name == "enum"
                else f"no {declared.name}, as declared"
            )
            doubts.append(f"{self._refused:,} of {filled:,} values {_are(self._refused)} {what}")
            return self._by_kind(doubts) if self._kinds - {"str"} else TEXT
        return declared

    def _by_kind(self, doubts: list[str]) -> Typed:
        """Return a type for what a driver gives where no type is declared, or the declared one is wrong."""
        kinds = {_KINDS.get(kind, "") for kind in self._kinds}
        if kinds == {"int", "float"}:
            return Typed("float")
        if len(kinds) == 1 and (name := kinds.pop()):
            return Typed(name, options=(("zone", "naive"),)) if name == "datetime" else Typed(name)
        doubts.append(f"values of several kinds ({', '.join(sorted(self._kinds))}), read as text")
        return AS_TEXT

    def _by_form(self, facts: list[str], doubts: list[str]) -> Typed:
        """Return a type for texts of which nothing is declared."""
        if is_written_digits(self._column.label):
            return TEXT
        best = self._forms.best()
        if best is None:
            near = self._forms.near()
            if near is not None:
                typed, misses = near
                how = f" ({typed.transform})" if typed.transform else ""
                doubts.append(f"{typed.name}{how} but for {_values(misses)}; text, so that all are readable")
            elif "zeros" in self._marks:
                facts.append("digits with leading zeros, so text")
            return TEXT
        clear = best.typed
        if best.doubt:
            doubts.append(best.doubt)
        if clear is None:
            return TEXT
        if clear.name == "int" and self._forms.width() > 1 and is_telling(self._column.label):
            facts.append(f"{self._forms.width()} digits each, kept as text")
            return TEXT
        return clear

    def _members(self, typed: Typed) -> tuple[str, ...]:
        """Return what an enum of the values would have, nothing where they are no enum, or personal."""
        few = self._few
        if not few or not self._enums or typed.name != "str" or typed.transform or self._kinds != {"str"}:
            return ()
        forms = {unicodedata.normalize("NFKC", text) for text in few}
        if (
            not 2 <= len(few) == len(forms)
            or min(few.values()) < 2
            or sum(few.values()) < _LEAST_REPETITION * len(few)
            or (
                self._empty and self._column.nullable is False
            )  # '' is one of the values, and no member can be
            or not self._column.label  # of a column without a name nobody knows whether it is personal
            or is_personal(self._column.label)
            or not all(_MEMBER.fullmatch(text) and text == text.strip() for text in few)
        ):
            return ()
        return tuple(sorted(few))


_HOLDING_NOTHING = ("str", "set", "list")
"""Types that have a value for a cell with nothing in it: the empty text, no members."""
_MARKS = {
    "zeros": re.compile(r"\A0[0-9]+\Z"),
    "nul": re.compile("\0"),
    "entities": re.compile(r"&(?:#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z]+);"),
    "spaces": re.compile(r"\A\s|\s\Z"),
}
_SAID = {
    "nul": "holds NUL characters, which no field can: such rows will be unreadable",
    "entities": "holds character references such as &amp;: `transform` with unescape-html resolves them",
    "spaces": "outer white space: `transform` with strip takes it away",
}


class _Uncountable:
    """A list or dict of a driver, equal to itself only."""

    def __init__(self, value: object) -> None:
        self.value = value


def _countable(value: object) -> object:
    """Return *value*, or something that stands for it where Python cannot count it."""
    match value:
        case memoryview():
            return value.tobytes()
        case bytearray():
            return bytes(value)
        case _:
            return value if isinstance(value, Hashable) else _Uncountable(value)


def _blanks(nulls: int, empty: int, rows: int) -> str:
    if nulls and empty:
        return f"NULL in {nulls:,} and empty in {empty:,} of {rows:,} rows"
    return f"{'NULL' if nulls else 'blank'} in {nulls or empty:,} of {rows:,} rows"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count:,} values"
