"""Models: abstract ones, lines of them, single and composite keys, refs to others and to themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from dss_generator.names import field_role, model_role
from tests.strategies import texts
from tests.strategies.fields import ELEMENTS, Field, random_field
from tests.strategies.names import fresh


@dataclass
class Model:
    """A random model; `fields`, `key` and `derived` hold the inherited ones too."""

    name: str
    body: dict[str, Any]
    abstract: bool
    fields: list[Field]
    key: list[str]
    derived: list[str] = field(default_factory=list[str])

    @property
    def key_field(self) -> Field | None:
        """The field that a ref to the model holds, None where there is not just one."""
        return next((each for each in self.fields if [each.name] == self.key), None)

    @property
    def names(self) -> list[str]:
        """The names of all attributes."""
        return [*(each.name for each in self.fields), *self.derived]


def random_models(rng: Random, count: int) -> list[Model]:
    """Return *count* models or a few more, each after those that it extends."""
    names: list[str] = []
    for _ in range(count):
        names.append(fresh(rng, model_role, names))
    models: list[Model] = []
    for name in names:
        models.append(_model(rng, name, models, names))
    if not any(each.key and not each.abstract for each in models):
        name = fresh(rng, model_role, names)
        models.append(_keyed(rng, name, models))
    for model in models:
        _refer_freely(rng, model, models)
    return models


def _model(rng: Random, name: str, models: list[Model], names: list[str]) -> Model:
    parent = rng.choice(models) if models and rng.random() < 0.4 else None
    abstract = rng.random() < 0.2
    body: dict[str, Any] = {}
    made = Model(name, body, abstract, [], [])
    if parent is not None:
        body["extends"] = parent.name
        made.fields, made.key, made.derived = [*parent.fields], [*parent.key], [*parent.derived]
    if rng.random() < 0.3:
        body["doc"] = texts.lines(rng)
    if abstract:
        body["abstract"] = True
    heirs_add_fields = parent is not None and any(parent.name == each.body.get("extends") for each in models)
    if not made.key and (not abstract or rng.random() < 0.5) and not heirs_add_fields:
        _add_key(rng, made, models)
    for _ in range(rng.randint(0, 5)):
        _add(made, random_field(rng, _field_name(rng, made, names), targets=_targets(models)))
    if rng.random() < 0.25:
        _derive(rng, made)
    return made


def _keyed(rng: Random, name: str, models: list[Model]) -> Model:
    made = Model(name, {}, False, [], [])
    _add_key(rng, made, models)
    return made


def _add_key(rng: Random, made: Model, models: list[Model]) -> None:
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = _field_name(rng, made, [])
        _add(made, random_field(rng, name, key=True, targets=_targets(models)))
        made.key.append(name)
    rng.shuffle(made.key)
    made.body["key"] = made.key[0] if len(made.key) == 1 and rng.random() < 0.7 else list(made.key)


def _targets(models: list[Model]) -> list[tuple[str, Field]]:
    return [(each.name, each.key_field) for each in models if each.key_field is not None]


def _field_name(rng: Random, made: Model, models: list[str]) -> str:
    return fresh(rng, field_role, made.names, also=[*models, made.name])


def _add(made: Model, found: Field) -> None:
    made.fields.append(found)
    short = set(found.body) == {"type"} and found.type not in ("enum", "set", "list")
    made.body.setdefault("fields", {})[found.name] = found.type if short else found.body


def _derive(rng: Random, made: Model) -> None:
    names: list[str] = []
    for _ in range(rng.randint(1, 3)):
        names.append(fresh(rng, field_role, [*made.names, *names]))
    made.derived += names
    if rng.random() < 0.5:
        made.body["derived"] = names
    else:
        made.body["derived"] = {name: rng.choice((*ELEMENTS, "bytes", "json")) for name in names}


def _refer_freely(rng: Random, model: Model, models: list[Model]) -> None:
    """Let a model that nobody extends refer to itself, or to models that come after it."""
    if rng.random() < 0.3 and not any(each.body.get("extends") == model.name for each in models):
        name = fresh(rng, field_role, model.names)
        targets = _targets(models)
        if targets:
            target, key = rng.choice(targets)
            body: dict[str, Any] = {"ref": target, "optional": True}
            _add(model, Field(name, body, key.type, key.members, key.max_length))
