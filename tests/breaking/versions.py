"""Versions of schemas for the tests: from texts, and from random schemas taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from random import Random
from typing import Any, cast

from dss_generator.evolution import Change, Version, compare
from dss_generator.evolution.version import version_of
from dss_generator.problems import Problems
from dss_generator.schema.files import named_files
from tests.strategies.schemas import as_yaml
from tests.strategies.trees import MAPS_COLUMNS

Body = dict[str, Any]


@lru_cache(maxsize=16)
def version(name: str, *texts: str) -> Version:
    """Return the version of files with these *texts*."""
    files = {f"{number:02}.yaml": text.encode() for number, text in enumerate(texts)}
    problems = Problems()
    return version_of(name, named_files("schema", files, problems), problems)


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Return what changed from one schema to another, the renames that are done left out."""
    found = compare(version("the old version", old), version("this version", new))
    return tuple(change for change in found if change.rule != "rename-done")


def body_of(text: str) -> Body:
    """Return a random schema as the mapping that it is."""
    found: Body = json.loads(text)
    return found


def shuffled(rng: Random, text: str) -> list[str]:
    """Return a random schema over one to three files, definitions in another order, and without its docs."""
    files: list[Body] = [{} for _ in range(rng.randint(1, 3))]
    for section, definitions in body_of(text).items():
        for name, body in rng.sample(list(definitions.items()), len(definitions)):
            rng.choice(files).setdefault(section, {})[name] = _shuffled(rng, body)
    return [as_yaml(each) for each in files if each]


def _shuffled(rng: Random, body: Any) -> Any:
    """Return *body* with its mappings in another order; lists keep theirs, which may mean something."""
    if not isinstance(body, dict):
        return body
    entries = list(cast("Body", body).items())
    rng.shuffle(entries)
    # Nothing that the random schemas define is called `doc`.
    return {name: _shuffled(rng, each) for name, each in entries if name != "doc"}


def told(found: Iterable[Change]) -> set[tuple[object, ...]]:
    """Return all that is said of changes but where."""
    return {
        (each.rule, each.impact, each.path, each.old_path, each.message, each.effect, each.hint)
        for each in found
    }


def renamed_model(body: Body, old: str, new: str) -> Body:
    """Return a schema in which a model has another name, everywhere, and says so."""
    made = body_of(json.dumps(body))
    made["models"] = {new if name == old else name: each for name, each in made["models"].items()}
    made["models"][new]["renamed_from"] = old
    for model in made["models"].values():
        if model.get("extends") == old:
            model["extends"] = new
        for field in model.get("fields", {}).values():
            if not isinstance(field, str) and field.get("ref") == old:
                field["ref"] = new
    for branch in made["branches"].values():
        branch["model"] = new if branch["model"] == old else branch["model"]
    return made


def renamed_branch(body: Body, old: str, new: str) -> Body:
    """Return a schema in which a branch has another name, everywhere, and says so."""
    made = body_of(json.dumps(body))
    made["branches"] = {new if name == old else name: each for name, each in made["branches"].items()}
    made["branches"][new]["renamed_from"] = old
    for tree in made["trees"].values():
        tree["branches"] = {new if name == old else name: each for name, each in tree["branches"].items()}
        for held in tree["branches"].values():
            if "derived_from" in held:
                held["derived_from"] = [new if name == old else name for name in held["derived_from"]]
            for column, named in held.get("references", {}).items():
                names = [named] if isinstance(named, str) else named
                held["references"][column] = [new if name == old else name for name in names]
            for given in held.get("generate", {}).values():
                if "unique" in given:
                    given["unique"] = [new if name == old else name for name in given["unique"]]
    for sync in made.get("syncs", {}).values():
        if "branches" in sync:
            sync["branches"] = [new if name == old else name for name in sync["branches"]]
    return made


def renamed_field(body: Body, owner: str, old: str, new: str) -> Body:
    """Return a schema in which a field that *owner* declares has another name, everywhere, and says so.

    Systems keep their column's name. No pipeline and no condition may speak of the field.
    """
    made = body_of(json.dumps(body))
    fields = made["models"][owner]["fields"]
    made["models"][owner]["fields"] = {new if name == old else name: each for name, each in fields.items()}
    field = made["models"][owner]["fields"][new]
    made["models"][owner]["fields"][new] = {
        **({"type": field} if isinstance(field, str) else field), "renamed_from": old,
    }  # fmt: skip
    line = heirs(body, owner)
    for name in line:
        model = made["models"][name]
        if isinstance(model.get("key"), list):
            model["key"] = [new if each == old else each for each in model["key"]]
        elif model.get("key") == old:
            model["key"] = new
    for tree in made["trees"].values():
        for name, held in tree["branches"].items():
            if made["branches"][name]["model"] in line:
                _rename_in(held, tree["adapter"], old, new)
    return made


def heirs(body: Mapping[str, Any], owner: str) -> set[str]:
    """Return the names of *owner* and of all models that extend it."""
    found = {owner}
    while more := {name for name, each in body["models"].items() if each.get("extends") in found} - found:
        found |= more
    return found


def _rename_in(held: Body, adapter: str, old: str, new: str) -> None:
    for key in ("columns", "transform", "const", "sync", "generate", "split", "lookup"):
        if old in held.get(key, {}):
            held[key] = {new if name == old else name: each for name, each in held[key].items()}
    for key in ("computed", "omit", "match"):
        if key in held:
            held[key] = [new if name == old else name for name in held[key]]
    reads = adapter in MAPS_COLUMNS and "derived_from" not in held
    elsewhere = (*held.get("const", ()), *held.get("computed", ()), *held.get("omit", ()))
    if reads and new not in elsewhere and new not in held.get("columns", {}):
        held.setdefault("columns", {})[new] = old
