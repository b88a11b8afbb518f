"""How far the csv adapter says that it is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DataStoreTree
from dss_runtime.adapters.csv import CsvImporter, CsvSource
from dss_runtime.adapters.csv._rows import CsvRows
from tests.adapters.files import write


@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=3), length=st.integers(0, 200))
def test_the_share_rises_to_all(sizes: list[int], length: int) -> None:
    """However many files there are, what is said to be read lies between nothing and all, and never falls."""
    with TemporaryDirectory() as folder:
        names = [f"{at}.txt" for at in range(len(sizes))]
        row = f"1,{'x' * length}\n"
        write(Path(folder), {name: "id,name\n" + size * row for name, size in zip(names, sizes, strict=True)})
        importer = CsvImporter(DataStoreTree(name="School", settings={"folder": folder}))
        with importer.open(CsvSource(path=tuple(names), columns=("id", "name"))) as rows:
            assert isinstance(rows, CsvRows)
            before = rows.share
            shares = [rows.share for _ in rows]
            after = rows.share
    assert (0.0, 1.0) == (before, after)
    assert sorted(shares) == shares
    assert all(0 < share <= 1 for share in shares)


def test_the_share_tells_the_number_of_rows(tmp_path: Path) -> None:
    """Rows of one length are foretold from the part of a file that is read, but for a buffer's length."""
    number, row = 100_000, "1,abcdefgh\n"
    write(tmp_path, {"a.txt": "id,name\n" + number * row})
    importer = CsvImporter(DataStoreTree(name="School", settings={"folder": tmp_path}))
    with importer.open(CsvSource(path=("a.txt",), columns=("id", "name"))) as rows:
        assert isinstance(rows, CsvRows)
        foretold = [at / rows.share for at, _ in enumerate(rows, 1) if at > number // 2]
    assert all(0.8 * number < each <= number + 1 for each in foretold)


def test_rows_are_read_anew(tmp_path: Path) -> None:
    """Whoever goes through rows once more, as where an engine gives up, is told the same once more."""
    write(tmp_path, {"a.txt": "id,name\n1,x\n2,x,y\n3,x\n"})
    importer = CsvImporter(DataStoreTree(name="School", settings={"folder": tmp_path}))
    with importer.open(CsvSource(path=("a.txt",), columns=("id", "name"))) as rows:
        assert isinstance(rows, CsvRows)
        assert list(map(tuple, rows)) == list(map(tuple, rows)) == [("1", "x"), ("3", "x")]
        assert 1 == len(rows.unreadable)
