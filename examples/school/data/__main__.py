"""`python -m examples.school.data --students N --seed S --folder DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import write_school


def main() -> int:
    """Write a school's files and say what they hold."""
    parser = argparse.ArgumentParser(prog="python -m examples.school.data", description=write_school.__doc__)
    parser.add_argument("--students", type=int, default=1200, metavar="N", help="how many (default: 1200)")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="equal seeds give equal files (default: 1)"
    )
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where to write")
    arguments = parser.parse_args()
    if arguments.students < 0:
        parser.error(f"argument --students: expected a number from 0 up, got {arguments.students}")
    manifest = write_school(arguments.folder, students=arguments.students, seed=arguments.seed)
    for name in (*manifest.files, manifest.database, "manifest.json"):
        print(arguments.folder / name)
    print(f"{manifest.students} students, {len(manifest.dirty)} rows that must be refused", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
