"""The example with all of its systems, in a folder of its own, against servers that are there for a while."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from examples.school.data import Manifest, write_school
from tests.google.stand_in import StandIn
from tests.ldap.service import Service as DirectoryService
from tests.school.whole.copying import copy_database
from tests.scim.service import Service as PortalService
from tests.services.databases import execute, new_database
from tests.services.servers import PASSWORD, TOKEN

ROOT = Path(__file__).parents[3]
RUN = ("nightly", "directory", "portal", "workspace")
"""The syncs of the run, in their order; Moodle's has the name that it has in the example."""


@dataclass
class Ended:
    """How a command has ended, and what it has told."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What it has told as JSON."""
        return json.loads(self.out)


@dataclass
class WholeSchool:
    """Files of PowerSchool, and four systems that follow them."""

    folder: Path
    students: int
    manifest: Manifest = field(init=False)
    moodle: sa.URL = field(init=False)
    directory: DirectoryService = field(init=False)
    portal: PortalService = field(init=False)
    workspace: StandIn = field(init=False)

    def __post_init__(self) -> None:
        for part in ("schema", "examples"):
            shutil.copytree(
                ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("__pycache__", "files")
            )
        shutil.copy(ROOT / "examples/school/whole/systems.yaml", self.folder / "schema")
        self.manifest = write_school(self.folder / "files", students=self.students, seed=1)
        self.moodle = new_database("postgresql")
        copy_database(self.folder / "files" / self.manifest.database, self.moodle)
        self.directory, self.portal = DirectoryService(), PortalService()
        for name in ("students", "staff"):
            self.directory.add(f"ou={name},{self.directory.base}", objectClass="organizationalUnit")
        self.workspace = StandIn().start()
        root = {"name": "Students", "parentOrgUnitPath": "/"}
        self.workspace.directory.domains.add("students.school.example")
        self.workspace.directory.orgunits_insert({"customerId": "my_customer"}, root)
        self.configure()

    def configure(self, **others: str) -> None:
        """Write dss.toml, with *others* in place of the addresses of trees."""
        url = {
            "moodle": self.moodle.render_as_string(hide_password=False),
            "directory": f"ldap://127.0.0.1:{self.directory.port}",
            "portal": self.portal.url(self.portal.port),
            "workspace": self.workspace.url,
            **others,
        }
        (self.folder / "dss.toml").write_text(
            f"""
schema = "schema"
generated = "generated"
handlers = "examples/school/handlers"

[runs.nightly]
syncs = {json.dumps(RUN)}
verify = true

[trees.PowerSchool]
folder = "files"

[trees.Moodle]
url = {json.dumps(url["moodle"])}

[trees.Directory]
url = {json.dumps(url["directory"])}
base_dn = "{self.directory.base}"
bind_dn = "{self.directory.account}"
password = "${{DIRECTORY_PASSWORD}}"

[trees.Portal]
url = {json.dumps(url["portal"])}
token = "${{PORTAL_TOKEN}}"

[trees.Workspace]
endpoint = {json.dumps(url["workspace"])}
""",
            encoding="utf-8",
        )

    def dss(self, *arguments: str) -> Ended:
        """Run `dss` in the folder, as a shell does."""
        secrets = {"DIRECTORY_PASSWORD": PASSWORD, "PORTAL_TOKEN": TOKEN}
        command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(self.folder), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **secrets},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def leave(self, number: str) -> None:
        """Take the row of a student out of PowerSchool's file."""
        path = self.folder / "files" / "students.txt"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(f"{number}\t")]
        assert len(lines) == len(kept) + 1, f"there is no student {number}"
        path.write_text("".join(kept), encoding="utf-8")

    def readable_students(self) -> list[str]:
        """Return the numbers of the active students whose rows can be read, in the order of the file."""
        told = self.dss("plan", "directory", "--json").told["unreadable"]
        dirty = {each["line"] for each in told if each["branch"] == "students"}
        lines = (self.folder / "files" / "students.txt").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for number, line in enumerate(lines, start=1) if number not in dirty]
        return [cells[0] for cells in rows if len(cells) > 9 and cells[9] == "0"]

    def suspended(self, number: str) -> dict[str, object]:
        """Return of each system whether a student is suspended there, None where there is no account."""
        found = execute(self.moodle, f"SELECT suspended FROM mdl_user WHERE idnumber = '{number}'")
        people = self.directory.below("students").values()
        kinds = [each["employeeType"] for each in people if each["employeeNumber"] == [number.encode()]]
        portal = [each for each in self.portal.all() if each.get("externalId") == number]
        users = self.workspace.directory.users_list({"customer": "my_customer", "maxResults": "500"}, None)[
            "users"
        ]
        held = [each for each in users if [one["value"] for one in each.get("externalIds", [])] == [number]]
        return {
            "nightly": found[0][0] == 1 if found else None,
            "directory": kinds[0] == [b"suspended"] if kinds else None,
            "portal": not portal[0]["active"] if portal else None,
            "workspace": held[0]["suspended"] if held else None,
        }

    def close(self) -> None:
        """End the stand-in; the servers are the session's."""
        self.workspace.stop()
