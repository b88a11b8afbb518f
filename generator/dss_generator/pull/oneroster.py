"""OneRoster CSV, the roster format of 1EdTech: files whose columns a standard explains.

`oneroster.toml` is the standard as data. A column that it knows gets the type, enum or ref that it gives, if
every value agrees; where one does not, the values are believed, and a doubt says so. What it does not know is
inferred as from any other file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from ..problems import did_you_mean
from .csv_dialect import Dialect, rows_of
from .csv_files import OpenedFile, csv_tables
from .evidence import PullError, Reference, SourceColumn, SourceTable, Typed

MANIFEST = "manifest.csv"
_MANIFEST_KEYS = ("propertyName", "value")
_DELTA_WHERE = "status != 'tobedeleted'"
_VERSION = re.compile(r"1\.[12]")


@dataclass(frozen=True, slots=True)
class Roster:
    """The tables of a roster, and what is odd about its files, each with what was probably meant."""

    tables: tuple[SourceTable, ...]
    version: str
    slips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the standard says of one column."""

    typed: Typed
    ref: str = ""
    required: bool = False
    sensitive: bool = False
    secret: bool = False


def oneroster_tables(opened: Sequence[OpenedFile]) -> Roster:
    """Return the tables of the files *opened*, the manifest among them if there is one.

    Raises PullError for files that the manifest announces and that are not there, and with everything that is
    wrong with any file.
    """
    slips: list[str] = []
    manifest = next((file for file in opened if _stem(file).lower() == "manifest"), None)
    data = [file for file in opened if file is not manifest]
    said: Mapping[str, str] = {} if manifest is None else _manifest(manifest)
    names = {file.path: _file_name(file, slips) for file in data}
    version = _version(said, names.values(), slips)
    modes = _modes(said, names, slips)
    if not data:
        raise PullError("there is no data file: a roster holds users.csv, orgs.csv and others")
    tables: list[SourceTable] = []
    wrong: list[str] = []
    for file in data:
        name = names[file.path]
        try:
            (table,) = csv_tables([file])
            tables.append(_table(table, name, modes.get(name, ""), slips, file.shown))
        except PullError as error:
            wrong.append(str(error))
    if wrong:
        raise PullError("\n".join(wrong))
    return Roster(tuple(tables), version, tuple(slips))


def _stem(file: OpenedFile) -> str:
    return file.path.rpartition("/")[2].rpartition(".")[0]


def _manifest(file: OpenedFile) -> Mapping[str, str]:
    """Return what the manifest says, by property."""
    first = rows_of(file.first_lines()[:1], Dialect())
    if not first or tuple(first[0]) != _MANIFEST_KEYS:
        raise PullError(f"{file.shown}:1: a manifest's header is {','.join(_MANIFEST_KEYS)}")
    rows = file.cells(Dialect(), (0, 1), header=True)
    return {str(row[0]).strip(): str(row[1]).strip() for row in rows}


def _file_name(file: OpenedFile, slips: list[str]) -> str:
    """Return the standard's name for *file*; one that it does not know stays."""
    stem, known = _stem(file), _standard()
    if stem in known:
        return stem
    alike = next((name for name in known if name.lower() == stem.lower()), "")
    hint = f"; did you mean {alike!r}?" if alike else did_you_mean(stem, known)
    slips.append(f"{file.shown}: the standard has no file {stem!r}{hint}")
    return alike or stem


def _version(said: Mapping[str, str], names: Iterable[str], slips: list[str]) -> str:
    """Return the version, "1.1" or "1.2", as the manifest says it; else to judge by the files."""
    told = _VERSION.match(said.get("oneroster.version", ""))
    if told:
        return told[0]
    guess = "1.2" if {"roles", "userProfiles"} & set(names) else "1.1"
    what = "the manifest names no version that is known" if said else f"there is no {MANIFEST}"
    slips.append(f"{what}: taken for OneRoster {guess}")
    return guess


def _modes(said: Mapping[str, str], names: Mapping[str, str], slips: list[str]) -> Mapping[str, str]:
    """Return how each file is exchanged, `bulk` or `delta`, as the manifest says it."""
    modes = {
        key.removeprefix("file."): mode.lower()
        for key, mode in said.items()
        if key.startswith("file.") and mode
    }
    present = set(names.values())
    missing = sorted(name for name, mode in modes.items() if mode != "absent" and name not in present)
    if missing:
        raise PullError(
            "\n".join(
                f"{MANIFEST}: says file.{name},{modes[name]}, but {name}.csv is not there: is it complete?"
                for name in missing
            )
        )
    for name in sorted(present):
        if modes.get(name) == "absent":
            slips.append(f"{MANIFEST}: says file.{name},absent, but {name}.csv is there")
        elif modes.get(name, "bulk") not in ("bulk", "delta"):
            slips.append(
                f"{MANIFEST}: file.{name} is {modes[name]!r}, where bulk, delta or absent is expected"
            )
    return modes


def _table(table: SourceTable, name: str, mode: str, slips: list[str], shown: str) -> SourceTable:
    standard = _standard().get(name)
    if standard is None:
        return replace(table, name=name)
    known, model = standard
    columns: list[SourceColumn] = []
    references: list[Reference] = []
    meant = _meant([str(column.source) for column in table.columns], known, slips, shown)
    for at, column in enumerate(table.columns):
        found = known.get(meant[at])
        if found is None or column.unusable:
            columns.append(column)
            continue
        columns.append(_column(column, meant[at], found))
        if found.ref:
            references.append(Reference(at, found.ref, "sourcedId", declared=False))
    key = tuple(at for at, name in enumerate(meant) if name == "sourcedId")
    delta = mode == "delta"
    doubts = (
        ("a delta: it holds changes only, so that a sync from it would take what it leaves out for old",)
        if delta
        else ()
    )
    return replace(
        table,
        name=name,
        model=model,
        columns=tuple(columns),
        key=key,
        key_fact="the standard's key",
        references=tuple(references),
        where=_DELTA_WHERE if delta and "status" in [str(column.source) for column in columns] else "",
        doubts=(*table.doubts, *doubts),
        enums=False,
    )


def _column(column: SourceColumn, meant: str, known: _Known) -> SourceColumn:
    several = known.typed.name == "set"
    return replace(
        column,
        label=meant,
        declared=known.typed,
        # A set has a value for a cell with nothing in it; others may be blank unless they are required.
        nullable=False if several else (None if known.required else True),
        sensitive=known.sensitive,
        secret=known.secret,
        doubt_if_blank="the standard requires it" if known.required else "",
    )


def _meant(header: Sequence[str], known: Mapping[str, _Known], slips: list[str], shown: str) -> list[str]:
    """Return which column of the standard each of *header* is meant to be, itself where none is near."""
    left = [name for name in known if name not in header]
    found: list[str] = []
    for name in header:
        if name in known or name.startswith("metadata"):
            found.append(name)
            continue
        near = next((each for each in left if each.lower() == name.strip().lower()), "") or _near(name, left)
        slips.append(
            f"{shown}:1: the standard has no column {name!r}" + (f"; did you mean {near!r}?" if near else "")
        )
        if near:
            left.remove(near)
        found.append(near or name)
    return found


def _near(name: str, candidates: Sequence[str]) -> str:
    """Return the candidate that *name* is a slip of, "" where none is near enough to be sure."""
    hint = did_you_mean(name, candidates)
    near = next((each for each in candidates if f"{each!r}" in hint), "")
    # One letter twice, missing or exchanged: anything more may be a column of its own.
    return near if near and _distance(name.lower(), near.lower()) <= 2 else ""


def _distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added or taken away to make *one* of the *other*."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, row[0] = row[0], at
        for place, each in enumerate(other, start=1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (letter != each)),
            )
    return row[-1]


@cache
def _standard() -> Mapping[str, tuple[Mapping[str, _Known], str]]:
    """Return the columns that the standard has in each file, and the name of its model."""
    text = (files("dss_generator.pull") / "oneroster.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    enums: dict[str, list[str]] = data["enums"]
    found: dict[str, tuple[Mapping[str, _Known], str]] = {}
    for name, given in data["files"].items():
        columns = {**data["every"], **given}
        model = columns.pop("model")
        found[name] = ({each: _known(spec, enums) for each, spec in columns.items()}, model)
    return found


def _known(spec: str | Mapping[str, Any], enums: Mapping[str, list[str]]) -> _Known:
    if isinstance(spec, str):
        name, *marks = spec.split()
        typed = Typed("set", of="str") if name == "set" else Typed(name)
        return _Known(typed, "", "required" in marks, "sensitive" in marks, "secret" in marks)
    members = tuple(enums[spec["enum"]]) if "enum" in spec else ()
    typed = Typed("enum", members=members) if members else Typed("str")
    return _Known(typed, spec.get("ref", ""), spec.get("required", False), spec.get("sensitive", False))
