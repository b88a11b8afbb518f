"""The artefacts that a project declares beside the generator's own: `[[artefacts]]` in its settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, shown_key

KEYS = ("path", "template", "use")
"""What a row says: where the file goes, and which template, or which package's artefact, prints it."""


@dataclass(frozen=True, slots=True)
class ArtefactRow:
    """One row, as it is written; whether its paths and names lead anywhere is for the generator to say."""

    file: TomlFile
    index: int
    path: str = ""
    template: str = ""
    use: str = ""

    def at(self, key: str) -> str:
        """Return "file:line" of *key*, of another key of the row where that is not given."""
        given = [each for each in (key, *KEYS) if getattr(self, each)]
        return self.file.place(("artefacts", self.index, given[0]))


def read_artefacts(file: TomlFile, found: object, problems: list[str]) -> tuple[ArtefactRow, ...]:
    """Return the rows in *found*; what is wrong is added to *problems*, each with its line."""
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast("list[object]", found)):
        problems.append(f"{file.place(('artefacts',))}: artefacts: expected tables [[artefacts]]")
        return ()
    rows: list[ArtefactRow] = []
    for index, table in enumerate(cast("list[dict[str, object]]", found)):
        wrong = list(_wrong(file, index, table))
        problems.extend(wrong)
        if not wrong:
            rows.append(ArtefactRow(file, index, **cast("dict[str, str]", table)))
    return tuple(rows)


def _wrong(file: TomlFile, index: int, table: dict[str, object]) -> Iterator[str]:
    for key, value in table.items():
        place = f"{file.place(('artefacts', index, key))}: {shown_key(('artefacts', index, key))}"
        if key not in KEYS:
            yield f"{place}: unknown key{did_you_mean(key, KEYS) or '; known are ' + listed(KEYS)}"
        elif not isinstance(value, str) or not value:
            yield f"{place}: expected text, such as {_EXAMPLES[key]!r}"
    way = ("artefacts", index, next(iter(table))) if table else ("artefacts",)
    row = f"{file.place(way)}: artefacts[{index}]"
    if ("template" in table) == ("use" in table):
        both = (
            "both 'template' and 'use': keep one"
            if "use" in table
            else "neither 'template' nor 'use': add one"
        )
        yield f"{row} has {both}"
    elif "template" in table and "path" not in table:
        yield f"{row} has no 'path': add where its file goes in the generated package, such as 'names.sql'"


_EXAMPLES = {"path": "names.sql", "template": "artefacts/names.sql.jinja", "use": "sql-ddl"}
