"""What is wrong with an installed package is told by every command as any other mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.extensions.packages import ADAPTER, Site
from tests.extensions.test_tables import PIPE
from tests.generator.projects import project_in

FAILS = ADAPTER.replace('(("command", node.text("command")),)', "1 / 0")
TOLD = (
    "schema/0.yaml:5:39: error: the adapter 'pipe' of x 1.0 cannot tell its options: "
    "ZeroDivisionError: division by zero [extension]"
)


@pytest.mark.parametrize(
    "command",
    [["check"], ["generate"], ["generate", "--check"], ["docs"], ["docs", "--json"]],
    ids=" ".join,
)
def test_a_package_that_fails_is_no_error_of_ours(site: Site, tmp_path: Path, command: list[str]) -> None:
    """The message has the place in the schema and the package, and no hint at a fault in datastoresync."""
    site.install("x", FAILS, {"adapters": {"pipe": "x:adapter"}})
    root = project_in(tmp_path / "p", PIPE).root
    (root / "dss.toml").write_text("")
    done = CliRunner().invoke(app, ["-C", str(root), *command])
    assert (1, "") == (done.exit_code, done.stdout)
    assert TOLD in done.stderr.splitlines()
    assert "--debug" not in done.stderr


@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_package_that_fails_is_a_problem_for_programs(site: Site, tmp_path: Path, command: str) -> None:
    """With --json it is data, as what the schema has wrong itself."""
    site.install("x", FAILS, {"adapters": {"pipe": "x:adapter"}})
    root = project_in(tmp_path / "p", PIPE).root
    (root / "dss.toml").write_text("")
    done = CliRunner().invoke(app, ["-C", str(root), command, "--json"])
    (problem,) = json.loads(done.stdout)["problems"]
    place = f"{problem['file']}:{problem['line']}:{problem['column']}"
    assert TOLD == f"{place}: {problem['severity']}: {problem['message']} [{problem['rule']}]"


@pytest.mark.parametrize("options", [[], ["-o", "language.json"]], ids=["printed", "written"])
def test_the_language_with_a_broken_package_is_refused(
    site: Site, tmp_path: Path, options: list[str]
) -> None:
    """`dss json-schema` names the package, and writes nothing."""
    site.install("x", "", {"adapters": {"pipe": "x:gone"}})
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "json-schema", *options])
    expected = "error: the adapter 'pipe' of x 1.0 cannot be used: x has no 'gone'\n"
    assert (1, "", expected) == (done.exit_code, done.stdout, done.stderr)
    assert not (tmp_path / "language.json").exists()
