"""Systems that a project reads and writes itself: what its handlers are told of accounts that are there."""

from __future__ import annotations

from typing import Any, cast

from dss_runtime import DataStoreTree, DefaultImporter, DefaultTemplate, New, Old, Unclaimed, override
from tests.adoption.models import UNGUARDED, Members, Person, source


class Service:
    """A system with accounts under ids of its own; those without a number were made by hand."""

    def __init__(self, *accounts: dict[str, Any]) -> None:
        self.accounts: dict[int, dict[str, Any]] = dict(enumerate(accounts, 1))

    def find(self, number: str) -> int:
        """Return the id of the account with a number."""
        return next(id_ for id_, each in self.accounts.items() if each["number"] == number)


class Reader(DefaultImporter):
    """Reads accounts, those that are off apart, and those without a number."""

    @override
    def readin_branch(self, branch: Any) -> None:
        """Read the branch."""
        service: Any = self.tree.settings["service"]
        for id_, each in service.accounts.items():
            if each["number"] is None:
                fields = {"email": each["email"], "login": each["login"]}
                branch.unclaimed.append(Unclaimed(fields, {"id": id_}))
                continue
            person = Person(each["number"], each["email"], each["login"])
            if each.get("off"):
                branch.retired[each["number"]] = person
            else:
                branch.put(each["number"], person)


class Handlers(DefaultTemplate):
    """Writes accounts: who leaves is switched off, who returns is switched on, who is there is taken over."""

    @property
    def service(self) -> Service:
        """The system."""
        found: Service = cast("Any", self.tree.settings["service"])
        return found

    def new_people(self, action: New[Person, str]) -> None:
        """Create, adopt or enable an account."""
        person, branch = action.left, self.tree.branches[0]
        values = {"number": person.number, "email": person.email, "off": False}
        if action.adopts is not None:
            found: Any = action.adopts.cells["id"]
            self.service.accounts[found].update(values)
        elif action.key in branch.retired:
            self.service.accounts[self.service.find(person.number)].update(values)
        else:
            self.service.accounts[len(self.service.accounts) + 1] = {**values, "login": person.login}

    def old_people(self, action: Old[Person, str]) -> None:
        """Switch an account off, or delete it."""
        found = self.service.find(action.right.number)
        if action.final:
            del self.service.accounts[found]
        else:
            self.service.accounts[found]["off"] = True


class Online(DataStoreTree):
    """The system."""

    __branches__ = Members
    __importer__ = Reader
    __template__ = Handlers


def follow(service: Service, *people: Person) -> list[str]:
    """Bring the system in step with *people*, and return what was done."""
    left, right = source(*people), Online(settings={"service": service}).load()
    result = left.sync(right, policy=UNGUARDED)
    assert result.ok
    again = Online(settings={"service": service}).load()
    assert [] == list(left - right) == list(left - again)
    return [action.message for action, _ in result]


def test_a_handler_is_told_what_to_adopt() -> None:
    """By whatever the importer has put into it; the account keeps its id and its login."""
    service = Service(
        {"number": None, "email": "A@x", "login": "ada"}, {"number": None, "email": None, "login": "root"}
    )
    assert ["new_people(number='1') adopts email='***'"] == follow(service, Person("1", "a@x", "new"))
    assert {
        1: {"number": "1", "email": "a@x", "login": "ada", "off": False},
        2: {"number": None, "email": None, "login": "root"},
    } == service.accounts


def test_a_handler_enables_the_account_of_who_returns() -> None:
    """The importer keeps apart who is off, and so the handler knows that there is an account."""
    service = Service()
    follow(service, Person("1", "a@x", "ada"))
    follow(service)
    assert service.accounts[1]["off"]
    follow(service, Person("1", "b@x", "new"))
    assert {1: {"number": "1", "email": "b@x", "login": "ada", "off": False}} == service.accounts
