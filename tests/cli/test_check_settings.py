"""`[[check.rules]]` is checked to the line, and every problem is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dss_generator.evolution import Switch
from dss_runtime import SettingsError
from dss_runtime.cli._check_settings import place_of, read_switches
from dss_runtime.cli._settings import find_settings

ENTRY = '[[check.rules]]\nrule = "key-changed"\npath = "models.*"\nclass = "off"\nreason = "so"\n'


def _read(folder: Path, text: str, name: str = "dss.toml") -> tuple[Switch, ...]:
    (folder / name).write_text(text)
    return read_switches(find_settings(folder))


def _problems(folder: Path, text: str, name: str = "dss.toml") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        _read(folder, text, name)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_entries_are_switches_in_their_order(tmp_path: Path) -> None:
    """What stands in the file is what counts, spaces around it aside; a path may be left out."""
    text = ENTRY + '[[check.rules]]\nrule = "old-kept"\nclass = "safe"\nreason = " why "\n'
    expected = (Switch("key-changed", "models.*", "off", "so"), Switch("old-kept", "", "safe", "why"))
    assert expected == _read(tmp_path, text)


def test_without_entries_there_are_no_switches(tmp_path: Path) -> None:
    """A project need not say anything."""
    assert () == _read(tmp_path, "")
    assert () == _read(tmp_path, "[check]\n")


def test_entries_may_stand_in_pyproject(tmp_path: Path) -> None:
    """In pyproject.toml the table is [[tool.dss.check.rules]], and places are lines of that file."""
    text = "[project]\nname = 'x'\n" + ENTRY.replace("check", "tool.dss.check")
    assert 1 == len(_read(tmp_path, text, "pyproject.toml"))
    wrong = text.replace('"off"', '"of"')
    (problem,) = _problems(tmp_path, wrong, "pyproject.toml")
    assert problem.startswith("pyproject.toml:6: tool.dss.check.rules[0].class: expected ")


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('"key-changed"', '"key-change"', "2: check.rules[0].rule",
         "there is no rule 'key-change'; did you mean 'key-changed'?"),
        ('"key-changed"', '"xyz"', "2: check.rules[0].rule",
         "there is no rule 'xyz'; docs/reference/changes.md lists them"),
        ('"off"', '"of"', "4: check.rules[0].class",
         "expected what such a change counts as: breaking, review, safe or off; found 'of'; "
         "did you mean 'off'?"),
        ('reason = "so"\n', "", "2: check.rules[0]", "needs 'reason': why, for whoever reads the report"),
        ('"so"', '"  "', "5: check.rules[0].reason",
         "expected why, for whoever reads the report; found an empty text"),
        ('"so"', "7", "5: check.rules[0].reason", "expected why, for whoever reads the report; found 7"),
        ('"models.*"', '""', "3: check.rules[0].path",
         "expected a pattern of paths of elements, such as models.Student.fields.*; found an empty text"),
        ("reason", "raison", "5: check.rules[0].raison", "unknown key; did you mean 'reason'?"),
        ("[[check.rules]]", "[[check.rule]]", "1: check.rule", "unknown key; did you mean 'rules'?"),
        ("[[check.rules]]", "[check.rules]", "1: check.rules", "expected tables [[check.rules]]"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, expected: str
) -> None:
    """The line of the key, what was expected, and the nearest that there is."""
    assert f"dss.toml:{place}: {expected}" in _problems(tmp_path, ENTRY.replace(old, new))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("check = 1\n", "dss.toml:1: check: expected [[check.rules]]"),
        ("[check]\nrules = 1\n", "dss.toml:2: check.rules: expected tables [[check.rules]]"),
        ("[check]\nrules = [1]\n", "dss.toml:2: check.rules: expected tables [[check.rules]]"),
    ],
)
def test_what_is_no_list_of_tables_is_told(tmp_path: Path, text: str, expected: str) -> None:
    """A value of another kind is an error that shows how it is written."""
    assert [expected] == _problems(tmp_path, text)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Two wrong entries give all of their problems: keys that are missing, values that are wrong."""
    text = "[[check.rules]]\n" + ENTRY.replace("key-changed", "x").replace('"off"', '"y"')
    told = [line.partition(": ")[2].partition(": ")[::2] for line in _problems(tmp_path, text)]
    assert [
        ("check.rules[0]", "needs 'rule'"),
        ("check.rules[0]", "needs 'class'"),
        ("check.rules[0]", "needs 'reason'"),
        ("check.rules[1].rule", "there is no rule 'x'; docs/reference/changes.md lists them"),
        ("check.rules[1].class", "expected what such a change counts as"),
    ] == [(place, text.partition(": ")[0]) for place, text in told]


def test_an_entry_has_a_place(tmp_path: Path) -> None:
    """An entry is where its rule stands, also the second of two alike."""
    (tmp_path / "dss.toml").write_text(ENTRY * 2)
    file = find_settings(tmp_path)
    assert ["2", "7"] == [place_of(file, number).rpartition(":")[2] for number in (0, 1)]
