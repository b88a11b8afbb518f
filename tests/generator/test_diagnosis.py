"""What is out of step is told in a line for each thing: where it is, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dss_generator import Project, check, generate
from dss_generator.diagnosis import generated_file
from dss_generator.file_rules import RULES, file_problem
from dss_generator.headers import SENTENCE, intact
from dss_generator.positions import Position
from tests.generator.projects import change, project_in


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that is generated."""
    made = project_in(tmp_path)
    generate(made)
    return made


def told(project: Project) -> list[str]:
    """Return what `check` says."""
    report = check(project)
    return [*map(str, report.problems), *map(str, report.stale)]


LINE = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=80)


@given(st.lists(LINE, max_size=6), st.lists(LINE, max_size=6))
def test_the_place_is_where_two_texts_begin_to_differ(one: list[str], other: list[str]) -> None:
    """Line and column lead to the first character that is not as it should be; all before it is."""
    present, wanted = ("".join(f"{line}\n" for line in lines) for lines in (one, other))
    assume(present != wanted)
    header = f"# {SENTENCE}\n# From x; content 0.\n"
    place = generated_file("f.py", header + present, header + wanted, foreign=False, instead="").position
    lines, due = (text.split("\n") for text in (present, wanted))
    at = place.line - 3
    assert lines[:at] == due[:at]
    assert lines[at][: place.column - 1] == due[at][: place.column - 1]
    assert f"{lines[at]}\n"[place.column - 1 :] != f"{due[at]}\n"[place.column - 1 :] or len(lines) != len(
        due
    )


def test_every_generated_file_is_intact(project: Project) -> None:
    """The hash in a header belongs to what stands below it; any edit there makes another."""
    paths = sorted(project.generated.glob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    assert 10 == len(texts)
    assert all(map(intact, texts))
    assert not any(intact(f"{text}\n") for text in texts)
    assert not any(intact(text.replace("import", "export", 1)) for text in texts if "import" in text)


def test_a_change_of_the_schema_makes_files_stale(project: Project) -> None:
    """A file that nobody edited is named with the first line that the schema gives otherwise."""
    change(project, "tags: {type: set, of: str}", "tags: {type: set, of: str, doc: Labels.}")
    text = (project.generated / "models.py").read_text(encoding="utf-8")
    generate(project)
    new = (project.generated / "models.py").read_text(encoding="utf-8")
    (project.generated / "models.py").write_text(text, encoding="utf-8")
    at = new.partition('"""Labels."""')[0].count("\n") + 1
    assert told(project) == [
        f"generated/models.py:{at}:1: error: not what the schema gives today: "
        'expected \'"""Labels."""\', found \'\'; run `dss generate` [stale-file]'
    ]


def test_an_edit_by_hand_is_told_from_a_change_of_the_schema(project: Project) -> None:
    """What somebody changed, added or cut off is named as an edit, with the line and what stood there."""
    path = project.generated / "actions.py"
    good = path.read_text(encoding="utf-8")
    lines = good.splitlines()
    undone = "; `dss generate` undoes it: edit the schema or a handler instead [edited-file]"
    path.write_text(good.replace("import annotations", "import  annotations", 1), encoding="utf-8")
    at = lines.index("from __future__ import annotations") + 1
    assert told(project) == [
        f"generated/actions.py:{at}:24: error: edited by hand: "
        "expected 'from __future__ import annotations', "
        f"found 'from __future__ import  annotations'{undone}"
    ]
    path.write_text(f"{good}x = 1\n", encoding="utf-8")
    assert told(project) == [
        f"generated/actions.py:{len(lines) + 1}:1: error: edited by hand: "
        f"expected the end of the file, found 'x = 1'{undone}"
    ]
    path.write_text("".join(f"{line}\n" for line in lines[:3]), encoding="utf-8")
    assert told(project) == [
        f"generated/actions.py:4:1: error: edited by hand: expected '', found the end of the file{undone}"
    ]
    path.write_text(good.removesuffix("\n"), encoding="utf-8")
    (line,) = told(project)
    assert line.startswith(f"generated/actions.py:{len(lines)}:{len(lines[-1]) + 1}: error: edited by hand")


def test_an_edited_header_is_found_too(project: Project) -> None:
    """A header that names other files than the schema's is out of step, though its body is not."""
    path = project.generated / "models.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("schema/0.yaml", "schema/1.yaml", 1), encoding="utf-8")
    (line,) = told(project)
    assert line.startswith("generated/models.py:2:15: error: not what the schema gives today: expected '")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_named_as_such(project: Project, end: str) -> None:
    """A tool that rewrote the line ends did not edit the code; the message says how to stop it."""
    path = project.generated / "models.py"
    path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    assert told(project) == [
        "generated/models.py:1:1: error: only its line ends differ from what was written: "
        "have them left alone (by git: `generated/** text eol=lf` in .gitattributes) "
        "and run `dss generate` [edited-file]"
    ]


def test_files_that_are_missing_foreign_or_obsolete_are_told_apart(project: Project) -> None:
    """Each is named with what a run would do about it; one that was edited is worth a look before it goes."""
    (project.generated / "trees.py").unlink()
    (project.generated / "wiring.py").write_text("mine = 1\n", encoding="utf-8")
    old = (project.generated / "models.py").read_bytes()
    (project.generated / "ancient.py").write_bytes(old)
    (project.generated / "older.py").write_bytes(old + b"mine = 1\n")
    obsolete = "error: the schema no longer asks for this file: run `dss generate`, which removes it"
    assert sorted(told(project)) == [
        f"generated/ancient.py:1:1: {obsolete} [obsolete-file]",
        f"generated/older.py:1:1: {obsolete}; it was edited by hand: save what you need of it first "
        "[obsolete-file]",
        "generated/trees.py:1:1: error: no such file: run `dss generate`, which writes it [missing-file]",
        "generated/wiring.py:1:1: error: not written by the generator; move it away first [foreign-file]",
    ]


def test_what_handlers_lack_is_told_at_the_class(project: Project) -> None:
    """A missing method is an error at its class, a missing class or file one of the file."""
    own = project.handlers / "own.py"
    text = own.read_text(encoding="utf-8")
    at = text.splitlines().index("class OwnTemplate(OwnTemplateBase):") + 1
    own.write_text(text.replace("def old_things(", "def old_thing(", 1), encoding="utf-8")
    stale_at = text.partition("def old_things(")[0].count("\n") + 1
    assert told(project) == [
        f"handlers/own.py:{at}:1: error: OwnTemplate has no old_things: "
        "run `dss generate`, which inserts it, and fill it in [missing-handler]",
        f"handlers/own.py:{stale_at}:5: error: OwnTemplate.old_thing handles nothing in the schema; "
        "did you mean 'old_things'? [stale-handler]",
    ]
    own.write_text(text.replace("class OwnTemplate(", "class OwnTemplat(", 1), encoding="utf-8")
    assert told(project) == [
        f"handlers/own.py:{at}:1: error: OwnTemplat extends OwnTemplateBase, "
        "and has to be called OwnTemplate: rename it [missing-handler-class]"
    ]
    own.write_text("", encoding="utf-8")
    assert told(project) == [
        f"handlers/own.py:1:1: error: no class {name}: run `dss generate`, which adds one "
        "[missing-handler-class]"
        for name in ("OwnImporter", "OwnTemplate")
    ]
    own.unlink()
    (project.handlers / "__init__.py").unlink()
    restore = "restore it, or run `dss generate` for a new one [missing-handler-file]"
    assert told(project) == [
        f"handlers/__init__.py:1:1: error: no such file: {restore}",
        f"handlers/own.py:1:1: error: no such file, with OwnImporter and OwnTemplate: {restore}",
    ]


def _nothing(_: Project) -> None:
    pass


def _schema(project: Project) -> None:
    change(project, "model: Thing", "model: Thing, guard: {old: 7%}")


def _handlers(project: Project) -> None:
    (project.handlers / "derived.py").unlink()
    own = project.handlers / "own.py"
    own.write_text(own.read_text(encoding="utf-8").replace("new_things", "_new_things"), encoding="utf-8")


@pytest.mark.parametrize("edit", [_nothing, _schema, _handlers])
def test_whatever_a_run_would_change_has_its_line(project: Project, edit: Callable[[Project], None]) -> None:
    """The diff and the problems are about the same files; each rule of a problem is in the table."""
    edit(project)
    report = check(project)
    shown = {line.removeprefix("+++ b/") for line in report.diff.splitlines() if line.startswith("+++ ")}
    assert shown == {each.position.file for each in report.problems}
    assert {each.rule for each in report.problems} <= set(RULES)
    assert report.ok == (not report.problems)


def test_a_problem_of_a_file_has_a_rule_of_the_table() -> None:
    """Every id in brackets can be looked up: one that is not in the table is a mistake of ours."""
    place = Position("handlers/shop.py", 3, 5)
    for rule in RULES:
        assert f"handlers/shop.py:3:5: error: x [{rule}]" == str(file_problem(place, rule, "x"))
    with pytest.raises(KeyError, match="no-such-rule"):
        file_problem(place, "no-such-rule", "x")


def test_only_classes_at_the_top_are_looked_at(project: Project) -> None:
    """A class within a function or class is another one, though it has the name of one that is expected."""
    own = project.handlers / "own.py"
    text = own.read_text(encoding="utf-8").replace("def old_things(", "def _old_things(", 1)
    inner = "    class OwnTemplate:\n        def old_things(self) -> None: ...\n"
    own.write_text(f"{text}\n\nclass Other:\n{inner}\n\ndef f() -> None:\n{inner}", encoding="utf-8")
    at = text.splitlines().index("class OwnTemplate(OwnTemplateBase):") + 1
    assert told(project) == [
        f"handlers/own.py:{at}:1: error: OwnTemplate has no old_things: "
        "run `dss generate`, which inserts it, and fill it in [missing-handler]"
    ]


def test_what_python_warns_of_in_a_file_of_handlers_is_not_shown(project: Project) -> None:
    """An escape that some day is none is the project's own affair: warnings are errors in these tests."""
    own = project.handlers / "own.py"
    text = own.read_text(encoding="utf-8").replace("def old_things(", "def _old_things(", 1)
    own.write_text(f"{text}\n\nPATTERN = '\\d'\n", encoding="utf-8")
    assert ["missing-handler"] == [each.rule for each in check(project).problems]
