"""What listens to a run so that the next one knows how far it came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dss_runtime._actions import Phase
from dss_runtime._outcomes import Outcome
from dss_runtime._template import Work


class Recorder(Protocol):
    """Is told of every work before it is tried, and of what became of it.

    What it raises ends the run: nothing is written that nobody knows of.
    """

    def intend(self, works: Sequence[Work], /) -> None:
        """Take note that *works* are about to be tried; from now on they may have happened."""
        ...

    def settle(self, work: Work, outcome: Outcome, /) -> None:
        """Take note of what became of a work, tried or not."""
        ...

    def committed(self, phase: Phase, /) -> None:
        """Take note that the template has ended *phase*: what was applied in it stays."""
        ...


class _Forgetful:
    def intend(self, works: Sequence[Work], /) -> None:
        pass

    def settle(self, work: Work, outcome: Outcome, /) -> None:
        pass

    def committed(self, phase: Phase, /) -> None:
        pass


forgetful: Recorder = _Forgetful()
"""Takes note of nothing: for runs that are not journalled."""
