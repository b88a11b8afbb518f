"""Fields: a type with some of its options, and texts of values that the type takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.strategies import texts
from tests.strategies.names import former

Body = dict[str, Any]
ELEMENTS = ("str", "int", "float", "decimal", "bool", "date", "datetime", "time", "uuid")
KEYS = ("str", "str", "str", "int", "decimal", "bool", "date", "datetime", "time", "uuid", "bytes", "enum")
ALL = (*ELEMENTS, "bytes", "enum", "json", "set", "list", "str", "set")

_VALUES: dict[str, tuple[str, ...]] = {
    "int": ("0", "-7", "+42", "007", str(2**63 - 1), str(-(2**63))),
    "float": ("0", "-0.0", "2.5", "1e300", ".5", "-1E-5"),
    "decimal": ("0", "-0.00", "10.50", "1e3", "123456789012345.25"),
    "bool": ("true", "false", "yes", "NO", "1", "0"),
    "date": ("2026-09-01", "0001-01-01", "9999-12-31"),
    "datetime": ("2026-09-01T08:30:00", "2026-09-01 08:30:00.123456", "1999-12-31T23:59:59"),
    "time": ("00:00", "08:30:00", "23:59:59.999999"),
    "uuid": ("12345678-1234-5678-1234-567812345678", "00000000-0000-0000-0000-000000000000"),
    "bytes": ("", "AAEC", "aGVsbG8="),
    "json": ('{"a": [1, 2.5, {"b": null}]}', '"text \\" \\\\ {x}"', "[]", "{}", "true", "0"),
}


@dataclass(frozen=True)
class Field:
    """A field of a random model: what the schema says, and what of it the rest of the schema depends on."""

    name: str
    body: Body
    type: str
    members: tuple[str, ...] = ()
    max_length: int = 60
    of: str = ""

    @property
    def optional(self) -> bool:
        """Whether it may be None."""
        return bool(self.body.get("optional"))

    @property
    def required(self) -> bool:
        """Whether a record cannot be made without it."""
        return not self.optional and "default" not in self.body

    @property
    def options(self) -> frozenset[str]:
        """The names of all that is said of it."""
        return frozenset(self.body)

    def text(self, rng: Random) -> str | list[str]:
        """Return a text (of a set or list: texts) of a value."""
        if self.type in ("set", "list"):
            return [value(rng, self.of) for _ in range(rng.randint(0, 3))]
        if self.type == "enum":
            return rng.choice(self.members)
        if self.type == "str":
            return texts.line(rng, high=min(self.max_length, 60))
        if self.type == "bytes" and self.max_length < 5:
            return ""
        return value(rng, self.type)


def value(rng: Random, type_name: str) -> str:
    """Return the text of a value of a type that has no options."""
    return texts.line(rng) if type_name == "str" else rng.choice(_VALUES[type_name])


def random_field(
    rng: Random, name: str, *, key: bool = False, targets: Sequence[tuple[str, Field]] = ()
) -> Field:
    """Return a field; *targets* are the models with the field of their key that it may refer to."""
    if targets and rng.random() < 0.3:
        field = _reference(rng, name, *rng.choice(list(targets)))
    else:
        field = _plain(rng, name, rng.choice(KEYS if key else ALL), key=key)
    _describe(rng, field)
    if not key:
        _absence(rng, field)
    return field


def _reference(rng: Random, name: str, model: str, target: Field) -> Field:
    body: Body = {"ref": model}
    if rng.random() < 0.3:
        body["type"] = "ref"
    return Field(name, body, target.type, target.members, target.max_length, target.of)


def _plain(rng: Random, name: str, type_name: str, *, key: bool) -> Field:
    body: Body = {"type": type_name}
    found = Field(name, body, type_name)
    if type_name == "enum":
        found = Field(name, body, "enum", members=_members(rng))
        body["enum"] = list(found.members)
        if rng.random() < 0.5:
            del body["type"]
    elif type_name in ("set", "list"):
        body["of"] = rng.choice(ELEMENTS)
        found = Field(name, body, type_name, of=body["of"])
    if type_name in ("str", "bytes") and rng.random() < 0.3:
        body["max_length"] = rng.choice((1, 2, 12, 60, 20_000))
        found = Field(name, body, type_name, max_length=body["max_length"])
    if not key:
        _choose_options(rng, body, type_name)
    return found


def _choose_options(rng: Random, body: Body, type_name: str) -> None:
    choose = _OPTIONS.get(type_name)
    if choose is not None:
        choose(rng, body)


def _members(rng: Random) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for _ in range(rng.randint(1, 4)):
        text = texts.printable(rng)
        found.setdefault(unicodedata.normalize("NFKC", text), text)
    return tuple(found.values())


def _text_options(rng: Random, body: Body) -> None:
    if rng.random() < 0.4:
        words = rng.sample(["casefold", "ascii", "trim"], rng.randint(1, 3))
        body["compare"] = rng.choice(["exact", words, words[0]])


def _list_options(rng: Random, body: Body) -> None:
    if rng.random() < 0.5:
        body["compare"] = rng.choice(["ordered", "bag"])


def _scale(rng: Random, body: Body) -> None:
    if rng.random() < 0.5:
        body["scale"] = rng.choice((0, 2, 6, 18))


def _precision(rng: Random, body: Body) -> None:
    if rng.random() < 0.5:
        body["precision"] = rng.choice(("second", "millisecond", "microsecond"))


def _zone(rng: Random, body: Body) -> None:
    _precision(rng, body)
    if rng.random() < 0.6:
        body["zone"] = rng.choice(("utc", "naive", "Europe/Vienna", "America/New_York"))


_OPTIONS: dict[str, Callable[[Random, Body], None]] = {
    "str": _text_options,
    "list": _list_options,
    "float": _scale,
    "decimal": _scale,
    "time": _precision,
    "datetime": _zone,
}


def _describe(rng: Random, field: Field) -> None:
    body = field.body
    if rng.random() < 0.2:
        body["sensitive"] = rng.choice((True, True, False))
    if rng.random() < 0.25:
        body["doc"] = texts.lines(rng)
    if rng.random() < 0.1:
        body["renamed_from"] = former(field.name)


def _absence(rng: Random, field: Field) -> None:
    roll = rng.random()
    if roll < 0.35:
        field.body["optional"] = True
        if field.type == "str" and "ref" not in field.body and rng.random() < 0.5:
            field.body["null_equals_empty"] = True
    elif roll < 0.6:
        field.body["default"] = field.text(rng)
