"""The example type keeps the laws that hold for every type of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_ipv4 import Ipv4Type
from dss_runtime.types import SetType
from tests.types import test_type_laws as laws

LAWS: tuple[Callable[..., Any], ...] = (
    laws.test_a_generated_value_is_one_that_the_target_holds,
    laws.test_text_round_trips,
    laws.test_canonical_forms_are_stable_and_hashable,
    laws.test_exact_types_compare_as_python_does,
    laws.test_null_is_its_own_canonical_form,
    laws.test_sqlite_gives_back_what_it_got,
    laws.test_a_literal_evaluates_to_its_value,
)


@pytest.mark.parametrize("kind", [Ipv4Type(), SetType(of=Ipv4Type())], ids=["alone", "in a set"])
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__.removeprefix("test_"))
def test_the_laws_of_types_hold(law: Callable[..., Any], kind: Any) -> None:
    """What is proved of every type of datastoresync is proved of one that a package adds."""
    law(kind=kind)


@given(st.text())
def test_what_is_no_address_is_refused(text: str) -> None:
    """A text is an address or a ValueError that does not repeat it."""
    try:
        found = str(Ipv4Type().parse(text))
    except ValueError as error:
        found = str(error)
    assert found in (text.strip(), "expected an IPv4 address, such as 192.0.2.1")


def test_a_type_of_a_package_is_made_over_its_own_module() -> None:
    """Generated code imports the package's module, under an alias that no other module has."""
    kind = SetType(of=Ipv4Type(), separator=";")
    assert '_types.SetType(of=_types_of_dss_ipv4.Ipv4Type(), separator=";")' == kind.construction
    imports = ("from dss_runtime import types as _types", "import dss_ipv4 as _types_of_dss_ipv4")
    assert imports == kind.construction_imports
