"""Changes of models, told once: what a model changes, its heirs change as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..schema.resolved import Model
from .change import Change
from .comparing import Comparing, Holding
from .version import Path
from .words import UNTOUCHED, UNWRITTEN


@dataclass(frozen=True, slots=True)
class Draft:
    """A change of one model; `effect` says what it does where the model's records are held.

    `old_field` and `new_field` are the names of the field that is meant: a tree that omits it is not touched.
    """

    rule: str
    path: Path
    old_path: Path | None
    message: str
    effect: Callable[[tuple[Holding, ...]], str]
    old_field: str | None = None
    new_field: str | None = None


def gathered(
    comparing: Comparing, drafts: Iterable[tuple[str, Draft]], hints: Mapping[Path, str] | None = None
) -> Iterator[Change]:
    """Yield one change for equal *drafts*, given with the names of their models, with all that they touch."""
    first: dict[tuple[str, Path, Path | None, str], Draft] = {}
    models: dict[tuple[str, Path, Path | None, str], set[str]] = {}
    for model, draft in drafts:
        key = (draft.rule, draft.path, draft.old_path, draft.message)
        first.setdefault(key, draft)
        models.setdefault(key, set()).add(model)
    for key, draft in first.items():
        touched = comparing.touched(models[key], draft.old_field, draft.new_field)
        effect = draft.effect(touched) if touched else UNTOUCHED
        yield comparing.change(
            draft.rule,
            draft.path,
            draft.old_path,
            draft.message,
            effect,
            impact="safe" if effect in (UNTOUCHED, UNWRITTEN) else None,
            hint=(hints or {}).get(draft.path, ""),
        )


def owner(models: Mapping[str, Model], model: Model, name: str) -> str:
    """Return which of *model* and its ancestors declares the field or derived property *name*."""
    while name not in {*(each.name for each in model.own_fields), *(each.name for each in model.own_derived)}:
        model = models[model.extends]
    return model.name
