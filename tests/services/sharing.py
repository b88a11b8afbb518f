"""The servers of a test session, which all of its processes share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import IO

from tests.services.absence import absent
from tests.services.keeper import FAILED, READY, USERS
from tests.services.servers import KINDS, STARTING, MissingError

ROOT = Path(__file__).parents[2]
_HELD: list[IO[bytes]] = []
"""The files whose locks say that this process uses a server, open until it ends."""


def port_of(kind: str) -> int:
    """Return the port of the session's server of a kind, which is started if it is not running.

    Skips the test where the server is not installed, or fails it where the checks must be whole.
    """
    try:
        for program in ("setpriv", "setsid"):
            KINDS[kind].program(program)
        KINDS[kind].command(Path(), 0)
    except MissingError as error:
        absent(str(error))
    return _running(kind, os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid()))


@cache
def _running(kind: str, session: str) -> int:
    folder = Path(tempfile.gettempdir(), f"dss-services-{session}-{kind}")
    _HELD.append(_locked(folder))
    command = ["setsid", "--fork", sys.executable, "-m", "tests.services.keeper", kind, str(folder)]
    nothing = subprocess.DEVNULL
    subprocess.run(command, cwd=ROOT, check=True, stdin=nothing, stdout=nothing, stderr=nothing)
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if (folder / READY).exists():
            port: int = json.loads((folder / READY).read_text(encoding="utf-8"))["port"]
            return port
        if (folder / FAILED).exists():
            raise RuntimeError((folder / FAILED).read_text(encoding="utf-8"))
        time.sleep(0.02)
    raise RuntimeError(f"{kind} did not come up within {STARTING} s")


def _locked(folder: Path) -> IO[bytes]:
    """Return the file that users lock, once it is not one that an ending keeper takes with it."""
    import fcntl  # which Windows has not, whose tests skip before they come here

    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / USERS
        try:
            users = path.open("ab")
            fcntl.flock(users, fcntl.LOCK_SH)
            if path.stat().st_ino == os.fstat(users.fileno()).st_ino:
                return users
            users.close()
        except FileNotFoundError:
            pass
