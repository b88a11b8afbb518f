"""`where` and the condition of a disabled record are what Python says, or not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime._recipe import Comparison, Condition, Junction, Recipe
from dss_runtime.engines.columnar import Kind, NotColumnarError
from dss_runtime.engines.columnar._conditions import condition, retired, text_of
from tests.columnar.dirt import natives, texts
from tests.columnar.duck import Duck
from tests.columnar.reading import is_retired, takes_part

EPOCH = date(1970, 1, 1)
KINDS: list[Kind] = ["text", "int", "decimal", "bool", "date"]
NUMERIC = ("text", "int", "decimal", "bool")
LITERALS = ("", "a", "A", "1", "0", "01", "é", "True", "2026-09-01", "-1.50", "x y")


def comparisons() -> st.SearchStrategy[Condition]:
    """Return a strategy of comparisons with each of the columns."""
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    shown = st.sampled_from([at for at, kind in enumerate(KINDS) if kind != "decimal"])
    texts_of = st.builds(Comparison, shown, operators, st.tuples(st.sampled_from(LITERALS)))
    several = st.lists(st.sampled_from(LITERALS), min_size=1, max_size=3).map(tuple)
    among = st.builds(Comparison, shown, st.just("in"), several)
    number = st.tuples(st.sampled_from(["0", "1", "-1.50", "42", "9" * 17]))
    numbers = st.builds(Comparison, st.integers(0, len(NUMERIC) - 1), operators, number, st.just(True))
    return st.one_of(texts_of, among, numbers)


def conditions() -> st.SearchStrategy[Condition]:
    """Return a strategy of conditions with `and`, `or` and `not`."""

    def junctions(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        both = st.builds(Junction, st.sampled_from(["and", "or"]), several)
        return st.one_of(both, st.builds(Junction, st.just("not"), st.tuples(inner)))

    return st.recursive(comparisons(), junctions, max_leaves=4)


def rows() -> st.SearchStrategy[list[Any]]:
    """Return a strategy of rows with a column of each kind."""
    cells = st.one_of(texts(), st.sampled_from(LITERALS), st.none())
    row = st.tuples(cells, *(natives(kind) for kind in KINDS[1:])).map(list)
    return st.lists(row, min_size=4, max_size=12)


@given(where=conditions(), given_rows=rows())
def test_a_where_that_is_known_is_what_python_says(
    duck: Duck, where: Condition, given_rows: list[Any]
) -> None:
    """A row that a condition fails for, however late, is neither taken nor left out."""
    found = duck.evaluate([condition(where, duck.cells(KINDS))], KINDS, given_rows)
    for row, (known,) in zip(given_rows, found, strict=True):
        try:
            assert known in (takes_part(where, row), None), row
        except ValueError:
            assert known is None, row


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([True, False, 0, 1, "a", "True", "1"])),
        min_size=1,
        max_size=3,
    ),
    given_rows=rows(),
)
def test_a_disabled_record_that_is_known_is_what_python_says(
    duck: Duck, pairs: list[tuple[int, str | int | bool]], given_rows: list[Any]
) -> None:
    """Truth values are 0, 1 and their words in any case; other values are compared as texts."""
    kinds: list[Kind] = ["text", "int", "bool", "date"]
    given_rows = [[row[0], row[1], row[3], row[4]] for row in given_rows]
    found = duck.evaluate([retired(pairs, duck.cells(kinds))], kinds, given_rows)
    for row, (known,) in zip(given_rows, found, strict=True):
        assert known in (is_retired(Recipe((), retired=tuple(pairs)), row), None), row


@pytest.mark.parametrize(
    ("kind", "numeric"), [("double", True), ("double", False), ("timestamp", False), ("blob", False)]
)
def test_a_column_that_is_another_text_to_sql_has_no_condition(duck: Duck, kind: Kind, numeric: bool) -> None:
    """How a float or a point in time is written is for Python to say."""
    with pytest.raises(NotColumnarError, match=rf"^a column of {kind} "):
        condition(Comparison(0, "==", ("1",), numeric), duck.cells([kind]))


@pytest.mark.parametrize("number", ["0.1234567890123456789", "-123456789012345678"])
def test_a_number_of_too_many_digits_has_no_condition(duck: Duck, number: str) -> None:
    """SQL would round it, and so find it equal to another."""
    with pytest.raises(NotColumnarError, match=number):
        condition(Comparison(0, "==", (number,), True), duck.cells(["text"]))


def test_a_day_that_python_does_not_have_is_no_text(duck: Duck) -> None:
    """Its row cannot be read: no `where` leaves it out, and no template shows it."""
    days = [(day - EPOCH).days for day in (date.min, date.max)]
    beyond = [[days[0] - 1], [days[1] + 1]]
    (cell,) = duck.cells(["date"])
    before = condition(Comparison(0, "<", ("2026-09-01",)), [cell])
    found = duck.evaluate([before, text_of(cell)], ["date"], [*([day] for day in days), [None], *beyond])
    known = [(True, "0001-01-01"), (False, "9999-12-31"), (True, "")]
    assert [*known, *((None, None) for _ in beyond)] == found
