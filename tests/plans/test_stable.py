"""The texts that marks are made from: equal values give equal texts."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.plans._stable import stable


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_a_type_that_a_package_has_brought_is_told_by_its_repr(one: IPv4Address, other: IPv4Address) -> None:
    """As a key too: a run must not end because nobody here knows the type."""
    assert (one == other) == (stable({"host": one}) == stable({"host": other}))


def test_a_value_that_tells_nothing_of_itself_is_refused() -> None:
    """Where an object is in memory says nothing of what it is."""
    with pytest.raises(TypeError, match="a value of type object has no stable text"):
        stable(object())
