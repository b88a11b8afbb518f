"""Rosters as the OneRoster standard has them, versions 1.1 and 1.2."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.pull.projects import write_csv

Rows = Sequence[Sequence[str]]
_EVERY = "sourcedId status dateLastModified"
_HEADERS = {
    "orgs": "name type identifier parentSourcedId",
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": (
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds"
        " subjects subjectCodes periods"
    ),
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
    "demographics": "birthDate sex asian countryOfBirthCode",
    "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "users 1.1": (
        "enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms"
        " phone agentSourcedIds grades password"
    ),
    "users 1.2": (
        "enabledUser username userIds givenName familyName middleName identifier email sms phone"
        " agentSourcedIds grades password userMasterIdentifier resourceSourcedIds preferredGivenName"
        " preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns"
    ),
}


def roster(version: str, *, students: int = 12, delta: bool = False) -> dict[str, Rows]:
    """Return the files of a small school, by name, the manifest among them."""
    first = ("active", "2026-09-01T08:00:00.000Z") if delta else ("", "")
    pupils = [f"{number:04}" for number in range(1, students + 1)]
    teachers = ["T1", "T2"]
    people = [*pupils, *(f"G{number}" for number in pupils[::2]), *teachers]
    cells: dict[str, list[tuple[str, ...]]] = {
        "orgs": [
            ("D1", "District, North", "district", "", ""),
            ("0042", "Upper School", "school", "0042", "D1"),
        ],
        "academicSessions": [
            ("Y27", "2026/27", "schoolYear", "2026-08-24", "2027-06-11", "", "2027"),
            ("S1", "Autumn", "semester", "2026-08-24", "2026-12-18", "Y27", "2027"),
        ],
        "courses": [
            ("C1", "Y27", 'Biology "10"', "BIO10", "10,11", "0042", "Science,Biology", ""),
            ("C2", "", "Music", "", "", "0042", "", ""),
        ],
        "classes": [
            ("K1", "Bio 10a", "10", "C1", "", "scheduled", "Lab 2", "0042", "S1,Y27", "", "", "1,3"),
            ("K2", "Homeroom", "", "C2", "", "homeroom", "", "0042", "Y27", "", "", ""),
        ],
        "enrollments": [
            *((f"E{each}", "K1", "0042", each, "student", "false", "2026-08-24", "") for each in pupils),
            *((f"E{each}", "K2", "0042", each, "teacher", "true", "", "") for each in teachers),
        ],
        "demographics": [(each, "2011-02-28", "female", "false", "NO") for each in pupils],
    }
    if version == "1.1":
        cells["users 1.1"] = [(each, *_user_1_1(each)) for each in people]
    else:
        cells["users 1.2"] = [(each, *_user_1_2(each)) for each in people]
        cells["roles"] = [(f"R{each}", each, "primary", _role(each), "", "", "0042", "") for each in people]
    files: dict[str, Rows] = {}
    for name, rows in cells.items():
        header = f"{_EVERY} {_HEADERS[name]}".split()
        files[name.split()[0]] = [header, *((key, *first, *rest) for key, *rest in rows)]
    files["manifest"] = [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", version),
        *((f"file.{name}", "delta" if delta else "bulk") for name in sorted(files)),
        ("file.results", "absent"),
    ]
    return files


def write_roster(folder: Path, files: Mapping[str, Rows]) -> Path:
    """Write *files* into a new *folder*."""
    folder.mkdir()
    for name, rows in files.items():
        write_csv(folder / f"{name}.csv", rows)
    return folder


def zipped(folder: Path) -> Path:
    """Return a zip, beside *folder*, of all that is in it."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target


def _role(key: str) -> str:
    return {"T": "teacher", "G": "guardian"}.get(key[0], "student")


def _user_1_1(key: str) -> tuple[str, ...]:
    before = ("true", "0042,D1", _role(key), f"user{key}", "{Fed:9}", "Ann", "Example", "", key)
    return (*before, "", "", "", _agents(key), "10", "hunter2")


def _user_1_2(key: str) -> tuple[str, ...]:
    before = ("true", f"user{key}", "{Fed:9}", "Ann", "Example", "", key)
    return (*before, "", "", "", _agents(key), "10", "hunter2", "", "", "", "", "", "0042", "")


def _agents(key: str) -> str:
    return f"G{key}" if key.isdigit() and int(key) % 2 else ""
