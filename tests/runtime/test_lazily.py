"""Mappings whose values are made when they are first asked for."""

from __future__ import annotations

import threading
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.codegen import Lazily


@given(st.dictionaries(st.text(max_size=3), st.integers()), st.lists(st.text(max_size=3)))
def test_it_is_the_mapping_of_what_its_makers_make(values: dict[str, int], asked: list[str]) -> None:
    """It equals the plain mapping, whatever was asked for before."""
    found = Lazily({name: partial(int, value) for name, value in values.items()})
    assert [values.get(name) for name in asked] == [found.get(name) for name in asked]
    assert list(values) == list(found)
    assert values == dict(found)


def test_each_value_is_made_once_and_only_when_asked_for() -> None:
    """A maker runs at the first look-up of its name; names, length and membership run none."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    found = Lazily({name: partial(make, name) for name in "ab"})
    assert (2, True, False, ["a", "b"]) == (len(found), "b" in found, "c" in found, list(found))
    assert [] == made
    assert ["B", "B", "A"] == [found[name] for name in "bba"]
    assert ["b", "a"] == made


def test_threads_that_ask_at_once_get_one_value() -> None:
    """However many make a value at the same time, all of them, and whoever asks later, get the same."""
    both = threading.Barrier(2)

    def make() -> object:
        both.wait(60)
        return object()

    found = Lazily({"a": make})
    seen: list[object] = []
    threads = [threading.Thread(target=lambda: seen.append(found["a"])) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [found["a"], found["a"]] == seen
