"""Reading two trees for a comparison, so that what is surely the same on both sides becomes no object.

A sieve takes the rows of a branch of both trees, and drops each pair of rows that it can prove to be the same
record: readable, alone with its key on its side, taken by `where`, not disabled, and equal in canonical form.
Whatever it cannot prove is read as ever, into objects, and compared as ever. So the differences are those
of objects, in their order; a sieve that knows little only saves little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from dss_runtime._branch import Branch
from dss_runtime._collector import collector_suspended
from dss_runtime._importer import DefaultImporter
from dss_runtime._naming import shared_fields
from dss_runtime._noting import Noted, noted
from dss_runtime._progress import Progress, silent
from dss_runtime._reading import BranchReading, Importer, Intake, SourceRows
from dss_runtime._recipe import Recipe, reason_against
from dss_runtime._rest import Awaited

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree


@dataclass(frozen=True, slots=True)
class Chosen:
    """What compares a branch: `engine` is "memory", or the name of a sieve; `reason` says why not a sieve."""

    branch: str
    engine: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a branch, as a sieve may read it. It has a `recipe`, or a `reason` for having none."""

    importer: DefaultImporter
    branch: Branch[Any, Any]
    recipe: Recipe | None = None
    reason: str = ""


class Pairing(Protocol):
    """A branch that is read on both sides through a sieve."""

    @property
    def left(self) -> Intake:
        """What takes the rows of the left side."""
        ...

    @property
    def right(self) -> Intake | None:
        """What takes the rows of the right side; None where it is read as ever."""
        ...

    def finish(self) -> str:
        """Read into both branches what may differ; return why it was all of it, "" where it was not."""
        ...


class Sieve(Protocol):
    """What proves that rows of two sides are the same record."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    def pair(self, left: Part, right: Part) -> Pairing | str:
        """Return what reads a branch of two trees, or why the sieve cannot."""
        ...


def _unheard(_tree: str) -> Progress:
    return silent


class Sifting:
    """Two trees that are read within a `with` block; `finish` then gives them what may differ.

    `chosen` tells for each branch that both have what compares it.
    """

    def __init__(
        self,
        left: DataStoreTree,
        right: DataStoreTree,
        sieves: Sequence[Sieve],
        branches: Collection[str] | None = None,
        *,
        reason: str = "",
    ) -> None:
        self.chosen: list[Chosen] = []
        self.waiting: list[DataStoreTree] = []
        """The trees that have not all of their records before `finish`."""
        self._intakes: dict[str, list[_Waiting]] = {}
        self._pairings: dict[str, Pairing] = {}
        self._trees = (left, right)
        names = {branch.name for branch in right.branches}
        parts = (_Parts(left), _Parts(right)) if sieves else None
        for name in (branch.name for branch in left.branches):
            if name in names and (branches is None or name in branches):
                why = reason if parts is None else self._pair(sieves, *(each.part(name) for each in parts))
                if name not in self._pairings:
                    self.chosen.append(Chosen(name, "memory", why))

    def _pair(self, sieves: Sequence[Sieve], ours: Part | str, theirs: Part | str) -> str:
        """Let the first of *sieves* that can do so read a branch; return why the first of all does not."""
        if isinstance(ours, str) or isinstance(theirs, str):
            return ours if isinstance(ours, str) else str(theirs)
        reasons: list[str] = []
        for sieve in sieves:
            found = sieve.pair(ours, theirs)
            if not isinstance(found, str):
                self._pairings[ours.branch.name] = found
                self.chosen.append(Chosen(ours.branch.name, sieve.name, "; ".join(reasons)))
                break
            reasons.append(found)
        return reasons[0] if reasons else ""

    def __enter__(self) -> Sifting:
        for tree, side in zip(self._trees, ("left", "right"), strict=True):
            sides: dict[str, Intake | None] = {
                name: getattr(each, side) for name, each in self._pairings.items()
            }
            intakes = {name: _Waiting(each) for name, each in sides.items() if each is not None}
            for name, each in intakes.items():
                self._intakes.setdefault(name, []).append(each)
            if intakes and isinstance(tree.importer, Importer):
                tree.importer.intakes = intakes
                self.waiting.append(tree)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tree in self.waiting:
            vars(tree.importer).pop("intakes", None)
        for each in chain.from_iterable(self._intakes.values()):
            each.end(failed=kind is not None)

    def finish(self, listening: Callable[[str], Progress] = _unheard) -> None:
        """Read what may differ, once both trees have been loaded; an error leaves both trees empty.

        Of a tree's name, *listening* returns who is told how far that is.
        """
        for tree in self.waiting:
            tree.importer.progress = listening(tree.name)
        tell = listening(self._trees[1].name)
        try:
            for name, pairing in self._pairings.items():
                intakes = self._intakes.get(name, ())
                for each in intakes:
                    each.end()
                tell("diff", name, 0, 0)  # nobody can tell how far a sieve is that looks at all rows at once
                with collector_suspended():
                    refused = _given(intakes) if any(each.asked for each in intakes) else pairing.finish()
                if refused:
                    at = next(at for at, each in enumerate(self.chosen) if each.branch == name)
                    reasons = filter(None, (self.chosen[at].reason, refused))
                    self.chosen[at] = Chosen(name, "memory", "; ".join(reasons))
        except BaseException:
            for tree in self._trees:
                tree.clear()
            raise


class _Waiting:
    """What takes the rows of one side; `asked` tells that somebody could not wait for the other one."""

    def __init__(self, intake: Intake) -> None:
        self.asked = False
        self._done = False
        self._intake = intake
        self._branch: Branch[Any, Any] | None = None
        self._rest: Awaited[Any, Any] | None = None

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Let the sieve have *rows*, and the branch what makes records of them where one is asked for."""
        self._intake.take(importer, branch, rows, reading)
        self._branch = branch
        self._rest = branch.rest = Awaited(branch, self.give)

    def give(self) -> None:
        """Make records of all rows, once; where that has failed, whoever asks again hears of it again."""
        if self._branch is not None and not self._done:
            self.asked = True
            self._intake.give()
            self._done = True

    def end(self, *, failed: bool = False) -> None:
        """Wait no longer; where what was waited for has *failed*, the tree is not left with a part of it."""
        if self._branch is not None and self._branch.rest is self._rest:
            self._branch.rest = None
            if failed:
                self._branch.tree.clear()


def _given(intakes: Iterable[_Waiting]) -> str:
    """Read all, since code of the project has seen a part; return that as the reason."""
    for each in intakes:
        each.give()
    return "code of the project looks at its records while others are read"


def load_both(
    left: DataStoreTree,
    right: DataStoreTree,
    *sieves: Sieve,
    branches: Collection[str] | None = None,
    progress: Progress = silent,
) -> Sequence[Chosen]:
    """Read both trees for `left - right`, and return what compares each branch.

    Of *sieves*, such as `dss_runtime.engines.duckdb.DuckDBSieve()`, each branch gets the first that can.
    Raises what `load` of the trees does.
    """
    sifting = Sifting(left, right, sieves, branches)
    with sifting:
        left.load(progress)
        right.load(progress)
        sifting.finish(lambda _: progress)
    return sifting.chosen


_READING = ("run", "readin_branch", "open", "read", "take_rows")
"""The methods of an importer through which all rows go."""

_Rule: TypeAlias = Callable[[Any, Branch[Any, Any]], str]


class _Parts:
    """The branches of one tree, as far as a sieve may read them."""

    def __init__(self, tree: DataStoreTree) -> None:
        self._branches = {branch.name: branch for branch in tree.branches}
        importer = self._importer = tree.importer
        self._noted: Mapping[str, Noted] = (
            noted(importer) if isinstance(importer, Importer) and importer.tabular else {}
        )

    def part(self, name: str) -> Part | str:
        """Return the branch *name*, or why it has to be made of objects."""
        importer, branch = self._importer, self._branches[name]
        reason = next(filter(None, (rule(importer, branch) for rule in _RULES)), "")
        return reason or self._with_recipe(importer, branch)

    def _with_recipe(self, importer: DefaultImporter, branch: Branch[Any, Any]) -> Part:
        if not isinstance(importer, Importer):
            return Part(importer, branch, reason=f"{branch.fullname} is read by code of the project")
        if not importer.tabular:
            return Part(importer, branch, reason=f"{branch.fullname} is no table")
        made = type(importer)
        own = [name for name in _READING if not getattr(made, name).__module__.startswith("dss_runtime.")]
        if own:
            return Part(importer, branch, reason=f"{made.__name__} overrides {own[0]}")
        if branch.name not in self._noted:
            written = f"the project has written read_{branch.name} of {type(importer).__name__}"
            return Part(importer, branch, reason=written)
        reading = self._noted[branch.name].reading
        against = reason_against(importer, branch.name, reading)
        if against is None and isinstance(reading.recipe, Recipe):
            return Part(importer, branch, reading.recipe)
        return Part(importer, branch, reason=against or str(reading.recipe))


def _derivation(_importer: Any, branch: Branch[Any, Any]) -> str:
    if branch.derived_from:
        return f"{branch.fullname} is derived from {', '.join(branch.derived_from)}"
    followers = [each.name for each in branch.tree.branches if branch.name in each.derived_from]
    return f"{', '.join(followers)} of {branch.tree.name} is derived from it" if followers else ""


def _importer_hooks(importer: DefaultImporter, _branch: Branch[Any, Any]) -> str:
    hook = "on_import_complete"
    if getattr(type(importer), hook) is not getattr(DefaultImporter, hook):
        return f"{type(importer).__name__}.{hook} may look at every record"
    return ""


def _branch_hooks(_importer: Any, branch: Branch[Any, Any]) -> str:
    """A generated branch says itself what its key is, and how it compares; anything more is the project's."""
    own = [vars(cls) for cls in type(branch).__mro__[: type(branch).__mro__.index(Branch)]]
    hooks = {"will_make_new": 0, "did_make_new": 0, "existing": 0, "put": 0, "key_of": 1, "compare": 1}
    for name, generated in hooks.items():
        if sum(name in each for each in own) > generated:
            return f"{type(branch).__name__}.{name} is to be called for every record"
    return ""


def _adoption(_importer: Any, branch: Branch[Any, Any]) -> str:
    return f"{branch.fullname} adopts records by {', '.join(branch.matched_by)}" if branch.matched_by else ""


def _names(_importer: Any, branch: Branch[Any, Any]) -> str:
    if branch.generates or any(shared_fields(branch)):
        return f"names are generated in {branch.fullname}, and all that are taken have to be known"
    return ""


_RULES: tuple[_Rule, ...] = (_derivation, _importer_hooks, _branch_hooks, _adoption, _names)
"""What keeps a branch from being sifted, whatever its source: each returns the reason, "" for none."""
