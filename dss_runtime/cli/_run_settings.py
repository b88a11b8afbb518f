"""The tables [runs.NAME] of the settings: which syncs run one after the other, by `dss run NAME`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._sync_values import expected
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key

SYNCS = 'a list of syncs of the schema, each once, as ["moodle", "directory"]'
FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is made of."""

    syncs: tuple[str, ...]
    verify: bool = False


def _syncs(value: object) -> tuple[str, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else []
    found = tuple(name for name in names if isinstance(name, str))
    if not found or len(found) != len(names) or len(set(found)) != len(found):
        raise expected(SYNCS, names if isinstance(value, list) else value)
    return found


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise expected(FLAG, value)
    return value


RUN_KEYS: Mapping[str, Key] = {
    "syncs": Key(_syncs, SYNCS, "The syncs, in the order in which they run; needed."),
    "verify": Key(_flag, FLAG, "Whether each target is read again afterwards; false when not given."),
}


def run_settings(file: TomlFile, found: object, problems: list[str]) -> dict[str, RunSettings]:
    """Return what each run is made of; what is wrong is added to *problems*, each with its line."""
    runs: dict[str, RunSettings] = {}
    for name, table in cast("dict[str, object]", found).items() if isinstance(found, dict) else [("", None)]:
        way = ("runs", name) if name else ("runs",)
        if not isinstance(table, dict):
            problems.append(_problem(file, way, "expected tables [runs.NAME]"))
            continue
        given: dict[str, Any] = read_keys(file, way, cast("Mapping[str, object]", table), RUN_KEYS, problems)
        if "syncs" in given:
            runs[name] = RunSettings(**given)
        elif "syncs" not in table:
            problems.append(_problem(file, way, f"needs syncs: {SYNCS}"))
    return runs


def wrong_runs(file: TomlFile, runs: Mapping[str, RunSettings], syncs: Collection[str]) -> Iterator[str]:
    """Yield what does not go together with the *syncs* that the schema has."""
    for name, run in runs.items():
        way = ("runs", name, "syncs")
        for each in run.syncs:
            if each not in syncs:
                hint = did_you_mean(each, syncs) or f"; the schema has {listed(syncs)}"
                place = file.place_of((*way, run.syncs.index(each)), each)
                yield f"{place}: {shown_key((*file.inside, *way))}: there is no sync {each!r}{hint}"
        if name in syncs and name not in run.syncs:
            yield _problem(
                file,
                ("runs", name),
                f"{name} is a sync as well, and this run leaves it out: call the run by another name",
            )


def _problem(file: TomlFile, way: Way, text: str) -> str:
    return f"{file.place(way)}: {shown_key((*file.inside, *way))}: {text}"
