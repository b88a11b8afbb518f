"""[spark] of the settings, and a cluster that cannot be asked: nothing of Spark is needed to be told."""

from __future__ import annotations

import shutil

import pytest

from dss_runtime.engines.spark import _requirements
from tests.cli.conftest import Shop


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("[spark]\nmaster = 4", "spark.master: expected the address of a cluster"),
        ("[spark]\noptions = {cores = 2}", "spark.options: expected a table of texts"),
        ("[spark]\nmastr = 'yarn'", "spark.mastr: unknown key; did you mean 'master'?"),
        ("[[spark]]", "spark: expected a table [spark]"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(shop: Shop, table: str, problem: str) -> None:
    """Whatever the command, since the settings are wrong for all."""
    text = (shop.folder / "dss.toml").read_text()
    (shop.folder / "dss.toml").write_text(f"{text}\n{table}\n")
    done = shop.dss("plan", "nightly")
    assert 1 == done.exit_code
    assert problem in done.stderr
    assert "dss.toml:" in done.stderr


@pytest.mark.parametrize("options", ['{password = "hunter2", cores = 2}', '"password=hunter2"'])
def test_no_property_is_shown_where_another_is_wrong(shop: Shop, options: str) -> None:
    """Passwords of stores are properties of Spark, too."""
    text = (shop.folder / "dss.toml").read_text()
    (shop.folder / "dss.toml").write_text(f"{text}\n[spark]\noptions = {options}\n")
    done = shop.dss("plan", "nightly")
    assert 1 == done.exit_code
    assert "spark.options: expected a table of texts" in done.stderr
    assert "hunter2" not in done.output


def test_missing_libraries_and_java_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with what brings it."""
    nothing: dict[str, str] = {}
    monkeypatch.setattr(_requirements, "find_spec", nothing.get)
    assert "pyspark is not installed: python -m pip install 'datastoresync[spark]'" == _requirements.missing()
    monkeypatch.setattr(_requirements, "find_spec", str)
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert (
        "Java is not in JAVA_HOME, which is /nowhere: Apache Spark needs Java 17" in _requirements.missing()
    )
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", "")
    assert _requirements.missing().startswith("Java is not installed")


def test_doctor_tells_what_a_cluster_needs_of_this_machine(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settings have one, and without asking it."""
    assert "PySpark" not in shop.dss("doctor").output
    text = (shop.folder / "dss.toml").read_text()
    (shop.folder / "dss.toml").write_text(f'{text}\n[spark]\nmaster = "spark://nowhere.invalid:7077"\n')
    monkeypatch.setattr(_requirements, "find_spec", str)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", str)
    assert "PySpark and Java are installed" in shop.dss("doctor").output
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert "Java is not in JAVA_HOME, which is /nowhere" in shop.dss("doctor").output
