"""Comparing two versions of a schema: what holds of every pair of them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dss_generator.evolution import RULES, Change, compare
from tests.breaking.versions import (
    Body,
    body_of,
    changes,
    renamed_branch,
    renamed_field,
    renamed_model,
    shuffled,
    told,
    version,
)
from tests.strategies.schemas import as_yaml, per_schema, resolve, schemas

pytestmark = pytest.mark.slow
NEW = "a_name_of_today"
randoms = st.randoms(use_true_random=False)


@per_schema
@given(schemas())
def test_a_schema_does_not_differ_from_itself(text: str) -> None:
    """Compared with itself, a schema has no change but its own markers, whose renames are done."""
    schema = resolve(text)
    marked = [
        *(("models", each.name) for each in schema.models if each.renamed_from),
        *(("branches", each.name) for each in schema.branches if each.renamed_from),
        *(
            ("models", model.name, "fields", each.name)
            for model in schema.models
            for each in model.own_fields
            if each.renamed_from
        ),
    ]
    found = compare(version("then", text), version("now", text))
    assert sorted(("rename-done", "safe", (*each, "renamed_from")) for each in marked) == sorted(
        (each.rule, each.impact, each.path) for each in found
    )


@per_schema
@given(schemas(models=2), randoms)
def test_order_files_and_docs_are_no_change(text: str, rng: Random) -> None:
    """Definitions in another order, over other files and without their docs are the same schema."""
    found = compare(version("then", text), version("now", *shuffled(rng, text)))
    assert {"rename-done"} >= {each.rule for each in found}


@per_schema
@given(schemas(models=2), schemas(models=2), randoms)
def test_what_is_said_does_not_depend_on_the_order_of_files(first: str, second: str, rng: Random) -> None:
    """Two schemas differ in the same, in the same words, however their files are cut."""
    plain = compare(version("then", first), version("now", second))
    cut = compare(version("then", *shuffled(rng, first)), version("now", *shuffled(rng, second)))
    assert told(plain) == told(cut)


@per_schema
@given(schemas(models=2), schemas(models=2))
def test_every_change_has_its_rule_its_class_and_its_places(first: str, second: str) -> None:
    """A change is of a rule in the table, of its class or safe, and stands in files that there are."""
    old, new = version("then", first), version("now", second)
    for each in compare(old, new):
        assert each.impact in (RULES[each.rule].impact, "safe")
        assert each.place.file in new.schema.files
        assert (each.old_path is None) == (each.old_place is None)
        assert each.old_place is None or each.old_place.file in old.schema.files
        assert all((each.message, each.effect))


@per_schema
@given(schemas(models=2), schemas(models=2))
def test_a_change_names_what_changed(first: str, second: str) -> None:
    """The message of a change that is not safe holds the name of the element, which its path ends with."""
    for each in changes(first, second):
        assert each.impact == "safe" or any(name in each.message for name in reversed(each.path))


@per_schema
@given(schemas(models=2), schemas(models=2))
def test_the_inverse_comparison_mirrors_what_is_there(first: str, second: str) -> None:
    """What is added from one version to the other is removed from the other to the one."""
    there, back = changes(first, second), changes(second, first)
    for kind in ("model", "branch", "tree", "tree-branch", "sync", "derived", "field"):
        added = {each.path for each in there if each.rule in (f"{kind}-added", f"{kind}-added-required")}
        assert added == {each.old_path for each in back if each.rule == f"{kind}-removed"}


@per_schema
@given(schemas(models=2), randoms)
def test_a_model_with_another_name_is_a_rename(text: str, rng: Random) -> None:
    """A model renamed everywhere, and marked, is one safe change; refs, heirs and branches do not differ."""
    body = body_of(text)
    old = rng.choice(list(body["models"]))
    made = as_yaml(renamed_model(body, old, "ModelOfToday"))
    assert [("model-renamed", ("models", "ModelOfToday"))] == _rules(changes(text, made))


@per_schema
@given(schemas(models=2), randoms)
def test_a_branch_with_another_name_is_a_rename(text: str, rng: Random) -> None:
    """A branch renamed everywhere, and marked, is one safe change; trees and syncs do not differ."""
    body = body_of(text)
    old = rng.choice(list(body["branches"]))
    made = as_yaml(renamed_branch(body, old, NEW))
    assert [("branch-renamed", ("branches", NEW))] == _rules(changes(text, made))


@per_schema
@given(schemas(models=2), randoms)
def test_a_field_with_another_name_is_a_rename(text: str, rng: Random) -> None:
    """A field renamed everywhere, and marked, whose columns keep their names, is one safe change."""
    body = body_of(text)
    fields = [(model, name) for model, each in body["models"].items() for name in each.get("fields", ())]
    owner, old = rng.choice(fields)
    assume(not any(old in each for each in _spoken(body)))
    made = as_yaml(renamed_field(body, owner, old, NEW))
    assert [("field-renamed", ("models", owner, "fields", NEW))] == _rules(changes(text, made))


@per_schema
@given(schemas(models=2), randoms)
def test_a_field_that_goes_to_a_parent_has_moved(text: str, rng: Random) -> None:
    """A field that a model gives to a new parent is the same field: nothing that changed is not safe."""
    body = body_of(text)
    roots = [name for name, each in body["models"].items() if "extends" not in each and each.get("fields")]
    heir = rng.choice(roots)
    field = rng.choice(list(body["models"][heir]["fields"]))
    moved = {field: body["models"][heir]["fields"].pop(field)}
    body["models"][heir]["extends"] = "ModelOfToday"
    body["models"]["ModelOfToday"] = {"abstract": True, "fields": moved}
    expected = {
        ("model-added", ("models", "ModelOfToday")),
        ("extends-changed", ("models", heir, "extends")),
        ("field-moved", ("models", "ModelOfToday", "fields", field)),
    }
    found = changes(text, as_yaml(body))
    assert (expected, {"safe"}) == (set(_rules(found)), {each.impact for each in found})


def test_a_change_between_files_is_told_where_it_was() -> None:
    """What is gone from one of two files is told at that file, whatever the order of the files."""
    first, second = "models:\n  A: {}\n  C: {}\n", "# two\nmodels:\n  B: {}\n  D: {}\n"
    old = version("then", first, second)
    (gone,) = compare(old, version("now", first, second.replace("  D: {}\n", "")))
    assert ("model-removed", "schema/01.yaml:2:1") == (gone.rule, str(gone.place))
    assert "schema/01.yaml:4:3" == str(gone.old_place)
    (gone,) = compare(old, version("now", first.replace("  C: {}\n", ""), second))
    assert "schema/00.yaml:1:1" == str(gone.place)


def _rules(found: tuple[Change, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.rule, each.path) for each in found]


def _spoken(body: Body) -> list[str]:
    """Return the texts of a schema that may name fields: pipelines and conditions."""
    held = [each for tree in body["trees"].values() for each in tree["branches"].values()]
    return [
        text
        for each in held
        for text in (
            *each.get("transform", {}).values(),
            *map(str, each.get("generate", {}).values()),
            each.get("where", ""),
        )
    ]
