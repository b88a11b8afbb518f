"""Tables of the settings whose keys are known, read with every problem noted beside its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key


class Key(NamedTuple):
    """A key of a table: how its value is read, what that takes, and what it means."""

    read: Callable[[object], Any]
    takes: str
    doc: str


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables of *file*; what is wrong with them is added to *problems*."""

    file: TomlFile
    problems: list[str]

    def keys(
        self, way: Way, table: Mapping[str, object], known: Mapping[str, Key], *more: str
    ) -> dict[str, Any]:
        """Return the values of the keys of *table*, read."""
        found: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                names = (*known, *more)
                self.problem(
                    (*way, key), f"unknown key{did_you_mean(key, names) or '; known are ' + listed(names)}"
                )
                continue
            try:
                found[key] = known[key].read(value)
            except ValueError as error:
                self.problem((*way, key), str(error))
        return found

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
