"""Fields in place of whose values a database holds the ids of other rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..marks import override
from ..problems import Problems, shown
from .compound_kinds import Entries, Key, Record
from .conditions import parse_condition
from .kinds import Choice, Name, Text
from .nodes import MapNode, ScalarNode
from .resolve_models import report_unknown_field
from .resolved import Comparison, Condition, FieldSource, Junction, Scalar, TreeBranch
from .text_scanner import TextError
from .values import column_name, scalar_value, value

Ties = tuple[tuple[str, tuple[str | int, ...]], ...]
"""Columns, and the values of which each has to hold one."""

_TYPES = ("str", "int", "uuid")
"""The types whose values rows can be found by, and which no cell without a row can be taken for."""

_RULE = (
    "a lookup's 'where' ties columns to values: `==` and `in` with texts and whole numbers, joined by `and`"
)

key = Key(
    "lookup",
    Entries(
        Name("field"),
        Record(
            "lookup",
            "a lookup",
            (
                Key(
                    "table",
                    Text(200, low=1, noun="a table's name"),
                    "The table of the rows, with its schema before a dot where it needs one.",
                    required=True,
                ),
                Key("key", column_name, "Its column that holds what the field holds.", required=True),
                Key(
                    "value",
                    column_name,
                    "Its column with the id that the field's own column holds; no two rows have the same.",
                    required=True,
                ),
                Key(
                    "where",
                    Text(2_000, low=1, lines=True, noun="a condition"),
                    "Which of its rows count: `==` and `in`, joined by `and`; all when not given.",
                ),
                Key("none", value, "What the field's own column holds for None (NULL when not given)."),
                Key(
                    "others",
                    Choice.of(
                        {
                            "report": "It is unreadable: reported, and left as it is.",
                            "ignore": "It is somebody else's: neither seen nor touched.",
                        }
                    ),
                    "What a row is that leads to a row without a key, or to one that does not count.",
                ),
            ),
            doc="The row of another table whose id stands for what a field holds.",
        ),
        high=100,
    ),
    "Fields whose columns hold ids of rows in another table, and what these rows are found by.",
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The `value` of the row of `table` whose `key` the field holds; `ignore` is `others: ignore`."""

    table: str
    key: str
    value: str
    where: Ties = ()
    none: Scalar | None = None
    ignore: bool = False

    @override
    def __str__(self) -> str:
        """Return what it is in words, for the dictionary and for messages."""
        ties = " and ".join(f"{name} in {_listed(values)}" for name, values in self.where)
        none = "" if self.none is None else f", {self.none} for None"
        others = ", others ignored" if self.ignore else ""
        return f"{self.value} of {self.table} by {self.key}{f' where {ties}' if ties else ''}{none}{others}"


def _listed(values: tuple[str | int, ...]) -> str:
    return f"[{', '.join(repr(each) for each in values)}]"


def lookups(node: MapNode, problems: Problems) -> tuple[tuple[str, Lookup], ...]:
    """Return the lookup of each field that has one; what is wrong is noted."""
    return tuple(
        (name.text, _lookup(each, problems))
        for name, each in node.mapping("lookup")
        if isinstance(each, MapNode)
    )


def check_table(node: ScalarNode, problems: Problems) -> None:
    """Note a table's name that is none."""
    parts = node.text.split(".")
    if len(parts) > 2 or not all(part and part == part.strip() for part in parts):
        problems.add(
            node.position, "sql-options", f"{shown(node.text)} is not a table's name, or schema.name"
        )


def _lookup(node: MapNode, problems: Problems) -> Lookup:
    table, where, none = node.scalar("table"), node.scalar("where"), node.scalar("none")
    if table is not None:
        check_table(table, problems)
    return Lookup(
        node.text("table"),
        node.text("key"),
        node.text("value"),
        _ties(where, problems) if where is not None else (),
        scalar_value(none) if none is not None else None,
        node.text("others") == "ignore",
    )


def _ties(node: ScalarNode, problems: Problems) -> Ties:
    names: list[str] = []

    def column(name: str, _offset: int) -> int:
        names.append(name)
        return len(names) - 1

    try:
        condition = parse_condition(node, column)
    except TextError as error:
        problems.add(node.at(error.offset), "where", error.message)
        return ()
    found = list(_tied(condition, names))
    if any(tie is None for tie in found):
        problems.add(node.position, "where", _RULE)
    ties = [tie for tie in found if tie is not None]
    if len({name for name, _ in ties}) < len(ties):
        problems.add(node.position, "where", "a column is tied twice; give all its values in one list")
    return tuple(ties)


def _tied(condition: Condition, names: list[str]) -> Iterator[tuple[str, tuple[str | int, ...]] | None]:
    """Yield what a condition ties, None for what ties nothing."""
    match condition:
        case Junction("and", operands):
            for each in operands:
                yield from _tied(each, names)
        case Comparison(at, "==" | "in", literals, numeric) if not numeric or all(map(_is_whole, literals)):
            yield names[at], tuple(int(each) if numeric else each for each in literals)
        case _:
            yield None


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def check_lookups(node: MapNode, held: TreeBranch, partial: bool, problems: Problems) -> None:
    """Note the lookups that do not suit the fields of *held*; *partial*: some fields are not known."""
    if (given := node.key("lookup")) is not None and held.option("table") is None:
        message = "'lookup' needs a 'table'; a query joins by itself"
        problems.add(given.position, "sql-options", message)
        return
    fields = {each.name: each for each in held.branch.model.fields}
    for name, each in node.mapping("lookup"):
        if name.text not in fields:
            if not partial:
                report_unknown_field(name, held.branch.model, problems)
            continue
        reason = _reason_against(name.text, held)
        if not reason and isinstance(each, MapNode) and each.get("none") and fields[name.text].required:
            reason = "is required, so that 'none' never stands for it"
        if reason:
            problems.add(name.position, "sql-options", f"{shown(name.text)} {reason}")


def _reason_against(name: str, held: TreeBranch) -> str:
    """Return why the column of the field *name* cannot hold an id in place of its value, "" where it can."""
    source = next((each for each in held.sources if each.field.name == name), None)
    if source is None or source.column is None:
        return "has no column of its own here, which could hold an id"
    if source.field.type not in _TYPES:
        return f"is of the type {source.field.type}; a row can be found by a {', '.join(_TYPES[:-1])} or uuid"
    column = held.columns[source.column].source
    if any(each.field.name == name for each in held.generated):
        return "gets generated names, which no row has yet"
    others = [
        each.field.name for each in held.sources if each is not source and column in _columns_of(each, held)
    ]
    if others:
        return f"shares its column with {', '.join(map(shown, others))}, which would not see the id either"
    if held.where is not None and column in _compared(held.where, held):
        return "is in 'where', which cannot compare ids; put it into the 'where' of the lookup"
    if column in dict((*held.old.set, *held.old.returns)):
        return "has a column that 'old' sets, and that column holds an id"
    return ""


def _columns_of(source: FieldSource, held: TreeBranch) -> set[str | int]:
    parts = source.pipeline.template if source.pipeline is not None else ()
    places = (source.column, *(part.column for part in parts))
    return {held.columns[at].source for at in places if at is not None}


def _compared(condition: Condition, held: TreeBranch) -> set[str | int]:
    if isinstance(condition, Comparison):
        return {held.columns[condition.column].source}
    return {column for each in condition.operands for column in _compared(each, held)}
