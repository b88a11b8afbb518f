"""Records as a plan holds them: each field's text, sensitive ones left out or sealed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from dss_runtime._branch import Branch
from dss_runtime._fields import Field
from dss_runtime._unclaimed import Unclaimed
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._stable import stable

Sensitive: TypeAlias = Literal["omit", "seal"]
"""What a plan holds of a sensitive value: a mark by which it is known again, or itself, encrypted."""

SENSITIVE: tuple[Sensitive, ...] = get_args(Sensitive)

Stored: TypeAlias = str | dict[str, str] | None
"""A value in a plan: its text, null, or of a sensitive one {"mark": mark}, with "sealed": token as well.

The mark is made with the project's key from the canonical form, and of a value outside of the key from that
key as well: equal marks, equal values of one record. What one pupil's is tells nothing of another's."""


@dataclass(frozen=True, slots=True)
class Values:
    """Writes values of fields into a plan, and reads them back."""

    seal: Seal
    sensitive: Sensitive = "omit"

    def stored(self, field: Field, value: object, of: str = "") -> Stored:
        """Return what a plan holds of *value*, a part of a key or of the record *of*."""
        if value is None:
            return None
        if not field.sensitive:
            return field.type.format(value)
        found = {"mark": self.mark(field, value, of)}
        if self.sensitive == "seal":
            found["sealed"] = self.seal.lock(field.type.format(value))
        return found

    def mark(self, field: Field, value: object, of: str = "") -> str:
        """Return by what a sensitive value, a part of a key or of the record *of*, is known again."""
        return self.seal.mark("value", field.name, of, stable(field.type.canonical(value)))

    def loaded(self, field: Field, stored: object) -> Any:
        """Return the value that *stored* stands for (ValueError for one that was left out, or is none)."""
        match stored:
            case None:
                return None
            case str():
                return field.type.parse(stored)
            case {"sealed": str(token)}:
                return field.type.parse(self.seal.unlock(token))
            case _:
                raise ValueError(f"{field.name}: expected a text, null, or a sealed value")


def left_out(stored: object) -> bool:
    """Return whether a value is not in the plan, but only its mark."""
    return isinstance(stored, dict) and "sealed" not in stored


def mark_of(stored: object) -> str:
    """Return the mark of a sensitive value."""
    return cast("dict[str, str]", stored)["mark"]


def stored_fields(branch: Branch[Any, Any]) -> Iterable[Field]:
    """Return the fields of the branch's model that a record is made from."""
    return (field for field in branch.info.fields if not field.derived)


def held_fields(branch: Branch[Any, Any]) -> Iterable[Field]:
    """Return the fields that the tree of *branch* holds."""
    return (field for field in stored_fields(branch) if field.name not in branch.omitted)


def stored_record(branch: Branch[Any, Any], record: object, values: Values) -> dict[str, Stored]:
    """Return what a plan holds of *record*: each field's value, since handlers may look at any."""
    return _stored(branch, record, stored_fields(branch), values)


def held_record(branch: Branch[Any, Any], record: object, values: Values) -> dict[str, Stored]:
    """Return what a journal holds of *record*: the value of each field that the tree of *branch* holds."""
    return _stored(branch, record, held_fields(branch), values)


def _stored(
    branch: Branch[Any, Any], record: object, fields: Iterable[Field], values: Values
) -> dict[str, Stored]:
    key, of = branch.info.key, owner(branch, branch.key_of(record))
    return {
        each.name: values.stored(each, getattr(record, each.name), "" if each.name in key else of)
        for each in fields
    }


def owner(branch: Branch[Any, Any], key: Hashable) -> str:
    """Return the text that stands for the record with *key* in the marks of its values."""
    parts = {name: branch.info[name].type.format(part) for name, part in key_parts(branch, key).items()}
    return f"{branch.name} {stable(parts)}"


def stored_unclaimed(
    branch: Branch[Any, Any], found: Unclaimed, key: Hashable, values: Values
) -> dict[str, Stored]:
    """Return what a journal holds of a record that gets the key *key*: null for what it does not have."""
    known: dict[str, object] = {**found.fields}
    known.update({} if found.key is None else key_parts(branch, found.key))
    own, of = branch.info.key, owner(branch, key)
    return {
        each.name: values.stored(each, known.get(each.name), "" if each.name in own else of)
        for each in held_fields(branch)
    }


def stored_key(branch: Branch[Any, Any], key: Hashable, values: Values) -> dict[str, Stored]:
    """Return what a plan or a journal holds of *key*: each part by its field's name."""
    return {name: values.stored(branch.info[name], part) for name, part in key_parts(branch, key).items()}


def key_parts(branch: Branch[Any, Any], key: Hashable) -> Mapping[str, object]:
    """Return the parts of *key* by the names of their fields."""
    names = branch.info.key
    return dict(zip(names, cast("tuple[object, ...]", key) if len(names) > 1 else (key,), strict=True))
