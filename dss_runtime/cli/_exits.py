"""What the command's exit codes mean: scripts rely on them."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from dss_runtime import DssError


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    """There was nothing to do, or all of it was done."""
    ERROR = 1
    """It could not do its work, was called wrongly, or left something undone."""
    DIFFERENT = 2
    """`plan` and `sync --dry-run` found differences, `check --against` changes that are not safe."""
    HELD = 3
    """The run was held before anything was written: a guard, or a source that cannot be trusted."""
    INTERRUPTED = 130
    """Somebody pressed Ctrl-C."""


class CommandError(DssError):
    """A command cannot do its work; the text says why and what to do, and is all that is shown.

    Where it names places of files below `folder`, a terminal shows their lines too.
    """

    def __init__(self, message: str, folder: Path | None = None) -> None:
        super().__init__(message)
        self.folder = folder
