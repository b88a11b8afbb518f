"""`dss generate --watch`, run for real: files are edited, and what it prints is waited for."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_runtime.cli import _watch, app
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._terminal import Terminal

PATIENCE = 60
"""Seconds after which a line that does not come is taken for one that never will; nothing else waits."""

# A shell may have started us with interrupts ignored, which a child would inherit.
PROGRAM = """\
import signal
from dss_runtime.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


class Watching:
    """A `dss generate --watch` that runs in *folder*."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = folder / "schema" / "shop.yaml"
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "generate", "--watch"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.seen: list[str] = []

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))

    def wait_for(self, *texts: str) -> None:
        """Return when a line with each of *texts* was printed, in this order, and the run is over."""
        for text in (*texts, "watching "):
            while True:
                try:
                    line = self._lines.get(timeout=PATIENCE)
                except queue.Empty:
                    pytest.fail(f"no line with {text!r} came after {self.seen}")
                self.seen.append(line)
                if text in line:
                    break

    def save(self, path: Path, text: str) -> None:
        """Save *text* as many editors do: to a file beside, which then takes the place of the old one."""
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(text)
        beside.replace(path)

    def change(self, before: str, after: str) -> None:
        """Replace a text in the schema."""
        text = self.schema.read_text()
        assert before in text
        self.save(self.schema, text.replace(before, after))

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        while not self._lines.empty():
            self.seen.append(self._lines.get())
        return code

    def close(self) -> None:
        """End the process if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout=PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, as `dss init` makes it."""
    assert 0 == CliRunner().invoke(app, ["-C", str(tmp_path), "init", "shop"]).exit_code
    return tmp_path / "shop"


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    """A `dss generate --watch` that waits for a change of the project."""
    started = Watching(project)
    try:
        started.wait_for("in step with the schema: nothing to write")
        assert "watching schema and dss.toml; Ctrl-C ends it" == started.seen[-1]
        yield started
    finally:
        started.close()


def test_a_change_is_generated_and_ctrl_c_is_no_failure(watching: Watching) -> None:
    """A saved field is in the generated code, its stub in the handlers; Ctrl-C ends with 0."""
    watching.change("stock: int", "stock: int\n      price: decimal")
    watching.wait_for(
        "changed: schema/shop.yaml", "wrote generated/models.py", "inserted changed_products_price"
    )
    assert "def changed_products_price(" in (watching.folder / "handlers" / "shop.py").read_text()
    assert 0 == watching.interrupt()
    assert "stopped watching" == watching.seen[-1]


def test_a_change_of_a_template_is_generated(project: Path) -> None:
    """What the project's own template prints anew is in the generated file."""
    template = project / "artefacts" / "names.sql.jinja"
    template.parent.mkdir()
    template.write_text("{{ 'one' | comment }}\n")
    with (project / "dss.toml").open("a") as settings:
        settings.write('\n[[artefacts]]\npath = "names.sql"\ntemplate = "artefacts/names.sql.jinja"\n')
    watching = Watching(project)
    try:
        watching.wait_for("wrote generated/names.sql")
        watching.save(template, "{{ 'two' | comment }}\n")
        watching.wait_for("changed: artefacts/names.sql.jinja", "wrote generated/names.sql")
        assert (project / "generated" / "names.sql").read_text().endswith("-- two\n")
    finally:
        watching.close()


def test_a_broken_schema_is_told_and_mended(watching: Watching) -> None:
    """Errors come with their places, nothing is written, and the next save is looked at all the same."""
    before = (watching.folder / "generated" / "models.py").read_bytes()
    watching.change("stock: int", "stock: intt")
    watching.wait_for("error: nothing was generated:", "schema/shop.yaml:10:14: error: ")
    assert before == (watching.folder / "generated" / "models.py").read_bytes()
    watching.change("stock: intt", "stock: decimal")
    watching.wait_for("wrote generated/models.py")
    assert 0 == watching.interrupt()


@pytest.mark.slow
def test_files_that_come_go_and_are_replaced_are_seen(watching: Watching) -> None:
    """A save by renaming, a new file in a new folder, one that is deleted, a folder that comes back."""
    watching.change("stock: int", "stock: decimal")
    watching.wait_for("changed: schema/shop.yaml", "wrote generated/models.py")
    inner = watching.schema.parent / "more" / "deep"
    inner.mkdir(parents=True)
    extra = inner / "extra.yaml"
    extra.write_text("models: {Shelf: {key: code, fields: {code: str}}}\n")
    watching.wait_for("changed: schema/more/deep/extra.yaml", "wrote generated/models.py")
    watching.save(extra, extra.read_text().replace("Shelf", "Rack"))
    watching.wait_for("changed: schema/more/deep/extra.yaml", "wrote generated/models.py")
    extra.unlink()
    watching.wait_for("changed: schema/more/deep/extra.yaml", "wrote generated/models.py")
    away = watching.schema.parent.with_name("away")
    watching.schema.parent.rename(away)
    watching.wait_for("there is no folder")
    away.rename(watching.schema.parent)
    watching.wait_for("changed: schema/shop.yaml", "in step with the schema")
    watching.change("stock: decimal", "stock: int")
    watching.wait_for("changed: schema/shop.yaml", "wrote generated/models.py")
    assert 0 == watching.interrupt()


def test_changed_settings_are_followed(watching: Watching) -> None:
    """Wrong settings are told, and mended ones obeyed: another schema is watched from then on."""
    settings = watching.folder / "dss.toml"
    text = settings.read_text()
    watching.save(settings, f"shcema = 'x'\n{text}")
    watching.wait_for("changed: dss.toml", "unknown key 'shcema'")
    other = watching.folder / "other" / "shop.yaml"
    other.parent.mkdir()
    other.write_text(watching.schema.read_text().replace("stock: int", "stock: decimal"))
    watching.save(settings, text.replace('schema = "schema"', 'schema = "other"'))
    watching.wait_for("changed: dss.toml", "wrote generated/models.py")
    watching.save(other, other.read_text().replace("decimal", "int"))
    watching.wait_for("changed: other/shop.yaml", "wrote generated/models.py")
    assert 0 == watching.interrupt()


def test_what_is_not_of_the_schema_causes_no_run(watching: Watching) -> None:
    """Temporary files of editors, other files, and our own writing are passed over."""
    for name in (".shop.yaml.swp", "shop.yaml~", "4913", "notes.txt"):
        (watching.schema.parent / name).write_text("x")
    (watching.folder / "other.txt").write_text("x")
    watching.change("stock: int", "stock: decimal")
    watching.wait_for("wrote generated/models.py")
    assert 0 == watching.interrupt()
    assert ["changed: schema/shop.yaml"] == [line for line in watching.seen if line.startswith("changed")]


def _session(project: Path) -> Session:
    secrets = Secrets()
    return Session(Terminal(sys.stdout, secrets), Terminal(sys.stderr, secrets), secrets, project)


def _watched(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    generate: Callable[[str], None],
    *events: Callable[[], None],
) -> None:
    """Watch with *events* in place of the system's: each is carried out, and then reported; then Ctrl-C.

    *generate* gets the text of the schema.
    """

    def changes(_folders: object) -> Iterator[None]:
        for event in events:
            event()
            yield
        raise KeyboardInterrupt

    def run(settings: Settings) -> Exit:
        generate((settings.schema / "shop.yaml").read_text())
        return Exit.OK

    monkeypatch.setattr(_watch, "_watchfiles", lambda: changes)
    assert Exit.OK == _watch.watch(_session(project), run)


def _nothing() -> None:
    """What has no effect that counts, and is reported all the same."""


def test_one_look_is_one_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happened since the last look is one change: a burst of saves causes one run, with the last."""
    schema = project / "schema" / "shop.yaml"
    first = schema.read_text()
    runs: list[str] = []

    def burst() -> None:
        for each in ("", "models", f"{first}# 1\n", f"{first}# 22\n"):
            schema.write_text(each)

    _watched(project, monkeypatch, runs.append, _nothing, burst, _nothing)
    assert [first, f"{first}# 22\n"] == runs


def test_a_folder_of_templates_that_vanishes_is_no_end(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look whether it is there and the look into it, a folder may go: its files are gone then."""
    with (project / "dss.toml").open("a") as file:
        file.write('\n[[artefacts]]\npath = "names.sql"\ntemplate = "artefacts/names.sql.jinja"\n')
    template = project / "artefacts" / "names.sql.jinja"
    template.parent.mkdir()
    template.write_text("{{ 'one' | comment }}\n")
    settings = _session(project).settings()
    assert template in _watch.state_of(project, settings)
    template.unlink()
    template.parent.rmdir()

    def was_there(_: Path) -> bool:
        return True

    monkeypatch.setattr(Path, "is_dir", was_there)
    assert template not in _watch.state_of(project, settings)


def test_a_change_during_a_run_is_not_lost(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved while code is generated is generated at the next look."""
    schema = project / "schema" / "shop.yaml"
    first = schema.read_text()
    runs: list[str] = []

    def generate(text: str) -> None:
        runs.append(text)
        if len(runs) == 1:
            schema.write_text(f"{first}# later\n")

    _watched(project, monkeypatch, generate, _nothing, _nothing)
    assert [first, f"{first}# later\n"] == runs


def test_ctrl_c_during_a_run_is_an_interruption(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may be half of the old schema and half of the new: that is 130, as without watching."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dss_runtime.cli._generator.write", interrupted)
    done = CliRunner().invoke(app, ["-C", str(project), "generate", "--watch"])
    assert 130 == done.exit_code
    assert "interrupted: some files may be written: run `dss generate` again" in done.stderr


def test_an_unexpected_error_is_no_end(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk, say, is told, and the next change tries again."""

    def generate(_text: str) -> None:
        raise OSError(28, "No space left on device")

    _watched(project, monkeypatch, generate)
    assert "No space left on device" in capsys.readouterr().err


def test_without_watchfiles_there_is_a_hint(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = CliRunner().invoke(app, ["-C", str(project), "generate", "--watch"])
    assert (1, "") == (done.exit_code, done.stdout)
    assert "--watch needs watchfiles: python -m pip install 'datastoresync[watch]'" in done.stderr
