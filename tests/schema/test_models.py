"""What models and branches mean."""

from __future__ import annotations

import pytest

from dss_generator import fieldtypes
from dss_generator.schema.resolved import Field, Limit
from tests.schema.loading import load, refusal


def fields(text: str) -> dict[str, Field]:
    """Return the fields of a model with the key `code` whose other fields are *text*."""
    (model,) = load(f"models: {{A: {{key: code, fields: {{code: str, {text}}}}}}}").models
    return {each.name: each for each in model.fields}


def test_a_child_has_its_parents_fields_first_and_its_key() -> None:
    """Fields, key and derived properties come down the line, the oldest first."""
    found = load("""
models:
  C: {extends: B, fields: {c: int}, derived: {z: date}}
  B: {extends: A, fields: {b: int}, key: [a, b]}
  A: {abstract: true, fields: {a: str}, derived: [y]}
""")
    c, b, _ = found.models
    assert ("a", "b", "c") == tuple(each.name for each in c.fields)
    assert ("c",) == tuple(each.name for each in c.own_fields)
    assert [("y", "str"), ("z", "date")] == [(each.name, each.type) for each in c.derived]
    assert (("a", "b"), "B", "A") == (c.key, c.extends, b.extends)
    assert c.key_fields == (c.field("a"), c.field("b"))


def test_a_field_may_be_written_short_or_long() -> None:
    """`a: int` and `a: {type: int}` mean the same; `enum` and `ref` imply their type."""
    found = fields("short: int, long: {type: int}, kind: {enum: [x, y]}, other: {ref: A}")
    assert ("int", "int", "enum", "str") == tuple(
        found[name].type for name in ("short", "long", "kind", "other")
    )
    assert (("x", "y"), "A") == (found["kind"].members, found["other"].ref)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{type: str, compare: casefold}", (("compare", ("casefold",)),)),
        (
            "{type: str, compare: [trim, ascii], max_length: 9}",
            (("compare", ("trim", "ascii")), ("max_length", 9)),
        ),
        ("{type: str, optional: true, null_equals_empty: true}", (("null_equals_empty", True),)),
        ("{type: list, of: str, compare: bag}", (("compare", "bag"),)),
        ("{type: decimal, scale: 2}", (("scale", 2),)),
        (
            "{type: datetime, zone: Europe/Vienna, precision: second}",
            (("zone", "Europe/Vienna"), ("precision", "second")),
        ),
    ],
)
def test_options_become_plain_values_that_the_type_takes(text: str, options: tuple[object, ...]) -> None:
    """Each option has the Python value that the runtime's type is made with."""
    found = fields(f"a: {text}")["a"]
    assert options == found.options
    assert type(fieldtypes.field_type(found)).name == found.type


def test_defaults_are_texts_and_lists_of_texts() -> None:
    """A default is kept as it is written; whether a value must be given follows from it."""
    found = fields(
        "a: {type: int, default: 007}, b: {type: set, of: int, default: []}, c: {type: str, optional: true}"
    )
    assert ("007", (), None) == tuple(found[name].default for name in "abc")
    assert [True, False, False, False] == [each.required for each in found.values()]


def test_a_ref_has_the_type_of_the_key_at_its_end() -> None:
    """Through a key that is itself a ref, the type, members and options of the last key count."""
    found = load("""
models:
  A: {key: kind, fields: {kind: {enum: [x, y]}}}
  B: {key: a, fields: {a: {ref: A}}}
  C: {key: code, fields: {code: {type: str, max_length: 9}, b: {ref: B, optional: true},
    c: {ref: C, default: x}}}
""")
    b, c = found.models[2].field("b"), found.models[2].field("c")
    assert ("enum", ("x", "y"), "B", True) == (b.type, b.members, b.ref, b.optional)
    assert ("str", (("max_length", 9),), "x") == (c.type, c.options, c.default)


def test_a_ref_to_an_abstract_model_puts_all_its_heirs_branches_first() -> None:
    """A record of any heir may be meant, so all their branches come first; circles keep the files' order."""
    found = load("""
models:
  Person: {abstract: true, key: number, fields: {number: int}}
  Student: {extends: Person, fields: {friend: {ref: Person, optional: true}}}
  Staff: {extends: Person}
  Link: {key: [a, b], fields: {a: {ref: Person}, b: {ref: Person}}}
branches:
  links: {model: Link, guard: {new: 5, old: [9, 12.5%]}, granularity: record, renamed_from: pairs, doc: who}
  students: {model: Student, duplicates: merge}
  staff: {model: Staff}
""")
    assert ["staff", "students", "links"] == [each.name for each in found.branches]
    links = found.branches[2]
    assert (("new", Limit(5.0, False)), ("old", Limit(9.0, False)), ("old", Limit(12.5, True))) == links.guard
    assert ("record", "error", "pairs", "who") == (
        links.granularity,
        links.duplicates,
        links.renamed_from,
        links.doc,
    )


def test_places_are_those_of_the_names() -> None:
    """A model, a field and a derived property stand where their names do."""
    (model,) = load(
        "models:\n  A:\n    key: code\n    fields:\n      code: str\n    derived: [name]\n"
    ).models
    assert "schema/00.yaml:2:3" == str(model.position)
    assert "schema/00.yaml:5:7" == str(model.fields[0].position)
    assert "schema/00.yaml:6:15" == str(model.derived[0].position)


def test_one_wrong_definition_does_not_hide_the_problems_of_the_others() -> None:
    """Everything is looked at in one go, and what depends on something wrong is not reported for that."""
    printed = refusal("""
models:
  A: {key: code, fields: {code: str, a: strng, b: [x], c: {type: set, of: x}, d: {enum: ["\\x07"]}}}
  B: {extends: Missing, key: kode, fields: {x: {ref: A}}}
  C: 5
  D: {extends: B, fields: 5}
  E: {extends: C, fields: {c: {ref: C}}}
branches:
  aa: {model: A}
  bs: {model: B}
  cs: {model: C}
  ds: {model: D, duplicates: [x]}
trees:
  T:
    adapter: csv
    branches:
      bs: {path: a.txt, columns: {foo: x}, transform: {bar: lower}, split: {baz: "-"}, sync: {qux: never}}
      cs: {path: b.txt, derived_from: 5}
      ds: {path: [], columns: {a: [x], b: y}, transform: {x: 5, z: [x]}, computed: [a]}
      things: {path: ../x}
  U: 7
syncs:
  s: {from: T, to: U}
  t: {from: T, to: 5}
""")
    found = [line.removeprefix("schema/00.yaml:") for line in (printed or "").splitlines()]
    assert [
        "3:41 bad-value",
        "3:51 wrong-shape",
        "3:75 bad-value",
        "3:90 control-character",
        "4:16 unknown-model",
        "5:6 wrong-shape",
        "6:27 wrong-shape",
        "12:30 wrong-shape",
        "18:39 wrong-shape",
        "19:18 no-value",
        "19:35 wrong-shape",
        "19:62 pipeline",
        "19:68 wrong-shape",
        "20:7 unknown-branch",
        "21:6 wrong-shape",
        "24:20 bad-value",
    ] == [f"{line.partition(': ')[0]} {line.rpartition('[')[2][:-1]}" for line in found]
