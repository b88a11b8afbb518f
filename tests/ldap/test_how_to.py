"""The page on connecting a directory can be followed word for word, with the OpenLDAP that it sets up."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ldap
import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from dss_runtime.codegen import override
from tests.ldap.servers import own_server
from tests.services.servers import Directory

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-ldap.md"
_FILES = dict(
    re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)


class Followed(Directory):
    """The OpenLDAP of the page."""

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        for name in ("slapd.conf", "first.ldif"):
            text = _FILES[name].replace("./data", f"{folder}/data")
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "data").mkdir()
        self.hand_over(folder / "data")
        run(self.program("slapadd"), "-f", folder / "slapd.conf", "-l", folder / "first.ldif")


def test_the_page_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files make a directory and a project whose commands do what the page says."""
    with own_server(Followed()) as server:
        for name in _FILES.keys() - {"slapd.conf", "first.ldif"}:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(_FILES[name].replace("3890", str(server.port)), encoding="utf-8")
        settings = tmp_path / "dss.toml"
        own = 'generated = "ldap_how_to"\nhandlers = "ldap_how_to_handlers"\n\n'  # no other test's modules
        settings.write_text(own + settings.read_text(encoding="utf-8"), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("CAMPUS_PASSWORD", "try-it")
        said = ""
        for command in ("generate", "plan nightly", "sync nightly", "sync nightly"):
            result = CliRunner().invoke(app, command.split())
            assert result.exit_code in (0, 2), result.output
            said = result.output
        assert "nothing to do" in said
        held = entries(server.port)
        assert {"ada", "kim"} == {name for name in held if "employeeNumber" in held[name]}
        assert 2 == len(held["chess"]["member"])
        assert [b"cn=nobody"] == held["choir"]["member"]
        assert "userPassword" not in held["ada"]  # which is there, and nobody may read


def entries(port: int) -> dict[str, dict[str, list[bytes]]]:
    """Return what anybody sees, by the first part of the names."""
    connection: Any = ldap.initialize(f"ldap://127.0.0.1:{port}")
    found = connection.search_ext_s("dc=school,dc=example", ldap.SCOPE_SUBTREE, "(objectClass=*)")
    connection.unbind_s()
    return {dn.partition(",")[0].partition("=")[2]: values for dn, values in found}


def test_the_page_names_a_program_where_debian_has_it() -> None:
    """What is typed on the page is there, for accounts whose PATH does not lead to it."""
    Directory().program("slapd")
    assert shutil.which("slapadd", path="/usr/sbin")
