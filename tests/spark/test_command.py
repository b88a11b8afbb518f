"""`--engine spark` of the command line: what it does, and what it says where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adoption.projects import School, schools

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
SCHEMA = """
models: {Pupil: {key: number, fields: {number: str, email: str}}}
branches: {pupils: {model: Pupil}}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv}}}
  Campus: {adapter: csv, branches: {pupils: {path: campus.csv}}}
  Own: {adapter: memory, branches: {pupils: {}}}
syncs: {nightly: {from: Office, to: Own}}
"""


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A project with a file on each side, and the settings of a cluster."""
    with schools(tmp_path / "school", SCHEMA) as made:
        settings = made.folder / "dss.toml"
        told = settings.read_text().partition("[trees")[0]
        folders = '[trees.Office]\nfolder = "."\n[trees.Campus]\nfolder = "."\n'
        settings.write_text(f'{told}{folders}[spark]\nmaster = "local[2]"\n')
        made.columns = ("number", "email")
        made.pupils(("1", "a@example.org"), ("2", "b@example.org"))
        (made.folder / "campus.csv").write_text("number,email\n2,b@example.org\n1,c@example.org\n")
        yield made


def test_a_plan_is_made_on_the_cluster(school: School, spark: SparkSession) -> None:
    """The plan is that of objects, and `--explain` tells what has compared the branch."""
    done = school.dss("plan", "Office", "Campus", "--engine", "spark", "--explain")
    plain = school.dss("plan", "Office", "Campus", "--engine", "memory")
    assert spark is not None
    assert (2, plain.stdout) == (done.exit_code, done.stdout)
    assert "pupils: spark\n" in done.stderr


def test_what_no_cluster_reads_is_told(school: School, spark: SparkSession) -> None:
    """A file that Spark would read otherwise becomes objects, with the reason."""
    assert spark is not None
    (school.folder / "campus.csv").write_bytes(b'number,email\n1,"a\nb"\n')
    done = school.dss("plan", "Office", "Campus", "--engine", "spark", "--explain")
    assert "campus.csv holds a row that ends within quotes" in done.stderr
    assert 2 == done.exit_code, done.output
