"""The base of generated templates that write sets of roster files."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from dss_runtime import (
    Branch,
    DefaultTemplate,
    Outcome,
    PermanentError,
    Phase,
    SettingsError,
    SourceError,
    Work,
)
from dss_runtime._examining import Check
from dss_runtime._template import MissingHandlerError
from dss_runtime.adapters.oneroster._edited import EditedFile
from dss_runtime.adapters.oneroster._location import location_of
from dss_runtime.adapters.oneroster._look import look
from dss_runtime.adapters.oneroster._manifest import MANIFEST, State, manifest_text
from dss_runtime.adapters.oneroster._set import RosterSet
from dss_runtime.adapters.oneroster._standards import STANDARDS, Standard
from dss_runtime.adapters.oneroster._swap import is_nothing, replace, restore
from dss_runtime.adapters.oneroster._target import RosterTarget
from dss_runtime.adapters.oneroster._writer import write_one
from dss_runtime.codegen import override


class RosterTemplate(DefaultTemplate):
    """Writes the set that the tree's settings name, with `writes = true`; each phase replaces it as a whole.

    What is written is bulk: a record that is not in it any more is to be deleted, by the standard.
    """

    targets: ClassVar[Mapping[str, RosterTarget]] = {}
    transactions = "phase"
    atomic_writes = True

    _files: dict[str, EditedFile]
    _held: RosterSet | None = None
    _state: object = None

    @override
    def begin(self, phase: Phase) -> None:
        """Look at the set as it is; SourceError where it cannot be rewritten without a loss."""
        location = location_of(self.tree.name, self.tree.settings)
        if not location.writes:
            raise SettingsError(
                f"[trees.{self.tree.name}] in dss.toml: set writes = true, so that the set is rewritten"
            )
        self._path = location.path
        restore(self._path)
        self._files = {}
        self._held = None if is_nothing(self._path) else RosterSet(self._path, self._standard)
        self._state = None if self._held is None else self._held.members.state()

    @override
    def end(self, phase: Phase) -> None:
        """Replace the set, where anything in it has changed."""
        edited = {name: file for name, file in self._files.items() if file.changed}
        if not edited:
            return
        if self._now() != self._state:
            raise PermanentError(f"{self._path}: somebody has changed it meanwhile; nothing was written")
        held, standard = self._held, self._standard
        names = {name: f"{name}.csv" if held is None else held.name(name) for name in edited}
        content = {names[name]: file.content() for name, file in edited.items() if len(file)}
        states: dict[str, State] = {} if held is None else dict(held.manifest.files)
        states |= {name: "bulk" if len(file) else "absent" for name, file in edited.items()}
        gone = frozenset(names[name] for name, file in edited.items() if not len(file))
        if standard.version:
            former: Mapping[str, str] = {} if held is None else held.manifest.properties
            name = MANIFEST if held is None else held.names[MANIFEST]
            content = {name: manifest_text(standard, states, former).encode(), **content}
        try:
            replace(self._path, content, gone)
        except OSError as error:
            raise PermanentError(f"{self._path}: cannot be written: {error.strerror}") from error

    @override
    def abandon(self, phase: Phase) -> None:
        """Forget what was to be written."""
        self._files = {}

    @contextmanager
    @override
    def single(self) -> Generator[None]:
        """Undo what a handler has written through the adapter when it raises."""
        marks = {name: file.mark for name, file in self._files.items()}
        try:
            yield
        except BaseException:
            for name, file in self._files.items():
                file.undo_to(marks.get(name, 0))
            raise

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Change the files in memory; they are written when the phase ends."""
        name = works[0].branch
        target = self.targets.get(name)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        file, branch = self._edited(target), self._branch(name)
        return [write_one(file, target, branch, work) for work in works]

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the file holds it now; NotImplemented where that cannot be told."""
        target = self.targets.get(work.branch)
        if target is None:
            return NotImplemented
        return look(self._edited(target), target, self._branch(work.branch), work)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the settings let the set be written, and its folder too."""
        location = location_of(self.tree.name, self.tree.settings)
        if not location.writes:
            advice = f"set writes = true in [trees.{self.tree.name}] of dss.toml"
            yield Check("rights", "error", f"{location.path} is only read", advice)
            return
        yield from _examined(location.path)

    @property
    def _standard(self) -> Standard:
        names = sorted({target.standard for target in self.targets.values()})
        if len(names) != 1:
            raise SettingsError(f"{self.tree.name} mixes {' and '.join(names)}: a set has one standard")
        return STANDARDS[names[0]]

    def _edited(self, target: RosterTarget) -> EditedFile:
        """Return the file of a branch, which is read when it is first needed."""
        if target.file not in self._files:
            self._files[target.file] = EditedFile(self._standard, target.file, self._held)
        return self._files[target.file]

    def _now(self) -> object:
        try:
            return None if is_nothing(self._path) else RosterSet(self._path, self._standard).members.state()
        except SourceError:
            return NotImplemented

    def _branch(self, name: str) -> Branch[Any, Any]:
        return next(each for each in self.tree.branches if each.name == name)


def _examined(path: Path) -> Iterable[Check]:
    """Yield whether the folder that holds the set can be written: a new set is made beside the old one."""
    parent = path.parent
    while not parent.exists():
        parent = parent.parent
    if os.access(parent, os.W_OK):
        yield Check("rights", "ok", f"{path} can be written")
    else:
        yield Check("rights", "error", f"{parent} cannot be written", "a new set is made beside the old one")
