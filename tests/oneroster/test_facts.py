"""What is known of the standards is said in one way, and holds for files of others."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dss_generator.pull import oneroster as pulled
from dss_generator.schema.oneroster_options import FILES
from dss_runtime import DataStoreTree
from dss_runtime.adapters.oneroster import RosterSource
from dss_runtime.adapters.oneroster._importer import RosterImporter
from dss_runtime.adapters.oneroster._standards import BOOLEANS, STANDARDS

SAMPLE = Path(__file__).with_name("sds-v2.1-sample")
FACTS: dict[str, Any] = tomllib.loads(Path(pulled.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class Tree(DataStoreTree):
    """A set of files, without branches."""

    __importer__ = RosterImporter


def test_the_generator_knows_the_files_of_the_adapter() -> None:
    """Neither may import the other, so that both name the files."""
    assert {name: set(files) for name, files in FILES.items()} == {
        name: set(standard.files) for name, standard in STANDARDS.items()
    }


@pytest.mark.parametrize("version", ["oneroster-1.1", "oneroster-1.2"])
def test_the_columns_are_those_that_pull_knows(version: str) -> None:
    """Both tables have the same columns in the same order, and call the same ones required and boolean."""
    for name, file in STANDARDS[version].files.items():
        told = {**FACTS["every"], **FACTS["files"][name]}
        assert [each for each in told if each in file.columns] == list(file.columns)
        for column in file.columns:
            kind: Any = told[column]
            plain = isinstance(kind, str)
            assert (column in file.required) == ("required" in kind)
            assert (column in BOOLEANS) == (plain and kind.startswith("bool"))


@pytest.mark.parametrize("file", sorted(STANDARDS["sds-2.1"].files))
def test_the_sample_of_sds_has_the_columns_of_the_table(file: str, tmp_path: Path) -> None:
    """Every row of every file that Microsoft publishes as a sample is read."""
    folder = shutil.copytree(SAMPLE, tmp_path / "sample")
    tree = Tree(settings={"path": str(folder)})
    columns = STANDARDS["sds-2.1"].files[file].columns
    source = RosterSource(standard="sds-2.1", file=file, columns=columns)
    text = (folder / f"{file}.csv").read_text(encoding="utf-8-sig")
    with RosterImporter(tree).open(source) as rows:
        found = list(rows)
        assert (len(text.splitlines()) - 1, []) == (len(found), list(rows.unreadable))
    assert list(columns) == text.splitlines()[0].split(",")
