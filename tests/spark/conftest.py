"""One small Spark for all tests of this folder: two threads of this machine, and little memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dss_runtime.engines.spark._requirements import missing
from tests.services.absence import absent

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DRIVER = Path("/usr/share/java/postgresql.jar")
"""Where Debian has PostgreSQL's driver for Java."""
OPTIONS = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.jars": str(DRIVER),
}
"""Without what takes most of the time where rows are few: plans that adapt, and Java's best compiler."""


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """A session, which all tests of a process share."""
    if reason := missing():
        absent(reason)
    if not DRIVER.exists():
        absent(f"there is no {DRIVER}: `apt-get install --no-install-recommends libpostgresql-jdbc-java`")
    from pyspark.sql import SparkSession

    builder = SparkSession.Builder().master("local[2]").appName("tests")
    for key, value in OPTIONS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
