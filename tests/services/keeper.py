"""Keeps a server for as long as somebody uses it: `python -m tests.services.keeper KIND FOLDER`.

Who uses it holds a shared lock on a file of the folder. The kernel lets go of the locks of a process that is
gone, so that a server is ended after its last user, however that one ended.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests.services.servers import KINDS, Server

USERS, READY, FAILED = "users", "ready.json", "failed"
"""The files of the folder: the one that users lock, where the server is, and why there is none."""


def keep(kind: str, folder: Path) -> None:
    """Run a server until nobody uses it any more; do nothing where another keeper does."""
    import fcntl  # which Windows has not, whose tests skip before they come here

    with (folder / "keeper").open("ab") as mine, (folder / USERS).open("ab") as users:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            server = Server(KINDS[kind])
        except Exception as error:  # noqa: BLE001 - told to who waits for the server
            (folder / FAILED).write_text(str(error), encoding="utf-8")
            return
        try:
            draft = folder / "draft.json"
            draft.write_text(json.dumps({"port": server.port}), encoding="utf-8")
            draft.rename(folder / READY)
            fcntl.flock(users, fcntl.LOCK_EX)
        finally:
            server.remove()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
