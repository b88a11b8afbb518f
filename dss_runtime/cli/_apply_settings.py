"""The tables [trees.NAME.apply] of the settings: how fast, and how patiently, a tree is written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dss_runtime import Policy
from dss_runtime.cli import _apply_values as values
from dss_runtime.cli._apply_values import Rate
from dss_runtime.cli._keyed_tables import Key, TableReader
from dss_runtime.cli._pace import Turns, wait
from dss_runtime.cli._sync_values import DURATION, duration
from dss_runtime.cli._toml_file import TomlFile

APPLY = "apply"
"""The name of the table, which is no setting of the tree itself."""

APPLY_KEYS: Mapping[str, Key] = {
    "rate": Key(
        values.rate,
        values.RATE,
        "How often the system is asked at most: a handler, a batch, and a look at what it holds count once "
        "each. As often as possible when not given.",
    ),
    "concurrency": Key(
        values.number,
        values.NUMBER,
        "How many handlers, or batches, run at a time where the template says `concurrent = True`; one when "
        "it does not, and when not given.",
    ),
    "batch_size": Key(
        values.number,
        values.NUMBER,
        "How many records the adapter writes at a time at most; 1000 when not given.",
    ),
    "attempts": Key(
        values.number,
        values.NUMBER,
        "How often an action is tried in all that fails with TransientError, or that was lost and has not "
        "happened; 3 when not given.",
    ),
    "give_up_after": Key(
        duration,
        DURATION,
        'How long the tries of an action may take in all, the waits between them included; "5 minutes" when '
        "not given. A system that asks to wait longer is not waited for.",
    ),
    "on_error": Key(
        values.on_error,
        values.ON_ERROR,
        '"stop" leaves everything after the first failure untried; otherwise, and when not given, the rest '
        "goes on.",
    ),
}


@dataclass(frozen=True, slots=True)
class ApplySettings:
    """What the settings say of writing to a tree; `given` is for a Policy."""

    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    rate: Rate | None = None

    def policy(self, stop: Callable[[], str]) -> Policy:
        """Return the policy of a run that ends when *stop* says so."""
        given = dict(self.given)
        if self.rate is not None:
            given["turn"] = Turns(self.rate)
        return Policy(stop=stop, wait=wait, **given)


def apply_settings(
    file: TomlFile, trees: Mapping[str, Mapping[str, object]], problems: list[str]
) -> dict[str, ApplySettings]:
    """Return what is said of each tree; what is wrong is added to *problems*, each with its line."""
    reader = TableReader(file, problems)
    found: dict[str, ApplySettings] = {}
    for name, tree in trees.items():
        if APPLY not in tree:
            continue
        way = ("trees", name, APPLY)
        tables = reader.tables(way[:2], {APPLY: tree[APPLY]}, f"a table [trees.{name}.{APPLY}]")
        given = reader.keys(way, tables.get(APPLY, {}), APPLY_KEYS)
        rate = given.pop("rate", None)
        if isinstance(given.get("give_up_after"), timedelta):
            given["give_up_after"] = given["give_up_after"].total_seconds()
        found[name] = ApplySettings(given, rate)
    return found
