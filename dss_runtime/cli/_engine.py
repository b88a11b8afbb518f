"""What finds the differences: chosen for each branch by itself, or asked for on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from dss_runtime._sifting import Chosen, Sieve
from dss_runtime.cli._spark_settings import SparkSettings
from dss_runtime.cli._terminal import Terminal
from dss_runtime.engines.duckdb import DuckDBSieve
from dss_runtime.engines.fingerprints import FingerprintSieve, Memory
from dss_runtime.engines.spark import SparkSieve
from dss_runtime.engines.streaming import StreamingSieve

ENGINES = ("auto", "memory", "duckdb", "spark")

engine_option: Any = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="What finds the differences: DuckDB where it can and the records are many, else objects in memory. "
    "Apache Spark is only used where it is asked for: see [spark] in dss.toml.",
)


def sieves_of(engine: str, spark: SparkSettings, memory: Memory | None = None) -> tuple[Sieve, ...]:
    """Return what looks at the rows before they become objects, the best first; nothing for "memory".

    The best of all is *memory*, where nobody has asked for another engine. Spark is asked as *spark* says.
    """
    if engine == "memory":
        return ()
    always = engine != "auto"
    first: tuple[Sieve, ...] = ()
    if engine == "spark":
        first = (SparkSieve(spark.master, spark.options),)
    elif memory is not None and not always:
        first = (FingerprintSieve(memory),)
    return (*first, DuckDBSieve(always=always), StreamingSieve(always=always))


def show_chosen(out: Terminal, chosen: Iterable[Chosen]) -> None:
    """Print a line for each branch: what has compared it, and why it was not the faster one."""
    for each in chosen:
        out.line(f"{each.branch}: {each.engine}{f', since {each.reason}' if each.reason else ''}")
