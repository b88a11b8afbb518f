"""The artefacts that a project declares in its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Declared:
    """A row of the project's settings: a `template` of its own, or the artefact of a package to `use`.

    `path` is where the file goes in the generated package, "" for where the package's artefact has it. `at`
    returns the place of a key in the settings, for messages.
    """

    path: str
    template: str = ""
    use: str = ""
    at: Callable[[str], str] = field(default=str, compare=False)
