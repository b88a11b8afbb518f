"""The servers of a test session are shared, and gone after it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.services.servers import KINDS
from tests.services.sharing import ROOT, port_of

USER = """
import sys
from tests.services.sharing import port_of
print(port_of("postgresql"), flush=True)
sys.stdin.read()
"""


def user(session: str) -> subprocess.Popen[str]:
    """Return a process that uses the server of a session until it is ended."""
    environment = {**os.environ, "PYTEST_XDIST_TESTRUNUID": session}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", USER], cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
    )


def test_workers_share_a_server_that_ends_with_the_last() -> None:
    """Two processes of a session meet one server; it is there until the last is gone, even when killed."""
    port_of("postgresql")  # skips where there is none
    session = f"test-{os.getpid()}"
    with user(session) as one, user(session) as other:
        assert one.stdout is not None
        assert other.stdout is not None
        port = int(one.stdout.readline())
        assert port == int(other.stdout.readline())
        one.send_signal(signal.SIGKILL)
        one.wait()
        time.sleep(0.2)
        assert KINDS["postgresql"].answers(port)
        other.send_signal(signal.SIGKILL)
    folder = Path(tempfile.gettempdir(), f"dss-services-{session}-postgresql")
    for _ in range(500):
        if not folder.exists():
            break
        time.sleep(0.02)
    assert (False, False) == (folder.exists(), KINDS["postgresql"].answers(port))


def test_what_is_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the programs a test is skipped, or fails where the checks must be whole."""

    def which(_name: str, path: str) -> None:
        """Find nothing."""

    monkeypatch.setattr("shutil.which", which)
    for required, outcome in (("0", pytest.skip.Exception), ("1", pytest.fail.Exception)):
        monkeypatch.setenv("DSS_REQUIRE_SERVICES", required)
        with pytest.raises(outcome, match="apt-get install --no-install-recommends mariadb-server"):
            port_of("mariadb")
