"""The five kinds of difference, as frozen values.

They are generic over the model, the branch's name, the attribute's name and the value's type, so that a
generated alias such as `Changed[Student, Literal["students"], Literal["email"], str | None]` types a
handler exactly. The type variables are covariant and of the old style: inferred variance makes frozen
dataclasses invariant on Python 3.13.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, cast

from dss_runtime._differences import Difference
from dss_runtime._fields import ModelInfo, info_of
from dss_runtime._shown import text_of
from dss_runtime._typing import override
from dss_runtime._unclaimed import Unclaimed

M = TypeVar("M", covariant=True)
B = TypeVar("B", bound=str, covariant=True)
A = TypeVar("A", bound=str, covariant=True)
V = TypeVar("V", covariant=True)

Key: TypeAlias = Hashable
"""A record's key: its idnumber, or a tuple of typed values, never a joined string."""

MASK = "***"
"""What stands for a sensitive value wherever a person or a log could read it."""


def describe_key(record: object, key: Key) -> str:
    """Return *key* as `name='value'` pairs with sensitive parts masked."""
    info = info_of(record)
    return ", ".join(
        f"{name}={text_of(part)}" for name, part in zip(info.key, _masked(info, key), strict=True)
    )


def mask_key(info: ModelInfo, key: Key) -> Key:
    """Return *key* with its sensitive parts masked."""
    parts = _masked(info, key)
    return parts if len(info.key) > 1 else parts[0]


def _masked(info: ModelInfo, key: Key) -> tuple[object, ...]:
    hidden = info.sensitive
    values = cast("tuple[object, ...]", key) if len(info.key) > 1 and isinstance(key, tuple) else (key,)
    return tuple(MASK if name in hidden else value for name, value in zip(info.key, values, strict=True))


def shown(record: object, attribute: str, value: object) -> str:
    """Return *value* as a message shows it: masked when *attribute* is sensitive."""
    return repr(MASK) if attribute in info_of(record).sensitive else text_of(value)


@dataclass(frozen=True, slots=True, repr=False)
class New(Generic[M, B]):
    """A record that only the left side has. It is on the **left**: there is nothing on the right yet.

    Where the right side has it without its key, `adopts` is that record, and `matched_by` names the fields
    that tell so: nothing is created, the record there gets the key and the values.
    """

    kind: ClassVar[Literal["new"]] = "new"
    branch: B
    key: Key
    left: M
    error: str | None = None
    adopts: Unclaimed | None = None
    matched_by: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """The fields in which the record gets a name that nobody else has; the message tells it."""

    @property
    def right(self) -> None:
        """Nothing: the right side does not have the record."""
        return None

    @property
    def attribute(self) -> None:
        """Nothing: the whole record is new."""
        return None

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"new_{self.branch}"

    @property
    def message(self) -> str:
        """The action as a person reads it, sensitive values masked."""
        told = f"{self.method}({describe_key(self.left, self.key)})"
        names = ", ".join(f"{name}={shown(self.left, name, getattr(self.left, name))}" for name in self.names)
        told = f"{told} {names}".rstrip()
        if self.adopts is None:
            return told
        found = [] if self.adopts.key is None else [describe_key(self.left, self.adopts.key)]
        found += [
            f"{name}={shown(self.left, name, self.adopts.fields.get(name))}" for name in self.matched_by
        ]
        return f"{told} adopts {', '.join(found)}"

    @override
    def __repr__(self) -> str:
        return f"<New {self.message}>"


@dataclass(frozen=True, slots=True, repr=False)
class Old(Generic[M, B]):
    """A record that only the right side still has.

    One that was set aside before is deleted for good: `aside_since` says since when it was.
    """

    kind: ClassVar[Literal["old"]] = "old"
    branch: B
    key: Key
    right: M
    error: str | None = None
    aside_since: datetime | None = None

    @property
    def final(self) -> bool:
        """Whether the record was set aside already, and is deleted now."""
        return self.aside_since is not None

    @property
    def left(self) -> None:
        """Nothing: the left side does not have the record."""
        return None

    @property
    def attribute(self) -> None:
        """Nothing: the whole record is old."""
        return None

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"old_{self.branch}"

    @property
    def message(self) -> str:
        """The action as a person reads it, sensitive values masked."""
        told = f"{self.method}({describe_key(self.right, self.key)})"
        if self.aside_since is None:
            return told
        return f"{told} deleted for good, set aside since {self.aside_since:%Y-%m-%d}"

    @override
    def __repr__(self) -> str:
        return f"<Old {self.message}>"


@dataclass(frozen=True, slots=True, repr=False)
class Changed(Generic[M, B, A, V]):
    """An attribute whose value differs: `new` on the left, `old` on the right."""

    kind: ClassVar[Literal["changed"]] = "changed"
    branch: B
    key: Key
    left: M
    right: M
    attribute: A
    new: V
    old: V
    error: str | None = None

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"changed_{self.branch}_{self.attribute}"

    @property
    def message(self) -> str:
        """The action as a person reads it, sensitive values masked."""
        new = shown(self.left, self.attribute, self.new)
        old = shown(self.left, self.attribute, self.old)
        return f"{self.method}({describe_key(self.left, self.key)}, old={old}, new={new})"

    @override
    def __repr__(self) -> str:
        return f"<Changed {self.message}>"


@dataclass(frozen=True, slots=True, repr=False)
class Added(Generic[M, B, A, V]):
    """A member that only the left side's collection has."""

    kind: ClassVar[Literal["added"]] = "added"
    branch: B
    key: Key
    left: M
    right: M
    attribute: A
    item: V
    error: str | None = None

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"added_{self.branch}_{self.attribute}"

    @property
    def message(self) -> str:
        """The action as a person reads it, sensitive values masked."""
        item = shown(self.left, self.attribute, self.item)
        return f"{self.method}({describe_key(self.left, self.key)}, item={item})"

    @override
    def __repr__(self) -> str:
        return f"<Added {self.message}>"


@dataclass(frozen=True, slots=True, repr=False)
class Removed(Generic[M, B, A, V]):
    """A member that only the right side's collection has."""

    kind: ClassVar[Literal["removed"]] = "removed"
    branch: B
    key: Key
    left: M
    right: M
    attribute: A
    item: V
    error: str | None = None

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"removed_{self.branch}_{self.attribute}"

    @property
    def message(self) -> str:
        """The action as a person reads it, sensitive values masked."""
        item = shown(self.left, self.attribute, self.item)
        return f"{self.method}({describe_key(self.left, self.key)}, item={item})"

    @override
    def __repr__(self) -> str:
        return f"<Removed {self.message}>"


AttributeAction: TypeAlias = (
    Changed[Any, Any, Any, Any] | Added[Any, Any, Any, Any] | Removed[Any, Any, Any, Any]
)
"""A difference inside a record that both sides have."""


def attribute_action(branch: str, key: Key, left: Any, right: Any, found: Difference) -> AttributeAction:
    """Return the action for a difference that was found between two records of one key."""
    attribute, new, old, operation, error = found
    if operation == "changed":
        return Changed(branch, key, left, right, attribute, new, old, error)
    if operation == "added":
        return Added(branch, key, left, right, attribute, new, error)
    return Removed(branch, key, left, right, attribute, old, error)


Action: TypeAlias = New[Any, Any] | Old[Any, Any] | AttributeAction
"""Any difference."""

Kind: TypeAlias = Literal["new", "changed", "added", "removed", "old"]
Phase: TypeAlias = Literal["new", "changed", "old"]


def phase_of(action: Action) -> Phase:
    """Return the phase of a run in which *action* is carried out."""
    if action.kind == "new" or action.kind == "old":
        return action.kind
    return "changed"


C = TypeVar("C", covariant=True)


@dataclass(frozen=True, slots=True, repr=False)
class RecordChange(Generic[M, B, C]):
    """All attribute differences of one record, for branches of `granularity: record`."""

    branch: B
    key: Key
    left: M
    right: M
    changes: tuple[C, ...]

    @property
    def method(self) -> str:
        """The name of the template's method that handles it."""
        return f"changed_{self.branch}"

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attributes that differ, each once, in order."""
        names: dict[str, None] = {}
        for change in self.changes:
            name: str = getattr(change, "attribute", "")
            names[name] = None
        return tuple(names)

    @property
    def message(self) -> str:
        """The change as a person reads it; values are left out, so nothing needs masking but the key."""
        return f"{self.method}({describe_key(self.left, self.key)}, attributes={self.attributes!r})"

    @override
    def __repr__(self) -> str:
        return f"<RecordChange {self.message}>"
