"""Folders of files, and what the csv adapter reads from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import DataStoreTree, SourceError
from dss_runtime.adapters.csv import CsvImporter, CsvSource


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, text in UTF-8 with line ends as they are."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


class Read:
    """What was read: the cells of each row, their lines, and the rows that were none."""

    def __init__(self, folder: Path, source: CsvSource) -> None:
        importer = CsvImporter(DataStoreTree(name="School", settings={"folder": folder}))
        self.rows: list[tuple[str, ...]] = []
        self.places: list[str] = []
        with importer.open(source) as rows:
            for cells in rows:
                self.rows.append(tuple(cells))
                place = rows.place()
                self.places.append(f"{Path(place.file).relative_to(folder)}:{place.line}")
            self.unreadable = [f"{place.line}: {reason}" for place, reason in rows.unreadable]


def read(folder: Path, content: str | bytes | None = None, **source: Any) -> Read:
    """Read the columns id and name of students.txt, which has *content*, or of what *source* says."""
    if content is not None:
        write(folder, {"students.txt": content})
    options: dict[str, Any] = {"path": ("students.txt",), "columns": ("id", "name"), **source}
    return Read(folder, CsvSource(**options))


def refused(folder: Path, content: str | bytes | None = None, **source: Any) -> str:
    """Return the message of the SourceError for what cannot be read, without the folder."""
    with pytest.raises(SourceError) as caught:
        read(folder, content, **source)
    return str(caught.value).replace(f"{folder}/", "").replace(str(folder), "FOLDER")
