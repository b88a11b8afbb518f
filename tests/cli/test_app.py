"""What all commands share: help, version, exit codes, errors in one line, a clean terminal."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dss_runtime import override
from dss_runtime.cli import app, main
from dss_runtime.cli._app import COMMANDS
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._terminal import Terminal
from tests.cli.conftest import Shop


def test_the_help_lists_every_command_in_the_tables_order(dss: Callable[..., Result]) -> None:
    """`dss --help` shows the commands as the table has them, with examples and exit codes."""
    done = dss("--help")
    assert 0 == done.exit_code
    listed = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert [command.name for command in COMMANDS] == listed
    assert "dss sync Supplier Shop --verify" in done.stdout


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_has_help_with_an_example(dss: Callable[..., Result], command: str) -> None:
    """The help of each command shows how it is called."""
    done = dss(command, "--help")
    assert 0 == done.exit_code
    assert f"\n  dss {command}" in done.stdout


def test_the_version_is_one_line(dss: Callable[..., Result]) -> None:
    """`dss --version` names the program and its version."""
    done = dss("--version")
    assert (0, True) == (done.exit_code, done.stdout.startswith("dss "))


@pytest.mark.parametrize("arguments", [[], ["plam"], ["plan"], ["plan", "--jsn", "nightly"]])
def test_wrong_usage_exits_with_1(dss: Callable[..., Result], arguments: list[str]) -> None:
    """Code 2 means differences, so that wrong usage must not use it; it is told on standard error."""
    done = dss(*arguments)
    assert (1, "") == (done.exit_code, done.stdout)
    assert "Usage: dss" in done.stderr


def test_an_unexpected_error_is_one_line(shop: Shop) -> None:
    """A bug in the project's code is told by place, type and text; --debug shows the traceback."""
    shop.wiring(
        "def broken(_):\n    raise ValueError('two\\nlines')\n\n\nTREES = {'A': broken}\nSYNCS = {}\n"
    )
    shop.settings(f'generated = "{shop.package}"')
    done = shop.dss("plan", "A", "A")
    assert 1 == done.exit_code
    assert (
        f"{shop.package}{'/'}wiring.py:2: ValueError: two lines\n(`dss --debug ...` shows where it happened)"
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert "Traceback" in shop.dss("plan", "A", "A", "--debug").stderr


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = (", "wiring.py:1: SyntaxError: '(' was never closed"),
        ("import gone_module", "wiring.py:1: ModuleNotFoundError: No module named 'gone_module'"),
        ("\n1 / 0", "wiring.py:2: ZeroDivisionError: division by zero"),
        ("raise ImportError", "wiring.py:1: ImportError\n"),
        ("TREES = {}", "wiring has no TREES and SYNCS: run `dss generate`"),
        (
            "raise ModuleNotFoundError('no', name='sqlalchemy')",
            "sqlalchemy is not installed: python -m pip install 'datastoresync[sql]'",
        ),
        (
            "from dss_runtime._extras import extra\nwith extra('ldap'):\n    import gone_module",
            "gone_module is not installed: python -m pip install 'datastoresync[ldap]'",
        ),
    ],
)
def test_broken_project_code_is_told_with_its_place(shop: Shop, source: str, message: str) -> None:
    """Whatever is wrong when the wiring and the handlers are imported, the line says where and what."""
    shop.wiring(source)
    done = shop.dss("plan", "nightly")
    assert (1, "") == (done.exit_code, done.stdout)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_that_was_never_generated_says_so(shop: Shop) -> None:
    """Without generated code, the message names the command that makes it."""
    (shop.folder / shop.package / "wiring.py").unlink()
    assert "wiring.py: run `dss generate`" in shop.dss("plan", "nightly").stderr
    shop.settings('generated = "made_nowhere"')
    assert "made_nowhere/wiring.py: run `dss generate`" in shop.dss("plan", "nightly").stderr


def test_another_projects_generated_code_is_not_used(shop: Shop, tmp_path: Path) -> None:
    """A package of the same name that was imported first is an error, never taken for this project's."""
    assert 0 == shop.dss("plan", "nightly").exit_code
    other = Shop(tmp_path / "other", shop.package)
    done = other.dss("plan", "nightly")
    assert 1 == done.exit_code
    assert "another package of that name is in the way" in done.stderr


def test_control_characters_never_reach_a_terminal() -> None:
    """What a row or a handler says cannot colour, move or clear anything."""
    file = io.StringIO()
    Terminal(file, Secrets()).line("a\x1b[2Jb\x9bc\rd")
    assert "a\\x1b[2Jb\\x9bc\\rd\n" == file.getvalue()


def test_what_is_no_terminal_gets_the_lines_as_they_are() -> None:
    """Neither a tab nor the length of a line is changed where a file or another program reads it."""
    file = io.StringIO()
    Terminal(file, Secrets()).line(f"+\tx = 1  # {'long ' * 100}\n-\ty", "red")
    assert f"+\tx = 1  # {'long ' * 100}\n-\ty\n" == file.getvalue()


@pytest.mark.parametrize("arguments", [["plan", "nightly"], ["plan", "nightly", "--json"]])
def test_a_reader_who_has_left_is_no_error(shop: Shop, arguments: list[str]) -> None:
    """Where the reader of the output is gone the command ends, with a code and without a word."""
    shop.left(products=[{"sku": "A"}])
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(shop.folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )
    finally:
        os.close(writer)
    assert (1, "") == (done.returncode, done.stderr)


def test_a_number_takes_the_right_noun() -> None:
    """One difference, two differences."""
    assert ["1 row", "0 rows", "2 rows"] == [counted(number, "row") for number in (1, 0, 2)]


class _Screen(io.StringIO):
    """A stream that says it is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def _on_screen(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    out, err = _Screen(), _Screen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        app.main(["-C", str(shop.folder), "sync", "nightly"])
    return out.getvalue(), err.getvalue()


def test_colour_and_bars_are_for_terminals_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colour on standard output and bars on standard error; a pipe gets plain text."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    shop.left(products=[{"sku": "A"}])
    out, err = _on_screen(shop, monkeypatch)
    assert "\x1b[1m" in out
    assert "read Supplier.products" in err
    assert "\x1b" not in shop.dss("sync", "nightly").output


def test_no_color_is_obeyed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set, a terminal gets no colour either."""
    monkeypatch.setenv("NO_COLOR", "1")
    shop.right(products=[{"sku": "A"}])
    assert "\x1b[31m" not in _on_screen(shop, monkeypatch)[0]


def test_the_script_runs_in_a_process_of_its_own(shop: Shop) -> None:
    """`python -m dss_runtime.cli` is the command, with its exit code and separate streams."""
    shop.left(products=[{"sku": "Ä"}])
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "dss_runtime.cli", "plan", "nightly", "-C", str(shop.folder)]
    text = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (2, "") == (text.returncode, text.stderr)
    assert "new_products(sku='\\xc4')" in text.stdout
    found = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, env=environment)
    assert {"sku": "Ä"} == json.loads(found.stdout)["actions"][0]["key"]


def test_the_module_is_the_command_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m dss_runtime.cli` does what the script does."""
    monkeypatch.setattr(sys, "argv", ["dss", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("dss_runtime.cli", run_name="__main__")
    assert 0 == caught.value.code


def test_main_takes_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The installed script calls `main`, which reads sys.argv."""
    monkeypatch.setattr(sys, "argv", ["dss", "--version"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert (0, True) == (caught.value.code, capsys.readouterr().out.startswith("dss "))
