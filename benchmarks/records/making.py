"""The files of one size: `python -m benchmarks.records.making FOLDER SIZE MIXTURE` writes them.

That is a process of its own, so that its memory is no part of what is measured later.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.records.files import Files, write_csv, write_database, write_parquet
from benchmarks.records.project import write_project
from benchmarks.records.workload import LARGEST, MIXTURES


def made(folder: Path, size: int, mixture: str = "everyday") -> Files:
    """Return the files of a size, in a folder of their own below *folder*, written unless they are there.

    The code of the project is generated each time: it is what is measured.
    """
    files = Files(folder / f"{mixture}-{size}", size, MIXTURES[mixture])
    if not files.folder.exists():
        command = (sys.executable, "-m", __name__, str(folder), str(size), mixture)
        subprocess.run(command, check=True, cwd=ROOT)
    shutil.rmtree(files.project, ignore_errors=True)
    write_project(files.project)
    return files


def make(folder: Path, size: int, mixture: str) -> None:
    """Write them; the folder has its name once all of them are there."""
    files = Files(folder / f"{mixture}-{size}.draft", size, MIXTURES[mixture])
    shutil.rmtree(files.folder, ignore_errors=True)
    files.folder.mkdir(parents=True)
    write_csv(files)
    write_parquet(files)
    if size <= LARGEST:
        write_database(files)
    files.folder.rename(files.folder.with_suffix(""))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
