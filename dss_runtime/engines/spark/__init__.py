"""Apache Spark as a sieve: a cluster reads both sides, and proves which records are the same.

Install the extra `spark`, and Java. Only rows that may differ come to this process, one after the other, so
that tables are compared that no single machine could hold.
"""

from __future__ import annotations

from dss_runtime.engines.spark._requirements import missing
from dss_runtime.engines.spark._sieve import SparkSieve

__all__ = ["SparkSieve", "missing"]
