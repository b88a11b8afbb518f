"""Changes of keys: how records are told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..schema.resolved import Model
from .change import Change
from .comparing import Comparing, Holding
from .gathering import Draft, gathered
from .words import UNWRITTEN, listed, targets


def compare_keys(comparing: Comparing) -> Iterator[Change]:
    """Yield every key that is another one, once for the model that gives it and its heirs."""
    yield from gathered(comparing, _drafts(comparing))


def _drafts(comparing: Comparing) -> Iterator[tuple[str, Draft]]:
    for old, new in comparing.model_pairs:
        names = comparing.fields[new.name]
        before = tuple(names.get(each, each) for each in old.key)
        if before == new.key:
            continue
        rule = "key-reordered" if set(before) == set(new.key) else "key-changed"
        today = _giving(comparing.new_models, new)
        path = ("models", today, "key")
        old_path = ("models", _giving(comparing.old_models, old), "key")
        message = f"key of {today} changed from ({', '.join(old.key)}) to ({', '.join(new.key)})"
        yield new.name, Draft(rule, path, old_path, message, _effect(rule, new.key))


def _giving(models: Mapping[str, Model], model: Model) -> str:
    """Return the name of the oldest model from which *model* has its key."""
    while model.extends and models[model.extends].key == model.key:
        model = models[model.extends]
    return model.name


def _effect(rule: str, key: tuple[str, ...]) -> Callable[[tuple[Holding, ...]], str]:
    def effect(touched: tuple[Holding, ...]) -> str:
        if rule == "key-reordered":
            return (
                "no record differs; handlers, and code that asks for a record, get the parts in another order"
            )
        names = targets(touched)
        if not names:
            return UNWRITTEN
        told = f"records are told apart by {listed(key)}"
        same = f"every record whose {listed(key)} is not the same on both sides"
        return f"{told}: {same} would be old + new in {names}"

    return effect
