"""`dss init`: a new project that works at once."""

from __future__ import annotations

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._new_project import folder_for, write_files, written_whole
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._settings import read_settings
from dss_runtime.cli._toml_file import TomlFile


@click.command()
@click.argument("name")
@common_options
@pass_session
def init(session: Session, *, name: str) -> Exit:
    """Start a new project in the folder NAME.

    It is a small shop whose products come from a supplier's file, and it works at once: make it yours by
    editing the schema and the handlers.

    \b
    dss init shop
    cd shop
    dss plan Supplier Shop
    """
    folder = folder_for(session.folder, name)
    with written_whole(folder) as beside:
        write_files(beside, name)
        _generator.write(read_settings(TomlFile.read(beside / "dss.toml"), Secrets()))
    session.out.line(f"made {folder}", "green")
    session.err.line(f"next: cd {folder} && dss plan Supplier Shop")
    return Exit.OK
