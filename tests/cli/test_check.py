"""`dss check` says whether the schema is sound, and what a change of it does to the next sync."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dss_runtime.cli import app
from tests.breaking.repositories import Repository, repository

SCHEMA = """\
models:
  Student:
    key: number
    fields:
      number: str
      email: {type: str, optional: true}
      dob: {type: date, optional: true, sensitive: true}
branches:
  students: {model: Student, guard: {old: 10%}}
trees:
  Office: {adapter: csv, branches: {students: {path: students.csv}}}
  Campus: {adapter: sql, branches: {students: {table: students}}}
syncs:
  nightly: {from: Office, to: Campus}
"""
EMAIL = "      email: {type: str, optional: true}\n"
REMOVED = (
    "schema/things.yaml:4:5: breaking: field Student.email removed: 2 trees held it; existing values stay in "
    "Campus, and nothing updates them [field-removed]"
)
OFF = """
[[check.rules]]
rule = "field-removed"
path = "models.Student.fields.email"
class = "off"
reason = "nobody reads it, asked on 2026-11-20"
"""


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A project in a repository, whose last commit has the schema."""
    made = repository(tmp_path / "project")
    made.write(SCHEMA)
    (made.root / "dss.toml").write_text("")
    made.commit()
    return made


def check(project: Repository, *options: str) -> Result:
    """Call `dss check` in the project."""
    return CliRunner().invoke(app, ["-C", str(project.root), "check", *options])


def edit(project: Repository, old: str, new: str) -> None:
    """Change the schema."""
    path = project.schema / "things.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def settings(project: Repository, text: str) -> None:
    """Write the project's settings."""
    (project.root / "dss.toml").write_text(text)


def report(project: Repository, *options: str) -> dict[str, Any]:
    """Return what `--json` prints."""
    found: dict[str, Any] = json.loads(check(project, "--json", *options).stdout)
    return found


def test_a_sound_schema_is_told(project: Repository) -> None:
    """Alone, `check` says on standard error that the schema is sound, and exits with 0."""
    done = check(project)
    assert (0, "", "the schema is sound\n") == (done.exit_code, done.stdout, done.stderr)


def test_every_problem_is_told(project: Repository) -> None:
    """A schema with problems exits with 1, with or without a version to compare with."""
    edit(project, "number: str", "number: strr")
    edit(project, "model: Student", "model: Studnt")
    for options in ((), ("--against", "HEAD"), ("--save", "schema.lock")):
        done = check(project, *options)
        assert (1, "") == (done.exit_code, done.stdout)
        assert done.stderr.startswith("error: the schema has 2 problems:\nschema/things.yaml:5:15: error: ")
        assert "there is no model 'Studnt'; did you mean 'Student'? [unknown-model]\n" in done.stderr
    assert not (project.root / "schema.lock").exists()


def test_problems_are_told_to_programs(project: Repository) -> None:
    """With --json the problems of the schema are data, and the exit code is 1."""
    edit(project, "model: Student", "model: Studnt")
    found = report(project)
    assert (1, None, []) == (found["exit_code"], found["against"], found["changes"])
    keys = ("file", "line", "column", "severity", "rule")
    assert [("schema/things.yaml", 9, 21, "error", "unknown-model")] == [
        tuple(each[key] for key in keys) for each in found["problems"]
    ]


def test_nothing_changed(project: Repository) -> None:
    """A version that is the same, but for comments and docs, exits with 0 and prints nothing but that."""
    edit(project, "  Student:\n", "  # a comment\n  Student:\n    doc: Somebody.\n")
    done = check(project, "--against", "HEAD")
    assert (0, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("no change from HEAD (")


def test_a_breaking_change_is_told_with_its_effect(project: Repository) -> None:
    """A line on standard output for each change, a summary on standard error, and exit code 2."""
    edit(project, EMAIL, "")
    done = check(project, "--against", "main")
    assert (2, f"{REMOVED}\n") == (done.exit_code, done.stdout)
    commit = project.git("rev-parse", "HEAD").strip()[:10]
    assert f"1 change from main ({commit}): 1 breaking\n" in done.stderr
    assert "what is meant can pass, with a reason: [[check.rules]] in the settings\n" in done.stderr


def test_a_safe_change_passes(project: Repository) -> None:
    """A change that no sync notices is told, and exits with 0."""
    edit(project, "      email: {type: str, ", "      mail: {renamed_from: email, type: str, ")
    edit(project, "{path: students.csv}", "{path: students.csv, columns: {mail: email}}")
    edit(project, "{table: students}", "{table: students, columns: {mail: email}}")
    done = check(project, "--against", "HEAD")
    assert 0 == done.exit_code
    assert "schema/things.yaml:6:7: safe: field Student.email renamed to mail: " in done.stdout
    assert 1 == len(done.stdout.splitlines())


def test_a_change_to_review_is_no_success(project: Repository) -> None:
    """A change that somebody should look at exits with 2."""
    edit(project, "old: 10%", "old: 90%")
    done = check(project, "--against", "HEAD")
    assert 2 == done.exit_code
    assert ": review: the limit for old records of students is 90%, before 10%: " in done.stdout
    assert "1 to review" in done.stderr


def test_changes_are_in_the_order_of_their_places(project: Repository) -> None:
    """Lines come in the order of the schema's files and lines."""
    edit(project, "sensitive: true", "sensitive: false")
    edit(project, "old: 10%", "old: 90%")
    edit(project, "to: Campus}", "to: Campus, branches: [students]}")
    edit(project, EMAIL, "")
    found = report(project, "--against", "HEAD")
    places = [(each["place"]["file"], each["place"]["line"]) for each in found["changes"]]
    assert (sorted(places), 3) == (places, len(places))


def test_a_change_is_switched_off_with_its_reason(project: Repository) -> None:
    """What the settings let pass is shown with the reason, and does not count."""
    edit(project, EMAIL, "")
    settings(project, OFF)
    done = check(project, "--against", "HEAD")
    line = (
        REMOVED.replace(": breaking: ", ": off: ") + " (switched off: nobody reads it, asked on 2026-11-20)"
    )
    assert (0, f"{line}\n") == (done.exit_code, done.stdout)
    assert ": 1 switched off\n" in done.stderr


def test_a_rule_gets_another_class_with_its_reason(project: Repository) -> None:
    """A class that the settings give is shown beside the rule's own."""
    edit(project, "old: 10%", "old: 5%")
    settings(
        project, '[[check.rules]]\nrule = "guard-tightened"\nclass = "review"\nreason = "tell the office"\n'
    )
    done = check(project, "--against", "HEAD")
    assert 2 == done.exit_code
    assert done.stdout.endswith(" [guard-tightened] (safe by its rule: tell the office)\n")
    (change,) = report(project, "--against", "HEAD")["changes"]
    assert ("review", "safe", "tell the office") == (
        change["class"],
        change["class_by_rule"],
        change["reason"],
    )


def test_a_switch_that_matches_nothing_is_warned_about(project: Repository) -> None:
    """An entry written for a change that is no more is named with its line, and changes no exit code."""
    settings(project, OFF)
    done = check(project, "--against", "HEAD")
    assert (0, "") == (done.exit_code, done.stdout)
    line = "dss.toml:3: warning: no change of field-removed at models.Student.fields.email: remove this\n"
    assert line in done.stderr
    (unmatched,) = report(project, "--against", "HEAD")["unmatched_rules"]
    assert ("field-removed", "models.Student.fields.email") == (unmatched["rule"], unmatched["path"])


def test_a_policy_may_match_nothing(project: Repository) -> None:
    """An entry without a path is a policy: nobody is told to remove it."""
    settings(project, OFF.replace('path = "models.Student.fields.email"\n', ""))
    assert "warning" not in check(project, "--against", "HEAD").stderr


def test_a_report_for_programs(project: Repository) -> None:
    """With --json there is one object, which says all that the lines say, and where it was before."""
    edit(project, EMAIL, "")
    done = check(project, "--json", "--against", "HEAD")
    found = json.loads(done.stdout)
    commit = project.git("rev-parse", "HEAD").strip()[:10]
    assert {
        "schema_version": 1,
        "command": "check",
        "against": {"asked": "HEAD", "version": f"HEAD ({commit})"},
        "exit_code": 2,
        "problems": [],
        "counts": {"breaking": 1, "review": 0, "safe": 0, "off": 0},
        "changes": [
            {
                "rule": "field-removed",
                "class": "breaking",
                "class_by_rule": "breaking",
                "reason": None,
                "path": "models.Student.fields.email",
                "old_path": "models.Student.fields.email",
                "place": {"file": "schema/things.yaml", "line": 4, "column": 5},
                "old_place": {"file": "schema/things.yaml", "line": 6, "column": 7},
                "message": "field Student.email removed",
                "effect": "2 trees held it; existing values stay in Campus, and nothing updates them",
                "hint": None,
            }
        ],
        "unmatched_rules": [],
    } == found
    assert 2 == done.exit_code


def test_a_lock_is_saved_and_compared_with(project: Repository) -> None:
    """`--save` keeps a version; saving it again changes nothing; later versions are compared with it."""
    saved = check(project, "--save", "schema.lock")
    assert (0, "", "saved schema.lock\n") == (saved.exit_code, saved.stdout, saved.stderr)
    before = (project.root / "schema.lock").read_bytes()
    again = check(project, "--save", "schema.lock")
    assert (0, "schema.lock holds this version already\n") == (again.exit_code, again.stderr)
    assert before == (project.root / "schema.lock").read_bytes()
    edit(project, EMAIL, "")
    done = check(project, "--against", "schema.lock")
    assert (2, f"{REMOVED}\n") == (done.exit_code, done.stdout)
    assert "1 change from schema.lock: 1 breaking\n" in done.stderr


def test_a_folder_is_compared_with(project: Repository, tmp_path: Path) -> None:
    """A folder of a schema is an older version as well, relative to the folder that -C names."""
    (project.root / "before").mkdir()
    (project.root / "before" / "all.yaml").write_text(SCHEMA)
    edit(project, EMAIL, "")
    assert 2 == check(project, "--against", "before").exit_code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--against", "nowhere"), "error: git knows no ref 'nowhere'"),
        (("--against", "./dss.toml"), "dss.toml is no lock of a schema: `dss check --save` writes one"),
        (("--save", "dss.toml"), "dss.toml is there and is no lock"),
        (("--save", "schema/a.yaml"), "a.yaml: lies within the schema, and would be read as a part of it"),
        (("--save", "gone/a.lock"), "a.lock: there is no folder "),
        (("--save", "a.lock", "--against", "HEAD"), "--save keeps this version"),
        (("--save", "a.lock", "--json"), "--save has nothing to report"),
    ],
)
def test_what_cannot_be_done_is_an_error(project: Repository, arguments: tuple[str, ...], said: str) -> None:
    """An error exits with 1 and says on standard error what is wrong."""
    done = check(project, *arguments)
    assert (1, "") == (done.exit_code, done.stdout)
    assert said in done.stderr


@pytest.mark.parametrize("options", [(), ("--against", "HEAD")])
def test_wrong_settings_are_told(project: Repository, options: tuple[str, ...]) -> None:
    """A wrong entry is an error with its line, whatever changed, and whether anything is compared."""
    settings(project, OFF.replace("field-removed", "field-remove"))
    done = check(project, *options)
    assert (1, "") == (done.exit_code, done.stdout)
    line = "dss.toml:3: check.rules[0].rule: there is no rule 'field-remove'; did you mean 'field-removed'?"
    assert f"error: {line}\n" == done.stderr.replace(f"{project.root}/", "")


def test_a_project_below_the_top_of_its_repository(project: Repository, dss: Callable[..., Result]) -> None:
    """A project may lie in a folder of a repository; paths of the schema are those that files have."""
    inner = project.root / "sync"
    (inner / "schema").mkdir(parents=True)
    (inner / "dss.toml").write_text("")
    (inner / "schema" / "all.yaml").write_text(SCHEMA)
    project.commit()
    (inner / "schema" / "all.yaml").write_text(SCHEMA.replace(EMAIL, ""))
    done = dss("-C", str(inner), "check", "--against", "HEAD")
    assert (2, REMOVED.replace("things", "all") + "\n") == (done.exit_code, done.stdout)
