"""Where `dss check` meets the generator's comparison of two versions of a schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._told import told
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dss_generator.evolution import Judgement, Switch, Version
    from dss_generator.problems import Problem


def current(settings: Settings) -> tuple[Version | None, tuple[Problem, ...]]:
    """Return the schema as it is, or None with all that is wrong with it (CommandError: not its fault)."""
    from dss_generator import SchemaError
    from dss_generator.evolution import current

    with told(root=settings.root):
        try:
            return current(settings.schema), ()
        except SchemaError as error:
            return None, error.problems


def earlier(settings: Settings, against: str, folder: Path) -> Version:
    """Return the version that *against* means, a path in it being relative to *folder* (CommandError)."""
    from dss_generator.evolution import read_against

    with told():  # the lines of that version are not those of the files that are there
        return read_against(against, settings.schema, folder)


def judged(old: Version, new: Version, switches: Sequence[Switch]) -> Judgement:
    """Return what changed from *old* to *new*, with the classes that *switches* give."""
    from dss_generator.evolution import compare, judge

    return judge(compare(old, new), switches)


def save(version: Version, path: Path, schema: Path) -> bool:
    """Write the lock of *version* to *path*; return whether that changed anything.

    Raises CommandError for a place within *schema*, where it would count as a file of the schema.
    """
    if path.resolve().is_relative_to(schema):
        raise CommandError(f"{shown_path(path)}: lies within the schema, and would be read as a part of it")
    if not path.parent.is_dir():
        raise CommandError(f"{shown_path(path)}: there is no folder {shown_path(path.parent)}")
    from dss_generator.evolution import write_lock

    with told():
        return write_lock(path, version)
