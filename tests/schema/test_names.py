"""Which names a schema may give."""

from __future__ import annotations

import builtins
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator import names
from dss_generator.schema.kinds import NewName

of_the_site = {"copyright", "credits", "exit", "quit", "license", "help"}
"""What the module `site` adds for interactive use."""


@pytest.mark.parametrize("role", names.roles, ids=lambda role: role.noun)
@given(name=st.text(max_size=70) | st.from_regex(names.pattern, fullmatch=True))
def test_a_name_that_is_accepted_is_a_plain_identifier(role: names.Role, name: str) -> None:
    """What passes is an ASCII identifier, no leading underscore, that shadows no keyword and no builtin."""
    if names.reason_against(name, role) is None:
        assert name.isascii()
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert len(name) <= 64
        assert name == "type" or name in of_the_site or not hasattr(builtins, name)


@given(st.text(max_size=70))
def test_why_a_name_is_refused_is_printable(name: str) -> None:
    """No name, however hostile, gets into a message as it is."""
    for role in names.roles:
        assert (names.reason_against(name, role) or "").isprintable()


def test_the_lists_hold_what_this_python_has() -> None:
    """Every keyword and public builtin of the running Python is in the lists, but `type`."""
    assert set(keyword.kwlist) <= names.keywords
    found = {each for each in dir(builtins) if not each.startswith("_")}
    assert found - of_the_site - {"type"} <= names.builtins | names.keywords


@pytest.mark.parametrize(
    "name", ["type", "match", "case", "name", "keys", "store_rooms", "branches_of", "date"]
)
def test_names_that_do_no_harm_are_accepted(name: str) -> None:
    """Soft keywords, types, and prefixes that the original lost branches to, are names like others."""
    assert names.reason_against(name, names.field_role) is None
    assert names.reason_against(name, names.tree_role) is None


@given(st.from_regex(names.pattern, fullmatch=True))
def test_case_and_underscores_do_not_tell_names_apart(name: str) -> None:
    """A name is taken by each of its spellings in another case."""
    for spelling in (name.upper(), name.lower(), f"{name}_", name.replace("_", "")):
        assert names.taken(name, [spelling]) == spelling


def test_each_role_has_its_own_definition() -> None:
    """The JSON Schema tells the roles' names apart."""
    assert len(names.roles) == len({NewName(role).name for role in names.roles})
