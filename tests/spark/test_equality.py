"""A cluster changes nothing: whatever files hold, the differences are those of objects."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime.engines.spark import SparkSieve
from tests.columnar.test_equality import check, folders
from tests.generated_schemas.conftest import world, worlds
from tests.generated_schemas.worlds import World
from tests.strategies.runnable import FILES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
__all__ = ["world", "worlds"]

few = settings(max_examples=max(1, settings().max_examples // 50), phases=[Phase.generate])
"""Each is some jobs of Spark."""


@few
@given(data=st.data())
def test_files_are_compared_as_objects_are(spark: SparkSession, world: World, data: st.DataObject) -> None:
    """Two folders of files, dirty in every way, differ on a cluster as they differ in objects."""
    with TemporaryDirectory() as name:
        place = Path(name)
        folders(data, world, place)
        pairs = [
            [world.again(FILES, {"folder": place / side}) for side in ("left", "right")] for _ in range(2)
        ]
        for pair in pairs:
            pair[1].name = "Other"
        check(pairs, SparkSieve(spark))
