"""The one place where the command line meets the generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings

if TYPE_CHECKING:
    from dss_generator import GeneratorError, Project


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


def write(settings: Settings, *, apply_renames: bool = False) -> Written:
    """Write the generated code and missing handlers (CommandError with every problem of the schema)."""
    from dss_generator import GeneratorError, generate

    try:
        report = generate(_project(settings), apply_renames=apply_renames)
    except GeneratorError as error:
        raise _refused(error, settings) from error
    return Written(report.written, report.pruned, report.stubs, report.stale)


def compare(settings: Settings, *, apply_renames: bool = False) -> Checked:
    """Return what `write` would do (CommandError with every problem of the schema)."""
    from dss_generator import GeneratorError, check

    try:
        report = check(_project(settings), apply_renames=apply_renames)
    except GeneratorError as error:
        raise _refused(error, settings) from error
    return Checked(report.diff, report.stale)


def _refused(error: GeneratorError, settings: Settings) -> CommandError:
    from dss_generator import SchemaError

    # The files of a schema are named from its folder's parent, those of the project from its root.
    folder = settings.schema.parent if isinstance(error, SchemaError) else settings.root
    return CommandError(f"nothing was generated:\n{error}", folder)


def _project(settings: Settings) -> Project:
    from dss_generator import Project

    return Project(settings.root, settings.schema, settings.generated, settings.handlers)
