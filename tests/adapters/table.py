"""The table of the conformance suite in the documentation: `python -m tests.adapters.table` writes it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from tests.adapters.conformance import CASES, SYSTEMS
from tests.adapters.items import NAMES
from tests.adapters.systems import CAPABILITIES, Capability, System

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
_HEAD = """# What every adapter is tested for

Written by `python -m tests.adapters.table` from the suite itself (`tests/adapters`): do not edit.

One suite runs over every adapter, as source and as target, on the real system or, where none can be had,
on a stand-in that is called so. ✓ says that the case runs; a number, that the system cannot do what the case
needs, for the reason of that number below the table. Nothing else keeps a case from being run.
"""


def page() -> str:
    """Return the page."""
    importlib.import_module("tests.adapters.test_conformance")  # whose cases note themselves
    reasons: dict[str, int] = {}
    names = [each.name for each in SYSTEMS]
    lines = [_HEAD, f"| case | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for text, needed in CASES.values():
        cells = [_cell(each, needed, reasons) for each in SYSTEMS]
        lines.append(f"| {text.partition(chr(10))[0].rstrip('.')} | {' | '.join(cells)} |")
    lines += ["", *(f"{number}. {reason}" for reason, number in reasons.items())]
    fewer = [each for each in SYSTEMS if each.many < System.many]
    lines += ["", f"Many records are {System.many:,}, but where that takes too long for every check:", ""]
    lines += [f"- {each.name}: {each.many:,}; its server {each.why_fewer}" for each in fewer]
    asked = f"DSS_MANY={System.many} pytest tests/adapters -k many_records"
    lines += ["", f"`{asked}` takes as many of all of them."]
    lines += ["", "## What they hold", "", "Every field of every type, but for these:", ""]
    lines += ["| system | has no place for | and holds |", "|---|---|---|", *_fields()]
    return "\n".join([*lines, ""])


def _cell(system: type[System], needed: frozenset[Capability], reasons: dict[str, int]) -> str:
    for each in CAPABILITIES:
        if each in needed and each not in system.can:
            return str(reasons.setdefault(system.lacks[each], len(reasons) + 1))
    return "✓"


def _fields() -> Iterator[str]:
    for each in SYSTEMS:
        absent = [f"`{name}`" for name in NAMES if name not in each.fields]
        if absent or each.narrow:
            yield f"| {each.name} | {', '.join(absent)} | {each.narrow} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
