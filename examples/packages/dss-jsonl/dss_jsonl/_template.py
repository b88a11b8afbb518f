"""Writing a branch to its file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from dss_jsonl._file import folder_of, line_of, object_of, read_lines, write_lines
from dss_runtime.extending import (
    DataStoreTree,
    DefaultTemplate,
    FieldType,
    ListType,
    Outcome,
    Phase,
    SetType,
    Target,
    Work,
    override,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonlTarget(Target):
    """The file of a branch, relative to the folder in the tree's settings."""

    path: str


class JsonlTemplate(DefaultTemplate):
    """Writes records to the files in the folder that the tree's settings name.

    The changes of a phase are collected, and each file is replaced at its end, in one step. Lines that are no
    objects, and members that the schema does not know, stay as they are.
    """

    targets: ClassVar[Mapping[str, JsonlTarget]] = {}

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._open: dict[str, _Lines] = {}

    @override
    def begin(self, phase: Phase) -> None:
        """Begin to collect."""
        self._open = {}

    @override
    def end(self, phase: Phase) -> None:
        """Replace the files that have changed."""
        opened, self._open = self._open, {}
        for each in opened.values():
            each.save()

    @override
    def abandon(self, phase: Phase) -> None:
        """Forget what was collected."""
        self._open = {}

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Take the works into the lines of their branch's file."""
        branch = works[0].branch
        if branch not in self._open:
            target = self.targets[branch]
            self._open[branch] = _Lines(folder_of(self.tree) / target.path, target)
        lines = self._open[branch]
        return [
            Outcome.failed(reason) if (reason := lines.take(each)) else Outcome.applied() for each in works
        ]


class _Lines:
    """The lines of a file, and where among them each key of the branch is."""

    def __init__(self, path: Path, target: JsonlTarget) -> None:
        self._path = path
        self._target = target
        self._lines: list[str | None] = list(read_lines(path))
        self._at: dict[Hashable, int] = {}
        for at, line in enumerate(self._lines):
            key = self._key(object_of(line or ""))
            if key is not None:
                self._at[key] = at

    def save(self) -> None:
        """Write the file anew."""
        write_lines(self._path, [line for line in self._lines if line is not None])

    def take(self, work: Work) -> str:
        """Carry out a work, and return why it cannot be, or nothing."""
        at = self._at.get(work.key)
        if work.phase == "new":
            return self._create(work, at)
        if at is None:
            return "there is no such line any more"
        if work.phase == "old" and self._target.old == "delete":
            self._lines[at] = None
            del self._at[work.key]
            return ""
        found = object_of(self._lines[at] or "") or {}
        found |= self._target.set if work.phase == "old" else self._members(work, work.attributes)
        self._lines[at] = line_of(found)
        return ""

    def _create(self, work: Work, at: int | None) -> str:
        """Append a line, or bring back one that was set aside."""
        found = {**self._target.scope, **self._members(work, self._target.columns)}
        if at is None:
            self._at[work.key] = len(self._lines)
            self._lines.append(line_of(found))
            return ""
        if self._target.old != "set":
            return "there is such a line already"
        self._lines[at] = line_of(
            {**(object_of(self._lines[at] or "") or {}), **found, **self._target.returns}
        )
        return ""

    def _members(self, work: Work, names: Sequence[str] | Mapping[str, str]) -> dict[str, object]:
        """Return the members that hold the fields *names* as the left side has them."""
        target = self._target
        held_back = target.unwritten if work.phase == "new" else target.unwritten | target.create_only
        return {
            target.columns[name]: self._member(name, getattr(work.left, name))
            for name in names
            if name in target.columns and name not in held_back
        }

    def _member(self, name: str, value: Any) -> object:
        if value is None:
            return "" if name in self._target.nulls_as_empty else None
        return _member(self._target.types[name], value)

    def _key(self, found: dict[str, Any] | None) -> Hashable | None:
        """Return the key of a line of this branch, None for any other line."""
        target = self._target
        if found is None or any(str(found.get(name)) != str(value) for name, value in target.scope.items()):
            return None
        try:
            values = [target.types[name].parse(found.get(target.columns[name])) for name in target.key]
        except ValueError:
            return None
        return values[0] if len(values) == 1 else tuple(values)


def _member(kind: FieldType[Any], value: Any) -> object:
    """Return a value as JSON has it: what JSON has no form for is text."""
    if isinstance(kind, SetType):
        return sorted(kind.of.format(each) for each in value)
    if isinstance(kind, ListType):
        return [kind.of.format(each) for each in value]
    if kind.name == "json":  # whose text is JSON, so that a text itself is text in quotes
        return kind.format(value) if isinstance(value, str) else value
    return value if isinstance(value, (str, int, float, bool)) else kind.format(value)
