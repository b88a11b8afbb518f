"""Accounts of a Moodle in the shape of generated code: a model, its branch, and the tree of a stand-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from dss_runtime import Action, DataStoreBranch, DataStoreTree, Outcome, Policy, SyncResult
from dss_runtime.adapters.moodle import MoodleImporter, MoodleSource, MoodleTarget, MoodleTemplate
from dss_runtime.codegen import (
    BranchReading,
    Cells,
    Difference,
    Field,
    ModelInfo,
    Record,
    adapter_writes,
    override,
    present,
)
from dss_runtime.types import FieldType, StrType
from tests.moodle.stand_in.server import TOKEN, StandIn

TYPES: Mapping[str, FieldType[Any]] = {
    "idnumber": StrType(max_length=255),
    "username": StrType(max_length=100),
    "firstname": StrType(max_length=100),
    "lastname": StrType(max_length=100),
    "email": StrType(max_length=100, compare=("casefold",)),
    "city": StrType(max_length=120, null_equals_empty=True),
}
NAMES = tuple(TYPES)


class Account(Record):
    """Somebody's account."""

    __slots__ = NAMES
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Account",
        ("Account",),
        ("idnumber",),
        tuple(
            Field(name, kind, optional=name == "city", sensitive=name == "city")
            for name, kind in TYPES.items()
        ),
    )

    def __init__(self, **fields: Any) -> None:
        for name in NAMES:
            setattr(self, name, fields.get(name))

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and all(
            getattr(self, name) == getattr(other, name) for name in NAMES
        )

    @override
    def __hash__(self) -> int:
        return hash(getattr(self, "idnumber"))  # noqa: B009 - the slots are declared by name

    def __sub__(self, right: Account) -> Iterator[Difference]:
        for name in NAMES[1:]:
            ours, theirs, kind = getattr(self, name), getattr(right, name), TYPES[name]
            if kind.canonical(ours) != kind.canonical(theirs):
                yield Difference(name, ours, theirs)


class AccountsBranch(DataStoreBranch):
    """Accounts by idnumber; one that is gone is suspended."""

    __branchname__ = "users"
    klass = Account
    retires_old = True


def _parse(cells: Cells) -> Account | None:
    if not cells[0]:
        return None  # of others
    return Account(**{name: cell or None for name, cell in zip(NAMES, cells, strict=False)})


def _key(cells: Cells) -> str:
    return str(present(cells[0]))


READING: BranchReading[str, Account] = BranchReading(
    columns=(*NAMES, "suspended"),
    feeds={name: at for at, name in enumerate(NAMES)},
    parse=_parse,
    key=_key,
    retired=lambda cells: bool(cells[-1]),
)


class AccountsImporter(MoodleImporter):
    """Reads accounts."""

    def read_users(self) -> None:
        """Read the branch users."""
        source = MoodleSource(resource="users", columns=(*NAMES, "suspended"))
        self.read(self.tree.users, self.open(source), READING)  # type: ignore[attr-defined]


class AccountsTemplate(MoodleTemplate):
    """Writes accounts."""

    targets: ClassVar[Mapping[str, MoodleTarget]] = {
        "users": MoodleTarget(
            resource="users",
            columns={name: name for name in NAMES},
            key=("idnumber",),
            types=TYPES,
            nulls_as_empty=frozenset({"city"}),
            old="set",
            set={"suspended": True},
            returns={"suspended": False},
        )
    }


def _left(name: str) -> Any:
    @adapter_writes
    def left(self: MoodleTemplate, action: Action, /) -> Outcome:
        return self.write_one(action)

    left.__name__ = name
    return left


for _name in ("new_users", "old_users", *(f"changed_users_{each}" for each in NAMES[1:])):
    setattr(AccountsTemplate, _name, _left(_name))


class AccountsTree(DataStoreTree):
    """A Moodle."""

    __branches__ = AccountsBranch
    __importer__ = AccountsImporter
    __template__ = AccountsTemplate


def account(number: str, **fields: Any) -> Account:
    """Return an account, whose names are like its number where they are not given."""
    names = {"username": f"u{number}", "email": f"u{number}@x.example", "firstname": "Ada", "lastname": "B"}
    return Account(idnumber=number, **{**names, **fields})


def school(records: Iterable[Account]) -> AccountsTree:
    """Return a left side."""
    tree = AccountsTree()
    for each in records:
        tree.branches[0].put(each.idnumber, each)  # type: ignore[attr-defined]
    return tree


def site(stand_in: StandIn, **more: object) -> AccountsTree:
    """Return the right side, read."""
    given = {"url": stand_in.url, "token": TOKEN, "max_input_vars": stand_in.max_input_vars, **more}
    tree = AccountsTree(settings=given)
    tree.load()
    return tree


def sync(records: Iterable[Account], right: DataStoreTree) -> SyncResult:
    """Make *right*, which is read, follow *records*."""
    return school(records).sync(right, policy=Policy(guarded=False, sleep=lambda _seconds: None))
