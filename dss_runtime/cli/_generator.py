"""The one place where the command line meets the generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings

if TYPE_CHECKING:
    from dss_generator import Project


@dataclass(frozen=True, slots=True)
class Written:
    """What a run of the generator did: paths it wrote and removed, handlers it added or found stale."""

    files: tuple[str, ...]
    pruned: tuple[str, ...]
    stubs: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of the generator would do: a unified diff, and the handlers that nothing calls any more."""

    diff: str
    stale: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is in step with the schema."""
        return not self.diff and not self.stale


def write(settings: Settings) -> Written:
    """Write the generated code and missing handlers (CommandError with every problem of the schema)."""
    from dss_generator import GeneratorError, generate

    try:
        report = generate(_project(settings))
    except GeneratorError as error:
        raise CommandError(f"nothing was generated:\n{error}") from error
    return Written(report.written, report.pruned, report.stubs, report.stale)


def compare(settings: Settings) -> Checked:
    """Return what `write` would do (CommandError with every problem of the schema)."""
    from dss_generator import GeneratorError, check

    try:
        report = check(_project(settings))
    except GeneratorError as error:
        raise CommandError(f"nothing was generated:\n{error}") from error
    return Checked(report.diff, report.stale)


def _project(settings: Settings) -> Project:
    from dss_generator import Declared, Project

    artefacts = tuple(Declared(row.path, row.template, row.use, row.at) for row in settings.artefacts)
    return Project(settings.root, settings.schema, settings.generated, settings.handlers, artefacts=artefacts)
