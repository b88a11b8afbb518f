"""The tables [runs.NAME] of the settings: syncs that `dss run NAME` carries out, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._sync_values import expected
from dss_runtime.cli._toml_file import TomlFile, shown_key

SYNCS = 'a list of names of syncs, each once, such as ["moodle", "directory"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What one run is made of."""

    syncs: tuple[str, ...]
    verify: bool = False


def _syncs(value: object) -> tuple[str, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else []
    found = tuple(name for name in names if isinstance(name, str) and name)
    if not found or len(found) != len(names) or len(set(found)) != len(found):
        raise expected(SYNCS, names if isinstance(value, list) else value)
    return found


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise expected("true or false", value)
    return value


RUN_KEYS: Mapping[str, Key] = {
    "syncs": Key(_syncs, SYNCS, "The syncs of the schema, in the order in which they are carried out."),
    "verify": Key(
        _switch, "true or false", "Whether each target is read again afterwards, as by `--verify`."
    ),
}


def run_settings(file: TomlFile, found: object, problems: list[str]) -> dict[str, RunSettings]:
    """Return what each run is made of; what is wrong is added to *problems*, each with its line."""
    runs: dict[str, RunSettings] = {}
    tables = cast("Mapping[str, object]", found) if isinstance(found, dict) else {"": found}
    for name, table in tables.items():
        way = ("runs", name) if name else ("runs",)
        place = f"{file.place(way)}: {shown_key((*file.inside, *way))}"
        if not isinstance(table, dict):
            problems.append(f"{place}: expected tables [runs.NAME]")
            continue
        known = len(problems)
        good: dict[str, Any] = read_keys(file, way, cast("Mapping[str, object]", table), RUN_KEYS, problems)
        if "syncs" in good:
            runs[name] = RunSettings(**good)
        elif len(problems) == known:
            problems.append(f"{place}: has no 'syncs': expected {SYNCS}")
    return runs
