"""The page about speed: what was measured, where, and what came of it, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from benchmarks.records.limits import Verdict
from benchmarks.records.rounds import Results
from benchmarks.records.tables import limits_table, size_table, sync_table, writes_table
from benchmarks.records.workload import FIELDS
from benchmarks.records.writes.measuring import Writes

HEAD = """\
# How fast it is

Written by `nox -s benchmarks`; [benchmarks/README.md](../../benchmarks/README.md) says what is measured,
and how.

Each side has records of {fields} fields: texts, a whole number, a float, a day, a point in time, a truth
value, an optional text and a list of six. The right side has them in another order. 1 % are new, 6 %
differ in one field, 1 % are old; everyone has to find exactly these. Figures are medians of {runs}, of
processor time where nothing else is said; each run was a process of its own, and all of them took turns.

{machine}

![Processor time and peak memory by the number of records]({chart})
"""
LIMITS = """\
Ratios of processor time, and the same by the clock, with the most records, up to a million, that both were
given. Processor time decides where nothing else is said. No limit is held below a million, where the start
of a process counts for too much."""
SIZE = """\
`growth` is the power of the number of records with which the time has grown from the next smaller size:
1 is in proportion."""
SYNC = """\
From a CSV file into a table of SQLite: both sides are read and compared, the plan is saved, all of it is
written, the table is read again and compared."""
WRITING = """\
10,000 new, 40,000 changed and 10,000 old of 100,000 records, each kind in one transaction. By hand:
`executemany`, and `COPY` for what is new in PostgreSQL, after the values were made what the driver takes.
What PostgreSQL's own processes took is counted too. By hand, a record that cannot be written undoes all of
its kind, and nobody knows which it was; here it fails alone, and each has an outcome."""


def page(results: Results, writes: Writes, verdicts: Sequence[Verdict], *, runs: int, chart: str) -> str:
    """Return the whole page; *chart* is the file of the chart beside it."""
    lines = [HEAD.format(fields=len(FIELDS), runs=runs, machine=machine(), chart=chart)]
    if verdicts:
        lines += ["## Limits", "", LIMITS, "", *limits_table(verdicts), ""]
    for number, size in enumerate(results.sizes):
        told = [SIZE, ""] if number == 0 else []
        lines += [f"## {size:,} records", "", *told, *size_table(results, size), ""]
    if any(name == "sync" for name, _ in results.measured):
        lines += ["## A whole sync, stage by stage", "", SYNC, "", *sync_table(results), ""]
    if writes.costs:
        lines += ["## Writing", "", WRITING, "", *writes_table(writes), ""]
    return "\n".join(lines).rstrip() + "\n"


def machine() -> str:
    """Return what the machine is like, without saying whose it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    python = f"{platform.python_implementation()} {platform.python_version()}"
    computer = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB of memory"
    return f"Measured with {python} on {computer}."
