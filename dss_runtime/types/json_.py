"""JSON documents."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias, Union, cast

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._source import quoted
from dss_runtime.types.int_ import IntType
from dss_runtime.types.str_ import CHARACTERS, StrType

JsonItem: TypeAlias = Union["JsonValue", None]
"""What may stand within a JSON document."""
JsonValue: TypeAlias = bool | int | float | str | Sequence["JsonItem"] | Mapping[str, "JsonItem"]
"""A JSON document, null excepted: a field that holds null is absent."""

_DEPTH = 100
_STR = StrType()
_INT = IntType()


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonType(FieldType[JsonValue]):
    """A JSON document (RFC 8259): text is always read as JSON, anything else as the document itself.

    Refused: null as a whole, NaN and infinities, a name twice in one object, more than 100 levels, and text
    that `str` refuses. Compared without regard to the order of names; 1, 1.0 and true are three values.
    """

    name: ClassVar[str] = "json"
    may_be_key: ClassVar[bool] = False

    @override
    def parse(self, value: object) -> JsonValue:
        document = _loaded(value) if isinstance(value, str) else value
        item = _copied(document, _DEPTH)
        if item is None:
            raise ValueError("expected JSON other than null")
        return item

    @override
    def format(self, value: JsonValue) -> str:
        return json.dumps(_copied(value, _DEPTH), ensure_ascii=False, allow_nan=False, sort_keys=True)

    @override
    def canonical(self, value: JsonValue | None) -> Hashable:
        return _canonical(value)

    @property
    @override
    def exact(self) -> bool:
        """Never: to Python, 1, 1.0 and True are equal, a tuple and a list are not."""
        return False

    @override
    def check(self, value: JsonValue) -> str | None:
        try:
            _copied(value, _DEPTH)
        except ValueError as error:
            return str(error)
        return None

    @property
    @override
    def annotation(self) -> str:
        return "_Json"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from dss_runtime.types import JsonValue as _Json",)

    @override
    def literal(self, value: JsonValue) -> str:
        return _literal(_copied(value, _DEPTH))

    @property
    @override
    def strategy(self) -> str:
        text = f"_st.text({CHARACTERS}, max_size=8)"
        floats = "_st.floats(allow_nan=False, allow_infinity=False)"
        leaves = f"_st.booleans() | _st.integers(-(2**63), 2**63 - 1) | {floats} | {text}"
        lists = "_st.lists(items | _st.none(), max_size=3)"
        objects = f"_st.dictionaries({text}, items | _st.none(), max_size=3)"
        return f"_st.recursive({leaves}, lambda items: {lists} | {objects}, max_leaves=6)"

    @property
    @override
    def sql(self) -> str:
        """Text: what a driver makes of a JSON column can no longer be told from JSON text."""
        return "_sa.Text()"

    @property
    @override
    def arrow(self) -> str:
        return "string"


def _loaded(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_INT.parse)
    except RecursionError:
        raise ValueError(f"expected JSON of at most {_DEPTH} levels") from None
    except json.JSONDecodeError:
        raise ValueError('expected JSON, such as {"a": [1, 2]}') from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("expected each name once in a JSON object")
    return made


def _constant(_text: str) -> object:
    raise ValueError("expected JSON, which has no NaN and no infinity")


def _copied(value: object, depth: int) -> JsonItem:
    """Return a copy of *value* made of None, bool, int, float, str, list and dict, or raise ValueError."""
    match value:
        case None | bool():
            return value
        case str():
            return _STR.parse(value)
        case int():
            return _INT.parse(value)
        case float():
            if not math.isfinite(value):
                raise ValueError("expected JSON, which has no NaN and no infinity")
            return float(value)
        case _ if depth == 0:
            raise ValueError(f"expected JSON of at most {_DEPTH} levels")
        case bytes() | bytearray() | memoryview():
            raise ValueError("expected a JSON document")
        case Sequence():
            return [_copied(item, depth - 1) for item in cast("Sequence[object]", value)]
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return {_name(name): _copied(item, depth - 1) for name, item in items}
        case _:
            raise ValueError("expected a JSON document")


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError("expected text as the names of a JSON object")
    return _STR.parse(name)


def _canonical(value: JsonItem) -> Hashable:
    """Return text and None as they are, all else in a tuple that starts with the kind's name."""
    match value:
        case None | str():
            return value
        case bool():
            return ("bool", value)
        case int():
            return ("int", value)
        case float():
            return ("float", value if value == value else "nan")
        case Mapping():
            return ("object", *((name, _canonical(value[name])) for name in sorted(value)))
        case _:
            return ("array", *map(_canonical, value))


def _literal(value: JsonItem) -> str:
    match value:
        case str():
            return quoted(value)
        case None | bool() | int() | float():
            return repr(value)
        case Mapping():
            return "{" + ", ".join(f"{quoted(name)}: {_literal(item)}" for name, item in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(_literal, value)) + "]"
