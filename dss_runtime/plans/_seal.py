"""The secret key of a project: it tells whether a plan was edited, and hides what a plan must not show."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dss_runtime._errors import SettingsError

_BYTES = 32


class Cipher(Protocol):
    """What encrypts, with a key of its own."""

    def encrypt(self, data: bytes, /) -> bytes:
        """Return *data* encrypted, in ASCII."""
        ...

    def decrypt(self, token: bytes, /) -> bytes:
        """Return what was encrypted; whatever it raises means that this was done with another key."""
        ...


@dataclass(frozen=True, slots=True)
class Seal:
    """What is computed with the key; *cipher* makes what encrypts, from 32 bytes.

    A plain hash of a birth date can be undone by trying all of them; a keyed one only by whoever has the key.
    """

    key: bytes = field(repr=False)
    cipher: Callable[[bytes], Cipher] | None = field(default=None, repr=False)

    def mark(self, *texts: str) -> str:
        """Return 32 hexadecimal digits that only the key and these very texts give."""
        framed = "".join(f"{len(text)}:{text}" for text in texts)
        return hmac.digest(self.key, framed.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def lines(self) -> hmac.HMAC:
        """Return a mark that is fed with the lines of a file, one after the other."""
        return hmac.new(self.key, b"lines\n", hashlib.sha256)

    def lock(self, text: str) -> str:
        """Return *text* encrypted (SettingsError where nothing here can encrypt)."""
        return self._made().encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def unlock(self, token: str) -> str:
        """Return the text that `lock` was given (SettingsError when it was locked with another key)."""
        cipher = self._made()
        try:
            return cipher.decrypt(token.encode("ascii")).decode("utf-8", "surrogatepass")
        except Exception as error:
            raise SettingsError("a sealed value was sealed with another key") from error

    def _made(self) -> Cipher:
        if self.cipher is None:
            raise SettingsError("nothing here can seal or unseal values")
        # A key of its own: what proves that a file is whole must not be what hides its values.
        return self.cipher(hmac.new(self.key, b"values", hashlib.sha256).digest())


def project_seal(path: Path, cipher: Callable[[bytes], Cipher]) -> Seal:
    """Return the seal whose key is in the file *path*, which is made when there is none.

    Raises SettingsError for a file that holds something else, or that others than its owner may read.
    """
    if not path.exists():
        _make_key(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(
            f"{path}: holds the project's key, and others may read it: `chmod 600 {path}`; if somebody may "
            "have done so, move it and the journal beside it away, and a new key is made"
        )
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise SettingsError(
            f"{path}: holds no key; plans and a journal that were made with it cannot be read: put it back "
            "from a backup, or move it away with the journal beside it, and a new one is made"
        )
    return Seal(key, cipher)


def _make_key(path: Path) -> None:
    """Make the file with a key, whole or not at all; of two processes that do so one decides."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # the owner's alone
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_bytes(_BYTES).hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
