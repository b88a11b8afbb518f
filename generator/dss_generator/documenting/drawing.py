"""Drawing Mermaid diagrams as SVG, by mermaid-cli's program `mmdc`, which starts a browser."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..problems import GeneratorError

SECONDS = 60
SECONDS_EACH = 10
"""How long drawing may take: the start of the browser, and one diagram."""
_CONFIG = {
    # The same diagram is the same picture: no random strokes, no running numbers, no font of this machine.
    "deterministicIds": True,
    "handDrawnSeed": 1,
    "fontFamily": "sans-serif",
    "themeVariables": {"fontFamily": "sans-serif"},
}
_OPTIONS = "--quiet --no-font-embed -c mermaid.json -i all.md -o drawn.svg"


class DrawingError(GeneratorError):
    """The diagrams could not be drawn; the text says why."""


def draw(
    diagrams: Mapping[str, str], mmdc: str, browser: Path | None = None, seconds: float | None = None
) -> dict[str, str]:
    """Return each of *diagrams* as the text of an SVG file, by the same name.

    *mmdc* is the program's path, *browser* a file of Puppeteer's options: which browser, and how it is
    started. All are drawn in one run. Raises DrawingError when that fails or takes longer than *seconds*
    (for each diagram some, when not given).
    """
    if not diagrams:
        return {}
    with tempfile.TemporaryDirectory(prefix="dss-docs-") as name:
        folder = Path(name)
        (folder / "all.md").write_text(
            "\n".join(f"```mermaid\n{text}```\n" for text in diagrams.values()), encoding="utf-8"
        )
        (folder / "mermaid.json").write_text(json.dumps(_CONFIG), encoding="utf-8")
        command = [mmdc, *_OPTIONS.split()]
        if browser is not None:
            command += ["-p", str(browser.resolve())]
        _run(command, folder, seconds or SECONDS + SECONDS_EACH * len(diagrams))
        return {name: _drawn(folder, number) for number, name in enumerate(diagrams, 1)}


def _run(command: list[str], folder: Path, seconds: float) -> None:
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # so that its browser can be ended with it
        )
    except OSError as error:
        raise DrawingError(f"{command[0]} cannot be started: {error.strerror}") from error
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise DrawingError(f"mmdc did not end within {seconds:g} seconds") from error
    finally:
        _end(process)
    if process.returncode:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = "\n".join(lines[:5]) or "it said nothing"
        raise DrawingError(f"mmdc ended with exit code {process.returncode}: {reason}")


def _end(process: subprocess.Popen[str]) -> None:
    """End *process*, and on POSIX all that it started, where it has not ended by itself."""
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()


def _drawn(folder: Path, number: int) -> str:
    path = folder / f"drawn-{number}.svg"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not (text.startswith("<svg") and text.rstrip().endswith("</svg>")):
        raise DrawingError("mmdc ended well, but without a whole picture of each diagram")
    return text
