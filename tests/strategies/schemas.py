"""Whole random schemas as YAML text: a Hypothesis strategy, and the same from a seed.

`python -m tests.strategies.schemas FOLDER [COUNT] [SEED]` writes one file per schema, to look at.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from dss_generator.names import branch_role, sync_role, tree_role
from dss_generator.schema.resolved import Schema
from tests.strategies import texts
from tests.strategies.loading import Refused, resolved
from tests.strategies.models import Model, random_models
from tests.strategies.names import former, fresh
from tests.strategies.trees import READ_ONLY, random_tree

ADAPTERS = ("csv", "parquet", "oneroster", "sql", "scim", "ldap", "memory", "custom")
per_schema = settings(max_examples=max(10, settings().max_examples * 2 // 5))
"""How often a property of whole schemas is tried: each is many definitions, and takes long to read."""
MAY_COLLIDE = frozenset({"generated-name", "handler-collision"})
"""The rules that a random schema may break: whether two derived names meet is the generator's to find out."""


def random_schema(rng: Random, *, models: int = 4) -> str:
    """Return a schema that is sound, and that the generator accepts."""
    for _ in range(50):
        text = as_yaml(_schema(rng, rng.randint(1, models)))
        try:
            resolved(text)
        except Refused as refused:
            if not refused.rules <= MAY_COLLIDE:
                raise AssertionError(f"a sound schema was refused: {refused}\n{text}") from refused
        else:
            return text
    raise AssertionError("fifty schemas in a row had derived names that collide")


def seeded_schemas(count: int, seed: int = 0) -> Iterator[str]:
    """Yield *count* schemas, the same ones for the same seed."""
    for number in range(count):
        yield random_schema(Random(f"{seed}:{number}"))


def schemas(*, models: int = 3) -> st.SearchStrategy[str]:
    """Return a strategy of schemas as YAML text, which Hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(lambda rng: random_schema(rng, models=models))


def resolve(text: str) -> Schema:
    """Return the resolved schema of one file with *text*."""
    return resolved(text)


def as_yaml(body: dict[str, Any]) -> str:
    """Return *body* as JSON, which is YAML as well: texts in quotes, numbers and booleans bare."""
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _schema(rng: Random, count: int) -> dict[str, Any]:
    models = random_models(rng, count)
    branches = _branches(rng, models)
    trees: dict[str, Any] = {}
    for _ in range(rng.randint(1, 4)):
        name = fresh(rng, tree_role, trees)
        trees[name] = random_tree(
            rng, rng.choice(ADAPTERS), [(each, model) for each, (_, model) in branches.items()]
        )
    body: dict[str, Any] = {
        "models": {each.name: each.body for each in models},
        "branches": {name: each for name, (each, _) in branches.items()},
        "trees": trees,
    }
    syncs = _syncs(rng, trees)
    return {**body, "syncs": syncs} if syncs else body


def _branches(rng: Random, models: list[Model]) -> dict[str, tuple[dict[str, Any], Model]]:
    found: dict[str, tuple[dict[str, Any], Model]] = {}
    usable = [each for each in models if each.key and not each.abstract]
    for model in [*usable, *(rng.choice(usable) for _ in range(rng.randint(0, 1)))]:
        name = fresh(rng, branch_role, found)
        found[name] = (_branch(rng, name, model), model)
    return found


def _branch(rng: Random, name: str, model: Model) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model.name}
    if rng.random() < 0.3:
        body["doc"] = texts.lines(rng)
    if rng.random() < 0.3:
        kinds = rng.sample(["new", "changed", "old", "unreadable"], rng.randint(1, 4))
        body["guard"] = {
            kind: rng.choice(("10%", "0.5%", "100%", 0, 25, [25, "10%"], ["1%"])) for kind in kinds
        }
    if rng.random() < 0.4:
        body["duplicates"] = rng.choice(("error", "first", "last", "merge", "quarantine"))
    if rng.random() < 0.3:
        body["granularity"] = rng.choice(("field", "record"))
    if rng.random() < 0.1:
        body["renamed_from"] = former(name)
    return body


def _syncs(rng: Random, trees: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for left in trees:
        for right in trees:
            common = [name for name in trees[right]["branches"] if name in trees[left]["branches"]]
            if left != right and common and trees[right]["adapter"] not in READ_ONLY and rng.random() < 0.4:
                every = len(common) == len(trees[right]["branches"]) and rng.random() < 0.5
                body = {"from": left, "to": right, **({} if every else {"branches": common})}
                found[fresh(rng, sync_role, found)] = body
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    count, seed = (int(each) for each in (*sys.argv[2:], "10", "0")[:2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeded_schemas(count, seed)):
        (folder / f"{number:04}.yaml").write_text(text, encoding="utf-8")
