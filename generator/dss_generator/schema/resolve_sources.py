"""Where a tree's branch takes the value of each field from."""

from __future__ import annotations

from dataclasses import replace

from .. import fieldtypes
from ..problems import Problems, did_you_mean, shown
from .columns import Columns
from .nodes import ListNode, MapNode, ScalarNode
from .order import circle_of, in_order
from .pipelines import ParsedPipeline, TemplateName, parse_pipeline
from .resolve_fields import value_of
from .resolve_models import report_unknown_field
from .resolved import Field, FieldSource, Model, Part, Pipeline
from .text_scanner import TextError

_ways = ("transform", "computed", "const", "omit")


class Sources:
    """The resolving of one branch's fields: who claims which, then each in the order of what it needs."""

    def __init__(
        self, node: MapNode, model: Model, partial: bool, columns: Columns, problems: Problems
    ) -> None:
        self._node = node
        self._model = model
        self._partial = partial
        self._columns = columns
        self._problems = problems
        self._fields = {each.name: each for each in model.fields}
        self.claims = self._claims()
        self._needs: dict[str, set[str]] = {}

    def _claims(self) -> dict[str, str]:
        """Return, by field, the key (`transform`, `computed`, …) that says where its value comes from."""
        claims: dict[str, tuple[str, ScalarNode]] = {}
        for way in _ways:
            node = self._node.get(way)
            names = [key for key, _ in node] if isinstance(node, MapNode) else list(self._node.scalars(way))
            for name in names:
                if name.text not in self._fields:
                    if not self._partial:
                        report_unknown_field(name, self._model, self._problems)
                elif name.text in claims:
                    other, first = claims[name.text]
                    where = f"in {way!r} and, at {first.position}, in {other!r}"
                    message = f"{shown(name.text)} is {where}; keep one of them"
                    self._problems.add(name.position, "field-twice", message)
                else:
                    claims[name.text] = (way, name)
                    if way != "transform" and self._columns[name.text] is not None:
                        message = (
                            f"{shown(name.text)} is in {way!r} and in 'columns'; keep one of them, "
                            f"or call the column '_{name.text}'"
                        )
                        self._problems.add(name.position, "field-twice", message)
            for name_text in node.broken if isinstance(node, MapNode) else ():
                claims.setdefault(name_text, (way, ScalarNode(self._node.position, name_text)))
        return {name: way for name, (way, _) in claims.items()}

    def omitted(self) -> tuple[str, ...]:
        """Return the fields that are not held, in the model's order; what must be held is noted."""
        for name in self._node.scalars("omit"):
            found = self._fields.get(name.text)
            if found is None:
                continue
            if name.text in self._model.key:
                message = f"{shown(name.text)} is in the key; without it no record can be told from another"
                self._problems.add(name.position, "omit", message)
            elif found.required:
                rule = "only an optional field, or one with a default, can be omitted"
                message = f"{shown(name.text)} is required; {rule}"
                self._problems.add(name.position, "omit", message)
        return tuple(name for name in self._fields if self.claims.get(name) == "omit")

    def resolve(self) -> tuple[FieldSource, ...]:
        """Return the sources of the held fields, each after those that it needs."""
        found: dict[str, FieldSource] = {}
        for name, each in self._fields.items():
            source = self._source(each)
            if source is not None:
                found[name] = replace(source, separator=self._separator(each))
        order = in_order(self._ranked(found), self._needs)
        for name in order:
            circle = circle_of(name, self._needs)
            if circle and name == min(circle):
                at = self._node.mapping("transform").key(name) or ScalarNode(self._node.position, name)
                message = f"fields that are made from each other in a circle: {' ← '.join(circle)}"
                self._problems.add(at.position, "transform-cycle", message)
        return tuple(found[name] for name in order)

    def _ranked(self, found: dict[str, FieldSource]) -> tuple[str, ...]:
        """Return the names in *found*: cells and constants, what is made of them, the fields that methods of
        the project compute (which so see all the others), and what is made of those."""
        late = {name for name, source in found.items() if source.computed}
        computed = frozenset(late)
        while more := {name for name, needs in self._needs.items() if name not in late and needs & late}:
            late |= more

        def rank(name: str) -> int:
            if name in late:
                return 2 if name in computed else 3
            return 1 if found[name].pipeline else 0

        return tuple(sorted(found, key=rank))

    def _source(self, found: Field) -> FieldSource | None:
        match self.claims.get(found.name):
            case "omit":
                return None
            case "computed":
                return FieldSource(found, computed=True)
            case "const":
                return self._const(found)
            case "transform":
                return self._transformed(found)
            case _:
                column = self._own_column(found.name)
                if column is None and found.name not in self._columns.broken:
                    at = self._node.key("columns")
                    message = f"the field {shown(found.name)} has no column"
                    self._problems.add(
                        at.position if at else self._node.position,
                        "unmapped-field",
                        f"{message}; without a header each needs a position, or is in {', '.join(_ways)}",
                    )
                return FieldSource(found, column=column)

    def _const(self, found: Field) -> FieldSource | None:
        node = self._node.mapping("const").get(found.name)
        if not isinstance(node, (ScalarNode, ListNode)):
            return None
        text = value_of(found.type, node, "a constant", "const", self._problems)
        if text is None:
            return None
        reason = fieldtypes.reason_against(found, text) if self._sound(found) else None
        if reason is not None:
            message = f"{shown(found.name)} cannot be this {found.type}: {reason}"
            self._problems.add(node.position, "const", message)
        return FieldSource(found, const=text)

    def _transformed(self, found: Field) -> FieldSource | None:
        node = self._node.mapping("transform").scalar(found.name)
        if node is None:
            return None
        try:
            parsed = parse_pipeline(node)
            return FieldSource(found, pipeline=Pipeline(self._template(found, parsed), parsed.steps))
        except TextError as error:
            self._problems.add(node.at(error.offset), "pipeline", error.message)
            return None

    def _template(self, found: Field, parsed: ParsedPipeline) -> tuple[Part, ...]:
        if parsed.template:
            return tuple(
                self._part(found, each) if isinstance(each, TemplateName) else Part(text=each)
                for each in parsed.template
            )
        column = self._own_column(found.name)
        if column is None and found.name not in self._columns.broken:
            message = (
                f"{shown(found.name)} has no column to begin with; give it one, or begin with a {{name}}"
            )
            raise TextError(0, message)
        return (Part(column=column),)

    def _part(self, found: Field, each: TemplateName) -> Part:
        """Return what the name in a template means: the value of another field when it is made of something,
        the cell of a column when it is read as it is."""
        name = each.name
        if name != found.name and self.claims.get(name) in ("transform", "computed", "const"):
            self._needs.setdefault(found.name, set()).add(name)
            return Part(field=name)
        column = self._columns[name]
        if column is None and (
            name in self._columns.broken or name in self._fields or not self._columns.positional
        ):
            if self.claims.get(name) == "omit":
                raise TextError(each.offset, f"{shown(name)} is omitted here, so there is no value of it")
            column = self._own_column(name)
        if column is None and name not in self._columns.broken:
            names = [*self._fields, *(column.alias for column in self._columns.found)]
            hint = did_you_mean(name, names) or self._columns.hint(name)
            raise TextError(each.offset, f"there is no field or column {shown(name)}{hint}")
        return Part(column=column)

    def _own_column(self, name: str) -> int | None:
        index = self._columns[name]
        if index is not None or self._columns.positional or name in self._columns.broken:
            return index
        return self._columns.named(name)

    def _separator(self, found: Field) -> str:
        return self._node.mapping("split").text(found.name, ",")

    def _sound(self, found: Field) -> bool:
        try:
            fieldtypes.field_type(found)
        except ValueError:  # noted where the field is
            return False
        return True
