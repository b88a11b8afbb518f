"""Names that must differ: what is free, what is counted up, what is cut."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime._namespace import NameSpace, folded
from tests.naming.people import parts

limits = st.one_of(st.none(), st.integers(1, 12))


def drawn(space: NameSpace, wanted: list[str], limit: int | None) -> list[str | None]:
    """Return the names that some records get which all want the last of some names."""
    found: list[str | None] = []
    for at in range(len(wanted)):
        found.append(space.give(wanted[: at + 1], limit, "here"))
    return found


@given(
    wanted=st.lists(parts().map(str.strip).filter(bool), min_size=1, max_size=20),
    taken=st.lists(parts(), max_size=10),
    limit=limits,
)
def test_no_two_names_are_the_same(wanted: list[str], taken: list[str], limit: int | None) -> None:
    """Names differ from each other and from all that are taken, case and accents aside, and fit."""
    space = NameSpace()
    space.take(taken[::2], "there")
    space.announce(taken[1::2])
    given_out = [name for name in drawn(space, wanted, limit) if name is not None]
    found = [folded(name) for name in given_out]
    assert len(found) == len({*found, *map(folded, taken)}) - len({*map(folded, taken)})
    assert [] == [name for name in given_out if not name or (limit is not None and len(name) > limit)]


@given(name=parts().map(str.strip).filter(bool), number=st.integers(2, 30))
def test_a_name_without_a_limit_is_never_refused(name: str, number: int) -> None:
    """However many want one name, each gets it, counted up."""
    found = drawn(NameSpace(), [name] * number, None)
    assert name == found[0]
    if name.rstrip(" .") and "@" not in name:
        assert [f"{name.rstrip(' .')}.{at}" for at in range(2, number + 1)] == found[1:]


@pytest.mark.parametrize(
    ("taken", "wanted", "limit", "expected"),
    [
        ((), ["elena.ruiz"], None, "elena.ruiz"),
        (("Elána.Ruiz",), ["elana.ruiz"], None, "elana.ruiz.2"),
        (("elena.ruiz", "ELENA.RUIZ.2"), ["elena.ruiz"], None, "elena.ruiz.3"),
        (("elena.ruiz",), ["elena.ruiz", "elena.ruiz.7"], None, "elena.ruiz.7"),
        (("elena.ruiz", "elena.ruiz.7"), ["elena.ruiz", "elena.ruiz.7"], None, "elena.ruiz.7.2"),
        ((), ["maximilian.of"], 11, "maximilian"),
        (("maximilian",), ["maximilian.of"], 11, "maximilia.2"),
        (("strasse",), ["straße"], None, "straße.2"),
        (("a@b.org",), ["A@b.org"], None, "A.2@b.org"),
        ((), ["elena@b.org"], 8, "el@b.org"),
        (("el@b.org",), ["elena@b.org"], 8, None),
        (("ab",), ["ab"], 2, None),
        ((), ["elena@school.example"], 8, None),
    ],
)
def test_examples(taken: tuple[str, ...], wanted: list[str], limit: int | None, expected: str | None) -> None:
    """The first that is free, or else the last with a number, which an address has before its @."""
    space = NameSpace()
    space.take(taken, "there")
    assert expected == space.give(wanted, limit, "here")


@pytest.mark.parametrize("length", [4, 40])
def test_many_of_one_name_are_counted_in_one_pass(length: int) -> None:
    """Names that are equal, or equal once they are cut, take each no longer than the one before."""
    space, start = NameSpace(), time.process_time()
    for number in range(20_000):
        assert space.give([f"{'x' * length}{number if length > 4 else ''}"], 20, "here")
    # Counting each up from 2 would take some hundred million looks.
    assert time.process_time() - start < 20
