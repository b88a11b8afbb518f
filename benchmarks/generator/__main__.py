"""Measures the generator and what it generates: prints a Markdown table, fails when a limit is passed."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from itertools import chain
from pathlib import Path

from benchmarks.generator.measures import generation, imports, type_check
from benchmarks.generator.project import fill_handlers, write_project
from benchmarks.generator.schema import Size
from benchmarks.table import table


def main() -> int:
    """Measure, print and return the exit code: 1 when a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generator", description=__doc__)
    parser.add_argument("--models", type=int, default=50, help="models, and branches of each tree (50)")
    parser.add_argument("--fields", type=int, default=20, help="fields of a model, its key included (20)")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median counts (5)")
    parser.add_argument("--keep", type=Path, help="a new folder for the project, which stays there")
    given = parser.parse_args()
    try:
        size = Size(given.models, given.fields)
    except ValueError as error:
        parser.error(str(error))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(exist_ok=given.keep is None)
        write_project(folder, size)
        rows = list(generation(folder, given.runs))
        fill_handlers(folder)
        rows += chain(imports(folder, given.runs), type_check(folder, max(3, given.runs // 2)))
        lines = sum(len(path.read_bytes().splitlines()) for path in folder.glob("generated/*.py"))
    print(f"{size}, {lines:,} generated lines; Python {platform.python_version()}, medians of {given.runs}\n")
    print("\n".join(table(rows)))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
