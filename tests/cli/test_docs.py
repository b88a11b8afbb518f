"""`dss docs` writes the data dictionary, says what it did, and is strict where it is asked to be."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dss_runtime.cli import app

posix = pytest.mark.skipif(os.name != "posix", reason="programs are scripts here: run it on POSIX")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, as `dss init` makes it."""
    assert 0 == CliRunner().invoke(app, ["-C", str(tmp_path), "init", "shop"]).exit_code
    return tmp_path / "shop"


def docs(project: Path, *options: str) -> Result:
    """Call `dss docs` on the project."""
    return CliRunner().invoke(app, ["-C", str(project), "docs", *options])


def rename_a_field(project: Path) -> None:
    """Change the schema."""
    schema = project / "schema" / "shop.yaml"
    schema.write_text(schema.read_text().replace("stock: int", "quantity: int"))


def mmdc(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Put a program called mmdc that runs *body* on the PATH, and nothing else."""
    path = folder / "bin" / "mmdc"
    path.parent.mkdir()
    path.write_text(f"#!{sys.executable}\nimport re, sys\nfrom pathlib import Path\n{body}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent))


DRAW = """
for number in range(1, Path("all.md").read_text().count("```mermaid") + 1):
    Path(f"drawn-{number}.svg").write_text("<svg></svg>")
"""


def test_the_dictionary_is_written_and_then_in_step(project: Path) -> None:
    """Every page is told; a second run has nothing to do, and --check agrees."""
    done = docs(project)
    names = ["README", "models/Product", "trees/Supplier", "trees/Shop"]
    assert "".join(f"wrote dictionary/{name}.md\n" for name in names) == done.stdout
    again = docs(project)
    assert (0, "", "in step with the schema: nothing to write\n") == (
        again.exit_code,
        again.stdout,
        again.stderr,
    )
    checked = docs(project, "--check")
    assert (0, "", "in step with the schema\n") == (checked.exit_code, checked.stdout, checked.stderr)


def test_check_shows_what_is_stale_and_writes_nothing(project: Path) -> None:
    """After a change of the schema --check exits with 1 and shows the difference."""
    docs(project)
    rename_a_field(project)
    page = project / "dictionary" / "models" / "Product.md"
    before = page.read_bytes()
    done = docs(project, "--check")
    assert (1, "not in step with the schema: run `dss docs`\n") == (done.exit_code, done.stderr)
    assert "-| `stock` | `int` |  |\n" in done.stdout
    assert "+| `quantity` | `int` |  |\n" in done.stdout
    assert before == page.read_bytes()
    told = docs(project).stdout.splitlines()
    assert "wrote dictionary/models/Product.md" in told
    assert 0 == docs(project, "--check").exit_code


def test_another_folder_can_be_asked_for(project: Path) -> None:
    """-o is relative to the project that the command works on; dss.toml names the usual folder."""
    assert "wrote docs/data/README.md" in docs(project, "-o", "docs/data").stdout.splitlines()
    assert 0 == docs(project, "-o", "docs/data", "--check").exit_code
    settings = project / "dss.toml"
    settings.write_text(f'dictionary = "docs/data"\n{settings.read_text()}')
    assert 0 == docs(project, "--check").exit_code
    assert not (project / "dictionary").exists()


def test_a_page_of_somebody_else_is_kept(project: Path) -> None:
    """A README.md in the way is named, and stays as it is."""
    done = docs(project, "-o", ".")
    assert 1 == done.exit_code
    message = "README.md:1:1: error: not written by `dss docs`; move it away first [foreign-file]"
    assert message in done.stderr.splitlines()
    assert not (project / "models").exists()


@pytest.mark.parametrize("output", ["dss.toml", "dss.toml/pages"])
def test_a_folder_that_cannot_be_is_told(project: Path, output: str) -> None:
    """Where a file is, no folder can be made, and the system's reason is in the error."""
    done = docs(project, "-o", output)
    assert 1 == done.exit_code
    assert done.stderr.startswith("error: the dictionary is not whole: ")
    assert "irectory" in done.stderr or "exists" in done.stderr


def test_every_problem_of_the_schema_is_told(project: Path) -> None:
    """A wrong schema is an error with its place, and no page."""
    rename_a_field(project)
    schema = project / "schema" / "shop.yaml"
    schema.write_text(schema.read_text().replace("quantity: int", "quantity: integer"))
    done = docs(project)
    assert 1 == done.exit_code
    assert done.stderr.startswith("error: no dictionary was written:\nschema/shop.yaml:10:")
    assert not (project / "dictionary").exists()


def test_the_json_goes_to_standard_output(project: Path) -> None:
    """--json prints one object and writes no file."""
    done = docs(project, "--json")
    assert (0, "") == (done.exit_code, done.stderr)
    assert ["Product"] == [each["name"] for each in json.loads(done.stdout)["models"]]
    assert not (project / "dictionary").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--json", "--check"), "--json writes no files: give it alone"),
        (("--json", "-o", "x"), "--json writes no files: give it alone"),
        (("--puppeteer", __file__), "--puppeteer is about the browser that draws: give --svg too"),
    ],
)
def test_options_that_do_not_fit_are_refused(project: Path, options: tuple[str, ...], message: str) -> None:
    """What makes no sense together is an error, not half of it done."""
    done = docs(project, *options)
    assert (1, True) == (done.exit_code, message in done.stderr)


def test_without_mmdc_there_is_help(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program that draws is missing, the message says how to get it, and nothing is written."""
    monkeypatch.setenv("PATH", str(project))
    done = docs(project, "--svg")
    assert 1 == done.exit_code
    assert "`npm install --global @mermaid-js/mermaid-cli`, or leave --svg out" in done.stderr
    assert not (project / "dictionary").exists()


@posix
def test_pictures_are_drawn_checked_and_removed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--svg writes a picture per diagram; --check knows old and missing ones; without --svg old ones go."""
    docs(project)
    assert 0 == docs(project, "--check").exit_code
    missing = docs(project, "--check", "--svg")
    assert (1, True) == (missing.exit_code, "out of date: dictionary/models.svg\n" in missing.stdout)
    mmdc(project, monkeypatch, DRAW)
    assert "wrote dictionary/models.svg" in docs(project, "--svg").stdout.splitlines()
    assert 0 == docs(project, "--check", "--svg").exit_code
    rename_a_field(project)
    old = docs(project, "--check")
    assert (1, True) == (old.exit_code, "out of date: dictionary/models/Product.svg\n" in old.stdout)
    done = docs(project)
    assert "removed dictionary/models/Product.svg" in done.stdout.splitlines()
    assert "pictures that were out of date are gone: `dss docs --svg` draws them anew\n" == done.stderr


@posix
def test_what_cannot_be_drawn_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When mmdc fails, what it said is shown, and no page is written."""
    mmdc(project, monkeypatch, "sys.exit('Could not find Chrome')")
    done = docs(project, "--svg")
    assert 1 == done.exit_code
    assert "mmdc ended with exit code 1: Could not find Chrome" in done.stderr
    assert not (project / "dictionary").exists()
