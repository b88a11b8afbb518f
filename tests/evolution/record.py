"""Write what is said of every edit anew: `python -m tests.evolution.record`, in the checkout."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.evolution.checkers import CHECKERS
from tests.evolution.diagnoses import written_all
from tests.evolution.mutations import read_mutations
from tests.evolution.recordings import RECORDED, Recording
from tests.evolution.trials import try_all


def main() -> None:
    """Write a recording for each mutation, and remove those of mutations that are gone."""
    with tempfile.TemporaryDirectory() as folder:
        trials = try_all(Path(folder), read_mutations())
        projects = {trial.name: trial.root for trial in trials}
        said = {trial.name: dict(trial.said) for trial in trials}
        for checker, run in CHECKERS.items():
            for name, diagnoses in run(projects).items():
                said[name][checker] = written_all(diagnoses, projects[name])
    RECORDED.mkdir(exist_ok=True)
    for path in RECORDED.glob("*.txt"):
        if path.stem not in said:
            path.unlink()
    for name, transcript in said.items():
        (RECORDED / f"{name}.txt").write_text(Recording(transcript).text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {len(said)} recordings; now: python docs/reference/write.py\n")


if __name__ == "__main__":
    main()
