"""What `dss doctor` finds, as values, as text, and as JSON.

The object that it prints with `--json`:

- `schema_version`: 1
- `command`: "doctor"
- `exit_code`: 1 where a state is "error", otherwise 0
- `counts`: how many findings there are of each state
- `checks`: each with `tree` (its name, or null for what is of the project), `topic`, `state` ("ok",
    "warning" or "error"), `text`, and `advice` ("" where there is none)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dss_runtime import Check, DssError
from dss_runtime._examining import State
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._json import SCHEMA_VERSION, Json, masked
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._terminal import Terminal
from dss_runtime.cli._user_code import described

STATES: tuple[State, ...] = ("ok", "warning", "error")
_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, of a tree or, where `tree` is "", of the project."""

    tree: str
    topic: str
    state: State
    text: str
    advice: str = ""

    @classmethod
    def of(cls, tree: str, check: Check) -> Finding:
        """Return what an adapter has found of *tree*."""
        return cls(tree, check.topic, check.state, check.text, check.advice)


def caught(tree: str, topic: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what *look* finds; where it breaks off, that is what is found then."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest is to be looked at
        text = (
            str(error) if isinstance(error, DssError) else f"this could not be looked at: {described(error)}"
        )
        yield Finding(tree, topic, "error", text)


def exit_of(findings: Iterable[Finding]) -> Exit:
    """Return how a command ends that has found *findings*."""
    return Exit.ERROR if any(each.state == "error" for each in findings) else Exit.OK


def shown(out: Terminal, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield *findings*; show each under the name of what it is of, as it comes, and how many there were."""
    found, heading = Counter[State](), None
    for each in findings:
        if each.tree != heading:
            heading = each.tree
            out.line(heading or "the project", "bold")
        out.line(f"  {each.state:7}  {each.topic}: {each.text}", _STYLES[each.state])
        if each.advice:
            out.line(f"           {each.advice}")
        found[each.state] += 1
        yield each
    more = f"{counted(found['warning'], 'warning')}, {counted(found['error'], 'error')}"
    out.line(f"{found['ok']} ok, {more}", "bold")


def findings_json(findings: Sequence[Finding], secrets: Secrets) -> str:
    """Return the object as text, masked."""
    found = Counter(each.state for each in findings)
    checks: list[Json] = [
        {
            "tree": each.tree or None,
            "topic": each.topic,
            "state": each.state,
            "text": each.text,
            "advice": each.advice,
        }
        for each in findings
    ]
    told: Json = {
        "schema_version": SCHEMA_VERSION,
        "command": "doctor",
        "exit_code": int(exit_of(findings)),
        "counts": {state: found[state] for state in STATES},
        "checks": checks,
    }
    return json.dumps(masked(told, secrets), indent=2)
