"""Several branches of one file: each writes its own rows, and leaves those of the others alone."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.oneroster.sets import put
from tests.packs.projects import dss, made

SCHEMA = """
models:
  Person:
    abstract: true
    key: number
    fields: {number: str, first: str, last: str, login: str}
  Pupil: {extends: Person}
  Teacher: {extends: Person}
branches:
  pupils: {model: Pupil, guard: {old: 100%}}
  teachers: {model: Teacher, guard: {old: 100%}}
trees:
  Office:
    adapter: csv
    branches:
      pupils: {path: pupils.csv}
      teachers: {path: teachers.csv}
  Roster:
    adapter: oneroster
    branches:
      pupils: &pupils
"""
BRANCH = """
        standard: oneroster-1.1
        file: users
        columns: {{number: sourcedId, first: givenName, last: familyName, login: username}}
        where: "role == '{role}'"
        insert: {{enabledUser: true, orgSourcedIds: "s1,s2"}}
        old: {{set: {{enabledUser: false}}}}
"""
HEADER = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)


def test_branches_share_a_file(tmp_path: Path) -> None:
    """New rows get the role of their branch and the constants; who leaves is disabled, and may come back."""
    project = made(tmp_path, "oneroster-1.1")
    schema = SCHEMA.replace(" &pupils\n", BRANCH.format(role="student").rstrip())
    schema += f"\n      teachers:{BRANCH.format(role='teacher')}"
    (project / "schema" / "roster.yaml").write_text(schema)
    (project / "dss.toml").write_text(
        'schema = "schema"\ngenerated = "generated"\nhandlers = "handlers"\n'
        '[trees.Office]\nfolder = "data"\n[trees.Roster]\npath = "data/set"\nwrites = true\n'
    )
    for each in ("incoming", "outgoing"):
        (project / "handlers" / f"{each}.py").unlink()
    assert 0 == dss(project, "generate").returncode
    aide = f"{HEADER}\r\na1,,,true,s1,aide,ann,,Ann,Aide,,,,,,,,\r\n"
    manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\nfile.users,bulk\r\n"
    put(project / "data" / "set", {"manifest.csv": manifest.encode(), "users.csv": aide.encode()})
    write(project, pupils=["p1,Pia,Park,pia", "p2,Pete,Pond,pete"], teachers=["t1,Tom,Tall,tom"])
    assert rows(project) == {
        "a1": ("true", "s1", "aide"),
        "p1": ("true", "s1,s2", "student"),
        "p2": ("true", "s1,s2", "student"),
        "t1": ("true", "s1,s2", "teacher"),
    }
    write(project, pupils=["p1,Pia,Park,pia"], teachers=["t1,Tim,Tall,tom"])
    assert ("false", "s1,s2", "student") == rows(project)["p2"]
    assert ("true", "s1", "aide") == rows(project)["a1"]
    write(project, pupils=["p1,Pia,Park,pia", "p2,Pete,Pond,pete"], teachers=["t1,Tim,Tall,tom"])
    assert ("true", "s1,s2", "student") == rows(project)["p2"]
    assert ["a1", "p1", "p2", "t1"] == sorted(rows(project))


def write(project: Path, *, pupils: list[str], teachers: list[str]) -> None:
    """Give the office these people and sync."""
    for name, lines in (("pupils", pupils), ("teachers", teachers)):
        text = "\n".join(["number,first,last,login", *lines, ""])
        (project / "data" / f"{name}.csv").write_text(text)
    done = dss(project, "sync", "Office", "Roster", "--verify")
    assert (0, "converged: 0 differences") == (done.returncode, done.stdout.splitlines()[-1]), done.stderr


def rows(project: Path) -> dict[str, tuple[str, str, str]]:
    """Return what the file holds of each user."""
    with (project / "data" / "set" / "users.csv").open(encoding="utf-8", newline="") as text:
        found = csv.DictReader(text)
        return {row["sourcedId"]: (row["enabledUser"], row["orgSourcedIds"], row["role"]) for row in found}
