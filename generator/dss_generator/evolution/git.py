"""The files of a schema as a commit has them, asked of the git executable: nothing is checked out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..problems import GeneratorError, did_you_mean, shown

_own = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git tells the hooks that it calls, relative to another folder than ours."""
_kinds = {"120000": "a link", "160000": "a submodule"}
_instead = "compare with a folder, or with a lock that `dss check --save` wrote"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, and where in it the schema's folder lies: `prefix` is "" at the top, else ends in "/"."""

    git: str
    folder: Path
    prefix: str

    @classmethod
    def of(cls, schema: Path) -> Repository:
        """Return the repository that the folder *schema* lies in (GeneratorError when there is none)."""
        git = shutil.which("git")
        if git is None:
            raise GeneratorError(f"git is not installed: install it, or {_instead}")
        if not schema.is_dir():
            raise GeneratorError(f"there is no folder {schema}")
        found = _run(git, schema, "rev-parse", "--show-prefix")
        if found.returncode:
            raise GeneratorError(f"{schema} is in no git repository ({_said(found)}): {_instead}")
        return cls(git, schema, os.fsdecode(found.stdout).removesuffix("\n"))

    @classmethod
    def knows(cls, ref: str, schema: Path) -> bool:
        """Return whether there is a repository, and *ref* names a commit of it."""
        try:
            repository = cls.of(schema)
        except GeneratorError:
            return False
        return repository._find(ref) is not None

    def commit(self, ref: str) -> str:
        """Return the id of the commit that *ref* names (GeneratorError when there is none)."""
        found = self._find(ref)
        if found is not None:
            return found
        message = f"git knows no ref {shown(ref)}, and there is no such folder or lock"
        refs = (
            self._run("for-each-ref", "--format=%(refname:short)").stdout.decode("utf-8", "replace").split()
        )
        hint = did_you_mean(ref, refs)
        if self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            name = ref.removeprefix("origin/")
            hint += (
                "; this clone is shallow: fetch what it lacks, as `git fetch --depth=1 origin "
                f"{name}:refs/remotes/origin/{name}`, or with `fetch-depth: 0` of actions/checkout"
            )
        raise GeneratorError(message + hint)

    def files(self, commit: str, ref: str) -> dict[str, bytes]:
        """Return the content of every schema file below the folder in *commit*, by its name in there.

        Files and folders whose name begins with a dot are left out. Raises GeneratorError, in which the
        commit is called *ref*, when the folder is not there or holds what cannot be read from a commit.
        """
        listed = self._need("ls-tree", "-r", "-z", "--full-tree", commit, "--", *filter(None, [self.prefix]))
        entries = list(self._entries(listed.stdout))
        if not entries:
            raise GeneratorError(
                f"{ref} has no folder {self.prefix or '.'}: if the schema was in another one then, {_instead}"
            )
        wanted = [(name, identity) for mode, identity, name in entries if self._is_read(mode, name, ref)]
        return dict(
            zip((name for name, _ in wanted), self._contents([each for _, each in wanted]), strict=True)
        )

    def _entries(self, listed: bytes) -> Iterator[tuple[str, str, str]]:
        """Yield mode, object id and name below the prefix of every entry."""
        for entry in listed.split(b"\0")[:-1]:
            head, _, path = entry.partition(b"\t")
            mode, _, identity = head.decode("ascii").split(" ")
            yield mode, identity, path.decode("utf-8", "surrogateescape").removeprefix(self.prefix)

    def _is_read(self, mode: str, name: str, ref: str) -> bool:
        if any(part.startswith(".") for part in name.split("/")):
            return False
        if mode == "160000" or (mode == "120000" and name.lower().endswith((".yaml", ".yml"))):
            raise GeneratorError(
                f"{ref}:{shown(self.prefix + name)} is {_kinds[mode]}, which is not followed in a commit: "
                f"{_instead}"
            )
        return name.lower().endswith((".yaml", ".yml"))

    def _contents(self, identities: list[str]) -> Iterator[bytes]:
        asked = "".join(f"{each}\n" for each in identities).encode()
        answer = self._need("cat-file", "--batch", stdin=asked).stdout
        start = 0
        for _ in identities:
            end = answer.index(b"\n", start)
            size = int(answer[start:end].rsplit(b" ", 1)[1])
            yield answer[end + 1 : end + 1 + size]
            start = end + 1 + size + 1

    def _find(self, ref: str) -> str | None:
        if ref.startswith("-"):
            return None
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return found.stdout.decode("ascii").strip() if found.returncode == 0 else None

    def _need(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        done = self._run(*arguments, stdin=stdin)
        if done.returncode:
            raise GeneratorError(f"git {arguments[0]} failed: {_said(done)}")
        return done

    def _run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return _run(self.git, self.folder, *arguments, stdin=stdin)


def _run(git: str, folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _own}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1"}
    return subprocess.run(
        [git, *arguments], cwd=folder, input=stdin, capture_output=True, env=environment, check=False
    )


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said, on one line that no terminal obeys."""
    text = " ".join(done.stderr.decode("utf-8", "replace").split())
    return text if text.isprintable() else ascii(text)
