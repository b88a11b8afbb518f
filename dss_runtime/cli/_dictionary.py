"""The one place where the command line meets the generator's data dictionary."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._generator import project_of
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._told import told


@dataclass(frozen=True, slots=True)
class Compared:
    """What was written and removed, or would be, and the unified diff of the pages."""

    written: tuple[str, ...]
    pruned: tuple[str, ...]
    diff: str

    @property
    def ok(self) -> bool:
        """Whether everything is in step with the schema."""
        return not (self.written or self.pruned)


def write(settings: Settings, folder: Path, mmdc: str | None, browser: Path | None) -> Compared:
    """Write the dictionary into *folder*, with pictures where *mmdc* is a program that draws them.

    Raises CommandError with every problem of the schema, or why it could not be drawn or written.
    """
    from dss_generator.documenting import document, draw

    def drawn(diagrams: Mapping[str, str]) -> Mapping[str, str]:
        return draw(diagrams, mmdc or "", browser)

    with _told(settings):
        done = document(project_of(settings), folder, drawn if mmdc else None)
    return Compared(done.written, done.pruned, done.diff)


def compare(settings: Settings, folder: Path, *, pictures: bool) -> Compared:
    """Return what `write` would do (CommandError with every problem of the schema)."""
    from dss_generator.documenting import check

    with _told(settings):
        found = check(project_of(settings), folder, pictures=pictures)
    return Compared(found.written, found.pruned, found.diff)


def as_json(settings: Settings) -> str:
    """Return the dictionary as JSON text (CommandError with every problem of the schema)."""
    from dss_generator.documenting import describe, json_text
    from dss_generator.generating import load

    with _told(settings):
        return json_text(describe(load(project_of(settings))))


@contextmanager
def _told(settings: Settings) -> Generator[None]:
    """Turn what the generator or the file system raises into an error of the command."""
    try:
        with told("no dictionary was written", schema=settings.schema, root=settings.root):
            yield
    except OSError as error:
        raise CommandError(f"the dictionary is not whole: {error.filename}: {error.strerror}") from error
