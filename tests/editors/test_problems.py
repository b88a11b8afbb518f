"""What an editor underlines is what the loader refuses: nothing in a sound schema."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.editors.conftest import Open
from tests.editors.documents import PLACE, every_key
from tests.editors.server import Editor
from tests.editors.services import ROOT
from tests.strategies.schemas import random_schema

SOUND = sorted([*ROOT.glob("schema/*.yaml"), *ROOT.glob("tests/generator/golden/*/schema/*.yaml")])


@pytest.mark.parametrize("path", SOUND, ids=[path.relative_to(ROOT).as_posix() for path in SOUND])
def test_sound_schemas_have_no_problems(opened: Open, path: Path) -> None:
    """The school example and the golden cases are not underlined anywhere."""
    assert [] == opened(path.read_text(encoding="utf-8")).problems()


@pytest.mark.parametrize("name", [path.name for path in ROOT.glob("schema/*.yaml")])
def test_the_school_example_finds_the_language_by_itself(editor: Editor, name: str) -> None:
    """The first line of each of its files leads to the JSON Schema: a key that is none is a problem."""
    path = ROOT / "schema" / name
    text = path.read_text(encoding="utf-8")
    document = editor.open(path.with_name(f"unsaved-{name}"), f"{text}nonsense: 1\n")
    assert [(text.count("\n") + 1, "Property nonsense is not allowed.")] == document.problems()
    document.close()


def test_a_new_project_finds_the_language_by_itself(editor: Editor, tmp_path: Path) -> None:
    """What `dss init` makes is explained and checked in an editor at once."""
    assert 0 == CliRunner().invoke(app, ["-C", str(tmp_path), "init", "shop"]).exit_code
    path = tmp_path / "shop" / "schema" / "shop.yaml"
    text = path.read_text(encoding="utf-8")
    document = editor.open(path, text)
    assert [] == document.problems()
    assert "The kind of system" in document.hover(text.index("adapter:"))
    document.close()
    wrong = editor.open(path.with_name("other.yaml"), text.replace("sku: str", "sku: string"))
    line = text[: text.index("sku: str")].count("\n") + 1
    assert [line] == [number for number, _ in wrong.problems()]
    wrong.close()


@pytest.mark.parametrize("seed", range(10))
def test_random_sound_schemas_have_no_problems(opened: Open, seed: int) -> None:
    """Whatever the loader accepts, with texts of every kind, an editor has nothing against."""
    assert [] == opened(random_schema(Random(seed))).problems()


def test_every_key_may_stand_where_the_table_has_it(opened: Open) -> None:
    """The small documents over all keys have no problems."""
    documents = [opened(text.replace(PLACE, "")) for _, _, text in every_key()]
    assert [] == [problem for each in documents for problem in each.problems()]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("models:\n  A:\n    filds: {}\n", 4, "Property filds is not allowed."),
        ("models:\n  A:\n    fields:\n      a: {type: strr}\n", 5, "Value is not accepted."),
        ("trees:\n  T:\n    adapter: csv\n    branches:\n      a:\n        path: a\n        table: a\n", 8,
         "Property table is not allowed."),
        ("trees:\n  T:\n    adapter: sql\n    branches:\n      a: {table: a, sync: {b: sometimes}}\n", 6,
         "Value is not accepted."),
        ("trees:\n  T:\n", 3, 'Incorrect type. Expected "a tree".'),
        ("syncs:\n  a: {from: A}\n", 3, 'Missing property "to".'),
        ("models:\n  class: {}\n", 3, "Matches a schema that is not allowed."),
    ],
)  # fmt: skip
def test_a_mistake_is_underlined_at_its_line(opened: Open, text: str, line: int, message: str) -> None:
    """One mistake is one problem, at the line of the mistake; the comment above is line 1."""
    ((found, said),) = opened(text).problems()
    assert (line, message) == (found, said[: len(message)])


@pytest.mark.parametrize(
    ("text", "sound"), [("a b\u00a0😀", True), ("a\u0007", False), ("a\u202e", False), ("a\u2028b", False)]
)
def test_characters_are_judged_alike(opened: Open, text: str, sound: bool) -> None:
    """Texts that the language refuses for a character in them are problems in an editor too."""
    body = {"models": {"A": {"key": "code", "fields": {"code": "str"}, "doc": text}}}
    assert sound == (opened(json.dumps(body)).problems() == [])
