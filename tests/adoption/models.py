"""People, whose keys may be absent, as a program declares them by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from dss_runtime import DataStoreTree, Difference, Policy, SyncResult, Unclaimed
from dss_runtime._branch import Branch
from dss_runtime._template import adapter_writes
from dss_runtime._tree import Declared
from dss_runtime.adapters.memory import MemoryImporter, MemorySystem, MemoryTemplate
from dss_runtime.codegen import Action, Answer, Field, ModelInfo, Record, override
from dss_runtime.types import StrType

UNGUARDED = Policy(guarded=False)


class Person(Record):
    """Somebody with an address, which is theirs alone, and a login that they keep."""

    __slots__ = ("email", "login", "number")
    __dss__ = ModelInfo(
        "Person",
        ("Person",),
        ("number",),
        (
            Field("number", StrType()),
            Field("email", StrType(compare=("casefold",)), optional=True, sensitive=True),
            Field("login", StrType(), optional=True),
        ),
    )

    def __init__(self, number: str, email: str | None = None, login: str | None = None) -> None:
        self.number = number
        self.email = email
        self.login = login

    @override
    def __eq__(self, other: object, /) -> bool:
        return isinstance(other, Person) and self.values == other.values

    @override
    def __hash__(self) -> int:
        return hash(self.values)

    @override
    def __repr__(self) -> str:
        return f"Person{self.values}"

    @property
    def values(self) -> tuple[str | None, ...]:
        """All that is known of them."""
        return self.number, self.email, self.login


class People(Branch[str, Person]):
    """The people of a system."""

    __branchname__ = "people"
    klass = Person
    compared: ClassVar[tuple[str, ...]] = ("email", "login")

    @override
    def compare(self, left: Person, right: Person, /) -> Iterable[Difference]:
        """Return what differs in the fields that are compared."""
        return [each for each in super().compare(left, right) if each.attribute in self.compared]


class Members(People):
    """The people of the system that follows."""

    matched_by: ClassVar[tuple[str, ...]] = ("email",)
    owned = frozenset({"login"})
    retires_old = True
    delete_after = timedelta(days=30)
    compared = ("email",)


class Movers(Members):
    """The same, where keys may move."""

    follows_keys = True


class Importer(MemoryImporter):
    """Reads everybody as they are."""

    def read_people(self) -> None:
        """Read the branch."""
        branch: Any = self.tree.branches[0]
        self.derive(branch, self.records("people"))


class Template(MemoryTemplate):
    """Leaves every action to the adapter."""

    @override
    def perform(self, action: Action, /) -> Answer:
        return self.write_one(action)

    @adapter_writes
    def new_people(self, action: Action, /) -> Answer:
        """Make or adopt somebody."""
        return self.write_one(action)

    @adapter_writes
    def old_people(self, action: Action, /) -> Answer:
        """Set somebody aside, or delete them."""
        return self.write_one(action)

    @adapter_writes
    def changed_people_email(self, action: Action, /) -> Answer:
        """Change an address."""
        return self.write_one(action)


class Source(DataStoreTree):
    """The system that is followed."""

    __branches__ = People
    __importer__ = Importer


class Club(DataStoreTree):
    """The system that follows."""

    __branches__: ClassVar[Declared] = Members
    __importer__ = Importer
    __template__ = Template


class Moving(Club):
    """The same, where keys may move."""

    __branches__: ClassVar[Declared] = Movers


def system(people: Iterable[Person], unclaimed: Iterable[Unclaimed] = ()) -> MemorySystem:
    """Return a system that holds *people*, and others who have no key."""
    held: Mapping[str, Person] = {each.number: each for each in people}
    return MemorySystem({"people": held}, {"people": unclaimed})


def source(*people: Person) -> DataStoreTree:
    """Return the left side, read."""
    return Source(settings={"system": system(people)}).load()


def follow(left: DataStoreTree, held: MemorySystem, tree: type[DataStoreTree] = Club) -> SyncResult:
    """Read the system that follows, and bring it in step."""
    return left.sync(tree(settings={"system": held}).load(), policy=UNGUARDED)


def people_of(held: MemorySystem) -> list[Person]:
    """Return who is there, in order."""
    return sorted(held.branch("people").values(), key=lambda each: each.number)
