"""What the generator raises, as an error of the command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError

if TYPE_CHECKING:
    from dss_generator import Problem


class GeneratorFailedError(CommandError):
    """The generator could not run; `problems` are those that have a place, none where no file is to blame."""

    def __init__(self, message: str, problems: tuple[Problem, ...], folder: Path | None) -> None:
        super().__init__(message, folder)
        self.problems = problems


@contextmanager
def told(what: str = "", *, schema: Path | None = None, root: Path | None = None) -> Generator[None]:
    """Turn what the generator raises into a GeneratorFailedError, whose text begins with *what* failed.

    *schema* and *root* are the folders of the schema and of the project: a terminal shows the lines of files
    in the one where the schema has problems, otherwise in the other; none where it is not given.
    """
    from dss_generator import GeneratorError, ProblemsError, SchemaError

    try:
        yield
    except GeneratorError as error:
        # The files of a schema are named from its folder's parent, those of the project from its root.
        folder = root
        if isinstance(error, SchemaError):
            folder = None if schema is None else schema.parent
        problems = error.problems if isinstance(error, ProblemsError) else ()
        raise GeneratorFailedError(f"{what}:\n{error}" if what else str(error), problems, folder) from error
