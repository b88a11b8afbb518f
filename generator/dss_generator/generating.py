"""Generating a project: load, render, write, prune, and stubs for what the project has to write itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .changes import Change
from .collector import collector_suspended
from .naming import collisions
from .output import foreign_files, read, read_owned, write
from .problems import GeneratorError, Problems
from .project import Project
from .rendering import render_all
from .schema.load import load_schema
from .schema.resolved import Schema
from .stubs.expected import StubFile, expected_files, renames
from .stubs.source import Insertion, Source
from .stubs.stale import stale_handlers
from .stubs.text import file_text


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or would be: paths relative to the root, lines ready to print.

    `changes` are the files before and after; `stubs` says what was inserted where; `stale` names the handlers
    that nothing calls.
    """

    written: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def diff(self) -> str:
        """The unified diff from what is there to what should be; worked out when it is asked for."""
        return "".join(each.diff for each in self.changes)

    @property
    def ok(self) -> bool:
        """Whether everything is as the schema has it."""
        return not (self.written or self.pruned or self.stubs or self.stale)


def generate(project: Project) -> Report:
    """Bring the generated package in step with the schema, and insert the stubs that are missing.

    Raises SchemaError with every problem of the schema, and GeneratorError for a file in the way; then
    nothing was written.
    """
    plan = _plan(project)
    for name in plan.foreign:
        raise GeneratorError(f"{project.generated / name}: not written by the generator; move it away first")
    for path, content in plan.contents.items():
        write(path, content)
    for path in plan.obsolete:
        path.unlink()
    return plan.report


def check(project: Project) -> Report:
    """Say what `generate` would do, and write nothing."""
    return _plan(project).report


@dataclass(slots=True)
class _Plan:
    """Everything that is to be written, in memory, before anything is."""

    project: Project
    contents: dict[Path, bytes] = field(default_factory=dict[Path, bytes])
    foreign: list[str] = field(default_factory=list[str])
    obsolete: list[Path] = field(default_factory=list[Path])
    written: list[str] = field(default_factory=list[str])
    stubs: list[str] = field(default_factory=list[str])
    stale: list[str] = field(default_factory=list[str])
    changes: list[Change] = field(default_factory=list[Change])

    @property
    def report(self) -> Report:
        pruned = tuple(map(self.project.shown, self.obsolete))
        return Report(tuple(self.written), pruned, tuple(self.stubs), tuple(self.stale), tuple(self.changes))


def _plan(project: Project) -> _Plan:
    plan = _Plan(project)
    with collector_suspended():
        schema = load(project)
        _plan_artefacts(plan, render_all(schema, project))
        _plan_stubs(plan, schema)
    return plan


def load(project: Project) -> Schema:
    """Return the project's schema (SchemaError with every problem, derived names that collide included)."""
    schema = load_schema(project.schema)
    problems = Problems()
    collisions(schema, problems)
    problems.raise_any()
    return schema


def _plan_artefacts(plan: _Plan, rendered: dict[str, str]) -> None:
    folder = plan.project.generated
    plan.foreign = foreign_files(folder, rendered)
    present = {**read_owned(folder), **{name: read(folder / name) for name in plan.foreign}}
    for name, text in rendered.items():
        if present.get(name) != text:
            plan.contents[folder / name] = text.encode()
            plan.written.append(plan.project.shown(folder / name))
            plan.changes.append(Change(plan.project.shown(folder / name), present.get(name, ""), text))
    for name, text in present.items():
        if name not in rendered:
            plan.obsolete.append(folder / name)
            plan.changes.append(Change(plan.project.shown(folder / name), text, ""))


def _plan_stubs(plan: _Plan, schema: Schema) -> None:
    folder = plan.project.handlers
    if not (folder / "__init__.py").exists():
        _add_file(plan, folder / "__init__.py", '"""The handlers: what this project itself writes."""\n')
    before = renames(schema)
    for stub in expected_files(schema, plan.project):
        path = folder / stub.path
        if not path.exists():
            own = ("dss_runtime", plan.project.package.partition(".")[0])
            _add_file(plan, path, file_text(stub, own))
            continue
        source = Source(plan.project.shown(path), path.read_bytes())
        insertions = list(_insertions(source, stub))
        if insertions:
            content = source.with_insertions(insertions)
            plan.contents[path] = content
            plan.stubs.extend(_located(source, content, insertions))
            old, new = (each.decode(source.encoding) for each in (source.content, content))
            plan.changes.append(Change(source.path, old, new))
        for each in stub.classes:
            plan.stale.extend(stale_handlers(source, each, before))


def _add_file(plan: _Plan, path: Path, text: str) -> None:
    plan.contents[path] = text.encode()
    plan.stubs.append(f"{plan.project.shown(path)}: new")
    plan.changes.append(Change(plan.project.shown(path), "", text))


def _insertions(source: Source, stub: StubFile) -> Iterator[Insertion]:
    """The insertions for all classes of a file; an import that two of them need is inserted once."""
    imports: dict[str, None] = {}
    line = 0
    for each in stub.classes:
        for insertion in source.insertions(each):
            if insertion.what == "imports":
                line = insertion.line
                imports.update(dict.fromkeys(insertion.text.splitlines()))
            else:
                yield insertion
    if imports:
        yield Insertion(line, "".join(f"{statement}\n" for statement in imports), "imports")


def _located(source: Source, content: bytes, insertions: list[Insertion]) -> Iterator[str]:
    """Say where each stub stands in the file as it will be."""
    after = Source(source.path, content)
    for insertion in insertions:
        if insertion.what != "imports":
            yield f"{source.path}:{after.line_of(insertion.owner, insertion.what)}: inserted {insertion.what}"
