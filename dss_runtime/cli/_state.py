"""The folder in which runs leave what later ones need."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from dss_runtime.cli._cipher import fernet
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._toml_file import shown_path
from dss_runtime.journal import Journal
from dss_runtime.plans import Seal, project_seal

JOURNAL = "journal.sqlite"
_IGNORE = "# Secrets and the history of runs; nothing here belongs into version control.\n*\n"


@dataclass(frozen=True, slots=True)
class State:
    """The folder `state` of a project."""

    folder: Path

    @property
    def seal(self) -> Seal:
        """The project's key, made when it is first needed (CommandError where it was there and is gone)."""
        path = self.folder / "key"
        if not path.exists() and self.has_journal:
            raise CommandError(
                f"{shown_path(path)} is gone, and without it nothing in the journal is known again: put it "
                f"back from a backup, or move {shown_path(self.folder / JOURNAL)} away to begin a new history"
            )
        return project_seal(path, fernet)

    @property
    def has_journal(self) -> bool:
        """Whether there is a journal to look into; only a run makes one."""
        return (self.folder / JOURNAL).is_file()

    @contextmanager
    def journal(self) -> Generator[Journal]:
        """Give the journal, which is made when there is none."""
        key = self.seal.mark("journal")
        with closing(Journal(self.folder / JOURNAL, key=key)) as journal:
            yield journal

    @contextmanager
    def look(self) -> Generator[Journal | None]:
        """Give the journal to be read, None when there is none."""
        if not self.has_journal:
            yield None
            return
        with closing(Journal(self.folder / JOURNAL, read_only=True)) as journal:
            yield journal

    @contextmanager
    def lock(self, target: str, name: str) -> Generator[None]:
        """Keep other runs of this project off a target (CommandError while one is there)."""
        path = self.folder / f"{target}.lock"
        try:
            with FileLock(path, timeout=0):
                yield
        except Timeout as error:
            raise CommandError(
                f"another run is writing to {name}, so this one was not begun; it holds {shown_path(path)}"
            ) from error


def state_of(settings: Settings) -> State:
    """Return the project's state; its folder is made when there is none, closed to others."""
    folder = settings.state
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        # In one step: whoever is killed here leaves no empty file behind, which would ignore nothing.
        made = folder / ".gitignore.new"
        made.write_text(_IGNORE, encoding="ascii")
        made.replace(ignore)
    return State(folder)


def seen_state(settings: Settings) -> State:
    """Return the project's state for a look that leaves nothing itself."""
    return State(settings.state)
