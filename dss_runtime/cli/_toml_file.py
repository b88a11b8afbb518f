"""A settings file: what it holds, and in which line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from dss_runtime import SettingsError

Way = tuple[str | int, ...]
"""The way to a value: names of tables and keys, positions in arrays."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file, of which the table at *inside* is meant (the whole file where that is empty).

    tomllib tells no lines. They are found by trying: each place in the text that could be the one is
    altered, and the right one is where the altered file has the altered value. That is exact whatever the
    notation (dotted keys, inline tables, long strings, comments), and happens on errors only.
    """

    path: Path
    text: str
    inside: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, inside: tuple[str, ...] = ()) -> TomlFile:
        """Return the file at *path* (SettingsError when it is not readable or no TOML)."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{shown_path(path)}: cannot be read: {error}") from error
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{shown_path(path)}{_syntax(str(error), text)}") from error
        return cls(path, text, inside)

    @property
    def table(self) -> Mapping[str, object] | None:
        """What the file holds at *inside*; None where it has no such table."""
        found = dig(tomllib.loads(self.text), self.inside)
        return cast("Mapping[str, object]", found) if isinstance(found, dict) else None

    def place(self, key: Way) -> str:
        """Return "file:line" of the key at the end of the way *key*."""
        name = str(key[-1])
        return self._place(name, lambda data, probe: dig(data, (*self.inside, *key[:-1], probe)) is not None)

    def place_of(self, key: Way, part: str) -> str:
        """Return "file:line" of the text *part* within the value at *key*."""

        def is_there(data: object, probe: str) -> bool:
            found = dig(data, (*self.inside, *key))
            return isinstance(found, str) and probe in found

        return self._place(part, is_there)

    def _place(self, part: str, is_there: Callable[[object, str], bool]) -> str:
        probe = "probe"
        while probe in self.text:
            probe += "_"
        for match in re.finditer(re.escape(part), self.text):
            altered = self.text[: match.start()] + probe + self.text[match.end() :]
            try:
                data = tomllib.loads(altered)
            except tomllib.TOMLDecodeError:
                continue
            if is_there(data, probe):
                return f"{shown_path(self.path)}:{self.text.count(chr(10), 0, match.start()) + 1}"
        return shown_path(self.path)


def dig(data: object, way: Way) -> object:
    """Return what lies at the end of *way* in *data*, None when nothing does."""
    for step in way:
        if isinstance(data, dict) and isinstance(step, str):
            data = cast("dict[str, object]", data).get(step)
        elif isinstance(data, list) and isinstance(step, int):
            items = cast("list[object]", data)
            data = items[step] if step < len(items) else None
        else:
            return None
    return data


def shown_key(way: Way) -> str:
    """Return a way as TOML writes it: `trees.Moodle.hosts[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return text.removeprefix(".")


def shown_path(path: Path) -> str:
    """Return *path* as a person in the current folder would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


def _syntax(message: str, text: str) -> str:
    """Turn tomllib's "... (at line 3, column 5)" into ":3:5: ..."."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, flags=re.DOTALL)
    if found is None:
        last = len(text.splitlines()) or 1
        return f":{last}: {message.removesuffix(' (at end of document)')}"
    return f":{found[2]}:{found[3]}: {found[1]}"
