from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
from email.parser import HeaderParser
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = {"dss_runtime", "dss_generator"}


@pytest.fixture
def wheel(distributions: Path) -> ZipFile:
    """The wheel's archive."""
    (path,) = distributions.glob("*.whl")
    return ZipFile(path)


def test_the_wheel_holds_two_packages_and_its_metadata_only(wheel: ZipFile) -> None:
    """An install adds the runtime and the generator, never a package called tests or generated."""
    metadata = f"datastoresync-{PROJECT['version']}.dist-info"
    assert {*PACKAGES, metadata} == {name.partition("/")[0] for name in wheel.namelist()}


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_each_package_is_marked_as_typed(package: str, wheel: ZipFile) -> None:
    """A type checker believes the annotations of an installed package only where py.typed says so."""
    assert f"{package}/py.typed" in wheel.namelist()


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_the_wheel_holds_every_file_of_the_installed_packages(package: str, wheel: ZipFile) -> None:
    """Templates, schemas and other data are installed with the code that reads them."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    files = {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    expected = {f"{package}/{path.relative_to(folder).as_posix()}" for path in files}
    assert expected == {name for name in wheel.namelist() if name.startswith(f"{package}/")}


def test_the_wheel_says_who_it_is(wheel: ZipFile) -> None:
    """Name, version, licence and the Pythons it runs on are in the metadata, as in pyproject.toml."""
    (path,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    fields = HeaderParser().parsestr(wheel.read(path).decode())
    expected = ("datastoresync", PROJECT["version"], "MIT", ">=3.11")
    assert expected == tuple(
        fields[name] for name in ("Name", "Version", "License-Expression", "Requires-Python")
    )


def test_the_source_distribution_builds_the_same_wheel(
    distributions: Path, wheel: ZipFile, tmp_path: Path
) -> None:
    """Whoever packages from source gets what the index serves."""
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (again,) = tmp_path.glob("*.whl")
    assert set(wheel.namelist()) == set(ZipFile(again).namelist())


def test_the_installed_version_is_the_project_s() -> None:
    """`dss --version` and the index name the same release."""
    assert PROJECT["version"] == version("datastoresync")


def test_the_dss_command_is_installed() -> None:
    """Installing the package gives the command `dss`, whose help a person can read."""
    (script,) = (script for script in entry_points(group="console_scripts") if script.name == "dss")
    assert "dss_runtime.cli:main" == script.value
    done = subprocess.run(
        [Path(sys.executable).parent / "dss", "--help"], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "generate" in done.stdout
