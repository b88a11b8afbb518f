"""What `dss pull` does whatever it pulls from: the options, where the schema goes, and what to do next."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pulled_json import pulled_json
from dss_runtime.cli._session import Session, common_options
from dss_runtime.cli._settings import DEFAULTS, NoProjectError, Settings
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator.pull import Pulled, Taken

F = TypeVar("F", bound=Callable[..., Any])
_SETTINGS = "dss.toml"
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


@dataclass(slots=True)
class Place:
    """Where the schema will go: the project, if there is one, and the file, if one was asked for."""

    session: Session
    request: Request
    settings: Settings | None = field(init=False)
    taken: Taken = field(init=False)

    def __post_init__(self) -> None:
        """Find the project; CommandError, before anything is pulled, for what cannot be done then."""
        from dss_generator.pull import Taken, taken_in

        try:
            self.settings = self.session.settings()
        except NoProjectError:
            self.settings = None
        if self.settings is not None and self.request.init:
            file = shown_path(self.settings.file.path)
            raise CommandError(f"there is a project already, {file}: leave --init away, and give -o FILE")
        for target in (self._given(), *(self._beside() if self.request.init else ())):
            if target is not None and (target.exists() or target.is_symlink()):
                raise CommandError(f"{shown_path(target)} is there already, and nothing is overwritten")
        self.taken = Taken()
        given = self._given()
        if self.settings is not None and given is not None and given.is_relative_to(self.settings.schema):
            self.taken = _no_problems(lambda settings: taken_in(settings.schema), self.settings)

    @property
    def folder(self) -> Path:
        """The folder that paths in the settings are relative to."""
        if self.settings is not None:
            return self.settings.file.path.parent
        return self.session.folder.resolve()

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
        tree = pulled.draft.tree
        table = [f"[trees.{tree}]", *lines] if lines else []
        target = self._target(tree)
        made = self._write(pulled, target, table)
        if self.request.json:
            self.session.out.raw(
                pulled_json(
                    pulled,
                    self.session.secrets,
                    written=[shown_path(path) for path in made],
                    settings=table,
                    unreadable=unreadable,
                )
            )
        elif target is None:
            self.session.out.raw(self.session.secrets.mask(pulled.text).rstrip("\n"))
        else:
            for path in made:
                self.session.out.line(f"wrote {shown_path(path)}")
        self._say(pulled, unreadable)
        for line in self._next(tree, target, table, advice):
            self.session.err.line(line)
        return Exit.OK

    def _target(self, tree: str) -> Path | None:
        given = self._given()
        if given is None and self.request.init:
            from dss_generator.naming import snake

            return self.session.folder.resolve() / DEFAULTS["schema"] / f"{snake(tree)}.yaml"
        return given

    def _given(self) -> Path | None:
        if self.request.output is None:
            return None
        path = (self.session.folder / self.request.output).absolute()
        if path.suffix != ".yaml":
            raise CommandError(f"-o {self.request.output}: the files of a schema end in .yaml")
        return path

    def _beside(self) -> tuple[Path, ...]:
        return (self.session.folder.resolve() / _SETTINGS,)

    def _write(self, pulled: Pulled, target: Path | None, table: Sequence[str]) -> list[Path]:
        """Write the files, each whole or not at all, and return which; the schema is the last of them."""
        contents: dict[Path, str] = {}
        if self.request.init and target is not None:
            contents[self._beside()[0]] = self._settings_text(target, table)
            project = self.session.folder.resolve() / "pyproject.toml"
            if not project.exists():
                text = (files("dss_runtime.cli") / "new_project" / "pyproject.toml.txt").read_text("utf-8")
                contents[project] = text.replace("@NAME@", _project_name(project.parent.name))
        if target is not None:
            contents[target] = pulled.text
        _write_all(self.session, contents)
        return list(contents)

    def _settings_text(self, target: Path, table: Sequence[str]) -> str:
        folder = self.session.folder.resolve()
        if not target.is_relative_to(folder / DEFAULTS["schema"]):
            raise CommandError(f"--init needs -o to be a file below {DEFAULTS['schema']}/")
        lines = [f'{key} = "{value}"' for key, value in DEFAULTS.items() if key != "root"]
        return "\n".join(
            ["# Folders are relative to this file.", *lines, *([""] if table else []), *table, ""]
        )

    def _say(self, pulled: Pulled, unreadable: Sequence[str]) -> None:
        err = self.session.err
        tables = pulled.draft.tables
        fields = sum(len(table.fields) for table in tables)
        doubts = pulled.draft.doubts
        look = ', to be looked at: search for "doubt:"' if doubts else ""
        err.line(
            f"{counted(len(tables), 'model')}, {counted(fields, 'field')}; {counted(doubts, 'doubt')}{look}"
        )
        for text in pulled.empty:
            err.line(f"left out: {text}", "yellow")
        if unreadable:
            err.line(
                f"{counted(len(unreadable), 'row')} could not be read, and no evidence taken from them:",
                "yellow",
            )
            for line in unreadable[:_MOST_SHOWN]:
                err.line(f"  {line}")
            if len(unreadable) > _MOST_SHOWN:
                err.line(f"  and {len(unreadable) - _MOST_SHOWN:,} more")

    def _next(
        self, tree: str, target: Path | None, table: Sequence[str], advice: Sequence[str]
    ) -> Sequence[str]:
        """Return what to do next, a line each."""
        lines: list[str] = []
        told = self.request.init or (self.settings is not None and tree in self.settings.trees)
        if target is None:
            lines.append("next: the same with -o schema/NAME.yaml writes it into a project"
                         + ("" if self.settings else ", with --init it also makes the project"))  # fmt: skip
        elif self.settings is not None and not target.is_relative_to(self.settings.schema):
            lines.append(f"note: the schema of this project is in {shown_path(self.settings.schema)}")
        if table and not told and (target is not None or self.settings is not None):
            where = (
                shown_path(self.folder / _SETTINGS)
                if self.settings is None
                else shown_path(self.settings.file.path)
            )
            new = f"next: make {where} with" if self.settings is None else f"next: add to {where}"
            lines += [f"{new} these lines:", *(f"  {line}" for line in table)]
        lines += advice
        if target is not None:
            lines.append("next: dss generate && mypy --strict .")
        return lines


def _no_problems(call: Callable[[Settings], Taken], settings: Settings) -> Taken:
    from dss_generator import GeneratorError

    try:
        return call(settings)
    except GeneratorError as error:
        raise CommandError(f"the schema that is there has problems; mend them first:\n{error}") from error


def _write_all(session: Session, contents: Mapping[Path, str]) -> None:
    """Write every file, or none: what was written goes again when a later one fails."""
    from dss_generator.output import write

    done: list[Path] = []
    try:
        for path, text in contents.items():
            write(path, text.encode())
            done.append(path)
    except OSError as error:
        for path in done:
            path.unlink(missing_ok=True)
        where = shown_path(Path(error.filename or "")) if error.filename else "the file"
        raise CommandError(f"{where}: cannot be written: {error.strerror}; nothing was written") from error


def _project_name(folder: str) -> str:
    """Return a name for a Python project in a folder of this name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", folder).strip("-") or "project"


def relative_to(path: Path, folder: Path) -> str:
    """Return *path* as the settings in *folder* say it: relative, with slashes, if both are on one disk."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()
