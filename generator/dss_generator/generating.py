"""Generating a project: load, render, write, prune, and stubs for what the project has to write itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import diagnosis
from .changes import Change
from .collector import collector_suspended
from .custom.rendering import Printed, render_custom
from .naming import collisions
from .output import foreign_files, is_in_the_way, read, read_owned, write
from .problems import GeneratorError, Problem, Problems
from .project import Project
from .rendering import render_all
from .schema.load import load_schema
from .schema.resolved import Schema
from .stubs.expected import expected_files
from .stubs.mending import fresh_names, mend, remarks, uses_left
from .stubs.source import HandlerFileError, is_there, read_source
from .stubs.text import file_text

_COMMAND = "dss generate"
"""What the headers say of the files in the generated package that keeps them."""
_INSTEAD = "the schema or a handler"
"""What somebody can edit who wants one of them otherwise."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or would be: paths relative to the root, lines ready to print, and problems.

    `changes` are the files before and after; `stubs` says what was inserted or renamed
    where; `stale` are the handlers that nothing calls, and uses of a handler by the name that it had;
    `problems` says of everything else that was out of step before where it is and what to do. Both are by
    the rules of `file_rules`.
    """

    written: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    stale: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def diff(self) -> str:
        """The unified diff from what is there to what should be; worked out when it is asked for."""
        return "".join(each.diff for each in self.changes)

    @property
    def ok(self) -> bool:
        """Whether everything is as the schema has it."""
        return not (self.written or self.pruned or self.stubs or self.stale)


def generate(project: Project, *, apply_renames: bool = False) -> Report:
    """Bring the generated package in step with the schema, and insert the stubs that are missing.

    With *apply_renames*, handlers that a `renamed_from` of the schema is about get their names of today.
    Raises SchemaError with every problem of the schema, and GeneratorError with every file in the way; then
    nothing was written.
    """
    plan = _plan(_Plan(project, writes=True, apply_renames=apply_renames))
    while plan.is_outdated:
        plan = _plan(_Plan(project, writes=True, apply_renames=apply_renames))
    foreign = [str(each) for each in plan.problems if each.rule == "foreign-file"]
    if foreign:
        raise GeneratorError("\n".join(foreign))
    # The files of people come first: nobody has time to save one of them in between. Then what notes the
    # renames that were followed.
    for path in sorted(plan.contents, key=lambda path: (path not in plan.seen, path.name != "wiring.py")):
        write(path, plan.contents[path])
    for path in plan.obsolete:
        path.unlink()
    return plan.report


def check(project: Project, *, apply_renames: bool = False) -> Report:
    """Say what `generate` would do, and write nothing."""
    return _plan(_Plan(project, writes=False, apply_renames=apply_renames)).report


@dataclass(slots=True)
class _Plan:
    """Everything that is to be written, in memory, before anything is."""

    project: Project
    writes: bool
    apply_renames: bool
    contents: dict[Path, bytes] = field(default_factory=dict[Path, bytes])
    seen: dict[Path, bytes | None] = field(default_factory=dict[Path, bytes | None])
    obsolete: list[Path] = field(default_factory=list[Path])
    written: list[str] = field(default_factory=list[str])
    stubs: list[str] = field(default_factory=list[str])
    stale: list[Problem] = field(default_factory=list[Problem])
    changes: list[Change] = field(default_factory=list[Change])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def is_outdated(self) -> bool:
        """Whether somebody saved a file of handlers since it was read: that must not be written over."""
        now = {path: path.read_bytes() if path.exists() else None for path in self.seen}
        return now != self.seen

    @property
    def report(self) -> Report:
        pruned = tuple(map(self.project.shown, self.obsolete))
        return Report(
            tuple(self.written),
            pruned,
            tuple(self.stubs),
            tuple(self.stale),
            tuple(self.changes),
            tuple(self.problems),
        )


def _plan(plan: _Plan) -> _Plan:
    project = plan.project
    with collector_suspended():
        schema = load(project)
        _plan_artefacts(plan, render_all(schema, project), render_custom(schema, project))
        if project.json_schema is not None:
            _plan_json_schema(plan, project.json_schema)
        _plan_stubs(plan, schema)
    return plan


def load(project: Project) -> Schema:
    """Return the project's schema (SchemaError with every problem, derived names that collide included)."""
    schema = load_schema(project.schema, project.language)
    problems = Problems()
    collisions(schema, problems)
    problems.raise_any()
    return schema


def _plan_artefacts(plan: _Plan, own: dict[str, str], custom: dict[str, Printed]) -> None:
    folder = plan.project.generated
    rendered = {**{name: Printed(text, _INSTEAD) for name, text in own.items()}, **custom}
    foreign = foreign_files(folder, rendered, _COMMAND)
    present = {**read_owned(folder, _COMMAND), **{name: read(folder / name) for name in foreign}}
    for name, printed in rendered.items():
        text = printed.text
        if present.get(name) != text:
            shown = plan.project.shown(folder / name)
            plan.contents[folder / name] = text.encode()
            plan.written.append(shown)
            plan.changes.append(Change(shown, present.get(name, ""), text))
            is_foreign, instead = name in foreign, printed.instead
            plan.problems.append(
                diagnosis.generated_file(shown, present.get(name), text, foreign=is_foreign, instead=instead)
            )
    for name, text in present.items():
        if name not in rendered:
            shown = plan.project.shown(folder / name)
            plan.obsolete.append(folder / name)
            plan.changes.append(Change(shown, text, ""))
            plan.problems.append(diagnosis.obsolete_file(shown, text))


def _plan_json_schema(plan: _Plan, path: Path) -> None:
    """Plan the file that tells editors the language, as this version and its extensions understand it."""
    from .schema.json_schema import usable_json_schema_text  # a program too, which imports this package

    text, present = usable_json_schema_text(), read(path).replace("\r\n", "\n")
    shown = plan.project.shown(path)
    foreign = is_in_the_way(path)
    if present != text:
        plan.contents[path] = text.encode()
        plan.written.append(shown)
        plan.changes.append(Change(shown, present, text))
        plan.problems.append(diagnosis.json_schema_file(shown, exists=path.exists(), foreign=foreign))


def _plan_stubs(plan: _Plan, schema: Schema) -> None:
    folder = plan.project.handlers
    problems: list[Problem] = []
    init = folder / "__init__.py"
    try:
        if not is_there(init, plan.project.shown(init)):
            _add_file(plan, init, '"""The handlers: what this project itself writes."""\n')
    except HandlerFileError as error:
        problems.extend(error.problems)
    fresh = fresh_names(read(plan.project.generated / "wiring.py"))
    for stub in expected_files(schema, plan.project):
        path = folder / stub.path
        try:
            if not is_there(path, plan.project.shown(path)):
                own = ("dss_runtime", plan.project.package.partition(".")[0])
                _add_file(plan, path, file_text(stub, own), [each.name for each in stub.classes])
                continue
            source = read_source(path, plan.project.shown(path))
            mended = mend(source, stub, fresh, apply_renames=plan.apply_renames)
        except HandlerFileError as error:
            problems.extend(error.problems)
            continue
        if mended.source.content != source.content:
            plan.seen[path], plan.contents[path] = source.content, mended.source.content
            plan.problems.extend(diagnosis.missing_handlers(source, mended.source, mended.renamed))
            plan.problems.extend(mended.waiting)
            plan.stubs.extend(mended.done)
            plan.changes.append(Change(source.path, source.plain_text, mended.source.plain_text))
        # What is only looked at is told with its place as it is.
        plan.stale.extend(remarks(mended.source if plan.writes or plan.apply_renames else source, stub))
        plan.stale.extend(uses_left(mended, stub))
    if problems:
        raise HandlerFileError(problems)


def _add_file(plan: _Plan, path: Path, text: str, classes: Iterable[str] = ()) -> None:
    plan.seen[path], plan.contents[path] = None, text.encode()
    plan.stubs.append(f"{plan.project.shown(path)}: new")
    plan.changes.append(Change(plan.project.shown(path), "", text))
    plan.problems.append(diagnosis.missing_handler_file(plan.project.shown(path), classes))
