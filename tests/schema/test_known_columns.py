"""What a condition says of a row of which only some columns are known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dss_generator.schema.known_columns import verdict
from dss_generator.schema.resolved import Comparison, Condition, Junction

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in")
LITERALS = st.sampled_from(["0", "1", "2"])
VALUES = st.dictionaries(st.integers(0, 2), st.booleans() | st.integers(0, 2), max_size=3)


def comparisons() -> st.SearchStrategy[Condition]:
    """Comparisons of one of three columns with numbers."""
    return st.builds(
        Comparison,
        column=st.integers(0, 2),
        operator=st.sampled_from(OPERATORS),
        literals=st.tuples(LITERALS),
        numeric=st.just(True),
    )


def junctions(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Conditions made of others."""
    return st.builds(
        Junction, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ) | st.builds(Junction, st.just("not"), st.tuples(inner))


@given(st.recursive(comparisons(), junctions), VALUES, st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_a_verdict_holds_whatever_the_other_columns_are(
    condition: Condition, known: dict[int, int], others: list[int]
) -> None:
    """What is said of a row with a few known columns is true of every row that has them."""
    found = verdict(condition, known)
    whole = verdict(condition, {**dict(enumerate(others)), **known})
    assert whole is not None
    assert found is None or found == whole


def test_texts_are_compared_as_texts() -> None:
    """A text is known to equal one of several; its place in an order, or against a number, is not known."""

    def said(operator: str, numeric: bool = False) -> bool | None:
        return verdict(Comparison(0, operator, ("off",), numeric), {0: "off"})  # type: ignore[arg-type]

    assert [True, True, False, None] == [said("=="), said("in"), said("!="), said("<")]
    assert said("==", numeric=True) is None
