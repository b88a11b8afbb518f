"""Rows of artefacts in the settings: read, and checked to the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dss_runtime import SettingsError
from dss_runtime.cli import app
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._settings import Settings, find_settings, read_settings

ROW = '[[artefacts]]\npath = "names.sql"\ntemplate = "names.jinja"\n'


def _read(folder: Path, text: str) -> Settings:
    (folder / "dss.toml").write_text(text, encoding="utf-8")
    return read_settings(find_settings(folder), Secrets())


def test_rows_are_read_in_their_order(tmp_path: Path) -> None:
    """A row has what it says, and knows where it stands."""
    found = _read(tmp_path, f'root = "."\n{ROW}[[artefacts]]\nuse = "sql-ddl"\n').artefacts
    assert [("names.sql", "names.jinja", ""), ("", "", "sql-ddl")] == [
        (row.path, row.template, row.use) for row in found
    ]
    places = [row.at(key).rpartition("dss.toml:")[2] for row in found for key in ("path", "use")]
    assert ["3", "3", "6", "6"] == places


def test_rows_may_stand_in_pyproject(tmp_path: Path) -> None:
    """The tables [[tool.dss.artefacts]] are as good as a file."""
    (tmp_path / "pyproject.toml").write_text(ROW.replace("[[", "[[tool.dss."), encoding="utf-8")
    (row,) = read_settings(find_settings(tmp_path), Secrets()).artefacts
    assert "names.sql" == row.path
    assert row.at("template").endswith("pyproject.toml:3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("artefacts = 1", "dss.toml:1: artefacts: expected tables [[artefacts]]"),
        ('artefacts = ["x"]', "dss.toml:1: artefacts: expected tables [[artefacts]]"),
        (
            f'{ROW}templte = "x"',
            "dss.toml:4: artefacts[0].templte: unknown key; did you mean 'template'?",
        ),
        (f"{ROW}zzz = 1", "dss.toml:4: artefacts[0].zzz: unknown key; known are path, template, use"),
        (
            f'{ROW}use = "x"',
            "dss.toml:2: artefacts[0] has both 'template' and 'use': keep one",
        ),
        (
            '[[artefacts]]\npath = "names.sql"',
            "dss.toml:2: artefacts[0] has neither 'template' nor 'use': add one",
        ),
        (
            '[[artefacts]]\ntemplate = "names.jinja"',
            "dss.toml:2: artefacts[0] has no 'path': add where its file goes in the generated package, "
            "such as 'names.sql'",
        ),
        (
            '[[artefacts]]\npath = 1\ntemplate = ""',
            "dss.toml:2: artefacts[0].path: expected text, such as 'names.sql'\n"
            "dss.toml:3: artefacts[0].template: expected text, such as 'artefacts/names.sql.jinja'",
        ),
        ("[[artefacts]]\n", "dss.toml:1: artefacts[0] has neither 'template' nor 'use': add one"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    """Each mistake in a row has its place in the file, and what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        _read(tmp_path, text)
    assert message == str(caught.value)


def _dss(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), *arguments])


def test_a_declared_artefact_goes_the_way_of_all_generated_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dss generate` writes it, `--check` watches it, and it goes with its row; mistakes are errors."""
    monkeypatch.chdir(tmp_path)
    assert 0 == _dss(tmp_path, "init", "shop").exit_code
    monkeypatch.chdir(tmp_path / "shop")
    settings = Path("dss.toml")
    plain = settings.read_text(encoding="utf-8")
    settings.write_text(f"{plain}\n{ROW}", encoding="utf-8")
    line = plain.count("\n") + 4
    missing = _dss(Path(), "generate")
    assert 1 == missing.exit_code
    assert f"dss.toml:{line}: template: there is no file 'names.jinja'" in missing.output
    template = Path("names.jinja")
    template.write_text("SELECT {{ models[0].name | lit }};\n", encoding="utf-8")
    assert "wrote generated/names.sql\n" in _dss(Path(), "generate").output
    assert 0 == _dss(Path(), "generate", "--check").exit_code
    template.write_text("SELECT {{ models[0].key | lit }};\n", encoding="utf-8")
    stale = _dss(Path(), "generate", "--check")
    assert (1, True) == (stale.exit_code, "+SELECT ('sku');" in stale.output)
    template.write_text("SELECT {{ models[0].kye | lit }};\n", encoding="utf-8")
    wrong = _dss(Path(), "generate")
    assert 1 == wrong.exit_code
    assert "names.jinja:1: error: a Model has no 'kye'; did you mean 'key'?" in wrong.output
    settings.write_text(plain, encoding="utf-8")
    assert "removed generated/names.sql\n" in _dss(Path(), "generate").output
