"""What reading a target again has found: as text, as JSON, and as the journal keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dss_runtime.cli._report import Verification
from dss_runtime.cli._suggest import counted
from dss_runtime.verifying import Finding, Likely


def told(causes: Iterable[Likely]) -> Iterator[str]:
    """Yield *causes* as lines of text, each with its examples."""
    for each in causes:
        yield from _told(cause_json(each))


def summary(found: Verification) -> dict[str, Any]:
    """Return what the journal keeps of a verification."""
    return {
        "converged": found.converged,
        "differences": len(found.remaining),
        "error": found.error or None,
        "causes": [cause_json(each) for each in found.causes],
    }


def told_summary(kept: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the journal has kept as lines of text."""
    if kept["error"]:
        yield f"not verified: {kept['error']}"
    elif kept["converged"]:
        yield "verified: converged"
    else:
        yield f"verified: not converged, {counted(kept['differences'], 'difference')} left"
        for each in kept["causes"]:
            yield from _told(each)


def cause_json(cause: Likely) -> dict[str, Any]:
    """Return *cause* as JSON has it."""
    return {
        "branch": cause.branch,
        "attribute": cause.attribute,
        "cause": cause.cause,
        "tells": cause.tells,
        "advice": cause.advice,
        "count": cause.count,
        "examples": [_example(each) for each in cause.examples],
    }


def _example(finding: Finding) -> dict[str, Any]:
    return {
        "record": finding.record,
        "wanted": finding.wanted,
        "found": finding.found,
        "before": finding.before,
    }


def _told(cause: Mapping[str, Any]) -> Iterator[str]:
    where = f"{cause['branch']}.{cause['attribute']}" if cause["attribute"] else cause["branch"]
    yield f"likely, {where} ({counted(cause['count'], 'record')}): {cause['tells']}; {cause['advice']}"
    for each in cause["examples"]:
        values = f"wanted {each['wanted']}, found {each['found']}, before the run {each['before']}"
        yield f"  {each['record']}: {values}"
