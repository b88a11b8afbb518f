"""`dss init` makes a project that works at once and whose types guard it from the first change on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dss_runtime
from dss_runtime.cli import _generator, app
from dss_runtime.cli._new_project import FILES
from dss_runtime.cli._settings import Settings

TEMPLATE = Path(dss_runtime.__file__).parent / "cli" / "new_project"


def _init(folder: Path, name: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), "init", name])


def _run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the project, in a process of its own, as `generated` can be imported only once."""
    path = os.pathsep.join(each for each in sys.path if each)
    environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _checked(project: Path) -> Sequence[str]:
    """What `mypy --strict .` says of the project's own files."""
    source = Path(dss_runtime.__file__).parents[1]
    # In a checkout mypy has to be told where the packages are; where they are installed, it must not be.
    found = [] if "site-packages" in source.parts else [str(source), str(source / "generator")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(project.parent / "cache"), "."],
        cwd=project,
        env={**environment, "MYPYPATH": os.pathsep.join(found)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "checked" in done.stdout or "Success" in done.stdout, done.stdout + done.stderr
    return [
        line for line in done.stdout.splitlines() if ": error:" in line and not line.startswith(str(source))
    ]


def test_every_text_is_used_and_every_file_has_its_text() -> None:
    """The table of files and the folder of texts name the same things."""
    assert sorted(FILES.values()) == sorted(path.name for path in TEMPLATE.iterdir())


def test_a_new_project_has_its_files_and_its_name(tmp_path: Path) -> None:
    """Everything is there, the generated code too, and no placeholder is left."""
    done = _init(tmp_path, "my-shop_2")
    assert (0, f"made {tmp_path / 'my-shop_2'}\n") == (done.exit_code, done.stdout)
    made = {
        path.relative_to(tmp_path / "my-shop_2").as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert set(FILES) | {"generated/wiring.py", "generated/models.py"} <= made
    texts = [(tmp_path / "my-shop_2" / name).read_text() for name in FILES]
    assert not any("@NAME@" in text for text in texts)
    assert 'name = "my-shop_2"' in (tmp_path / "my-shop_2" / "pyproject.toml").read_text()
    assert ["my-shop_2"] == os.listdir(tmp_path)


def test_a_new_project_is_in_step_and_asks_for_no_stub(tmp_path: Path) -> None:
    """The handlers that come with it are all there are: --check finds nothing."""
    _init(tmp_path, "shop")
    done = CliRunner().invoke(app, ["-C", str(tmp_path / "shop"), "generate", "--check"])
    assert (0, "") == (done.exit_code, done.stdout)


def test_a_new_project_syncs_at_once(tmp_path: Path) -> None:
    """Plan shows the supplier's products, sync creates, changes and removes, and the shop has them then."""
    _init(tmp_path, "shop")
    project = tmp_path / "shop"
    planned = _run(project, "dss_runtime.cli", "plan", "Supplier", "Shop")
    assert (2, "") == (planned.returncode, planned.stderr)
    assert "new_products(sku='A-100')" in planned.stdout
    synced = _run(project, "dss_runtime.cli", "sync", "nightly", "--verify")
    assert (0, "converged: 0 differences") == (synced.returncode, synced.stdout.splitlines()[-1])
    (project / "data" / "products.csv").write_text(
        "sku,name,stock\nA-100,Samovar,13\nC-1,Spoon,1\nA-200,Teapot,7\n"
    )
    again = _run(project, "dss_runtime.cli", "sync", "nightly", "--verify")
    assert (0, "converged: 0 differences") == (again.returncode, again.stdout.splitlines()[-1])
    assert {
        "A-100": {"sku": "A-100", "name": "Samovar", "stock": "13"},
        "A-200": {"sku": "A-200", "name": "Teapot", "stock": "7"},
        "C-1": {"sku": "C-1", "name": "Spoon", "stock": "1"},
    } == json.loads((project / "data" / "shop.json").read_text())
    (project / "data" / "products.csv").write_text("")
    assert 3 == _run(project, "dss_runtime.cli", "sync", "nightly").returncode


@pytest.mark.slow
def test_the_types_lead_from_a_new_field_to_a_filled_handler(tmp_path: Path) -> None:
    """Green at first; after a new field mypy names the unfilled stub; filled, it is green and syncs."""
    _init(tmp_path, "shop")
    project = tmp_path / "shop"
    assert [] == _checked(project)
    schema, rows = project / "schema" / "shop.yaml", project / "data" / "products.csv"
    schema.write_text(schema.read_text().replace("stock: int", "stock: int\n      price: decimal"))
    header, *lines = rows.read_text().splitlines()
    rows.write_text("\n".join([f"{header},price", *(f"{line},9.90" for line in lines)]) + "\n")
    CliRunner().invoke(app, ["-C", str(project), "generate"])
    (problem,) = _checked(project)
    assert problem.startswith("handlers/shop.py:")
    assert "Missing return statement" in problem
    handlers = project / "handlers" / "shop.py"
    filled = (
        'client(self.tree.settings).change(action.left.sku, "price", new)\n        return Outcome.applied()'
    )
    handlers.write_text(f"{handlers.read_text().rstrip()}\n        {filled}\n")
    assert [] == _checked(project)
    done = _run(project, "dss_runtime.cli", "sync", "Supplier", "Shop", "--verify")
    assert (0, "converged: 0 differences") == (done.returncode, done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../x", "2shop", "-x", "a b", "a\n", "é", "x" * 65, "@NAME@"]
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """Names that would leave the folder, break a file or a tool are refused, and nothing is made."""
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "init", "--", name])
    assert (1, []) == (done.exit_code, os.listdir(tmp_path))
    assert "is no name for a project" in done.stderr


def test_an_empty_folder_is_used_and_a_full_one_refused(tmp_path: Path) -> None:
    """What somebody has is never written over."""
    (tmp_path / "shop").mkdir()
    assert 0 == _init(tmp_path, "shop").exit_code
    again = _init(tmp_path, "shop")
    assert (1, True) == (again.exit_code, "is there already, and not empty" in again.stderr)


def test_a_file_or_a_link_of_the_name_is_refused(tmp_path: Path) -> None:
    """Only a folder can be filled."""
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        done = _init(tmp_path, name)
        assert (1, True) == (done.exit_code, "is there already, and is no folder" in done.stderr)


def test_an_interrupted_init_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is there whole or not at all."""

    def interrupted(_: Settings) -> _generator.Written:
        raise KeyboardInterrupt

    monkeypatch.setattr(_generator, "write", interrupted)
    done = _init(tmp_path, "shop")
    assert (130, []) == (done.exit_code, os.listdir(tmp_path))
    assert "interrupted: nothing was written" in done.stderr


def test_what_a_killed_run_left_is_named(tmp_path: Path) -> None:
    """A folder from a run that was killed is not reused in silence."""
    (tmp_path / ".shop.new").mkdir()
    done = _init(tmp_path, "shop")
    assert (1, True) == (
        done.exit_code,
        ".shop.new is left from a run that was killed; delete it" in done.stderr,
    )
