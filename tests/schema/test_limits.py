"""The limits of guards, as texts."""

from __future__ import annotations

import pytest

from dss_generator.schema.resolved import Limit


@pytest.mark.parametrize("text", ["0", "25", "1234567", "2000000", "0%", "12.5%", "0.00001%", "100%"])
def test_a_limit_is_shown_as_it_is_written(text: str) -> None:
    """Whatever its size, a limit has all its digits and no exponent."""
    assert text == str(Limit(float(text.removesuffix("%")), text.endswith("%")))
