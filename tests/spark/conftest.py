"""One small Spark for all tests of this folder: two threads of this machine, and little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dss_runtime.engines.spark._requirements import missing
from tests.services.absence import absent

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OPTIONS = {
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.jars": "/usr/share/java/postgresql.jar",
}
"""Without the plan that adapts itself, which takes most of the time where rows are few."""


@pytest.fixture(scope="module")
def spark() -> SparkSession:
    """A session, which the modules of one process share."""
    if reason := missing():
        absent(reason)
    from pyspark.sql import SparkSession

    builder = SparkSession.Builder().master("local[2]").appName("tests")
    for key, value in OPTIONS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
