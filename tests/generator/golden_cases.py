"""The golden cases: small projects whose generated files are kept, to be read, compared, checked and run.

`python -m tests.generator.golden_cases` writes them anew after a change of the generator; read the diff.
"""

from __future__ import annotations

from pathlib import Path

from dss_generator import Project, generate

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path("tests", "generator", "golden")
NAMES = ("academy", "accounts", "campus", "directory", "journal", "library", "people", "shop")


def project(name: str, root: Path = REPOSITORY) -> Project:
    """Return the case called *name*, in the repository or in a copy of it."""
    folder = root / FOLDER / name
    return Project(root, folder / "schema", folder / "generated", folder / "handlers")


if __name__ == "__main__":
    for each in NAMES:
        report = generate(project(each))
        print(*report.written, *report.pruned, *report.stubs, *report.stale, sep="\n")  # noqa: T201
