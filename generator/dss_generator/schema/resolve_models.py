"""Models: inheritance, keys, refs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .. import fieldtypes
from ..extensions import Table
from ..names import folded, taken
from ..problems import Problems, did_you_mean, shown
from .definitions import Definition, Section, report_collision
from .nodes import MapNode, ScalarNode
from .resolve_fields import Draft, check, draft, packaged, placeholder
from .resolved import Derived, Field, Model

if TYPE_CHECKING:
    from ..fieldtypes import TypeClass

max_ancestors = 20
max_fields = 500
_exactly = "a key is compared exactly: bring both sides to one form with a transform (such as `| lower`)"
_inexact_options = ("compare", "null_equals_empty", "scale", "zone", "precision")


@dataclass(slots=True)
class Models:
    """The resolved models. `partial` names those whose fields are not all known, which is reported."""

    section: Section
    found: dict[str, Model] = field(default_factory=dict[str, Model])
    partial: set[str] = field(default_factory=set[str])


def resolve_models(section: Section, types: Table[TypeClass], problems: Problems) -> Models:
    """Return the models of *section*, each with its inherited fields first."""
    return _Resolving(section, types, problems).models()


class _Resolving:
    """One run over the models: own fields, ancestors, keys, then refs through other models' keys."""

    def __init__(self, section: Section, types: Table[TypeClass], problems: Problems) -> None:
        self._section = section
        self._types = types
        self._problems = problems
        self._models = Models(section)
        self._own: dict[str, dict[str, Draft]] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._finished: dict[tuple[str, str], Field] = {}
        self._following: list[tuple[str, str]] = []

    def models(self) -> Models:
        for each in self._section:
            self._own[each.name] = self._own_drafts(each)
        for each in self._section:
            self._lines[each.name] = self._line(each)
        for each in self._section:
            self._check_redeclared(each)
        for each in self._section:
            for name, own in self._own[each.name].items():
                check(self._finish(each.name, name), own.node, self._problems)
        for each in self._section:
            self._models.found[each.name] = self._model(each)
        for each in self._section:
            self._check_key(each)
        return self._models

    def _own_drafts(self, model: Definition) -> dict[str, Draft]:
        fields = model.body.mapping("fields")
        drafts: dict[str, Draft] = {
            name: placeholder(ScalarNode(model.position, name)) for name in fields.broken
        }
        if "fields" in model.body.broken:
            self._models.partial.add(model.name)
        for key, node in fields:
            other = taken(key.text, drafts)
            if other is not None:
                report_collision("field", key, other, drafts[other].field.position, self._problems)
            drafts[key.text] = draft(key, node, self._types, self._problems)
        return {key: drafts[key] for key in (*(key.text for key, _ in fields), *sorted(fields.broken))}

    def _line(self, model: Definition) -> tuple[str, ...]:
        """Return the names of the model's ancestors, the oldest first, and its own."""
        line = [model.name]
        fields = len(model.body.mapping("fields").entries)
        while (parent := self._section.found[line[0]].body.scalar("extends")) is not None:
            if parent.text in line:
                if parent.text == model.name:
                    circle = " extends ".join([*reversed(line), parent.text])
                    self._problems.add(parent.position, "extends-cycle", f"a circle: {circle}")
                self._models.partial.add(model.name)
                break
            if parent.text not in self._section.found:
                if len(line) == 1:
                    self._section.find(self._models.found, parent, self._problems)
                self._models.partial.add(model.name)
                break
            fields += len(self._section.found[parent.text].body.mapping("fields").entries)
            if len(line) == max_ancestors or fields > max_fields:
                message = f"more than {max_ancestors} models or {max_fields} fields in a line of models"
                self._problems.add(parent.position, "too-many", message)
                self._models.partial.add(model.name)
                break
            line.insert(0, parent.text)
        if self._models.partial.intersection(line):
            self._models.partial.add(model.name)
        return tuple(line)

    def _check_redeclared(self, model: Definition) -> None:
        line = self._lines[model.name]
        seen: dict[str, tuple[str, ScalarNode]] = {}
        for owner in line:
            body = self._section.found[owner].body
            for key in (*(key for key, _ in body.mapping("fields")), *_derived_names(body)):
                first_owner, first = seen.setdefault(folded(key.text), (owner, key))
                if first is key or owner != model.name:
                    continue
                # Two fields of one model are noted where they are drafted.
                if first_owner != model.name or not any(key is each for each, _ in body.mapping("fields")):
                    where = f"{first_owner} has it at {first.position}"
                    if first.text != key.text:
                        where = f"{where} as {shown(first.text)}"
                    message = f"{shown(key.text)} is there already: {where}"
                    self._problems.add(key.position, "field-redeclared", message)
        if len(line) > 1 and (own_key := model.body.key("key")) is not None:
            heir = next(
                (each for each in reversed(line[:-1]) if self._section.found[each].body.get("key")), None
            )
            if heir is not None:
                message = f"the key is inherited from {heir}; refs to {heir} rely on it, so remove this one"
                self._problems.add(own_key.position, "key-redeclared", message)

    def _finish(self, owner: str, name: str) -> Field:
        """Return the field *name* that *owner* declares, of the type of the key that its ref leads to."""
        step = (owner, name)
        if step in self._finished:
            return self._finished[step]
        found = self._own[owner][name].field
        if found.ref:
            self._following.append(step)
            found = self._through(found, self._own[owner][name].node)
            self._following.pop()
        self._finished[step] = found
        return found

    def _through(self, found: Field, node: MapNode) -> Field:
        unknown = replace(found, type="str", default=None, optional=True)
        ref = node.scalar("ref")
        if ref is None or ref.text not in self._section.found:
            if ref is not None:
                self._section.find(self._models.found, ref, self._problems)
            return unknown
        keys = self._key(ref.text)
        if len(keys) != 1:
            if ref.text not in self._models.partial or keys:
                has = (
                    f"has the composite key {', '.join(each.text for each in keys)}" if keys else "has no key"
                )
                message = f"a ref needs a model with a single key; {ref.text} {has}"
                self._problems.add(ref.position, "ref-key", message)
            return unknown
        owner = self._owner(ref.text, keys[0].text)
        if owner is None:  # an unknown field in a key is noted there
            return unknown
        if (owner, keys[0].text) in self._following:
            circle = " → ".join(
                f"{model}.{name}" for model, name in [*self._following, (owner, keys[0].text)]
            )
            self._problems.add(
                ref.position, "ref-cycle", f"keys that refer to each other in a circle: {circle}"
            )
            return unknown
        if len(self._following) >= 50:
            self._problems.add(ref.position, "ref-cycle", "a key that is reached through more than 50 refs")
            return unknown
        target = self._finish(owner, keys[0].text)
        return replace(
            found,
            type=target.type,
            members=target.members,
            options=target.options,
            packaged=target.packaged,
        )

    def _key(self, model: str) -> tuple[ScalarNode, ...]:
        for each in reversed(self._lines[model]):
            if keys := self._section.found[each].body.scalars("key"):
                return keys
        return ()

    def _owner(self, model: str, name: str) -> str | None:
        return next((each for each in self._lines[model] if name in self._own[each]), None)

    def _model(self, model: Definition) -> Model:
        line = self._lines[model.name]
        own = tuple(self._finish(model.name, name) for name in self._own[model.name])
        own_derived = _derived(model.body, self._types)
        inherited = tuple(self._finish(each, name) for each in line[:-1] for name in self._own[each])
        names = {each.name for each in (*inherited, *own)}
        return Model(
            name=model.name,
            position=model.position,
            abstract=model.body.flag("abstract"),
            extends=line[-2] if len(line) > 1 else "",
            key=tuple(dict.fromkeys(each.text for each in self._key(model.name) if each.text in names)),
            fields=(*inherited, *own),
            own_fields=own,
            derived=(
                *(
                    each
                    for name in line[:-1]
                    for each in _derived(self._section.found[name].body, self._types)
                ),
                *own_derived,
            ),
            own_derived=own_derived,
            doc=model.body.text("doc"),
            renamed_from=model.body.text("renamed_from"),
        )

    def _check_key(self, model: Definition) -> None:
        """Note what is wrong with the key that *model* itself gives."""
        resolved = self._models.found[model.name]
        seen: set[str] = set()
        for name in model.body.scalars("key"):
            if name.text in seen:
                self._problems.add(name.position, "key-field", f"the key names {shown(name.text)} twice")
            seen.add(name.text)
            owner = self._owner(model.name, name.text)
            if owner is None:
                if model.name not in self._models.partial:
                    report_unknown_field(name, resolved, self._problems)
                continue
            reason = _reason_against_key(resolved.field(name.text), self._own[owner][name.text])
            if reason:
                self._problems.add(name.position, "key-field", f"{shown(name.text)} {reason}")


def report_unknown_field(name: ScalarNode, model: Model, problems: Problems) -> None:
    """Note that *model* has no field *name*."""
    names = [each.name for each in model.fields]
    hint = did_you_mean(name.text, names) or f"; its fields are {', '.join(names[:12]) or 'not given yet'}"
    problems.add(name.position, "unknown-field", f"{model.name} has no field {shown(name.text)}{hint}")


def _reason_against_key(found: Field, own: Draft) -> str:
    if own.node.flag("optional"):
        return "is optional; every record has its whole key"
    if own.node.get("default") is not None:
        return "has a default; every record has a key of its own"
    if not fieldtypes.may_be_key(found):
        kinds = f"{', '.join(fieldtypes.key_types())} or ref"
        return f"is of type {found.type}, which cannot tell records apart; a key is one of {kinds}"
    inexact = [name for name, _ in found.options if name in _inexact_options]
    if inexact and not found.ref:
        return f"has the option {inexact[0]!r}; {_exactly}"
    return ""


def _derived_names(body: MapNode) -> tuple[ScalarNode, ...]:
    node = body.get("derived")
    return tuple(key for key, _ in node) if isinstance(node, MapNode) else body.scalars("derived")


def _derived(body: MapNode, types: Table[TypeClass]) -> tuple[Derived, ...]:
    given = body.mapping("derived")
    named = [(name, given.text(name.text, "str")) for name in _derived_names(body)]
    return tuple(Derived(name.text, kind, name.position, packaged(types, kind)) for name, kind in named)
