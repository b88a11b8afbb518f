"""`dss doctor` looks at everything that a run needs, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dss_runtime.cli import _clock, app
from dss_runtime.cli._findings import STATES

EXAMINES = '''"""Reads Shop."""

    def examine(self):
        """Look at the shop."""
        from dss_runtime import Check

        {body}
'''


def _of_a_project() -> list[str]:
    """Return the names of the modules that are a project's own."""
    own = ("generated", "handlers", "shop_client")
    return [name for name in sys.modules if name.partition(".")[0] in own]


class Project:
    """A project as `dss init` makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def dss(self, *arguments: str) -> Result:
        """Call `dss` on the project, whose code is imported anew."""
        for name in _of_a_project():
            del sys.modules[name]
        return CliRunner().invoke(app, ["-C", str(self.folder), *arguments])

    def settings(self, text: str) -> None:
        """Write dss.toml."""
        trees = "" if "[trees.Supplier]" in text else '[trees.Supplier]\nfolder = "data"\n'
        (self.folder / "dss.toml").write_text(f'{text}\n{trees}[trees.Shop]\nfolder = "data"\n')

    def alter(self, file: str, old: str, new: str) -> None:
        """Change a file of the project."""
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new, 1))

    def checks(self, *arguments: str) -> list[dict[str, Any]]:
        """Return what is found."""
        checks: list[dict[str, Any]] = json.loads(self.dss("doctor", "--json", *arguments).stdout)["checks"]
        return checks

    def wrong(self, *arguments: str) -> list[tuple[str | None, str, str]]:
        """Return the tree, the topic and the text of every error."""
        found = self.checks(*arguments)
        return [(each["tree"], each["topic"], each["text"]) for each in found if each["state"] == "error"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was just made."""
    folder = tmp_path_factory.mktemp("doctor")
    done = CliRunner().invoke(app, ["-C", str(folder), "init", "shop"])
    assert 0 == done.exit_code, done.output
    return folder / "shop"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it."""
    path, modules = list(sys.path), {name: sys.modules[name] for name in _of_a_project()}
    shutil.copytree(template, tmp_path / "shop")
    yield Project(tmp_path / "shop")
    sys.path[:] = path
    for name in _of_a_project():
        del sys.modules[name]
    sys.modules.update(modules)


def test_a_project_that_is_well_has_no_error(project: Project) -> None:
    """What nobody has looked at is said, and so is that nobody is told; both are warnings."""
    done = project.dss("doctor")
    assert 0 == done.exit_code, done.output
    assert "" == done.stderr
    lines = done.stdout.splitlines()
    assert ["the project", "Supplier", "Shop"] == [line for line in lines[:-1] if not line.startswith(" ")]
    assert "  ok       code: the generated code is in step with the schema" in lines
    assert "  ok       schema: products: products.csv can be read, with all 3 columns" in lines
    assert "  warning  runs: nightly has never run" in lines
    assert "  warning  telling: nobody is told when a run is held or fails" in lines
    asked = "nobody has looked whether it can be {}: {} has no method `examine`"
    for what, part in (("read", "ShopImporter"), ("written", "ShopTemplate")):
        assert f"  warning  reachable: {asked.format(what, part)}" in lines
    assert lines[-1].endswith(" ok, 4 warnings, 0 errors")


def test_nothing_is_written(project: Project) -> None:
    """Neither a journal, nor a key, nor a log, nor a byte of data."""
    project.settings('[log]\nfile = "dss.jsonl"\n[metrics]\nfile = "dss.prom"\n')

    def files() -> dict[str, bytes]:
        found = (each for each in project.folder.rglob("*") if each.is_file() and each.suffix != ".pyc")
        return {str(each): each.read_bytes() for each in found}

    before = files()
    assert 0 == project.dss("doctor").exit_code
    assert before == files()


def test_the_json_has_all_of_it(project: Project) -> None:
    """Its counts are those of the list, and what is of the project has no tree."""
    (project.folder / "data" / "products.csv").unlink()
    done = project.dss("doctor", "--json")
    told = json.loads(done.stdout)
    assert ["schema_version", "command", "exit_code", "counts", "checks"] == list(told)
    assert (1, 1, "doctor") == (done.exit_code, told["exit_code"], told["command"])
    states = [each["state"] for each in told["checks"]]
    assert {state: states.count(state) for state in STATES} == told["counts"]
    assert {"tree", "topic", "state", "text", "advice"} == {key for each in told["checks"] for key in each}
    assert {None, "Supplier", "Shop"} == {each["tree"] for each in told["checks"]}


def test_only_the_trees_that_are_named_are_looked_at(project: Project) -> None:
    """Nothing of the project then; a name that nothing has is an error."""
    assert {"Supplier"} == {each["tree"] for each in project.checks("Supplier")}
    done = project.dss("doctor", "Suplier")
    assert (1, True) == (done.exit_code, "no tree 'Suplier'; did you mean 'Supplier'?" in done.stderr)


def test_settings_that_are_missing_do_not_stop_the_others(project: Project) -> None:
    """A secret that is not set is an error of its tree alone, with its line."""
    project.settings('[trees.Supplier]\nfolder = "${NO_SUCH_FOLDER}"\n')
    ((tree, topic, text),) = project.wrong()
    assert ("Supplier", "settings") == (tree, topic)
    assert "dss.toml:2: trees.Supplier.folder: the environment variable NO_SUCH_FOLDER is not set" in text
    assert "Shop" in {each["tree"] for each in project.checks()}


def test_a_look_that_breaks_off_is_an_error_of_its_tree(project: Project) -> None:
    """What was found before stays, the other trees are looked at, and no secret is shown."""
    body = (
        'yield Check("reachable", "ok", "it answers")\n        raise RuntimeError(self.tree.settings["key"])'
    )
    project.alter("handlers/shop.py", '"""Reads Shop."""', EXAMINES.format(body=body))
    (project.folder / "dss.toml").write_text(
        '[trees.Supplier]\nfolder = "data"\n[trees.Shop]\nfolder = "data"\nkey = "${SHOP_KEY}"\n'
    )
    os.environ["SHOP_KEY"] = "geheim-4711"
    try:
        done = project.dss("doctor", "--json", "Shop", "Supplier")
    finally:
        del os.environ["SHOP_KEY"]
    checks = json.loads(done.stdout)["checks"]
    found = [(each["tree"], each["state"]) for each in checks if each["topic"] == "reachable"]
    assert [("Shop", "ok"), ("Shop", "error"), ("Shop", "warning"), ("Supplier", "ok")] == found
    assert "RuntimeError" in next(each["text"] for each in checks if each["state"] == "error")
    assert "geheim" not in done.output


def test_stale_code_is_an_error(project: Project) -> None:
    """So is a handler that is missing, and one that nobody has filled in."""
    project.alter("schema/shop.yaml", "stock: int", "stock: int\n      colour: str")
    found = [(topic, text) for tree, topic, text in project.wrong() if tree is None]
    assert ("code", "the generated code is not in step with the schema") == found[0]
    assert 0 == project.dss("generate").exit_code
    found = [(topic, text) for tree, topic, text in project.wrong() if tree == "Shop"]
    assert [("code", "nobody has filled in changed_products_colour")] == found


def test_code_that_cannot_be_imported_is_an_error(project: Project) -> None:
    """It names what to install where a library is missing; no tree can be looked at then."""
    project.alter("handlers/shop.py", "from __future__", "import no_such_library\nfrom __future__")
    done = project.dss("doctor", "--json")
    checks = json.loads(done.stdout)["checks"]
    assert (1, {None}) == (done.exit_code, {each["tree"] for each in checks})


def test_a_schema_that_is_wrong_is_an_error(project: Project) -> None:
    """The trees are looked at all the same, with the code as it is."""
    project.alter("schema/shop.yaml", "key: sku", "key: skew")
    assert [True] == ["skew" in text for tree, _, text in project.wrong() if tree is None]
    assert "Supplier" in {each["tree"] for each in project.checks()}


def test_a_folder_that_cannot_be_written_is_an_error(project: Project) -> None:
    """No run could be journalled in it."""
    (project.folder / "taken").touch()
    project.settings('state = "taken/state"\n')
    ((_, topic, text),) = project.wrong()
    assert ("state", True) == (topic, text.endswith("cannot be written: no run could begin"))


def test_a_key_that_is_gone_is_an_error(project: Project) -> None:
    """Nothing in the journal is known again without it."""
    project.dss("sync", "nightly")
    assert [] == project.wrong()
    (project.folder / ".dss" / "key").unlink()
    assert ["state"] == [topic for _, topic, _ in project.wrong()]


def test_a_journal_that_is_none_is_an_error(project: Project) -> None:
    """What has taken its place is no reason not to look at the rest."""
    project.dss("sync", "nightly")
    (project.folder / ".dss" / "journal.sqlite").write_bytes(b"x" * 5000)
    assert {"state", "runs"} == {topic for _, topic, _ in project.wrong()}
    assert "Shop" in {each["tree"] for each in project.checks()}


def test_a_clock_that_is_behind_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that the journal knows has not begun yet: ages and windows would be wrong."""
    project.dss("sync", "nightly")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    monkeypatch.setattr(_clock, "utc_now", lambda: yesterday)
    assert ["clock"] == [topic for _, topic, _ in project.wrong()]


def test_how_long_ago_a_sync_went_well_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that did not go well since then is a warning."""

    def told() -> list[tuple[str, str]]:
        return [(each["state"], each["text"]) for each in project.checks() if each["topic"] == "runs"]

    project.dss("sync", "nightly")
    later = datetime.now(UTC) + timedelta(hours=30)
    monkeypatch.setattr(_clock, "utc_now", lambda: later)
    assert [("ok", "nightly last went well 30 hours ago, in run 1")] == told()
    (project.folder / "data" / "products.csv").unlink()
    project.dss("sync", "nightly")
    assert [("warning", "nightly: run 2 is held; it last went well 30 hours ago")] == told()


def test_a_source_that_is_too_old_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is held against the sync's own limit."""
    project.settings('[syncs.nightly]\nmax_age = "26 hours"\n')
    assert [] == project.wrong()
    later = datetime.now(UTC) + timedelta(hours=50)
    monkeypatch.setattr(_clock, "utc_now", lambda: later)
    ((tree, topic, text),) = project.wrong()
    assert ("Supplier", "limits") == (tree, topic)
    assert "nightly: products was written 50 hours ago, the limit is 26 hours" == text


def test_people_who_cannot_be_told_are_an_error(project: Project) -> None:
    """A variable that is missing, and a folder that is not there, each with its line."""
    text = '[log]\nfile = "no/dss.jsonl"\n[metrics]\nfile = "no/dss.prom"\n'
    project.settings(f'{text}[[notify]]\nwebhook = "https://${{NO_SUCH_HOST}}/"\n')
    found = project.wrong()
    assert {"telling"} == {topic for _, topic, _ in found}
    assert ["dss.toml:2: log.file", "dss.toml:4: metrics.file", "dss.toml:6: notify[0].webhook"] == sorted(
        text.partition("/shop/")[2].partition(": ")[0] + ": " + text.split(": ")[1] for _, _, text in found
    )
    project.settings('[[notify]]\nwebhook = "https://hooks.example/"\n')
    assert [] == project.wrong()
    told = [each["text"] for each in project.checks() if each["topic"] == "telling"]
    assert ["1 in [[notify]]: `dss notify-test` sends a message to each"] == told


def test_each_tree_is_shown_as_soon_as_it_was_looked_at(project: Project) -> None:
    """A slow system does not keep what was found before from the screen."""
    seen = "b'Supplier' in sys.stdout.buffer.getvalue()"
    look = f'import sys\n        yield Check("reachable", "ok", str({seen}))'
    project.alter("handlers/shop.py", '"""Reads Shop."""', EXAMINES.format(body=look))
    assert "  ok       reachable: True" in project.dss("doctor").stdout.splitlines()


def test_a_setting_that_nobody_reads_is_named(project: Project) -> None:
    """A mistyped key of a tree is a warning with its line, and with what may have been meant."""
    project.settings('[trees.Supplier]\nfolder = "data"\nfoldr = "x"\nquite_else = 1')
    found = [each for each in project.checks("Supplier") if each["topic"] == "settings"]
    assert ["ok", "warning", "warning"] == [each["state"] for each in found]
    told = [each["text"].removeprefix(f"{project.folder}/") for each in found[1:]]
    assert [
        "dss.toml:3: trees.Supplier.foldr: nothing reads this setting; did you mean 'folder'?",
        "dss.toml:4: trees.Supplier.quite_else: nothing reads this setting; known are folder, identity",
    ] == told


def test_settings_that_own_code_reads_are_its_own(project: Project) -> None:
    """Of a system of one's own, and of keys that an importer gives a default, nobody says anything."""
    project.settings('[trees.Supplier]\nfolder = "data"\nmine = "x"')
    assert ["warning"] == [each["state"] for each in project.checks("Supplier") if each["state"] != "ok"]
    default = '"""Reads Supplier."""\n\n    settings = {"mine": ""}'
    project.alter("handlers/supplier.py", '"""Reads Supplier."""', default)
    assert [] == [each for each in project.checks("Supplier") if each["state"] != "ok"]
    (project.folder / "dss.toml").write_text("[trees.Shop]\nanything = 1\n")
    assert "anything" not in project.dss("doctor", "Shop").stdout
