"""What the standard tells of OneRoster files, and what becomes of files that do not keep to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pull.projects import fields, pull, pulled, read_project, report, started, unreadable
from tests.pull.rosters import Rows, roster, write_roster, zipped


def edited(rows: Sequence[Sequence[str]], column: str, value: str, *, row: int = 1) -> list[list[str]]:
    """Return *rows* with another value in one cell."""
    changed = [list(each) for each in rows]
    changed[row][changed[0].index(column)] = value
    return changed


def test_columns_of_the_standard_have_its_types(tmp_path: Path) -> None:
    """Known columns get the standard's types, enums, refs and sets, whatever a small sample looks like."""
    write_roster(tmp_path / "roster", roster("1.2"))
    found = report(tmp_path, "oneroster", "roster")
    users = {name: each["type"] for name, each in fields(found, "User").items()}
    expected = {"sourced_id": "str", "enabled_user": "bool", "agent_sourced_ids": "set", "grades": "set",
                "identifier": "str", "status": "enum", "date_last_modified": "datetime"}  # fmt: skip
    assert expected == {name: users[name] for name in expected}
    assert "Org" == fields(found, "User")["primary_org_sourced_id"]["ref"]
    assert "User" == fields(found, "Demographics")["sourced_id"]["ref"]
    assert "AcademicSession" == fields(found, "AcademicSession")["parent_sourced_id"]["ref"]
    assert fields(found, "Demographics")["birth_date"]["sensitive"]
    assert ["password"] == [each["source"] for table in found["tables"] for each in table["left_out"]]
    assert [["sourced_id"]] * len(found["tables"]) == [table["key"]["fields"] for table in found["tables"]]


def test_a_value_outside_of_the_standard_makes_text(tmp_path: Path) -> None:
    """An extension of an enum, or a day written otherwise, makes text of it, and a doubt; all is read."""
    files = roster("1.2")
    files["roles"] = edited(files["roles"], "role", "ext:coach")
    files["enrollments"] = edited(files["enrollments"], "beginDate", "1/05/2026")
    write_roster(tmp_path / "roster", files)
    found = report(tmp_path, "oneroster", "roster")
    role, begin = fields(found, "Role")["role"], fields(found, "Enrollment")["begin_date"]
    assert ("str", ["1 of 20 values is none of the declared members"]) == (role["type"], role["doubts"])
    assert ("str", ["1 of 12 values is no date, as declared"]) == (begin["type"], begin["doubts"])
    assert [] == unreadable(read_project(started(tmp_path, "oneroster", "roster")))


def test_a_ref_that_leads_nowhere_stays_text(tmp_path: Path) -> None:
    """Where a file names a record that another lacks, there is no ref, and a doubt counts what is missing."""
    files = roster("1.1")
    files["enrollments"] = edited(files["enrollments"], "userSourcedId", "gone")
    write_roster(tmp_path / "roster", files)
    field = fields(report(tmp_path, "oneroster", "roster"), "Enrollment")["user_sourced_id"]
    assert field["ref"] is None
    assert ["no ref to users.csv sourcedId: 1 of 14 values are not there"] == field["doubts"]


def test_a_required_column_that_is_blank_is_a_doubt(tmp_path: Path) -> None:
    """What the standard requires and a row lacks is optional, and a doubt says who requires it."""
    files = roster("1.1")
    files["users"] = edited(files["users"], "familyName", "")
    write_roster(tmp_path / "roster", files)
    field = fields(report(tmp_path, "oneroster", "roster"), "User")["family_name"]
    assert (True, ["the standard requires it"]) == (field["optional"], field["doubts"])


def test_slips_in_names_are_reported_and_understood(tmp_path: Path) -> None:
    """A slip in a header or a file's name is reported with what was meant, and understood as that."""
    files = roster("1.2")
    files["users"] = [
        [{"dateLastModified": "dataLastModified", "preferredGivenName": "prefferedGivenName"}.get(name, name)
         for name in files["users"][0]],
        *files["users"][1:],
    ]  # fmt: skip
    files["Courses"] = files.pop("courses")
    write_roster(tmp_path / "roster", files)
    done = pull(tmp_path, "oneroster", "roster")
    for expected in (
        "users.csv:1: the standard has no column 'dataLastModified'; did you mean 'dateLastModified'?",
        "users.csv:1: the standard has no column 'prefferedGivenName'; did you mean 'preferredGivenName'?",
        "Courses.csv: the standard has no file 'Courses'; did you mean 'courses'?",
    ):
        assert expected in done.stderr
    assert "preferred_given_name: prefferedGivenName" in done.stdout
    assert "date_last_modified: {type: datetime, optional: true}" in done.stdout


def test_columns_and_files_of_one_s_own_are_inferred(tmp_path: Path) -> None:
    """What the standard does not know is looked at as in any file: metadata columns, further files."""
    files = roster("1.1")
    files["orgs"] = [
        [*row, cell]
        for row, cell in zip(files["orgs"], ["metadata.opened", "1999-01-02", "2003-04-05"], strict=True)
    ]
    files["lockers"] = [["locker_id", "size"], ["L1", "2"], ["L2", "3"]]
    write_roster(tmp_path / "roster", files)
    found = report(tmp_path, "oneroster", "roster")
    assert "date" == fields(found, "Org")["opened"]["type"]
    assert "int" == fields(found, "Locker")["size"]["type"]


def test_a_zip_is_pulled_as_its_folder_is(tmp_path: Path) -> None:
    """A zip gives the schema of the files in it, and is told to be unpacked, as the adapter reads folders."""
    folder = write_roster(tmp_path / "roster", roster("1.2"))
    archive = zipped(folder)
    assert pulled(tmp_path, "oneroster", "roster") == pulled(tmp_path, "oneroster", archive.name)
    assert "next: unpack" in pull(tmp_path, "oneroster", archive.name).stderr


def test_a_delta_is_marked(tmp_path: Path) -> None:
    """Files that hold changes only are no whole: a doubt warns, and deletions are no records."""
    write_roster(tmp_path / "roster", roster("1.1", delta=True))
    found = report(tmp_path, "oneroster", "roster")
    assert all(table["doubts"][0].startswith("a delta: it holds changes only") for table in found["tables"])
    assert found["schema"].count("where: \"status != 'tobedeleted'\"") == len(found["tables"])


def test_a_file_that_the_manifest_announces_must_be_there(tmp_path: Path) -> None:
    """Each file that the manifest says is there, and is not, is an error: the roster is not complete."""
    files = roster("1.2")
    del files["users"], files["orgs"]
    write_roster(tmp_path / "roster", files)
    done = pull(tmp_path, "oneroster", "roster")
    assert 1 == done.exit_code
    assert "manifest.csv: says file.users,bulk, but users.csv is not there" in done.stderr
    assert "manifest.csv: says file.orgs,bulk, but orgs.csv is not there" in done.stderr


def test_without_a_manifest_the_version_is_told_by_the_files(tmp_path: Path) -> None:
    """A folder without a manifest is pulled, and what it was taken for is reported."""
    files = roster("1.2")
    del files["manifest"]
    write_roster(tmp_path / "roster", files)
    assert "there is no manifest.csv: taken for OneRoster 1.2" in pull(tmp_path, "oneroster", "roster").stderr


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("nothing", None, "there is no such folder or zip"),
        ("roster.txt", "text", "is no zip"),
        ("empty", {}, "holds no *.csv file"),
        (
            "odd",
            {"manifest": [["a", "b"], ["1", "2"]], "users": [["sourcedId"], ["1"]]},
            "a manifest's header is",
        ),
    ],
)
def test_what_is_no_roster_is_an_error(
    tmp_path: Path, name: str, content: str | dict[str, Rows] | None, expected: str
) -> None:
    """A path that leads to no roster ends with exit code 1 and says what one is."""
    if isinstance(content, str):
        (tmp_path / name).write_text(content)
    elif content is not None:
        write_roster(tmp_path / name, content)
    done = pull(tmp_path, "oneroster", name)
    assert 1 == done.exit_code
    assert expected in done.stderr
