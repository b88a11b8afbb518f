"""`dss run`: several syncs in one command, a source read once, and no target that stops the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.cli._exits import Exit
from dss_runtime.cli._run import SERIOUSNESS
from tests.cli.conftest import Shop

WIRING = """
from tests.cli.fake_shop import JsonImporter, Shop, Supplier, Sync

READS = []

class Counting(JsonImporter):
    def init(self):
        READS.append(self.tree.name)
        super().init()

class Source(Supplier):
    __importer__ = Counting

def maker(cls, name):
    return lambda settings: type(name, (cls,), {})(settings=settings)

TREES = {"Supplier": maker(Source, "Supplier")}
TREES |= {name: maker(Shop, name) for name in ("Shop", "Stall", "Kiosk")}
SYNCS = {name.lower(): Sync("Supplier", name, ("products",)) for name in ("Shop", "Stall", "Kiosk")}
SYNCS["onwards"] = Sync("Shop", "Kiosk", ("products",))
"""
TARGETS = ("Shop", "Stall", "Kiosk")


class Chain(Shop):
    """A supplier with three targets, and a run of them all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.wiring(WIRING)
        for name in TARGETS:
            self.write(name, products=[])
        self.left(products=[{"sku": "1", "name": "One"}, {"sku": "2", "name": "Two"}])
        self.configure()

    def configure(self, top: str = "", run: str = "", **faults: str) -> None:
        """Write dss.toml, with *faults* of trees."""
        text = f'generated = "{self.package}"\n{top}\n[runs.nightly]\n'
        text += run or 'syncs = ["shop", "stall", "kiosk"]\n'
        for name in ("Supplier", *TARGETS):
            text += f'[trees.{name}]\nfolder = "data"\n{faults.get(name.lower(), "")}\n'
        self.settings(text)

    def write(self, tree: str, **data: Any) -> None:
        """Write what a target has."""
        (self.folder / "data" / f"{tree.lower()}.json").write_text(json.dumps(data))

    def has(self, tree: str) -> list[str]:
        """Return the keys of what a target has."""
        data = json.loads((self.folder / "data" / f"{tree.lower()}.json").read_text())
        return [each["sku"] for each in data["products"]]


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    """A supplier with three targets."""
    return Chain(tmp_path / "chain")


def summed_up(chain: Chain, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the command and return its exit code and its JSON."""
    done = chain.dss("run", "nightly", "--json", *arguments)
    return done.exit_code, json.loads(done.stdout)


def test_every_target_is_brought_in_step_and_summed_up(chain: Chain) -> None:
    """One command reads the source once, writes all targets, and says of each what became of it."""
    done = chain.dss("run", "nightly")
    assert (0, ["1", "2"]) == (done.exit_code, chain.has("Kiosk"))
    assert [["1", "2"]] * 3 == [chain.has(name) for name in TARGETS]
    end = done.stdout.rpartition("sync ")[2].splitlines()
    assert ["shop", "stall", "kiosk"] == [line.split()[0] for line in end[1:4]]
    assert [["2", "0", "0"]] * 3 == [line.split()[3:6] for line in end[1:4]]
    assert ["shop: applied", "stall: applied", "kiosk: applied"] == end[4:]


def test_the_source_is_read_once(chain: Chain) -> None:
    """All targets get the source as it was at one moment, however long the first of them takes."""
    chain.dss("run", "nightly")
    import importlib

    wiring: Any = importlib.import_module(f"{chain.package}.wiring")
    assert ["Supplier"] == wiring.READS


def test_a_second_run_has_nothing_to_do(chain: Chain) -> None:
    """What the first run has written needs no second one."""
    assert 0 == chain.dss("run", "nightly").exit_code
    code, told = summed_up(chain)
    assert (0, ["in_step"] * 3) == (code, [each["state"] for each in told["syncs"]])


@pytest.mark.parametrize(
    ("faults", "state", "code"),
    [
        ({"stall": 'fault = "read"\npassword = "x"'}, "failed", 1),
        ({"stall": 'fault = "fail new"'}, "incomplete", 1),
        ({"stall": 'password = "${CHAIN_IS_MISSING}"'}, "failed", 1),
    ],
)
def test_a_target_that_fails_does_not_stop_the_others(
    chain: Chain, faults: dict[str, str], state: str, code: int
) -> None:
    """Whatever is wrong with one target, the others are brought in step, and the exit code tells."""
    chain.configure(**faults)
    ended, told = summed_up(chain)
    assert (code, ["applied", state, "applied"]) == (ended, [each["state"] for each in told["syncs"]])
    assert (["1", "2"], [], ["1", "2"]) == tuple(chain.has(name) for name in TARGETS)


def test_a_target_that_is_held_does_not_stop_the_others(chain: Chain) -> None:
    """A guard holds its own target alone, and the run ends with 3 where nothing worse has happened."""
    many = [{"sku": str(number)} for number in range(100, 200)]
    chain.write("Shop", products=many)
    ended, told = summed_up(chain)
    assert (3, ["held", "applied", "applied"]) == (ended, [each["state"] for each in told["syncs"]])
    assert 100 == len(chain.has("Shop"))
    chain.configure(kiosk='fault = "fail new"')
    chain.write("Kiosk", products=[])
    assert 1 == summed_up(chain)[0]


def test_a_source_that_cannot_be_read_holds_all_that_need_it(chain: Chain) -> None:
    """A source that is missing is looked for once, and no target is written."""
    (chain.folder / "data" / "supplier.json").unlink()
    ended, told = summed_up(chain)
    assert (3, ["held"] * 3) == (ended, [each["state"] for each in told["syncs"]])
    assert [[], [], []] == [chain.has(name) for name in TARGETS]


def test_a_target_that_is_the_next_source_is_read_again(chain: Chain) -> None:
    """A tree that a sync has written is read anew by the sync that reads from it."""
    chain.configure(run='syncs = ["onwards", "shop", "onwards"]\n')
    assert "each once" in chain.dss("run", "nightly").stderr
    chain.configure(run='syncs = ["shop", "onwards"]\n')
    assert 0 == chain.dss("run", "nightly").exit_code
    assert ["1", "2"] == chain.has("Kiosk")


def test_an_interrupt_leaves_out_what_has_not_begun(chain: Chain) -> None:
    """Ctrl-C ends the run: what has not begun is named, and not touched."""
    chain.configure(stall='fault = "interrupt write"')
    ended, told = summed_up(chain)
    assert (130, ["applied", "interrupted"]) == (ended, [each["state"] for each in told["syncs"]])
    assert (["kiosk"], []) == (told["left_out"], chain.has("Kiosk"))
    chain.write("Shop", products=[])
    chain.write("Stall", products=[])
    done = chain.dss("run", "nightly")
    assert done.stdout.rstrip().endswith("kiosk: not begun")


def test_a_dry_run_writes_nothing(chain: Chain) -> None:
    """`--dry-run` tells what each target would get, as `dss plan` does."""
    ended, told = summed_up(chain, "--dry-run")
    assert (2, ["differences"] * 3) == (ended, [each["state"] for each in told["syncs"]])
    assert [[], [], []] == [chain.has(name) for name in TARGETS]


def test_some_of_a_run_can_be_carried_out_alone(chain: Chain) -> None:
    """`--only` carries out what it names; a name that the run has not is an error."""
    assert 0 == chain.dss("run", "nightly", "--only", "stall").exit_code
    assert ([], ["1", "2"], []) == tuple(chain.has(name) for name in TARGETS)
    done = chain.dss("run", "nightly", "--only", "stal")
    assert (1, True) == (done.exit_code, "has no sync 'stal'; did you mean 'stall'?" in done.stderr)


def test_the_targets_are_read_again_where_the_settings_say_so(chain: Chain) -> None:
    """`verify = true` finds what a target did not keep, of every sync."""
    chain.configure(run='syncs = ["shop", "stall"]\nverify = true\n', stall='fault = "forget"')
    ended, told = summed_up(chain)
    assert (1, ["applied", "not_converged"]) == (ended, [each["state"] for each in told["syncs"]])


def test_a_sync_is_a_run_of_its_own(chain: Chain) -> None:
    """The name of a sync stands for a run of it alone, without a table."""
    done = chain.dss("run", "kiosk")
    assert (0, [], ["1", "2"]) == (done.exit_code, chain.has("Shop"), chain.has("Kiosk"))


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ('syncs = ["shop", "stal"]', "runs.nightly.syncs: there is no sync 'stal'; did you mean 'stall'?"),
        ("syncs = []", "runs.nightly.syncs: expected a list of names of syncs, each once"),
        ("syncs = [1]", "runs.nightly.syncs: expected a list of names of syncs, each once"),
        ("verify = true", "runs.nightly: has no 'syncs': expected a list of names"),
        ('syncs = ["shop"]\nverify = 1', "runs.nightly.verify: expected true or false"),
        ('sync = ["shop"]', "runs.nightly.sync: unknown key; did you mean 'syncs'?"),
    ],
)
def test_wrong_settings_are_told_with_their_line(chain: Chain, run: str, message: str) -> None:
    """What is wrong in [runs.NAME] is told with its place, before anything is read."""
    chain.configure(run=f"{run}\n")
    done = chain.dss("run", "nightly")
    assert (1, "") == (done.exit_code, done.stdout)
    assert message in done.stderr
    assert "dss.toml:" in done.stderr


def test_a_name_that_nobody_has_given_is_told(chain: Chain) -> None:
    """What is neither a run nor a sync is an error that names what there is."""
    done = chain.dss("run", "nighty")
    assert (1, True) == (done.exit_code, "there is no run 'nighty'; did you mean 'nightly'?" in done.stderr)


@given(st.lists(st.sampled_from(Exit), min_size=1))
def test_the_exit_code_is_that_of_the_most_serious_end(codes: Sequence[Exit]) -> None:
    """0 only where all is well, and an error is never hidden behind a sync that was held."""
    worst = min(codes, key=SERIOUSNESS.index)
    assert (worst is Exit.OK) == (set(codes) == {Exit.OK})
    assert worst is Exit.ERROR or Exit.ERROR not in codes or Exit.INTERRUPTED in codes
    assert set(SERIOUSNESS) == set(Exit)
