"""Where a project keeps its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from .custom.declared import Declared
from .problems import GeneratorError
from .schema.installed import installed
from .schema.language import Language

Context: TypeAlias = dict[str, Any]
"""What a template prints: fragments, and lists and dicts of them."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of a project. `generated` and `handlers` are packages below `root`, which is importable.

    `json_schema` is the file that keeps the JSON Schema of the language for editors, None for no file.
    `artefacts` are what it declares beside the generator's own; `language` is what its schema is written in.
    """

    root: Path
    schema: Path
    generated: Path
    handlers: Path
    json_schema: Path | None = None
    artefacts: tuple[Declared, ...] = ()
    language: Language = field(default_factory=installed, compare=False)

    @property
    def package(self) -> str:
        """The generated package's dotted name."""
        return _dotted(self.generated, self.root)

    @property
    def handlers_package(self) -> str:
        """The dotted name of the package of handlers."""
        return _dotted(self.handlers, self.root)

    def shown(self, path: Path) -> str:
        """Return *path* as messages and headers show it: relative to the root, with slashes."""
        return (path.parent.resolve() / path.name).relative_to(self.root.resolve()).as_posix()


@lru_cache
def _dotted(folder: Path, root: Path) -> str:
    """Return the dotted name of a package below *root* (GeneratorError where *folder* can be none)."""
    try:
        relative = folder.resolve().relative_to(root.resolve())
    except ValueError:
        raise GeneratorError(f"{folder} is not below the project's root {root}") from None
    parts = relative.parts
    if not parts or not all(part.isascii() and part.isidentifier() for part in parts):
        raise GeneratorError(f"{relative.as_posix()!r} cannot be a package: use names of letters and digits")
    return ".".join(parts)
