"""What held a run, or would have, as JSON and as advice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dss_runtime import GuardHeldError, HeldError, Trip
from dss_runtime._trips import Passed
from dss_runtime.plans import PlanHeldError


def trip_json(trip: Trip) -> dict[str, Any]:
    """Return *trip* as JSON has it."""
    return {
        "name": trip.name,
        "message": str(trip),
        "branch": trip.branch,
        "kind": trip.kind,
        "count": trip.count,
        "total": trip.total,
        "limit": str(trip.limit),
        "examples": list(trip.examples),
    }


def passed_json(passed: Passed) -> dict[str, Any]:
    """Return what would have held a run as JSON has it."""
    return {"name": passed.name, "message": passed.message, "why": passed.why}


def held_summary(error: HeldError) -> dict[str, Any]:
    """Return what the journal keeps of a run that was held."""
    trips = error.trips if isinstance(error, GuardHeldError) else ()
    return {"held": str(error), "trips": [trip_json(each) for each in trips]}


def advice(error: HeldError) -> str:
    """Return what a person may do about *error*; "" where there is nothing but to mend its cause."""
    if isinstance(error, GuardHeldError):
        return override_advice(trip.name for trip in error.trips)
    return override_advice(error.names) if isinstance(error, PlanHeldError) else ""


def override_advice(names: Iterable[str]) -> str:
    """Return how a person lets pass what holds a run by *names*."""
    options = " ".join(f"--override {name}" for name in names)
    return (
        f'if that is right, let one run do it: {options} --reason "who looked, and why"\n'
        "for every run, set limits in [syncs.NAME] of the settings, or under `guard` in the schema"
    )
