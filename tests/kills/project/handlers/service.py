"""What is special about Service: people and memberships behind a small web service without transactions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, final
from urllib.request import Request, urlopen

from dss_runtime import Outcome, override
from generated import actions
from generated.importers import ServiceImporterBase
from generated.models import Membership, Person
from generated.templates import ServiceTemplateBase


def call(settings: dict[str, object], method: str, path: str, body: Any = None) -> Any:
    """Send one request and return what the service answers."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{settings['url']}{path}", data, method=method), timeout=10) as answer:
        return json.loads(answer.read())


@final
class ServiceImporter(ServiceImporterBase):
    """Reads Service."""

    @override
    def load_people(self) -> Iterable[Person]:
        """Return the records of people as the system has them."""
        for row in call(self.tree.settings, "GET", "/people"):
            born = row["born"] and date.fromisoformat(row["born"])
            yield Person(idnumber=row["idnumber"], name=row["name"], email=row["email"], born=born)

    @override
    def load_memberships(self) -> Iterable[Membership]:
        """Return the records of memberships as the system has them."""
        for row in call(self.tree.settings, "GET", "/memberships"):
            yield Membership(person=row["person"], team=row["team"])


@final
class ServiceTemplate(ServiceTemplateBase):
    """Carries out differences on Service."""

    def _call(self, method: str, path: str, body: Any) -> Outcome:
        call(self.tree.settings, method, path, body)
        return Outcome.applied()

    @override
    def new_people(self, action: actions.NewPeople, /) -> Outcome:
        """Create a person."""
        person = action.left
        born = person.born and person.born.isoformat()
        row = {"idnumber": person.idnumber, "name": person.name, "email": person.email, "born": born}
        return self._call("POST", "/people", row)

    @override
    def old_people(self, action: actions.OldPeople, /) -> Outcome:
        """Remove a person."""
        return self._call("DELETE", "/people", {"idnumber": action.key})

    @override
    def changed_people_name(self, action: actions.ChangedPeopleName, /, *, new: str, old: str) -> Outcome:
        """Give a person another name."""
        return self._call("PATCH", "/people", {"idnumber": action.key, "name": new})

    @override
    def changed_people_email(
        self, action: actions.ChangedPeopleEmail, /, *, new: str | None, old: str | None
    ) -> Outcome:
        """Give a person another address."""
        return self._call("PATCH", "/people", {"idnumber": action.key, "email": new})

    @override
    def changed_people_born(
        self, action: actions.ChangedPeopleBorn, /, *, new: date | None, old: date | None
    ) -> Outcome:
        """Give a person another day of birth."""
        return self._call("PATCH", "/people", {"idnumber": action.key, "born": new and new.isoformat()})

    @override
    def new_memberships(self, action: actions.NewMemberships, /) -> Outcome:
        """Let a person join a team."""
        row = {"person": action.left.person, "team": action.left.team}
        return self._call("POST", "/memberships", row)

    @override
    def old_memberships(self, action: actions.OldMemberships, /) -> Outcome:
        """Let a person leave a team."""
        row = {"person": action.right.person, "team": action.right.team}
        return self._call("DELETE", "/memberships", row)
