"""One writer, once: `python -m benchmarks.records.writes.run WRITER DATABASE FOLDER PORT PASSWORD PROCESS`.

Prints what writing has cost; reading and comparing before are not measured.
"""

from __future__ import annotations

import gc
import json
import sys
from functools import partial
from pathlib import Path

from benchmarks.records.contestants.by_hand import counted as counted_by_hand
from benchmarks.records.contestants.by_hand import differences
from benchmarks.records.contestants.product import counted, tree
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import HEAVY, expected
from benchmarks.records.writes import SIZE
from benchmarks.records.writes.by_hand import BY_HAND
from benchmarks.records.writes.server import processor_of
from benchmarks.records.writes.tables import filled
from dss_runtime._policy import Policy
from dss_runtime._progress import silent
from dss_runtime._sync import carry_out


def main(writer: str, database: str, folder: str, port: str, password: str, process: str) -> None:
    """Write all that differs, see that nothing differs then, and print the cost as JSON."""
    files = Files(Path(folder), SIZE, HEAVY)
    stages = Stages(partial(processor_of, int(process) if database == "postgresql" else 0))
    address = filled(files, database, password, int(port))
    url = address.render_as_string(hide_password=False)
    left, table = tree(files, "Left").load(), tree(files, "Table", url).load()
    if writer == "product":
        actions, held_back = (left - table).plan()
        found = counted(actions)
        with stages("write"):
            carry_out(table, actions, held_back, Policy(), silent)
    else:
        differing = differences(*(dict(each.branches[0]) for each in (left, table)))
        found = counted_by_hand(differing)
        gc.disable()  # as in what else is by hand: the records held would cost it more than writing does
        with stages("write"):
            BY_HAND[database](address, differing)
    if found != expected(SIZE, HEAVY):
        raise SystemExit(f"found {found}, expected {expected(SIZE, HEAVY)}")
    remaining = len((left - tree(files, "Table", url).load()).plan()[0])
    if remaining:
        raise SystemExit(f"{writer} on {database}: {remaining} differences are left")
    print(json.dumps(stages.costs))


if __name__ == "__main__":
    main(*sys.argv[1:])
