"""The stable order of branches and fields."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dss_generator.schema.order import circle_of, in_order

letters = st.sampled_from("abcdefg")
graphs = st.dictionaries(letters, st.sets(letters | st.just("elsewhere")), max_size=7)


def reachable(name: str, needs: dict[str, set[str]]) -> set[str]:
    """Return all that *name* needs, directly or through others."""
    found: set[str] = set()
    left = list(needs.get(name, ()))
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left.extend(needs.get(each, ()))
    return found


@given(graphs, st.permutations("abcdefg"))
def test_each_comes_after_what_it_needs_unless_they_need_each_other(
    needs: dict[str, set[str]], names: list[str]
) -> None:
    """Every name is there once, behind its needs, except where a circle forbids it."""
    order = in_order(names, needs)
    assert sorted(names) == sorted(order)
    circular = {name for name in names if name in reachable(name, needs)}
    for name in names:
        behind = reachable(name, needs) | {name}
        if not behind & circular:
            assert all(order.index(need) < order.index(name) for need in behind & set(names) - {name})


@given(st.permutations("abcdefg"))
def test_without_needs_the_order_stays(names: list[str]) -> None:
    """What nobody asks to be moved is where the schema has it."""
    assert tuple(names) == in_order(names, {})


@given(st.permutations("abc"))
def test_a_circle_stays_in_the_order_of_the_schema(names: list[str]) -> None:
    """Where all wait for each other, the first goes first, and the rest follows from it."""
    assert names[0] == in_order(names, {"a": {"b"}, "b": {"c"}, "c": {"a"}})[0]


@given(graphs, letters)
def test_a_circle_is_found_where_there_is_one(needs: dict[str, set[str]], name: str) -> None:
    """It leads from the name to itself, each step a need, and is empty when the name cannot reach itself."""
    circle = circle_of(name, needs)
    assert bool(circle) == (name in reachable(name, needs))
    if circle:
        assert (name, name) == (circle[0], circle[-1])
        assert all(after in needs[before] for before, after in pairwise(circle))
