"""The page on connecting a Moodle can be followed word for word, with the stand-in for the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.server import TOKEN, StandIn

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-moodle.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def test_the_page_can_be_followed(tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files make a project whose commands do what the page says; a second sync has nothing to do."""
    stand_in.max_input_vars = 1000
    for name, text in _FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("https://moodle.school.example", stand_in.url), encoding="utf-8")
    settings = tmp_path / "dss.toml"
    own = 'generated = "moodle_how_to"\nhandlers = "moodle_how_to_handlers"\n\n'  # no other test's modules
    settings.write_text(own + settings.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOODLE_TOKEN", TOKEN)
    said = ""
    for command in ("generate", "plan nightly", "sync nightly", "sync nightly"):
        result = CliRunner().invoke(app, command.split())
        assert result.exit_code in (0, 2), result.output
        said = result.output
    assert "nothing to do" in said
    with stand_in.site.transaction() as rows:
        assert {"0001", "0002"} <= {each.idnumber for each in rows.many(t.user)}
        assert ["Year 7 & friends"] == [each.name for each in rows.many(t.cohort)]
        assert 2 == len(rows.many(t.cohort_members))
