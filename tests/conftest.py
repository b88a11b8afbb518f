"""What every test runs under: Hypothesis settings, chosen by the variable DSS_HYPOTHESIS."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

# Checks run the same examples every time: a red check can be repeated, and no machine is slow enough to fail.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=10)
# For a person or a nightly run that looks for what no one has met yet: new examples every time.
settings.register_profile("thorough", settings.get_profile("ci"), derandomize=False, max_examples=1000)
settings.register_profile("exhaustive", settings.get_profile("thorough"), max_examples=10_000)

settings.load_profile(os.environ.get("DSS_HYPOTHESIS", "ci"))


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of garbage collections: it stays, and is much."""
    gc.collect()
    gc.freeze()
