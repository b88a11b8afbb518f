"""The hooks in .pre-commit-hooks.yaml are sound, and pre-commit runs them on a project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.breaking.repositories import Repository, need_git

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
HOOKS: list[dict[str, Any]] = (
    yaml.safe_load(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else []
)
pytestmark = pytest.mark.slow


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pre-commit in *folder*, with the `dss` that is tested on the PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(folder.parent / "home"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A new project in a repository, with the hooks as its own: all but how they are installed."""
    need_git()
    assert 0 == CliRunner().invoke(app, ["-C", str(tmp_path), "init", "shop"]).exit_code
    made = Repository(tmp_path / "shop", tmp_path / "shop" / "schema")
    hooks = [{**each, "language": "system"} for each in HOOKS]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (made.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    made.git("init", "--quiet")
    made.commit()
    return made


def edit(shop: Repository, old: str, new: str) -> None:
    """Change the project's schema and stage that."""
    path = shop.schema / "shop.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    shop.git("add", "--all")


def results(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what became of each hook, by its name."""
    names = [each["name"] for each in HOOKS]
    lines = [line for line in done.stdout.splitlines() if line.startswith(tuple(names))]
    return {line.partition("...")[0]: line.rpartition(".")[2] for line in lines}


def test_the_manifest_is_sound() -> None:
    """pre-commit itself accepts the manifest."""
    done = pre_commit(MANIFEST.parent, "validate-manifest", str(MANIFEST))
    assert (0, "") == (done.returncode, done.stdout)
    assert ["dss-generate-check", "dss-check"] == [each["id"] for each in HOOKS]


def test_the_hooks_pass_on_a_project_that_is_in_step(shop: Repository) -> None:
    """Nothing is said against a project whose code is generated and whose schema did not change."""
    done = pre_commit(shop.root, "run", "--all-files")
    assert (0, {each["name"]: "Passed" for each in HOOKS}) == (done.returncode, results(done))


def test_the_hooks_hold_a_commit_that_breaks(shop: Repository) -> None:
    """A breaking change that is staged, and code that is not generated, fail with what there is to do."""
    edit(shop, "stock: int", "stock: str")
    done = pre_commit(shop.root, "run")
    assert (1, {each["name"]: "Failed" for each in HOOKS}) == (done.returncode, results(done))
    assert "not in step with the schema: run `dss generate`" in done.stdout
    assert "breaking: field Product.stock is of type str, before int" in done.stdout


def test_the_hooks_hold_a_commit_that_only_removes(shop: Repository) -> None:
    """pre-commit hands no deleted file to a hook: they run all the same."""
    shop.git("rm", "--quiet", "generated/models.py")
    done = pre_commit(shop.root, "run", "dss-generate-check")
    assert 1 == done.returncode
    assert "generated/models.py:1:1: error: no such file" in done.stdout
    shop.git("reset", "--quiet", "--hard")
    edit(shop, "stock: int", "stock: str")
    assert 1 == pre_commit(shop.root, "run", "dss-check").returncode


def test_a_change_with_a_reason_can_be_committed(shop: Repository) -> None:
    """What the settings switch off passes the hook, and so does a change that is generated."""
    edit(shop, "stock: int", "stock: str")
    with (shop.root / "dss.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[check.rules]]\nrule = "field-retyped"\nclass = "off"\nreason = "leading zeros"\n')
    assert 0 == CliRunner().invoke(app, ["-C", str(shop.root), "generate"]).exit_code
    shop.git("add", "--all")
    done = pre_commit(shop.root, "run")
    assert 0 == done.returncode, done.stdout


def test_unstaged_changes_are_not_what_is_checked(shop: Repository) -> None:
    """The hooks see what would be committed: pre-commit puts the rest aside meanwhile."""
    (shop.root / "note.yaml").write_text("a: 1\n")
    shop.git("add", "note.yaml")
    path = shop.schema / "shop.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("stock: int", "stock: str"), encoding="utf-8")
    done = pre_commit(shop.root, "run")
    assert (0, {each["name"]: "Passed" for each in HOOKS}) == (done.returncode, results(done))
