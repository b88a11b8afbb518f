"""The dictionary's files: written where they changed, removed where none is due, never what is not ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..diagnosis import foreign_file
from ..diffs import unified_diff
from ..generating import load
from ..headers import UNSTAMPED, stamped
from ..output import BEGINNINGS, foreign_files, read_owned, write
from ..problems import GeneratorError
from ..project import Project
from .describing import describe
from .pages import diagrams, pages

Draw = Callable[[Mapping[str, str]], Mapping[str, str]]
"""From Mermaid to SVG, by name."""
_COMMAND = "dss docs"
"""What the headers say of the dictionary's files that keeps them."""
_PATTERNS = ("*", "models/*", "trees/*")
"""Where `document` writes."""


@dataclass(frozen=True, slots=True)
class Documented:
    """What was done, or would be: paths, and the unified diff of the pages.

    `pruned` are files of ours that are not due, or pictures of what a diagram was before.
    """

    written: tuple[str, ...]
    pruned: tuple[str, ...]
    diff: str

    @property
    def ok(self) -> bool:
        """Whether everything is as the schema has it."""
        return not (self.written or self.pruned)


def document(project: Project, folder: Path, draw: Draw | None = None) -> Documented:
    """Bring the dictionary in *folder* in step with the schema; with *draw*, its pictures too.

    Raises SchemaError with every problem of the schema, GeneratorError with every file in the way, and
    whatever *draw* raises; then nothing was written.
    """
    state = _State.of(project, folder, pictures=draw is not None)
    drawn: Mapping[str, str] = {}
    if draw is not None and state.undrawn:
        drawn = draw({name: state.diagrams[name] for name in state.undrawn})
    pictures = {f"{name}.svg": picture_text(state.diagrams[name], svg) for name, svg in drawn.items()}
    for name, text in {**state.changed, **pictures}.items():
        write(folder / name, text.encode())
    pruned = [name for name in state.obsolete if name not in pictures]
    for name in pruned:
        (folder / name).unlink()
    return state.report([*state.changed, *pictures], pruned)


def check(project: Project, folder: Path, *, pictures: bool = False) -> Documented:
    """Say what `document` would do, or raise what it would, and write nothing.

    With *pictures*, missing pictures count too.
    """
    state = _State.of(project, folder, pictures=pictures)
    undrawn = [f"{name}.svg" for name in state.undrawn] if pictures else []
    return state.report([*state.changed, *undrawn], [each for each in state.obsolete if each not in undrawn])


def picture_text(diagram: str, svg: str) -> str:
    """Return the text of the file for *svg*, which says which *diagram* it shows."""
    source = hashlib.sha256(diagram.encode()).hexdigest()[:16]
    # Two hyphens would be an error in a comment of XML, and so in the whole picture.
    return stamped(f"{BEGINNINGS['.svg']} Drawn by `{_COMMAND}` from {source}{UNSTAMPED} -->\n{svg}")


@dataclass(frozen=True, slots=True)
class _State:
    """What is in the folder against what should be. Names are paths in the folder.

    `undrawn` are the diagrams that no picture shows as they are now; `obsolete` the files of ours that are
    not due, those with an old picture included.
    """

    project: Project
    folder: Path
    present: Mapping[str, str]
    changed: Mapping[str, str]
    diagrams: Mapping[str, str]
    undrawn: tuple[str, ...]
    obsolete: tuple[str, ...]

    @classmethod
    def of(cls, project: Project, folder: Path, *, pictures: bool) -> _State:
        """Look at *folder*; GeneratorError for what stands where a page, or with *pictures* one, belongs."""
        dictionary = describe(load(project))
        due, drawn = pages(dictionary), diagrams(dictionary)
        # A checkout may have other line ends.
        read = read_owned(folder, _COMMAND, _PATTERNS)
        present = {name: text.replace("\r\n", "\n") for name, text in read.items()}
        current = {name for name, diagram in drawn.items() if _shows(present.get(f"{name}.svg"), diagram)}
        kept = {*due, *(f"{name}.svg" for name in current)}
        names = [*due, *(f"{name}.svg" for name in drawn if pictures)]
        foreign = foreign_files(folder, names, _COMMAND)
        if foreign:
            problems = (foreign_file(_shown(project, folder / name), f"`{_COMMAND}`") for name in foreign)
            raise GeneratorError("\n".join(map(str, problems)))
        return cls(
            project,
            folder,
            present,
            {name: text for name, text in due.items() if present.get(name) != text},
            drawn,
            tuple(name for name in drawn if name not in current),
            tuple(name for name in present if name not in kept),
        )

    def report(self, written: list[str], pruned: list[str]) -> Documented:
        diff: list[str] = []
        for name in (*self.changed, *(name for name in pruned if name.endswith(".md"))):
            shown = _shown(self.project, self.folder / name)
            diff.extend(unified_diff(shown, self.present.get(name, ""), self.changed.get(name, "")))
        return Documented(
            tuple(_shown(self.project, self.folder / name) for name in written),
            tuple(_shown(self.project, self.folder / name) for name in pruned),
            "".join(diff),
        )


def _shown(project: Project, path: Path) -> str:
    """Return *path* as messages show it: absolute where it is not below the project's root."""
    below = path.parent.resolve().is_relative_to(project.root.resolve())
    return project.shown(path) if below else str(path)


def _shows(text: str | None, diagram: str) -> bool:
    """Return whether *text* is a file of ours whose picture shows *diagram* and was not edited."""
    if text is None:
        return False
    return text == picture_text(diagram, text.partition("\n")[2])
