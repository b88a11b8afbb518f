"""`dss json-schema` gives editors the language, and `dss generate` keeps a project's copy in step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dss_generator.schema.json_schema import json_schema_text
from dss_runtime.cli import app


def dss(folder: Path, *arguments: str) -> Result:
    """Call `dss` in a folder."""
    return CliRunner().invoke(app, ["-C", str(folder), *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, as `dss init` makes it."""
    assert 0 == dss(tmp_path, "init", "shop").exit_code
    return tmp_path / "shop"


def test_it_is_printed_without_a_project(tmp_path: Path) -> None:
    """Standard output is the JSON Schema, and only that."""
    done = dss(tmp_path, "json-schema")
    assert (0, json_schema_text(), "") == (done.exit_code, done.stdout, done.stderr)


def test_it_is_written_to_a_file_once(tmp_path: Path) -> None:
    """-o writes the file, relative to the folder worked in; a second time there is nothing to write."""
    done = dss(tmp_path, "json-schema", "-o", "a/language.json")
    assert (0, "wrote a/language.json\n", "") == (done.exit_code, done.stdout, done.stderr)
    path = tmp_path / "a" / "language.json"
    assert json_schema_text() == path.read_text(encoding="utf-8")
    again = dss(tmp_path, "json-schema", "-o", "a/language.json")
    assert (0, "", "a/language.json is up to date\n") == (again.exit_code, again.stdout, again.stderr)


@pytest.mark.parametrize("text", ["{}\n", '{"$comment": "mine"}\n', ""])
def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path, text: str) -> None:
    """What the command did not write is an error, and stays."""
    path = tmp_path / "package.json"
    path.write_text(text)
    done = dss(tmp_path, "json-schema", "-o", "package.json")
    assert (1, text) == (done.exit_code, path.read_text())
    assert "not written by the generator; move it away first" in done.stderr


def test_a_file_that_cannot_be_is_told(tmp_path: Path) -> None:
    """Where a file is, no folder can be made, and the system's reason is in the error."""
    (tmp_path / "file").write_text("")
    done = dss(tmp_path, "json-schema", "-o", "file/language.json")
    assert (1, True) == (done.exit_code, "language.json: cannot be written: " in done.stderr)


def test_a_new_project_has_it_beside_its_schema(project: Path) -> None:
    """`dss init` writes the file that the first line of the schema leads to."""
    first = (project / "schema" / "shop.yaml").read_text().partition("\n")[0]
    assert "# yaml-language-server: $schema=schema.json" == first
    assert json_schema_text() == (project / "schema" / "schema.json").read_text(encoding="utf-8")


def test_generate_keeps_it_in_step(project: Path) -> None:
    """A file of an older version is stale for --check, with the difference, and `generate` writes it anew."""
    path = project / "schema" / "schema.json"
    older = path.read_text(encoding="utf-8").replace("The kind of system.", "The sort of system.")
    path.write_text(older, encoding="utf-8")
    done = dss(project, "generate", "--check")
    assert 1 == done.exit_code
    assert '+          "description": "The kind of system."\n' in done.stdout
    assert older == path.read_text(encoding="utf-8")
    assert "wrote schema/schema.json\n" == dss(project, "generate").stdout
    assert 0 == dss(project, "generate", "--check").exit_code
    path.unlink()
    assert (1, "wrote schema/schema.json\n") == (
        dss(project, "generate", "--check").exit_code,
        dss(project, "generate").stdout,
    )


def test_windows_line_ends_are_no_difference(project: Path) -> None:
    """A checkout that changes line ends leaves the file in step."""
    path = project / "schema" / "schema.json"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert 0 == dss(project, "generate", "--check").exit_code


def test_generate_writes_over_no_file_of_somebody_else(project: Path) -> None:
    """A file in the way is named, and nothing is generated."""
    path = project / "schema" / "schema.json"
    path.write_text(json.dumps({"mine": True}))
    (project / "generated" / "models.py").unlink()
    done = dss(project, "generate")
    assert (1, True) == (
        done.exit_code,
        "\nschema/schema.json:1:1: error: not written by the generator; move it away first" in done.stderr,
    )
    assert not (project / "generated" / "models.py").exists()


def test_a_project_without_the_setting_has_no_such_file(project: Path) -> None:
    """Where dss.toml does not name it, `generate` writes none and looks at none."""
    settings = project / "dss.toml"
    settings.write_text(settings.read_text().replace('json_schema = "schema/schema.json"\n', ""))
    (project / "schema" / "schema.json").unlink()
    assert (0, "") == (dss(project, "generate", "--check").exit_code, dss(project, "generate").stdout)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"../a.json"', "json_schema: '../a.json' must be a file below root ("),
        ('"schema/language.yaml"', "whose name ends in .json"),
        ("7", "json_schema: expected the name of a file, found a value of type int"),
        ('""', "json_schema: expected the name of a file, found an empty one"),
    ],
)
def test_a_setting_that_names_no_such_file_is_refused(project: Path, value: str, message: str) -> None:
    """The setting names a file of the project, told with its line."""
    settings = project / "dss.toml"
    settings.write_text(settings.read_text().replace('"schema/schema.json"', value))
    done = dss(project, "generate")
    assert (1, True, True) == (done.exit_code, message in done.stderr, "dss.toml:6: " in done.stderr)


@pytest.mark.parametrize("value", ["..", ".", "/elsewhere"])
def test_the_dictionary_lies_below_the_root(project: Path, value: str) -> None:
    """The folder of the dictionary is one of the project's own."""
    settings = project / "dss.toml"
    settings.write_text(f'dictionary = "{value}"\n{settings.read_text()}')
    done = dss(project, "docs")
    assert (1, True) == (done.exit_code, f"dictionary: {value!r} must be a folder below root" in done.stderr)
