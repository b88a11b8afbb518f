"""The table [journal] of the settings: what runs leave behind, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from dss_runtime.cli import _sync_values as values
from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._suggest import listed
from dss_runtime.cli._toml_file import TomlFile
from dss_runtime.journal import Bounds
from dss_runtime.plans import SENSITIVE, Sensitive


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """How much the journal keeps, and what of sensitive values."""

    bounds: Bounds = field(default_factory=Bounds)
    sensitive: Sensitive = "omit"


def _sensitive(value: object) -> Sensitive:
    for each in SENSITIVE:
        if value == each:
            return each
    raise values.expected(f"one of {listed(SENSITIVE)}", value)


BOUNDS: Mapping[str, Key] = {
    "keep_runs": Key(values.number, values.NUMBER, "How many runs it keeps: 400 when not given."),
    "keep_days": Key(
        values.number, values.NUMBER, "For how many days before the latest: 400 when not given."
    ),
    "max_size": Key(values.size, values.SIZE, "How large its file may be: 1 GB when not given."),
}

JOURNAL_KEYS: Mapping[str, Key] = {
    **BOUNDS,
    "sensitive": Key(
        _sensitive,
        f"one of {listed(SENSITIVE)}",
        "What it holds of sensitive values: `omit` (when not given) a mark, so that a change of one can be "
        "told and cannot be undone; `seal` the value too, encrypted (the extra `seal`).",
    ),
}


def journal_settings(file: TomlFile, found: object, problems: list[str]) -> JournalSettings:
    """Return what the table says; what is wrong with it is added to *problems*, each with its line."""
    if not isinstance(found, dict):
        problems.append(f"{file.place(('journal',))}: journal: expected a table [journal]")
        return JournalSettings()
    good: dict[str, Any] = read_keys(
        file, ("journal",), cast("Mapping[str, object]", found), JOURNAL_KEYS, problems
    )
    bounds = Bounds(**{key: good.pop(key) for key in BOUNDS if key in good})
    return JournalSettings(bounds=bounds, **good)
