"""Real database servers for tests: thrown away afterwards, on a free port of this machine alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from dss_runtime.codegen import override

PASSWORD = "right horse; 'battery'"
"""The password of the administrator `dss`, of characters that have to be escaped."""
TOKEN = "secret-token-of-the-tests"
"""The token of servers that are reached by HTTP."""
STARTING = 60.0
"""After how many seconds a server counts as one that does not start."""


class MissingError(Exception):
    """The programs of a server are not installed; the text says how to get them."""


@dataclass(frozen=True, slots=True)
class Kind(ABC):
    """A kind of server."""

    name: ClassVar[str]
    package: ClassVar[str]
    """What Debian calls it."""
    user: ClassVar[str]
    """Whom root runs it as: both servers refuse to be, or should not be, root's."""
    ending: ClassVar[signal.Signals]
    """What ends it at once, without waiting for its clients."""

    @property
    def getting(self) -> str:
        """The command that installs its programs, on Debian."""
        return f"apt-get install --no-install-recommends {self.package}"

    def program(self, name: str) -> str:
        """Return the path of a program; MissingError where it is not installed."""
        folders = [*self.folders(), *os.environ.get("PATH", "").split(os.pathsep), "/usr/sbin"]
        found = shutil.which(name, path=os.pathsep.join(map(str, folders)))
        if found is None:
            raise MissingError(f"there is no {name}: `{self.getting}`")
        return found

    def folders(self) -> Sequence[Path]:
        """Return where its programs are, beside the usual folders."""
        return ()

    @abstractmethod
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Make an empty server's files in *folder*."""

    @abstractmethod
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def answers(self, port: int) -> bool:
        """Return whether the server takes connections."""


class PostgreSQL(Kind):
    """PostgreSQL."""

    name = "postgresql"
    package = "postgresql"
    user = "postgres"
    ending = signal.SIGQUIT

    @override
    def folders(self) -> Sequence[Path]:
        """Return the folders of all versions, the newest first; Debian has none of them in the PATH."""
        return sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -float(each.parent.name))

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Make a cluster of which nothing survives a power cut, which nobody needs here."""
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        run(
            self.program("initdb"), "--no-sync", "--no-locale", "--encoding=UTF8", "--username=dss",
            f"--pwfile={secret}", "--auth=scram-sha-256", "--no-instructions", folder / "data",
        )  # fmt: skip

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of the server proper: `pg_ctl` would leave the foreground."""
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
            "full_page_writes": "off", "max_connections": "200",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.program("postgres"), "-D", str(folder / "data"), "-p", str(port), *options]

    @override
    def answers(self, port: int) -> bool:
        """Return what `pg_isready` says: the port is open before the server is ready."""
        asked = [self.program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
        return subprocess.run(asked, check=False).returncode == 0


class MariaDB(Kind):
    """MariaDB."""

    name = "mariadb"
    package = "mariadb-server"
    user = "mysql"
    ending = signal.SIGKILL

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Make the system tables, and the statements that make the administrator at each start."""
        run(
            self.program("mariadb-install-db"), "--no-defaults", f"--datadir={folder / 'data'}",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        )  # fmt: skip
        secret = PASSWORD.replace("'", "''")
        (folder / "start.sql").write_text(
            f"CREATE USER IF NOT EXISTS dss@'127.0.0.1' IDENTIFIED BY '{secret}';\n"
            "GRANT ALL ON *.* TO dss@'127.0.0.1' WITH GRANT OPTION;\n",
            encoding="utf-8",
        )

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of the server, which reads no settings of this machine."""
        return [
            self.program("mariadbd"), "--no-defaults", f"--datadir={folder / 'data'}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}",
            "--skip-name-resolve", f"--init-file={folder / 'start.sql'}", "--skip-innodb-doublewrite",
            "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync",
            "--max-allowed-packet=64M",
        ]  # fmt: skip

    @override
    def answers(self, port: int) -> bool:
        """Return whether the port is open: MariaDB opens it when it is ready."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0


class Scim(Kind):
    """scim2-server, which holds what it is given in memory, apart for each first part of the path."""

    name = "scim"
    package = "scim2-server"
    user = "root"
    ending = signal.SIGKILL

    @property
    @override
    def getting(self) -> str:
        """The command that installs it, from where Python's packages come from."""
        return "python -m pip install --group tests"

    @override
    def folders(self) -> Sequence[Path]:
        """Return the folder of the programs of this Python's packages."""
        return [Path(sys.executable).parent]

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Do nothing: it has no files."""

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of a server that knows one token."""
        options = ["--dynamic-tenants", "--bearer-token", TOKEN]
        return [self.program("scim2-server"), "--hostname", "127.0.0.1", "--port", str(port), *options]

    @override
    def answers(self, port: int) -> bool:
        """Return whether the port is open: it opens it when it is ready."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0


SUFFIX = "dc=school,dc=example"
"""The entry that all others of the directory are below."""
DIRECTORY_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.32473.1 NAME 'dssIdent' EQUALITY caseExactMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.2 NAME 'dssOctets' EQUALITY octetStringMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
{attributes}
objectclass ( 1.3.6.1.4.1.32473.100 NAME 'dssItem' SUP top STRUCTURAL MUST dssIdent MAY ( {names} ) )
modulepath /usr/lib/ldap
moduleload back_mdb
{more}
sockbuf_max_incoming_auth 16777216
database mdb
maxsize 1073741824
dbnosync
suffix "{suffix}"
rootdn "cn=dss,{suffix}"
rootpw "{password}"
directory {folder}/data
limits dn.regex="^cn=tree," size.prtotal=unlimited
limits dn.regex="^cn=limited," size.soft=50 size.hard=50 size.prtotal=50
# Whoever is in the group `cn=trusted` of an entry right below the suffix may do everything below that.
access to dn.regex="^(.+,)?(ou=[^,]+,{suffix})$"
    by group.expand="cn=trusted,$2" write
    by anonymous auth
    by * none
access to * by anonymous auth by * read
"""


class Directory(Kind):
    """OpenLDAP. The items of the conformance suite have object class and attributes of their own."""

    name = "slapd"
    package = "slapd"
    user = "openldap"
    ending = signal.SIGKILL

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Write the configuration of an empty directory."""
        (folder / "data").mkdir()
        self.hand_over(folder / "data")
        (folder / "slapd.conf").write_text(self.configuration(folder), encoding="utf-8")

    def configuration(self, folder: Path) -> str:
        """Return the configuration; a subclass may have more of it."""
        return directory_configuration(folder)

    def hand_over(self, path: Path) -> None:
        """Let a file or folder be the server's, where root makes it."""
        if os.geteuid() == 0:
            shutil.chown(path, self.user)

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of a server in the foreground that listens to this machine alone."""
        return [
            self.program("slapd"),
            "-f",
            f"{folder}/slapd.conf",
            "-h",
            f"ldap://127.0.0.1:{port}/",
            "-d",
            "0",
        ]

    @override
    def answers(self, port: int) -> bool:
        """Return whether the port is open: it opens it when it is ready."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0


def directory_configuration(folder: Path, more: str = "") -> str:
    """Return the configuration of a directory in *folder*, with *more* that is for the whole server."""
    names = [f"dssField{number}" for number in range(20)]
    attributes = [
        f"attributetype ( 1.3.6.1.4.1.32473.{number} NAME '{name}' SUP dssOctets )"
        for number, name in enumerate(names, start=10)
    ]
    return DIRECTORY_CONFIGURATION.format(
        attributes="\n".join(attributes), names=" $ ".join(names), suffix=SUFFIX, folder=folder, more=more,
        password=PASSWORD.replace('"', '\\"'),
    )  # fmt: skip


KINDS: dict[str, Kind] = {kind.name: kind for kind in (PostgreSQL(), MariaDB(), Scim(), Directory())}


class Server:
    """A server in a folder of its own below the one for temporary files.

    The kernel ends it when the process that started it is gone, however that came.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix=f"dss-{kind.name}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        try:
            if os.geteuid() == 0:
                shutil.chown(self.folder, kind.user)
            kind.prepare(self.folder, self._run)
            self.start()
        except BaseException:
            self.remove()
            raise

    def start(self) -> None:
        """Start it, again if it was stopped, and wait until it takes connections."""
        log = self.folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self._as_user(self.kind.command(self.folder, self.port)), stdout=out, stderr=out
            )
        end = time.monotonic() + STARTING
        while not self.kind.answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.kind.name} does not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it as a crash would, without waiting for its clients."""
        if self._process is not None:
            self._process.send_signal(self.kind.ending)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            self._as_user(list(map(str, command))), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")

    def _as_user(self, command: list[str]) -> list[str]:
        options = [f"--pdeathsig={self.kind.ending.name.removeprefix('SIG')}"]
        if os.geteuid() == 0:
            options += [f"--reuid={self.kind.user}", f"--regid={self.kind.user}", "--clear-groups"]
        return ["setpriv", *options, "--", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
