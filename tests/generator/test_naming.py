"""The names that are derived from a schema's: made in one place, and never one for two things."""

from __future__ import annotations

import pytest

from dss_generator.naming import pascal, snake
from tests.strategies.loading import Refused, resolved

PLAIN = """
models: {{{models}}}
branches: {{{branches}}}
trees: {{{trees}}}
"""


def refusal(models: str, branches: str = "things: {model: Thing}", trees: str = "") -> str:
    """Return what is said of a schema, "" when it is sound."""
    try:
        resolved(PLAIN.format(models=models, branches=branches, trees=trees))
    except Refused as refused:
        return str(refused.args[0])
    return ""


@pytest.mark.parametrize(
    ("name", "cap", "low"),
    [
        ("PowerSchool", "PowerSchool", "power_school"),
        ("parent_links", "ParentLinks", "parent_links"),
        ("HTTPServer", "HTTPServer", "http_server"),
        ("grade2Section", "Grade2Section", "grade2_section"),
        ("A", "A", "a"),
        ("Class", "Class", "class_"),
        ("Import", "Import", "import_"),
        ("x_", "X", "x_"),
    ],
)
def test_names_are_converted(name: str, cap: str, low: str) -> None:
    """A name in CapWords or in lower case keeps its words, and never becomes a keyword."""
    assert (cap, low) == (pascal(name), snake(name))


THING = "Thing: {key: code, fields: {code: str}}"
THINGS = "things: {model: Thing}"
OWN = "{adapter: custom, branches: {things: {}}}"


@pytest.mark.parametrize(
    "name", ["Outcome", "override", "final", "actions", "annotations", "Derivations", "TREES"]
)
def test_a_name_of_generated_code_is_refused(name: str) -> None:
    """A model cannot be called what generated modules or handler files call something else."""
    said = refusal(f"{THING}, {name}: {{key: a, fields: {{a: str}}}}")
    assert f"model {name} and what generated code calls {name} would both be called {name!r}" in said


@pytest.mark.parametrize(
    ("models", "branches", "trees", "name"),
    [
        (f"{THING}, ThingsBranch: {{}}", THINGS, "", "ThingsBranch"),
        (f"{THING}, NewThings: {{}}", THINGS, "", "NewThings"),
        (f"{THING}, new_things: {{}}", THINGS, "", "new_things"),
        (f"{THING}, thing_record: {{}}", THINGS, "", "thing_record"),
        (THING, THINGS, f"Thing: {OWN}", "Thing"),
        (f"{THING}, read_things: {{}}", THINGS, f"T: {OWN}", "read_things"),
        (f"{THING}, TThingsRow: {{}}", THINGS, f"T: {OWN}", "TThingsRow"),
        ("Thing: {key: Thing, fields: {Thing: str}}", THINGS, "", "Thing"),
        ("Base: {fields: {Base: str}}, Thing: {extends: Base, key: a, fields: {a: str}}", THINGS, "", "Base"),
        ("Thing: {key: code, fields: {code: str}, derived: [override]}", THINGS, "", "override"),
        ("A__b: {fields: {c: str}}, A: {fields: {b__c: str}}", "", "", "_A__b__c"),
        (THING, THINGS, f"a: {OWN}, make_a: {OWN}", "make_a"),
        (
            f"{THING}, Other: {{key: code, fields: {{code: str}}, derived: [a]}}",
            THINGS,
            f"Derived: {OWN}",
            "derived",
        ),
    ],
)  # fmt: skip
def test_two_things_of_one_name_are_refused(models: str, branches: str, trees: str, name: str) -> None:
    """Where two things would get one name, the schema is refused, with both places."""
    assert f"would both be called {name!r} in generated code; rename one of them" in refusal(
        models, branches, trees
    )


def test_common_schemas_have_no_collisions() -> None:
    """A field may have the name of a type, a branch, another model, or of what actions carry."""
    models = (
        "Thing: {key: code, fields: {code: str, date: date, new: str, old: str, item: str, key: str,"
        " type: str, match: str, things: str, name: str, Other: str}, derived: [action]},"
        " Other: {key: name, fields: {name: str}}"
    )
    trees = "Things: {adapter: memory, branches: {things: {}}}"
    assert "" == refusal(models, "things: {model: Thing}, others: {model: Other}", trees)
