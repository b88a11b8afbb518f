"""What is pulled from files, whatever they hold: it loads, and reads every row as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dss_generator.schema.resolved import FieldSource
from tests.pull.projects import pull, pulled, read, unreadable, write_csv
from tests.pull.written_tables import ANY_HEADERS, KINDS, TEXTS, WrittenTable, written_tables
from tests.strategies.loading import resolved

few = settings(max_examples=max(3, settings().max_examples // 3))
DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}


@few
@given(table=written_tables(), delimiter=st.sampled_from(sorted(DELIMITERS)))
def test_every_row_of_a_written_table_is_read(table: WrittenTable, delimiter: str) -> None:
    """A pulled schema reads each row of the files that it was pulled from, none of them unreadable."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_csv(folder / "things.csv", table.lines, delimiter=delimiter)
        text = pulled(folder, "csv", "things.csv", "--delimiter", DELIMITERS[delimiter])
        tree = read(folder, text, {"folder": place})
        (branch,) = tree.branches
        assert [] == unreadable(tree)
        assert len(table.rows) == len(branch)


@few
@given(table=written_tables())
def test_text_comes_back_identical(table: WrittenTable) -> None:
    """Digits with leading zeros, and every other column that is kept as text, are read letter by letter."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_csv(folder / "things.csv", table.lines)
        text = pulled(folder, "csv", "things.csv", "--delimiter", ",")
        schema = resolved(text)
        tree = read(folder, text, {"folder": place})
        (branch,) = tree.branches
        records = list(branch.values())
        (held,) = schema.trees[0].branches
        for source in held.sources:
            at = table.header.index(str(held.columns[column_of(source)].source))
            cells = [row[at] for row in table.rows]
            if source.field.type in ("str", "enum"):
                expected = [cell if cell.strip() or not source.field.optional else None for cell in cells]
                assert expected == [getattr(record, source.field.name) for record in records]
            else:
                assert ("zeros", *table.kinds)[at] not in ("zeros", "long")


def column_of(source: FieldSource) -> int:
    """Return the column that a field's text is in, or is made of."""
    pipeline = source.pipeline
    found = source.column if pipeline is None else pipeline.template[0].column
    assert found is not None
    return found


@given(
    header=st.lists(ANY_HEADERS, min_size=1, max_size=8),
    names=st.lists(
        st.from_regex(r"[A-Za-z0-9_ ()-]{1,12}", fullmatch=True), min_size=1, max_size=3, unique=True
    ),
    row=st.lists(TEXTS, min_size=8, max_size=8),
)
def test_whatever_the_headers_the_schema_loads(
    header: Sequence[str], names: Sequence[str], row: Sequence[str]
) -> None:
    """Files with any names of columns give a schema without a problem, or an error that says what to do."""
    assume(any(name.strip() for name in header))
    with TemporaryDirectory() as place:
        folder = Path(place)
        files = [f"{name.strip()}.csv" for name in names if name.strip()]
        assume(files)
        for name in files:
            write_csv(folder / name, [header, ["1", *row][: len(header)]])
        done = pull(folder, "csv", *(f"./{name}" for name in files), "--delimiter", ",")
        if done.exit_code == 0:
            assert resolved(done.stdout).branches
        else:
            assert "nothing was pulled:\n" in done.stderr


@given(
    columns=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4),
    data=st.data(),
)
def test_equal_files_give_equal_schemas(columns: Sequence[str], data: st.DataObject) -> None:
    """Pulling twice gives the same bytes."""
    rows = data.draw(st.lists(st.tuples(*(KINDS[kind] for kind in columns)), min_size=1, max_size=20))
    assume(any(cell.strip() for cell in rows[0]))
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_csv(folder / "things.csv", [[f"c{at}" for at in range(len(columns))], *rows])
        first, second = (pull(folder, "csv", "things.csv", "--delimiter", ",") for _ in range(2))
        assert first.output == second.output
