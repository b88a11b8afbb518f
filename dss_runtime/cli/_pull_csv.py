"""`dss pull csv`: a first schema from delimited files."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dss_runtime import SourceError
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pulled_files import below_one_folder, not_files, relative_to, setting
from dss_runtime.cli._pulling import Request, find_place, pull_options
from dss_runtime.cli._session import Session, pass_session
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator.pull.csv_dialect import Dialect

_FIRST_LINES = 1_000
_MARKED = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF32_BE: "utf-32"}
"""Byte order marks that say what a file is written in; UTF-32's other one begins as UTF-16's does."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--encoding", help="How the bytes are text, such as cp1252 (utf-8, or what a byte order mark says)."
)
@click.option(
    "--delimiter", help="What stands between the cells, a character or the word tab (found by trying)."
)
@click.option(
    "--header/--no-header",
    default=None,
    help="Whether the first line names the columns; without a header, columns have positions.",
)
@pull_options
@pass_session
def csv(
    session: Session,
    *,
    files: tuple[str, ...],
    encoding: str | None,
    delimiter: str | None,
    header: bool | None,
    tree: str | None,
    output: str | None,
    init: bool,
    as_json: bool,
) -> Exit:
    """Write a first schema from delimited FILES.

    Every row is read. Files whose names differ only in a version or date, and that have one header, are one
    branch. Bytes that are not in the encoding are an error, never a guess.

    \b
    dss pull csv students.csv courses.csv
    dss pull csv exports/*.txt --encoding cp1252 --tree PowerSchool -o schema/powerschool.yaml
    dss pull csv schedule.txt --no-header --init
    """
    from dss_generator.pull import PullError, pull
    from dss_generator.pull.csv_files import csv_tables

    place = find_place(session, Request(tree, output, init, as_json))
    try:
        opened = open_files([session.folder / name for name in files], encoding)
        root = opened[0].folder
        tables = csv_tables(opened, header=header, delimiter=_character(delimiter))
        name = root.name if root != session.folder.resolve() else "Files"
        pulled = pull(tables, command="dss pull csv", tree=place.tree(name), adapter="csv", taken=place.taken)
    except PullError as error:
        raise CommandError(f"nothing was pulled:\n{error}") from error
    folder = relative_to(root, place.folder)
    unreadable = [line for file in opened for line in file.unreadable]
    return place.finish(pulled, lines=[setting("folder", folder)], unreadable=unreadable)


class CsvFile:
    """A file, read by the adapter that will read it later; `path` is relative to `folder`."""

    def __init__(self, folder: Path, path: str, shown: str, encoding: str) -> None:
        self.folder = folder
        self._reading = Path(shown_path(folder))  # messages of the adapter name it
        self.path = path
        self.shown = shown
        self.encoding = encoding
        self._unreadable: dict[str, None] = {}

    @property
    def unreadable(self) -> list[str]:
        """The rows that could not be read, each with its place and why."""
        return list(self._unreadable)

    def first_lines(self) -> list[str]:
        """Return the first lines with their ends (PullError where the file cannot be read)."""
        from dss_generator.pull import PullError
        from dss_runtime.adapters.csv._lines import Lines

        try:
            with closing(Lines(self._reading / self.path, self.shown, self.encoding)) as lines:
                return list(islice(lines, _FIRST_LINES))
        except SourceError as error:
            raise PullError(_with_advice(str(error))) from None

    def cells(
        self, dialect: Dialect, positions: tuple[int, ...], *, header: bool
    ) -> Iterator[Sequence[object]]:
        """Yield the cells at *positions* of each row (PullError where the file cannot be read on)."""
        from dss_generator.pull import PullError
        from dss_runtime.adapters.csv import CsvRows, CsvSource

        source = CsvSource(
            path=(self.path,),
            columns=positions,
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            encoding=self.encoding,
            header=header,
        )
        count = 0
        try:
            rows = CsvRows(self._reading, source)
            for row in rows:
                count += 1
                yield row
        except SourceError as error:
            raise PullError(_with_advice(str(error))) from None
        for where, reason in rows.unreadable:
            self._unreadable[f"{where}: {reason}"] = None
        if not count and rows.unreadable:
            where, reason = rows.unreadable[0]
            lost = f"none of its {len(rows.unreadable):,} rows can be read"
            raise PullError(f"{self.shown}: {lost}, the first since {reason} (line {where.line})")


def open_files(paths: Sequence[Path], encoding: str | None) -> list[CsvFile]:
    """Return the files at *paths*, below the folder that they have in common.

    Raises PullError with everything that is wrong with any of them.
    """
    from dss_generator.pull import PullError

    wrong = not_files(paths)
    if encoding is not None:
        try:
            "".encode(encoding)
        except (LookupError, UnicodeError):
            wrong.append(f"--encoding {encoding}: there is no such encoding: did you mean utf-8 or cp1252?")
    if wrong:
        raise PullError("\n".join(wrong))
    folder, whole = below_one_folder(paths)
    return [
        CsvFile(folder, path.relative_to(folder).as_posix(), shown_path(path), encoding or _marked(path))
        for path in whole
    ]


def _marked(path: Path) -> str:
    """Return the encoding that a byte order mark gives, utf-8 where there is none (PullError: unreadable)."""
    from dss_generator.pull import PullError

    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise PullError(f"{shown_path(path)}: cannot be opened: {error.strerror}") from None
    if start == codecs.BOM_UTF32_LE:
        return "utf-32"
    return next((name for mark, name in _MARKED.items() if start.startswith(mark)), "utf-8")


def _character(delimiter: str | None) -> str | None:
    from dss_generator.pull import PullError

    if delimiter is None or delimiter == "tab":
        return "\t" if delimiter else None
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter.isspace() or delimiter == '"':
        raise PullError(
            f"--delimiter {delimiter!r}: expected one character (no letter, digit or space), or tab"
        )
    return delimiter


def _with_advice(text: str) -> str:
    """Return an error of the adapter, which speaks of the schema, with what to do here."""
    return text.replace("`encoding: ", "`--encoding ") if "`encoding: " in text else text
