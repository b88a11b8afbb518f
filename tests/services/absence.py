"""What becomes of a test whose service is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip a test, or fail it where the checks must be whole."""
    if os.environ.get("DSS_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
