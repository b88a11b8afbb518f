"""What an editor offers is what the language allows there."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types as lsp

from dss_generator.adapters import ADAPTERS
from dss_generator.problems import Problems
from dss_generator.schema import grammar
from dss_generator.schema.compound_kinds import Entries
from dss_generator.schema.files import SourceFile
from dss_generator.schema.json_schema import records
from dss_generator.schema.reader import read
from dss_generator.schema.resolved import type_names
from tests.editors.conftest import Open
from tests.editors.documents import PLACE

RECORDS = {record.name: record for record in records()}
CSV = "trees:\n  T:\n    adapter: csv\n    branches:\n      students:\n        HERE\n"
SQL = CSV.replace("csv", "sql")
MEMORY = CSV.replace("csv", "memory")
SYNC = (
    "trees:\n  T:\n    adapter: sql\n    branches:\n      a:\n        table: a\n        sync: {email: HERE}\n"
)


def offered(opened: Open, text: str) -> dict[str, lsp.CompletionItem]:
    """Return what is offered at PLACE."""
    document = opened(text.replace(PLACE, ""))
    return document.completion(text.index(PLACE) + len(document.text) - len(text.replace(PLACE, "")))


def refused(text: str) -> bool:
    """Return whether the loader's structural checks have something against a file with *text*."""
    problems = Problems()
    node = read(SourceFile("schema/a.yaml", text.encode()), problems)
    assert node is not None
    grammar.schema.clean(node, problems)
    return len(problems) > 0


def explanation(item: lsp.CompletionItem) -> str:
    """Return what is shown beside an item."""
    shown = item.documentation
    return shown.value if isinstance(shown, lsp.MarkupContent) else shown or ""


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("HERE", "schema"),
        ("models:\n  A:\n    HERE\n", "model"),
        ("models:\n  A:\n    fields:\n      a:\n        HERE\n", "field"),
        ("branches:\n  a:\n    HERE\n", "branch"),
        ("branches:\n  a:\n    model: A\n    guard:\n      HERE\n", "guard"),
        (CSV, "csv_branch"),
        (SQL, "sql_branch"),
        (MEMORY, "memory_branch"),
        ("syncs:\n  a:\n    HERE\n", "sync"),
    ],
)
def test_keys_are_offered_with_their_meaning(opened: Open, text: str, record: str) -> None:
    """Where a record begins, each of its keys is offered, explained as the table has it, and no other."""
    expected = {key.name: key.doc for key in RECORDS[record].keys}
    found = offered(opened, text)
    known = {key.name for each in RECORDS.values() for key in each.keys}
    assert expected == {name: explanation(item) for name, item in found.items() if name in known}


def test_a_csv_branch_is_offered_no_key_of_a_table(opened: Open) -> None:
    """What is offered below a tree depends on its adapter."""
    assert ("path" in offered(opened, CSV), "table" in offered(opened, CSV)) == (True, False)
    assert ("path" in offered(opened, SQL), "table" in offered(opened, SQL)) == (False, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models:\n  A:\n    fields:\n      a: {type: HERE}\n", type_names),
        ("models:\n  A:\n    fields:\n      a: HERE\n", type_names),
        ("trees:\n  T:\n    adapter: HERE\n", tuple(ADAPTERS)),
        (SYNC, ("always", "create_only", "fill_empty", "never")),
        (SYNC.replace("sync: {email: HERE}", "old: HERE"), ("delete", "keep")),
        (
            "branches:\n  a:\n    model: A\n    duplicates: HERE\n",
            ("error", "first", "last", "merge", "quarantine"),
        ),
    ],
)
def test_words_are_offered_with_their_meaning(opened: Open, text: str, words: tuple[str, ...]) -> None:
    """Where the language has a few words for a value, each is offered, and says what it means."""
    found = offered(opened, text)
    assert set(words) <= set(found)
    assert [] == [word for word in words if not explanation(found[word])]


def test_true_and_false_are_offered(opened: Open) -> None:
    """A flag has two values."""
    assert {"true", "false"} == set(offered(opened, "models:\n  A:\n    abstract: HERE\n"))


SECTIONS = {key.name: key.kind for key in grammar.schema.keys if isinstance(key.kind, Entries)}


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_offers_new_entries(opened: Open, section: str) -> None:
    """In a section of a schema, each of its snippets is offered, and what it inserts has no problems."""
    found = offered(opened, f"{section}:\n  HERE\n")
    for snippet in SECTIONS[section].snippets():
        item = found[snippet.label]
        assert snippet.doc == explanation(item)
        assert item.insert_text is not None
        filled = re.sub(r"\$\{\d+:(\w+)\}", r"\1", item.insert_text)
        indented = "".join(f"  {line}\n" for line in filled.splitlines())
        text = f"{section}:\n{indented}"
        assert [] == opened(text).problems()
        assert not refused(text)


def test_fields_are_offered_as_new_entries(opened: Open) -> None:
    """Below `fields`, a field of each usual kind is offered."""
    model = RECORDS["model"]
    (fields,) = (key.kind for key in model.keys if key.name == "fields")
    assert isinstance(fields, Entries)
    found = offered(opened, "models:\n  A:\n    fields:\n      HERE\n")
    assert {each.label for each in fields.snippets()} <= set(found)


def test_records_have_names_for_people() -> None:
    """No record is called after its place in the JSON Schema when something is missing in it."""
    assert [] == [record.noun for record in RECORDS.values() if "_" in record.noun]
