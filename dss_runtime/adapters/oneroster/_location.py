"""Where the sets of a tree are, as its settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from dss_runtime import SettingsError


@dataclass(frozen=True, slots=True)
class Location:
    """The sets that are read, the whole one first, and whether this tree makes them itself."""

    paths: tuple[Path, ...]
    writes: bool

    @property
    def path(self) -> Path:
        """The one set of a tree that writes."""
        return self.paths[0]


def location_of(tree: str, settings: Mapping[str, object]) -> Location:
    """Return where the sets of *tree* are (SettingsError for settings that do not say)."""
    found: object = settings.get("path")
    given = cast("list[object]", found) if isinstance(found, list) else [found]
    paths = [Path(each) for each in given if isinstance(each, (str, Path)) and str(each)]
    key = f"[trees.{tree}] path in dss.toml"
    if not paths or len(paths) < len(given):
        raise SettingsError(
            f"{key}: expected a folder or a zip, or several in a list, the whole set before what has changed"
        )
    writes = settings.get("writes", False)
    if not isinstance(writes, bool):
        raise SettingsError(f"[trees.{tree}] writes in dss.toml: expected true or false")
    if writes and len(paths) > 1:
        raise SettingsError(f"{key}: expected one set where `writes` is true")
    # What is replaced is the set itself, never a link to it.
    return Location(tuple(each.resolve() for each in paths) if writes else tuple(paths), writes)
