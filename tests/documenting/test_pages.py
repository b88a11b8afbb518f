"""The pages say what the schema says: nothing is lost, secrets are masked, every link leads somewhere."""

from __future__ import annotations

import json
import posixpath
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from dss_generator.documenting import describe, json_text
from dss_generator.documenting.dictionary import Dictionary
from dss_generator.documenting.pages import diagrams, pages
from dss_generator.schema.load import load_schema
from dss_generator.schema.resolved import Schema
from tests.documenting.reading import Table, anchors, blocks, headings, links, tables
from tests.documenting.test_markdown import one_line
from tests.schema.loading import load
from tests.strategies.schemas import per_schema, resolve, schemas

ROOT = Path(__file__).parents[2]
SECRET = """\
models:
  Account:
    key: code
    fields:
      code: str
      pin: {type: str, sensitive: true, default: "4711"}
      marks: {type: set, of: str, sensitive: true, default: ["4712"]}
branches: {accounts: {model: Account}}
trees:
  Files: {adapter: csv, branches: {accounts: {path: a.csv, const: {pin: "4713"}}}}
  Base: {adapter: sql, branches: {accounts: {table: t, sync: {pin: never}, old: {set: {gone: true}}}}}
syncs: {nightly: {from: Files, to: Base}}
"""


def column(table: Table, head: str) -> list[str]:
    """Return the cells below *head*; nothing in each where the table has no such column."""
    if head not in table[0]:
        return [""] * (len(table) - 1)
    at = table[0].index(head)
    return [row[at] for row in table[1:]]


def facts(page: str, branch: str) -> dict[str, str]:
    """Return the facts that a tree's page tells of a branch."""
    part = page.partition(f"\n## Branch {branch}\n")[2].partition("\n## ")[0]
    return dict(tables(part)[0][1:])


def fields(page: str, branch: str) -> Table:
    """Return the table of a branch's fields on a tree's page."""
    part = page.partition(f"\n## Branch {branch}\n")[2].partition("\n## ")[0]
    return tables(part)[1]


def school() -> Schema:
    """Return the school example."""
    return load_schema(ROOT / "schema")


@per_schema
@given(schemas())
def test_a_model_s_page_has_its_fields(text: str) -> None:
    """Read back, the table of fields has each field with its doc, key, optional, sensitive and default."""
    dictionary = describe(resolve(text))
    written = pages(dictionary)
    for model in dictionary.models:
        page = written[f"models/{model.name}.md"]
        table = tables(page)[0] if model.fields else [["field"]]
        assert [each.name for each in model.fields] == column(table, "field")
        assert [one_line(each.doc) for each in model.fields] == column(table, "what it is")
        for head in ("key", "optional", "sensitive"):
            said = ["yes" if getattr(each, head) else "" for each in model.fields]
            assert said == column(table, head)
        assert [each.default is not None for each in model.fields] == [
            bool(cell) for cell in column(table, "default")
        ]
        assert model.name == headings(page)[0]


@per_schema
@given(schemas())
def test_a_tree_s_page_has_its_branches(text: str) -> None:
    """Each branch of a tree has a heading, its facts, and each field with where it comes from."""
    schema = resolve(text)
    written = pages(describe(schema))
    for tree in schema.trees:
        page = written[f"trees/{tree.name}.md"]
        assert [tree.name, *(f"Branch {held.branch.name}" for held in tree.branches)] == headings(page)
        for held in tree.branches:
            table = fields(page, held.branch.name.replace("_", "\\_"))
            assert [each.name for each in held.branch.model.fields] == column(table, "field")
            sources = column(table, "where its value is")
            assert all(sources)
            assert set(held.omitted) == {
                each.name
                for each, cell in zip(held.branch.model.fields, sources, strict=True)
                if cell == "not held"
            }


@per_schema
@given(schemas())
def test_every_link_leads_somewhere(text: str) -> None:
    """Links between the pages lead to a page that there is, and to a heading on it."""
    written = pages(describe(resolve(text)))
    for name, page in written.items():
        for target in links(page):
            path, _, anchor = target.partition("#")
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert other in written
            assert not anchor or anchor in anchors(written[other])


@per_schema
@given(schemas())
def test_the_overview_names_everything(text: str) -> None:
    """The first page lists each model, branch, tree and sync."""
    schema = resolve(text)
    page = pages(describe(schema))["README.md"]
    heads = {"Models": "model", "Branches": "branch", "Systems": "system", "Syncs": "sync"}
    found = dict(zip(headings(page)[1:], tables(page), strict=True))
    parts = {
        "Models": [each.name for each in schema.models],
        "Branches": [each.name for each in schema.branches],
        "Systems": [each.name for each in schema.trees],
        "Syncs": [each.name for each in schema.syncs],
    }
    for title, names in parts.items():
        assert names == (column(found[title], heads[title]) if names else [])


@per_schema
@given(schemas())
def test_the_pages_hold_the_diagrams(text: str) -> None:
    """Each diagram stands on one page, as Mermaid, and no other block of Mermaid does."""
    dictionary = describe(resolve(text))
    drawn = [block for page in pages(dictionary).values() for block in blocks(page, "mermaid")]
    assert sorted(diagrams(dictionary).values()) == sorted(drawn)


@per_schema
@given(schemas())
def test_the_json_says_the_same(text: str) -> None:
    """The JSON has every model, field, branch, tree and sync by name, and equal schemas give equal bytes."""
    schema = resolve(text)
    found = json.loads(json_text(describe(schema)))
    assert 1 == found["schema_version"]
    assert {each.name: [field.name for field in each.fields] for each in schema.models} == {
        each["name"]: [field["name"] for field in each["fields"]] for each in found["models"]
    }
    assert {each.name: [held.branch.name for held in each.branches] for each in schema.trees} == {
        each["name"]: [held["branch"] for held in each["branches"]] for each in found["trees"]
    }
    assert json_text(describe(schema)) == json_text(describe(resolve(text)))
    assert pages(describe(schema)) == pages(describe(resolve(text)))


def test_values_of_sensitive_fields_are_masked() -> None:
    """Neither a default nor a constant of a sensitive field is on a page or in the JSON."""
    dictionary = describe(load(SECRET))
    texts = [json_text(dictionary), *pages(dictionary).values()]
    assert [] == [secret for secret in ("4711", "4712", "4713") for each in texts if secret in each]
    page = pages(dictionary)["models/Account.md"]
    assert ["", "***", "***"] == column(tables(page)[0], "default")
    assert "always ***" in column(
        fields(pages(dictionary)["trees/Files.md"], "accounts"), "where its value is"
    )


def test_who_owns_a_field_is_told_where_a_tree_follows_another() -> None:
    """The right side of a sync says who owns a field and what becomes of old records; the left does not."""
    written = pages(describe(load(SECRET)))
    left, right = written["trees/Files.md"], written["trees/Base.md"]
    assert ["the left side", "this system", "the left side"] == column(
        fields(right, "accounts"), "who owns it"
    )
    assert "who owns it" not in fields(left, "accounts")[0]
    assert "gone is set to true" == facts(right, "accounts")["records that the left side has no more"]
    assert "gone is set to false" == facts(right, "accounts")["when they come back"]
    assert "the default limits" == facts(right, "accounts")["at most, in one run"]
    assert "records that the left side has no more" not in facts(left, "accounts")


def test_the_school_example_says_where_things_come_from() -> None:
    """Columns by name and by position, pipelines, computed, derived, omitted, conditions and queries."""
    written = pages(describe(school()))
    power, moodle = written["trees/PowerSchool.md"], written["trees/Moodle.md"]
    students = {row[0]: row[1] for row in fields(power, "students")[1:]}
    assert ("column 0", "computed by the project", "{dob} | parse-date('%m/%d/%Y')") == (
        students["idnumber"], students["username"], students["dob"],
    )  # fmt: skip
    told = facts(power, "students")
    assert "without names, counted from 0" == told["columns"]
    assert "_lastfirst is column 4" in told["columns by another name"]
    assert "not _status in [1, 2, 3, 4]" == told["only rows where"]
    assert "students, staff" == facts(power, "cohorts")["made by the project from"]
    assert {"codes": "not held"}.items() <= {row[0]: row[1] for row in fields(moodle, "courses")[1:]}.items()
    (query, *_) = blocks(moodle, "sql")
    assert query.startswith("select person.idnumber as person")
    assert "course = id of mdl_course by idnumber, others ignored" == facts(moodle, "groups")["lookup"]
    # On the side that is written, a person says which of two records is right.
    assert ("a method of the project makes one record of them", "none of them is used") == (
        facts(power, "courses")["two records with one key"],
        facts(moodle, "courses")["two records with one key"],
    )  # fmt: skip


def test_a_schema_of_models_alone_has_no_empty_parts() -> None:
    """What there is nothing of has no heading and no table."""
    page = pages(describe(load("models: {A: {key: code, fields: {code: str}}}")))["README.md"]
    assert ["Data dictionary", "Models"] == headings(page)
    assert 1 == len(tables(page))


@pytest.mark.parametrize("part", ["models", "branches", "trees", "syncs"])
def test_the_json_has_the_keys_of_the_classes(part: str) -> None:
    """The JSON's objects have the attributes that the module `dictionary` documents, and no other."""
    found = json.loads(json_text(describe(school())))
    attributes = getattr(describe(school()), part)[0].__slots__
    jsonschema.validate(found[part], {"type": "array", "items": {"required": list(attributes)}})
    assert set(attributes) == set(found[part][0])
    assert set(found) == {"schema_version", *Dictionary.__slots__}
