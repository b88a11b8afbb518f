"""The session in which everything runs."""

from __future__ import annotations

import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from dss_runtime._extras import extra

with extra("spark"):
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

_GONE = (ConnectionError, EOFError)
SPARK_ERRORS = (PySparkException, Py4JError, *_GONE)
"""What is raised where Spark fails, or its process has ended."""

_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
"""What a session has that is made here, unless the options say otherwise."""

_OURS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.chunkBase64String.enabled": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "true",
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
}
"""What expressions mean depends on these: an overflow is NULL, which proves nothing, and not an error.

The last two save work: few rows are kept in few parts, and rows that are held together by key are joined so.
"""


def session_of(given: SparkSession | str, options: Mapping[str, str]) -> SparkSession:
    """Return a session with the settings that proofs rely on, in the application of *given*.

    That is a session of the project, whose settings stay as they are, or the address of a cluster.
    """
    if isinstance(given, str):
        builder = SparkSession.Builder().master(given).appName("datastoresync")
        for key, value in {**_QUIET, **options}.items():
            builder = builder.config(key, value)
        with _interruption_kept():
            given = builder.getOrCreate()
    session = given.newSession()
    # As many parts of a file at all times, however many workers there are: rows are numbered within them.
    parts = {"spark.sql.files.minPartitionNum": str(session.sparkContext.defaultParallelism)}
    for key, value in {**_OURS, **parts}.items():
        session.conf.set(key, value)
    return session


@contextmanager
def _interruption_kept() -> Generator[None]:
    """Leave it to the process what Ctrl-C does: Spark's own way ends a run that writes amid a batch."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if before is not None and signal.getsignal(signal.SIGINT) is not before:
            signal.signal(signal.SIGINT, before)


def shown(error: Exception) -> str:
    """Return the first line of what Spark says; of what Java says, which comes after that of a call."""
    try:
        said = "" if isinstance(error, _GONE) else str(error)
    except SPARK_ERRORS:  # Java is asked for it
        said = ""
    call, _, java = said.partition("\n: ")
    return (java or call).strip().partition("\n")[0] or "its process has ended"
