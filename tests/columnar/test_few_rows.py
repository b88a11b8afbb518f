"""What few records do not have to wait for."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from tests.kills import school

PROGRAM = """
import sys
from click.testing import CliRunner
from dss_runtime.cli import app
done = CliRunner().invoke(app, ["-C", sys.argv[1], "plan", "base"])
assert 2 == done.exit_code, done.output
print(sorted({"duckdb", "numpy", "pandas", "pyarrow", "sqlglot"} & sys.modules.keys()))
"""


def test_no_library_of_an_engine_is_imported_for_a_few_rows_of_a_database(tmp_path: Path) -> None:
    """To import them takes longer than to make and compare some thousand objects."""
    target = school.BaseTarget(tmp_path / "base.db")
    rng = random.Random(0)
    target.replace(school.random_rows(rng, 10, target=True))
    school.make_project(tmp_path / "school")
    school.write_settings(tmp_path / "school", tmp_path / "school", [target])
    school.write_files(tmp_path / "school", school.random_rows(rng, 10))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "school")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("[]", "") == (done.stdout.strip(), done.stderr)
