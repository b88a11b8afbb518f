"""Every pack makes a project that is generated, checked and run without a line of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import dss_runtime
from dss_generator.packs import PACKS
from dss_runtime.cli import app
from tests.generated_schemas.checkers import mypy_cache
from tests.packs.projects import dss, made

ROSTERS = [name for name in PACKS if not name.startswith("powerschool")]


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_is_in_step_and_plans_at_once(tmp_path: Path, pack: str) -> None:
    """The records that come with it differ, no stub is left, and the README names the trees."""
    project = made(tmp_path, pack)
    checked = CliRunner().invoke(app, ["-C", str(project), "generate", "--check"])
    assert (0, "") == (checked.exit_code, checked.stdout)
    left, right = PACKS[pack].left, PACKS[pack].right
    planned = dss(project, "plan", left, right)
    assert (2, "") == (planned.returncode, planned.stderr)
    assert f"{left} -> {right}: " in planned.stdout
    assert f"dss plan {left} {right}" in (project / "README.md").read_text()


@pytest.mark.parametrize("pack", ROSTERS)
def test_a_roster_is_published_byte_for_byte(tmp_path: Path, pack: str) -> None:
    """What is read is written as it was; a second run does nothing, nor does one whose source is gone."""
    project = made(tmp_path, pack)
    incoming, outgoing = project / "data" / "incoming", project / "data" / "outgoing"
    synced = dss(project, "sync", "publish", "--verify")
    assert (0, "converged: 0 differences") == (synced.returncode, synced.stdout.splitlines()[-1])
    contents = [
        {each.name: each.read_bytes() for each in folder.iterdir()} for folder in (incoming, outgoing)
    ]
    assert contents[0] == contents[1]
    assert 0 == dss(project, "plan", "publish").returncode
    for each in incoming.iterdir():
        each.unlink()
    held = dss(project, "sync", "publish")
    assert 3 == held.returncode
    assert contents[1] == {each.name: each.read_bytes() for each in outgoing.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_type_checks(tmp_path: Path, pack: str) -> None:
    """`mypy --strict .` finds nothing in the project's own files."""
    project = made(tmp_path, pack)
    source = Path(dss_runtime.__file__).parents[1]
    found = [] if "site-packages" in source.parts else [str(source), str(source / "generator")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "."],
        cwd=project,
        env={**environment, "MYPYPATH": os.pathsep.join(found), "MYPY_CACHE_DIR": mypy_cache()},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [] == [line for line in errors if not line.startswith(str(source))]
    assert "checked" in done.stdout or "Success" in done.stdout


def test_a_pack_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    """The nearest name is suggested, all are listed, and nothing is made."""
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "init", "school", "--pack", "oneroster-1.3"])
    assert 1 == done.exit_code
    assert "there is no pack 'oneroster-1.3'; did you mean 'oneroster-1." in done.stderr
    assert all(f"  {name}: " in done.stderr for name in PACKS)
    assert [] == list(tmp_path.iterdir())


def test_the_help_names_every_pack() -> None:
    """Whoever asks what there is need not guess."""
    told = "".join(CliRunner().invoke(app, ["init", "--help"]).stdout.split())
    assert [] == [name for name in PACKS if name not in told]


def test_a_schema_of_a_pack_names_every_column_of_its_standard(tmp_path: Path) -> None:
    """What the sample of Microsoft holds is read by the pack as it is, TRUE and FALSE included."""
    project = made(tmp_path, "sds-2.1")
    sample = Path(__file__).parents[1] / "oneroster" / "sds-v2.1-sample"
    settings = project / "dss.toml"
    settings.write_text(settings.read_text().replace('"data/incoming"', f'"{sample}"'))
    synced = dss(project, "sync", "publish", "--verify")
    assert (0, "converged: 0 differences") == (synced.returncode, synced.stdout.splitlines()[-1])
    assert "isPrimary: true and false are written in small letters" in synced.stderr
    names = {each.name for each in sample.glob("*.csv")}
    assert names == {each.name for each in (project / "data" / "outgoing").iterdir()}
