"""The table [journal] of the settings: what runs leave behind, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, shown_key
from dss_runtime.plans import SENSITIVE, Sensitive


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """How much the journal keeps.

    `sensitive` says what it holds of sensitive values: "omit" a mark, so that a change of one can be told and
    cannot be undone; "seal" the value too, encrypted.
    """

    keep_runs: int = 400
    keep_days: int = 400
    sensitive: Sensitive = "omit"


def journal_settings(file: TomlFile, found: object, problems: list[str]) -> JournalSettings:
    """Return what the table says; what is wrong with it is added to *problems*, each with its line."""
    if not isinstance(found, dict):
        problems.append(f"{file.place(('journal',))}: journal: expected a table [journal]")
        return JournalSettings()
    table = cast("Mapping[str, object]", found)
    known = ("keep_runs", "keep_days", "sensitive")
    good: dict[str, object] = {}
    for key, value in table.items():
        place = f"{file.place(('journal', key))}: {shown_key((*file.inside, 'journal', key))}"
        if key not in known:
            problems.append(
                f"{place}: unknown key{did_you_mean(key, known) or '; known are ' + listed(known)}"
            )
        elif key == "sensitive" and value not in SENSITIVE:
            problems.append(f"{place}: expected one of {listed(SENSITIVE)}")
        elif key != "sensitive" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            problems.append(f"{place}: expected a whole number from 1 on")
        else:
            good[key] = value
    return JournalSettings(**good)  # type: ignore[arg-type]
