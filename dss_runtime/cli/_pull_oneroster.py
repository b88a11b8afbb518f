"""`dss pull oneroster`: a first schema from the files of a roster."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pull_csv import open_files
from dss_runtime.cli._pulled_files import relative_to, setting
from dss_runtime.cli._pulling import Request, find_place, pull_options
from dss_runtime.cli._session import Session, pass_session
from dss_runtime.cli._toml_file import shown_path

_LARGEST = 4 << 30
"""So many bytes a zip may unpack to."""


@click.command()
@click.argument("folder", metavar="DIR")
@pull_options
@pass_session
def oneroster(
    session: Session, *, folder: str, tree: str | None, output: str | None, init: bool, as_json: bool
) -> Exit:
    """Write a first schema from the OneRoster CSV files in DIR, a folder or a zip.

    Versions 1.1 and 1.2. Columns of the standard get its types, enums and refs where all values agree; slips
    in the names of files and columns are reported, with what was probably meant.

    \b
    dss pull oneroster roster/ --init
    dss pull oneroster roster.zip -o schema/roster.yaml
    """
    from dss_generator.pull import PullError, pull
    from dss_generator.pull.oneroster import oneroster_tables

    place = find_place(session, Request(tree, output, init, as_json))
    given = session.folder / folder
    with _unpacked(given) as root:

        def named(text: str) -> str:
            return text.replace(shown_path(root), str(given))

        try:
            names = sorted(path for path in root.iterdir() if path.suffix.lower() == ".csv")
            if not names:
                raise CommandError(f"{given}: holds no *.csv file")
            opened = open_files(names, None)
            roster = oneroster_tables(opened)
            pulled = pull(
                roster.tables,
                command="dss pull oneroster",
                tree=place.tree("OneRoster"),
                adapter="csv",
                taken=place.taken,
            )
        except PullError as error:
            raise CommandError(f"nothing was pulled:\n{named(str(error))}") from error
        slips = list(map(named, roster.slips))
        unreadable = [named(line) for file in opened for line in file.unreadable]
    session.err.line(f"OneRoster {roster.version}")
    for slip in slips:
        session.err.line(slip, "yellow")
    zipped = given.is_file()
    where = relative_to(given.with_suffix("") if zipped else given.absolute(), place.folder)
    advice = [f"next: unpack {given} into {where}"] if zipped else []
    return place.finish(pulled, lines=[setting("folder", where)], advice=advice, unreadable=unreadable)


@contextmanager
def _unpacked(given: Path) -> Generator[Path]:
    """Give the folder *given*, or a new one with the files of the zip *given*, which is gone afterwards."""
    if given.is_dir():
        yield given
        return
    if not given.is_file():
        raise CommandError(f"{given}: there is no such folder or zip")
    if not zipfile.is_zipfile(given):
        raise CommandError(f"{given}: is no zip: a roster is a folder of CSV files, or a zip of them")
    with tempfile.TemporaryDirectory() as folder:
        try:
            _unpack(given, Path(folder))
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise CommandError(f"{given}: cannot be unpacked: {error}") from error
        yield Path(folder)


def _unpack(given: Path, folder: Path) -> None:
    """Unpack the CSV files at the root of a zip; what lies deeper is no part of a roster."""
    with zipfile.ZipFile(given) as archive:
        members = [each for each in archive.infolist() if not each.is_dir()]
        if sum(each.file_size for each in members) > _LARGEST:
            raise CommandError(f"{given}: unpacks to more than {_LARGEST:,} bytes")
        deep = [each.filename for each in members if "/" in each.filename or "\\" in each.filename]
        found = [
            each for each in members if each.filename not in deep and each.filename.lower().endswith(".csv")
        ]
        if not found:
            inside = f": they lie deeper, such as {deep[0]!r}" if deep else ""
            raise CommandError(
                f"{given}: holds no *.csv file at its root{inside}; the standard has all of them there"
            )
        for each in found:
            with archive.open(each) as source, (folder / Path(each.filename).name).open("wb") as target:
                shutil.copyfileobj(source, target)
