"""Git repositories with a schema in them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCHEMA = "models:\n  Thing:\n    key: code\n    fields:\n      code: str\n      title: str\n"
SETTINGS = ("init.defaultBranch=main", "user.name=Somebody", "user.email=somebody@school.example")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; `schema` is a folder in it."""

    root: Path
    schema: Path

    def git(self, *arguments: str) -> str:
        """Run git in the repository and return what it prints."""
        options = [part for each in SETTINGS for part in ("-c", each)]
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=self.root,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout

    def write(self, text: str, name: str = "things.yaml") -> None:
        """Write a schema file."""
        path = self.schema / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def commit(self, message: str = "A version") -> str:
        """Commit everything and return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD").strip()


def repository(root: Path, schema: str = "schema") -> Repository:
    """Return a new repository with one commit of one schema file."""
    need_git()
    made = Repository(root, root / schema)
    made.schema.mkdir(parents=True)
    made.git("init", "--quiet")
    made.write(SCHEMA)
    made.commit()
    return made


def need_git() -> None:
    """Skip the test where there is no git, unless what it needs must be there."""
    if shutil.which("git") is None:
        message = "needs git: install it, as with `apt-get install git`"
        if os.environ.get("DSS_REQUIRE_SERVICES") == "1":
            pytest.fail(message)
        pytest.skip(message)
