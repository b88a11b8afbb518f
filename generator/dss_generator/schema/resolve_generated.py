"""Fields that a tree gives a value of its own when a record is created there, such as a user name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..problems import Problems, did_you_mean, shown
from .nodes import MapNode, Node, ScalarNode
from .order import circle_of, in_order
from .pipelines import TemplateName, parse_pipeline
from .resolve_models import report_unknown_field
from .resolved import Branch, Field, Generated, Part, Pipeline, TreeBranch
from .text_scanner import TextError

_many = ("set", "list", "json", "bytes")
"""The types whose values are no part of a name."""


class Generating:
    """The resolving of `generate` of one tree's branch; *claims* says where other fields come from."""

    def __init__(
        self, node: MapNode, branch: Branch, partial: bool, claims: Mapping[str, str], problems: Problems
    ) -> None:
        self._node = node
        self._model = branch.model
        self._partial = partial
        self._claims = claims
        self._problems = problems
        self._fields = {each.name: each for each in branch.model.fields}
        self._needs: dict[str, set[str]] = {}

    def resolve(self) -> tuple[Generated, ...]:
        """Return the fields that get a value, each after those that its patterns name."""
        found: dict[str, Generated] = {}
        entries = self._node.mapping("generate")
        for key, value in entries:
            field = self._fields.get(key.text)
            if field is None:
                if not self._partial:
                    report_unknown_field(key, self._model, self._problems)
            elif (reason := self._reason_against(field)) is not None:
                self._problems.add(key.position, "generate", f"{shown(field.name)} {reason}")
            else:
                found[field.name] = self._generated(field, value)
        for key, _ in entries:
            circle = circle_of(key.text, self._needs)
            if circle and key.text == min(circle):
                message = f"names that are made from each other in a circle: {' ← '.join(circle)}"
                self._problems.add(key.position, "generate", message)
        return tuple(found[name] for name in in_order(tuple(found), self._needs))

    def _reason_against(self, field: Field) -> str | None:
        """Return why *field* cannot get a name."""
        if field.name in self._model.key:
            return "is in the key; every record has a key of its own already"
        if field.type != "str" or field.ref:
            return f"is {'a ref' if field.ref else f'of type {field.type}'}; a name is a str"
        if field.required or field.default:
            return 'always has a value; make it `optional: true`, or give it `default: ""`'
        if field.sensitive:
            return "is sensitive; a name that is given has to stand in plans, where people look at it"
        claimed = self._claims.get(field.name)
        if claimed is not None:
            return f"is in {claimed!r}, and a name is held as it is"
        policy = self._node.mapping("sync").text(field.name, "create_only")
        if policy != "create_only":
            return f"has `sync: {policy}`; a name is given when a record is created, and never changed"
        return None

    def _generated(self, field: Field, value: Node) -> Generated:
        node = value if isinstance(value, MapNode) else None
        patterns = node.scalars("patterns") if node is not None else (value,)
        found = [self._pattern(field, each) for each in patterns if isinstance(each, ScalarNode)]
        unique = tuple(each.text for each in node.scalars("unique")) if node is not None else ()
        return Generated(field, tuple(each for each in found if each is not None), unique)

    def _pattern(self, field: Field, node: ScalarNode) -> Pipeline | None:
        try:
            parsed = parse_pipeline(node)
            if not parsed.template:
                raise TextError(0, "expected a template with at least one {name} before the transforms")
            template = tuple(
                self._part(field, each) if isinstance(each, TemplateName) else Part(text=each)
                for each in parsed.template
            )
        except TextError as error:
            self._problems.add(node.at(error.offset), "generate", error.message)
            return None
        return Pipeline(template, parsed.steps)

    def _part(self, field: Field, each: TemplateName) -> Part:
        used = self._fields.get(each.name)
        if used is None:
            if self._partial:
                return Part(field=each.name)
            names = ", ".join([*self._fields][:12])
            hint = did_you_mean(each.name, self._fields) or f"; its fields are {names}"
            raise TextError(each.offset, f"{self._model.name} has no field {shown(each.name)}{hint}")
        if used.sensitive:
            raise TextError(each.offset, f"{shown(each.name)} is sensitive, and anybody may see a name")
        if used.type in _many:
            raise TextError(
                each.offset, f"{shown(each.name)} is of type {used.type}, which is no part of a name"
            )
        if used.name == field.name or used.name in {key.text for key, _ in self._node.mapping("generate")}:
            self._needs.setdefault(field.name, set()).add(used.name)
        return Part(field=used.name)


def share_names(entries: MapNode, held: dict[str, TreeBranch], problems: Problems) -> dict[str, TreeBranch]:
    """Return the branches of one tree in which who shares names with whom is said of all of them.

    Sharing goes both ways, and on from one to the next: otherwise it would depend on which of two branches
    comes first whether a name is given twice.
    """
    together: dict[str, list[set[str]]] = {}
    for name, branch in held.items():
        for generated in branch.generated:
            field = generated.field.name
            others = _checked(entries, name, field, held, problems)
            _join(together.setdefault(field, []), {name, *others})
    return {name: _sharing(branch, together) for name, branch in held.items()}


def _join(groups: list[set[str]], members: set[str]) -> None:
    for group in [each for each in groups if each & members]:
        groups.remove(group)
        members |= group
    groups.append(members)


def _sharing(branch: TreeBranch, together: dict[str, list[set[str]]]) -> TreeBranch:
    name = branch.branch.name
    return replace(
        branch,
        generated=tuple(
            replace(
                each,
                shared_with=tuple(
                    sorted(next(group for group in together[each.field.name] if name in group) - {name})
                ),
            )
            for each in branch.generated
        ),
    )


def _checked(
    entries: MapNode, name: str, field: str, held: dict[str, TreeBranch], problems: Problems
) -> set[str]:
    """Return the branches that `unique` names and that have such a field here; others are reported."""
    names = {key.text for key, _ in entries} | entries.broken
    found: set[str] = set()
    for node in _unique(entries, name, field):
        other = held.get(node.text)
        if node.text not in names:
            message = f"this tree holds no branch {shown(node.text)}{did_you_mean(node.text, names)}"
            problems.add(node.position, "generate", message)
        elif other is not None and field in other.held:
            found.add(node.text)
        elif other is not None:
            problems.add(node.position, "generate", f"{node.text} holds no field {shown(field)} here")
    return found


def _unique(entries: MapNode, name: str, field: str) -> tuple[ScalarNode, ...]:
    return entries.mapping(name).mapping("generate").mapping(field).scalars("unique")
