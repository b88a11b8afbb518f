"""`dss pull parquet`: a first schema from Parquet and Arrow files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dss_runtime import SourceError
from dss_runtime._extras import MissingExtraError
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pulled_files import below_one_folder, not_files, relative_to, setting
from dss_runtime.cli._pulling import Request, find_place, pull_options
from dss_runtime.cli._session import Session, pass_session
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator.pull.parquet_files import FileColumn


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@pull_options
@pass_session
def parquet(
    session: Session,
    *,
    files: tuple[str, ...],
    tree: str | None,
    output: str | None,
    init: bool,
    as_json: bool,
) -> Exit:
    """Write a first schema from Parquet or Arrow FILES.

    Types are those of the files; every row is read, for keys, refs, enums and what may be missing. Files
    whose names differ only in a version or date, and that have the same columns, are one branch.

    \b
    dss pull parquet students.parquet courses.arrow
    dss pull parquet lake/*.parquet --tree Lake -o schema/lake.yaml
    """
    from dss_generator.pull import PullError, pull
    from dss_generator.pull.parquet_files import parquet_tables

    place = find_place(session, Request(tree, output, init, as_json))
    try:
        opened = _opened([session.folder / name for name in files])
        root = opened[0].folder
        tables = parquet_tables(opened)
        name = root.name if root != session.folder.resolve() else "Files"
        wish = place.tree(name)
        pulled = pull(tables, command="dss pull parquet", tree=wish, adapter="parquet", taken=place.taken)
    except PullError as error:
        raise CommandError(f"nothing was pulled:\n{error}") from error
    except MissingExtraError as error:
        raise CommandError(str(error)) from error
    return place.finish(pulled, lines=[setting("folder", relative_to(root, place.folder))])


class _File:
    """A file, read by the adapter that will read it later; `path` is relative to `folder`."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder = folder
        self.path = path
        self._reading = Path(shown_path(folder))  # messages of the adapter name it
        self.shown = str(self._reading / path)
        self.columns = self._columns()

    def _columns(self) -> Sequence[FileColumn]:
        from dss_generator.pull import PullError
        from dss_generator.pull.parquet_files import FileColumn
        from dss_runtime._files import Found
        from dss_runtime.adapters.parquet._described import described

        try:
            return [
                FileColumn(each.name, each.kind, each.holds, each.several)
                for each in described(Found(self.folder / self.path, self.shown))
            ]
        except SourceError as error:
            raise PullError(str(error)) from None

    def cells(self, positions: tuple[int, ...]) -> Iterator[Sequence[object]]:
        """Yield the cells at *positions* of each row (PullError where the file cannot be read on)."""
        from dss_generator.pull import PullError
        from dss_runtime.adapters.parquet import ParquetRows, ParquetSource

        try:
            yield from ParquetRows(self._reading, ParquetSource(path=(self.path,), columns=positions))
        except SourceError as error:
            raise PullError(str(error)) from None


def _opened(paths: Sequence[Path]) -> list[_File]:
    """Return the files at *paths*, below the folder that they have in common.

    Raises PullError with everything that is wrong with any of them.
    """
    from dss_generator.pull import PullError

    wrong = not_files(paths)
    if wrong:
        raise PullError("\n".join(wrong))
    folder, whole = below_one_folder(paths)
    found: list[_File] = []
    for path in whole:
        try:
            found.append(_File(folder, path.relative_to(folder).as_posix()))
        except PullError as error:
            wrong.append(str(error))
    if wrong:
        raise PullError("\n".join(wrong))
    return found
