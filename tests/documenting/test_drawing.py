"""Drawing fails whole: with the reason, without a file, and without a process that is left behind."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from dss_generator.documenting.drawing import DrawingError, draw

DIAGRAMS = {"one": "flowchart LR\n", "two": "erDiagram\n"}
posix = pytest.mark.skipif(os.name != "posix", reason="programs are scripts here: run it on POSIX")


def program(folder: Path, body: str) -> str:
    """Return the path of a program that runs *body*, Python with `sys` and `Path`, in place of mmdc."""
    path = folder / "mmdc"
    path.write_text(
        f"#!{sys.executable}\nimport os, sys, time\nfrom pathlib import Path\n{body}\n", encoding="utf-8"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, which must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@posix
def test_all_are_drawn_in_one_run(tmp_path: Path, temporary: Path) -> None:
    """The program gets every diagram in one document, and the browser's options by their absolute path."""
    log = tmp_path / "log"
    body = f"""
text = Path("all.md").read_text()
Path({str(log)!r}).write_text(" ".join(sys.argv[1:]) + "\\n" + text)
for number in (1, 2):
    Path(f"drawn-{{number}}.svg").write_text(f"<svg>{{number}}</svg>")
"""
    browser = tmp_path / "browser.json"
    browser.write_text("{}")
    assert {"one": "<svg>1</svg>", "two": "<svg>2</svg>"} == draw(DIAGRAMS, program(tmp_path, body), browser)
    arguments, _, text = log.read_text().partition("\n")
    assert arguments.endswith(f"-p {browser}")
    assert "```mermaid\nflowchart LR\n```\n\n```mermaid\nerDiagram\n```\n" == text
    assert [] == os.listdir(temporary)


@posix
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("print('Error: no browser'); sys.exit(3)", "mmdc ended with exit code 3: Error: no browser"),
        ("sys.exit(1)", "mmdc ended with exit code 1: it said nothing"),
        ("Path('drawn-1.svg').write_text('<svg></svg>')", "without a whole picture of each diagram"),
        ("[Path(f'drawn-{n}.svg').write_text('<svg>') for n in (1, 2)]", "without a whole picture"),
        ("sys.stdout.buffer.write(b'\\xff'); sys.exit(1)", "mmdc ended with exit code 1: \ufffd"),
    ],
)
def test_a_failure_is_told(tmp_path: Path, temporary: Path, body: str, reason: str) -> None:
    """What the program said is in the error, as is a picture that is missing or cut off."""
    with pytest.raises(DrawingError) as caught:
        draw(DIAGRAMS, program(tmp_path, body))
    assert reason in str(caught.value)
    assert [] == os.listdir(temporary)


@posix
def test_a_program_that_hangs_is_ended_with_its_browser(tmp_path: Path, temporary: Path) -> None:
    """After the time that is allowed, the program and what it started are gone."""
    child = tmp_path / "child"
    body = f"""
number = os.fork()
if number:
    Path({str(child)!r}).write_text(str(number))
time.sleep(600)
"""
    with pytest.raises(DrawingError, match=r"mmdc did not end within 2 seconds"):
        draw(DIAGRAMS, program(tmp_path, body), seconds=2)
    assert not _runs(int(child.read_text()))
    assert [] == os.listdir(temporary)


def _runs(number: int) -> bool:
    """Return whether the process is there and is not only waiting to be forgotten."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_program_that_is_none_is_told(tmp_path: Path) -> None:
    """A path that cannot be started is an error with the system's reason."""
    with pytest.raises(DrawingError, match="cannot be started: "):
        draw(DIAGRAMS, str(tmp_path / "absent"))


def test_nothing_to_draw_starts_nothing() -> None:
    """Without diagrams no program is needed."""
    assert {} == draw({}, "absent")
