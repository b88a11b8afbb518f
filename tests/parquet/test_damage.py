"""A file that is not whole is never taken for a smaller one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import SourceError
from dss_runtime.adapters.parquet import ParquetRows, ParquetSource
from tests.parquet.tables import (
    WRITERS,
    Write,
    each_format,
    importer,
    read,
    refused,
    write_parquet,
    write_stream,
)

NAMES = ["Zoë", None, "Li", "", "Ines"]
TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5]),
        "name": pa.array(NAMES),
        "more": pa.array([-1, 0, -1, 0, 0], pa.int32()),
    }
)
ROWS = list(zip([1, 2, 3, 4, 5], NAMES, [-1, 0, -1, 0, 0], strict=True))
COLUMNS = ("id", "name", "more")


def contents() -> Iterator[bytes]:
    """Yield the table in each format."""
    for write in WRITERS.values():
        with TemporaryDirectory() as folder:
            write(TABLE, Path(folder) / "t")
            yield (Path(folder) / "t").read_bytes()


CONTENTS = dict(zip(WRITERS, contents(), strict=True))
each_content = pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)


@each_content
def test_wherever_a_file_is_cut_off_it_is_refused(tmp_path: Path, content: bytes) -> None:
    """Even between two batches of a stream, which begin at multiples of 8: all that is left can be read."""
    assert len(content) > 100
    for end in {*range(0, len(content), 8), *range(len(content) - 16, len(content))}:
        (tmp_path / "t").write_bytes(content[:end])
        refused(tmp_path, "id")


@given(kind=st.sampled_from(list(CONTENTS)), data=st.data())
def test_a_damaged_file_is_refused_or_read(kind: str, data: st.DataObject) -> None:
    """Whichever bytes are others, nothing worse happens, and Parquet, which counts rows, has all."""
    content = CONTENTS[kind]
    at = data.draw(st.integers(0, len(content) - 1))
    patch = data.draw(st.binary(min_size=1, max_size=4))
    with TemporaryDirectory() as folder:
        (Path(folder) / "t").write_bytes(content[:at] + patch + content[at + len(patch) :])
        try:
            found = read(Path(folder), *COLUMNS)
        except SourceError:
            return
    assert len(ROWS) == len(found) or kind != "parquet"


@given(content=st.binary(max_size=200), start=st.sampled_from([b"", b"PAR1", b"ARROW1\0\0", b"\xff" * 4]))
def test_what_is_no_such_file_is_refused(content: bytes, start: bytes) -> None:
    """Whatever is in it, also behind the right first bytes."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "t").write_bytes(start + content)
        refused(Path(folder), "id")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "t: is empty: has the export run, and is it complete?"),
        (
            b"id,name\n1,a\n",
            "t: is neither Parquet nor Arrow IPC: is `path` right, and is the export complete?",
        ),
        (b"PARE" + b"x" * 99, "t: is an encrypted Parquet file: have it written without encryption"),
        (
            b"FEA1" + b"x" * 99,
            "t: is of the old version 1 of Feather: have it written as version 2, which is Arrow IPC",
        ),
    ],
)
def test_other_files_are_told_apart(tmp_path: Path, content: bytes, reason: str) -> None:
    """What it is, where its first bytes tell, and what to do."""
    (tmp_path / "t").write_bytes(content)
    assert reason == refused(tmp_path, "id")


@each_format
def test_nothing_is_no_data(tmp_path: Path, write: Write) -> None:
    """A file with columns and no rows is refused, also as one of several."""
    write(TABLE.slice(0, 0), tmp_path / "t")
    write(TABLE, tmp_path / "whole")
    reason = "t: is without a row, and nothing is no data: has the export run?"
    assert reason == refused(tmp_path, "id")
    assert reason == refused(tmp_path, "id", path=("whole", "t"))


@each_format
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, write: Write) -> None:
    """Also where the change can be read: half of it would be of before."""
    write(TABLE, tmp_path / "t")
    rows = iter(ParquetRows(tmp_path, ParquetSource(path=("t",), columns=("id",))))
    assert (1,) == tuple(next(rows))
    content = (tmp_path / "t").read_bytes()
    (tmp_path / "t").write_bytes(content + content)
    with pytest.raises(SourceError, match="has changed while it was read"):
        list(rows)


@each_format
def test_a_file_that_is_replaced_while_it_is_read_is_read_on(tmp_path: Path, write: Write) -> None:
    """The new one has another name until it is whole; the old one is what was opened."""
    write(TABLE, tmp_path / "t")
    write(TABLE.slice(0, 1), tmp_path / "new")
    rows = iter(ParquetRows(tmp_path, ParquetSource(path=("t",), columns=("id",))))
    next(rows)
    (tmp_path / "new").replace(tmp_path / "t")
    assert 4 == len(list(rows))


def test_a_stream_behind_a_stream_is_not_overlooked(tmp_path: Path) -> None:
    """Who appends to a stream makes a file of which readers see the first part alone."""
    write_stream(TABLE, tmp_path / "t")
    (tmp_path / "t").write_bytes((tmp_path / "t").read_bytes() * 2)
    assert "t: goes on behind its end; run again when the export is complete" == refused(tmp_path, "id")


def test_a_page_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    """Where the writer has left checksums, no value is taken that has become another."""
    write_parquet(pa.table({"id": ["a name that is found", "b"]}), tmp_path / "t")
    content = (tmp_path / "t").read_bytes()
    (tmp_path / "t").write_bytes(content.replace(b"is found", b"is other", 1))
    assert "damaged" in refused(tmp_path, "id")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It may be a share that is not mounted."""
    assert "no such folder" in refused(tmp_path / "no", "id")
    assert "t: no such file: has the export run, and is it complete?" == refused(tmp_path, "id")
    assert "outside" in refused(tmp_path, "id", path=("../t",))
    with pytest.raises(SourceError, match="no file matches"):
        importer(tmp_path).files(ParquetSource(path=("*.parquet",), columns=("id",)))
