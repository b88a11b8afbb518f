"""The one place that writes the generator's files."""

from __future__ import annotations

from pathlib import Path

from ._exports import exports, transferred
from ._manifest import Manifest
from ._moodle import untouched, write_moodle
from ._terms import terms

_database = "moodle.sqlite"


def write_school(folder: Path, *, students: int, seed: int = 1) -> Manifest:
    """Write this term's exports, last term's `moodle.sqlite` and `manifest.json` into *folder*.

    Equal arguments give equal bytes. Files of these names that are already there are replaced. Raises
    ValueError for a negative number of students.
    """
    if students < 0:
        raise ValueError(f"students: expected a number from 0 up, got {students}")
    both = terms(students, seed)
    made = exports(both)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(content)
    write_moodle(folder / _database, both)
    manifest = Manifest(
        seed=seed,
        students=students,
        files=tuple(made.files),
        database=_database,
        dirty=made.dirty,
        transferred=transferred(both),
        untouched=untouched,
        changes=both.changes,
    )
    (folder / "manifest.json").write_text(manifest.json(), encoding="utf-8", newline="\n")
    return manifest
