"""The line below a message: where the caret stands, what is hidden, and when there is none."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dss_runtime import override
from dss_runtime.cli._excerpt import LARGEST, Excerpt, excerpt, show
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._terminal import Terminal

_letters = st.sampled_from(
    [*"ab: ,'\"{}", "\t", "表", "é", "e\u0301", "\u0301", "\x1b", "\u202e", "\x00", "👍", "ｱ"]
)


@given(st.lists(_letters, max_size=60).map("".join), st.data(), st.integers(20, 80))
def test_the_caret_stands_below_its_character(line: str, data: st.DataObject, width: int) -> None:
    """However wide what comes before it is, and wherever the line is cut, the caret is at the place."""
    column = data.draw(st.integers(1, len(line) + 2))
    found = excerpt(line, column, width)
    assert cell_len(found.text) <= width
    assert found.text.replace("\n", " ").isprintable()
    assert 1 <= found.under
    assert found.before <= cell_len(found.text)
    cells = "".join(each * max(cell_len(each), 1) if cell_len(each) else "" for each in found.text)
    at = line[column - 1 : column]
    if cell_len(at) and at.isprintable():
        assert at == cells[found.before]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("  grade: intt", 10, Excerpt("  grade: intt", 9, 4)),
        ("a: {x: 'not here', y: 1}", 8, Excerpt("a: {x: 'not here', y: 1}", 7, 10)),
        ("表表: strr # x", 5, Excerpt("表表: strr # x", 6, 4)),
        ("\tdef f(self):", 2, Excerpt("    def f(self):", 4, 3)),
        ("x: \x1b[31m", 4, Excerpt("x: \\x1b[31m", 3, 4)),
        ("", 1, Excerpt("", 0, 1)),
        ("ends", 9, Excerpt("ends", 4, 1)),
    ],
)
def test_a_word_or_a_text_in_quotes_is_underlined(line: str, column: int, expected: Excerpt) -> None:
    """From the place to the end of what begins there; one character where nothing does."""
    assert expected == excerpt(line, column, 40)


def test_a_long_line_is_cut_around_the_caret() -> None:
    """What does not fit is left out on both sides, and said to be."""
    line = f"{'a' * 500} intt {'b' * 500}"
    found = excerpt(line, 502, 40)
    assert 40 == cell_len(found.text)
    assert found.text.startswith("…a")
    assert found.text.endswith("b…")
    assert "intt" == found.text[found.before : found.before + found.under]


class Screen(io.StringIO):
    """A file that says it is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def _shown(message: str, folder: Path | None, *, secret: str = "", file: io.StringIO | None = None) -> str:
    file = Screen() if file is None else file
    secrets = Secrets()
    if secret:
        secrets.add(secret)
    show(Terminal(file, secrets), message, "red", folder)
    return re.sub(r"\x1b\[[\d;]*m", "", file.getvalue())


def test_each_line_with_a_place_is_followed_by_what_stands_there(tmp_path: Path) -> None:
    """Of several problems each has its own line; a message without a place has none."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "a.yaml").write_text("models:\r\n  A: {x: strr}\r\n", encoding="utf-8-sig")
    message = "nothing was generated:\nschema/a.yaml:2:10: error: no such type\nschema/a.yaml:1:1: error: x"
    expected = (
        "nothing was generated:\nschema/a.yaml:2:10: error: no such type\n"
        " 2 |   A: {x: strr}\n   |          ^^^^\n"
        "schema/a.yaml:1:1: error: x\n 1 | models:\n   | ^^^^^^\n"
    )
    assert expected == _shown(message, tmp_path)


def test_a_pipe_gets_the_messages_alone(tmp_path: Path) -> None:
    """Other programs find one problem a line."""
    (tmp_path / "a.yaml").write_text("x\n")
    assert "a.yaml:1:1: error: x\n" == _shown("a.yaml:1:1: error: x", tmp_path, file=io.StringIO())
    assert "a.yaml:1:1: error: x\n" == _shown("a.yaml:1:1: error: x", None)


@pytest.mark.parametrize(
    "name", ["gone.yaml", "a.yaml:9", "folder", "../outside.yaml", "link.yaml", "big.yaml"]
)
def test_what_cannot_be_shown_is_left_out(tmp_path: Path, name: str) -> None:
    """No file, no such line, a folder, a file elsewhere, one that is very large: the message stands alone."""
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("x\n")
    (inside / "a.yaml").write_text("x\n")
    (inside / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (inside / "big.yaml").write_bytes(b"x" * (LARGEST + 1))
    place = name if ":" in name else f"{name}:1"
    assert f"{place}:1: error: x\n" == _shown(f"{place}:1: error: x", inside)


@pytest.mark.parametrize(("column", "caret"), [(1, 0), (8, 3), (13, 7), (14, 8)])
def test_a_secret_is_hidden_and_the_caret_still_right(tmp_path: Path, column: int, caret: int) -> None:
    """What is masked everywhere is masked here; a place within it is where its mask stands."""
    (tmp_path / "a.yaml").write_text("p: hunter22 strr\n")
    lines = _shown(f"a.yaml:1:{column}: error: x", tmp_path, secret="hunter22").splitlines()
    assert " 1 | p: *** strr" == lines[1]
    assert caret == lines[2].index("^") - 5


def test_a_handler_file_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    """A Python file says which encoding it has; one that says nonsense is shown as well as can be."""
    (tmp_path / "a.py").write_bytes("# coding: koi8-r\rx = 'Привет'\r".encode("koi8-r"))
    assert " 2 | x = 'Привет'\n   |     ^^^^^^^^\n" in _shown("a.py:2:5: error: x", tmp_path)
    (tmp_path / "a.py").write_bytes(b"# coding: klingon\nx\n")
    assert " 2 | x\n   | ^\n" in _shown("a.py:2:1: error: x", tmp_path)


@pytest.mark.parametrize("command", ["generate", "check", "docs"])
def test_dss_shows_lines_on_a_real_terminal(tmp_path: Path, command: str) -> None:
    """`dss` on a pseudo-terminal shows the line of a wrong schema; in a pipe it does not."""
    dss = [sys.executable, "-m", "dss_runtime.cli"]
    subprocess.run([*dss, "init", "shop"], cwd=tmp_path, check=True, capture_output=True)
    schema = tmp_path / "shop" / "schema" / "shop.yaml"
    schema.write_text(schema.read_text().replace("stock: int", "stock: intt"))
    folder = tmp_path / "shop"
    main, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [*dss, command], cwd=folder, stdout=terminal, stderr=terminal, env=environment, check=False
    )
    os.close(terminal)
    text = re.sub(r"\x1b\[[\d;]*m", "", _everything(main)).replace("\r\n", "\n")
    os.close(main)
    assert 1 == done.returncode
    assert "\n 10 |       stock: intt\n    |              ^^^^\n" in text
    piped = subprocess.run([*dss, command], cwd=folder, capture_output=True, text=True, check=False)
    assert "schema/shop.yaml:10:14: error: " in piped.stderr
    assert "^" not in piped.stderr


def _everything(descriptor: int) -> str:
    """Return what was written to a pseudo-terminal whose other end is closed."""
    found = b""
    try:
        while chunk := os.read(descriptor, 65_536):
            found += chunk
    except OSError:  # how Linux says that this was all
        pass
    return found.decode()
