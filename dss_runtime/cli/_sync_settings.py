"""The tables [syncs.NAME] of the settings: when a sync runs, and what holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from dss_runtime._guard import Limits
from dss_runtime._sync_rules import SourceLimits, SyncRules
from dss_runtime._windows import Windows
from dss_runtime.cli import _sync_values as values
from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key

SOURCE_KEYS: Mapping[str, Key] = {
    "max_age": Key(
        values.duration,
        values.DURATION,
        "How old a source may be: as old as the oldest of its files. Where no source tells, the run is held.",
    ),
    "min_share": Key(
        values.share,
        values.SHARE,
        "How much of what the last good run has read and left there must be: rows and bytes of a source, and "
        "records of the target. 50 % when not given, and then what had up to 50 may shrink as it likes.",
    ),
}
"""What may be said of all branches of a sync, and of one."""

SYNC_KEYS: Mapping[str, Key] = {
    **SOURCE_KEYS,
    "zone": Key(values.zone, values.ZONE, "Where the days of the windows begin and end; needed with one."),
    "blackout": Key(values.windows, values.DAYS, "The days on which nothing runs."),
    "additions_only": Key(
        values.windows, values.DAYS, "The days on which new records are created, and all else waits."
    ),
    "give_up_after": Key(
        values.number,
        values.NUMBER,
        "How many runs in a row write what the next one finds different again; then it is rejected. 3 when "
        "not given.",
    ),
    "incremental": Key(
        values.turns,
        values.TURNS,
        "Rows that are as they were on both sides are not parsed again, but every so many runs. Every run "
        "parses all when not given.",
    ),
}

KINDS: Mapping[str, Key] = {
    "new": Key(values.limits, values.LIMIT, "The most records that a run may create."),
    "changed": Key(values.limits, values.LIMIT, "The most records that a run may change."),
    "old": Key(values.limits, values.LIMIT, "The most records that a run may remove or disable."),
    "unreadable": Key(values.limits, values.LIMIT, "The most rows that may be unreadable, on either side."),
}

BRANCH_KEYS: Mapping[str, Key] = {
    **KINDS,
    "min_rows": Key(values.count, values.COUNT, "The fewest rows that the source may have."),
    **SOURCE_KEYS,
}


def sync_settings(file: TomlFile, found: object, problems: list[str]) -> dict[str, SyncRules]:
    """Return the rules of each sync; what is wrong with them is added to *problems*, each with its line."""
    reader = _Reader(file, problems)
    return {
        name: reader.sync(("syncs", name), table)
        for name, table in reader.tables(("syncs",), found, "tables [syncs.NAME]").items()
    }


def unknown_branches(file: TomlFile, name: str, rules: SyncRules, known: Iterable[str]) -> Iterable[str]:
    """Yield a problem for each branch that the settings of the sync *name* guard and that is not *known*."""
    names = sorted(set(known))
    for branch in rules.guards:
        if branch not in names:
            way = ("syncs", name, "guard", branch)
            hint = did_you_mean(branch, names) or f"; there are {listed(names)}"
            yield f"{file.place(way)}: {shown_key((*file.inside, *way))}: there is no branch {branch!r}{hint}"


@dataclass(frozen=True, slots=True)
class _Reader:
    file: TomlFile
    problems: list[str]

    def sync(self, way: Way, table: Mapping[str, object]) -> SyncRules:
        """Return the rules that *table* gives."""
        found = self.keys(
            way, {key: each for key, each in table.items() if key != "guard"}, SYNC_KEYS, "guard"
        )
        for key in ("blackout", "additions_only"):
            if found.get(key) and "zone" not in table:
                self.problem(
                    (*way, key), 'days begin at midnight somewhere: set zone = "Europe/Vienna" as well'
                )
        every = _source(found, SourceLimits())
        guards: dict[str, Mapping[str, Limits]] = {}
        sources: dict[str, SourceLimits] = {}
        guard = (*way, "guard")
        what = f"tables [{shown_key((*guard, 'BRANCH'))}]"
        for name, each in self.tables(guard, table.get("guard", {}), what).items():
            branch = self.keys((*guard, name), each, BRANCH_KEYS)
            guards[name] = {kind: branch[kind] for kind in KINDS if kind in branch}
            sources[name] = _source(branch, every)
        windows = {key: found[key] for key in ("zone", "blackout", "additions_only") if key in found}
        rules = SyncRules(guards=guards, sources=sources, every_source=every, windows=Windows(**windows))
        given = {key: found[key] for key in ("give_up_after", "incremental") if key in found}
        return replace(rules, **given)

    def keys(
        self, way: Way, table: Mapping[str, object], known: Mapping[str, Key], *more: str
    ) -> dict[str, Any]:
        """Return the values of the keys of *table*, read."""
        return read_keys(self.file, way, table, known, self.problems, *more)

    def tables(self, way: Way, found: object, what: str) -> dict[str, Mapping[str, object]]:
        """Return the tables that *found* must hold."""
        if not isinstance(found, dict):
            self.problem(way, f"expected {what}")
            return {}
        tables: dict[str, Mapping[str, object]] = {}
        for name, each in cast("dict[str, object]", found).items():
            if isinstance(each, dict):
                tables[name] = cast("dict[str, object]", each)
            else:
                self.problem((*way, name), f"expected {what}")
        return tables

    def problem(self, way: Way, text: str) -> None:
        """Note what is wrong at the end of *way*."""
        self.problems.append(f"{self.file.place(way)}: {shown_key((*self.file.inside, *way))}: {text}")


def _source(found: Mapping[str, Any], default: SourceLimits) -> SourceLimits:
    """Return *default* with what was *found*; a share that somebody has set has no floor."""
    given = {key: found[key] for key in ("max_age", "min_rows", "min_share") if key in found}
    if "min_share" in given:
        given["floor"] = 0
    return replace(default, **given)
