"""What `dss pull` does whatever it pulls from: the options, where the schema goes, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pulled_files import (
    SETTINGS,
    json_schema_in,
    modeline,
    project_files,
    refuse_existing,
    write_new,
)
from dss_runtime.cli._pulled_json import pulled_json
from dss_runtime.cli._session import Session, common_options
from dss_runtime.cli._settings import DEFAULTS, NoProjectError, Settings
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._told import told
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator.pull import Pulled, Taken

F = TypeVar("F", bound=Callable[..., Any])
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Request:
    """What the options that every source has ask for."""

    tree: str | None
    output: str | None
    init: bool
    json: bool


def pull_options(command: F) -> F:
    """Add the options that every source of `dss pull` has."""
    tree = click.option(
        "--tree", metavar="NAME", help="What the schema calls the system (to be guessed if not given)."
    )
    output = click.option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the schema to FILE, such as schema/moodle.yaml. Nothing is ever overwritten.",
    )
    init = click.option(
        "--init",
        is_flag=True,
        help="Start a project here: write the schema and the settings that go with it.",
    )
    json = click.option(
        "--json", "as_json", is_flag=True, help="Print a report as JSON, the schema included."
    )
    return tree(output(init(json(common_options(command)))))


def find_place(session: Session, request: Request) -> Place:
    """Return where the schema will go.

    Raises CommandError, before anything is pulled, for what could not be done in the end.
    """
    from dss_generator.pull import NOTHING

    try:
        settings = session.settings()
    except NoProjectError:
        settings = None
    folder = session.folder.resolve()
    output = None if request.output is None else (session.folder / request.output).absolute()
    if output is not None and output.suffix != ".yaml":
        raise CommandError(f"-o {request.output}: the files of a schema end in .yaml")
    if request.init and settings is not None:
        file = shown_path(settings.file.path)
        raise CommandError(f"there is a project already, {file}: leave --init away, and give -o FILE")
    if request.init and output is not None and not output.is_relative_to(folder / DEFAULTS["schema"]):
        raise CommandError(f"--init needs -o to be a file below {DEFAULTS['schema']}/")
    refuse_existing([path for path in (output, folder / SETTINGS if request.init else None) if path])
    schema = settings.schema if settings is not None else folder / DEFAULTS["schema"]
    joins = request.init or (output is not None and output.is_relative_to(schema))
    return Place(session, request, settings, schema, output, _taken(schema) if joins else NOTHING)


def _taken(schema: Path) -> Taken:
    from dss_generator.pull import taken_in

    with told("the schema that is there has problems; mend them first", schema=schema):
        return taken_in(schema)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the schema goes: the project's settings and the folder of its schema, or what they will be.

    `output` is the file that -o names, `taken` the names that the schema there has already.
    """

    session: Session
    request: Request
    settings: Settings | None
    schema: Path
    output: Path | None
    taken: Taken

    @property
    def folder(self) -> Path:
        """The folder that paths in the settings are relative to."""
        return self.session.folder.resolve() if self.settings is None else self.settings.file.path.parent

    def tree(self, wish: str) -> str:
        """Return what to call the tree: what --tree says, else a free name after *wish*."""
        from dss_generator.pull import check_tree_name, tree_name

        if self.request.tree is None:
            return tree_name(wish, self.taken)
        check_tree_name(self.request.tree, self.taken)
        return self.request.tree

    def finish(
        self,
        pulled: Pulled,
        *,
        lines: Sequence[str] = (),
        advice: Sequence[str] = (),
        unreadable: Sequence[str] = (),
    ) -> Exit:
        """Write or print what was pulled, and say what to do next.

        *lines* are those of the tree in the settings, *advice* what else to do; *unreadable* says which rows
        could not be read, and so are no part of the evidence.
        """
        tree, out = pulled.draft.tree, self.session.out
        table = [f"[trees.{tree}]", *lines] if lines else []
        target = self._target(tree)
        contents = project_files(self.folder, table) if self.request.init else {}
        if target is not None:
            pulled = replace(pulled, text=self._modeline(target) + pulled.text)
            contents[target] = pulled.text
        write_new(contents)
        written = [shown_path(path) for path in contents]
        if self.request.json:
            secrets = self.session.secrets
            out.raw(pulled_json(pulled, secrets, written=written, settings=table, unreadable=unreadable))
        elif target is None:
            out.raw(pulled.text.rstrip("\n"))  # names and types: nothing of a URL is in it
        else:
            for path in written:
                out.line(f"wrote {path}")
        for line in (*_found(pulled), *_lost(pulled, unreadable), *self._next(tree, target, table, advice)):
            self.session.err.line(line)
        return Exit.OK

    def _target(self, tree: str) -> Path | None:
        if self.output is not None or not self.request.init:
            return self.output
        from dss_generator.naming import snake

        return self.schema / f"{snake(tree)}.yaml"

    def _modeline(self, target: Path) -> str:
        """Return the line for editors, "" in a project that keeps no JSON Schema for them."""
        kept = self.settings.json_schema if self.settings is not None else None
        if self.request.init:
            kept = json_schema_in(self.folder)
        return "" if kept is None else modeline(kept, target)

    def _next(
        self, tree: str, target: Path | None, table: Sequence[str], advice: Sequence[str]
    ) -> Iterator[str]:
        """Yield what to do next, a line each."""
        settings = self.settings
        if target is None:
            also = "" if settings else ", with --init it also makes the project"
            yield f"next: the same with -o schema/NAME.yaml writes it into a project{also}"
        elif not target.is_relative_to(self.schema):
            yield f"note: a schema is looked for in {shown_path(self.schema)}, and this file is not there"
        told = self.request.init or (settings is not None and tree in settings.trees)
        if table and not told and settings is not None:
            yield f"next: add to {shown_path(settings.file.path)} these lines:"
            yield from (f"  {line}" for line in table)
        elif table and not told and target is not None:
            yield f"next: make {shown_path(self.folder / SETTINGS)} with these lines:"
            yield from (f"  {line}" for line in table)
        yield from advice
        if target is not None:
            yield "next: dss generate && mypy --strict ."


def _found(pulled: Pulled) -> Iterator[str]:
    tables, doubts = pulled.draft.tables, pulled.draft.doubts
    fields = sum(len(table.fields) for table in tables)
    look = ', to be looked at: search for "doubt:"' if doubts else ""
    yield f"{counted(len(tables), 'model')}, {counted(fields, 'field')}; {counted(doubts, 'doubt')}{look}"


def _lost(pulled: Pulled, unreadable: Sequence[str]) -> Iterator[str]:
    """Yield which tables and columns were not taken, and which rows could not be read."""
    yield from (f"left out: {text}" for text in pulled.empty)
    for table in pulled.draft.tables:
        if table.left_out:
            names = ", ".join(str(each.source) or "without a name" for each in table.left_out)
            columns = counted(len(table.left_out), "column")
            yield f"left out: {columns} of {table.title} ({names}); comments in the schema say why"
    if unreadable:
        yield f"{counted(len(unreadable), 'row')} could not be read, and gave no evidence:"
        yield from (f"  {line}" for line in unreadable[:_MOST_SHOWN])
        if len(unreadable) > _MOST_SHOWN:
            yield f"  and {len(unreadable) - _MOST_SHOWN:,} more"
