"""The example packages, installed by pip, in a project from its schema to a sync."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.extensions.packages import EXAMPLES

pytestmark = pytest.mark.slow

SCHEMA = """\
models:
  Network:
    key: gateway
    fields: {gateway: ipv4, name: str}
  Host:
    doc: "A machine; it's in a network."
    key: address
    fields:
      address: ipv4
      name: {type: str, max_length: 30}
      dns: {type: set, of: ipv4}
      backup: {type: ipv4, optional: true}
      loopback: {type: ipv4, default: 127.0.0.1}
      network: {ref: Network}
    derived: {probe: ipv4}
branches:
  networks: {model: Network}
  hosts: {model: Host}
trees:
  Inventory:
    adapter: jsonl
    branches:
      networks: {path: networks.jsonl}
      hosts: {path: hosts.jsonl, columns: {name: hostname}}
  Wall:
    adapter: jsonl
    branches:
      networks: {path: wall/networks.jsonl}
      hosts: {path: wall/hosts.jsonl, columns: {dns: resolvers}, old: {set: {gone: true}}}
  Base:
    adapter: sql
    branches:
      networks: {table: network}
      hosts: {table: host, split: {dns: ";"}, sync: {name: create_only}}
syncs:
  push: {from: Inventory, to: Wall}
  store: {from: Inventory, to: Base}
"""
SETTINGS = """\
[trees.Inventory]
folder = "data"
[trees.Wall]
folder = "data"
may_be_empty = true
[trees.Base]
url = "sqlite:///data/base.db"
[[artefacts]]
use = "sql-ddl"
"""
NETWORKS = '{"gateway": "10.0.0.1", "name": "lab"}\n'
HOSTS = """\
{"address": "10.0.0.7", "hostname": "seven", "dns": ["10.0.0.2", "10.0.0.3"], "network": "10.0.0.1"}
{"address": "10.0.0.8", "hostname": "eight", "dns": "10.0.0.2", "backup": "10.0.0.7", "network": "10.0.0.1"}
"""
OLD: dict[str, object] = {
    "address": "10.0.0.9",
    "name": "old",
    "resolvers": [],
    "network": "10.0.0.1",
    "note": "kept",
}


class Net:
    """A project that uses what the example packages add, and a way to call tools in it."""

    def __init__(self, folder: Path, site: Path | None) -> None:
        self.folder = folder
        self.site = site

    def run(self, *command: str, code: int = 0) -> str:
        """Run a tool of this environment, with the packages, and return what it prints."""
        # Not the path of these tests, on which the examples' sources are.
        path = str(self.site) if self.site is not None else ""
        environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert code == done.returncode, done.stdout
        return done.stdout

    def dss(self, *arguments: str, code: int = 0) -> str:
        """Run `dss`."""
        return self.run("dss_runtime.cli", *arguments, code=code)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip has installed the example packages into."""
    folder = tmp_path_factory.mktemp("packages")
    names = sorted(path.name for path in EXAMPLES.iterdir() if (path / "pyproject.toml").exists())
    assert ["dss-ipv4", "dss-jsonl", "dss-sql-ddl"] == names
    for name in names:
        shutil.copytree(EXAMPLES / name, folder / name)
    site = folder / "site"
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, *(f"./{name}" for name in names)],
        cwd=folder,
        check=True,
    )
    return site


@pytest.fixture(scope="module")
def generated(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Net:
    """A project, generated, its derived property written; each test has a copy of it."""
    folder = tmp_path_factory.mktemp("net")
    for name, text in {
        "schema/net.yaml": SCHEMA,
        "dss.toml": SETTINGS,
        "data/networks.jsonl": NETWORKS,
        "data/hosts.jsonl": HOSTS,
        "data/wall/networks.jsonl": "",
        "data/wall/hosts.jsonl": json.dumps(OLD) + "\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    net = Net(folder, site)
    net.dss("generate")
    derived = folder / "handlers" / "derived.py"
    text = derived.read_text(encoding="utf-8")
    assert "def probe(self, record: Host, /) -> IPv4Address:" in text
    filled = text.replace('"""Return the probe of *record*."""', "return record.backup or record.address")
    derived.write_text(filled, encoding="utf-8")
    return net


@pytest.fixture
def net(generated: Net, tmp_path: Path) -> Net:
    """A copy of the project."""
    shutil.copytree(generated.folder, tmp_path / "net")
    return Net(tmp_path / "net", generated.site)


def test_what_is_generated_is_in_step_and_typed(net: Net) -> None:
    """What packages add is in the generated code, and `--check` and mypy --strict have nothing against it."""
    assert "in step" in net.dss("generate", "--check")
    assert "Success: no issues found" in net.run("mypy", "--strict", ".")
    models = (net.folder / "generated" / "models.py").read_text(encoding="utf-8")
    assert "_Host__dns = _types.SetType(of=_types_of_dss_ipv4.Ipv4Type())\n" in models
    assert "    loopback: _IPv4Address\n" in models


def test_the_artefact_of_a_package_is_sql(net: Net) -> None:
    """What the package prints is run by a database, the doc's quote included."""
    text = (net.folder / "generated" / "schema.sql").read_text(encoding="utf-8")
    assert '\n-- A machine; it\'s in a network.\nCREATE TABLE "host" (\n' in text
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        columns = [row[1:4] for row in connection.execute("PRAGMA table_info(host)")]
    assert ("name", "VARCHAR(30)", 1) in columns
    assert ("backup", "TEXT", 0) in columns


def test_the_generated_strategies_draw_values_of_the_type(net: Net) -> None:
    """Records of a model with a package's type are made, pickled and compared like all others."""
    program = """
import pickle
from ipaddress import IPv4Address
from hypothesis import HealthCheck, given, settings
import generated.wiring
from generated.strategies import host_record
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(host_record())
def test(host):
    assert isinstance(host.address, IPv4Address) and all(isinstance(each, IPv4Address) for each in host.dns)
    assert [] == list(host - pickle.loads(pickle.dumps(host)))
test()
"""
    (net.folder / "drawn.py").write_text(program, encoding="utf-8")
    net.run("drawn")


def test_a_sync_through_the_adapter_converges(net: Net) -> None:
    """Records come and go, what is no field stays, and the second run has nothing to do."""
    wall = net.folder / "data" / "wall" / "hosts.jsonl"
    assert "hosts       2        0    1" in net.dss("plan", "push", code=2)
    assert "converged: 0 differences" in net.dss("sync", "push", "--verify")
    assert "nothing to do: 0 differences" in net.dss("plan", "push")
    old, seven, eight = map(json.loads, wall.read_text(encoding="utf-8").splitlines())
    assert {**OLD, "gone": True} == old
    assert ("seven", ["10.0.0.2", "10.0.0.3"], "127.0.0.1") == (
        seven["name"],
        seven["resolvers"],
        seven["loopback"],
    )
    assert (["10.0.0.2"], "10.0.0.7") == (eight["resolvers"], eight["backup"])
    again = HOSTS + '{"address": "10.0.0.9", "hostname": "back", "dns": [], "network": "10.0.0.1"}\n'
    hosts = net.folder / "data" / "hosts.jsonl"
    hosts.write_text(again, encoding="utf-8")
    assert "converged: 0 differences" in net.dss("sync", "push", "--verify")
    found = json.loads(wall.read_text(encoding="utf-8").splitlines()[0])
    assert {"gone": False, "name": "back", "note": "kept"} == {
        name: found[name] for name in ("gone", "name", "note")
    }


def test_a_database_holds_the_type(net: Net) -> None:
    """A key and a set of the package's type go through the SQL adapter, and nothing is left to do."""
    with contextlib.closing(sqlite3.connect(net.folder / "data" / "base.db")) as connection:
        connection.executescript((net.folder / "generated" / "schema.sql").read_text(encoding="utf-8"))
        assert "converged: 0 differences" in net.dss("sync", "store", "--verify")
        assert "nothing to do: 0 differences" in net.dss("plan", "store")
        rows = connection.execute("SELECT address, dns, backup FROM host ORDER BY address").fetchall()
    assert [("10.0.0.7", "10.0.0.2;10.0.0.3", None), ("10.0.0.8", "10.0.0.2", "10.0.0.7")] == rows


def test_a_row_that_is_no_address_is_quarantined(net: Net) -> None:
    """The type's own words tell what is wrong, where."""
    hosts = net.folder / "data" / "hosts.jsonl"
    hosts.write_text(HOSTS.replace("10.0.0.8", "10.0.0.800"), encoding="utf-8")
    text = net.dss("plan", "push", code=2)
    assert "hosts.jsonl:2: address: '10.0.0.800' expected an IPv4 address, such as 192.0.2.1" in text


def test_planning_imports_neither_generator_nor_template_engine(net: Net) -> None:
    """Generated code imports the packages' runtime part and nothing else of them."""
    program = """
import sys
sys.path.insert(0, ".")
import generated.wiring
loaded = {name.partition(".")[0] for name in sys.modules}
assert {"dss_ipv4", "dss_jsonl"} <= loaded
assert not {"dss_generator", "dss_sql_ddl", "jinja2", "yaml"} & loaded, loaded
"""
    (net.folder / "imports.py").write_text(program, encoding="utf-8")
    net.run("imports")


def test_where_a_package_is_missing_it_is_named(net: Net) -> None:
    """Without the packages, generated code and the schema say what is not there."""
    bare = Net(net.folder, None)
    missing = bare.dss("plan", "push", code=1)
    assert "generated/models.py:" in missing
    assert "No module named 'dss_ipv4': an adapter or a field type of the schema is in a package" in missing
    unknown = bare.dss("generate", code=1)
    assert "schema/net.yaml:4:23: error: expected one of str, " in unknown
    assert "not 'ipv4'; is the package that adds it installed? [bad-value]" in unknown
