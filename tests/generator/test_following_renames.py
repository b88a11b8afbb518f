"""Which definitions have a name of before: the pure part of following renames."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from dss_generator.stubs.mending import never
from dss_generator.stubs.renaming import Following, following
from dss_generator.stubs.source import Definition, definitions

LETTERS = "abcdef"


def defined(*names: str) -> dict[str, list[Definition]]:
    """Return the definitions of a block that defines *names*, a line each."""
    return definitions(ast.parse("".join(f"def {name}(): ...\n" for name in names)).body)


def always(_new: str, _old: str) -> bool:
    """Every name that changed hands did so just now."""
    return True


def told(found: Following) -> dict[str, str]:
    """Return the renames: {before: today}."""
    return {each.definition.name: each.new for each in found.renames}


@st.composite
def evolutions(draw: st.DrawFn) -> tuple[dict[str, str], set[str]]:
    """Return what each name of before is called today, and which of them a file defines."""
    olds = draw(st.lists(st.sampled_from(LETTERS), unique=True, min_size=1))
    news = draw(st.permutations(LETTERS))
    present = draw(st.sets(st.sampled_from(olds)))
    return dict(zip(olds, news, strict=False)), present


def table(renamed: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return what `following` is given: every name of today with that of before."""
    return {new: (old,) if old != new else () for old, new in renamed.items()}


@given(evolutions())
def test_chains_and_exchanges_are_followed_at_once(evolution: tuple[dict[str, str], set[str]]) -> None:
    """Whatever names are passed on among fields, each definition gets the name of what it is about."""
    renamed, present = evolution
    found = following(table(renamed), defined(*sorted(present)), always)
    assert () == found.conflicts
    assert {old: renamed[old] for old in present if renamed[old] != old} == told(found)


@given(evolutions())
def test_what_was_followed_is_not_followed_again(evolution: tuple[dict[str, str], set[str]]) -> None:
    """Once nothing is new, definitions with the names of today are what they say."""
    renamed, present = evolution
    found = following(table(renamed), defined(*sorted(renamed[old] for old in present)), never)
    assert Following() == found


@given(evolutions())
def test_without_a_sign_only_stale_names_are_followed(evolution: tuple[dict[str, str], set[str]]) -> None:
    """A definition whose name is one of today stays, unless it is known that the names just changed hands."""
    renamed, present = evolution
    found = following(table(renamed), defined(*sorted(present)), never)
    stale = {old: renamed[old] for old in present if old not in renamed.values()}
    conflicts = {old for old, new in stale.items() if new in present}
    assert conflicts == {each.definition.name for each in found.conflicts}
    assert {old: new for old, new in stale.items() if old not in conflicts} == told(found)


def _reasons(names: dict[str, tuple[str, ...]], *present: str) -> dict[str, tuple[str, str]]:
    found = following(names, defined(*present), never)
    assert () == found.renames
    return {each.definition.name: (" ".join(each.new), each.reason) for each in found.conflicts}


def test_what_cannot_be_renamed_says_why() -> None:
    """A name that is kept, one that is defined twice, and names that are not certain are conflicts."""
    assert {"a": ("b", "b is in line 2 already")} == _reasons({"b": ("a",)}, "a", "b")
    assert {"a": ("b", "it is defined in line 1 too")} == _reasons({"b": ("a",)}, "a", "a")
    assert {"a": ("b c", "it may be any of b, c today")} == _reasons({"b": ("a",), "c": ("a",)}, "a")
    two = {"a": ("c", "b would be called c too"), "b": ("c", "a would be called c too")}
    assert two == _reasons({"c": ("a", "b")}, "a", "b")


def test_a_conflict_stops_what_relies_on_it() -> None:
    """A name that is not given up cannot be taken."""
    found = following({"b": ("a",), "c": ("b",), "d": ("b",)}, defined("a", "b"), always)
    assert {} == told(found)
    assert {"a", "b"} == {each.definition.name for each in found.conflicts}
    assert {"b", "c", "d"} == found.pending


def test_a_new_field_of_an_old_name_is_its_own() -> None:
    """Where the heir of a name is there, a definition of that name is that of the field that came later."""
    assert Following() == following({"b": ("a",), "a": ()}, defined("a", "b"), always)
