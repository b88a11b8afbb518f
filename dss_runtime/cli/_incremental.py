"""[syncs.NAME] incremental: what runs have proven of rows is not proven again by the next ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dss_runtime._sync_rules import SyncRules
from dss_runtime.cli._suggest import counted
from dss_runtime.engines.fingerprints import Facts
from dss_runtime.journal import Journal, Proven
from dss_runtime.journal._proven import keep, recall
from dss_runtime.plans import Seal


def incremental(rules: Iterable[SyncRules]) -> int:
    """Return every how many runs all rows are parsed, where all of *rules* ask for that; else 0."""
    return min((each.incremental for each in rules), default=0)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What runs from `source` to `target` have proven, and what this one does, which is kept at its end.

    A run that only looks keeps nothing; it has no turn either.
    """

    journal: Journal | None
    secret: bytes = field(repr=False)
    target: str
    source: str
    every: int
    learns: bool
    _before: dict[str, Proven] = field(default_factory=dict[str, Proven])
    _found: dict[str, Proven] = field(default_factory=dict[str, Proven])

    @classmethod
    def of(
        cls,
        journal: Journal | None,
        seal: Seal | None,
        target: str,
        source: str,
        rules: Iterable[SyncRules],
        *,
        learns: bool = False,
    ) -> Remembered | None:
        """Return what is remembered under *rules*, None where they ask for nothing of the kind.

        Where nothing has run yet there is no *journal*, and no *seal*.
        """
        every = incremental(rules)
        secret = b"" if seal is None else bytes.fromhex(seal.mark("proven"))
        return cls(journal, secret, target, source, every, learns) if every else None

    def recall(self, branch: str, mark: str, /) -> Facts | str:
        """Return what is known of *branch* under *mark*, or why it is read in full."""
        before = None if self.journal is None else recall(self.journal, self.target, self.source, branch)
        if before is None:
            return "no run has proven anything of it so far"
        if before.mark != mark:
            return "the schema, or what reads it, is another one than in the last run"
        if before.age + 1 >= self.every:
            return f"it is read in full again after {counted(self.every - 1, 'run')}"
        self._before[branch] = before
        return Facts.unpacked(before.pairs)

    def learn(self, branch: str, mark: str, facts: Facts, /, *, whole: bool) -> None:
        """Take all that is known now; *whole* where the branch was read in full."""
        age = 0 if whole else self._before[branch].age + 1
        self._found[branch] = Proven(mark, age, facts.packed())

    def keep(self, run: int) -> None:
        """Let the journal have what was learned in the run with this number."""
        if self.journal is not None:
            keep(self.journal, run, self.target, self.source, self._found)
