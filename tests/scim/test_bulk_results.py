"""Which result of a bulk request is whose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import UnknownOutcomeError
from dss_runtime.adapters.scim._sending import _assigned  # pyright: ignore[reportPrivateUsage]


@given(st.permutations(range(5)), st.sets(st.integers(0, 4), max_size=1))
def test_results_that_name_their_operation_are_given_to_it(order: list[int], unnamed: set[int]) -> None:
    """In whatever order they come, and where one alone is not named, each is given to its own operation."""
    results: list[Any] = [
        {"status": str(at)} if at in unnamed else {"bulkId": str(at), "status": str(at)} for at in order
    ]
    assert [str(at) for at in range(5)] == [each["status"] for each in _assigned(results)]


def test_results_that_name_none_come_in_order() -> None:
    """Only operations that create need to be named."""
    assert [{"status": "200"}, {"status": "400"}] == _assigned([{"status": "200"}, {"status": "400"}])


@pytest.mark.parametrize(
    "names",
    [["0", "0", "1"], ["0", "2", "7"], ["0", None, None], ["7", None, "1"]],
    ids=["twice", "foreign", "two without", "foreign and without"],
)
def test_results_that_cannot_be_told_apart_are_unknown(names: list[str | None]) -> None:
    """A failure is never taken for the success of another."""
    results: list[Any] = [
        {"status": "200"} if each is None else {"bulkId": each, "status": "200"} for each in names
    ]
    with pytest.raises(UnknownOutcomeError):
        _assigned(results)
