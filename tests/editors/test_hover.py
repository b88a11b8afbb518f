"""Resting on a key shows what the language's own table says of it."""

from __future__ import annotations

import re

import pytest

from dss_generator.schema.compound_kinds import Items, Key, Record
from dss_generator.schema.kinds import Choice
from tests.editors.conftest import Open
from tests.editors.documents import PLACE, every_key

KEYS = list(every_key())
_named = [f"{record.name}.{key.name}" for record, key, _ in KEYS]


def hovered(opened: Open, text: str) -> str:
    """Return what is shown at PLACE, without the backslashes that Markdown needs."""
    document = opened(text.replace(PLACE, ""))
    at = text.index(PLACE) + len(document.text) - len(text.replace(PLACE, ""))
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", document.hover(at))


@pytest.mark.parametrize(("record", "key", "text"), KEYS, ids=_named)
def test_every_key_is_explained(opened: Open, record: Record, key: Key, text: str) -> None:
    """Over each key of each record stand its name and its meaning, word for word, and those of its words."""
    expected = f"#### {key.name}\n\n{key.doc}"
    shown = hovered(opened, text)
    assert expected == shown[: len(expected)]
    kind = key.kind.of if isinstance(key.kind, Items) else key.kind
    if isinstance(kind, Choice):
        meanings = [f"* `{word}`: {kind.meaning(word)}\n" for word in kind.values if kind.meaning(word)]
        assert [] == [each for each in meanings if each not in shown]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("models:\n  HEREStudent: {key: id, fields: {id: str}}\n", "#### a model\n\nA class of records: "),
        ("models:\n  A: {key: id, fields: {HEREid: {type: str}}}\n", "#### a field\n\nWhat is known "),
        ("branches:\n  HEREstudents: {model: Student}\n", "#### a branch\n\nThe records of one model"),
        ("trees:\n  HERET: {adapter: csv, branches: {}}\n", "#### a tree\n\nFiles of delimited text"),
        (
            "trees:\n  T: {adapter: sql, branches: {HEREa: {table: a}}}\n",
            "#### a branch of a sql tree\n\nHow ",
        ),
        ("syncs:\n  HEREnightly: {from: A, to: B}\n", "#### a sync\n\nA pair of trees: "),
    ],
)
def test_names_of_one_s_own_say_what_they_name(opened: Open, text: str, expected: str) -> None:
    """Over a name that the schema gives stands what kind of thing it is the name of."""
    assert expected == hovered(opened, text)[: len(expected)]
