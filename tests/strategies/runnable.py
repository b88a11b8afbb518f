"""Random schemas whose trees can be run: a system of each kind and two in memory, that hold the same."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from dss_generator.names import branch_role
from tests.strategies import texts
from tests.strategies.fields import Field
from tests.strategies.loading import Refused, resolved
from tests.strategies.models import Model, random_models
from tests.strategies.names import fresh
from tests.strategies.schemas import MAY_COLLIDE, as_yaml
from tests.strategies.trees import NO_MATCH

LEFT, RIGHT, CUSTOM, FILES, BASE = "Left", "Right", "Own", "Files", "Base"
Body = dict[str, Any]


def runnable_schema(rng: Random) -> str:
    """Return a schema with two trees in memory, one of the project's own, one of files and one database."""
    while True:
        text = as_yaml(_schema(rng))
        try:
            resolved(text)
        except Refused as refused:
            if not refused.rules <= MAY_COLLIDE:
                raise
        else:
            return text


def _schema(rng: Random) -> Body:
    models = random_models(rng, rng.randint(2, 4))
    usable = [each for each in models if each.key and not each.abstract]
    branches: Body = {}
    held: list[tuple[str, Model]] = []
    for model in [*usable, rng.choice(usable)][:4]:
        name = fresh(rng, branch_role, branches)
        branches[name] = {"model": model.name, "granularity": rng.choice(("field", "record"))}
        held.append((name, model))
    trees = {
        LEFT: {"adapter": "memory", "branches": {name: _policies(rng, model, 0.1) for name, model in held}},
        RIGHT: {"adapter": "memory", "branches": {name: _policies(rng, model, 0.3) for name, model in held}},
        CUSTOM: {"adapter": "custom", "branches": {name: _policies(rng, model, 0.3) for name, model in held}},
        FILES: {"adapter": "csv", "branches": {name: _file(rng, name, model) for name, model in held}},
        BASE: {"adapter": "sql", "branches": {name: _table(rng, name, model) for name, model in held}},
    }
    pairs = [(LEFT, RIGHT), (RIGHT, LEFT), (LEFT, CUSTOM), (FILES, BASE), (LEFT, BASE)]
    syncs = {f"{left}To{right}": {"from": left, "to": right} for left, right in pairs}
    return {
        "models": {each.name: each.body for each in models},
        "branches": branches,
        "trees": trees,
        "syncs": syncs,
    }


def _policies(rng: Random, model: Model, share: float) -> Body:
    """What is special about a branch on one tree: what it omits, does not own, or keeps."""
    free = [each for each in model.fields if each.name not in model.key]
    omitted = [each.name for each in free if not each.required and rng.random() < share]
    owned = {
        each.name: rng.choice(("create_only", "fill_empty", "never", "always"))
        for each in free
        if each.name not in omitted and rng.random() < share
    }
    old = {"old": "keep"} if rng.random() < share / 3 else {}
    known = [each.name for each in free if each.name not in omitted and each.type not in NO_MATCH]
    match = {"match": rng.sample(known, 1)} if known and rng.random() < 2 * share else {}
    return {**({"omit": omitted} if omitted else {}), **({"sync": owned} if owned else {}), **old, **match}


def _file(rng: Random, name: str, model: Model) -> Body:
    body: Body = {"path": f"{name}.csv", "delimiter": rng.choice(("tab", ";", ",", "|"))}
    if rng.random() < 0.3:
        body["header"] = False
        order = rng.sample(range(len(model.fields)), len(model.fields))
        body["columns"] = {each.name: at for each, at in zip(model.fields, order, strict=True)}
    else:
        body.update(_columns(rng, model.fields))
    return {**body, **_split(rng, model.fields)}


def _table(rng: Random, name: str, model: Model) -> Body:
    body: Body = {"table": f"t{_odd(rng)}{name}", **_columns(rng, model.fields), **_split(rng, model.fields)}
    if rng.random() < 0.5:
        body["insert"] = {"kind of row": name, "number": 7, "no text": "007"}
        body["where"] = f"`kind of row` == '{name}'"
    if rng.random() < 0.5:
        for_good = {"delete_after": "7 days"} if rng.random() < 0.5 else {}
        body["old"] = {"set": {"is suspended": True}, **for_good}
    omitted = _policies(rng, model, 0.2)
    for each in model.fields:
        # A new row has nothing in a column that is never written, which only such a field can be read from.
        if each.required and omitted.get("sync", {}).get(each.name) == "never":
            omitted["sync"][each.name] = "create_only"
    for field in omitted.get("omit", ()):
        body.get("columns", {}).pop(field, None)
        body.get("split", {}).pop(field, None)
    body.update({key: each for key, each in omitted.items() if key != "old"})
    return {key: each for key, each in body.items() if each or key == "header"}


def _columns(rng: Random, fields: Sequence[Field]) -> Body:
    renamed = {each.name: f"{_odd(rng)}{at}" for at, each in enumerate(fields) if rng.random() < 0.5}
    return {"columns": renamed} if renamed else {}


def _split(rng: Random, fields: Sequence[Field]) -> Body:
    split = {each.name: rng.choice((";", "|", ", ")) for each in fields if each.type in ("set", "list")}
    return {"split": split} if split and rng.random() < 0.5 else {}


def _odd(rng: Random) -> str:
    """An odd text that a column's name can begin with, and that no system strips or takes for a prefix."""
    text = "".join(each for each in texts.line(rng) if each.isprintable() and each not in "[].` ")
    return f"c{text}"
