"""A model with a field of every type, its branch, and how it is read, in the shape of generated code."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from hypothesis import strategies as st

from dss_runtime import Action, DataStoreBranch, DefaultTemplate, Outcome
from dss_runtime.codegen import (
    BadCellError,
    BranchReading,
    Cells,
    Difference,
    Field,
    ModelInfo,
    Record,
    adapter_writes,
    member_differences,
    override,
    present,
)
from dss_runtime.types import (
    BoolType,
    BytesType,
    DatetimeType,
    DateType,
    DecimalType,
    EnumType,
    FieldType,
    FloatType,
    IntType,
    JsonType,
    ListType,
    SetType,
    StrType,
    TimeType,
    UuidType,
)

TYPES: Mapping[str, FieldType[Any]] = {
    "ident": StrType(max_length=40),
    "text": StrType(null_equals_empty=True),
    "count": IntType(),
    "ratio": FloatType(),
    "price": DecimalType(scale=4),
    "flag": BoolType(),
    "day": DateType(),
    "moment": DatetimeType(),
    "local": DatetimeType(zone="naive"),
    "clock": TimeType(),
    "uid": UuidType(),
    "blob": BytesType(),
    "kind": EnumType(members=("active", "in active", "ñ")),
    "doc": JsonType(),
    "tags": SetType(of=StrType()),
    "marks": ListType(of=IntType()),
}
NAMES = tuple(TYPES)
REQUIRED = frozenset({"ident", "blob", "tags", "marks"})
"""Fields that are never None: in a file, None and an empty text, list or set look alike."""


class Item(Record):
    """A record with a field of every type."""

    __slots__ = NAMES
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Item",
        ("Item",),
        ("ident",),
        tuple(Field(name, kind, optional=name not in REQUIRED) for name, kind in TYPES.items()),
    )
    ident: str
    text: str | None
    count: int | None

    def __init__(self, **fields: Any) -> None:
        empty: dict[str, object] = {"blob": b"", "tags": frozenset(), "marks": ()}
        for name in NAMES:
            setattr(self, name, fields.get(name, empty.get(name)))

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and not list(self - other) and self.ident == other.ident

    @override
    def __hash__(self) -> int:
        return hash(self.ident)

    @override
    def __repr__(self) -> str:
        return f"Item({', '.join(f'{name}={getattr(self, name)!r}' for name in NAMES)})"

    def __sub__(self, right: Item) -> Iterator[Difference]:
        for name in NAMES[1:]:
            ours, theirs, kind = getattr(self, name), getattr(right, name), TYPES[name]
            if name == "tags":
                yield from member_differences(name, ours, theirs)
            elif kind.canonical(ours) != kind.canonical(theirs):
                yield Difference(name, ours, theirs)


class ItemsBranch(DataStoreBranch):
    """Items by `ident`."""

    __branchname__ = "items"
    klass = Item


def reading(columns: Mapping[str, str]) -> BranchReading[str, Item]:
    """Return how items are read from a system that has the *columns* of these fields, `ident` first."""

    def parse(cells: Cells) -> Item:
        """Return a row as a record."""
        fields: dict[str, Any] = {}
        for name, cell in zip(columns, cells, strict=True):
            kind = TYPES[name]
            try:
                if name == "ident":
                    fields[name] = kind.parse(present(cell))
                elif cell is None and name in REQUIRED:
                    continue
                elif cell is None or (cell == "" and name not in REQUIRED):
                    fields[name] = None
                else:
                    fields[name] = kind.parse(cell)
            except ValueError as error:
                raise BadCellError(name, str(error)) from error
        return Item(**fields)

    def key(cells: Cells) -> str:
        """Return the key of a row."""
        return TYPES["ident"].parse(present(cells[0]))  # type: ignore[no-any-return]

    feeds = {name: at for at, name in enumerate(columns)}
    return BranchReading(columns=tuple(columns.values()), feeds=feeds, parse=parse, key=key)


READING = reading({name: name for name in NAMES})
"""How items are read from a system with a column of its name for each field."""


def leave_to_adapter(template: type[DefaultTemplate]) -> None:
    """Give a template the methods that the generator writes for a tree that its adapter can write."""

    kinds = ["new_items", "old_items"]
    kinds += [f"{kind}_items_{name}" for name in NAMES[1:] for kind in ("changed", "added", "removed")]
    for method in kinds:
        if not hasattr(template, method):
            setattr(template, method, _left())


def _left() -> Callable[[DefaultTemplate, Action], Outcome]:
    """Return a method of its own for each name, because the mark is on the function."""

    @adapter_writes
    def left(self: DefaultTemplate, action: Action, /) -> Outcome:
        return self.write_one(action)

    return left


def source_of(kind: FieldType[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy that the generator would write for a type."""
    names: dict[str, Any] = {"_st": st, "_UTC": datetime.UTC, "_date": datetime.date}
    names |= {"_datetime": datetime.datetime, "_time": datetime.time}
    names |= {"_Decimal": decimal.Decimal, "_UUID": uuid.UUID}
    found: st.SearchStrategy[Any] = eval(kind.strategy, names)
    return found


def _items() -> st.SearchStrategy[Item]:
    idents = source_of(TYPES["ident"]).filter(lambda text: bool(text.strip()))
    values = {
        name: source_of(kind) if name in REQUIRED else st.none() | source_of(kind)
        for name, kind in TYPES.items()
        if name != "ident"
    }
    return st.builds(Item, ident=idents, **values)


ITEMS = st.lists(_items(), max_size=5, unique_by=lambda item: item.ident)
"""Any few items, each key once."""


def item(ident: str, **fields: Any) -> Item:
    """Return an item; what is not given is absent."""
    return Item(ident=ident, **fields)
