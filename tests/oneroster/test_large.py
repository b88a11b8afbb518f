"""Large sets that a pack's own strategies draw are written, read back, and valid to others."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_generator.pull.oneroster import oneroster_tables
from dss_runtime.adapters.oneroster._standards import STANDARDS
from dss_runtime.cli import app
from dss_runtime.cli._pull_csv import open_files

SCRIPT = Path(__file__).with_name("large_set.py")


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["oneroster-1.1", "oneroster-1.2", "sds-2.1"])
def test_a_large_set_survives(tmp_path: Path, pack: str) -> None:
    """More than 10,000 records of all kinds are read back equal; other readers find what we have written."""
    made = CliRunner().invoke(app, ["-C", str(tmp_path), "init", "school", "--pack", pack])
    assert 0 == made.exit_code, made.output
    path = tmp_path / "set.zip"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "school"), *filter(None, sys.path)]),
    }
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(path), "1800"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr)
    assert int(done.stdout) > 10_000
    with zipfile.ZipFile(path) as held:
        assert held.testzip() is None
        held.extractall(tmp_path / "set")
    files = {each.stem: each for each in sorted((tmp_path / "set").glob("*.csv")) if each.stem != "manifest"}
    rows = 0
    for name, each in files.items():
        with each.open(encoding="utf-8", newline="") as text:
            header, *found = csv.reader(text, strict=True)
            assert list(STANDARDS[pack].files[name].columns) == header
            assert {len(header)} == {len(row) for row in found}
            rows += len(found)
    assert int(done.stdout) == rows
    if STANDARDS[pack].version:
        roster = oneroster_tables(open_files(sorted((tmp_path / "set").glob("*.csv")), None))
        assert (STANDARDS[pack].version, ()) == (roster.version, roster.slips)
