"""The table in the documentation says what the suite does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.adapters.conformance import SYSTEMS
from tests.adapters.systems import CAPABILITIES, System
from tests.adapters.table import PAGE, page

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_the_page_is_what_the_suite_does() -> None:
    """`python -m tests.adapters.table` would change nothing."""
    assert page() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("system", SYSTEMS, ids=[each.name for each in SYSTEMS])
def test_what_a_system_cannot_do_has_a_reason(system: type[System]) -> None:
    """Each capability is there or is explained, never both; so are fields without a place."""
    assert set(CAPABILITIES) == system.can | set(system.lacks)
    assert not system.can & set(system.lacks)


@pytest.mark.parametrize("system", SYSTEMS, ids=[each.name for each in SYSTEMS])
def test_the_tests_that_a_reason_speaks_of_exist(system: type[System]) -> None:
    """Where tests of its own make up for a case, they are named, and there are tests of these names."""
    for reason in system.lacks.values():
        named = NAMED.findall(reason)
        assert named or "test" not in reason.lower()
        for path, name in named:
            module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in [each.name for each in module.body if isinstance(each, ast.FunctionDef)]
