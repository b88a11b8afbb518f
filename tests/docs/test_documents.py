from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import run_document
from tests.docs.setup_commands import DEMO_COMMAND, TEST_COMMAND

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/README.md")})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_code_block_of_a_document_runs(document: Path, tmp_path: Path) -> None:
    """Whatever a document shows works as it shows it."""
    assert [] == run_document(document, tmp_path, ROOT)


@pytest.mark.parametrize("command", [TEST_COMMAND, DEMO_COMMAND], ids=["tests", "demo"])
def test_the_readme_shows_both_set_up_commands(command: str) -> None:
    """The README gives a stranger one command for the demo and one for the tests."""
    assert command in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def test_ci_runs_the_readme_s_test_command() -> None:
    """What the CI calls is, letter for letter, what the README tells a stranger to call."""
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_ci_needs_no_privileges_and_stops_at_the_first_failure() -> None:
    """The CI script asks for no administrator's rights and never runs on after an error."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script.splitlines()
    assert "sudo" not in script
