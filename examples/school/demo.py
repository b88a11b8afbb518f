"""`python -m examples.school.demo [--students N]`: a school's export files into its Moodle.

Writes the files, shows a part of the schema, and then runs the commands that a school would run every night.
Ends with 1 where one of them does not end as it should.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from dss_runtime.cli import app
from examples.school.data import write_school

_HERE = Path(__file__).parent
_SCHEMA = _HERE.parents[1] / "schema"
_FEWEST = 40
"""In a smaller school the few dirty rows are so large a share that a guard holds the run."""

_OK, _DIFFERENT = 0, 2


class Failure(Exception):
    """A command has not ended as the demo expects it to."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m examples.school.demo", description=__doc__)
    parser.add_argument("--students", type=int, default=1200, metavar="N", help="how many (default: 1200)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, another school")
    parser.add_argument(
        "--folder", type=Path, default=_HERE, metavar="DIR", help="where dss.toml is (default: beside this)"
    )
    given = parser.parse_args(arguments)
    if given.students < _FEWEST:
        parser.error(f"argument --students: expected a number from {_FEWEST} up, got {given.students}")
    console = Console(highlight=False, markup=False, emoji=False)
    try:
        _run(console, given.folder, students=given.students, seed=given.seed)
    except Failure as failure:
        complaint = Console(stderr=True, highlight=False, markup=False, emoji=False)
        complaint.print(f"the demo failed: {failure}", style="bold red", soft_wrap=True)
        return 1
    console.print("\nconverged: 0 differences", style="bold green")
    return 0


def _run(console: Console, folder: Path, *, students: int, seed: int) -> None:
    _title(console, "The schema says once what a student is, and how each system holds one")
    _excerpt(console, "people.yaml", "Person")
    _excerpt(console, "people.yaml", "Student")
    _excerpt(console, "powerschool.yaml", "students")
    _excerpt(console, "moodle.yaml", "students")

    _title(console, "Tonight's export files, and Moodle as it was last term")
    manifest = write_school(folder / "files", students=students, seed=seed)
    for name in (*manifest.files, manifest.database):
        console.print(f"  {folder / 'files' / name}", soft_wrap=True)
    console.print(f"  {manifest.students} students, {len(manifest.dirty)} rows that cannot be right")

    _title(console, "What differs?")
    _dss(console, folder, "plan", "nightly", expected=_DIFFERENT)
    _title(console, "Carry it out, then read Moodle again")
    _dss(console, folder, "sync", "nightly", "--verify", expected=_OK)
    _title(console, "The next run")
    _dss(console, folder, "plan", "nightly", expected=_OK)


def _title(console: Console, text: str) -> None:
    console.print(f"\n{text}\n", style="bold cyan", soft_wrap=True)


def _excerpt(console: Console, name: str, key: str) -> None:
    """Show what a file of the schema says under the first *key*."""
    lines = (_SCHEMA / name).read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines) if line.strip() == f"{key}:")
    margin = _margin(lines[first])
    block = [lines[first]]
    for line in lines[first + 1 :]:
        if not line.strip() or _margin(line) <= margin:
            break
        block.append(line)
    console.print(f"  # schema/{name}", style="dim")
    console.print("\n".join(f"  {line[margin:]}" for line in block) + "\n", soft_wrap=True)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _dss(console: Console, folder: Path, *arguments: str, expected: int) -> None:
    """Run `dss` as in a shell (Failure unless it ends with the *expected* code)."""
    command = " ".join(("dss", *arguments))
    console.print(f"$ {command}", style="bold")
    try:
        app.main(["--project", str(folder), *arguments])
    except SystemExit as end:
        if end.code != expected:
            raise Failure(f"`{command}` has ended with {end.code}, not {expected}") from None


if __name__ == "__main__":
    sys.exit(main())
