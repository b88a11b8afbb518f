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
        """The project's key, made when it is first needed."""
        return project_seal(self.folder / "key", fernet)

    @contextmanager
    def journal(self) -> Generator[Journal]:
        """Give the journal, which is made when there is none."""
        with closing(Journal(self.folder / JOURNAL)) as journal:
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


def has_journal(settings: Settings) -> bool:
    """Whether there is a journal to look into; only a run makes one."""
    return (settings.state / JOURNAL).is_file()


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
