"""The base classes of records: generated ones, and those written by hand."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import repeat
from operator import attrgetter
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar, cast

from dss_runtime._differences import Difference, member_differences
from dss_runtime._errors import DeclarationError
from dss_runtime._fields import ModelInfo
from dss_runtime._typing import override

T = TypeVar("T")


class _DataclassFields:
    """Makes a class a dataclass when somebody first asks for its fields, or whether it is one.

    All that the decorator has left to do for a generated model is to describe the fields, which takes most
    of the time that the import of a model would take, and which a sync never asks for.
    """

    def __init__(self, cls: type[object], options: Mapping[str, bool]) -> None:
        self._cls = cls
        self._options = options

    def __get__(self, record: object, owner: type[object], /) -> Mapping[str, dataclasses.Field[Any]]:
        made: Any = dataclasses.dataclass(**self._options)(self._cls)  # which puts the fields in our place
        fields: Mapping[str, dataclasses.Field[Any]] = made.__dataclass_fields__
        return fields


def model_dataclass(*, frozen: bool, **options: bool) -> Callable[[type[T]], type[T]]:
    """Make a generated class a dataclass, whose methods the generator has written already.

    To a type checker this is `dataclasses.dataclass`, with `frozen=True`: nobody may assign to a field.
    At run time the guard is left out, which makes loading a million records three times as fast.
    """

    def made(cls: type[T]) -> type[T]:
        cls.__dataclass_fields__ = _DataclassFields(cls, options)  # type: ignore[attr-defined]
        return cls

    return made


bare: Any = object.__new__
"""Makes a record that has no values yet."""


class Record:
    """The base of all generated models; `__dss__` says what the runtime has to know of them."""

    __slots__ = ()
    __dss__: ClassVar[ModelInfo]

    def __copy__(self) -> Self:
        """Return a copy, in a third of the time that `copy` takes for an object that it does not know."""
        cls: Any = type(self)
        other: Self = object.__new__(cls)
        names, values = _slots(cls)
        try:  # setattr returns None: nothing ends it early
            any(map(setattr, repeat(other), names, values(self)))
        except AttributeError:  # nothing was ever put into one of them
            for name in filter(partial(hasattr, self), names):
                setattr(other, name, getattr(self, name))
        held: dict[str, Any] | None = getattr(self, "__dict__", None)
        if held:
            vars(other).update(held)
        return other

    @classmethod
    def __dss_records__(cls, rows: Iterable[tuple[Any, ...]], /) -> list[Any]:
        """Return a record of each of *rows*, the values of all fields in order, for a bulk load.

        Models with fields say it in straight-line code, which saves most of what a call with keywords costs.
        """
        return [cls() for _ in rows]

    if not TYPE_CHECKING:  # to a type checker every model is a dataclass, which has it

        def __replace__(self, /, **changes):
            """Return a copy with other values, as `copy.replace` of Python 3.13 asks for it."""
            return dataclasses.replace(self, **changes)


@cache
def _slots(cls: type) -> tuple[Sequence[str], Callable[[Any], Iterable[Any]]]:
    """Return the names of the slots of a class and of its bases, and what gets all their values."""
    found = (vars(each).items() for each in cls.__mro__)
    names = [name for each in found for name, slot in each if isinstance(slot, MemberDescriptorType)]
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda record: [getattr(record, name) for name in names]


def copies(records: Sequence[T]) -> list[T]:
    """Return a copy of each of *records*, in a third of the time where all are of one generated model."""
    cls: Any = type(records[0])
    values = _values_of(cls)
    if values is None or set(map(type, records)) != {cls}:
        return list(map(copy.copy, records))
    try:
        made: list[T] = cls.__dss_records__(map(values, records))
    except AttributeError:  # nothing was ever put into one of their slots
        return list(map(copy.copy, records))
    return made


@cache
def _values_of(cls: Any) -> Callable[[Any], tuple[Any, ...]] | None:
    """Return what gets all that a record has, in the order of `__dss_records__`; None where it has more."""
    if "__dss_records__" not in vars(cls) or cls.__copy__ is not Record.__copy__ or cls.__dictoffset__:
        return None
    names = [field.name for field in cls.__dss__.fields if not field.derived]
    if len(names) < 2 or sorted(names) != sorted(_slots(cls)[0]):
        return None
    return attrgetter(*names)


class Derivations:
    """Holds, per model, what computes its derived properties; the generated wiring fills it."""

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            raise DeclarationError(
                f"no derivation of {name} is bound: import the generated package's wiring first"
            )


class Model:
    """A record class written by hand: an `idnumber`, and whatever else is given as a keyword.

    Two of them are compared over their public, non-callable attributes, properties included; names that
    begin with an underscore take no part. A subclass may define `__sub__` to compare differently: it
    yields `Difference`s, or names of attributes that differ.
    """

    def __init__(self, idnumber: Any, **fields: Any) -> None:
        self.idnumber = idnumber
        for name, value in fields.items():
            setattr(self, name, value)

    def __sub__(self, other: Any, /) -> Iterable[Difference | str]:
        return public_differences(self, other)

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.idnumber!r}>"


class SupportsDifference(Protocol):
    """A record that compares itself with another."""

    def __sub__(self, other: Any, /) -> Iterable[Difference | str]:
        """Yield what differs."""
        ...


_ABSENT = object()


def public_attributes(record: object) -> dict[str, object]:
    """Return the public, non-callable attributes of *record*, class-level ones and properties included."""
    found: dict[str, object] = {}
    for name in dir(record):
        if name.startswith("_"):
            continue
        value = getattr(record, name)
        if not callable(value):
            found[name] = value
    return found


def public_differences(left: object, right: object) -> Iterator[Difference]:
    """Yield the differences of two hand-written records over the attributes that either side has.

    An attribute that one side lacks, and a type that differs from the other side's, are differences with
    an `error`: they are reported and never written blindly. None stands for an absent value of any type.
    """
    ours, theirs = public_attributes(left), public_attributes(right)
    for name in dict.fromkeys([*ours, *theirs]):
        new, old = ours.get(name, _ABSENT), theirs.get(name, _ABSENT)
        if new is _ABSENT or old is _ABSENT:
            side = "left" if new is _ABSENT else "right"
            yield Difference(
                name,
                None if new is _ABSENT else new,
                None if old is _ABSENT else old,
                error=f"the {side} record has no attribute {name!r}",
            )
        elif _has_members(new) and _has_members(old):
            yield from member_differences(name, cast("Collection[Any]", new), cast("Collection[Any]", old))
        elif new is None or old is None:
            if new is not old:
                yield Difference(name, new, old)
        elif type(new) is not type(old):
            kinds = f"{type(new).__name__} on the left, {type(old).__name__} on the right"
            yield Difference(name, new, old, error=f"the types differ: {kinds}")
        elif new != old and not (new != new and old != old):  # NaN is the value that differs from itself
            yield Difference(name, new, old)


def _has_members(value: object) -> bool:
    """Whether *value* is compared member by member: a list or set of values that can be looked up."""
    if not isinstance(value, (list, set, frozenset)):
        return False
    try:
        hash(tuple(cast("Collection[object]", value)))
    except TypeError:
        return False
    return True


def differences(left: Any, right: Any) -> Iterator[Difference]:
    """Yield what `left - right` says, or the comparison of public attributes where it is not defined."""
    if not hasattr(cast("type[object]", type(left)), "__sub__"):
        yield from public_differences(left, right)
        return
    compared = cast("SupportsDifference", left) - right
    for found in compared:
        if isinstance(found, str):
            yield Difference(found, getattr(left, found, None), getattr(right, found, None))
        elif isinstance(found, Difference):
            yield found
        else:
            raise TypeError(
                f"{type(left).__name__}.__sub__ has yielded {type(found).__name__}, "
                "not a Difference or a name"
            )


def with_value(record: T, attribute: str, value: object) -> T:
    """Return *record* with another value for *attribute*; the given record is left as it is."""
    other = copy.copy(record)
    object.__setattr__(other, attribute, value)  # a frozen dataclass refuses setattr
    return other
