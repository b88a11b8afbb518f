"""datastoresync: the generated code of the project, within the process and by the command line."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks.records.contestants import by_hand
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import Counts

if TYPE_CHECKING:
    from dss_runtime import Action, DataStoreTree

DIFFERENT = 2
"""The exit code of `dss plan` where there is something to do."""


def run_objects(files: Files, stages: Stages) -> Counts:
    """Read both sides into objects and compare them; then the loop by hand compares the same objects."""
    left, right = tree(files, "Left"), tree(files, "Right")
    with stages("read"):
        left.load()
        right.load()
    with stages("diff"):
        actions, _ = (left - right).plan()
    found = counted(actions)
    del actions
    gc.disable()
    ours, theirs = (dict(each.branches[0]) for each in (left, right))
    with stages("diff by hand"):
        by_hands = by_hand.differences(ours, theirs)
    if by_hand.counted(by_hands) != found:
        raise AssertionError(f"the loop by hand found {by_hand.counted(by_hands)}, the product {found}")
    return found


def run_pair(files: Files, stages: Stages) -> Counts:
    """Compare the CSV files as `dss plan` does, which chooses its path itself, up to the typed actions."""
    return _compared(files, stages, "Right")


def run_table(files: Files, stages: Stages) -> Counts:
    """Compare a CSV file with the table of SQLite, likewise."""
    return _compared(files, stages, "Table")


def _compared(files: Files, stages: Stages, right: str) -> Counts:
    from dss_runtime.cli._comparison import prepare
    from dss_runtime.cli._secrets import Secrets
    from dss_runtime.cli._session import Session
    from dss_runtime.cli._terminal import Terminal

    secrets = Secrets()
    session = Session(Terminal(sys.stderr, secrets), Terminal(sys.stderr, secrets), secrets, files.project)
    with stages("read and diff"):
        compared = prepare(session, "Left", right)
        compared.load(session)
        actions, _ = compared.diff.plan()
    (chosen,) = compared.chosen
    stages.engine = chosen.engine
    return counted(actions)


def run_plan(files: Files, stages: Stages) -> Counts:
    """Run `dss plan`, which chooses its path itself and prints every difference as JSON."""
    printed = files.folder / "plan.json"
    plan = ("--project", str(files.project), "plan", "Left", "Right", "--json")
    command = (sys.executable, "-m", "dss_runtime.cli", *plan)
    with stages("command"), printed.open("wb") as stream:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, check=False)
    if done.returncode != DIFFERENT:
        raise AssertionError(f"dss plan: exit code {done.returncode}\n{done.stderr.decode()}")
    with printed.open(encoding="utf-8") as stream:
        head = stream.read(10_000)  # All of it would take more memory than the command did.
    found, _ = json.JSONDecoder().raw_decode(head, head.index('"counts": ') + len('"counts": '))
    return Counts(**found["people"])


def run_sync(files: Files, stages: Stages) -> Counts:
    """Bring the table in step with the left file: every stage of a run, apart."""
    from dss_runtime._policy import Policy
    from dss_runtime._progress import silent
    from dss_runtime._sync import carry_out
    from dss_runtime.plans import Seal, write_plan

    shutil.copyfile(files.database, files.target)
    left, table = tree(files, "Left"), tree(files, "Table")
    with stages("read"):
        left.load()
        table.load()
    diff = left - table
    with stages("diff"):
        actions, held_back = diff.plan()
    with stages("plan"):
        write_plan(files.folder / "plan.jsonl", diff, actions, held_back, Seal(b"benchmark"))
    with stages("apply"):
        result = carry_out(table, actions, held_back, Policy(), silent)
    if not result.ok:
        raise AssertionError(f"not everything was applied: {result}")
    with stages("verify"):
        remaining, _ = (left - tree(files, "Table").load()).plan()
    if remaining:
        raise AssertionError(f"{len(remaining)} differences are left")
    return counted(actions)


def tree(files: Files, name: str, url: str = "") -> DataStoreTree:
    """Return a tree of the generated project; the table is in SQLite unless *url* says where."""
    if str(files.project) not in sys.path:
        sys.path.insert(0, str(files.project))
    settings = {"folder": str(files.folder), "url": url or f"sqlite:///{files.target}"}
    made: DataStoreTree = import_module("registry.wiring").TREES[name](settings)
    return made


def counted(actions: Iterable[Action]) -> Counts:
    """Return how many actions there are of each kind."""
    kinds = Counter(action.kind for action in actions)
    return Counts(kinds["new"], kinds["changed"], kinds["old"])
