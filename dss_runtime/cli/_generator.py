"""The one place where the command line meets the generator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._toml_file import shown_path

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
        report = generate(project_of(settings))
    except GeneratorError as error:
        raise CommandError(f"nothing was generated:\n{error}") from error
    return Written(report.written, report.pruned, report.stubs, report.stale)


def compare(settings: Settings) -> Checked:
    """Return what `write` would do (CommandError with every problem of the schema)."""
    from dss_generator import GeneratorError, check

    try:
        report = check(project_of(settings))
    except GeneratorError as error:
        raise CommandError(f"nothing was generated:\n{error}") from error
    return Checked(report.diff, report.stale)


def project_of(settings: Settings) -> Project:
    """Return the project as the generator has it."""
    from dss_generator import Project

    return Project(
        settings.root, settings.schema, settings.generated, settings.handlers, settings.json_schema
    )


def json_schema() -> str:
    """Return the JSON Schema of the schema language, as the text of a file."""
    from dss_generator.schema.json_schema import json_schema_text

    return json_schema_text()


def write_json_schema(path: Path) -> bool:
    """Write the JSON Schema to *path*, and return whether that changed anything.

    Raises CommandError where *path* is something that the generator did not write, or cannot be written.
    """
    from dss_generator.output import owned, read, write

    if path.exists() and not (path.is_file() and owned(path)):
        raise CommandError(f"{shown_path(path)}: not written by the generator; move it away first")
    text = json_schema()
    if read(path).replace("\r\n", "\n") == text:
        return False
    try:
        write(path, text.encode())
    except OSError as error:
        raise CommandError(f"{shown_path(path)}: cannot be written: {error.strerror}") from error
    return True
