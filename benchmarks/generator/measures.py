"""What is measured of the generator and its output, and how."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.processes import Cost, cost_of, median_of, python
from benchmarks.table import Row

DEPENDENCIES = (
    "dss_runtime.adapters.csv, dss_runtime.adapters.memory, dss_runtime.adapters.sql, "
    "dss_runtime.codegen, dss_runtime.transforms, dss_runtime.types"
)
"""What generated code imports of the runtime."""

TIMED_IMPORT = """\
import sys, time
sys.path.insert(0, ".")
{before}
wall, cpu = time.perf_counter(), time.process_time()
import {what}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""

DSS = str(Path(sysconfig.get_path("scripts"), "dss"))
CHECK = (DSS, "generate", "--check")
MYPY = (sys.executable, "-m", "mypy", "--strict", f"--cache-dir={os.devnull}", ".")


def generation(project: Path, runs: int) -> Iterator[Row]:
    """Yield the costs of `dss`: of the whole process, with everything that it imports."""

    def generate() -> Cost:
        for name in ("generated", "handlers"):
            shutil.rmtree(project / name, ignore_errors=True)
        return cost_of((DSS, "generate"), project)[0]

    generate()  # writes the bytecode of the runtime and of the generator
    yield Row("`dss generate`, nothing generated before", median_of(runs, generate), 1.0)
    yield Row("`dss generate --check`", median_of(runs, lambda: cost_of(CHECK, project)[0]), 1.0)


def imports(project: Path, runs: int) -> Iterator[Row]:
    """Yield the costs of importing, each inside a process of its own, after what it imports in turn."""
    yield Row(
        "an interpreter that does nothing", median_of(runs, lambda: cost_of(python("pass"), project)[0])
    )
    runtime = f"import {DEPENDENCIES}"
    for what, before, name, limit in (
        ("import of the runtime with its adapters", "", DEPENDENCIES, None),
        ("import of SQLAlchemy, where a database is used", "", "sqlalchemy", None),
        ("import of the generated package and its handlers, after the runtime", runtime, WIRING, 0.040),
        ("import of generated/strategies.py too, after Hypothesis", STRATEGIES, "generated.strategies", None),
    ):
        program = TIMED_IMPORT.format(before=before, what=name)
        measure = _timed(program, project)
        measure()  # writes the bytecode
        yield Row(what, median_of(runs, measure), limit)


WIRING = "generated.wiring, generated.actions"
"""Every module but strategies.py, which is for tests: the wiring imports all others except actions.py."""
STRATEGIES = f"import {WIRING}, hypothesis.strategies"


def _timed(program: str, project: Path) -> Callable[[], Cost]:
    def measure() -> Cost:
        _, printed = cost_of(python(program), project)
        wall, cpu = map(float, printed.split())
        return Cost(wall, cpu)

    return measure


def type_check(project: Path, runs: int) -> Iterator[Row]:
    """Yield the cost of mypy over the whole project, from no cache: typeshed and libraries are read too."""
    yield Row("`mypy --strict .`, no cache", median_of(runs, lambda: cost_of(MYPY, project)[0]), 10.0)
