"""The tables [trees.NAME.apply] of the settings: how fast, and how patiently, a tree is written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from dss_runtime import Policy
from dss_runtime.cli import _apply_values as values
from dss_runtime.cli._apply_values import Rate
from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._pace import Turns, wait
from dss_runtime.cli._sync_values import DURATION, NUMBER, duration, number
from dss_runtime.cli._toml_file import TomlFile, shown_key

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
        number,
        NUMBER,
        "How many handlers, or batches, run at a time where the template says `concurrent = True`; one when "
        "it does not, and when not given.",
    ),
    "batch_size": Key(
        number,
        NUMBER,
        "How many records the adapter writes at a time at most; when not given, 5000 in a database, and 1000 "
        "elsewhere.",
    ),
    "attempts": Key(
        number,
        NUMBER,
        "How often an action is tried that fails with TransientError, or that was lost and has not happened; "
        "3 when not given. The records of a batch that keeps failing are tried once more, each by itself.",
    ),
    "retry_for": Key(
        duration,
        DURATION,
        'How long the tries of an action may take in all, the waits between them included; "5 minutes" when '
        "not given. A system that asks to wait longer counts as away.",
    ),
    "away_after": Key(
        number,
        NUMBER,
        "After how many actions or batches in a row that were given up, because the system did not answer or "
        "said that it cannot now, it counts as away: the run stops; 5 when not given.",
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
    """What the settings say of writing to a tree: what is `given` for a Policy, and the rate."""

    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    rate: Rate | None = None

    def policy(self, stop: Callable[[], str]) -> Policy:
        """Return the policy of a run that ends when *stop* says so."""
        given = dict(self.given)
        if "retry_for" in given:
            given["retry_for"] = given["retry_for"].total_seconds()
        if self.rate is not None:
            given["turn"] = Turns(self.rate)
        return Policy(stop=stop, wait=wait, **given)


def apply_settings(
    file: TomlFile, trees: Mapping[str, Mapping[str, object]], problems: list[str]
) -> dict[str, ApplySettings]:
    """Return what is said of each tree; what is wrong is added to *problems*, each with its line."""
    settings: dict[str, ApplySettings] = {}
    for name, tree in trees.items():
        way, table = ("trees", name, APPLY), tree.get(APPLY, {})
        if not isinstance(table, dict):
            key = shown_key((*file.inside, *way))
            problems.append(f"{file.place(way)}: {key}: expected a table [{key}]")
        elif table:
            given = read_keys(file, way, cast("Mapping[str, object]", table), APPLY_KEYS, problems)
            rate = given.pop("rate", None)
            settings[name] = ApplySettings(given, rate)
    return settings
