"""What was measured, as tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.records.contestants import CONTESTANTS
from benchmarks.records.limits import Verdict
from benchmarks.records.measuring import Run
from benchmarks.records.rounds import Results
from benchmarks.records.writes import DATABASES, WRITERS
from benchmarks.records.writes.measuring import Writes

MB = 1_000_000
SYNC_STAGES = ("read", "diff", "plan", "apply", "verify")


def limits_table(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield what is demanded, and what was found."""
    yield "| what | records | found | by the clock | limit | |"
    yield "|---|--:|--:|--:|--:|---|"
    for each in verdicts:
        clock = "" if each.clock is None else f"{each.clock:.2f}{each.unit}"
        limit = f"{'≥' if each.at_least else '≤'} {each.limit:g}{each.unit}{' by the clock' * each.by_clock}"
        said = {True: "ok", False: "over", None: ""}[each.ok]
        yield f"| {each.what} | {each.size:,} | {each.found:.2f}{each.unit} | {clock} | {limit} | {said} |"


def size_table(results: Results, size: int) -> Iterator[str]:
    """Yield what each contestant took at one size, then who was left out and why."""
    yield "| who | read | diff | both | by the clock | whole process | peak memory | growth |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, each in CONTESTANTS.items():
        run = results.measured.get((name, size))
        if run is None:
            continue
        growth = results.growth(name, size)
        cells = [
            each.title,
            _stage(run, "read"),
            _stage(run, "diff"),
            _seconds(run.compared.cpu),
            _seconds(run.compared.wall),
            _seconds(run.whole.wall),
            f"{run.peak / MB:,.0f} MB",
            "" if growth is None else f"{growth:.2f}",
        ]
        yield f"| {' | '.join(cells)} |"
    left_out = [(name, why) for (name, at), why in results.left_out.items() if at == size]
    if left_out:
        yield ""
    for name, why in left_out:
        yield f"- Left out: {CONTESTANTS[name].title}; {why}."


def sync_table(results: Results) -> Iterator[str]:
    """Yield the stages of a sync by size."""
    yield f"| records | {' | '.join(SYNC_STAGES)} | peak memory |"
    yield f"|--:|{'--:|' * len(SYNC_STAGES)}--:|"
    for size in results.sizes:
        run = results.measured.get(("sync", size))
        if run is not None:
            stages = " | ".join(_stage(run, name) for name in SYNC_STAGES)
            yield f"| {size:,} | {stages} | {run.peak / MB:,.0f} MB |"


def writes_table(writes: Writes) -> Iterator[str]:
    """Yield what each writer took on each database."""
    yield "| database | who | processor | by the clock | actions a second |"
    yield "|---|---|--:|--:|--:|"
    for database in DATABASES:
        for writer in WRITERS:
            cost = writes.costs.get((writer, database))
            if cost is not None:
                who = "datastoresync" if writer == "product" else "by hand"
                rate = f"{writes.actions / cost.wall:,.0f}"
                yield f"| {database} | {who} | {_seconds(cost.cpu)} | {_seconds(cost.wall)} | {rate} |"
    if writes.left_out:
        yield ""
    for database, why in writes.left_out.items():
        yield f"- Left out: {database}; {why}."


def _stage(run: Run, name: str) -> str:
    cost = run.stages.get(name)
    return "" if cost is None else _seconds(cost.cpu)


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.2 else f"{seconds * 1000:.0f} ms"
