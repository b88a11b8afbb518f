"""What a reviewer broke: the exit code of a run that the project's own code ends."""

from __future__ import annotations

import pytest

from dss_runtime.cli._exits import Exit
from tests.cli.conftest import Shop


@pytest.mark.parametrize("code", ["0", "2", "'bye'"])
def test_a_run_that_the_projects_code_ends_is_an_error(shop: Shop, code: str) -> None:
    """`sys.exit(0)` in a handler must not look like a run that went well."""
    shop.wiring(f"import sys\n\nsys.exit({code})\n")

    result = shop.dss("plan", "Supplier", "Shop")

    assert Exit.ERROR == result.exit_code
    assert "SystemExit" in result.stderr
    assert "nothing was written" in result.stderr
