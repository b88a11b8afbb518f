"""The traps of PowerSchool's exports, met by the packs as they come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.packs.projects import dss, made

PACKS = ("powerschool-headered", "powerschool-autosend")


@pytest.fixture(params=PACKS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project of either pack."""
    return made(tmp_path, request.param)


def students(project: Path) -> Path:
    """Return today's file of students."""
    return project / "data" / "today" / "students_v4.1.txt"


def change(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    """Replace a text in a file, which must be there."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode(encoding))


def plan(project: Path) -> list[str]:
    """Return the messages of what has changed since yesterday."""
    done = dss(project, "plan", "PowerSchool", "Yesterday", "--json")
    assert done.returncode in (0, 2), done.stderr
    return [action["message"] for action in json.loads(done.stdout)["actions"]]


def refused(project: Path) -> str:
    """Return why nothing is compared."""
    done = dss(project, "plan", "PowerSchool", "Yesterday")
    assert 3 == done.returncode, done.stdout
    return done.stderr


def status_column(project: Path, number: str, status: str) -> None:
    """Give a student another Enroll_Status, the last cell of the row."""
    lines = students(project).read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.startswith(number)]
    (row,) = found
    changed = "\t".join([*row.split("\t")[:-1], status])
    students(project).write_text("\n".join(changed if line == row else line for line in lines) + "\n")


@pytest.mark.parametrize(
    ("status", "there"), [("-1", True), ("0", True), ("1", False), ("2", False), ("3", False), ("4", False)]
)
def test_only_those_who_are_enrolled_are_students(project: Path, status: str, there: bool) -> None:
    """Pre-registered and active ones are; inactive, transferred, graduated and historical ones are not."""
    status_column(project, "0107", status)
    assert ("new_students(number='0107')" in plan(project)) == there


def test_an_unknown_status_takes_nobody_away(project: Path) -> None:
    """A row whose status no one has heard of is unreadable, and the student is left alone."""
    status_column(project, "0042", "9")
    assert not any("0042" in message for message in plan(project))
    told = dss(project, "plan", "PowerSchool", "Yesterday")
    assert "'9' not in the map" in told.stdout + told.stderr


def test_entities_are_unescaped_and_zeros_stay(project: Path) -> None:
    """`Zo&eacute;` is Zoé, O&#39;Neil is O'Neil, and 0042 is no 42."""
    change(students(project), "Zo&eacute;", "Z&ouml;e")
    found = plan(project)
    assert "changed_students_firstname(number='0042', old='Zoé', new='Zöe')" in found
    change(students(project), "0042", "42")
    found = plan(project)
    assert "new_students(number='42')" in found
    assert not any(message.startswith("changed_students") for message in found)


def test_last_and_first_name_are_split(tmp_path: Path) -> None:
    """AutoSend gives "Last, First" in one cell."""
    project = made(tmp_path, "powerschool-autosend")
    change(students(project), "Adler, Zo&eacute;", "von Adler, Zo&eacute;")
    assert "changed_students_lastname(number='0042', old='Adler', new='von Adler')" in plan(project)


def test_a_teacher_of_two_schools_is_one_person(project: Path) -> None:
    """The rows are united: the schools of both count."""
    name = "teachers" if (project / "data" / "today" / "teachers_v4.1.txt").exists() else "staff"
    path = project / "data" / "today" / f"{name}_v4.1.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert f"removed_{name}_schools(number='T1', item='2')" in plan(project)


def test_a_line_break_in_a_field_is_reported(project: Path) -> None:
    """Nobody guesses which rows it has made: both are named, and nobody is taken away."""
    change(students(project), "O&#39;Neil", "O\n&#39;Neil")
    done = dss(project, "plan", "PowerSchool", "Yesterday")
    told = done.stdout + done.stderr
    assert "students_v4.1.txt:" in told
    assert "cells, found" in told
    assert not any(message.startswith("old_students") for message in plan(project))


def test_another_encoding_is_an_error_until_it_is_declared(project: Path) -> None:
    """A file in cp1252 is refused, with what to declare; declared, it is read."""
    change(students(project), "Zo&eacute;", "Zoë", "cp1252")
    assert "declare the file's encoding, such as `encoding: cp1252`" in refused(project)
    schema = project / "schema" / "powerschool.yaml"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(
        text.replace("path: students_v*.txt", "path: students_v*.txt\n        encoding: cp1252", 1)
    )
    assert 0 == dss(project, "generate").returncode
    assert "changed_students_firstname(number='0042', old='Zoé', new='Zoë')" in plan(project)


def test_the_newest_version_is_read(project: Path) -> None:
    """Version 4.10 is newer than 4.9 and 4.1, whatever order their names have."""
    text = students(project).read_text(encoding="utf-8")
    for version, name in (("4.9", "Nine"), ("4.10", "Ten")):
        path = students(project).with_name(f"students_v{version}.txt")
        path.write_text(text.replace("Zo&eacute;", name), encoding="utf-8")
    assert "changed_students_firstname(number='0042', old='Zoé', new='Ten')" in plan(project)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (None, "no file matches: has the export run, and is it complete?"),
        (slice(0), "is empty: has the export run, and is it complete?"),
        (slice(1), "is empty: has the export run, and is it complete?"),
        (slice(-6), "the file ends there: it is truncated"),
    ],
)
def test_no_file_and_half_a_file_stop_the_run(project: Path, kept: slice | None, message: str) -> None:
    """A file that is missing, of at most one byte, or cut off is told, and nothing is compared."""
    if kept is None:
        students(project).unlink()
    else:
        students(project).write_bytes(students(project).read_bytes()[kept])
    assert message in refused(project)


def test_a_header_may_carry_tables(tmp_path: Path) -> None:
    """[01]Student_Number and CC.SchoolID are read by their bare names; two that could be meant are told."""
    project = made(tmp_path, "powerschool-headered")
    assert any(message.startswith("new_enrolments(student='0107', school='1'") for message in plan(project))
    path = project / "data" / "today" / "cc_v4.1.txt"
    change(path, "CC.Expression", "[02]Student_Number")
    told = refused(project)
    assert "the column 'Student_Number' could be '[02]Student_Number' and '[01]Student_Number'" in told
