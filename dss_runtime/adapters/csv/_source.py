"""Where and how the rows of one branch are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSource:
    """The files of one branch, relative to the tree's folder, and the columns that are read from each.

    A path may hold one `*`; the files that it matches are read in the order of their names, or, with
    `newest`, only the one with the highest version in place of the `*`. A column is the name in the header,
    or a position that counts from 0. `quote` is empty where the files quote nothing. With `prefix`, names in
    the header may carry the name or number of a table, as `[01]Student_Number` and `CC.ID` do.
    """

    path: tuple[str, ...]
    columns: tuple[str | int, ...]
    newest: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    quote: str = '"'
    prefix: bool = False
