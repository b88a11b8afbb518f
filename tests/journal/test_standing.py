"""How each sync stands, by what the journal holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.journal import Journal, NewRun, Run, standings

COMMANDS = st.sampled_from(["sync", "apply", "undo"])
STATES = st.sampled_from(["running", "applied", "incomplete", "held", "interrupted", "failed", "abandoned"])
SUMMARIES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "sync": st.sampled_from(["nightly", "weekly"]),
        "verification": st.fixed_dictionaries({"converged": st.booleans()}),
    },
)


@st.composite
def histories(draw: st.DrawFn) -> list[Run]:
    """Draw runs, the newest first."""
    drawn: list[tuple[str, Any, str, dict[str, Any]]] = draw(
        st.lists(st.tuples(COMMANDS, STATES, st.sampled_from("AB"), SUMMARIES), max_size=12)
    )
    begun = datetime(2026, 11, 25, tzinfo=UTC)
    made = [
        Run(
            command=command, left=left, right="T", branches=(), schema="", target="", id=number, state=state,
            started=begun + timedelta(days=number), ended=None, summary=summary,
        )
        for number, (command, state, left, summary) in enumerate(drawn, start=1)
    ]  # fmt: skip
    return made[::-1]


@given(runs=histories())
def test_each_sync_stands_by_its_latest_run_and_its_last_success(runs: list[Run]) -> None:
    """A success applied everything, and was not found wanting; `undo` is no run of a sync."""
    of: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        if run.command != "undo":
            of.setdefault((run.summary.get("sync", ""), run.left, run.right), []).append(run)
    good = {
        name: [
            run
            for run in each
            if run.state == "applied" and run.summary.get("verification") != {"converged": False}
        ]
        for name, each in of.items()
    }
    found = {(each.sync, each.left, each.right): each for each in standings(runs)}
    assert {name: each[0] for name, each in of.items()} == {name: each.latest for name, each in found.items()}
    assert {name: next(iter(each), None) for name, each in good.items()} == {
        name: each.success for name, each in found.items()
    }


def test_what_is_noted_of_a_run_is_added_to_what_is_known(tmp_path: Path) -> None:
    """A run that is going on, and one that has ended, may be told more of."""
    journal = Journal(tmp_path / "journal.sqlite")
    new = NewRun(command="sync", left="A", right="T", branches=(), schema="", target="t")
    number = journal.begin(new, {})
    assert (number,) == journal.running("t")
    assert () == journal.running("other")
    journal.note(number, {"sync": "nightly"})
    journal.note(number, {"passed": [1]})
    run = journal.run(number)
    assert run is not None
    assert {"sync": "nightly", "passed": [1]} == run.summary
    journal.end(number, "applied", {"sync": "nightly"})
    journal.note(number, {"verification": {"converged": False}})
    run = journal.run(number)
    assert run is not None
    assert ((), {"sync": "nightly", "verification": {"converged": False}}) == (
        journal.running("t"),
        run.summary,
    )
    journal.close()
