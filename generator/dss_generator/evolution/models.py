"""Changes of models: there or not, what they extend, what the project derives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..positions import Position
from ..schema.resolved import Field, Model
from .change import Change
from .comparing import Comparing, Holding
from .gathering import Draft, gathered, owner
from .likely import hint, likely_renames
from .words import listed, once, targets

_nowhere = Position("", 0, 0)


def compare_models(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of models as such; keys and fields are compared elsewhere."""
    yield from _there_or_not(comparing)
    for old, new in comparing.model_pairs:
        path, old_path = ("models", new.name), ("models", old.name)
        if old.name != new.name:
            effect = "records, keys and refs stay what they are; its class in generated code has the new name"
            message = f"model {old.name} renamed to {new.name}"
            yield comparing.change("model-renamed", path, old_path, message, effect)
        if old.abstract != new.abstract:
            message = f"model {new.name} is {'abstract' if new.abstract else 'no longer abstract'}"
            effect = f"{'no branch' if new.abstract else 'a branch'} can hold it"
            yield comparing.change(
                "abstract-changed", (*path, "abstract"), (*old_path, "abstract"), message, effect
            )
        if comparing.models.get(old.extends, old.extends) != new.extends:
            yield _extends(comparing, old, new)
    yield from gathered(comparing, _derived(comparing))


def shape(field: Field) -> Field:
    """Return what is the same of two fields that differ in name, place and words only."""
    return replace(field, name="", position=_nowhere, doc="", renamed_from="")


def ancestors(models: Mapping[str, Model], name: str) -> Iterator[str]:
    """Yield the names of all models that the model *name* extends; none where there is no such model."""
    while name in models and (name := models[name].extends):
        yield name


def _there_or_not(comparing: Comparing) -> Iterator[Change]:
    gone = {name: each for name, each in comparing.old_models.items() if name not in comparing.models}
    new = {name: each for name, each in comparing.new_models.items() if name not in comparing.models.values()}
    likely = likely_renames(
        {name: _model_shape(each) for name, each in gone.items()},
        {name: _model_shape(each) for name, each in new.items()},
    )
    hints = {name: hint(*pair) for pair in likely.items() for name in pair}
    for name in gone:
        effect = "its class is gone from generated code; what becomes of records is told of its branches"
        message, path = f"model {name} removed", ("models", name)
        yield comparing.change("model-removed", path, path, message, effect, hint=hints.get(name, ""))
    for name in new:
        effect = "nothing is read or written until a tree holds a branch of it"
        path = ("models", name)
        yield comparing.change(
            "model-added", path, None, f"model {name} added", effect, hint=hints.get(name, "")
        )


def _model_shape(model: Model) -> tuple[object, ...]:
    fields = frozenset((each.name, shape(each)) for each in model.own_fields)
    return fields, model.key, model.extends, model.abstract


def _extends(comparing: Comparing, old: Model, new: Model) -> Change:
    before = {comparing.models.get(name, name) for name in ancestors(comparing.old_models, old.name)}
    after = set(ancestors(comparing.new_models, new.name))
    referred = {
        *(
            comparing.models.get(each.ref, each.ref)
            for model in comparing.old_models.values()
            for each in model.fields
        ),
        *(each.ref for model in comparing.new_models.values() for each in model.fields),
    }
    lost, gained = sorted((before - after) & referred), sorted((after - before) & referred)
    parts: list[str] = []
    if lost:
        parts.append(
            f"refs to {listed(lost)} no longer lead to its records: no order, and no protection, by them"
        )
    if gained:
        parts.append(f"refs to {listed(gained)} may lead to its records: order, and protection, by them too")
    effect = "; ".join(parts) or "its fields are compared one by one, and no ref tells the difference"
    was, now = old.extends or "nothing", new.extends or "nothing"
    return comparing.change(
        "extends-changed",
        ("models", new.name, "extends"),
        ("models", old.name, "extends"),
        f"model {new.name} extends {now}, before {was}",
        effect,
        impact=None if parts else "safe",
    )


def _derived(comparing: Comparing) -> Iterator[tuple[str, Draft]]:
    for old, new in comparing.model_pairs:
        before = {each.name: each.type for each in old.derived}
        after = {each.name: each.type for each in new.derived}
        for name in {**before, **after}:
            former = owner(comparing.old_models, old, name) if name in before else ""
            today = owner(comparing.new_models, new, name) if name in after else ""
            declaring = today or comparing.models.get(former, former)
            path = ("models", declaring, "derived", name)
            old_path = ("models", former, "derived", name) if former else None
            what = f"derived property {declaring}.{name}"
            if not today:
                yield new.name, Draft(
                    "derived-removed", path, old_path, f"{what} removed",
                    lambda _: "records that differ in it alone are no longer changed",
                )  # fmt: skip
            elif not former:
                yield new.name, Draft("derived-added", path, None, f"{what} added", _differs)
            elif before[name] != after[name]:
                message = f"{what} is of type {after[name]}, before {before[name]}"
                yield new.name, Draft("derived-retyped", path, old_path, message, _differs)


def _differs(touched: tuple[Holding, ...]) -> str:
    return once("each record for which it differs", targets(touched))
