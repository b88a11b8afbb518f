"""The one place where the command line meets the generator."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings

if TYPE_CHECKING:
    from dss_generator import Problem, Project


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


class NothingGeneratedError(CommandError):
    """The generator could not run; `problems` are those of the schema, none where that is not to blame."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


def write(settings: Settings) -> Written:
    """Write the generated code and the missing handlers.

    Raises NothingGeneratedError with every problem of the schema.
    """
    from dss_generator import generate

    with _told():
        report = generate(_project(settings))
    return Written(report.written, report.pruned, report.stubs, _read(report.stale))


def compare(settings: Settings) -> Checked:
    """Return what `write` would do (NothingGeneratedError with every problem of the schema)."""
    from dss_generator import check

    with _told():
        report = check(_project(settings))
    return Checked(report.diff, report.problems, _read(report.stale))


def _read(lines: Iterable[str]) -> tuple[Problem, ...]:
    from dss_generator import Problem

    return tuple(map(Problem.read, lines))


@contextmanager
def _told() -> Generator[None]:
    from dss_generator import GeneratorError, SchemaError

    try:
        yield
    except GeneratorError as error:
        problems = error.problems if isinstance(error, SchemaError) else ()
        raise NothingGeneratedError(f"nothing was generated:\n{error}", problems) from error


def _project(settings: Settings) -> Project:
    from dss_generator import Project

    return Project(settings.root, settings.schema, settings.generated, settings.handlers)
