"""The page on connecting a SCIM service can be followed word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.scim.service import Service
from tests.services.servers import TOKEN

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-scim.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def test_the_page_can_be_followed(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files make a project whose commands do what the page says; a second sync has nothing to do."""
    for name, text in _FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("http://127.0.0.1:8080/v2", service.url(service.port)), encoding="utf-8")
    settings = tmp_path / "dss.toml"
    own = 'generated = "scim_how_to"\nhandlers = "scim_how_to_handlers"\n\n'  # no other test's modules
    settings.write_text(own + settings.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPUS_TOKEN", TOKEN)
    said = ""
    for command in ("generate", "plan nightly", "sync nightly", "sync nightly"):
        result = CliRunner().invoke(app, command.split())
        assert result.exit_code in (0, 2), result.output
        said = result.output
    assert "nothing to do" in said
    assert {"ada", "kim"} == {each["userName"] for each in service.all()}
    assert 2 == len(service.all("Groups")[0]["members"])
