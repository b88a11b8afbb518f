"""Schools, students and enrolments in the shape of generated models, and trees of them declared by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from hypothesis import strategies as st

from dss_runtime import (
    Action,
    Branch,
    DataStoreBranch,
    DataStoreTree,
    DefaultTemplate,
    Difference,
    Guard,
    Policy,
    Record,
    override,
)
from dss_runtime.codegen import Answer, Field, ModelInfo, member_differences
from dss_runtime.types import FieldType, SetType, StrType

TEXT = StrType(max_length=20)
FOLDED = StrType(compare=("casefold",))


class Row(Record):
    """A record whose methods follow from what `__dss__` says of its fields."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        for field in self.__dss__.fields:
            empty = frozenset[Any]() if isinstance(field.type, SetType) else None
            object.__setattr__(self, field.name, fields.get(field.name, empty))

    def __sub__(self, right: Any, /) -> Iterator[Difference]:
        for field in self.__dss__.fields:
            if field.name in self.__dss__.key:
                continue
            ours, theirs = getattr(self, field.name), getattr(right, field.name)
            kind: FieldType[Any] = field.type
            if isinstance(kind, SetType):
                yield from member_differences(field.name, ours or (), theirs or (), kind.of.canonical)
            elif kind.canonical(ours) != kind.canonical(theirs):
                yield Difference(field.name, ours, theirs)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.__reduce__() == other.__reduce__()

    @override
    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__dss__.key))

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        names = [field.name for field in self.__dss__.fields]
        return _rebuild, (type(self), tuple((name, getattr(self, name)) for name in names))


def _rebuild(cls: type[Row], fields: tuple[tuple[str, Any], ...]) -> Row:
    return cls(**dict(fields))


class School(Row):
    """A school."""

    __slots__ = ("idnumber", "name")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "School", ("School",), ("idnumber",), (Field("idnumber", TEXT), Field("name", FOLDED))
    )


class Student(Row):
    """A student of a school, who may have another student as a mentor."""

    __slots__ = ("courses", "email", "idnumber", "mentor", "name", "school")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Student",
        ("Student", "Person"),
        ("idnumber",),
        (
            Field("idnumber", TEXT),
            Field("name", TEXT),
            Field("email", FOLDED, optional=True, sensitive=True),
            Field("courses", SetType(of=FOLDED)),
            Field("school", TEXT, ref="School"),
            Field("mentor", TEXT, optional=True, ref="Person"),
        ),
    )


class Enrolment(Row):
    """A student in a section: the key has two parts."""

    __slots__ = ("role", "section", "student")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Enrolment",
        ("Enrolment",),
        ("student", "section"),
        (
            Field("student", TEXT, ref="Student"),
            Field("section", TEXT),
            Field("role", TEXT, optional=True),
        ),
    )


UNGUARDED = Guard({})


class EnrolmentsBranch(DataStoreBranch):
    """Declared first, though it refers to the others: refs give the order, not the declaration."""

    __branchname__ = "enrolments"
    klass = Enrolment
    guard = UNGUARDED


class StudentsBranch(DataStoreBranch):
    """Students by idnumber."""

    __branchname__ = "students"
    klass = Student
    guard = UNGUARDED


class SchoolsBranch(DataStoreBranch):
    """Schools by idnumber."""

    __branchname__ = "schools"
    klass = School
    guard = UNGUARDED


class Obedient(DefaultTemplate):
    """Carries out everything, and remembers in which order."""

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self.seen: list[Action] = []

    @override
    def perform(self, action: Action, /) -> Answer:
        self.seen.append(action)
        return None


class Left(DataStoreTree):
    """The source."""

    __branches__ = (EnrolmentsBranch, StudentsBranch, SchoolsBranch)


class Right(DataStoreTree):
    """The target."""

    __branches__ = (EnrolmentsBranch, StudentsBranch, SchoolsBranch)
    __template__ = Obedient


World: TypeAlias = tuple[Row, ...]
"""The records of a tree."""

BRANCH_OF: dict[type[Row], str] = {School: "schools", Student: "students", Enrolment: "enrolments"}


def school(idnumber: str, **fields: Any) -> School:
    """Return a school, of which only the key has to be said."""
    return School(**{"idnumber": idnumber, "name": "Hill", **fields})


def student(idnumber: str, **fields: Any) -> Student:
    """Return a student, of whom only the key has to be said."""
    return Student(**{"idnumber": idnumber, "name": "Ann", "school": "S", **fields})


def enrolment(student: str, section: str, **fields: Any) -> Enrolment:
    """Return an enrolment, of which only the key has to be said."""
    return Enrolment(student=student, section=section, **fields)


def branch(tree: DataStoreTree, name: str) -> DataStoreBranch:
    """Return the branch of *tree* with that name."""
    found = next(each for each in tree.branches if each.name == name)
    assert isinstance(found, DataStoreBranch)
    return found


def fill(tree: DataStoreTree, world: Iterable[Row]) -> None:
    """Store *world* in *tree*, whose own it becomes."""
    for record in world:
        target = branch(tree, BRANCH_OF[type(record)])
        target.put(target.key_of(record), record)


def left(*world: Row) -> Left:
    """Return a left tree that holds *world*."""
    tree = Left()
    fill(tree, world)
    return tree


def right(*world: Row, template: type[DefaultTemplate] = Obedient) -> Right:
    """Return a right tree that holds *world*."""
    tree = Right(template=template)
    fill(tree, world)
    return tree


def arrange(branch: Branch[Any, Any], **attributes: object) -> None:
    """Give *branch* what its class would otherwise declare, for this tree only."""
    for name, value in attributes.items():
        setattr(branch, name, value)


Content: TypeAlias = Mapping[str, Mapping[Any, Any]]


def content(tree: DataStoreTree) -> dict[str, dict[Any, Row]]:
    """Return what *tree* holds, by branch and key; records compare by all their fields."""
    return {each.name: dict(each) for each in tree.branches}


def canonical(tree: DataStoreTree) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what *tree* holds in canonical form."""
    return {
        each.name: {
            key: {field.name: field.type.canonical(getattr(record, field.name)) for field in each.info.fields}
            for key, record in each.items()
        }
        for each in tree.branches
    }


def messages(actions: Iterable[Action]) -> list[str]:
    """Return what a person reads of *actions*, in order."""
    return [action.message for action in actions]


def patient(**options: Any) -> Policy:
    """Return a policy that never sleeps."""
    given: dict[str, Any] = {"sleep": _at_once, **options}
    return Policy(**given)


def _at_once(seconds: float) -> None:
    """Wait for nothing."""


_KEYS = st.sampled_from(["1", "01", "a", "A", "b"])
_NAMES = st.sampled_from(["Ann", "Bob", "bob", "Ü"])
_EMAILS = st.sampled_from([None, "ann@home", "ANN@home", "bob@home"])
_COURSES = st.frozensets(st.sampled_from(["x", "X", "y", "z"]), max_size=3)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a few records whose refs lead to records, in any order, without cycles of mentors."""
    schools = draw(st.lists(_KEYS, min_size=1, max_size=3, unique=True))
    students = draw(st.lists(_KEYS, max_size=4, unique=True))
    pairs = st.tuples(st.sampled_from(students), st.sampled_from(["s", "t"])) if students else st.nothing()
    enrolments = draw(st.lists(pairs, max_size=4, unique=True)) if students else []
    found: list[Row] = [school(key, name=draw(_NAMES)) for key in schools]
    for number, key in enumerate(students):
        mentor = draw(st.none() | st.sampled_from(students[:number])) if number else None
        fields = {"name": draw(_NAMES), "email": draw(_EMAILS), "courses": draw(_COURSES)}
        found.append(student(key, mentor=mentor, school=draw(st.sampled_from(schools)), **fields))
    found += [enrolment(*pair, role=draw(st.none() | _NAMES)) for pair in enrolments]
    return tuple(draw(st.permutations(found)))


def shuffled(data: st.DataObject, world: World) -> Sequence[Row]:
    """Draw another order of *world*."""
    return data.draw(st.permutations(world))
