"""`dss generate --watch`: generating anew whenever the schema or the settings change.

watchfiles says when to look. What decides is whether a file that counts is another one than before, so that
an editor's temporary files, a save in several steps and our own writing cause no run too many. A look every
few seconds catches what no system reports, such as a folder that came back.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from dss_runtime import DssError
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._failures import tell
from dss_runtime.cli._project import EXTRAS
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._toml_file import shown_path

SETTINGS_FILES = ("dss.toml", "pyproject.toml")
QUIET = 100
"""Milliseconds without a change after which a save counts as whole."""
AT_LEAST = 2_000
"""Milliseconds after which there is a look, whatever the system reports."""
SUFFIXES = (".yaml", ".yml")
FEW = 3

State: TypeAlias = Mapping[Path, tuple[int, ...]]
"""What tells a file from the one that it was: number, size and time of change, by path."""


def watch(session: Session, generate: Callable[[Settings], Exit]) -> Exit:
    """Call *generate* now, and after each change until Ctrl-C, which is how watching ends: with 0.

    Its errors are told, and are no end: the next change may mend them. Ctrl-C in the middle of a run ends as
    it does without watching. CommandError where watchfiles is missing, SettingsError where there is no
    project to begin with.
    """
    changes = _watchfiles()
    settings = session.settings()
    seen = state_of(session.folder, settings)
    _run(session, generate, settings)
    try:
        _wait(session, settings)
        while True:
            folders = _folders(settings)
            for _ in changes({path for path, _ in folders}):
                found = state_of(session.folder, settings)
                if found != seen:
                    _name(session, seen, found)
                    settings, seen = _again(session, generate, settings, found)
                    _wait(session, settings)
                if _folders(settings) != folders:
                    break
    except KeyboardInterrupt:
        session.err.line("stopped watching")
        return Exit.OK


def state_of(start: Path, settings: Settings) -> State:
    """Return the state of everything that generating depends on; () for a file that may be, and is not.

    That is each schema file, the project's settings, the files in which *start* has nearer ones, and the
    templates that the project declares.
    """
    own = (*_schema_files(settings.schema), *_template_files(settings))
    files = [*_settings_files(start), settings.file.path, *own]
    return {path: _state(path) for path in files}


def _again(
    session: Session, generate: Callable[[Settings], Exit], settings: Settings, found: State
) -> tuple[Settings, State]:
    """Generate with the settings as they are now; return them, and the state that was generated from."""
    try:
        settings = session.settings()
    except DssError as error:
        tell(session, error)
        return settings, found
    # Another schema may be meant now. Where both know a file, the earlier look counts: what changed since
    # then is to be seen.
    now = state_of(session.folder, settings)
    _run(session, generate, settings)
    return settings, {path: found.get(path, state) for path, state in now.items()}


def _run(session: Session, generate: Callable[[Settings], Exit], settings: Settings) -> None:
    try:
        generate(settings)
    except KeyboardInterrupt:
        raise click.Abort from None  # not the end of watching, but that of a run, which may be half done
    except Exception as error:  # noqa: BLE001 - whatever it is, the next change may mend it
        tell(session, error)


def _wait(session: Session, settings: Settings) -> None:
    """Say that the last run is over."""
    session.err.line(
        f"watching {shown_path(settings.schema)} and {shown_path(settings.file.path)}; Ctrl-C ends it", "dim"
    )


def _name(session: Session, before: State, after: State) -> None:
    """Say which files are other ones than before."""
    paths = sorted(
        path for path in before.keys() | after.keys() if before.get(path, ()) != after.get(path, ())
    )
    more = f" and {counted(len(paths) - FEW, 'other file')}" if len(paths) > FEW else ""
    session.err.line(f"changed: {', '.join(map(shown_path, paths[:FEW]))}{more}", "dim")


def _settings_files(start: Path) -> Iterator[Path]:
    """Yield where settings are looked for, from *start* up to the folder that has any."""
    start = start.resolve()
    for folder in (start, *start.parents):
        paths = [folder / name for name in SETTINGS_FILES]
        yield from paths
        if any(path.is_file() for path in paths):
            return


def _schema_files(schema: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(schema):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(parent, name)


def _template_folders(settings: Settings) -> set[Path]:
    """Return the folders of the project's own templates, which may include what lies beside them."""
    return {(settings.root / row.template).parent for row in settings.artefacts if row.template}


def _template_files(settings: Settings) -> Iterator[Path]:
    """Yield the project's own templates, and the files of their kinds beside them."""
    suffixes = {Path(row.template).suffix for row in settings.artefacts if row.template}
    for folder in _template_folders(settings):
        with contextlib.suppress(OSError):  # no folder, or none any more: each template is missed elsewhere
            yield from [path for path in folder.iterdir() if path.suffix in suffixes]


def _state(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _folders(settings: Settings) -> set[tuple[Path, int]]:
    """Return the folders to watch, with their numbers: one that was made anew is another one."""
    inner = [Path(parent) for parent, _, _ in os.walk(settings.schema)]
    paths = {settings.schema.parent, settings.file.path.parent, *inner, *_template_folders(settings)}
    found = {(path, _state(path)[:1]) for path in paths}
    return {(path, number[0]) for path, number in found if number}


def _watchfiles() -> Callable[[Iterable[Path]], Iterator[object]]:
    """Return what waits for changes in folders, and comes back every now and then without any."""
    try:
        import watchfiles
    except ModuleNotFoundError as error:
        extra = EXTRAS["watchfiles"]
        raise CommandError(
            f"--watch needs watchfiles: python -m pip install 'datastoresync[{extra}]'"
        ) from error

    def changes(folders: Iterable[Path]) -> Iterator[object]:
        try:
            yield from watchfiles.watch(
                *folders,
                watch_filter=None,
                step=QUIET,
                rust_timeout=AT_LEAST,
                yield_on_timeout=True,
                recursive=False,
                ignore_permission_denied=True,
            )
        except FileNotFoundError:
            return  # a folder went away while it was about to be watched

    return changes
