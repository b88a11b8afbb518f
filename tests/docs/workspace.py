"""The folder in which one document's blocks run, and how they run there."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from doctest import ELLIPSIS
from pathlib import Path

from sybil import Example
from sybil.evaluators.doctest import DocTestEvaluator, OutputChecker
from sybil.evaluators.python import PythonEvaluator

from tests.docs.edits import apply_change

SCHOOL = ("schema", "generated", "examples", "pyproject.toml")
WORKSPACES: dict[str, tuple[str, ...]] = {
    "empty": (),
    "school": SCHOOL,
    "checkout": (*SCHOOL, "dss_runtime", "generator", "tests", "noxfile.py"),
}
"""What each kind of workspace holds a copy of."""
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "files")
MARK = "== end of command, exit code"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block, and the output that the document shows for it."""

    text: str
    shown: str

    @property
    def asks_for_exit_code(self) -> bool:
        """Whether it looks at how the command before it ended."""
        return "$?" in self.text


def read_console(source: str) -> list[Command]:
    """Split a console block at its `$ ` lines; `> ` lines go on with the command.

    Raises ValueError for output that stands before the first command.
    """
    commands: list[Command] = []
    for line in source.splitlines():
        if line.startswith("$ "):
            commands.append(Command(line[2:], ""))
        elif not commands:
            raise ValueError(f"a console block begins with '$ ' and a command, not with {line!r}")
        elif line.startswith("> ") and not commands[-1].shown:
            commands[-1] = Command(f"{commands[-1].text}\n{line[2:]}", "")
        else:
            commands[-1] = Command(commands[-1].text, f"{commands[-1].shown}{line}\n")
    return commands


class Workspace:
    """A folder that console, python and file blocks of one document share."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._parent = folder
        self._root = root
        self._count = 0
        self._python = PythonEvaluator()
        self._doctest = DocTestEvaluator(ELLIPSIS)
        self.start("empty")

    def start(self, name: str) -> None:
        """Go to a new folder: `empty`, `school` with a copy of the school example, or a whole `checkout`.

        Raises ValueError for other names.
        """
        if name not in WORKSPACES:
            raise ValueError(f"no workspace is called {name!r}; use {', '.join(WORKSPACES)}")
        self._name = name
        self._count += 1
        self.folder = self._parent / f"{self._count}"
        self.folder.mkdir()
        self._current = self.folder
        for part in (self._root / each for each in WORKSPACES[name]):
            if part.is_dir():
                shutil.copytree(part, self.folder / part.name, ignore=LEFT_BEHIND)
            else:
                shutil.copy(part, self.folder)

    def write(self, path: str, text: str) -> None:
        """Write *text* to *path*, which is taken from the folder that the last console block went to."""
        target = self._current / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def change(self, path: str, change: str) -> None:
        """Apply the lines of a diff to the file at *path* (ValueError where they do not fit)."""
        target = self._current / path
        target.write_text(apply_change(target.read_text(encoding="utf-8"), change), encoding="utf-8")

    def original(self, path: str) -> Path:
        """Return the file of the checkout at *path*."""
        return self._root / path

    @contextlib.contextmanager
    def entered(self) -> Generator[None]:
        """Leave the process as it was found: working folder, import path and imported modules."""
        before, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
        try:
            yield
        finally:
            os.chdir(before)
            sys.path[:] = path
            for name in set(sys.modules) - modules:
                file = getattr(sys.modules[name], "__file__", None)
                if file is not None and Path(file).is_relative_to(self._parent):
                    del sys.modules[name]

    def run_python(self, example: Example) -> None:
        """Run a python block where the last console block left off, with that folder importable."""
        self._go()
        self._python(example)

    def run_doctest(self, example: Example) -> str:
        """Run one `>>>` example in the same place; return what differs, empty when nothing does."""
        self._go()
        return self._doctest(example)

    def _go(self) -> None:
        os.chdir(self._current)
        if sys.path[0] != str(self._current):
            sys.path.insert(0, str(self._current))

    def run_console(self, source: str) -> str | None:
        """Run a console block in bash; return what differs from the document, None when nothing does.

        A command must end with exit code 0 unless the next one looks at `$?`. The folder that the block
        ends in is where the next block begins.
        """
        commands = read_console(source)
        state = self._parent / "folder"
        script = "".join(
            f"{command.text}\n__code=$?; printf '\\n%s %s\\n' '{MARK}' $__code; (exit $__code)\n"
            for command in commands
        )
        done = subprocess.run(
            ["bash", "-c", f"{script}pwd > '{state}'"],
            cwd=self._current,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        problem = compare(commands, done.stdout)
        if state.exists():
            self._current = Path(state.read_text(encoding="utf-8").strip())
        return problem

    def _environment(self) -> dict[str, str]:
        home = self._parent / "home"
        home.mkdir(exist_ok=True)
        scripts = str(Path(sys.executable).parent)
        own = {
            "HOME": str(home),
            "NO_COLOR": "1",
            "TERM": "dumb",
            "COLUMNS": "100",
            "PYTHONIOENCODING": "utf-8",
            "DSS_HYPOTHESIS": "quick",
            # Most of what a type checker looks at is the same in every document.
            "MYPY_CACHE_DIR": str(self._parent.parent / "mypy_cache"),
        }
        if self._name == "checkout":  # as an editable install of it would have it
            roots = [str(self.folder), str(self.folder / "generator")]
            own["PYTHONPATH"] = os.pathsep.join([*roots, os.environ.get("PYTHONPATH", "")])
        return {**os.environ, **own, "PATH": os.pathsep.join((scripts, os.environ["PATH"]))}


def compare(commands: list[Command], output: str) -> str | None:
    """Return how *output*, with a mark after each command's part, differs from what the document shows."""
    checker = OutputChecker()
    rest = output
    for position, command in enumerate(commands):
        printed, mark, rest = rest.partition(f"\n{MARK} ")
        code, _, rest = rest.partition("\n")
        if not mark:
            return f"$ {command.text}\nended the shell; it printed:\n{printed}"
        asked = position + 1 < len(commands) and commands[position + 1].asks_for_exit_code
        if code != "0" and not asked:
            return f"$ {command.text}\nended with exit code {code}; it printed:\n{printed}"
        if command.shown and not checker.check_output(command.shown, _whole_lines(printed), ELLIPSIS):
            return f"$ {command.text}\nprinted:\n{printed}\nand the document shows:\n{command.shown}"
    return None


def _whole_lines(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
