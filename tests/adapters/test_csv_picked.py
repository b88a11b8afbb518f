"""Lines that are picked out of a file have the cells that the csv module reads in them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from dss_runtime._tabular import ChangedMeanwhileError, TextFile
from dss_runtime.adapters.csv._picked import LONGEST, PickedLines

TEXTS = st.text(st.sampled_from("ab;,\t\"'\r\0 é\u2028"), max_size=9)
LINES = st.lists(st.one_of(TEXTS, st.sampled_from(["a,b", "c,d", ",", "e;f"])), min_size=1, max_size=6)


@given(
    lines=LINES,
    ending=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    quote=st.sampled_from(['"', ""]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    cells=st.integers(1, 3),
    data=st.data(),
)
@example(["a" * LONGEST + ",b", "c,d"], "\n", True, '"', ",", 2, None)
@example(["x" * 140_000 + ",b", "c,d"], "\n", True, '"', ",", 2, None)
def test_lines_have_the_cells_of_the_csv_module(
    lines: list[str],
    ending: str,
    last: bool,
    quote: str,
    delimiter: str,
    cells: int,
    data: st.DataObject | None,
) -> None:
    """Whatever stands in a line, it is split as it would be read, or refused."""
    wanted = (0,) if data is None else tuple(data.draw(st.lists(st.integers(0, cells - 1), max_size=3)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes((ending.join(lines) + ending * last).encode())
        file = TextFile(
            path=path,
            shown="a.csv",
            wanted=wanted,
            cells=cells,
            header=False,
            delimiter=delimiter,
            quote=quote,
            encoding="utf-8",
        )
        picked = PickedLines([file], [bytearray([1] * len(lines))])
        try:
            found: list[tuple[object, ...]] | None = [tuple(cells) for cells in picked]
        except ChangedMeanwhileError:
            found = None
    assert found == expected([f"{line}{ending}" for line in lines], file)


def expected(lines: Sequence[str], file: TextFile) -> list[tuple[object, ...]] | None:
    """Return the rows of *lines*, None where one is no row of the file."""
    reader = csv.reader(
        lines,
        delimiter=file.delimiter,
        quotechar=file.quote or None,
        quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        rows = list(reader)
    except csv.Error:
        return None
    if len(rows) != len(lines) or any(len(row) != file.cells for row in rows):
        return None
    return [tuple(row[at] for at in file.wanted) for row in rows]
