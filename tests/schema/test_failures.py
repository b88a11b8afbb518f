"""The failure suite: one wrong or hostile schema and what is said of it per case."""

from __future__ import annotations

from pathlib import Path

import pytest

from dss_generator.rules import rules
from tests.schema.failure_cases import Case, cases, folder, problems

all_cases = [case for path in sorted((folder / "failures").glob("*.yaml")) for case in cases(path)]
told_elsewhere = {
    "no-schema", "too-many-files", "file-name", "file-suffix", "file-size", "file-unreadable", "link",
    "too-many-problems", "generated-name", "extension",
}  # fmt: skip
"""Rules that one text cannot break alone; test_files.py, test_problems.py, test_naming.py and, where packages
are installed, tests/extensions break them."""


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in all_cases])
def test_a_wrong_schema_is_refused_with_its_reasons_and_places(case: Case, tmp_path: Path) -> None:
    """What is printed of a wrong schema is, line by line, what the case expects, and nothing else."""
    assert list(case.expected) == problems(case.data, tmp_path)


def test_every_case_expects_something_and_has_a_name_of_its_own() -> None:
    """No case is empty, none is there twice."""
    assert all(case.expected for case in all_cases)
    assert len(all_cases) == len({case.name for case in all_cases})


def test_every_rule_has_a_case() -> None:
    """The suite breaks every rule but those that are not about one file's text."""
    broken = {line.rpartition("[")[2].rstrip("]") for case in all_cases for line in case.expected}
    assert set(rules) == broken | told_elsewhere


def test_the_base_of_the_cases_is_sound(tmp_path: Path) -> None:
    """What every case is loaded together with has no problem of its own."""
    assert [] == problems(b"models: {}\n", tmp_path)
