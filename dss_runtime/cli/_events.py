"""Events of a run, for logs that programs read: what a report tells at the end, told when it happens."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from dss_runtime import DataStoreTree, Outcome
from dss_runtime._actions import Phase
from dss_runtime._held import rows_of
from dss_runtime._recorder import Recorder
from dss_runtime._template import Work

LOGGER = "dss_runtime.events"

_log = logging.getLogger(LOGGER)


def event(name: str, message: str, level: int = logging.INFO, /, **fields: object) -> None:
    """Log that something has happened: its *name* is for programs, the *message* for people."""
    _log.log(level, "%s", message, extra={"dss": {"event": name, **fields}})


def fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    """Return the fields of an event; none of any other record."""
    return cast("Mapping[str, object]", getattr(record, "dss", {}))


def tree_read(tree: DataStoreTree, seconds: float) -> None:
    """Log what was read of each branch of a tree; *seconds* is how long all of them took."""
    for branch in tree.branches:
        event(
            "read",
            f"{branch.fullname} was read",
            logging.WARNING if branch.unreadable else logging.INFO,
            tree=tree.name,
            branch=branch.name,
            records=len(branch),
            rows=rows_of(branch),
            unreadable=len(branch.unreadable),
            bytes=branch.bytes_read,
            tree_seconds=round(seconds, 3),
        )


def judged(trips: Iterable[str], passed: Iterable[str]) -> None:
    """Log what the guard says of a run, by name."""
    held = list(trips)
    level = logging.WARNING if held else logging.INFO
    event("guard", "the guard holds the run" if held else "the guard lets the run pass", level,
          held=held, passed=list(passed))  # fmt: skip


@dataclass(slots=True)
class Eventful:
    """A recorder that logs phases, and what was not applied, before it passes them on."""

    recorder: Recorder
    _begun: dict[Phase, float] = field(default_factory=dict[Phase, float])

    def intend(self, works: Sequence[Work], /) -> None:
        """Log that a phase has begun, with its first works."""
        self.recorder.intend(works)
        for work in works:
            if work.phase not in self._begun:
                self._begun[work.phase] = time.monotonic()
                event("phase_begins", f"the phase {work.phase} begins", phase=work.phase)

    def settle(self, work: Work, outcome: Outcome, /) -> None:
        """Log what has become of a work that was not applied."""
        self.recorder.settle(work, outcome)
        if not outcome.ok:
            told = "; ".join(action.message for action in work.actions)
            event(
                "not_applied",
                f"{told}: {outcome.reason}",
                logging.WARNING,
                phase=work.phase,
                branch=work.branch,
                status=str(outcome.status),
                attempts=outcome.attempts,
            )

    def committed(self, phase: Phase, /) -> None:
        """Log that a phase has ended and stays."""
        self.recorder.committed(phase)
        if phase in self._begun:
            seconds = time.monotonic() - self._begun[phase]
            event("phase_ends", f"the phase {phase} stays", phase=phase, seconds=round(seconds, 3))
