"""A plan is applied once: the journal knows which run has begun it, and how far that came."""

from __future__ import annotations

from dss_runtime.journal import Journal
from dss_runtime.plans import PlanRefusedError


def run_that_began(journal: Journal, target: str, plan: str, made_with: str) -> int | None:
    """Return which run has begun *plan* without an end, None when none has.

    Raises PlanRefusedError when one came to its end, since a plan is applied once; when another run has
    written since, which had a newer source; and with another journal than the one that it was *made_with*,
    where nobody can tell.
    """
    if journal.birth != made_with:
        raise PlanRefusedError(
            "the journal that this plan was made with is gone, so that nobody can tell whether it was "
            "applied already: make a new one"
        )
    before = journal.applied(plan)
    if before is None:
        return None
    number, at = before
    run = journal.run(number)
    if run is None or run.state in ("applied", "incomplete"):
        raise PlanRefusedError(
            f"this plan was applied already, by run {number} on {at:%Y-%m-%d %H:%M} UTC: make a new one"
        )
    if (later := journal.wrote_after(target, number)) is not None:
        raise PlanRefusedError(
            f"run {number} began this plan and did not end, and run {later} has written since: make a new one"
        )
    return number
