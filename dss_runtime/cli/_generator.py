"""The one place where the command line meets the generator."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._suggest import did_you_mean
from dss_runtime.cli._told import told
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator import Problem, Project
    from dss_generator.packs import Pack


@dataclass(frozen=True, slots=True)
class Written:
    """What a run of the generator did: paths it wrote and removed, handlers it added.

    `problems` are what is left for a person: the handlers that nothing calls any more.
    """

    files: tuple[str, ...]
    pruned: tuple[str, ...]
    stubs: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is left for a person."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of the generator would do: a unified diff, each thing that it would put right, and `stale`,
    what it leaves to a person: the handlers that nothing calls any more.
    """

    diff: str
    mended: tuple[Problem, ...]
    stale: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each thing that is out of step."""
        return (*self.mended, *self.stale)

    @property
    def ok(self) -> bool:
        """Whether everything is in step with the schema."""
        return not self.diff and not self.problems


def write(settings: Settings, *, apply_renames: bool = False) -> Written:
    """Write the generated code and the missing handlers.

    Raises GeneratorFailedError with every problem of the schema, or of the files of handlers.
    """
    from dss_generator import generate

    with _told(settings):
        report = generate(project_of(settings), apply_renames=apply_renames)
    return Written(report.written, report.pruned, report.stubs, report.stale)


def compare(settings: Settings, *, apply_renames: bool = False) -> Checked:
    """Return what `write` would do, and raise what it would."""
    from dss_generator import check

    with _told(settings):
        report = check(project_of(settings), apply_renames=apply_renames)
    return Checked(report.diff, report.problems, report.stale)


def _told(settings: Settings) -> AbstractContextManager[None]:
    return told("nothing was generated", schema=settings.schema, root=settings.root)


def project_of(settings: Settings) -> Project:
    """Return the project as the generator has it."""
    from dss_generator import Declared, Project

    return Project(
        settings.root,
        settings.schema,
        settings.generated,
        settings.handlers,
        settings.json_schema,
        tuple(Declared(row.path, row.template, row.use, row.at) for row in settings.artefacts),
    )


def pack_of(name: str) -> Pack:
    """Return the pack *name* (CommandError, naming all that there are, for another)."""
    from dss_generator.packs import PACKS

    if name not in PACKS:
        there = "\n".join(f"  {pack.name}: {pack.doc}" for pack in PACKS.values())
        raise CommandError(f"there is no pack {name!r}{did_you_mean(name, PACKS)}; there are\n{there}")
    return PACKS[name]


def json_schema() -> str:
    """Return the JSON Schema of the schema language, as the text of a file.

    Raises GeneratorFailedError where an installed package adds to it what cannot be used.
    """
    from dss_generator.schema.json_schema import installed_json_schema_text

    with told():
        return installed_json_schema_text()


def write_json_schema(path: Path) -> bool:
    """Write the JSON Schema to *path*, and return whether that changed anything.

    Raises CommandError where *path* is something that the generator did not write, or cannot be written.
    """
    from dss_generator.output import is_in_the_way, read, write

    if is_in_the_way(path):
        raise CommandError(f"{shown_path(path)}: not written by the generator; move it away first")
    text = json_schema()
    if read(path).replace("\r\n", "\n") == text:
        return False
    try:
        write(path, text.encode())
    except OSError as error:
        raise CommandError(f"{shown_path(path)}: cannot be written: {error.strerror}") from error
    return True
