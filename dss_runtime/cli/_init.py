"""`dss init`: a new project that works at once."""

from __future__ import annotations

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._new_project import folder_for, write_files, write_pack, written_whole
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._settings import read_settings
from dss_runtime.cli._toml_file import TomlFile


@click.command()
@click.argument("name")
@click.option(
    "pack",
    "--pack",
    metavar="PACK",
    help="Start from a pack: the schema of a format that many systems export, ready to run.",
)
@common_options
@pass_session
def init(session: Session, *, name: str, pack: str | None) -> Exit:
    """Start a new project in the folder NAME.

    It is a small shop whose products come from a supplier's file, and it works at once: make it yours by
    editing the schema and the handlers. With a pack it is about what that reads: oneroster-1.1,
    oneroster-1.2, sds-2.1, powerschool-headered or powerschool-autosend.

    \b
    dss init shop
    dss init school --pack oneroster-1.2
    """
    folder = folder_for(session.folder, name)
    found = None if pack is None else _generator.pack_of(pack)
    with written_whole(folder) as beside:
        if found is None:
            write_files(beside, name)
        else:
            write_pack(beside, name, found)
        _generator.write(read_settings(TomlFile.read(beside / "dss.toml"), Secrets()))
    session.out.line(f"made {folder}", "green")
    trees = "Supplier Shop" if found is None else f"{found.left} {found.right}"
    session.err.line(f"next: cd {folder} && dss plan {trees}")
    return Exit.OK
