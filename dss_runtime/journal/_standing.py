"""How each sync stands: its latest run, and the last one that did all there was to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dss_runtime.journal._values import Run

_BRINGING = ("sync", "apply")
"""The commands that bring a target in step; `undo` does the opposite."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sync stands, or two trees that were compared by their names: then `sync` is ""."""

    sync: str
    left: str
    right: str
    latest: Run
    success: Run | None = None


def standings(runs: Iterable[Run]) -> list[Standing]:
    """Return how everything stands that *runs*, the newest first, have brought in step, in their order."""
    found: dict[tuple[str, str, str], Standing] = {}
    for run in runs:
        if run.command not in _BRINGING:
            continue
        name = (str(run.summary.get("sync", "")), run.left, run.right)
        known = found.setdefault(name, Standing(*name, latest=run))
        if known.success is None and is_success(run):
            found[name] = Standing(*name, latest=known.latest, success=run)
    return list(found.values())


def is_success(run: Run) -> bool:
    """Whether a run has applied everything, and reading the target again, if it was, found nothing left."""
    return run.state == "applied" and run.summary.get("verification", {}).get("converged", True) is True
