"""What is told where Spark fails, and what it may not do to the process that asks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dss_runtime.engines.spark import SparkSieve

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
GONE = """
import os, signal
from dss_runtime.cli._stopping import Stopping
from dss_runtime.engines.spark import SparkSieve
from dss_runtime.engines.spark._database import _forget
from dss_runtime.engines.spark._session import SPARK_ERRORS, shown

with Stopping(print).listening():
    before = signal.getsignal(signal.SIGINT)
    session = SparkSieve("local[1]", {"spark.driver.host": "127.0.0.1"}).begin()
    assert before is signal.getsignal(signal.SIGINT)
frame = session.range(1)
rows = iter(session.range(100_000).toLocalIterator())
next(rows)
os.kill(session.sparkContext._gateway.proc.pid, signal.SIGKILL)
for ask in (lambda: list(rows), lambda: session.range(1).collect()):
    try:
        ask()
    except SPARK_ERRORS as error:
        print(shown(error), flush=True)
_forget(frame)
os._exit(0)
"""


def test_what_java_says_is_told(spark: SparkSession) -> None:
    """A driver that is not there is an error of a call, which alone tells nobody anything."""
    from dss_runtime.engines.spark._session import SPARK_ERRORS, shown

    session = SparkSieve(spark).begin()
    with pytest.raises(SPARK_ERRORS) as caught:
        session.read.jdbc("jdbc:postgresql://127.0.0.1:1/school", "pupil", properties={"driver": "no.Driver"})
    assert "java.lang.ClassNotFoundException: no.Driver" == shown(caught.value)
    with pytest.raises(SPARK_ERRORS) as caught:
        session.sql("SELECT nothing")
    assert shown(caught.value).startswith("[UNRESOLVED_COLUMN")


def test_the_process_of_spark_may_end_and_does_not_take_over_signals(spark: SparkSession) -> None:
    """A run that writes ends after its batch on Ctrl-C, whatever has compared; a killed Java is told."""
    assert spark is not None
    done = subprocess.run(
        [sys.executable, "-c", GONE],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (["its process has ended"] * 2, 0) == (done.stdout.splitlines(), done.returncode), done.stderr
