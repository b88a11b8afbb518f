"""A school whose people, org units, groups and members are in a directory: generated once per process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem
from tests.generated_schemas.handlers import importer_of, template_of
from tests.generated_schemas.projects import generated
from tests.google.directory import Directory
from tests.google.stand_in import StandIn
from tests.strategies.loading import resolved


class Clock:
    """Time that passes when somebody waits, and is counted."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def policy(self) -> Policy:
        """Return a policy without guards that waits by this clock."""
        return Policy(guarded=False, sleep=self.sleep, clock=lambda: self.now)


SCHEMA = """
models:
  OrgUnit: {key: path, fields: {path: str, about: {type: str, optional: true}}}
  Pupil:
    key: number
    fields:
      number: str
      email: {type: str, compare: casefold}
      first: str
      last: str
      unit: {ref: OrgUnit}
      phone: {type: str, optional: true, sensitive: true}
      grade: {type: int, optional: true}
      visible: {type: bool, default: "true"}
      secret: {type: str, optional: true, sensitive: true}
  Teacher: {key: email, fields: {email: str, first: str, last: str, kind: {type: str, optional: true}}}
  Group: {key: email, fields: {email: str, name: str, about: {type: str, optional: true}}}
  Membership:
    key: [group, email]
    fields: {group: {ref: Group}, email: str, role: str}
branches:
  units: {model: OrgUnit}
  pupils: {model: Pupil}
  teachers: {model: Teacher}
  groups: {model: Group}
  members: {model: Membership}
trees:
  Office:
    adapter: memory
    branches: {units: {}, pupils: {}, teachers: {}, groups: {}, members: {}}
  Google:
    adapter: google
    branches:
      units: {resource: orgunits, below: /Pupils, columns: {path: orgUnitPath, about: description}}
      pupils:
        resource: users
        below: /Pupils
        columns:
          number: "externalIds[type=organization].value"
          email: primaryEmail
          first: name.givenName
          last: name.familyName
          unit: orgUnitPath
          phone: "phones[type=work].value"
          grade: customSchemas.School.grade
          visible: includeInGlobalAddressList
          secret: password
        sync: {secret: create_only}
        match: email
        old: {set: {suspended: true}, delete_after: 30 days}
      teachers:
        resource: users
        columns:
          email: primaryEmail
          first: name.givenName
          last: name.familyName
          kind: "organizations[primary=true].title"
        where: "orgUnitPath == '/Teachers'"
        insert: {orgUnitPath: /Teachers}
        old: delete
      groups: {resource: groups, groups: "class-*@school.example", columns: {about: description}}
      members:
        resource: members
        groups: "class-*@school.example"
        columns: {group: group.email}
syncs:
  nightly: {from: Office, to: Google}
"""
BRANCHES = ("units", "pupils", "teachers", "groups", "members")
_MODELS: Mapping[str, str] = dict(
    zip(BRANCHES, ("OrgUnit", "Pupil", "Teacher", "Group", "Membership"), strict=True)
)


@dataclass(frozen=True)
class School:
    """The generated package."""

    package: str

    @staticmethod
    def make(root: Path) -> School:
        """Generate the package below *root*, and make it importable."""
        generated(root, "dss_google_school", SCHEMA)
        sys.path.insert(0, str(root))
        return School("dss_google_school")

    def module(self, name: str) -> ModuleType:
        """Return a module of the package."""
        return importlib.import_module(f"{self.package}.generated.{name}")

    def record(self, branch: str, **fields: Any) -> Any:
        """Return a record."""
        return getattr(self.module("models"), _MODELS[branch])(**fields)

    def pupil(self, number: str, **fields: Any) -> Any:
        """Return a pupil, with an address and names, unless others are given."""
        given = {
            "email": f"p{number}@school.example",
            "first": "Ann",
            "last": f"Lee {number}",
            "unit": "/Pupils",
        }
        return self.record("pupils", number=number, **{**given, **fields})

    def tree(self, name: str, **settings: object) -> DataStoreTree:
        """Return a tree, not read yet."""
        (tree,) = (each for each in resolved(SCHEMA).trees if each.name == name)
        made: Callable[..., DataStoreTree] = getattr(self.module("trees"), name)
        return made(
            settings=settings,
            importer=importer_of(self.module("importers"), tree),
            template=None if name == "Office" else template_of(self.module("templates"), tree),
        )

    def office(self, *records: Any) -> DataStoreTree:
        """Return the left side, read: a system in memory with *records*, and the org unit of all pupils."""
        held: dict[str, dict[Any, Any]] = {branch: {} for branch in BRANCHES}
        held["units"]["/Pupils"] = self.record("units", path="/Pupils")
        names = {model: branch for branch, model in _MODELS.items()}
        for each in records:
            branch = names[type(each).__name__]
            key = (each.group, each.email) if branch == "members" else getattr(each, KEYS[branch])
            held[branch][key] = each
        return self.tree("Office", system=MemorySystem(held)).load()

    def google(self, server: StandIn | int, **settings: object) -> DataStoreTree:
        """Return the right side, not read yet, at a stand-in or at a port."""
        port = server if isinstance(server, int) else server.port
        given: dict[str, object] = {
            "endpoint": f"http://127.0.0.1:{port}",
            "retries": 0,
            "timeout": 5,
            **settings,
        }
        return self.tree("Google", **given)

    def sync(
        self, server: StandIn, *records: Any, policy: Policy | None = None, **settings: Any
    ) -> SyncResult:
        """Make the directory hold *records*, and return what became of the actions."""
        right = self.google(server, **settings).load()
        return self.office(*records).sync(right, policy=policy or Clock().policy())


KEYS: Mapping[str, str] = {"units": "path", "pupils": "number", "teachers": "email", "groups": "email"}


def reasons(result: SyncResult) -> dict[str, str]:
    """Return what became of the actions that were not applied, by their message."""
    return {
        action.message: f"{outcome.status}: {outcome.reason}" for action, outcome in result if not outcome.ok
    }


def furnish(directory: Directory) -> Directory:
    """Give a directory the org units that the school has made by hand."""
    for name in ("Pupils", "Teachers"):
        path = f"/{name}"
        directory.orgunits[path] = {
            "kind": "admin#directory#orgUnit",
            "name": name,
            "orgUnitPath": path,
            "parentOrgUnitPath": "/",
            "orgUnitId": f"id:{name}",
        }
    return directory


def user(directory: Directory, email: str) -> dict[str, Any]:
    """Return the user who has an address, or had it before it was deleted."""
    held = [*directory.users.values(), *directory.deleted.values()]
    return next(each for each in held if each["primaryEmail"] == email)
