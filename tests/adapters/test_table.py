"""The table in the documentation says what the suite does."""

from __future__ import annotations

import pytest

from tests.adapters.conformance import SYSTEMS
from tests.adapters.systems import CAPABILITIES, System
from tests.adapters.table import PAGE, page


def test_the_page_is_what_the_suite_does() -> None:
    """`python -m tests.adapters.table` would change nothing."""
    assert page() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("system", SYSTEMS, ids=[each.name for each in SYSTEMS])
def test_what_a_system_cannot_do_has_a_reason(system: type[System]) -> None:
    """Each capability is there or is explained, never both; so are fields without a place."""
    assert set(CAPABILITIES) == system.can | set(system.lacks)
    assert not system.can & set(system.lacks)
