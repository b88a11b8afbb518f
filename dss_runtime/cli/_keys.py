"""The keys of a table of the settings: what each takes, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key


class Key(NamedTuple):
    """A key of a table: how its value is read (or ValueError raised), what that takes, what it means."""

    read: Callable[[object], Any]
    takes: str
    doc: str


def read_keys(
    file: TomlFile,
    way: Way,
    table: Mapping[str, object],
    known: Mapping[str, Key],
    problems: list[str],
    *more: str,
) -> dict[str, Any]:
    """Return the values of the keys of *table*, which stands at *way* in *file*.

    What is wrong is added to *problems*, with its line; *more* are keys that others read.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{file.place((*way, key))}: {shown_key((*file.inside, *way, key))}"
        if key in known:
            try:
                found[key] = known[key].read(value)
            except ValueError as error:
                problems.append(f"{place}: {error}")
        elif key not in more:
            names = (*known, *more)
            problems.append(
                f"{place}: unknown key{did_you_mean(key, names) or '; known are ' + listed(names)}"
            )
    return found
